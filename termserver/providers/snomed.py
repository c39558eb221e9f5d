"""SNOMED CT: a stored edition with its own filters, properties, dialects and expressions.

Source: FHIR, Using SNOMED CT with FHIR. A member is a concept's ordinal, or the text of a
post-coordinated expression.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from termserver import filters
from termserver.conceptset import ConceptSet
from termserver.deadline import UNLIMITED, Check
from termserver.dialects import first_preferred
from termserver.errors import NotSupported
from termserver.fhirjson import property_code
from termserver.filters.source import CODE_WORDS
from termserver.hierarchy import Hierarchy
from termserver.index.attributes import AttributeIndex
from termserver.index.rows import PageRows
from termserver.model import (
    CodeSystem,
    Concept,
    Designation,
    FilterClause,
    Issue,
    Member,
    Ordinal,
    Property,
    PropertyValue,
)
from termserver.providers import snomed_columns as columns
from termserver.providers import snomed_filters as own
from termserver.providers.snomed_constraints import Constraints
from termserver.providers.snomed_definition import normal_form
from termserver.providers.snomed_expression import Expressions
from termserver.providers.snomed_grammar import parse_expression
from termserver.providers.snomed_groups import ROLE_GROUP, role_groups
from termserver.providers.snomed_model import ConceptModel
from termserver.providers.snomed_properties import (
    COLUMN_PROPERTIES,
    NORMAL_FORMS,
    ON_REQUEST,
    column_rows,
    column_values,
    default_properties,
    term_of,
)
from termserver.providers.snomed_source import SnomedSource
from termserver.providers.stored import StoredProvider
from termserver.store.pack import Refset, RefsetMember
from termserver.store.reader import ConceptFacts, DesignationRow

_HIERARCHICAL = filters.HIERARCHICAL


class SnomedProvider:
    """A CodeSystemProvider over one SNOMED CT edition. Keeps nothing that a pack does not."""

    def __init__(self, stored: StoredProvider, *, dialects: Sequence[int] = ()) -> None:
        """Take the edition, and the language reference sets to prefer (none: the edition's own)."""
        self.stored = stored
        self._dialects = tuple(dialects)
        self._expressions = Expressions(stored)
        self._constraints = Constraints(stored, self._expressions)
        self._columns = columns.ColumnFilters(stored, self._constraints.source.columns)
        self._model = ConceptModel(stored, self._constraints, self._expressions)

    @property
    def system(self) -> CodeSystem:
        """Return the code system's own facts."""
        return self.stored.system

    @property
    def hierarchy(self) -> Hierarchy:
        """Return the is-a graph."""
        return self.stored.hierarchy

    @cached_property
    def edition_name(self) -> str | None:
        """Return what people call the edition ("International Edition"), None if it has no name."""
        title = (self.system.title or "").partition(",")[0].removeprefix("SNOMED CT ")
        return title if title.endswith("Edition") else None

    @property
    def shows_default_terms(self) -> bool:
        """Tell whether displays are the edition's own: no other dialect was asked for."""
        return not self._dialects

    # -- codes -------------------------------------------------------------------------------

    def find(self, code: str) -> Member | None:
        """Return the concept of an identifier, or `code` itself where it is a valid expression.

        An expression of one concept alone (`73211009 |Diabetes mellitus|`) is that concept.
        """
        found = self.stored.find(code)
        return found if found is not None or code.isdigit() else self._expressions.find(code)

    def why_unknown(self, code: str) -> Issue | None:
        """Return an information issue on why `code` is no expression, None where it is none at
        all.
        """
        return self._expressions.why_unknown(code)

    def notes(self, member: Member, check: Check = UNLIMITED.check) -> tuple[Issue, ...]:
        """Return what is to be said of a valid member ($validate-code of the code system).

        Of an expression: what the edition's concept model does not allow, otherwise that it may not
        have been checked against the whole of it.
        """
        if not isinstance(member, str):
            return ()
        return self._model.findings(parse_expression(member), check) or self._expressions.notes

    def code_of(self, member: Member) -> str:
        """Return the identifier, or the expression as it was given."""
        return member if isinstance(member, str) else self.stored.code_of(member)

    def display_of(self, member: Member) -> str | None:
        """Return the preferred term of the default dialect; an expression with its terms."""
        if isinstance(member, str):
            return self._expressions.display(member)
        own = self.stored.display_of(member)
        if not self._dialects:
            return own
        return first_preferred(tuple(self.stored.designations(member)), self._dialects) or own

    def concept(self, member: Member) -> Concept:
        """Return all that is known of a concept or an expression. Raises: UnknownCode."""
        if isinstance(member, str):
            return self._expressions.concept(member)
        return self._whole(member, self.stored.concept(member))

    def concepts(self, members: Sequence[Member]) -> list[Concept]:
        """Return `concept` of each, in the given order, in few reads."""
        ordinals = [one for one in members if not isinstance(one, str)]
        known = dict(zip(ordinals, self.stored.concepts(ordinals), strict=True))
        return [
            self._expressions.concept(one) if isinstance(one, str) else self._whole(one, known[one])
            for one in members
        ]

    def brief(self, members: Sequence[Member], *, names: bool) -> list[Concept]:
        """Return concepts without properties (`termserver.providers.brief`)."""
        if self._dialects or any(isinstance(one, str) for one in members):
            return self.concepts(members)
        return self.stored.brief(members, names=names)

    @property
    def page_rows(self) -> PageRows | None:
        """Return the rows of expansions, None where displays are of other dialects."""
        return None if self._dialects else self.stored.page_rows

    def _whole(self, ordinal: Ordinal, concept: Concept) -> Concept:
        properties = default_properties(self.stored, ordinal, concept.properties)
        display = self.display_of(ordinal) if self._dialects else concept.display
        return replace(concept, display=display, properties=properties)

    # -- sets --------------------------------------------------------------------------------

    def all(self) -> ConceptSet:
        """Return every concept, inactive ones too; expressions cannot be listed."""
        return self.stored.all()

    def inactive(self) -> ConceptSet:
        """Return the inactive concepts."""
        return self.stored.inactive()

    def abstract(self) -> ConceptSet:
        """Return the empty set: SNOMED CT knows no abstract concepts."""
        return self.stored.abstract()

    def is_inactive(self, member: Member) -> bool:
        """Tell whether a concept is inactive, or any concept of an expression."""
        if isinstance(member, str):
            return self._expressions.is_inactive(member)
        return self.stored.is_inactive(member)

    def is_abstract(self, member: Member) -> bool:
        """Tell whether a member is not for selection."""
        return not isinstance(member, str) and self.stored.is_abstract(member)

    # -- questions ---------------------------------------------------------------------------

    def select(self, clause: FilterClause) -> ConceptSet:
        """Return the concepts that satisfy a filter clause.

        Raises: UnknownCode, InvalidValueSet, InvalidExpression (ECL), NotSupported.
        """
        if own.is_refset_filter(self.stored, clause):
            return own.select_members(self.stored, clause)
        if clause.property == "constraint":
            return self._constraints.select(own.constraint_of(clause))
        if clause.property == "expressions":
            return own.select_expressions(self.stored, clause)
        if own.is_attribute_filter(self.stored, clause):
            return own.select_attribute(self.stored, clause)
        _refuse_normal_form(clause)
        name = property_code(self.system, clause.property)
        if name in COLUMN_PROPERTIES and clause.op in columns.OPERATORS and clause.value:
            return self._columns.select(name, clause)
        return filters.select(self, clause)

    def contains(self, clause: FilterClause, member: Member) -> bool:
        """Tell whether a concept or an expression satisfies a filter clause."""
        if clause.property == "expressions":
            allowed = own.check_expressions(clause)
            return allowed or not isinstance(member, str)
        if clause.property == "constraint":
            return self._constraints.contains(own.constraint_of(clause), member)
        if isinstance(member, str):
            return self._expression_satisfies(clause, member)
        if own.is_refset_filter(self.stored, clause):
            return member in own.select_members(self.stored, clause)
        if own.is_attribute_filter(self.stored, clause):
            return own.contains_attribute(self.stored, clause, self.stored.properties(member))
        _refuse_normal_form(clause)
        return filters.contains(self, clause, member)

    def select_until(self, clause: FilterClause, check: Check) -> ConceptSet:
        """Return `select`, stopped by `check` where the filter is an expression constraint."""
        if clause.property != "constraint" or own.is_refset_filter(self.stored, clause):
            return self.select(clause)
        return self._constraints.select(own.constraint_of(clause), check)

    def contains_until(self, clause: FilterClause, member: Member, check: Check) -> bool:
        """Return `contains`, stopped by `check` where the filter is an expression constraint."""
        if clause.property != "constraint":
            return self.contains(clause, member)
        return self._constraints.contains(own.constraint_of(clause), member, check)

    def _expression_satisfies(self, clause: FilterClause, member: str) -> bool:
        """Answer for an expression: by subsumption, by its attributes and what its focus concepts
        have; never in a reference set.
        """
        if own.is_refset_filter(self.stored, clause):
            own.select_members(self.stored, clause)
            return clause.op != "in"
        if clause.property in CODE_WORDS and clause.op in _HIERARCHICAL:
            return self._expressions.satisfies(clause.op, self._root(clause), member)
        if own.is_attribute_filter(self.stored, clause):
            return own.contains_attribute(self.stored, clause, self.properties(member))
        _refuse_normal_form(clause)
        # the operators that are left compare values of properties, whatever the member is
        return filters.contains(self, clause, member)  # type: ignore[arg-type]

    def _root(self, clause: FilterClause) -> Ordinal:
        code = own.known_code(self.stored, clause, clause.value)
        found = self.stored.find(code)
        assert isinstance(found, int)
        return found

    def subsumes(self, ancestor: Member, member: Member) -> bool:
        """Tell whether `member` is properly below `ancestor`; either may be an expression."""
        if isinstance(ancestor, str) or isinstance(member, str):
            return self._expressions.subsumes(ancestor, member)
        return self.stored.subsumes(ancestor, member)

    def same(self, one: Member, other: Member) -> bool:
        """Tell whether two members mean the same: equal, or expressions that subsume each other."""
        if one == other:
            return True
        if isinstance(one, str) or isinstance(other, str):
            return self._expressions.equivalent(one, other)
        return False

    # -- properties --------------------------------------------------------------------------

    def property_codes(self) -> list[str]:
        """Return the codes of all properties: those of the columns, and the attributes in use."""
        return sorted({*self.stored.property_codes(), *COLUMN_PROPERTIES, *NORMAL_FORMS})

    def property_rows(self, property_code: str) -> Iterable[tuple[Ordinal, PropertyValue]]:
        """Yield every value of one property, ascending by concept; nothing if it is unknown."""
        if property_code in COLUMN_PROPERTIES:
            return column_rows(self.stored, property_code)
        return self.stored.property_rows(property_code)

    def property_values(self, member: Member, property_code: str) -> Sequence[PropertyValue]:
        """Return one member's values of one property, normal forms too; empty if none."""
        if isinstance(member, str):
            return self._expressions.property_values(member, property_code)
        if property_code in COLUMN_PROPERTIES:
            return column_values(self.stored, member, property_code)
        if property_code in NORMAL_FORMS:
            return [normal_form(self.stored, member, terms=property_code == "normalForm")]
        return self.stored.property_values(member, property_code)

    def on_request(self, member: Member, names: Collection[str]) -> Sequence[Property]:
        """Return column properties, normal forms and role groups that are named.

        `*`: all but `module`.
        """
        wanted = [one for one in ON_REQUEST if one in names or "*" in names]
        types = {one.code: one.type for one in self.system.properties}
        found = [
            Property(
                code=name,
                type=types.get(name, "string"),
                value=value,
                description=term_of(self.stored, str(value)) if name == "moduleId" else None,
            )
            for name in wanted
            for value in self.property_values(member, name)
        ]
        if ROLE_GROUP in names or "*" in names:
            found.extend(self._role_groups(member))
        return found

    def _role_groups(self, member: Member) -> Sequence[Property]:
        if isinstance(member, str):
            return self._expressions.role_groups(member)
        return role_groups(self.stored, member)

    # -- text --------------------------------------------------------------------------------

    def search(self, text: str) -> ConceptSet:
        """Return the concepts one of whose names matches (rule: termserver.search)."""
        return self.stored.search(text)

    def search_ranked(self, text: str, within: ConceptSet) -> Iterator[Ordinal]:
        """Yield the concepts of `within` that match, those with the best names first."""
        return self.stored.search_ranked(text, within)

    # -- beyond the protocol -----------------------------------------------------------------

    @property
    def ecl_source(self) -> SnomedSource:
        """Return the edition as ECL sees it (`termserver.ecl.evaluate`)."""
        return self._constraints.source

    def designations(self, member: Member) -> list[Designation]:
        """Return one member's designations, inactive ones too."""
        if isinstance(member, str):
            return list(self._expressions.concept(member).designations)
        return self.stored.designations(member)

    def properties(self, member: Member) -> list[Property]:
        """Return one member's attributes."""
        if isinstance(member, str):
            return list(self._expressions.concept(member).properties)
        return self.stored.properties(member)

    def facts(self, member: Member) -> ConceptFacts:
        """Return module, effective time and definition status of a concept."""
        return self.stored.facts(member)

    def iter_designations(self) -> Iterator[DesignationRow]:
        """Yield every designation with its row's columns, by concept."""
        return self.stored.iter_designations()

    @property
    def attribute_index(self) -> AttributeIndex:
        """Return the attribute rows as columns."""
        return self.stored.attribute_index

    def refsets(self) -> Sequence[Refset]:
        """Return the reference sets of the edition."""
        return self.stored.refsets()

    def refset_rows(self, refset: int) -> Iterable[RefsetMember]:
        """Return the rows of one reference set, inactive ones too, by component."""
        return self.stored.refset_rows(refset)

    def refset_rows_of(self, component: int) -> Iterable[RefsetMember]:
        """Return the rows of one component in all reference sets."""
        return self.stored.refset_rows_of(component)


def _refuse_normal_form(clause: FilterClause) -> None:
    if clause.property in NORMAL_FORMS:
        raise NotSupported(
            f"The property '{clause.property}' of SNOMED CT is made on demand and cannot be "
            "filtered by; "
            "use the filter 'constraint' with an expression constraint"
        )
