"""A small whole release of each publisher's format, and what is done to it to make it bad."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.loinc_release import write_release
from tests.rf2_release import international
from tests.unit.loaders import (
    test_claml,
    test_cvx,
    test_delimited,
    test_hgnc,
    test_icd10cm,
    test_icd10gm,
    test_icd10pcs,
    test_icdo3,
    test_icdo3_snomed,
    test_ncit,
    test_ndc,
    test_rdf,
    test_rxnorm,
)

FAULTS = (
    "missing column",
    "unknown parent",
    "duplicate code",
    "wrong check digit",
    "wrong encoding",
    "truncated archive",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A format: how to write a good release below a folder, and the options that it needs."""

    loader: str
    write: Callable[[Path], object]
    options: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bad:
    """An edit of one file (`old` None: put after its end) and how the refusal begins.

    Where it is not refused, `text` is the warning.
    """

    file: str
    old: str | None
    new: str
    text: str
    encoding: str = "utf-8"
    refused: bool = True

    @property
    def has_line(self) -> bool:
        """Tell whether the refusal names a line: RDF has none, nor has an unrecognised header."""
        return ", line " in self.text


def _files(**contents: str | bytes) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        for name, content in contents.items():
            path = folder / name.replace("__", ".")
            path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return write


def _later(rows: str) -> str:
    """Return rows of ICD-10-GM in the layout of 28 columns, made from those of 23."""
    fields = [row.split(";") for row in rows.splitlines()]
    later = [[*row[:9], "", "", "", *row[9:], "N", "N"] for row in fields]
    return "".join(";".join(row) + "\n" for row in later)


def _gm_code(level: int, code: str, title: str) -> str:
    start = f"{level};T;X;01;A00;{code}*;{code};{code.replace('.', '')};{title}"
    return f"{start};P;P;1-002;UNDEF;3-003;4-002;001;9;9;999;999;9;J;J\n"


def _order(code: str, title: str) -> str:
    """Return a row of CMS's order file."""
    return f"00004 {code:<7} 1 {title:<60} {title}\r\n"


def _ndc(folder: Path) -> None:
    (folder / "product.txt").write_text(test_ndc.PRODUCTS, newline="")
    (folder / "package.txt").write_text(test_ndc.PACKAGES, newline="")


RELEASES = {
    "SNOMED CT RF2": Release(
        loader="rf2", write=lambda folder: international().write(folder), options={}
    ),
    "LOINC": Release(loader="loinc", write=write_release, options={"version": "2.82"}),
    "RxNorm RRF": Release(loader="rxnorm", write=test_rxnorm.release),
    "NDC": Release(loader="ndc", write=_ndc, options={"version": "20250711"}),
    "ICD-10-CM tabular XML": Release(loader="icd10cm", write=_files(t__xml=test_icd10cm.TABULAR)),
    "ICD-10-CM order file": Release(
        loader="icd10cm", write=_files(c__txt=test_icd10cm.ORDER), options={"version": "2026"}
    ),
    "ICD-10-PCS tables": Release(loader="icd10pcs", write=_files(t__xml=test_icd10pcs.TABLES)),
    "ICD-10-PCS order file": Release(
        loader="icd10pcs",
        write=_files(t__xml=test_icd10pcs.TABLES, o__txt=test_icd10pcs.ORDER),
    ),
    "ICD-10-GM metadata": Release(
        loader="icd10gm",
        write=_files(
            icd10gm2017syst_kapitel__txt=test_icd10gm.CHAPTERS,
            icd10gm2017syst_gruppen__txt=test_icd10gm.GROUPS,
            icd10gm2017syst_kodes__txt=_later(test_icd10gm.CODES),
        ),
    ),
    "ICD-O-3 WHO topography": Release(
        loader="icdo3",
        write=_files(Topoenglish__txt=test_icdo3.TOPOGRAPHY),
        options={"version": "3.0"},
    ),
    "ICD-O-3 IACR table": Release(
        loader="icdo3", write=_files(i__tsv=test_icdo3.IACR), options={"version": "3.2"}
    ),
    "SNOMED CT to ICD-O-3 pairs": Release(
        loader="icdo3-snomed",
        write=_files(pairs__csv=test_icdo3_snomed.HEADER + test_icdo3_snomed.ROWS),
    ),
    "ClaML": Release(
        loader="claml", write=_files(w__xml=test_claml.CLAML), options={"system": test_claml.URL}
    ),
    "CVX XML": Release(loader="cvx", write=_files(cvx__xml=test_cvx.XML)),
    "CVX text": Release(loader="cvx", write=_files(cvx__txt=test_cvx.TEXT)),
    "HGNC": Release(loader="hgnc", write=_files(hgnc_complete_set__txt=test_hgnc.TABLE)),
    "NCIt flat file": Release(
        loader="ncit", write=_files(Thesaurus__txt=test_ncit.FLAT), options={"version": "25.06e"}
    ),
    "NCIt OWL": Release(loader="ncit", write=_files(Thesaurus__owl=test_ncit.OWL)),
    "CSV code system": Release(
        loader="csv",
        write=_files(t__csv=test_delimited.TABLE),
        options={"system": test_delimited.SYSTEM, "version": "1"},
    ),
    "CSV map": Release(
        loader="csv",
        write=_files(t__csv=test_delimited.MAP),
        options={"system": test_delimited.SYSTEM, "version": "1"},
    ),
    "SKOS Turtle": Release(loader="rdf", write=_files(t__ttl=test_rdf.SKOS)),
}

