"""Checking resources against small profiles: strengths, slices, choices, extensions."""

from typing import Any

import pytest

from termserver.deadline import within
from termserver.errors import InvalidRequest, TooCostly
from termserver.model import Json
from tests.small_profiles import (
    COLOURS,
    GONE,
    HERE,
    VS,
    bound,
    concept,
    element,
    sliced,
    structure,
    terminology,
    value_set,
    widget,
)
from valuesets.checking import Checker, Report
from valuesets.findings import Finding

PROFILE = HERE + "widget"


def profile(*changed: dict[str, Any], **facts: Any) -> dict[str, Any]:
    """The profile of Widget with some elements changed or added."""
    given = {one["id"]: one for one in widget("Widget")} | {one["id"]: one for one in changed}
    return structure(PROFILE, *given.values(), **facts)


def checked(resource: dict[str, Any], *profiles: Json, terms: tuple[Json, ...] = ()) -> Report:
    checker = Checker(terminology(*profiles, terms=terms))
    checker.check({"resourceType": "Widget", "meta": {"profile": [PROFILE]}} | resource, file="f")
    return checker.report


def said(report: Report) -> list[tuple[str, str, str]]:
    return [(one.severity, one.finding, one.path) for one in report.findings]


COLOUR = "Widget.colour"


@pytest.mark.parametrize(
    ("strength", "expected"),
    [
        ("required", [("error", "not-in-value-set", COLOUR)]),
        ("extensible", [("warning", "not-in-value-set", COLOUR)]),
        ("preferred", [("information", "not-in-value-set", COLOUR)]),
        ("example", []),
    ],
)
def test_a_miss_weighs_as_much_as_its_binding(
    strength: str, expected: list[tuple[str, str, str]]
) -> None:
    bind = profile(element(COLOUR, "CodeableConcept", **bound("warm", strength)))
    report = checked({"colour": concept("blue")}, bind)
    assert said(report) == expected
    assert report.has_errors == (strength == "required")


def test_a_finding_names_everything_there_is_to_know() -> None:
    bind = profile(element(COLOUR, "CodeableConcept", **bound("warm", "required")))
    (one,) = checked({"id": "w", "colour": concept("blue")}, bind).findings
    assert one == Finding(
        file="f",
        resource="Widget/w",
        path=COLOUR,
        severity="error",
        finding="not-in-value-set",
        text=f"{COLOURS}#blue is not in the value set {VS}warm (required)",
        code=f"{COLOURS}|blue",
        profile=PROFILE,
        value_set=VS + "warm",
        strength="required",
    )


def test_a_miss_says_where_the_profile_itself_fixes_the_code() -> None:
    fixed = {"patternCodeableConcept": {"coding": [{"system": COLOURS, "code": "blue"}]}}
    bind = profile(element(COLOUR, "CodeableConcept", **bound("warm", "extensible"), **fixed))
    own, other = (checked({"colour": concept(code)}, bind) for code in ("blue", "green"))
    said_of = f"is not in the value set {VS}warm (extensible)"
    (of_own,) = [one.text for one in own.findings if one.finding == "not-in-value-set"]
    (of_other,) = [one.text for one in other.findings if one.finding == "not-in-value-set"]
    assert of_own.endswith(f"{said_of}; {PROFILE} itself fixes blue there")
    assert of_other.endswith(said_of)


def test_one_coding_inside_is_enough() -> None:
    bind = profile(element(COLOUR, "CodeableConcept", **bound("warm", "required")))
    report = checked({"colour": concept("blue", "red")}, bind)
    assert said(report) == []
    assert (report.elements, report.codings, dict(report.bindings)) == (1, 2, {"passed": 1})


def test_text_alone_does_not_satisfy_a_required_binding() -> None:
    required = profile(element(COLOUR, "CodeableConcept", **bound("warm", "required")))
    extensible = profile(element(COLOUR, "CodeableConcept", **bound("warm", "extensible")))
    assert said(checked({"colour": {"text": "x"}}, required)) == [("error", "no-code", COLOUR)]
    assert said(checked({"colour": {"text": "x"}}, extensible)) == []


def test_a_reason_for_no_value_is_no_miss() -> None:
    bind = profile(element(COLOUR, "CodeableConcept", **bound("warm", "required")))
    url = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
    absent = {"extension": [{"url": url, "valueCode": "unknown"}]}
    report = checked({"colour": absent}, bind)
    assert [one for one in report.findings if one.severity == "error"] == []


