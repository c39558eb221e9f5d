"""Filter constraints: `{{ D … }}`, `{{ C … }}`, `{{ M … }}` and `{{ +HISTORY … }}`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from termserver.ecl.comparisons import (
    SubExpressionReader,
    comparison,
    negation,
    search_terms,
    time_comparison,
)
from termserver.ecl.scanner import Scanner
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
    SubExpression,
    TermFilter,
    TypeFilter,
    TypeIdFilter,
)

_ALIAS = re.compile(r"[A-Za-z][-A-Za-z0-9]*")
_LANGUAGE = re.compile(r"[A-Za-z]{2}(?![-A-Za-z0-9])")
_SUFFIX = re.compile(r"[-_](min|mod|max)(?![A-Za-z])", re.I)
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
    "term language typeid type dialectid dialect moduleid effectivetime active id".split()
)
_CONCEPT_WORDS = frozenset(
    "definitionstatusid definitionstatus moduleid effectivetime active".split()
)


def member_filters(scanner: Scanner, read: SubExpressionReader) -> MemberFilters | None:
    """Read memberFilterConstraint, None (and nothing read) if another filter comes next."""
    before = scanner.position
    scanner.need("{{")
    if not _kind(scanner, "m", frozenset()):
        scanner.position = before
        return None
    filters = [_member_filter(scanner, read)]
    while scanner.take(","):
        filters.append(_member_filter(scanner, read))
    scanner.need("}}")
    return MemberFilters(filters=tuple(filters))


def description_or_concept_filters(
    scanner: Scanner, read: SubExpressionReader
) -> DescriptionFilters | ConceptFilters | None:
    """Read one of the two, None (and nothing read) before a history supplement."""
    before = scanner.position
    scanner.need("{{")
    if scanner.peek("+"):
        scanner.position = before
        return None
    if _kind(scanner, "c", _CONCEPT_WORDS):
        concept = [_concept_filter(scanner, read)]
        while scanner.take(","):
            concept.append(_concept_filter(scanner, read))
        scanner.need("}}")
        return ConceptFilters(filters=tuple(concept))
    _kind(scanner, "d", _DESCRIPTION_WORDS)
    if scanner.peek_word() == "m":
        scanner.fail("a description or concept filter (member filters need '^' and come first)")
    description = [_description_filter(scanner, read)]
    while scanner.take(","):
        description.append(_description_filter(scanner, read))
    scanner.need("}}")
    return DescriptionFilters(filters=tuple(description))


def _kind(scanner: Scanner, letter: str, words: frozenset[str]) -> bool:
    """Read the letter of a filter's kind, alone or right before one of its words."""
    word = scanner.peek_word()
    if word == letter or (word[:1] == letter and word[1:] in words and word not in words):
        scanner.position += 1
        return True
    return False


# -- filters of each kind ----------------------------------------------------------------------------


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
            "a concept filter: definitionStatus, definitionStatusId, moduleId, effectiveTime or active"
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
    for text, value in (("1", True), ("0", False), ("true", True), ("false", False)):
        if scanner.take(text):
            return value
    scanner.fail("1, 0, true or false")


# -- values ------------------------------------------------------------------------------------------


def _reference(scanner: Scanner) -> ConceptReference | None:
    at = scanner.space()
    found = scanner.sctid()
    return None if found is None else ConceptReference(id=found, term=scanner.term(), at=at)


def _concepts(scanner: Scanner, read: SubExpressionReader) -> ConceptSetValue:
    """Read a subExpressionConstraint, or an eclConceptReferenceSet (two or more in brackets)."""
    before = scanner.position
    if scanner.take("("):
        references = []
        while (one := _reference(scanner)) is not None:
            references.append(one)
        if len(references) > 1 and scanner.take(")"):
            return ConceptReferences(references=tuple(references))
    scanner.position = before
    return read(scanner)


