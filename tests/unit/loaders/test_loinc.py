"""The LOINC loader: a made-up release in the real layout, bad rows, and HL7's subset."""

import copy
from collections.abc import Callable
from pathlib import Path

import pytest

from loaders.base import LoadOptions, Reading
from loaders.loinc import LOADER
from loaders.loinc_concepts import is_term_code
from termserver.errors import InvalidSource
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DesignationRecord,
    EdgeRecord,
    PropertyRecord,
    Record,
)
from tests.loinc_release import FILES, write_release

Rows = list[list[str]]


def _read(folder: Path, version: str | None = "2.82") -> Reading:
    return LOADER.read([folder], LoadOptions(version=version), lambda *_: None)


def _records(folder: Path) -> list[Record]:
    return list(_read(folder).records)


def _properties(records: list[Record], code: str) -> list[tuple[str, str, object]]:
    return [
        (one.property, one.type, one.value)
        for one in records
        if isinstance(one, PropertyRecord) and one.code == code
    ]


def _names(records: list[Record], code: str) -> set[tuple[str, str, str]]:
    return {
        (one.language or "", one.use.code or "", one.value)
        for one in records
        if isinstance(one, DesignationRecord) and one.code == code and one.use
    }


def _file(stem: str) -> Rows:
    return copy.deepcopy(next(rows for place, rows in FILES.items() if Path(place).stem == stem))


@pytest.fixture
def records(tmp_path: Path) -> list[Record]:
    return _records(write_release(tmp_path))


def test_a_release_is_recognised_in_its_folder_and_one_level_down(tmp_path: Path) -> None:
    write_release(tmp_path / "Loinc_2.82")
    assert LOADER.recognises(tmp_path / "Loinc_2.82")
    assert LOADER.recognises(tmp_path)
    assert not LOADER.recognises(tmp_path / "Loinc_2.82" / "AccessoryFiles")
    assert not LOADER.recognises(tmp_path / "Loinc_2.82" / "LoincTable" / "Loinc.csv")


def test_the_version_comes_from_the_folder_or_the_caller_and_is_never_guessed(
    tmp_path: Path,
) -> None:
    folder = write_release(tmp_path / "Loinc_2.79")
    assert _read(folder, None).header.version == "2.79"
    assert _read(folder, "2.82").header.version == "2.82"
    with pytest.raises(InvalidSource, match="is no LOINC version"):
        _read(folder, "latest")
    with pytest.raises(InvalidSource, match="name it with --version"):
        _read(write_release(tmp_path / "new"), None)


def test_concepts_stand_in_hierarchy_order_then_terms_parts_answers_lists(
    records: list[Record],
) -> None:
    assert isinstance(records[0], CodeSystemRecord)
    assert [one.code for one in records if isinstance(one, ConceptRecord)] == [
        *("LP9-9", "LP2-2", "90001-9", "LP1-1"),
        *("90002-7", "90003-5", "90004-3"),
        *("LP3-3", "LP4-4"),
        *("LA1-1", "LA2-2", "LL1-1", "LL2-2", "LG1-1", "LG2-2"),
    ]


def test_a_term_may_have_several_parents(records: list[Record]) -> None:
    assert [(one.child, one.parent) for one in records if isinstance(one, EdgeRecord)] == [
        ("LP2-2", "LP9-9"),
        ("90001-9", "LP2-2"),
        ("LP1-1", "LP9-9"),
        ("90001-9", "LP1-1"),
    ]


def test_only_deprecated_is_inactive_and_other_statuses_are_shown(records: list[Record]) -> None:
    found = {
        one.code: (one.inactive, one.status) for one in records if isinstance(one, ConceptRecord)
    }
    assert found["90001-9"] == (False, None)
    assert found["90002-7"] == (True, "DEPRECATED")
    assert found["90003-5"] == (False, "DISCOURAGED")


def test_axes_are_part_codes_where_a_part_is_known_and_names_where_not(
    records: list[Record],
) -> None:
    found = _properties(records, "90001-9")
    assert ("COMPONENT", "code", "LP1-1") in found
    assert ("SYSTEM", "code", "LP3-3") in found
    assert ("CLASS", "code", "LP2-2") in found
    assert ("SCALE_TYP", "string", "Qn") in found
    assert ("analyte", "code", "LP1-1") in found
    assert sum(name == "COMPONENT" for name, _, _ in found) == 1
    assert ("COMMON_TEST_RANK", "integer", 7) in found


def test_replacements_panels_groups_and_consumer_names_are_properties(
    records: list[Record],
) -> None:
    assert ("MAP_TO", "code", "90001-9") in _properties(records, "90002-7")
    assert ("MAP_TO_COMMENT", "string", "90001-9: for blood only") in _properties(
        records, "90002-7"
    )
    assert ("PanelMember", "code", "90001-9") in _properties(records, "90004-3")
    assert [one for one in _properties(records, "90004-3") if one[0] == "MemberOfPanel"] == []
    assert ("GroupMember", "code", "90001-9") in _properties(records, "LG2-2")
    assert ("CONSUMER_NAME", "string", "Widget, Blood") in _properties(records, "90001-9")


