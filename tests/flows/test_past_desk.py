"""A session that is over is kept by itself, and the next one of the same merchant is watched by it; another's is not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.access import Scope
from bot.domain.decisions import Source
from bot.domain.lookout import watched_of
from bot.domain.order_rows import order_of
from bot.domain.panel import off, worst
from bot.domain.plan_figures import PlanFigures
from bot.domain.samples import Sample
from bot.domain.sessions import LiveSession, Status
from bot.flows.panels import PanelDesk
from bot.flows.pasts import PastDesk
from bot.storage.pasts import Pasts
from bot.storage.samples import Samples
from tests.domain.live import at
from tests.domain.rule_room import STEADY
from tests.flows.live_desk import LiveDesk, live_desk
from tests.flows.nudge_room import MINE, REFERENCE, NudgeRoom
from tests.office_desk import OPERATOR, A, B

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[LiveDesk]:
    async with live_desk(tmp_path) as opened:
        opened.set(at(20))
        yield opened


async def ended(desk: LiveDesk, id: str, days: int, merchant: str = A, online: float = 500, minutes: int = 25) -> LiveSession:
    """A session some days before, with its samples, that somebody has ended."""
    changes: dict[str, object] = {"chat": ""} if merchant != A else {}
    made = await desk.live(id=id, starts_at=at(20) - days * DAY, merchant=merchant, **changes)
    samples = [
        Sample(made.go_live + n * MINUTE, {name: float(of(n)) for name, of in STEADY.items()} | {"online_now": float(online)})
        for n in range(minutes)
    ]
    assert await Samples(desk.office.database).add(id, samples, at(20))
    return await desk.become(made, status=Status.ENDED, ended_at=made.go_live + minutes * MINUTE)


def past_desk(desk: LiveDesk) -> PastDesk:
    database = desk.office.database
    return PastDesk(Pasts(database), Samples(database), desk.sessions, lambda: REFERENCE, desk.office.now)


async def test_what_is_over_is_kept_once_and_read_by_the_next_session_of_the_merchant(desk: LiveDesk) -> None:
    for number, merchant in ((1, A), (2, A), (3, A), (4, B)):
        await ended(desk, f"0000000{number}", min(number, 3), merchant, 100 * number)
    pasts = past_desk(desk)
    assert await pasts.keep_due() == 4 and await pasts.keep_due() == 0
    next_one = await desk.live(id="00000009", figures=PlanFigures(budget=3000), goal=80_000)
    found = await pasts.before(next_one, scope=MINE)
    assert [one.session for one in found] == ["00000003", "00000002", "00000001"]
    watched = watched_of(next_one, order_of([]), found)
    assert watched.figures["budget"] == 3000 and watched.figures["goal"] == 80_000
    assert watched.figures["uv_value_last"] == pytest.approx(5, rel=0.3)
    (own, source), _ = watched.medians(15)
    assert (own["online_now"], source) == (200, Source.OWN)
    assert await pasts.before(next_one, scope=Scope(frozenset({B}))) == ()


async def test_a_session_without_samples_is_kept_as_one_that_tells_nothing(desk: LiveDesk) -> None:
    made = await desk.live(id="00000001", starts_at=at(20) - DAY)
    await desk.become(made, status=Status.ENDED, ended_at=made.go_live + MINUTE)
    pasts = past_desk(desk)
    assert await pasts.keep_due() == 1 and await pasts.keep_due() == 0
    next_one = await desk.live(id="00000009")
    (found,) = await pasts.before(next_one, scope=MINE)
    assert found.summary.last == {}


async def test_a_tip_says_what_is_usual_at_this_minute_and_whose_sessions_that_is_from(desk: LiveDesk) -> None:
    for number in (1, 2, 3):
        await ended(desk, f"0000000{number}", number, minutes=40)
    assert await past_desk(desk).keep_due() == 3
    desk.set(at(20))
    room = NudgeRoom(desk, await desk.live(id="00000009"))
    await room.bring(30)
    await room.bring(2, {"online_now": 400.0})
    (sent,) = [one.message.plain for one in await desk.written() if one.message.plain.startswith("🟠 在线掉得快")]
    assert "平时这时候约 500 人" in sent and "自己近 7 天同时段 3 场" in sent


async def test_the_board_expects_what_the_tips_do_and_finds_weak_what_was_never_better_today(desk: LiveDesk) -> None:
    for days in (1, 2, 3):
        await ended(desk, f"0000000{days}", days, online=1_000, minutes=60)
    await past_desk(desk).keep_due()
    room = NudgeRoom(desk, await desk.live(id="00000009"))
    await room.bring(40, observed=False)
    reading = PanelDesk(room.tips.news.board, room.samples, room.tips.news.books, past_desk(desk), room.tips.news.nudges)
    actor = await desk.actor(OPERATOR)
    online = (await reading.reading(actor, MINE, room.session.id, "online_now")).gauge
    expected = online.curve.expected
    assert expected is not None and expected.source is Source.OWN
    found = off(online)
    assert online.value == 500 and found is not None and found.bad and found.by == pytest.approx(-0.5)
    panel = await reading.panel(actor, MINE, room.session.id)
    assert "online_now" in [one.gauge.id for one in worst(panel.gauges)]
