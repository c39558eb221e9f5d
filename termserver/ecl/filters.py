"""Filter constraints: `{{ D … }}`, `{{ C … }}`, `{{ M … }}` and `{{ +HISTORY … }}`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, TypeVar

from termserver.ecl.comparisons import (
    SubExpressionReader,
    comparison,
    negation,
    search_terms,
    time_comparison,
)
from termserver.ecl.scanner import SPACE, Scanner
from termserver.ecl.syntax import (
    ActiveFilter,
    ConceptFilter,
    ConceptFilters,
    ConceptReference,
    ConceptReferences,
    ConceptSetValue,
    DefinitionStatusFilter,
    DefinitionStatusIdFilter,
    DescriptionFilter,
    DescriptionFilters,
    DescriptionIdFilter,
    Dialect,
    DialectFilter,
    EffectiveTimeFilter,
    Expression,
    FieldFilter,
    History,
    LanguageFilter,
    MemberFilter,
    MemberFilters,
    ModuleFilter,
    TermFilter,
    TypeFilter,
    TypeIdFilter,
)

_Filter = TypeVar("_Filter")

_ALIAS = re.compile(r"[A-Za-z][-A-Za-z0-9]*")
_LANGUAGE = re.compile(r"[A-Za-z]{2}(?![-A-Za-z0-9])")
_ACTIVE = re.compile(r"[10](?![0-9])|(?:true|false)(?![A-Za-z])", re.I)
_MEMBERS = re.compile(rf"\{{\{{{SPACE}m(?!oduleid)", re.I | re.S)
_HISTORY = re.compile(rf"\{{\{{{SPACE}\+", re.S)
_HISTORY_WORD = re.compile(r"history", re.I)
_AT_REFERENCES = re.compile(rf"\({SPACE}[1-9][0-9]{{5}}", re.S)
_GOES_ON_SET = re.compile(r"[0-9()]|$")
_BEGINS_NOTHING = re.compile(r"$|[^(<>!^*\"0-9A-Za-z]")
_SUFFIX = re.compile(r"[-_](min|mod|max)", re.I)
_TYPES = {
    "syn": "synonym",
    "synonym": "synonym",
    "fsn": "fullyspecifiedname",
    "fullyspecifiedname": "fullyspecifiedname",
    "def": "definition",
    "definition": "definition",
}
_ACCEPTABILITIES = {
    "accept": "accept",
    "acceptable": "accept",
    "prefer": "prefer",
    "preferred": "prefer",
}
_DESCRIPTION_WORDS = frozenset(
    [
        *("term", "language", "type", "typeid", "dialect", "dialectid", "id"),
        *("moduleid", "effectivetime", "active"),
    ]
)
_CONCEPT_WORDS = frozenset(
    ["definitionstatusid", "definitionstatus", "moduleid", "effectivetime", "active"]
)


def member_filters(scanner: Scanner, read: SubExpressionReader) -> MemberFilters | None:
    """Read memberFilterConstraint, None (and nothing read) if something else comes next."""
    if scanner.looks_like(_MEMBERS) is None:
        return None
    scanner.match(_MEMBERS)
    return MemberFilters(filters=_list(scanner, lambda: _member_filter(scanner, read)))


def description_or_concept_filters(
    scanner: Scanner, read: SubExpressionReader
) -> DescriptionFilters | ConceptFilters | None:
    """Read one of the two, None (and nothing read) if something else comes next."""
    if not scanner.peek("{{") or scanner.looks_like(_HISTORY):
        return None
    if scanner.looks_like(_MEMBERS):
        scanner.fail("a description or concept filter (member filters come first)")
    scanner.take("{{")
    if _kind(scanner, "c", _CONCEPT_WORDS):
        return ConceptFilters(filters=_list(scanner, lambda: _concept_filter(scanner, read)))
    _kind(scanner, "d", _DESCRIPTION_WORDS)
    return DescriptionFilters(filters=_list(scanner, lambda: _description_filter(scanner, read)))


def _list(scanner: Scanner, read: Callable[[], _Filter]) -> tuple[_Filter, ...]:
    found = [read()]
    while scanner.take(","):
        found.append(read())
    scanner.need("}}", "',' or '}}'")
    return tuple(found)


def _kind(scanner: Scanner, letter: str, words: frozenset[str]) -> bool:
    """Read the letter of a filter's kind, alone or right before one of its words."""
    word = scanner.peek_word()
    if word == letter or (word[:1] == letter and word[1:] in words and word not in words):
        scanner.position = scanner.ahead() + 1
        return True
    return False


