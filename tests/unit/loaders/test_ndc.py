"""The FDA's tables of products and packages, and codes found by their 10 or 11 digits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.base import LoadOptions, Reading
from loaders.detect import detect
from loaders.ndc import LOADER
from termserver.errors import InvalidSource
from termserver.providers.ndc import NdcProvider, spellings
from termserver.records import ConceptRecord, DesignationRecord, PropertyRecord
from termserver.store.build import build_pack
from termserver.store.pack import Pack

PRODUCTS = (
    "PRODUCTID\tPRODUCTNDC\tPROPRIETARYNAME\tPROPRIETARYNAMESUFFIX\tNONPROPRIETARYNAME\t"
    "ENDMARKETINGDATE\tNDC_EXCLUDE_FLAG\r\n"
    "0777-3105_a\t0777-3105\tBlorb\tXR\tblorbine\t\tN\r\n"
    "0777-3105_b\t0777-3105\tBlorb\tXR\tblorbine\t\tN\r\n"
    "12345-678_c\t12345-678\tOld\t\told\t20200101\tN\r\n"
)
PACKAGES = (
    "PRODUCTID\tPRODUCTNDC\tNDCPACKAGECODE\tPACKAGEDESCRIPTION\tENDMARKETINGDATE\t"
    "NDC_EXCLUDE_FLAG\r\n"
    "0777-3105_a\t0777-3105\t0777-3105-02\t100 CAPSULE in 1 BOTTLE (0777-3105-02) \t20301231\tN\r\n"
    '0777-3105_a\t0777-3105\t0777-3105-30\t30 "CAPSULE"\t\tY\r\n'
    "12345-678_c\t12345-678\t12345-678-90\t1 VIAL\t\tN\r\n"
)


def _write(folder: Path, products: str = PRODUCTS, packages: str = PACKAGES) -> Path:
    source = folder / "2025-07-11"
    source.mkdir()
    (source / "product.txt").write_text(products, encoding="utf-8", newline="")
    (source / "package.txt").write_text(packages, encoding="utf-8", newline="")
    return source


def _read(source: Path) -> Reading:
    return LOADER.read([source], LoadOptions(), lambda *_: None)


@pytest.fixture
def ndc(tmp_path: Path) -> Iterator[NdcProvider]:
    reading = _read(_write(tmp_path))
    pack = Pack.open(build_pack(tmp_path / "home", reading.header, reading.records).path)
    (system,) = pack.systems()
    yield NdcProvider(pack.provider(system))
    pack.close()


def test_the_tables_are_recognised_and_dated_by_their_folder(tmp_path: Path) -> None:
    source = _write(tmp_path)
    assert detect(source).name == "ndc"
    assert _read(source).header.version == "20250711"


def test_products_and_packages_are_concepts(tmp_path: Path) -> None:
    records = list(_read(_write(tmp_path)).records)
    assert [
        (one.code, one.display, one.inactive) for one in records if isinstance(one, ConceptRecord)
    ] == [
        ("0777-3105", "Blorb XR (product)", False),
        ("12345-678", "Old (product)", True),
        (
            "0777-3105-02",
            "Blorb XR, 100 CAPSULE in 1 BOTTLE (0777-3105-02) (package)",
            False,
        ),
        ("0777-3105-30", 'Blorb XR, 30 "CAPSULE" (package)', True),
        ("12345-678-90", "Old, 1 VIAL (package)", False),
    ]
    assert [one.value for one in records if isinstance(one, DesignationRecord)] == [
        "100 CAPSULE in 1 BOTTLE (0777-3105-02)",
        '30 "CAPSULE"',
        "1 VIAL",
    ]
    assert [
        (one.property, one.value)
        for one in records
        if isinstance(one, PropertyRecord) and one.code == "12345-678-90"
    ] == [("kind", "package"), ("product", "12345-678"), ("NDC_EXCLUDE_FLAG", "N")]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("00777310502", ["0777-3105-02", "00777-3105-2"]),
        ("00777-3105-12", ["0777-3105-12"]),
        ("12345067809", ["12345-678-09", "12345-0678-9"]),
        ("0777310502", ["0777-3105-02", "07773-105-02", "07773-1050-2"]),
        ("0777-3105-02", []),
        ("12345678912", []),
        ("x", []),
    ],
)
def test_digits_spell_the_codes_they_can_mean(text: str, codes: list[str]) -> None:
    assert list(spellings(text)) == codes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0777-3105-02", "0777-3105-02"),
        ("00777-3105-02", "0777-3105-02"),
        ("00777310502", "0777-3105-02"),
        ("0777310502", "0777-3105-02"),
        ("12345-0678-90", "12345-678-90"),
        ("0777-3105", "0777-3105"),
    ],
)
def test_a_package_is_found_by_ten_and_eleven_digits(
    ndc: NdcProvider, text: str, code: str
) -> None:
    found = ndc.find(text)
    assert found is not None
    assert ndc.code_of(found) == code


@pytest.mark.parametrize("text", ["99999999999", "0777-310-502", "077-73105-02", ""])
def test_what_means_no_code_is_not_found(ndc: NdcProvider, text: str) -> None:
    assert ndc.find(text) is None


@pytest.mark.parametrize(
    ("products", "packages", "text"),
    [
        (PRODUCTS, PACKAGES + "a\tb\r\n", "package.txt, line 5: 2 fields where the header has 6"),
        (
            PRODUCTS,
            PACKAGES + "x\t0777-3105\t0777-31050-2\tBOX\t\tN\r\n",
            "package.txt, line 5: '0777-31050-2' is no NDC",
        ),
        (
            PRODUCTS,
            PACKAGES + "x\t0777-9999\t0777-9999-02\tBOX\t\tN\r\n",
            "package.txt, line 5: the product '0777-9999' is not in the product table",
        ),
        (
            PRODUCTS,
            PACKAGES + "x\t0777-3105\t12345-678-90\tBOX\t\tN\r\n",
            "package.txt, line 5: '12345-678-90' is no package of the product '0777-3105'",
        ),
        (
            PRODUCTS + "0777-3105_b\t0777-3105\tBlorb\tXR\tblorbine\t\tN\r\n",
            PACKAGES,
            "product.txt, line 5: the code '0777-3105' occurs twice for the product id",
        ),
        (
            PRODUCTS + "d\t0777-3106\t\t\t\t\tN\r\n",
            PACKAGES,
            "product.txt, line 5: the column 'NONPROPRIETARYNAME' is empty",
        ),
        (PRODUCTS.replace("PROPRIETARYNAMESUFFIX", "PRODUCTID"), PACKAGES, "product.txt, line 1:"),
        (
            PRODUCTS.replace("PROPRIETARYNAME\t", "X\t"),
            PACKAGES,
            "product.txt, line 1: the column 'PROPRIETARYNAME', 'NONPROPRIETARYNAME' is missing",
        ),
    ],
)
def test_bad_rows_are_refused_with_file_and_line(
    tmp_path: Path, products: str, packages: str, text: str
) -> None:
    with pytest.raises(InvalidSource) as caught:
        list(_read(_write(tmp_path, products, packages)).records)
    assert caught.value.text.startswith(text)


def test_another_encoding_is_said(tmp_path: Path) -> None:
    source = _write(tmp_path)
    (source / "product.txt").write_bytes(PRODUCTS.replace("Old", "Ölt").encode("cp1252"))
    reading = _read(source)
    assert reading.header.warnings == ("product.txt is not in UTF-8; it was read as Windows-1252",)
    assert "Ölt (product)" in {
        one.display for one in reading.records if isinstance(one, ConceptRecord)
    }


def test_the_suites_cut_loads(shared: Path) -> None:
    source = shared / "tx-ecosystem" / "tx-source" / "ndc" / "2025-07-11"
    reading = _read(source)
    found = {one.code: one for one in reading.records if isinstance(one, ConceptRecord)}
    assert reading.header.version == "20250711"
    assert len(found) == 172
    assert found["0002-0213-01"].display == (
        "Humulin R, 1 VIAL, MULTI-DOSE in 1 CARTON (0002-0213-01)  / 3 mL in 1 VIAL, MULTI-DOSE "
        "(package)"
    )
