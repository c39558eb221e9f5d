"""The code systems: what a concept is and what is known of it.

For programs: `termserver.open(home)` returns a `termserver.Library` with lookup, validate_code,
expand, subsumes and translate; see `termserver.library`. Importing this package alone imports
nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from termserver.library import Library
    from termserver.library import open_home as open

__all__ = ["Library", "open"]


def __getattr__(name: str) -> Any:
    """Import the library when it is first asked for (PEP 562), so that `import termserver` is
    quick.
    """
    if name not in __all__:
        raise AttributeError(f"module 'termserver' has no attribute {name!r}")
    from termserver import library

    return library.open_home if name == "open" else library.Library
