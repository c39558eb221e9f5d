"""Publishers' samples exported and loaded back: whole, is-a and designations are the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from exporters.content import SystemContent, find_content
from exporters.fhir_package import write_fhir_package
from exporters.skos import write_skos
from loaders.base import LoadOptions
from loaders.run import load
from termserver.library import Home
from termserver.systems import ICD_O_3
from termserver.terminology import Terminology
from valuesets.expand import expand
from valuesets.model import Contains, ExpandRequest

SAMPLES, SUITE = "data/samples", "tx-ecosystem/tx-source"


class Sample(NamedTuple):
    """A publisher's sample: where it is, its code system, and a code that has others below it."""

    path: str
    system: str
    root: str | None = None
    options: LoadOptions = LoadOptions()


ALL = [
    Sample("data/icd-o-3/iacr-icd-o-3.2", ICD_O_3, "800"),
    Sample("data/icd-o-3/who-icd-o-3-2000", ICD_O_3, "C50"),
    Sample(
        f"{SAMPLES}/icd-10-cm/icd10cm-order-Jan-2021.cut.txt",
        "http://hl7.org/fhir/sid/icd-10-cm",
        "C50",
    ),
    Sample(f"{SAMPLES}/hgnc/hgnc_reduced_set.txt", "http://www.genenames.org"),
    Sample(
        f"{SAMPLES}/icd-10-pcs/icd10pcs_tables_2020.cut.xml",
        "http://www.cms.gov/Medicare/Coding/ICD10",
        "001",
    ),
    Sample(
        f"{SAMPLES}/claml/icd102019en.cut.xml",
        "http://hl7.org/fhir/sid/icd-10",
        None,
        LoadOptions(system="http://hl7.org/fhir/sid/icd-10"),
    ),
    Sample(
        f"{SAMPLES}/nci-thesaurus/Thesaurus-05.09.bvt.cut.owl",
        "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl",
        "C38626",
    ),
    Sample(f"{SUITE}/ndc/2025-07-11", "http://hl7.org/fhir/sid/ndc"),
    Sample(f"{SUITE}/loinc", "http://loinc.org", None, LoadOptions(version="2.81")),
]


@contextmanager
def _home(folder: Path, source: Path, options: LoadOptions) -> Iterator[Terminology]:
    load(folder, [str(source)], options=options)
    home = Home(folder)
    try:
        yield home.terminology()
    finally:
        home.close()


def _flat(contains: tuple[Contains, ...]) -> Iterator[Contains]:
    for one in contains:
        yield one
        yield from _flat(one.contains)


def _expansions(terminology: Terminology, sample: Sample) -> list[list[tuple[Any, ...]]]:
    """Return the whole system and what is below the root: code, display, inactive, names."""
    include: dict[str, Any] = {"system": sample.system}
    below = {"property": "concept", "op": "is-a", "value": sample.root}
    asked = [include] + ([include | {"filter": [below]}] if sample.root else [])
    found = []
    for one in asked:
        value_set = {"resourceType": "ValueSet", "compose": {"include": [one]}}
        request = ExpandRequest(value_set=value_set, include_designations=True, exclude_nested=True)
        contains = _flat(expand(terminology, request).contains)
        found.append(
            [
                (it.code, it.display, it.inactive, {(d.language, d.value) for d in it.designations})
                for it in contains
            ]
        )
    return found


@pytest.mark.parametrize("out", ["out.tgz", "out.ttl"])
@pytest.mark.parametrize("sample", ALL, ids=lambda one: Path(one.path).name)
def test_a_sample_comes_back_with_the_same_expansions(
    shared: Path, tmp_path: Path, sample: Sample, out: str
) -> None:
    path = tmp_path / out
    with _home(tmp_path / "first", shared / sample.path, sample.options) as terminology:
        content = find_content(terminology, sample.system)
        assert isinstance(content, SystemContent)
        write = write_skos if path.suffix == ".ttl" else write_fhir_package
        lost = write(content, path)
        before = _expansions(terminology, sample)
    assert before[-1]
    assert bool(lost) is (path.suffix == ".ttl")
    with _home(tmp_path / "second", path, LoadOptions()) as terminology:
        after = _expansions(terminology, sample)
    assert [len(one) for one in after] == [len(one) for one in before]
    assert after == before
