"""On Monday a lead gets one message with proposed rule changes, looks at the trial, takes one, leaves another."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from bot.channels.rule_actions import made
from bot.domain.access import Membership, Merchant, Role, Team
from bot.domain.audit import Deed, Entry
from bot.storage.merchants import Authorisation
from tests.channels.telegram.desk import Desk, now
from tests.channels.telegram.kit import actor, qualified, trail
from tests.double import ChatView, MessageView, Person, faults
from tests.flows.proposal_room import REFERENCE, held, monday, planned

MESSAGE = """📮 规则建议｜直播一组
近 4 周大家点的“已处理”“没用”，加上把过去的场次重放一遍，这几条规则值得改。不点就照旧，什么都不变。

1. N10 评论率低：没用的太多
限值 评论率：自己近 7 天同时段中位数 × 0.6（没有就用 0.5%） → 0.45%
点过的 16 条里，没用 12 条。
重放 4 场 10.6 小时：提示 16 → 4 条；有用的 4 条都还会提，没用的 12 条里 12 条不再提。"""


@dataclass
class Office:
    """A team with a merchant and four sessions behind it; a lead, and an operator of the merchant."""

    desk: Desk
    team: Team
    merchant: Merchant
    owner: Person
    operator: Person
    monday: datetime

    @property
    def chat(self) -> ChatView:
        return self.owner.private()

    async def week(self) -> MessageView:
        """What the lead gets on Monday."""
        assert await self.desk.floor.suggesting.propose_due(self.monday) == 1
        self.desk.delivery.notify()
        await self.desk.settled()
        return self.chat.last

    async def limit(self) -> str:
        """The rule's sign, as it is in force for the merchant."""
        found = (await self.desk.floor.tips.desk.books.of_place(self.team.id, self.merchant.id)).rule("N10")
        assert found is not None
        return found.sign

    async def home(self) -> MessageView:
        """The page of the team's rules."""
        shown = await self.chat.answer_to(await self.owner.say(self.chat, "/rules"))
        await self.owner.presses(shown, "调整规则")
        await self.owner.presses(shown, "整个团队")
        return shown

    async def id(self) -> str:
        (found,) = await self.desk.floor.suggestions.lately(await actor(self.desk, self.owner), self.team.id)
        return found.suggestion.id


@pytest.fixture
async def office(idle_desk: Desk) -> AsyncIterator[Office]:
    idle_desk.reference = REFERENCE
    await idle_desk.start()
    desk = idle_desk
    owner, operator, team = desk.double.user("芳姐"), desk.double.user("小操"), Team("aaaa0001", "直播一组")
    entry = Entry(now(), qualified(owner), Deed.TEAM_MADE, team=team.id)
    await desk.people.make_team(team, qualified(owner), entry)
    merchant = Merchant("bbbb0001", team.id, "云栖茶行")
    await desk.merchants.add(merchant, entry)
    granted = Authorisation("店长", qualified(owner), now() - timedelta(days=40), now() + timedelta(days=30), now())
    await desk.merchants.authorise(merchant.id, granted, entry)
    await desk.people.give(Membership(qualified(operator), team.id, Role.OPERATOR, merchant.id), qualified(owner), entry)
    for person in (owner, operator):
        await person.private().answer_to(await person.say(person.private(), "/start"))
    start = monday(now())
    for days in range(2, 6):
        await held(desk.database, planned(f"5e5510{days:02}", start - timedelta(days=3 * days), team.id, merchant.id))
    yield Office(desk, team, merchant, owner, operator, start)


async def test_a_lead_reads_one_message_and_nobody_else_hears_of_it(office: Office) -> None:
    before = len(office.operator.private().messages)
    message = await office.week()
    assert message.text == MESSAGE
    assert [one["text"] for one in message.buttons] == ["✅ 采用 N10", "✖️ 不采用", "🧮 看试算"]
    assert len(office.operator.private().messages) == before
    assert await office.desk.floor.suggesting.propose_due(office.monday + timedelta(hours=1)) == 0


async def test_the_trial_shows_which_tips_would_go_and_which_would_stay(office: Office) -> None:
    message = await office.week()
    await office.owner.presses(message, "看试算")
    lines = message.text.splitlines()
    assert lines[0] == "🧮 试算｜N10 评论率低"
    assert lines[2:6] == [
        "近 4 周 4 场、10.6 小时的数据，按现在的和建议的各放一遍。",
        "提示：16 条 → 4 条（每小时 1.5 → 0.38）",
        "点了“已处理”的 4 条：还会提 4，不再提 0",
        "点了“没用”的 12 条：不再提 12，还会提 0",
    ]
    gone, kept = lines.index("不再提的，点过“没用”："), lines.index("还会提的，点过“已处理”：")
    assert lines[gone + 1].endswith("云栖茶行 · 小雅：评论率 0.46%") and lines[kept + 1].endswith("评论率 0.2%")
    assert lines[-1] == "还没生效；不采用就照旧。"
    await office.owner.presses(message, "返回")
    assert message.text == MESSAGE


