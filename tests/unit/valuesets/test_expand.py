"""ValueSet/$expand over code systems sent with the request."""

from itertools import count
from typing import Any

import pytest

from termserver.deadline import within
from termserver.errors import (
    CyclicValueSet,
    InvalidRequest,
    InvalidValueSet,
    NotSupported,
    TooCostly,
    UnknownCode,
    UnknownCodeSystem,
    UnknownSupplement,
    UnknownValueSet,
    VersionConflict,
)
from termserver.providers.registry import Registry
from termserver.terminology import Terminology
from valuesets.expand import expand
from valuesets.model import Contains, ExpandRequest, Expansion, VersionRules

CS = "http://x.org/cs"
VS = "http://x.org/vs"


def code_system(version: str | None = "1", **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "resourceType": "CodeSystem",
        "url": CS,
        "content": "complete",
        "caseSensitive": True,
        "language": "en",
        "concept": [
            {
                "code": "a",
                "display": "Apple",
                "concept": [
                    {"code": "b", "display": "Berry", "definition": "A small fruit"},
                    {
                        "code": "c",
                        "display": "Cherry",
                        "property": [{"code": "status", "valueCode": "retired"}],
                        "concept": [{"code": "d", "display": "Damson"}],
                    },
                ],
            },
            {"code": "e", "display": "Egg", "designation": [{"language": "de", "value": "Ei"}]},
        ],
        **more,
    }
    return found if version is None else {**found, "version": version}


def value_set(
    *includes: dict[str, Any], exclude: list[dict[str, Any]] | None = None, **more: Any
) -> dict[str, Any]:
    compose: dict[str, Any] = {"include": list(includes)}
    if exclude:
        compose["exclude"] = exclude
    compose |= more.pop("compose", {})
    return {"resourceType": "ValueSet", "url": VS, "status": "active", "compose": compose, **more}


def terminology(*resources: dict[str, Any]) -> Terminology:
    return Terminology(Registry(())).with_overlay(list(resources))


def run(*resources: dict[str, Any], **request: Any) -> Expansion:
    return expand(terminology(*resources), ExpandRequest(url=VS, **request))


def codes(expansion: Expansion) -> str:
    def shown(one: Contains) -> str:
        inner = " ".join(map(shown, one.contains))
        return f"{one.code}({inner})" if inner else one.code

    return " ".join(map(shown, expansion.contains))


def said(expansion: Expansion, name: str) -> list[object]:
    return [one.value for one in expansion.parameters if one.name == name]


ALL = {"system": CS}


def test_a_whole_code_system_nests_and_counts_all() -> None:
    expansion = run(code_system(), value_set(ALL))
    assert codes(expansion) == "a(b c(d)) e"
    assert expansion.total == 5
    assert said(expansion, "used-codesystem") == [f"{CS}|1"]


def test_exclude_nested_gives_a_list_in_hierarchy_order() -> None:
    assert codes(run(code_system(), value_set(ALL), exclude_nested=True)) == "a b c d e"


def test_an_enumeration_keeps_its_own_order_and_is_flat() -> None:
    listed = {"system": CS, "concept": [{"code": "e"}, {"code": "a"}, {"code": "b"}]}
    assert codes(run(code_system(), value_set(listed))) == "e a b"


def test_a_code_that_a_complete_version_lacks_is_left_out() -> None:
    listed = {"system": CS, "concept": [{"code": "e"}, {"code": "nope"}]}
    assert codes(run(code_system(), value_set(listed))) == "e"


def test_enumerated_codes_of_a_system_not_loaded_stay() -> None:
    listed = {"system": "http://y.org", "concept": [{"code": "k", "display": "Kiwi"}]}
    expansion = run(value_set(listed))
    assert [(one.system, one.code, one.display) for one in expansion.contains] == [
        ("http://y.org", "k", "Kiwi")
    ]


def test_codes_that_a_fragment_lacks_stay() -> None:
    listed = {"system": CS, "concept": [{"code": "e"}, {"code": "nope"}]}
    expansion = run(code_system(content="fragment"), value_set(listed))
    assert codes(expansion) == "e nope"
    assert said(expansion, "used-fragment") == [f"{CS}|1"]


def test_includes_unite_and_a_code_stands_once() -> None:
    expansion = run(
        code_system(),
        value_set(
            {"system": CS, "concept": [{"code": "d"}]},
            {"system": CS, "filter": [{"property": "concept", "op": "is-a", "value": "c"}]},
        ),
    )
    assert codes(expansion) == "d c"
    assert expansion.total == 2


def test_filters_of_one_include_must_all_hold() -> None:
    both = {
        "system": CS,
        "filter": [
            {"property": "concept", "op": "is-a", "value": "a"},
            {"property": "code", "op": "regex", "value": "[bd]"},
        ],
    }
    assert codes(run(code_system(), value_set(both))) == "b d"


