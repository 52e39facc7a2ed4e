"""The one HTTP server: /healthz and the webhook. Knows nothing about what the routes do."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from bot.channels.web.patience import MOST_CONNECTIONS, patient
from bot.errors import SettingsError

Health = Callable[[], dict[str, Any]]


def web_app(health: Health, routes: Sequence[BaseRoute]) -> Starlette:
    """The routes given, and GET /healthz with what `health` says; 503 when its ``ok`` is False."""

    async def healthz(_: Request) -> JSONResponse:
        state = health()
        return JSONResponse(state, 200 if state.get("ok") else 503)

    return Starlette(routes=[Route("/healthz", healthz), *routes])


class _Server(uvicorn.Server):
    """Leaves the signals to the process it is part of."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


async def serve_http(app: Starlette, host: str, port: int, stop: asyncio.Event) -> None:
    """Serve until `stop` is set. Raises SettingsError when the port cannot be had."""
    config = uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, server_header=False, http=patient(),
        limit_concurrency=MOST_CONNECTIONS,
    )  # fmt: skip
    server = _Server(config)
    serving = asyncio.create_task(_watched(server, host, port), name="http")
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    stopping.cancel()
    await serving


async def _watched(server: uvicorn.Server, host: str, port: int) -> None:
    try:
        await server.serve()
    except SystemExit as error:  # uvicorn's way of saying that it could not bind
        raise SettingsError(f"HTTP 端口 {host}:{port} 用不了，可能被占着。请改 COPILOT_HTTP_PORT 再启动。") from error
