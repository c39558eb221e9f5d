"""pyarrow, an optional extra, and what is said where it is not installed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from termserver.errors import NotSupported


def parquet_module(name: str) -> Any:
    """Return `pyarrow` or a module of it. Raises: NotSupported where it is not installed."""
    try:
        return import_module(name)
    except ImportError as error:
        raise NotSupported(
            "Parquet needs pyarrow, which is not installed: pip install 'termserver[parquet]', or "
            "use CSV or NDJSON"
        ) from error
