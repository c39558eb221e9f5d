"""HGVS expressions (varnomen.hgvs.org): recognised by their grammar, not listed.

Source: HGVS Nomenclature, version 21; FHIR's page "Using HGVS" (system http://varnomen.hgvs.org, no
version, case matters). Told is whether an expression is well formed. Whether its reference sequence
has such a position or such letters there is not asked: that needs the sequences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from termserver.errors import InvalidValueSet
from termserver.model import (
    CodeSystem,
    Concept,
    FilterClause,
    Property,
    PropertyDefinition,
    PropertyValue,
)
from termserver.providers.grammar import GrammarProvider
from termserver.providers.hgvs_nucleotide import Nucleotides
from termserver.providers.hgvs_protein import Protein
from termserver.providers.hgvs_reference import read_reference
from termserver.providers.hgvs_text import HgvsFault, Scan
from termserver.systems import HGVS

_MAX_LENGTH = 5000
_NAMES = {
    "c": "coding DNA",
    "g": "genomic DNA",
    "m": "mitochondrial DNA",
    "n": "non-coding DNA",
    "o": "circular genomic DNA",
    "p": "protein",
    "r": "RNA",
}
_SYSTEM = CodeSystem(
    url=HGVS,
    id="hgvs",
    name="HGVS",
    title="HGVS Nomenclature: descriptions of sequence variants",
    status="active",
    content="complete",
    case_sensitive=True,
    compositional=True,
    language="en",
    properties=(
        PropertyDefinition(
            code="reference-sequence", type="string", description="What positions count along"
        ),
        PropertyDefinition(
            code="sequence-type",
            type="string",
            description="Kind of sequence (c, g, m, n, o, p, r)",
        ),
        PropertyDefinition(
            code="change",
            type="string",
            description="Kind of change: substitution, del, dup, ins, delins, repeat, fs …",
        ),
        PropertyDefinition(
            code="predicted", type="boolean", description="The change stands in parentheses"
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """What an expression says of itself. `changes` are kinds of change, each once, in order."""

    reference: str
    letter: str
    changes: tuple[str, ...]
    predicted: bool


def hgvs_system() -> CodeSystem:
    """Return the code system's own facts; it has no version."""
    return _SYSTEM


def hgvs_provider() -> GrammarProvider:
    """Return the provider of HGVS expressions."""
    return GrammarProvider(
        HgvsExpressions(),
        unlisted=f"The code system '{HGVS}' cannot be expanded because its codes cannot be "
        "iterated or enumerated in any meaningful sense",
    )


def read_hgvs(text: str) -> Variant:
    """Return what a well-formed expression says. Raises: HgvsFault with reason and place."""
    if len(text) > _MAX_LENGTH:
        raise HgvsFault(f"expressions of more than {_MAX_LENGTH} characters are not read", 1)
    scan = Scan(text)
    reference = read_reference(scan)
    if scan.done:
        raise scan.fault("the change is missing")
    reader = Protein() if reference.letter == "p" else Nucleotides(reference.letter)
    reader.read(scan)
    return Variant(
        reference=reference.text,
        letter=reference.letter,
        changes=tuple(dict.fromkeys(scan.changes)),
        predicted=scan.predicted,
    )


class HgvsExpressions:
    """The grammar of HGVS expressions (see `providers.grammar.Grammar`)."""

    @property
    def system(self) -> CodeSystem:
        """Return the code system's facts."""
        return _SYSTEM

    def find(self, code: str) -> str | None:
        """Return a well-formed expression as it is, None for any other text."""
        try:
            read_hgvs(code)
        except HgvsFault:
            return None
        return code

    def concept(self, code: str) -> Concept:
        """Return the expression, which is its own display, with its properties."""
        properties = tuple(
            Property(code=one.code, type=one.type, value=value)
            for one in _SYSTEM.properties
            for value in self.property_values(code, one.code)
        )
        return Concept(code=code, display=code, properties=properties)

    def contains(self, clause: FilterClause, code: str) -> bool:
        """Raise InvalidValueSet: HGVS expressions have no filters."""
        raise InvalidValueSet(
            f"'{HGVS}' has no filter '{clause.property} {clause.op}', and no other either"
        )

    def property_values(self, code: str, name: str) -> Sequence[PropertyValue]:
        """Return what the expression says of itself; empty for an unknown property."""
        found = read_hgvs(code)
        match name:
            case "reference-sequence":
                return (found.reference,)
            case "sequence-type":
                return (f"{found.letter} ({_NAMES[found.letter]})",)
            case "change":
                return found.changes
            case "predicted":
                return (found.predicted,)
        return ()

    def why_unknown(self, code: str) -> str | None:
        """Return what is wrong with an expression, and at which character."""
        try:
            read_hgvs(code)
        except HgvsFault as fault:
            return f"'{code}' is no HGVS expression: at character {fault.at}, {fault.text}"
        return None

    def why_outside(self, clause: FilterClause, code: str) -> str | None:
        """Return nothing."""
        return None
