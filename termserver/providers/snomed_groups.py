"""Role groups of a concept as nested properties ($lookup's `subproperty`).

Source: FHIR R4 and R5 CodeSystem/$lookup, "Nested Properties (mainly used for SNOMED CT
decomposition, for relationship Groups)". A group is a property by the attribute that holds groups
in the logical definition, 609096000 (Role group), without value; attributes outside of groups are
properties of their own only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from termserver.model import Ordinal, Property
from termserver.providers.snomed_definition import groups_of
from termserver.providers.snomed_properties import term_of, with_terms
from termserver.providers.snomed_subsumption import AnyAttribute, Meaning, Subsumption
from termserver.providers.stored import StoredProvider

ROLE_GROUP = "609096000"


def group_property(stored: StoredProvider, attributes: Sequence[Property]) -> Property:
    """Return one role group, its attributes as subproperties."""
    return Property(
        code=ROLE_GROUP,
        type="string",
        value="",
        code_display=term_of(stored, ROLE_GROUP),
        subproperties=tuple(attributes),
    )


def role_groups(stored: StoredProvider, ordinal: Ordinal) -> list[Property]:
    """Return the role groups of a concept by group number; empty where it has none."""
    groups = grouped(stored, stored.properties(ordinal))
    return [group_property(stored, attributes) for attributes in groups.values()]


def groups_with_inherited(
    stored: StoredProvider, written: Sequence[Sequence[Property]], meaning: Meaning
) -> list[Property]:
    """Return the groups written in an expression, then those of its focus concepts that no group
    of the expression implies.
    """
    found = [group_property(stored, one) for one in written]
    subsumption, said = Subsumption(stored), list(meaning.groups)
    for focus in sorted(meaning.focus):
        meant = dict(groups_of(stored, focus))
        for number, attributes in grouped(stored, stored.properties(focus)).items():
            group = meant.get(number)
            if group and not any(subsumption.is_group_below(one, group) for one in said):
                said.append(frozenset[AnyAttribute](group))
                found.append(group_property(stored, attributes))
    return found


def grouped(stored: StoredProvider, attributes: Iterable[Property]) -> dict[int, list[Property]]:
    """Return attributes with their terms by group number, those without a group left out."""
    found: dict[int, list[Property]] = {}
    for one in attributes:
        if one.group:
            found.setdefault(one.group, []).append(with_terms(stored, one))
    return {number: found[number] for number in sorted(found)}
