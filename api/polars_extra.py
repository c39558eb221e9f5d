"""polars, an optional extra, and what is said where it is not installed."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from termserver.errors import NotSupported


def has_polars() -> bool:
    """Tell whether polars is installed, without importing it (which takes half a second)."""
    return find_spec("polars") is not None


def polars_module() -> Any:
    """Return `polars`. Raises: NotSupported where it is not installed."""
    if not has_polars():
        raise NotSupported(
            "Parquet needs polars, which is not installed: pip install 'termserver[bulk]', or use "
            "CSV or NDJSON"
        )
    return import_module("polars")
