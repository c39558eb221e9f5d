"""$plausibility, and the parameters plausibility and diagnosed, at both releases."""

from typing import Any

import pytest

from termserver.operations.plausibility import SITES_BY_MORPHOLOGY
from termserver.systems import ICD_O_3
from tests.e2e.conftest import RunningServer

OWN = "http://termserver.dev/fhir/parameter/"
VALUE_SET = "http://x.org/morphologies"


def edition(version: str, *codes: str) -> dict[str, Any]:
    return {
        "resourceType": "CodeSystem",
        "url": ICD_O_3,
        "version": version,
        "status": "active",
        "content": "complete",
        "concept": [{"code": code, "display": f"Term of {code}"} for code in codes],
    }


SENT: list[dict[str, Any]] = [
    edition("3.0", "C00.0", "8500/3"),
    edition("3.2", "C00.0", "8500/3", "8509/3"),
    {
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
    },
    {
        "resourceType": "ValueSet",
        "url": VALUE_SET,
        "status": "active",
        "compose": {"include": [{"system": ICD_O_3}]},
    },
]


def body(*parameters: dict[str, Any]) -> dict[str, Any]:
    sent = [{"name": "tx-resource", "resource": one} for one in SENT]
    return {"resourceType": "Parameters", "parameter": [*parameters, *sent]}


def asked(server: RunningServer, path: str, *parameters: dict[str, Any]) -> dict[str, Any]:
    reply = server.ask(path, body=body(*parameters))
    assert reply.status == 200
    return {one["name"]: one for one in reply.json["parameter"]}


@pytest.mark.parametrize("base", ["/r4", "/r5"])
@pytest.mark.parametrize(("kind", "url"), [("CodeSystem", ICD_O_3), ("ValueSet", VALUE_SET)])
def test_a_pair_that_is_not_listed_is_a_warning(
    server: RunningServer, base: str, kind: str, url: str
) -> None:
    coding = [{"system": ICD_O_3, "code": code} for code in ("C00.0", "8500/3")]
    found = asked(
        server,
        f"{base}/{kind}/$validate-code",
        {"name": "url", "valueUri": url},
        {"name": "codeableConcept", "valueCodeableConcept": {"coding": coding}},
        {"name": f"{OWN}plausibility", "valueBoolean": True},
    )
    (issue,) = found["issues"]["resource"]["issue"]
    assert found["result"]["valueBoolean"] is True
    assert issue["severity"] == "warning"
    assert "not listed at the site 'C00.0'" in issue["details"]["text"]


@pytest.mark.parametrize("base", ["/r4", "/r5"])
@pytest.mark.parametrize(("kind", "url"), [("CodeSystem", ICD_O_3), ("ValueSet", VALUE_SET)])
@pytest.mark.parametrize(("diagnosed", "known"), [("2020-12-31", False), ("2021-01-01", True)])
def test_the_date_of_diagnosis_chooses_the_edition(
    server: RunningServer, base: str, kind: str, url: str, diagnosed: str, known: bool
) -> None:
    coding = {"system": ICD_O_3, "code": "8509/3"}
    found = asked(
        server,
        f"{base}/{kind}/$validate-code",
        {"name": "url", "valueUri": url},
        {"name": "coding", "valueCoding": coding},
        {"name": f"{OWN}diagnosed", "valueDate": diagnosed},
    )
    assert found["result"]["valueBoolean"] is known
    assert found["version"]["valueString"] == ("3.2" if known else "3.0")


@pytest.mark.parametrize("base", ["/r4", "/r5"])
@pytest.mark.parametrize(("diagnosed", "total"), [("2020-12-31", 2), ("2021-01-01", 3)])
def test_a_value_set_is_expanded_in_the_edition_of_the_date(
    server: RunningServer, base: str, diagnosed: str, total: int
) -> None:
    date = {"name": f"{OWN}diagnosed", "valueDate": diagnosed}
    reply = server.ask(
        f"{base}/ValueSet/$expand", body=body({"name": "url", "valueUri": VALUE_SET}, date)
    )
    assert (reply.status, reply.json["expansion"]["total"]) == (200, total)


@pytest.mark.parametrize("base", ["/r4", "/r5"])
@pytest.mark.parametrize(("diagnosed", "status"), [("2020-12-31", 404), ("2021-01-01", 200)])
def test_a_code_is_looked_up_in_the_edition_of_the_date(
    server: RunningServer, base: str, diagnosed: str, status: int
) -> None:
    coding = {"system": "http://hl7.org/fhir/sid/icd-o-3", "code": "8509/3"}
    date = {"name": f"{OWN}diagnosed", "valueDate": diagnosed}
    reply = server.ask(
        f"{base}/CodeSystem/$lookup", body=body({"name": "coding", "valueCoding": coding}, date)
    )
    assert reply.status == status


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("CodeSystem/$lookup", {"name": "version", "valueString": "3.2"}),
        (
            "ValueSet/$expand",
            {"name": "force-system-version", "valueCanonical": f"{ICD_O_3}|3.2"},
        ),
    ],
)
def test_another_version_beside_the_date_is_refused(
    server: RunningServer, path: str, parameter: dict[str, Any]
) -> None:
    given = [
        {"name": f"{OWN}diagnosed", "valueDate": "2019"},
        parameter,
        *(
            [{"name": "system", "valueUri": ICD_O_3}, {"name": "code", "valueCode": "8500/3"}]
            if "lookup" in path
            else [{"name": "url", "valueUri": VALUE_SET}]
        ),
    ]
    reply = server.ask(f"/r4/{path}", body=body(*given))
    assert reply.status == 400
    assert "the version 3.2 is asked for too" in reply.json["issue"][0]["details"]["text"]