def test_a_code_outside_the_maximum_value_set_is_an_error() -> None:
    capped = bound("warm", "preferred", maximum="status")
    bind = profile(element(COLOUR, "CodeableConcept", **capped))
    assert said(checked({"colour": concept("grey")}, bind)) == [
        ("information", "not-in-value-set", COLOUR),
        ("error", "not-in-maximum-value-set", COLOUR),
    ]
    assert said(checked({"colour": concept("blue")}, bind)) == [
        ("information", "not-in-value-set", COLOUR)
    ]


def test_a_code_without_system_is_looked_for_in_the_systems_of_its_value_set() -> None:
    assert said(checked({"status": "red"}, profile())) == []
    assert said(checked({"status": "grey"}, profile())) == [
        ("error", "not-in-value-set", "Widget.status")
    ]


def test_an_unknown_code_is_a_warning_even_without_a_binding() -> None:
    report = checked({"part": [{"kind": concept("gren")}]}, profile())
    assert said(report) == [("warning", "unknown-code", "Widget.part[0].kind")]


def test_a_wrong_display_is_a_warning() -> None:
    coding = {"system": COLOURS, "code": "red", "display": "Green"}
    report = checked({"part": [{"kind": {"coding": [coding]}}]}, profile())
    assert said(report) == [("warning", "display", "Widget.part[0].kind")]


def test_what_is_not_loaded_cannot_be_decided_and_never_passes() -> None:
    bind = profile(element(COLOUR, "CodeableConcept", **bound("gone", "required")))
    report = checked({"colour": concept("x", system=GONE)}, bind)
    assert said(report) == [("information", "cannot-be-decided", COLOUR)]
    assert dict(report.bindings) == {"undecided": 1}
    assert not report.has_errors


def test_a_value_set_that_is_not_loaded_cannot_be_decided() -> None:
    bind = profile(element(COLOUR, "CodeableConcept", **bound("nowhere", "required")))
    assert said(checked({"colour": concept("red")}, bind)) == [
        ("information", "cannot-be-decided", COLOUR)
    ]


def test_a_code_that_is_listed_is_inside_though_its_system_is_not_loaded() -> None:
    bind = profile(element(COLOUR, "CodeableConcept", **bound("few", "required")))
    few = value_set("few", GONE, "x")
    report = checked({"colour": concept("x", system=GONE)}, bind, terms=(few,))
    assert dict(report.bindings) == {"passed": 1}
    assert said(report) == [("information", "cannot-be-decided", COLOUR)]  # the code itself
    report = checked({"colour": concept("y", system=GONE)}, bind, terms=(few,))
    assert ("error", "not-in-value-set", COLOUR) in said(report)


def test_a_fragment_does_not_prove_that_a_code_is_not_there() -> None:
    part = {
        "resourceType": "CodeSystem",
        "url": "http://example.org/part",
        "content": "fragment",
        "concept": [{"code": "a"}],
    }
    bind = profile(element(COLOUR, "CodeableConcept", **bound("part", "required")))
    whole = value_set("part", "http://example.org/part")
    outside = concept("b", system="http://example.org/part")
    report = checked({"colour": outside}, bind, terms=(part, whole))
    assert said(report) == [("information", "cannot-be-decided", COLOUR)]
    inside = concept("a", system="http://example.org/part")
    assert said(checked({"colour": inside}, bind, terms=(part, whole))) == []


def test_a_quantitys_unit_is_checked_and_its_comparator() -> None:
    bind = profile(element("Widget.value[x]", "Quantity", **bound("warm", "required")))
    value = {"value": 1, "comparator": "grey", "system": COLOURS, "code": "blue"}
    assert said(checked({"valueQuantity": value}, bind)) == [
        ("error", "not-in-value-set", "Widget.value.ofType(Quantity)")
    ]
    bare = {"value": 1, "unit": "x", "comparator": "red"}
    assert said(checked({"valueQuantity": bare}, bind)) == [
        ("error", "no-code", "Widget.value.ofType(Quantity)"),
        ("error", "not-in-value-set", "Widget.value.ofType(Quantity).comparator"),
    ]


def test_a_slice_by_pattern_binds_only_its_own_members() -> None:
    bind = profile(
        element("Widget.part", "BackboneElement", **sliced("pattern", "kind")),
        element("Widget.part:hot", "BackboneElement"),
        element("Widget.part:hot.kind", "CodeableConcept", patternCodeableConcept=concept("red")),
        element("Widget.part:hot.value[x]", "CodeableConcept", **bound("warm", "required")),
    )
    hot = {"kind": concept("red"), "valueCodeableConcept": concept("blue")}
    cold = {"kind": concept("blue"), "valueCodeableConcept": concept("blue")}
    assert said(checked({"part": [cold, hot]}, bind)) == [
        ("error", "not-in-value-set", "Widget.part[1].value.ofType(CodeableConcept)")
    ]


