"""Groups in the chat: bound in private, told in the group; what happens to them; questions for the leads of a team."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete

from bot.domain.access import Policy, Role, Team
from bot.storage.tables import lead_questions
from tests.channels.telegram.desk import Desk, now
from tests.channels.telegram.kit import BOT, actor, forges, founded, joined, member, presses, qualified, served
from tests.double import ChatView, Person


async def bound(desk: Desk, group: ChatView) -> list[tuple[int, str, str, Policy]]:
    return [(one.topic, one.team, one.merchant, one.ceiling) for one in await desk.groups.here(f"telegram:{group.id}")]


async def binds(desk: Desk, person: Person, group: ChatView, *labels: str, topic: int = 0):
    """/bind in the group, and the choice in private."""
    await group.answer_to(await person.say(group, "/bind", topic=topic))
    await desk.settled()
    page = person.private().last
    await presses(person, page, *labels)
    await desk.settled()
    return page


@pytest.fixture
async def team(desk: Desk) -> tuple[Person, Team]:
    return await founded(desk, "王姐")


async def test_a_group_is_bound_in_private_and_hears_the_result_alone(desk: Desk, team: tuple[Person, Team]):
    owner, ours = team
    merchant = await served(desk, owner, ours, "侯哥家纺")
    await served(desk, owner, ours, "云南鲜花")
    group = desk.double.group("晚场", owner, kind="supergroup")
    page = await binds(desk, owner, group)
    assert page.text == "「晚场」群绑定给谁？绑定以后，群里每个人都看得到那里的资料。"
    await presses(owner, page, "侯哥家纺", "手册、团队资料和这个商家的资料")
    await desk.settled()
    assert await bound(desk, group) == [(0, ours.id, merchant.id, Policy.MERCHANT)]
    said = "\n".join(message.as_seen() for message in group.from_bot)
    assert "本群已绑定商家「侯哥家纺」" in said
    assert "云南鲜花" not in said
    assert "直播团队" not in said


async def test_a_ceiling_keeps_the_merchants_name_out_of_the_group(desk: Desk, team: tuple[Person, Team]):
    owner, ours = team
    await served(desk, owner, ours, "侯哥家纺")
    await served(desk, owner, ours, "云南鲜花", open=False)
    group = desk.double.group("晚场", owner, kind="supergroup")
    await binds(desk, owner, group, "侯哥家纺", "只看手册")
    assert group.last.text == "本群现在只看手册。"
    page = await binds(desk, owner, group, "云南鲜花", "手册、团队资料和这个商家的资料")
    assert "这个商家未授权" in page.text
    assert group.last.text.startswith("本群已绑定团队「直播团队」")


async def test_a_topic_is_bound_apart_and_unbound_by_a_command(desk: Desk, team: tuple[Person, Team]):
    owner, ours = team
    merchant = await served(desk, owner, ours, "侯哥家纺")
    forum = desk.double.group("运营", owner, kind="supergroup", topics=("直播", "选品"))
    topic = forum.topic("直播")
    page = await binds(desk, owner, forum, "侯哥家纺", "手册、团队资料和这个商家的资料", topic=topic)
    assert page.text.startswith("「运营」群的话题「直播」")
    assert await bound(desk, forum) == [(topic, ours.id, merchant.id, Policy.MERCHANT)]
    assert (forum.last.topic, forum.last.text[:8]) == (topic, "本话题已绑定商家")
    other = await owner.asks(forum, "/unbind", topic=forum.topic("选品"))
    assert "这个话题没有单独绑定" in other.text
    done = await owner.asks(forum, "/unbind", topic=topic)
    assert done.text == "本话题现在只看手册。"
    assert await bound(desk, forum) == []


async def test_groups_are_listed_changed_and_unbound_from_the_private_chat(desk: Desk, team: tuple[Person, Team]):
    owner, ours = team
    group = desk.double.group("晚场", owner, kind="supergroup")
    await binds(desk, owner, group, "团队", "手册和团队资料")
    page = await owner.asks(owner.private(), "/bind")
    assert "「晚场」群 → 直播团队（手册和团队资料）" in page.text
    assert await presses(owner, page, "「晚场」群", "解绑", "解绑") == "已解绑。"
    await desk.settled()
    assert group.last.text == "本群现在只看手册。"
    assert "没有绑定" in await forges(owner, page, "unbind", group.id, 0, 1)


async def test_whoever_the_bot_cannot_write_to_is_asked_to_start_it_and_goes_on_from_there(desk: Desk, team: tuple[Person, Team]):
    owner, ours = team
    group = desk.double.group("晚场", owner, kind="supergroup")
    await owner.blocks()
    await desk.settled()
    told = await owner.asks(group, "/bind")
    assert "按 START" in told.text
    link = told.buttons[0]["url"]
    assert link == f"{BOT}?start=b_{group.id}_0"
    await owner.unblocks()
    page = await owner.private().answer_to(await owner.follows(link))
    assert page.text.startswith("「晚场」群绑定给谁？")


async def test_strangers_operators_and_anonymous_admins_bind_nothing(desk: Desk, team: tuple[Person, Team]):
    owner, ours = team
    operator, stranger = await member(desk, "小李", owner, ours, Role.OPERATOR), desk.double.user("路人")
    group = desk.double.group("晚场", owner, operator, stranger, kind="supergroup")
    assert (await stranger.asks(group, "/bind")).text.startswith("您还不在任何团队里")
    assert (await stranger.asks(group, "/unbind")).text.startswith("您还不在任何团队里")
    assert (await operator.asks(group, "/bind")).text.startswith("您的角色不能做这件事")
    chat = desk.double.world.chat_json(group.chat)
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    await put(desk, {"message": {
        "message_id": 900, "date": int(now.seconds()), "chat": chat, "from": anonymous, "sender_chat": chat, "text": "/bind",
        "entities": [{"type": "bot_command", "offset": 0, "length": 5}],
    }})  # fmt: skip
    assert group.last.text.startswith("您是匿名管理员")
    assert await bound(desk, group) == []


async def test_forged_bindings_reach_no_group_that_is_not_ones_own(desk: Desk, team: tuple[Person, Team]):
    owner, ours = team
    group = desk.double.group("晚场", owner, kind="supergroup")
    await binds(desk, owner, group, "团队", "手册和团队资料")
    forger, theirs = await founded(desk, "周总")
    foreign = desk.double.group("别人的群", owner, kind="supergroup")
    page = await forger.asks(forger.private(), "/bind")
    before = page.text
    for chat in (group, foreign):
        for name, *values in (
            ("group",), ("bind_what",), ("bind_policy", theirs.id, ""), ("bind", theirs.id, "", 1), ("unbind", 1),
        ):  # fmt: skip
            toast = await forges(forger, page, name, chat.id, 0, *values)
            assert toast.startswith("没有找到这个群") or "没有绑定" in toast, name
    assert page.text == before
    assert (await forger.private().answer_to(await forger.follows(f"{BOT}?start=b_{foreign.id}_0"))).text.startswith(
        "没有找到这个群"
    )
    assert await bound(desk, foreign) == []
    await forger.joins(group)
    assert "由别人绑定" in await forges(forger, page, "bind", group.id, 0, theirs.id, "", 1)
    assert [one[1] for one in await bound(desk, group)] == [ours.id]


async def put(desk: Desk, content: dict[str, object], update_id: int = 1) -> None:
    """An update that the double does not make, as Telegram would send it."""
    await desk.inbox.put(desk.account, update_id, "-1", {"update_id": update_id} | content, now=now())
    assert desk.bot is not None
    desk.bot.notify()
    while (await desk.inbox.counts()).get("waiting"):
        await desk.double.world.until(lambda: False, 0.02)
    await desk.settled()


async def test_an_operator_is_offered_no_button_that_does_nothing_for_them(desk: Desk, team: tuple[Person, Team]):
    owner, ours = team
    operator = await member(desk, "小李", owner, ours, Role.OPERATOR)
    group = desk.double.group("晚场", owner, operator, kind="supergroup")
    await binds(desk, owner, group, "团队", "手册和团队资料")
    page = await operator.asks(operator.private(), "/bind")
    assert page.text == "「直播团队」绑定的群\n「晚场」群 → 直播团队（手册和团队资料）"
    assert [button["text"] for button in page.buttons] == ["‹ 返回"]
    for name, *values in (("unbind", 1), ("bind_policy", ours.id, ""), ("bind", ours.id, "", 1)):
        assert "您的角色不能做这件事" in await forges(operator, page, name, group.id, 0, *values), name
    assert len(await bound(desk, group)) == 1


async def test_a_group_whose_name_ends_in_group_is_called_one_once(desk: Desk, team: tuple[Person, Team]):
    owner, _ = team
    group = desk.double.group("好物群", owner, kind="supergroup")
    page = await binds(desk, owner, group)
    assert page.text.startswith("「好物群」绑定给谁？")
    forum = desk.double.group("选品群", owner, kind="supergroup", topics=("直播",))
    page = await binds(desk, owner, forum, topic=forum.topic("直播"))
    assert page.text.startswith("「选品群」的话题「直播」绑定给谁？")


async def test_whoever_brings_the_bot_into_a_group_reads_what_it_answers_from_there(desk: Desk, team: tuple[Person, Team]):
    owner, ours = team
    group = desk.double.group("晚场", owner, kind="supergroup", bot="left")
    await owner.adds_bot(group)
    (hello,) = await group.wait_for(1)
    assert "用操盘手册回答问题" in hello.text and "组长在群里发 /bind" in hello.text
    await binds(desk, owner, group, "团队", "手册和团队资料")
    await owner.removes_bot(group)
    await owner.adds_bot(group)
    await desk.settled()
    again = group.last.text
    assert "本群的绑定还在，我用手册和团队资料回答" in again
    assert "/bind" not in again and "直播团队" not in again


async def test_a_group_without_a_binding_says_how_to_bind_it(desk: Desk, team: tuple[Person, Team]):
    owner, _ = team
    group = desk.double.group("晚场", owner, kind="supergroup")
    assert "组长在群里发 /bind" in (await owner.asks(group, "/start@copilot_test_bot")).text
    await binds(desk, owner, group, "团队", "手册和团队资料")
    assert "/bind，就能" not in (await owner.asks(group, "/help@copilot_test_bot")).text


async def test_managers_hear_in_private_what_happens_to_their_group(desk: Desk, team: tuple[Person, Team]):
    owner, ours = team
    merchant = await served(desk, owner, ours, "侯哥家纺")
    lead = await member(desk, "小赵", owner, ours, Role.LEAD, merchant.id)
    operator = await member(desk, "小李", owner, ours, Role.OPERATOR)
    forum = desk.double.group("运营", owner, operator, kind="supergroup", topics=("直播",))
    topic = forum.topic("直播")
    await binds(desk, owner, forum, "侯哥家纺", "手册、团队资料和这个商家的资料", topic=topic)
    heard = len(operator.private().from_bot)
    chat, who = desk.double.world.chat_json(forum.chat), operator.user.to_json()
    base = {"date": int(now.seconds()), "chat": chat, "from": who}
    closed = base | {"message_id": 901, "message_thread_id": topic, "is_topic_message": True, "forum_topic_closed": {}}
    await put(desk, {"message": closed}, 1)
    assert lead.private().last.text == (
        "「运营」群的话题「直播」：小李 关闭了这个话题，我在那里答不了问题。绑定还在（侯哥家纺）。"
    )
    renamed = base | {"message_id": 902, "new_chat_title": "新运营", "chat": chat | {"title": "新运营"}}
    await put(desk, {"message": renamed}, 2)
    assert lead.private().last.text.startswith("「运营」群：小李 把群名改成了「新运营」。")
    me = desk.double.world.bot.to_json()
    rights = dict.fromkeys((
        "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos",
        "can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages",
        "can_add_web_page_previews", "can_change_info", "can_invite_users", "can_pin_messages", "can_manage_topics",
        "can_edit_tag", "can_react_to_messages",
    ), False)  # fmt: skip
    muted = {"status": "restricted", "user": me, "is_member": True, "until_date": 0} | rights
    change = base | {"old_chat_member": {"status": "member", "user": me}, "new_chat_member": muted}
    await put(desk, {"my_chat_member": change}, 3)
    assert "我不能发言了（小李 改了权限）" in lead.private().last.text
    await operator.removes_bot(forum)
    await desk.settled()
    gone = lead.private().last
    assert "小李 把我移出去了，绑定还留着（侯哥家纺）" in gone.text
    assert await presses(lead, gone, "看绑定", "解绑", "解绑") == "已解绑。"
    assert await bound(desk, forum) == []
    assert len(operator.private().from_bot) == heard
    told = [message for message in owner.private().from_bot if "绑定还" in message.text]
    assert told == []  # the merchant has a lead of its own


async def test_an_upgraded_group_keeps_its_binding_and_says_so(desk: Desk, team: tuple[Person, Team]):
    owner, ours = team
    group = desk.double.group("小群", owner)
    await binds(desk, owner, group, "团队", "手册和团队资料")
    upgraded = desk.double.upgrade(group)
    await desk.settled()
    assert await bound(desk, upgraded) == [(0, ours.id, "", Policy.TEAM)]
    notices = [message for message in owner.private().from_bot if "升级成了超级群" in message.text]
    assert len(notices) == 1


async def test_an_unbound_group_is_nobodys_business(desk: Desk, team: tuple[Person, Team]):
    owner, _ = team
    group = desk.double.group("小群", owner)
    before = len(owner.private().from_bot)
    await owner.removes_bot(group)
    await desk.settled()
    assert len(owner.private().from_bot) == before


async def test_without_a_lead_chat_the_askers_own_leads_get_the_question(desk: Desk, team: tuple[Person, Team]):
    owner, ours = team
    operator = await member(desk, "小李", owner, ours, Role.OPERATOR)
    other, _ = await founded(desk, "周总")
    known = len(other.private().from_bot)
    answer = await operator.asks(operator.private(), "停留低怎么办")
    assert await operator.presses(answer, "问组长") == "已转给组长，有回复我带回到这里。"
    assert await operator.presses(answer, "问组长") == "已经转给组长了，有回复我带回到这里。"
    await desk.settled()
    posted = owner.private().last
    assert posted.text.startswith("小李 想请您回答：\n停留低怎么办")
    assert (await owner.asks(owner.private(), "先看开场", reply_to=posted)).text == "已带给对方。"
    await desk.settled()
    assert operator.private().last.text == "王姐 回复了您的问题“停留低怎么办”：\n先看开场"
    assert len(other.private().from_bot) == known


@pytest.mark.parametrize("gone", ["from the outbox after a month", "with its answer"])
async def test_a_lead_who_replies_too_late_is_told_so(desk: Desk, team: tuple[Person, Team], gone: str):
    owner, ours = team
    operator = await member(desk, "小李", owner, ours, Role.OPERATOR)
    answer = await operator.asks(operator.private(), "停留低怎么办")
    await operator.presses(answer, "问组长")
    await desk.settled()
    posted, heard = owner.private().last, len(operator.private().from_bot)
    if gone == "with its answer":
        async with desk.database.write() as db:
            await db.execute(delete(lead_questions))
    else:
        await desk.outbox.prune(now() + timedelta(days=1))
    told = await owner.asks(owner.private(), "先看开场", reply_to=posted)
    await desk.settled()
    assert told.text == "这个问题转来太久，或者已经删除，我带不回去了，请直接找提问的人。"
    assert len(operator.private().from_bot) == heard
    assert (await owner.asks(owner.private(), "停留低怎么办", reply_to=told)).text.startswith("停留"), (
        "other replies are questions"
    )


async def test_a_question_in_a_group_goes_to_the_leads_of_its_merchant(desk: Desk, team: tuple[Person, Team]):
    owner, ours = team
    merchant = await served(desk, owner, ours, "侯哥家纺")
    lead = await member(desk, "小赵", owner, ours, Role.LEAD, merchant.id)
    guest = desk.double.user("场控")
    group = desk.double.group("晚场", owner, guest, kind="supergroup")
    await binds(desk, owner, group, "侯哥家纺", "手册、团队资料和这个商家的资料")
    known = len(owner.private().from_bot)
    answer = await guest.asks(group, "@copilot_test_bot 停留低怎么办")
    assert "已转给组长" in await guest.presses(answer, "问组长")
    await desk.settled()
    assert lead.private().last.text.startswith("场控（在「晚场」群里） 想请您回答：")
    assert len(owner.private().from_bot) == known
    await lead.say(lead.private(), "看开场", reply_to=lead.private().last)
    await desk.settled()
    assert group.last.text.endswith("看开场")


async def test_a_lead_who_is_one_no_more_answers_nobody(desk: Desk, team: tuple[Person, Team]):
    owner, ours = team
    lead = await member(desk, "小赵", owner, ours, Role.LEAD)
    operator = await member(desk, "小李", owner, ours, Role.OPERATOR)
    answer = await operator.asks(operator.private(), "停留低怎么办")
    await operator.presses(answer, "问组长")
    await desk.settled()
    posted, before = lead.private().last, len(operator.private().from_bot)
    await desk.office.team.remove(await actor(desk, owner), ours.id, qualified(lead))
    told = await lead.asks(lead.private(), "听我的", reply_to=posted)
    assert told.text == "这条回答找不到了，请再问一次。"
    assert len(operator.private().from_bot) == before


async def test_somebody_in_two_teams_says_whose_lead_to_ask(desk: Desk, team: tuple[Person, Team]):
    owner, ours = team
    other, theirs = await founded(desk, "周总")
    await desk.office.team.rename(await actor(desk, other), theirs.id, "远山传媒")
    operator = await member(desk, "小李", owner, ours, Role.OPERATOR)
    await joined(desk, operator, await desk.office.team.invite(await actor(desk, other), theirs.id, Role.OPERATOR))
    await desk.settled()
    known = len(owner.private().from_bot)
    answer = await operator.asks(operator.private(), "停留低怎么办")
    assert await operator.presses(answer, "问组长") == "问哪个团队的组长？"
    assert "已转给组长" in await operator.presses(answer, "远山传媒")
    await desk.settled()
    assert other.private().last.text.startswith("小李 想请您回答")
    assert len(owner.private().from_bot) == known
    assert "问组长" in [button["text"] for button in answer.buttons]


async def test_a_lone_owner_has_nobody_to_ask(desk: Desk, team: tuple[Person, Team]):
    owner, _ = team
    answer = await owner.asks(owner.private(), "停留低怎么办")
    assert "还没有设组长群" in await owner.presses(answer, "问组长")
