"""Filters of SNOMED CT beside FHIR's general ones: reference sets, ECL, expressions, attributes.

Source: FHIR, Using SNOMED CT with FHIR, "SNOMED CT Filters". Each filter answers `select` and
`contains`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import numpy as np

from termserver.conceptset import ConceptSet
from termserver.errors import InvalidValueSet, NotSupported, UnknownCode
from termserver.filters.is_in import listed
from termserver.filters.source import CODE_WORDS, text_of
from termserver.model import FilterClause, Ordinal, Property
from termserver.providers.stored import StoredProvider
from termserver.systems import SNOMED_CT_ID

ATTRIBUTE_ROOTS = ("410662002", "106237007")
"""Concept model attribute, and linkage concept (releases before 2010 have attributes there)."""

ALL_REFSETS = "*"
"""`concept in *`: every concept that is a reference set (the implicit value set
`?fhir_vs=refset`).
"""


class Constraints(Protocol):
    """What evaluates ECL."""

    def select(self, expression: str) -> ConceptSet:
        """Return the concepts of an expression constraint. Raises: InvalidExpression,
        UnknownCode.
        """


def is_refset_filter(stored: StoredProvider, clause: FilterClause) -> bool:
    """Tell whether the clause asks for members of a reference set (`concept in 447562003`).

    `in` does unless its value is a list, which FHIR's general `in` takes; `not-in` where its value
    is a reference set.
    """
    if clause.property not in CODE_WORDS or clause.op not in {"in", "not-in"}:
        return False
    if clause.op == "in":
        return "," not in clause.value
    return clause.value == ALL_REFSETS or any(
        str(one.id) == clause.value for one in stored.refsets()
    )


def select_members(stored: StoredProvider, clause: FilterClause) -> ConceptSet:
    """Return the active members that are concepts (`not-in`: all other concepts).

    For `*` the members are the reference sets themselves. Raises: UnknownCode where the value is no
    concept of the edition.
    """
    members = _members(stored, clause)
    return members if clause.op == "in" else stored.all() - members


def _members(stored: StoredProvider, clause: FilterClause) -> ConceptSet:
    if clause.value == ALL_REFSETS:
        found = (stored.find(str(one.id)) for one in stored.refsets())
        return ConceptSet.of(one for one in found if isinstance(one, int))
    return stored.refset_concepts(int(known_code(stored, clause, clause.value)))


def is_attribute_filter(stored: StoredProvider, clause: FilterClause) -> bool:
    """Tell whether the clause's property is a concept id (or its URI) of the edition.

    Raises: UnknownCode for an id that the edition does not have.
    """
    name = clause.property.removeprefix(SNOMED_CT_ID)
    if not name.isdigit():
        return False
    known_code(stored, clause, name)
    return True


def select_attribute(stored: StoredProvider, clause: FilterClause) -> ConceptSet:
    """Return the concepts with an attribute of that type and value (`=`, `in`) or any (`exists`).

    The value itself, not what is below it: that is asked by ECL. `not-in` is all other concepts.
    Raises: UnknownCode, NotSupported, InvalidValueSet for a concept that is no attribute.
    """
    kind = _attribute(stored, clause)
    index = stored.attribute_index
    rows = index.slice_of(kind)
    concrete = index.concrete_slice_of(kind)
    if clause.op == "exists":
        sources = [*index.source[rows].tolist(), *index.concrete.source[concrete].tolist()]
        having = ConceptSet.of(sources)
        return having if _truth(clause) else stored.all() - having
    found = ConceptSet.empty()
    for text in _values(clause):
        if _is_concrete(stored, kind, text):
            found |= _concrete_sources(stored, kind, text)
        else:
            target = stored.find(known_code(stored, clause, text))
            hits = index.source[rows][index.target[rows] == np.uint32(int(target or 0))]
            found |= ConceptSet.of(hits.tolist())
    return found if clause.op != "not-in" else stored.all() - found


def contains_attribute(
    stored: StoredProvider, clause: FilterClause, properties: Iterable[Property]
) -> bool:
    """Tell whether an attribute of that type and value is among a member's properties."""
    kind = _attribute(stored, clause)
    name = clause.property.removeprefix(SNOMED_CT_ID)
    values = [one for one in properties if one.code == name]
    if clause.op == "exists":
        return bool(values) == _truth(clause)
    wanted = _values(clause)
    concrete = [one for one in wanted if _is_concrete(stored, kind, one)]
    for code in wanted:
        if code not in concrete:
            known_code(stored, clause, code)
    plain = [text_of(one.value) for one in values if one.type != "code"]
    has_one = any(one.value in wanted for one in values if one.type == "code") or any(
        _same(text, one.removeprefix("#").strip('"')) for text in plain for one in concrete
    )
    return has_one is (clause.op != "not-in")


