"""StoredProvider: a code system version read from a pack."""

from decimal import Decimal
from pathlib import Path

import pytest

from termserver.conceptset import ConceptSet
from termserver.errors import NotSupported, UnknownCode
from termserver.model import (
    CodeSystem,
    Coding,
    Concept,
    Designation,
    FilterClause,
    Ordinal,
    Property,
    PropertyValue,
)
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DesignationRecord,
    EdgeRecord,
    PropertyRecord,
    Record,
)
from tests.small_packs import codes_of, only_provider, opened, tree


@pytest.mark.parametrize(
    ("case_sensitive", "asked", "found"),
    [
        (True, "ab", None),
        (True, "AB", "AB"),
        (False, "ab", "AB"),
        (None, "ab", "AB"),
        (None, "STRASSE", "straße"),
        (None, "c", "c"),
        (None, "C", "C"),
    ],
)
def test_a_code_is_found_by_the_case_rule(
    tmp_path: Path, case_sensitive: bool | None, asked: str, found: str | None
) -> None:
    records = tree("AB straße C c", case_sensitive=case_sensitive)
    provider = only_provider(opened(tmp_path, records))
    member = provider.find(asked)
    assert (member if member is None else provider.code_of(member)) == found


def test_all_of_a_concept_comes_back(tmp_path: Path) -> None:
    use = Coding(system="http://use", code="fsn", display="Full name")
    extension = {"url": "http://e", "valueInteger": 1}
    records: list[Record] = [
        CodeSystemRecord(system=CodeSystem(url="http://x", version="1")),
        ConceptRecord(
            code="a",
            display="A",
            definition="the first",
            inactive=True,
            abstract=True,
            status="retired",
            extensions=(extension,),
        ),
        ConceptRecord(code="b", display=None),
        DesignationRecord(
            code="a",
            value="Ä",
            language="de",
            use=use,
            additional_use=(use,),
            status="withdrawn",
            active=False,
            extensions=(extension,),
            id=12,
            preferred_in=frozenset({9, 8}),
            acceptable_in=frozenset({7}),
        ),
        PropertyRecord(
            code="a",
            property="p",
            type="code",
            value="b",
            target="b",
            group=2,
            extensions=(extension,),
        ),
        PropertyRecord(code="a", property="p", type="string", value="gone", active=False),
    ]
    provider = only_provider(opened(tmp_path, records))
    wanted = Concept(
        code="a",
        display="A",
        definition="the first",
        inactive=True,
        abstract=True,
        status="retired",
        extensions=(extension,),
        designations=(
            Designation(
                value="Ä",
                language="de",
                use=use,
                additional_use=(use,),
                status="withdrawn",
                active=False,
                extensions=(extension,),
                id="12",
                preferred_in=frozenset({9, 8}),
                acceptable_in=frozenset({7}),
            ),
        ),
        properties=(Property(code="p", type="code", value="b", group=2, extensions=(extension,)),),
    )
    bare = Concept(code="b", display=None)
    assert provider.concept(Ordinal(0)) == wanted
    assert provider.concept(Ordinal(1)) == bare
    assert provider.concepts([Ordinal(1), Ordinal(0), Ordinal(1)]) == [bare, wanted, bare]
    assert provider.inactive() == provider.abstract() == ConceptSet.of([0])
    assert provider.is_inactive(Ordinal(0))
    assert not provider.is_abstract(Ordinal(1))
    assert (provider.display_of(Ordinal(0)), provider.display_of(Ordinal(1))) == ("A", None)


@pytest.mark.parametrize(
    "value",
    ["text", "", 0, 7, -(2**70), True, False, 1.0, 2.5, Coding(system="http://s", code="c")],
)
def test_a_property_value_keeps_its_type(tmp_path: Path, value: PropertyValue) -> None:
    record = PropertyRecord(code="a", property="p", type="t", value=value)
    provider = only_provider(opened(tmp_path, [*tree("a"), record]))
    (found,) = provider.property_values(Ordinal(0), "p")
    assert (type(found), found) == (type(value), value)
    assert list(provider.property_rows("p")) == [(0, value)]


def test_rows_of_a_property_ascend_by_concept_across_types(tmp_path: Path) -> None:
    rows: list[tuple[str, PropertyValue]] = [("b", 1), ("c", "x"), ("a", "y"), ("a", 2)]
    provider = only_provider(
        opened(
            tmp_path,
            [
                *tree("a b c"),
                *(
                    PropertyRecord(code=code, property="p", type="t", value=value)
                    for code, value in rows
                ),
                PropertyRecord(code="a", property="q", type="t", value=True),
            ],
        )
    )
    found = list(provider.property_rows("p"))
    assert [ordinal for ordinal, _ in found] == [0, 0, 1, 2]
    assert {value for _, value in found} == {1, "x", "y", 2}
    assert list(provider.property_rows("unknown")) == []
    assert provider.property_codes() == ["p", "q"]


def test_filters_work_on_a_pack(tmp_path: Path) -> None:
    provider = only_provider(opened(tmp_path, tree("r a b x", "a<r b<r x<b x<a")))
    clause = FilterClause(property="concept", op="is-a", value="a")
    assert codes_of(provider, provider.select(clause)) == ["a", "x"]
    assert provider.contains(clause, Ordinal(3))
    assert not provider.contains(clause, Ordinal(2))
    assert provider.subsumes(Ordinal(0), Ordinal(3))
    assert not provider.subsumes(Ordinal(3), Ordinal(0))


