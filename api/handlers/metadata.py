"""/metadata: the CapabilityStatement, or with mode=terminology the TerminologyCapabilities."""

from __future__ import annotations

from api.call import Call
from api.capability import capability_statement, terminology_capabilities
from api.exchange import Reply
from termserver.errors import InvalidRequest

_MODES = ("full", "normative", "terminology")


def metadata(call: Call) -> Reply:
    """Answer GET /metadata. Raises: InvalidRequest for an unknown mode."""
    mode = call.query_map().get("mode", "full")
    if mode not in _MODES:
        raise InvalidRequest(
            f"Unknown mode '{mode}'; known: {', '.join(_MODES)}", expression="mode"
        )
    if mode == "terminology":
        return Reply(
            json=terminology_capabilities(call.terminology, call.release, call.request.root)
        )
    return Reply(
        json=capability_statement(
            call.release,
            call.request.root,
            keeps_contexts=call.service.contexts is not None,
            keeps_closures=call.service.closures is not None,
        )
    )
