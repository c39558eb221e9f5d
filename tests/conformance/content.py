"""content.json: what each case that does not pass needs and nobody may ship or has here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.conformance.baseline import Results
from tests.conformance.suite import Case

CONTENT = Path(__file__).with_name("content.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingContent:
    """Content by its key, and for each case (key of the content, what of it the case asks for)."""

    content: dict[str, str]
    cases: dict[str, tuple[str, str]]

    def of(self, case: str) -> str | None:
        """Return what the case needs, None where the case is not listed."""
        if case not in self.cases:
            return None
        key, detail = self.cases[case]
        return f"{self.content[key]}: {detail}"


def read_missing_content(path: Path = CONTENT) -> MissingContent:
    """Return the list. Raises: KeyError of a case whose content is not named."""
    listed = json.loads(path.read_text(encoding="utf-8"))
    cases = {name: (key, detail) for name, (key, detail) in listed["cases"].items()}
    for key, _ in cases.values():
        listed["content"][key]
    return MissingContent(content=listed["content"], cases=cases)


def unexplained(results: Results, missing: MissingContent) -> list[tuple[str, Case]]:
    """Return (release, case) of each case that fails and that no missing content explains."""
    return [(release, one) for release, one in _failing(results) if one.name not in missing.cases]


def no_longer_failing(results: Results, missing: MissingContent) -> list[str]:
    """Return the names that are listed and fail at no release."""
    failing = {one.name for _, one in _failing(results)}
    return sorted(set(missing.cases) - failing)


def _failing(results: Results) -> Sequence[tuple[str, Case]]:
    return [(release, one) for release, cases in results.items() for one in cases if not one.passed]
