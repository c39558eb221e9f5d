"""ECL by the letter of the specification, slowly: sets of identifiers over plain rows.

A second opinion on `termserver.ecl.evaluate`. It shares the syntax tree and nothing else: no
bitmap, no index, no column, no word splitting of the product.
"""

from __future__ import annotations

import operator
import unicodedata
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation

from termserver.ecl import syntax as s
from tests.property.ecl_rows import PREFERRED, Release

ROOT = "138875005"
ACCEPTABLE = "900000000000549004"
TYPES = {
    "synonym": "900000000000013009",
    "fullyspecifiedname": "900000000000003001",
    "definition": "900000000000550004",
}
STATUSES = {"primitive": "900000000000074008", "defined": "900000000000073002"}
DIALECTS = {
    "en-us": ["900000000000509007"],
    "en-gb": ["900000000000508004", "999001261000000100"],
    "sv": ["46011000052107"],
    "en-au": ["32570271000036106"],
    "en-nz": ["271000210107"],
    "en-nhs-clinical": ["999001261000000100"],
    "en-nhs-pharmacy": ["999000691000001104"],
}
SCHEMES = {"loinc": "30051010000102", "snomedct": "900000000000294009"}
PROFILES = {
    "MIN": ["900000000000527005"],
    "MOD": [
        "900000000000527005",
        "900000000000526001",
        "900000000000528000",
        "1186924009",
    ],
}
ASSOCIATIONS = "900000000000522004"
ORDERS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Refused(Exception):
    """The expression names what is not there, or gives what is no concept."""


Row = dict[str, str]
RowsFound = tuple[tuple[str, ...], set[tuple[str, ...]]]


