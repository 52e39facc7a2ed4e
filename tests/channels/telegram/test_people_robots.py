"""/robot in the private chat: added by a reply that is deleted at once, tried, removed; the address is shown nowhere."""

from __future__ import annotations

import pytest

from bot.domain.access import Role, Team
from bot.domain.outgoing import ROBOT
from tests.channels.telegram.desk import Desk, now
from tests.channels.telegram.kit import forges, founded, member, presses
from tests.channels.telegram.test_people_groups import binds
from tests.double import ChatView, Person
from tests.robots_double import FEISHU_KEY, URLS

FEISHU = next(iter(URLS.values()))


@pytest.fixture
async def team(desk: Desk) -> tuple[Person, Team]:
    return await founded(desk, "王姐")


@pytest.fixture
async def group(desk: Desk, team: tuple[Person, Team]) -> ChatView:
    owner, _ = team
    made = desk.double.group("晚场", owner, kind="supergroup")
    await binds(desk, owner, made, "团队", "手册和团队资料")
    return made


async def opened(owner: Person) -> object:
    page = await owner.asks(owner.private(), "/robot")
    await presses(owner, page, "「晚场」群")
    return page


async def test_a_robot_is_added_by_a_reply_that_is_deleted(desk: Desk, team: tuple[Person, Team], group: ChatView):
    owner, _ = team
    private = owner.private()
    page = await opened(owner)
    assert "还没有" in page.text
    await presses(owner, page, "添加")
    await desk.settled()
    prompt = private.last
    assert "地址相当于密码" in prompt.text
    said = await owner.say(private, FEISHU, reply_to=prompt)
    await desk.settled()
    assert "已添加飞书" in private.last.text and "已从聊天里删掉" in private.last.text
    assert said.id not in [message.id for message in private.messages]
    assert not [message for message in private.messages if FEISHU_KEY in message.text]
    (robot,) = await desk.office.robots.robots.here(f"telegram:{group.id}")
    async with desk.database.read() as db:
        for table in ("inbox", "outbox", "exchanges", "audit"):
            rows = (await db.exec_driver_sql(f"SELECT * FROM {table}")).all()
            assert FEISHU_KEY not in str(rows), table
    assert await presses(owner, private.last, f"飞书 {robot.fingerprint}", "移除", "移除") == "已移除。"
    assert await desk.office.robots.robots.here(f"telegram:{group.id}") == ()


async def test_what_is_no_address_is_asked_for_again(desk: Desk, team: tuple[Person, Team], group: ChatView):
    owner, _ = team
    page = await opened(owner)
    await presses(owner, page, "添加")
    await desk.settled()
    await owner.say(owner.private(), "https://example.com/hook", reply_to=owner.private().last)
    await desk.settled()
    assert "这不是群机器人的地址" in owner.private().last.text
    await owner.say(owner.private(), FEISHU, reply_to=owner.private().last)
    await desk.settled()
    assert "已添加飞书" in owner.private().last.text


async def test_a_test_message_is_on_its_way(desk: Desk, team: tuple[Person, Team], group: ChatView):
    owner, _ = team
    robot = await desk.office.robots.add(await desk.office.gate.actor(f"telegram:{owner.id}", ""), f"telegram:{group.id}", FEISHU)
    page = await opened(owner)
    assert "测试消息已发往飞书" in await presses(owner, page, f"飞书 {robot.fingerprint}", "发测试消息")
    (waiting,) = await desk.outbox.due(now=now(), limit=9, channels=[ROBOT])
    assert waiting.chat == f"{ROBOT}:{robot.id}"


async def test_operators_and_strangers_see_no_robot(desk: Desk, team: tuple[Person, Team], group: ChatView):
    owner, ours = team
    robot = await desk.office.robots.add(await desk.office.gate.actor(f"telegram:{owner.id}", ""), f"telegram:{group.id}", FEISHU)
    operator = await member(desk, "小李", owner, ours, Role.OPERATOR)
    page = await operator.asks(operator.private(), "/robot")
    assert robot.fingerprint not in page.text and not page.buttons
    for action in (("robots", group.id), ("robot", robot.id), ("robot_test", robot.id), ("robot_remove", robot.id, 1)):
        await forges(operator, page, *action)
    assert len(await desk.office.robots.robots.here(f"telegram:{group.id}")) == 1
    assert await desk.outbox.due(now=now(), limit=9, channels=[ROBOT]) == []


async def test_the_group_page_leads_to_its_robots(desk: Desk, team: tuple[Person, Team], group: ChatView):
    owner, _ = team
    page = await owner.asks(owner.private(), "/bind")
    await presses(owner, page, "「晚场」群", "群机器人")
    assert page.text.startswith("「晚场」群的群机器人")
