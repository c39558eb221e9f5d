"""Small SNOMED CT releases made up for tests, in the real file names and column layouts.

Concepts, terms and identifiers are invented (valid check digits), but for the metadata that the
release format itself names.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from pathlib import Path

from termserver.sctid import format_sctid

CORE = "900000000000207008"
MODEL = "900000000000012004"
MODULE_DEPENDENCY = "900000000000534007"
ROOT = "138875005"
IS_A = "116680003"
ATTRIBUTE = "410662002"
FSN = "900000000000003001"
SYNONYM = "900000000000013009"
DEFINITION = "900000000000550004"
US = "900000000000509007"
GB = "900000000000508004"
PREFERRED = "900000000000548007"
ACCEPTABLE = "900000000000549004"
INFERRED = "900000000000011006"
PRIMITIVE = "900000000000074008"
DEFINED = "900000000000073002"
REPLACED_BY = "900000000000526001"
SAME_AS = "900000000000527005"
EXTENDED_MAP = "447562003"
ICD_O_MAP = "446608001"
_SOME = "900000000000451002"
_CASE = "900000000000448009"

_COMMON = ["id", "effectiveTime", "active", "moduleId"]
_HEADERS = {
    "Concept": [*_COMMON, "definitionStatusId"],
    "Description": [
        *_COMMON,
        *("conceptId", "languageCode", "typeId", "term", "caseSignificanceId"),
    ],
    "Relationship": [
        *_COMMON,
        *("sourceId", "destinationId", "relationshipGroup", "typeId"),
        *("characteristicTypeId", "modifierId"),
    ],
    "RelationshipConcreteValues": [
        *_COMMON,
        *("sourceId", "value", "relationshipGroup", "typeId"),
        *("characteristicTypeId", "modifierId"),
    ],
    "Identifier": [
        *("alternateIdentifier", "effectiveTime", "active", "moduleId"),
        *("identifierSchemeId", "referencedComponentId"),
    ],
}
_HEADERS["TextDefinition"] = _HEADERS["Description"]
_REFSET = [*_COMMON, "refsetId", "referencedComponentId"]


@dataclass(kw_only=True)
class Rf2Release:
    """Rows of a release, written by `write`. Every method that adds a component returns its id."""

    module: str = CORE
    date: str = "20250801"
    namespace: int | None = None
    rows: dict[str, list[list[str]]] = field(default_factory=dict)
    refsets: dict[tuple[str, str, tuple[str, ...]], list[list[str]]] = field(default_factory=dict)
    _next: int = 1000

    def id(self, partition: str) -> str:
        """Return a new identifier of a short partition ("00", "01", "02"), long with a
        namespace.
        """
        self._next += 1
        part = partition if self.namespace is None else f"1{partition[1]}"
        return format_sctid(self._next, part, self.namespace)

    def concept(
        self,
        term: str | None,
        *parents: str,
        id: str | None = None,
        tag: str = "finding",
        active: bool = True,
        defined: bool = False,
        time: str | None = None,
        module: str | None = None,
    ) -> str:
        """Add a concept with its is-a rows, a fully specified name and a preferred synonym."""
        code = id or self.id("00")
        common = [time or self.date, "1" if active else "0", module or self.module]
        self._add("Concept", [code, *common, DEFINED if defined else PRIMITIVE])
        for parent in parents:
            self.relationship(code, IS_A, parent)
        if term is not None:
            self.description(
                code, f"{term} ({tag})", kind=FSN, accept={US: PREFERRED, GB: PREFERRED}
            )
            self.description(code, term, accept={US: PREFERRED, GB: PREFERRED})
        return code

    def description(
        self,
        concept: str,
        term: str,
        *,
        kind: str = SYNONYM,
        language: str = "en",
        accept: dict[str, str] | None = None,
        active: bool = True,
        time: str | None = None,
        id: str | None = None,
    ) -> str:
        """Add a description (or text definition) and its language reference set rows."""
        made = id or self.id("01")
        common = [time or self.date, "1" if active else "0", self.module]
        name = "TextDefinition" if kind == DEFINITION else "Description"
        self._add(name, [made, *common, concept, language, kind, term, _CASE])
        for refset, acceptability in (accept or {}).items():
            self.member(
                refset,
                made,
                [acceptability],
                name="Language",
                pattern="c",
                columns=("acceptabilityId",),
            )
        return made

    def relationship(
        self,
        source: str,
        kind: str,
        target: str,
        *,
        group: int = 0,
        active: bool = True,
        time: str | None = None,
        id: str | None = None,
    ) -> str:
        """Add an inferred relationship."""
        made = id or self.id("02")
        common = [time or self.date, "1" if active else "0", self.module]
        self._add(
            "Relationship", [made, *common, source, target, str(group), kind, INFERRED, _SOME]
        )
        return made

    def concrete(self, source: str, kind: str, value: str, *, group: int = 0) -> str:
        """Add a concrete value (`#5`, `"text"`)."""
        made = self.id("02")
        self._add(
            "RelationshipConcreteValues",
            [made, self.date, "1", self.module, source, value, str(group), kind, INFERRED, _SOME],
        )
        return made

    def identifier(self, text: str, scheme: str, component: str) -> None:
        """Add an alternate identifier."""
        self._add("Identifier", [text, self.date, "1", self.module, scheme, component])

    def member(
        self,
        refset: str,
        component: str,
        fields: list[str] | None = None,
        *,
        name: str = "Simple",
        pattern: str = "",
        columns: tuple[str, ...] = (),
        active: bool = True,
        time: str | None = None,
        id: str | None = None,
    ) -> str:
        """Add a reference set row; `name`, `pattern` and `columns` say into which file."""
        self._next += 1
        made = id or str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.module}/{self._next}"))
        common = [time or self.date, "1" if active else "0", self.module]
        rows = self.refsets.setdefault((name, pattern, columns), [])
        rows.append([made, *common, refset, component, *(fields or [])])
        return made

    def association(self, refset: str, source: str, target: str) -> str:
        """Add a historical association."""
        return self.member(
            refset,
            source,
            [target],
            name="Association",
            pattern="c",
            columns=("targetComponentId",),
        )

    def simple_map(self, refset: str, component: str, target: str) -> str:
        """Add a simple map row."""
        return self.member(
            refset, component, [target], name="SimpleMap", pattern="s", columns=("mapTarget",)
        )

    def extended_map(
        self,
        component: str,
        group: int,
        priority: int,
        rule: str,
        advice: str,
        target: str,
        *,
        refset: str = EXTENDED_MAP,
    ) -> str:
        """Add an extended map row (ICD-10 layout, properly classified)."""
        return self.member(
            refset,
            component,
            [str(group), str(priority), rule, advice, target, "447561005", "447637006"],
            name="ExtendedMap",
            pattern="iisssc" + "c",
            columns=(
                *("mapGroup", "mapPriority", "mapRule", "mapAdvice"),
                *("mapTarget", "correlationId", "mapCategoryId"),
            ),
        )

    def dependency(
        self,
        module: str,
        target: str,
        source_time: str | None = None,
        target_time: str | None = None,
    ) -> None:
        """Add a module dependency."""
        source_time = source_time or self.date
        self._next += 1
        rows = self.refsets.setdefault(
            ("ModuleDependency", "ss", ("sourceEffectiveTime", "targetEffectiveTime")), []
        )
        made = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{module}/{target}/{self.module}"))
        times = [source_time, target_time or source_time]
        rows.append([made, source_time, "1", module, MODULE_DEPENDENCY, target, *times])

    def write(self, folder: Path, release: str = "Snapshot") -> Path:
        """Write the files under `folder` and return it; a Snapshot holds the newest row of each
        id.
        """
        for name, rows in self.rows.items():
            suffix = "-en" if name in {"Description", "TextDefinition"} else ""
            path = (
                folder
                / release
                / "Terminology"
                / f"sct2_{name}_{release}{suffix}_INT_{self.date}.txt"
            )
            _write(path, _HEADERS[name], rows, release)
        for (name, pattern, columns), rows in self.refsets.items():
            suffix = "-en" if name == "Language" else ""
            file = f"der2_{pattern}Refset_{name}{release}{suffix}_INT_{self.date}.txt"
            path = folder / release / "Refset" / name / file
            _write(path, [*_REFSET, *columns], rows, release)
        return folder

    def _add(self, name: str, row: list[str]) -> None:
        self.rows.setdefault(name, []).append(row)


def international(date: str = "20250801") -> Rf2Release:
    """Return a release of the International Edition with its root and metadata alone."""
    made = Rf2Release(date=date)
    made.concept("SNOMED CT Concept", id=ROOT, tag="SNOMED RT+CTV3")
    made.concept("SNOMED CT Model Component", ROOT, id="900000000000441003", module=MODEL)
    made.concept("Linkage concept", "900000000000441003", id="106237007")
    made.concept("Attribute", "106237007", id="246061005")
    made.concept("Concept model attribute", "106237007", id=ATTRIBUTE, tag="attribute")
    made.concept("Is a", "246061005", id=IS_A, tag="attribute")
    made.concept("Foundation metadata concept", "900000000000441003", id="900000000000454005")
    made.concept("Reference set", "900000000000454005", id="900000000000455006")
    made.concept("Module", "900000000000441003", id="900000000000443000")
    made.concept("SNOMED CT core", "900000000000443000", id=CORE, tag="core metadata concept")
    made.concept("SNOMED CT model component", "900000000000443000", id=MODEL, module=MODEL)
    made.dependency(CORE, MODEL)
    return made


def _write(path: Path, header: list[str], rows: list[list[str]], release: str) -> None:
    if release == "Snapshot":
        newest: dict[str, list[str]] = {}
        for row in rows:
            if row[0] not in newest or newest[row[0]][1] <= row[1]:
                newest[row[0]] = row
        rows = list(newest.values())
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ["\t".join(row) for row in [header, *rows]]
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode("utf-8"))
