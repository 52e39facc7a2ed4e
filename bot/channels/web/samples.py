"""POST /v1/sessions/{id}/samples and …/lines: live metrics, and words from the room, from whoever has a feed's token.

Parse, one call to the flow, answer.

Refused from the cheapest to the dearest: the pace before anything is looked at, then the token, the session, the size, the form.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.web.feed_pace import FeedPace
from bot.channels.web.openapi import LINES, OPENAPI, SAMPLES
from bot.channels.web.sample_bodies import LARGEST, SECONDS, NotUnderstood, TooLarge, TooSlow, complete, read_body, rows_of
from bot.domain.lines import MOST
from bot.domain.sample_rows import TIME
from bot.domain.sessions import LiveSession
from bot.errors import NotFound, Refused, StorageError
from bot.flows.listening import ListeningDesk
from bot.flows.samples import Report, SampleDesk
from bot.storage.feeds import MetricFeed, digest

log = structlog.get_logger(__name__)

Work = Callable[[bytes, str, MetricFeed, LiveSession], Awaitable[Report]]
"""A body, its type, whose it is and which session it is for -> what its rows came to."""
LISTED = 1_000
"""Rejections that one answer lists; of the others it says how many there are."""
_LONGEST_TOKEN = 200
_LITTLE = 65_536
"""Bytes of a body that is not read which are thrown away sooner than a connection is made anew."""


class No(Exception):
    """The whole request is refused. `cause` is a word for programs, `says` a sentence for whoever writes the feed."""

    def __init__(self, status: int, cause: str, says: str, **headers: str) -> None:
        super().__init__(cause)
        self.status, self.cause, self.says = status, cause, says
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    @property
    def response(self) -> Response:
        """It as an answer. What of the body is unread is not read any more: the connection ends."""
        return JSONResponse({"error": self.cause, "message": self.says}, self.status, {"Connection": "close", **self.headers})


def sample_routes(desk: SampleDesk, pace: FeedPace, listening: ListeningDesk | None = None) -> list[Route]:
    """The intake and its description; words from the room are taken where somebody listens."""

    async def samples(raw: bytes, kind: str, feed: MetricFeed, session: LiveSession) -> Report:
        reading = desk.reading(feed.source, {})
        # Beside the event loop: a large body takes a moment, and a card that is due must not wait for it.
        body = await asyncio.to_thread(lambda: complete(rows_of(raw, kind), reading.times, reading.is_time))
        rows = await asyncio.to_thread(desk.read, session, body.rows, feed.source, text=body.text)
        return await desk.take(session, rows, feed=feed.id)

    async def described(_: Request) -> Response:
        return JSONResponse(OPENAPI)

    return [
        Route(SAMPLES, _answering(_Intake(desk, pace, samples).post), methods=["POST"]),
        *([Route(LINES, _answering(_Intake(desk, pace, _lines(listening)).post), methods=["POST"])] if listening else []),
        Route("/v1/openapi.json", described, methods=["GET"]),
    ]


def _lines(listening: ListeningDesk) -> Work:
    async def lines(raw: bytes, kind: str, feed: MetricFeed, session: LiveSession) -> Report:
        body = await asyncio.to_thread(lambda: complete(rows_of(raw, kind, "lines"), (TIME,), TIME.__eq__))
        if (many := len(body.rows)) > MOST:
            raise No(413, "too_many", f"The body has {many} rows; {MOST} is the most. Send them in several requests.")
        rows = await asyncio.to_thread(listening.read, session, body.rows)
        return await listening.take(session, rows, feed=feed.id)

    return lines


def _answering(work: Callable[[Request], Awaitable[dict[str, Any]]]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            return JSONResponse(await work(request))
        except No as no:
            return no.response
        except StorageError as error:
            log.error("samples.not_stored", error=str(error))
            return No(503, "not_stored", "Not all was stored. Send the same rows again later.", Retry_After="5").response

    return answer


class _Intake:
    """Takes one request after the other; `work` is what is done with a body that was read."""

    def __init__(self, desk: SampleDesk, pace: FeedPace, work: Work) -> None:
        self._desk, self._pace, self._work = desk, pace, work

    async def post(self, request: Request) -> dict[str, Any]:
        feed = await self._feed(request)
        session = None
        try:
            session = await self._session(feed, str(request.path_params["id"]))
            report = await self._taken(request, feed, session)
        except No as no:
            log.warning("samples.refused", status=no.status, cause=no.cause, feed=feed.id, session=session.id if session else "")
            raise
        return _answer(report)

    async def _feed(self, request: Request) -> MetricFeed:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        token = token.strip() if kind.lower() == "bearer" and len(token) <= _LONGEST_TOKEN else ""
        address = request.client.host if request.client else ""
        known = digest(token)
        if waits := self._pace.wait(known, address, self._desk.now()):
            seconds = str(max(1, math.ceil(waits.total_seconds())))
            raise No(429, "too_often", "Too many requests. Send several rows in one.", Retry_After=seconds, **_open(request))
        feed = await self._desk.feed(token) if token else None
        if feed is None:
            self._pace.closed(known)
            log.warning("samples.refused", status=401, cause="no_such_token" if token else "no_token")
            raise No(401, "no_such_token", "Send a feed's token: Authorization: Bearer ocf_…", WWW_Authenticate="Bearer")
        self._pace.opened(known, feed.id)
        return feed

    async def _session(self, feed: MetricFeed, id: str) -> LiveSession:
        try:
            return await self._desk.session(feed, id)
        except NotFound:
            raise No(404, "no_session", "There is no such session for this feed.") from None
        except Refused:
            raise No(409, "session_over", "The session is over and takes nothing more.") from None

    async def _taken(self, request: Request, feed: MetricFeed, session: LiveSession) -> Report:
        if request.headers.get("content-encoding", "identity").lower() not in ("identity", ""):
            raise No(415, "compressed", "Send the body uncompressed.")
        try:
            raw = await read_body(request.stream(), request.headers.get("content-length", ""))
            return await self._work(raw, request.headers.get("content-type", ""), feed, session)
        except TooLarge:
            raise No(413, "too_large", f"The body is larger than {LARGEST} bytes. Send fewer rows at once.") from None
        except TooSlow:
            raise No(408, "too_slow", f"The body was not there after {SECONDS:g} seconds.") from None
        except ClientDisconnect:
            raise No(400, "cut_off", "The body ended before its end.") from None
        except NotUnderstood as error:
            raise No(400, error.cause, str(error)) from None
        except NotFound:
            raise No(409, "no_source", f"The mapping {feed.source} of this feed is not in the handbook any more.") from None
        except Refused:
            raise No(409, "session_over", "The session is over and takes nothing more.") from None


def _open(request: Request) -> dict[str, str]:
    """Keep the connection where little is left to read on it: a flood costs less on few connections than on ever new ones."""
    announced = request.headers.get("content-length", "")
    return {"Connection": "keep-alive"} if announced.isdecimal() and int(announced) <= _LITTLE else {}


def _answer(report: Report) -> dict[str, Any]:
    listed = [{"row": one.row, "field": one.field, "reason": one.reason.value} for one in report.rejected[:LISTED]]
    answer: dict[str, Any] = {"accepted": report.accepted, "duplicates": report.duplicates, "rejected": listed}
    more = len(report.rejected) - len(listed)
    return answer | ({"rejected_more": more} if more else {})
