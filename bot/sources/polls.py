"""Fetching what an address gives: a short, small answer from the open internet, or a word for why there is none.

A name is resolved once and what it resolved to is called, so that it cannot mean one thing when it is checked and another when it
is called. Redirects are followed a few times and checked like the first address; the secret headers stay with its host. No
address and no header stands in a log or an error.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Collection, Mapping
from urllib.parse import urljoin, urlsplit

import httpx

from bot.domain.polling import Answer, Fault, forbidden, wrong_in

LARGEST = 2_000_000
SECONDS = 10.0
"""For all of it, redirects too."""
HOPS = 3
_SIGN = "operator-copilot"

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""The IP addresses of a host. Raises OSError."""


async def resolved(host: str, port: int) -> list[str]:
    """What the machine's resolver says, in its order."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


class Fetcher:
    """Fetches. Hosts in `allowed` may be anywhere, also in the network that the copilot stands in."""

    def __init__(self, allowed: Collection[str] = (), resolve: Resolve = resolved, seconds: float = SECONDS) -> None:
        self._allowed = frozenset(allowed)
        self._resolve = resolve
        self._seconds = seconds
        # Without the environment's proxies: they would resolve the name once more, out of our sight.
        self._client = httpx.AsyncClient(timeout=seconds, follow_redirects=False, trust_env=False)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def fetch(self, url: str, headers: Mapping[str, str], *, etag: str = "", modified: str = "") -> Answer:
        """What the address gives now, if it changed since an answer with this `etag` or this date."""
        since = {"If-None-Match": etag} if etag else {"If-Modified-Since": modified} if modified else {}
        try:
            async with asyncio.timeout(self._seconds):
                return await self._follow(url, {**headers, **since})
        except TimeoutError:
            return Answer(Fault.SLOW)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
            return Answer(Fault.SLOW if isinstance(error, httpx.TimeoutException) else Fault.UNREACHABLE)

    async def _follow(self, url: str, headers: Mapping[str, str]) -> Answer:
        sent = dict(headers)
        for _ in range(HOPS + 1):
            if wrong_in(url, self._allowed) is not None:
                return Answer(Fault.FORBIDDEN)
            answer, onward = await self._one(url, sent)
            if not onward:
                return answer
            further = urljoin(url, onward)
            if _origin(further) != _origin(url):
                sent = {}
            url = further
        return Answer(Fault.REDIRECTS)

    async def _one(self, url: str, headers: Mapping[str, str]) -> tuple[Answer, str]:
        """One request; the second is where a redirect leads."""
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)
        found = await self._resolve(host, port)
        # One bad address among good ones is enough: whoever answers so may mean the bad one.
        if not found or (host not in self._allowed and any(forbidden(one) for one in found)):
            return Answer(Fault.FORBIDDEN if found else Fault.UNREACHABLE), ""
        there = f"[{found[0]}]" if ":" in found[0] else found[0]
        named = f"[{host}]" if ":" in host else host
        shown = named if parts.port is None else f"{named}:{port}"
        own = {"Host": shown, "User-Agent": _SIGN, "Accept": "application/json, text/csv", "Accept-Encoding": "identity"}
        called = parts._replace(netloc=f"{there}:{port}", fragment="").geturl()
        request = self._client.build_request(
            "GET", called, headers={**headers, **own}, extensions={"sni_hostname": host} if parts.scheme == "https" else {}
        )
        response = await self._client.send(request, stream=True)
        try:
            return await _read(response)
        finally:
            await response.aclose()


async def _read(response: httpx.Response) -> tuple[Answer, str]:
    status, headers = response.status_code, response.headers
    if status in (301, 302, 303, 307, 308) and headers.get("location"):
        return Answer(), headers["location"]
    if status == 304:
        return Answer(status=304), ""
    if status != 200:
        fault = Fault.REFUSED if status in (401, 403) else Fault.GONE if status in (404, 410) else Fault.STATUS
        return Answer(fault, status=status, wait=_seconds(headers.get("retry-after", ""))), ""
    if headers.get("content-encoding", "identity").lower() not in ("", "identity"):
        return Answer(Fault.COMPRESSED), ""  # a small answer could unpack to a huge one
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) > LARGEST:
            return Answer(Fault.TOO_LARGE), ""
    kind = headers.get("content-type", "")
    return Answer(None, bytes(body), kind, headers.get("etag", ""), headers.get("last-modified", ""), status), ""


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port


def _seconds(asked: str) -> float | None:
    return float(asked) if asked.isascii() and asked.isdigit() and len(asked) < 8 else None