# -- filters of each kind ----------------------------------------------------------------------


def _description_filter(scanner: Scanner, read: SubExpressionReader) -> DescriptionFilter:
    word = scanner.take_word(*_DESCRIPTION_WORDS)
    match word:
        case "term":
            return TermFilter(negated=negation(scanner), terms=search_terms(scanner))
        case "language":
            return LanguageFilter(negated=negation(scanner), codes=_languages(scanner))
        case "type":
            tokens = negation(scanner), _tokens(scanner, _TYPES)
            return TypeFilter(negated=tokens[0], tokens=tokens[1])
        case "typeid":
            return TypeIdFilter(negated=negation(scanner), value=_concepts(scanner, read))
        case "dialect":
            return _dialect_filter(scanner)
        case "dialectid":
            return _dialect_id_filter(scanner, read)
        case "id":
            return DescriptionIdFilter(negated=negation(scanner), ids=_ids(scanner))
        case _:
            shared = _shared_filter(scanner, read, word)
    if shared is None:
        scanner.fail(
            "a description filter: term, language, type, typeId, dialect, dialectId, moduleId, "
            "effectiveTime, active or id"
        )
    return shared


def _concept_filter(scanner: Scanner, read: SubExpressionReader) -> ConceptFilter:
    word = scanner.take_word(*_CONCEPT_WORDS)
    if word == "definitionstatus":
        tokens = {"primitive": "primitive", "defined": "defined"}
        negated = negation(scanner)
        return DefinitionStatusFilter(negated=negated, tokens=_tokens(scanner, tokens))
    if word == "definitionstatusid":
        negated = negation(scanner)
        return DefinitionStatusIdFilter(negated=negated, value=_concepts(scanner, read))
    shared = _shared_filter(scanner, read, word)
    if shared is None:
        scanner.fail(
            "a concept filter: definitionStatus, definitionStatusId, moduleId, effectiveTime or "
            "active"
        )
    return shared


def _member_filter(scanner: Scanner, read: SubExpressionReader) -> MemberFilter:
    """Read memberFilter; named filters come before the wildcard field name."""
    shared = _shared_filter(scanner, read, scanner.take_word("moduleid", "effectivetime", "active"))
    if shared is not None:
        return shared
    at = scanner.space()
    field = scanner.word("moduleId, effectiveTime, active or the name of a reference set field")
    return FieldFilter(field=field, comparison=comparison(scanner, read, times=True), at=at)


def _shared_filter(
    scanner: Scanner, read: SubExpressionReader, word: str | None
) -> ModuleFilter | EffectiveTimeFilter | ActiveFilter | None:
    if word == "moduleid":
        return ModuleFilter(negated=negation(scanner), value=_concepts(scanner, read))
    if word == "effectivetime":
        return EffectiveTimeFilter(comparison=time_comparison(scanner))
    if word == "active":
        return ActiveFilter(negated=negation(scanner), value=_active(scanner))
    return None


def _active(scanner: Scanner) -> bool:
    found = scanner.match(_ACTIVE)
    if found is None:
        scanner.fail("1, 0, true or false")
    return found[0].lower() in {"1", "true"}


# -- values ------------------------------------------------------------------------------------


def _reference(scanner: Scanner) -> ConceptReference | None:
    at = scanner.ahead()
    found = scanner.sctid()
    return None if found is None else ConceptReference(id=found, term=scanner.term(), at=at)


def _concepts(scanner: Scanner, read: SubExpressionReader) -> ConceptSetValue:
    """Read a subExpressionConstraint, or an eclConceptReferenceSet (two or more in brackets)."""
    if scanner.looks_like(_AT_REFERENCES):
        before = scanner.position
        scanner.take("(")
        references: list[ConceptReference] = []
        while (one := _reference(scanner)) is not None:
            references.append(one)
        if len(references) > 1:
            scanner.need(")", "a concept identifier or ')'")
            return ConceptReferences(references=tuple(references))
        scanner.position = before
    if scanner.looks_like(_BEGINS_NOTHING):
        scanner.fail("a constraint, or concept identifiers in brackets")
    return read(scanner)


def _one_or_more(scanner: Scanner, read: Callable[[], str]) -> tuple[str, ...]:
    return scanner.items(read) if scanner.peek("(") else (read(),)


def _tokens(scanner: Scanner, known: dict[str, str]) -> tuple[str, ...]:
    return _one_or_more(scanner, lambda: _token(scanner, known))


