"""The empty route: what an application that does nothing costs under the same server.

Starlette, one route, a prebuilt body of 300 bytes, no middleware. Figures of the benchmark are
ratios to it: `uvicorn tests.bench.empty:app --loop uvloop --http httptools --no-access-log`.
"""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

BODY = b'{"resourceType":"Parameters","text":"' + b"x" * 261 + b'"}'


async def empty(request: Request) -> Response:
    """Answer with 300 bytes of JSON."""
    return Response(BODY, media_type="application/fhir+json")


app = Starlette(routes=[Route("/empty", empty, methods=["GET", "POST"])])
