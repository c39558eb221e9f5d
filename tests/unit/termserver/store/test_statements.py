"""Statements that are asked all the time must find their rows by a key."""

import sqlite3
from importlib import resources

import pytest

from termserver.store import statements as sql

HOT = [
    "CONCEPT",
    "CONCEPTS",
    "CONCEPT_COLUMNS",
    "CONCEPT_FACTS",
    "DESIGNATIONS",
    "DESIGNATIONS_OF",
    "DESIGNATION_ROWS",
    "DESIGNATION_FACTS",
    "DESIGNATION_FACTS_OF",
    "DESIGNATION_TERMS",
    "DESIGNATION_TERMS_OF",
    "LOOKUP",
    "PROPERTIES",
    "PROPERTIES_OF",
    "PROPERTY_ROWS",
    "REFSET_MEMBERS",
    "REFSET_ROWS_OF",
    "REFSET_FIELDS_OF",
    "IDENTIFIERS_OF",
    "IDENTIFIED",
    "HISTORY",
    "DOCUMENTS",
    "DOCUMENT_NAMES",
    "DOCUMENTS_BY_URL",
    "DOCUMENT",
]
NAMES = [
    *("ordinal", "ordinals", "first", "last", "low", "high", "kind"),
    *("refset", "component", "identifier", "type", "url", "id", "ids"),
]


@pytest.mark.parametrize("name", HOT)
def test_a_hot_statement_scans_no_table(name: str) -> None:
    connection = sqlite3.connect(":memory:")
    for script in ("schema.sql", "indexes.sql"):
        text = resources.files("termserver.store").joinpath(script).read_text(encoding="utf-8")
        connection.executescript(text)
    plan = connection.execute(
        f"EXPLAIN QUERY PLAN {getattr(sql, name)}", dict.fromkeys(NAMES, 1)
    ).fetchall()
    connection.close()
    steps = [row[3] for row in plan]
    # j is the list that was asked for, r the few reference sets
    small = {"j", "r"}
    scans = [step for step in steps if step.startswith("SCAN") and step.split()[1] not in small]
    assert (scans, len(steps) > 0) == ([], True)


def test_rows_of_a_concept_are_found_by_its_slots() -> None:
    for name in (
        "LOOKUP",
        "DESIGNATIONS_OF",
        "DESIGNATION_FACTS_OF",
        "PROPERTIES_OF",
        "PROPERTY_ROWS",
    ):
        assert f" {sql.SLOTS}" in getattr(sql, name)
