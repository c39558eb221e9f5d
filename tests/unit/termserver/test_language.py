"""Language ranges and the choice of displays."""

import pytest

from termserver.errors import InvalidLanguage
from termserver.language import choose_display, first_languages, fits, parse_languages, selects
from termserver.model import Coding, Concept, Designation

CONCEPT = Concept(
    code="1",
    display="Display",
    designations=(
        Designation(value="Anzeige", language="de"),
        Designation(value="Affichage", language="fr-CH"),
        Designation(
            value="Formaler Name",
            language="it",
            use=Coding(system="http://snomed.info/sct", code="900000000000003001"),
        ),
    ),
)


def test_ranges_come_by_falling_weight() -> None:
    languages = parse_languages("en;q=0.4, de, *;q=0.1")
    assert [one.tag for one in languages.ranges] == ["de", "en"]
    assert languages.wildcard == 0.1


@pytest.mark.parametrize("text", ["-", "de;q=2", "de;x=1", "d" * 600, "de,,en", ""])
def test_what_is_no_list_of_ranges_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidLanguage, match="displayLanguage"):
        parse_languages(text)


def test_a_range_finds_narrower_tags_and_falls_back_to_wider_ones() -> None:
    assert fits("de", "DE") == 3
    assert fits("de-AT", "de") == 2
    assert fits("de", "de-AT") == 1
    assert fits("den", "de") == 0
    assert fits(None, "de") == 0


def test_no_language_asked_gives_the_display() -> None:
    assert choose_display(CONCEPT, "en", None) == "Display"


def test_the_language_of_the_system_gives_its_display() -> None:
    assert choose_display(CONCEPT, "en", parse_languages("en")) == "Display"


def test_a_designation_in_the_language_is_shown() -> None:
    assert choose_display(CONCEPT, "en", parse_languages("de")) == "Anzeige"
    assert choose_display(CONCEPT, "en", parse_languages("fr")) == "Affichage"


def test_without_a_name_in_the_language_the_display_stands_in() -> None:
    assert choose_display(CONCEPT, "en", parse_languages("es")) == "Display"


def test_a_client_that_rules_out_others_gets_none() -> None:
    assert choose_display(CONCEPT, "en", parse_languages("es, *;q=0")) is None


def test_a_fully_specified_name_serves_only_when_nothing_else_does() -> None:
    assert choose_display(CONCEPT, "en", parse_languages("it")) == "Formaler Name"


def test_the_first_source_that_says_a_language_wins() -> None:
    found = first_languages(((None, "displayLanguage"), ("de", "header"), ("en", "ValueSet")))
    assert found is not None
    assert found.text == "de"
    assert first_languages(((None, "displayLanguage"),)) is None


def test_designation_tokens_name_a_language_or_a_use() -> None:
    german, formal = CONCEPT.designations[0], CONCEPT.designations[2]
    assert selects(german, ())
    assert selects(german, ("urn:ietf:bcp:47|de",))
    assert not selects(german, ("urn:ietf:bcp:47|en",))
    assert selects(formal, ("http://snomed.info/sct|900000000000003001",))
