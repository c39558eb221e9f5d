"""The reference pages of commands and of errors, from the commands and the table themselves."""

from __future__ import annotations

from collections.abc import Iterator

import click

from api.outcome import STATUS
from termserver.errors import TerminologyError

WIDTH = 88


def commands_lines() -> Iterator[str]:
    """Yield the page of commands: the help of each, as a terminal shows it."""
    from api.cli import termserver

    yield "`termserver`, or `python -m api`. With `make serve` it is `.venv/bin/termserver`."
    yield "`--home` stands before the command. Tables are aligned on a terminal and divided by"
    yield "tabs elsewhere; `--json` is for programs. Answers go to stdout, progress and errors to"
    yield "stderr."
    yield ""
    yield "| exit code | meaning |"
    yield "|---|---|"
    yield "| 0 | yes, or done |"
    yield "| 1 | a negative answer, or findings |"
    yield "| 2 | a bad request or a bad source |"
    yield "| 3 | failed |"
    yield ""
    yield 'Completion for a shell: `eval "$(_TERMSERVER_COMPLETE=bash_source termserver)"`, or'
    yield "`zsh_source`, `fish_source`."
    for path, command, context in commands(termserver):
        yield from ("", f"## {' '.join(path)}", "", "```text")
        yield from (line.rstrip() for line in command.get_help(context).splitlines())
        yield "```"


def commands(main: click.Command) -> Iterator[tuple[tuple[str, ...], click.Command, click.Context]]:
    """Yield (words, command, context to show its help in) of every command, groups first."""
    yield from _below(("termserver",), main, None)


def _below(
    path: tuple[str, ...], command: click.Command, parent: click.Context | None
) -> Iterator[tuple[tuple[str, ...], click.Command, click.Context]]:
    settings = {"terminal_width": WIDTH, "max_content_width": WIDTH, **command.context_settings}
    context = click.Context(command, info_name=path[-1], parent=parent, **settings)
    yield path, command, context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found is not None and not found.hidden:
                yield from _below((*path, name), found, context)


def errors_lines() -> Iterator[str]:
    """Yield the page of errors: shape, then one row a class."""
    yield "An error ends the operation: over HTTP an OperationOutcome with a status, on the command"
    yield "line a sentence and exit code 2 or 3, in Python an exception of `termserver.errors`. The"
    yield "text says what was asked, what there is and what to do. What is part of an answer (a"
    yield "code is not in the value set, a display differs) is no error but a finding in a 200"
    yield "answer."
    yield ""
    yield "Every error over HTTP has the same shape: `issue.severity`, `issue.code`,"
    yield "`issue.details.text`, often `details.coding` (HL7's tx-issue-type) and `expression` (the"
    yield "parameter), and in `diagnostics` the request id, which is also the header `X-Request-Id`"
    yield "and stands in the access log. A bug is a 500 with the id and no detail; its trace is in"
    yield "the log. 503 carries `Retry-After`, 405 `Allow`, 401 `WWW-Authenticate`."
    yield ""
    yield "| class | HTTP | issue.code | tx-issue-type | raised when |"
    yield "|---|---|---|---|---|"
    for kind, status in STATUS.items():
        if kind is not TerminologyError:
            doc = " ".join((kind.__doc__ or "").split())
            tx_type = f"`{kind.tx_type}`" if kind.tx_type else ""
            yield f"| {kind.__name__} | {status} | `{kind.issue_code}` | {tx_type} | {doc} |"
