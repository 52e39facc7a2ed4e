"""The HTTP server: health, routes, a port that is taken, and an end when it is told to."""

from __future__ import annotations

import asyncio
import signal
import socket
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from bot.channels.web.calendar import calendar_route
from bot.channels.web.server import serve_http, web_app
from bot.errors import SettingsError, StorageError


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


async def up(port: int, serving: asyncio.Task[None]) -> None:
    async with asyncio.timeout(10):
        while not serving.done():
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
                continue
            writer.close()
            await writer.wait_closed()
            return


@pytest.mark.parametrize(("ok", "status"), [(True, 200), (False, 503)])
async def test_health_says_what_it_is_told(ok: bool, status: int) -> None:
    app = web_app(lambda: {"ok": ok, "pending": 3}, [])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        found = await client.get("/healthz")
        assert (found.status_code, found.json()) == (status, {"ok": ok, "pending": 3})
        assert (await client.post("/healthz")).status_code == 405
        assert (await client.get("/nothing")).status_code == 404


async def test_it_serves_its_routes_until_it_is_told_to_stop_and_frees_the_port() -> None:
    async def echo(request: Request) -> JSONResponse:
        return JSONResponse(await request.json())

    port, stop = free_port(), asyncio.Event()
    state: dict[str, Any] = {"ok": True}
    app = web_app(lambda: state, [Route("/hook", echo, methods=["POST"])])
    serving = asyncio.create_task(serve_http(app, "127.0.0.1", port, stop))
    await up(port, serving)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        assert (await client.post("/hook", json={"a": "停留"})).json() == {"a": "停留"}
        found = await client.get("/healthz")
        assert found.status_code == 200 and "server" not in found.headers
    stop.set()
    async with asyncio.timeout(10):
        await serving
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", port))


async def test_a_port_that_is_taken_is_said_in_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SettingsError, match="COPILOT_HTTP_PORT") as caught:
            await serve_http(web_app(lambda: {"ok": True}, []), "127.0.0.1", taken.getsockname()[1], asyncio.Event())
    assert "\n" not in str(caught.value)


async def test_a_host_that_is_not_ours_is_said_in_one_sentence() -> None:
    with pytest.raises(SettingsError, match="HTTP 端口"):
        await serve_http(web_app(lambda: {"ok": True}, []), "203.0.113.7", free_port(), asyncio.Event())


async def test_a_stop_before_the_start_ends_at_once() -> None:
    stop = asyncio.Event()
    stop.set()
    async with asyncio.timeout(10):
        await serve_http(web_app(lambda: {"ok": True}, []), "127.0.0.1", free_port(), stop)


async def test_signals_stay_with_the_process_it_is_part_of() -> None:
    before, stop, port = signal.getsignal(signal.SIGTERM), asyncio.Event(), free_port()
    serving = asyncio.create_task(serve_http(web_app(lambda: {"ok": True}, []), "127.0.0.1", port, stop))
    await up(port, serving)
    assert signal.getsignal(signal.SIGTERM) is before
    stop.set()
    await serving


@pytest.mark.parametrize(
    "path,code", [(f"/calendar/{'k' * 32}.ics", 200), (f"/calendar/{'u' * 32}.ics", 404), ("/calendar/..%2fetc.ics", 404)]
)
def test_a_calendar_is_served_to_whoever_has_its_link(path: str, code: int) -> None:
    async def behind(token: str) -> str | None:
        return "BEGIN:VCALENDAR" if token == "k" * 32 else None

    answer = TestClient(web_app(lambda: {"ok": True}, [calendar_route(behind)])).get(path)
    assert answer.status_code == code
    if code == 200:
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        assert answer.headers["cache-control"] == "private, no-store"


def test_a_calendar_that_cannot_be_read_is_tried_again_later() -> None:
    async def behind(token: str) -> str | None:
        raise StorageError("磁盘满了")

    answer = TestClient(web_app(lambda: {"ok": True}, [calendar_route(behind)])).get(f"/calendar/{'k' * 32}.ics")
    assert answer.status_code == 503
