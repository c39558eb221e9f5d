"""Tests of valuesets.compare and valuesets.definitions."""

from __future__ import annotations

from typing import Any

import pytest

from termserver.errors import InvalidRequest, UnknownValueSet
from termserver.providers.registry import Registry
from termserver.terminology import Terminology
from valuesets.compare import CompareRequest, Comparison, Relation, compare

ANIMALS = "http://example.org/animals"
PLANTS = "http://example.org/plants"
NOWHERE = "http://example.org/nowhere"
VS = "http://example.org/ValueSet/"


def concept(code: str, *below: dict[str, Any]) -> dict[str, Any]:
    return {"code": code, "display": code.title(), "concept": list(below)}


def animals(version: str, *cats: str, **facts: Any) -> dict[str, Any]:
    return {
        "resourceType": "CodeSystem",
        "url": ANIMALS,
        "version": version,
        "content": "complete",
        "caseSensitive": True,
        "hierarchyMeaning": "is-a",
        **facts,
        "concept": [
            concept(
                "animal",
                concept("cat", *(concept(one) for one in cats)),
                concept("dog", concept("poodle")),
                concept("pet", concept("goldfish")),
            )
        ],
    }


def is_a(code: str, system: str = ANIMALS, **more: str) -> dict[str, Any]:
    clause = {"property": "concept", "op": "is-a", "value": code}
    return {"system": system, "filter": [clause], **more}


def codes(*given: str, system: str = ANIMALS, **more: str) -> dict[str, Any]:
    return {"system": system, "concept": [{"code": one} for one in given], **more}


def value_set(name: str, *include: dict[str, Any], **compose: Any) -> dict[str, Any]:
    return {
        "resourceType": "ValueSet",
        "url": VS + name,
        "version": "1",
        "compose": {"include": list(include), **compose},
    }


def terminology(*resources: dict[str, Any]) -> Terminology:
    return Terminology(Registry(())).with_overlay([animals("1", "manx", "siamese"), *resources])


def asked(
    this: list[dict[str, Any]], other: list[dict[str, Any]], *resources: dict[str, Any]
) -> Comparison:
    request = CompareRequest(
        this_value_set=value_set("this", *this),
        other_value_set=value_set("other", *other),
        diagnostics=True,
    )
    return compare(terminology(*resources), request)


def test_equal_filters_are_the_same_without_a_look_at_members() -> None:
    found = asked([is_a("cat")], [is_a("cat")])

    assert found == Comparison(
        result=Relation.SAME,
        message=f"The value sets {VS}this|1 and {VS}other|1 contain the same codes",
        performed_expansion=False,
    )


def test_a_branch_is_a_subset_of_the_branch_above_it() -> None:
    assert asked([is_a("cat")], [is_a("animal")]).result == "subset"
    assert asked([is_a("animal")], [is_a("cat")]).result == "superset"


def test_branches_without_a_common_concept_are_disjoint() -> None:
    found = asked([is_a("cat")], [is_a("dog")])

    assert (found.result, found.performed_expansion) == ("disjoint", False)


def test_branches_that_share_a_concept_of_two_parents_overlap() -> None:
    system = animals("2", "manx")
    goldfish = {"code": "parent", "valueCode": "dog"}
    system["concept"][0]["concept"][2]["concept"][0]["property"] = [goldfish]

    found = asked([is_a("dog")], [is_a("pet")], system)

    assert found.result == "overlapping"
    assert found.common_codes == ("goldfish",)
    assert (found.missing_codes, found.extra_codes) == (("dog", "poodle"), ("pet",))


def test_enumerations_are_compared_code_by_code_and_listed_sorted() -> None:
    found = asked([codes("siamese", "cat", "dog")], [codes("pet", "dog", "cat")])

    assert (found.result, found.performed_expansion) == ("overlapping", False)
    assert found.common_codes == ("cat", "dog")
    assert (found.missing_codes, found.extra_codes) == (("siamese",), ("pet",))


def test_enumerations_of_a_system_that_is_not_there_are_compared_too() -> None:
    found = asked([codes("x", system=NOWHERE)], [codes("x", "y", system=NOWHERE)])

    assert (found.result, found.extra_codes) == ("subset", ("y",))


def test_an_enumeration_against_a_filter_is_decided_by_members_in_their_order() -> None:
    found = asked([is_a("cat")], [codes("siamese", "dog", "cat")])

    assert (found.result, found.performed_expansion) == ("overlapping", True)
    assert found.common_codes == ("cat", "siamese")
    assert (found.missing_codes, found.extra_codes) == (("manx",), ("dog",))


def test_members_that_are_equal_are_not_listed() -> None:
    found = asked([is_a("dog")], [codes("dog", "poodle")])

    assert found.result == "same"
    assert found.common_codes == ()


