"""What is kept of sessions that are over, on both databases: once, longer than samples, and read by the same merchant alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.access import Scope
from bot.domain.audit import Deed
from bot.domain.nudges import Phase
from bot.domain.pasts import Past, Spread, Summary
from bot.domain.plan_figures import PlanFigures
from bot.domain.samples import Sample
from bot.domain.sessions import LiveSession, Status
from bot.storage.database import Database
from bot.storage.pasts import Pasts
from bot.storage.samples import Samples
from bot.storage.sessions import Sessions
from tests.domain.live import SHANGHAI, at, session
from tests.office_desk import ONE, TWO, A, B, C, Desk

MINE, THEIRS = Scope(frozenset({A}), frozenset({ONE})), Scope(frozenset({B, C}), frozenset({TWO}))
SUMMARY = Summary(
    {"gmv": 9.0}, {"online_now": Spread(1, 2, 3, 60)}, {Phase.MAIN: {"online_now": Spread(1, 2, 3, 60)}},
    {"online_now": (None, 2.0)}, (Phase.OPENING, Phase.MAIN),
)  # fmt: skip
DAY = timedelta(days=1)


def over(id: str, days: int, merchant: str = A) -> LiveSession:
    began = at(20) - days * DAY
    return replace(
        session(team=ONE, merchant=merchant), id=id, starts_at=began, began_at=began + timedelta(minutes=5), status=Status.ENDED,
        ended_at=began + timedelta(hours=3), figures=PlanFigures(budget=3000, planned_aov=89.5),
    )  # fmt: skip


@pytest.fixture
async def desk(database: Database) -> Desk:
    made = Desk(database)
    await made.fill()
    live = replace(over("s4", 0), status=Status.LIVE, ended_at=None)
    for one in (over("s1", 2), over("s2", 1), over("s3", 1, B), live):
        assert await Sessions(database).add(one, [], made.entry(Deed.LISTED, ONE, one.merchant))
    return made


async def test_a_session_keeps_the_figures_of_its_plan(desk: Desk) -> None:
    found = await Sessions(desk.database).one("s1", scope=MINE)
    assert found is not None and found.figures == PlanFigures(budget=3000, planned_aov=89.5)


async def test_what_is_over_is_due_once_the_newest_first(desk: Desk) -> None:
    store = Pasts(desk.database)
    assert [one.id for one in await store.due(9)] == ["s2", "s3", "s1"]
    assert [one.id for one in await store.due(1)] == ["s2"]
    for id in ("s1", "s2", "s3"):
        assert await store.keep(id, -1, SUMMARY, at(23))
    assert await store.due(9) == ()


async def test_samples_that_came_since_make_it_due_again(desk: Desk) -> None:
    store, samples = Pasts(desk.database), Samples(desk.database)
    moment = at(20) - 2 * DAY
    minute = int(moment.timestamp() // 60)
    for id in ("s1", "s2", "s3"):
        await store.keep(id, minute - 1, SUMMARY, at(23))
    assert await samples.add("s1", [Sample(moment, {"gmv": 1.0})], at(23), statuses=[Status.ENDED])
    assert [one.id for one in await store.due(9)] == ["s1"]
    await store.keep("s1", minute, SUMMARY, at(23))
    assert await store.due(9) == ()


async def test_it_is_read_back_by_go_live_in_the_sessions_zone_and_outlives_the_samples(desk: Desk) -> None:
    store = Pasts(desk.database)
    for id in ("s2", "s1"):
        await store.keep(id, 1, SUMMARY, at(23))
    await Samples(desk.database).prune(at(23))
    found = await store.before(A, at(0) - 7 * DAY, at(20), scope=MINE)
    assert [one.session for one in found] == ["s1", "s2"]
    assert found[0] == Past("s1", "小雅", at(20, 5) - 2 * DAY, SUMMARY)
    assert found[0].began.tzinfo == SHANGHAI
    assert await store.before(A, at(0) - 7 * DAY, at(20, 5) - DAY, scope=MINE) == found[:1], "the end is not in it"


async def test_nobody_elses_past_is_ever_read(desk: Desk) -> None:
    store = Pasts(desk.database)
    for id in ("s1", "s2", "s3"):
        await store.keep(id, 1, SUMMARY, at(23))
    span = (at(0) - 7 * DAY, at(20))
    assert await store.before(A, *span, scope=THEIRS) == ()
    assert await store.before(A, *span, scope=Scope()) == ()
    assert [one.session for one in await store.before(B, *span, scope=THEIRS)] == ["s3"]


async def test_what_is_gone_meanwhile_is_not_kept(desk: Desk) -> None:
    assert not await Pasts(desk.database).keep("s9", 1, SUMMARY, at(23))
