"""Post-coordinated expressions against the concept model of their edition (MRCM).

Asked of each attribute: that the domain of one of its rules includes a focus concept, and that its
value is in the range. What the release has no rows for is not asked, and a constraint that names
concepts which the edition lacks (subsets) decides nothing. Cardinalities and grouping are not
asked.
Source: Release File Specification, 5.2.4.5 to 5.2.4.7 (MRCM reference sets); their content types:
rules for all content and for post-coordinated content hold here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from termserver.errors import InvalidExpression, NotSupported, TooCostly, UnknownCode
from termserver.model import Issue, Ordinal
from termserver.providers.snomed_constraints import Constraints
from termserver.providers.snomed_grammar import Attribute, Expression, Plain, Reference
from termserver.providers.snomed_properties import term_of
from termserver.providers.stored import StoredProvider
from termserver.store.pack import RefsetMember

DOMAINS, ATTRIBUTE_DOMAINS, ATTRIBUTE_RANGES = 723560006, 723561005, 723562003
_CONTENT = frozenset({"723596005", "723595009"})
"""All SNOMED CT content, and post-coordinated content."""
_OPTIONAL = "723598006"
_SLOTS = {"int": "number", "dec": "number", "str": "string", "bool": "boolean"}

Row = Mapping[str, str]
"""The columns of a rule by name."""


class ConceptModel:
    """The concept model of one edition. Its rules are read once, when first asked for."""

    def __init__(self, stored: StoredProvider, constraints: Constraints) -> None:
        """Take the edition and what evaluates the constraints of its rules."""
        self._stored = stored
        self._constraints = constraints

    def findings(self, found: Expression) -> tuple[Issue, ...]:
        """Return what the concept model does not allow, in the order of the expression.

        Warnings, information where the rule is an optional one; empty where all is allowed or the
        edition has no rules.
        """
        return tuple(self._findings(found)) if self._domains else ()

    @cached_property
    def _domains(self) -> dict[str, list[Row]]:
        return self._rules(ATTRIBUTE_DOMAINS)

    @cached_property
    def _ranges(self) -> dict[str, list[Row]]:
        return self._rules(ATTRIBUTE_RANGES)

    @cached_property
    def _constraint_of(self) -> dict[str, str]:
        """Return the ECL of each domain concept that has a row."""
        rows = self._rules(DOMAINS)
        return {code: one[0].get("domainConstraint", "") for code, one in rows.items()}

    def _rules(self, refset: int) -> dict[str, list[Row]]:
        """Return the active rules for such content by attribute (or domain concept)."""
        columns = next((one.columns for one in self._stored.refsets() if one.id == refset), ())
        rules: dict[str, list[Row]] = {}
        for row in self._stored.refset_rows(refset) if columns else ():
            rule = _row(columns, row)
            if row.active and rule.get("contentTypeId", "723596005") in _CONTENT:
                rules.setdefault(str(row.component), []).append(rule)
        return rules

    def _findings(self, found: Expression) -> Iterator[Issue]:
        grouped = [one for group in found.groups for one in group]
        for one in (*found.attributes, *grouped):
            yield from self._of_domain(found.focus, one)
            yield from self._of_range(one)
            if isinstance(one.value, Expression):
                yield from self._findings(one.value)

    def _of_domain(self, focus: Sequence[Reference], one: Attribute) -> Iterator[Issue]:
        rules = self._domains.get(one.name.code, [])
        if any(self._includes(rule["domainId"], code.code) for rule in rules for code in focus):
            return
        domains = ", ".join(self._named(rule["domainId"]) for rule in rules)
        allowed = f"it is for {domains}" if domains else "the edition has no rule for it"
        yield _issue(
            f"The concept model does not allow the attribute {self._named(one.name.code)} with "
            f"{' + '.join(self._named(code.code) for code in focus)}: {allowed}",
            rules,
        )

    def _includes(self, domain: str, code: str) -> bool:
        concept, top = self._stored.find(code), self._stored.find(domain)
        constraint = self._constraint_of.get(domain)
        if isinstance(concept, int) and constraint:
            answer = self._satisfies(constraint, concept)
            if answer is not None:
                return answer
        if not isinstance(concept, int) or not isinstance(top, int):
            return code == domain
        return concept == top or self._stored.hierarchy.is_below(concept, top)

    def _of_range(self, one: Attribute) -> Iterator[Issue]:
        rules = self._ranges.get(one.name.code, [])
        answers = [self._in_range(rule.get("rangeConstraint", ""), one) for rule in rules]
        if not answers or True in answers or None in answers:
            return
        ranges = " or ".join(rule.get("rangeConstraint", "") for rule in rules)
        yield _issue(
            f"The concept model does not allow the value {self._value(one)} of the attribute "
            f"{self._named(one.name.code)}: its range is {ranges}",
            rules,
        )

    def _in_range(self, constraint: str, one: Attribute) -> bool | None:
        """Tell whether a value is in a range; None where this edition cannot tell."""
        slot = _SLOTS.get(constraint.strip().partition("(")[0])
        if slot is not None or isinstance(one.value, Plain):
            return isinstance(one.value, Plain) and one.value.kind == slot
        focus = one.value.focus if isinstance(one.value, Expression) else (one.value,)
        members = [self._stored.find(code.code) for code in focus]
        answers = [self._satisfies(constraint, it) for it in members if isinstance(it, int)]
        return True if True in answers else None if None in answers else False

    def _satisfies(self, constraint: str, concept: Ordinal) -> bool | None:
        try:
            return self._constraints.contains(constraint, concept)
        except (InvalidExpression, NotSupported, TooCostly, UnknownCode):
            return None

    def _value(self, one: Attribute) -> str:
        if isinstance(one.value, Plain):
            return one.value.text
        focus = one.value.focus if isinstance(one.value, Expression) else (one.value,)
        return " + ".join(self._named(code.code) for code in focus)

    def _named(self, code: str) -> str:
        term = term_of(self._stored, code)
        return f"{code} |{term}|" if term else code


def _row(columns: Sequence[str], row: RefsetMember) -> Row:
    return dict(zip(columns, row.fields, strict=False))


def _issue(text: str, rules: Sequence[Row]) -> Issue:
    optional = all(rule.get("ruleStrengthId") == _OPTIONAL for rule in rules)
    return Issue(
        severity="information" if optional else "warning",
        code="business-rule",
        tx_type="code-rule",
        text=text,
        expression="code",
    )
