"""NCI Thesaurus: the flat file (Thesaurus.txt), tab-separated without header or quoting.

Columns: code, concept IRI, parents, synonyms (the first is the preferred name), definition, display
name, status, semantic types, and since 2021 the subsets that the concept is in; lists divided by
bars. Source: ReadMe of the flat file (NCI EVS).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from loaders.ncit_concepts import Name, Term
from loaders.tables import read_lists
from termserver.errors import InvalidSource

_CODE = re.compile(r"C\d+")
_WIDTHS = (8, 9)
_IRI = "Thesaurus.owl#"


def is_flat(path: Path) -> bool:
    """Tell whether `path` is the flat file, by its first row."""
    if not path.is_file() or path.suffix.lower() != ".txt":
        return False
    try:
        first = next(read_lists(path, delimiter="\t", quoting=False), None)
    except InvalidSource:
        return False
    return (
        first is not None
        and len(first[1]) in _WIDTHS
        and _CODE.fullmatch(first[1][0]) is not None
        and _IRI in first[1][1]
    )


def read_flat(path: Path) -> dict[str, Term]:
    """Return the concepts by code, in the order of the file.

    Raises: InvalidSource with file and line for a row of another number of columns, a code that is
    none or occurs twice, no name, or a parent that no row defines.
    """
    found: dict[str, Term] = {}
    lines: dict[str, int] = {}
    for line, fields in read_lists(path, delimiter="\t", quoting=False):
        term = _term(path, line, fields)
        if term.code in found:
            raise InvalidSource(f"the code '{term.code}' occurs twice", file=path.name, line=line)
        found[term.code], lines[term.code] = term, line
    for term in found.values():
        for parent in term.parents:
            if parent not in found:
                raise InvalidSource(
                    f"the parent '{parent}' of '{term.code}' is not in the file",
                    file=path.name,
                    line=lines[term.code],
                )
    return found


def _term(path: Path, line: int, fields: list[str]) -> Term:
    if len(fields) not in _WIDTHS:
        raise InvalidSource(
            f"{len(fields)} columns where the flat file has 8 or 9", file=path.name, line=line
        )
    code, _, parents, synonyms, definition, display, status, types, *subsets = fields
    names = list(_listed(synonyms))
    if not _CODE.fullmatch(code):
        raise InvalidSource(f"'{code}' is no NCIt code (C12345)", file=path.name, line=line)
    if not names:
        raise InvalidSource(f"the concept '{code}' has no name", file=path.name, line=line)
    term = Term(
        code=code,
        display=names[0],
        definition=definition.strip() or None,
        parents=list(_listed(parents)),
        names={Name("SY", one): None for one in names[1:]},
        semantic_types=list(_listed(types)),
        statuses=list(_listed(status)),
        properties=[("subset", one) for part in subsets for one in _listed(part)],
    )
    term.add_name(Name("DN", display.strip()))
    return term


def _listed(text: str) -> Iterator[str]:
    yield from dict.fromkeys(part.strip() for part in text.split("|") if part.strip())
