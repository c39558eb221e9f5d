"""Content -> a list that is an ECL expression: `code |term| OR code |term| …` (SNOMED CT only)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from exporters.content import Content, SetContent
from termserver.errors import InvalidRequest
from termserver.systems import SNOMED_CT


def write_ecl(content: Content, out: Path) -> tuple[str, ...]:
    """Write the members, one a line, as one expression; return what it could not hold.

    Raises: InvalidRequest for codes of another system (ECL knows SNOMED CT alone), for expressions,
    and for an empty set, for which ECL has no list.
    """
    members = list(_members(content))
    other = sorted({system for system, _, _ in members if system != SNOMED_CT})
    if other:
        raise InvalidRequest(
            f"ECL lists concepts of SNOMED CT; there are codes of {', '.join(other)}: use the "
            "format csv, skos or fhir"
        )
    expressions = [code for _, code, _ in members if not code.isdigit()]
    if expressions or not members:
        what = f"'{expressions[0]}' is an expression" if expressions else "there is no member"
        raise InvalidRequest(f"ECL cannot list this content: {what}")
    lines = (f"{code} |{_term(display)}|" if display else code for _, code, display in members)
    out.write_text(" OR\n".join(lines) + "\n", encoding="utf-8")
    return ("versions of the edition: ECL is asked of whichever version is named beside it",)


def _members(content: Content) -> Iterator[tuple[str, str, str | None]]:
    if isinstance(content, SetContent):
        yield from ((one.system, one.code, one.display) for one in content.members)
    else:
        url = content.system.url
        yield from ((url, one.code, one.display) for one in content.concepts)


def _term(text: str) -> str:
    """Return a term as it may stand between bars: without bars and line ends (ECL 2.2, term)."""
    return " ".join(text.replace("|", " ").split())
