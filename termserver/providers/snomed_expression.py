"""Post-coordinated expressions over a SNOMED CT edition: which are valid, and what is known of
them.

Source: FHIR, Using SNOMED CT with FHIR, "SNOMED CT Expressions"; SNOMED CT Compositional Grammar
2.3.1.
A member is the text as it was given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from termserver.errors import InvalidExpression, UnknownCode
from termserver.model import (
    Coding,
    Concept,
    Designation,
    Issue,
    Member,
    Ordinal,
    Property,
    PropertyValue,
)
from termserver.providers.snomed_filters import ATTRIBUTE_ROOTS
from termserver.providers.snomed_grammar import (
    Attribute,
    Expression,
    Plain,
    Reference,
    parse_expression,
)
from termserver.providers.snomed_groups import groups_with_inherited
from termserver.providers.snomed_mrcm import ModelRules
from termserver.providers.snomed_properties import (
    COLUMN_PROPERTIES,
    column_values,
    default_properties,
    term_of,
)
from termserver.providers.snomed_subsumption import (
    AnyGroup,
    AnyValue,
    Meaning,
    Nested,
    Subsumption,
)
from termserver.providers.snomed_text import ExpressionText, concrete_of
from termserver.providers.stored import StoredProvider
from termserver.systems import PREFERRED_FOR_LANGUAGE

_PREFERRED = Coding(
    system=PREFERRED_FOR_LANGUAGE, code="preferredForLanguage", display="Preferred For Language"
)
_UNCHECKED = Issue(
    severity="information",
    code="informational",
    tx_type="process-note",
    text="The expression is grammatically correct and the concepts are valid, but the expression "
    "has not been checked against the SNOMED CT concept model (MRCM)",
    expression="code",
)
_MARKS = frozenset(":+|{}=<")
"""Without any of these a text is no try at an expression, and nothing is said of its grammar."""


class Expressions:
    """Expressions over one edition. Keeps nothing: an expression is read where it is asked
    about.
    """

    notes: tuple[Issue, ...] = (_UNCHECKED,)

    def __init__(self, stored: StoredProvider) -> None:
        """Take the edition."""
        self._stored = stored
        self.model_rules = ModelRules(stored)
        self._text = ExpressionText(stored, self.model_rules)

    # -- validity ----------------------------------------------------------------------------

    def find(self, text: str) -> Member | None:
        """Return `text` where it is a valid expression, the concept where it is one concept
        alone.
        """
        try:
            found = self._checked(text)
        except (InvalidExpression, UnknownCode):
            return None
        return self._ordinal(found.focus[0]) if found.is_plain else text

    def why_unknown(self, text: str) -> Issue | None:
        """Return why `text` is no valid expression, None where it is valid or no try at one."""
        if not _MARKS & set(text):
            return None
        try:
            self._checked(text)
        except (InvalidExpression, UnknownCode) as fault:
            return Issue(
                severity="information",
                code="code-invalid",
                tx_type="invalid-code",
                text=f"Not a valid expression: {fault.text}",
                expression="code",
            )
        return None

    def _checked(self, text: str) -> Expression:
        """Return the tree of an expression whose concepts exist and whose attributes are
        attributes.

        Raises: InvalidExpression, UnknownCode.
        """
        found = parse_expression(text)
        for reference in _references(found):
            self._ordinal(reference)
        for name in _names(found):
            self._check_attribute(name)
        return found

    def _check_attribute(self, name: Reference) -> None:
        roots = [self._stored.find(code) for code in ATTRIBUTE_ROOTS]
        ordinal = self._ordinal(name)
        below = self._stored.hierarchy.is_below
        if not any(isinstance(root, int) and below(ordinal, root) for root in roots):
            raise UnknownCode(
                f"Concept {name.code} is not valid in this context (must be a descendent of one of "
                f"{','.join(ATTRIBUTE_ROOTS)})"
            )

    def _ordinal(self, reference: Reference) -> Ordinal:
        found = self._stored.find(reference.code)
        if not isinstance(found, int):
            raise UnknownCode(f"Concept {reference.code} is not known")
        return found

    # -- what is known -----------------------------------------------------------------------

    def display(self, text: str) -> str:
        """Return the expression with the display of every concept, without blanks."""
        found = parse_expression(text)
        return self._text.written(found)

    def concept(self, text: str) -> Concept:
        """Return the expression as a concept: its own attributes, and what its focus concepts
        have.
        """
        display = self.display(text)
        return Concept(
            code=text,
            display=display,
            inactive=self.is_inactive(text),
            designations=(Designation(value=display, language="en-US", use=_PREFERRED),),
            properties=tuple(self._properties(parse_expression(text))),
        )

    def is_inactive(self, text: str) -> bool:
        """Tell whether any concept of the expression is inactive."""
        found = _references(parse_expression(text))
        return any(self._stored.is_inactive(self._ordinal(one)) for one in found)

    def property_values(self, text: str, name: str) -> Sequence[PropertyValue]:
        """Return the values of a property: of the refinement and of the focus concepts."""
        found = parse_expression(text)
        if name in {"normalForm", "normalFormTerse"}:
            return [self.normal_form(found, terms=name == "normalForm")]
        if name in COLUMN_PROPERTIES:
            if name == "inactive":
                return [self.is_inactive(text)]
            if name == "sufficientlyDefined":
                return [found.status != "<<<"]
            return column_values(self._stored, self._ordinal(found.focus[0]), name)
        return [one.value for one in self._properties(found) if one.code == name]

    def _properties(self, found: Expression) -> Iterator[Property]:
        """Yield the attributes of the refinement, then those of the focus not narrowed by them."""
        own = [self._property(one) for one in _attributes(found)]
        yield from own
        written_so = {(one.code, one.value) for one in own}
        first = self._ordinal(found.focus[0])
        for focus in found.focus:
            ordinal = self._ordinal(focus)
            for one in default_properties(self._stored, ordinal):
                key = (one.code, one.value)
                column = one.code in COLUMN_PROPERTIES and ordinal != first
                if key not in written_so and not column and not self._is_narrowed(one, own):
                    written_so.add(key)
                    yield one
        for name, steps in (
            ("parent", self._stored.hierarchy.parents),
            ("child", self._stored.hierarchy.children),
        ):
            for step in steps(first):
                code, term = self._stored.code_of(step), self._stored.display_of(step)
                yield Property(code=name, type="code", value=code, description=term)

    def role_groups(self, text: str) -> list[Property]:
        """Return the groups in braces, then those of the focus concepts that they do not imply."""
        found = parse_expression(text)
        written = [[self._property(one) for one in group] for group in found.groups]
        return groups_with_inherited(self._stored, written, self.meaning(found))

    def _is_narrowed(self, inherited: Property, own: Iterable[Property]) -> bool:
        wide = self._stored.find(str(inherited.value)) if inherited.type == "code" else None
        if not isinstance(wide, int):
            return False
        for one in own:
            narrow = self._stored.find(str(one.value))
            same = one.code == inherited.code
            if same and isinstance(narrow, int) and self._stored.hierarchy.is_below(narrow, wide):
                return True
        return False

    def _property(self, one: Attribute) -> Property:
        code_display = term_of(self._stored, one.name.code)
        value = one.value
        if isinstance(value, Reference):
            return Property(
                code=one.name.code,
                type="code",
                value=value.code,
                code_display=code_display,
                description=term_of(self._stored, value.code),
            )
        text = value.text if isinstance(value, Plain) else self._text.written(value)
        kind = {"number": "decimal", "boolean": "boolean"}.get(
            value.kind if isinstance(value, Plain) else "", "string"
        )
        plain: PropertyValue = text
        if kind == "decimal":
            plain = float(text)
        elif kind == "boolean":
            plain = text.lower() == "true"
        return Property(code=one.name.code, type=kind, value=plain, code_display=code_display)

    def normal_form(self, found: Expression, *, terms: bool) -> str:
        """Return focus concepts and all groups, inherited ones too, as one expression."""
        return self._text.normal_form(self.meaning(found), terms=terms)

    # -- subsumption -------------------------------------------------------------------------

    def meaning_of(self, member: Member) -> Meaning:
        """Return what a member means: a concept is its own focus."""
        if isinstance(member, str):
            return self.meaning(parse_expression(member))
        return Meaning(focus=frozenset({member}))

    def meaning(self, found: Expression) -> Meaning:
        """Return what an expression means. Raises: UnknownCode."""
        alone = [
            frozenset({(self._ordinal(one.name), self.value_of(one))}) for one in found.attributes
        ]
        grouped = [
            frozenset((self._ordinal(one.name), self.value_of(one)) for one in group)
            for group in found.groups
        ]
        groups: list[AnyGroup] = [*alone, *grouped]
        return Meaning(
            focus=frozenset(self._ordinal(one) for one in found.focus),
            groups=frozenset(groups),
            sufficient=found.status != "<<<",
        )

    def value_of(self, one: Attribute) -> AnyValue:
        """Return what the value of an attribute means. Raises: UnknownCode."""
        if isinstance(one.value, Reference):
            return self._ordinal(one.value)
        if isinstance(one.value, Expression):
            return Nested(meaning=self.meaning(one.value))
        return concrete_of(one.value)

    def satisfies(self, operator: str, root: Ordinal, text: str) -> bool:
        """Tell whether a hierarchical filter holds for an expression.

        `child-of` and `descendent-leaf` never do: they ask for concepts of the release.
        """
        meaning, subsumption = self.meaning_of(text), Subsumption(self._stored)
        top = Meaning(focus=frozenset({root}))
        below = subsumption.is_below(meaning, root)
        if operator == "is-a":
            return below
        if operator == "is-not-a":
            return not below
        above = subsumption.subsumes(meaning, top)
        if operator == "generalizes":
            return above
        return operator in {"descendent-of", "descendant-of"} and below and not above

    def subsumes(self, ancestor: Member, member: Member) -> bool:
        """Tell whether `member` is below `ancestor` or means the same."""
        above, below = self.meaning_of(ancestor), self.meaning_of(member)
        subsumption = Subsumption(self._stored)
        if isinstance(ancestor, int):
            return subsumption.is_below(below, ancestor)
        return subsumption.subsumes(above, below)

    def equivalent(self, one: Member, other: Member) -> bool:
        """Tell whether each subsumes the other."""
        return self.subsumes(one, other) and self.subsumes(other, one)


def _attributes(found: Expression) -> list[Attribute]:
    return [*found.attributes, *(one for group in found.groups for one in group)]


def _references(found: Expression) -> Iterator[Reference]:
    """Yield every concept of an expression, nested ones too."""
    yield from found.focus
    for one in _attributes(found):
        yield one.name
        if isinstance(one.value, Reference):
            yield one.value
        elif isinstance(one.value, Expression):
            yield from _references(one.value)


def _names(found: Expression) -> Iterator[Reference]:
    for one in _attributes(found):
        yield one.name
        if isinstance(one.value, Expression):
            yield from _names(one.value)
