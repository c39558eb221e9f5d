"""Files with resources -> resources: JSON of one resource or Bundle, NDJSON of many."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from termserver.errors import InvalidSource
from termserver.model import Json

NDJSON = frozenset({".ndjson", ".jsonl"})
_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b")
"""How a zip and a gzip file (tgz) begin."""


def resources_in(path: Path) -> Iterator[tuple[str, Json]]:
    """Yield (file, resource) of a file; for a line of NDJSON the file is `name:line`.

    A file is NDJSON by its name, or where its first line is an object by itself and more follow.
    Raises: InvalidSource with file and line for what is no JSON or no FHIR resource.
    """
    name = str(path)
    if path.suffix.lower() in NDJSON:
        yield from _lines(path)
        return
    data = path.read_bytes()
    if data.lstrip()[:1] == b"<":
        raise InvalidSource("XML is not read: convert the resource to FHIR JSON", file=name)
    if data.startswith(_ARCHIVES):
        raise InvalidSource("an archive is not read: unpack it and name its files", file=name)
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        if _is_lines(data):
            yield from _lines(path)
            return
        raise InvalidSource(f"not JSON: {error.msg}", file=name, line=error.lineno) from error
    yield name, _resource(value, name, None)


def _lines(path: Path) -> Iterator[tuple[str, Json]]:
    name = str(path)
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                value = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise InvalidSource(f"not JSON: {error.msg}", file=name, line=number) from error
            yield f"{name}:{number}", _resource(value, name, number)


def _is_lines(data: bytes) -> bool:
    first, _, rest = data.strip().partition(b"\n")
    try:
        return isinstance(orjson.loads(first), dict) and bool(rest)
    except orjson.JSONDecodeError:
        return False


def _resource(value: Any, name: str, line: int | None) -> Json:
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        raise InvalidSource("no FHIR resource: it has no resourceType", file=name, line=line)
    return value
