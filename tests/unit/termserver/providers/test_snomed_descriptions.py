"""Descriptions as columns: the same whether a few concepts are asked for or the whole edition."""

from collections.abc import Iterator

import numpy as np
import pytest

from termserver.conceptset import ConceptSet
from termserver.ecl.source import DescriptionRows
from termserver.providers.snomed_descriptions import Descriptions
from termserver.providers.stored import StoredProvider
from tests.property.ecl_release import make
from tests.property.test_ecl_agrees import opened
from tests.rf2_release import ROOT, US, international

DISEASE, COLD = "64572001", "82272006"


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoredProvider]:
    folder = tmp_path_factory.mktemp("descriptions")
    pack = opened(folder / "home", make(3).release.write(folder / "release"))
    provider = pack.provider(next(one for one in pack.systems() if "snomed" in one.url))
    assert isinstance(provider, StoredProvider)
    yield provider
    pack.close()


def described(rows: DescriptionRows) -> list[tuple[object, ...]]:
    facts = [rows.shared[one] for one in rows.facts.tolist()]
    return list(zip(rows.row.tolist(), rows.ordinal.tolist(), facts, strict=True))


@pytest.mark.parametrize("step", [1, 3, 17])
def test_few_concepts_and_the_whole_edition_give_the_same(
    stored: StoredProvider, step: int
) -> None:
    some = ConceptSet.of(list(stored.all())[::step])

    one_by_one, by_columns = Descriptions(stored).of(some), Descriptions(stored, few=0).of(some)

    assert described(one_by_one) == described(by_columns)
    assert len(one_by_one.row) >= len(some)


def test_no_concept_has_no_description(stored: StoredProvider) -> None:
    assert described(Descriptions(stored).of(ConceptSet.empty())) == []
    assert described(Descriptions(stored, few=-1).of(ConceptSet.empty())) == []


@pytest.mark.parametrize("step", [1, 2, 40])
def test_texts_come_in_the_order_of_the_rows(stored: StoredProvider, step: int) -> None:
    rows = Descriptions(stored).of(stored.all()).row
    every = [name for one in stored.all() for name in _names(stored, one)]

    assert list(Descriptions(stored).terms(rows[::step])) == every[::step]
    assert list(Descriptions(stored, few=2).terms(rows[::step])) == every[::step]


def _names(stored: StoredProvider, ordinal: int) -> list[str]:
    return [one.value for one in stored.pack.reader.designations(ordinal)]


def test_what_descriptions_share_is_told_once(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("shared")
    release = international()
    release.concept("Disease", ROOT, id=DISEASE)
    release.concept("Cold", DISEASE, id=COLD)
    ids = [
        release.description(COLD, term, accept={US: "900000000000548007"}, time="20200101")
        for term in ("Cold", "Common cold")
    ]
    pack = opened(folder / "home", release.write(folder / "release"))
    provider = pack.provider(next(one for one in pack.systems() if "snomed" in one.url))
    assert isinstance(provider, StoredProvider)
    descriptions = Descriptions(provider)
    cold = provider.find(COLD)
    assert isinstance(cold, int)

    rows = descriptions.of(ConceptSet.of([cold]))
    named = descriptions.rows_of([int(one) for one in ids])
    facts = {rows.shared[one] for one in rows.facts[np.isin(rows.row, named)].tolist()}

    assert list(descriptions.terms(named)) == ["Cold", "Common cold"]
    (one,) = facts
    assert (one.type, one.language, one.active) == ("synonym", "en", True)
    assert (one.effective_time, one.preferred_in) == (20200101, frozenset({int(US)}))
    pack.close()
