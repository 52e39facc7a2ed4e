"""Samples become tips, once each, whatever happens to the process; people take, mute and judge them; silence is told once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bot.domain.access import Scope
from bot.domain.decisions import Stage
from bot.domain.outgoing import Kind
from bot.domain.sessions import Status
from bot.errors import NotFound, Refused, StorageError
from bot.flows.tip_facts import came_back
from bot.storage.nudges import Kept, Nudges
from tests.domain.live import at
from tests.flows.live_desk import GROUP, live_desk
from tests.flows.nudge_room import MINE, REFERENCE, NudgeRoom
from tests.office_desk import OPERATOR, RIVAL_OPERATOR, STRANGER, TRAINEE, VIEWER, B, C

DROP = {"online_now": 400.0}
HEAD = "🟠 在线掉得快｜云栖茶行 · 小雅"


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[NudgeRoom]:
    async with live_desk(tmp_path) as desk:
        desk.set(at(20))
        yield NudgeRoom(desk, await desk.live())


async def dropped(room: NudgeRoom) -> str:
    """The online figure has dropped and the group was told; the tip's id."""
    await room.bring(30)
    await room.bring(3, DROP)
    await room.desk.deliver()
    (tip,) = await room.tips.news.nudges.of(room.session.id, scope=MINE)
    return tip.id


async def test_a_drop_is_told_once_to_the_group_as_soon_as_it_has_held(room: NudgeRoom) -> None:
    await room.bring(30)
    assert await room.told() == []
    await room.bring(1, DROP)
    assert await room.told() == [], "one sample may be chance"
    await room.bring(1, DROP)
    assert await room.told() == [HEAD]
    (sent,) = await room.desk.written()
    assert (sent.kind, sent.collections) == (Kind.TIP, room.session.collections)
    assert sent.expires_at - room.at(31) <= room.at(3) - room.at(0)
    text = sent.message.plain
    assert "500 → 400" in text and "10 分钟" in text and "警戒线 15%" in text
    await room.bring(5, DROP)
    assert await room.told() == [HEAD]


async def test_what_is_over_is_said_in_the_same_message(room: NudgeRoom) -> None:
    await dropped(room)
    (sent,) = [one for one in await room.desk.rows_of_outbox() if one.chat == GROUP]
    await room.bring(15)
    await room.tips.news.redraw(room.desk.office.now())
    (edit,) = await room.desk.written()
    assert edit.edit_of == sent.id and edit.kind is Kind.REDRAW
    assert edit.message.plain.startswith("✅ 已恢复：在线掉得快")


async def test_a_room_that_stays_at_what_it_fell_to_is_not_said_to_be_back(room: NudgeRoom) -> None:
    await dropped(room)
    await room.bring(25, DROP)
    await room.tips.news.redraw(room.desk.office.now())
    (edit,) = await room.desk.written()
    assert edit.message.plain.startswith("⏹ 不再掉了，没回到原来：在线掉得快｜"), edit.message.plain
    assert "500 → 400 → 400 人" in edit.message.plain


async def test_a_proposal_does_not_take_a_room_that_stays_low_for_one_that_came_back(room: NudgeRoom) -> None:
    await dropped(room)
    await room.bring(25, DROP)
    (stored,) = await room.tips.news.nudges.of(room.session.id, scope=MINE)
    rule = next(one for one in REFERENCE.rules if one.id == "N01")
    assert stored.recovered_at is not None and stored.recovered_value == 400 and not came_back(stored, rule)
    assert came_back(replace(stored, recovered_value=450.0), rule)


@pytest.mark.parametrize("killed", [30, 31, 32])
async def test_a_process_that_is_killed_neither_loses_nor_doubles_a_tip(room: NudgeRoom, killed: int) -> None:
    await room.bring(30)
    for minute in range(30, 34):
        # Stored, and killed before anybody looked at it.
        await room.bring(1, DROP, observed=minute != killed)
        room.restart()
    await room.tick(33.1)
    assert await room.told() == [HEAD]
    assert len(await room.tips.news.nudges.of(room.session.id, scope=MINE)) == 1


async def test_samples_that_were_stored_before_a_restart_are_decided_about_without_new_ones(room: NudgeRoom) -> None:
    await room.bring(30)
    await room.bring(3, DROP, observed=False)
    room.restart()
    await room.tick(32.5)
    assert await room.told() == [HEAD]


