"""LOINC: properties and English names (second pass, in the order of the release's tables)."""

from __future__ import annotations

from collections.abc import Iterator

from loaders.loinc_concepts import Codes
from loaders.loinc_release import (
    ANSWER_LINKS,
    ANSWERS,
    CONSUMER_NAMES,
    GROUP_TERMS,
    GROUPS,
    MAP_TO,
    PANELS,
    PARTS,
    PRIMARY_LINKS,
    SUPPLEMENTARY_LINKS,
    TERMS,
    Release,
)
from loaders.tables import Row
from termserver.model import Coding
from termserver.records import DesignationRecord, PropertyRecord, Record
from termserver.systems import LOINC

ENGLISH = "en-US"
AXES = {
    # column of Loinc.csv -> PartTypeName of Part.csv
    "COMPONENT": "COMPONENT",
    "PROPERTY": "PROPERTY",
    "TIME_ASPCT": "TIME",
    "SYSTEM": "SYSTEM",
    "SCALE_TYP": "SCALE",
    "METHOD_TYP": "METHOD",
    "CLASS": "CLASS",
}
INTEGERS = frozenset({"COMMON_TEST_RANK", "COMMON_ORDER_RANK"})
NAMES = {
    "LONG_COMMON_NAME": "LONG_COMMON_NAME",
    "SHORTNAME": "SHORTNAME",
    "CONSUMER_NAME": "ConsumerName",
    "DisplayName": "DisplayName",
    "RELATEDNAMES2": "RELATEDNAMES2",
}
"""Columns of Loinc.csv that are names -> the designation use (codes of LOINC itself)."""


def uses(*names: str) -> dict[str, Coding]:
    """Return name -> designation use of LOINC names (`SHORTNAME`, `ConsumerName` …).

    Made once: equal uses are best one object (`DesignationBlock`).
    """
    return {one: Coding(system=LOINC, code=one, display=one) for one in names}


_USES = uses(*NAMES.values())

# Kept as display or definition; the other names are filtered on as well.
_NO_PROPERTY = frozenset({"LOINC_NUM", "LONG_COMMON_NAME", "DefinitionDescription"})


def designation(code: str, value: str, use: Coding, language: str = ENGLISH) -> DesignationRecord:
    """Return a designation record of a LOINC name."""
    return DesignationRecord(code=code, value=value, language=language, use=use)


def link(code: str, name: str, target: str) -> PropertyRecord:
    """Return a property whose value is another code of LOINC."""
    return PropertyRecord(code=code, property=name, type="code", value=target, target=target)


def text(code: str, name: str, value: str) -> PropertyRecord:
    """Return a property of type string."""
    return PropertyRecord(code=code, property=name, type="string", value=value)


def detail_records(release: Release, codes: Codes) -> Iterator[Record]:
    """Yield the properties and English designations of every concept. Raises: InvalidSource."""
    # Which axes have a part must be known before the terms' own columns are read.
    linked: dict[str, set[str]] = {}
    yield from _part_links(release, codes, linked)
    for row in release.rows(TERMS):
        yield from _term(row, codes, linked.get(row["LOINC_NUM"], set()))
    yield from _parts(release)
    yield from _consumer_names(release, codes)
    yield from _answers(release, codes)
    yield from _answer_links(release, codes)
    yield from _replacements(release, codes)
    yield from _panels(release, codes)
    yield from _groups(release, codes)


def _term(row: Row, codes: Codes, linked: set[str]) -> Iterator[Record]:
    code = row["LOINC_NUM"]
    for column, kind in NAMES.items():
        if row.get(column):
            yield designation(code, row.get(column), _USES[kind])
    for column in row.fields:
        value = row.get(column)
        if not value or column in _NO_PROPERTY:
            continue
        if column in AXES:
            if column not in linked:
                yield _axis(code, column, value, codes)
        elif column in INTEGERS and value.isdigit():
            yield PropertyRecord(code=code, property=column, type="integer", value=int(value))
        else:
            yield text(code, column, value)


def _axis(code: str, column: str, name: str, codes: Codes) -> PropertyRecord:
    """Return the axis as part code where one part of that type has that name, else the name.

    The name of an axis in Loinc.csv is the PartName of its part; subsets lack many of the links.
    """
    part = codes.part_of.get((AXES[column], name))
    return link(code, column, part) if part else text(code, column, name)