async def test_what_is_taken_is_a_version_of_the_teams_rules_and_can_be_taken_back(office: Office) -> None:
    message, before = await office.week(), await office.limit()
    toast = await office.owner.presses(message, "采用 N10")
    assert toast == "已采用，直播一组的规则第 1 版，从下一个采样起算数。不合适，到 /rules →“调整规则”改回去。"
    assert message.text == f"{MESSAGE}\n✅ 芳姐 已采用" and not message.buttons
    assert await office.limit() == "评论率 < 0.45%，并且累计观看人数（场观）≥ 200 人"
    toast = await office.owner.forges(message, made("pr_adopt", await office.id()))
    assert toast == "这条建议已经采用了。"
    (entry,) = [one for one in await trail(office.desk, office.owner, office.team) if one.deed is Deed.RULES_CHANGED]
    assert entry.person == qualified(office.owner) and entry.detail["rules"] == "N10"
    page = await office.home()
    assert "改了 1 个限值：N10 评论率 = 0.45%" in page.text and "建议等您定" not in page.text
    for label in ("开关", "互动", "N10", "改限值 评论率"):
        await office.owner.presses(page, label)
    await office.desk.settled()
    tried = await office.chat.answer_to(await office.owner.say(office.chat, "照手册", reply_to=office.chat.last), timeout=30)
    await office.owner.presses(tried, "采用")
    assert await office.limit() == before
    page = await office.home()
    await office.owner.presses(page, "版本")
    assert "第 1 版" in page.text and "N10 评论率低 限值 评论率 改成 0.45%" in page.text
    await office.owner.presses(page, "换回第 1 版")
    await office.owner.presses(page, "采用")
    assert (await office.limit()).startswith("评论率 < 0.45%")


async def test_what_is_declined_changes_nothing_and_is_not_proposed_again_soon(office: Office) -> None:
    message, before = await office.week(), await office.limit()
    toast = await office.owner.presses(message, "不采用")
    assert toast == "好，照旧。4 周内不再提这条规则。"
    assert message.text == f"{MESSAGE}\n✖️ 芳姐 定了不采用，照旧" and await office.limit() == before
    toast = await office.owner.forges(message, made("pr_adopt", await office.id()))
    assert toast == "这条建议已经定了不采用。还想改，请到 /rules →“调整规则”。"
    (entry,) = [one for one in await trail(office.desk, office.owner, office.team) if one.deed is Deed.PROPOSAL_DECLINED]
    assert entry.detail == {"rule": "N10"}
    assert await office.desk.floor.suggesting.propose_due(office.monday + timedelta(days=7)) == 0


async def test_another_leads_copy_says_who_decided_what_without_a_press(office: Office) -> None:
    other, desk = office.desk.double.user("Ling", language="en"), office.desk
    lead = Membership(qualified(other), office.team.id, Role.LEAD)
    owner = qualified(office.owner)
    await desk.people.give(lead, owner, Entry(now(), owner, Deed.ROLE_GIVEN, team=office.team.id))
    await other.private().answer_to(await other.say(other.private(), "/start"))
    assert await desk.floor.suggesting.propose_due(office.monday) == 2
    desk.delivery.notify()
    await desk.settled()
    mine, theirs = office.chat.last, other.private().last
    assert [one["text"] for one in theirs.buttons] == ["✅ Take N10", "✖️ Decline", "🧮 Trial"]
    await office.owner.presses(mine, "采用 N10")
    await desk.settled()
    assert theirs.text.splitlines()[-1] == "✅ taken by 芳姐" and not theirs.buttons
    assert mine.text.splitlines()[-1] == "✅ 芳姐 已采用"


async def led(office: Office) -> Person:
    """Another lead, who has written."""
    other, owner = office.desk.double.user("组长甲"), qualified(office.owner)
    entry = Entry(now(), owner, Deed.ROLE_GIVEN, team=office.team.id)
    await office.desk.people.give(Membership(qualified(other), office.team.id, Role.LEAD), owner, entry)
    await other.private().answer_to(await other.say(other.private(), "/start"))
    return other


async def test_a_lead_who_is_removed_before_it_is_sent_hears_nothing(office: Office) -> None:
    other, desk = await led(office), office.desk
    before = len(other.private().messages)
    assert await desk.floor.suggesting.propose_due(office.monday) == 2
    await desk.people.take(qualified(other), office.team.id, None, Entry(now(), "x", Deed.REMOVED, team=office.team.id))
    desk.delivery.notify()
    await desk.settled()
    assert office.chat.last.text == MESSAGE
    assert len(other.private().messages) == before


