"""Which code system version answers: aliases, defaults, releases, partial versions."""

from __future__ import annotations

from typing import Any

import pytest

from termserver.model import CodeSystem
from termserver.providers.packs import is_edition, naming_aliases
from termserver.providers.registry import Content, Registry, choose

CS = "http://x.org/cs"
THO = "http://terminology.hl7.org/CodeSystem/v3-X"
SCT = "http://snomed.info/sct"


def content(*versions: str | None, url: str = CS, **more: Any) -> Content:
    """Return content that holds versions of one code system; it is never opened here."""
    mode = more.pop("mode", "complete")
    systems = tuple(CodeSystem(url=url, version=one, content=mode) for one in versions)

    def refuse(system: CodeSystem) -> Any:
        raise AssertionError(f"{system.canonical} must not be opened to be chosen")

    return Content(name=str(versions), systems=systems, open=refuse, **more)


def default(*contents: Content, url: str = CS, release: str = "4.0") -> str | None:
    entry = choose(Registry(contents).usable(url), None, release)
    return entry.system.version if entry else None


def test_the_newest_version_of_one_form_is_the_default() -> None:
    assert default(content("1.9.0", rank=2), content("1.10.0", rank=1)) == "1.10.0"


def test_where_forms_differ_the_last_installed_pack_decides() -> None:
    assert default(content("2018-08-12", rank=2), content("5.0.0", rank=1)) == "2018-08-12"


def test_hl7_terminology_goes_before_a_core_package_for_its_own_urls() -> None:
    core = content("2018-08-12", url=THO, rank=9, core="4.0")
    assert default(core, content("5.0.0", url=THO, rank=1), url=THO) == "5.0.0"


def test_a_complete_version_goes_before_a_newer_fragment() -> None:
    assert default(content("1"), content("2", mode="fragment", rank=5)) == "1"


def test_content_without_concepts_is_never_the_default() -> None:
    for mode in ("not-present", "example", "supplement"):
        assert default(content("1"), content("9", mode=mode, rank=5)) == "1"
        assert default(content("9", mode=mode)) is None


def test_a_published_edition_goes_before_an_experimental_one() -> None:
    published = content(f"{SCT}/900000000000207008/version/20240101", url=SCT)
    trial = content("http://snomed.info/xsct/31000003106/version/20250909", url=SCT, rank=5)
    assert default(published, trial, url=SCT) == f"{SCT}/900000000000207008/version/20240101"


def test_a_preferred_pack_answers_before_newer_ones() -> None:
    assert default(content("1", preferred=True), content("2", rank=5)) == "1"


def test_each_base_uses_its_own_core_package() -> None:
    url = "http://hl7.org/fhir/x"
    both = content("4.0.1", url=url, core="4.0"), content("5.0.0", url=url, core="5.0")
    assert default(*both, url=url, release="4.0") == "4.0.1"
    assert default(*both, url=url, release="5.0") == "5.0.0"
    named = choose(Registry(both).usable(url), "5.0.0", "4.0")
    assert named is not None
    assert named.system.version == "5.0.0"


@pytest.mark.parametrize(
    ("wanted", "found"), [("1.0.0", "1.0.0"), ("1.0", "1.0.3"), ("1.x", None), ("1.x.x", "1.2.0")]
)
def test_a_version_may_be_partial_or_a_wildcard(wanted: str, found: str | None) -> None:
    entries = Registry((content("1.0.0", "1.0.3", "1.2.0"),)).usable(CS)
    entry = choose(entries, wanted, "4.0")
    assert (entry.system.version if entry else None) == found


def test_an_alias_finds_its_code_system() -> None:
    registry = Registry((content("1"),), {"urn:oid:1.2": CS})
    assert [one.system.version for one in registry.usable("urn:oid:1.2")] == ["1"]
    assert registry.canonical("http://elsewhere.org") == "http://elsewhere.org"


def naming(status: str, *names: tuple[str, str]) -> dict[str, Any]:
    unique = [{"type": kind, "value": value} for kind, value in names]
    return {"kind": "codesystem", "status": status, "uniqueId": unique}


def test_naming_systems_give_aliases_of_uri_oid_and_uuid() -> None:
    found = naming_aliases([naming("active", ("uri", CS), ("oid", "1.2.3"), ("other", "CS"))])
    assert found == {"urn:oid:1.2.3": CS}


def test_an_identifier_that_two_naming_systems_claim_is_no_alias() -> None:
    claims = [
        naming("active", ("uri", CS), ("oid", "1.2")),
        naming("active", ("uri", "http://y.org"), ("oid", "1.2")),
    ]
    assert naming_aliases(claims) == {}


def test_a_retired_naming_system_claims_nothing() -> None:
    assert naming_aliases([naming("retired", ("uri", CS), ("oid", "1.2"))]) == {}


@pytest.mark.parametrize(
    ("edition", "is_default"),
    [
        ("900000000000207008", True),
        (f"{SCT}/900000000000207008", True),
        (f"{SCT}/900000000000207008/version/20240101", True),
        ("731000124108", False),
        ("90000000000020700", False),
        (None, False),
    ],
)
def test_the_default_edition_is_named_by_module_or_uri(
    edition: str | None, is_default: bool
) -> None:
    system = CodeSystem(url=SCT, version=f"{SCT}/900000000000207008/version/20240101")
    assert is_edition([system], edition) is is_default
