"""Every public method of the desks of live sessions, called by those who have no business there."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.domain.access import Scope
from bot.domain.order_rows import mark_of
from bot.domain.running_order import OrderLine, RunningOrder
from bot.domain.sessions import LiveSession
from bot.errors import NotFound, Refused
from bot.flows.access import Actor
from bot.flows.running import Running
from bot.flows.session_calendar import CalendarDesk
from bot.flows.session_orders import OrderDesk
from bot.flows.session_series import SeriesDesk
from bot.flows.sessions import SessionDesk
from bot.storage.tables import metadata
from tests.office_desk import NAMES, OPERATOR, RIVAL, STRANGER, VIEWER, A
from tests.session_desk import DAY, HOUR, Desk, floor

ZONE = ZoneInfo("Asia/Shanghai")
Call = Callable[[Desk, Actor, LiveSession, Scope], Awaitable[object]]
GONE, NO = NotFound, Refused


def same(stranger: object, viewer: object) -> dict[str, object]:
    """What a stranger and a member of another team meet alike, and what a viewer of the merchant does."""
    return {STRANGER: stranger, RIVAL: stranger, VIEWER: viewer}


async def next_of(desk: Desk, actor: Actor, session: LiveSession, scope: Scope) -> object:
    return desk.floor.desk.next_of(await desk.floor.desk.open(scope=scope))


async def missing(desk: Desk, actor: Actor, session: LiveSession, scope: Scope) -> object:
    return (await desk.floor.running.missing(session, scope=scope))[0]


async def stored_order(desk: Desk, actor: Actor, session: LiveSession, scope: Scope) -> object:
    return (await desk.floor.orders.of(session, scope=scope)).lines


DESK: dict[str, tuple[Call, dict[str, object]]] = {
    "draft": (lambda d, a, s, w: d.floor.desk.draft(a, A, d.now + DAY), same(GONE, NO)),
    "plan": (lambda d, a, s, w: d.floor.desk.plan(a, A, d.now + DAY), same(GONE, NO)),
    "confirm": (lambda d, a, s, w: d.floor.desk.confirm(a, s.id, scope=w), same(GONE, NO)),
    "change": (lambda d, a, s, w: d.floor.desk.change(a, s.id, scope=w, goal=5), same(GONE, NO)),
    "cancel": (lambda d, a, s, w: d.floor.desk.cancel(a, s.id, scope=w), same(GONE, NO)),
    "one": (lambda d, a, s, w: d.floor.desk.one(a, s.id, scope=w), same(GONE, "小雨")),
    "items": (lambda d, a, s, w: d.floor.desk.items(s, scope=w), same("", "B01")),
    "today": (lambda d, a, s, w: d.floor.desk.today(scope=w, zone=ZONE), same("", "小雨")),
    "week": (lambda d, a, s, w: d.floor.desk.week(scope=w, zone=ZONE), same("", "小雨")),
    "open": (lambda d, a, s, w: d.floor.desk.open(scope=w), same("", "小雨")),
    "next_of": (next_of, same("", "小雨")),
    "of_chat": (lambda d, a, s, w: d.floor.desk.of_chat(s.chat, None, scope=w), same("", "小雨")),
    "as_last_time": (lambda d, a, s, w: d.floor.desk.as_last_time(a, s.id, scope=w), same(GONE, NO)),
}
RUNNING: dict[str, tuple[Call, dict[str, object]]] = {
    "begin": (lambda d, a, s, w: d.floor.running.begin(a, s.id, scope=w, override_reason="x"), same(GONE, NO)),
    "end": (lambda d, a, s, w: d.floor.running.end(a, s.id, scope=w), same(GONE, NO)),
    "goes_on": (lambda d, a, s, w: d.floor.running.goes_on(a, s.id, scope=w), same(GONE, NO)),
    "missing": (missing, same("", "B01")),
}
ORDER = RunningOrder((OrderLine(1, "雨伞", Decimal(9)),))
ORDERS: dict[str, tuple[Call, dict[str, object]]] = {
    "hold": (lambda d, a, s, w: d.floor.orders.hold(a, s.id, ORDER, scope=w), same(GONE, NO)),
    "keep": (lambda d, a, s, w: d.floor.orders.keep(a, s.id, seen="0" * 8, scope=w), same(GONE, NO)),
    "of": (stored_order, same("", "雨衣")),
}
SERIES: dict[str, tuple[Call, dict[str, object]]] = {
    "repeat": (lambda d, a, s, w: d.floor.series.repeat(a, s.id, scope=w), same(GONE, NO)),
    "stop": (lambda d, a, s, w: d.floor.series.stop(a, s.id, scope=w), same(GONE, NO)),
    "goes_on": (lambda d, a, s, w: d.floor.series.goes_on(s, scope=w), same("", "False")),
}
CALENDAR: dict[str, tuple[Call, dict[str, object]]] = {
    "text": (lambda d, a, s, w: d.floor.calendar.text(scope=w), {STRANGER: "VCAL", RIVAL: "VCAL", VIEWER: "小雨"}),
    "link": (lambda d, a, s, w: d.floor.calendar.link(a), {STRANGER: NO}),
    "revoke": (lambda d, a, s, w: d.floor.calendar.revoke(a), same("", "False")),
    "behind": (lambda d, a, s, w: d.floor.calendar.behind("k" * 32), same("", "None")),
}
OF_THE_CLOCK = {"over", "make_due", "remarks"}
"""What takes a session that was read before, or none, and is called by nothing that people reach."""
FLOWS: tuple[tuple[type, dict[str, tuple[Call, dict[str, object]]]], ...] = (
    (SessionDesk, DESK),
    (Running, RUNNING),
    (OrderDesk, ORDERS),
    (SeriesDesk, SERIES),
    (CalendarDesk, CALENDAR),
)
CASES = [
    pytest.param(call, person, met, id=f"{flow.__name__}.{name}-{who}")
    for flow, table in FLOWS
    for name, (call, outcomes) in table.items()
    for person, met in outcomes.items()
    for who in ({STRANGER: "stranger", RIVAL: "member of another team", VIEWER: "viewer"}[person],)
]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with floor(tmp_path) as opened:
        yield opened


async def state(desk: Desk) -> dict[str, str]:
    async with desk.office.database.read() as db:
        return {t.name: repr((await db.execute(select(t))).all()) for t in metadata.sorted_tables if t.name != "audit"}


@pytest.mark.parametrize("flow,table", FLOWS, ids=lambda value: getattr(value, "__name__", ""))
def test_no_method_is_without_a_test_of_what_strangers_meet(flow: type, table: dict[str, object]) -> None:
    public = {name for name, _ in inspect.getmembers(flow, inspect.isfunction) if not name.startswith("_")}
    assert public - OF_THE_CLOCK == set(table)


@pytest.mark.parametrize("call,person,met", CASES)
async def test_nobody_sees_or_changes_what_is_not_theirs(desk: Desk, call: Call, person: str, met: object) -> None:
    await desk.bind()
    session = await desk.planned(by=OPERATOR, ahead=HOUR)
    mine, order = await desk.office.actor(OPERATOR), RunningOrder((OrderLine(1, "雨衣", Decimal(8)),))
    await desk.floor.orders.hold(mine, session.id, order, scope=await desk.scope())
    await desk.floor.orders.keep(mine, session.id, seen=mark_of(order), scope=await desk.scope())
    before = await state(desk)
    actor, scope = await desk.office.actor(person), await desk.scope(person)
    if isinstance(met, type) and issubclass(met, Exception):
        with pytest.raises(met) as caught:
            await call(desk, actor, session, scope)
        said = f"{caught.value!r} {getattr(caught.value, 'values', '')}"
        assert person == VIEWER or not [secret for secret in (A, NAMES[A], "小雨") if secret in said]
    else:
        result = await call(desk, actor, session, scope)
        assert not result if met == "" else str(met) in repr(result)
        assert person == VIEWER or not [secret for secret in (A, NAMES[A], "小雨") if secret in repr(result)]
    assert await state(desk) == before


@pytest.mark.parametrize("id", ["ffffffff", "", "0000000'", "%", "a" * 10_000])
async def test_a_foreign_session_looks_like_one_that_does_not_exist(desk: Desk, id: str) -> None:
    session = await desk.planned(ahead=HOUR)
    actor, scope = await desk.office.actor(RIVAL), await desk.scope(RIVAL)
    for of_theirs, of_nobody in (
        (desk.floor.desk.one(actor, session.id, scope=scope), desk.floor.desk.one(actor, id, scope=scope)),
        (desk.floor.desk.cancel(actor, session.id, scope=scope), desk.floor.desk.cancel(actor, id, scope=scope)),
        (desk.floor.running.begin(actor, session.id, scope=scope), desk.floor.running.begin(actor, id, scope=scope)),
        (desk.floor.desk.draft(actor, A, desk.now + DAY), desk.floor.desk.draft(actor, id, desk.now + DAY)),
    ):
        with pytest.raises(NotFound) as theirs:
            await of_theirs
        with pytest.raises(NotFound) as nobodys:
            await of_nobody
        assert (type(theirs.value), str(theirs.value)) == (type(nobodys.value), str(nobodys.value))
