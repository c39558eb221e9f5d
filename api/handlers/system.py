"""The base: $versions, $cache-control, $closure."""

from __future__ import annotations

from api.call import Call
from api.content import contexts_of
from api.exchange import Reply
from api.wire.common import parameter, parameters_json
from termserver.errors import InvalidRequest, NotSupported, UnknownResource
from termserver.fhirjson import coding_of
from termserver.terminology import overlay_content


def versions(call: Call) -> Reply:
    """Answer $versions: the release of this base (CapabilityStatement-versions)."""
    return Reply(
        json=parameters_json(
            [
                parameter("version", "code", call.release),
                parameter("default", "code", call.release),
            ]
        )
    )


def cache_control(call: Call) -> Reply:
    """Answer $cache-control: `start` keeps tx-resources and gives their id, `end` forgets them."""
    store = contexts_of(call.service)
    mode = call.values.get("mode")
    if mode == "start":
        resources = call.values.get("tx-resource", [])
        overlay_content(
            resources
        )  # what cannot be read is refused now, not with each later request
        number = store.create(resources)
        return Reply(json=parameters_json([parameter("cache-id", "id", number)]), cache="never")
    if mode == "end":
        ended = call.values.get("cache-id") or call.request.headers.get("x-cache-id")
        if ended is None:
            raise InvalidRequest("mode=end needs the cache-id to end", expression="cache-id")
        if not store.delete(ended):
            raise UnknownResource(f"The cache id '{ended}' is unknown or has expired")
        return Reply(json=parameters_json([parameter("result", "boolean", True)]), cache="never")
    raise InvalidRequest(
        f"The parameter 'mode' must be start or end{f', but is {mode!r}' if mode else ''}",
        expression="mode",
    )


def closure(call: Call) -> Reply:
    """Answer $closure."""
    from termserver.conceptmap_write import concept_map_json
    from termserver.operations.closure import closure, closure_map

    store = call.service.closures
    if store is None:
        raise NotSupported("This server keeps no closure tables: its home cannot be written")
    codings = [coding_of(one) for one in call.values.get("concept", ())]
    answer = closure(
        call.terminology,
        store,
        name=call.values["name"],
        concepts=[one for one in codings if one is not None],
        version=call.values.get("version"),
    )
    return Reply(json=concept_map_json(closure_map(answer), call.release), cache="never")
