"""Syntax trees of expression constraints by chance, as the parser would give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random
from typing import Literal, TypeVar

from termserver.ecl import syntax as s

_Item = TypeVar("_Item")

ORDERS: tuple[s.Order, ...] = ("=", "!=", "<", "<=", ">", ">=")


@dataclass(frozen=True, kw_only=True)
class Words:
    """What trees may name. `refsets` gives the fields of each and values they hold."""

    concepts: Sequence[str]
    attributes: Sequence[str]
    refsets: Mapping[str, Mapping[str, Sequence[str]]]
    descriptions: Sequence[str]
    words: Sequence[str]
    texts: Sequence[str]
    numbers: Sequence[str]
    times: Sequence[str]
    modules: Sequence[str]
    statuses: Sequence[str]
    types: Sequence[str]
    dialects: Sequence[str]
    language_refsets: Sequence[str]
    acceptabilities: Sequence[str]
    associations: Sequence[str]
    association_top: str
    language_top: str
    languages: Sequence[str] = ("en", "sv")
    identifiers: Sequence[tuple[str, str]] = ()
    terms: Sequence[str | None] = (None,)


class TreeMaker:
    """Makes trees of a given depth from one source of chance."""

    def __init__(self, random: Random, words: Words) -> None:
        self.random = random
        self.words = words

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def one(self, choices: Sequence[_Item]) -> _Item:
        return self.random.choice(choices)

    def some(self, choices: Sequence[_Item], most: int = 2) -> tuple[_Item, ...]:
        return tuple(self.random.choices(choices, k=self.random.randint(1, most)))

    # -- expressions ---------------------------------------------------------------------------

    def expression(self, depth: int) -> s.Expression:
        kind = self.random.randrange(8) if depth else 0
        if kind < 3:
            return self.sub(depth)
        if kind < 5:
            return self.compound(depth)
        if kind < 7:
            return s.Refined(focus=self.sub(depth - 1), refinement=self.refinement(depth - 1))
        dots = tuple(self.attribute_name(depth - 1) for _ in range(self.random.randint(1, 2)))
        return s.Dotted(focus=self.sub(depth - 1), attributes=dots)

    def compound(self, depth: int) -> s.Compound:
        junction: s.Junction = self.one(["AND", "OR", "MINUS"])
        count = 2 if junction == "MINUS" else self.random.randint(2, 3)
        operands = tuple(self.sub(depth - 1) for _ in range(count))
        return s.Compound(junction=junction, operands=operands)

    def reference(self, codes: Sequence[str]) -> s.ConceptReference:
        return s.ConceptReference(id=self.one(codes), term=self.one(self.words.terms))

    def sub(self, depth: int) -> s.SubExpression:
        operator = self.one([None, None, *s.Operator, s.Operator.DESCENDANT_OR_SELF_OF])
        if self.chance(0.25):
            return self.member(depth, operator if self.chance(0.3) else None)
        filters: list[s.DescriptionFilters | s.ConceptFilters] = []
        while self.chance(0.25):
            filters.append(
                self.description_filters() if self.chance(0.6) else self.concept_filters()
            )
        return s.SubExpression(
            focus=self.focus(depth),
            operator=operator,
            filters=tuple(filters),
            history=self.history() if self.chance(0.08) else None,
        )

    def focus(self, depth: int) -> s.Focus:
        if depth and self.chance(0.25):
            return s.Nested(expression=self.expression(depth - 1))
        if self.chance(0.15):
            return s.Wildcard()
        if self.words.identifiers and self.chance(0.05):
            scheme, code = self.one(self.words.identifiers)
            return s.AlternateIdentifier(scheme=scheme, code=code)
        return self.reference(self.words.concepts)

    def history(self) -> s.History:
        kind = self.random.randrange(3)
        if kind == 0:
            return s.History()
        if kind == 1:
            return s.History(profile=self.one(["MIN", "MOD", "MAX"]))
        one = s.SubExpression(focus=self.reference(self.words.associations))
        other = s.SubExpression(focus=self.reference(self.words.associations))
        above = s.SubExpression(
            focus=s.ConceptReference(id=self.words.association_top), operator=s.Operator.CHILD_OF
        )
        either = s.Compound(junction="OR", operands=(one, other))
        every = s.SubExpression(focus=s.Wildcard())
        subsets: list[s.Expression] = [one, either, above, every]
        return s.History(subset=self.one(subsets))

    # -- members -------------------------------------------------------------------------------

    def member(self, depth: int, operator: s.Operator | None) -> s.SubExpression:
        refset = self.one(list(self.words.refsets))
        fields = self.words.refsets[refset]
        focus: s.Focus = s.ConceptReference(id=refset)
        if self.chance(0.15):
            return s.SubExpression(focus=s.Wildcard(), operator=operator, member_of=s.MemberOf())
        if depth and self.chance(0.15):
            inner = s.SubExpression(focus=focus, operator=self.one([None, *s.Operator]))
            nested = s.Nested(expression=inner)
            return s.SubExpression(focus=nested, operator=operator, member_of=s.MemberOf())
        chosen: tuple[str, ...] = ()
        if self.chance(0.2):
            chosen = self.one([("*",), self.some(["referencedComponentId", *fields])])
        elif "targetComponentId" in fields and self.chance(0.4):
            chosen = ("targetComponentId",)
        filters = tuple(self.member_filters(fields) for _ in range(self.one([0, 0, 1, 1, 2])))
        return s.SubExpression(
            focus=focus,
            operator=operator,
            member_of=s.MemberOf(fields=chosen),
            member_filters=filters,
        )

    def member_filters(self, fields: Mapping[str, Sequence[str]]) -> s.MemberFilters:
        return s.MemberFilters(
            filters=tuple(self.member_filter(fields) for _ in range(self.random.randint(1, 2)))
        )

    def member_filter(self, fields: Mapping[str, Sequence[str]]) -> s.MemberFilter:
        if self.chance(0.3):
            return self.common_filter()
        choices = {**fields, "referencedComponentId": self.words.concepts}
        name = self.one(list(choices))
        value = self.one(choices[name])
        comparison: s.Comparison
        if value in self.words.concepts and self.chance(0.8):
            inner = s.SubExpression(
                focus=s.ConceptReference(id=value), operator=self.one([None, *s.Operator])
            )
            comparison = s.ConceptComparison(negated=self.chance(0.2), value=inner)
        elif value.isdigit() and self.chance(0.5):
            comparison = s.NumberComparison(order=self.one(ORDERS), value=Decimal(value))
        elif self.chance(0.2):
            comparison = s.TimeComparison(order=self.one(ORDERS[2:]), values=self.dates())
        elif self.chance(0.2):
            comparison = s.BooleanComparison(negated=self.chance(0.3), value=self.chance(0.5))
        else:
            texts = [one for one in choices[name] if one] or ["x"]
            terms = tuple(self.text(texts) for _ in range(self.random.randint(1, 2)))
            comparison = s.StringComparison(negated=self.chance(0.3), terms=terms)
        return s.FieldFilter(field=self.one([name, name.upper()]), comparison=comparison)

    # -- refinements ---------------------------------------------------------------------------

    def refinement(self, depth: int) -> s.RefinementSet:
        """Return one that the parser gives: no two attribute sets that would be read as one."""
        count = self.one([1, 1, 2, 3])
        junction: Literal["AND", "OR"] = self.one(["AND", "OR"]) if count > 1 else "AND"
        items: list[s.AttributeSet | s.AttributeGroup | s.RefinementSet] = []
        while len(items) < count:
            last = items[-1] if items else None
            # two sets stand side by side only where what joins the first is not what joins both
            apart = not isinstance(last, s.AttributeSet) or (
                len(last.items) > 1 and last.junction != junction
            )
            kind = self.random.randrange(4)
            if kind == 0:
                items.append(self.group(depth))
            elif kind == 1 and depth:
                items.append(self.bracketed(depth - 1))
            elif apart:
                items.append(self.attribute_set(depth))
        return s.RefinementSet(junction=junction, items=tuple(items))

    def bracketed(self, depth: int) -> s.RefinementSet:
        inner = self.refinement(depth)
        if len(inner.items) == 1 and isinstance(inner.items[0], s.AttributeSet):
            inner = s.RefinementSet(junction="AND", items=(self.group(depth),))
        return s.RefinementSet(junction=inner.junction, items=inner.items, bracketed=True)

    def attribute_set(self, depth: int) -> s.AttributeSet:
        count = self.one([1, 1, 2, 3])
        junction: Literal["AND", "OR"] = self.one(["AND", "OR"])
        items: list[s.Attribute | s.AttributeSet] = []
        for _ in range(count):
            if depth and self.chance(0.15):
                inner = self.attribute_set(depth - 1)
                items.append(
                    s.AttributeSet(junction=inner.junction, items=inner.items, bracketed=True)
                )
            else:
                items.append(self.attribute(depth))
        return s.AttributeSet(junction=junction if count > 1 else "AND", items=tuple(items))

    def group(self, depth: int) -> s.AttributeGroup:
        attributes = self.attribute_set(depth)
        return s.AttributeGroup(
            attributes=self.reversed(attributes) if self.chance(0.3) else attributes,
            cardinality=self.cardinality() if self.chance(0.4) else None,
        )

    def reversed(self, tree: s.AttributeSet) -> s.AttributeSet:
        """Return the attributes reversed, but for those that ask for no concept."""
        items = tuple(
            self.reversed(one)
            if isinstance(one, s.AttributeSet)
            else replace(one, reverse=isinstance(one.comparison, s.ConceptComparison))
            for one in tree.items
        )
        return replace(tree, items=items)

    def cardinality(self) -> s.Cardinality:
        least = self.one([0, 0, 1, 1, 2])
        return s.Cardinality(least=least, most=self.one([None, least, least + 1]))

    def attribute_name(self, depth: int) -> s.SubExpression:
        if self.chance(0.15):
            return s.SubExpression(focus=s.Wildcard())
        if depth and self.chance(0.05):
            return s.SubExpression(focus=s.Nested(expression=self.expression(depth - 1)))
        operator = self.one(
            [None, None, s.Operator.DESCENDANT_OR_SELF_OF, s.Operator.DESCENDANT_OF]
        )
        return s.SubExpression(focus=self.reference(self.words.attributes), operator=operator)

    def attribute(self, depth: int) -> s.Attribute:
        comparison = self.comparison(depth)
        is_concept = isinstance(comparison, s.ConceptComparison)
        return s.Attribute(
            name=self.attribute_name(depth),
            comparison=comparison,
            cardinality=self.cardinality() if self.chance(0.35) else None,
            reverse=is_concept and self.chance(0.15),
        )

    def comparison(self, depth: int) -> s.Comparison:
        negated = self.chance(0.2)
        kind = self.random.randrange(10)
        if kind < 6:
            if self.chance(0.3):
                any_value = s.SubExpression(focus=s.Wildcard())
                return s.ConceptComparison(negated=self.chance(0.1), value=any_value)
            return s.ConceptComparison(negated=negated, value=self.sub(max(depth - 1, 0)))
        if kind < 8:
            value = Decimal(self.one(self.words.numbers))
            return s.NumberComparison(order=self.one(ORDERS), value=value)
        if kind == 8:
            terms = tuple(self.text(self.words.texts) for _ in range(self.random.randint(1, 2)))
            return s.StringComparison(negated=negated, terms=terms)
        return s.BooleanComparison(negated=negated, value=self.chance(0.5))

    # -- filters -------------------------------------------------------------------------------

    def text(self, texts: Sequence[str]) -> s.SearchTerm:
        """Return a search for one of the texts as a whole."""
        text = self.one(texts)
        if self.chance(0.3):
            return self.wild(text)
        return s.SearchTerm(kind="match", text=" ".join(text.split()))

    def wild(self, text: str) -> s.SearchTerm:
        raw = text.replace("\\", "\\\\").replace('"', '\\"')
        cut = self.random.randint(0, len(text)) if raw == text else len(raw)
        return s.SearchTerm(kind="wild", text=self.one([f"{raw[:cut]}*", f"*{raw[cut:]}*", raw]))

    def term(self) -> s.SearchTerm:
        if self.chance(0.3):
            return self.wild(self.one(self.words.words))
        words = [one[: self.random.randint(1, len(one))] for one in self.some(self.words.words, 2)]
        return s.SearchTerm(kind="match", text=" ".join(" ".join(words).split()))

    def dates(self) -> tuple[str, ...]:
        return self.some([*self.words.times, *self.words.times, ""], 2)

    def description_filters(self) -> s.DescriptionFilters:
        count = self.random.randint(1, 2)
        return s.DescriptionFilters(filters=tuple(self.description_filter() for _ in range(count)))

    def description_filter(self) -> s.DescriptionFilter:
        negated = self.chance(0.15)
        kind = self.random.randrange(12)
        if kind < 3:
            terms = tuple(self.term() for _ in range(self.random.randint(1, 2)))
            return s.TermFilter(negated=negated, terms=terms)
        if kind == 3:
            return s.LanguageFilter(negated=negated, codes=self.some(self.words.languages))
        if kind == 4:
            tokens = ["synonym", "fullyspecifiedname", "definition"]
            return s.TypeFilter(negated=negated, tokens=self.some(tokens))
        if kind == 5:
            return s.TypeIdFilter(negated=negated, value=self.concepts(self.words.types))
        if kind == 6:
            ids = self.some(self.words.descriptions, 3)
            return s.DescriptionIdFilter(negated=negated, ids=ids)
        return self.dialect_filter(negated) if kind in {7, 8} else self.common_filter()

    def dialect_filter(self, negated: bool) -> s.DialectFilter:
        accepted = self.acceptability()
        if self.chance(0.5):
            dialects = tuple(
                s.Dialect(name=one, acceptability=self.acceptability())
                for one in self.some(self.words.dialects)
            )
            return s.DialectFilter(
                negated=negated, by_id=False, dialects=dialects, acceptability=accepted
            )
        if self.chance(0.5):
            alone = (s.Dialect(name=self.language_refset()),)
            return s.DialectFilter(
                negated=negated, by_id=True, dialects=alone, acceptability=accepted
            )
        dialects = tuple(
            s.Dialect(name=s.ConceptReference(id=one), acceptability=self.acceptability())
            for one in self.some(self.words.language_refsets)
        )
        return s.DialectFilter(
            negated=negated, by_id=True, dialects=dialects, acceptability=accepted
        )

    def language_refset(self) -> s.SubExpression:
        if self.chance(0.6):
            top = s.ConceptReference(id=self.words.language_top)
            return s.SubExpression(focus=top, operator=self.one([None, *s.Operator]))
        return s.SubExpression(focus=self.reference(self.words.language_refsets))

    def acceptability(self) -> tuple[str | s.ConceptReference, ...]:
        kind = self.random.randrange(4)
        if kind < 2:
            return ()
        if kind == 2:
            return self.some(["prefer", "accept"])
        return tuple(s.ConceptReference(id=one) for one in self.some(self.words.acceptabilities))

    def concepts(self, codes: Sequence[str]) -> s.ConceptSetValue:
        if self.chance(0.5):
            return s.SubExpression(focus=self.reference(codes))
        chosen = [self.reference(codes) for _ in range(self.random.randint(2, 3))]
        return s.ConceptReferences(references=tuple(chosen))

    def concept_filters(self) -> s.ConceptFilters:
        count = self.random.randint(1, 2)
        return s.ConceptFilters(filters=tuple(self.concept_filter() for _ in range(count)))

    def concept_filter(self) -> s.ConceptFilter:
        negated = self.chance(0.2)
        kind = self.random.randrange(4)
        if kind == 0:
            tokens = self.some(["primitive", "defined"])
            return s.DefinitionStatusFilter(negated=negated, tokens=tokens)
        if kind == 1:
            value = self.concepts(self.words.statuses)
            return s.DefinitionStatusIdFilter(negated=negated, value=value)
        return self.common_filter()

    def common_filter(self) -> s.ModuleFilter | s.EffectiveTimeFilter | s.ActiveFilter:
        negated = self.chance(0.2)
        kind = self.random.randrange(3)
        if kind == 0:
            return s.ModuleFilter(negated=negated, value=self.concepts(self.words.modules))
        if kind == 1:
            comparison = s.TimeComparison(order=self.one(ORDERS), values=self.dates())
            return s.EffectiveTimeFilter(comparison=comparison)
        return s.ActiveFilter(negated=negated, value=self.chance(0.5))
