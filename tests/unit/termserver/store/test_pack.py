"""An opened pack: documents, reference sets, identifiers, formats."""

import sqlite3
from pathlib import Path

import orjson
import pytest

from termserver.conceptset import ConceptSet
from termserver.errors import StoreError, UnknownCodeSystem
from termserver.model import CodeSystem, FilterDefinition, Ordinal, PropertyDefinition
from termserver.records import (
    CodeSystemRecord,
    DocumentRecord,
    HistoryRecord,
    IdentifierRecord,
    RefsetMemberRecord,
    RefsetRecord,
)
from termserver.store.pack import Pack, Refset, RefsetMember
from tests.small_packs import build, opened, tree


def test_the_facts_of_a_code_system_come_back_as_they_were(tmp_path: Path) -> None:
    system = CodeSystem(
        url="http://x",
        version="2",
        id="x",
        status="active",
        experimental=True,
        content="fragment",
        case_sensitive=False,
        hierarchy_meaning="part-of",
        supplements="http://y|1",
        properties=(PropertyDefinition(code="p", uri="http://p", type="code"),),
        filters=(FilterDefinition(code="f", operators=("=", "in"), value="v"),),
        resource={"resourceType": "CodeSystem", "contact": [{"name": "n"}]},
    )
    assert opened(tmp_path, [CodeSystemRecord(system=system)]).systems() == (system,)


def test_a_code_system_of_another_pack_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownCodeSystem, match=r"no code system 'http://other\|1'"):
        opened(tmp_path, tree("a")).provider(CodeSystem(url="http://other", version="1"))


def test_documents_are_found_by_type_and_url(tmp_path: Path) -> None:
    first, second = ({"url": "http://vs", "version": one} for one in "12")
    pack = opened(
        tmp_path,
        [
            DocumentRecord(type="ValueSet", resource=first),
            DocumentRecord(type="ConceptMap", resource=first),
            DocumentRecord(type="ValueSet", resource=second),
        ],
    )
    assert pack.find_documents("ValueSet", "http://vs") == [first, second]
    assert pack.find_documents("ValueSet", "http://none") == []
    assert list(pack.documents("ConceptMap")) == [first]
    names = pack.document_names("ValueSet")
    assert [(one.url, one.version, one.id) for one in names] == [
        ("http://vs", "1", None),
        ("http://vs", "2", None),
    ]
    assert [one.read() for one in names] == [first, second]


def test_documents_that_differ_in_narrative_only_have_one_digest(tmp_path: Path) -> None:
    plain = {"url": "http://vs", "status": "active"}
    records = [
        DocumentRecord(type="ValueSet", resource=plain),
        DocumentRecord(type="ValueSet", resource={"text": {"div": "x"}, **plain}),
        DocumentRecord(type="ValueSet", resource={**plain, "status": "draft"}),
    ]
    digests = [digest for *_, digest in opened(tmp_path, records).document_digests()]
    assert digests[0] == digests[1] != digests[2]


def test_reference_set_rows_know_which_components_are_concepts(tmp_path: Path) -> None:
    pack = opened(
        tmp_path,
        [
            *tree("7 8"),
            RefsetRecord(refset=5, pattern="cci", columns=("mapTarget", "rank")),
            RefsetMemberRecord(refset=5, component=99, fields=("X", "1"), active=False),
            RefsetMemberRecord(refset=5, component=8, fields=("Y", "2"), id="m", module=1),
        ],
    )
    assert pack.refsets() == (Refset(id=5, pattern="cci", columns=("mapTarget", "rank")),)
    concept = RefsetMember(
        refset=5,
        component=8,
        ordinal=Ordinal(1),
        active=True,
        fields=("Y", "2"),
        id="m",
        module=1,
    )
    other = RefsetMember(refset=5, component=99, ordinal=None, active=False, fields=("X", "1"))
    assert pack.refset_members(5) == [concept, other]
    assert pack.refset_rows_of(8) == [concept]
    assert pack.refset_fields_of(5, 8) == [("Y", "2")]
    assert pack.refset_fields_of(5, 99) == []  # its row is inactive
    assert pack.refset_fields_of(6, 8) == []
    assert pack.refset_members(6) == []
    assert list(pack.refset_facts(5)) == [
        (8, Ordinal(1), True, 1, None, ("Y", "2")),
        (99, None, False, None, None, ("X", "1")),
    ]
    assert list(pack.refset_facts(6)) == []
    provider = pack.provider(pack.systems()[0])
    assert provider.refset_concepts(5) == ConceptSet.of([1])
    assert provider.refset_concepts(6) == ConceptSet.empty()


@pytest.mark.parametrize(
    "number",
    [
        "1244116f-fdb5-5645-afcc-5281288409da",
        "1244116F-fdb5-5645-afcc-5281288409da",
        "12441-16f-fdb5-5645-afcc5281288409da",
        "zzzz116f-fdb5-5645-afcc-5281288409da",
        "m-1",
        None,
    ],
)
def test_the_id_of_a_row_comes_back_as_it_was(tmp_path: Path, number: str | None) -> None:
    row = RefsetMemberRecord(refset=5, component=7, fields=("x",), id=number, module=900)
    (found,) = opened(tmp_path, [*tree("7"), row]).refset_members(5)
    assert (found.id, found.fields, found.module) == (number, ("x",), 900)


def test_identifiers_and_history_are_kept(tmp_path: Path) -> None:
    pack = opened(
        tmp_path,
        [
            *tree("7"),
            IdentifierRecord(code="7", scheme=3, identifier="LA-1"),
            HistoryRecord(
                component=7, kind="concept", effective_time=2002, active=False, row=("a",)
            ),
            HistoryRecord(component=7, kind="concept", effective_time=2001, active=True),
        ],
    )
    assert pack.identifiers(Ordinal(0)) == [(3, "LA-1", True)]
    assert pack.identified("LA-1") == [(0, 3, True)]
    assert pack.history(7) == [
        ("concept", 2001, True, ()),
        ("concept", 2002, False, ("a",)),
    ]


def test_a_pack_of_an_older_format_is_refused_with_the_command_that_rebuilds_it(
    tmp_path: Path,
) -> None:
    path = build(tmp_path, tree("a")).path
    manifest = orjson.loads((path / "manifest.json").read_bytes())
    (path / "manifest.json").write_bytes(orjson.dumps({**manifest, "format": 0}))
    with pytest.raises(StoreError, match=r"has format 0.*termserver load SOURCE --replace"):
        Pack.open(path)


def test_a_database_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = build(tmp_path, tree("a")).path
    connection = sqlite3.connect(path / "pack.sqlite")
    connection.execute("PRAGMA application_id = 1")
    connection.close()
    with pytest.raises(StoreError, match="no database of termserver"):
        Pack.open(path)


def test_a_file_of_another_size_is_refused(tmp_path: Path) -> None:
    path = build(tmp_path, tree("a")).path
    (path / "index" / "codes.txt").write_bytes(b"aa")
    with pytest.raises(StoreError, match=r"'index/codes\.txt'.*another size"):
        Pack.open(path)


def test_a_folder_without_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no readable manifest"):
        Pack.open(tmp_path)