class Naive:
    """Evaluates trees over one release."""

    def __init__(self, release: Release) -> None:
        self.release = release
        self.closures: dict[tuple[str, str], set[str]] = {}

    # -- results -------------------------------------------------------------------------------

    def result(self, tree: s.Expression) -> set[str] | RowsFound:
        chosen = chosen_rows(tree)
        return self.concepts(tree) if chosen is None else self.rows(chosen)

    def concepts(self, tree: s.Expression) -> set[str]:
        if isinstance(tree, s.SubExpression):
            return self.sub(tree)
        if isinstance(tree, s.Compound):
            found = self.sub(tree.operands[0])
            for other in tree.operands[1:]:
                more = self.sub(other)
                if tree.junction == "AND":
                    found = found & more
                elif tree.junction == "OR":
                    found = found | more
                else:
                    found = found - more
            return found
        if isinstance(tree, s.Refined):
            focus = self.sub(tree.focus)
            test = self.refinement_test(tree.refinement)
            return {one for one in focus if test(one)}
        found = self.sub(tree.focus)
        for attribute in tree.attributes:
            types = self.sub(attribute)
            found = {
                row["destinationId"]
                for one in found
                for row in self.release.attributes.get(one, [])
                if row["typeId"] in types
            }
        return found

    def sub(self, tree: s.SubExpression) -> set[str]:
        if tree.member_of is not None:
            found = self.members(tree)
        elif tree.member_filters:
            raise Refused
        else:
            found = self.focus(tree)
        if tree.operator is not None:
            found = self.operate(tree.operator.value, found)
        for group in tree.filters:
            if isinstance(group, s.ConceptFilters):
                tests = [self.concept_test(one) for one in group.filters]
                found = {one for one in found if all(test(one) for test in tests)}
            else:
                found = self.described(found, group)
        return found if tree.history is None else self.with_history(found, tree.history)

    def focus(self, tree: s.SubExpression) -> set[str]:
        focus = tree.focus
        if isinstance(focus, s.ConceptReference):
            return {self.reference(focus.id)}
        if isinstance(focus, s.AlternateIdentifier):
            scheme = SCHEMES.get(focus.scheme.lower(), "")
            if scheme == SCHEMES["snomedct"]:
                return {self.reference(focus.code)}
            found = self.release.identifiers.get((scheme, focus.code))
            if found is None:
                raise Refused
            return {found}
        if isinstance(focus, s.Wildcard):
            if asks_inactive(tree):
                return set(self.release.concepts)
            return {ROOT} | self.closure(ROOT, "children")
        chosen = chosen_rows(focus.expression)
        if chosen is not None:
            return self.as_concepts(self.rows(chosen))
        return self.concepts(focus.expression)

    def reference(self, code: str) -> str:
        if code not in self.release.concepts:
            raise Refused
        return code

    # -- hierarchy -----------------------------------------------------------------------------

    def closure(self, start: str, way: str) -> set[str]:
        if (start, way) not in self.closures:
            steps = self.release.children if way == "children" else self.release.parents
            seen: set[str] = set()
            waiting = [start]
            while waiting:
                for one in steps.get(waiting.pop(), ()):
                    if one not in seen:
                        seen.add(one)
                        waiting.append(one)
            self.closures[start, way] = seen
        return self.closures[start, way]

    def operate(self, symbol: str, focus: set[str]) -> set[str]:
        if symbol in {"!!>", "!!<"}:
            way = "parents" if symbol == "!!>" else "children"
            return {one for one in focus if not self.closure(one, way) & focus}
        found = set(focus) if symbol.startswith(("<<", ">>")) else set()
        near = symbol.endswith("!")
        down = symbol.startswith("<")
        for one in focus:
            if near:
                steps = self.release.children if down else self.release.parents
                found |= steps.get(one, set())
            else:
                found |= self.closure(one, "children" if down else "parents")
        return found

    # -- refinements ---------------------------------------------------------------------------

    def refinement_test(self, tree: s.RefinementSet) -> Callable[[str], bool]:
        tests = [self.item_test(one) for one in tree.items]
        join = any if tree.junction == "OR" else all
        return lambda concept: join(test(concept) for test in tests)

    def item_test(
        self, item: s.AttributeSet | s.AttributeGroup | s.RefinementSet
    ) -> Callable[[str], bool]:
        if isinstance(item, s.RefinementSet):
            return self.refinement_test(item)
        if isinstance(item, s.AttributeSet):
            return self.set_test(item)
        test = self.group_test(item.attributes)
        ways = reversals(item.attributes)
        return lambda concept: within(
            sum(test(concept, group) for group in self.groups_seen(concept, ways)),
            item.cardinality,
        )

    def set_test(self, tree: s.AttributeSet) -> Callable[[str], bool]:
        tests = [
            self.set_test(one) if isinstance(one, s.AttributeSet) else self.attribute_test(one)
            for one in tree.items
        ]
        join = any if tree.junction == "OR" else all
        return lambda concept: join(test(concept) for test in tests)

    def attribute_test(self, tree: s.Attribute) -> Callable[[str], bool]:
        matches = self.row_test(tree)
        if not tree.reverse:
            return lambda concept: within(
                sum(matches(row) for row in self.rows_of(concept)), tree.cardinality
            )
        return lambda concept: within(
            sum(matches(row) for row in self.release.incoming.get(concept, [])), tree.cardinality
        )

    def group_test(self, tree: s.AttributeSet) -> Callable[[str, list[Row]], bool]:
        tests = [
            self.group_test(one) if isinstance(one, s.AttributeSet) else self.in_group_test(one)
            for one in tree.items
        ]
        join = any if tree.junction == "OR" else all
        return lambda concept, group: join(test(concept, group) for test in tests)

    def in_group_test(self, tree: s.Attribute) -> Callable[[str, list[Row]], bool]:
        matches = self.row_test(tree)
        side = "destinationId" if tree.reverse else "sourceId"

        def test(concept: str, group: list[Row]) -> bool:
            count = sum(matches(row) for row in group if row.get(side) == concept)
            return within(count, tree.cardinality)

        return test

    def groups_seen(self, concept: str, ways: set[bool]) -> list[list[Row]]:
        """Return the concept's own groups and, reversed, those in which it is a value."""
        found = self.groups(concept) if False in ways else []
        if True in ways:
            sources = {row["sourceId"] for row in self.release.incoming.get(concept, [])}
            for source in sources:
                for group in self.groups(source):
                    is_value = any(row.get("destinationId") == concept for row in group)
                    if is_value and group not in found:
                        found.append(group)
        return found

    def rows_of(self, concept: str) -> list[Row]:
        return [
            *self.release.attributes.get(concept, []),
            *self.release.concrete.get(concept, []),
        ]

    def groups(self, concept: str) -> list[list[Row]]:
        """Return the rows by group; each row of group 0 is a group of its own."""
        alone: list[list[Row]] = []
        together: dict[str, list[Row]] = {}
        for row in self.rows_of(concept):
            if row["relationshipGroup"] == "0":
                alone.append([row])
            else:
                together.setdefault(row["relationshipGroup"], []).append(row)
        return [*alone, *together.values()]

    def row_test(self, tree: s.Attribute) -> Callable[[Row], bool]:
        types = self.sub(tree.name)
        comparison = tree.comparison
        if isinstance(comparison, s.ConceptComparison):
            values = self.sub(comparison.value)
            any_value = comparison.value == s.SubExpression(focus=s.Wildcard())
            side = "sourceId" if tree.reverse else "destinationId"

            def test(row: Row) -> bool:
                if side not in row or "destinationId" not in row or row["typeId"] not in types:
                    return False
                if any_value and not comparison.negated:
                    return True
                return (row[side] in values) != comparison.negated

            return test
        if tree.reverse:
            raise Refused
        return lambda row: (
            "value" in row and row["typeId"] in types and concrete_fits(row["value"], comparison)
        )

    # -- concept filters -----------------------------------------------------------------------

    def values(self, value: s.ConceptSetValue) -> set[str]:
        if isinstance(value, s.ConceptReferences):
            return {self.reference(one.id) for one in value.references}
        return self.sub(value)

    def concept_test(self, tree: s.ConceptFilter) -> Callable[[str], bool]:
        rows = self.release.concepts
        if isinstance(tree, s.DefinitionStatusFilter):
            wanted = {STATUSES[one] for one in tree.tokens}
        elif isinstance(tree, s.DefinitionStatusIdFilter):
            wanted = self.values(tree.value)
        else:
            common = self.common_test(tree)
            return lambda concept: common(rows[concept])
        return lambda concept: (rows[concept]["definitionStatusId"] in wanted) != tree.negated

    def common_test(
        self, tree: s.ModuleFilter | s.EffectiveTimeFilter | s.ActiveFilter
    ) -> Callable[[Row], bool]:
        if isinstance(tree, s.ModuleFilter):
            modules = self.values(tree.value)
            return lambda row: (row["moduleId"] in modules) != tree.negated
        if isinstance(tree, s.EffectiveTimeFilter):
            return lambda row: date_fits(row["effectiveTime"], tree.comparison)
        return lambda row: ((row["active"] == "1") == tree.value) != tree.negated

    # -- description filters -------------------------------------------------------------------

    def described(self, found: set[str], group: s.DescriptionFilters) -> set[str]:
        tests = [self.description_test(one) for one in group.filters]
        if not any(isinstance(one, s.ActiveFilter) for one in group.filters):
            tests.append(lambda row: row["active"] == "1")
        return {
            one
            for one in found
            if any(
                all(test(row) for test in tests) for row in self.release.descriptions.get(one, [])
            )
        }

    def description_test(self, tree: s.DescriptionFilter) -> Callable[[Row], bool]:
        if isinstance(tree, s.TermFilter):
            return lambda row: (
                any(term_matches(one, row["term"]) for one in tree.terms) != tree.negated
            )
        if isinstance(tree, s.LanguageFilter):
            return lambda row: (row["languageCode"].lower() in tree.codes) != tree.negated
        if isinstance(tree, s.TypeFilter):
            tokens = {TYPES[one] for one in tree.tokens}
            return lambda row: (row["typeId"] in tokens) != tree.negated
        if isinstance(tree, s.TypeIdFilter):
            types = self.values(tree.value)
            return lambda row: (row["typeId"] in types) != tree.negated
        if isinstance(tree, s.DescriptionIdFilter):
            return lambda row: (row["id"] in tree.ids) != tree.negated
        if isinstance(tree, s.DialectFilter):
            return self.dialect_test(tree)
        return self.common_test(tree)

    def dialect_test(self, tree: s.DialectFilter) -> Callable[[Row], bool]:
        wanted: list[tuple[str, set[str]]] = []
        for one in tree.dialects:
            kinds = acceptabilities(one.acceptability or tree.acceptability)
            wanted.extend((refset, kinds) for refset in self.language_refsets(one.name))

        def test(row: Row) -> bool:
            has = self.release.dialects.get(row["id"], {})
            return any(has.get(refset) in kinds for refset, kinds in wanted) != tree.negated

        return test

    def language_refsets(self, name: str | s.ConceptReference | s.SubExpression) -> Iterable[str]:
        if isinstance(name, str):
            if name not in DIALECTS:
                raise Refused
            return DIALECTS[name]
        if isinstance(name, s.ConceptReference):
            return [self.reference(name.id)]
        return self.sub(name)

    # -- members -------------------------------------------------------------------------------

    def refsets(self, tree: s.SubExpression) -> list[str]:
        if isinstance(tree.focus, s.Wildcard):
            found = set(self.release.refsets) & set(self.release.concepts)
        else:
            found = self.focus(s.SubExpression(focus=tree.focus))
        return sorted(found)

    def members(self, tree: s.SubExpression) -> set[str]:
        assert tree.member_of is not None
        if tree.member_of.fields:
            return self.as_concepts(self.rows(tree))
        return {
            row["referencedComponentId"]
            for _, row in self.member_rows(tree)
            if row["referencedComponentId"] in self.release.concepts
        }

    def member_rows(self, tree: s.SubExpression) -> list[tuple[str, Row]]:
        filters = [one for group in tree.member_filters for one in group.filters]
        found = []
        for refset in self.refsets(tree):
            columns = self.release.refsets[refset].columns if refset in self.release.refsets else []
            tests = [self.member_test(one, columns) for one in filters]
            if not any(isinstance(one, s.ActiveFilter) for one in filters):
                tests.append(lambda row: row["active"] == "1")
            if refset in self.release.refsets:
                for row in self.release.refsets[refset].rows:
                    if all(test(row) for test in tests):
                        found.append((refset, row))
        return found

    def member_test(self, tree: s.MemberFilter, columns: list[str]) -> Callable[[Row], bool]:
        if not isinstance(tree, s.FieldFilter):
            return self.common_test(tree)
        name = column_of(tree.field, columns)
        comparison = tree.comparison
        if isinstance(comparison, s.ConceptComparison):
            codes = self.sub(comparison.value)
            return lambda row: (row[name] in codes) != comparison.negated
        return lambda row: field_fits(row[name], comparison)

    def rows(self, tree: s.SubExpression) -> RowsFound:
        assert tree.member_of is not None
        names = list(tree.member_of.fields)
        if names == ["*"]:
            layouts = {
                tuple(self.release.refsets[one].columns) if one in self.release.refsets else ()
                for one in self.refsets(tree)
            }
            if len(layouts) > 1:
                raise Refused
            names = ["referencedComponentId", *(layouts.pop() if layouts else ())]
        found = set()
        for refset, row in self.member_rows(tree):
            columns = self.release.refsets[refset].columns
            found.add(tuple(row[column_of(name, columns)] for name in names))
        return tuple(names), found

    def as_concepts(self, found: RowsFound) -> set[str]:
        names, rows = found
        if len(names) != 1:
            raise Refused
        return {self.reference(code) for (code,) in rows}

    # -- history -------------------------------------------------------------------------------

    def with_history(self, found: set[str], history: s.History) -> set[str]:
        if history.subset is not None:
            refsets = self.concepts(history.subset)
        elif history.profile in PROFILES:
            refsets = set(PROFILES[history.profile])
        else:
            refsets = self.closure(ASSOCIATIONS, "children")
        added = set()
        for refset in refsets & set(self.release.refsets):
            for row in self.release.refsets[refset].rows:
                if row["active"] == "1" and row.get("targetComponentId") in found:
                    added.add(row["referencedComponentId"])
        return found | (added & set(self.release.concepts))


