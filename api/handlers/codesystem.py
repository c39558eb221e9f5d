"""CodeSystem: $lookup, $validate-code, $subsumes, $find-matches, $plausibility."""

from __future__ import annotations

from api.call import Call
from api.exchange import Reply
from api.requests import (
    find_request,
    lookup_request,
    plausible_request,
    subsumes_request,
    validate_system_request,
)
from api.wire.answers import found_json, lookup_json, subsumption_json, validation_json
from api.wire.icdo3 import plausible_json
from termserver.operations.find_matches import find_matches as find
from termserver.operations.lookup import lookup as look_up
from termserver.operations.plausible import plausible
from termserver.operations.subsumes import subsumes as subsumption
from termserver.operations.validate_code import validate_code as validate


def lookup(call: Call) -> Reply:
    """Answer $lookup."""
    request = lookup_request(call)
    answer = look_up(call.terminology, request)
    return Reply(
        json=lookup_json(answer, call.release), cache="long" if request.version else "revalidate"
    )


def validate_code(call: Call) -> Reply:
    """Answer $validate-code; a code system sent as parameter stands in front of all others."""
    request = validate_system_request(call)
    sent = call.values.get("codeSystem")
    terminology = call.terminology.with_overlay([sent]) if sent else call.terminology
    return Reply(json=validation_json(validate(terminology, request, deadline=call.deadline)))


def subsumes(call: Call) -> Reply:
    """Answer $subsumes."""
    request = subsumes_request(call)
    outcome = subsumption(call.terminology, request)
    return Reply(
        json=subsumption_json(outcome),
        cache="long" if request.version else "revalidate",
    )


def find_matches(call: Call) -> Reply:
    """Answer $find-matches."""
    return Reply(json=found_json(find(call.terminology, find_request(call)), call.release))


def plausibility(call: Call) -> Reply:
    """Answer $plausibility."""
    return Reply(json=plausible_json(plausible(call.terminology, plausible_request(call))))
