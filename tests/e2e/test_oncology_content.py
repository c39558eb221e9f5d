"""mCODE, SNOMED CT, ICD-O-3 and HL7's packages together: the real files, by the public library."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import permutations
from pathlib import Path

import networkx as nx
import pytest

import termserver
from loaders.base import LoadOptions
from loaders.run import load
from termserver.errors import TerminologyError, UnknownCode, UnknownCodeSystem
from termserver.model import Coding
from termserver.operations.translate import TranslateRequest, translate
from valuesets.coverage import coverage
from valuesets.model import Contains

SCT = "http://snomed.info/sct"
EDITION = "http://snomed.info/xsct/31000003106/version/20250909"
MCODE = "http://hl7.org/fhir/us/mcode/ValueSet/"
ICDO3 = "http://terminology.hl7.org/CodeSystem/icd-o-3"
IS_A = "116680003"


@pytest.fixture(scope="module")
def library(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[termserver.Library]:
    home = tmp_path_factory.mktemp("home")
    snomed = str(shared / "tx-ecosystem/tx-source/snomed")
    load(home, [snomed], options=LoadOptions(version=EDITION))
    icdo3 = shared / "data/icd-o-3"
    parts = [icdo3 / "iacr-icd-o-3.2", icdo3 / "who-icd-o-3-2000/Topoenglish.txt"]
    load(home, [str(one) for one in parts], together=True)
    load(home, [str(shared / "data/mcode/hl7.fhir.us.mcode-4.0.0.tgz")])
    with termserver.open(home) as opened:
        yield opened


def below(shared: Path, root: str) -> set[str]:
    """Return a concept and all below it, by a walk of the release file alone."""
    folder = shared / "tx-ecosystem/tx-source/snomed"
    (file,) = folder.rglob("sct2_Relationship_Snapshot*.txt")
    graph = nx.DiGraph()
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["typeId"] == IS_A and row["active"] == "1":
                graph.add_edge(row["destinationId"], row["sourceId"])
    return {root} | set(nx.descendants(graph, root))


def members(library: termserver.Library, name: str) -> set[tuple[str, str]]:
    return set(codes(library.expand(MCODE + name).contains))


def codes(contains: Iterable[Contains]) -> Iterator[tuple[str, str]]:
    """Yield system and code of all entries, nested ones too."""
    for one in contains:
        yield one.system, one.code
        yield from codes(one.contains)


def test_tumor_morphology_has_exactly_the_malignant_morphologies(
    library: termserver.Library, shared: Path
) -> None:
    expected = {(SCT, code) for code in below(shared, "1240414004")}
    assert members(library, "mcode-tumor-morphology-code-vs") == expected
    assert len(expected) == 31


def test_cancer_body_location_has_body_structures_and_all_of_icdo3(
    library: termserver.Library, shared: Path
) -> None:
    found = members(library, "mcode-cancer-body-location-vs")
    assert {code for system, code in found if system == SCT} == below(shared, "123037004")
    whole = library.expand(ICDO3, count=0).total
    assert len([code for system, code in found if system == ICDO3]) == whole


def test_every_value_set_is_answered_or_refused_by_what_is_missing(
    library: termserver.Library,
) -> None:
    answered, refusals = 0, []
    for resource in library.terminology.documents("ValueSet"):
        try:
            library.expand(resource["url"])
            answered += 1
        except (UnknownCodeSystem, UnknownCode) as error:
            refusals.append(error.text)
    assert answered + len(refusals) == 103
    assert answered >= 62
    assert all("http" in text for text in refusals)


def test_with_mcode_alone_sixty_two_value_sets_are_whole(shared: Path, tmp_path: Path) -> None:
    load(tmp_path, [str(shared / "data/mcode/hl7.fhir.us.mcode-4.0.0.tgz")])
    whole = 0
    with termserver.open(tmp_path) as library:
        for resource in library.terminology.documents("ValueSet"):
            try:
                library.expand(resource["url"])
                whole += 1
            except TerminologyError:
                pass
    assert whole == 62


def test_coverage_lists_the_codes_that_the_loaded_version_lacks_and_expand_leaves_them_out(
    library: termserver.Library,
) -> None:
    prefix = MCODE + "mcode-procedure-intent-vs"
    (row,) = list(coverage(library.terminology, prefix))
    lacking = {one.code for one in row.absent}
    resource = library.terminology.find_document("ValueSet", prefix)
    assert resource is not None
    enumerated = {one["code"] for one in resource["compose"]["include"][0]["concept"]}
    assert lacking
    assert {code for _, code in members(library, "mcode-procedure-intent-vs")} == (
        enumerated - lacking
    )


@pytest.mark.parametrize(
    ("code", "valid"), [("8140/3", True), ("C50.9", True), ("80463/3", False), ("C509", False)]
)
def test_icdo3_codes_are_valid_as_their_edition_writes_them(
    library: termserver.Library, code: str, valid: bool
) -> None:
    for name in (ICDO3, "http://hl7.org/fhir/sid/icd-o-3", "urn:oid:2.16.840.1.113883.6.43.1"):
        assert library.validate_code(name, code).result is valid


def test_a_snomed_code_is_true_below_the_root_and_false_elsewhere(
    library: termserver.Library,
) -> None:
    value_set = MCODE + "mcode-tumor-morphology-code-vs"
    assert library.validate_code(SCT, "14799000", value_set=value_set).result
    assert not library.validate_code(SCT, "123037004", value_set=value_set).result


def test_an_icd10cm_code_is_decided_though_snomed_roots_are_missing(
    library: termserver.Library,
) -> None:
    found = library.validate_code(
        "http://hl7.org/fhir/sid/icd-10-cm",
        "C50.911",
        value_set=MCODE + "mcode-primary-cancer-disorder-vs",
    )
    assert found.result


def test_tg263_translates_with_its_products_and_in_reverse(library: termserver.Library) -> None:
    url = "http://hl7.org/fhir/us/mcode/ConceptMap/TG263CM"
    map_resource = library.terminology.find_document("ConceptMap", url)
    assert map_resource is not None
    group = map_resource["group"][0]
    element = next(one for one in group["element"] if one["target"][0].get("product"))
    target = element["target"][0]
    forward = translate(
        library.terminology,
        TranslateRequest(url=url, codings=(Coding(system=group["source"], code=element["code"]),)),
    )
    (match,) = forward.matches
    assert match.concept.code == target["code"]
    assert len(match.products) == len(target["product"])
    back = translate(
        library.terminology,
        TranslateRequest(
            url=url, target_codings=(Coding(system=group["target"], code=target["code"]),)
        ),
    )
    assert element["code"] in {one.source.code for one in back.matches if one.source}


PACKS = (
    "hl7.fhir.r4.core-4.0.1",
    "hl7.fhir.r5.core-5.0.0",
    "hl7.terminology-7.3.0-from-utg-source",
)


@pytest.fixture(scope="module")
def by_order(
    shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, ...], termserver.Library]:
    """Return libraries with HL7's packages loaded in several orders."""
    from termserver.store.build import add_pack
    from termserver.store.catalogue import Catalogue

    first = tmp_path_factory.mktemp("first")
    folders = {}
    for name in PACKS:
        suffix = "" if "utg" in name else "-terminology"
        (report,) = load(first, [str(shared / f"data/fhir/{name}{suffix}.tgz")])
        folders[name] = first / "packs" / str(report.pack)
    found: dict[tuple[str, ...], termserver.Library] = {}
    for order in [*permutations(PACKS, 3)][::2]:
        home = tmp_path_factory.mktemp("order")
        catalogue = Catalogue.open(home)
        for name in order:
            catalogue.install(add_pack(home, folders[name]))
        catalogue.close()
        found[order] = termserver.open(home)
    return found


