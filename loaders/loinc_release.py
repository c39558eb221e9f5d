"""The files of a LOINC release: where they are, which columns they need, which version it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from loaders.tables import Row, read_rows
from termserver.errors import InvalidSource

NOTICE = (
    "This material contains content from LOINC (http://loinc.org). "
    "Refer to terminology.hl7.org for copyright information. "
    "LOINC® is available at no cost under the license at http://loinc.org/license. "
    "LOINC® is a registered United States trademark of Regenstrief Institute, Inc."
)
"""The notice that must stand with LOINC codes (THO, "Using LOINC", Copyright Issues)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of the release: the places it may stand at (newest first), the columns it needs."""

    places: tuple[str, ...]
    columns: tuple[str, ...]


TERMS = Table(
    places=("LoincTable/Loinc.csv",),
    columns=("LOINC_NUM", "COMPONENT", "STATUS", "SHORTNAME", "LONG_COMMON_NAME"),
)
PARTS = Table(
    places=("AccessoryFiles/PartFile/Part.csv",),
    columns=("PartNumber", "PartTypeName", "PartName", "PartDisplayName", "Status"),
)
_LINK_COLUMNS = ("LoincNumber", "PartNumber", "PartName", "PartTypeName", "Property")
PRIMARY_LINKS = Table(
    places=("AccessoryFiles/PartFile/LoincPartLink_Primary.csv",), columns=_LINK_COLUMNS
)
SUPPLEMENTARY_LINKS = Table(
    places=("AccessoryFiles/PartFile/LoincPartLink_Supplementary.csv",), columns=_LINK_COLUMNS
)
ANSWERS = Table(
    places=("AccessoryFiles/AnswerFile/AnswerList.csv",),
    columns=("AnswerListId", "AnswerListName", "AnswerStringId", "SequenceNumber", "DisplayText"),
)
ANSWER_LINKS = Table(
    places=("AccessoryFiles/AnswerFile/LoincAnswerListLink.csv",),
    columns=("LoincNumber", "AnswerListId", "AnswerListLinkType"),
)
HIERARCHY = Table(
    # Releases before 2.73 call the same table MultiAxialHierarchy.
    places=(
        "AccessoryFiles/ComponentHierarchyBySystem/ComponentHierarchyBySystem.csv",
        "AccessoryFiles/MultiAxialHierarchy/MultiAxialHierarchy.csv",
    ),
    columns=("PATH_TO_ROOT", "SEQUENCE", "IMMEDIATE_PARENT", "CODE", "CODE_TEXT"),
)
CONSUMER_NAMES = Table(
    places=("AccessoryFiles/ConsumerName/ConsumerName.csv",),
    columns=("LoincNumber", "ConsumerName"),
)
VARIANTS = Table(
    places=("AccessoryFiles/LinguisticVariants/LinguisticVariants.csv",),
    columns=("ID", "ISO_LANGUAGE", "ISO_COUNTRY"),
)
MAP_TO = Table(places=("LoincTable/MapTo.csv",), columns=("LOINC", "MAP_TO"))
PANELS = Table(
    places=("AccessoryFiles/PanelsAndForms/PanelsAndForms.csv",),
    columns=("ParentLoinc", "Loinc", "SEQUENCE"),
)
GROUPS = Table(
    places=("AccessoryFiles/GroupFile/Group.csv",), columns=("ParentGroupId", "GroupId", "Group")
)
PARENT_GROUPS = Table(
    places=("AccessoryFiles/GroupFile/ParentGroup.csv",), columns=("ParentGroupId", "ParentGroup")
)
GROUP_TERMS = Table(
    places=("AccessoryFiles/GroupFile/GroupLoincTerms.csv",), columns=("GroupId", "LoincNumber")
)

OPTIONAL: dict[str, Table] = {
    "parts": PARTS,
    "primary part links": PRIMARY_LINKS,
    "supplementary part links": SUPPLEMENTARY_LINKS,
    "answer lists": ANSWERS,
    "hierarchy": HIERARCHY,
    "consumer names": CONSUMER_NAMES,
    "linguistic variants": VARIANTS,
    "replacements (MapTo)": MAP_TO,
    "panels": PANELS,
    "groups": GROUPS,
}
"""What a whole release has and a subset may lack: absent ones are said, not failed."""

_VERSION = re.compile(r"loinc[ _-]*v?(\d+\.\d+)", re.IGNORECASE)
_NUMBER = re.compile(r"\d+\.\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Release:
    """A LOINC release folder; `files` is keyed by lower-cased path below the folder."""

    root: Path
    files: dict[str, Path]

    def has(self, table: Table) -> bool:
        """Tell whether the release brings the table."""
        return self._path(table) is not None

    def rows(self, table: Table) -> Iterator[Row]:
        """Yield the rows of a table; nothing where it is absent. Raises: InvalidSource."""
        path = self._path(table)
        if path is not None:
            yield from read_rows(path, required=table.columns)

    def variant_file(self, language: str, country: str, number: str) -> Path | None:
        """Return the file of a variant (`deDE15LinguisticVariant.csv`), None if absent."""
        name = f"{language}{country}{number}LinguisticVariant.csv"
        return self.files.get(f"AccessoryFiles/LinguisticVariants/{name}".lower())

    def absent(self) -> list[str]:
        """Return the names of tables of a whole release that are not here."""
        return [name for name, table in OPTIONAL.items() if not self.has(table)]

    def licence(self) -> str:
        """Return the text of the licence file, otherwise the notice that LOINC asks for."""
        for name, path in sorted(self.files.items()):
            if "license" in name and name.endswith(".txt"):
                text = path.read_text(encoding="utf-8", errors="replace")
                return f"{NOTICE}\n\n{text.strip()}"
        return NOTICE

    def _path(self, table: Table) -> Path | None:
        places = (self.files.get(place.lower()) for place in table.places)
        return next((path for path in places if path is not None), None)


def find_release(source: Path) -> Release | None:
    """Return the release in `source`, or in a folder directly below it; None if there is none."""
    if not source.is_dir():
        return None
    below = sorted(one for one in source.iterdir() if one.is_dir())
    for folder in (source, *below):
        if _is_release(folder):
            files = {
                path.relative_to(folder).as_posix().lower(): path
                for path in sorted(folder.rglob("*"))
                if path.is_file()
            }
            return Release(folder, files)
    return None


def release_version(release: Release, source: Path, asked: str | None) -> str:
    """Return the version: what the caller says, otherwise what folder or archive names say.

    Raises: InvalidSource where neither says it (no file of a release holds its version).
    """
    if asked:
        if not _NUMBER.fullmatch(asked):
            raise InvalidSource(f"'{asked}' is no LOINC version; it is written like 2.82")
        return asked
    names = [release.root.name, source.name, *(one.name for one in list(source.parents)[:2])]
    found = [match.group(1) for name in names if (match := _VERSION.search(name))]
    if not found:
        raise InvalidSource(
            "The LOINC release does not say its version, and neither does the name of its folder "
            "or archive (Loinc_2.82); name it with --version"
        )
    return found[0]


def _is_release(folder: Path) -> bool:
    tables = next((one for one in folder.iterdir() if one.name.lower() == "loinctable"), None)
    return (
        tables is not None
        and tables.is_dir()
        and any(one.name.lower() == "loinc.csv" for one in tables.iterdir())
    )
