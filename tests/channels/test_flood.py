"""The HTTP server over real sockets against those who send too much, too slowly, or nothing; others go on meanwhile."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.build_metrics import samples_over
from bot.channels.web import patience, sample_bodies
from bot.channels.web.feed_pace import FeedPace
from bot.channels.web.samples import sample_routes
from bot.channels.web.server import serve_http, web_app
from bot.config import BUILT_IN_HANDBOOK
from bot.following import read_reference
from tests.office_desk import LEAD, ONE
from tests.session_desk import floor

REFERENCE, _ = read_reference(BUILT_IN_HANDBOOK)


@dataclass
class Served:
    port: int
    session: str
    loud: str
    calm: str
    at: str

    def head(self, token: str, length: int | None, *more: str) -> bytes:
        lines = [f"POST /v1/sessions/{self.session}/samples HTTP/1.1", "Host: x", f"Authorization: Bearer {token}", *more]
        lines += [] if length is None else [f"Content-Length: {length}"]
        return "\r\n".join([*lines, "", ""]).encode()

    def row(self, value: int = 1) -> bytes:
        return json.dumps({"ts": self.at, "online_now": value}).encode()

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def ask(self, token: str) -> str:
        reader, writer = await self.open()
        body = self.row()
        writer.write(self.head(token, len(body), "Connection: close") + body)
        answer = await reader.read()
        writer.close()
        return answer.decode()


async def answered(reader: asyncio.StreamReader) -> tuple[int, str]:
    """Status and headers of one answer; its body is read as well."""
    head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)).decode().lower()
    length = head.partition("content-length:")[2].split("\r\n")[0]
    await reader.readexactly(int(length))
    return int(head.split()[1]), head


@pytest.fixture
async def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    monkeypatch.setattr(patience, "HEADERS_WITHIN", 0.2)
    monkeypatch.setattr(patience, "MOST_OF_ADDRESS", 20)
    monkeypatch.setattr(sample_bodies, "SECONDS", 0.3)
    async with floor(tmp_path) as desk:
        gate, session, tokens = desk.office.office.gate, await desk.planned(ahead=timedelta(hours=1)), []
        for name in ("吵的", "安静的"):
            actor, scope = await desk.office.actor(LEAD), await desk.scope(LEAD)
            tokens.append((await desk.floor.feeds.add(actor, name, scope=scope, team=ONE))[1])
        samples = samples_over(desk.office.database, gate, lambda: REFERENCE)
        app = web_app(lambda: {"ok": True}, sample_routes(samples, FeedPace(60)))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        stop = asyncio.Event()
        serving = asyncio.create_task(serve_http(app, "127.0.0.1", port, stop))
        made = Served(port, session.id, *tokens, desk.now.isoformat())
        while True:
            try:
                (await made.open())[1].close()
                break
            except OSError:
                await asyncio.sleep(0.02)
        yield made
        stop.set()
        await asyncio.wait_for(serving, 20)


async def test_a_flood_is_refused_on_the_connection_that_it_has_and_another_feed_is_taken(served: Served) -> None:
    reader, writer = await served.open()
    codes = []
    for value in range(60):
        body = served.row(value)
        writer.write(served.head(served.loud, len(body)) + body)
        status, head = await answered(reader)
        codes.append(status)
        assert status == 200 or ("retry-after: 1" in head and "keep-alive" in head)
    assert codes == [200] * 6 + [429] * 54
    assert "200 OK" in await served.ask(served.calm)
    writer.close()


async def test_wrong_tokens_in_mass_are_refused_and_a_known_feed_is_not_held_up(served: Served) -> None:
    assert "200 OK" in await served.ask(served.calm)
    codes = [(await served.ask(f"ocf_{n:032}"))[9:12] for n in range(40)]
    assert codes.count("401") <= 20 and codes.count("429") >= 20
    assert "200 OK" in await served.ask(served.calm)


async def test_fifty_megabytes_are_refused_before_they_are_read(served: Served) -> None:
    reader, writer = await served.open()
    writer.write(served.head(served.calm, 50_000_000))
    status, head = await answered(reader)
    assert status == 413 and "connection: close" in head
    assert await reader.read() == b""
    writer.close()


async def test_headers_and_bodies_that_trickle_end(served: Served) -> None:
    reader, writer = await served.open()
    writer.write(b"POST /v1/sessions/x/samples HTTP/1.1\r\nHost: x\r\n")
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await asyncio.wait_for(reader.readexactly(1), 5)
    writer.close()
    reader, writer = await served.open()
    writer.write(served.head(served.calm, 100) + b"{")
    status, head = await answered(reader)
    assert status == 408 and "connection: close" in head
    writer.close()


async def test_somebody_who_takes_their_time_between_requests_is_not_cut_off_within_one(served: Served) -> None:
    reader, writer = await served.open()
    for value in range(3):
        body = served.row(value)
        writer.write(served.head(served.calm, len(body)) + body)
        assert (await answered(reader))[0] == 200
        await asyncio.sleep(0.1)
    writer.close()


async def test_one_address_holds_only_so_many_connections(served: Served) -> None:
    held = [await served.open() for _ in range(30)]
    await asyncio.sleep(0.05)
    closed = sum(reader.at_eof() or reader.exception() is not None for reader, _ in held)
    assert closed == 10
    for _, writer in held:
        writer.close()
    await asyncio.sleep(0.05)
    assert "200 OK" in await served.ask(served.calm)
