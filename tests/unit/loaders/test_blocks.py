"""Records in blocks: the same facts in the same order, and the same pack."""

from hypothesis import given
from hypothesis import strategies as st

from loaders.blocks import in_blocks
from termserver.model import CodeSystem, Coding
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DesignationBlock,
    DesignationRecord,
    DesignationRow,
    EdgeRecord,
    PropertyBlock,
    PropertyRecord,
    PropertyRow,
    Record,
)

USE = Coding(system="http://x.org", code="synonym")

NAMES = st.builds(
    DesignationRecord,
    code=st.sampled_from("ab"),
    value=st.text("xyz", min_size=1, max_size=2),
    language=st.sampled_from([None, "en", "de"]),
    use=st.sampled_from([None, USE]),
    additional_use=st.sampled_from([(), (), (USE,)]),
    status=st.sampled_from([None, None, "draft"]),
    active=st.booleans(),
)
FACTS = st.builds(
    PropertyRecord,
    code=st.sampled_from("ab"),
    property=st.sampled_from("pq"),
    type=st.just("string"),
    value=st.sampled_from(["1", "2"]),
    extensions=st.sampled_from([(), (), ({"url": "u"},)]),
)
OTHERS = st.just(EdgeRecord(child="a", parent="b"))


def told(record: Record) -> list[Record]:
    """Return the records that a record or block stands for."""
    match record:
        case PropertyBlock():
            return [fact(row) for row in record.rows]
        case DesignationBlock():
            return [name(row) for row in record.rows]
        case _:
            return [record]


def fact(row: PropertyRow) -> PropertyRecord:
    code, property_, type_, value, target, group, active, module, time = row
    return PropertyRecord(
        code=code,
        property=property_,
        type=type_,
        value=value,
        target=target,
        group=group,
        active=active,
        module=module,
        effective_time=time,
    )


def name(row: DesignationRow) -> DesignationRecord:
    code, value, language, use, active, number, module, time, case, preferred, acceptable = row
    return DesignationRecord(
        code=code,
        value=value,
        language=language,
        use=use,
        active=active,
        id=number,
        module=module,
        effective_time=time,
        case_significance=case,
        preferred_in=preferred,
        acceptable_in=acceptable,
    )


@given(st.lists(st.one_of(NAMES, FACTS, OTHERS), max_size=30))
def test_each_kind_keeps_its_order_and_nothing_is_lost(records: list[Record]) -> None:
    found = [one for record in in_blocks(records) for one in told(record)]
    for kind in (DesignationRecord, PropertyRecord, EdgeRecord):
        assert [one for one in found if type(one) is kind] == [
            one for one in records if type(one) is kind
        ]


def test_what_begins_something_new_comes_after_all_that_was_before() -> None:
    begin = CodeSystemRecord(system=CodeSystem(url="http://x.org"))
    some: list[Record] = [
        PropertyRecord(code="a", property="p", type="string", value="1"),
        DesignationRecord(code="a", value="x"),
        begin,
        ConceptRecord(code="b", display=None),
    ]
    kinds = [type(one) for one in in_blocks(some)]
    assert kinds == [DesignationBlock, PropertyBlock, CodeSystemRecord, ConceptRecord]


def test_blocks_have_a_bound() -> None:
    many = [PropertyRecord(code="a", property="p", type="string", value="1")] * 4_500
    assert [len(told(one)) for one in in_blocks(many)] == [2_000, 2_000, 500]
