"""The terminology of one call: loaded content, kept contexts, and what came with the request."""

from __future__ import annotations

import re
from collections.abc import Sequence

from api.exchange import Request
from api.params import Values
from api.service import ContextStore, Loaded, Service
from termserver.errors import InvalidRequest, NotSupported, UnknownResource
from termserver.model import Json
from termserver.terminology import Terminology

_CACHE_ID = re.compile(r"[\x21-\x7e]{1,256}")


def call_terminology(
    service: Service, loaded: Loaded, request: Request, values: Values, *, keeps: bool
) -> Terminology:
    """Return the terminology that a call is answered from.

    In front stand the resources of the request (tx-resource), then those of its context: header
    X-Cache-Id, or the older parameter cache-id, which keeps the request's resources too (`keeps`).
    Raises: UnknownResource for a context that is not there or has expired, InvalidRequest.
    """
    terminology = loaded.terminologies[request.release]
    if not keeps:
        return terminology
    sent: Sequence[Json] = values.get("tx-resource", ())
    header, older = request.headers.get("x-cache-id"), values.get("cache-id")
    if older is not None and header is None:
        if sent or contexts_of(service).holds(_own(older)):
            return _older(service, terminology, older, sent)
        header = older  # the id of $cache-control, sent in the older place
    if header is not None:
        key = (header, request.release, loaded.generation)
        terminology = _with_context(service, terminology, header, key)
    return terminology.with_overlay(list(sent)) if sent else terminology


def _older(
    service: Service, terminology: Terminology, id_: str, sent: Sequence[Json]
) -> Terminology:
    """Answer the parameter cache-id: the client chose the id, and adds to it as it goes."""
    store = contexts_of(service)
    _check_id(id_)
    key = _own(id_)
    if sent and not store.extend(key, sent):
        store.create(sent, id=key)
    resources = store.get(key)
    if resources is None:
        raise _unknown(id_)
    return terminology.with_overlay(list(resources))


def _own(id_: str) -> str:
    """Return the key of an id that the client chose: it must not overwrite one that we gave."""
    return f"client:{id_}"


def _with_context(
    service: Service, terminology: Terminology, id_: str, key: tuple[str, ...]
) -> Terminology:
    """Return the terminology with a context that we gave the id of: its resources never change."""
    _check_id(id_)
    store = contexts_of(service)
    if id_.startswith("client:") or not store.holds(id_):
        raise _unknown(id_)
    found = service.overlays.find(key)
    if found is None:
        resources = store.get(id_)
        if resources is None:
            raise _unknown(id_)
        found = service.overlays.keep(key, terminology.with_overlay(list(resources)))
    return found


def _unknown(id_: str) -> UnknownResource:
    return UnknownResource(
        f"The cache id '{id_}' is unknown or has expired; send the resources again "
        "(POST $cache-control?mode=start)"
    )


def contexts_of(service: Service) -> ContextStore:
    """Return where contexts are kept. Raises: NotSupported where the home cannot be written."""
    if service.contexts is None:
        raise NotSupported(
            "This server keeps no resources between requests; send them as tx-resource each time"
        )
    return service.contexts


def _check_id(id_: str) -> None:
    if not _CACHE_ID.fullmatch(id_):
        raise InvalidRequest("A cache id is 1 to 256 visible ASCII characters")