def test_several_value_sets_in_one_include_intersect() -> None:
    one = {**value_set({"system": CS, "concept": [{"code": "a"}, {"code": "b"}]}), "url": VS + "1"}
    two = {**value_set({"system": CS, "concept": [{"code": "b"}, {"code": "e"}]}), "url": VS + "2"}
    expansion = run(code_system(), one, two, value_set({"valueSet": [VS + "1", VS + "2"]}))
    assert codes(expansion) == "b"
    assert said(expansion, "used-valueset") == [VS + "1", VS + "2"]


def test_a_system_and_a_value_set_in_one_include_intersect() -> None:
    one = {**value_set({"system": CS, "concept": [{"code": "a"}, {"code": "e"}]}), "url": VS + "1"}
    both = {"system": CS, "concept": [{"code": "e"}, {"code": "b"}], "valueSet": [VS + "1"]}
    assert codes(run(code_system(), one, value_set(both))) == "e"


def test_excludes_take_off_whatever_include_brought_in() -> None:
    out = [{"system": CS, "filter": [{"property": "concept", "op": "is-a", "value": "c"}]}]
    assert codes(run(code_system(), value_set(ALL, exclude=out))) == "a b e"


def test_inactive_codes_leave_by_the_definition_or_the_request() -> None:
    by_definition = value_set(ALL, compose={"inactive": False})
    assert codes(run(code_system(), by_definition, exclude_nested=True)) == "a b d e"
    assert codes(run(code_system(), value_set(ALL), active_only=True)) == "a(b) d e"


def test_a_page_is_flat_with_the_whole_total() -> None:
    expansion = run(code_system(), value_set(ALL), offset=1, count=2)
    assert (codes(expansion), expansion.total, expansion.offset) == ("b c", 5, 1)
    assert run(code_system(), value_set(ALL)).offset is None


def test_a_count_of_zero_gives_the_total_alone() -> None:
    expansion = run(code_system(), value_set(ALL), count=0)
    assert (codes(expansion), expansion.total) == ("", 5)


def test_pages_put_together_are_the_whole() -> None:
    whole = run(code_system(), value_set(ALL), exclude_nested=True)
    pages = [
        one
        for offset in range(0, 6, 2)
        for one in run(code_system(), value_set(ALL), offset=offset, count=2).contains
    ]
    assert tuple(pages) == whole.contains


def test_a_text_filter_matches_the_beginning_of_words() -> None:
    assert codes(run(code_system(), value_set(ALL), filter="che")) == "c"
    assert codes(run(code_system(), value_set(ALL), filter="ei")) == "e"
    assert run(code_system(), value_set(ALL), filter="zzz").total == 0


def test_displays_follow_the_language() -> None:
    expansion = run(code_system(), value_set(ALL), display_language="de", exclude_nested=True)
    assert [one.display for one in expansion.contains][-2:] == ["Damson", "Ei"]


def test_properties_are_shown_and_declared_when_asked_for() -> None:
    expansion = run(code_system(), value_set(ALL), properties=("definition",), exclude_nested=True)
    assert [one.value for one in expansion.contains[1].properties] == ["A small fruit"]
    assert ("definition", "http://hl7.org/fhir/concept-properties#definition") in (
        expansion.properties
    )


def test_several_versions_of_a_system_are_told_apart() -> None:
    expansion = run(
        code_system("1"),
        code_system("2", concept=[{"code": "a", "display": "Apple"}]),
        value_set({"system": CS, "version": "1"}, {"system": CS, "version": "2"}),
        exclude_nested=True,
    )
    assert [(one.code, one.version) for one in expansion.contains][:2] == [("a", "2"), ("a", "1")]
    assert expansion.total == 6


def test_force_system_version_overrides_the_include_and_is_echoed() -> None:
    expansion = run(
        code_system("1"),
        code_system("2", concept=[{"code": "z"}]),
        value_set({"system": CS, "version": "2"}),
        versions=VersionRules(force_system_version=(f"{CS}|1",)),
    )
    assert expansion.total == 5
    assert said(expansion, "force-system-version") == [f"{CS}|1"]


def test_check_system_version_refuses_another_version() -> None:
    with pytest.raises(VersionConflict, match="'2' is not allowed"):
        run(
            code_system("1"),
            code_system("2"),
            value_set({"system": CS, "version": "2"}),
            versions=VersionRules(check_system_version=(f"{CS}|1",)),
        )


def test_an_unknown_code_system_is_named() -> None:
    with pytest.raises(UnknownCodeSystem, match=r"http://y\.org"):
        run(value_set({"system": "http://y.org"}))