BAD: dict[str, dict[str, Bad]] = {
    "SNOMED CT RF2": {
        "missing column": Bad(
            file="Concept",
            old="moduleId\t",
            new="",
            text="sct2_Concept_Snapshot_INT_20250801.txt, line 1: columns id, effe",
        ),
        "unknown parent": Bad(
            file="Relationship_Snap",
            old="\t138875005\t0",
            new="\t73211009\t0",
            text="sct2_Relationship_Snapshot_INT_20250801.txt, line 2: relationshi",
        ),
        "duplicate code": Bad(
            file="Concept",
            old=None,
            new="900000000000012004\t20250801\t1\t900000000000012004\t900000000000074008\r\n",
            text="sct2_Concept_Snapshot_INT_20250801.txt, line 13: the id 90000000",
        ),
        "wrong check digit": Bad(
            file="Concept",
            old="138875005",
            new="138875004",
            text="sct2_Concept_Snapshot_INT_20250801.txt, line 2: column 1 '138875",
        ),
        "wrong encoding": Bad(
            file="Description",
            old="Linkage concept\t",
            new="Linkage conc\u00e9pt\t",
            text="sct2_Description_Snapshot-en_INT_20250801.txt, line 7: the text ",
            encoding="latin-1",
        ),
    },
    "LOINC": {
        "missing column": Bad(
            file="Loinc.csv",
            old="STATUS",
            new="STATE",
            text="Loinc.csv, line 1: the column 'STATUS' is missing; there are: LO",
        ),
        "unknown parent": Bad(
            file="ComponentHierarchyBySystem.csv",
            old=None,
            new='"LP1.LP77-7","1","LP77-7","90001-9","x"\n',
            text="ComponentHierarchyBySystem.csv, line 7: the parent 'LP77-7' is n",
        ),
        "duplicate code": Bad(
            file="Loinc.csv",
            old="90002-7",
            new="90001-9",
            text="Loinc.csv, line 3: the code '90001-9' occurs twice",
        ),
        "wrong check digit": Bad(
            file="Loinc.csv",
            old="90001-9",
            new="90001-8",
            text="Loinc.csv, line 2: '90001-8' is no LOINC number, or its check di",
        ),
        "wrong encoding": Bad(
            file="Loinc.csv",
            old="Gadget note",
            new="Gadget n\u00f6te",
            text="Loinc.csv, line 4: the text is not UTF-8 (byte 20 of the line); ",
            encoding="latin-1",
        ),
    },
    "RxNorm RRF": {
        "missing column": Bad(
            file="RXNSTY.RRF",
            old=None,
            new="1||||\n",
            text="RXNSTY.RRF, line 3: 4 fields where this file has 6: CUI, TUI, ST",
        ),
        "duplicate code": Bad(
            file="RXNCONSO.RRF",
            old=None,
            new="6|ENG||||||11||6||RXNORM|IN|6|x||N|4096|\n",
            text="RXNCONSO.RRF, line 9: the atom '11' occurs twice",
        ),
        "wrong encoding": Bad(
            file="RXNCONSO.RRF",
            old=None,
            new="6|ENG||||||61||6||RXNORM|IN|6|bl\u00f6rbine||N|4096|\n",
            text="RXNCONSO.RRF, line 9: the text is not UTF-8 (byte 33 of the line",
            encoding="latin-1",
        ),
    },
    "NDC": {
        "missing column": Bad(
            file="product.txt",
            old="PROPRIETARYNAME\t",
            new="",
            text="product.txt, line 1: the column 'PROPRIETARYNAME' is missing; th",
        ),
        "unknown parent": Bad(
            file="package.txt",
            old=None,
            new="x\t0777-9999\t0777-9999-02\tBOX\t\tN\r\n",
            text="package.txt, line 5: the product '0777-9999' is not in the produ",
        ),
        "duplicate code": Bad(
            file="product.txt",
            old=None,
            new="0777-3105_b\t0777-3105\tBlorb\tXR\tblorbine\t\tN\r\n",
            text="product.txt, line 5: the code '0777-3105' occurs twice for the p",
        ),
        "wrong encoding": Bad(
            file="product.txt",
            old="Old\t",
            new="O\u0081d\t",
            text="product.txt, line 4: the text is not CP1252 (byte 24 of the line",
            encoding="latin-1",
        ),
    },
    "ICD-10-CM tabular XML": {
        "missing column": Bad(
            file="t.xml",
            old="<desc>Widget</desc>",
            new="",
            text="t.xml, line 5: <diag> 'A00' has no <desc>",
        ),
        "duplicate code": Bad(
            file="t.xml", old="A00.1", new="A00", text="t.xml, line 8: the code 'A00' occurs twice"
        ),
        "wrong encoding": Bad(
            file="t.xml",
            old="Sinistral",
            new="Sin\u00e9stral",
            text="t.xml, line 9: the XML is not well formed: not well-formed (inva",
            encoding="latin-1",
        ),
    },
    "ICD-10-CM order file": {
        "missing column": Bad(
            file="c.txt",
            old=None,
            new="00004 A002\r\n",
            text="c.txt, line 4: the row is neither of CMS's order file, its code ",
        ),
        "unknown parent": Bad(
            file="c.txt",
            old=None,
            new=_order("B001", "x"),
            text="1 codes stand without the category above them",
            refused=False,
        ),
        "duplicate code": Bad(
            file="c.txt",
            old=None,
            new=_order("A001", "x"),
            text="c.txt, line 4: the code 'A001' occurs twice",
        ),
        "wrong encoding": Bad(
            file="c.txt",
            old=None,
            new=_order("A002", "\u00e9"),
            text="c.txt, line 4: the text is not UTF-8",
            encoding="latin-1",
        ),
    },
    "ICD-10-PCS tables": {
        "missing column": Bad(
            file="t.xml",
            old='<axis pos="2">',
            new='<axis pos="3">',
            text="t.xml, line 3: a table has to begin with the axes 1, 2 and 3",
        ),
        "duplicate code": Bad(
            file="t.xml",
            old='code="3"',
            new='code="0"',
            text="t.xml, line 8: the code '00160ZZ' occurs twice",
        ),
        "wrong encoding": Bad(
            file="t.xml",
            old="Bending",
            new="B\u00e9nding",
            text="t.xml, line 6: the XML is not well formed: not well-formed (inva",
            encoding="latin-1",
        ),
    },
    "ICD-10-PCS order file": {
        "missing column": Bad(
            file="o.txt",
            old=None,
            new="x\r\n",
            text="o.txt, line 4: the row is not of CMS's order file",
        ),
        "unknown parent": Bad(
            file="o.txt",
            old=None,
            new=_order("00169ZZ", "x"),
            text="o.txt, line 4: the code '00169ZZ' is in no table; tables and ord",
        ),
        "duplicate code": Bad(
            file="o.txt",
            old=None,
            new=_order("00163ZZ", "y"),
            text="o.txt, line 4: the code '00163ZZ' occurs twice",
        ),
        "wrong encoding": Bad(
            file="o.txt",
            old=None,
            new=_order("00163ZZ", "\u00e9"),
            text="o.txt, line 4: the text is not UTF-8",
            encoding="latin-1",
        ),
    },
    "ICD-10-GM metadata": {
        "missing column": Bad(
            file="kodes",
            old=None,
            new="3;N\n",
            text="icd10gm2017syst_kodes.txt, line 4: 2 fields where this file has ",
        ),
        "unknown parent": Bad(
            file="kodes",
            old=None,
            new=_later(_gm_code(4, "B00.0", "x")),
            text="icd10gm2017syst_kodes.txt, line 4: the code 'B00' above 'B00.0' ",
        ),
        "duplicate code": Bad(
            file="kodes",
            old=None,
            new=_later(_gm_code(3, "A00", "x")),
            text="icd10gm2017syst_kodes.txt, line 4: the code 'A00' occurs twice",
        ),
        "wrong encoding": Bad(
            file="kodes",
            old=None,
            new=_later(_gm_code(4, "A00.1", "\u00e9")),
            text="icd10gm2017syst_kodes.txt, line 4: the text is not UTF-8",
            encoding="latin-1",
        ),
    },
    "ICD-O-3 WHO topography": {
        "missing column": Bad(
            file="Topo",
            old=None,
            new="C77\t3\r\n",
            text="Topoenglish.txt, line 7: 2 fields where the header has 3 columns",
        ),
        "unknown parent": Bad(
            file="Topo",
            old=None,
            new="C78.1\t4\tx\r\n",
            text="Topoenglish.txt, line 7: the parent 'C78' of 'C78.1' is not in t",
        ),
        "duplicate code": Bad(
            file="Topo",
            old=None,
            new="C77.1\t4\tx\r\n",
            text="Topoenglish.txt, line 7: the code 'C77.1' has a second title",
        ),
        "wrong encoding": Bad(
            file="Topo",
            old=None,
            new="C77.2\t4\t\u0081\r\n",
            text="Topoenglish.txt, line 7: the text is not UTF-8 (byte 9 of the li",
            encoding="latin-1",
        ),
    },
    "ICD-O-3 IACR table": {
        "missing column": Bad(
            file="i.tsv",
            old="\tTerm\t",
            new="\tName\t",
            text="i.tsv: no ICD-O-3 file; known are WHO's tab files (3.0), NCI's C",
        ),
        "duplicate code": Bad(
            file="i.tsv",
            old=None,
            new="959\t2\tx\t\t\n",
            text="i.tsv, line 11: the group '959' occurs twice",
        ),
        "wrong encoding": Bad(
            file="i.tsv",
            old=None,
            new="9591/3\tPreferred\t\u0081\t\t\n",
            text="i.tsv, line 11: the text is not UTF-8 (byte 18 of the line); sav",
            encoding="latin-1",
        ),
    },
    "SNOMED CT to ICD-O-3 pairs": {
        "missing column": Bad(
            file="pairs.csv",
            old=None,
            new="8500/3\n",
            text="pairs.csv, line 5: 1 fields where the header has 5 columns",
        ),
        "duplicate code": Bad(
            file="pairs.csv",
            old=None,
            new="8500/3,M-85003,82711006,,\n",
            text="pairs.csv, line 5: the pair '82711006' and '8500/3' occurs twice",
        ),
        "wrong check digit": Bad(
            file="pairs.csv",
            old=None,
            new="8500/3,,82711005,,\n",
            text="pairs.csv, line 5: '82711005' is no identifier of a SNOMED CT co",
        ),
        "wrong encoding": Bad(
            file="pairs.csv",
            old=None,
            new="8500/3,,81669005,\u00e9,\n",
            text="pairs.csv, line 5: the text is not UTF-8 (byte 18 of the line); ",
            encoding="latin-1",
        ),
    },
    "ClaML": {
        "missing column": Bad(
            file="w.xml",
            old='<Class code="A"',
            new="<Class",
            text="w.xml, line 17: the Class has no code",
        ),
        "unknown parent": Bad(
            file="w.xml",
            old='<SuperClass code="I"',
            new='<SuperClass code="X"',
            text="w.xml, line 17: the super-class 'X' of 'A' is not defined",
        ),
        "duplicate code": Bad(
            file="w.xml",
            old='<Class code="A"',
            new='<Class code="I"',
            text="w.xml, line 17: the code 'I' occurs twice",
        ),
        "wrong encoding": Bad(
            file="w.xml",
            old="bent",
            new="b\u00e9nt",
            text="w.xml, line 8: the XML is not well formed: not well-formed (inva",
            encoding="latin-1",
        ),
    },
    "CVX XML": {
        "missing column": Bad(
            file="cvx.xml",
            old="<CVXCode>01</CVXCode>",
            new="",
            text="cvx.xml, line 5: '' is no CVX code of two or three digits",
        ),
        "duplicate code": Bad(
            file="cvx.xml",
            old="01<",
            new="143<",
            text="cvx.xml, line 5: the code '143' occurs twice",
        ),
        "wrong encoding": Bad(
            file="cvx.xml",
            old="encoding='ISO-8859-1'?><CVXCodes>",
            new="encoding='UTF-8'?><CVXCodes><!-- \u00e9 -->",
            text="cvx.xml, line 1: the XML is not well formed: not well-formed (in",
            encoding="latin-1",
        ),
    },
    "CVX text": {
        "missing column": Bad(
            file="cvx.txt",
            old=None,
            new="02|x\r\n",
            text="cvx.txt, line 3: 2 fields where cvx.txt has 7: code, short, full",
        ),
        "duplicate code": Bad(
            file="cvx.txt",
            old=None,
            new="143|x||x|Active|False|2020/01/01\r\n",
            text="cvx.txt, line 3: the code '143' occurs twice",
        ),
        "wrong encoding": Bad(
            file="cvx.txt",
            old=None,
            new="02|\u0081||x|Active|False|2020/01/01\r\n",
            text="cvx.txt, line 3: the text is not UTF-8 (byte 4 of the line); sav",
            encoding="latin-1",
        ),
    },
    "HGNC": {
        "missing column": Bad(
            file="hgnc",
            old="\tstatus",
            new="\tstate",
            text="hgnc_complete_set.txt, line 1: the column 'status' is missing; t",
        ),
        "duplicate code": Bad(
            file="hgnc",
            old=None,
            new="HGNC:1\tB\tb\tApproved\n",
            text="hgnc_complete_set.txt, line 4: the code 'HGNC:1' occurs twice",
        ),
        "wrong encoding": Bad(
            file="hgnc",
            old=None,
            new="HGNC:3\tB\t\u00e9\tApproved\n",
            text="hgnc_complete_set.txt, line 4: the text is not UTF-8 (byte 10 of",
            encoding="latin-1",
        ),
    },
    "NCIt flat file": {
        "missing column": Bad(
            file="Thes",
            old=None,
            new="C4\tx\n",
            text="Thesaurus.txt, line 4: 2 columns where the flat file has 8 or 9",
        ),
        "unknown parent": Bad(
            file="Thes",
            old=None,
            new="C4\t<http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl#C4>\tC9\tx\t\t\t\tThing\n",
            text="Thesaurus.txt, line 4: the parent 'C9' of 'C4' is not in the fil",
        ),
        "duplicate code": Bad(
            file="Thes",
            old=None,
            new="C2\t<http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl#C2>\t\tx\t\t\t\tThing\n",
            text="Thesaurus.txt, line 4: the code 'C2' occurs twice",
        ),
        "wrong encoding": Bad(
            file="Thes",
            old=None,
            new="C4\t<http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl#C4>\t\t\u00e9\t\t\t\tThing\n",
            text="Thesaurus.txt, line 4: the text is not UTF-8 (byte 61 of the lin",
            encoding="latin-1",
        ),
    },
    "NCIt OWL": {
        "missing column": Bad(
            file="Thes",
            old="<P108>Old widget</P108>",
            new="",
            text="Thesaurus.owl, line 14: the class 'C3' has no name",
        ),
        "duplicate code": Bad(
            file="Thes",
            old="<NHC0>C3<",
            new="<NHC0>C2<",
            text="Thesaurus.owl, line 14: the code 'C2' occurs twice",
        ),
        "wrong encoding": Bad(
            file="Thes",
            old="Old widget",
            new="Old widg\u00e9t",
            text="Thesaurus.owl, line 15: the XML is not well formed: not well-for",
            encoding="latin-1",
        ),
    },
    "CSV code system": {
        "missing column": Bad(
            file="t.csv",
            old=None,
            new="d,Dee\n",
            text="t.csv, line 5: 2 fields where the header has 8 columns",
        ),
        "unknown parent": Bad(
            file="t.csv",
            old=None,
            new="d,Dee,z,,,,,\n",
            text="t.csv, line 5: the parent 'z' of 'd' is no code of the table",
        ),
        "duplicate code": Bad(
            file="t.csv",
            old=None,
            new="a,Again,,,,,,\n",
            text="t.csv, line 5: the code 'a' occurs twice",
        ),
        "wrong encoding": Bad(
            file="t.csv",
            old=None,
            new="d,D\u00e9e,,,,,,\n",
            text="t.csv, line 5: the text is not UTF-8 (byte 4 of the line); save ",
            encoding="latin-1",
        ),
    },
    "CSV map": {
        "missing column": Bad(
            file="t.csv",
            old=None,
            new="K3;x\n",
            text="t.csv, line 5: 2 fields where the header has 6 columns",
        ),
        "duplicate code": Bad(
            file="t.csv",
            old=None,
            new="K1;;http://loinc.org;2823-3;equal;\n",
            text="t.csv, line 5: the code 'K1' is mapped to '2823-3' twice",
        ),
        "wrong encoding": Bad(
            file="t.csv",
            old=None,
            new="K3;\u00e9;http://loinc.org;2823-3;equal;\n",
            text="t.csv, line 5: the text is not UTF-8 (byte 4 of the line); save ",
            encoding="latin-1",
        ),
    },
    "SKOS Turtle": {
        "unknown parent": Bad(
            file="t.ttl",
            old="skos:broader ex:a ;",
            new="skos:broader ex:zz ;",
            text="1 parents in 'http://example.org/things#' are not in the file",
            refused=False,
        ),
        "duplicate code": Bad(
            file="t.ttl",
            old="ex:a2 a skos:Concept ;",
            new='ex:a2 a skos:Concept ; skos:notation "A" ;',
            text="t.ttl: the code 'A' occurs twice: <http://example.org/things#",
        ),
        "wrong encoding": Bad(
            file="t.ttl",
            old="Second",
            new="S\u00e9cond",
            text="t.ttl, line 8: the RDF is not well formed: 'utf-8' codec can't d",
            encoding="latin-1",
        ),
    },
}