# -- small rules -----------------------------------------------------------------------------------


def chosen_rows(tree: s.Expression) -> s.SubExpression | None:
    """Return the part whose rows a whole constraint asks for, None where it asks for concepts."""
    if not isinstance(tree, s.SubExpression) or tree.operator or tree.filters or tree.history:
        return None
    if tree.member_of is not None:
        return tree if tree.member_of.fields else None
    if isinstance(tree.focus, s.Nested) and not tree.member_filters:
        return chosen_rows(tree.focus.expression)
    return None


def asks_inactive(tree: s.SubExpression) -> bool:
    """`* {{ C active = false }}` looks at every concept."""
    filters = [
        one
        for group in tree.filters
        if isinstance(group, s.ConceptFilters)
        for one in group.filters
    ]
    return any(isinstance(one, s.ActiveFilter) and one.value == one.negated for one in filters)


def reversals(tree: s.AttributeSet) -> set[bool]:
    """Return whether attributes of braces are reversed, some may be and others not."""
    found = set()
    for one in tree.items:
        found |= reversals(one) if isinstance(one, s.AttributeSet) else {one.reverse}
    return found


def within(count: int, cardinality: s.Cardinality | None) -> bool:
    if cardinality is None:
        return count >= 1
    return count >= cardinality.least and (cardinality.most is None or count <= cardinality.most)


