"""Start uvicorn: workers that are started again when one dies, graceful end on SIGTERM."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from api.metrics import MULTIPROCESS
from api.settings import Settings

APP = "api.app:create_app"


def log_config(level: str) -> dict[str, Any]:
    """Return the logging of a server: uvicorn's own lines and ours, one form, on stderr."""
    plain = {"handlers": ["stderr"], "level": level.upper(), "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {"format": "%(asctime)s %(levelname)s %(process)d %(name)s %(message)s"}
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "stream": "ext://sys.stderr",
            }
        },
        "loggers": {name: plain for name in ("uvicorn", "uvicorn.error", "termserver")},
    }


def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or Ctrl-C; requests in flight are finished first.

    With several workers uvicorn's supervisor starts one again that has died. `announce` gets the
    lines for the terminal.
    """
    import uvicorn

    workers = settings.worker_count
    shared = tempfile.mkdtemp(prefix="termserver-metrics-") if workers > 1 else None
    os.environ.update(settings.to_environ())
    if shared:
        os.environ[MULTIPROCESS] = shared
    for line in addresses(settings):
        announce(line)
    try:
        uvicorn.run(
            APP,
            factory=True,
            http=lane(),
            host=settings.host,
            port=settings.port,
            workers=workers,
            log_config=log_config(settings.log_level),
            access_log=False,
            lifespan="on",
            server_header=False,
            timeout_graceful_shutdown=settings.deadline_s,
            timeout_worker_healthcheck=60,
            proxy_headers=False,
        )
    finally:
        if shared:
            shutil.rmtree(Path(shared), ignore_errors=True)


def lane() -> Any:
    """Return the HTTP protocol of the lane, or uvicorn's choice where httptools is absent."""
    try:
        from api.lane import Lane
    except ImportError:
        return "auto"
    return Lane


def addresses(settings: Settings) -> list[str]:
    """Return the lines that tell a person what to try."""
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    gender = "http://hl7.org/fhir/ValueSet/administrative-gender"
    return [
        f"termserver serves '{settings.home}' with {settings.worker_count} workers. Try:",
        f"  {base}/",
        f"  {base}/r4/metadata",
        f"  {base}/r5/ValueSet/$expand?url={gender}",
        f"  {base}/r5/ValueSet/$validate-code?url={gender}"
        "&system=http://hl7.org/fhir/administrative-gender&code=female",
        f"  {base}/docs",
        "Stop with Ctrl-C.",
    ]
