"""Each sample of a publisher's file that a loader covers loads, with so many concepts or maps."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from loaders.base import LoadOptions
from loaders.detect import detect
from termserver.errors import InvalidSource
from termserver.records import ConceptRecord, DocumentRecord

URL = "http://example.org/sample"
SYSTEM = LoadOptions(system=URL, version="1")


class Sample(NamedTuple):
    """Files below data/samples (name there -> the publisher's name), and what they hold."""

    loader: str
    files: dict[str, str]
    options: LoadOptions
    concepts: int
    documents: int = 0


def _one(loader: str, path: str, concepts: int, documents: int = 0, **options: str) -> Sample:
    return Sample(loader, {path: Path(path).name}, LoadOptions(**options), concepts, documents)


GM = "icd-10-gm-metadata"
SAMPLES = [
    _one("claml", "claml/icd102019en.cut.xml", 13, system=URL),
    _one("claml", "claml/modifiers-test.xml", 15, system=URL),
    _one("claml", "claml/python-claml-test.xml", 9, system=URL),
    _one("claml", "claml/simple-claml.xml", 6, system=URL),
    _one("hgnc", "hgnc/hgnc_reduced_set.txt", 266),
    _one("icd10cm", "icd-10-cm/icd10cm-order-Jan-2021.cut.txt", 2292, version="2021"),
    _one("icd10cm", "icd-10-cm/icd10cm_tabular_2021.cut.xml", 697),
    _one("icd10pcs", "icd-10-pcs/icd10pcs_tables_2020.cut.xml", 1596),
    _one("ncit", "nci-thesaurus/Thesaurus-05.09.bvt.cut.owl", 59),
    _one("rdf", "nci-thesaurus/owl2-test-cases-Defined-Annotated.owl", 36),
    _one("rdf", "nci-thesaurus/owl2-test-cases-Primitive-Annotated.owl", 36),
    _one("rdf", "rdf/mesh-samples.cut.nt", 248, system=URL, version="1"),
    _one("rdf", "rdf/nando.cut.ttl", 228, system=URL, version="1"),
    _one("fhir-resource", "sssom/minimal-example-v2.fhir.json", 0, 1),
    _one("icd10gm", f"{GM}/icd10gm2017syst_umsteiger_2016_2017.cut.txt", 0, 1),
    _one("icd10gm", f"{GM}/icd10gm_umsteiger_2004_2005.cut.txt", 0, 1),
    Sample(
        "icd10gm",
        {
            f"{GM}/icd10gm2004_codes.cut.txt": "icd10gm2004_codes.txt",
            f"{GM}/icd10gm2004_Kapitel.txt": "icd10gm2004_Kapitel.txt",
        },
        LoadOptions(),
        421,
    ),
    Sample(
        "icd10gm",
        {
            f"{GM}/icd10gm2017syst_kodes.cut.txt": "icd10gm2017syst_kodes.txt",
            f"{GM}/icd10gm2017syst_gruppen.txt": "icd10gm2017syst_gruppen.txt",
            f"{GM}/icd10gm2017syst_kapitel.txt": "icd10gm2017syst_kapitel.txt",
        },
        LoadOptions(),
        909,
    ),
    Sample(
        "rxnorm",
        {
            "rxnorm/RXNCONSO.made-up-names.RRF": "RXNCONSO.RRF",
            "rxnorm/RXNREL.made-up-names.RRF": "RXNREL.RRF",
            "rxnorm/RXNSAT.made-up-names.RRF": "RXNSAT.RRF",
        },
        LoadOptions(version="1"),
        15,
    ),
    Sample(
        "rxnorm",
        {
            "umls-rrf/MRCONSO.RRF": "MRCONSO.RRF",
            "umls-rrf/MRREL.RXNORM.RRF": "MRREL.RRF",
            "umls-rrf/MRSTY.RRF": "MRSTY.RRF",
        },
        LoadOptions(version="1"),
        109,
    ),
]


def _source(shared: Path, folder: Path, sample: Sample) -> Path:
    for name, published in sample.files.items():
        shutil.copyfile(shared / "data" / "samples" / name, folder / published)
    return folder / published if len(sample.files) == 1 and sample.loader != "rxnorm" else folder


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: next(iter(one.files)))
def test_a_sample_is_recognised_and_loads(shared: Path, tmp_path: Path, sample: Sample) -> None:
    source = _source(shared, tmp_path, sample)

    loader = detect(source)
    reading = loader.read([source], sample.options, lambda *_: None)
    kinds = Counter(type(one) for one in reading.records)

    assert loader.name == sample.loader
    assert (kinds[ConceptRecord], kinds[DocumentRecord]) == (sample.concepts, sample.documents)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("cvx/cvx-one-record.xml", "cvx-one-record.xml, line 2: the XML is not well formed"),
        (
            "nci-thesaurus/Thesaurus.FLAT.one-row.txt",
            "Thesaurus.FLAT.one-row.txt, line 1: the parent 'C99521' of 'C100000' is not",
        ),
    ],
)
def test_a_sample_that_is_no_whole_file_is_refused(shared: Path, path: str, text: str) -> None:
    source = shared / "data" / "samples" / path
    with pytest.raises(InvalidSource) as caught:
        detect(source).read([source], SYSTEM, lambda *_: None)
    assert str(caught.value).startswith(text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("RXNCONSO.first100.RRF", "RXNCONSO.RRF: no row is of the source RXNORM"),
        ("RXNCONSO.ftr-fixture.RRF", "RXNCONSO.RRF, line 13: the atom '12853437' occurs twice"),
    ],
)
def test_a_cut_of_rxnorm_that_cannot_be_one_is_refused(
    shared: Path, tmp_path: Path, name: str, text: str
) -> None:
    shutil.copyfile(shared / "data" / "samples" / "rxnorm" / name, tmp_path / "RXNCONSO.RRF")
    with pytest.raises(InvalidSource) as caught:
        detect(tmp_path).read([tmp_path], SYSTEM, lambda *_: None)
    assert str(caught.value).startswith(text)
