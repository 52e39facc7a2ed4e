"""HTTP on loopback: finds the method, lets faults happen, wraps results and refusals as Telegram does."""

from __future__ import annotations

import asyncio
import logging
import re
import socket
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.double import control
from tests.double.calls import Call, read_call
from tests.double.errors import NOT_FOUND, TOO_LARGE, UNAUTHORIZED, ApiError, forbidden, too_many_requests
from tests.double.faults import Fault
from tests.double.people import ChatView
from tests.double.reach import find_chat
from tests.double.registry import METHODS

if TYPE_CHECKING:
    from tests.double.core import Sent, TelegramDouble

log = logging.getLogger(__name__)

MAX_REQUEST = 50 * 1024 * 1024
DEATH_SHOWS_AFTER = 0.25
"""Seconds after a reply in which the end of the connection means that the bot may not have read it."""

_HTML_502 = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body>\r\n</html>\r\n"
_REFUSING = ("too_many", "forbidden", "refused")


class Server:
    """One aiohttp server; it starts and stops with the double."""

    def __init__(self, double: TelegramDouble) -> None:
        self._double = double
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def start(self, port: int) -> None:
        """Listen on 127.0.0.1; port 0 takes a free one."""
        app = web.Application(client_max_size=MAX_REQUEST)
        app.router.add_route("*", "/bot{token}/{method}", self._api)
        app.router.add_get("/file/bot{token}/{path:.+}", self._file)
        control.add_routes(app, self._double)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        listener = socket.create_server(("127.0.0.1", port))
        self.port = listener.getsockname()[1]
        await web.SockSite(self._runner, listener).start()

    async def stop(self) -> None:
        """Close the listener and all connections."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _api(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        fault = self._double.faults.draw(name)
        if fault and fault.kind == "drop_before":
            return _drop(request)
        if fault and fault.kind == "bad_gateway":
            return web.Response(status=502, text=_HTML_502, content_type="text/html")
        call = Call(name)
        try:
            self._authorize(request.match_info["token"])
            call = await read_call(request, name)
            result = await self._answer(call, fault)
        except ApiError as error:
            return web.json_response(error.to_json(), status=error.code)
        except web.HTTPRequestEntityTooLarge:
            return web.json_response(TOO_LARGE.to_json(), status=TOO_LARGE.code)
        return await self._reply(request, call, fault, result)

    async def _answer(self, call: Call, fault: Fault | None) -> Any:
        handler = METHODS.get(call.method.lower())
        if handler is None:
            raise NOT_FOUND
        if fault and fault.kind in _REFUSING:
            raise _refusal(fault)
        if fault and fault.kind == "migrate":
            self._migrate(call)
        self._double.calls.append(call)
        try:
            result = await handler(self._double, call)
        except ApiError:
            raise
        except Exception as error:
            self._double.judge.complaints.append(f"the double broke in {call.method}: {error!r}")
            log.exception("the double broke in %s", call.method)
            raise ApiError(500, "Internal Server Error") from error
        self._double.judge.result(call.method, result)
        if call.method.lower() == "getupdates":
            return [self._double.updates.as_sent(update) for update in result]
        return result

    async def _reply(self, request: web.Request, call: Call, fault: Fault | None, result: Any) -> web.StreamResponse:
        if fault and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        gone = request.transport is None or request.transport.is_closing()
        if (gone or fault and fault.kind == "drop_after") and call.sent is not None:
            call.sent.reply_lost = True
            self._double.world.touch()
        if fault and fault.kind == "drop_after":
            return _drop(request)
        if call.sent is not None:
            asyncio.get_running_loop().call_later(DEATH_SHOWS_AFTER, _note_death, self._double, request.transport, call.sent)
        return web.json_response({"ok": True, "result": result})

    def _authorize(self, token: str) -> None:
        if token != self._double.token:
            raise UNAUTHORIZED if re.fullmatch(r"\d+:[\w-]+", token) else NOT_FOUND

    def _migrate(self, call: Call) -> None:
        chat = find_chat(self._double.world, call.text("chat_id"))
        if chat.type == "group" and not chat.migrated_to:
            self._double.upgrade(ChatView(self._double, chat))

    async def _file(self, request: web.Request) -> web.StreamResponse:
        self._authorize_file(request.match_info["token"])
        path = request.match_info["path"]
        for data, content in self._double.world.files.values():
            if data["file_path"] == path:
                return web.Response(body=content)
        raise web.HTTPNotFound

    def _authorize_file(self, token: str) -> None:
        if token != self._double.token:
            raise web.HTTPUnauthorized


def _refusal(fault: Fault) -> ApiError:
    if fault.kind == "too_many":
        return too_many_requests(int(fault.seconds))
    return forbidden(fault.text) if fault.kind == "forbidden" else ApiError(fault.code, fault.text)


def _note_death(double: TelegramDouble, transport: asyncio.Transport | None, sent: Sent) -> None:
    """A living bot keeps its connection open for the next call."""
    sent.cut_off = transport is None or transport.is_closing()
    if sent.cut_off:
        double.world.touch()


def _drop(request: web.Request) -> web.StreamResponse:
    """Break the connection; the response object is never seen by anybody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
