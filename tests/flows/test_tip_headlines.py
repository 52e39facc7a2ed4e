"""What the group reads of rules that compare a quotient, a distance to the plan, or means: the figure that was compared."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.domain.messages import Message
from tests.domain.live import at
from tests.flows.live_desk import GROUP, live_desk
from tests.flows.nudge_room import NudgeRoom


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
