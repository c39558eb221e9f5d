"""The rules of the concept model (MRCM) that an edition's reference sets hold for expressions.

Source: Release File Specification, 5.2.4.4 to 5.2.4.7. Of the content types, rules for all content
and rules for post-coordinated content hold here. Which reference sets apply to an edition is told
by its module scope; where that is not there, the international ones apply.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from termserver.model import Ordinal
from termserver.providers.stored import StoredProvider
from termserver.store.pack import Refset

DOMAINS, ATTRIBUTE_DOMAINS, ATTRIBUTE_RANGES = 723560006, 723561005, 723562003
MODULE_SCOPE = 723563008
_CONTENT = frozenset({"723596005", "723595009"})
"""All SNOMED CT content, and post-coordinated content."""
_OPTIONAL = "723598006"
_CARDINALITY = re.compile(r"\s*(\d+)\s*\.\.\s*(\d+|\*)\s*")
_MODULE = re.compile(r"/x?sct/(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cardinality:
    """How often an attribute may stand; `most` None: without limit."""

    least: int = 0
    most: int | None = None

    def allows(self, number: int) -> bool:
        """Tell whether so many are allowed."""
        return self.least <= number and (self.most is None or number <= self.most)

    def __str__(self) -> str:
        return f"{self.least}..{'*' if self.most is None else self.most}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainRule:
    """An attribute's use in one domain. `grouped` False: it never stands in a role group."""

    attribute: str
    domain: str
    grouped: bool
    times: Cardinality
    in_group: Cardinality
    optional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeRule:
    """The values of an attribute: ECL, or a slot for concrete values (`int(>#0..)`)."""

    constraint: str
    optional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """All rules by attribute, and the ECL of each domain concept that has a row."""

    domains: Mapping[str, tuple[DomainRule, ...]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[RangeRule, ...]] = field(default_factory=dict)
    constraints: Mapping[str, str] = field(default_factory=dict)

    @property
    def required(self) -> list[DomainRule]:
        """Return the rules of attributes that a domain's concepts must have."""
        return [one for rules in self.domains.values() for one in rules if one.times.least > 0]


class ModelRules:
    """The rules of one edition, read once when first asked for."""

    def __init__(self, stored: StoredProvider) -> None:
        """Take the edition."""
        self._stored = stored

    @cached_property
    def rules(self) -> Rules:
        """Return all rules; no domains where the edition has none."""
        return read_rules(self._stored)

    def stands_alone(self, attribute: Ordinal) -> bool:
        """Tell whether an attribute is never in a role group (laterality, counts of a product).

        Where no rule says so: whether none of the edition's rows with it is in one.
        """
        rules = self.rules.domains.get(self._stored.code_of(attribute), ())
        if rules:
            return not any(rule.grouped for rule in rules)
        index = self._stored.attribute_index
        rows = index.group[index.slice_of(attribute)]
        concrete = index.concrete.group[index.concrete_slice_of(attribute)]
        return len(rows) + len(concrete) > 0 and not (rows.any() or concrete.any())


def read_rules(stored: StoredProvider) -> Rules:
    """Return the rules of an edition; no domains where it has none. Cost: reads a few hundred
    rows.
    """
    domains: dict[str, list[DomainRule]] = {}
    ranges: dict[str, list[RangeRule]] = {}
    constraints: dict[str, str] = {}
    for refset in _refsets(stored):
        for component, row in _rows(stored, refset):
            optional = row.get("ruleStrengthId") == _OPTIONAL
            if "domainId" in row:
                domains.setdefault(component, []).append(
                    _domain_rule(component, row, optional=optional)
                )
            elif "rangeConstraint" in row:
                rule = RangeRule(constraint=row["rangeConstraint"], optional=optional)
                ranges.setdefault(component, []).append(rule)
            elif "domainConstraint" in row:
                constraints.setdefault(component, row["domainConstraint"])
    return Rules(
        domains={code: tuple(rules) for code, rules in domains.items()},
        ranges={code: tuple(rules) for code, rules in ranges.items()},
        constraints=constraints,
    )


def _refsets(stored: StoredProvider) -> list[Refset]:
    """Return the reference sets with rules for the edition's module, else the international."""
    module = _MODULE.search(stored.system.version or "")
    scope = next((one for one in stored.refsets() if one.id == MODULE_SCOPE), None)
    named: set[int] = set()
    if scope is not None and module is not None:
        for component, row in _rows(stored, scope):
            ruled = row.get("mrcmRuleRefsetId", "")
            if component == module[1] and ruled.isdecimal():
                named.add(int(ruled))
    wanted = named or {DOMAINS, ATTRIBUTE_DOMAINS, ATTRIBUTE_RANGES}
    return [one for one in stored.refsets() if one.id in wanted]


def _rows(stored: StoredProvider, refset: Refset) -> Iterable[tuple[str, Mapping[str, str]]]:
    """Yield (referenced component, columns by name) of the active rows for expressions."""
    for one in stored.refset_rows(refset.id):
        row = dict(zip(refset.columns, one.fields, strict=False))
        if one.active and row.get("contentTypeId", "723596005") in _CONTENT:
            yield str(one.component), row


def _domain_rule(attribute: str, row: Mapping[str, str], *, optional: bool) -> DomainRule:
    return DomainRule(
        attribute=attribute,
        domain=row["domainId"],
        grouped=row.get("grouped") != "0",
        times=_cardinality(row.get("attributeCardinality", "")),
        in_group=_cardinality(row.get("attributeInGroupCardinality", "")),
        optional=optional,
    )


def _cardinality(text: str) -> Cardinality:
    """Return a cardinality; one that cannot be read allows any number."""
    match = _CARDINALITY.fullmatch(text)
    if match is None:
        return Cardinality()
    return Cardinality(least=int(match[1]), most=None if match[2] == "*" else int(match[2]))
