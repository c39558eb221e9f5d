"""Bytes of a connection -> bytes that a protocol of uvicorn writes, without a socket."""

import asyncio
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from api.app import Application

DATE = (b"date", b"Wed, 25 Nov 2026 00:00:00 GMT")


class Wire(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()
        self.closed = False

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"peername": ("127.0.0.1", 50000), "sockname": ("127.0.0.1", 80)}.get(name, default)

    def write(self, data: Any) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


def written(kind: type[HttpToolsProtocol], app: Application, *chunks: bytes) -> tuple[bytes, int]:
    """Return what is written for the bytes of a connection, and how many tasks that took."""

    async def run() -> tuple[bytes, int]:
        config = Config(app=app, lifespan="off", access_log=False, proxy_headers=False)
        config.load()
        state = ServerState()
        state.default_headers = [DATE]
        tasks = 0
        protocol = kind(config=config, server_state=state, app_state={})
        wire = Wire()
        protocol.connection_made(wire)
        for chunk in chunks:
            protocol.data_received(chunk)
            await asyncio.sleep(0)
        while state.tasks:
            tasks += len(state.tasks)
            await asyncio.gather(*list(state.tasks))
            await asyncio.sleep(0)
        protocol.connection_lost(None)
        return bytes(wire.written), tasks

    return asyncio.run(run())


def message(
    method: str, target: str, *headers: tuple[str, str], body: bytes = b"", number: str = "case-1"
) -> bytes:
    """Return the bytes of a request; a body is JSON unless `headers` say otherwise."""
    lines = [f"{method} {target} HTTP/1.1", "Host: test.example", f"X-Request-Id: {number}"]
    lines += [f"{name}: {value}" for name, value in headers]
    if body and all(name.lower() != "content-type" for name, _ in headers):
        lines.append("Content-Type: application/fhir+json")
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body
