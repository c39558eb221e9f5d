"""The evaluator of expression constraints agrees with a naive one over plain rows.

Two thousand generated expressions and more: over generated releases, loaded from their RF2 files,
and over the shared test release where there is one. The count is in the output of the run.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from loaders.base import LoadOptions
from loaders.run import load
from termserver.conceptset import ConceptSet
from termserver.ecl.evaluate import Evaluator
from termserver.ecl.format import format_ecl
from termserver.ecl.parse import parse_ecl
from termserver.ecl.syntax import Expression
from termserver.errors import TerminologyError
from termserver.providers.snomed_source import SnomedSource
from termserver.providers.stored import StoredProvider
from termserver.store.pack import Pack
from tests.property import ecl_release
from tests.property.ecl_features import WANTED, features
from tests.property.ecl_naive import DIALECTS, Naive, Refused
from tests.property.ecl_release import Made, make
from tests.property.ecl_rows import Release, read_release
from tests.property.ecl_trees import TreeMaker, Words
from tests.rf2_release import CORE, GB, MODEL, REPLACED_BY, SAME_AS, US

SEEDS = range(8)
FOR_EACH = 300
AT_LEAST_EACH = 20
OVER_SHARED = 300
SHARED_EDITION = "http://snomed.info/xsct/31000003106/version/20250909"
REFUSED = "refused"


def opened(home: Path, folder: Path, options: LoadOptions | None = None) -> Pack:
    (report,) = load(home, [str(folder)], options=options)
    return Pack.open(home / "packs" / report.pack)


def source_of(pack: Pack) -> SnomedSource:
    (system,) = [one for one in pack.systems() if "snomed.info" in one.url]
    provider = pack.provider(system)
    assert isinstance(provider, StoredProvider)
    return SnomedSource(provider)


def by_product(source: SnomedSource, text: str) -> Any:
    try:
        found = Evaluator(source=source).result(parse_ecl(text))
    except TerminologyError:
        return REFUSED
    if isinstance(found, ConceptSet):
        return {source.code_of(one) for one in found}
    assert len(set(found.rows)) == len(found.rows)
    return found.fields, set(found.rows)


def by_hand(naive: Naive, text: str) -> Any:
    try:
        return naive.result(parse_ecl(text))
    except Refused:
        return REFUSED


def words_of(made: Made) -> Words:
    return Words(
        concepts=made.concepts,
        attributes=made.attributes,
        refsets=made.refsets,
        descriptions=made.descriptions,
        words=ecl_release.WORDS,
        texts=["PANADOL", "two words", "true"],
        numbers=["5", "-2.5", "500", "0"],
        times=ecl_release.TIMES,
        modules=[CORE, MODEL],
        statuses=ecl_release.STATUSES,
        types=ecl_release.DESCRIPTION_TYPES,
        dialects=sorted(DIALECTS),
        language_refsets=[US, GB, ecl_release.SV, ecl_release.AU, ecl_release.NHS],
        acceptabilities=ecl_release.ACCEPTABILITIES,
        associations=[SAME_AS, REPLACED_BY, ecl_release.WAS_A],
        association_top=ecl_release.ASSOCIATIONS,
        language_top=ecl_release.LANGUAGE_TYPE,
        identifiers=made.identifiers,
    )


def expressions(seed: int, words: Words, count: int) -> Iterator[Expression]:
    maker = TreeMaker(Random(seed), words)
    for at in range(count):
        yield maker.expression(at % 4)


def compare(source: SnomedSource, naive: Naive, trees: Iterator[Expression]) -> dict[str, int]:
    counts = {"selecting": 0, "empty": 0, REFUSED: 0}
    for tree in trees:
        text = format_ecl(tree)
        assert parse_ecl(text) == tree, text
        answer, wanted = by_product(source, text), by_hand(naive, text)
        assert answer == wanted, text
        rows = wanted[1] if isinstance(wanted, tuple) else wanted
        counts[REFUSED if wanted == REFUSED else "selecting" if rows else "empty"] += 1
    return counts


def report(capsys: pytest.CaptureFixture[str], over: str, counts: dict[str, int]) -> None:
    with capsys.disabled():
        shown = ", ".join(f"{count} {name}" for name, count in counts.items())
        print(f"\n{sum(counts.values())} expressions agree over {over}: {shown}")


def test_expressions_over_generated_releases_agree(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    total = {"selecting": 0, "empty": 0, REFUSED: 0}
    held: Counter[str] = Counter()
    for seed in SEEDS:
        made = make(seed)
        folder = made.release.write(tmp_path / f"release{seed}")
        pack = opened(tmp_path / f"home{seed}", folder)
        naive = Naive(read_release(folder))
        trees = list(expressions(seed, words_of(made), FOR_EACH))
        counts = compare(source_of(pack), naive, iter(trees))
        pack.close()
        total = {name: total[name] + counts[name] for name in total}
        held.update(one for tree in trees for one in features(tree))

    report(capsys, f"{len(SEEDS)} generated releases", total)
    assert sum(total.values()) == len(SEEDS) * FOR_EACH
    assert total["selecting"] > sum(total.values()) // 2
    assert {name: held[name] for name in sorted(WANTED) if held[name] < AT_LEAST_EACH} == {}


def test_expressions_over_the_shared_test_release_agree(
    shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shared / "tx-ecosystem" / "tx-source" / "snomed"
    pack = opened(tmp_path, folder, LoadOptions(version=SHARED_EDITION))
    release = read_release(folder)
    words = shared_words(release)

    counts = compare(source_of(pack), Naive(release), expressions(1, words, OVER_SHARED))

    pack.close()
    report(capsys, "the shared test release", counts)
    assert counts["selecting"] > OVER_SHARED // 3


def shared_words(release: Release) -> Words:
    kinds = sorted({row["typeId"] for rows in release.attributes.values() for row in rows})
    concrete = sorted({row["typeId"] for rows in release.concrete.values() for row in rows})
    top = ["138875005", *sorted(release.children["138875005"])]
    every: Sequence[str] = sorted(release.concepts)
    refsets = {
        code: {name: fields_of(rows.rows, name) for name in rows.columns}
        for code, rows in release.refsets.items()
        if code in release.concepts
    }
    return Words(
        concepts=[*top, *every[:: len(every) // 200]],
        attributes=[*kinds, *concrete],
        refsets=refsets,
        descriptions=[rows[0]["id"] for rows in list(release.descriptions.values())[::50]],
        words=["heart", "disorder", "structure", "Procedure", "of", "left", "oedema"],
        texts=["PANADOL"],
        numbers=["1", "600", "4000"],
        times=["20020131", "20250909", "20190731"],
        modules=[one for one in (CORE, MODEL, "31000003106") if one in release.concepts],
        statuses=ecl_release.STATUSES,
        types=[one for one in ecl_release.DESCRIPTION_TYPES if one in release.concepts],
        dialects=[one for one in DIALECTS if one in {"en-us", "en-gb"}],
        language_refsets=[one for one in (US, GB) if one in release.concepts],
        acceptabilities=ecl_release.ACCEPTABILITIES,
        associations=[one for one in (SAME_AS, REPLACED_BY) if one in release.concepts],
        association_top=ecl_release.ASSOCIATIONS,
        language_top=ecl_release.LANGUAGE_TYPE,
    )


def fields_of(rows: list[dict[str, str]], name: str) -> tuple[str, ...]:
    return tuple(sorted({row[name] for row in rows if row[name] and '"' not in row[name]}))[:20]
