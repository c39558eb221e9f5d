"""A loaded home as the makers of requests see it; a request, and what its answer must say."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson

from termserver.model import FilterClause, Json
from termserver.systems import RXNORM, SNOMED_CT
from termserver.terminology import Terminology

SEED = 20250101
REPLACED_BY = 900000000000526001
SYNTH = "http://example.org/synth/"
Check = Callable[[int, Any], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One request, and what its answer must say (status and JSON)."""

    path: str
    check: Check
    body: bytes = b""


@dataclass(kw_only=True)
class World:
    """A loaded home as the makers of requests see it."""

    terminology: Terminology
    random: random.Random = field(default_factory=lambda: random.Random(SEED))

    @cached_property
    def snomed(self) -> Any:
        """Return the stored provider of SNOMED CT."""
        return self.stored(SNOMED_CT)

    def stored(self, url: str) -> Any:
        """Return the stored provider of a code system, None where it is not loaded."""
        found: Any = self.terminology.find_system(url)
        return None if found is None else getattr(found, "stored", found)

    @cached_property
    def active(self) -> list[int]:
        """Return the active concepts of SNOMED CT."""
        return list(self.snomed.all() - self.snomed.inactive())

    @cached_property
    def parents(self) -> list[int]:
        """Return the concepts that have ten descendants and more."""
        below = self.snomed.hierarchy.descendants
        return [one for one in self.active if len(below(one)) >= 10]

    @cached_property
    def large(self) -> list[int]:
        """Return the concepts that have 1,000 descendants and more."""
        below = self.snomed.hierarchy.descendants
        return [one for one in self.parents if len(below(one)) >= 1_000] or self.parents

    @cached_property
    def replaced(self) -> list[int]:
        """Return the concepts of the reference set of replaced ones."""
        return list(self.snomed.refset_concepts(REPLACED_BY))

    @cached_property
    def words(self) -> list[str]:
        """Return the words of a sample of names, each once."""
        names = self.random.sample(self.active, min(20_000, len(self.active)))
        found = {word for one in names for word in self.name(one).lower().split()}
        return sorted(word for word in found if word.isalpha() and len(word) > 3)

    def pick(self, some: list[Any]) -> Any:
        """Return one of `some`."""
        return self.random.choice(some)

    def code(self, ordinal: int) -> str:
        """Return a code of SNOMED CT."""
        return str(self.snomed.code_of(ordinal))

    def name(self, ordinal: int) -> str:
        """Return a display of SNOMED CT."""
        return self.snomed.display_of(ordinal) or ""

    def above(self, ordinal: int) -> int:
        """Return an ancestor, the concept itself at a root."""
        found = list(self.snomed.hierarchy.ancestors(ordinal))
        return self.pick(found) if found else ordinal

    @cached_property
    def value_sets(self) -> list[Json]:
        """Return the stored value sets."""
        return self.terminology.documents("ValueSet")

    @cached_property
    def listed(self) -> list[str]:
        """Return the urls of the value sets that list their codes."""
        return [
            str(one["url"]) for one in self.value_sets if str(one.get("id", "")).startswith("list")
        ]

    @cached_property
    def maps(self) -> list[Json]:
        """Return the stored concept maps."""
        return self.terminology.documents("ConceptMap")

    @cached_property
    def packaged(self) -> list[Any]:
        """Return (url, version, stored provider) of the code systems of packages, as resources."""
        found = [one for one in self.terminology.code_systems() if one.url.startswith(SYNTH)]
        return [(one.url, one.version, self.stored(one.url)) for one in found]

    @cached_property
    def ingredients(self) -> list[str]:
        """Return the RXCUIs of ingredients."""
        provider: Any = self.terminology.find_system(RXNORM)
        clause = FilterClause(property="TTY", op="=", value="IN")
        return [str(provider.code_of(one)) for one in provider.select(clause)]


def get(path: str, check: Check, **parameters: Any) -> Shot:
    """Return a GET."""
    return Shot(path=f"/r4/{path}?{urlencode(parameters)}", check=check)


_URIS = frozenset({"url", "system", "target"})


def sent(shot: Shot) -> Shot:
    """Return the same request as a POST of Parameters."""
    path, _, query = shot.path.partition("?")
    parameters = [{"name": name, f"value{_kind(name)}": value} for name, value in parse_qsl(query)]
    body = orjson.dumps({"resourceType": "Parameters", "parameter": parameters})
    return Shot(path=path, check=shot.check, body=body)


def _kind(name: str) -> str:
    return "Uri" if name in _URIS else "String" if name == "display" else "Code"


def expand_post(check: Check, include: list[dict[str, Any]], text: str | None = None) -> Shot:
    """Return $expand of a value set that is sent, a page of 10."""
    value_set = {"resourceType": "ValueSet", "status": "active", "compose": {"include": include}}
    parameters: list[dict[str, Any]] = [
        {"name": "valueSet", "resource": value_set},
        {"name": "count", "valueInteger": 10},
    ]
    if text is not None:
        parameters.append({"name": "filter", "valueString": text})
    body = orjson.dumps({"resourceType": "Parameters", "parameter": parameters})
    return Shot(path="/r4/ValueSet/$expand", check=check, body=body)


def filtered(system: str, *clauses: tuple[str, str, str]) -> dict[str, Any]:
    """Return an include with filters."""
    return {
        "system": system,
        "filter": [{"property": name, "op": op, "value": value} for name, op, value in clauses],
    }


# -- what an answer must say -----------------------------------------------------------------------


def value_of(json: Any, name: str) -> Any:
    """Return the value of one output parameter, None where it is not there."""
    for one in json.get("parameter", ()):
        if one["name"] == name:
            return next(value for key, value in one.items() if key.startswith("value"))
    return None


def says(name: str, value: Any) -> Check:
    """Return a check that an output parameter has a value."""
    return lambda status, json: status == 200 and value_of(json, name) == value


def has_total(total: int, first: str | None = None) -> Check:
    """Return a check of an expansion's total, and of the first code of its page."""

    def check(status: int, json: Any) -> bool:
        if status != 200:
            return False
        expansion = json["expansion"]
        codes = [one["code"] for one in expansion.get("contains", ())]
        return expansion.get("total") == total and (first is None or codes[:1] == [first])

    return check


def is_page(status: int, json: Any) -> bool:
    """Tell whether an answer is an expansion of at most ten, each once."""
    if status != 200:
        return False
    codes = [(one["system"], one["code"]) for one in json["expansion"].get("contains", ())]
    return len(codes) <= 10 and len(codes) == len(set(codes)) <= json["expansion"]["total"]


def is_missing(status: int, json: Any) -> bool:
    """Tell whether an answer is 404 with an OperationOutcome."""
    return status == 404 and json["resourceType"] == "OperationOutcome"
