"""A small release of each format exported and loaded back: the same expansions in each way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from exporters.content import SystemContent, find_content
from exporters.fhir_package import write_fhir_package
from exporters.skos import write_skos
from loaders.base import LoadOptions
from loaders.run import load
from termserver.library import Home
from termserver.systems import ICD_O_3
from termserver.terminology import Terminology
from tests.unit.loaders.bad_releases import RELEASES
from tests.unit.loaders.test_ncit import OWL as NCIT_OWL
from valuesets.expand import expand
from valuesets.model import Contains, ExpandRequest

# Format -> its code system, and a code with others below it where the system has a hierarchy.
SYSTEMS = {
    "SNOMED CT RF2": ("http://snomed.info/sct", "106237007"),
    "LOINC": ("http://loinc.org", "LP1-1"),
    "RxNorm RRF": ("http://www.nlm.nih.gov/research/umls/rxnorm", None),
    "NDC": ("http://hl7.org/fhir/sid/ndc", None),
    "ICD-10-CM tabular XML": ("http://hl7.org/fhir/sid/icd-10-cm", "A00"),
    "ICD-10-CM order file": ("http://hl7.org/fhir/sid/icd-10-cm", "A00"),
    "ICD-10-PCS tables": ("http://www.cms.gov/Medicare/Coding/ICD10", "001"),
    "ICD-10-PCS order file": ("http://www.cms.gov/Medicare/Coding/ICD10", "001"),
    "ICD-10-GM metadata": ("http://fhir.de/CodeSystem/bfarm/icd-10-gm", "A00"),
    "ICD-O-3 WHO topography": (ICD_O_3, "C77"),
    "ICD-O-3 IACR table": (ICD_O_3, "959"),
    "ClaML": ("http://example.org/widgets", "A"),
    "CVX XML": ("http://hl7.org/fhir/sid/cvx", None),
    "CVX text": ("http://hl7.org/fhir/sid/cvx", None),
    "HGNC": ("http://www.genenames.org", None),
    "NCIt flat file": ("http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl", "C1"),
    "NCIt OWL": ("http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl", "C1"),
    "CSV code system": ("http://acme.example/lab", "a"),
    "SKOS Turtle": ("http://example.org/things", "A"),
}


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


def _expansions(terminology: Terminology, system: str, root: str | None) -> dict[str, Any]:
    """Return the whole and what is below the root: code, display, inactive, names with use."""
    whole: dict[str, Any] = {"system": system}
    below = {"property": "concept", "op": "is-a", "value": root}
    asked = {"whole": whole} | ({"is-a": whole | {"filter": [below]}} if root else {})
    found = {}
    for name, include in asked.items():
        value_set = {"resourceType": "ValueSet", "compose": {"include": [include]}}
        request = ExpandRequest(value_set=value_set, include_designations=True, exclude_nested=True)
        found[name] = [
            (
                one.code,
                one.display,
                one.inactive,
                {(it.language, it.value, it.use and it.use.code) for it in one.designations},
            )
            for one in _flat(expand(terminology, request).contains)
        ]
    return found


def _without_uses(found: dict[str, Any]) -> dict[str, Any]:
    return {
        name: [
            (*rest, {(language, value) for language, value, _ in names}) for *rest, names in rows
        ]
        for name, rows in found.items()
    }


def _source(folder: Path, name: str) -> Path:
    folder.mkdir()
    RELEASES[name].write(folder)
    files = [one for one in folder.rglob("*") if one.is_file()]
    return files[0] if len(files) == 1 else folder


@pytest.mark.parametrize("out", ["out.tgz", "out.ttl"])
@pytest.mark.parametrize("name", SYSTEMS)
def test_a_release_comes_back_with_the_same_expansions(tmp_path: Path, name: str, out: str) -> None:
    (system, root), path = SYSTEMS[name], tmp_path / out
    options = LoadOptions(**RELEASES[name].options)
    with _home(tmp_path / "first", _source(tmp_path / "in", name), options) as terminology:
        content = find_content(terminology, system)
        assert isinstance(content, SystemContent)
        write = write_skos if path.suffix == ".ttl" else write_fhir_package
        lost = write(content, path)
        before = _expansions(terminology, system, root)
    with _home(tmp_path / "second", path, LoadOptions()) as terminology:
        after = _expansions(terminology, system, root)

    assert before["whole"]
    assert root is None or len(before["is-a"]) > 1
    if path.suffix == ".ttl":
        assert _without_uses(after) == _without_uses(before)
        uses = any(use for rows in before.values() for *_, names in rows for *_, use in names)
        assert any("uses of designations" in one for one in lost) is uses
    else:
        assert (after, lost) == (before, ())


def test_the_sources_of_names_come_back_from_a_package_and_are_said_by_skos(
    tmp_path: Path,
) -> None:
    base, system = NCIT_OWL.partition("</rdf:RDF>")[0], SYSTEMS["NCIt OWL"][0]
    source = tmp_path / "Thesaurus.owl"
    source.write_text(
        f'{base}<owl:Axiom><owl:annotatedSource rdf:resource="{system}#C1"/>'
        f'<owl:annotatedProperty rdf:resource="{system}#P90"/>'
        "<owl:annotatedTarget>Gadget</owl:annotatedTarget>"
        "<P383>PT</P383><P384>FDA</P384></owl:Axiom></rdf:RDF>"
    )

    with _home(tmp_path / "first", source, LoadOptions()) as terminology:
        content = find_content(terminology, system)
        assert isinstance(content, SystemContent)
        lost = write_skos(content, tmp_path / "out.ttl")
        write_fhir_package(content, tmp_path / "out.tgz")
    with _home(tmp_path / "second", tmp_path / "out.tgz", LoadOptions()) as terminology:
        again = find_content(terminology, system)

    assert "sources and other additional uses of designations: 1" in lost
    assert isinstance(again, SystemContent)
    assert [
        (one.value, one.use and one.use.code, [use.code for use in one.additional_use])
        for one in again.concepts[0].designations
    ] == [("Widget shown", "DN", []), ("Gadget", "PT", ["FDA"])]
