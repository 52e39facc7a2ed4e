"""What a lead gave of comparable rooms becomes the limit of live sessions, for a month, and nobody else's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.audit import Deed, Entry
from bot.domain.decisions import Source
from bot.domain.messages import Message
from bot.domain.own_rules import Sheet, SheetVersion
from bot.domain.peers import LASTS, PeerFigure
from bot.flows.panels import PanelDesk
from bot.storage.own_rules import OwnRules
from tests.domain.live import at
from tests.flows.live_desk import GROUP, LiveDesk, live_desk
from tests.flows.nudge_room import MINE, NudgeRoom
from tests.office_desk import LEAD, ONE, OPERATOR, A, B

HEAD = "🟡 GPM 低｜云栖茶行 · 小雅"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[LiveDesk]:
    async with live_desk(tmp_path) as opened:
        opened.set(at(20))
        yield opened


async def given(desk: LiveDesk, merchant: str, gpm: float, when: datetime, number: int = 0) -> None:
    store = OwnRules(desk.office.database)
    sheet = Sheet(peers={"gpm": PeerFigure(gpm, when)})
    draft = SheetVersion(f"d{merchant}{number}", ONE, merchant, 0, number, sheet, LEAD, when)
    await store.propose(draft, when)
    entry = Entry(when, LEAD, Deed.RULES_CHANGED, LEAD, ONE, merchant, draft.id)
    assert await store.adopt(draft, when, entry) == number + 1


async def room_of(desk: LiveDesk) -> NudgeRoom:
    return NudgeRoom(desk, await desk.live(id="00000009", length=timedelta(hours=3)))


async def test_a_tip_takes_the_median_and_says_where_it_is_from(desk: LiveDesk) -> None:
    await given(desk, A, 6_000, at(19))
    room = await room_of(desk)
    await room.bring(50)
    (tip,) = [Message.from_json(one.message).plain for one in await desk.rows_of_outbox() if one.chat == GROUP and one.message]
    assert tip.splitlines()[0] == HEAD, "4,167 a thousand views are below 0.8 × 6,000"
    assert "4,800" in tip and "同类直播间中位数 × 0.8" in tip
    panels = PanelDesk(room.tips.news.board, room.samples, room.tips.news.books, room.tips.desk.pasts, room.tips.news.nudges)
    reading = await panels.reading(await desk.actor(OPERATOR), MINE, room.session.id, "gpm")
    assert (4_800, Source.PEERS) in [(line.threshold.value, line.threshold.source) for line in reading.lines]


async def test_another_merchants_or_an_old_median_does_not_count(desk: LiveDesk) -> None:
    await given(desk, B, 6_000, at(19))
    await given(desk, A, 6_000, at(20) - LASTS)
    room = await room_of(desk)
    await room.bring(50)
    assert await room.told() == []


async def test_a_merchants_median_comes_before_its_teams(desk: LiveDesk) -> None:
    await given(desk, "", 6_000, at(19))
    await given(desk, A, 3_000, at(19))
    room = await room_of(desk)
    await room.bring(50)
    assert await room.told() == []


async def test_a_median_given_in_the_midst_of_a_session_counts_from_the_next_sample(desk: LiveDesk) -> None:
    room = await room_of(desk)
    await room.bring(50)
    assert await room.told() == []
    await given(desk, "", 6_000, room.at(50))
    await room.tips.desk.books.look()
    await room.bring(5)
    assert await room.told() == [HEAD]
