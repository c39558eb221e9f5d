"""`termserver serve`."""

from __future__ import annotations

import click

from api.settings import Settings


@click.command(epilog="Example: termserver serve --port 8080 --workers 4")
@click.option("--host", help="Address to listen on (TERMSERVER_HOST, default 127.0.0.1).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port (TERMSERVER_PORT, default 8080).")
@click.option("--workers", type=click.IntRange(1), help="Worker processes (default: one per core).")
@click.pass_obj
def serve(settings: Settings, host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the FHIR bases /r4 and /r5 (and /fhir, which is /r4)."""
    from api.serving import serve as run

    run(
        settings.with_options(host=host, port=port, workers=workers),
        lambda line: click.echo(line, err=True),
    )
