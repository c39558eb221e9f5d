"""Which loader reads a source: one table, asked in order, each loader looking at the content."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import cast

from loaders.archive import archive_form
from loaders.base import Loader
from termserver.errors import InvalidRequest, InvalidSource

FORMATS: dict[str, tuple[str, str]] = {
    "rf2": ("loaders.rf2", "SNOMED CT RF2 release"),
    "loinc": ("loaders.loinc", "LOINC release (LoincTable/Loinc.csv)"),
    "icdo3": ("loaders.icdo3", "ICD-O-3 (WHO tab files, NCI CSV, IACR/NAACCR tables)"),
    "icdo3-maps": ("loaders.icdo3_maps", "maps between editions of ICD-O-3 (--together)"),
    "icdo3-naaccr": ("loaders.icdo3_naaccr", "NAACCR's yearly update table of ICD-O-3"),
    "icdo3-snomed": ("loaders.icdo3_snomed", "pairs of SNOMED CT and ICD-O-3 codes (CSV)"),
    "seer-sites": ("loaders.seer_sites", "SEER's site/histology list (spreadsheet)"),
    # Before ICD-10-CM, whose order file has the same layout.
    "icd10pcs": ("loaders.icd10pcs", "ICD-10-PCS tables (XML) and order file"),
    "icd10cm": ("loaders.icd10cm", "ICD-10-CM tabular XML and code list"),
    "rxnorm": ("loaders.rxnorm", "RxNorm release (RXNCONSO.RRF …) or a Metathesaurus with it"),
    "ndc": ("loaders.ndc", "NDC directory of the FDA (product.txt and package.txt)"),
    "claml": ("loaders.claml", "ClaML 2.0 classification (ICD-10 and others)"),
    "icd10gm": ("loaders.icd10gm", "ICD-10-GM metadata and crosswalks"),
    "cvx": ("loaders.cvx", "CVX (CDC's XML list or cvx.txt)"),
    "hgnc": ("loaders.hgnc", "HGNC complete set"),
    "ncit": ("loaders.ncit", "NCI Thesaurus (flat file or OWL)"),
    "fhir-package": ("loaders.fhir_package", "FHIR package (package.json)"),
    "fhir-resource": (
        "loaders.fhir_resource",
        "FHIR resource, Bundle or folder of resources (JSON)",
    ),
    "rdf": ("loaders.rdf", "SKOS, OWL or other RDF (Turtle, N-Triples, RDF/XML, JSON-LD)"),
    "csv": ("loaders.delimited", "code system or map as CSV with a header"),
}
"""Format name (`load --format`) -> module that exports LOADER, and what a person calls it.

The order is the order of asking: what is told by its file names first, plain tables last.
"""


def find_loader(name: str) -> Loader:
    """Return the loader of a format name. Raises: InvalidRequest naming the known ones."""
    if name not in FORMATS:
        raise InvalidRequest(f"Unknown format '{name}'; known: {', '.join(FORMATS)}")
    # Imported only when asked: some loaders bring spreadsheet readers along.
    return cast("Loader", import_module(FORMATS[name][0]).LOADER)


def detect(source: Path, *, shown_as: str | None = None) -> Loader:
    """Return the first loader that recognises the content of `source` (a folder or a file).

    `shown_as` is the name that the user gave, where `source` was unpacked from it.
    Raises: InvalidSource naming the known formats where nobody recognises it.
    """
    for name in FORMATS:
        loader = find_loader(name)
        if loader.recognises(source):
            return loader
    known = "; ".join(text for _, text in FORMATS.values())
    archives = _archives_in(source)
    if archives:
        raise InvalidSource(
            f"'{shown_as or source}' is a folder of archives ({', '.join(archives)}): "
            "name those to be loaded"
        )
    raise InvalidSource(
        f"'{shown_as or source}' is of no known format. Known: {known}. "
        f"Where it is one of these all the same, name it with --format ({', '.join(FORMATS)})."
    )


def _archives_in(source: Path) -> list[str]:
    """Return the names of the archives directly in a folder, sorted; at most ten."""
    if not source.is_dir():
        return []
    return sorted(one.name for one in source.iterdir() if archive_form(one) is not None)[:10]
