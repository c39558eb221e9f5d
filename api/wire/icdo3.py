"""The answers of operations about ICD-O-3 as Parameters."""

from __future__ import annotations

from api.wire.common import JsonObject, issue_json, optional, parameter, parameters_json, parts
from termserver.model import message_of
from termserver.operations.plausible import PlausibleAnswer
from termserver.providers.icdo3 import to_registry


def plausible_json(answer: PlausibleAnswer) -> JsonObject:
    """Return the Parameters of $plausibility, alike for both releases.

    `result` is absent where the list does not have the morphology, so that nothing can be said.
    """
    found = answer.found
    issues = [issue_json(one) for one in answer.issues]
    return parameters_json(
        [
            optional("result", "boolean", answer.result),
            parameter("outcome", "code", found.outcome),
            parameter("site", "code", found.site),
            parameter("morphology", "code", found.morphology),
            optional("listVersion", "string", found.version),
            optional("edition", "string", answer.edition),
            optional("message", "string", message_of(list(answer.issues))),
            _fields(found.site, found.morphology),
            *(parameter("listedSite", "code", one) for one in found.sites),
            {"name": "issues", "resource": {"resourceType": "OperationOutcome", "issue": issues}}
            if issues
            else None,
        ]
    )


def _fields(site: str, morphology: str) -> JsonObject:
    """Return both codes as registries keep them, by the names of NAACCR's items 400, 522, 523."""
    place, form = to_registry(site), to_registry(morphology)
    return parts(
        "registryFields",
        [
            optional("primarySite", "code", place.site),
            optional("histologicTypeIcdO3", "code", form.histology),
            optional("behaviorCodeIcdO3", "code", form.behaviour),
        ],
    )
