"""What stands behind the operator of a member filter: a date only where nothing else does."""

from termserver.ecl.parse import parse_ecl
from termserver.ecl.syntax import (
    Comparison,
    ConceptComparison,
    FieldFilter,
    StringComparison,
    SubExpression,
    TimeComparison,
)


def value_of(text: str) -> Comparison:
    tree = parse_ecl(f"^ 123456 {{{{ M xyz {text} }}}}")
    assert isinstance(tree, SubExpression)
    found = tree.member_filters[0].filters[0]
    assert isinstance(found, FieldFilter)
    return found.comparison


def test_an_empty_date_further_on_does_not_make_a_constraint_a_date() -> None:
    text = '= ( < 234567 {{ C effectiveTime = "" }} )'
    assert isinstance(value_of(text), ConceptComparison)


def test_an_empty_date_further_on_does_not_make_a_text_a_date() -> None:
    assert isinstance(value_of('= ( "a b" ), effectiveTime = ("" "20240131")'), StringComparison)


def test_no_date_alone_or_among_dates_is_a_date() -> None:
    assert value_of('= ""') == TimeComparison(order="=", values=("",))
    assert value_of('!= ( "20240131" "" )') == TimeComparison(order="!=", values=("20240131", ""))
