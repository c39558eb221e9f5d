"""A code system answers alike from a pack and as a resource sent with a request."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from termserver.errors import TerminologyError
from termserver.fhirjson import code_system_records
from termserver.model import FilterClause, Ordinal
from termserver.providers.base import CodeSystemProvider
from termserver.providers.overlay import overlay_provider
from tests.small_packs import only_provider, opened

WORDS = ["lung", "Lung", "left lung", "lünge", "a-1", "tumour"]
PROPERTIES = ["inactive", "notSelectable", "weight", "laterality"]


@st.composite
def code_systems(draw: st.DrawFn) -> dict[str, Any]:
    """Return a CodeSystem whose concepts nest, with further parents, names and properties."""
    codes = draw(st.lists(st.sampled_from("abcABCxyz"), unique=True, max_size=8))
    below: dict[int, list[dict[str, Any]]] = {-1: []}
    for at, code in enumerate(codes):
        concept: dict[str, Any] = {"code": code, "property": draw(properties(codes[:at]))}
        if draw(st.booleans()):
            concept["display"] = draw(st.sampled_from(WORDS))
        names = draw(st.lists(st.sampled_from(WORDS), max_size=2))
        concept["designation"] = [{"language": "de", "value": name} for name in names]
        concept["concept"] = below[at] = []
        below[draw(st.integers(-1, at - 1))].append(concept)
    resource: dict[str, Any] = {
        "resourceType": "CodeSystem",
        "url": "http://x",
        "content": "complete",
        "property": [{"code": "parent", "type": "code"}, {"code": "weight", "type": "integer"}],
        "concept": below[-1],
    }
    case = draw(st.sampled_from([True, False, None]))
    return resource if case is None else {**resource, "caseSensitive": case}


def properties(earlier: list[str]) -> st.SearchStrategy[list[dict[str, Any]]]:
    one = st.one_of(
        st.builds(lambda it: {"code": "weight", "valueInteger": it}, st.integers(0, 2)),
        st.builds(lambda it: {"code": "inactive", "valueBoolean": it}, st.booleans()),
        st.builds(lambda it: {"code": "notSelectable", "valueBoolean": it}, st.booleans()),
        st.builds(lambda it: {"code": "note", "valueString": it}, st.sampled_from(WORDS)),
    )
    if earlier:
        parent = st.sampled_from(earlier)
        one |= st.builds(lambda it: {"code": "parent", "valueCode": it}, parent)
    return st.lists(one, max_size=3)


CLAUSES = [
    FilterClause(property=name, op=op, value=value)
    for name, op, value in [
        *(("concept", op, "a") for op in ("is-a", "descendent-of", "is-not-a", "generalizes")),
        ("concept", "child-of", "b"),
        ("weight", "=", "1"),
        ("weight", "in", "0,2"),
        ("note", "regex", "l.*"),
        ("note", "exists", "true"),
        ("inactive", "=", "true"),
        ("parent", "=", "a"),
        ("code", "regex", "[a-c]"),
    ]
]


def answer(provider: CodeSystemProvider, clause: FilterClause) -> list[Ordinal] | str:
    try:
        found = list(provider.select(clause))
    except TerminologyError as error:
        return error.text
    assert found == [one for one in provider.all() if provider.contains(clause, one)]
    return found


@settings(max_examples=50)
@given(code_systems())
def test_pack_and_overlay_agree(resource: dict[str, Any]) -> None:
    sent = overlay_provider(resource)
    with TemporaryDirectory() as home:
        pack = opened(Path(home), code_system_records(resource))
        stored = only_provider(pack)
        members = list(sent.all())
        assert stored.system == sent.system
        assert list(stored.all()) == members
        assert stored.concepts(members) == sent.concepts(members)
        assert [stored.concept(one) for one in members] == sent.concepts(members)
        assert stored.inactive() == sent.inactive()
        assert stored.abstract() == sent.abstract()
        for code in "abcABCxyzq":
            assert stored.find(code) == sent.find(code)
        for text in ("lu", "left l", "lunge", "A", "1 a", "", "lung x"):
            assert stored.search(text) == sent.search(text)
        for name in ("weight", "note", "none"):
            assert list(stored.property_rows(name)) == list(sent.property_rows(name))
        for one in members:
            assert list(stored.hierarchy.parents(one)) == list(sent.hierarchy.parents(one))
            assert list(stored.hierarchy.children(one)) == list(sent.hierarchy.children(one))
            assert [stored.subsumes(one, it) for it in members] == [
                sent.subsumes(one, it) for it in members
            ]
        for clause in CLAUSES:
            assert answer(stored, clause) == answer(sent, clause)
        pack.close()
