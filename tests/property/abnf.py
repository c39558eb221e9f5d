"""Random sentences of a grammar in ABNF (RFC 5234), for tests that read an official grammar."""

import random
import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""\s*(?:(?P<range>%x[0-9A-F]+(?:-[0-9A-F]+)?)|(?P<text>"[^"]*")|(?P<repeat>\d*\*\d*|\d+(?=[A-Za-z(]))
    |(?P<name>[A-Za-z][-A-Za-z0-9]*)|(?P<symbol>[()\[\]/]))""",
    re.VERBOSE,
)

Node = tuple[object, ...]
_NEVER = 10_000


@dataclass
class _Reader:
    """Tokens of one rule, read from the left."""

    tokens: list[tuple[str, str]]
    at: int = 0

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def take(self) -> tuple[str, str]:
        found = self.peek()
        self.at += 1
        return found

    def alternation(self) -> Node:
        options = [self.concatenation()]
        while self.peek() == ("symbol", "/"):
            self.take()
            options.append(self.concatenation())
        return options[0] if len(options) == 1 else ("or", options)

    def concatenation(self) -> Node:
        parts = []
        while self.peek() not in {("symbol", "/"), ("symbol", ")"), ("symbol", "]"), ("end", "")}:
            parts.append(self.repetition())
        return parts[0] if len(parts) == 1 else ("all", parts)

    def repetition(self) -> Node:
        kind, text = self.peek()
        if kind != "repeat":
            return self.element()
        self.take()
        least, star, most = text.partition("*")
        if not star:
            return ("times", int(text), int(text), self.element())
        return ("times", int(least or 0), int(most) if most else None, self.element())

    def element(self) -> Node:
        kind, text = self.take()
        match kind:
            case "range":
                low, _, high = text[2:].partition("-")
                return ("range", int(low, 16), int(high or low, 16))
            case "text":
                return ("text", text[1:-1])
            case "name":
                return ("rule", text)
        inner = self.alternation()
        self.take()
        return ("times", 0, 1, inner) if text == "[" else inner


class Sentences:
    """Draws sentences. `fixed` names the texts of some rules; what is outside ASCII is avoided."""

    def __init__(self, grammar: str, draw: random.Random, fixed: dict[str, list[str]]) -> None:
        """Read the rules of `grammar`, one a line."""
        self.rules: dict[str, Node] = {}
        self._draw = draw
        self._fixed = fixed
        for line in grammar.splitlines():
            name, _, body = line.partition(" ; ")[0].partition("=")
            if name.strip():
                found = [(m.lastgroup or "", m[0].strip()) for m in _TOKEN.finditer(body)]
                self.rules[name.strip()] = _Reader(found).alternation()
        self.used: set[str] = set()
        self._left = 0
        self._weights = self._shortest()

    def sentence(self, rule: str, *, depth: int = 12, rules: int = 300) -> str:
        """Return a sentence; after `depth` levels or so many `rules` the shortest way ends it."""
        self._left = rules
        return self._rule(rule, depth)

    def _rule(self, rule: str, depth: int) -> str:
        self.used.add(rule)
        self._left -= 1
        if rule in self._fixed:
            return self._draw.choice(self._fixed[rule])
        return self._text(self.rules[rule], depth - 1 if self._left > 0 else 0)

    def _text(self, node: Node, depth: int) -> str:
        match node:
            case ("or", list(options)):
                choices = [one for one in options if "UTF8" not in str(one)]
                if depth <= 0:
                    choices = [min(choices, key=lambda one: self._weight(one, self._weights))]
                return self._text(self._draw.choice(choices), depth)
            case ("all", list(parts)):
                return "".join(self._text(one, depth) for one in parts)
            case ("times", int(least), most, tuple(inner)):
                extra = 0 if depth <= 0 else self._draw.choice((0, 0, 1, 1, 2))
                count = least + extra
                count = count if most is None else min(count, int(str(most)))
                return "".join(self._text(inner, depth) for _ in range(count))
            case ("range", int(low), int(high)):
                return chr(self._draw.randint(low, high))
            case ("text", str(text)):
                return text
            case ("rule", str(name)):
                return self._rule(name, depth)
        raise AssertionError(node)

    def _shortest(self) -> dict[str, int]:
        """Return for each rule how many rules its shortest sentence takes (by iteration)."""
        found = dict.fromkeys(self.rules, _NEVER) | dict.fromkeys(self._fixed, 1)
        while True:
            better = {
                name: min(found[name], 1 + self._weight(node, found))
                for name, node in self.rules.items()
                if name not in self._fixed
            }
            if all(found[name] == weight for name, weight in better.items()):
                return found
            found |= better

    def _weight(self, node: Node, of_rules: dict[str, int]) -> int:
        match node:
            case ("or", list(options)):
                return min(self._weight(one, of_rules) for one in options)
            case ("all", list(parts)):
                return min(_NEVER, sum(self._weight(one, of_rules) for one in parts))
            case ("times", int(least), _, tuple(inner)):
                return min(_NEVER, least * self._weight(inner, of_rules))
            case ("rule", str(name)):
                return of_rules.get(name, _NEVER)
        return 1
