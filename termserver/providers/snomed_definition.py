"""The logical definition of a concept: focus concepts, role groups, and its text in normal form.

Source: SNOMED CT Compositional Grammar 2.3.1; Release File Specification, 2.3.5 (Necessary Normal
Form: the inferred relationships are that form).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from termserver.hierarchy import Hierarchy
from termserver.model import Ordinal
from termserver.providers.stored import StoredProvider


@dataclass(frozen=True, slots=True)
class Concrete:
    """A value that is no concept: a number, a text or a truth value."""

    value: str | int | float | bool


Value = Ordinal | Concrete
Attribute = tuple[Ordinal, Value]
Group = frozenset[Attribute]


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """Focus concepts and role groups; an attribute that stands alone is a group of one.

    `defined` tells whether focus and groups are sufficient as well as necessary.
    """

    focus: frozenset[Ordinal]
    groups: frozenset[Group] = frozenset()
    defined: bool = False


def groups_of(stored: StoredProvider, ordinal: Ordinal) -> list[tuple[int, Group]]:
    """Return (group number, attributes) of a concept by number; of group 0 one by one."""
    gathered: dict[tuple[int, int], set[Attribute]] = {}
    for at, one in enumerate(stored.properties(ordinal)):
        kind = stored.find(one.code)
        if not isinstance(kind, int):
            continue
        value: Value | None
        if one.type == "code":
            found = stored.find(str(one.value))
            value = found if isinstance(found, int) else None
        else:
            plain = isinstance(one.value, str | int | float | bool)
            value = Concrete(one.value) if plain else None  # type: ignore[arg-type]
        if value is not None:
            # attributes of group 0 are not grouped with each other
            key = (one.group, 0 if one.group else at)
            gathered.setdefault(key, set()).add((kind, value))
    return [(number, frozenset(found)) for (number, _), found in sorted(gathered.items())]


def definition_of(stored: StoredProvider, ordinal: Ordinal) -> Definition:
    """Return the necessary normal form of a concept: its parents and its inferred groups."""
    return Definition(
        focus=frozenset(stored.hierarchy.parents(ordinal)),
        groups=frozenset(group for _, group in groups_of(stored, ordinal)),
        defined=bool(stored.facts(ordinal).defined),
    )


def same_or_below(hierarchy: Hierarchy, value: Value, wanted: Value) -> bool:
    """Tell whether an attribute's value is what is wanted or, where it is a concept, below it."""
    if isinstance(value, Concrete) or isinstance(wanted, Concrete):
        return value == wanted
    return value == wanted or hierarchy.is_below(value, wanted)


def normal_form(stored: StoredProvider, ordinal: Ordinal, *, terms: bool) -> str:
    """Return the necessary normal form as an expression, with terms or ids only.

    `=== ` where the definition is sufficient, otherwise `<<< `. Not suitable for subsumption tests.
    """
    found = definition_of(stored, ordinal)
    name = _namer(stored, terms=terms)
    mark = "===" if found.defined else "<<<"
    focus = "+".join(name(one) for one in sorted(found.focus) or [ordinal])
    numbered = groups_of(stored, ordinal)
    alone = [_joined(group, name) for number, group in numbered if number == 0]
    grouped = [f"{{{_joined(group, name)}}}" for number, group in numbered if number]
    body = ",".join([*alone, *grouped])
    return f"{mark} {focus}{':' + body if body else ''}"


def _joined(group: Iterable[Attribute], name: Callable[[Ordinal], str]) -> str:
    ordered = sorted(group, key=lambda one: (one[0], str(one[1])))
    return ",".join(f"{name(kind)}={written(value, name)}" for kind, value in ordered)


def written(value: Value, name: Callable[[Ordinal], str]) -> str:
    """Return a value as compositional grammar writes it."""
    if not isinstance(value, Concrete):
        return name(value)
    plain = value.value
    if isinstance(plain, bool):
        return "TRUE" if plain else "FALSE"
    if isinstance(plain, str):
        escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return f"#{plain}"


def _namer(stored: StoredProvider, *, terms: bool) -> Callable[[Ordinal], str]:
    def name(ordinal: Ordinal) -> str:
        code = stored.code_of(ordinal)
        display = stored.display_of(ordinal) if terms else None
        return f"{code}|{display}|" if display else code

    return name
