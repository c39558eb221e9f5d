"""`termserver validate-codes`: a column of codes against a code system or a value set."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from api.bulk_read import Columns, opened, require_readable
from api.bulk_write import require_ending, write, write_csv
from api.cli_errors import DONE, NEGATIVE
from api.cli_home import terminology_of
from api.cli_load import progress_shown
from api.cli_output import release_option
from api.polars_extra import has_polars
from api.settings import Settings
from termserver.errors import InvalidRequest
from valuesets.bulk import BulkRequest, Row, Verdict, answered_rows, row_answerer

_STEP = 20_000
"""Rows between two steps of the bar."""

Answer = Callable[[Row], Verdict]
Bar = Callable[[int, int], None]


@dataclass(slots=True)
class _Tally:
    rows: int = 0
    wrong: int = 0

    def add(self, rows: int, wrong: int) -> None:
        self.rows += rows
        self.wrong += wrong


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
    if a row is not valid, 2 if FILE, the value set or a system cannot be used. CSV may be divided
    by semicolons or tabs too. The extra termserver[bulk] reads Parquet, and the rest much faster.
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
    require_readable(file)
    tally = _Tally()
    with terminology_of(settings, release) as terminology, progress_shown() as progress:
        answer = row_answerer(terminology, request)
        bar = partial(progress, "validate codes (%)")
        if has_polars():
            _by_frames(file, columns, answer, out, tally, bar)
        else:
            _by_rows(file, columns, answer, out, tally, bar)
    click.echo(f"rows: {tally.rows}, not valid: {tally.wrong}", err=True)
    return NEGATIVE if tally.wrong else DONE


def _by_frames(
    file: Path, columns: Columns, answer: Answer, out: Path | None, tally: _Tally, bar: Bar
) -> None:
    from api.bulk_frames import opened_frames
    from api.bulk_table import write_table

    with opened_frames(file, columns) as source:

        def note(rows: int, wrong: int) -> None:
            tally.add(rows, wrong)
            bar(int(source.share() * 100), 100)

        write_table(sys.stdout.buffer if out is None else out, source.frames, answer, note)


def _by_rows(
    file: Path, columns: Columns, answer: Answer, out: Path | None, tally: _Tally, bar: Bar
) -> None:
    def counted() -> Iterator[tuple[int, Verdict]]:
        for number, verdict in answered_rows(answer, source.rows):
            tally.add(1, not verdict.result)
            if tally.rows % _STEP == 0:
                bar(int(source.share() * 100), 100)
            yield number, verdict
        bar(100, 100)

    with opened(file, columns) as source:
        if out is None:
            write_csv(sys.stdout.buffer, counted())
        else:
            write(out, counted())