def test_a_hierarchy_that_is_not_is_a_does_not_subsume(tmp_path: Path) -> None:
    system = CodeSystem(url="http://x", hierarchy_meaning="part-of")
    records: list[Record] = [
        CodeSystemRecord(system=system),
        ConceptRecord(code="a", display=None),
        ConceptRecord(code="b", display=None),
        EdgeRecord(child="b", parent="a"),
    ]
    provider = only_provider(opened(tmp_path, records))
    with pytest.raises(NotSupported, match="part-of"):
        provider.subsumes(Ordinal(0), Ordinal(1))


@pytest.mark.parametrize("member", [-1, 1, 99, "a"])
def test_what_is_no_member_is_refused(tmp_path: Path, member: int) -> None:
    pack = opened(tmp_path, [*tree("a", url="http://one"), *tree("b", url="http://two")])
    provider = pack.provider(pack.systems()[0])
    with pytest.raises(UnknownCode, match="is no member of 'http://one"):
        provider.code_of(Ordinal(member))


def test_sets_stay_within_the_code_system(tmp_path: Path) -> None:
    pack = opened(tmp_path, [*tree("a b", url="http://one"), *tree("a c", url="http://two")])
    two = pack.provider(pack.systems()[1])
    assert two.all() == two.search("") == two.search("display") == ConceptSet.of([2, 3])
    assert two.search("a") == ConceptSet.of([2])


def test_attribute_rows_are_sorted_by_type_target_and_source(tmp_path: Path) -> None:
    def row(source: str, type_: str, target: str, group: int) -> PropertyRecord:
        return PropertyRecord(
            code=source, property=type_, type="code", value=target, target=target, group=group
        )

    records = [
        *tree("t1 t2 x y"),
        row("y", "t2", "x", 1),
        row("y", "t1", "y", 2),
        row("x", "t2", "x", 0),
        PropertyRecord(code="x", property="t1", type="decimal", value=2.5, group=3),
        PropertyRecord(code="y", property="t1", type="string", value="#10", group=3),
    ]
    index = only_provider(opened(tmp_path, records)).attribute_index
    assert len(index) == 3
    assert index.type.tolist() == [0, 1, 1]
    assert index.target.tolist() == [3, 2, 2]
    assert index.source.tolist() == [3, 2, 3]
    assert index.group.tolist() == [2, 0, 1]
    assert index.slice_of(1) == slice(1, 3)
    assert index.slice_of(9) == slice(3, 3)
    concrete = index.concrete
    assert index.concrete_slice_of(0) == slice(0, 2)
    assert concrete.source.tolist() == [2, 3]
    assert (concrete.number[0], str(concrete.number[1])) == (2.5, "nan")
    assert [concrete.text[at] for at in range(2)] == ["2.5", "#10"]


def test_decimals_are_kept_as_loaders_give_them(tmp_path: Path) -> None:
    value = float(Decimal("0.1"))
    record = PropertyRecord(code="a", property="p", type="decimal", value=value)
    provider = only_provider(opened(tmp_path, [*tree("a"), record]))
    assert provider.property_values(Ordinal(0), "p") == [0.1]


def test_descriptions_come_with_their_columns(tmp_path: Path) -> None:
    record = DesignationRecord(
        code="b", value="Bee", id=5, module=6, effective_time=7, case_significance=8
    )
    (row,) = only_provider(opened(tmp_path, [*tree("a b"), record])).iter_designations()
    assert (row.ordinal, row.designation) == (1, Designation(value="Bee", id="5"))
    assert (row.module, row.effective_time, row.case_significance) == (6, 7, 8)


def test_concept_columns_come_in_bulk_and_one_by_one(tmp_path: Path) -> None:
    records: list[Record] = [
        CodeSystemRecord(system=CodeSystem(url="http://x")),
        ConceptRecord(code="a", display=None, module=1, effective_time=2, defined=True),
        ConceptRecord(code="b", display=None, inactive=True),
        EdgeRecord(child="b", parent="a"),
    ]
    provider = only_provider(opened(tmp_path, records))
    assert list(provider.concept_columns()) == [(0, 1, 2, True, False), (1, None, None, None, True)]
    facts = provider.facts(Ordinal(0))
    assert (facts.module, facts.effective_time, facts.defined, facts.depth) == (1, 2, True, 0)
    assert provider.facts(Ordinal(1)).depth == 1


def test_hits_come_best_name_first(tmp_path: Path) -> None:
    system = CodeSystem(url="http://x")
    displays = {"1": "fracture of the arm", "2": "arm", "3": "arm (old)", "4": "leg"}
    records: list[Record] = [
        CodeSystemRecord(system=system),
        *(
            ConceptRecord(code=code, display=display, inactive=code == "2")
            for code, display in displays.items()
        ),
        DesignationRecord(code="4", value="arm?"),
    ]
    provider = only_provider(opened(tmp_path, records))
    found = provider.search_ranked("arm", provider.all())
    assert codes_of(provider, found) == ["3", "1", "4", "2"]
    some = ConceptSet.of([0, 3])
    assert codes_of(provider, provider.search_ranked("arm", some)) == ["1", "4"]