def _tokens(scanner: Scanner, known: dict[str, str]) -> tuple[str, ...]:
    if not scanner.take("("):
        return (_token(scanner, known),)
    found = [_token(scanner, known)]
    while not scanner.take(")"):
        found.append(_token(scanner, known))
    return tuple(found)


def _token(scanner: Scanner, known: dict[str, str]) -> str:
    found = scanner.take_word(*known)
    if found is None:
        scanner.fail(", ".join(known))
    return known[found]


def _languages(scanner: Scanner) -> tuple[str, ...]:
    if not scanner.take("("):
        return (_language(scanner),)
    found = [_language(scanner)]
    while not scanner.take(")"):
        found.append(_language(scanner))
    return tuple(found)


def _language(scanner: Scanner) -> str:
    found = scanner.match(_LANGUAGE)
    if found is None:
        scanner.fail("a language code of two letters")
    return found[0].lower()


def _ids(scanner: Scanner) -> tuple[str, ...]:
    bracketed = scanner.take("(")
    found = []
    while (one := scanner.sctid()) is not None:
        found.append(one)
        if not bracketed:
            break
    if not found:
        scanner.fail("a description identifier")
    if bracketed:
        scanner.need(")")
    return tuple(found)


def _dialect_filter(scanner: Scanner) -> DialectFilter:
    negated = negation(scanner)
    if not scanner.take("("):
        alone = (Dialect(name=_alias(scanner)),)
        return DialectFilter(
            negated=negated, by_id=False, dialects=alone, acceptability=_acceptability(scanner)
        )
    found = []
    while not scanner.take(")"):
        found.append(Dialect(name=_alias(scanner), acceptability=_acceptability(scanner)))
    if not found:
        scanner.fail("a dialect alias")
    return DialectFilter(
        negated=negated, by_id=False, dialects=tuple(found), acceptability=_acceptability(scanner)
    )


def _alias(scanner: Scanner) -> str:
    found = scanner.match(_ALIAS)
    if found is None:
        scanner.fail("a dialect alias such as en-gb")
    return found[0].lower()


def _dialect_id_filter(scanner: Scanner, read: SubExpressionReader) -> DialectFilter:
    negated = negation(scanner)
    before = scanner.position
    if scanner.take("("):
        found = []
        while (one := _reference(scanner)) is not None:
            found.append(Dialect(name=one, acceptability=_acceptability(scanner)))
        if found and scanner.take(")"):
            return DialectFilter(
                negated=negated,
                by_id=True,
                dialects=tuple(found),
                acceptability=_acceptability(scanner),
            )
    scanner.position = before
    value: SubExpression = read(scanner)
    return DialectFilter(
        negated=negated,
        by_id=True,
        dialects=(Dialect(name=value),),
        acceptability=_acceptability(scanner),
    )


def _acceptability(scanner: Scanner) -> tuple[str | ConceptReference, ...]:
    """Read acceptabilitySet, () if none comes next."""
    if not scanner.take("("):
        return ()
    found: list[str | ConceptReference] = []
    while not scanner.take(")"):
        reference = _reference(scanner)
        found.append(reference if reference is not None else _token(scanner, _ACCEPTABILITIES))
    if not found:
        scanner.fail("accept, prefer or a concept identifier")
    return tuple(found)


def history(scanner: Scanner, read: Callable[[Scanner], Expression]) -> History | None:
    """Read historySupplement, if it is there."""
    if not scanner.take("{{"):
        return None
    scanner.need("+")
    if scanner.take_word("history") is None:
        scanner.fail("HISTORY")
    suffix = _SUFFIX.match(scanner.text, scanner.position)
    profile: Literal["MIN", "MOD", "MAX"] | None = None
    subset: Expression | None = None
    if suffix is not None:
        scanner.position = suffix.end()
        name = suffix[1].upper()
        profile = "MIN" if name == "MIN" else "MOD" if name == "MOD" else "MAX"
    elif scanner.take("("):
        subset = read(scanner)
        scanner.need(")")
    scanner.need("}}")
    return History(profile=profile, subset=subset)
