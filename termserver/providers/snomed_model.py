"""Post-coordinated expressions against the concept model of their edition (MRCM).

Asked of each attribute: that the domain of one of its rules includes a focus concept, that its
value is in the range, that it stands in a role group only where it may, and how often it stands in
a group and in the whole, with what the focus concepts bring. What the release has no rows for is
not asked, and a constraint that names concepts which the edition lacks (subsets) decides nothing.
Source: Release File Specification, 5.2.4.4 to 5.2.4.7: what a mandatory rule does not allow is not
valid (error), what an optional one does not is told (warning).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from termserver.deadline import Check
from termserver.errors import InvalidExpression, NotSupported, TooCostly, UnknownCode
from termserver.model import Issue, Ordinal
from termserver.providers.snomed_constraints import Constraints
from termserver.providers.snomed_expression import Expressions
from termserver.providers.snomed_grammar import Attribute, Expression, Plain, Reference
from termserver.providers.snomed_mrcm import Cardinality, DomainRule, Rules
from termserver.providers.snomed_properties import term_of
from termserver.providers.snomed_slots import fits_slot, is_slot
from termserver.providers.snomed_subsumption import AnyValue, Subsumption
from termserver.providers.stored import StoredProvider

_REFERENCE_SET = "900000000000455006"


class _Rule(Protocol):
    @property
    def optional(self) -> bool: ...


R = TypeVar("R", bound=_Rule)


class ConceptModel:
    """The concept model of one edition."""

    def __init__(
        self, stored: StoredProvider, constraints: Constraints, expressions: Expressions
    ) -> None:
        """Take the edition, what evaluates the constraints of its rules, and what expressions
        mean.
        """
        self._stored = stored
        self._constraints = constraints
        self._expressions = expressions

    def findings(self, found: Expression, check: Check) -> tuple[Issue, ...]:
        """Return what the concept model does not allow, in the order of the expression.

        Errors, warnings where the rule is an optional one, information where an attribute has no
        rule; empty where all is allowed or the edition has no rules. Raises: what `check` does,
        which is called for each attribute.
        """
        return tuple(dict.fromkeys(self._findings(found, check))) if self._rules.domains else ()

    @property
    def _rules(self) -> Rules:
        return self._expressions.model_rules.rules

    def _findings(self, found: Expression, check: Check) -> Iterator[Issue]:
        for one in _attributes(found):
            check()
            yield from self._of_domain(found.focus, one)
            yield from self._of_range(one)
            if isinstance(one.value, Expression):
                yield from self._findings(one.value, check)
        yield from self._of_groups(found)
        yield from self._of_numbers(found)

    # -- domains -----------------------------------------------------------------------------

    def _of_domain(self, focus: Sequence[Reference], one: Attribute) -> Iterator[Issue]:
        rules = self._rules.domains.get(one.name.code, ())
        for some in _by_strength(rules):
            if any(self._applies(rule, focus) is not False for rule in some):
                continue
            domains = ", ".join(self._named(rule.domain) for rule in some)
            yield _issue(f"{self._refused(focus, one)}: it is for {domains}", some)
            return
        if not rules:
            text = f"{self._refused(focus, one)}: the edition has no rule for it"
            yield _issue(text, rules)

    def _refused(self, focus: Sequence[Reference], one: Attribute) -> str:
        return (
            f"The concept model does not allow the attribute {self._named(one.name.code)} with "
            f"{self._all_named(focus)}"
        )

    def _applies(self, rule: DomainRule, focus: Iterable[Reference]) -> bool | None:
        """Tell whether a domain includes a focus concept; None where this edition cannot tell."""
        return _any(self._includes(rule.domain, code.code) for code in focus)

    def _includes(self, domain: str, code: str) -> bool | None:
        concept, top = self._stored.find(code), self._stored.find(domain)
        constraint = self._rules.constraints.get(domain)
        if isinstance(concept, int) and constraint:
            answer = self._satisfies(constraint, concept)
            if answer is not None:
                return answer
        if not isinstance(concept, int) or not isinstance(top, int):
            return True if code == domain else None
        if concept == top or self._stored.hierarchy.is_below(concept, top):
            return True
        return None if self._is_reference_set(top) else False

    def _is_reference_set(self, concept: Ordinal) -> bool:
        """Tell whether a domain is what a reference set has: a row must say how it is meant."""
        above = self._stored.find(_REFERENCE_SET)
        return isinstance(above, int) and self._stored.hierarchy.is_below(concept, above)

    # -- ranges ------------------------------------------------------------------------------

    def _of_range(self, one: Attribute) -> Iterator[Issue]:
        for some in _by_strength(self._rules.ranges.get(one.name.code, ())):
            if _any(self._in_range(rule.constraint, one) for rule in some) is not False:
                continue
            ranges = " or ".join(rule.constraint for rule in some)
            yield _issue(
                f"The concept model does not allow the value {self._value(one)} of the attribute "
                f"{self._named(one.name.code)}: its range is {ranges}",
                some,
            )
            return

    def _in_range(self, constraint: str, one: Attribute) -> bool | None:
        """Tell whether a value is in a range; None where this edition cannot tell."""
        if isinstance(one.value, Plain):
            return fits_slot(constraint, one.value) if is_slot(constraint) else False
        if is_slot(constraint):
            return False
        focus = one.value.focus if isinstance(one.value, Expression) else (one.value,)
        members = [self._stored.find(code.code) for code in focus]
        answer = _any(self._satisfies(constraint, it) for it in members if isinstance(it, int))
        if answer is False and isinstance(one.value, Expression):
            # what the value is refined by may bring it into the range
            return self._satisfies(constraint, one.value)
        return answer

    def _satisfies(self, constraint: str, what: Ordinal | Expression) -> bool | None:
        try:
            if isinstance(what, Expression):
                return self._constraints.holds(constraint, self._expressions.meaning(what))
            return self._constraints.contains(constraint, what)
        except (InvalidExpression, NotSupported, TooCostly, UnknownCode):
            return None

    # -- groups and numbers ------------------------------------------------------------------

    def _of_groups(self, found: Expression) -> Iterator[Issue]:
        """Yield attributes in groups that never are, and too many or too few in one group.

        An attribute without braces is a group of its own where it is a grouped one (Compositional
        Grammar, 6): nothing to find.
        """
        for number, group in enumerate(found.groups, start=1):
            for name in dict.fromkeys(one.name.code for one in group):
                for rule in self._rules_of(name, found.focus):
                    times = self._different(one for one in group if one.name.code == name)
                    if not rule.grouped:
                        text = "in a role group: it stands outside of the braces"
                    elif not rule.in_group.allows(times):
                        text = f"{_times(times)} in the role group {number}: {rule.in_group}"
                    else:
                        continue
                    yield self._issue_of(rule, text)

    def _of_numbers(self, found: Expression) -> Iterator[Issue]:
        """Yield attributes that stand too often or too seldom, inherited values counted."""
        used = dict.fromkeys(one.name.code for one in _attributes(found))
        limited = [
            rule
            for name in used
            for rule in self._rules_of(name, found.focus)
            if rule.times != Cardinality()
        ]
        required = [
            rule
            for rule in self._rules.required
            if rule.attribute not in used and self._applies(rule, found.focus) is True
        ]
        for rule in (*limited, *required):
            number = self._number_of(rule.attribute, found)
            if not rule.times.allows(number):
                yield self._issue_of(rule, f"{_times(number)} in all: {rule.times}")

    def _rules_of(self, name: str, focus: Sequence[Reference]) -> list[DomainRule]:
        """Return the rules of an attribute whose domains do include a focus concept."""
        rules = self._rules.domains.get(name, ())
        return [rule for rule in rules if self._applies(rule, focus) is True]

    def _different(self, attributes: Iterable[Attribute]) -> int:
        return self._count([self._expressions.value_of(one) for one in attributes])

    def _number_of(self, attribute: str, found: Expression) -> int:
        groups = Subsumption(self._stored).all_groups(self._expressions.meaning(found))
        kind = self._stored.find(attribute)
        return self._count([value for group in groups for name, value in group if name == kind])

    def _count(self, values: Sequence[AnyValue]) -> int:
        """Return how many values there are; those that another one implies are redundant."""
        different = list(dict.fromkeys(values))
        narrower = Subsumption(self._stored).is_value_below
        kept: list[AnyValue] = []
        for one in different:
            if not any(narrower(other, one) for other in kept):
                kept = [other for other in kept if not narrower(one, other)]
                kept.append(one)
        return len(kept)

    def _issue_of(self, rule: DomainRule, text: str) -> Issue:
        return _issue(
            f"The concept model does not allow the attribute {self._named(rule.attribute)} {text} "
            f"(domain {self._named(rule.domain)})",
            [rule],
        )

    # -- text --------------------------------------------------------------------------------

    def _value(self, one: Attribute) -> str:
        if isinstance(one.value, Plain):
            return one.value.text
        return self._all_named(
            one.value.focus if isinstance(one.value, Expression) else [one.value]
        )

    def _all_named(self, focus: Iterable[Reference]) -> str:
        return " + ".join(self._named(code.code) for code in focus)

    def _named(self, code: str) -> str:
        term = term_of(self._stored, code)
        return f"{code} |{term}|" if term else code


def _attributes(found: Expression) -> list[Attribute]:
    return [*found.attributes, *(one for group in found.groups for one in group)]


def _by_strength(rules: Sequence[R]) -> list[list[R]]:
    """Return the mandatory rules, then the optional ones; each must be kept by itself."""
    parts = [[one for one in rules if one.optional is optional] for optional in (False, True)]
    return [some for some in parts if some]


def _any(answers: Iterable[bool | None]) -> bool | None:
    """Return whether one is true; None where none is and one is not known, or there are none."""
    found = list(answers)
    if True in found:
        return True
    return None if None in found or not found else False


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _issue(text: str, rules: Sequence[_Rule]) -> Issue:
    mandatory = any(not rule.optional for rule in rules)
    return Issue(
        severity="error" if mandatory else "warning" if rules else "information",
        code="business-rule",
        tx_type="code-rule",
        text=text,
        expression="code",
        in_message=mandatory,
    )