@pytest.mark.parametrize("label", ["采用 N10", "不采用", "看试算"])
async def test_a_lead_who_is_removed_afterwards_and_presses_keeps_neither_figures_nor_buttons(office: Office, label: str) -> None:
    other, desk = await led(office), office.desk
    assert await desk.floor.suggesting.propose_due(office.monday) == 2
    desk.delivery.notify()
    await desk.settled()
    theirs, limit = other.private().last, await office.limit()
    await desk.people.take(qualified(other), office.team.id, None, Entry(now(), "x", Deed.REMOVED, team=office.team.id))
    gone = "没有这条建议，或者它说的商家已经不在了。"
    assert await other.presses(theirs, label) == gone
    assert theirs.text == gone and not theirs.buttons
    assert await office.limit() == limit and office.chat.last.text == MESSAGE


async def test_a_lost_reply_doubles_the_message_and_a_press_on_the_older_shows_how_things_stand(office: Office) -> None:
    office.desk.double.faults.script("sendMessage", faults.drop_after())
    assert await office.desk.floor.suggesting.propose_due(office.monday) == 1
    office.desk.delivery.notify()
    await office.desk.settled(30)
    older, newer = (one for one in office.chat.messages if one.text == MESSAGE)
    await office.owner.presses(newer, "采用 N10")
    await office.desk.settled()
    assert newer.text == f"{MESSAGE}\n✅ 芳姐 已采用"
    assert await office.owner.presses(older, "采用 N10") == "这条建议已经采用了。"
    assert older.text == newer.text and not older.buttons


async def test_the_rules_page_says_what_waits_and_leads_there(office: Office) -> None:
    await office.week()
    shown = await office.chat.answer_to(await office.owner.say(office.chat, "/rules"))
    await office.owner.presses(shown, "调整规则（1 条建议）")
    await office.owner.presses(shown, "整个团队")
    assert "📮 有 1 条建议等您定：N10 评论率低" in shown.text
    await office.owner.presses(shown, "看建议（1）")
    assert shown.text == MESSAGE


async def test_whoever_leads_nothing_gets_one_clear_sentence_and_a_group_none_of_it(office: Office) -> None:
    await office.week()
    chat = office.operator.private()
    page = await chat.answer_to(await office.operator.say(chat, "/rules"))
    for action in ("pr_adopt", "pr_decline", "pr_show", "pr_week"):
        toast = await office.operator.forges(page, made(action, await office.id()))
        assert toast == "规则建议由负责人或组长来定，请找他们。"
    stranger = office.desk.double.user("路人")
    page = await stranger.private().answer_to(await stranger.say(stranger.private(), "/rules"))
    for action in ("pr_adopt", "pr_decline", "pr_show"):
        toast = await stranger.forges(page, made(action, await office.id()))
        assert toast == "没有这条建议，或者它说的商家已经不在了。"
    assert (
        "0.5%" in (await office.desk.floor.rules.standing(await actor(office.desk, office.owner), office.team.id)).rules[9].sign
    )


async def test_a_rule_that_was_changed_meanwhile_makes_the_proposal_stale(office: Office) -> None:
    message = await office.week()
    page = await office.home()
    for label in ("开关", "互动", "N10", "改限值 评论率"):
        await office.owner.presses(page, label)
    await office.desk.settled()
    tried = await office.chat.answer_to(await office.owner.say(office.chat, "0.3%", reply_to=office.chat.last), timeout=30)
    await office.owner.presses(tried, "采用")
    toast = await office.owner.presses(message, "采用 N10")
    assert toast.startswith("这条规则在那以后改过，这条建议不算数了。")
    assert message.text == f"{MESSAGE}\n⌛ 规则后来改过，不算数了" and not message.buttons
    assert (await office.limit()).startswith("评论率 < 0.3%")
    assert "建议等您定" not in (await office.home()).text


async def test_a_deleted_merchant_takes_its_proposals_along(office: Office) -> None:
    message = await office.week()
    id = await office.id()
    await office.desk.office.merchants.delete(await actor(office.desk, office.owner), office.merchant.id)
    toast = await office.owner.presses(message, "采用 N10")
    assert toast == "没有这条建议，或者它说的商家已经不在了。" and id
    assert await office.desk.floor.suggestions.lately(await actor(office.desk, office.owner), office.team.id) == ()


async def test_samples_in_a_row_are_set_like_a_limit(office: Office) -> None:
    page = await office.home()
    for label in ("开关", "互动", "N10", "改连续几个采样"):
        await office.owner.presses(page, label)
    await office.desk.settled()
    assert "写 N10 评论率低 要连续几个采样都成立才提（现在：2 个），例如 3" in office.chat.last.text
    again = await office.chat.answer_to(await office.owner.say(office.chat, "九十", reply_to=office.chat.last), timeout=30)
    assert "写连续几个采样，1 到 60，例如 4" in again.text
    tried = await office.chat.answer_to(await office.owner.say(office.chat, "8 个采样", reply_to=again), timeout=30)
    assert tried.text.startswith("🧪 试跑：N10 评论率低 限值 连续采样 改成 8 个采样")
    await office.owner.presses(tried, "采用")
    assert (await office.limit()).endswith("，连续 8 个采样")
