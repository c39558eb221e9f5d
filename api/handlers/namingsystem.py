"""NamingSystem: $preferred-id, $translate-id."""

from __future__ import annotations

from api.call import Call
from api.exchange import Reply
from api.wire.answers import identifiers_json
from api.wire.common import parameter, parameters_json
from termserver.operations import preferred_id as identifiers


def preferred_id(call: Call) -> Reply:
    """Answer $preferred-id."""
    values = call.values
    found = identifiers.preferred_id(
        call.terminology, values["id"], values["type"], values.get("date")
    )
    return Reply(json=parameters_json([parameter("result", "string", found)]))


def translate_id(call: Call) -> Reply:
    """Answer $translate-id."""
    values = call.values
    found = identifiers.translate_id(
        call.terminology,
        values["id"],
        values["sourceType"],
        values["targetType"],
        preferred_only=values.get("preferredOnly", False),
        date=values.get("date"),
    )
    return Reply(json=identifiers_json(found))
