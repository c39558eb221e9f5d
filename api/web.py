"""What FastAPI carries behind the FHIR bases: start page, description of the API, bulk."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request

from api import outcome
from api.exchange import FHIR_JSON, Headers
from api.operations import operations
from api.transport import BASES
from api.ui.pages import operations_page, start_page
from api.version import VERSION
from termserver.errors import Busy, NotAllowed, TerminologyError, UnknownResource

_POLICY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; "
    "form-action 'none'"
}


_BULK = "A file of codes (CSV, NDJSON, Parquet) -> the file of verdicts"


def make_web_app(server: Any) -> Any:
    """Return the FastAPI app for everything that is not below a FHIR base."""
    from fastapi import FastAPI
    from fastapi.responses import FileResponse, HTMLResponse
    from starlette.exceptions import HTTPException

    from api.openapi import fhir_paths

    # FastAPI's own pages fetch scripts from elsewhere; ours needs nothing but this server.
    app = FastAPI(title="termserver", version=VERSION, docs_url=None, redoc_url=None)

    @app.get("/", response_class=HTMLResponse, include_in_schema=False)
    def start() -> HTMLResponse:
        return HTMLResponse(start_page(), headers=_POLICY)

    @app.get("/docs", response_class=HTMLResponse, include_in_schema=False)
    def described_operations() -> HTMLResponse:
        return HTMLResponse(operations_page(operations()), headers=_POLICY)

    turn = asyncio.Semaphore(1)

    @app.post("/validate-codes", summary=_BULK, response_class=FileResponse)
    async def validate_codes(request: Request) -> Any:
        from api.web_bulk import validate_body

        if server.dispatcher is None:
            raise Busy(f"The server is not ready: {server.problem or 'it is starting'}")
        content = server.dispatcher.service.content.current()
        return await validate_body(server.settings, content.terminologies, turn, request)

    app.add_exception_handler(TerminologyError, _told)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _failed)

    described = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = described()
            schema.setdefault("paths", {}).update(fhir_paths())
        return app.openapi_schema or {}

    app.openapi = openapi  # type: ignore[method-assign]
    return app


async def _told(request: Any, error: Any) -> Any:
    """Answer what a route refuses."""
    number = request.scope.get("termserver.request_id")
    return _outcome(
        outcome.error_json(error, number), outcome.status_of(error), outcome.headers_of(error)
    )


async def _refused(request: Any, error: Any) -> Any:
    """Answer what the web app has no route for, in the shape of every other error."""
    path = request.url.path
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "GET").split(", ")
        text = f"{request.method} is not allowed on '{path}'; allowed: {', '.join(allowed)}"
        refusal: TerminologyError = NotAllowed(text, allowed=allowed)
    else:
        bases = ", ".join(f"/{one}" for one in BASES)
        refusal = UnknownResource(f"There is nothing at '{path}'; the FHIR bases are {bases}")
    return await _told(request, refusal)


async def _failed(request: Any, error: Exception) -> Any:
    """Answer a bug; the server logs its trace."""
    return _outcome(outcome.failure_json(request.scope.get("termserver.request_id")), 500)


def _outcome(json: dict[str, Any], status: int, headers: Headers = ()) -> Any:
    from fastapi.responses import JSONResponse

    return JSONResponse(
        json,
        status_code=status,
        headers={"Cache-Control": "no-store", **dict(headers)},
        media_type=f"{FHIR_JSON}; charset=utf-8",
    )
