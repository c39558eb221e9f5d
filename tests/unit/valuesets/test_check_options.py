"""What a check may be asked of ICD-O-3: behaviour matrix, edition, site and morphology."""

from typing import Any

import pytest

from termserver.operations.plausibility import SITES_BY_MORPHOLOGY
from termserver.systems import ICD_O_3
from tests.small_profiles import CORE, bound, element, structure, terminology, value_set
from valuesets.checking import Checker, Report
from valuesets.verdicts import CheckOptions

ALIAS = "http://hl7.org/fhir/sid/icd-o-3"


def edition(version: str, *codes: str) -> dict[str, Any]:
    return {
        "resourceType": "CodeSystem",
        "url": ICD_O_3,
        "version": version,
        "status": "active",
        "content": "complete",
        "caseSensitive": True,
        "concept": [{"code": code, "display": f"Term of {code}"} for code in codes],
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
                {"code": "8500/3", "target": [{"code": "C50.9", "equivalence": "relatedto"}]}
            ],
        }
    ],
}
OLD, NEW = edition("3.0", "C00.0", "8500/3"), edition("3.2", "C00.0", "C50.9", "8500/3", "8509/3")
ALL = value_set("all", ICD_O_3)
GROWTH = structure(
    CORE + "Growth",
    element("Growth"),
    element("Growth.site", "CodeableConcept", **bound("all", "required")),
    element("Growth.form", "CodeableConcept", **bound("all", "required")),
    element("Growth.contained", "Resource"),
    kind="resource",
)


def growth(site: str, form: str, system: str = ICD_O_3, **more: Any) -> dict[str, Any]:
    coded = {"site": site, "form": form}
    return {
        "resourceType": "Growth",
        **{name: {"coding": [{"system": system, "code": code}]} for name, code in coded.items()},
        **more,
    }


def checked(resource: dict[str, Any], *terms: dict[str, Any], **options: Any) -> Report:
    given = terms or (OLD, NEW, ALL, SITES)
    checker = Checker(terminology(GROWTH, terms=given), options=CheckOptions(**options))
    checker.check(resource)
    return checker.finish()


def said(report: Report) -> list[tuple[str, str, str]]:
    return [(one.severity, one.finding, one.path) for one in report.findings]


# -- site and morphology --------------------------------------------------------------------


@pytest.mark.parametrize("system", [ICD_O_3, ALIAS])
def test_a_morphology_that_is_not_listed_at_its_site_is_a_warning(system: str) -> None:
    report = checked(growth("C00.0", "8500/3", system), plausibility=True)
    (finding,) = [one for one in report.findings if one.finding == "site-not-listed"]
    assert (finding.severity, finding.path, finding.code) == (
        "warning",
        "Growth.form",
        f"{system}|8500/3",
    )
    assert finding.text == (
        "The morphology '8500/3' is not listed at the site 'C00.0' in SEER's site/histology list "
        "(20180323): check both codes"
    )
    assert not report.has_errors


def test_a_listed_pair_and_a_check_that_does_not_ask_add_nothing() -> None:
    assert said(checked(growth("C50.9", "8500/3"), plausibility=True)) == []
    assert said(checked(growth("C00.0", "8500/3"))) == []


def test_resources_are_compared_each_for_itself() -> None:
    inner = growth("C00.0", "8509/3")
    del inner["form"]
    outer = growth("C50.9", "8500/3", contained=[inner])
    assert said(checked(outer, plausibility=True)) == []


def test_a_morphology_that_the_list_lacks_cannot_be_decided() -> None:
    assert said(checked(growth("C50.9", "8509/3"), plausibility=True)) == [
        ("information", "cannot-be-decided", "Growth.form")
    ]


def test_without_the_list_a_pair_cannot_be_decided() -> None:
    report = checked(growth("C50.9", "8500/3"), NEW, ALL, plausibility=True)
    assert [one.text for one in report.findings] == [
        "Cannot be decided: SEER's site/histology list is not loaded (sitetype.icdo3.*.xls)"
    ]


# -- the behaviour matrix -------------------------------------------------------------------


def test_an_unlisted_behaviour_passes_where_asked_and_a_note_says_why() -> None:
    plain = checked(growth("C50.9", "8500/6"))
    asked = checked(growth("C50.9", "8500/6"), behaviour_matrix=True)
    assert said(plain) == [
        ("error", "not-in-value-set", "Growth.form"),
        ("warning", "unknown-code", "Growth.form"),
    ]
    assert said(asked) == [("information", "behaviour-matrix", "Growth.form")]
    assert asked.bindings == {"passed": 2}


# -- the edition ----------------------------------------------------------------------------


@pytest.mark.parametrize("system", [ICD_O_3, ALIAS])
@pytest.mark.parametrize(("version", "known"), [("3.0", False), ("3.2", True)])
def test_codes_are_checked_in_the_edition_asked_for(system: str, version: str, known: bool) -> None:
    report = checked(growth("C00.0", "8509/3", system), edition=version)
    wrong = [
        ("error", "not-in-value-set", "Growth.form"),
        ("warning", "unknown-code", "Growth.form"),
    ]
    assert [one for one in said(report) if one[0] != "information"] == ([] if known else wrong)


def test_a_code_that_names_its_version_keeps_it() -> None:
    resource = growth("C00.0", "8509/3")
    resource["form"]["coding"][0]["version"] = "3.2"
    report = checked(resource, edition="3.0")
    assert not any(one.finding == "unknown-code" for one in report.findings)


def test_an_edition_that_is_not_loaded_cannot_be_decided() -> None:
    report = checked(growth("C00.0", "8500/3"), edition="3.1")
    assert {one[:2] for one in said(report)} == {("information", "cannot-be-decided")}
    assert report.bindings == {"undecided": 2}


def test_a_value_set_with_another_edition_never_passes() -> None:
    fixed = value_set("all", ICD_O_3)
    fixed["compose"]["include"][0]["version"] = "3.2"
    report = checked(growth("C00.0", "8500/3"), OLD, NEW, fixed, edition="3.0")
    assert report.bindings["passed"] == 0