async def test_silence_is_told_once_and_its_end_once_also_over_a_restart(room: NudgeRoom) -> None:
    await room.bring(20)
    await room.tick(20.5)
    assert await room.told() == []
    for minute in (24, 24.1, 25):
        await room.tick(minute)
    room.restart()
    await room.tick(26)
    assert await room.told() == ["⚫ 盯盘失明｜云栖茶行 · 小雅"]
    room.minute = 27
    await room.bring(2)
    assert await room.told() == ["⚫ 盯盘失明｜云栖茶行 · 小雅", "🟢 又有数了｜云栖茶行 · 小雅"]


async def test_a_tip_that_nobody_takes_goes_to_the_operator_once(room: NudgeRoom) -> None:
    await dropped(room)
    await room.tick(32.9)
    assert await room.told(OPERATOR) == []
    for minute in (33.1, 33.2, 36):
        await room.tick(minute)
    assert await room.told(OPERATOR) == ["📣 请看一下：在线掉得快｜云栖茶行 · 小雅"]


async def test_an_operator_who_judged_a_tip_is_not_chased_for_it(room: NudgeRoom) -> None:
    id = await dropped(room)
    await room.tips.useless(await room.desk.actor(OPERATOR), MINE, id)
    for minute in (33.1, 35, 38):
        await room.tick(minute)
    assert await room.told(OPERATOR) == []


async def test_a_tip_that_somebody_else_found_useless_still_goes_to_the_operator(room: NudgeRoom) -> None:
    id = await dropped(room)
    await room.tips.useless(await room.desk.actor(TRAINEE), MINE, id)
    await room.tick(33.1)
    assert await room.told(OPERATOR) == ["📣 请看一下：在线掉得快｜云栖茶行 · 小雅"]


async def test_a_tip_that_somebody_took_goes_to_nobody(room: NudgeRoom) -> None:
    id = await dropped(room)
    await room.tips.acknowledge(await room.desk.actor(TRAINEE), MINE, id)
    await room.tick(35)
    assert await room.told(OPERATOR) == []


async def test_the_first_who_takes_a_tip_stays_and_everybody_sees_it(room: NudgeRoom) -> None:
    id = await dropped(room)
    first = await room.tips.acknowledge(await room.desk.actor(TRAINEE), MINE, id)
    second = await room.tips.acknowledge(await room.desk.actor(OPERATOR), MINE, id)
    assert first.first and not second.first
    assert second.tip.acknowledged and second.tip.acknowledged.name == "小雅"
    (edit,) = await room.desk.written()
    assert edit.chat == GROUP and "✅ 小雅 20:32 已处理" in edit.message.plain


async def test_a_muted_rule_keeps_silent_and_says_so_also_over_a_restart(room: NudgeRoom) -> None:
    id = await dropped(room)
    await room.tips.mute(await room.desk.actor(OPERATOR), MINE, id, 60)
    await room.bring(12)
    room.restart()
    await room.bring(4, {"online_now": 390.0})
    assert len(await room.tips.news.nudges.of(room.session.id, scope=MINE)) == 1
    found = await room.tips.news.nudges.decided(room.session.id, scope=MINE, limit=50)
    assert ("N01", Stage.MUTED.value) in {(one.rule, one.stage) for one in found}


async def test_who_may_only_read_changes_nothing_and_strangers_find_nothing(room: NudgeRoom) -> None:
    id = await dropped(room)
    for person, scope, error in (
        (VIEWER, MINE, Refused), (STRANGER, MINE, Refused), (STRANGER, Scope(), NotFound),
        (RIVAL_OPERATOR, Scope(frozenset({C})), NotFound), (OPERATOR, Scope(frozenset({B})), NotFound),
    ):  # fmt: skip
        actor = await room.desk.actor(person)
        for press in (room.tips.acknowledge, room.tips.useless):
            with pytest.raises(error):
                await press(actor, scope, id)
        with pytest.raises(error):
            await room.tips.mute(actor, scope, id, 10)
    with pytest.raises(NotFound):
        await room.tips.acknowledge(await room.desk.actor(OPERATOR), MINE, "000000000000")
    assert await room.desk.written() == []


