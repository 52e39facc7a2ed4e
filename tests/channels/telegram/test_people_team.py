"""Teams in the chat: founding, inviting, joining, roles, leaving; and what buttons cannot do."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.channels.telegram import actions
from bot.channels.telegram.people import grammar
from bot.domain.access import Role
from bot.domain.audit import Deed
from bot.storage.tables import outbox
from tests.channels.telegram.desk import Desk
from tests.channels.telegram.kit import (
    BOT,
    actor,
    code_in,
    forges,
    founded,
    joined,
    member,
    presses,
    prompted,
    qualified,
    served,
    trail,
)
from tests.double import Person

STRANGER = "您还不在任何团队里。请向组长要一个邀请链接，点开后按 START 就能加入。"


@pytest.mark.parametrize("command", ["/team", "/roles", "/invite", "/merchants", "/bind", "/audit"])
async def test_a_stranger_gets_one_sentence(desk: Desk, command: str):
    stranger = desk.double.user("路人")
    await founded(desk, "王姐")
    page = await stranger.asks(stranger.private(), command)
    assert (page.text, page.buttons) == (STRANGER, [])


@pytest.mark.parametrize("payload", ["i_", "i_bad", "i_" + "x" * 22, "i_" + "x" * 60])
async def test_a_wrong_code_is_refused_in_words(desk: Desk, payload: str):
    stranger = desk.double.user("路人")
    refused = await stranger.asks(stranger.private(), f"/start {payload}")
    assert refused.text == "这个邀请码不对。请核对链接，或让邀请人重新发一个。"


async def test_the_founder_names_the_team_and_is_offered_the_next_steps(desk: Desk):
    owner, team = await founded(desk, "王姐")
    chat = owner.private()
    (hello,) = chat.from_bot
    assert "新团队建好了" in hello.text
    assert [button["text"] for button in hello.buttons] == ["团队改名", "新增商家", "邀请成员"]
    assert await owner.presses(hello, "团队改名") == "请回复下面那条消息。"
    again = await owner.asks(chat, "长" * 41, reply_to=await prompted(desk, chat))
    assert again.text == "名字太长，最多 40 个字。"
    done = await owner.asks(chat, "星河直播", reply_to=again)
    assert done.text == "改好了，团队现在叫「星河直播」。"
    assert (await desk.office.team.team(await actor(desk, owner), team.id)).name == "星河直播"


async def test_an_invitation_is_made_by_buttons_and_its_code_kept_nowhere(desk: Desk):
    owner, team = await founded(desk, "王姐")
    chat = owner.private()
    page = await owner.asks(chat, "/invite")
    await presses(owner, page, "操盘手", "1 人", "7 天")
    await desk.settled()
    code = code_in(chat.last)
    async with desk.database.read() as db:
        assert not [raw for raw in await db.scalars(select(outbox.c.message)) if raw is not None]
    newcomer, late = desk.double.user("小李"), desk.double.user("小张")
    assert (await joined(desk, newcomer, code)).text.startswith("您已加入团队「直播团队」，角色：操盘手。")
    await desk.settled()
    assert chat.last.text == "小李 用邀请链接加入了「直播团队」，角色：操盘手。"
    assert (await joined(desk, newcomer, code)).text == "您已经在里面了，不用再加入。"
    assert (await joined(desk, late, code)).text == "这个邀请已经用完，请让邀请人重新发一个。"
    assert (await late.asks(late.private(), "/team")).text == STRANGER


async def test_an_invitation_for_a_merchant_names_it_and_never_makes_an_owner_of_it(desk: Desk):
    owner, team = await founded(desk, "王姐")
    await served(desk, owner, team, "侯哥家纺")
    page = await owner.asks(owner.private(), "/invite")
    await owner.presses(page, "侯哥家纺")
    assert [button["text"] for button in page.buttons] == ["只读", "学员", "操盘手", "组长", "‹ 返回"]
    await presses(owner, page, "操盘手", "1 人", "7 天")
    await desk.settled()
    assert owner.private().last.text.startswith("邀请您加入团队「直播团队」，负责商家「侯哥家纺」，角色：操盘手。")


async def test_an_invitation_is_not_used_up_in_a_group(desk: Desk):
    owner, team = await founded(desk, "王姐")
    code = await desk.office.team.invite(await actor(desk, owner), team.id, Role.OPERATOR)
    newcomer = desk.double.user("小李")
    group = desk.double.group("晨会", newcomer, kind="supergroup")
    assert "私聊" in (await newcomer.asks(group, f"/start i_{code}")).text
    assert "您已加入" in (await joined(desk, newcomer, code)).text


async def test_a_revoked_invitation_lets_nobody_in(desk: Desk):
    owner, team = await founded(desk, "王姐")
    code = await desk.office.team.invite(await actor(desk, owner), team.id, Role.OPERATOR, uses=5)
    page = await owner.asks(owner.private(), "/team")
    assert await presses(owner, page, "没用完的邀请", "作废第 1 条", "作废") == "已作废。"
    assert page.text == "「直播团队」没有还能用的邀请。"
    late = desk.double.user("小张")
    assert (await joined(desk, late, code)).text == "这个邀请已经作废，请让邀请人重新发一个。"


async def test_everybody_sees_the_members_that_they_may_and_only_managers_the_tools(desk: Desk):
    owner, team = await founded(desk, "王姐")
    merchant = await served(desk, owner, team, "侯哥家纺")
    operator = await member(desk, "小李", owner, team, Role.OPERATOR)
    await member(desk, "小赵", owner, team, Role.TRAINEE, merchant.id)
    mine = await owner.asks(owner.private(), "/team")
    assert mine.text.splitlines() == ["团队「直播团队」 · 3 人", "王姐（您）：负责人", "小李：操盘手", "小赵：侯哥家纺 学员"]
    theirs = await operator.asks(operator.private(), "/team")
    assert theirs.text.splitlines()[0] == "团队「直播团队」 · 您看得到 2 人"  # there are three
    assert "侯哥家纺" not in theirs.text
    assert [button["text"] for button in theirs.buttons] == ["成员和角色", "商家", "退出团队"]
    listed = [entry for entry in await trail(desk, owner, team) if entry.deed is Deed.LISTED]
    assert {entry.person for entry in listed} == {qualified(owner), qualified(operator)}


async def test_a_role_is_changed_after_a_question_and_the_person_is_told(desk: Desk):
    owner, team = await founded(desk, "王姐")
    operator = await member(desk, "小李", owner, team, Role.OPERATOR)
    page = await owner.asks(owner.private(), "/roles")
    await presses(owner, page, "小李", "改角色：整个团队", "组长")
    assert page.text == "把 小李 在「直播团队」的角色改成组长？"
    assert (await desk.people.access(qualified(operator))).role(team.id) is Role.OPERATOR
    assert await owner.presses(page, "改") == "改好了。"
    await desk.settled()
    assert (await desk.people.access(qualified(operator))).role(team.id) is Role.LEAD
    assert operator.private().last.text == "您在「直播团队」的角色改成了组长。"


async def test_a_second_removal_says_that_there_is_nobody(desk: Desk):
    owner, team = await founded(desk, "王姐")
    operator = await member(desk, "小李", owner, team, Role.OPERATOR)
    page = await owner.asks(owner.private(), "/roles")
    await presses(owner, page, "小李", "移出团队")
    assert await forges(owner, page, "remove", team.id, "", operator.id, 1) == "已移出。"
    assert "没有找到这个人" in await forges(owner, page, "remove", team.id, "", operator.id, 1)
    await desk.settled()
    assert (await operator.asks(operator.private(), "/team")).text == STRANGER


async def test_the_last_owner_stays_until_the_team_is_handed_over(desk: Desk):
    owner, team = await founded(desk, "王姐")
    heir = await member(desk, "小李", owner, team, Role.LEAD)
    page = await owner.asks(owner.private(), "/team")
    assert "最后一位负责人" in await presses(owner, page, "退出团队", "退出")
    await presses(owner, page, "不，返回", "成员和角色", "小李")
    assert await presses(owner, page, "把团队交接给对方", "交接") == "交接好了，您现在是组长。"
    await desk.settled()
    assert heir.private().last.text == "王姐 把团队「直播团队」交接给了您，您现在是负责人。"
    page = await owner.asks(owner.private(), "/team")
    await presses(owner, page, "退出团队", "退出")
    assert page.text == "您已退出团队「直播团队」。"
    assert not (await desk.people.access(qualified(owner))).teams


async def test_somebody_blocked_is_not_listened_to_until_unblocked(desk: Desk):
    owner, team = await founded(desk, "王姐")
    operator = await member(desk, "小李", owner, team, Role.OPERATOR)
    page = await owner.asks(owner.private(), "/roles")
    assert await presses(owner, page, "小李", "拉黑", "拉黑") == "已拉黑。"
    before = len(operator.private().from_bot)
    await operator.say(operator.private(), "/team")
    await desk.settled()
    assert len(operator.private().from_bot) == before
    assert await presses(owner, page, "取消拉黑", "取消拉黑") == "已取消拉黑。"
    assert "直播团队" in (await operator.asks(operator.private(), "/team")).text


async def test_blocked_people_are_found_from_the_teams_page_also_when_they_are_in_it_no_more(desk: Desk):
    owner, team = await founded(desk, "王姐")
    operator = await member(desk, "小李", owner, team, Role.OPERATOR)
    page = await owner.asks(owner.private(), "/team")
    assert "拉黑名单（1 人）" not in [button["text"] for button in page.buttons]
    boss = await actor(desk, owner)
    await desk.office.team.block(boss, qualified(operator), blocked=True)
    await desk.office.team.remove(boss, team.id, qualified(operator))
    page = await owner.asks(owner.private(), "/team")
    await presses(owner, page, "拉黑名单（1 人）", "小李")
    assert page.text == "取消拉黑 小李？原来的角色随之恢复。"
    assert await owner.presses(page, "取消拉黑") == "已取消拉黑。"
    assert page.text == "「直播团队」没有拉黑的人。"
    assert not (await desk.people.access(qualified(operator))).blocked
    assert "没有找到这个人" in await forges(owner, page, "unblock", team.id, operator.id, 1)


async def test_somebody_in_two_teams_chooses_one(desk: Desk):
    owner, first = await founded(desk, "王姐")
    other, second = await founded(desk, "周总")
    await desk.office.team.rename(await actor(desk, other), second.id, "远山传媒")
    await joined(desk, owner, await desk.office.team.invite(await actor(desk, other), second.id, Role.VIEWER))
    page = await owner.asks(owner.private(), "/team")
    assert [button["text"] for button in page.buttons] == ["直播团队", "远山传媒"]
    await owner.presses(page, "远山传媒")
    assert page.text.startswith("团队「远山传媒」 · 您看得到 2 人")
    assert "邀请成员" not in [button["text"] for button in page.buttons]
    await presses(owner, page, "换个团队", "直播团队")
    assert page.text.startswith("团队「直播团队」 · 1 人")
    refused = await owner.asks(owner.private(), "/audit")
    assert "您的角色不能做这件事" in await owner.presses(refused, "远山传媒")


def forged(team: str, merchant: str, person: int, invitation: str) -> list[tuple[object, ...]]:
    """Every button that somebody of another team might copy, with the other team's real ids."""
    return [
        ("team", team), ("members", team, 0), ("member", team, person), ("roles", team, "", person),
        ("roles", team, merchant, person), ("give_role", team, "", person, "owner", 1), ("remove", team, "", person, 1),
        ("remove", team, merchant, person, 1), ("hand_over", team, person, 1), ("block", team, person, 1, 1),
        ("leave", team, 1), ("rename_team", team), ("invitations", team), ("revoke", team, invitation, 1),
        ("invite", team), ("invite_role", team, ""), ("invite_uses", team, merchant, "owner"),
        ("invite_days", team, merchant, "owner", 20), ("invite_make", team, "", "owner", 20, 30),
        ("invite_make", team, merchant, "viewer", 1, 1), ("merchants", team), ("merchant", merchant), ("add_merchant", team),
        ("authorise", merchant), ("end_authorisation", merchant, 1), ("rename_merchant", merchant),
        ("delete_merchant", merchant), ("groups", team), ("audit", team, "", 0), ("audit", team, merchant, 0), ("audits", team),
    ]  # fmt: skip


