"""What one evaluation of a value set carries along: versions used, warnings, limits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from termserver.deadline import UNLIMITED, Deadline
from termserver.model import CodeSystem
from termserver.providers.base import CodeSystemProvider
from termserver.providers.supplemented import SupplementedProvider
from termserver.terminology import Terminology
from valuesets import issues
from valuesets.model import ValueSet, VersionRules
from valuesets.versions import WantedVersion, required_version, satisfies, wanted_version


@dataclass(slots=True, kw_only=True)
class Evaluation:
    """One evaluation of a value set and its imports. Not shared between requests.

    `active_only` is the request's; each compose adds its own rule.
    """

    terminology: Terminology
    rules: VersionRules
    supplements: tuple[str, ...] = ()
    active_only: bool = False
    exclude_systems: tuple[str, ...] = ()
    exclude_post_coordinated: bool = False
    deadline: Deadline = UNLIMITED
    systems: dict[str, CodeSystem] = field(default_factory=dict)
    used_supplements: dict[str, CodeSystem] = field(default_factory=dict)
    imports: dict[str, ValueSet] = field(default_factory=dict)
    applied_rules: dict[tuple[str, str], None] = field(default_factory=dict)
    named_versions: dict[str, set[str | None]] = field(default_factory=dict)
    unclosed: dict[str, None] = field(default_factory=dict)
    path: list[str] = field(default_factory=list)
    open_ended: bool = False
    """Whether a part has no list of its own, so that no total can be given."""
    lists: dict[str, ValueSet] = field(default_factory=dict)
    """Value sets that stood in for systems without a list."""

    def check_time(self) -> None:
        """Raise when the deadline has passed (`termserver.deadline`)."""
        self.deadline.check()

    def enter(self, value_set: ValueSet) -> None:
        """Note that `value_set` is being evaluated. Raises: CyclicValueSet."""
        canonical = value_set.canonical
        if canonical and canonical in self.path:
            raise issues.circular(canonical, self.path)
        self.path.append(canonical)

    def leave(self) -> None:
        """Note that the value set entered last is done."""
        self.path.pop()

    def find_provider(
        self, system: str, version: str | None
    ) -> tuple[CodeSystemProvider | None, WantedVersion]:
        """Return (provider with supplements or None, version wanted) for an include.

        Raises: VersionConflict where check-system-version does not allow the version found.
        """
        wanted = wanted_version(self.terminology, system, version, self.rules)
        self.named_versions.setdefault(system, set()).add(version)
        if wanted.rule and wanted.canonical:
            self.applied_rules[wanted.rule, wanted.canonical] = None
        provider = self.terminology.find_system(system, wanted.version)
        if provider is None:
            return None, wanted
        required = required_version(self.terminology, self.rules, system)
        if not satisfies(provider.system.version, required):
            raise issues.version_check_failed(system, provider.system.version, required or "")
        return self.use(provider), wanted

    def use(self, provider: CodeSystemProvider) -> CodeSystemProvider:
        """Note that a code system version is used; return it with the supplements asked for."""
        provider = self.terminology.with_supplements(provider, self.supplements)
        self.systems[provider.system.canonical] = provider.system
        if isinstance(provider, SupplementedProvider):
            for one in provider.supplements:
                self.used_supplements[one.canonical] = one
        if provider.system.content == "fragment":
            self.unclosed[
                "This extension is based on a fragment of the code system " + provider.system.url
            ] = None
        return provider

    def note_grammar(self, system: CodeSystem, *, whole: bool) -> None:
        """Note that a system with a grammar was listed: expressions belong to it, but have no list.

        `whole` tells that all of it was asked for, which alone is given a reason (suite snomed).
        """
        if system.compositional and not self.exclude_post_coordinated:
            self.unclosed[_infinite(system) if whole else ""] = None

    def note_list(self, system: CodeSystem, value_set: ValueSet) -> None:
        """Note that a value set stood in for a system that has no list."""
        self.unclosed[f"{_infinite(system)}. This extension is based on {value_set.url}"] = None
        self.open_ended = True
        self.lists[value_set.canonical] = value_set

    def several_versions(self, system: str) -> bool:
        """Tell whether the definition names more than one version of `system`."""
        return len(self.named_versions.get(system, ())) > 1


def _infinite(system: CodeSystem) -> str:
    return f"The code System '{system.url}' has a grammar and so has infinite members"


def supplement_canonicals(value_sets: Iterable[ValueSet], asked: Iterable[str]) -> tuple[str, ...]:
    """Return the supplements that a request and value sets name, in order, each once."""
    named = [canonical for one in value_sets for canonical in one.supplements]
    return tuple(dict.fromkeys([*named, *asked]))
