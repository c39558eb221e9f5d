"""`termserver load`: sources into packs, with a progress bar and counts. A composition root."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import click

from api.cli_errors import BAD_REQUEST, DONE
from api.cli_output import json_option, print_json
from api.settings import Settings
from loaders.base import LoadOptions, LoadReport
from loaders.detect import FORMATS
from loaders.run import load as load_sources
from termserver.errors import InvalidRequest

Progress = Callable[[str, int, int | None], None]


@click.command(epilog="Example: termserver load SnomedCT_InternationalRF2.zip Loinc_2.82.zip")
@click.argument("sources", nargs=-1, metavar="SOURCE|PACKAGE@VERSION...")
@click.option("--starter", is_flag=True, help="Load the starter content, free of licence walls.")
@click.option("--together", is_flag=True, help="Make one pack of all sources.")
@click.option(
    "--format", "format_", type=click.Choice(list(FORMATS)), help="Format of the sources."
)
@click.option("--system", help="Canonical of the code system (CSV).")
@click.option("--version", "version", help="Version, where the source does not tell it.")
@click.option("--as-of", help="Build the state of this date (RF2 Full), YYYYMMDD.")
@click.option("--replace", is_flag=True, help="Put it in the place of an installed pack.")
@click.option("--dry-run", is_flag=True, help="Read and count, write nothing.")
@json_option
@click.pass_obj
def load(
    settings: Settings,
    sources: tuple[str, ...],
    starter: bool,
    together: bool,
    format_: str | None,
    system: str | None,
    version: str | None,
    as_of: str | None,
    replace: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Load terminologies as their publishers ship them: folder, archive or single file.

    PACKAGE@VERSION names a FHIR package of the local package cache, or of the registry that
    TERMSERVER_REGISTRY_URL names. Each source makes a pack. Exit code 2 for a bad source.
    """
    if starter and (sources or together or format_ or system or version or as_of):
        raise InvalidRequest("--starter goes alone: load other sources in a second command")
    order = LoadOptions(system=system, version=version, as_of=as_of)
    reports: list[LoadReport] = []
    # One by one, so that what was loaded is told even where a later source is refused.
    groups = [sources] if together or not sources else [(one,) for one in sources]
    with progress_shown() as progress:
        if starter:
            from loaders.starter import load_starter

            reports = load_starter(settings.home, progress=progress)
            _print_reports(() if as_json else reports)
        for group in () if starter else groups:
            made = load_sources(
                settings.home,
                group,
                together=together,
                format=format_,
                options=order,
                replace=replace,
                dry_run=dry_run,
                progress=progress,
                registry_url=settings.registry_url or None,
            )
            _print_reports(() if as_json else made)
            reports += made
    if as_json:
        print_json([dataclasses.asdict(one) for one in reports])
    return BAD_REQUEST if any(one.status == "left out" for one in reports) else DONE


def _print_reports(reports: Sequence[LoadReport]) -> None:
    for one in reports:
        click.echo(f"{one.status}: {one.pack}" + (f" ({one.title})" if one.title else ""))
        if one.reason:
            click.echo(f"  {one.reason}")
        for kind, number in one.counts.items():
            click.echo(f"  {kind}: {number}")
        if one.licence:
            click.echo(f"  licence: {one.licence}")
        for warning in one.warnings:
            click.echo(f"  warning: {warning}")


@contextmanager
def progress_shown() -> Iterator[Progress]:
    """Show progress: a bar on a terminal, a line for each step elsewhere; on stderr."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Bars(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, int] = {}

        def progress(what: str, done: int, total: int | None) -> None:
            what = _step(what)
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)  # type: ignore[arg-type]

        yield progress


def _lines() -> Progress:
    shown: set[str] = set()

    def progress(what: str, done: int, total: int | None) -> None:
        what = _step(what)
        if what not in shown:
            shown.add(what)
            click.echo(what, err=True)

    return progress


def _step(what: str) -> str:
    """Return the step; the numbering of each code system is one step (a package has a thousand)."""
    return "number concepts" if what.startswith("number ") else what