@pytest.mark.parametrize("who", ["stranger", "owner of another team"])
async def test_forged_buttons_of_another_team_find_nothing(desk: Desk, who: str):
    owner, team = await founded(desk, "王姐")
    merchant = await served(desk, owner, team, "侯哥家纺")
    operator = await member(desk, "小李", owner, team, Role.OPERATOR)
    await desk.office.team.invite(await actor(desk, owner), team.id, Role.OPERATOR)
    (invitation,) = await desk.office.team.live_invitations(await actor(desk, owner), team.id)
    forger = desk.double.user("路人") if who == "stranger" else (await founded(desk, "周总"))[0]
    page = await forger.asks(forger.private(), "/team")
    before, known, entries = page.text, len(forger.private().from_bot), len(await trail(desk, owner, team))
    for name, *values in forged(team.id, merchant.id, operator.id, invitation.id):
        assert (await forges(forger, page, str(name), *values)).startswith("没有找到"), name
    await desk.settled()
    assert (page.text, len(forger.private().from_bot)) == (before, known)
    assert len(await trail(desk, owner, team)) == entries


async def test_another_teams_merchant_cannot_be_named_under_ones_own_team(desk: Desk):
    owner, team = await founded(desk, "王姐")
    merchant = await served(desk, owner, team, "侯哥家纺")
    forger, own = await founded(desk, "周总")
    page = await forger.asks(forger.private(), "/team")
    for name, *more in (("invite_role",), ("invite_make", "viewer", 1, 1), ("audit", 0), ("roles", forger.id)):
        assert (await forges(forger, page, name, own.id, merchant.id, *more)).startswith("没有找到"), name


