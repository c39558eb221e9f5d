"""UCUM: which texts are units, what they mean, which are comparable.

Source: UCUM 2.2; THO, "Using UCUM" (filters `canonical`, `comparable`, `property`; the display is
the code).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from termserver.errors import InvalidExpression, InvalidValueSet
from termserver.filters.is_in import listed
from termserver.model import (
    CodeSystem,
    Coding,
    Concept,
    Designation,
    FilterClause,
    FilterDefinition,
    PropertyDefinition,
    PropertyValue,
)
from termserver.providers.grammar import GrammarProvider
from termserver.providers.ucum_canonical import Canonical, canonical_of
from termserver.providers.ucum_essence import Essence, essence_path, essence_version, read_essence
from termserver.providers.ucum_syntax import Node, Number, Term, Unit, parse
from termserver.systems import PREFERRED_FOR_LANGUAGE, SNOMED_CT, SYNONYM, UCUM

NOTICE = (
    "UCUM is Copyright © 1999-2013 Regenstrief Institute, Inc. and The UCUM Organization, "
    "Indianapolis, IN. All rights reserved. See http://unitsofmeasure.org/trac/wiki/TermsOfUse."
)
_CANONICAL = frozenset({"canonical", "comparable"})
_ANALYSIS = Coding(
    system=PREFERRED_FOR_LANGUAGE, code="preferredForLanguage", display="Preferred For Language"
)
_NAME = Coding(system=SNOMED_CT, code=SYNONYM)


def ucum_system(version: str) -> CodeSystem:
    """Return UCUM's own facts."""
    return CodeSystem(
        url=UCUM,
        version=version,
        id="ucum",
        name="UCUM",
        title="Unified Code for Units of Measure",
        status="active",
        content="complete",
        case_sensitive=True,
        compositional=True,
        language="en",
        value_set=f"{UCUM}/vs",
        copyright=NOTICE,
        properties=(
            PropertyDefinition(code="canonical", description="the unit in base units"),
            PropertyDefinition(code="property", description="what the base units measure"),
        ),
        filters=(
            FilterDefinition(code="canonical", operators=("=", "in"), value="UCUM expression"),
            FilterDefinition(code="comparable", operators=("=", "in"), value="UCUM expression"),
            FilterDefinition(code="property", operators=("=",), value="property of a base unit"),
        ),
    )


def ucum_provider(path: Path | None = None) -> GrammarProvider:
    """Return the provider of UCUM, over the installed essence file or another one.

    The tables are read when they are first needed. Raises: InvalidSource where there is no file.
    """
    return GrammarProvider(UcumGrammar(path or essence_path()))


