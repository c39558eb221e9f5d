"""Syntax tree -> text, in brief syntax. `parse_ecl(format_ecl(tree))` is the same tree."""

from __future__ import annotations

import re
from typing import assert_never

from termserver.ecl.scanner import escaped
from termserver.ecl.syntax import (
    ActiveFilter,
    AlternateIdentifier,
    Attribute,
    AttributeGroup,
    AttributeSet,
    BooleanComparison,
    Cardinality,
    Comparison,
    Compound,
    ConceptComparison,
    ConceptFilter,
    ConceptFilters,
    ConceptReference,
    ConceptReferences,
    ConceptSetValue,
    DefinitionStatusFilter,
    DefinitionStatusIdFilter,
    DescriptionFilter,
    DescriptionIdFilter,
    Dialect,
    DialectFilter,
    Dotted,
    EffectiveTimeFilter,
    Expression,
    FieldFilter,
    Focus,
    History,
    LanguageFilter,
    MemberFilter,
    ModuleFilter,
    Nested,
    NumberComparison,
    Refined,
    RefinementSet,
    SearchTerm,
    StringComparison,
    SubExpression,
    TermFilter,
    TimeComparison,
    TypeFilter,
    TypeIdFilter,
    Wildcard,
)

_PLAIN_CODE = re.compile(r"[-A-Za-z0-9._]+")
_LIKE_IDENTIFIER = re.compile(r"[A-Za-z][-A-Za-z0-9]*#.+", re.S)
_JOIN = {"AND": " AND ", "OR": " OR ", "MINUS": " MINUS "}


def format_ecl(tree: Expression) -> str:
    """Return the text of a tree, with terms, without comments."""
    match tree:
        case SubExpression():
            return _sub(tree)
        case Compound():
            return _JOIN[tree.junction].join(_sub(one) for one in tree.operands)
        case Refined():
            return f"{_sub(tree.focus)} : {_refinement(tree.refinement)}"
        case Dotted():
            return " . ".join([_sub(tree.focus), *(_sub(one) for one in tree.attributes)])
        case _:
            assert_never(tree)


def _sub(tree: SubExpression) -> str:
    parts = [tree.operator.value if tree.operator else ""]
    if tree.member_of is not None:
        fields = ", ".join(tree.member_of.fields)
        parts.append(f"^ [{fields}]" if fields else "^")
    parts.append(_focus(tree.focus))
    for members in tree.member_filters:
        parts.append(f"{{{{ M {', '.join(map(_member_filter, members.filters))} }}}}")
    for one in tree.filters:
        letter = "C" if isinstance(one, ConceptFilters) else "D"
        parts.append(f"{{{{ {letter} {', '.join(map(_filter, one.filters))} }}}}")
    if tree.history is not None:
        parts.append(_history(tree.history))
    return " ".join(part for part in parts if part)


def _focus(tree: Focus) -> str:
    match tree:
        case ConceptReference():
            return _reference(tree)
        case AlternateIdentifier():
            # the quoted form is able to hold every code, the other is what people write
            text = f"{tree.scheme}#{tree.code}"
            return (text if _PLAIN_CODE.fullmatch(tree.code) else f'"{text}"') + _term(tree.term)
        case Wildcard():
            return "*"
        case Nested():
            return f"({format_ecl(tree.expression)})"
        case _:
            assert_never(tree)


def _reference(tree: ConceptReference) -> str:
    return tree.id + _term(tree.term)


def _term(term: str | None) -> str:
    return f" |{term}|" if term else ""


# -- refinements -------------------------------------------------------------------------------


def _refinement(tree: RefinementSet) -> str:
    parts = []
    for item in tree.items:
        match item:
            case AttributeSet():
                parts.append(_attributes(item))
            case AttributeGroup():
                parts.append(
                    _cardinality(item.cardinality) + f"{{ {_attributes(item.attributes)} }}"
                )
            case RefinementSet():
                parts.append(_refinement(item))
            case _:
                assert_never(item)
    text = _JOIN[tree.junction].join(parts)
    return f"({text})" if tree.bracketed else text


def _attributes(tree: AttributeSet) -> str:
    parts = [
        _attributes(item) if isinstance(item, AttributeSet) else _attribute(item)
        for item in tree.items
    ]
    text = (", " if tree.junction == "AND" else " OR ").join(parts)
    return f"({text})" if tree.bracketed else text


def _attribute(tree: Attribute) -> str:
    reverse = "R " if tree.reverse else ""
    return (
        f"{_cardinality(tree.cardinality)}{reverse}{_sub(tree.name)} {_comparison(tree.comparison)}"
    )


def _cardinality(tree: Cardinality | None) -> str:
    if tree is None:
        return ""
    return f"[{tree.least}..{'*' if tree.most is None else tree.most}] "


