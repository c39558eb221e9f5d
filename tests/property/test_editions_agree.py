"""An extension on an installed base is the same edition as both archives loaded together.

Generated bases and extensions, in Snapshot and Full files: rows come back from a pack as they were
read, the two packs say the same, and they answer alike.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from loaders.base import LoadOptions, LoadReport
from loaders.rf2_installed import restore_release
from loaders.run import load, quiet
from termserver import library
from termserver.ecl.format import format_ecl
from termserver.errors import TerminologyError
from termserver.store.pack import Pack
from termserver.systems import SNOMED_CT
from tests.property.ecl_release import Made, make
from tests.property.pack_content import content_of, differences, with_members_sorted
from tests.property.rf2_extension import DATE, MODULE, UPPER, UPPER_DATE, extend
from tests.property.test_ecl_agrees import (
    SHARED_EDITION,
    by_product,
    expressions,
    source_of,
    words_of,
)
from tests.rf2_release import CORE, EXTENDED_MAP, IS_A, MODEL, REPLACED_BY, ROOT, Rf2Release
from valuesets.model import Expansion

SEEDS = range(4)
EXPRESSIONS = 120
NEXT = "20251001"


def loaded(home: Path, *sources: Path, together: bool = False, as_of: str | None = None) -> Pack:
    """Load sources and open the pack of the last one."""
    options = LoadOptions(as_of=as_of)
    reports: Sequence[LoadReport] = load(
        home, [str(one) for one in sources], together=together, options=options
    )
    return Pack.open(home / "packs" / reports[-1].pack)


def rows_of(folder: Path, release: str) -> dict[tuple[str, ...], list[str]]:
    """Return the lines of all files of a release type by their header, in the order of names."""
    found: dict[tuple[str, ...], list[str]] = {}
    for path in sorted(folder.rglob(f"*{release}*.txt"), key=lambda one: one.name):
        header, *lines = path.read_text(encoding="utf-8").splitlines()
        kind = "TextDefinition" if "TextDefinition" in path.name else ""
        found.setdefault((kind, *header.split("\t")), []).extend(lines)
    return found


def compared(rows: dict[tuple[str, ...], list[str]]) -> dict[tuple[str, ...], list[str]]:
    """Return the rows, sorted where a pack keeps the order of one component alone."""
    whole = ("definitionStatusId", "relationshipGroup", "alternateIdentifier")
    return {
        header: lines if set(whole) & set(header) else sorted(lines)
        for header, lines in rows.items()
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_a_pack_gives_back_every_row_of_its_source(tmp_path: Path, seed: int) -> None:
    source = make(seed).release.write(tmp_path / "source")

    with closing(loaded(tmp_path / "home", source)) as pack:
        restored = restore_release(pack, tmp_path / "restored", quiet)

    assert compared(rows_of(restored, "Snapshot")) == compared(rows_of(source, "Snapshot"))


def test_the_shared_test_release_comes_back_row_by_row(shared: Path, tmp_path: Path) -> None:
    source = shared / "tx-ecosystem" / "tx-source" / "snomed"
    options = LoadOptions(version=SHARED_EDITION)
    [report] = load(tmp_path, [str(source)], options=options)

    with closing(Pack.open(tmp_path / "packs" / report.pack)) as pack:
        restored = restore_release(pack, tmp_path / "restored", quiet)

    assert compared(rows_of(restored, "Snapshot")) == compared(rows_of(source, "Snapshot"))


@pytest.mark.parametrize("seed", SEEDS)
def test_an_extension_on_its_installed_base_is_the_edition_of_both(
    tmp_path: Path, seed: int
) -> None:
    made = make(seed)
    base = made.release.write(tmp_path / "base")
    extension = extend(made, seed).write(tmp_path / "extension")
    loaded(tmp_path / "apart", base).close()

    apart = loaded(tmp_path / "apart", extension)
    both = loaded(tmp_path / "both", base, extension, together=True)
    turned = loaded(tmp_path / "turned", extension, base, together=True)

    assert apart.header.version == DATE
    assert differences(content_of(apart), content_of(both)) == []
    assert differences(content_of(turned), content_of(both)) == []
    words = words_of(made)
    for tree in expressions(seed, words, EXPRESSIONS):
        text = format_ecl(tree)
        assert by_product(source_of(apart), text) == by_product(source_of(both), text), text
    for one in (apart, both, turned):
        one.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_an_extension_of_an_extension_is_the_edition_of_all_three(
    tmp_path: Path, seed: int
) -> None:
    made = make(seed)
    base = made.release.write(tmp_path / "base")
    lower = extend(made, seed).write(tmp_path / "lower")
    upper = extend(made, seed + 100, upper=True).write(tmp_path / "upper")
    loaded(tmp_path / "apart", base, lower).close()

    apart = loaded(tmp_path / "apart", upper)
    whole = loaded(tmp_path / "whole", upper, base, lower, together=True)

    assert (apart.header.name, apart.header.version) == (f"snomed-sct-{UPPER}", UPPER_DATE)
    assert differences(content_of(apart), content_of(whole)) == []
    apart.close()
    whole.close()


def answers(home: Path, made: Made) -> dict[str, Any]:
    """Return what the operations say of the edition: lookups, expansions, maps, counts."""
    edition = f"{SNOMED_CT}/{MODULE}/version/{DATE}"
    simple, *_ = made.refsets
    found: dict[str, Any] = {}
    with library.open_home(home) as served:
        for query in ("", f"=isa/{ROOT}", f"=refset/{simple}", "=ecl/< 138875005 : 410662002 = *"):
            expansion = answer(lambda q=query: served.expand(f"{edition}?fhir_vs{q}", count=1000))
            found[f"expand {query}"] = expansion
        found["text"] = answer(
            lambda: served.expand(f"{edition}?fhir_vs", filter="card lo", count=50)
        )
        for code in made.concepts:
            found[f"lookup {code}"] = answer(
                lambda c=code: served.lookup(SNOMED_CT, c, version=edition)
            )
            for map_ in (EXTENDED_MAP, REPLACED_BY):
                url = f"{edition}?fhir_cm={map_}"
                found[f"map {map_} {code}"] = answer(
                    lambda c=code, u=url: served.translate(SNOMED_CT, c, map_url=u)
                )
    return found


def answer(ask: Any) -> Any:
    """Return the answer without what tells one expansion from another, or the error's sentence."""
    try:
        found = ask()
    except TerminologyError as error:
        return error.text
    return replace(found, identifier="", timestamp="") if isinstance(found, Expansion) else found


