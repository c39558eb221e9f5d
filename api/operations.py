"""One table per FHIR operation: what it takes.

Reading requests, the CapabilityStatement, OpenAPI and docs/reference/operations.md are all made
from these rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Use = Literal["taken", "ignored", "refused"]
"""taken: it acts; ignored: defined, of no effect here (the doc says why); refused: an error."""

Level = Literal["system", "type", "instance"]

BOTH = ("4.0", "5.0")
R4 = ("4.0",)
R5 = ("5.0",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One input parameter.

    `defined` are the releases whose OperationDefinition has it (empty: the ecosystem's or our own);
    every spelling is accepted at both bases. `alias_of` names the parameter that it is a spelling
    of. `many` says that it may be repeated. `parts` are the parameters inside it.
    """

    name: str
    type: str
    doc: str = ""
    many: bool = False
    required: bool = False
    use: Use = "taken"
    defined: tuple[str, ...] = BOTH
    alias_of: str | None = None
    parts: tuple[Parameter, ...] = ()

    @property
    def key(self) -> str:
        """Return the name under which the value is kept."""
        return self.alias_of or self.name

    @property
    def is_primitive(self) -> bool:
        """Tell whether a query string can carry it."""
        return self.type[0].islower() and not self.parts

    @property
    def cardinality(self) -> str:
        """Return the cardinality as FHIR writes it."""
        return f"{int(self.required)}..{'*' if self.many else '1'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation: where it is found, what it takes, which parameters exclude each other.

    `exclusive` are groups of which at most one may be given; `needs` groups of which at least one
    must be (at instance level those of `scope` come from the instance and are refused).
    """

    code: str
    resource: str | None
    levels: tuple[Level, ...]
    definition: str
    doc: str
    parameters: tuple[Parameter, ...]
    scope: tuple[str, ...] = ()
    exclusive: tuple[tuple[str, ...], ...] = ()
    needs: tuple[tuple[str, ...], ...] = ()
    body_resource: str | None = None
    """The parameter that a bare resource as body stands for."""
    affects_state: bool = False
    takes_content: bool = True
    _index: dict[str, Parameter] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index the parameters by name."""
        self._index.update({one.name: one for one in self.parameters})

    def find_parameter(self, name: str) -> Parameter | None:
        """Return the parameter of that name, None if the operation has none."""
        return self._index.get(name)

    @property
    def path(self) -> str:
        """Return the path below the base, as `ValueSet/$expand`."""
        return f"{self.resource}/${self.code}" if self.resource else f"${self.code}"


def operations() -> tuple[Operation, ...]:
    """Return every operation, system level last."""
    from api.tables import codesystem, conceptmap, namingsystem, system, valueset

    return (
        *codesystem.OPERATIONS,
        *valueset.OPERATIONS,
        *conceptmap.OPERATIONS,
        *namingsystem.OPERATIONS,
        *system.OPERATIONS,
    )


def operation_index() -> dict[tuple[str | None, str], Operation]:
    """Return (resource type or None, code) -> operation."""
    return {(one.resource, one.code): one for one in operations()}
