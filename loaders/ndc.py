"""NDC directory of the FDA: product and package tables (tab-separated text) -> records.

A package is a concept displayed as the FDA's names together ("Prozac, 100 CAPSULE in 1 BOTTLE
(0777-3105-02) (package)", suite case validate-ndc), its PACKAGEDESCRIPTION alone a designation; the
product, of which it names the code, another. No hierarchy: THO, "Using NDC", defines none. A row is
inactive where the FDA has excluded it or its marketing ended before the release.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from loaders.base import LoadOptions, Progress, Reading
from loaders.tables import Row, check_header, decoded_lines, header_of, read_rows
from termserver.errors import InvalidSource
from termserver.model import CodeSystem, Coding, PropertyDefinition
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DesignationRecord,
    PackHeader,
    PropertyRecord,
    Record,
)
from termserver.systems import NDC

NOTICE = (
    "The National Drug Code Directory is published by the U.S. Food and Drug Administration and is "
    "in the public domain."
)
_PRODUCT = ("PRODUCTID", "PRODUCTNDC", "PROPRIETARYNAME", "NONPROPRIETARYNAME")
_PACKAGE = ("PRODUCTID", "PRODUCTNDC", "NDCPACKAGECODE", "PACKAGEDESCRIPTION")
_PRODUCT_CODE = re.compile(r"\d{4}-\d{4}|\d{5}-\d{3,4}")
_PACKAGE_CODE = re.compile(r"\d{4}-\d{4}-\d\d|\d{5}-\d{3}-\d\d|\d{5}-\d{4}-\d")
_DATE = re.compile(r"(?<!\d)(20\d\d)-?(\d\d)-?(\d\d)(?!\d)")
_NAMED = (_PRODUCT[0], "PRODUCTNDC", "NDCPACKAGECODE", "PROPRIETARYNAME", "PACKAGEDESCRIPTION")
_DESCRIPTION = Coding(code="PACKAGEDESCRIPTION", display="Package description")


@dataclass(slots=True, kw_only=True)
class _Entry:
    """A product or package: its rows (a code may have several listings, of different ids)."""

    display: str
    ids: set[str] = field(default_factory=set)
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class NdcLoader:
    """Loader of the FDA's NDC tables (see `loaders.base.Loader`)."""

    name: str = "ndc"

    def recognises(self, source: Path) -> bool:
        """Tell whether `source` is the table of products or packages, or directly holds one."""
        return bool(_tables(source))

    def read(self, sources: list[Path], options: LoadOptions, progress: Progress) -> Reading:
        """Read one release; both tables are needed. Raises: InvalidSource with file and line."""
        tables = {key: path for one in sources for key, path in _tables(one).items()}
        missing = sorted({"product", "package"} - set(tables))
        for key in missing:
            _check_named(sources, key)
        if missing:
            raise InvalidSource(
                f"the table of {missing[0]}s is missing; a release is product.txt and "
                "package.txt together",
                file=", ".join(one.name for one in sources),
            )
        version = options.version or _version(sources)
        products = _products(tables["product"])
        packages = _packages(tables["package"], products)
        progress("NDC codes", len(products) + len(packages), len(products) + len(packages))
        header = PackHeader(
            name=options.name or "ndc",
            version=version,
            kind=self.name,
            title=f"National Drug Code Directory {version}",
            licence=NOTICE,
            warnings=tuple(_warnings(tables)),
        )
        return Reading(
            header=header,
            records=_records(_system(version, tables), products, packages),
            expected={"concepts": len(products) + len(packages)},
        )


LOADER = NdcLoader()


def _tables(source: Path) -> dict[str, Path]:
    files = sorted(source.iterdir()) if source.is_dir() else [source]
    found: dict[str, Path] = {}
    for path in files:
        if path.is_file() and path.suffix.lower() == ".txt":
            header = set(header_of(path, "\t"))
            if set(_PACKAGE) <= header:
                found["package"] = path
            elif set(_PRODUCT) <= header:
                found["product"] = path
    return found


def _check_named(sources: list[Path], key: str) -> None:
    """Name what lacks where a file has a table's name and is not recognised by its header."""
    for source in sources:
        for path in sorted(source.iterdir()) if source.is_dir() else [source]:
            if path.name.lower() == f"{key}.txt":
                header = list(header_of(path, "\t"))
                check_header(path, 1, header, _PRODUCT if key == "product" else _PACKAGE)


def _version(sources: list[Path]) -> str:
    """Return the date of the release as YYYYMMDD, from the names. Raises: InvalidSource."""
    for path in sources:
        for name in (path.name, path.parent.name):
            found = _DATE.search(name)
            if found:
                return "".join(found.groups())
    raise InvalidSource(
        "the tables do not say when they were published, and neither does the folder's name "
        "(2025-07-11); name the date with --version (YYYYMMDD)",
        file=sources[0].name,
    )


def _encoding(path: Path) -> str:
    """Return utf-8, or cp1252 where the file is not in it: the FDA has published both."""
    try:
        for _ in decoded_lines(path):
            pass
    except InvalidSource:
        return "cp1252"
    return "utf-8"


