from collections import Counter
from pathlib import Path
from typing import TypeVar

import pytest

from loaders.base import LoadOptions, Reading
from loaders.rf2 import LOADER
from termserver.errors import InvalidSource
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DesignationRecord,
    EdgeRecord,
    IdentifierRecord,
    PropertyRecord,
    Record,
    RefsetMemberRecord,
    RefsetRecord,
    single,
)
from tests.rf2_release import (
    ACCEPTABLE,
    ATTRIBUTE,
    DEFINITION,
    GB,
    IS_A,
    PREFERRED,
    REPLACED_BY,
    ROOT,
    US,
    Rf2Release,
    international,
)

T = TypeVar("T", bound=Record)
NO_PROGRESS = lambda what, done, total: None  # noqa: E731


def read(*sources: Path, version: str | None = None, as_of: str | None = None) -> Reading:
    return LOADER.read(list(sources), LoadOptions(version=version, as_of=as_of), NO_PROGRESS)


def records(reading: Reading, kind: type[T]) -> list[T]:
    return [one for one in single(reading.records) if isinstance(one, kind)]


def small() -> tuple[Rf2Release, str, str]:
    release = international()
    disease = release.concept("Disease", ROOT)
    cold = release.concept("Cold", disease)
    return release, disease, cold


def test_a_release_is_recognised_by_its_files(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "sct2_notes.txt").write_text("hello")

    assert LOADER.recognises(international().write(tmp_path / "release"))
    assert not LOADER.recognises(tmp_path / "other")


def test_the_edition_is_named_from_the_module_dependencies(tmp_path: Path) -> None:
    reading = read(international().write(tmp_path))

    (system,) = [one.system for one in records(reading, CodeSystemRecord)]
    assert system.version == "http://snomed.info/sct/900000000000207008/version/20250801"
    assert (reading.header.name, reading.header.version) == (
        "snomed-sct-900000000000207008",
        "20250801",
    )


def test_is_a_rows_are_edges_in_source_order(tmp_path: Path) -> None:
    release, disease, cold = small()

    edges = [(one.child, one.parent) for one in records(read(release.write(tmp_path)), EdgeRecord)]

    assert edges[-2:] == [(disease, ROOT), (cold, disease)]


def test_attributes_keep_their_group_and_inactive_rows_are_kept(tmp_path: Path) -> None:
    release, disease, cold = small()
    release.relationship(cold, ATTRIBUTE, disease, group=3)
    release.relationship(disease, IS_A, cold, active=False)

    found = records(read(release.write(tmp_path)), PropertyRecord)

    assert [(one.code, one.property, one.target, one.group, one.active) for one in found] == [
        (cold, ATTRIBUTE, disease, 3, True),
        (disease, IS_A, cold, 0, False),
    ]


def test_concrete_values_are_typed(tmp_path: Path) -> None:
    release, _, cold = small()
    for value in ["#5", "#-2.50", '"a \\"b\\""', "true"]:
        release.concrete(cold, ATTRIBUTE, value)

    found = records(read(release.write(tmp_path)), PropertyRecord)

    assert [(one.type, one.value) for one in found] == [
        ("integer", 5),
        ("decimal", -2.5),
        ("string", 'a "b"'),
        ("boolean", True),
    ]


def test_the_display_is_the_synonym_that_us_english_prefers(tmp_path: Path) -> None:
    release = international()
    code = release.concept(None, ROOT)
    release.description(code, "Haemorrhage", accept={GB: PREFERRED, US: ACCEPTABLE})
    release.description(code, "Hemorrhage", accept={US: PREFERRED})

    found = {one.code: one for one in records(read(release.write(tmp_path)), ConceptRecord)}

    assert found[code].display == "Hemorrhage"


def test_a_concept_without_a_preferred_synonym_shows_what_it_has(tmp_path: Path) -> None:
    release = international()
    listed = release.concept(None, ROOT)
    release.description(listed, "Unlisted")
    release.description(listed, "Accepted", accept={US: ACCEPTABLE})
    nameless = release.concept(None, ROOT)

    found = {one.code: one for one in records(read(release.write(tmp_path)), ConceptRecord)}

    assert (found[listed].display, found[nameless].display) == ("Accepted", None)