def column_of(name: str, columns: list[str]) -> str:
    for one in ["referencedComponentId", *columns]:
        if one.lower() == name.lower():
            return one
    raise Refused


def acceptabilities(values: tuple[str | s.ConceptReference, ...]) -> set[str]:
    if not values:
        return {PREFERRED, ACCEPTABLE}
    named = {"prefer": PREFERRED, "accept": ACCEPTABLE}
    found = {named[one] if isinstance(one, str) else one.id for one in values}
    if not found <= {PREFERRED, ACCEPTABLE}:
        raise Refused
    return found


def concrete_fits(text: str, comparison: s.Comparison) -> bool:
    is_number = text.startswith("#")
    if isinstance(comparison, s.NumberComparison):
        return is_number and ORDERS[comparison.order](Decimal(text[1:]), comparison.value)
    if is_number:
        return False
    plain = text[1:-1].replace('\\"', '"') if text.startswith('"') else text
    if isinstance(comparison, s.StringComparison):
        return any(text_equals(one, plain) for one in comparison.terms) != comparison.negated
    assert isinstance(comparison, s.BooleanComparison)
    return (plain == ("true" if comparison.value else "false")) != comparison.negated


def field_fits(text: str, comparison: s.Comparison) -> bool:
    if isinstance(comparison, s.NumberComparison):
        try:
            return ORDERS[comparison.order](Decimal(text), comparison.value)
        except InvalidOperation:
            return False
    if isinstance(comparison, s.StringComparison):
        return any(text_equals(one, text) for one in comparison.terms) != comparison.negated
    if isinstance(comparison, s.BooleanComparison):
        wanted = ("1", "true") if comparison.value else ("0", "false")
        return (text.lower() in wanted) != comparison.negated
    assert isinstance(comparison, s.TimeComparison)
    return date_fits(text, comparison)


