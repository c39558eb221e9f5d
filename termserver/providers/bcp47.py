"""BCP 47 language tags: which tags are valid, what they mean, which parts they have.

Source: RFC 5646, section 2.1 (syntax) and 2.2 (what must be registered). Against section 2.1.1,
case matters, as suite cases validate-lang-case and validate-lang-case2 fix: `en-US`, not `en-us`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from termserver.errors import InvalidValueSet
from termserver.model import (
    CodeSystem,
    Concept,
    Designation,
    FilterClause,
    FilterDefinition,
    PropertyDefinition,
    PropertyValue,
)
from termserver.providers.bcp47_registry import Registry, Subtag, read_registry, registry_path
from termserver.providers.grammar import GrammarProvider
from termserver.systems import BCP_47

PARTS = ("language", "ext-lang", "script", "region", "variant", "extension", "private-use")
"""Parts of a tag, as FHIR names them in filters (suite and THO, BCP-47)."""

_SUBTAG = re.compile(r"[A-Za-z0-9]{1,8}")
_SYSTEM = CodeSystem(
    url=BCP_47,
    id="bcp-47",
    name="BCP47",
    title="Tags for Identifying Languages (BCP 47)",
    status="active",
    content="complete",
    case_sensitive=True,
    compositional=True,
    language="en",
    properties=tuple(PropertyDefinition(code=one, type="string") for one in PARTS),
    filters=tuple(FilterDefinition(code=one, operators=("exists", "=")) for one in PARTS),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A valid tag in its parts; a grandfathered one has a whole description instead."""

    language: Subtag | None = None
    extlang: Subtag | None = None
    script: Subtag | None = None
    region: Subtag | None = None
    variants: tuple[Subtag, ...] = ()
    extensions: tuple[str, ...] = ()
    private_use: str | None = None
    whole: str | None = None

    def parts(self) -> dict[str, tuple[str, ...]]:
        """Return the subtags of each part that the tag has."""
        named = {
            "language": (self.language,),
            "ext-lang": (self.extlang,),
            "script": (self.script,),
            "region": (self.region,),
            "variant": self.variants,
        }
        found = {
            name: tuple(one.subtag for one in subtags if one) for name, subtags in named.items()
        }
        found["extension"] = self.extensions
        found["private-use"] = (self.private_use,) if self.private_use else ()
        return {name: values for name, values in found.items() if values}


def bcp47_system() -> CodeSystem:
    """Return the code system's own facts; it has no version."""
    return _SYSTEM


def bcp47_provider(path: Path | None = None) -> GrammarProvider:
    """Return the provider of language tags, over the installed registry or another file of it."""
    return GrammarProvider(LanguageTags(path or registry_path()))