def _token(scanner: Scanner, known: dict[str, str]) -> str:
    found = scanner.take_word(*known)
    if found is None:
        *most, last = known
        scanner.fail(f"{', '.join(most)} or {last}")
    return known[found]


def _languages(scanner: Scanner) -> tuple[str, ...]:
    return _one_or_more(scanner, lambda: _language(scanner))


def _language(scanner: Scanner) -> str:
    found = scanner.match(_LANGUAGE)
    if found is None:
        scanner.fail("a language code of two letters")
    return found[0].lower()


def _ids(scanner: Scanner) -> tuple[str, ...]:
    return _one_or_more(scanner, lambda: _id(scanner))


def _id(scanner: Scanner) -> str:
    found = scanner.sctid()
    if found is None:
        scanner.fail("a description identifier (6 to 18 digits)")
    return found


# -- dialects ----------------------------------------------------------------------------------


def _dialect_filter(scanner: Scanner) -> DialectFilter:
    negated = negation(scanner)
    dialects: tuple[Dialect, ...]
    if scanner.peek("("):
        dialects = scanner.items(lambda: _dialect(scanner))
    else:
        dialects = (Dialect(name=_alias(scanner)),)
    return DialectFilter(
        negated=negated, by_id=False, dialects=dialects, acceptability=_acceptability(scanner)
    )


def _dialect(scanner: Scanner) -> Dialect:
    return Dialect(name=_alias(scanner), acceptability=_acceptability(scanner))


def _alias(scanner: Scanner) -> str:
    found = scanner.match(_ALIAS)
    if found is None:
        scanner.fail("a dialect alias such as en-gb")
    return found[0].lower()


def _dialect_id_filter(scanner: Scanner, read: SubExpressionReader) -> DialectFilter:
    negated = negation(scanner)
    dialects: tuple[Dialect, ...]
    if scanner.looks_like(_AT_REFERENCES) and _is_reference_set(scanner):
        dialects = scanner.items(lambda: _dialect_reference(scanner))
    else:
        if scanner.looks_like(_BEGINS_NOTHING):
            scanner.fail("a language reference set, or some in brackets")
        dialects = (Dialect(name=read(scanner)),)
    return DialectFilter(
        negated=negated, by_id=True, dialects=dialects, acceptability=_acceptability(scanner)
    )


def _is_reference_set(scanner: Scanner) -> bool:
    """Tell whether the bracket here is a dialectIdSet: behind the first reference no operator."""
    before = scanner.position
    scanner.take("(")
    _reference(scanner)
    found = scanner.looks_like(_GOES_ON_SET) is not None
    scanner.position = before
    return found


def _dialect_reference(scanner: Scanner) -> Dialect:
    name = _reference(scanner)
    if name is None:
        scanner.fail("a concept identifier (6 to 18 digits)")
    return Dialect(name=name, acceptability=_acceptability(scanner))


def _acceptability(scanner: Scanner) -> tuple[str | ConceptReference, ...]:
    """Read acceptabilitySet, () if none comes next; tokens and concepts are not mixed."""
    if not scanner.peek("("):
        return ()
    if scanner.looks_like(_AT_REFERENCES):
        return scanner.items(lambda: _acceptability_reference(scanner))
    return scanner.items(lambda: _token(scanner, _ACCEPTABILITIES))


def _acceptability_reference(scanner: Scanner) -> ConceptReference:
    found = _reference(scanner)
    if found is None:
        scanner.fail("a concept identifier (6 to 18 digits)")
    return found


# -- history -----------------------------------------------------------------------------------


def history(scanner: Scanner, read: Callable[[Scanner], Expression]) -> History | None:
    """Read historySupplement, if it is there; nothing but a history supplement may stand here."""
    if not scanner.take("{{"):
        return None
    scanner.need("+")
    if scanner.match(_HISTORY_WORD) is None:
        scanner.fail("HISTORY")
    profile: Literal["MIN", "MOD", "MAX"] | None = None
    subset: Expression | None = None
    suffix = scanner.match_here(_SUFFIX)
    if suffix is not None:
        name = suffix[1].upper()
        profile = "MIN" if name == "MIN" else "MOD" if name == "MOD" else "MAX"
    elif scanner.take("("):
        subset = read(scanner)
        scanner.need(")")
    scanner.need("}}", "'}}'" if profile or subset else "'-MIN', '-MOD', '-MAX', '(' or '}}'")
    return History(profile=profile, subset=subset)
