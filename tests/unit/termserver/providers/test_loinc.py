"""LOINC's provider over a made-up release and HL7's subset: lists, filters, what $lookup shows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.base import LoadOptions
from loaders.loinc import LOADER
from termserver.errors import InvalidValueSet, UnknownCode
from termserver.model import FilterClause
from termserver.providers.loinc import LoincProvider
from termserver.store.build import build_pack
from termserver.store.pack import Pack
from tests.loinc_release import write_release


def _load(release: Path, home: Path) -> tuple[Pack, LoincProvider]:
    reading = LOADER.read([release], LoadOptions(version="2.82"), lambda *_: None)
    pack = Pack.open(build_pack(home, reading.header, reading.records).path)
    (system,) = pack.systems()
    return pack, LoincProvider(pack.provider(system))


@pytest.fixture
def loinc(tmp_path: Path) -> Iterator[LoincProvider]:
    pack, provider = _load(write_release(tmp_path / "release"), tmp_path / "home")
    yield provider
    pack.close()


@pytest.fixture(scope="module")
def subset(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoincProvider]:
    release = shared / "tx-ecosystem" / "tx-source" / "loinc"
    pack, provider = _load(release, tmp_path_factory.mktemp("home"))
    yield provider
    pack.close()


def _select(provider: LoincProvider, name: str, op: str, value: str) -> set[str]:
    """Return the codes that a filter selects, having checked that `contains` agrees."""
    clause = FilterClause(property=name, op=op, value=value)
    found = provider.select(clause)
    everything = provider.stored.all()
    assert [one for one in everything if provider.contains(clause, one)] == list(found)
    return {provider.code_of(one) for one in found}


def test_lists_and_groups_answer_but_are_not_listed(loinc: LoincProvider) -> None:
    codes = {loinc.code_of(one) for one in loinc.all()}
    assert {"90001-9", "LP1-1", "LA1-1"} < codes
    assert not any(code.startswith(("LL", "LG")) for code in codes)
    found = loinc.find("ll1-1")
    assert found is not None
    assert loinc.concept(found).display == "Yes|No"


def test_codes_are_found_in_any_case(loinc: LoincProvider) -> None:
    found = loinc.find("lp1-1")
    assert found is not None
    assert loinc.code_of(found) == "LP1-1"


@pytest.mark.parametrize(
    ("name", "op", "value", "codes"),
    [
        ("COMPONENT", "=", "LP1-1", {"90001-9", "90002-7"}),
        ("COMPONENT", "=", "widget", {"90001-9", "90002-7"}),
        ("COMPONENT", "regex", "gadget", {"90003-5"}),
        ("CLASS", "=", "CHEM", {"90001-9"}),
        ("CLASS", "regex", "CHEM|^MIC", {"90001-9", "90002-7", "90004-3"}),
        ("CLASS", "regex", "^CHEM$", {"90001-9"}),
        ("SCALE_TYP", "=", "DOC", {"90003-5"}),
        ("SCALE_TYP", "in", "qn, nom", {"90001-9", "90002-7"}),
        ("CLASSTYPE", "=", "2", {"90003-5"}),
        ("STATUS", "=", "DISCOURAGED", {"90003-5"}),
        ("ORDER_OBS", "=", "Both", {"90001-9"}),
        ("LONG_COMMON_NAME", "=", "gadget note", {"90003-5"}),
        ("LONG_COMMON_NAME", "regex", r"\[Mass", {"90001-9"}),
        ("SHORTNAME", "=", "Widget Islt Cult", {"90002-7"}),
        ("DefinitionDescription", "regex", "how much", {"90001-9"}),
        ("parent", "=", "LP9-9", {"LP2-2", "LP1-1"}),
        ("parent", "in", "LP2-2,LP1-1", {"90001-9"}),
        ("ancestor", "=", "lp9-9", {"LP2-2", "LP1-1", "90001-9"}),
        ("concept", "is-a", "LP1-1", {"LP1-1", "90001-9"}),
        ("LIST", "=", "LL1-1", {"LA1-1", "LA2-2"}),
        ("LIST", "=", "LG2-2", {"90001-9"}),
        ("answers-for", "=", "LL1-1", {"LA1-1", "LA2-2"}),
        ("answers-for", "=", "90002-7", {"LA1-1", "LA2-2"}),
        ("answer-list", "=", "LL1-1", {"90002-7"}),
        ("copyright", "=", "3rdParty", {"90003-5"}),
        ("document-kind", "exists", "true", {"90003-5"}),
    ],
)
def test_a_filter_selects(
    loinc: LoincProvider, name: str, op: str, value: str, codes: set[str]
) -> None:
    assert _select(loinc, name, op, value) == codes


def test_copyright_loinc_is_all_that_no_third_party_claims(loinc: LoincProvider) -> None:
    own = _select(loinc, "copyright", "=", "LOINC")
    assert "90003-5" not in own
    assert len(own) == len(loinc.all()) - 1


@pytest.mark.parametrize(
    ("name", "op", "value", "error", "text"),
    [
        ("ancestor", "=", "LP77-7", UnknownCode, "names 'LP77-7', which is not in"),
        ("LIST", "=", "LL77-7", UnknownCode, "names 'LL77-7'"),
        ("parent", "regex", "LP", InvalidValueSet, "it takes =, in"),
        ("copyright", "=", "Acme", InvalidValueSet, "takes '= LOINC' or '= 3rdParty'"),
        ("COLOUR", "=", "red", InvalidValueSet, "Unknown filter property 'COLOUR'"),
        ("CLASS", "regex", "(", InvalidValueSet, "cannot be used"),
    ],
)
def test_a_filter_that_cannot_be_answered_is_refused_by_name(
    loinc: LoincProvider, name: str, op: str, value: str, error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text.replace("(", r"\(")):
        loinc.select(FilterClause(property=name, op=op, value=value))


def test_lookup_shows_related_names_as_properties_in_their_language(loinc: LoincProvider) -> None:
    member = loinc.find("90001-9")
    assert member is not None
    concept = loinc.concept(member)
    assert {
        (one.language, one.value) for one in concept.properties if one.code == "RELATEDNAMES2"
    } == {("en-US", "WB; Wdg"), ("de-DE", "Ding")}
    assert not [one for one in concept.designations if one.use and one.use.code == "RELATEDNAMES2"]
    (kind,) = [one for one in concept.properties if one.code == "CLASSTYPE"]
    assert (kind.value, kind.description) == ("1", "Laboratory class")
    assert concept.status is None


def test_related_names_are_found_by_text(loinc: LoincProvider) -> None:
    assert {loinc.code_of(one) for one in loinc.search("wdg")} == {"90001-9"}


@pytest.mark.parametrize(
    ("name", "op", "value", "count"),
    [
        ("CLASSTYPE", "=", "1", 311),
        ("SCALE_TYP", "=", "DOC", 4),
        ("STATUS", "=", "DISCOURAGED", 2),
        ("ORDER_OBS", "=", "Both", 270),
        ("answers-for", "=", "LL6136-7", 4),
        ("document-kind", "exists", "true", 2),
        ("ancestor", "=", "LP14082-9", 4),
        ("concept", "is-a", "LP14082-9", 5),
        ("copyright", "=", "3rdParty", 0),
    ],
)
def test_hl7s_subset_gives_the_filters_of_the_suite(
    subset: LoincProvider, name: str, op: str, value: str, count: int
) -> None:
    assert len(_select(subset, name, op, value)) == count


def test_component_by_code_and_by_name_are_the_same_set(subset: LoincProvider) -> None:
    by_code = _select(subset, "COMPONENT", "=", "LP14635-4")
    assert by_code == _select(subset, "COMPONENT", "=", "Glucose")
    assert "104597-0" in by_code
