"""What has ended is said: once to the leads and in the groups, and below each answer that may have stood in what is closed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.channels.telegram.people.endings import LOOK_BACK, Said, tell_endings
from bot.domain.access import Merchant, Policy, Role, Team
from bot.domain.audit import Deed, Entry
from bot.jobs import KEEP
from bot.storage.merchants import Authorisation
from bot.storage.tables import exchanges
from tests.channels.telegram.desk import Desk, now
from tests.channels.telegram.kit import actor, founded, member, presses, prompted, qualified, served
from tests.double import ChatView, Person

ME = "@copilot_test_bot"
UNKNOWN = "火星怎么卖"
"""A question that the handbook does not answer."""
CLOSED = "商家「侯哥家纺」的授权已结束，现在查不到它的资料；组长可以在 /merchants 登记新的授权。"


@pytest.fixture
async def team(desk: Desk) -> tuple[Person, Team]:
    return await founded(desk, "王姐")


async def expired(
    desk: Desk, owner: Person, team: Team, name: str = "侯哥家纺", ago: timedelta = timedelta(minutes=5)
) -> Merchant:
    """A merchant whose authorisation has just run out."""
    merchant = await served(desk, owner, team, name)
    over = Authorisation("张三", qualified(owner), now() - timedelta(days=30), now() - ago, now() - timedelta(days=30))
    entry = Entry(
        now(), qualified(owner), Deed.AUTHORISED, team=team.id, merchant=merchant.id, detail={"until": now().isoformat()}
    )
    await desk.merchants.authorise(merchant.id, over, entry)
    return merchant


async def bound(
    desk: Desk, owner: Person, title: str, merchant: Merchant, most: Policy = Policy.MERCHANT, topic: str = ""
) -> ChatView:
    """A group, or a topic of it, bound to the merchant."""
    group = desk.double.group(title, owner, kind="supergroup", topics=(topic,) if topic else ())
    place = (f"telegram:{group.id}", group.topic(topic) if topic else 0)
    await desk.office.merchants.bind(await actor(desk, owner), *place, merchant.team, merchant.id, most)
    await owner.asks(group, f"{ME} 停留低怎么办", topic=place[1])
    return group


async def hears(desk: Desk, *chats: ChatView) -> list[list[str]]:
    """What each chat is told when the clock looks, looks again, and looks after a restart."""
    before = [len(chat.from_bot) for chat in chats]
    assert desk.bot is not None
    await desk.bot.tell_endings()
    await desk.bot.tell_endings()
    await tell_endings(desk.bot._parts, Said())
    await desk.settled()
    return [[message.text for message in chat.from_bot[seen:]] for chat, seen in zip(chats, before, strict=True)]


async def test_leads_and_groups_hear_once_that_an_authorisation_has_run_out(desk: Desk, team: tuple[Person, Team]):
    owner, ours = team
    lead = await member(desk, "小赵", owner, ours, Role.LEAD)
    merchant = await served(desk, owner, ours, "侯哥家纺")
    own = await member(desk, "小钱", owner, ours, Role.LEAD, merchant.id)
    operator = await member(desk, "小李", owner, ours, Role.OPERATOR, merchant.id)
    group, narrow = await bound(desk, owner, "晚场", merchant), await bound(desk, owner, "早场", merchant, Policy.TEAM)
    forum = await bound(desk, owner, "运营", merchant, topic="直播")
    assert await hears(desk, owner.private(), group) == [[], []]
    over = Authorisation("张三", qualified(owner), now() - timedelta(days=1), now() - timedelta(minutes=1), now())
    entry = Entry(now(), qualified(owner), Deed.AUTHORISED, team=ours.id, merchant=merchant.id)
    await desk.merchants.authorise(merchant.id, over, entry)
    chats = (owner.private(), lead.private(), own.private(), operator.private(), group, narrow, forum)
    (for_owner,), (for_lead,), (for_own,), nothing, (in_group,), kept_out, (in_topic,) = await hears(desk, *chats)
    assert for_owner == for_lead == for_own
    assert for_owner.startswith("商家「侯哥家纺」的授权已到期（") and "续签后请登记新的授权" in for_owner
    assert (nothing, kept_out) == ([], [])
    assert in_group == "商家「侯哥家纺」的授权已结束，本群现在查不到它的资料。组长登记新的授权后恢复。"
    assert in_topic == in_group.replace("本群", "本话题")
    assert forum.last.topic == forum.topic("直播")
    await owner.presses(owner.private().last, "登记授权")
    assert "授权到哪一天" in (await prompted(desk, owner.private())).text


async def test_what_ended_long_ago_or_was_renewed_is_not_news(desk: Desk, team: tuple[Person, Team]):
    owner, ours = team
    await expired(desk, owner, ours, "云南鲜花", ago=LOOK_BACK + timedelta(minutes=1))
    renewed = await expired(desk, owner, ours)
    await desk.office.merchants.authorise(await actor(desk, owner), renewed.id, now() + timedelta(days=9), "张三")
    assert await hears(desk, owner.private()) == [[]]
    assert LOOK_BACK < KEEP  # or the outbox would have forgotten that it was said


async def test_an_authorisation_ended_by_hand_is_said_at_once_to_all_others_and_shown_as_ended(
    desk: Desk, team: tuple[Person, Team]
):
    owner, ours = team
    lead = await member(desk, "小赵", owner, ours, Role.LEAD)
    merchant = await served(desk, owner, ours, "侯哥家纺")
    group = await bound(desk, owner, "晚场", merchant)
    page = await lead.asks(lead.private(), "/merchants")
    own = len(lead.private().from_bot)
    await presses(lead, page, "侯哥家纺", "终止授权", "终止")
    await desk.settled()
    assert page.text.splitlines()[1].startswith("已终止（")
    assert owner.private().last.text == "小赵 终止了商家「侯哥家纺」的授权，现在谁都看不到它的资料。"
    assert group.last.text.startswith("商家「侯哥家纺」的授权已结束")
    assert len(lead.private().from_bot) == own
    assert await hears(desk, owner.private(), lead.private(), group) == [[], [], []]
    listed = await owner.asks(owner.private(), "/merchants")
    assert listed.buttons[0]["text"].startswith("侯哥家纺：已终止（")


async def test_what_has_run_out_by_itself_is_shown_as_expired_also_when_somebody_ends_it_again(
    desk: Desk, team: tuple[Person, Team]
):
    owner, ours = team
    merchant = await expired(desk, owner, ours)
    await desk.office.merchants.end_authorisation(await actor(desk, owner), merchant.id)
    listed = await owner.asks(owner.private(), "/merchants")
    assert listed.buttons[0]["text"].startswith("侯哥家纺：已到期（")


async def test_the_groups_of_a_deleted_merchant_hear_of_it_whoever_deleted_it(desk: Desk, team: tuple[Person, Team]):
    owner, ours = team
    merchant, other = await served(desk, owner, ours, "侯哥家纺"), await served(desk, owner, ours, "云南鲜花")
    group, forum = await bound(desk, owner, "晚场", merchant), await bound(desk, owner, "运营", merchant, topic="直播")
    theirs = await bound(desk, owner, "鲜花", other)
    page = await owner.asks(owner.private(), "/merchants")
    await presses(owner, page, "侯哥家纺", "删除商家")
    await owner.asks(owner.private(), "侯哥家纺", reply_to=await prompted(desk, owner.private()))
    await desk.settled()
    assert group.last.text == "本群绑定的商家已删除，它的资料都清掉了，以后查不到。"
    assert (forum.last.topic, forum.last.text[:3]) == (forum.topic("直播"), "本话题")
    assert await hears(desk, group, forum, theirs) == [[], [], []]
    await desk.office.merchants.delete(await actor(desk, owner), other.id)  # as the command line does
    assert await hears(desk, group, theirs) == [[], ["本群绑定的商家已删除，它的资料都清掉了，以后查不到。"]]


async def test_an_unanswered_question_is_told_that_the_merchant_is_closed(desk: Desk, team: tuple[Person, Team]):
    owner, ours = team
    merchant = await expired(desk, owner, ours)
    operator = await member(desk, "小李", owner, ours, Role.OPERATOR, merchant.id)
    answer = await operator.asks(operator.private(), UNKNOWN)
    assert answer.text.startswith("手册里没有写这一条") and answer.text.endswith(f"\n\n{CLOSED}")
    named = await operator.asks(operator.private(), "侯哥家纺停留低怎么办")
    assert "停留时长" in named.text and named.text.endswith(CLOSED)
    assert CLOSED not in (await operator.asks(operator.private(), "停留低怎么办")).text
    assert CLOSED not in (await operator.asks(operator.private(), "谢谢")).text
    async with desk.database.read() as db:
        kept = (await db.execute(select(exchanges.c.text, exchanges.c.notice))).all()
    assert "授权" not in repr(kept)  # it would outlive the merchant
    await desk.office.merchants.authorise(await actor(desk, owner), merchant.id, now() + timedelta(days=9), "张三")
    assert CLOSED not in (await operator.asks(operator.private(), UNKNOWN)).text


async def test_nobody_is_told_of_a_closed_merchant_whom_they_need_not_know(desk: Desk, team: tuple[Person, Team]):
    owner, ours = team
    merchant = await expired(desk, owner, ours)
    plain = await member(desk, "小孙", owner, ours, Role.OPERATOR)
    rival, _ = await founded(desk, "周总")
    group, narrow = await bound(desk, owner, "晚场", merchant), await bound(desk, owner, "早场", merchant, Policy.TEAM)
    free = desk.double.group("闲聊", owner, kind="supergroup")
    for person in (plain, rival, desk.double.user("路人")):
        for question in (UNKNOWN, "侯哥家纺有多少货"):
            assert "授权" not in (await person.asks(person.private(), question)).text
    for chat in (narrow, free):
        assert "授权" not in (await owner.asks(chat, f"{ME} {UNKNOWN}")).text
    guest = desk.double.user("场控")
    await guest.joins(group)
    assert (await guest.asks(group, f"{ME} {UNKNOWN}")).text.endswith(CLOSED)
    assert (await owner.asks(owner.private(), UNKNOWN)).text.endswith(CLOSED)


async def test_many_closed_merchants_make_one_short_sentence(desk: Desk, team: tuple[Person, Team]):
    owner, ours = team
    for name in ("甲铺", "乙铺", "丙铺", "丁铺"):
        await expired(desk, owner, ours, name)
    last = (await owner.asks(owner.private(), UNKNOWN)).text.splitlines()[-1]
    assert last.startswith("商家「丁铺」、「丙铺」、「乙铺」等 4 个的授权已结束")
    assert (await owner.asks(owner.private(), "甲铺的火星货")).text.count("「") == 1