async def test_an_operator_cannot_do_what_the_buttons_of_a_lead_do(desk: Desk):
    owner, team = await founded(desk, "王姐")
    operator = await member(desk, "小李", owner, team, Role.OPERATOR)
    page = await operator.asks(operator.private(), "/team")
    for name, *values in (
        ("give_role", "", operator.id, "owner", 1), ("remove", "", owner.id, 1), ("block", owner.id, 1, 1), ("invite",),
        ("invite_uses", "", "owner"), ("invite_days", "", "owner", 20), ("invite_make", "", "owner", 20, 30),
        ("audit", "", 0), ("audits",), ("add_merchant",), ("blocked",), ("unblock", owner.id, 1),
    ):  # fmt: skip
        assert "您的角色不能做这件事" in await forges(operator, page, name, team.id, *values), name
    assert (await desk.people.access(qualified(operator))).role(team.id) is Role.OPERATOR


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.LEAD])
async def test_what_owners_alone_may_do_is_refused_before_anything_is_asked(desk: Desk, role: Role):
    owner, team = await founded(desk, "王姐")
    merchant = await served(desk, owner, team, "侯哥家纺")
    person = await member(desk, "小李", owner, team, Role.LEAD)
    page = await person.asks(person.private(), "/team")
    if role is Role.OPERATOR:
        await desk.office.team.give_role(await actor(desk, owner), team.id, qualified(person), role)
        forbidden = [("rename_team", team.id), ("hand_over", team.id, person.id, 1)]
    else:
        forbidden = [("rename_team", team.id), ("hand_over", team.id, person.id, 1), ("delete_merchant", merchant.id)]
    known = len(person.private().from_bot)
    for name, *values in forbidden:
        assert await forges(person, page, name, *values) == "这件事只有负责人能做，请找负责人。", name
    await desk.settled()
    assert len(person.private().from_bot) == known, "nobody is asked for a name that will not be taken"


