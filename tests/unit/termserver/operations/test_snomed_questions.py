"""$lookup, $subsumes and maps over a made-up edition, as the FHIR page on SNOMED CT asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from api.wire.answers import lookup_json
from termserver.errors import UnknownCode, UnknownConceptMap
from termserver.library import Home
from termserver.model import Coding
from termserver.operations.lookup import LookupRequest, lookup
from termserver.operations.subsumes import SubsumesRequest, SubsumptionOutcome, subsumes
from termserver.operations.translate import TranslateRequest, translate
from termserver.systems import SNOMED_CT
from tests.rf2_release import CORE, REPLACED_BY
from tests.snomed_edition import Clinic, clinic, home_of

EDITION = f"{SNOMED_CT}/{CORE}"


@pytest.fixture(scope="module")
def made() -> Clinic:
    return clinic()


@pytest.fixture(scope="module")
def home(made: Clinic, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    made.release.concept("Replaced by", "900000000000455006", id=REPLACED_BY)
    found = home_of(made.release, tmp_path_factory.mktemp("questions"))
    yield found
    found.close()


def properties(home: Home, code: str, *names: str) -> list[tuple[str, str, object]]:
    request = LookupRequest(system=SNOMED_CT, code=code, properties=names)
    found = lookup(home.terminology(), request).properties
    return [(one.code, one.type, one.value) for one in found]


def test_the_properties_of_the_fhir_page_are_given_by_name(home: Home, made: Clinic) -> None:
    names = ("moduleId", "sufficientlyDefined", "semanticTag", "normalFormTerse", "effectiveTime")

    assert properties(home, made["fracture of arm"], *names) == [
        ("effectiveTime", "dateTime", "2025-08-01"),
        ("moduleId", "code", CORE),
        ("sufficientlyDefined", "boolean", True),
        ("semanticTag", "code", "finding"),
        (
            "normalFormTerse",
            "string",
            f"=== {made['fracture']}:{made['count']}=#1,"
            f"{{{made['site']}={made['arm']},{made['morphology']}={made['break']}}}",
        ),
    ]
    everything = {code for code, _, _ in properties(home, made["fracture of arm"], "*")}
    assert {"inactive", "module", "parent", made["site"], *names, "normalForm"} <= everything
    unasked = {code for code, _, _ in properties(home, made["fracture of arm"])}
    assert not {"moduleId", "normalForm", "semanticTag"} & unasked


def test_an_expression_has_them_too(home: Home, made: Clinic) -> None:
    text = f"{made['fracture']}:{made['site']}={made['arm']}"

    assert properties(home, text, "sufficientlyDefined", "normalFormTerse", made["site"]) == [
        (made["site"], "code", made["arm"]),
        ("sufficientlyDefined", "boolean", True),
        (
            "normalFormTerse",
            "string",
            f"=== {made['fracture']}:{{{made['site']}={made['arm']}}},"
            f"{{{made['morphology']}={made['break']}}}",
        ),
    ]
    assert properties(home, f"<<< {text}", "sufficientlyDefined") == [
        ("sufficientlyDefined", "boolean", False)
    ]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("fracture", "{fracture}:{site}={arm}", SubsumptionOutcome.SUBSUMES),
        ("{fracture}:{site}={arm}", "disease", SubsumptionOutcome.SUBSUMED_BY),
        ("{fracture}:{site}={arm}", "{fracture} : {{ {site} = {arm} |x| }}", "equivalent"),
        ("{fracture}:{site}={limb}", "fracture of arm", SubsumptionOutcome.SUBSUMES),
        ("{fracture}:{site}={left arm}", "{fracture}:{site}={arm}", "subsumed-by"),
        ("{fracture}:{site}={left arm}", "fracture of arm", SubsumptionOutcome.NOT_SUBSUMED),
    ],
)
def test_expressions_and_concepts_are_compared(
    home: Home, made: Clinic, left: str, right: str, expected: str
) -> None:
    request = SubsumesRequest(
        coding_a=Coding(code=made.codes.get(left) or left.format_map(made.codes)),
        coding_b=Coding(code=made.codes.get(right) or right.format_map(made.codes)),
        system=SNOMED_CT,
    )

    assert subsumes(home.terminology(), request) == expected


def test_a_bad_expression_is_refused_with_its_fault(home: Home, made: Clinic) -> None:
    with pytest.raises(UnknownCode, match=r"Unable to find code .*: Not a valid expression: "):
        properties(home, f"{made['fracture']}:{made['site']}")


@pytest.mark.parametrize("base", [SNOMED_CT, EDITION, f"{EDITION}/version/20250801"])
def test_associations_are_maps_on_edition_and_version_uris(
    home: Home, made: Clinic, base: str
) -> None:
    request = TranslateRequest(
        url=f"{base}?fhir_cm={REPLACED_BY}",
        codings=(Coding(system=SNOMED_CT, code=made["old fracture"]),),
    )

    assert [one.concept.code for one in translate(home.terminology(), request).matches] == [
        made["fracture"]
    ]


def test_a_map_of_an_edition_that_is_not_loaded_is_refused(home: Home, made: Clinic) -> None:
    request = TranslateRequest(
        url=f"{SNOMED_CT}/731000124108?fhir_cm={REPLACED_BY}",
        codings=(Coding(system=SNOMED_CT, code=made["old fracture"]),),
    )

    with pytest.raises(UnknownConceptMap, match="731000124108"):
        translate(home.terminology(), request)


def groups(home: Home, code: str) -> list[list[tuple[str, object]]]:
    request = LookupRequest(system=SNOMED_CT, code=code, properties=("609096000",))
    found = lookup(home.terminology(), request).properties
    assert {one.code for one in found} <= {"609096000"}
    return [[(it.code, it.value) for it in one.subproperties] for one in found]


def test_role_groups_are_properties_with_the_attributes_nested(home: Home, made: Clinic) -> None:
    site, morphology = made["site"], made["morphology"]

    # the number outside of groups is no nested property
    assert groups(home, made["fracture of arm"]) == [
        [(site, made["arm"]), (morphology, made["break"])]
    ]
    assert groups(home, made["disease"]) == []
    assert "609096000" not in {one for one, _, _ in properties(home, made["fracture of arm"])}
    assert "609096000" in {one for one, _, _ in properties(home, made["fracture of arm"], "*")}


def test_an_expression_has_its_groups_and_those_of_its_focus(home: Home, made: Clinic) -> None:
    site, morphology, fracture = made["site"], made["morphology"], made["fracture"]

    assert groups(home, f"{fracture}:{{{site}={made['arm']}}}") == [
        [(site, made["arm"])],
        [(morphology, made["break"])],
    ]
    whole = f"{{{site}={made['arm']},{morphology}={made['break']}}}"
    assert groups(home, f"{fracture}:{whole}") == [
        [(site, made["arm"]), (morphology, made["break"])]
    ]
    assert groups(home, f"{fracture}:{site}={made['arm']}") == [[(morphology, made["break"])]]


@pytest.mark.parametrize("release", ["4.0", "5.0"])
def test_the_answer_nests_subproperties_and_gives_a_group_no_value(
    home: Home, made: Clinic, release: str
) -> None:
    request = LookupRequest(system=SNOMED_CT, code=made["fracture"], properties=("609096000",))
    answer: Any = lookup_json(lookup(home.terminology(), request), release)

    assert [one["part"] for one in answer["parameter"] if one["name"] == "property"] == [
        [
            {"name": "code", "valueCode": "609096000"},
            {
                "name": "subproperty",
                "part": [
                    {"name": "code", "valueCode": made["morphology"]},
                    {"name": "code-display", "valueString": "Morphology"},
                    {"name": "value", "valueCode": made["break"]},
                    {"name": "description", "valueString": "Break"},
                ],
            },
        ]
    ]


def test_an_attribute_is_named_by_its_uri_too(home: Home, made: Clinic) -> None:
    uri = f"http://snomed.info/id/{made['site']}"

    assert properties(home, made["fracture of arm"], uri) == [(made["site"], "code", made["arm"])]
