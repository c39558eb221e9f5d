"""ValueSet: $expand, $validate-code, $batch-validate-code, $compare."""

from __future__ import annotations

from api.call import Call
from api.exchange import Reply
from api.outcome import error_json
from api.params import Values, read_values
from api.requests import expand_request, validate_request, version_rules
from api.tables.valueset import VALIDATE_CODE
from api.wire.answers import comparison_json, validation_json
from api.wire.common import JsonObject, parameters_json
from api.wire.valueset import expansion_json
from api.written import plain_expansion
from termserver.errors import TerminologyError

_GROUPS = (
    ("code", "coding", "codeableConcept"),
    ("url", "valueSet"),
)
"""An entry of a batch that gives one of a group takes the place of whatever all share of it."""


def expand(call: Call) -> Reply:
    """Answer $expand."""
    from valuesets.expand import expand

    settings = call.service.settings
    written = plain_expansion(call)
    if written is not None:
        return Reply(written=written)
    expansion = expand(
        call.terminology,
        expand_request(call),
        limit=settings.max_expansion,
        deadline=call.deadline,
    )
    return Reply(json=expansion_json(expansion, call.release))


def validate_code(call: Call) -> Reply:
    """Answer $validate-code."""
    from valuesets.validate_code import validate_code

    validation = validate_code(call.terminology, validate_request(call), deadline=call.deadline)
    return Reply(json=validation_json(validation))


def batch_validate_code(call: Call) -> Reply:
    """Answer $batch-validate-code: one validation after the other, each with its own outcome.

    Source: tx ecosystem, suite `batch`; what stands beside `validation` holds for all of them.
    """
    shared = {name: value for name, value in call.values.items() if name != "validation"}
    return Reply(
        json=parameters_json(
            [
                {"name": "validation", "resource": _one(call, shared, entry)}
                for entry in call.values["validation"]
            ]
        )
    )


def _one(call: Call, shared: Values, entry: JsonObject) -> JsonObject:
    from valuesets.validate_code import validate_code

    try:
        own = read_values(VALIDATE_CODE, entry, (), partial=True)
        request = validate_request(call, _merged(shared, own))
        sent = own.get("tx-resource")
        terminology = call.terminology.with_overlay(sent) if sent else call.terminology
        return validation_json(validate_code(terminology, request, deadline=call.deadline))
    except TerminologyError as error:
        return error_json(error)


def _merged(shared: Values, own: Values) -> Values:
    replaced = {name for group in _GROUPS if any(one in own for one in group) for name in group}
    return {name: value for name, value in shared.items() if name not in replaced} | own


def compare(call: Call) -> Reply:
    """Answer $compare."""
    from valuesets.compare import CompareRequest, compare

    values = call.values
    comparison = compare(
        call.terminology,
        CompareRequest(
            this_url=values.get("thisUrl"),
            this_value_set=values.get("thisValueSet"),
            this_version=values.get("thisValueSetVersion"),
            other_url=values.get("otherUrl"),
            other_value_set=values.get("otherValueSet"),
            other_version=values.get("otherValueSetVersion"),
            versions=version_rules(values),
            diagnostics=values.get("diagnostics", False),
        ),
        deadline=call.deadline,
    )
    return Reply(json=comparison_json(comparison))