class UcumGrammar:
    """UCUM over one essence file."""

    def __init__(self, path: Path) -> None:
        """Take the essence file; only its version is read at once."""
        self._path = path
        self._system = ucum_system(essence_version(path))
        # Canonical units of atoms met so far: at most as many as the essence has atoms.
        self._atoms: dict[str, Canonical] = {}

    @cached_property
    def _essence(self) -> Essence:
        return read_essence(self._path)

    @property
    def system(self) -> CodeSystem:
        """Return the code system's facts."""
        return self._system

    def find(self, code: str) -> str | None:
        """Return `code` itself where it is a unit, None otherwise."""
        try:
            parse(self._essence, code)
        except InvalidExpression:
            return None
        return code

    def canonical(self, code: str) -> Canonical:
        """Return the canonical units of a code. Raises: InvalidExpression."""
        return canonical_of(self._essence, parse(self._essence, code), self._atoms)

    def comparable(self, left: str, right: str) -> bool:
        """Tell whether two units have the same base units. Raises: InvalidExpression."""
        return self.canonical(left).exponents == self.canonical(right).exponents

    def concept(self, code: str) -> Concept:
        """Return the unit with its reading in words. Raises: InvalidExpression."""
        term = parse(self._essence, code)
        names = [Designation(value=_analysis(term), language="en", use=_ANALYSIS)]
        name = _name(term)
        if name is not None:
            names.append(Designation(value=name, language="en", use=_NAME))
        return Concept(code=code, display=code, designations=tuple(names))

    def contains(self, clause: FilterClause, code: str) -> bool:
        """Tell whether a unit is comparable with the filter's, or has its property."""
        if clause.property in _CANONICAL and clause.op in {"=", "in"}:
            return any(
                self.canonical(code).exponents == self._wanted(clause, one).exponents
                for one in _units(clause)
            )
        if clause.property == "property" and clause.op == "=":
            return self._property(code) == self._base_property(clause.value)
        raise InvalidValueSet(
            f"UCUM has no filter '{clause.property} {clause.op}'; "
            "known: canonical =, canonical in, comparable =, comparable in, property ="
        )

    def property_values(self, code: str, name: str) -> Sequence[PropertyValue]:
        """Return the canonical units, or the property of a base unit."""
        if name == "canonical":
            return [self.canonical(code).units]
        found = self._property(code) if name == "property" else None
        return [found] if found else []

    def why_unknown(self, code: str) -> str | None:
        """Return what is wrong with a text that is no unit, and where."""
        try:
            parse(self._essence, code)
        except InvalidExpression as error:
            return f"Error processing unit '{code}': {error.text}"
        return None

    def why_outside(self, clause: FilterClause, code: str) -> str | None:
        """Return both canonical units where a filter wants others."""
        if clause.property not in _CANONICAL or self.contains(clause, code):
            return None
        wanted = " or ".join(self._wanted(clause, one).units for one in _units(clause))
        own = self.canonical(code).units
        return f"Code {code} has canonical form {own}, not {wanted} as required"

    def _wanted(self, clause: FilterClause, code: str) -> Canonical:
        try:
            return self.canonical(code)
        except InvalidExpression as error:
            raise InvalidValueSet(
                f"The UCUM filter '{clause.property} {clause.op}' needs a unit; "
                f"'{code}' is none: {error.text}"
            ) from error

    def _property(self, code: str) -> str | None:
        exponents = self.canonical(code).exponents
        if len(exponents) != 1:
            return None
        ((base, exponent),) = exponents.items()
        return self._essence.atoms[base].property if exponent == 1 else None

    def _base_property(self, name: str) -> str:
        known = sorted(one.property for one in self._essence.atoms.values() if one.unit is None)
        if name not in known:
            raise InvalidValueSet(
                f"No base unit of UCUM has the property '{name}'; known: {', '.join(known)}"
            )
        return name


def _units(clause: FilterClause) -> tuple[str, ...]:
    return (clause.value,) if clause.op == "=" else listed(clause)


def _unit_name(unit: Unit) -> str:
    return (unit.prefix.name if unit.prefix else "") + unit.atom.name


def _analysis(node: Node) -> str:
    """Return the reading of an expression (`(milligram) / (deciliter)`)."""
    match node:
        case Number():
            return str(node.value)
        case Unit():
            power = "" if node.exponent == 1 else f" ^ {node.exponent}"
            return f"({_unit_name(node)}{power})"
        case Term():
            text = ""
            for operator, part in node.parts:
                inner = _analysis(part)
                if isinstance(part, Term):
                    inner = f"({inner})"
                sign = " / " if operator == "/" else " * "
                text = inner if not text and operator == "." else f"{text}{sign}{inner}"
            return text.strip()


def _name(term: Term) -> str | None:
    """Return the plain name of a unit or of one unit per another (`milligram per deciliter`)."""
    units = [part for _, part in term.parts]
    operators = "".join(operator for operator, _ in term.parts)
    if operators not in {".", "./"}:
        return None
    names = [_unit_name(one) for one in units if isinstance(one, Unit) and one.exponent == 1]
    return " per ".join(names) if len(names) == len(units) else None
