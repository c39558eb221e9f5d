"""ClaML 2.0: classes, modifiers and their rubrics, as the file has them.

Source: EN 14463:2007, ClaML 2.0.0 (Class, Modifier, ModifierClass, Rubric, Label).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from loaders.xmlfile import fault

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

PREFERRED = "preferred"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A text of a class: the kind of its rubric, and its language where the file says it."""

    kind: str
    text: str
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Modification:
    """ModifiedBy: the modifier, and which of its classes are valid (None: all)."""

    modifier: str
    valid: tuple[str, ...] | None = None


@dataclass(slots=True, kw_only=True)
class Class:
    """A Class or ModifierClass; `parents` and `children` as it names them."""

    code: str
    kind: str | None = None
    usage: str | None = None
    labels: list[Label] = field(default_factory=list)
    parents: list[str] = field(default_factory=list)
    children: list[str] = field(default_factory=list)
    meta: list[tuple[str, str]] = field(default_factory=list)
    modified_by: list[Modification] = field(default_factory=list)
    excluded: set[str] = field(default_factory=set)
    modifiers: tuple[str, ...] = ()
    """The modifiers that made the class, for one that is not in the file itself."""

    @property
    def title(self) -> Label | None:
        """Return the preferred label, None where there is none."""
        return next((one for one in self.labels if one.kind == PREFERRED), None)


@dataclass(slots=True, kw_only=True)
class Classification:
    """All classes by code in the order of the file, and the classes of each modifier."""

    classes: dict[str, Class] = field(default_factory=dict)
    modifiers: dict[str, dict[str, Class]] = field(default_factory=dict)


def read_classes(root: Element, path: Path) -> Classification:
    """Return what the file defines.

    Raises: InvalidSource with file and line for a class without code or preferred label, a code
    that occurs twice, a super-class or modifier that is not defined.
    """
    found = Classification(modifiers={one.get("code", ""): {} for one in root.findall("Modifier")})
    for element in root.findall("ModifierClass"):
        modifier = element.get("modifier", "")
        if modifier not in found.modifiers:
            raise fault(path, element, f"the modifier '{modifier}' is not defined")
        _add(found.modifiers[modifier], element, path)
    for element in root.findall("Class"):
        _add(found.classes, element, path)
    for element in root.findall("Class"):
        _check_references(found, element, path)
    return found


def _check_references(found: Classification, element: Element, path: Path) -> None:
    for above in element.findall("SuperClass"):
        if above.get("code") not in found.classes:
            raise fault(
                path,
                above,
                f"the super-class '{above.get('code')}' of '{element.get('code')}' is not defined",
            )
    for one in element.findall("ModifiedBy"):
        if one.get("code") not in found.modifiers:
            raise fault(path, one, f"the modifier '{one.get('code')}' is not defined")


def _add(classes: dict[str, Class], element: Element, path: Path) -> None:
    code = (element.get("code") or "").strip()
    if not code:
        raise fault(path, element, f"the {element.tag} has no code")
    if code in classes:
        raise fault(path, element, f"the code '{code}' occurs twice")
    one = Class(
        code=code,
        kind=element.get("kind"),
        usage=element.get("usage"),
        labels=_labels(element),
        parents=[above.get("code", "") for above in element.findall("SuperClass")],
        children=[below.get("code", "") for below in element.findall("SubClass")],
        meta=[(it.get("name", ""), it.get("value", "")) for it in element.findall("Meta")],
        modified_by=[_modification(it) for it in element.findall("ModifiedBy")],
        excluded={it.get("code", "") for it in element.findall("ExcludeModifier")},
    )
    if one.title is None:
        raise fault(path, element, f"the {element.tag} '{code}' has no preferred label")
    classes[code] = one


def _modification(element: Element) -> Modification:
    valid = tuple(one.get("code", "") for one in element.findall("ValidModifierClass"))
    listed = valid or element.get("all", "true").lower() == "false"
    return Modification(modifier=element.get("code", ""), valid=valid if listed else None)


def _labels(element: Element) -> list[Label]:
    return [
        Label(kind=rubric.get("kind", ""), text=text, language=label.get(_LANGUAGE))
        for rubric in element.findall("Rubric")
        for label in rubric.findall("Label")
        if (text := " ".join(_text(label).split()))
    ]


def _text(element: Element) -> str:
    """Return the text of a label: blanks between its parts, references in brackets."""
    parts = [element.text or ""]
    for one in element:
        inner = _text(one).strip()
        parts.append(f" ({inner})" if one.tag == "Reference" and inner else f" {inner} ")
        parts.append(one.tail or "")
    return "".join(parts)