@pytest.mark.parametrize(
    ("url", "at_r4", "at_r5"),
    [
        ("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "5.0.0", "5.0.0"),
        ("http://terminology.hl7.org/CodeSystem/observation-category", "2.0.0", "2.0.0"),
        ("http://hl7.org/fhir/administrative-gender", "4.0.1", "5.0.0"),
    ],
)
def test_the_default_version_does_not_hang_on_the_order_of_loading(
    by_order: dict[tuple[str, ...], termserver.Library], url: str, at_r4: str, at_r5: str
) -> None:
    for library in by_order.values():
        for release, version in (("4.0", at_r4), ("5.0", at_r5)):
            provider = library.terminology.with_release(release).find_system(url)
            assert provider is not None
            assert provider.system.version == version


def test_a_local_map_in_csv_translates_to_loinc(tmp_path: Path) -> None:
    table = tmp_path / "lab.csv"
    table.write_text(
        "source code,target system,target code,relationship\n"
        "GLU,http://loinc.org,2345-7,equivalent\n"
        "NA,http://loinc.org,2951-2,equivalent\n",
        encoding="utf-8",
    )
    home = tmp_path / "home"
    load(home, [str(table)], options=LoadOptions(system="http://lab.example/codes", version="1"))
    with termserver.open(home) as library:
        found = library.translate("http://lab.example/codes", "GLU")
        assert [one.concept.code for one in found.matches] == ["2345-7"]
