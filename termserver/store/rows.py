"""Model values to and from the text that stands in columns (pure)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any
from uuid import UUID

import orjson

from termserver.model import (
    CodeSystem,
    Coding,
    FilterDefinition,
    Json,
    PropertyDefinition,
    PropertyValue,
)


def to_json(value: Any) -> str:
    """Return compact JSON text."""
    return orjson.dumps(value).decode()


def from_json(text: str | bytes) -> Any:
    """Return what `to_json` wrote."""
    return orjson.loads(text)


def coding_text(coding: Coding | None) -> str | None:
    """Return a Coding as JSON text, None for None."""
    return to_json(_coding_list(coding)) if coding else None


def codings_text(codings: tuple[Coding, ...]) -> str | None:
    """Return Codings as JSON text, None for none."""
    return to_json([_coding_list(one) for one in codings]) if codings else None


def _coding_list(coding: Coding) -> list[str | None]:
    return [coding.system, coding.version, coding.code, coding.display]


def parse_coding(text: str | None) -> Coding | None:
    """Return what `coding_text` wrote."""
    return _coding(from_json(text)) if text else None


def parse_codings(text: str | None) -> tuple[Coding, ...]:
    """Return what `codings_text` wrote."""
    return tuple(_coding(one) for one in from_json(text)) if text else ()


def _coding(row: list[str | None]) -> Coding:
    return Coding(system=row[0], version=row[1], code=row[2], display=row[3])


def extensions_text(extensions: tuple[Json, ...]) -> str | None:
    """Return extensions as JSON text, None for none."""
    return to_json(list(extensions)) if extensions else None


def parse_extensions(text: str | None) -> tuple[Json, ...]:
    """Return what `extensions_text` wrote."""
    return tuple(from_json(text)) if text else ()


def store_value(value: PropertyValue, target: str | None) -> tuple[str, Any]:
    """Return (form, column value) of a property value; see property_kind in schema.sql."""
    if target is not None and value == target:
        return "t", None
    if isinstance(value, bool):
        return "b", int(value)
    if isinstance(value, str):
        return "s", value
    if isinstance(value, int):
        # beyond 64 bits SQLite would round
        return ("i", value) if -(2**63) <= value < 2**63 else ("I", str(value))
    if isinstance(value, float):
        return "f", value
    return "c", coding_text(value)


def load_value(form: str, value: Any) -> PropertyValue:
    """Return what `store_value` took; form `t` is the caller's (it knows the target's code)."""
    if form == "b":
        return bool(value)
    if form == "f":
        return float(value)
    if form == "I":
        return int(value)
    if form == "c":
        return _coding(from_json(value))
    found: str | int = value
    return found


def facts_text(system: CodeSystem) -> str:
    """Return a code system's facts as JSON text, without the resource."""
    return to_json(
        {one.name: getattr(system, one.name) for one in fields(system) if one.name != "resource"}
    )


def parse_code_system(facts: str, resource: str) -> CodeSystem:
    """Return the code system of what `facts_text` wrote, with its resource."""
    values = from_json(facts)
    values["properties"] = tuple(PropertyDefinition(**one) for one in values["properties"])
    values["filters"] = tuple(
        FilterDefinition(**{**one, "operators": tuple(one["operators"])})
        for one in values["filters"]
    )
    return CodeSystem(**values, resource=from_json(resource))


def member_id(text: str | None) -> str | bytes | None:
    """Return a row id as a column holds it: a UUID in lower case as 16 bytes, all else as it is."""
    if text is None or len(text) != 36 or text != text.lower():
        return text
    digits = text.replace("-", "")
    dashed = len(digits) == 32 and text[8] == text[13] == text[18] == text[23] == "-"
    try:
        packed = bytes.fromhex(digits) if dashed else b""
    except ValueError:
        return text
    # blanks between digits would be passed over
    return packed if len(packed) == 16 else text


def parse_member_id(value: str | bytes | None) -> str | None:
    """Return what `member_id` took."""
    return str(UUID(bytes=value)) if isinstance(value, bytes) else value


def content_digest(resource: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a resource without narrative, meta and id order (same or other
    content).
    """
    kept = {key: value for key, value in resource.items() if key not in {"text", "meta"}}
    return hashlib.sha256(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)).hexdigest()
