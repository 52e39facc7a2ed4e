"""What the group reads of rules that compare a quotient, a distance to the plan, or means: the figure that was compared."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.lookout import Lookout, Spoken
from bot.domain.messages import Message
from bot.domain.own_rules import SOURCE
from bot.domain.rulebook import prepare
from bot.domain.seats import Watched
from bot.domain.tips import Basis
from bot.flows.tip_facts import stored_tip, tip_of
from tests.domain.live import at, session
from tests.domain.rule_room import START, rows
from tests.flows.live_desk import GROUP, live_desk
from tests.flows.nudge_room import REFERENCE, NudgeRoom


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[NudgeRoom]:
    async with live_desk(tmp_path) as desk:
        desk.set(at(20))
        yield NudgeRoom(desk, await desk.live(goal=200_000))


async def run(room: NudgeRoom, minutes: int, **figures: Callable[[float], float]) -> None:
    for minute in range(room.minute, room.minute + minutes):
        await room.bring(1, {name: float(figure(minute)) for name, figure in figures.items()})


async def said(room: NudgeRoom, head: str) -> list[str]:
    """The lines of the one message that begins so."""
    rows = [Message.from_json(one.message).plain for one in await room.desk.rows_of_outbox() if one.chat == GROUP and one.message]
    (text,) = [one for one in rows if one.splitlines()[0].startswith(head)]
    return text.splitlines()


async def test_a_share_of_viewers_stands_beside_its_limit(room: NudgeRoom) -> None:
    await run(room, 20, item_exp_uv=lambda m: 30 * m)
    lines = await said(room, "🟡 小黄车没人看")
    assert lines[1] == "商品曝光人数占累计观看人数 30%" and "警戒线 50%（默认值）" in lines
    assert any(line.startswith("另看") and "商品曝光人数 " in line and "累计观看人数 " in line for line in lines)


async def test_a_rate_of_the_last_minutes_stands_beside_its_limit_and_never_a_counter(room: NudgeRoom) -> None:
    await run(room, 80, pay_uv=lambda m: 5 * min(m, 60) + 0.5 * max(0, m - 60))
    lines = await said(room, "🟠 点击成交往下走")
    assert lines[1].startswith("点击成交转化率（近 5 分钟） ") and lines[1].endswith("%")
    value = float(lines[1].rpartition(" ")[2].rstrip("%"))
    (limit,) = [line for line in lines if line.startswith("警戒线")]
    assert value < float(limit.split()[1].partition("%")[0]), (value, limit)


async def test_behind_the_plan_is_below_a_limit_below_zero_and_nothing_is_usual_about_it(room: NudgeRoom) -> None:
    await run(room, 100)
    lines = await said(room, "🟠 进度落后")
    assert lines[1].startswith("GMV目标进度偏差 −") and "警戒线 −20%（默认值）" in lines
    assert not any("平常约" in line or "平时这时候约" in line for line in lines)


@pytest.mark.parametrize("ours", [True, False])
def test_whose_limit_it_was_is_kept_with_the_tip(ours: bool) -> None:
    """What the rule says by now may be another's: the tip tells of then."""
    rule = next(one for one in REFERENCE.rules if one.id == "N06")
    limit = replace(rule.limits["short"], own=None, default=25.0, source=SOURCE if ours else "从业者文章")
    lookout = Lookout(prepare([replace(rule, limits={"short": limit})], REFERENCE.metrics, REFERENCE.inputs))
    lookout.join(Watched("room", START))
    found = lookout.take({"room": list(rows({"avg_watch_sec": lambda m: 10}, 30))})["room"]
    spoken = next(one for one in found if isinstance(one, Spoken))
    tip = tip_of(stored_tip(session(), spoken), session(), "云栖茶行", {}, REFERENCE)
    assert tip is not None and [(one.value, one.basis) for one in tip.bars] == [(25.0, Basis.TEAM if ours else Basis.DEFAULT)]