def test_an_unknown_version_is_named_with_those_there_are() -> None:
    with pytest.raises(UnknownCodeSystem, match=r"version '9'.*Valid versions: 1 or 2"):
        run(code_system("1"), code_system("2"), value_set({"system": CS, "version": "9"}))


def test_an_unknown_root_is_refused_by_name() -> None:
    root = {"system": CS, "filter": [{"property": "concept", "op": "is-a", "value": "zzz"}]}
    with pytest.raises(UnknownCode, match="zzz"):
        run(code_system(), value_set(root))


def test_an_unknown_import_is_named() -> None:
    with pytest.raises(UnknownValueSet, match=r"http://x\.org/other"):
        run(value_set({"valueSet": ["http://x.org/other"]}))


def test_a_lock_at_a_date_is_refused_where_an_include_names_no_version() -> None:
    locked = value_set({"system": CS})
    locked["compose"]["lockedDate"] = "2020-01-01"
    pinned = value_set({"system": CS, "version": "1"})
    pinned["compose"]["lockedDate"] = "2020-01-01"

    with pytest.raises(InvalidValueSet, match="locked at 2020-01-01"):
        run(code_system(), locked)
    assert run(code_system(), pinned).total == run(code_system(), value_set({"system": CS})).total


@pytest.mark.parametrize(
    "path", ["", "compose", "compose.include[0]", "compose.include[0].filter[0]"]
)
def test_a_modifier_extension_is_refused_where_it_stands(path: str) -> None:
    modified = value_set(
        {"system": CS, "filter": [{"property": "concept", "op": "=", "value": "a"}]}
    )
    compose = modified["compose"]
    include = compose["include"][0]
    element = {
        "": modified,
        "compose": compose,
        "compose.include[0]": include,
        "compose.include[0].filter[0]": include["filter"][0],
    }[path]
    element["modifierExtension"] = [{"url": "http://x.org/not", "valueBoolean": True}]

    with pytest.raises(InvalidValueSet, match=r"modifier extension http://x\.org/not") as refused:
        run(code_system(), modified)
    where = f"ValueSet.{path}.modifierExtension" if path else "ValueSet.modifierExtension"
    assert refused.value.issues[0].expression == where


def test_value_sets_that_import_each_other_are_named() -> None:
    other = {**value_set({"valueSet": [VS]}), "url": VS + "2"}
    with pytest.raises(CyclicValueSet, match=r"\[http://x\.org/vs, http://x\.org/vs2\]"):
        run(value_set({"valueSet": [VS + "2"]}), other)


def test_an_expansion_over_the_limit_is_refused_but_can_be_paged() -> None:
    with pytest.raises(TooCostly, match=">3"):
        run(code_system(), value_set(ALL), limit=3)
    assert run(code_system(), value_set(ALL), limit=3, count=2).total == 5


def test_the_time_is_looked_at_before_each_include(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = count()
    monkeypatch.setattr("time.monotonic", lambda: next(ticks))
    asked = ExpandRequest(url=VS)
    few = expand(terminology(code_system(), value_set(*[ALL] * 3)), asked, deadline=within(10))
    assert few.total == 5
    with pytest.raises(TooCostly, match="took longer"):
        expand(terminology(code_system(), value_set(*[ALL] * 30)), asked, deadline=within(10))


def test_a_value_set_without_url_that_is_over_the_limit_has_question_marks_for_a_name() -> None:
    sent = value_set(ALL)
    del sent["url"]
    with pytest.raises(TooCostly, match=r"The value set '\?\?' expansion has too many codes"):
        expand(terminology(code_system()), ExpandRequest(value_set=sent), limit=3)


def test_a_missing_supplement_is_refused() -> None:
    with pytest.raises(UnknownSupplement, match=r"http://x\.org/more"):
        run(code_system(), value_set(ALL), use_supplements=("http://x.org/more",))


@pytest.mark.parametrize(
    "broken",
    [
        {"concept": [{"code": "a"}], "valueSet": [VS + "1"]},
        {},
        {
            "system": CS,
            "concept": [{"code": "a"}],
            "filter": [{"property": "concept", "op": "=", "value": "a"}],
        },
        {"system": CS, "concept": [{"display": "no code"}]},
        {"system": CS, "filter": [{"property": "concept", "op": "is-a"}]},
    ],
)
def test_a_definition_that_breaks_its_invariants_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueSet):
        run(code_system(), value_set(broken))


def test_what_cannot_be_answered_truly_is_refused_by_name() -> None:
    with pytest.raises(InvalidRequest, match="'count'"):
        run(code_system(), value_set(ALL), count=-1)
    with pytest.raises(NotSupported, match="'date'"):
        run(code_system(), value_set(ALL), date="2020-01-01")