def test_both_editions_answer_alike(tmp_path: Path) -> None:
    made = make(5)
    base = made.release.write(tmp_path / "base")
    extension = extend(made, 5).write(tmp_path / "extension")
    loaded(tmp_path / "apart", base).close()
    loaded(tmp_path / "apart", extension).close()
    loaded(tmp_path / "both", base, extension, together=True).close()

    apart, both = (answers(tmp_path / name, made) for name in ("apart", "both"))

    assert {key: apart[key] for key in apart if apart[key] != both[key]} == {}
    assert sum(isinstance(one, str) for one in both.values()) < len(both) // 3


def next_release(made: Made, seed: int) -> Rf2Release:
    """Return a Full release: the rows of `made`, and a later date at which some have changed."""
    random = Random(seed)
    release = make(seed).release
    release.date = NEXT
    for row in random.sample(release.rows["Relationship"], 12):
        if row[7] != IS_A:
            release.rows["Relationship"].append([row[0], NEXT, "0", *row[3:]])
    for row in random.sample(release.rows["Description"], 12):
        release.rows["Description"].append([row[0], NEXT, "0", *row[3:]])
    for (name, _, _), rows in release.refsets.items():
        if name != "ModuleDependency":
            rows += [[row[0], NEXT, "0", *row[3:]] for row in random.sample(rows, 5)]
    release.concept("Of the next date", made.concepts[5])
    release.dependency(CORE, MODEL)
    return release


def full_extension(made: Made, seed: int) -> Rf2Release:
    """Return a Full extension of two dates, the second on the next date of the base."""
    release = extend(made, seed)
    release.date = "20251101"
    local = release.concept("Local at the second date", ROOT)
    release.relationship(local, made.attributes[0], ROOT)
    for target in (CORE, MODEL):
        release.dependency(MODULE, target, target_time=NEXT)
    return release


@pytest.mark.parametrize("seed", SEEDS)
def test_full_files_come_back_row_by_row(tmp_path: Path, seed: int) -> None:
    source = next_release(make(seed), seed).write(tmp_path / "source", "Full")

    with closing(loaded(tmp_path / "home", source)) as pack:
        assert pack.header.version == NEXT
        restored = restore_release(pack, tmp_path / "restored", quiet)

    written, back = rows_of(source, "Full"), rows_of(restored, "Full")
    assert {key: sorted(rows) for key, rows in back.items()} == {
        key: sorted(set(rows)) for key, rows in written.items()
    }


@pytest.mark.parametrize(("kind", "as_of"), [("Snapshot", None), ("Full", None), ("Full", DATE)])
def test_an_extension_is_built_on_an_earlier_date_of_a_full_base(
    tmp_path: Path, kind: str, as_of: str | None
) -> None:
    """The base is installed as of a later date than the extension's, with its earlier states.

    Publishers sort the rows of Full files by id: then all but members of one component keep their
    places.
    """
    made = make(7)
    later = next_release(made, 7)
    for rows in (*later.rows.values(), *later.refsets.values()):
        rows.sort(key=lambda row: (row[0], row[1]))
    base = later.write(tmp_path / "base", "Full")
    release = full_extension(made, 7) if as_of else extend(made, 7)
    extension = release.write(tmp_path / "extension", kind)
    loaded(tmp_path / "apart", base).close()

    apart = loaded(tmp_path / "apart", extension, as_of=as_of)
    both = loaded(tmp_path / "both", base, extension, together=True, as_of=as_of)

    assert (apart.header.name, apart.header.version) == (f"snomed-sct-{MODULE}", DATE)
    one, other = (with_members_sorted(content_of(pack)) for pack in (apart, both))
    assert differences(one, other) == []
    apart.close()
    both.close()


def test_a_full_extension_is_built_at_its_own_newest_date(tmp_path: Path) -> None:
    made = make(8)
    base = next_release(made, 8).write(tmp_path / "base", "Full")
    extension = full_extension(made, 8).write(tmp_path / "extension", "Full")
    loaded(tmp_path / "apart", base).close()

    apart = loaded(tmp_path / "apart", extension)
    both = loaded(tmp_path / "both", base, extension, together=True)

    assert apart.header.version == "20251101"
    assert differences(content_of(apart), content_of(both)) == []
    apart.close()
    both.close()


def test_as_of_takes_the_base_that_was_installed_at_that_date(tmp_path: Path) -> None:
    made = make(9)
    base = next_release(made, 9).write(tmp_path / "base", "Full")
    extension = full_extension(made, 9).write(tmp_path / "extension", "Full")
    loaded(tmp_path / "apart", base, as_of="20250801").close()

    apart = loaded(tmp_path / "apart", extension, as_of=DATE)
    both = loaded(tmp_path / "both", base, extension, together=True, as_of=DATE)

    assert differences(content_of(apart), content_of(both)) == []
    apart.close()
    both.close()