def test_acceptability_and_inactive_descriptions_are_kept(tmp_path: Path) -> None:
    release, _, cold = small()
    release.description(cold, "Old cold", active=False, accept={US: ACCEPTABLE})

    found = [one for one in records(read(release.write(tmp_path)), DesignationRecord)]

    old = found[-1]
    assert (old.code, old.value, old.active) == (cold, "Old cold", False)
    assert (old.preferred_in, old.acceptable_in) == (frozenset(), frozenset({int(US)}))
    assert found[-2].preferred_in == frozenset({int(US), int(GB)})
    assert found[-2].use is not None
    assert found[-2].use.display == "Synonym"


def test_a_text_definition_is_definition_and_designation(tmp_path: Path) -> None:
    release, _, cold = small()
    release.description(cold, "Something with sneezing", kind=DEFINITION, accept={US: PREFERRED})

    every = list(single(read(release.write(tmp_path)).records))

    concepts = {one.code: one for one in every if isinstance(one, ConceptRecord)}
    last = [one for one in every if isinstance(one, DesignationRecord)][-1]
    assert concepts[cold].definition == "Something with sneezing"
    assert last.use is not None
    assert (last.use.code, last.value) == (DEFINITION, "Something with sneezing")


def test_reference_sets_keep_columns_and_rows(tmp_path: Path) -> None:
    release, disease, cold = small()
    release.association(REPLACED_BY, cold, disease)
    release.extended_map(cold, 1, 2, "OTHERWISE TRUE", "ALWAYS J00", "J00")

    every = list(single(read(release.write(tmp_path)).records))

    sets = {one.refset: one for one in every if isinstance(one, RefsetRecord)}
    members = [one for one in every if isinstance(one, RefsetMemberRecord)]
    assert sets[int(REPLACED_BY)].columns == ("targetComponentId",)
    assert sets[447562003].pattern == "iissscc"
    (replaced,) = [one for one in members if one.refset == int(REPLACED_BY)]
    assert (replaced.component, replaced.fields) == (int(cold), (disease,))


def test_alternate_identifiers_are_read(tmp_path: Path) -> None:
    release, _, cold = small()
    release.identifier("D1-22", "900000000000294009", cold)

    found = records(read(release.write(tmp_path)), IdentifierRecord)

    assert found == [
        IdentifierRecord(code=cold, scheme=900000000000294009, identifier="D1-22", active=True)
    ]


def test_what_was_read_is_counted(tmp_path: Path) -> None:
    release, _, _ = small()
    reading = read(release.write(tmp_path))

    Counter(type(one).__name__ for one in single(reading.records))

    assert reading.expected["concepts"] == 13
    assert reading.expected["descriptions"] == 26
    assert reading.expected["language rows"] == 52
    assert reading.expected["refset rows"] == 1


def test_delta_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSource, match="Delta files alone"):
        read(international().write(tmp_path, "Delta"))


def test_an_extension_alone_names_the_base_it_needs(tmp_path: Path) -> None:
    extension = Rf2Release(module="731000124108", date="20250901", namespace=1000124)
    extension.concept("Local disease", ROOT)
    extension.dependency("731000124108", "900000000000207008", target_time="20250801")

    with pytest.raises(InvalidSource) as caught:
        read(extension.write(tmp_path))

    assert "900000000000207008 (International) of 20250801" in caught.value.text
    assert "--together" in caught.value.text


def test_a_map_package_alone_names_the_base_it_needs(tmp_path: Path) -> None:
    package = Rf2Release(module="449080006")
    package.extended_map("73211009", 1, 1, "TRUE", "ALWAYS E14", "E14")
    package.dependency("449080006", "900000000000207008")

    with pytest.raises(InvalidSource) as caught:
        read(package.write(tmp_path))

    assert "900000000000207008 (International) of 20250801" in caught.value.text


@pytest.mark.parametrize("base_first", [True, False])
def test_an_extension_and_its_base_make_one_edition(tmp_path: Path, base_first: bool) -> None:
    base, disease, _ = small()
    extension = Rf2Release(module="731000124108", date="20250901", namespace=1000124)
    local = extension.concept("Local disease", disease)
    extension.dependency("731000124108", "900000000000207008", target_time="20250801")
    extension.dependency("731000124108", "900000000000012004", target_time="20250801")
    sources = [base.write(tmp_path / "base"), extension.write(tmp_path / "extension")]

    reading = read(*(sources if base_first else sources[::-1]))
    every = list(single(reading.records))

    systems = [one.system.version for one in every if isinstance(one, CodeSystemRecord)]
    concepts = [one.code for one in every if isinstance(one, ConceptRecord)]
    assert systems == ["http://snomed.info/sct/731000124108/version/20250901"]
    assert len(concepts) == 14
    assert local in concepts


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_rows_of_a_base_come_first_in_whatever_order_the_sources_are(
    tmp_path: Path, order: tuple[int, ...]
) -> None:
    lower = Rf2Release(module="731000124108", date="20250901", namespace=1000124)
    lower.concept("Local disease", ROOT)
    lower.dependency("731000124108", "900000000000207008", target_time="20250801")
    upper = Rf2Release(module="5991000124107", date="20250930", namespace=1000125)
    upper.concept("Disease above", ROOT)
    upper.dependency("5991000124107", "731000124108", target_time="20250901")
    upper.dependency("5991000124107", "900000000000207008", target_time="20250801")
    base, *_ = small()
    folders = [
        one.write(tmp_path / name) for name, one in (("a", base), ("b", lower), ("c", upper))
    ]

    every = list(read(*(folders[one] for one in order)).records)

    modules = [one.module for one in every if isinstance(one, ConceptRecord)]
    assert modules[-2:] == [731000124108, 5991000124107]


