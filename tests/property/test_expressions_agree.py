"""Subsumption between concepts and expressions: laws, and a naive second opinion.

Releases are generated and classified (`classified_release`), so that the product's structural test
must find exactly what the oracle does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from random import Random

import pytest

from termserver.library import Home
from termserver.model import Coding, FilterClause, Member
from termserver.operations.subsumes import SubsumesRequest, subsumes
from termserver.providers.snomed import SnomedProvider
from termserver.providers.snomed_grammar import parse_expression
from termserver.systems import SNOMED_CT
from tests.property.classified_release import Text, World, expression, make_classified
from tests.snomed_edition import home_of

EXPRESSIONS = 45
SEEDS = range(5)


@dataclass(frozen=True, slots=True)
class Case:
    """A loaded release with its concepts and some expressions."""

    world: World
    home: Home
    provider: SnomedProvider
    texts: list[str | Text]

    def member(self, what: str | Text) -> Member:
        found = self.provider.find(str(what))
        assert found is not None, self.provider.why_unknown(str(what))
        return found

    def is_below(self, low: str | Text, high: str | Text) -> bool:
        """Ask the product: the same or narrower."""
        one, other = self.member(low), self.member(high)
        return self.provider.same(one, other) or self.provider.subsumes(other, one)

    def is_known_below(self, low: str | Text, high: str | Text) -> bool:
        """Ask the oracle."""
        return self.world.is_below(self.world.canon(low), self.world.canon(high))

    def outcome(self, left: str | Text, right: str | Text) -> str:
        request = SubsumesRequest(
            coding_a=Coding(code=str(left)), coding_b=Coding(code=str(right)), system=SNOMED_CT
        )
        return subsumes(self.home.terminology(), request)


@pytest.fixture(scope="module", params=SEEDS)
def case(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Case]:
    world = make_classified(request.param)
    home = home_of(world.release, tmp_path_factory.mktemp("classified"))
    provider = home.terminology().find_system(SNOMED_CT)
    assert isinstance(provider, SnomedProvider)
    random = Random(request.param)
    made = [expression(world, random) for _ in range(EXPRESSIONS)]
    yield Case(world, home, provider, [*world.findings, *made])
    home.close()


def test_the_product_agrees_with_the_oracle_on_every_pair(case: Case) -> None:
    pairs = list(product(case.texts, repeat=2))
    wrong = [
        (str(low), str(high))
        for low, high in pairs
        if case.is_below(low, high) != case.is_known_below(low, high)
    ]
    strict = sum(1 for low, high in pairs if low != high and case.is_known_below(low, high))

    assert wrong == []
    assert len(pairs) > 3000
    assert strict > 100


def test_every_expression_is_equivalent_to_itself_however_it_is_written(case: Case) -> None:
    for one in case.texts:
        spaced = str(one).replace(":", " : ").replace("=", " = ").replace("+", " + ")
        assert case.outcome(one, one) == "equivalent"
        assert case.outcome(str(one), f"=== {spaced}") == "equivalent"


def test_what_subsumes_each_other_is_equivalent_and_outcomes_mirror(case: Case) -> None:
    mirror = {
        "subsumes": "subsumed-by",
        "subsumed-by": "subsumes",
        "equivalent": "equivalent",
        "not-subsumed": "not-subsumed",
    }
    expected = {
        (True, True): "equivalent",
        (True, False): "subsumed-by",
        (False, True): "subsumes",
        (False, False): "not-subsumed",
    }
    for left, right in product(case.texts[::3], repeat=2):
        both = case.is_known_below(left, right), case.is_known_below(right, left)
        assert case.outcome(left, right) == expected[both]
        assert case.outcome(right, left) == mirror[expected[both]]


def test_single_concepts_are_compared_by_the_hierarchy_alone(case: Case) -> None:
    hierarchy = case.provider.hierarchy
    for low, high in product(case.world.findings, repeat=2):
        one, other = case.member(low), case.member(high)
        assert isinstance(one, int)
        assert isinstance(other, int)
        known = low == high or hierarchy.is_below(one, other)
        for written in (low, f"=== {low}", f"{low} |any term|", f"<<< {low}"):
            assert case.is_below(written, high) is known, (written, high)


def test_what_is_added_or_narrowed_makes_an_expression_narrower(case: Case) -> None:
    random = Random(1)
    for one in case.texts:
        if isinstance(one, str):
            continue
        extra = expression(case.world, random)
        both = Text((*one.focus, *extra.focus), (*one.groups, *extra.groups))
        assert case.is_below(both, one)
        assert case.is_below(both, extra)
        assert all(case.is_below(one, focus) for focus in one.focus)


def test_a_normal_form_means_the_same_and_is_its_own_normal_form(case: Case) -> None:
    for one in case.texts:
        # the definition of a primitive concept is wider than the concept
        if str(one).isdigit() and str(one) not in case.world.defined:
            continue
        (terse,) = case.provider.property_values(case.member(one), "normalFormTerse")
        (named,) = case.provider.property_values(case.member(one), "normalForm")
        assert isinstance(terse, str)
        assert isinstance(named, str)
        assert case.outcome(str(one), terse) == "equivalent", (str(one), terse)
        assert case.outcome(terse, named) == "equivalent"
        parse_expression(named)
        if not str(one).isdigit():
            again = case.provider.property_values(case.member(terse), "normalFormTerse")
            assert [terse] == list(again)


def test_filters_and_ecl_agree_with_subsumption(case: Case) -> None:
    random = Random(2)
    for one in case.texts:
        member = case.member(one)
        for root in random.sample(case.world.findings, 4):
            below = case.is_known_below(one, root)
            clause = FilterClause(property="concept", op="is-a", value=root)
            ecl = FilterClause(property="constraint", op="=", value=f"<< {root}")
            assert case.provider.contains(clause, member) is below
            assert case.provider.contains(ecl, member) is below
