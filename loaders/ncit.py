"""NCI Thesaurus from its flat file or its OWL file -> records.

The flat file is the quick way; the OWL has roles, further properties, and the source and type of
each name beside. Source: NCI EVS,
download page of the NCI Thesaurus.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from loaders.base import LoadOptions, Progress, Reading
from loaders.ncit_concepts import URL, Term
from loaders.ncit_flat import is_flat, read_flat
from loaders.ncit_owl import is_owl, read_owl
from termserver.errors import InvalidSource
from termserver.model import CodeSystem, PropertyDefinition
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DesignationRecord,
    EdgeRecord,
    PackHeader,
    PropertyRecord,
    Record,
)

NOTICE = "NCI Thesaurus, National Cancer Institute; CC BY 4.0."
_VERSION = re.compile(r"(?<!\d)(\d\d\.\d\d[a-z]?)(?![a-z\d])")


@dataclass(frozen=True, slots=True)
class NcitLoader:
    """Loader of the NCI Thesaurus (see `loaders.base.Loader`)."""

    name: str = "ncit"

    def recognises(self, source: Path) -> bool:
        """Tell whether `source` is the flat file or the OWL file, or directly holds one."""
        return bool(_files(source))

    def read(self, sources: list[Path], options: LoadOptions, progress: Progress) -> Reading:
        """Read one file. Raises: InvalidSource."""
        files = [path for one in sources for path in _files(one)]
        if len(files) != 1:
            names = ", ".join(one.name for one in files or sources)
            raise InvalidSource(f"the NCI Thesaurus is read from one file, not from: {names}")
        path = files[0]
        stated, terms, counts = (
            read_owl(path) if is_owl(path) else (None, read_flat(path), (0, 0, 0))
        )
        version = options.version or stated or _named(path)
        progress("NCIt concepts", len(terms), len(terms))
        return Reading(
            header=PackHeader(
                name=options.name or "ncit",
                version=version,
                kind=self.name,
                title=f"NCI Thesaurus {version}",
                licence=NOTICE,
                warnings=_warnings(*counts),
            ),
            records=_records(_system(version, terms, fragment=bool(counts[0])), terms),
            expected={
                "concepts": len(terms),
                "edges": sum(len(one.parents) for one in terms.values()),
            },
        )


LOADER = NcitLoader()


def _files(source: Path) -> list[Path]:
    files = sorted(source.iterdir()) if source.is_dir() else [source]
    return [one for one in files if is_owl(one) or is_flat(one)]


def _warnings(missing: int, unnamed: int, unions: int) -> tuple[str, ...]:
    said = {
        "parents are named that are not in the file: the code system is a fragment": missing,
        "classes without a name of their own were left out": unnamed,
        "unions in definitions were not read: of their roles one holds": unions,
    }
    return tuple(f"{count} {what}" for what, count in said.items() if count)


def _named(path: Path) -> str:
    found = _VERSION.search(path.name)
    if found is None:
        raise InvalidSource(
            "the file does not say its release and neither does its name (Thesaurus_25.06e.txt); "
            "name it with --version",
            file=path.name,
        )
    return found.group(1)


def _system(version: str, terms: dict[str, Term], *, fragment: bool) -> CodeSystem:
    roles = {role for one in terms.values() for role, _ in one.roles}
    names = {name for one in terms.values() for name, _ in one.properties}
    return CodeSystem(
        url=URL,
        version=version,
        id="ncit",
        name="NCIThesaurus",
        title="NCI Thesaurus",
        status="active",
        content="fragment" if fragment else "complete",
        case_sensitive=True,
        hierarchy_meaning="is-a",
        language="en",
        copyright=NOTICE,
        properties=(
            PropertyDefinition(code="semantic-type"),
            PropertyDefinition(code="concept-status", type="code"),
            *(PropertyDefinition(code=one, type="code") for one in sorted(roles)),
            *(PropertyDefinition(code=one) for one in sorted(names - roles)),
        ),
        resource={"publisher": "National Cancer Institute"},
    )


def _records(system: CodeSystem, terms: dict[str, Term]) -> Iterator[Record]:
    yield CodeSystemRecord(system=system)
    for one in terms.values():
        yield ConceptRecord(
            code=one.code,
            display=one.display,
            definition=one.definition,
            inactive=one.retired,
            status="retired" if one.retired else None,
        )
        for parent in one.parents:
            yield EdgeRecord(child=one.code, parent=parent)
    for one in terms.values():
        yield from _details(one, terms)


def _details(one: Term, terms: dict[str, Term]) -> Iterator[Record]:
    for name in one.names:
        yield DesignationRecord(
            code=one.code,
            value=name.text,
            language="en",
            use=name.use,
            additional_use=name.sources,
        )
    for type_ in one.semantic_types:
        yield PropertyRecord(code=one.code, property="semantic-type", type="string", value=type_)
    for status in one.statuses:
        yield PropertyRecord(code=one.code, property="concept-status", type="code", value=status)
    for role, target in one.roles:
        known = target if target in terms else None
        yield PropertyRecord(code=one.code, property=role, type="code", value=target, target=known)
    for property_, value in dict.fromkeys(one.properties):
        yield PropertyRecord(code=one.code, property=property_, type="string", value=value)
