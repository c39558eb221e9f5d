"""Batch Bundles at the base: each entry answered for itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import orjson

from api.call import Call
from api.exchange import FHIR_JSON, Answer, Reply, Request
from api.outcome import error_json, status_of
from termserver.errors import InvalidRequest, NotSupported, TerminologyError

MAX_ENTRIES = 1_000


def batch(call: Call) -> Reply:
    """Answer a Bundle of type batch: 200, each entry with its own status, in the same order.

    Raises: InvalidRequest for what is no batch, NotSupported for a transaction.
    """
    bundle = call.body
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise InvalidRequest("The base takes a Bundle of type batch")
    kind = bundle.get("type")
    if kind == "transaction":
        raise NotSupported("Bundles of type transaction are not supported; send a batch")
    if kind != "batch":
        raise InvalidRequest(f"The Bundle must be of type batch, not '{kind}'")
    entries = bundle.get("entry", [])
    if not isinstance(entries, list) or len(entries) > MAX_ENTRIES:
        raise InvalidRequest(f"Bundle.entry must be a list of at most {MAX_ENTRIES} entries")
    answers = [_entry(call, one, at) for at, one in enumerate(entries)]
    json: dict[str, Any] = {"resourceType": "Bundle", "type": "batch-response"}
    return Reply(json=json | ({"entry": answers} if answers else {}), cache="never")


def _entry(call: Call, entry: Any, at: int) -> dict[str, Any]:
    try:
        answer = call.dispatcher(_request(call, entry, at)) if call.dispatcher else None
    except TerminologyError as error:
        json = error_json(error, call.request.request_id)
        return {"resource": json, "response": {"status": str(status_of(error)), "outcome": json}}
    return _response(answer)


def _response(answer: Answer | None) -> dict[str, Any]:
    if answer is None:
        return {"response": {"status": "500"}}
    json: dict[str, Any] = {}
    body = orjson.loads(answer.body) if answer.body else None
    if body is not None:
        json["resource"] = body
    response: dict[str, Any] = {"status": str(answer.status)}
    if answer.status >= 400 and body is not None:
        response["outcome"] = body
    return json | {"response": response}


def _request(call: Call, entry: Any, at: int) -> Request:
    """Return an entry as a request of its own. Raises: InvalidRequest with its path."""
    path = f"Bundle.entry[{at}].request"
    asked = entry.get("request") if isinstance(entry, dict) else None
    if not isinstance(asked, dict) or not isinstance(asked.get("url"), str):
        raise InvalidRequest(f"{path} needs method and url", expression=path)
    method = asked.get("method", "POST" if "resource" in entry else "GET")
    url = asked["url"].removeprefix(call.request.root).lstrip("/")
    target, _, query = url.partition("?")
    if not target:
        raise InvalidRequest(f"{path}.url names nothing below the base", expression=path)
    headers = {
        name: value for name, value in call.request.headers.items() if name != "if-none-match"
    }
    return replace(
        call.request,
        method=str(method),
        path=unquote(target).strip("/"),
        query=query.encode(),
        headers=headers | {"accept": FHIR_JSON, "content-type": FHIR_JSON},
        body=orjson.dumps(entry["resource"]) if "resource" in entry else b"",
    )