def test_a_slice_by_type_of_a_choice_binds_that_type() -> None:
    bind = profile(
        element("Widget.value[x]", ["Quantity", "CodeableConcept"], **sliced("type", "$this")),
        element("Widget.value[x]:valueQuantity", "Quantity", **bound("warm", "required")),
    )
    assert said(checked({"valueCodeableConcept": concept("blue")}, bind)) == []
    quantity = {"value": 1, "system": COLOURS, "code": "blue"}
    assert [one[1] for one in said(checked({"valueQuantity": quantity}, bind))] == [
        "not-in-value-set"
    ]


def test_a_slice_that_its_binding_decides_has_no_misses() -> None:
    bind = profile(
        element(COLOUR, "CodeableConcept", **sliced("pattern", "$this")),
        element(f"{COLOUR}:warm", "CodeableConcept", **bound("warm", "required")),
    )
    assert said(checked({"colour": concept("blue")}, bind)) == []
    assert dict(checked({"colour": concept("red")}, bind).bindings) == {"passed": 1}


def extension_profile(name: str, *elements: dict[str, Any]) -> dict[str, Any]:
    url = element("Extension.url", "uri", fixedUri=HERE + name)
    return structure(HERE + name, element("Extension"), url, *elements)


def test_bindings_of_extensions_hold_wherever_the_extension_stands() -> None:
    hue = extension_profile(
        "hue", element("Extension.value[x]", "CodeableConcept", **bound("warm", "required"))
    )
    value = {"url": HERE + "hue", "valueCodeableConcept": concept("blue")}
    assert said(checked({"extension": [value]}, profile(), hue)) == [
        ("error", "not-in-value-set", "Widget.extension[0].value.ofType(CodeableConcept)")
    ]


def test_extensions_in_extensions_are_told_apart_by_their_relative_url() -> None:
    pair = extension_profile(
        "pair",
        element("Extension.extension", "Extension", **sliced("value", "url")),
        element("Extension.extension:left", "Extension"),
        element("Extension.extension:left.url", "uri", fixedUri="left"),
        element("Extension.extension:left.value[x]", "Coding", **bound("warm", "required")),
    )
    both = [
        {"url": one, "valueCoding": {"system": COLOURS, "code": "blue"}} for one in ("left", "up")
    ]
    report = checked({"extension": [{"url": HERE + "pair", "extension": both}]}, profile(), pair)
    assert said(report) == [
        ("error", "not-in-value-set", "Widget.extension[0].extension[0].value.ofType(Coding)")
    ]
    assert report.codings == 2


def test_an_extension_that_is_not_loaded_is_named_once() -> None:
    value = {"url": HERE + "gone", "valueCode": "x"}
    report = checked({"extension": [value, value]}, profile())
    assert said(report) == [("information", "definition-not-available", "Widget.extension[0]")]


def test_content_references_repeat_the_bindings_of_their_target() -> None:
    bind = profile(element("Widget.part.kind", "CodeableConcept", **bound("warm", "required")))
    inner = {"part": [{"part": [{"part": [{"kind": concept("blue")}]}]}]}
    assert said(checked(inner, bind)) == [
        ("error", "not-in-value-set", "Widget.part[0].part[0].part[0].kind")
    ]


def test_a_profile_without_snapshot_stands_on_its_base() -> None:
    thin = {
        "resourceType": "StructureDefinition",
        "url": PROFILE,
        "type": "Widget",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Widget",
        "differential": {
            "element": [element(COLOUR, **bound("warm", "required")) | {"type": []}],
        },
    }
    del thin["differential"]["element"][0]["type"]  # type: ignore[index]
    report = checked({"status": "grey", "colour": concept("blue")}, thin)
    assert [one[2] for one in said(report)] == ["Widget.status", COLOUR]


def test_a_profile_that_is_its_own_base_is_refused() -> None:
    loop = {
        "resourceType": "StructureDefinition",
        "url": PROFILE,
        "type": "Widget",
        "baseDefinition": PROFILE,
        "differential": {"element": [element("Widget")]},
    }
    with pytest.raises(InvalidRequest, match="its own base"):
        checked({}, loop)


