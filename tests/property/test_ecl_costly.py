"""Expressions built to blow up are answered within the time limit or refused as too costly."""

import time
from collections.abc import Iterator

import pytest

from termserver.ecl.evaluate import Evaluator
from termserver.ecl.parse import parse_ecl
from termserver.errors import TooCostly
from termserver.providers.snomed_constraints import MOST_SECONDS
from termserver.providers.snomed_source import SnomedSource
from tests.property.ecl_costly import Edition, costly
from tests.property.ecl_release import make
from tests.property.test_ecl_agrees import opened, source_of
from tests.rf2_release import EXTENDED_MAP, ROOT, SAME_AS, US

MADE = make(5, size=300)
SIMPLE = next(code for code, fields in MADE.refsets.items() if not fields)
EXPRESSIONS = costly(
    Edition(
        tops=[ROOT, MADE.concepts[1]],
        attributes=MADE.attributes,
        refset=SIMPLE,
        map=EXTENDED_MAP,
        language=US,
        association=SAME_AS,
    )
)
REFUSED = {
    "brackets beyond the limit",
    "a text beyond the limit",
    "terms beyond the limit",
}
"""Refused before anything is looked at."""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SnomedSource]:
    folder = tmp_path_factory.mktemp("costly")
    pack = opened(folder / "home", MADE.release.write(folder / "release"))
    yield source_of(pack)
    pack.close()


class Stop(Exception):
    """Raised by a check."""


def stop() -> None:
    raise Stop


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_what_is_built_to_blow_up_ends_in_time(source: SnomedSource, name: str) -> None:
    begun = time.monotonic()

    def check() -> None:
        if time.monotonic() - begun > MOST_SECONDS:
            raise TooCostly("late")

    try:
        Evaluator(source=source, check=check).result(parse_ecl(EXPRESSIONS[name]))
    except TooCostly:
        assert name in REFUSED or time.monotonic() - begun > MOST_SECONDS
    assert time.monotonic() - begun < MOST_SECONDS + 5


@pytest.mark.parametrize("name", sorted(EXPRESSIONS.keys() - REFUSED))
def test_what_is_built_to_blow_up_can_be_stopped(source: SnomedSource, name: str) -> None:
    with pytest.raises(Stop):
        Evaluator(source=source, check=stop).result(parse_ecl(EXPRESSIONS[name]))
