"""docs/ecl.md has a row for every rule of the grammar, and the test that it names exists."""

import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[3]
_ROW = re.compile(r"^\| ([\w-]+) \| (test_\w+) \|", re.M)


def rows() -> list[tuple[str, str]]:
    return _ROW.findall((ROOT / "docs" / "ecl.md").read_text(encoding="utf-8"))


def test_every_test_of_the_table_exists() -> None:
    source = (HERE / "test_parse.py").read_text(encoding="utf-8")
    missing = {test for _, test in rows() if f"def {test}(" not in source}
    assert not missing


def test_every_rule_of_the_grammar_has_a_row(shared: Path) -> None:
    grammar = (shared / "spec" / "ecl" / "abnf-long.txt").read_text(encoding="utf-8")
    rules = re.findall(r"^([A-Za-z][\w-]*) ?=", grammar, re.M)
    assert [rule for rule, _ in rows()] == rules
