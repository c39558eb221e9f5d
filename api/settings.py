"""Settings: one frozen value from the environment (`TERMSERVER_*`), each with text and default.

The command line goes over the environment, the environment over the default. The table of
docs/reference/settings.md is made from the same fields.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from termserver.errors import InvalidRequest
from termserver.operations.edition import US_EDITIONS, read_editions

PREFIX = "TERMSERVER_"
LOG_LEVELS = ("debug", "info", "warning", "error")


def _path(text: str) -> Path:
    return Path(text).expanduser()


def _at_least(lowest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = int(text)
        if number < lowest:
            raise ValueError(f"must be {lowest} or more")
        return number

    return read


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise ValueError("must be a port from 0 to 65535")
    return number


def _level(text: str) -> str:
    if text.lower() not in LOG_LEVELS:
        raise ValueError(f"must be one of {', '.join(LOG_LEVELS)}")
    return text.lower()


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _editions(text: str) -> tuple[str, ...]:
    rows = _list(text)
    read_editions(rows)
    return rows


def _web_address(text: str) -> str:
    if not text:
        return ""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError("must be an address that starts with http:// or https://")
    return text.rstrip("/")


def _setting(default: Any, text: str, read: Callable[[str], Any]) -> Any:
    return field(default=default, metadata={"text": text, "read": read})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a server runs. A field `x` is the environment variable `TERMSERVER_X`."""

    home: Path = _setting(  # noqa: RUF009 - makes a dataclass field
        Path("termserver-data"), "Folder with the catalogue and the packs (option --home).", _path
    )
    host: str = _setting("127.0.0.1", "Address to listen on.", str)
    port: int = _setting(8080, "Port to listen on; 0 takes a free one.", _port)
    workers: int = _setting(0, "Number of worker processes; 0 for one per core.", _at_least(0))
    log_level: str = _setting(
        "info",
        "debug, info, warning or error. Codes and displays of requests are logged at debug only.",
        _level,
    )
    max_body_mb: int = _setting(10, "Largest request body in megabytes.", _at_least(1))
    max_bulk_mb: int = _setting(
        1_000, "Largest file of codes that POST /validate-codes takes, in megabytes.", _at_least(1)
    )
    bulk_seconds: int = _setting(
        300, "Seconds that one file of codes may take in POST /validate-codes.", _at_least(1)
    )
    max_json_depth: int = _setting(100, "Deepest nesting of a JSON body.", _at_least(8))
    max_expansion: int = _setting(
        100_000,
        "Concepts an expansion may have without paging; the header X-TOO-COSTLY-THRESHOLD and the "
        "parameter `limit` lower it for one request.",
        _at_least(1),
    )
    public_url: str = _setting(
        "",
        "Address that clients use, without /r4 or /r5 (fullUrl, next links, CapabilityStatement). "
        "Empty: from X-Forwarded-* of trusted proxies, otherwise from Host.",
        _web_address,
    )
    trusted_proxies: tuple[str, ...] = _setting(
        (), "Addresses of proxies whose X-Forwarded-* are believed, with commas.", _list
    )
    deadline_s: int = _setting(20, "Seconds that one request may work.", _at_least(1))
    registry_url: str = _setting(
        "",
        "FHIR package registry to load packages from by name. Empty: no outbound request is made.",
        _web_address,
    )
    default_edition: str = _setting(
        "",
        "SNOMED CT edition (module or URI) that answers when no version is asked; empty: newest.",
        str,
    )
    default_dialect: str = _setting(
        "",
        "Dialect of SNOMED CT displays when no language is asked, as en-GB, or several with "
        "commas; empty: the edition's.",
        str,
    )
    icdo3_editions: tuple[str, ...] = _setting(
        US_EDITIONS,
        "First day of diagnosis and edition of ICD-O-3 (version of the code system), with commas; "
        "what `diagnosed` goes by. As it comes: US registries (SEER, NAACCR).",
        _editions,
    )
    cors_origins: tuple[str, ...] = _setting(
        (), "Origins that browsers may call from, with commas; * for any.", _list
    )

    def with_options(self, **options: Any) -> Settings:
        """Return a copy in which the options that are not None replace the settings."""
        given = {name: value for name, value in options.items() if value is not None}
        return replace(self, **given)

    @property
    def worker_count(self) -> int:
        """Return the number of workers to start: as set, or one per core."""
        return self.workers or os.cpu_count() or 1

    def to_environ(self) -> dict[str, str]:
        """Return the environment variables that give these settings again, for worker processes."""
        return {variable(one): _text(getattr(self, one.name)) for one in fields(self)}


class SettingRow(NamedTuple):
    """A row of the settings table in the docs."""

    variable: str
    default: str
    text: str


def from_env(environ: Mapping[str, str]) -> Settings:
    """Return the settings of `environ`; what is absent or empty has its default.

    Raises: InvalidRequest with the variable and the value for one that cannot be read.
    """
    values: dict[str, Any] = {}
    for one in fields(Settings):
        text = environ.get(variable(one), "")
        if text:
            values[one.name] = _read(one, text)
    return Settings(**values)


def variable(setting: Field[Any]) -> str:
    """Return the name of a setting's environment variable."""
    return PREFIX + setting.name.upper()


def settings_table() -> Iterator[SettingRow]:
    """Yield every setting in order."""
    for one in fields(Settings):
        yield SettingRow(variable(one), _text(one.default), one.metadata["text"])


def _read(one: Field[Any], text: str) -> Any:
    try:
        return one.metadata["read"](text)
    except ValueError as error:
        reason = str(error)
        hint = reason if reason.startswith("must") else "must be a whole number"
        raise InvalidRequest(f"The setting {variable(one)} {hint}, but is '{text}'") from error


def _text(value: Any) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)
