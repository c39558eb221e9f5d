"""$lookup, $subsumes and maps over a made-up edition, as the FHIR page on SNOMED CT asks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

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