def test_answer_lists_name_their_answers_and_their_value_set(records: list[Record]) -> None:
    found = _properties(records, "LL1-1")
    assert [value for name, _, value in found if name == "Answer"] == ["LA1-1", "LA2-2"]
    assert ("value-set", "string", "http://loinc.org/vs/LL1-1") in found
    assert ("answers-for", "code", "90002-7") in found
    assert ("answer-list", "code", "LL1-1") in _properties(records, "90002-7")
    assert ("AnswerList", "code", "LL1-1") in _properties(records, "LA1-1")


def test_names_of_all_kinds_are_designations_with_their_language(records: list[Record]) -> None:
    assert _names(records, "90001-9") == {
        ("en-US", "LONG_COMMON_NAME", "Widget [Mass/volume] in Blood"),
        ("en-US", "SHORTNAME", "Widget Bld-mCnc"),
        ("en-US", "DisplayName", "Widget (Bld)"),
        ("en-US", "RELATEDNAMES2", "WB; Wdg"),
        ("en-US", "ConsumerName", "Widget, Blood"),
        ("de-DE", "LONG_COMMON_NAME", "Dings [Masse/Volumen] in Blut"),
        ("de-DE", "RELATEDNAMES2", "Ding"),
    }
    assert ("de-DE", "FullySpecifiedName", "Dings:Prid:Zeitpunkt:Isolat:Nominal") in _names(
        records, "90002-7"
    )


def test_the_code_system_is_case_insensitive_and_carries_the_notice(records: list[Record]) -> None:
    first = records[0]
    assert isinstance(first, CodeSystemRecord)
    assert first.system.case_sensitive is False
    assert first.system.version == "2.82"
    assert first.system.copyright is not None
    assert "loinc.org/license" in first.system.copyright


def test_absent_tables_are_said_not_failed(tmp_path: Path) -> None:
    folder = write_release(tmp_path, MapTo=None, PanelsAndForms=None)
    assert _read(folder).header.warnings == (
        "not in this release folder: replacements (MapTo), panels",
    )


def _wrong_digit(rows: Rows) -> None:
    rows[1][0] = "90001-8"


def _twice(rows: Rows) -> None:
    rows[2][0] = rows[1][0]


def _no_status(rows: Rows) -> None:
    rows[0][9] = "STATE"


def _unknown_parent(rows: Rows) -> None:
    rows[3][2] = "LP77-7"


def _unknown_term(rows: Rows) -> None:
    rows[3][3] = "90009-2"


def _unknown_code(rows: Rows) -> None:
    rows[1][0] = "90009-2"


@pytest.mark.parametrize(
    ("stem", "change", "text"),
    [
        ("Loinc", _wrong_digit, "Loinc.csv, line 2: '90001-8' is no LOINC number, or its"),
        ("Loinc", _twice, "Loinc.csv, line 3: the code '90001-9' occurs twice"),
        ("Loinc", _no_status, "Loinc.csv, line 1: the column 'STATUS' is missing"),
        (
            "ComponentHierarchyBySystem",
            _unknown_parent,
            "ComponentHierarchyBySystem.csv, line 4: the parent 'LP77-7' is nowhere",
        ),
        (
            "ComponentHierarchyBySystem",
            _unknown_term,
            "ComponentHierarchyBySystem.csv, line 4: '90009-2' of the hierarchy is no code",
        ),
        ("ConsumerName", _unknown_code, "ConsumerName.csv, line 2: '90009-2' of the column"),
        ("MapTo", _unknown_code, "MapTo.csv, line 2: '90009-2' of the column 'LOINC'"),
        (
            "deDE15LinguisticVariant",
            _unknown_code,
            "deDE15LinguisticVariant.csv, line 2: '90009-2' of the column 'LOINC_NUM'",
        ),
    ],
)
def test_a_bad_row_is_refused_with_file_and_line(
    tmp_path: Path, stem: str, change: Callable[[Rows], None], text: str
) -> None:
    rows = _file(stem)
    change(rows)
    with pytest.raises(InvalidSource) as caught:
        _records(write_release(tmp_path, **{stem: rows}))
    assert str(caught.value).startswith(text)


def test_text_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    folder = write_release(tmp_path)
    path = folder / "LoincTable" / "Loinc.csv"
    path.write_bytes(path.read_bytes().replace(b"Gadget note", b"Gadget n\xf6te"))
    with pytest.raises(InvalidSource, match=r"^Loinc\.csv, line 4: the text is not UTF-8"):
        _records(folder)


def test_check_digits_are_those_of_loinc() -> None:
    assert is_term_code("2339-0")
    assert not is_term_code("2339-1")
    assert not is_term_code("LP14635-4")


def test_hl7s_subset_loads_with_every_count_of_its_tables(shared: Path) -> None:
    records = _records(shared / "tx-ecosystem" / "tx-source" / "loinc")
    concepts = [one for one in records if isinstance(one, ConceptRecord)]
    by_kind = {
        kind: sum(one.code.startswith(kind) for one in concepts) for kind in ("LP", "LA", "LL")
    }
    assert len(concepts) == 483
    assert by_kind == {"LP": 150, "LA": 8, "LL": 3}
    assert sum(one.inactive for one in concepts) == 7
    languages = {one.language for one in records if isinstance(one, DesignationRecord)}
    assert len(languages) == 20
