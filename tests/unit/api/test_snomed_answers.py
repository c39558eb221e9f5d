"""Requests to a SNOMED CT edition, from their bytes to the bytes of the answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from api.answer import Dispatcher
from api.service import Loaded, Service
from api.settings import Settings
from termserver.library import Home
from termserver.systems import SNOMED_CT
from tests.api_requests import ask, error_text, json_of, parameters, value_of
from tests.rf2_release import GB, PREFERRED, US
from tests.snomed_edition import Clinic, clinic, home_of
from tests.unit.termserver.providers.test_snomed_model import MANDATORY, domain_row

GROUP = "609096000"


@dataclass(slots=True)
class HomeContent:
    """The content of a home."""

    home: Home

    def current(self) -> Loaded:
        terminologies = {one: self.home.terminology(one) for one in ("4.0", "5.0")}
        return Loaded(generation="1", terminologies=terminologies)


@pytest.fixture(scope="module")
def made() -> Clinic:
    made = clinic()
    domain_row(made, "site", "disease", MANDATORY)
    made.codes["bleed"] = made.release.concept(None, made["disease"])
    made.release.description(made["bleed"], "Hemorrhage", accept={US: PREFERRED})
    made.release.description(made["bleed"], "Haemorrhage", accept={GB: PREFERRED})
    return made


@pytest.fixture(scope="module")
def to(made: Clinic, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dispatcher]:
    home = home_of(made.release, tmp_path_factory.mktemp("answers"))
    yield Dispatcher(service=Service(settings=Settings(), content=HomeContent(home)))
    home.close()


def parts(answer: Any, name: str) -> list[dict[str, Any]]:
    """Return the parts of each parameter of a name, by their names; repeated ones as lists."""
    found = []
    for one in answer["parameter"]:
        if one["name"] == name:
            by_name: dict[str, Any] = {}
            for part in one["part"]:
                value = next((it for key, it in part.items() if key != "name"), None)
                known = by_name.setdefault(part["name"], value)
                if known is not value:
                    by_name[part["name"]] = [known, value]
            found.append(by_name)
    return found


@pytest.mark.parametrize("release", ["4.0", "5.0"])
def test_lookup_gives_role_groups_by_name(to: Dispatcher, made: Clinic, release: str) -> None:
    query = {"system": SNOMED_CT, "code": made["fracture of arm"], "property": GROUP}
    [group] = parts(json_of(ask("CodeSystem/$lookup", query, release=release, to=to)), "property")

    assert group["code"] == GROUP
    assert "value" not in group
    nested = [[part["valueCode"] for part in one[:1]] for one in group["subproperty"]]
    assert nested == [[made["site"]], [made["morphology"]]]


@pytest.mark.parametrize("release", ["4.0", "5.0"])
def test_find_matches_takes_attributes_of_one_group(
    to: Dispatcher, made: Clinic, release: str
) -> None:
    def wanted(name: str, value: str) -> dict[str, Any]:
        return {
            "name": "subproperty",
            "part": [
                {"name": "code", "valueCode": made[name]},
                {"name": "value", "valueCode": made[value]},
            ],
        }

    group = [{"name": "code", "valueCode": GROUP}, wanted("site", "limb")]
    body = parameters(
        {"name": "system", "valueUri": SNOMED_CT},
        {"name": "property", "part": [*group, wanted("morphology", "shape")]},
        {"name": "exact", "valueBoolean": True},
    )
    answer = json_of(ask("CodeSystem/$find-matches", body=body, release=release, to=to))
    [match] = answer["parameter"]
    assert match["part"][0]["valueCoding"]["code"] == made["fracture of arm"]
    both = parameters(
        {"name": "system", "valueUri": SNOMED_CT},
        {"name": "property", "part": [*group, {"name": "value", "valueCode": made["arm"]}]},
    )
    refused = ask("CodeSystem/$find-matches", body=both, release=release, to=to)
    assert refused.status == 400
    assert "a value or subproperties, not both" in error_text(refused)


@pytest.mark.parametrize("release", ["4.0", "5.0"])
def test_validate_code_is_false_with_the_broken_rule(
    to: Dispatcher, made: Clinic, release: str
) -> None:
    code = f"{made['body']}:{made['site']}={made['arm']}"

    for path in ("CodeSystem/$validate-code", "ValueSet/$validate-code"):
        query = {"url": SNOMED_CT, "code": code}
        if path.startswith("ValueSet"):
            query = {"url": f"{SNOMED_CT}?fhir_vs", "system": SNOMED_CT, "code": code}
        answer = json_of(ask(path, query, release=release, to=to))
        assert value_of(answer, "result") is False
        [issue] = value_of(answer, "issues")["issue"]
        assert issue["severity"] == "error"
        assert issue["details"]["coding"][0]["code"] == "code-rule"
        assert issue["details"]["text"] == value_of(answer, "message")


def test_the_header_names_a_language_reference_set(to: Dispatcher, made: Clinic) -> None:
    query = {"system": SNOMED_CT, "code": made["bleed"]}
    tag = "en-x-sctlang-90000000-00005080-04"

    for headers, parameter in (({"Accept-Language": tag}, {}), ({}, {"displayLanguage": tag})):
        answer = ask("CodeSystem/$lookup", query | parameter, headers=headers, to=to)
        assert value_of(json_of(answer), "display") == "Haemorrhage"
        expanded = ask(
            "ValueSet/$expand",
            {"url": f"{SNOMED_CT}?fhir_vs=ecl/{made['bleed']}"} | parameter,
            headers=headers,
            to=to,
        )
        [entry] = json_of(expanded)["expansion"]["contains"]
        assert entry["display"] == "Haemorrhage"