def _warnings(tables: dict[str, Path]) -> Iterator[str]:
    for path in tables.values():
        if _encoding(path) != "utf-8":
            yield f"{path.name} is not in UTF-8; it was read as Windows-1252"


def _rows(path: Path, required: tuple[str, ...]) -> Iterator[Row]:
    return read_rows(
        path, required=required, delimiter="\t", quoting=False, encoding=_encoding(path)
    )


def _products(path: Path) -> dict[str, _Entry]:
    found: dict[str, _Entry] = {}
    for row in _rows(path, _PRODUCT):
        code = _code(row, "PRODUCTNDC", _PRODUCT_CODE)
        suffix = row.get("PROPRIETARYNAMESUFFIX")
        name = row.get("PROPRIETARYNAME") or row.need("NONPROPRIETARYNAME")
        entry = found.setdefault(code, _Entry(display=f"{name} {suffix}".strip() + " (product)"))
        _add(entry, row, code)
    if not found:
        raise InvalidSource("the table has a header and no row", file=path.name)
    return found


def _packages(path: Path, products: dict[str, _Entry]) -> dict[str, _Entry]:
    found: dict[str, _Entry] = {}
    for row in _rows(path, _PACKAGE):
        code = _code(row, "NDCPACKAGECODE", _PACKAGE_CODE)
        product = products.get(row.need("PRODUCTNDC"))
        if product is None:
            raise row.fault(f"the product '{row.get('PRODUCTNDC')}' is not in the product table")
        if not code.startswith(row.get("PRODUCTNDC") + "-"):
            raise row.fault(f"'{code}' is no package of the product '{row.get('PRODUCTNDC')}'")
        name = product.display.removesuffix(" (product)")
        display = f"{name}, {row.need('PACKAGEDESCRIPTION')} (package)"
        _add(found.setdefault(code, _Entry(display=display)), row, code)
    if not found:
        raise InvalidSource("the table has a header and no row", file=path.name)
    return found


def _code(row: Row, column: str, form: re.Pattern[str]) -> str:
    code = row.need(column)
    if not form.fullmatch(code):
        raise row.fault(f"'{code}' is no NDC: 10 digits with hyphens, as 4-4-2, 5-3-2 or 5-4-1")
    return code


def _add(entry: _Entry, row: Row, code: str) -> None:
    id_ = row.need("PRODUCTID")
    if id_ in entry.ids:
        raise row.fault(f"the code '{code}' occurs twice for the product id '{id_}'")
    entry.ids.add(id_)
    entry.rows.append(row)


def _inactive(entry: _Entry, version: str) -> bool:
    """Tell whether every listing was excluded by the FDA or ended before the release."""
    found = _DATE.search(version)
    day = "".join(found.groups()) if found else ""
    return all(
        row.get("NDC_EXCLUDE_FLAG") not in {"", "N"} or "" < row.get("ENDMARKETINGDATE") < day
        for row in entry.rows
    )


def _system(version: str, tables: dict[str, Path]) -> CodeSystem:
    columns = {*header_of(tables["product"], "\t"), *header_of(tables["package"], "\t")}
    return CodeSystem(
        url=NDC,
        version=version,
        id="ndc",
        name="NDC",
        title="National Drug Code Directory",
        status="active",
        content="complete",
        case_sensitive=True,
        language="en",
        copyright=NOTICE,
        properties=(
            PropertyDefinition(code="kind", type="code", description="product or package"),
            PropertyDefinition(code="product", type="code", description="product of a package"),
            *(PropertyDefinition(code=one) for one in sorted(columns - set(_NAMED) - {""})),
        ),
        resource={"publisher": "U.S. Food and Drug Administration"},
    )


def _records(
    system: CodeSystem, products: dict[str, _Entry], packages: dict[str, _Entry]
) -> Iterator[Record]:
    yield CodeSystemRecord(system=system)
    for code, entry in (*products.items(), *packages.items()):
        inactive = _inactive(entry, system.version or "")
        yield ConceptRecord(code=code, display=entry.display, inactive=inactive)
    for kind, entries in {"product": products, "package": packages}.items():
        for code, entry in entries.items():
            yield PropertyRecord(code=code, property="kind", type="code", value=kind)
            yield from _details(code, entry)


def _details(code: str, entry: _Entry) -> Iterator[Record]:
    for text in dict.fromkeys(row.get("PACKAGEDESCRIPTION") for row in entry.rows):
        if text:
            yield DesignationRecord(code=code, value=text, language="en", use=_DESCRIPTION)
    product = entry.rows[0].get("PRODUCTNDC")
    if product != code:
        yield PropertyRecord(
            code=code, property="product", type="code", value=product, target=product
        )
    said = {(name, row.get(name)): None for row in entry.rows for name in row.fields}
    for name, value in said:
        if value and name not in _NAMED:
            yield PropertyRecord(code=code, property=name, type="string", value=value)
