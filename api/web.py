"""What FastAPI carries behind the FHIR bases: the start page and the description of the API."""

from __future__ import annotations

from typing import Any

from api.ui.pages import start_page
from api.version import VERSION


def make_web_app(server: Any) -> Any:
    """Return the FastAPI app for everything that is not below a FHIR base."""
    from fastapi import FastAPI
    from fastapi.responses import HTMLResponse, JSONResponse

    from api.openapi import fhir_paths

    app = FastAPI(title="termserver", version=VERSION, docs_url="/docs", redoc_url=None)

    @app.get("/", response_class=HTMLResponse, include_in_schema=False)
    def start() -> HTMLResponse:
        policy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'"
        return HTMLResponse(start_page(), headers={"Content-Security-Policy": policy})

    @app.exception_handler(404)
    async def nothing(request: Any, error: Any) -> JSONResponse:
        text = f"There is nothing at '{request.url.path}'; the FHIR bases are /r4 and /r5"
        return JSONResponse(
            {
                "resourceType": "OperationOutcome",
                "issue": [{"severity": "error", "code": "not-found", "details": {"text": text}}],
            },
            status_code=404,
            media_type="application/fhir+json",
        )

    described = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = described()
            schema.setdefault("paths", {}).update(fhir_paths())
        return app.openapi_schema or {}

    app.openapi = openapi  # type: ignore[method-assign]
    return app
