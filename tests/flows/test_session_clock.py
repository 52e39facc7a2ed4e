"""What time does to live sessions: the gate, what the operator is asked, what is ended for them; each once, also after a kill."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.domain.audit import Deed
from bot.domain.sessions import LiveSession, Status
from bot.errors import Refused
from bot.storage.outbox import Outbox
from bot.storage.session_tables import sessions
from bot.storage.tables import outbox
from tests.office_desk import LEAD, ONE, OPERATOR, OWNER, A
from tests.session_desk import DAY, GROUP, HOUR, Desk, floor


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with floor(tmp_path) as opened:
        yield opened


async def begun(desk: Desk, ahead: timedelta = HOUR) -> LiveSession:
    session = await desk.planned(ahead=ahead)
    actor, scope = await desk.office.actor(OPERATOR), await desk.scope()
    return await desk.floor.running.begin(actor, session.id, scope=scope, override_reason="先播")


async def ticked(desk: Desk, word: str) -> list[tuple[str, str]]:
    """After a tick, and another: what was said that begins so."""
    await desk.floor.clock.tick()
    await desk.floor.clock.tick()
    return [(chat, said) for chat, said in await desk.said() if said.startswith(word)]


async def sent(desk: Desk) -> None:
    """Everything that was written down has arrived."""
    store = Outbox(desk.office.database)
    for number, item in enumerate(await store.due(now=desk.now, limit=100), 1):
        await store.claim(item.id, now=desk.now)
        await store.sent(item.id, [item.id * 10 + number], now=desk.now)


async def test_the_gate_opens_half_an_hour_before_for_the_operator_and_the_leads(desk: Desk):
    await desk.planned(ahead=HOUR)
    assert await ticked(desk, "gate") == []
    desk.office.clock.advance(minutes=31)
    assert sorted(await ticked(desk, "gate")) == [(OWNER, "gate B01,B02"), (LEAD, "gate B01,B02"), (OPERATOR, "gate B01,B02")]


async def test_with_nothing_missing_the_operator_alone_hears_so(desk: Desk):
    session = await desk.planned(ahead=HOUR)
    await desk.done(session, "B01", "B02")
    desk.office.clock.advance(minutes=31)
    assert await ticked(desk, "gate") == [(OPERATOR, "gate ")]


async def test_the_gate_is_drawn_again_when_something_is_settled(desk: Desk):
    session = await desk.planned(ahead=HOUR)
    desk.office.clock.advance(minutes=31)
    await desk.floor.clock.tick()
    await sent(desk)
    scope = await desk.scope()
    await desk.floor.desk.change(await desk.office.actor(OPERATOR), session.id, scope=scope, goal=9)
    await desk.done(session, "B01")
    edits = [one for one in await ticked(desk, "gate B02")]
    assert sorted(chat for chat, _ in edits) == sorted([OWNER, LEAD, OPERATOR])
    async with desk.office.database.read() as db:
        found = (await db.execute(select(outbox).where(outbox.c.edit_of.is_not(None)))).all()
    assert len(found) == 3 and {tuple(row.collections) for row in found} == {(f"merchant-{A}",)}


async def test_a_moved_session_has_a_gate_of_its_own(desk: Desk):
    session = await desk.planned(ahead=HOUR)
    desk.office.clock.advance(minutes=31)
    assert len(await ticked(desk, "gate")) == 3
    scope = await desk.scope()
    moved = session.starts_at + 2 * HOUR
    await desk.floor.desk.change(await desk.office.actor(OPERATOR), session.id, scope=scope, starts_at=moved)
    assert len(await ticked(desk, "gate")) == 3
    desk.office.clock.advance(hours=2)
    assert len(await ticked(desk, "gate")) == 6


async def test_a_session_that_nobody_started_is_asked_about_once(desk: Desk):
    await desk.planned(ahead=HOUR)
    desk.office.clock.advance(minutes=74)
    assert await ticked(desk, "not begun") == []
    desk.office.clock.advance(minutes=1)
    assert await ticked(desk, "not begun") == [(OPERATOR, "not begun?")]
    desk.office.clock.advance(hours=3)
    assert await ticked(desk, "not begun") == [(OPERATOR, "not begun?")]


async def test_after_a_long_standstill_nobody_is_asked_about_the_day_before(desk: Desk):
    await desk.planned(ahead=HOUR)
    desk.office.clock.advance(hours=20)
    assert await ticked(desk, "not begun") == [] == await ticked(desk, "gate")


async def test_a_session_that_runs_over_is_asked_about_and_ended_at_last(desk: Desk):
    await desk.bind()
    live = await begun(desk)
    desk.office.clock.advance(hours=3, minutes=29)
    assert await ticked(desk, "not ended") == []
    desk.office.clock.advance(minutes=1)
    assert await ticked(desk, "not ended") == [(OPERATOR, "not ended?")]
    desk.office.clock.advance(hours=5)
    assert await ticked(desk, "not ended") == [(OPERATOR, "not ended?")]
    assert (await desk.stored(live)).status is Status.LIVE
    desk.office.clock.advance(minutes=30)
    assert sorted(await ticked(desk, "ended late")) == [(GROUP, "ended late"), (OPERATOR, "ended late")]
    stored = await desk.stored(live)
    assert (stored.status, stored.ended_at) == (Status.ENDED, desk.now)
    items = {one.id: one for one in await desk.items.known(live.id)}
    assert items["A01"].push_at is not None
    trail = await desk.office.trail.entries(access=(await desk.office.actor(OWNER)).access, team=ONE)
    assert next(one.person for one in trail if one.deed is Deed.SESSION_ENDED) == "clock"


async def test_only_a_running_session_goes_on(desk: Desk):
    session = await desk.planned(ahead=HOUR)
    actor, scope = await desk.office.actor(OPERATOR), await desk.scope()
    with pytest.raises(Refused, match="session_not_live"):
        await desk.floor.running.goes_on(actor, session.id, scope=scope)


async def test_whoever_says_that_it_goes_on_has_its_lists_again(desk: Desk):
    live = await begun(desk)
    desk.office.clock.advance(hours=3, minutes=40)
    reports = [one for one in await desk.items.known(live.id) if one.id == "D02"]
    assert {one.push_at is None for one in reports if one.due_at >= live.ends_at + timedelta(minutes=30)} == {True}
    actor, scope = await desk.office.actor(OPERATOR), await desk.scope()
    await desk.floor.running.goes_on(actor, live.id, scope=scope)
    again = [one for one in await desk.items.known(live.id) if one.id == "D02" and one.due_at > desk.now]
    assert [one.push_at for one in again if one.push_at] == [desk.now + timedelta(minutes=20 + 30 * n) for n in range(4)]


async def test_of_a_merchant_that_is_closed_nobody_hears_but_what_runs_is_ended(desk: Desk):
    live = await begun(desk)
    await desk.planned(ahead=2 * HOUR, host="阿芳")
    await desk.office.merchants.close(A, desk.office.entry(Deed.AUTHORISATION_ENDED, ONE, A))
    desk.office.clock.advance(hours=2, minutes=20)
    assert await ticked(desk, "not begun") == [] == await ticked(desk, "gate")
    desk.office.clock.advance(hours=8)
    await desk.floor.clock.tick()
    assert (await desk.stored(live)).status is Status.ENDED


async def test_drafts_that_nobody_confirms_are_forgotten_after_a_day(desk: Desk):
    actor = await desk.office.actor(OPERATOR)
    await desk.floor.desk.draft(actor, A, desk.now + 5 * DAY)
    kept = await desk.planned(ahead=5 * DAY)
    desk.office.clock.advance(hours=23)
    await desk.floor.clock.tick()
    async with desk.office.database.read() as db:
        assert len((await db.scalars(select(sessions.c.id))).all()) == 2
    desk.office.clock.advance(hours=2)
    await desk.floor.clock.tick()
    async with desk.office.database.read() as db:
        assert (await db.scalars(select(sessions.c.id))).all() == [kept.id]


async def test_whoever_cannot_be_written_to_is_left_out(desk: Desk):
    await desk.planned(ahead=HOUR)
    await desk.chats.gone(LEAD, "blocked", desk.now)
    desk.office.clock.advance(minutes=31)
    assert sorted(chat for chat, _ in await ticked(desk, "gate")) == sorted([OWNER, OPERATOR])
