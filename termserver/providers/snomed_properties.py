"""Properties of SNOMED CT concepts that are no relationships: module, times, status, tag, normal
form.

Source: FHIR, Using SNOMED CT with FHIR, "SNOMED CT Properties". `module` is the word that $lookup
answers (suite `snomed`, lookup); `moduleId` the one that the page defines: both are understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from termserver.model import Designation, Ordinal, Property, PropertyValue
from termserver.providers.stored import StoredProvider
from termserver.systems import FULLY_SPECIFIED_NAME

_TAG = re.compile(r"\(([^()]+)\)\s*$")
MODULE_WORDS = ("moduleId", "module")
COLUMN_PROPERTIES = (
    *MODULE_WORDS,
    *("effectiveTime", "inactive", "sufficientlyDefined", "semanticTag"),
)
"""Properties that every concept has by its row or its name; filters take them."""
NORMAL_FORMS = ("normalForm", "normalFormTerse")
ON_REQUEST = ("moduleId", "sufficientlyDefined", "semanticTag", *NORMAL_FORMS)
"""Properties that $lookup gives where they are named; suite `snomed` fixes what it gives unasked.
"""


def iso_date(time: int | None) -> str | None:
    """Return an effective time (20050131) as a date (2005-01-31), None for None."""
    if time is None:
        return None
    text = f"{time:08d}"
    return f"{text[:4]}-{text[4:6]}-{text[6:]}"


def semantic_tag(term: str) -> str | None:
    """Return what stands in the last brackets of a fully specified name, None without any."""
    match = _TAG.search(term)
    return match[1] if match else None


def fully_specified_name(designations: Sequence[Designation]) -> str | None:
    """Return the first active fully specified name, an inactive one where there is no other."""
    names = [
        one for one in designations if one.use is not None and one.use.code == FULLY_SPECIFIED_NAME
    ]
    chosen = next((one for one in names if one.active), names[0] if names else None)
    return chosen.value if chosen is not None else None


def column_values(stored: StoredProvider, ordinal: Ordinal, name: str) -> list[PropertyValue]:
    """Return the values of one of `COLUMN_PROPERTIES` for a concept; empty where it has none."""
    if name == "inactive":
        return [stored.is_inactive(ordinal)]
    if name == "semanticTag":
        term = fully_specified_name(stored.designations(ordinal))
        tag = semantic_tag(term) if term is not None else None
        return [tag] if tag is not None else []
    facts = stored.facts(ordinal)
    if name == "effectiveTime":
        date = iso_date(facts.effective_time)
        return [date] if date is not None else []
    if name == "sufficientlyDefined":
        return [facts.defined] if facts.defined is not None else []
    return [str(facts.module)] if facts.module is not None else []


def column_rows(stored: StoredProvider, name: str) -> Iterator[tuple[Ordinal, PropertyValue]]:
    """Yield (concept, value) of one of `COLUMN_PROPERTIES`, ascending by concept."""
    if name == "semanticTag":
        yield from _tag_rows(stored)
        return
    pick = _PICK[name]
    for ordinal, module, time, defined, inactive in stored.concept_columns():
        value = pick(module, time, defined, inactive)
        if value is not None:
            yield ordinal, value


_Pick = Callable[[int | None, int | None, bool | None, bool], PropertyValue | None]
_PICK: dict[str, _Pick] = {
    "moduleId": lambda module, _time, _defined, _inactive: None if module is None else str(module),
    "module": lambda module, _time, _defined, _inactive: None if module is None else str(module),
    "effectiveTime": lambda _module, time, _defined, _inactive: iso_date(time),
    "sufficientlyDefined": lambda _module, _time, defined, _inactive: defined,
    "inactive": lambda _module, _time, _defined, inactive: inactive,
}


def _tag_rows(stored: StoredProvider) -> Iterator[tuple[Ordinal, PropertyValue]]:
    current: Ordinal | None = None
    names: list[Designation] = []
    for row in stored.iter_designations():
        if row.ordinal != current:
            yield from _tag_row(current, names)
            current, names = row.ordinal, []
        names.append(row.designation)
    yield from _tag_row(current, names)


def _tag_row(
    ordinal: Ordinal | None, names: list[Designation]
) -> Iterator[tuple[Ordinal, PropertyValue]]:
    term = fully_specified_name(names)
    tag = semantic_tag(term) if term is not None else None
    if ordinal is not None and tag is not None:
        yield ordinal, tag


def default_properties(
    stored: StoredProvider, ordinal: Ordinal, attributes: Iterable[Property] | None = None
) -> tuple[Property, ...]:
    """Return what a concept shows unasked: its attributes, effective time and module.

    `attributes` spares a read where they are at hand.
    """
    facts = stored.facts(ordinal)
    rows = stored.properties(ordinal) if attributes is None else attributes
    found = [with_terms(stored, one) for one in rows]
    date = iso_date(facts.effective_time)
    if date is not None:
        found.append(Property(code="effectiveTime", type="dateTime", value=date))
    if facts.module is not None:
        module = str(facts.module)
        found.append(
            Property(code="module", type="code", value=module, description=term_of(stored, module))
        )
    return tuple(found)


def with_terms(stored: StoredProvider, one: Property) -> Property:
    """Return an attribute with the displays of its name and its value."""
    term = term_of(stored, str(one.value)) if one.type == "code" else None
    return replace(one, description=term, code_display=term_of(stored, one.code))


def term_of(stored: StoredProvider, code: str) -> str | None:
    """Return the display of a concept by its code, None where it is not in the edition."""
    member = stored.find(code)
    return None if member is None else stored.display_of(member)
