"""ConceptMap: $translate."""

from __future__ import annotations

from api.call import Call
from api.exchange import Reply
from api.members import Members
from api.requests import translate_request
from api.wire.answers import translation_json
from termserver.operations.translate import translate as translate_codes


def translate(call: Call) -> Reply:
    """Answer $translate."""
    translation = translate_codes(
        call.terminology,
        translate_request(call),
        indexes=call.service.map_indexes,
        value_sets=Members(call.terminology, call.deadline),
    )
    return Reply(json=translation_json(translation, call.release))
