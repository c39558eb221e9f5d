"""UCUM syntax trees -> canonical units: base units with exponents, and the factor between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from termserver.providers.ucum_essence import Atom, Essence
from termserver.providers.ucum_syntax import Node, Number, Term, Unit, parse

# 10*99999 would be a number of that many digits; beyond this the factor is not computed.
_MAX_EXPONENT = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Canonical:
    """`factor` times a product of base units; None where the scale is no ratio (Cel, pH, B).

    Arbitrary units are base units of their own: nothing else is comparable with them (UCUM, 3.24).
    """

    exponents: Mapping[str, int]
    factor: Fraction | None

    @property
    def units(self) -> str:
        """Return the base units in order of their codes (`g.m-3`), `1` where there is none."""
        parts = [
            code if exponent == 1 else f"{code}{exponent}"
            for code, exponent in sorted(self.exponents.items())
        ]
        return ".".join(parts) or "1"


def canonical_of(essence: Essence, term: Term, known: dict[str, Canonical]) -> Canonical:
    """Return the canonical units of a parsed expression.

    `known` keeps the canonical units of atoms from call to call; it starts empty.
    """

    def of_atom(atom: Atom) -> Canonical:
        found = known.get(atom.code)
        if found is None:
            found = known[atom.code] = _atom(essence, atom, of_node)
        return found

    def of_node(node: Node) -> Canonical:
        match node:
            case Number():
                return Canonical(exponents={}, factor=Fraction(node.value))
            case Unit():
                base = of_atom(node.atom)
                if node.prefix is not None:
                    base = _times(base, Canonical(exponents={}, factor=node.prefix.factor), 1)
                return _power(base, node.exponent)
            case Term():
                whole = Canonical(exponents={}, factor=Fraction(1))
                for operator, part in node.parts:
                    whole = _times(whole, of_node(part), -1 if operator == "/" else 1)
                return whole

    return of_node(term)


def _atom(essence: Essence, atom: Atom, of_node: Callable[[Node], Canonical]) -> Canonical:
    if atom.unit is None or (atom.arbitrary and atom.unit == "1"):
        return Canonical(exponents={atom.code: 1}, factor=Fraction(1))
    inner = of_node(parse(essence, atom.unit))
    factor = None if inner.factor is None or atom.factor is None else inner.factor * atom.factor
    return Canonical(exponents=inner.exponents, factor=factor)


def _times(left: Canonical, right: Canonical, sign: int) -> Canonical:
    exponents = dict(left.exponents)
    for code, exponent in right.exponents.items():
        exponents[code] = exponents.get(code, 0) + sign * exponent
    factor = None
    if left.factor is not None and right.factor is not None:
        factor = left.factor * (right.factor if sign > 0 else 1 / right.factor)
    return Canonical(exponents={k: v for k, v in exponents.items() if v}, factor=factor)


def _power(base: Canonical, exponent: int) -> Canonical:
    small = abs(exponent) <= _MAX_EXPONENT
    factor = base.factor**exponent if base.factor is not None and small else None
    return Canonical(
        exponents={code: one * exponent for code, one in base.exponents.items()}, factor=factor
    )
