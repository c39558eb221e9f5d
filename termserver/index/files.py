"""Raw arrays in files: written once, read through a memory map. Little-endian whatever the
machine.
"""

from __future__ import annotations

import mmap
import sys
from array import array
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from termserver.errors import StoreError

DTYPES = {"I": "<u4", "Q": "<u8", "q": "<i8", "d": "<f8", "B": "u1", "H": "<u2"}
"""Type codes of files (as in `array`) and what numpy calls them; sizes are fixed by the format."""


def write_array(path: Path, values: Iterable[Any], code: str) -> None:
    """Write numbers as one raw array of type `code` (see DTYPES)."""
    kept = values if isinstance(values, np.ndarray) else np.fromiter(values, dtype=DTYPES[code])
    with path.open("wb") as file:
        file.write(np.ascontiguousarray(kept, dtype=DTYPES[code]).data)


def write_bytes(path: Path, data: bytes | bytearray) -> None:
    """Write `data` as it is."""
    path.write_bytes(data)


def open_bytes(path: Path) -> memoryview:
    """Return the content of a file as a read-only memory map; empty for an empty file.

    Raises: StoreError where the file is missing.
    """
    try:
        with path.open("rb") as file:
            if path.stat().st_size == 0:
                return memoryview(b"")
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except FileNotFoundError as error:
        raise StoreError(
            f"The index file '{path.name}' of pack '{path.parent.parent.name}' is missing; "
            "load the source again with --replace"
        ) from error


def open_array(path: Path, code: str) -> memoryview:
    """Return a mapped array whose items read as Python numbers (fastest for single items)."""
    if sys.byteorder == "little" and _item_size(code) == np.dtype(DTYPES[code]).itemsize:
        mapped: Any = open_bytes(path)
        found: memoryview = mapped.cast(code)
        return found
    copied: Any = open_numpy(path, code).astype(np.dtype(DTYPES[code]).newbyteorder("="))
    return memoryview(copied)


def open_numpy(path: Path, code: str) -> NDArray[Any]:
    """Return a mapped array for work on whole columns."""
    return np.frombuffer(open_bytes(path), dtype=DTYPES[code])


def _item_size(code: str) -> int:
    return array(code).itemsize
