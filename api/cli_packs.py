"""`termserver packs`, `remove`, `verify` and `backup`: what is installed. A composition root."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from api.cli_errors import DONE, NEGATIVE
from api.cli_output import json_option, print_facts, print_json, print_table
from api.settings import Settings
from termserver.errors import InvalidRequest, StoreError
from termserver.store.catalogue import Catalogue
from termserver.store.installed import InstalledPack


@contextmanager
def _catalogue(settings: Settings) -> Iterator[Catalogue]:
    catalogue = Catalogue.open(settings.home)
    try:
        yield catalogue
    finally:
        catalogue.close()


@click.group(
    invoke_without_command=True, epilog="Example: termserver packs prefer hl7.terminology.r4@7.3.0"
)
@json_option
@click.pass_context
def packs(context: click.Context, as_json: bool) -> int:
    """Show the installed packs, add one from a folder, or say which answers first."""
    if context.invoked_subcommand is None:
        return int(context.invoke(list_packs, as_json=as_json))
    return DONE


@packs.command("list")
@json_option
@click.pass_obj
def list_packs(settings: Settings, as_json: bool = False) -> int:
    """List the installed packs, the one that answers first on top."""
    with _catalogue(settings) as catalogue:
        installed, broken = catalogue.packs(), catalogue.broken()
    if as_json:
        print_json([_row(one) for one in installed])
    elif not installed:
        click.echo(f"No packs in '{settings.home}': termserver load --starter, or load SOURCE.")
    else:
        print_table(
            None,
            ("pack", "kind", "title", "size", "preferred", "licence"),
            [
                (
                    one.folder,
                    one.kind,
                    one.title,
                    f"{one.size / 1e6:.1f} MB",
                    "yes" if one.preferred else "",
                    (one.licence or "").strip().partition("\n")[0][:80],
                )
                for one in installed
            ],
        )
    for lost in broken:
        click.echo(f"not served: {lost.folder}: {lost.reason}", err=True)
    return NEGATIVE if broken else DONE


def _row(one: InstalledPack) -> dict[str, object]:
    return {
        "pack": one.folder,
        "name": one.name,
        "version": one.version,
        "kind": one.kind,
        "title": one.title,
        "rank": one.rank,
        "preferred": one.preferred,
        "size": one.size,
        "counts": dict(one.counts),
        "licence": one.licence,
        "warnings": list(one.warnings),
    }


@packs.command("prefer", epilog="Example: termserver packs prefer hl7.terminology.r4@7.3.0")
@click.argument("pack")
@click.pass_obj
def prefer(settings: Settings, pack: str) -> int:
    """Let PACK answer before all others."""
    with _catalogue(settings) as catalogue:
        chosen = catalogue.prefer(pack)
    click.echo(f"{chosen.folder} answers first now.")
    return DONE


@packs.command("add", epilog="Example: termserver packs add /media/packs/loinc@2.82-1a2b3c4d")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.pass_obj
def add(settings: Settings, folder: Path) -> int:
    """Add a pack that was copied from another home, after checking every digest."""
    import shutil

    from termserver.store.installed import installed_pack
    from termserver.store.manifest import verify as verify_folder

    manifest = verify_folder(folder)
    with _catalogue(settings) as catalogue:
        target = catalogue.packs_folder / folder.name
        if target.resolve() != folder.resolve():
            if target.exists():
                raise InvalidRequest(f"There is a pack '{folder.name}' already")
            staged = catalogue.packs_folder / f".building-{folder.name}"
            catalogue.packs_folder.mkdir(parents=True, exist_ok=True)
            shutil.copytree(folder, staged)
            verify_folder(staged)
            staged.rename(target)
        added = catalogue.install(installed_pack(target, manifest))
    click.echo(f"added: {added.folder}")
    return DONE


@click.command(epilog="Example: termserver remove loinc@2.82")
@click.argument("pack")
@click.pass_obj
def remove(settings: Settings, pack: str) -> int:
    """Take PACK out; a running server stops serving it with its next request."""
    with _catalogue(settings) as catalogue:
        folder = catalogue.remove(pack)
    click.echo(f"removed: {folder}")
    return DONE


@click.command(epilog="Example: termserver verify")
@click.argument("pack", required=False)
@json_option
@click.pass_obj
def verify(settings: Settings, pack: str | None, as_json: bool) -> int:
    """Recompute the digests of all packs, or of PACK. Exit code 1 where one differs."""
    from termserver.store.manifest import verify as verify_folder

    with _catalogue(settings) as catalogue:
        installed = [catalogue.get(pack)] if pack else list(catalogue.packs())
        problems = {one.folder: one.reason for one in catalogue.broken()} if pack is None else {}
    checked: dict[str, str] = {}
    for one in installed:
        try:
            verify_folder(one.path)
            checked[one.folder] = "as loaded"
        except StoreError as error:
            problems[one.folder] = error.text
    if as_json:
        print_json({"good": list(checked), "damaged": problems})
    else:
        print_facts([*checked.items(), *problems.items()])
    return NEGATIVE if problems else DONE


@click.command(epilog="Example: termserver backup catalogue-2026-11-25.sqlite")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def backup(settings: Settings, file: Path) -> int:
    """Write a consistent copy of the catalogue to FILE while serving; copy packs as folders."""
    if file.exists():
        raise InvalidRequest(f"'{file}' is there already; name a new file")
    with _catalogue(settings) as catalogue:
        catalogue.backup(file)
    click.echo(f"written: {file}")
    return DONE
