"""ICD-O-3.1 morphology in CSV files out of the NCI Metathesaurus (SAB ICDO).

One file holds the preferred terms (TTY PT), the other synonyms and related terms (SY, RT), which it
does not tell apart.
"""

from __future__ import annotations

from pathlib import Path

from loaders.icdo3_terms import MORPHOLOGY, Part, Term
from loaders.tables import header_of, read_rows
from termserver.errors import InvalidSource

VERSION = "3.1"
_CODE = "icdo3_histology_code"
_NAME = "icdo3_histology_code_name"
_SYNONYM = "icdo3_histology_synonym_name"


def recognises(path: Path) -> bool:
    """Tell whether `path` is one of the two files, by its header."""
    return header_of(path)[:2] in {(_CODE, _NAME), (_CODE, _SYNONYM)}


def read(paths: list[Path]) -> Part:
    """Return the morphology axis of both files together.

    Raises: InvalidSource with file and line; also where the file of preferred terms is missing,
    or a synonym names a code that it lacks.
    """
    titles = [path for path in paths if header_of(path)[1] == _NAME]
    if len(titles) != 1:
        raise InvalidSource(
            f"one NCI file with the columns {_CODE}, {_NAME} is needed; there are {len(titles)}"
        )
    part = Part(axis=MORPHOLOGY, version=VERSION, source=titles[0].name)
    for row in read_rows(titles[0], required=(_CODE, _NAME)):
        part.title(row, row.need(_CODE), row.need(_NAME))
    for path in paths:
        if path not in titles:
            _synonyms(path, part)
    return part.checked()


def _synonyms(path: Path, part: Part) -> None:
    for row in read_rows(path, required=(_CODE, _SYNONYM)):
        code = row.need(_CODE)
        if code not in part.codes:
            raise row.fault(f"the code '{code}' is not among the preferred terms")
        part.codes[code].terms.append(Term(value=row.need(_SYNONYM), kind="synonym"))
