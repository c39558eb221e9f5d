"""The synchronous dispatcher: request value -> status, headers and bytes, or Later.

It knows nothing of ASGI: the app, the lane and the batch handler all come here, so that every rule
stands once. What may take long says so before it starts and is run in a worker thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any
from urllib.parse import unquote_to_bytes

import orjson

from api import outcome
from api.call import Call
from api.content import call_terminology
from api.exchange import FHIR_JSON, Answer, Headers, Later, Reply, Request
from api.handlers import HANDLERS, batch, metadata, search
from api.jsonbody import parse_json
from api.negotiate import check_content_type, response_format
from api.params import Query, parse_query, read_values
from api.routes import Route, Routes
from api.search import is_light as search_is_light
from api.service import Loaded, Service
from termserver.deadline import Deadline, NotAtOnce, at_once, within
from termserver.errors import TerminologyError

log = logging.getLogger("termserver.answer")

SMALL_BODY = 16_384
SMALL_COUNT = 1_000
_DIGITS = 9
QUICK = frozenset({"lookup", "subsumes", "validate-code", "preferred-id", "translate"})
"""Operations that a small constant amount of work decides, when no content comes with them."""

VARY = "Accept, Accept-Language, X-Cache-Id"
CONTENT_TYPE = ("Content-Type", f"{FHIR_JSON}; charset=utf-8")
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatcher:
    """Answers requests from one service."""

    service: Service
    routes: Routes = field(default_factory=Routes)

    def answer(self, request: Request) -> Answer | Later:
        """Return the answer, or Later where it may take long. Never raises."""
        try:
            route = self.routes.resolve(request.method, request.path)
        except TerminologyError as error:
            return self.refusal(error, request.request_id)
        if _is_quick(route, request) or self._is_light_search(route, request):
            try:
                return self.run(request, route, at_once())
            except NotAtOnce:
                log.debug("request %s takes longer than it seemed", request.request_id)
        seconds = self.service.settings.deadline_s
        return Later(lambda: self.run(request, route, within(seconds)))

    def _is_light_search(self, route: Route, request: Request) -> bool:
        """Tell whether a search takes little: by url, a summary, names of resources at hand."""
        if route.kind != "search" or request.method != "GET" or b"url=" not in request.query:
            return False
        try:
            generation = self.service.content.current().generation
            light = search_is_light(parse_query(request.query))
        except TerminologyError:
            return False
        key = (route.resource_type or "", request.release, generation)
        return light and self.service.shelves.get(key) is not None

    def run(self, request: Request, route: Route, deadline: Deadline) -> Answer:
        """Return the answer, or a refusal where it takes too long.

        Raises nothing but NotAtOnce, where the deadline is a short one.
        """
        try:
            return self._run(request, route, deadline)
        except TerminologyError as error:
            return self.refusal(error, request.request_id)
        except NotAtOnce:
            raise
        except Exception:
            # A bug: logged with its trace, nothing of it sent (design.md section 11).
            log.exception(
                "request %s failed: %s %s", request.request_id, request.method, request.path
            )
            failure = outcome.failure_json(request.request_id)
            return _encoded(failure, 500, (("Cache-Control", "no-store"),), pretty=False)

    def _run(self, request: Request, route: Route, deadline: Deadline) -> Answer:
        query = parse_query(request.query)
        options = dict(query)
        wanted = response_format(request.headers, options, request.release)
        loaded = self.service.content.current()
        tag = _tag(request, loaded.generation)
        if tag is not None and _is_known(tag, request.headers.get("if-none-match", "")):
            return Answer(status=304, headers=(("ETag", tag), ("Vary", VARY)), body=b"")
        reply = self._reply(request, route, query, loaded, deadline, html=wanted == "html")
        pretty = options.get("_pretty") == "true"
        headers = (*reply.headers, *_caching(request, reply, tag))
        if reply.html is not None:
            page = (*headers, ("Content-Security-Policy", PAGE_POLICY))
            return Answer(
                status=reply.status,
                headers=(("Content-Type", "text/html; charset=utf-8"), *page),
                body=reply.html.encode(),
            )
        if reply.written is not None:
            given = (CONTENT_TYPE, *headers)
            if isinstance(reply.written, bytes):
                return Answer(status=reply.status, headers=given, body=reply.written)
            return Answer(status=reply.status, headers=given, body=b"", parts=reply.written)
        return _encoded(reply.json, reply.status, headers, pretty=pretty)

    def _reply(
        self,
        request: Request,
        route: Route,
        query: Query,
        loaded: Loaded,
        deadline: Deadline,
        *,
        html: bool,
    ) -> Reply:
        body: Any = None
        if request.method == "POST" and request.body and not request.path.endswith("/_search"):
            check_content_type(request.headers, request.release)
            body = parse_json(request.body, max_depth=self.service.settings.max_json_depth)
        handler, values, many = self._handler(request, route, body, query)
        terminology = call_terminology(self.service, loaded, request, values, keeps=many)
        call = Call(
            request=request,
            service=self.service,
            loaded=loaded,
            terminology=terminology,
            query=query,
            body=body,
            values=values,
            resource_type=route.resource_type,
            resource_id=route.resource_id,
            html=html,
            deadline=deadline,
            dispatcher=self._nested,
        )
        if route.level == "instance" and route.kind == "operation":
            call = search.with_instance(call)
        return handler(call)

    def _handler(
        self, request: Request, route: Route, body: Any, query: Query
    ) -> tuple[Callable[[Call], Reply], dict[str, Any], bool]:
        """Return the handler, the parameters, and whether tx-resources and cache-id take part."""
        if route.operation is None:
            handlers: Mapping[str, Callable[[Call], Reply]] = {
                "batch": batch.batch,
                "metadata": metadata.metadata,
                "search": search.search,
                "read": search.read,
            }
            return handlers[route.kind], {}, False
        values = read_values(
            route.operation,
            body,
            query,
            instance=route.level == "instance",
            strict="handling=strict" in request.headers.get("prefer", "").replace(" ", ""),
        )
        return HANDLERS[route.operation.path], values, route.operation.takes_content

    def _nested(self, request: Request) -> Answer:
        found = self.answer(request)
        return (found.run() if isinstance(found, Later) else found).whole()

    def refusal(self, error: TerminologyError, request_id: str) -> Answer:
        """Return the answer that an error is."""
        log.debug("request %s refused: %s", request_id, error.text)
        status = outcome.status_of(error)
        if status >= 500:
            log.error("request %s: %s", request_id, type(error).__name__)
        headers = (*outcome.headers_of(error), ("Cache-Control", "no-store"), ("Vary", VARY))
        json = outcome.error_json(error, request_id)
        return _encoded(json, status, headers, pretty=False)


def _tag(request: Request, generation: str) -> str | None:
    """Return the entity tag of a GET, None where there is none."""
    kept = "x-cache-id" in request.headers or b"cache-id=" in request.query
    if request.method not in {"GET", "HEAD"} or kept:
        # What is kept for a client can expire, and that has to be said.
        return None
    named = ("accept", "accept-language", "x-too-costly-threshold")
    tag = entity_tag(
        generation.encode(),
        request.root.encode("utf-8", "surrogateescape"),
        request.path.encode("utf-8", "surrogateescape"),
        request.query,
        *(request.headers.get(name, "").encode("utf-8", "surrogateescape") for name in named),
    )
    return f"W/{tag}" if request.path.endswith(("$expand", "_search")) else tag


def entity_tag(*parts: bytes) -> str:
    """Return the strong entity tag of an answer from all that it depends on.

    That is the generation of the content, the base as the client sees it (which tells the release
    too), path, query, Accept, Accept-Language and X-TOO-COSTLY-THRESHOLD: no answer need be made
    to know it. Cost: 1 µs.
    """
    digest = blake2b(b"\0".join(parts), digest_size=12).hexdigest()
    return f'"{digest}"'


def _is_known(tag: str, given: str) -> bool:
    """Tell whether If-None-Match names the tag (weak comparison, RFC 9110 13.1.2)."""
    plain = tag.removeprefix("W/")
    return any(one.strip().removeprefix("W/") in {plain, "*"} for one in given.split(","))


def _is_quick(route: Route, request: Request) -> bool:
    """Tell whether the answer takes a small constant amount of work, seen from outside."""
    if route.operation is None or len(request.body) > SMALL_BODY:
        return False
    if "x-cache-id" in request.headers or b"tx-resource" in request.body:
        return False
    if _names_expression(request):
        return False
    if route.operation.code in QUICK:
        return True
    return route.operation.code == "expand" and _asks_small_page(request)


def _names_expression(request: Request) -> bool:
    """Tell whether a value set may be named by an expression, which can take seconds.

    JSON can write letters as escapes.
    """
    body = request.body
    return b"ecl/" in unquote_to_bytes(request.query) or b"ecl" in body or b"\\u" in body


def _asks_small_page(request: Request) -> bool:
    if request.body:
        return False
    for part in request.query.split(b"&"):
        if part.startswith(b"count="):
            count = part[6:]
            return count.isdigit() and len(count) <= _DIGITS and int(count) <= SMALL_COUNT
    return False


def _caching(request: Request, reply: Reply, tag: str | None) -> Headers:
    if reply.cache == "never" or request.method not in {"GET", "HEAD"}:
        return caching_headers(None)
    return caching_headers(tag, long=reply.cache == "long")


def caching_headers(tag: str | None, *, long: bool = False) -> Headers:
    """Return what caches are told: to ask each time, with a tag, or (`long`) to keep for a day.

    No tag: to keep nothing.
    """
    if tag is None:
        return (("Cache-Control", "no-store"), ("Vary", VARY))
    rule = "public, max-age=86400" if long else "no-cache"
    return (("ETag", tag), ("Cache-Control", rule), ("Vary", VARY))


def _encoded(json: Any, status: int, headers: Headers, *, pretty: bool) -> Answer:
    option = orjson.OPT_INDENT_2 if pretty else 0
    body = b"" if json is None else orjson.dumps(json, default=dict, option=option)
    return Answer(status=status, headers=(CONTENT_TYPE, *headers), body=body)
