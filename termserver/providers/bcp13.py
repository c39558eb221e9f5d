"""BCP 13 media types: which texts are media types. No list: new ones are registered every week.

Source: RFC 6838, section 4.2 (names), RFC 2045, section 5.1 (parameters). The top-level type must
be a registered one or begin with `x-`; the subtype need not be registered.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from termserver.errors import InvalidValueSet
from termserver.model import CodeSystem, Concept, FilterClause, PropertyValue
from termserver.providers.grammar import GrammarProvider
from termserver.systems import BCP_13

_TYPES = frozenset(
    {
        "application",
        "audio",
        "example",
        "font",
        "haptics",
        "image",
        "message",
        "model",
        "multipart",
        "text",
        "video",
    }
)
_NAME = r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}"
_PARAMETER = r"""\s*;\s*[^\s;=()<>@,:\\"/\[\]?]+=(?:"[^"\\\r\n]*"|[^\s;=()<>@,:\\"\[\]?]+)"""
_MEDIA_TYPE = re.compile(rf"({_NAME})/({_NAME})((?:{_PARAMETER})*)")
_MAX_LENGTH = 500
_SYSTEM = CodeSystem(
    url=BCP_13,
    id="bcp-13",
    name="BCP13",
    title="Media types (BCP 13)",
    status="active",
    content="complete",
    case_sensitive=False,
    compositional=True,
    language="en",
)


def bcp13_system() -> CodeSystem:
    """Return the code system's own facts; it has no version."""
    return _SYSTEM


def bcp13_provider() -> GrammarProvider:
    """Return the provider of media types."""
    return GrammarProvider(MediaTypes())


class MediaTypes:
    """The grammar of media types."""

    @property
    def system(self) -> CodeSystem:
        """Return the code system's facts."""
        return _SYSTEM

    def find(self, code: str) -> str | None:
        """Return a media type with type and subtype in lower case, None for any other text."""
        match = _MEDIA_TYPE.fullmatch(code) if len(code) <= _MAX_LENGTH else None
        if match is None:
            return None
        top, sub, parameters = match.groups()
        if top.lower() not in _TYPES and not top.lower().startswith("x-"):
            return None
        return f"{top.lower()}/{sub.lower()}{parameters}"

    def concept(self, code: str) -> Concept:
        """Return the media type, which is its own display."""
        return Concept(code=code, display=code)

    def contains(self, clause: FilterClause, code: str) -> bool:
        """Raise InvalidValueSet: media types have no filters."""
        raise InvalidValueSet(
            f"'{BCP_13}' has no filter '{clause.property} {clause.op}', and no other either"
        )

    def property_values(self, code: str, name: str) -> Sequence[PropertyValue]:
        """Return nothing: media types have no properties."""
        return ()

    def why_unknown(self, code: str) -> str | None:
        """Return what a media type looks like."""
        if self.find(code) is not None:
            return None
        return (
            f"'{code}' is no media type: it is written type/subtype, with one of the types "
            f"{', '.join(sorted(_TYPES))}"
        )

    def why_outside(self, clause: FilterClause, code: str) -> str | None:
        """Return nothing."""
        return None