class LanguageTags:
    """The grammar of BCP 47 over one registry file, which is read when it is first needed."""

    def __init__(self, path: Path) -> None:
        """Take the registry file."""
        self._path = path

    @cached_property
    def _registry(self) -> Registry:
        return read_registry(self._path)

    @property
    def system(self) -> CodeSystem:
        """Return the code system's facts."""
        return _SYSTEM

    def find(self, code: str) -> str | None:
        """Return `code` itself where it is a valid tag in its usual case, None otherwise."""
        return code if isinstance(self._parsed(code), Tag) else None

    def parse(self, code: str) -> Tag:
        """Return the parts of a valid tag. Raises: ValueError, saying what is wrong."""
        found = self._parsed(code)
        if isinstance(found, Tag):
            return found
        raise ValueError(found)

    def concept(self, code: str) -> Concept:
        """Return the tag with its description in English. Raises: ValueError."""
        tag = self.parse(code)
        display, full = _descriptions(tag)
        others = () if full == display else (Designation(value=full, language="en"),)
        return Concept(code=code, display=display, designations=others)

    def contains(self, clause: FilterClause, code: str) -> bool:
        """Tell whether a tag has a part (`exists`), or has it with a value (`=`)."""
        if clause.property not in PARTS or clause.op not in {"exists", "="}:
            raise InvalidValueSet(
                f"'{BCP_47}' has no filter '{clause.property} {clause.op}'; known: exists and = on "
                f"{', '.join(PARTS)}"
            )
        values = self.parse(code).parts().get(clause.property, ())
        if clause.op == "=":
            return clause.value.casefold() in {one.casefold() for one in values}
        if clause.value not in {"true", "false"}:
            raise InvalidValueSet(
                f"The filter '{clause.property} exists' takes true or false, not '{clause.value}'"
            )
        return bool(values) is (clause.value == "true")

    def property_values(self, code: str, name: str) -> Sequence[PropertyValue]:
        """Return the subtags of one part; empty if the tag lacks it."""
        return self.parse(code).parts().get(name, ())

    def why_unknown(self, code: str) -> str | None:
        """Return nothing: the suite shows no reason beside the unknown code."""
        return None

    def why_outside(self, clause: FilterClause, code: str) -> str | None:
        """Return nothing: the filter itself says what is wanted."""
        return None

    def _parsed(self, code: str) -> Tag | str:
        """Return the parts of a tag, or what is wrong with it."""
        whole = self._registry.grandfathered.get(code)
        if whole is not None:
            return Tag(whole=whole)
        subtags = code.split("-")
        if not all(_SUBTAG.fullmatch(one) for one in subtags):
            return f"'{code}' is no sequence of subtags"
        return self._tag(subtags)

    def _tag(self, subtags: list[str]) -> Tag | str:
        rest = list(subtags)
        private = _take_private_use(rest)
        if private == "":
            return "private use 'x' has no subtag after it"
        if not rest:
            return Tag(private_use=private)
        registry = self._registry
        language = registry.find("language", rest.pop(0))
        if language is None:
            return f"the language '{subtags[0]}' is not registered"
        extlang = self._take(rest, "extlang")
        if extlang and language.subtag not in extlang.prefixes:
            return f"'{extlang.subtag}' does not extend '{language.subtag}'"
        script, region = self._take(rest, "script"), self._take(rest, "region")
        variants: list[Subtag] = []
        while variant := self._take(rest, "variant"):
            if variant in variants:
                return f"the variant '{variant.subtag}' occurs twice"
            variants.append(variant)
        extensions = _take_extensions(rest)
        if rest:
            return f"'{rest[0]}' is not registered, out of place or not in its usual case"
        return Tag(
            language=language,
            extlang=extlang,
            script=script,
            region=region,
            variants=tuple(variants),
            extensions=extensions,
            private_use=private,
        )

    def _take(self, rest: list[str], kind: str) -> Subtag | None:
        found = self._registry.find(kind, rest[0]) if rest else None
        if found is not None:
            rest.pop(0)
        return found


def _take_private_use(rest: list[str]) -> str | None:
    """Take `x-…` off the end; None where there is none, empty where nothing follows the x."""
    if "x" not in rest:
        return None
    at = rest.index("x")
    private = rest[at + 1 :]
    del rest[at:]
    return "-".join(private)


def _take_extensions(rest: list[str]) -> tuple[str, ...]:
    """Take well-formed extensions (`u-ca-buddhist`) off the front, each singleton once."""
    found: dict[str, str] = {}
    while rest and len(rest[0]) == 1 and rest[0] not in found:
        length = 1
        while length < len(rest) and len(rest[length]) > 1 and rest[length].islower():
            length += 1
        if length == 1 or rest[0] != rest[0].lower():
            break
        found[rest[0]] = "-".join(rest[:length])
        del rest[:length]
    return tuple(found.values())


def _descriptions(tag: Tag) -> tuple[str, str]:
    """Return the display and the long form: `English (United States)`, `English (Region=…)`."""
    if tag.whole is not None:
        return tag.whole, tag.whole
    base = tag.extlang or tag.language
    if base is None:
        text = f"Private use ({tag.private_use})"
        return text, text
    parts = [
        *([f"Script={tag.script.description}"] if tag.script else []),
        *([f"Region={tag.region.description}"] if tag.region else []),
        *(f"Variant={one.description}" for one in tag.variants),
        *(f"Extension={one}" for one in tag.extensions),
        *([f"Private-Use={tag.private_use}"] if tag.private_use else []),
    ]
    full = f"{base.description} ({', '.join(parts)})" if parts else base.description
    if tag.region and len(parts) == 1:
        return f"{base.description} ({tag.region.description})", full
    return full, full
