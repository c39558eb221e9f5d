"""ICD-O-3's rule F, the behaviour matrix: a listed histology with a behaviour that is not listed.

Taken only where the caller asks for it, and always told. Source: ICD-O-3, coding guidelines, rule F
(the matrix system: use the behaviour code that fits, even where the exact term is not listed).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from termserver import issues_icdo3 as issues
from termserver.filters.regex import compiled
from termserver.model import Concept, FilterClause
from termserver.operations.checks import CodeFacts, same_display
from termserver.operations.spelling import spelling_issues
from termserver.providers.base import CodeSystemProvider
from termserver.providers.icdo3 import read_code
from termserver.systems import ICD_O_3
from termserver.terminology import Terminology

BEHAVIOURS = "012369"
"""Fifth digits: benign, uncertain, in situ, malignant (primary, metastatic, not said which)."""

_MALIGNANT = "369"
_MORPHOLOGY = re.compile(rf"(\d{{4}})/([{BEHAVIOURS}])")


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixCode:
    """A code that the matrix makes, and the listed codes of its histology, ascending.

    `display` is the term of a listed malignant code (3, 6, 9) where the code is malignant too: the
    same tumour, primary or not. Otherwise None, since the term would name another behaviour.
    """

    code: str
    listed: tuple[str, ...]
    display: str | None = None


def by_matrix(provider: CodeSystemProvider, code: str) -> MatrixCode | None:
    """Return `code` as the matrix makes it.

    None where it is listed, is no morphology with a behaviour of ICD-O-3, or has a histology that
    is not listed with any behaviour.
    """
    match = _MORPHOLOGY.fullmatch(code)
    if match is None or provider.find(code) is not None:
        return None
    histology, behaviour = match.groups()
    listed = tuple(_listed(provider, histology, BEHAVIOURS))
    if not listed:
        return None
    display = None
    if behaviour in _MALIGNANT:
        for one in _listed(provider, histology, _MALIGNANT):
            member = provider.find(one)
            display = display or (None if member is None else provider.display_of(member))
    return MatrixCode(code=code, listed=listed, display=display)


def note_matrix(
    terminology: Terminology, facts: CodeFacts, provider: CodeSystemProvider, *, lenient: bool
) -> bool:
    """Take an absent code by the matrix, where it makes it, and say so; tell whether it did.

    `lenient` reads other spellings too (`85006`). A display given is not judged: the code has none.
    """
    if terminology.registry.canonical(provider.system.url) != ICD_O_3:
        return False
    written = facts.coding.code or ""
    read = read_code(written) if lenient else None
    found = by_matrix(provider, written if read is None else read.code)
    if found is None:
        return False
    where = facts.place.at("code")
    if read is not None and found.code != written:
        facts.written = written
        facts.coding = replace(facts.coding, code=found.code)
        for issue in spelling_issues(written, read, expression=where):
            facts.add(issue)
    canonical = provider.system.canonical
    facts.add(issues.taken_by_matrix(found.code, canonical, found.listed, expression=where))
    facts.provider, facts.display = provider, found.display
    facts.concept = Concept(code=found.code, display=found.display)
    given = facts.coding.display
    if given is not None and not same_display(given, found.display or ""):
        place = facts.place.at("display")
        facts.add(issues.display_not_judged(given, found.code, expression=place))
    return True


def satisfies(clause: FilterClause, code: str) -> bool | None:
    """Tell whether a code that the matrix makes satisfies a filter; None: cannot be told.

    Told by the code itself: `=`, `in` and `regex` of axis, behaviour, histology, code and concept.
    All else would need the concept, which does not exist. Raises: InvalidValueSet for a bad regex.
    """
    histology, _, behaviour = code.partition("/")
    values = {"axis": "morphology", "behaviour": behaviour, "histology": histology}
    values |= {"code": code, "concept": code}
    value = values.get(clause.property)
    if value is None or clause.op not in {"=", "in", "regex"}:
        return None
    if clause.op == "regex":
        return compiled(clause).fullmatch(value) is not None
    wanted = [clause.value] if clause.op == "=" else clause.value.split(",")
    return value in {one.strip() for one in wanted}


def _listed(provider: CodeSystemProvider, histology: str, behaviours: str) -> Iterator[str]:
    for behaviour in behaviours:
        code = f"{histology}/{behaviour}"
        if provider.find(code) is not None:
            yield code
