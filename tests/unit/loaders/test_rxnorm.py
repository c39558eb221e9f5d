"""RxNorm's RRF files: a small release written here, the made-up world's, and cuts of real ones."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from loaders.base import LoadOptions, Reading
from loaders.detect import detect
from loaders.rxnorm import LOADER
from termserver.errors import InvalidSource
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DesignationRecord,
    PropertyRecord,
    Record,
)
from tests.synth.rxnorm_files import write_rxnorm
from tests.synth.rxnorm_plan import make_rxnorm
from tests.synth.sizes import size


def conso(cui: str, atom: str, source: str, kind: str, text: str, suppress: str = "N") -> str:
    return f"{cui}|ENG||||||{atom}||{cui}||{source}|{kind}|{cui}|{text}||{suppress}|4096|\n"


def rel(first: str, name: str, relation: str, second: str, kind: str = "CUI") -> str:
    one, two = (f"{first}|", f"{second}|") if kind == "CUI" else (f"|{first}", f"|{second}")
    return f"{one}|{kind}|{name}|{two}|{kind}|{relation}|1||RXNORM|RXNORM|||N|4096|\n"


CONSO = (
    conso("1", "11", "RXNORM", "IN", "blorbine")
    + conso("1", "12", "RXNORM", "SY", "blorbinum")
    + conso("1", "13", "MMSL", "IN", "Blorbine")
    + conso("2", "21", "RXNORM", "PSN", "blorbine tablet")
    + conso("2", "22", "RXNORM", "SCD", "blorbine 1 MG Oral Tablet")
    + conso("3", "31", "RXNORM", "BN", "Oldblorb", "O")
    + conso("4", "41", "RXNORM", "SY", "synonym only")
    + conso("5", "51", "MMSL", "CD", "of another source")
)
REL = (
    rel("1", "RO", "has_ingredient", "2")
    + rel("2", "RO", "ingredient_of", "1")
    + rel("2", "RB", "inverse_isa", "5")
    + rel("22", "SY", "", "13", kind="AUI")
)
SAT = "2||||CUI|2|||RXN_STRENGTH|RXNORM|1 MG|N|4096|\n2||||CUI|2|||X|MMSL|1|N|4096|\n"
STY = "1|T121|A1.4.1.1.1|Pharmacologic Substance||4096|\n2|T200|A1.3.3|Clinical Drug||4096|\n"
SAB = "C1|C2|RXNORM_2025AA_250106F|RXNORM|RxNorm|RXNORM|2025AA_250106F" + "|" * 19 + "\n"


def release(folder: Path, **files: str) -> Path:
    """Write the small release below `folder`; a file named in `files` has that content instead."""
    whole = {"RXNCONSO": CONSO, "RXNREL": REL, "RXNSAT": SAT, "RXNSTY": STY, "RXNSAB": SAB}
    rrf = folder / "rrf"
    rrf.mkdir(parents=True)
    for name, content in {**whole, **files}.items():
        (rrf / f"{name}.RRF").write_text(content, encoding="utf-8")
    return folder


def _read(source: Path, version: str | None = None) -> Reading:
    return LOADER.read([source], LoadOptions(version=version), lambda *_: None)


def _properties(records: list[Record], code: str) -> set[tuple[str, object, str | None]]:
    return {
        (one.property, one.value, one.target)
        for one in records
        if isinstance(one, PropertyRecord) and one.code == code
    }


def test_a_release_is_recognised_by_its_files(tmp_path: Path) -> None:
    assert detect(release(tmp_path)).name == "rxnorm"


def test_the_version_is_the_release_date_as_tho_writes_it(tmp_path: Path) -> None:
    reading = _read(release(tmp_path))
    assert reading.header.version == "01062025"
    assert reading.header.warnings == ()
    assert reading.expected == {"concepts": 3}


def test_concepts_are_those_of_the_source_rxnorm_that_are_more_than_synonyms(
    tmp_path: Path,
) -> None:
    records = list(_read(release(tmp_path)).records)
    assert [
        (one.code, one.display, one.inactive) for one in records if isinstance(one, ConceptRecord)
    ] == [
        ("1", "blorbine", False),
        ("2", "blorbine 1 MG Oral Tablet", False),
        ("3", "Oldblorb", True),
    ]
    assert [
        (one.code, one.value, one.use and one.use.code)
        for one in records
        if isinstance(one, DesignationRecord)
    ] == [("1", "blorbinum", "SY"), ("2", "blorbine tablet", "PSN")]


def test_relations_attributes_and_types_are_properties(tmp_path: Path) -> None:
    records = list(_read(release(tmp_path)).records)
    assert _properties(records, "1") == {
        ("TTY", "IN", None),
        ("SAB", "RXNORM", None),
        ("SAB", "MMSL", None),
        ("RO", "2", "2"),
        ("ingredient_of", "2", "2"),
        ("TUI", "T121", None),
        ("STN", "A1.4.1.1.1", None),
        ("STY", "Pharmacologic Substance", None),
    }
    assert _properties(records, "2") == {
        ("TTY", "SCD", None),
        ("TTY", "PSN", None),
        ("SAB", "RXNORM", None),
        ("RO", "1", "1"),
        ("has_ingredient", "1", "1"),
        ("from:RB", "CUI:5", None),
        ("from:inverse_isa", "CUI:5", None),
        ("from:SY", "AUI:13", None),
        ("RXN_STRENGTH", "1 MG", None),
        ("TUI", "T200", None),
        ("STN", "A1.3.3", None),
        ("STY", "Clinical Drug", None),
    }


def test_missing_files_are_said_and_not_failed(tmp_path: Path) -> None:
    source = release(tmp_path)
    for name in ("RXNREL", "RXNSAT", "RXNSTY", "RXNSAB"):
        (source / "rrf" / f"{name}.RRF").unlink()
    assert _read(source, version="01062025").header.warnings == (
        "there is no RXNREL.RRF: relations are missing",
        "there is no RXNSAT.RRF: attributes (strengths, NDCs) are missing",
        "there is no RXNSTY.RRF: semantic types are missing",
    )


@pytest.mark.parametrize(
    ("file", "content", "text"),
    [
        ("RXNCONSO", CONSO + "1|ENG|\n", "RXNCONSO.RRF, line 9: 2 fields where this file has 18"),
        ("RXNCONSO", CONSO[:-2], "RXNCONSO.RRF, line 8: the row does not end with a bar"),
        (
            "RXNCONSO",
            CONSO + conso("6", "11", "RXNORM", "IN", "x"),
            "RXNCONSO.RRF, line 9: the atom '11' occurs twice",
        ),
        (
            "RXNCONSO",
            conso("", "1", "RXNORM", "IN", "x"),
            "RXNCONSO.RRF, line 1: the column 'RXCUI' is empty",
        ),
        ("RXNCONSO", conso("5", "51", "MMSL", "CD", "x"), "RXNCONSO.RRF: no row is of the source"),
        ("RXNREL", rel("1", "", "", "2"), "RXNREL.RRF, line 1: the column 'REL' is empty"),
        ("RXNSTY", "1||||\n", "RXNSTY.RRF, line 1: 4 fields where this file has 6"),
        ("RXNSTY", "1|||||4096|\n", "RXNSTY.RRF, line 1: the column 'TUI' is empty"),
        (
            "RXNSAT",
            "2||||CUI|2||||RXNORM|1 MG|N||\n",
            "RXNSAT.RRF, line 1: the column 'ATN' is empty",
        ),
        ("RXNCUI", "9|a|b|1||\n", "RXNCUI.RRF, line 1: a row needs the old and the new RXCUI"),
        ("RXNSAB", "", "RXNCONSO.RRF: no RXNSAB.RRF says which release this is"),
    ],
)
def test_bad_rows_are_refused_with_file_and_line(
    tmp_path: Path, file: str, content: str, text: str
) -> None:
    with pytest.raises(InvalidSource) as caught:
        list(_read(release(tmp_path, **{file: content})).records)
    assert caught.value.text.startswith(text)


def test_text_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    source = release(tmp_path)
    row = conso("6", "61", "RXNORM", "IN", "blörbine").encode("latin-1")
    (source / "rrf" / "RXNCONSO.RRF").write_bytes(CONSO.encode() + row)
    with pytest.raises(InvalidSource, match=r"RXNCONSO\.RRF, line 9: the text is not UTF-8"):
        _read(source)


def test_the_made_up_world_loads_with_all_its_concepts(tmp_path: Path) -> None:
    plan = make_rxnorm(1, size("small", 0.01))
    counts = write_rxnorm(tmp_path, 1, plan)
    reading = _read(tmp_path)
    records = list(reading.records)
    assert sum(isinstance(one, ConceptRecord) for one in records) == plan.count
    related = {rela for _, rela, _ in plan.links}
    found = [one for one in records if isinstance(one, PropertyRecord) and one.property in related]
    assert len(found) == len(plan.links)
    assert all(one.target == one.value for one in found)
    assert counts["RXNREL"] >= len(found)


def test_a_cut_without_its_names_is_refused(shared: Path) -> None:
    source = shared / "tx-ecosystem" / "tx-source" / "rxnorm"
    assert LOADER.recognises(source)
    with pytest.raises(InvalidSource) as caught:
        _read(source)
    assert caught.value.text == (
        "rxnorm: there is no RXNCONSO.RRF, the file with RxNorm's concepts and names; there are: "
        "RXNCUI.RRF, RXNSAB.RRF, RXNSTY.RRF. Name the folder rrf of a whole release"
    )


def _copied(shared: Path, tmp_path: Path, folder: str, files: dict[str, str]) -> Path:
    for name, own in files.items():
        shutil.copyfile(shared / "data" / "samples" / folder / name, tmp_path / f"{own}.RRF")
    return tmp_path


def test_real_rows_of_rxnconso_load(shared: Path, tmp_path: Path) -> None:
    source = _copied(shared, tmp_path, "rxnorm", {"RXNCONSO.ftr-fixture.RRF": "RXNCONSO"})
    names = source / "RXNCONSO.RRF"
    with pytest.raises(InvalidSource, match="line 13: the atom '12853437' occurs twice"):
        _read(source, version="01062025")
    names.write_text("".join(names.read_text().splitlines(keepends=True)[:12]))
    records = list(_read(source, version="01062025").records)
    assert [
        (one.code, one.display, one.inactive) for one in records if isinstance(one, ConceptRecord)
    ] == [
        ("2665428", "cholecalciferol 0.075 MG / folic acid 1 MG Oral Capsule", False),
        ("2665426", "0.8 ML adalimumab-adaz 50 MG/ML Prefilled Syringe [Hyrimoz]", True),
    ]


def test_rows_of_other_sources_alone_are_refused(shared: Path, tmp_path: Path) -> None:
    source = _copied(shared, tmp_path, "rxnorm", {"RXNCONSO.first100.RRF": "RXNCONSO"})
    with pytest.raises(InvalidSource, match="no row is of the source RXNORM"):
        _read(source, version="01062025")


def test_a_release_whose_atoms_have_no_identifier_loads(shared: Path, tmp_path: Path) -> None:
    files = {f"{one}.made-up-names.RRF": one for one in ("RXNCONSO", "RXNREL", "RXNSAT")}
    source = _copied(shared, tmp_path, "rxnorm", files)
    records = list(_read(source, version="01062025").records)
    assert sum(isinstance(one, ConceptRecord) for one in records) == 15
    strengths = [
        one.value
        for one in records
        if isinstance(one, PropertyRecord) and one.property == "RXN_AVAILABLE_STRENGTH"
    ]
    assert strengths == ["10 MG", "10 MG", "10 MG / 500 MG"]


def test_rxnorm_is_read_out_of_a_metathesaurus(shared: Path, tmp_path: Path) -> None:
    files = {"MRCONSO.RRF": "MRCONSO", "MRREL.RXNORM.RRF": "MRREL", "MRSTY.RRF": "MRSTY"}
    records = list(_read(_copied(shared, tmp_path, "umls-rrf", files), version="2020").records)
    first = records[0]
    assert isinstance(first, CodeSystemRecord)
    mesna = next(one for one in records if isinstance(one, ConceptRecord) and one.code == "44")
    assert mesna.display == "Mesna"
    assert ("TUI", "T109", None) in _properties(records, "44")
    assert ("SAB", "NCI", None) in _properties(records, "44")
