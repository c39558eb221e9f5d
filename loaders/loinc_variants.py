"""LOINC: linguistic variants, each name a designation with its language tag."""

from __future__ import annotations

from collections.abc import Iterator

from loaders.loinc_concepts import Codes
from loaders.loinc_details import AXES, designation, uses
from loaders.loinc_release import VARIANTS, Release
from loaders.tables import Row, read_rows
from termserver.records import Record

_NAMES = {
    # column of a variant's file -> designation use
    "LONG_COMMON_NAME": "LONG_COMMON_NAME",
    "LinguisticVariantDisplayName": "LinguisticVariantDisplayName",
    "SHORTNAME": "SHORTNAME",
}
_RELATED = "RELATEDNAMES2"
FULLY_SPECIFIED = "FullySpecifiedName"
"""Use of a name that is put together from the translated axes, as LOINC defines its formal name."""


_USES = uses(*_NAMES.values(), FULLY_SPECIFIED, _RELATED)


def variant_records(release: Release, codes: Codes) -> Iterator[Record]:
    """Yield the designations of every linguistic variant whose file is there.

    A row without any name of its own gives its axes joined by colons. Raises: InvalidSource.
    """
    for row in release.rows(VARIANTS):
        language, country = row.need("ISO_LANGUAGE"), row.get("ISO_COUNTRY")
        path = release.variant_file(language, country, row.need("ID"))
        if path is None:
            continue
        tag = f"{language}-{country}" if country else language
        for variant in read_rows(path, required=("LOINC_NUM",)):
            yield from _names(variant, codes.known(variant, "LOINC_NUM"), tag)


def _names(row: Row, code: str, tag: str) -> Iterator[Record]:
    own = {column: row.get(column) for column in _NAMES if row.get(column)}
    for column, value in own.items():
        yield designation(code, value, _USES[_NAMES[column]], tag)
    if not own:
        formal = ":".join(row.get(column) for column in AXES if column != "CLASS").strip(":")
        if row.get("COMPONENT"):
            yield designation(code, formal, _USES[FULLY_SPECIFIED], tag)
    if row.get(_RELATED):
        yield designation(code, row.get(_RELATED), _USES[_RELATED], tag)