async def test_a_page_is_never_shown_in_a_group(desk: Desk):
    owner, team = await founded(desk, "王姐")
    group = desk.double.group("晨会", owner, kind="supergroup")
    told = await owner.asks(group, "/team")
    assert told.buttons[0]["url"] == f"{BOT}?start=team"
    for name, *values in (("team", team.id), ("members", team.id, 0), ("audit", team.id, "", 0)):
        assert "用不了" in await forges(owner, told, name, *values)
    assert "王姐" not in told.text
    page = await owner.private().answer_to(await owner.follows(f"{BOT}?start=team"))
    assert page.text.startswith("团队「直播团队」")


async def test_help_names_the_team_commands_to_people_of_a_team_only(desk: Desk):
    owner, _ = await founded(desk, "王姐")
    stranger = desk.double.user("路人")
    assert "/merchants" in (await owner.asks(owner.private(), "/help")).text
    assert "/merchants" not in (await stranger.asks(stranger.private(), "/help")).text


async def test_an_edited_reply_does_nothing_twice(desk: Desk):
    owner, team = await founded(desk, "王姐")
    chat = owner.private()
    await owner.presses(await owner.asks(chat, "/merchants"), "新增商家")
    said = await owner.say(chat, "侯哥家坊", reply_to=await prompted(desk, chat))
    await desk.settled()
    await owner.edits(said, "侯哥家纺")
    await desk.settled()
    assert "改原消息不起作用" in chat.last.text
    assert [one.name for one in await desk.office.merchants.all(await actor(desk, owner))] == ["侯哥家坊"]


