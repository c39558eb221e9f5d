"""Members -> expansion.contains: display, designations, properties, extensions, nesting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from termserver.fhirjson import property_code
from termserver.language import (
    Languages,
    choose_display,
    is_display,
    selects,
    speaks,
)
from termserver.model import Coding, Concept, Designation, Json, Member, Ordinal, Property
from termserver.providers.base import CodeSystemProvider
from termserver.providers.brief import brief
from termserver.systems import (
    CONCEPT_DEFINITION,
    CONCEPT_PROPERTIES,
    FULLY_SPECIFIED_NAME,
    ITEM_WEIGHT,
    PREFERRED_FOR_LANGUAGE,
    STANDARDS_STATUS,
    VALUESET_DEPRECATED,
)
from valuesets.compose import Segment
from valuesets.model import ConceptReference, Contains

_SD = "http://hl7.org/fhir/StructureDefinition/"
_AS_PROPERTY = {
    _SD + "codesystem-label": ("label", "label", "string"),
    _SD + "valueset-label": ("label", "label", "string"),
    _SD + "codesystem-conceptOrder": ("order", "order", "decimal"),
    _SD + "valueset-conceptOrder": ("order", "order", "decimal"),
    ITEM_WEIGHT: ("weight", "itemWeight", "decimal"),
}
"""Extensions shown as expansion properties: url -> (code, uri fragment, type). Suite `extensions`.
"""

_WORTH_SHOWING = frozenset({"deprecated", "withdrawn", "TRIAL", "DISCOURAGED"})
"""Statuses that are shown although the concept is active; LOINC's own words too (suite
tx.fhir.org).
"""

STATUS_URI = f"{CONCEPT_PROPERTIES}#status"

_PASSED_ON = frozenset({_SD + "rendering-style", _SD + "rendering-xhtml"})
_PASSED_ON_FROM_VALUE_SET = _PASSED_ON | {CONCEPT_DEFINITION, VALUESET_DEPRECATED, STANDARDS_STATUS}
_PASSED_ON_IN_DESIGNATION = frozenset({_SD + "coding-sctdescid", STANDARDS_STATUS})
_PREFERRED = Coding(
    system=PREFERRED_FOR_LANGUAGE,
    code="preferredForLanguage",
    display="Preferred For Language",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a request wants shown of each concept."""

    languages: Languages | None = None
    include_designations: bool = False
    designations: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    with_version: frozenset[str] = frozenset()
    declared: dict[str, str | None] = field(default_factory=dict)
    """Collects the properties that occur: code -> uri (expansion.property)."""


def contains_of(shown: Shown, segment: Segment, members: Sequence[Member]) -> list[Contains]:
    """Return a flat entry for each member, in order."""
    provider = segment.provider
    if provider is None:
        return [_literal(segment, segment.references[one]) for one in members]
    known = [one for one in members if isinstance(one, int) or provider.find(one) is not None]
    if len(known) == len(members) and not segment.references and _is_bare(shown):
        version = provider.system.version if segment.system in shown.with_version else None
        return [
            _bare_entry(segment.system, version, one)
            if one.status is None and not one.extensions
            else _entry(shown, segment, provider, one, None)
            for one in brief(provider, known, names=False)
        ]
    concepts = dict(zip(known, _read(shown, provider, known), strict=True))
    return [
        _entry(shown, segment, provider, concepts[one], segment.references.get(one))
        if one in concepts
        else _literal(segment, segment.references[one])
        for one in members
    ]


def shows_status(status: str, *, inactive: bool) -> bool:
    """Tell whether an expansion says the status of a concept: of one not to be used as it is."""
    return inactive or status in _WORTH_SHOWING


def status_property(status: str) -> Property:
    """Return the property that says a status; STATUS_URI is what declares it."""
    return Property(code="status", type="code", value=status)


def _is_bare(shown: Shown) -> bool:
    """Tell whether a request wants no more than codes and displays in the system's own language."""
    return not (shown.properties or shown.include_designations or shown.languages is not None)


def _bare_entry(system: str, version: str | None, concept: Concept) -> Contains:
    """Return what `_entry` does for a concept without status and extensions, shown bare."""
    return Contains(
        system=system,
        code=concept.code,
        version=version,
        display=concept.display,
        abstract=concept.abstract,
        inactive=concept.inactive,
    )


def _read(
    shown: Shown, provider: CodeSystemProvider, members: Sequence[Member]
) -> Sequence[Concept]:
    """Return as much of the concepts as is shown: a page of displays alone costs no query."""
    if shown.properties:
        return provider.concepts(members)
    names = shown.include_designations or shown.languages is not None
    return brief(provider, members, names=names)


def nested(
    shown: Shown, segment: Segment, members: Sequence[Ordinal], provider: CodeSystemProvider
) -> list[Contains]:
    """Return the members as trees: each below its first parent that is a member, roots in order."""
    entries = dict(zip(members, contains_of(shown, segment, members), strict=True))
    below: dict[Ordinal | None, list[Ordinal]] = {}
    for one in members:
        parent = next((up for up in provider.hierarchy.parents(one) if up in entries), None)
        below.setdefault(parent, []).append(one)

    def tree(ordinal: Ordinal) -> Contains:
        children = tuple(tree(one) for one in below.get(ordinal, ()))
        entry = entries[ordinal]
        return replace(entry, contains=children) if children else entry

    return [tree(one) for one in below.get(None, ())]