def test_a_profile_that_is_not_loaded_is_named_once_and_the_base_type_holds() -> None:
    checker = Checker(terminology())
    for number in range(2):
        checker.check(
            {
                "resourceType": "Widget",
                "id": str(number),
                "meta": {"profile": [HERE + "gone"]},
                "status": "grey",
            }
        )
    assert [(one.finding, one.resource) for one in checker.report.findings] == [
        ("definition-not-available", "Widget/0"),
        ("not-in-value-set", "Widget/0"),
        ("not-in-value-set", "Widget/1"),
    ]


def test_a_profile_asked_for_is_used_where_the_type_is_its_own() -> None:
    bind = profile(element(COLOUR, "CodeableConcept", **bound("warm", "required")))
    checker = Checker(terminology(bind), profiles=[PROFILE])
    bundle = {
        "resourceType": "Bundle",
        "entry": [{"resource": {"resourceType": "Widget", "id": "a", "colour": concept("blue")}}],
    }
    checker.check(bundle)
    assert [(one.resource, one.path) for one in checker.report.findings] == [
        ("Widget/a", "Bundle.entry[0].resource.colour")
    ]


def test_a_profile_asked_for_that_nothing_is_of_is_said() -> None:
    checker = Checker(terminology(profile()), profiles=[PROFILE])
    checker.check({"resourceType": "Bundle"})
    (one,) = checker.finish().findings
    assert (one.severity, one.finding, one.profile) == (
        "warning",
        "profile-of-other-type",
        PROFILE,
    )


def test_a_resource_that_is_nested_too_deeply_is_refused() -> None:
    resource: dict[str, Any] = {"resourceType": "Widget"}
    for _ in range(2000):
        resource = {"resourceType": "Widget", "part": [resource]}
    with pytest.raises(InvalidRequest, match="nested too deeply"):
        Checker(terminology()).check(resource)


def test_a_profile_of_another_type_is_said_and_not_used() -> None:
    other = structure(PROFILE, element("Gadget"))
    assert said(checked({"status": "grey"}, other)) == [
        ("warning", "profile-of-other-type", "Widget"),
        ("error", "not-in-value-set", "Widget.status"),
    ]


def test_contained_resources_are_checked_by_what_they_claim() -> None:
    bind = profile(element(COLOUR, "CodeableConcept", **bound("warm", "required")))
    inner = {"resourceType": "Widget", "id": "in", "meta": {"profile": [PROFILE]}}
    checker = Checker(terminology(bind))
    checker.check(
        {
            "resourceType": "Widget",
            "id": "out",
            "contained": [inner | {"colour": concept("blue")}],
        }
    )
    assert [(one.resource, one.path) for one in checker.report.findings] == [
        ("Widget/out#Widget/in", "Widget.contained[0].colour")
    ]


def test_of_an_additional_binding_one_repeat_may_be_enough() -> None:
    more = {"purpose": "required", "valueSet": VS + "warm", "any": True}
    bind = profile(
        element(COLOUR, "CodeableConcept", **bound("any-colour", "example", additional=[more]))
    )
    assert said(checked({"colour": [concept("blue"), concept("red")]}, bind)) == []
    assert said(checked({"colour": [concept("blue"), concept("grey")]}, bind)) == [
        ("error", "not-in-value-set", f"{COLOUR}[0]")
    ]


def test_codes_are_found_without_any_definition() -> None:
    checker = Checker(terminology())
    checker.check({"resourceType": "Gadget", "kind": concept("gren"), "valueCoding": {"code": 1}})
    assert [(one.finding, one.path) for one in checker.report.findings] == [
        ("definition-not-available", "Gadget"),
        ("unknown-code", "Gadget.kind"),
    ]


def test_malformed_parts_are_passed_over() -> None:
    checker = Checker(terminology())
    checker.check(
        {
            "resourceType": "Widget",
            "meta": {"profile": "x"},
            "colour": {"coding": "red", "extension": "x"},
            "status": None,
            "part": [None, 3, {"kind": {"coding": [None, {"code": None}]}}],
        }
    )
    assert said(checker.report) == []


def test_each_question_is_asked_once() -> None:
    checker = Checker(terminology())
    for _ in range(3):
        checker.check({"resourceType": "Widget", "status": "red", "colour": concept("blue")})
    assert checker.verdicts.asked == 2
    assert checker.report.codings == 6


def test_checking_stops_when_the_time_is_over() -> None:
    checker = Checker(terminology(), deadline=within(-1))
    with pytest.raises(TooCostly, match="took longer than the server allows"):
        checker.check({"resourceType": "Widget", "status": "red"})
