"""Fetching from a server on this machine: what comes, what does not and why, and what is never called."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.domain.polling import Fault, UrlWrong, forbidden, wait, wrong_headers, wrong_in
from bot.sources.polls import LARGEST, Fetcher


@dataclass
class Board:
    """A server that notes what it was asked."""

    port: int = 0
    asked: list[dict[str, str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def url(self, path: str, host: str = "board.test") -> str:
        return f"http://{host}:{self.port}{path}"

    async def resolve(self, host: str, port: int) -> list[str]:
        self.names.append(host)
        return {"board.test": ["127.0.0.1"], "other.test": ["127.0.0.1"], "mixed.test": ["93.184.216.34", "10.0.0.7"]}[host]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append({name.lower(): value for name, value in request.headers.items()})
        path = request.path
        if path == "/live":
            if request.headers.get("if-none-match") == '"7"':
                return web.Response(status=304)
            return web.Response(text='{"online_now": 7}', content_type="application/json", headers={"ETag": '"7"'})
        if path == "/huge":
            return web.Response(body=b" " * (LARGEST + 1))
        if path == "/zipped":
            return web.Response(body=gzip.compress(b"{}"), headers={"Content-Encoding": "gzip"})
        if path == "/slow":
            await asyncio.sleep(30)
        if path.startswith("/to/"):
            return web.Response(status=302, headers={"Location": request.query["at"]})
        status = int(path.removeprefix("/status/"))
        return web.Response(status=status, headers={"Retry-After": "120"} if status == 429 else {})


@pytest.fixture
async def board() -> AsyncIterator[Board]:
    made = Board()
    app = web.Application()
    app.router.add_get("/{path:.*}", made.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.port = runner.addresses[0][1]
    yield made
    await runner.cleanup()


@pytest.fixture
async def fetcher(board: Board) -> AsyncIterator[Fetcher]:
    made = Fetcher({"board.test"}, board.resolve, seconds=3)
    yield made
    await made.close()


async def test_what_is_there_comes_with_our_header_and_is_not_sent_again_unchanged(board: Board, fetcher: Fetcher) -> None:
    first = await fetcher.fetch(board.url("/live"), {"Authorization": "Bearer s3cret"})
    assert (first.fault, first.body, first.etag) == (None, b'{"online_now": 7}', '"7"')
    assert board.asked[0]["authorization"] == "Bearer s3cret" and board.asked[0]["host"] == f"board.test:{board.port}"
    again = await fetcher.fetch(board.url("/live"), {}, etag=first.etag)
    assert (again.fault, again.body, again.status) == (None, None, 304)


@pytest.mark.parametrize(
    "path,fault",
    [
        ("/status/401", Fault.REFUSED), ("/status/403", Fault.REFUSED), ("/status/404", Fault.GONE), ("/status/410", Fault.GONE),
        ("/status/500", Fault.STATUS), ("/status/429", Fault.STATUS), ("/huge", Fault.TOO_LARGE), ("/zipped", Fault.COMPRESSED),
        ("/slow", Fault.SLOW), ("/to/?at=/to/%3Fat%3D/to/", Fault.STATUS),
    ],
)  # fmt: skip
async def test_each_failure_has_its_name(board: Board, fetcher: Fetcher, path: str, fault: Fault) -> None:
    if path.startswith("/to/"):
        path, fault = "/to/?at=" + board.url("/to/").replace(":", "%3A") + "%3Fat%3D/status/404", Fault.GONE
    found = await fetcher.fetch(board.url(path), {})
    assert (found.fault, found.body) == (fault, None)
    assert found.wait == (120 if path == "/status/429" else None)


async def test_nobody_listening_is_said_and_nothing_is_logged_of_the_address(board: Board) -> None:
    fetcher = Fetcher({"127.0.0.1"}, seconds=0.5)
    with capture_logs() as logs:
        found = await fetcher.fetch("http://127.0.0.1:9/x?key=s3cret", {"X-Key": "s3cret"})
    assert found.fault is Fault.UNREACHABLE and logs == [] and "s3cret" not in repr(found)
    await fetcher.close()


async def test_a_name_is_resolved_once_and_one_bad_address_is_enough(board: Board, fetcher: Fetcher) -> None:
    assert (await fetcher.fetch(board.url("/live"), {})).fault is None
    assert board.names == ["board.test"]
    assert (await fetcher.fetch("http://mixed.test/", {})).fault is Fault.FORBIDDEN
    assert (await fetcher.fetch(board.url("/live", "other.test"), {})).fault is Fault.FORBIDDEN
    assert len(board.asked) == 1


@pytest.mark.parametrize("target", ["http://169.254.169.254/latest", "http://other.test:{port}/live", "file:///etc/passwd"])
async def test_a_redirect_into_the_network_is_not_followed(board: Board, fetcher: Fetcher, target: str) -> None:
    found = await fetcher.fetch(board.url(f"/to/?at={target.format(port=board.port)}"), {})
    assert found.fault is Fault.FORBIDDEN and len(board.asked) == 1


async def test_a_redirect_elsewhere_does_not_take_the_secret_along_and_a_circle_ends(board: Board) -> None:
    fetcher = Fetcher({"board.test", "other.test"}, board.resolve)
    there = board.url("/live", "other.test")
    found = await fetcher.fetch(board.url(f"/to/?at={there}"), {"Authorization": "Bearer s3cret"})
    assert found.body == b'{"online_now": 7}'
    assert ["authorization" in one for one in board.asked] == [True, False]
    circle = board.url("/to/?at=/to/")
    board.asked.clear()
    looped = await fetcher.fetch(circle.replace("at=/to/", "at=" + board.url("/to/%3Fat=/to/")), {})
    assert looped.fault in (Fault.REDIRECTS, Fault.STATUS, Fault.UNREACHABLE) and len(board.asked) <= 4
    await fetcher.close()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1",
        "ff02::1",
    ],
)  # fmt: skip
def test_no_address_of_a_private_network_may_be_called(address: str) -> None:
    assert forbidden(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822"])
def test_addresses_of_the_open_internet_may(address: str) -> None:
    assert not forbidden(address)


@pytest.mark.parametrize(
    "url,wrong",
    [
        ("https://board.example.com/live.json?key=1", None),
        ("http://93.184.216.34:8080/x", None),
        ("ftp://board.example.com/x", UrlWrong.URL),
        ("board.example.com/x", UrlWrong.URL),
        ("https://", UrlWrong.URL),
        ("https://例子.com/x", UrlWrong.URL),
        ("https://board.example.com/a b", UrlWrong.URL),
        ("https://board.example.com:99999/", UrlWrong.URL),
        ("https://me:pw@board.example.com/", UrlWrong.USER),
        ("http://localhost/", UrlWrong.FORBIDDEN),
        ("http://127.0.0.1/", UrlWrong.FORBIDDEN),
        ("http://2130706433/", UrlWrong.FORBIDDEN),
        ("http://0x7f.1/", UrlWrong.FORBIDDEN),
        ("http://0177.0.0.1/", UrlWrong.FORBIDDEN),
        ("http://[::ffff:127.0.0.1]/", UrlWrong.FORBIDDEN),
        ("http://metadata.google.internal/", UrlWrong.FORBIDDEN),
    ],
)
def test_an_address_is_looked_at_when_it_is_set(url: str, wrong: UrlWrong | None) -> None:
    assert wrong_in(url) is wrong


def test_a_host_that_the_settings_name_may_be_anywhere() -> None:
    assert wrong_in("http://10.0.0.5/x", {"10.0.0.5"}) is None


def test_headers_that_could_change_the_request_are_refused() -> None:
    assert not wrong_headers({"Authorization": "Bearer x", "X-Key": "1"})
    for bad in ({"Host": "x"}, {"A": "b\r\nC: d"}, {"": "x"}, {"密钥": "x"}, {"A": "密"}, {f"X{n}": "1" for n in range(6)}):
        assert wrong_headers(bad)


def test_failures_are_waited_out_longer_and_longer() -> None:
    assert [wait(10, n).total_seconds() for n in (0, 1, 2, 3, 20)] == [10, 20, 40, 80, 300]
    assert wait(10, 1, 120).total_seconds() == 120 and wait(10, 1, 10**9).total_seconds() == 3600
