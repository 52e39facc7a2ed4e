"""Fetches live metrics from addresses, each at its own pace, none in another's way; tells who set one when it fails for good.

What is due is known from rows; in memory there is only what saves work: what the server said it has, how often it failed. In the
owning process only. Knows no HTTP.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.domain.access import team_collection
from bot.domain.messages import text
from bot.domain.outgoing import Kind
from bot.domain.polling import PERMANENT, Answer, Fault, wait
from bot.domain.sample_rows import MOST_FIELDS, TIME
from bot.domain.sessions import LiveSession, Status
from bot.errors import CopilotError, NotFound, Refused, StorageError
from bot.flows.access import Gate
from bot.flows.samples import SampleDesk
from bot.flows.words import say
from bot.storage.feeds import MetricFeed
from bot.storage.outbox import Outbox
from bot.storage.polls import Polls, StoredPoll
from bot.storage.sessions import Sessions

log = structlog.get_logger(__name__)

EARLY = timedelta(days=1)
"""How long before its time a session may be live."""
LASTING = timedelta(minutes=10)
"""What has failed for so long is told as well, whatever the reason."""
NOTED_EVERY = timedelta(minutes=1)
"""How often it is written down that something came."""
AT_ONCE = 20


class Fetch(Protocol):
    """Fetches an address."""

    async def fetch(self, url: str, headers: Mapping[str, str], *, etag: str = "", modified: str = "") -> Answer:
        """What it gives now; never raises."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


Parse = Callable[[bytes, str], tuple[list[object], bool]]
"""A body and its content type as rows, and whether their numbers are text. Raises ValueError."""


@dataclass(slots=True)
class _State:
    """One address since it was set: when it is due, how often in a row it failed, what the server said of its last answer."""

    set_at: datetime
    due: datetime
    failures: int = 0
    etag: str = ""
    modified: str = ""
    fault: Fault | None = None
    noted: datetime | None = None


