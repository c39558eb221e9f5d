"""FHIR JSON that R4 and R5 have in common: codings, issues, Parameters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from termserver.model import Coding, Designation, Issue, Property
from termserver.systems import MESSAGE_ID, TX_ISSUE_TYPE

JsonObject = dict[str, Any]


def coding_json(coding: Coding) -> JsonObject:
    """Return a Coding; fields without value are absent."""
    return present(
        system=coding.system, version=coding.version, code=coding.code, display=coding.display
    )


def present(**fields: Any) -> JsonObject:
    """Return the fields that have a value: not None, no empty list."""
    return {name: value for name, value in fields.items() if value is not None and value != []}


def issue_json(issue: Issue) -> JsonObject:
    """Return one OperationOutcome.issue. `location` is deprecated in R4 and R5 and left out."""
    json: JsonObject = {}
    if issue.message_id:
        json["extension"] = [{"url": MESSAGE_ID, "valueString": issue.message_id}]
    json["severity"] = issue.severity
    json["code"] = issue.code
    details: JsonObject = {}
    if issue.tx_type:
        details["coding"] = [{"system": TX_ISSUE_TYPE, "code": issue.tx_type}]
    details["text"] = issue.text
    json["details"] = details
    if issue.expression:
        json["expression"] = [issue.expression]
    return json


def value_json(type_: str, value: Any) -> JsonObject:
    """Return `value[x]` of a FHIR type (code, Coding, string …)."""
    name = f"value{type_[0].upper()}{type_[1:]}"
    return {name: coding_json(value) if isinstance(value, Coding) else value}


def parameter(name: str, type_: str, value: Any) -> JsonObject:
    """Return one parameter with a value."""
    return {"name": name, **value_json(type_, value)}


def parts(name: str, part: Iterable[JsonObject | None]) -> JsonObject:
    """Return one parameter with parts; those that are None are absent."""
    return {"name": name, "part": [one for one in part if one is not None]}


def optional(name: str, type_: str, value: Any) -> JsonObject | None:
    """Return one parameter, None where there is no value."""
    return None if value is None else parameter(name, type_, value)


def parameters_json(parameter: Iterable[JsonObject | None]) -> JsonObject:
    """Return a Parameters resource of the parameters that are there."""
    listed = [one for one in parameter if one is not None]
    json: JsonObject = {"resourceType": "Parameters"}
    return json | {"parameter": listed} if listed else json


def designation_json(designation: Designation, *, r4: bool) -> JsonObject:
    """Return ValueSet.…designation; additionalUse is R5 only."""
    return present(
        extension=[dict(one) for one in designation.extensions],
        language=designation.language,
        use=None if designation.use is None else coding_json(designation.use),
        additionalUse=[] if r4 else [coding_json(one) for one in designation.additional_use],
        value=designation.value,
    )


def property_json(one: Property) -> JsonObject:
    """Return ValueSet.expansion.contains.property (R5)."""
    json = present(extension=[dict(item) for item in one.extensions], code=one.code)
    json |= value_json(one.type, one.value)
    if one.subproperties:
        json["subProperty"] = [property_json(item) for item in one.subproperties]
    return json
