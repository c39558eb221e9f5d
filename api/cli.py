"""The command `termserver`: one function a command, in cli_*.py. A composition root."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

import click

from api.cli_errors import exit_code, hint
from api.settings import from_env
from api.version import VERSION
from termserver.errors import TerminologyError

LAZY = {
    "load": "api.cli_load",
    "packs": "api.cli_packs",
    "remove": "api.cli_packs",
    "verify": "api.cli_packs",
    "backup": "api.cli_packs",
    "coverage": "api.cli_coverage",
    "serve": "api.cli_serve",
    "lookup": "api.cli_codes",
    "validate-code": "api.cli_codes",
    "validate-codes": "api.cli_bulk",
    "check": "api.cli_check",
    "subsumes": "api.cli_codes",
    "plausible": "api.cli_icdo3",
    "registry-fields": "api.cli_icdo3",
    "expand": "api.cli_sets",
    "export": "api.cli_export",
    "search": "api.cli_sets",
    "ecl": "api.cli_sets",
    "translate": "api.cli_sets",
}
"""Command -> the module that has it: only that is imported (start-up time)."""


class Commands(click.Group):
    """Commands found in their modules when asked for; errors become sentences and exit codes."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(LAZY)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by name, None if there is none."""
        from importlib import import_module

        module = LAZY.get(cmd_name)
        if module is None:
            return None
        command = getattr(import_module(module), cmd_name.replace("-", "_"))
        assert isinstance(command, click.Command)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="termserver")
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder with the catalogue and the packs (TERMSERVER_HOME, default ./termserver-data).",
)
@click.pass_context
def termserver(context: click.Context, home: Path | None) -> None:
    """A FHIR terminology server: load, ask and serve terminologies.

    Exit codes: 0 yes or done, 1 a negative answer or findings, 2 a bad request or a bad source,
    3 failed.
    """
    context.obj = from_env(os.environ).with_options(home=home)


def main() -> None:
    """Run the command line; the only place that ends the process."""
    try:
        code = termserver.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(3)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except TerminologyError as error:
        click.echo(f"Error: {error.text}", err=True)
        if told := hint(error):
            click.echo(told, err=True)
        sys.exit(exit_code(error))
    except BrokenPipeError:
        sys.exit(0)
    except OSError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(3)
    except Exception:
        # A bug: 1 would say "no", which nobody has found.
        traceback.print_exc()
        sys.exit(3)
