"""Bindings of ElementDefinitions, and what a profile binds, compared with mCODE's own tables."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from loaders.base import LoadOptions
from loaders.run import load
from termserver.library import Home
from tests.small_profiles import HERE, VS, bound, element, structure, terminology
from valuesets.bindings import Binding, bindings_of
from valuesets.bound_elements import bound_elements
from valuesets.profiles import Definitions

MCODE = "http://hl7.org/fhir/us/mcode/"
US_CORE = "http://hl7.org/fhir/us/core/"


def test_a_binding_without_value_set_binds_nothing() -> None:
    assert bindings_of({"strength": "example"}) == ()
    assert bindings_of(None) == ()


def test_a_maximum_value_set_is_a_binding_of_its_own() -> None:
    json = bound("warm", "preferred", maximum="any-colour")["binding"]
    assert bindings_of(json) == (
        Binding(value_set=VS + "warm", rule="preferred"),
        Binding(value_set=VS + "any-colour", rule="maximum"),
    )


def test_additional_bindings_count_where_their_purpose_says_something_of_an_instance() -> None:
    json = {
        "strength": "preferred",
        "valueSet": "http://example.org/a",
        "additional": [
            {"purpose": "starter", "valueSet": "http://example.org/b"},
            {"purpose": "required", "valueSet": "http://example.org/c", "any": True},
            {"purpose": "maximum", "valueSet": "http://example.org/d", "usage": [{}]},
        ],
    }
    assert bindings_of(json)[1:] == (
        Binding(value_set="http://example.org/c", rule="required", any_repeat=True),
        Binding(value_set="http://example.org/d", rule="maximum", usage=True),
    )


def test_prohibited_elements_and_what_is_below_them_are_left_out() -> None:
    profile = structure(
        HERE + "w",
        element("Widget"),
        element("Widget.part", "BackboneElement", max="0"),
        element("Widget.part.kind", "CodeableConcept", **bound("warm", "required")),
        element("Widget.partner", "CodeableConcept", **bound("warm", "required")),
    )
    definitions = Definitions(terminology(profile))
    found = definitions.find(HERE + "w")
    assert found is not None
    assert [one.element_id for one in bound_elements(definitions, found)] == ["Widget.partner"]


def test_bindings_behind_extensions_are_seen_from_the_profile() -> None:
    inner = structure(
        HERE + "hue",
        element("Extension"),
        element("Extension.value[x]", "CodeableConcept", **bound("warm", "required")),
    )
    profile = structure(
        HERE + "w", element("Widget"), element("Widget.extension", "Extension"),
        element("Widget.extension:hue", f"Extension {HERE}hue"),
    )  # fmt: skip
    definitions = Definitions(terminology(profile, inner))
    found = definitions.find(HERE + "w")
    assert found is not None
    (one,) = bound_elements(definitions, found)
    assert (one.kind, one.element_id, one.path, one.value_set) == (
        "via-extension",
        "Widget.extension:hue.value[x]",
        "Widget.extension.value",
        VS + "warm",
    )


@pytest.fixture(scope="module")
def mcode(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = tmp_path_factory.mktemp("home")
    for path in (
        "fhir/hl7.fhir.r4.core-4.0.1-definitions.tgz",
        "mcode/hl7.fhir.us.mcode-4.0.0-profiles.tgz",
    ):
        load(home, [str(shared / "data" / path)], options=LoadOptions())
    return Home(home)


def rows(shared: Path, name: str) -> list[dict[str, str]]:
    with (shared / "data" / "mcode" / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def found_in(home: Home) -> Counter[tuple[str, ...]]:
    terminology = home.terminology("4.0")
    definitions = Definitions(terminology)
    found: Counter[tuple[str, ...]] = Counter()
    for document in terminology.documents("StructureDefinition"):
        structure = definitions.find(document["url"])
        if structure is not None and structure.url.startswith(MCODE):
            for one in bound_elements(definitions, structure):
                found[
                    one.profile,
                    one.kind,
                    one.element_id,
                    " ".join(one.types),
                    one.value_set,
                    one.strength,
                    one.max_value_set or "",
                ] += 1
    return found


def test_all_705_bindings_of_mcode_are_found_but_those_behind_us_core(
    mcode: Home, shared: Path
) -> None:
    wanted = rows(shared, "bindings-4.0.0-from-profiles.csv")
    assert len(wanted) == 705
    names = ("profile", "kind", "element_id", "types", "value_set", "strength", "max_value_set")
    there = [one for one in wanted if not one["extension_url"].startswith(US_CORE)]
    assert len(there) == 697  # the definitions of US Core's extensions are not among the sources
    assert found_in(mcode) == Counter(tuple(one[name] for name in names) for one in there)


def test_the_guides_own_table_agrees_at_the_same_element(mcode: Home, shared: Path) -> None:
    found = {(key[0], key[2]): (key[4], key[5]) for key in found_in(mcode)}
    table = rows(shared, "bindings-4.0.0.csv")
    there = [one for one in table if (one["profile"], one["element_path"]) in found]
    assert len(table) == 206
    differ = [
        one
        for one in there
        if found[one["profile"], one["element_path"]] != (one["value_set"], one["strength"])
    ]
    assert differ == []
    # the others are written at another id: the extension itself, or the choice (SOURCES.md)
    assert len(there) == 184
