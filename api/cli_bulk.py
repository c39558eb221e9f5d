"""`termserver validate-codes`: a column of codes against a code system or a value set."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from api.bulk_read import Columns, Source, opened
from api.bulk_write import require_ending, write, write_csv
from api.cli_errors import DONE, NEGATIVE
from api.cli_home import terminology_of
from api.cli_load import progress_shown
from api.cli_output import release_option
from api.settings import Settings
from termserver.errors import InvalidRequest
from valuesets.bulk import BulkRequest, Verdict, validate_rows

_STEP = 20_000
"""Rows between two steps of the bar."""


@dataclass(slots=True)
class _Tally:
    rows: int = 0
    wrong: int = 0


@click.command(
    "validate-codes",
    epilog="Example: termserver validate-codes codes.csv --system http://loinc.org --out out.csv",
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--system", help="The system of rows that do not name one.")
@click.option("--system-version", help="Version of --system, for rows that do not name one.")
@click.option("--valueset", help="Value set (canonical) that the codes must be in.")
@click.option("--code-column", default="code", show_default=True, help="Column of the codes.")
@click.option("--system-column", help="Column of the systems ('system', if there is one).")
@click.option("--version-column", help="Column of the versions ('version', if there is one).")
@click.option("--display-column", help="Column of displays to check ('display', if there is one).")
@click.option("--language", help="Language of the displays.")
@click.option("--lenient-display", is_flag=True, help="A wrong display is only a warning.")
@click.option("--lenient-code", is_flag=True, help="Take other ways to write an ICD-O-3 code.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write, .csv, .tsv, .ndjson or .parquet (CSV to stdout).",
)
@release_option
@click.pass_obj
def validate_codes(
    settings: Settings,
    file: Path,
    system: str | None,
    system_version: str | None,
    valueset: str | None,
    code_column: str,
    system_column: str | None,
    version_column: str | None,
    display_column: str | None,
    language: str | None,
    lenient_display: bool,
    lenient_code: bool,
    out: Path | None,
    release: str,
) -> int:
    """Validate the codes of FILE (CSV, TSV, NDJSON, Parquet): in their system, or in a value set.

    Each distinct code (with its system, version and display) is asked once; the answer is written
    for every row: row, code, system, result, display, message, message_ids. Rows count from 1,
    without the heading. An empty name for a column leaves it out: --display-column ''. Exit code 1
    if a row is not valid, 2 if FILE, the value set or a system cannot be used. Parquet needs the
    extra termserver[parquet].
    """
    if out is not None:
        require_ending(out)
        if out.exists() and out.samefile(file):
            raise InvalidRequest(f"--out {out} is the file that is read: name another")
    if not code_column:
        raise InvalidRequest("--code-column is empty: name the column of the codes")
    if system is None and valueset is None:
        # Nothing else tells what the codes mean, so the column must be there.
        system_column = "system" if system_column is None else system_column
        if not system_column:
            raise InvalidRequest("Codes alone mean nothing: give --system, --valueset or a column")
    columns = Columns(
        code=code_column, system=system_column, version=version_column, display=display_column
    )
    request = BulkRequest(
        value_set=valueset,
        system=system,
        system_version=system_version,
        display_language=language,
        lenient_display=lenient_display,
        lenient_code=lenient_code,
    )
    tally = _Tally()
    with (
        terminology_of(settings, release) as terminology,
        opened(file, columns) as source,
        _shown(source) as step,
    ):
        results = _counted(validate_rows(terminology, request, source.rows), tally, step)
        if out is None:
            write_csv(sys.stdout.buffer, results)
        else:
            write(out, results)
    click.echo(f"rows: {tally.rows}, not valid: {tally.wrong}", err=True)
    return NEGATIVE if tally.wrong else DONE


@contextmanager
def _shown(source: Source) -> Iterator[Callable[[], None]]:
    """Show how much of the file is read, in percent."""
    with progress_shown() as progress:
        yield lambda: progress("validate codes (%)", int(source.share() * 100), 100)


def _counted(
    results: Iterator[tuple[int, Verdict]], tally: _Tally, step: Callable[[], None]
) -> Iterator[tuple[int, Verdict]]:
    for number, verdict in results:
        tally.rows += 1
        if not verdict.result:
            tally.wrong += 1
        if tally.rows % _STEP == 0:
            step()
        yield number, verdict
    step()
