"""A tip goes to the group, else to the operator, else to whoever leads; what fails on the way goes on at once, and once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.access import Membership, Role
from bot.domain.audit import Deed
from bot.domain.feeds import Gap
from bot.domain.messages import Message
from bot.domain.robots import address
from bot.storage.chats import Chats
from bot.storage.outbox import State
from bot.storage.robots import Robots
from tests.domain.live import at
from tests.flows.live_desk import GROUP, live_desk
from tests.flows.nudge_room import MINE, NudgeRoom
from tests.office_desk import LEAD, ONE, OPERATOR, OWNER, TRAINEE, A
from tests.robots_double import URLS

DROP = {"online_now": 400.0}
HEAD = "🟠 在线掉得快｜云栖茶行 · 小雅"
BACK = "🟢 又有数了｜云栖茶行 · 小雅"
BLIND = "⚫ 盯盘失明｜云栖茶行 · 小雅"
URGENT = "📣 请看一下：在线掉得快｜云栖茶行 · 小雅"
NO_GROUP = "⚠️ 群里发不出去，改发给您。"
NO_OPERATOR = "⚠️ 操盘手那边发不到，改发给您，请转告现场。"
NEITHER = "⚠️ 群里和操盘手那边都发不到，改发给您，请转告现场。"


class Room(NudgeRoom):
    """The watched room, of which chats get lost."""

    async def lost(self, *chats: str) -> None:
        """Nothing can be sent there, and that is known."""
        for chat in chats:
            await Chats(self.desk.office.database).gone(chat, "bot was kicked", self.desk.office.now())

    async def refused(self, *chats: str) -> None:
        """What waits for these chats fails for good."""
        for one in await self.desk.written():
            if one.chat in chats:
                await self.desk.outbox.failed(one.id, "bot was kicked", now=self.desk.office.now())
        await self.lost(*chats)
        self.tips.desk.passing.look_again()

    async def drops(self) -> None:
        """A tip is written down, and waits to be sent."""
        await self.bring(30)
        await self.bring(2, DROP)

    async def texts(self, chat: str) -> list[str]:
        """All that was written for a chat and whose text is there still, without edits."""
        rows = await self.desk.rows_of_outbox()
        return [Message.from_json(one.message).plain for one in rows if one.chat == chat and not one.edit_of and one.message]

    async def second(self, chat: str) -> str:
        """The line below the headline of the only message to a chat."""
        (only,) = await self.texts(chat)
        return only.splitlines()[1]


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with live_desk(tmp_path) as desk:
        desk.set(at(20))
        yield Room(desk, await desk.live())


async def test_where_the_group_is_lost_the_operator_is_told_at_once_and_why(room: Room) -> None:
    await room.lost(GROUP)
    await room.drops()
    assert await room.told() == [] and await room.told(OPERATOR) == [HEAD]
    assert await room.second(OPERATOR) == NO_GROUP
    await room.desk.deliver()
    await room.tick(34)
    assert await room.told(OWNER) == [] and len(await room.desk.rows_of_outbox()) == 1


async def test_where_the_operator_is_lost_too_whoever_leads_is_told(room: Room) -> None:
    await room.desk.office.people.seen(LEAD, "Lee", "en", room.desk.office.now())
    await room.lost(GROUP, OPERATOR)
    await room.drops()
    assert await room.told(OPERATOR) == [] and await room.told(OWNER) == [HEAD]
    assert await room.second(OWNER) == NEITHER
    assert (await room.second(LEAD)).startswith("⚠️ Neither the group nor the operator can be reached")
    assert await room.told(TRAINEE) == []


async def test_a_merchants_own_lead_is_told_and_where_that_one_is_lost_the_teams(room: Room) -> None:
    office = room.desk.office
    await office.people.give(Membership(TRAINEE, ONE, Role.LEAD, A), OWNER, office.entry(Deed.ROLE_GIVEN, ONE, A))
    places = room.tips.news.places
    await room.lost(GROUP, OPERATOR)
    assert await places.first(room.session) == ((TRAINEE, None),)
    await room.lost(TRAINEE)
    assert {chat for chat, _ in await places.first(room.session)} == {OWNER, LEAD}
    await room.lost(OWNER, LEAD)
    assert await places.first(room.session) == ()


async def test_what_fails_in_the_group_goes_to_the_operator_once_and_is_not_urged_on_them_again(room: Room) -> None:
    await room.drops()
    await room.refused(GROUP)
    await room.tick(31.1)
    assert await room.told(OPERATOR) == [HEAD] and await room.second(OPERATOR) == NO_GROUP
    (failed,) = [one for one in await room.desk.rows_of_outbox() if one.chat == GROUP]
    assert failed.state == State.FAILED and failed.message is None, "nobody may send it after all"
    room.restart()
    for minute in (31.2, 33.5, 34):
        room.tips.desk.passing.look_again()
        await room.tick(minute)
    assert len(await room.desk.rows_of_outbox()) == 2


async def test_a_process_that_starts_finds_what_failed_before_it(room: Room) -> None:
    await room.drops()
    await room.refused(GROUP)
    room.restart()
    await room.tick(31.1)
    assert await room.told(OPERATOR) == [HEAD]


async def test_what_fails_at_the_operator_too_goes_to_whoever_leads(room: Room) -> None:
    await room.drops()
    await room.refused(GROUP)
    await room.tick(31.1)
    await room.refused(OPERATOR)
    await room.tick(31.2)
    assert await room.told(OWNER) == await room.told(LEAD) == [HEAD]
    assert await room.second(LEAD) == NEITHER
    await room.tick(33.5)
    assert len(await room.desk.rows_of_outbox()) == 4


async def test_what_the_group_may_not_read_any_more_goes_to_the_operator(room: Room) -> None:
    await room.drops()
    await room.desk.office.groups.unbind(GROUP, 0, room.desk.office.entry(Deed.UNBOUND, ONE))
    (waits,) = await room.desk.written()
    await room.desk.outbox.failed(waits.id, "not shown there any more", now=room.desk.office.now())
    await room.tick(31.1)
    assert await room.told(OPERATOR) == [HEAD]


async def test_what_is_stale_is_not_passed_on(room: Room) -> None:
    await room.drops()
    await room.refused(GROUP)
    await room.tick(34.1)
    assert await room.told(OPERATOR) == [URGENT]
    (said,) = await room.texts(OPERATOR)
    assert "没能确认发到群里，3 分钟了还没人点" in said and "群里 " not in said


async def test_only_what_stood_in_the_group_is_called_so(room: Room) -> None:
    await room.drops()
    await room.desk.deliver()
    await room.tick(33.1)
    (said,) = await room.texts(OPERATOR)
    assert "提示，2 分钟了还没人点" in said and "群里 " in said and "⚠️" not in said


async def test_what_nobody_took_goes_to_whoever_leads_where_the_operator_is_lost(room: Room) -> None:
    await room.drops()
    await room.desk.deliver()
    await room.lost(OPERATOR)
    await room.tick(33.1)
    assert await room.told(OPERATOR) == [] and await room.told(OWNER) == await room.told(LEAD) == [URGENT]
    assert await room.second(LEAD) == NO_OPERATOR
    await room.tick(33.2)
    assert len(await room.desk.rows_of_outbox()) == 3


async def test_what_nobody_took_goes_on_where_it_fails_at_the_operator(room: Room) -> None:
    await room.drops()
    await room.desk.deliver()
    await room.tick(33.1)
    await room.refused(OPERATOR)
    await room.tick(33.2)
    assert await room.told(LEAD) == [URGENT] and await room.second(LEAD) == NO_OPERATOR


async def test_a_tip_that_was_passed_on_is_drawn_again_with_why_it_is_there(room: Room) -> None:
    await room.lost(GROUP)
    await room.drops()
    await room.desk.deliver()
    (tip,) = await room.tips.news.nudges.of(room.session.id, scope=MINE)
    await room.tips.acknowledge(await room.desk.actor(OPERATOR, OPERATOR), MINE, tip.id)
    (edit,) = await room.desk.written()
    assert edit.chat == OPERATOR and edit.edit_of and edit.message.plain.splitlines()[1] == NO_GROUP
    assert "✅ 小操" in edit.message.plain


async def test_that_no_figures_come_goes_the_same_way_and_so_does_that_they_are_back(room: Room) -> None:
    await room.bring(20)
    await room.tick(24)
    await room.refused(GROUP)
    await room.tick(24.1)
    assert await room.told(OPERATOR) == [BLIND] and await room.second(OPERATOR) == NO_GROUP
    await room.refused(OPERATOR)
    await room.tick(24.2)
    assert await room.told(OWNER) == await room.told(LEAD) == [BLIND] and await room.second(LEAD) == NEITHER
    room.minute = 27
    await room.bring(2)
    assert await room.told(OWNER) == await room.told(LEAD) == [BLIND, BACK]
    await room.tick(28.1)
    assert len(await room.desk.rows_of_outbox()) == 6


async def test_that_figures_are_back_is_passed_on_to_whoever_heard_that_they_were_gone_alone(room: Room) -> None:
    await room.bring(20)
    await room.tick(24)
    await room.refused(GROUP)
    await room.tick(24.1)
    room.minute = 27
    await room.bring(2)
    assert await room.told(OPERATOR) == [BLIND, BACK]
    await room.desk.outbox.fail_chat(OPERATOR, "blocked", now=room.desk.office.now())
    room.tips.desk.passing.look_again()
    await room.tick(28.1)
    assert await room.told(LEAD) == [], "that is stale, and what is over need not be known"


async def test_figures_that_are_missing_are_named_where_that_is_passed_on(room: Room) -> None:
    room.desk.set(room.at(22))
    gap = Gap(room.at(20).timestamp(), room.at(22).timestamp(), ("gmv", "online_now"))
    await room.tips.news.nudges.say(room.session.id, await room.tips.news.blind(room.session, gap), room.at(22))
    (group,) = await room.texts(GROUP)
    await room.refused(GROUP)
    await room.tick(22.1)
    (said,) = await room.texts(OPERATOR)
    assert said.splitlines() == [group.splitlines()[0], NO_GROUP, *group.splitlines()[1:]] and "缺 " in said


async def test_the_robots_of_a_lost_group_carry_it_all_the_same(room: Room) -> None:
    robots = Robots(room.desk.office.database)
    to = address(next(iter(URLS.values())))
    assert to is not None and await robots.add(GROUP, to, room.desk.office.entry(Deed.ROBOT_ADDED, ONE, A))
    (robot,) = await robots.here(GROUP)
    await room.lost(GROUP)
    await room.drops()
    assert await room.told(robot.name) == [HEAD]
    assert "⚠️" not in (await room.texts(robot.name))[0]
    assert await room.told(OPERATOR) == [HEAD]