def known_code(stored: StoredProvider, clause: FilterClause, code: str) -> str:
    """Return `code`. Raises: UnknownCode, naming it, the filter and the version, where it is
    absent.
    """
    if stored.find(code) is None:
        raise UnknownCode(
            f"The filter '{clause.property} {clause.op} {clause.value}' names the code '{code}', "
            "which "
            f"is not in the code system '{stored.system.url}' version '{stored.system.version}'; "
            "load a version that has it"
        )
    return code


def select_expressions(stored: StoredProvider, clause: FilterClause) -> ConceptSet:
    """Return every concept: `expressions` says only whether expressions are members beside them."""
    check_expressions(clause)
    return stored.all()


def check_expressions(clause: FilterClause) -> bool:
    """Return whether `expressions = true|false` allows them. Raises: InvalidValueSet for another
    value.
    """
    if clause.op != "=" or clause.value not in {"true", "false"}:
        raise InvalidValueSet(
            f"The filter 'expressions {clause.op} {clause.value}' is not known for SNOMED CT; "
            "write 'expressions = true' or 'expressions = false'"
        )
    return clause.value == "true"


def constraint_of(clause: FilterClause) -> str:
    """Return the ECL of a `constraint` filter. Raises: NotSupported for another operator than
    `=`.
    """
    if clause.op != "=":
        raise NotSupported(
            f"The filter 'constraint' of SNOMED CT takes the operator '=', not '{clause.op}'"
        )
    return clause.value


def _attribute(stored: StoredProvider, clause: FilterClause) -> Ordinal:
    if clause.op not in {"=", "in", "not-in", "exists"}:
        raise NotSupported(
            f"The filter operator '{clause.op}' is not known for the SNOMED CT attribute "
            f"'{clause.property}'; known: =, in, not-in, exists (for subtypes use the filter "
            "'constraint')"
        )
    found = stored.find(clause.property.removeprefix(SNOMED_CT_ID))
    assert isinstance(found, int)
    if not _is_attribute(stored, found):
        raise InvalidValueSet(
            f"Unknown filter property '{clause.property}' for SNOMED CT: the concept is no "
            f"attribute of '{stored.system.version}'"
        )
    return found


def _is_attribute(stored: StoredProvider, concept: Ordinal) -> bool:
    """Tell whether a concept is below an attribute root, or any concept has it as an attribute."""
    roots = [stored.find(code) for code in ATTRIBUTE_ROOTS]
    if any(isinstance(top, int) and stored.hierarchy.is_below(concept, top) for top in roots):
        return True
    index = stored.attribute_index
    rows, concrete = index.slice_of(concept), index.concrete_slice_of(concept)
    return bool(rows.start != rows.stop or concrete.start != concrete.stop)


def _values(clause: FilterClause) -> list[str]:
    if clause.op not in {"in", "not-in"}:
        return [clause.value]
    return list(listed(clause))


def _truth(clause: FilterClause) -> bool:
    if clause.value not in {"true", "false"}:
        raise InvalidValueSet(f"The filter '{clause.property} exists' takes true or false")
    return clause.value == "true"


def _is_concrete(stored: StoredProvider, kind: Ordinal, text: str) -> bool:
    """Tell whether a value is meant as number or text: by its mark, or as nothing else is there."""
    if text.startswith(("#", '"')) or text in {"true", "false"}:
        return True
    index = stored.attribute_index
    rows, concrete = index.slice_of(kind), index.concrete_slice_of(kind)
    return bool(rows.start == rows.stop and concrete.start != concrete.stop)


def _concrete_sources(stored: StoredProvider, kind: Ordinal, text: str) -> ConceptSet:
    concrete = stored.attribute_index.concrete
    at = stored.attribute_index.concrete_slice_of(kind)
    wanted = text.removeprefix("#").strip('"')
    return ConceptSet.of(
        int(concrete.source[row])
        for row in range(at.start, at.stop)
        if _same(concrete.text[row], wanted)
    )


def _same(text: str, wanted: str) -> bool:
    try:
        return float(text) == float(wanted)
    except ValueError:
        return text == wanted
