"""ClaML 2.0: the classes that modifiers make (E10 with ".0" is E10.0), which no file lists.

A modifier applies to the class that names it and, where that is divided further, to the ends of
every branch below, but for those that exclude it (EN 14463, ModifiedBy and ExcludeModifier).
Several are put on one after the other. A class that the file itself defines stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from loaders.claml_classes import PREFERRED, Class, Classification, Label, Modification

_NOT_AFTER = "excludeOnPrecedingModifier"


def apply_modifiers(found: Classification, children: dict[str, list[str]]) -> list[Class]:
    """Return the classes that modifiers make, each after the one above it; empty if none."""
    made: dict[str, Class] = {}
    for code in found.classes:
        if not children.get(code):
            steps = list(_inherited(found, code, set()))
            for one in _modified(found, found.classes[code], steps):
                if one.code not in found.classes:
                    made.setdefault(one.code, one)
    return list(made.values())


def _inherited(found: Classification, code: str, excluded: set[str]) -> Iterator[Modification]:
    """Yield the modifications of a class, those of the classes above it first."""
    own = found.classes[code]
    excluded = excluded | own.excluded
    seen: set[str] = set()
    for above in own.parents:
        for one in _inherited(found, above, excluded):
            if one.modifier not in seen:
                seen.add(one.modifier)
                yield one
    for one in own.modified_by:
        if one.modifier not in excluded | seen:
            yield one


def _modified(found: Classification, base: Class, steps: list[Modification]) -> Iterator[Class]:
    if not steps:
        return
    step, *rest = steps
    classes = found.modifiers[step.modifier]
    for code in classes if step.valid is None else step.valid:
        modifier = classes.get(code)
        if modifier is None or _is_barred(modifier, base):
            continue
        one = _combined(base, modifier, step.modifier)
        yield one
        yield from _modified(found, one, rest)


def _is_barred(modifier: Class, base: Class) -> bool:
    """Tell whether a modifier class may not follow one that is on `base` already ("M M1")."""
    return any(
        name == _NOT_AFTER and " ".join(value.split()) in base.modifiers
        for name, value in modifier.meta
    )


def _combined(base: Class, modifier: Class, name: str) -> Class:
    above, added = base.title, modifier.title
    title = Label(
        kind=PREFERRED,
        text=f"{above.text if above else base.code}: {added.text if added else modifier.code}",
        language=above.language if above else None,
    )
    return Class(
        code=base.code + modifier.code,
        kind=base.kind,
        usage=modifier.usage or base.usage,
        labels=[title, *(one for one in modifier.labels if one.kind != PREFERRED)],
        parents=[base.code],
        meta=[one for one in modifier.meta if one[0] != _NOT_AFTER],
        modifiers=(*base.modifiers, f"{name} {modifier.code}"),
    )