def test_a_base_of_another_date_is_refused(tmp_path: Path) -> None:
    extension = Rf2Release(module="731000124108", date="20250901", namespace=1000124)
    extension.concept("Local disease", ROOT)
    extension.dependency("731000124108", "900000000000207008", target_time="20250201")

    with pytest.raises(InvalidSource, match=r"900000000000207008 .* of 20250201.* of 20250801"):
        read(international().write(tmp_path / "base"), extension.write(tmp_path / "extension"))


def test_a_module_that_the_table_does_not_know_needs_a_version(tmp_path: Path) -> None:
    release = international()
    own = release.concept("Own module", "900000000000443000")
    release.module = own
    release.concept("Own disease", ROOT)
    release.dependency(own, "900000000000207008")
    folder = release.write(tmp_path)

    with pytest.raises(InvalidSource, match="--version"):
        read(folder)
    version = f"http://snomed.info/xsct/{own}/version/20250909"
    (system,) = [one.system for one in records(read(folder, version=version), CodeSystemRecord)]
    assert system.version == version


def test_a_bare_date_is_no_version(tmp_path: Path) -> None:
    with pytest.raises(InvalidSource, match="no SNOMED CT edition URI"):
        read(international().write(tmp_path), version="20250801")


def test_a_version_of_another_date_than_the_files_say_is_warned_of(tmp_path: Path) -> None:
    version = "http://snomed.info/sct/900000000000207008/version/20240101"

    reading = read(international().write(tmp_path), version=version)

    assert reading.header.warnings == ("the files are of 20250801, and --version says 20240101",)


def test_the_shared_release_has_the_counts_of_its_notes(shared: Path) -> None:
    reading = read(
        shared / "tx-ecosystem" / "tx-source" / "snomed",
        version="http://snomed.info/xsct/31000003106/version/20250909",
    )

    kinds = Counter(type(one).__name__ for one in single(reading.records))

    assert reading.expected == {
        "concepts": 2258,
        "descriptions": 7882,
        "text definitions": 363,
        "relationships": 6945,
        "concrete values": 8,
        "language rows": 15909,
        "refset rows": 33 + 81 + 71 + 7 + 2312,
    }
    assert kinds["EdgeRecord"] + kinds["PropertyRecord"] == 6945 + 8
    assert reading.header.warnings == (
        "module 449080006 of 20250801 has no content here, dependency rows alone",
    )


def test_the_shared_release_has_the_active_rows_of_its_notes(shared: Path) -> None:
    reading = read(
        shared / "tx-ecosystem" / "tx-source" / "snomed",
        version="http://snomed.info/xsct/31000003106/version/20250909",
    )

    active: Counter[str] = Counter()
    for one in single(reading.records):
        if isinstance(one, ConceptRecord):
            active["concept"] += not one.inactive
            active["defined"] += bool(one.defined)
        elif isinstance(one, DesignationRecord) and one.use is not None:
            active[str(one.use.display)] += 1
            active["designation"] += one.active
        elif isinstance(one, RefsetMemberRecord):
            active[str(one.refset)] += one.active

    assert active == {
        "concept": 2254,
        "defined": 686,
        "designation": 6528 + 245,
        "Fully specified name": 2572,
        "Synonym": 5310,
        "Definition": 363,
        "900000000000508004": active["900000000000508004"],
        "900000000000509007": 13042 - active["900000000000508004"],
        "734139008": 29 - active["900000000000526001"],
        "900000000000526001": active["900000000000526001"],
        "723561005": 79,
        "723562003": 69,
        "900000000000534007": 7,
        "733073007": 2312,
    }