async def test_english_is_spoken_to_whoever_speaks_it(desk: Desk):
    owner, team = await founded(desk, "王姐")
    bob = desk.double.user("Bob", language="en")
    welcome = await joined(desk, bob, await desk.office.team.invite(await actor(desk, owner), team.id, Role.TRAINEE))
    assert welcome.text.startswith("You have joined team “直播团队” as trainee.")
    assert (await bob.asks(bob.private(), "/audit")).text == "Your role cannot do this. Please ask an owner or a lead."


def test_every_button_fits_and_is_read_back_strictly() -> None:
    longest = {
        "team": "a" * 8, "merchant": "b" * 8, "person": "9" * 16, "role": "operator", "uses": "20", "days": "30",
        "robot": "9" * 10, "invitation": "c" * 8, "chat": "-" + "9" * 16, "topic": "9" * 10, "policy": "2", "page": "999",
        "at": "o" + "9" * 10, "on": "1", "sure": "1", "feed": "d" * 8, "session": "e" * 8,
        "source": "-".join(["s" * 12] * 3),
    }  # fmt: skip
    for name, (_, fields) in grammar._SHAPES.items():
        values = [longest[field] for field in fields.split()]
        data = grammar.made(name, *values)
        assert len(data.encode()) <= 64
        action = actions.parse(data)
        assert action is not None and (action.name, list(action.fields.values())) == (name, values)
        assert actions.parse(data + ":") is None
        assert actions.parse(data + "\n") is None
    for wrong in ("tt:AAAAAAAA", "tt:aaaaaaa", "tp:aaaaaaaa:-5", "tg:aaaaaaaa:-:5:king:1", "bb:-5:0:aaaaaaaa:-:3", "tt:-"):
        assert actions.parse(wrong) is None, wrong


async def test_whoever_is_removed_is_told_in_their_own_language(desk: Desk):
    owner, team = await founded(desk, "王姐")
    merchant = await served(desk, owner, team, "侯哥家纺")
    operator, guest = desk.double.user("小李"), desk.double.user("Ann", language="en")
    for person, at in ((operator, ""), (guest, merchant.id)):
        await joined(desk, person, await desk.office.team.invite(await actor(desk, owner), team.id, Role.OPERATOR, at))
    await desk.settled()
    page = await owner.asks(owner.private(), "/team")
    await presses(owner, page, "成员和角色", "小李", "移出团队", "移出")
    await desk.settled()
    assert operator.private().last.text == "您已被移出「直播团队」，以后看不到那里的资料了。有疑问请问组长。"
    await presses(owner, page, "Ann", "移出商家「侯哥家纺」", "移出")
    await desk.settled()
    assert guest.private().last.text.startswith("You were removed from “侯哥家纺” and can no longer read its documents.")


async def test_somebody_who_left_a_queue_of_messages_behind_is_shown_none_of_the_team(idle_desk: Desk):
    desk = idle_desk
    await desk.start()
    owner, team = await founded(desk, "王姐")
    operator: Person = await member(desk, "小李", owner, team, Role.OPERATOR)
    desk.delivery.stop()
    await desk.delivering
    await operator.say(operator.private(), "/team")
    while (await desk.outbox.counts()).get("ready", 0) == 0:
        await desk.double.world.until(lambda: False, 0.05)
    await desk.office.team.remove(await actor(desk, owner), team.id, qualified(operator))
    before = len(operator.private().from_bot)
    await desk.stop()
    await desk.start()
    await desk.settled()
    assert "王姐" not in "".join(message.text for message in operator.private().from_bot[before:])
    assert len(operator.private().from_bot) == before + 1
