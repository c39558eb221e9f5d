"""`termserver validate-codes`: a column of codes against a code system or a value set."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from api.bulk_read import require_readable
from api.bulk_run import BulkJob, validate_file
from api.bulk_write import require_ending
from api.cli_errors import DONE, NEGATIVE
from api.cli_home import terminology_of
from api.cli_load import progress_shown
from api.cli_output import release_option
from api.settings import Settings
from termserver.errors import InvalidRequest


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
    "--behaviour-matrix", is_flag=True, help="Take an ICD-O-3 histology with any behaviour."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write, .csv, .tsv, .ndjson or .parquet (CSV to stdout).",
)
@release_option
@click.pass_obj
def validate_codes(
    settings: Settings, /, file: Path, out: Path | None, release: str, **options: Any
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
    job = BulkJob(**options)
    job.columns()
    require_readable(file)
    tally = _Tally()
    with terminology_of(settings, release) as terminology, progress_shown() as progress:

        def note(rows: int, wrong: int, share: float) -> None:
            tally.rows += rows
            tally.wrong += wrong
            progress("validate codes (%)", int(share * 100), 100)

        written = sys.stdout.buffer if out is None else out
        validate_file(terminology, job, file, written, note)
    click.echo(f"rows: {tally.rows}, not valid: {tally.wrong}", err=True)
    return NEGATIVE if tally.wrong else DONE