def test_a_date_that_is_none_is_refused_by_name(server: RunningServer) -> None:
    reply = server.ask(
        "/r4/CodeSystem/$validate-code",
        body=body(
            {"name": "url", "valueUri": ICD_O_3},
            {"name": "code", "valueCode": "8500/3"},
            {"name": f"{OWN}diagnosed", "valueDate": "2021-13"},
        ),
    )
    assert reply.status == 400
    assert "'2021-13' is no date of diagnosis" in reply.json["issue"][0]["details"]["text"]


@pytest.mark.parametrize("base", ["/r4", "/r5"])
def test_the_operation_tells_outcome_and_listed_sites(server: RunningServer, base: str) -> None:
    found = asked(
        server,
        f"{base}/CodeSystem/$plausibility",
        {"name": "site", "valueCode": "C000"},
        {"name": "morphology", "valueCode": "85003"},
    )
    values = {name: next(iter(set(one) - {"name"})) for name, one in found.items()}
    assert {name: found[name][key] for name, key in values.items() if name != "issues"} == {
        "registryFields": [
            {"name": "primarySite", "valueCode": "C000"},
            {"name": "histologicTypeIcdO3", "valueCode": "8500"},
            {"name": "behaviorCodeIcdO3", "valueCode": "3"},
        ],
        "result": False,
        "outcome": "not-listed",
        "site": "C00.0",
        "morphology": "8500/3",
        "listVersion": "20180323",
        "listedSite": "C50.9",
        "message": "The morphology '8500/3' is not listed at the site 'C00.0' in SEER's "
        "site/histology list (20180323): check both codes",
    }
    (issue,) = found["issues"]["resource"]["issue"]
    assert (issue["severity"], issue["code"]) == ("warning", "business-rule")


def test_the_fields_of_a_registry_are_put_together(server: RunningServer) -> None:
    found = asked(
        server,
        "/r5/CodeSystem/$plausibility",
        {"name": "site", "valueCode": "C509"},
        {"name": "histology", "valueCode": "8500"},
        {"name": "behaviour", "valueCode": "3"},
    )
    assert found["result"]["valueBoolean"] is True
    assert (found["site"]["valueCode"], found["morphology"]["valueCode"]) == ("C50.9", "8500/3")


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("histology=8500", "The histology '8500' needs a behaviour (item 523) beside it"),
        ("histology=850&behaviour=3", "The histology (item 522) must be four digits"),
        ("morphology=8500/3&histology=8500", "exclude each other"),
        ("behaviour=3", "needs one of the parameters 'morphology' or 'histology'"),
    ],
)
def test_fields_that_make_no_morphology_are_refused(
    server: RunningServer, query: str, text: str
) -> None:
    reply = server.ask(f"/r4/CodeSystem/$plausibility?site=C509&{query}")
    assert reply.status == 400
    assert text in reply.json["issue"][0]["details"]["text"]


def test_nothing_is_decided_on_a_morphology_that_the_list_lacks(server: RunningServer) -> None:
    found = asked(
        server,
        "/r4/CodeSystem/$plausibility",
        {"name": "site", "valueCode": "C00.0"},
        {"name": "morphology", "valueCode": "8509/3"},
        {"name": "diagnosed", "valueDate": "2021-06"},
    )
    assert "result" not in found
    assert found["outcome"]["valueCode"] == "unknown-morphology"
    assert found["edition"]["valueString"] == "3.2"


def test_a_code_that_is_not_of_the_edition_is_an_error(server: RunningServer) -> None:
    found = asked(
        server,
        "/r4/CodeSystem/$plausibility",
        {"name": "site", "valueCode": "C00.0"},
        {"name": "morphology", "valueCode": "8509/3"},
        {"name": "diagnosed", "valueDate": "2020-06-30"},
    )
    severities = [one["severity"] for one in found["issues"]["resource"]["issue"]]
    assert (found["result"]["valueBoolean"], severities) == (False, ["error", "information"])


def test_without_the_list_and_for_what_is_no_code_the_operation_is_refused(
    server: RunningServer,
) -> None:
    missing = server.ask("/r4/CodeSystem/$plausibility?site=C50.9&morphology=8500/3")
    wrong = server.ask("/r4/CodeSystem/$plausibility?site=C50&morphology=8500/3")
    assert (missing.status, wrong.status) == (404, 404)
    texts = [one.json["issue"][0]["details"]["text"] for one in (missing, wrong)]
    assert texts[0].startswith("SEER's site/histology list is not loaded")
    assert texts[1] == "'C50' is no topography code of ICD-O-3 (C50.9)"