def _equality(negated: bool) -> str:
    return "!=" if negated else "="


def _comparison(tree: Comparison) -> str:
    match tree:
        case ConceptComparison():
            return f"{_equality(tree.negated)} {_sub(tree.value)}"
        case NumberComparison():
            return f"{tree.order} #{tree.value:f}"
        case StringComparison():
            return f"{_equality(tree.negated)} {_terms(tree.terms)}"
        case BooleanComparison():
            return f"{_equality(tree.negated)} {'true' if tree.value else 'false'}"
        case TimeComparison():
            return f"{tree.order} {_quoted(tree.values)}"
        case _:
            assert_never(tree)


def _terms(terms: tuple[SearchTerm, ...]) -> str:
    texts = [_search_term(one) for one in terms]
    return texts[0] if len(texts) == 1 else f"({' '.join(texts)})"


def _search_term(term: SearchTerm) -> str:
    if term.kind == "wild":
        return f'wild:"{term.text}"'
    # without the word, a text of this form would be read as an alternate identifier
    typed = "match:" if _LIKE_IDENTIFIER.fullmatch(term.text) else ""
    return f'{typed}"{escaped(term.text)}"'


def _quoted(values: tuple[str, ...]) -> str:
    return (
        f'"{values[0]}"'
        if len(values) == 1
        else "({})".format(" ".join(f'"{one}"' for one in values))
    )


# -- filters -----------------------------------------------------------------------------------


def _filter(tree: DescriptionFilter | ConceptFilter) -> str:
    match tree:
        case TermFilter():
            return f"term {_equality(tree.negated)} {_terms(tree.terms)}"
        case LanguageFilter():
            return f"language {_equality(tree.negated)} {_set(tree.codes)}"
        case TypeFilter():
            return f"type {_equality(tree.negated)} {_set(tree.tokens)}"
        case TypeIdFilter():
            return f"typeId {_equality(tree.negated)} {_concepts(tree.value)}"
        case DialectFilter():
            return _dialects(tree)
        case DescriptionIdFilter():
            return f"id {_equality(tree.negated)} {_set(tree.ids)}"
        case DefinitionStatusFilter():
            return f"definitionStatus {_equality(tree.negated)} {_set(tree.tokens)}"
        case DefinitionStatusIdFilter():
            return f"definitionStatusId {_equality(tree.negated)} {_concepts(tree.value)}"
        case _:
            return _shared_filter(tree)


def _member_filter(tree: MemberFilter) -> str:
    if isinstance(tree, FieldFilter):
        return f"{tree.field} {_comparison(tree.comparison)}"
    return _shared_filter(tree)


def _shared_filter(tree: ModuleFilter | EffectiveTimeFilter | ActiveFilter) -> str:
    match tree:
        case ModuleFilter():
            return f"moduleId {_equality(tree.negated)} {_concepts(tree.value)}"
        case EffectiveTimeFilter():
            return f"effectiveTime {_comparison(tree.comparison)}"
        case ActiveFilter():
            return f"active {_equality(tree.negated)} {'true' if tree.value else 'false'}"
        case _:
            assert_never(tree)


def _set(values: tuple[str, ...]) -> str:
    return values[0] if len(values) == 1 else f"({' '.join(values)})"


def _concepts(tree: ConceptSetValue) -> str:
    if isinstance(tree, ConceptReferences):
        return f"({' '.join(map(_reference, tree.references))})"
    return _sub(tree)


def _dialects(tree: DialectFilter) -> str:
    word = "dialectId" if tree.by_id else "dialect"
    parts = [_dialect(one) for one in tree.dialects]
    # one alone needs brackets only where its acceptability is its own
    own = any(one.acceptability for one in tree.dialects)
    subset = isinstance(tree.dialects[0].name, SubExpression)
    bare = len(parts) == 1 and not own and (subset or not tree.by_id)
    text = parts[0] if bare else f"({' '.join(parts)})"
    return f"{word} {_equality(tree.negated)} {text}{_acceptability(tree.acceptability)}"


def _dialect(tree: Dialect) -> str:
    name = tree.name
    if isinstance(name, SubExpression):
        return _sub(name)
    shown = _reference(name) if isinstance(name, ConceptReference) else name
    return shown + _acceptability(tree.acceptability)


def _acceptability(values: tuple[str | ConceptReference, ...]) -> str:
    if not values:
        return ""
    shown = (_reference(one) if isinstance(one, ConceptReference) else one for one in values)
    return f" ({' '.join(shown)})"


def _history(tree: History) -> str:
    if tree.profile is not None:
        return f"{{{{ +HISTORY-{tree.profile} }}}}"
    if tree.subset is not None:
        return f"{{{{ +HISTORY ({format_ecl(tree.subset)}) }}}}"
    return "{{ +HISTORY }}"
