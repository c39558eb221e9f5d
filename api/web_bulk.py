"""POST /validate-codes: a file of codes as the body, the file of verdicts as the answer.

Source: FHIR has no operation for it; the options are those of `termserver validate-codes`.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from api.bulk_read import require_readable
from api.bulk_run import BulkJob, Note, validate_file
from api.settings import Settings
from termserver.errors import InvalidRequest, TooCostly, TooLarge
from termserver.terminology import Terminology

ENDINGS = {
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/x-ndjson": ".ndjson",
    "application/vnd.apache.parquet": ".parquet",
}
"""Content type -> ending of the file."""

_NAMES = {one.name.replace("_", "-"): one for one in fields(BulkJob)}
_RELEASES = ("4.0", "5.0")


async def validate_body(
    settings: Settings,
    terminologies: Mapping[str, Terminology],
    turn: asyncio.Semaphore,
    request: Any,
) -> Any:
    """Return the response to a Starlette request; its body and answer are files that do not stay.

    One file is worked on at a time (`turn`), in a thread. Raises: InvalidRequest for a query or
    content type that is unknown, TooLarge, TooCostly after BULK_SECONDS, and what `validate_file`
    raises.
    """
    from starlette.background import BackgroundTask
    from starlette.responses import FileResponse

    job, release = read_query(request.query_params.multi_items())
    job.columns()
    given = _ending(request.headers.get("content-type", ""), "Content-Type")
    told = request.headers.get("accept", "*/*")
    wanted = given if "*/*" in told else _ending(told, "Accept")
    folder = Path(tempfile.mkdtemp(prefix="validate-codes-"))
    try:
        source, out = folder / f"codes{given}", folder / f"verdicts{wanted}"
        require_readable(source)
        require_readable(out)
        await _receive(request.stream(), source, settings.max_bulk_mb)
        tally = [0, 0]
        async with turn:
            # waiting for the turn is not the file's time
            until = time.monotonic() + settings.bulk_seconds
            note = _noting(tally, until, settings.bulk_seconds)
            await asyncio.to_thread(validate_file, terminologies[release], job, source, out, note)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return FileResponse(
        out,
        media_type=next(kind for kind, ending in ENDINGS.items() if ending == wanted),
        headers={
            "Cache-Control": "no-store",
            "X-Rows": str(tally[0]),
            "X-Not-Valid": str(tally[1]),
        },
        background=BackgroundTask(shutil.rmtree, folder, ignore_errors=True),
    )


def read_query(items: list[tuple[str, str]]) -> tuple[BulkJob, str]:
    """Return what a query asks, and the FHIR release (4.0 where it names none).

    Raises: InvalidRequest for an unknown parameter, one that stands twice, or a wrong value.
    """
    values: dict[str, Any] = {}
    release = "4.0"
    for name, text in items:
        if name != "fhir" and name not in _NAMES:
            known = ", ".join([*_NAMES, "fhir"])
            raise InvalidRequest(f"The parameter '{name}' is unknown; known: {known}")
        if name in values:
            raise InvalidRequest(f"The parameter '{name}' stands there twice")
        if name == "fhir":
            release = text
        values[name] = text
    values.pop("fhir", None)
    if release not in _RELEASES:
        raise InvalidRequest(f"fhir must be {' or '.join(_RELEASES)}, but is '{release}'")
    options: dict[str, Any] = {_NAMES[it].name: _value(it, values[it]) for it in values}
    return BulkJob(**options), release


def _value(name: str, text: str) -> str | bool:
    if _NAMES[name].type != "bool":
        return text
    if text not in {"true", "false"}:
        raise InvalidRequest(f"{name} must be true or false, but is '{text}'")
    return text == "true"


def _ending(content_type: str, header: str) -> str:
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in ENDINGS:
        raise InvalidRequest(f"{header} must be one of {', '.join(ENDINGS)}, but is '{kind}'")
    return ENDINGS[kind]


async def _receive(parts: AsyncIterator[bytes], path: Path, most_mb: int) -> None:
    size = 0
    with path.open("wb") as stream:
        async for part in parts:
            size += len(part)
            if size > most_mb * 1024 * 1024:
                raise TooLarge(f"The body is larger than {most_mb} MB (setting MAX_BULK_MB)")
            stream.write(part)


def _noting(tally: list[int], until: float, seconds: int) -> Note:
    def note(rows: int, wrong: int, _share: float) -> None:
        tally[0] += rows
        tally[1] += wrong
        if time.monotonic() > until:
            raise TooCostly(f"Not done in {seconds} s (setting BULK_SECONDS): send a smaller file")

    return note
