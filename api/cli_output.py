"""What commands print: tables for people, JSON for programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click
import orjson

from termserver.model import Issue

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
release_option = click.option(
    "--fhir",
    "release",
    type=click.Choice(["4.0", "5.0"]),
    default="4.0",
    show_default=True,
    help="FHIR release whose rules and core content hold.",
)


def print_json(value: Any) -> None:
    """Print JSON, indented, and nothing else."""
    text = orjson.dumps(value, option=orjson.OPT_INDENT_2, default=_plain)
    click.echo(text.decode())


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset | set | tuple):
        return sorted(value) if isinstance(value, frozenset | set) else list(value)
    return str(value)


def print_table(
    title: str | None, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Print a table: drawn on a terminal, tab-separated elsewhere."""
    listed = [["" if cell is None else str(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        click.echo("\t".join(columns))
        for row in listed:
            click.echo("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in listed:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


def print_facts(facts: Iterable[tuple[str, object]]) -> None:
    """Print names and values, one a line; what has no value is left out."""
    for name, value in facts:
        if value is not None and value != "":
            click.echo(f"{name}: {value}")


def print_issues(issues: Iterable[Issue]) -> None:
    """Print findings, one a line."""
    for one in issues:
        click.echo(f"{one.severity}: {one.text}")