async def test_the_last_decisions_are_listed_where_the_session_runs_and_nowhere_else(room: NudgeRoom) -> None:
    await dropped(room)
    actor = await room.desk.actor(OPERATOR)
    session, found = await room.tips.decided(actor, MINE, GROUP, None, private=False)
    assert session.id == room.session.id and ("N01", "sent") in {(one.rule, one.stage) for one in found}
    for scope, chat in ((MINE, "telegram:-200"), (Scope(frozenset({C})), GROUP)):
        with pytest.raises(NotFound):
            await room.tips.decided(actor, scope, chat, None, private=False)


async def test_a_session_that_is_not_live_is_not_watched(room: NudgeRoom) -> None:
    await room.bring(30)
    planned = await room.desk.plan(id="5e55aaaa", chat="telegram:-300")
    await room.tips.desk.observe(planned, [])
    await room.tips.desk.observe(replace(room.session, id="5e55ffff"), [])
    assert await room.tips.news.nudges.watch(planned.id) is None


async def test_without_a_group_the_operator_gets_the_tip_and_is_not_told_again(room: NudgeRoom) -> None:
    alone = await room.desk.live(id="5e55bbbb", chat="")
    here = NudgeRoom(room.desk, alone)
    await here.bring(30)
    await here.bring(3, DROP)
    await here.tick(34)
    assert await here.told() == [] and await here.told(OPERATOR) == [HEAD]


async def test_a_write_that_failed_is_made_up_for(room: NudgeRoom) -> None:
    class Failing(Nudges):
        async def keep(self, session: str, kept: Kept, now: datetime) -> int | None:
            raise StorageError("disk full")

    await room.bring(31)
    good, room.tips.desk.nudges = room.tips.desk.nudges, Failing(room.desk.office.database)
    for _ in range(2):
        with pytest.raises(StorageError):
            await room.bring(1, DROP)
        room.minute += 1
    assert await room.told() == []
    room.tips.desk.nudges = good
    await room.tick(32.5)
    assert await room.told() == [HEAD]


async def test_a_session_whose_write_fails_costs_the_others_of_its_round_nothing(room: NudgeRoom) -> None:
    """Both rooms drop at the same time; one of them cannot be written down, and is made up for later."""
    other = NudgeRoom(room.desk, await room.desk.live(id="5e55dddd", chat=""))
    other.tips = room.tips
    for one in (room, other):
        await one.bring(31)
    good = room.tips.desk.nudges

    class Failing(Nudges):
        async def keep_all(self, kept: Mapping[str, Kept], now: datetime) -> dict[str, int | None]:
            if other.session.id in kept:
                raise StorageError("disk full")
            return await good.keep_all(kept, now)

    room.tips.desk.nudges = Failing(room.desk.office.database)
    found = await asyncio.gather(room.bring(2, DROP), other.bring(2, DROP), return_exceptions=True)
    assert [type(one) for one in found] == [type(None), StorageError]
    assert await room.told() == [HEAD] and await room.told(OPERATOR) == []
    room.tips.desk.nudges = good
    other.minute = 32
    await other.bring(1, DROP)
    await room.tips.desk.tick(room.desk.office.now())
    assert await room.told() == [HEAD] and await room.told(OPERATOR) == [HEAD]


async def test_an_edited_handbook_counts_from_the_next_sample_and_repeats_nothing(room: NudgeRoom) -> None:
    await room.bring(30)
    await room.bring(3, DROP)
    turned, empty = replace(REFERENCE, rules=REFERENCE.rules[::-1]), replace(REFERENCE, rules=())
    room.tips.desk.books.handbook = lambda: turned
    await room.bring(3, DROP)
    room.tips.desk.books.handbook = lambda: empty
    await room.bring(3, DROP)
    await room.tick(38.5)
    assert await room.told() == [HEAD]


async def test_a_session_that_began_before_its_time_is_watched_for_silence(room: NudgeRoom) -> None:
    early = await room.desk.plan(id="5e55cccc", starts_at=room.at(60))
    early = await room.desk.become(early, status=Status.LIVE, began_at=room.at(0))
    here = NudgeRoom(room.desk, early)
    await here.bring(20)
    await here.tick(30)
    assert await here.told() == ["⚫ 盯盘失明｜云栖茶行 · 小雅"]
