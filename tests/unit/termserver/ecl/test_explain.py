"""What is told of an evaluation, over a release made for the test."""

from collections.abc import Iterator
from itertools import count

import pytest

from termserver.ecl.explain import Step, explain
from termserver.ecl.parse import parse_ecl
from termserver.errors import UnknownCode
from termserver.providers.snomed_source import SnomedSource
from tests.property.test_ecl_agrees import opened, source_of
from tests.rf2_release import ATTRIBUTE, ROOT, international

SITE, DISEASE, COLD, REFSET = "363698007", "64572001", "82272006", "700043003"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SnomedSource]:
    folder = tmp_path_factory.mktemp("ecl")
    release = international()
    release.concept("Disease", ROOT, id=DISEASE)
    release.concept("Cold", DISEASE, id=COLD)
    release.concept("Finding site", ATTRIBUTE, id=SITE)
    release.concept("Reference set", ROOT, id=REFSET)
    release.relationship(COLD, SITE, DISEASE)
    release.simple_map(REFSET, COLD, "J00")
    release.simple_map(REFSET, DISEASE, "J99")
    pack = opened(folder / "home", release.write(folder / "release"))
    yield source_of(pack)
    pack.close()


def ticks() -> float:
    return next(_TICKS)


_TICKS = count(0.0, 1.0)


def test_each_sub_expression_is_told_before_those_within_it(source: SnomedSource) -> None:
    steps = explain(parse_ecl(f"<< {DISEASE} : {SITE} = ({COLD} OR {DISEASE})"), source, ticks)

    assert [(one.depth, one.size, one.text) for one in steps] == [
        (0, 1, f"<< {DISEASE} : {SITE} = ({COLD} OR {DISEASE})"),
        (1, 2, f"<< {DISEASE}"),
        (1, 1, SITE),
        (1, 2, f"({COLD} OR {DISEASE})"),
        (2, 2, f"{COLD} OR {DISEASE}"),
        (3, 1, COLD),
        (3, 1, DISEASE),
    ]
    assert steps[0].seconds > sum(one.seconds for one in steps if one.depth == 1)
    assert min(one.seconds for one in steps) == 1


def test_the_size_of_rows_is_their_number(source: SnomedSource) -> None:
    text = f"^ [mapTarget] {REFSET}"
    first, *rest = explain(parse_ecl(text), source, lambda: 0)

    assert first == Step(text=text, size=2, seconds=0, depth=0)
    assert [one.text for one in rest] == [REFSET]


def test_what_cannot_be_evaluated_is_an_error(source: SnomedSource) -> None:
    with pytest.raises(UnknownCode, match="names the concept 999999 at position 5"):
        explain(parse_ecl("* OR 999999"), source, ticks)