@dataclass(slots=True)
class PollClock:
    """`tick` starts what is due and waits for none of it; `close` ends what is under way."""

    polls: Polls
    sessions: Sessions
    desk: SampleDesk
    gate: Gate
    outbox: Outbox
    fetch: Fetch
    parse: Parse
    notify: Callable[[], None]
    _states: dict[str, _State] = field(default_factory=dict)
    _running: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def tick(self, now: datetime) -> None:
        """Fetch for every feed whose session is live, where its time has come."""
        found = await self.polls.in_force()
        for gone in self._states.keys() - {one.poll.feed for one, _ in found}:
            self._states.pop(gone)
        if not found:
            return
        live = [one for one in await self.sessions.open_at(now, reach=EARLY) if one.status is Status.LIVE]
        for stored, feed in found:
            state = self._states.get(feed.id)
            if state is None or state.set_at != stored.set_at:
                state = self._states[feed.id] = _State(stored.set_at, now)
            of = [one for one in live if _meant(one, feed, stored)]
            if of and state.due <= now and feed.id not in self._running:
                self._start(self._once(stored, feed, of, state), feed.id)

    async def close(self) -> None:
        """End what is under way, and close the connections."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.fetch.close()

    async def settled(self) -> None:
        """Wait for what is under way."""
        await asyncio.gather(*self._running.values())

    def _start(self, work: Awaitable[None], feed: str) -> None:
        async def run() -> None:
            try:
                async with self._room:
                    await work
            except CopilotError as error:
                # Nothing is lost: the next fetch brings the figures of then.
                log.error("poll.not_stored", feed=feed, error=str(error))
            finally:
                self._running.pop(feed, None)

        self._running[feed] = asyncio.create_task(run(), name=f"poll {feed}")

    async def _once(self, stored: StoredPoll, feed: MetricFeed, of: list[LiveSession], state: _State) -> None:
        poll = stored.poll
        fault: Fault | None
        asked: float | None
        if len(of) > 1:
            fault, asked, status = Fault.AMBIGUOUS, None, 0
        else:
            answer = await self.fetch.fetch(poll.url, poll.headers, etag=state.etag, modified=state.modified)
            asked, status = answer.wait, answer.status
            fault = answer.fault or await self._take(answer, feed, of[0], state)
        state.failures = state.failures + 1 if fault else 0
        now = self.gate.now()
        state.due = now + wait(poll.every, state.failures, asked if fault else None)
        if fault:
            await self._failed(stored, feed, fault, status, state, now)
        elif state.fault or state.noted is None or now - state.noted >= NOTED_EVERY:
            state.fault, state.noted = None, now
            await self.polls.came(stored, now)

    async def _take(self, answer: Answer, feed: MetricFeed, session: LiveSession, state: _State) -> Fault | None:
        """Put in what came; next time it is asked whether that has changed, where rows have times of their own."""
        if answer.body is None:
            return None
        now = self.gate.now()
        try:
            rows, as_text = await asyncio.to_thread(self.parse, answer.body, answer.kind)
            reading = self.desk.sources(feed.source) if feed.source else None
            dated, timeless = _dated(rows, reading.is_time if reading else lambda name: name == TIME, now)
            found = await asyncio.to_thread(self.desk.read, session, dated, feed.source, text=as_text)
            if not found.samples:
                return Fault.NO_FIGURES
            await self.desk.session(feed, session.id)  # its merchant may be closed meanwhile
            await self.desk.take(session, found, feed=feed.id)
        except ValueError:
            return Fault.NOT_UNDERSTOOD
        except NotFound as error:
            return Fault.NO_SOURCE if str(error) == "no_source" else None
        except Refused:
            return None  # it is over just now
        state.etag, state.modified = ("", "") if timeless else (answer.etag, answer.modified)
        return None

    async def _failed(
        self, stored: StoredPoll, feed: MetricFeed, fault: Fault, status: int, state: _State, now: datetime
    ) -> None:
        """Write down what is new about it, and tell whoever set it, once until something comes again."""
        kept = (await self.polls.of([feed.id])).get(feed.id)
        if kept is None or kept.set_at != stored.set_at:
            return
        lasting = kept.failed_at is not None and now - kept.failed_at >= LASTING
        tell = kept.told_at is None and (fault in PERMANENT or lasting)
        if kept.fault is not fault:
            log.warning("poll.failed", feed=feed.id, fault=fault.value, status=status)
        if kept.fault is not fault or tell:
            await self.polls.failed(kept, fault, now, told=tell)
        state.fault = fault
        if tell:
            await self._tell(stored, feed, fault, now)

    async def _tell(self, stored: StoredPoll, feed: MetricFeed, fault: Fault, now: datetime) -> None:
        if stored.set_by.startswith(("terminal:", "local:")):
            return  # it stands in the log and in `copilot feeds`
        language = (await self.gate.people.languages(stored.set_by)).get(stored.set_by, "")
        said = text(say(f"poll_{fault.value}", language).format(name=feed.name))
        channel = stored.set_by.partition(":")[0]
        key = f"poll:{feed.id}:{stored.set_at.timestamp():.0f}:{now.timestamp():.0f}"
        try:
            await self.outbox.add(
                key, channel, stored.set_by, said, kind=Kind.NOTICE, now=now, collections=[team_collection(feed.team)]
            )
        except StorageError as error:
            log.error("poll.not_told", feed=feed.id, error=str(error))
        else:
            self.notify()


def _meant(session: LiveSession, feed: MetricFeed, stored: StoredPoll) -> bool:
    """Whether the figures of an address are those of a live session, as far as feed and address say."""
    if feed.session:
        return session.id == feed.session
    return session.team == feed.team and stored.poll.merchant in ("", session.merchant)


def _dated(rows: list[object], is_time: Callable[[str], bool], now: datetime) -> tuple[list[object], bool]:
    """A single row without a time is of this moment: boards give what is now. Says whether that was so."""
    row = rows[0] if len(rows) == 1 else None
    if not isinstance(row, Mapping) or len(row) > MOST_FIELDS:
        return rows, False
    if any(is_time(str(name)) and cell not in (None, "") for name, cell in row.items()):
        return rows, False
    return [{TIME: now.isoformat(), **{name: cell for name, cell in row.items() if not is_time(str(name))}}], True