def test_a_filter_is_compared_in_the_version_that_each_include_names() -> None:
    found = asked(
        [is_a("cat", version="1")], [is_a("cat", version="2")], animals("2", "manx", "sphynx")
    )

    assert (found.result, found.performed_expansion) == ("overlapping", True)
    assert (found.missing_codes, found.extra_codes) == (("siamese",), ("sphynx",))


def test_all_of_a_system_is_the_same_in_any_version() -> None:
    found = asked(
        [{"system": ANIMALS, "version": "1"}],
        [{"system": ANIMALS, "version": "2"}],
        animals("2", "manx"),
    )

    assert (found.result, found.performed_expansion) == ("same", False)


def test_all_of_a_system_that_needs_its_version_is_decided_by_members() -> None:
    found = asked(
        [{"system": ANIMALS, "version": "1"}],
        [{"system": ANIMALS, "version": "2"}],
        animals("2", "manx", versionNeeded=True),
    )

    assert (found.result, found.missing_codes) == ("superset", ("siamese",))


def test_a_system_more_makes_a_superset() -> None:
    both = [{"system": ANIMALS}, {"system": PLANTS}]

    assert asked(both, [{"system": ANIMALS}]).result == "superset"


def test_the_same_import_and_exclude_in_any_order_need_no_members() -> None:
    imports = [{"valueSet": [VS + "a"]}, {"valueSet": [VS + "b"]}]
    request = CompareRequest(
        this_value_set=value_set("this", *imports, exclude=[codes("cat")]),
        other_value_set=value_set("other", *reversed(imports), exclude=[codes("cat")]),
    )

    found = compare(terminology(), request)

    assert (found.result, found.performed_expansion) == ("same", False)


def test_an_import_is_compared_by_its_members() -> None:
    imported = value_set("imported", is_a("cat"))

    found = asked([{"valueSet": [VS + "imported"]}, codes("dog")], [is_a("cat")], imported)

    assert (found.result, found.missing_codes) == ("superset", ("dog",))
    assert found.performed_expansion


def test_what_is_left_out_by_an_exclude_is_left_out() -> None:
    request = CompareRequest(
        this_value_set=value_set("this", is_a("cat"), exclude=[codes("cat")]),
        other_value_set=value_set("other", codes("manx", "siamese")),
    )

    assert compare(terminology(), request).result == "same"


def test_two_value_sets_without_members_are_empty() -> None:
    none = {"property": "concept", "op": "regex", "value": "zz"}
    other = {"property": "concept", "op": "regex", "value": "yy"}

    found = asked([{"system": ANIMALS, "filter": [none]}], [{"system": ANIMALS, "filter": [other]}])

    assert found.result == "empty"
    assert found.message == f"Both the value sets {VS}this|1 and {VS}other|1 are empty"


def test_filters_on_a_system_that_is_not_there_leave_it_open() -> None:
    found = asked([is_a("x", NOWHERE)], [is_a("y", NOWHERE)])

    assert (found.result, found.performed_expansion) == ("indeterminate", True)
    assert found.message.startswith(f"Unable to compare {VS}this|1 and {VS}other|1: This expansion")
    assert NOWHERE in found.message


def test_a_filter_that_may_select_nothing_does_not_make_a_superset() -> None:
    assert asked([codes("cat"), is_a("x", NOWHERE)], [codes("cat")]).result == "indeterminate"


def test_filters_on_different_systems_are_disjoint_though_one_is_not_there() -> None:
    assert asked([is_a("x", NOWHERE)], [is_a("cat")]).result == "disjoint"


def test_an_enumeration_is_inside_all_of_a_system_that_is_not_there() -> None:
    assert asked([codes("x", system=NOWHERE)], [{"system": NOWHERE}]).result == "subset"


def test_all_of_a_system_is_compared_with_an_enumeration_of_all_its_codes_by_members() -> None:
    every = codes("animal", "cat", "manx", "siamese", "dog", "poodle", "pet", "goldfish")

    assert asked([{"system": ANIMALS}], [every]).result == "same"


def test_without_diagnostics_no_codes_are_listed() -> None:
    request = CompareRequest(
        this_value_set=value_set("this", codes("cat")),
        other_value_set=value_set("other", codes("cat", "dog")),
    )

    found = compare(terminology(), request)

    assert (found.result, found.common_codes, found.extra_codes) == ("subset", (), ())


def test_a_value_set_is_found_by_url_and_version() -> None:
    request = CompareRequest(
        this_url=VS + "a", this_version="1", other_url=VS + "a|1", diagnostics=True
    )

    assert compare(terminology(value_set("a", codes("cat"))), request).result == "same"


def test_a_value_set_that_is_not_there_is_named() -> None:
    with pytest.raises(UnknownValueSet, match="ValueSet/a"):
        compare(terminology(), CompareRequest(this_url=VS + "a", other_url=VS + "a"))


def test_a_side_that_is_not_given_is_a_bad_request() -> None:
    with pytest.raises(InvalidRequest, match="value set is needed"):
        compare(terminology(value_set("a", codes("cat"))), CompareRequest(this_url=VS + "a"))
