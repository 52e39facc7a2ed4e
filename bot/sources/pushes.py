"""Pushing a session that never was to an intake, as a feed would: a few rows every few seconds, each at the moment that it is of.

Sent on what the network may do to a feed: what did not arrive is sent again with what came since, for half a minute.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

STEP = timedelta(seconds=5)
"""Between two requests."""
TRIES = 6
"""Requests in a row that may fail before it is given up: half a minute."""
SECONDS = 10.0
SAMPLES, LINES = "samples", "lines"
_SESSION = re.compile(r"(https?://[^/\s?#]+(?:/[^\s?#]*)?/v1/sessions/[A-Za-z0-9_-]+)(?:/(?:samples|lines))?/?")
_ANSWERS = {401: "token", 404: "no_session", 409: "over"}

Row = Mapping[str, Any]
Sleep = Callable[[float], Awaitable[None]]


class NotTaken(Exception):
    """It was given up. `why` names a sentence, `values` are what stands in it."""

    def __init__(self, why: str, **values: object) -> None:
        super().__init__(why)
        self.why, self.values = why, values


@dataclass(slots=True)
class Pushed:
    """What was taken, by kind."""

    taken: dict[str, int] = field(default_factory=lambda: {SAMPLES: 0, LINES: 0})


def session_url(given: str) -> str:
    """The session's address at an intake, from it or from that of its samples. Raises NotTaken."""
    found = _SESSION.fullmatch(given.strip())
    if found is None:
        raise NotTaken("url")
    return found[1]


def in_step(rows: Sequence[tuple[datetime, Row]], start: datetime, speed: float) -> list[tuple[datetime, Row]]:
    """Rows of a session that began at `start` as they come where time runs so many times as fast, none twice within `STEP`."""
    found: list[tuple[datetime, Row]] = []
    for at, row in rows:
        when = start + (at - start) / speed
        if not found or when - found[-1][0] >= STEP:
            found.append((when, row))
    return found


class Pusher:
    """Pushes to one session with one token. `sleep` waits so many seconds of the clock `now`."""

    def __init__(
        self, url: str, token: str, client: httpx.AsyncClient, now: Callable[[], datetime], sleep: Sleep = asyncio.sleep
    ) -> None:
        self._url, self._client, self._now, self._sleep = url, client, now, sleep
        if not token.isascii():
            raise NotTaken("token")  # no header can hold it, and none that was made here looks so
        self._head = {"Authorization": f"Bearer {token}"}
        self._failed = 0

    async def push(
        self, samples: Sequence[tuple[datetime, Row]], lines: Sequence[tuple[datetime, Row]], began: Callable[[], None]
    ) -> Pushed:
        """Everything by its time, nothing before it; `began` is called when the first row was taken. Raises NotTaken."""
        left = {SAMPLES: list(samples), LINES: list(lines)}
        done, said = Pushed(), False
        while any(left.values()):
            now = self._now()
            for kind, rows in left.items():
                due = [{**row, "ts": at.isoformat()} for at, row in rows if at <= now]
                if due and await self._sent(kind, due, done):
                    del rows[: len(due)]
                    if not said:
                        said = True
                        began()
            if any(left.values()):
                await self._sleep(STEP.total_seconds())
        return done

    async def _sent(self, kind: str, rows: Sequence[Row], done: Pushed) -> bool:
        try:
            answer = await self._client.post(f"{self._url}/{kind}", json=list(rows), headers=self._head)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return await self._failing("unreachable" if done.taken[SAMPLES] == 0 else "lost", error)
        found = _read(answer)
        if answer.status_code in (429, 503):
            return await self._failing("busy", None)
        if answer.status_code != 200 or "accepted" not in found:
            # Only the intake says in its own words that there is no such session: any other server answers 404 as well.
            known = answer.status_code != 404 or found.get("error") == "no_session"
            why = _ANSWERS.get(answer.status_code, "strange") if known and found.get("error") else "strange"
            raise NotTaken(why, status=answer.status_code, rows=done.taken[SAMPLES])
        self._failed = 0
        done.taken[kind] += int(found["accepted"])
        rejected = found.get("rejected")
        if rejected and not found["accepted"] and not found.get("duplicates"):
            raise NotTaken("rejected", reason=rejected[0]["reason"], rows=done.taken[SAMPLES])
        return True

    async def _failing(self, why: str, error: Exception | None) -> bool:
        """Not sent, and perhaps later. What was never reached is not waited for. Raises NotTaken."""
        self._failed += 1
        if why == "unreachable" or self._failed >= TRIES:
            raise NotTaken(why) from error
        return False


def _read(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
