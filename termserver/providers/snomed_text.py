"""Expressions as text: with the terms of the edition, and in normal form.

Source: SNOMED CT Compositional Grammar 2.3.1; FHIR, Using SNOMED CT with FHIR, "normalForm".
"""

from __future__ import annotations

from collections.abc import Iterable

from termserver.model import Ordinal
from termserver.providers.snomed_definition import Concrete, written
from termserver.providers.snomed_grammar import Attribute, Expression, Plain, Reference
from termserver.providers.snomed_mrcm import ModelRules
from termserver.providers.snomed_properties import term_of
from termserver.providers.snomed_subsumption import AnyGroup, AnyValue, Meaning, Nested, Subsumption
from termserver.providers.stored import StoredProvider


class ExpressionText:
    """Writes expressions over one edition."""

    def __init__(self, stored: StoredProvider, rules: ModelRules) -> None:
        """Take the edition and its concept model, which says what stands outside of groups."""
        self._stored = stored
        self._rules = rules

    def written(self, found: Expression) -> str:
        """Return an expression with the display of every concept, without blanks."""
        return (found.status or "") + self._rendered(found)

    def _rendered(self, found: Expression) -> str:
        focus = "+".join(self._named(one.code) for one in found.focus)
        parts = [self._rendered_attribute(one) for one in found.attributes]
        for group in found.groups:
            parts.append("{" + ",".join(self._rendered_attribute(one) for one in group) + "}")
        return f"{focus}:{','.join(parts)}" if parts else focus

    def _rendered_attribute(self, one: Attribute) -> str:
        value = one.value
        if isinstance(value, Reference):
            text = self._named(value.code)
        elif isinstance(value, Expression):
            text = f"({self._rendered(value)})"
        elif value.kind == "number":
            text = f"#{value.text}"
        else:
            text = written(concrete_of(value), self._name)
        return f"{self._named(one.name.code)}={text}"

    def _named(self, code: str) -> str:
        term = term_of(self._stored, code)
        return f"{code}|{term}|" if term else code

    def _name(self, ordinal: Ordinal) -> str:
        return self._named(self._stored.code_of(ordinal))

    def normal_form(self, meaning: Meaning, *, terms: bool) -> str:
        """Return focus concepts and all groups, inherited ones too, as one expression.

        An attribute without braces is a group of its own, and gets them, unless it is one that
        never is in a group.
        """
        groups = Subsumption(self._stored).needed_groups(meaning)
        mark = "===" if meaning.sufficient else "<<<"
        return f"{mark} {self._refined(meaning, groups, terms=terms)}"

    def _refined(self, meaning: Meaning, groups: Iterable[AnyGroup], *, terms: bool) -> str:
        name = self._name if terms else self._stored.code_of
        alone, grouped = [], []
        for group in groups:
            text = ",".join(sorted(self._attribute_text(one, terms=terms) for one in group))
            if all(self._rules.stands_alone(kind) for kind, _ in group):
                alone.append(text)
            else:
                grouped.append(f"{{{text}}}")
        parts = [*sorted(alone), *sorted(grouped)]
        focus = "+".join(name(one) for one in sorted(meaning.focus))
        return f"{focus}:{','.join(parts)}" if parts else focus

    def _attribute_text(self, one: tuple[Ordinal, AnyValue], *, terms: bool) -> str:
        name = self._name if terms else self._stored.code_of
        kind, value = one
        if isinstance(value, Nested):
            inner = self._refined(value.meaning, value.meaning.groups, terms=terms)
            return f"{name(kind)}=({inner})"
        return f"{name(kind)}={written(value, name)}"


def concrete_of(value: Plain) -> Concrete:
    """Return a number, a text or a truth value as it is compared."""
    if value.kind == "string":
        return Concrete(value.text)
    if value.kind == "boolean":
        return Concrete(value.text.lower() == "true")
    return Concrete(float(value.text) if "." in value.text else int(value.text))
