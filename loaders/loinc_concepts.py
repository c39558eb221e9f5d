"""LOINC: concepts and hierarchy (first pass). Terms, parts, answers, answer lists, groups."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from loaders.loinc_release import (
    ANSWERS,
    GROUPS,
    HIERARCHY,
    PARENT_GROUPS,
    PARTS,
    TERMS,
    Release,
)
from loaders.tables import Row
from termserver.records import ConceptRecord, EdgeRecord, Record

_TERM = re.compile(r"(\d{1,8})-(\d)")
_INACTIVE_PART = frozenset({"DEPRECATED", "INACTIVE"})


@dataclass(slots=True)
class Codes:
    """Every code of the release and what the second pass needs of it.

    `parts` is code -> (type, name); `part_of` is (type, name) -> code, None where two share both.
    """

    concepts: dict[str, ConceptRecord] = field(default_factory=dict)
    terms: set[str] = field(default_factory=set)
    parts: dict[str, tuple[str, str]] = field(default_factory=dict)
    part_of: dict[tuple[str, str], str | None] = field(default_factory=dict)
    edges: dict[tuple[str, str], None] = field(default_factory=dict)

    def known(self, row: Row, column: str) -> str:
        """Return the code of a column that must be a code of the release. Raises: InvalidSource."""
        code = row.need(column)
        if code not in self.concepts:
            raise row.fault(f"'{code}' of the column '{column}' is no code of this release")
        return code


def read_codes(release: Release) -> Codes:
    """Return all codes of a release, checked: no code twice, check digits right, parents there.

    Raises: InvalidSource with file and line.
    """
    codes = Codes()
    terms = {code: record for code, record in _terms(release)}
    _parts(release, codes)
    order = _hierarchy(release, codes, terms)
    # What stands in the hierarchy comes first and in its order: that is the order of an expansion.
    for code in order:
        codes.concepts[code] = terms.get(code) or codes.concepts[code]
    placed = {code: codes.concepts.pop(code) for code in order}
    rest = codes.concepts
    codes.concepts = {**placed, **terms, **rest}
    codes.terms = set(terms)
    _answers(release, codes)
    _groups(release, codes)
    return codes


def concept_records(codes: Codes) -> Iterator[Record]:
    """Yield every concept, then every edge of the hierarchy, in source order."""
    yield from codes.concepts.values()
    for child, parent in codes.edges:
        yield EdgeRecord(child=child, parent=parent)


def is_term_code(code: str) -> bool:
    """Tell whether `code` is written as a LOINC number and its check digit is right (mod 10)."""
    match = _TERM.fullmatch(code)
    return match is not None and _check_digit(match.group(1)) == int(match.group(2))


def _check_digit(digits: str) -> int:
    """Return the mod 10 check digit (LOINC Users' Guide, appendix C)."""
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if at % 2 == 0 else 1)
        total += value // 10 + value % 10
    return -total % 10


def _terms(release: Release) -> Iterator[tuple[str, ConceptRecord]]:
    seen: set[str] = set()
    for row in release.rows(TERMS):
        code = row.need("LOINC_NUM")
        if not is_term_code(code):
            raise row.fault(f"'{code}' is no LOINC number, or its check digit is wrong")
        if code in seen:
            raise row.fault(f"the code '{code}' occurs twice")
        seen.add(code)
        yield code, _term(row, code)


def _term(row: Row, code: str) -> ConceptRecord:
    status = row.need("STATUS").upper()
    return ConceptRecord(
        code=code,
        display=row.get("LONG_COMMON_NAME") or row.get("SHORTNAME") or row.need("COMPONENT"),
        definition=row.get("DefinitionDescription") or None,
        # Only DEPRECATED is inactive; DISCOURAGED and TRIAL are not (THO, "Using LOINC", Inactive).
        inactive=status == "DEPRECATED",
        status=None if status == "ACTIVE" else status,
    )


def _parts(release: Release, codes: Codes) -> None:
    for row in release.rows(PARTS):
        code = row.need("PartNumber")
        if code in codes.concepts:
            raise row.fault(f"the part '{code}' occurs twice")
        if not code.startswith("LP"):
            raise row.fault(f"'{code}' is no part number (LP…)")
        kind, name = row.get("PartTypeName"), row.get("PartName")
        status = row.get("Status").upper()
        codes.parts[code] = (kind, name)
        codes.part_of[kind, name] = None if (kind, name) in codes.part_of else code
        codes.concepts[code] = ConceptRecord(
            code=code,
            display=name or row.get("PartDisplayName") or None,
            inactive=status in _INACTIVE_PART,
            status=None if status in {"", "ACTIVE"} else status,
        )


def _hierarchy(release: Release, codes: Codes, terms: dict[str, ConceptRecord]) -> dict[str, None]:
    """Read the hierarchy; return its codes in order of first appearance."""
    order: dict[str, None] = {}
    waiting: dict[str, Row] = {}
    for row in release.rows(HIERARCHY):
        code, parent = row.need("CODE"), row.get("IMMEDIATE_PARENT")
        if code not in codes.concepts and code not in terms:
            if not code.startswith("LP"):
                raise row.fault(f"'{code}' of the hierarchy is no code of this release")
            # Some parts stand in the hierarchy alone (3 in HL7's subset).
            text = row.get("CODE_TEXT")
            codes.parts[code] = ("", text)
            codes.concepts[code] = ConceptRecord(code=code, display=text or None)
        order.setdefault(code)
        if parent:
            waiting.setdefault(parent, row)
            codes.edges.setdefault((code, parent))
    for parent, row in waiting.items():
        if parent not in order:
            raise row.fault(f"the parent '{parent}' is nowhere in the hierarchy")
    return order


def _answers(release: Release, codes: Codes) -> None:
    lists: dict[str, ConceptRecord] = {}
    pairs: set[tuple[str, str, str]] = set()
    for row in release.rows(ANSWERS):
        name, answer = row.need("AnswerListId"), row.get("AnswerStringId")
        lists.setdefault(name, ConceptRecord(code=name, display=row.get("AnswerListName") or None))
        if not answer:
            # A list that another organisation defines has a row without an answer.
            continue
        pair = (name, answer, row.get("SequenceNumber"))
        if pair in pairs:
            raise row.fault(f"the answer '{answer}' occurs twice in the list '{name}'")
        pairs.add(pair)
        if answer not in codes.concepts:
            codes.concepts[answer] = ConceptRecord(
                code=answer,
                display=row.get("DisplayText") or None,
                definition=row.get("Description") or None,
            )
    codes.concepts.update(lists)


def _groups(release: Release, codes: Codes) -> None:
    for table, column, name in (
        (PARENT_GROUPS, "ParentGroupId", "ParentGroup"),
        (GROUPS, "GroupId", "Group"),
    ):
        for row in release.rows(table):
            code = row.need(column)
            status = row.get("Status").upper()
            codes.concepts.setdefault(
                code,
                ConceptRecord(
                    code=code,
                    display=row.get(name) or None,
                    inactive=status in _INACTIVE_PART,
                    status=None if status in {"", "ACTIVE"} else status,
                ),
            )
