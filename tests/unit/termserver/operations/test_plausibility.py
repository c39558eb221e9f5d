"""Whether site and morphology of one CodeableConcept go together, as $validate-code tells it."""

from typing import Any

import pytest

from termserver.errors import UnknownConceptMap
from termserver.model import Coding
from termserver.operations.plausibility import SITES_BY_MORPHOLOGY
from termserver.operations.validate_code import validate_code as in_system
from termserver.operations.validation import ValidateRequest, Validation
from termserver.providers.registry import Registry
from termserver.systems import ICD_O_3
from termserver.terminology import Terminology
from valuesets.validate_code import validate_code as in_value_set

ALIAS = "http://hl7.org/fhir/sid/icd-o-3"
CODES = ("C00.0", "C50.9", "C61.9", "8500/3", "9591/3")
SYSTEM = {
    "resourceType": "CodeSystem",
    "url": ICD_O_3,
    "version": "3.2",
    "status": "active",
    "content": "complete",
    "caseSensitive": True,
    "concept": [{"code": code, "display": f"Term of {code}"} for code in CODES],
}
VALUE_SET = {
    "resourceType": "ValueSet",
    "url": "http://x.org/all",
    "status": "active",
    "compose": {"include": [{"system": ICD_O_3}]},
}
SITES = {
    "resourceType": "ConceptMap",
    "url": SITES_BY_MORPHOLOGY,
    "version": "20180323",
    "status": "active",
    "group": [
        {
            "source": ICD_O_3,
            "target": ICD_O_3,
            "element": [
                {
                    "code": "8500/3",
                    "target": [
                        {"code": "C50.9", "equivalence": "relatedto"},
                        {"code": "C61.9", "equivalence": "relatedto"},
                    ],
                }
            ],
        }
    ],
}
EMPTY = Terminology(Registry(()))
WITHOUT = EMPTY.with_overlay([SYSTEM, VALUE_SET])
TERMINOLOGY = EMPTY.with_overlay([SYSTEM, VALUE_SET, SITES])
DOUBT = (
    "The morphology '8500/3' is not listed at the site 'C00.0' in SEER's site/histology list "
    "(20180323): check both codes"
)


def codings(*codes: str, system: str = ICD_O_3) -> tuple[Coding, ...]:
    return tuple(Coding(system=system, code=code) for code in codes)


def of_system(*codes: str, terminology: Terminology = TERMINOLOGY, **more: Any) -> Validation:
    request = ValidateRequest(
        code_system=True,
        **{"codeable_concept": codings(*codes), "plausibility": True, "url": ICD_O_3, **more},
    )
    return in_system(terminology, request)


def of_value_set(*codes: str, **more: Any) -> Validation:
    request = ValidateRequest(
        url="http://x.org/all",
        **{"codeable_concept": codings(*codes), "plausibility": True, **more},
    )
    return in_value_set(TERMINOLOGY, request)


@pytest.mark.parametrize("ask", [of_system, of_value_set])
def test_a_pair_that_is_not_listed_is_a_warning_and_the_result_stays(ask: Any) -> None:
    found = ask("C00.0", "8500/3")
    assert found.result is True
    assert [(one.severity, one.message_id, one.text) for one in found.issues] == [
        ("warning", "ICDO3_SITE_NOT_LISTED", DOUBT)
    ]
    assert found.message == DOUBT


@pytest.mark.parametrize("ask", [of_system, of_value_set])
def test_without_asking_the_pair_is_not_compared(ask: Any) -> None:
    assert ask("C00.0", "8500/3", plausibility=False).issues == ()


@pytest.mark.parametrize(
    "codes",
    [
        pytest.param(("C50.9", "8500/3"), id="listed"),
        pytest.param(("C00.0", "C61.9", "8500/3"), id="one of several sites is listed"),
        pytest.param(("C00.0", "C50.9"), id="no morphology"),
        pytest.param(("8500/3",), id="no site"),
    ],
)
def test_nothing_is_added_where_there_is_no_doubt(codes: tuple[str, ...]) -> None:
    found = of_system(*codes)
    assert (found.result, found.issues, found.message) == (True, (), None)


def test_a_morphology_that_the_list_lacks_is_a_note() -> None:
    found = of_system("C00.0", "9591/3")
    assert [(one.severity, one.message_id) for one in found.issues] == [
        ("information", "ICDO3_SITE_UNDECIDED")
    ]
    assert found.message is None


def test_another_name_of_the_code_system_counts_and_another_system_does_not() -> None:
    named = of_system(codeable_concept=codings("C00.0", "8500/3", system=ALIAS))
    assert named.result is True
    assert "ICDO3_SITE_NOT_LISTED" in [one.message_id for one in named.issues]
    mixed = (*codings("8500/3"), *codings("C00.0", system="http://x.org/cs"))
    other = of_system(codeable_concept=mixed, url=None)
    assert "ICDO3_SITE_NOT_LISTED" not in [one.message_id for one in other.issues]


def test_without_the_list_a_pair_is_refused_and_a_single_code_is_not() -> None:
    with pytest.raises(UnknownConceptMap, match="is not loaded"):
        of_system("C00.0", "8500/3", terminology=WITHOUT)
    assert of_system("C00.0", terminology=WITHOUT).result is True
