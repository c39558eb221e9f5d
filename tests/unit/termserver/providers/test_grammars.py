"""The code systems that come without a pack."""

from termserver.providers.grammars import grammar_contents
from termserver.providers.registry import Registry
from termserver.terminology import Terminology


def test_every_built_in_system_answers_by_its_url() -> None:
    terminology = Terminology(Registry(tuple(grammar_contents())))
    valid = {
        "http://unitsofmeasure.org": "mg/dL",
        "urn:ietf:bcp:47": "en-US",
        "urn:ietf:bcp:13": "text/plain",
        "urn:iso:std:iso:3166": "DE",
        "urn:iso:std:iso:3166:-2": "DE-BY",
        "urn:iso:std:iso:3166:-3": "CSHH",
    }
    for url, code in valid.items():
        provider = terminology.find_system(url)
        assert provider is not None, url
        assert provider.find(code) is not None


def test_a_provider_is_made_once() -> None:
    content = grammar_contents()[0]
    (system,) = content.systems
    assert content.open(system) is content.open(system)