def _literal(segment: Segment, reference: ConceptReference) -> Contains:
    return Contains(
        system=segment.system,
        code=reference.code,
        version=None,
        display=reference.display,
        extensions=_kept(reference.extensions, _PASSED_ON_FROM_VALUE_SET),
    )


def _entry(
    shown: Shown,
    segment: Segment,
    provider: CodeSystemProvider,
    concept: Concept,
    reference: ConceptReference | None,
) -> Contains:
    system = provider.system
    concept = _overridden(concept, reference)
    display = choose_display(concept, system.language, shown.languages)
    if reference is not None and reference.display is not None and shown.languages is None:
        display = reference.display
    return Contains(
        system=segment.system,
        code=concept.code,
        version=system.version if segment.system in shown.with_version else None,
        display=display,
        abstract=concept.abstract,
        inactive=concept.inactive,
        designations=_designations(shown, concept, system.language, display),
        properties=_properties(shown, provider, concept, reference),
        extensions=_extensions(concept, reference),
    )


def _overridden(concept: Concept, reference: ConceptReference | None) -> Concept:
    """Add the designations of the value set's own entry (ValueSet.compose.include.concept)."""
    if reference is None or not reference.designations:
        return concept
    return replace(concept, designations=(*concept.designations, *reference.designations))


def _designations(
    shown: Shown, concept: Concept, language: str | None, display: str | None
) -> tuple[Designation, ...]:
    """Return the designations asked for; the one that serves as display is not repeated."""
    if not shown.include_designations:
        return ()
    found = [
        replace(one, extensions=_kept(one.extensions, _PASSED_ON_IN_DESIGNATION))
        for one in concept.designations
        if _is_listed(one) and not _serves(one, concept, display, shown.languages)
    ]
    if concept.display is not None and concept.display != display:
        base = Designation(value=concept.display, language=language, use=_PREFERRED)
        found.insert(0, base)
    found.sort(key=_is_after_formal)
    return tuple(one for one in found if selects(one, shown.designations))


def _is_listed(one: Designation) -> bool:
    """Tell whether an expansion lists a designation: an active one that is preferred somewhere.

    Terms of SNOMED CT that are no more than acceptable are for $lookup (suite snomed,
    expand-inactive).
    """
    # one that is no longer current is listed only where its status can be told
    current = one.active or one.status is not None
    return current and (bool(one.preferred_in) or not one.acceptable_in)


def _is_after_formal(one: Designation) -> bool:
    """Return the sort key that brings a fully specified name to the front (the same case)."""
    return one.use is None or one.use.code != FULLY_SPECIFIED_NAME


def _serves(
    one: Designation, concept: Concept, display: str | None, languages: Languages | None
) -> bool:
    """Tell whether this designation is the one shown as display in place of the concept's own."""
    return (
        display != concept.display
        and one.value == display
        and speaks(one.language, languages)
        and is_display(one)
    )


def _properties(
    shown: Shown,
    provider: CodeSystemProvider,
    concept: Concept,
    reference: ConceptReference | None,
) -> tuple[Property, ...]:
    found: dict[str, list[Property]] = {}
    for extension in [*concept.extensions, *(reference.extensions if reference else ())]:
        meaning = _AS_PROPERTY.get(extension.get("url", ""))
        if meaning is not None:
            code, fragment, kind = meaning
            value = next((val for key, val in extension.items() if key.startswith("value")), None)
            if value is not None:
                found[code] = [Property(code=code, type=kind, value=value)]
                shown.declared[code] = f"{CONCEPT_PROPERTIES}#{fragment}"
    if concept.status and shows_status(concept.status, inactive=concept.inactive):
        found["status"] = [status_property(concept.status)]
        shown.declared["status"] = STATUS_URI
    for name in shown.properties:
        for one in _asked(provider, concept, name):
            found.setdefault(one.code, [])
            if one not in found[one.code]:
                found[one.code].append(one)
            shown.declared[one.code] = _uri(provider, one.code)
    return tuple(one for group in found.values() for one in group)


def _asked(provider: CodeSystemProvider, concept: Concept, name: str) -> list[Property]:
    if name == "definition" and concept.definition:
        return [Property(code="definition", type="string", value=concept.definition)]
    if name == "*":
        own = list(concept.properties)
        return [*own, *(_asked(provider, concept, "definition"))]
    code = property_code(provider.system, name)
    return [one for one in concept.properties if one.code == code]


def _uri(provider: CodeSystemProvider, code: str) -> str | None:
    for one in provider.system.properties:
        if one.code == code:
            return one.uri
    return f"{CONCEPT_PROPERTIES}#{code}" if code in {"definition", "status"} else None


def _extensions(concept: Concept, reference: ConceptReference | None) -> tuple[Json, ...]:
    own = {one["url"]: one for one in _kept(concept.extensions, _PASSED_ON)}
    if reference is not None:
        own |= {one["url"]: one for one in _kept(reference.extensions, _PASSED_ON_FROM_VALUE_SET)}
    return tuple(own.values())


def _kept(
    extensions: Sequence[Json], urls: frozenset[str] | Mapping[str, object]
) -> tuple[Json, ...]:
    return tuple(one for one in extensions if one.get("url") in urls)