def date_fits(text: str, comparison: s.TimeComparison) -> bool:
    if comparison.order == "!=":
        return text not in comparison.values
    if comparison.order == "=":
        return text in comparison.values
    return any(
        text.isdigit() and bool(one) and ORDERS[comparison.order](Decimal(text), Decimal(one))
        for one in comparison.values
    )


def plain_letters(text: str) -> str:
    """Return lower case without accents."""
    parts = unicodedata.normalize("NFD", text.lower())
    return "".join(one for one in parts if not unicodedata.combining(one))


def words_of(text: str) -> list[str]:
    found, word = [], ""
    for one in plain_letters(text) + " ":
        if one.isalnum():
            word += one
        elif word:
            found.append(word)
            word = ""
    return found


def term_matches(term: s.SearchTerm, text: str) -> bool:
    if term.kind == "wild":
        return wild_matches(term.text, text)
    words = words_of(text)
    return all(any(word.startswith(one) for word in words) for one in words_of(term.text))


def text_equals(term: s.SearchTerm, text: str) -> bool:
    if term.kind == "wild":
        return wild_matches(term.text, text)
    return term.text == " ".join(text.split())


def wild_matches(pattern: str, text: str) -> bool:
    """Match by hand: None stands for any run of characters."""
    parts: list[str | None] = []
    at = 0
    while at < len(pattern):
        if pattern[at] == "\\":
            at += 1
            parts.append(pattern[at])
        else:
            parts.append(None if pattern[at] == "*" else pattern[at])
        at += 1
    wanted: list[str | None] = []
    for part in parts:
        wanted.extend([None] if part is None else list(plain_letters(part)))
    reached = {0}
    for letter in plain_letters(text):
        reached = _stars(wanted, reached)
        moved = {at + 1 for at in reached if at < len(wanted) and wanted[at] == letter}
        reached = moved | {at for at in reached if at < len(wanted) and wanted[at] is None}
    return len(wanted) in _stars(wanted, reached)


def _stars(wanted: list[str | None], reached: set[int]) -> set[int]:
    found = set(reached)
    for start in sorted(reached):
        after = start
        while after < len(wanted) and wanted[after] is None:
            after += 1
            found.add(after)
    return found
