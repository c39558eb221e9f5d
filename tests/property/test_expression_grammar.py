"""What the official compositional grammar derives is read; what is left is refused at a place."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from termserver.errors import InvalidExpression
from termserver.providers.snomed_grammar import (
    Attribute,
    Expression,
    Plain,
    Reference,
    parse_expression,
)
from tests.property.abnf import Sentences

SENTENCES = 250
WORDS = {
    "ws": ["", "", " ", "\t", "\r\n", "  "],
    "sctId": ["123456", "73211009", "404684003", "999999999999999999"],
    "term": ["a term", "x (y)", '5" thing', "{a=b}, #1", "Größe", "+"],
}


def sentences(shared: Path, seed: int) -> tuple[Sentences, random.Random]:
    grammar = (shared / "spec" / "scg" / "abnf.txt").read_text(encoding="utf-8")
    draw = random.Random(seed)
    return Sentences(grammar, draw, WORDS), draw


def written(one: Expression | Attribute | Reference | Plain) -> str:
    """Write a tree in the plainest way."""
    match one:
        case Reference(code=code, term=term):
            return code if term is None else f"{code} |{term}|"
        case Plain(text=text, kind="string"):
            escaped = text.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{escaped}"'
        case Plain(text=text):
            return f"#{text}"
        case Attribute(name=name, value=value):
            inner = f"({written(value)})" if isinstance(value, Expression) else written(value)
            return f"{written(name)}={inner}"
    parts = [written(it) for it in one.attributes]
    parts += ["{" + ",".join(written(it) for it in group) + "}" for group in one.groups]
    focus = "+".join(written(it) for it in one.focus)
    return (one.status or "") + focus + (f":{','.join(parts)}" if parts else "")


def anywhere(one: Expression) -> Expression:
    """Return a tree without the places of its concepts."""
    return replace(
        one,
        focus=tuple(replace(it, position=0) for it in one.focus),
        attributes=tuple(_anywhere(it) for it in one.attributes),
        groups=tuple(tuple(_anywhere(it) for it in group) for group in one.groups),
    )


def _anywhere(one: Attribute) -> Attribute:
    value = one.value
    if isinstance(value, Expression):
        # one concept in brackets is that concept as an expression
        value = anywhere(value)
    elif isinstance(value, Reference):
        value = replace(value, position=0)
    return replace(one, name=replace(one.name, position=0), value=value)


@pytest.mark.parametrize("seed", range(4))
def test_every_sentence_of_the_grammar_is_read_and_read_again(shared: Path, seed: int) -> None:
    drawn, draw = sentences(shared, seed)
    for _ in range(SENTENCES):
        text = drawn.sentence("expression", depth=draw.choice((8, 12, 16, 24)))
        tree = parse_expression(text)
        assert anywhere(parse_expression(written(tree))) == anywhere(tree), text
        assert all(text.startswith(it.code, it.position) for it in tree.focus)
    assert drawn.used >= {"attributeGroup", "escapedChar", "decimalValue", "definitionStatus"}


def tree_or_fault(text: str) -> Expression | InvalidExpression:
    """Return what the parser says of a text."""
    try:
        return parse_expression(text)
    except InvalidExpression as fault:
        return fault


@pytest.mark.parametrize("seed", range(4))
def test_what_is_changed_is_read_as_it_stands_or_refused_at_a_place(
    shared: Path, seed: int
) -> None:
    drawn, draw = sentences(shared, seed)
    refused = 0
    for _ in range(SENTENCES):
        text = drawn.sentence("expression", depth=draw.choice((8, 12, 16)))
        at = draw.randrange(len(text))
        changed = (
            text[:at]
            + draw.choice(["", "|", "{", "}", "(", ",", ":", "0", "x", "="])
            + (text[at + draw.choice((0, 1)) :])
        )
        found = tree_or_fault(changed)
        if isinstance(found, Expression):
            assert anywhere(parse_expression(written(found))) == anywhere(found), changed
        else:
            refused += 1
            assert 0 <= found.position <= len(changed)
            assert found.expected
            assert f"at position {found.position + 1}" in found.text
    assert refused > SENTENCES / 3


@pytest.mark.parametrize(
    "text",
    [
        "73211009 ||",
        "73211009 | |",
        "73211009 |a\tb|",
        "73211009 |a\x00b|",
        '73211009:363698007=""',
        '73211009:363698007="a\x01"',
        "73211009:363698007=#",
        "73211009:363698007=#1.",
        "73211009:363698007=#-",
        "73211009:363698007=# 1",
        "= == 73211009",
        "==73211009",
        "73211009+",
        "73211009:",
        "73211009:{}",
        "73211009:363698007=()",
        "1234567890123456789",
        "07321100",
    ],
)
def test_what_the_grammar_does_not_derive_is_refused(text: str) -> None:
    with pytest.raises(InvalidExpression):
        parse_expression(text)
