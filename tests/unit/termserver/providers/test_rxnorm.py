"""RxNorm's provider: the filters of THO's page, over a small release."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.base import LoadOptions
from loaders.rxnorm import LOADER
from termserver.errors import InvalidValueSet
from termserver.model import FilterClause
from termserver.providers.rxnorm import RxNormProvider
from termserver.store.build import build_pack
from termserver.store.pack import Pack


def _conso(cui: str, atom: str, source: str, kind: str, text: str) -> str:
    return f"{cui}|ENG||||||{atom}||{cui}||{source}|{kind}|{cui}|{text}||N||\n"


def _rel(first: str, name: str, relation: str, second: str) -> str:
    return f"{first}||CUI|{name}|{second}||CUI|{relation}|1||RXNORM|RXNORM|||N||\n"


FILES = {
    "RXNCONSO": _conso("1", "11", "RXNORM", "IN", "blorbine")
    + _conso("1", "13", "MMSL", "IN", "Blorbine")
    + _conso("2", "21", "RXNORM", "SCD", "blorbine 1 MG Oral Tablet")
    + _conso("3", "31", "RXNORM", "SBD", "blorbine 1 MG Oral Tablet [Blo]")
    + _conso("3", "32", "RXNORM", "PSN", "Blo 1 MG Tablet")
    + _conso("5", "51", "MMSL", "CD", "elsewhere"),
    # "2 has_ingredient 1": the ingredient stands first, the drug second.
    "RXNREL": _rel("1", "RO", "has_ingredient", "2")
    + _rel("2", "RO", "ingredient_of", "1")
    + _rel("2", "RN", "tradename_of", "3")
    + _rel("3", "RB", "has_tradename", "2")
    + _rel("3", "RB", "inverse_isa", "5"),
    "RXNSTY": "1|T121|A1.4|Pharmacologic Substance|||\n2|T200|A1.3|Clinical Drug|||\n"
    "3|T200|A1.3|Clinical Drug|||\n",
    "RXNCUI": "90|RXNORM_1|RXNORM_2|2|1|\n90|RXNORM_1|RXNORM_2|2|2|\n91|RXNORM_1|RXNORM_2|1|7|\n",
}


@pytest.fixture
def rxnorm(tmp_path: Path) -> Iterator[RxNormProvider]:
    for name, content in FILES.items():
        (tmp_path / f"{name}.RRF").write_text(content)
    reading = LOADER.read([tmp_path], LoadOptions(version="01062025"), lambda *_: None)
    pack = Pack.open(build_pack(tmp_path / "home", reading.header, reading.records).path)
    (system,) = pack.systems()
    yield RxNormProvider(pack.provider(system))
    pack.close()


def _select(provider: RxNormProvider, name: str, op: str, value: str) -> set[str]:
    """Return the codes that a filter selects, having checked that `contains` agrees."""
    clause = FilterClause(property=name, op=op, value=value)
    found = provider.select(clause)
    assert [one for one in provider.all() if provider.contains(clause, one)] == list(found)
    return {provider.code_of(one) for one in found}


@pytest.mark.parametrize(
    ("name", "op", "value", "codes"),
    [
        ("TTY", "=", "SCD", {"2"}),
        ("TTY", "in", "SCD,SBD", {"2", "3"}),
        ("TTY", "=", "PSN", {"3"}),
        ("SAB", "=", "MMSL", {"1"}),
        ("STY", "=", "T200", {"2", "3"}),
        ("STY", "=", "STY:Clinical Drug", {"2", "3"}),
        ("STY", "in", "T121,T200", {"1", "2", "3"}),
        # RXCUI1 of the rows whose RXCUI2 is the value, as THO's SQL has it.
        ("has_ingredient", "=", "CUI:2", {"1"}),
        ("ingredient_of", "=", "CUI:1", {"2"}),
        ("RO", "=", "CUI:1", {"2"}),
        ("tradename_of", "in", "CUI:3,CUI:1", {"2"}),
        ("inverse_isa", "=", "CUI:5", {"3"}),
        # Without the prefix: the concepts that have the property with that value.
        ("has_ingredient", "=", "1", {"2"}),
        ("tradename_of", "=", "CUI:99", set()),
    ],
)
def test_filters_select_what_the_page_says(
    rxnorm: RxNormProvider, name: str, op: str, value: str, codes: set[str]
) -> None:
    assert _select(rxnorm, name, op, value) == codes


def test_an_unknown_column_of_semantic_types_is_refused(rxnorm: RxNormProvider) -> None:
    with pytest.raises(InvalidValueSet, match="names the column 'X'; known: TUI, STN, STY"):
        _select(rxnorm, "STY", "=", "X:1")


def test_an_operator_that_relations_do_not_take_is_refused(rxnorm: RxNormProvider) -> None:
    with pytest.raises(InvalidValueSet, match="it takes =, in"):
        _select(rxnorm, "RO", "regex", "CUI:1")


def test_an_unknown_property_is_refused(rxnorm: RxNormProvider) -> None:
    with pytest.raises(InvalidValueSet, match="Unknown filter property 'COLOUR'"):
        _select(rxnorm, "COLOUR", "=", "red")


def test_lookup_shows_relations_by_their_type_and_nothing_hidden(rxnorm: RxNormProvider) -> None:
    member = rxnorm.find("3")
    assert member is not None
    shown = {(one.code, one.value) for one in rxnorm.concept(member).properties}
    assert ("tradename_of", "2") in shown
    assert not {code for code, _ in shown} & {"RN", "RB", "from:RB"}
    assert "from:RB" not in rxnorm.property_codes()


def test_there_is_no_subsumption(rxnorm: RxNormProvider) -> None:
    one, two = rxnorm.find("1"), rxnorm.find("2")
    assert one is not None
    assert two is not None
    assert not rxnorm.subsumes(one, two)
    assert not rxnorm.subsumes(two, one)


def test_a_code_that_was_given_up_names_its_successors(rxnorm: RxNormProvider) -> None:
    assert rxnorm.find("90") is None
    note = rxnorm.why_unknown("90")
    assert note is not None
    assert note.text == "The RXCUI '90' was given up for 1, 2"
    assert rxnorm.why_unknown("91") is None
