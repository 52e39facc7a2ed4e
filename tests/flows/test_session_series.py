"""Live sessions that come back every week: made ahead once, at the same local time, and not again once moved or cancelled."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.domain.access import Scope
from bot.domain.audit import Deed
from bot.domain.rhythm import Rhythm
from bot.domain.sessions import LiveSession, Post, Status
from bot.errors import NotFound, Refused
from tests.office_desk import LEAD, NAMES, ONE, OPERATOR, OWNER, RIVAL, TRAINEE, VIEWER, A
from tests.session_desk import DAY, GROUP, HOUR, Desk, floor

WEEK = 7 * DAY


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with floor(tmp_path) as opened:
        yield opened


async def repeated(desk: Desk, **what: object) -> LiveSession:
    session = await desk.planned(**what)
    return await desk.floor.series.repeat(await desk.office.actor(OPERATOR), session.id, scope=await desk.scope())


async def all_of(desk: Desk) -> list[LiveSession]:
    far = desk.now + 500 * DAY
    return list(await desk.sessions.between(desk.now - 100 * DAY, far, scope=Scope(frozenset({A}))))


async def test_occurrences_are_made_fifteen_days_ahead_and_once(desk: Desk):
    await desk.bind()
    first = await repeated(desk, posts=(Post("中控", TRAINEE),), goal=7)
    found = await all_of(desk)
    assert [one.starts_at - first.starts_at for one in found] == [timedelta(0), WEEK]
    assert found[1].goal == 7 and found[1].posts == first.posts and found[1].chat == first.chat
    assert {one.series for one in found} == {first.series} and found[1].status is Status.PLANNED
    assert await desk.items.known(found[1].id)
    plan = f"planned {NAMES[A]} {first.host} {found[1].starts_at.astimezone(ZoneInfo(found[1].zone)):%d %H:%M}"
    assert [chat for chat, said in await desk.said() if said == plan] == [GROUP, TRAINEE], "the operator let it repeat"
    for _ in range(3):
        await desk.floor.clock.tick()
    assert len(await all_of(desk)) == 2
    desk.office.clock.advance(days=7)
    await desk.floor.clock.tick()
    assert [one.starts_at - first.starts_at for one in await all_of(desk)] == [timedelta(0), WEEK, 2 * WEEK]


async def test_of_what_is_planned_at_once_each_chat_hears_once(desk: Desk):
    """Tomorrow's session comes back in a week and in two: six messages to three chats would be four too many."""
    await desk.bind()
    session = await desk.planned(ahead=20 * HOUR, posts=(Post("中控", TRAINEE), Post("主播", VIEWER)))
    before = len(await desk.said())
    await desk.floor.series.repeat(await desk.office.actor(OPERATOR), session.id, scope=await desk.scope())
    first, second, third = await all_of(desk)
    told = " ".join(["repeated", *(f"{one.starts_at.astimezone(ZoneInfo(one.zone)):%d}" for one in (second, third))])
    assert (await desk.said())[before:] == [(GROUP, told), (TRAINEE, told), (VIEWER, told)]
    assert first.series == second.series == third.series and await desk.items.known(third.id)
    await desk.floor.clock.tick()
    assert len(await desk.said()) == before + 3, "the clock has nothing to add"


async def test_what_was_moved_or_cancelled_is_not_made_again(desk: Desk):
    await repeated(desk)
    second = (await all_of(desk))[1]
    actor, scope = await desk.office.actor(OPERATOR), await desk.scope()
    await desk.floor.desk.change(actor, second.id, scope=scope, starts_at=second.starts_at + HOUR)
    await desk.floor.clock.tick()
    assert len(await all_of(desk)) == 2
    await desk.floor.desk.cancel(actor, second.id, scope=scope)
    await desk.floor.clock.tick()
    assert len(await all_of(desk)) == 2


async def test_a_series_that_is_stopped_makes_nothing_more(desk: Desk):
    first = await repeated(desk)
    actor, scope = await desk.office.actor(OPERATOR), await desk.scope()
    with pytest.raises(Refused, match="repeats_already"):
        await desk.floor.series.repeat(actor, first.id, scope=scope)
    stopped = await desk.floor.series.stop(actor, first.id, scope=scope)
    assert stopped.series == ""
    desk.office.clock.advance(days=30)
    await desk.floor.clock.tick()
    assert len(await all_of(desk)) == 2
    with pytest.raises(Refused, match="repeats_not"):
        await desk.floor.series.stop(actor, first.id, scope=scope)


async def test_the_local_time_stays_when_the_clocks_change(desk: Desk):
    zone = ZoneInfo("America/New_York")  # clocks go forward on the 8th of March 2026
    await desk.floor.ground.rhythms.set(ONE, Rhythm("America/New_York"), desk.office.entry(Deed.SESSION_CHANGED, ONE))
    start = datetime(2026, 3, 4, 20, 0, tzinfo=zone)
    await repeated(desk, ahead=start - desk.now)
    found = await all_of(desk)
    assert [one.starts_at.astimezone(zone).hour for one in found] == [20, 20]
    assert found[1].starts_at - found[0].starts_at.astimezone(UTC) == WEEK - HOUR


async def test_whoever_left_operates_no_occurrence_and_a_closed_merchant_has_none(desk: Desk):
    await repeated(desk)
    await desk.office.people.take(OPERATOR, ONE, None, desk.office.entry(Deed.REMOVED, ONE))
    desk.office.clock.advance(days=7)
    await desk.floor.clock.tick()
    assert (await all_of(desk))[-1].operator in (OWNER, LEAD)
    await desk.office.merchants.close(A, desk.office.entry(Deed.AUTHORISATION_ENDED, ONE, A))
    desk.office.clock.advance(days=7)
    await desk.floor.clock.tick()
    assert len(await all_of(desk)) == 3


@pytest.mark.parametrize("person,met", [(VIEWER, Refused), (TRAINEE, Refused), (RIVAL, NotFound)])
async def test_only_whoever_runs_sessions_repeats_them(desk: Desk, person: str, met: type[Exception]):
    session = await desk.planned()
    other = await repeated(desk, host="阿芳")
    actor, scope = await desk.office.actor(person), await desk.scope(person)
    with pytest.raises(met):
        await desk.floor.series.repeat(actor, session.id, scope=scope)
    with pytest.raises(met):
        await desk.floor.series.stop(actor, other.id, scope=scope)
    assert await desk.floor.series.goes_on(other, scope=scope) == (person != RIVAL)
