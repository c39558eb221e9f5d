"""ClaML 2.0 (EN 14463) -> records: ICD-10 of the WHO, its modifications, OPS and others.

The file does not say its canonical: `--system` names it. Inclusions are designations, other rubrics
properties of their kind's name. The DTD that a file names is never fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from loaders.base import LoadOptions, Progress, Reading
from loaders.claml_classes import PREFERRED, Class, read_classes
from loaders.claml_modifiers import apply_modifiers
from loaders.xmlfile import flat_text, head_has, parse_xml
from termserver.errors import InvalidSource
from termserver.model import CodeSystem, Coding, PropertyDefinition
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DesignationRecord,
    EdgeRecord,
    PackHeader,
    PropertyRecord,
    Record,
)

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_NAMES = frozenset({PREFERRED, "preferredLong", "inclusion", "shortTitle"})
"""Kinds of rubrics that are names; all others become properties."""
_HEADINGS = frozenset({"chapter", "block"})
_KNOWN_SYSTEMS = (
    "http://hl7.org/fhir/sid/icd-10 (WHO), http://fhir.de/CodeSystem/bfarm/icd-10-gm, "
    "http://fhir.de/CodeSystem/bfarm/ops"
)


@dataclass(slots=True, kw_only=True)
class _File:
    """What one file says of the whole."""

    name: str
    title: str
    version: str | None
    language: str | None
    copyright: str | None
    classes: dict[str, Class]
    edges: list[tuple[str, str]]
    missing: int


@dataclass(frozen=True, slots=True)
class ClamlLoader:
    """Loader of ClaML files (see `loaders.base.Loader`)."""

    name: str = "claml"

    def recognises(self, source: Path) -> bool:
        """Tell whether `source` is a ClaML file, by its root element, or directly holds one."""
        return bool(_files(source))

    def read(self, sources: list[Path], options: LoadOptions, progress: Progress) -> Reading:
        """Read one file. Raises: InvalidSource with file and line."""
        files = [path for one in sources for path in _files(one)]
        if len(files) != 1:
            names = ", ".join(path.name for path in files or sources)
            raise InvalidSource(f"a classification is read from one ClaML file, not from: {names}")
        path = files[0]
        if not options.system:
            raise InvalidSource(
                "the file does not say which code system it is; name its canonical with --system, "
                f"for instance {_KNOWN_SYSTEMS}",
                file=path.name,
            )
        found = _read(path)
        version = options.version or found.version
        if not version:
            raise InvalidSource("the Title has no version; name it with --version", file=path.name)
        progress("classes", len(found.classes), len(found.classes))
        return Reading(
            header=PackHeader(
                name=options.name or found.name,
                version=version,
                kind=self.name,
                title=found.title,
                licence=found.copyright,
                warnings=_warnings(found),
            ),
            records=_records(_system(found, options.system, version), found),
            expected={"concepts": len(found.classes), "edges": len(found.edges)},
        )


LOADER = ClamlLoader()


def _files(source: Path) -> list[Path]:
    files = sorted(source.iterdir()) if source.is_dir() else [source]
    return [path for path in files if head_has(path, b"<ClaML")]


def _read(path: Path) -> _File:
    root = parse_xml(path)
    found = read_classes(root, path)
    if not found.classes:
        raise InvalidSource("the file has no Class", file=path.name)
    edges, missing = _edges(found.classes)
    children: dict[str, list[str]] = {}
    for child, parent in edges:
        children.setdefault(parent, []).append(child)
    made = apply_modifiers(found, children)
    title = root.find("Title")
    return _File(
        name=(title.get("name") if title is not None else None) or path.stem,
        title=flat_text(title) if title is not None else path.stem,
        version=title.get("version") if title is not None else None,
        language=_meta(root, "lang"),
        copyright=_meta(root, "copyright"),
        classes={**found.classes, **{one.code: one for one in made}},
        edges=edges + [(one.code, one.parents[0]) for one in made],
        missing=missing,
    )


def _meta(root: Element, name: str) -> str | None:
    found = (one.get("value") for one in root.findall("Meta") if one.get("name") == name)
    return next(found, None) or None


def _edges(classes: dict[str, Class]) -> tuple[list[tuple[str, str]], int]:
    """Return (child, parent) pairs, and how many sub-classes are named that are not there.

    Either end may name the other: both are read. The order of children is that of SubClass.
    """
    found: dict[tuple[str, str], None] = {}
    missing = 0
    for one in classes.values():
        for child in one.children:
            if child in classes:
                found[child, one.code] = None
            else:
                missing += 1
        for parent in one.parents:
            found[one.code, parent] = None
    return list(found), missing


def _warnings(found: _File) -> tuple[str, ...]:
    warnings = []
    if found.missing:
        warnings.append(
            f"{found.missing} sub-classes are named that are not in the file: the code system is a "
            "fragment"
        )
    made = sum(bool(one.modifiers) for one in found.classes.values())
    if made:
        warnings.append(f"{made} codes were made by applying modifiers (property 'modifier')")
    return tuple(warnings)


def _system(found: _File, url: str, version: str) -> CodeSystem:
    kinds = {one.kind for entry in found.classes.values() for one in entry.labels} - _NAMES
    metas = {name for entry in found.classes.values() for name, _ in entry.meta if name}
    strings = sorted((kinds | metas) - {"", "definition"})
    return CodeSystem(
        url=url,
        version=version,
        name=found.name,
        title=found.title,
        status="active",
        content="fragment" if found.missing else "complete",
        case_sensitive=True,
        hierarchy_meaning="is-a",
        language=found.language,
        copyright=found.copyright,
        properties=(
            PropertyDefinition(code="kind", type="code", description="kind of the class"),
            PropertyDefinition(code="usage", type="code", description="dagger, aster or other use"),
            PropertyDefinition(code="modifier", description="modifier that made the code"),
            *(PropertyDefinition(code=one) for one in strings),
        ),
    )


def _records(system: CodeSystem, found: _File) -> Iterator[Record]:
    yield CodeSystemRecord(system=system)
    for one in found.classes.values():
        definition = next((it.text for it in one.labels if it.kind == "definition"), None)
        yield ConceptRecord(
            code=one.code,
            display=one.title.text if one.title else None,
            definition=definition,
            abstract=one.kind in _HEADINGS,
        )
    for child, parent in found.edges:
        yield EdgeRecord(child=child, parent=parent)
    for one in found.classes.values():
        yield from _details(one)


def _details(one: Class) -> Iterator[Record]:
    for label in dict.fromkeys(one.labels):
        if label.kind in _NAMES and label is not one.title:
            use = Coding(code=label.kind)
            yield DesignationRecord(
                code=one.code, value=label.text, language=label.language, use=use
            )
        elif label.kind not in _NAMES and label.kind != "definition" and label.kind:
            yield PropertyRecord(
                code=one.code, property=label.kind, type="string", value=label.text
            )
    for name, value in (("kind", one.kind), ("usage", one.usage)):
        if value:
            yield PropertyRecord(code=one.code, property=name, type="code", value=value)
    for name, value in (*one.meta, *(("modifier", it) for it in one.modifiers)):
        if name and value:
            yield PropertyRecord(code=one.code, property=name, type="string", value=value)
