"""`python -m api.docs`: the pages of docs/reference that are made from the tables."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from api.docs_commands import commands_lines, errors_lines
from api.operations import Operation, Parameter, operations
from api.routes import RESOURCE_TYPES
from api.search_parameters import SEARCH_PARAMETERS
from api.settings import settings_table
from api.tables.common import OWN_PARAMETERS

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"
_MADE = "<!-- Made by `python -m api.docs` from the tables in api/; do not edit. -->"


def pages() -> Mapping[str, str]:
    """Return file name -> text of every page."""
    return {
        "commands.md": _page(["# Commands", "", _MADE, "", *commands_lines()]),
        "errors.md": _page(["# Errors", "", _MADE, "", *errors_lines()]),
        "operations.md": operations_page(),
        "settings.md": settings_page(),
    }


def settings_page() -> str:
    """Return the page of settings."""
    rows = [
        f"| `{one.variable}` | {f'`{one.default}`' if one.default else 'empty'} | {one.text} |"
        for one in settings_table()
    ]
    return _page(
        [
            "# Settings",
            "",
            _MADE,
            "",
            "Each is an environment variable; an option of the command line goes before it. A",
            "value that cannot be read is an error that names the variable and the value.",
            "",
            "| variable | default | meaning |",
            "|---|---|---|",
            *rows,
        ]
    )


def operations_page() -> str:
    """Return the page of operations and search parameters."""
    return _page(
        [
            "# Operations and search",
            "",
            _MADE,
            "",
            "At `/r4` (FHIR 4.0.1) and `/r5` (FHIR 5.0.0); `/fhir` is `/r4`. The spellings of both",
            "releases are accepted at both bases. `defined in` says which release's",
            "OperationDefinition has a parameter; `ecosystem` ones come from HL7's terminology",
            "ecosystem guide or are termserver's own. A parameter that no table names is",
            "ignored, and refused under `Prefer: handling=strict`; a `refused` one is an error.",
            *(line for one in operations() for line in _operation(one)),
            "",
            "## Search",
            "",
            "Beside these: `_count`, `_offset`, `_sort` (`_id`, url, name, title, date, status,",
            "version), `_summary`, `_elements`, `_format`, `_pretty`. Modifiers: `:missing`",
            "on all; `:exact` and `:contains` on strings; `:below` and `:above` on uris; `:not`",
            "and `:text` on tokens.",
            "",
            f"| parameter | type | {' | '.join(RESOURCE_TYPES)} | meaning |",
            "|---|---|" + "---|" * len(RESOURCE_TYPES) + "---|",
            *(_search_row(one.name, one.type, one.types, one.doc) for one in SEARCH_PARAMETERS),
        ]
    )


def _operation(one: Operation) -> Iterator[str]:
    yield from ("", f"## {one.path}", "", one.doc, "")
    yield f"Definition: <{one.definition}>. Levels: {', '.join(one.levels)}."
    yield "POST only." if one.affects_state else "GET (primitive parameters) and POST."
    if one.parameters:
        yield from ("", "| parameter | type | card. | defined in | use | meaning |")
        yield "|---|---|---|---|---|---|"
    for parameter in one.parameters:
        yield _parameter_row(parameter, "")
        for part in parameter.parts:
            yield _parameter_row(part, f"{parameter.name}.")


def _parameter_row(one: Parameter, prefix: str) -> str:
    releases = {"4.0": "R4", "5.0": "R5"}
    elsewhere = "termserver" if one.name.startswith(OWN_PARAMETERS) else "ecosystem"
    defined = ", ".join(releases[release] for release in one.defined) or elsewhere
    cells = (
        f"`{prefix}{one.name}`",
        one.type,
        one.cardinality,
        defined,
        one.use,
        one.doc.replace("|", "\\|"),
    )
    return f"| {' | '.join(cells)} |"


def _search_row(name: str, type_: str, types: tuple[str, ...], doc: str) -> str:
    marks = " | ".join("yes" if one in types else "" for one in RESOURCE_TYPES)
    return f"| `{name}` | {type_} | {marks} | {doc.replace('|', chr(92) + '|')} |"


def _page(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write every page below docs/reference."""
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (REFERENCE / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"docs/reference/{name}\n")


if __name__ == "__main__":
    main()
