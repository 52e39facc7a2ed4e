"""Addresses fetched by the clock: while the session is live, each at its pace, and who hears when nothing comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.build_intake import parsed
from bot.build_metrics import samples_over
from bot.config import BUILT_IN_HANDBOOK
from bot.domain.access import Scope
from bot.domain.audit import Deed
from bot.domain.polling import Answer, Fault
from bot.domain.sessions import LiveSession, Status
from bot.errors import NotFound, Refused
from bot.flows.poll_clock import PollClock
from bot.following import read_reference
from bot.storage.feeds import MetricFeed
from bot.storage.outbox import Outbox
from bot.storage.polls import Polls
from bot.storage.samples import Samples
from tests.office_desk import LEAD, ONE, OPERATOR, OWNER, RIVAL, A, C
from tests.session_desk import Desk, floor

REFERENCE, _ = read_reference(BUILT_IN_HANDBOOK)
URL = "https://board.example.com/live.json?key=s3cret"


@dataclass
class Server:
    """Gives the answers that it is told to, the last one again and again."""

    answers: list[Answer] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    hold: asyncio.Event | None = None

    async def fetch(self, url: str, headers: Mapping[str, str], *, etag: str = "", modified: str = "") -> Answer:
        self.asked.append((url, dict(headers), etag))
        if self.hold is not None:
            await self.hold.wait()
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    async def close(self) -> None:
        return


@dataclass
class Room:
    desk: Desk
    server: Server
    clock: PollClock
    feed: MetricFeed
    session: LiveSession

    async def ticks(self, seconds: float = 0) -> None:
        self.desk.office.clock.advance(seconds=seconds)
        await self.clock.tick(self.desk.now)
        await self.clock.settled()

    async def put(self, person: str = LEAD, feed: str = "", **what: object) -> None:
        actor, scope = await self.desk.office.actor(person), await self.desk.scope(person)
        await self.desk.floor.polls.put(actor, feed or self.feed.id, URL, scope=scope, every=10, **what)  # type: ignore[arg-type]

    async def values(self) -> list[dict[str, float]]:
        found = await Samples(self.desk.office.database).all(self.session.id, scope=Scope(frozenset({A})))
        return [dict(one.values) for one in found]

    async def made(self, **where: str) -> MetricFeed:
        actor, scope = await self.desk.office.actor(LEAD), await self.desk.scope(LEAD)
        return (await self.desk.floor.feeds.add(actor, "大屏", scope=scope, **where))[0]

    async def live(self, session: LiveSession) -> LiveSession:
        on = replace(session, status=Status.LIVE, began_at=self.desk.now, revision=session.revision + 1)
        assert await self.desk.sessions.save(on, None, self.desk.office.entry(Deed.SESSION_BEGUN, ONE, A))
        return on


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with floor(tmp_path) as desk:
        database, gate = desk.office.database, desk.office.office.gate
        samples = samples_over(database, gate, lambda: REFERENCE)
        server = Server([came('{"online_now": 160}')])
        clock = PollClock(Polls(database), desk.sessions, samples, gate, Outbox(database), server, parsed, lambda: None)
        session = await desk.planned(ahead=timedelta(minutes=5))
        made = Room(desk, server, clock, None, session)  # type: ignore[arg-type]
        made.feed = await made.made(session=session.id)
        yield made
        await clock.close()


def came(body: str, etag: str = "") -> Answer:
    return Answer(None, body.encode(), "", etag)


async def test_it_is_fetched_at_its_pace_while_the_session_is_live(room: Room) -> None:
    await room.put(headers={"Authorization": "Bearer s3cret"})
    await room.ticks()
    assert room.server.asked == []
    await room.live(room.session)
    for seconds, count in ((0, 1), (9, 1), (1, 2), (10, 3)):
        await room.ticks(seconds)
        assert len(room.server.asked) == count
    assert room.server.asked[0] == (URL, {"Authorization": "Bearer s3cret"}, "")
    assert await room.values() == [{"online_now": 160}] * 3
    ended = replace(await room.desk.stored(room.session), status=Status.ENDED, revision=3)
    assert await room.desk.sessions.save(ended, None, room.desk.office.entry(Deed.SESSION_ENDED, ONE, A))
    await room.ticks(60)
    assert len(room.server.asked) == 3


async def test_each_form_is_read_and_rows_with_times_are_asked_for_once(room: Room) -> None:
    await room.put()
    await room.live(room.session)
    at = room.desk.now.isoformat()
    wrapped = f'{{"code": 0, "msg": "ok", "data": {{"list": 1, "ts": "{at}", "online_now": 5}}}}'
    room.server.answers = [came(wrapped, '"1"'), Answer(status=304), came(f"ts,online_now,gmv\n{at},6,7\n")]
    for seconds in (0, 10, 10):
        await room.ticks(seconds)
    assert [etag for _, _, etag in room.server.asked] == ["", '"1"', '"1"']
    assert await room.values() == [{"online_now": 5, "gmv": 7}]


async def test_a_slow_address_holds_up_no_other_and_is_not_asked_twice(room: Room) -> None:
    await room.put()
    other = await room.made(team=ONE)
    await room.put(feed=other.id, merchant=A)
    await room.live(room.session)
    room.server.hold = asyncio.Event()
    for _ in range(3):
        room.desk.office.clock.advance(seconds=20)
        await room.clock.tick(room.desk.now)
        await asyncio.sleep(0)
    await asyncio.sleep(0.01)
    assert len(room.server.asked) == 2
    room.server.hold.set()
    await room.clock.settled()


async def test_whoever_set_it_hears_once_when_it_is_refused_and_again_only_after_it_worked(room: Room) -> None:
    await room.put()
    await room.live(room.session)
    refused = Answer(Fault.REFUSED, status=401)
    room.server.answers = [refused]
    with capture_logs() as logs:
        for _ in range(5):
            await room.ticks(400)
    told = [text for chat, text in await room.desk.said() if chat == LEAD and "🔌" in text]
    assert len(told) == 1 and "401/403" in told[0] and "大屏" in told[0] and "s3cret" not in told[0]
    assert [one["event"] for one in logs] == ["poll.failed"] and "s3cret" not in repr(logs)
    stored = (await Polls(room.desk.office.database).of([room.feed.id]))[room.feed.id]
    assert stored.fault is Fault.REFUSED and stored.failed_at is not None
    room.server.answers = [came('{"online_now": 1}'), refused]
    await room.ticks(400)
    assert (await Polls(room.desk.office.database).of([room.feed.id]))[room.feed.id].fault is None
    await room.ticks(400)
    assert len([text for chat, text in await room.desk.said() if "🔌" in text]) == 2


async def test_a_failure_that_may_pass_is_told_only_when_it_lasts(room: Room) -> None:
    await room.put()
    await room.live(room.session)
    room.server.answers = [Answer(Fault.UNREACHABLE)]
    await room.ticks()
    assert not [text for _, text in await room.desk.said() if "🔌" in text]
    asked = len(room.server.asked)
    await room.ticks(10)
    assert len(room.server.asked) == asked  # twice as long after one failure
    for _ in range(4):
        await room.ticks(301)
    assert len([text for _, text in await room.desk.said() if "10 分钟取不到数" in text]) == 1


@pytest.mark.parametrize(
    "body,fault",
    [("<html>", Fault.NO_FIGURES), ("{", Fault.NOT_UNDERSTOOD), ('{"mood": 1}', Fault.NO_FIGURES), ("", Fault.NOT_UNDERSTOOD)],
)
async def test_what_holds_no_figures_is_a_failure(room: Room, body: str, fault: Fault) -> None:
    await room.put()
    await room.live(room.session)
    room.server.answers = [came(body)]
    await room.ticks()
    assert (await Polls(room.desk.office.database).of([room.feed.id]))[room.feed.id].fault is fault
    assert await room.values() == []


async def test_two_sessions_at_once_are_not_guessed_between(room: Room) -> None:
    other = await room.made(team=ONE)
    await room.put(feed=other.id)
    await room.live(room.session)
    second = await room.desk.planned(ahead=timedelta(hours=5), host="小雪")
    await room.live(second)
    await room.ticks()
    assert room.server.asked == [] and await room.values() == []
    assert (await Polls(room.desk.office.database).of([other.id]))[other.id].fault is Fault.AMBIGUOUS


async def test_only_whoever_manages_a_feed_sets_and_stops_and_a_revoked_one_is_not_fetched(room: Room) -> None:
    for person in (OPERATOR, RIVAL):
        with pytest.raises(NotFound):
            await room.put(person)
    with pytest.raises(NotFound):
        await room.put(feed=(await room.made(team=ONE)).id, merchant=C)
    await room.put()
    polls, actor = room.desk.floor.polls, await room.desk.office.actor(OWNER)
    scope = await room.desk.scope(OWNER)
    for url, every in (("ftp://x.example.com/", 10), ("http://10.0.0.1/", 10), (URL, 4), (URL, 61)):
        with pytest.raises(Refused):
            await polls.put(actor, room.feed.id, url, scope=scope, every=every)
    await room.live(room.session)
    await room.desk.floor.feeds.revoke(actor, room.feed.id, scope=scope)
    await room.ticks()
    assert room.server.asked == []
    with pytest.raises(Refused, match="feed_revoked"):
        await room.put()
    await polls.stop(actor, room.feed.id, scope=scope)
    with pytest.raises(Refused, match="no_poll"):
        await polls.stop(actor, room.feed.id, scope=scope)
