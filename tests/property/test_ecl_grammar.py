"""What the official grammar derives is read, and read again after formatting, as the same tree."""

import random
import re
from pathlib import Path

import pytest

from termserver.ecl.format import format_ecl
from termserver.ecl.parse import parse_ecl
from termserver.ecl.syntax import Expression
from termserver.errors import InvalidExpression
from tests.property.abnf import Sentences

SENTENCES = 100

WORDS = {
    "ws": ["", " ", " ", "\t", "\r\n", "/* c */", " /* a*b */ "],
    "mws": [" ", "\n", " /* x */ ", "/**/"],
    "term": ["a term", "x (y)", '5" thing', "(odd"],
    "sctId": ["123456", "73211009", "404684003"],
    "matchSearchTerm": ["heart", 'a\\"b', "b\\\\c"],
    "wildSearchTerm": ["a*", "\\*x", "b"],
    "altIdentifierSchemeAlias": ["LOINC", "x-1", "top", "r"],
    "altIdentifierCodeWithinQuotes": ["54486-6", "a b", "1"],
    "altIdentifierCodeWithoutQuotes": ["54486-6", "1.2"],
    "refsetFieldName": ["mapTarget", "mapGroup", "xyz", "any"],
    "dialectAlias": ["en-gb", "en"],
    "languageCode": ["en", "SV"],
    # a least above the most is refused, though the grammar has it
    "minValue": ["0", "1"],
    "maxValue": ["1", "12", "*"],
    # a word right before `not` would be one word with it
    "expressionComparisonOperator": ["=", "!="],
    "stringComparisonOperator": ["=", "!="],
    "idComparisonOperator": ["=", "!="],
    "booleanComparisonOperator": ["=", "!="],
}
LONG = {
    name: ["=", "!=", "<>", " not =", " NOT\t="] for name in WORDS if name.endswith("Operator")
} | {
    "maxValue": ["1", "many", "MANY"],
    "numericComparisonOperator": ["=", " not =", "<>", "<=", "<", ">=", ">"],
    "timeComparisonOperator": ["=", " not =", "<>", "<=", "<", ">=", ">"],
}

# The grammar is ambiguous where a code without quotes runs into the word or dot behind it.
_RUNS_INTO = re.compile(r"#[-._A-Za-z0-9]*[0-9](?:(?:and|or|minus)\b|\.(?![0-9]))", re.IGNORECASE)
# It lets AND and OR change more than once without brackets, and then has more than one reading.
_MIXED = "mixed only with brackets"


@pytest.mark.parametrize(("syntax", "words"), [("brief", WORDS), ("long", WORDS | LONG)])
@pytest.mark.parametrize("seed", range(4))
def test_every_sentence_of_the_grammar_is_read(
    shared: Path, syntax: str, words: dict[str, list[str]], seed: int
) -> None:
    grammar = (shared / "spec" / "ecl" / f"abnf-{syntax}.txt").read_text(encoding="utf-8")
    draw = random.Random(seed)
    sentences = Sentences(grammar, draw, words)
    read = 0
    for _ in range(SENTENCES):
        text = sentences.sentence("expressionConstraint", depth=draw.choice((8, 12, 16, 24)))
        if _RUNS_INTO.search(text):
            continue
        tree = read_unless_mixed(text)
        if tree is not None:
            formatted = format_ecl(tree)
            assert parse_ecl(formatted) == tree, (text, formatted)
            read += 1
    assert read > SENTENCES * 0.95


def read_unless_mixed(text: str) -> Expression | None:
    """Return the tree; None where it is refused for AND and OR that need brackets."""
    try:
        return parse_ecl(text)
    except InvalidExpression as fault:
        if _MIXED in fault.expected:
            return None
        raise