def _part_links(
    release: Release, codes: Codes, linked: dict[str, set[str]]
) -> Iterator[PropertyRecord]:
    """Yield the links of terms to parts; fill `linked` with the axes of each term that have one."""
    for table in (PRIMARY_LINKS, SUPPLEMENTARY_LINKS):
        current, seen = "", set[tuple[str, str]]()
        for row in release.rows(table):
            code, part = codes.known(row, "LoincNumber"), codes.known(row, "PartNumber")
            name = row.need("Property").rsplit("/", 1)[-1]
            if table is SUPPLEMENTARY_LINKS and name != "CLASS" and name in linked.get(code, ()):
                # The primary link is the axis itself; the detailed model repeats it in pieces.
                continue
            if name in AXES:
                linked.setdefault(code, set()).add(name)
            if code != current:
                current, seen = code, set()
            if (name, part) not in seen:
                seen.add((name, part))
                yield link(code, name, part)


def _parts(release: Release) -> Iterator[Record]:
    for row in release.rows(PARTS):
        code = row["PartNumber"]
        if row.get("PartDisplayName") not in {"", row.get("PartName")}:
            yield designation(code, row.get("PartDisplayName"), _USES["DisplayName"])
        if row.get("PartTypeName"):
            yield text(code, "PartTypeName", row.get("PartTypeName"))
        if row.get("Status"):
            yield text(code, "STATUS", row.get("Status"))


def _consumer_names(release: Release, codes: Codes) -> Iterator[Record]:
    for row in release.rows(CONSUMER_NAMES):
        code, name = codes.known(row, "LoincNumber"), row.need("ConsumerName")
        yield designation(code, name, _USES["ConsumerName"])
        yield text(code, "CONSUMER_NAME", name)


def _answers(release: Release, codes: Codes) -> Iterator[Record]:
    lists: set[str] = set()
    external: set[tuple[str, str, str]] = set()
    for row in release.rows(ANSWERS):
        name, answer = row["AnswerListId"], row.get("AnswerStringId")
        if name not in lists:
            lists.add(name)
            yield from _answer_list(row, name)
        if not answer:
            continue
        yield link(name, "Answer", answer)
        yield link(answer, "AnswerList", name)
        same_as = (answer, row.get("ExtCodeSystem"), row.get("ExtCodeId"))
        if all(same_as) and same_as not in external:
            external.add(same_as)
            coding = Coding(
                system=same_as[1],
                version=row.get("ExtCodeSystemVersion") or None,
                code=same_as[2],
                display=row.get("ExtCodeDisplayName") or None,
            )
            yield PropertyRecord(code=answer, property="ExtCode", type="Coding", value=coding)


def _answer_list(row: Row, name: str) -> Iterator[Record]:
    yield text(name, "value-set", f"{LOINC}/vs/{name}")
    for column in (
        "AnswerListOID",
        "ExtDefinedYN",
        "ExtDefinedAnswerListCodeSystem",
        "ExtDefinedAnswerListLink",
    ):
        if row.get(column):
            yield text(name, column, row.get(column))


def _answer_links(release: Release, codes: Codes) -> Iterator[Record]:
    seen: set[tuple[str, str]] = set()
    for row in release.rows(ANSWER_LINKS):
        code, name = codes.known(row, "LoincNumber"), codes.known(row, "AnswerListId")
        if (code, name) not in seen:
            seen.add((code, name))
            yield link(code, "answer-list", name)
            yield link(name, "answers-for", code)


def _replacements(release: Release, codes: Codes) -> Iterator[Record]:
    for row in release.rows(MAP_TO):
        code, target = codes.known(row, "LOINC"), codes.known(row, "MAP_TO")
        yield link(code, "MAP_TO", target)
        if row.get("COMMENT"):
            yield text(code, "MAP_TO_COMMENT", f"{target}: {row.get('COMMENT')}")


def _panels(release: Release, codes: Codes) -> Iterator[Record]:
    seen: set[tuple[str, str]] = set()
    for row in release.rows(PANELS):
        panel, member = codes.known(row, "ParentLoinc"), codes.known(row, "Loinc")
        if panel != member and (panel, member) not in seen:
            # The panel's own row is the first of each form.
            seen.add((panel, member))
            yield link(panel, "PanelMember", member)
            yield link(member, "MemberOfPanel", panel)


def _groups(release: Release, codes: Codes) -> Iterator[Record]:
    seen: set[str] = set()
    for row in release.rows(GROUPS):
        group, parent = row["GroupId"], codes.known(row, "ParentGroupId")
        for code in (parent, group):
            if code not in seen:
                seen.add(code)
                yield text(code, "value-set", f"{LOINC}/vs/{code}")
        yield link(group, "ParentGroup", parent)
        if row.get("Archetype"):
            yield text(group, "Archetype", row.get("Archetype"))
    for row in release.rows(GROUP_TERMS):
        group, code = codes.known(row, "GroupId"), codes.known(row, "LoincNumber")
        yield link(group, "GroupMember", code)
        yield link(code, "Group", group)
