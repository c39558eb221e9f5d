"""Coverage as a Markdown table."""

from api.coverage_table import coverage_lines
from valuesets.coverage import Absent, Coverage

VS = "http://example.org/ValueSet/"


def test_a_table_for_each_version_newest_first() -> None:
    one = Coverage(canonical=f"{VS}a|1.0.0", title=None, status="whole", total=3, refusal=None)
    two = Coverage(canonical=f"{VS}a|2.0.0", title=None, status="whole", total=4, refusal=None)
    lines = list(coverage_lines([one, two]))
    assert lines[0] == "### Version 2.0.0: 1 value sets (1 whole, 0 partial, 0 not)"
    assert lines[4:7] == [
        "| a | whole | 4 |  |",
        "",
        "### Version 1.0.0: 1 value sets (1 whole, 0 partial, 0 not)",
    ]


def test_what_is_missing_is_named_and_long_lists_are_counted() -> None:
    absent = tuple(Absent(system="http://s", version="9", code=str(at)) for at in range(7))
    root = Absent(system="http://s", version="9", code="r", root=True)
    one = Coverage(
        canonical=f"{VS}a|1",
        title=None,
        status="partial",
        total=None,
        refusal="no",
        missing_systems=("http://gone|2",),
        unchecked_systems=("http://listed",),
        absent=(*absent, root),
    )
    assert list(coverage_lines([one]))[4] == (
        "| a | partial | refused | code system http://gone\\|2<br>"
        "code system http://listed (its codes stand as written)<br>"
        "1 root codes of filters not in http://s 9: r<br>"
        "7 codes not in http://s 9: 0, 1, 2, 3, 4 and 2 more |"
    )
