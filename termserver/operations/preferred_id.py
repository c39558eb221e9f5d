"""NamingSystem/$preferred-id (R4, R5) and $translate-id (R5): other identifiers of a code system.

Source: OperationDefinitions NamingSystem-preferred-id and NamingSystem-translate-id; where no
NamingSystem knows an identifier, the code systems and value sets loaded are asked, as they permit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from termserver.errors import InvalidRequest, UnknownResource
from termserver.model import CodeSystem, Json

R4_TYPES = ("oid", "uuid", "uri", "other")
R5_TYPES = ("oid", "uuid", "uri", "iri-stem", "v2csmnemonic", "other")
_PREFIXES = {"oid": "urn:oid:", "uuid": "urn:uuid:"}


class NamingSource(Protocol):
    """What the operations on identifiers ask of a terminology."""

    @property
    def release(self) -> str:
        """Return the FHIR release of the base: "4.0" or "5.0"."""

    def documents(self, type_: str, /) -> Sequence[Json]:
        """Return all resources of a type."""

    def code_systems(self) -> Sequence[CodeSystem]:
        """Return the facts of all code systems."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """An identifier of a system; OIDs and UUIDs are plain, without `urn:`."""

    type: str
    value: str
    preferred: bool | None = None
    start: str | None = None
    end: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """A system and its identifiers, from a NamingSystem or from the resource itself."""

    name: str
    identifiers: tuple[Identifier, ...]


def preferred_id(source: NamingSource, identifier: str, type_: str, date: str | None = None) -> str:
    """Return the identifier of type `type_` of the system that `identifier` names.

    `identifier` is a URI, an OID with or without `urn:oid:`, or a mnemonic; `date` (R5) leaves out
    identifiers not valid then. An OID comes back plain. Several of the type: at R4 an error, at R5
    the preferred one.
    Raises: InvalidRequest (no such type, several systems or identifiers), UnknownResource (no
    system has the identifier, or it has none of the type).
    """
    _check_type(source, type_, "type")
    found = _of_type(_system(source, identifier, None), type_, date)
    if not found:
        raise UnknownResource(f"The system '{identifier}' has no identifier of type '{type_}'")
    if len(found) == 1:
        return found[0].value
    preferred = [one for one in found if one.preferred]
    if source.release.startswith("4") or len(preferred) != 1:
        values = ", ".join(f"'{one.value}'" for one in found)
        raise InvalidRequest(
            f"The system '{identifier}' has {len(found)} identifiers of type '{type_}': {values}"
        )
    return preferred[0].value


def translate_id(
    source: NamingSource,
    identifier: str,
    source_type: str,
    target_type: str,
    *,
    preferred_only: bool = False,
    date: str | None = None,
) -> tuple[Identifier, ...]:
    """Return all identifiers of type `target_type` of the system, in the order of the source.

    Empty where the system has none of them or is not known: the operation then answers result
    false. Raises: InvalidRequest (no such type, several systems).
    """
    _check_type(source, source_type, "sourceType")
    _check_type(source, target_type, "targetType")
    try:
        system = _system(source, identifier, source_type)
    except UnknownResource:
        return ()
    found = _of_type(system, target_type, date)
    return tuple(one for one in found if one.preferred or not preferred_only)


def _check_type(source: NamingSource, type_: str, parameter: str) -> None:
    known = R4_TYPES if source.release.startswith("4") else R5_TYPES
    if type_ not in known:
        raise InvalidRequest(
            f"Unknown identifier type '{type_}' in '{parameter}'; known: {', '.join(known)}"
        )


def _of_type(system: _Named, type_: str, date: str | None) -> tuple[Identifier, ...]:
    found: dict[str, Identifier] = {}
    for one in system.identifiers:
        if one.type == type_ and _valid(one, date):
            kept = found.get(one.value)
            if kept is None or (one.preferred and not kept.preferred):
                found[one.value] = one
    return tuple(found.values())


def _valid(identifier: Identifier, date: str | None) -> bool:
    """Tell whether `date` lies in the period; FHIR dates compare as text up to the shorter one."""
    if date is None:
        return True
    start, end = identifier.start, identifier.end
    after_start = start is None or date[: len(start)] >= start[: len(date)]
    return after_start and (end is None or date[: len(end)] <= end[: len(date)])


# -- which system ----------------------------------------------------------------------------


def _system(source: NamingSource, identifier: str, type_: str | None) -> _Named:
    """Return the one system that has `identifier`, NamingSystems before other resources."""
    for candidates in (_naming_systems(source), _own_identifiers(source)):
        found = [one for one in candidates if _has(one, identifier, type_)]
        merged = _merge(found)
        if len(merged) > 1:
            names = ", ".join(f"'{one.name}'" for one in merged)
            raise InvalidRequest(f"The identifier '{identifier}' is of several systems: {names}")
        if merged:
            return merged[0]
    raise UnknownResource(
        f"No NamingSystem, code system or value set has the identifier '{identifier}'"
    )


def _has(system: _Named, identifier: str, type_: str | None) -> bool:
    return any(
        one.value == _plain(one.type, identifier) and type_ in {None, one.type}
        for one in system.identifiers
    )


def _plain(type_: str, value: str) -> str:
    prefix = _PREFIXES.get(type_, "")
    return value[len(prefix) :] if prefix and value.startswith(prefix) else value


def _merge(found: Iterable[_Named]) -> list[_Named]:
    """Return each system once, the one that ranks highest first.

    Versions of one resource are one system: they end in the same id, also where an older release
    has no url (THO 5.1.0). So are those whose identifiers are the same to the last: they cannot
    contradict each other.
    """
    merged: dict[str, _Named] = {}
    for one in found:
        same = (key for key, known in merged.items() if _facts(known) == _facts(one))
        key = next(same, one.name.rpartition("/")[2])
        before = merged.get(key, _Named(name=one.name, identifiers=()))
        merged[key] = _Named(name=before.name, identifiers=(*before.identifiers, *one.identifiers))
    return list(merged.values())


def _facts(system: _Named) -> set[tuple[str, str]]:
    return {(one.type, one.value) for one in system.identifiers}


def _naming_systems(source: NamingSource) -> Iterator[_Named]:
    """Yield the NamingSystems that are in use; versions of one are told by their id."""
    for resource in source.documents("NamingSystem"):
        if resource.get("status") == "retired":
            continue
        yield _Named(
            name=str(resource.get("url") or resource.get("id") or resource.get("name")),
            identifiers=tuple(_identifier(one) for one in resource.get("uniqueId", ())),
        )


def _identifier(json: Json) -> Identifier:
    type_, period = str(json.get("type")), json.get("period", {})
    return Identifier(
        type=type_,
        value=_plain(type_, str(json.get("value", ""))),
        preferred=json.get("preferred"),
        start=period.get("start"),
        end=period.get("end"),
    )


def _own_identifiers(source: NamingSource) -> Iterator[_Named]:
    """Yield url and OIDs of code systems, then of value sets (CodeSystem.identifier)."""
    for system in source.code_systems():
        if system.content != "supplement":
            yield _named(system.url, system.resource)
    for resource in source.documents("ValueSet"):
        if resource.get("url"):
            yield _named(str(resource["url"]), resource)


def _named(url: str, resource: Json) -> _Named:
    own = resource.get("identifier", ())
    values = [str(one.get("value", "")) for one in ([own] if isinstance(own, dict) else own)]
    return _Named(
        name=url,
        identifiers=(
            Identifier(type="uri", value=url),
            *(
                Identifier(type=type_, value=_plain(type_, value))
                for value in values
                for type_, prefix in _PREFIXES.items()
                if value.startswith(prefix)
            ),
        ),
    )
