"""A lead changes the team's rules in private: switches, limits, a form, a file; each is tried first, then taken or given up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.channels.rule_actions import made
from bot.config import BUILT_IN_HANDBOOK
from bot.domain.access import Membership, Merchant, Role, Scope, Team
from bot.domain.audit import Deed, Entry
from bot.domain.nudges import Severity
from bot.domain.sessions import LiveSession, Status
from bot.domain.simulation import simulated
from bot.following import read_reference
from bot.storage.merchants import Authorisation
from bot.storage.samples import Samples
from bot.storage.sessions import Sessions
from tests.channels.telegram.desk import Desk, now
from tests.channels.telegram.kit import actor, qualified, trail
from tests.domain.live import session
from tests.double import ChatView, MessageView, Person

REFERENCE, _ = read_reference(BUILT_IN_HANDBOOK)
FORM = (
    "标题：GPM 掉得厉害\n条件：GPM 低于 9999999\n级别：中\n步骤：\n60 秒 场控：喊返场，报爆款链接号\n5 分钟 主播：把价值再讲一遍"
)


@dataclass
class Office:
    """A team with two merchants, of which there were sessions; a lead and an operator of the first merchant."""

    desk: Desk
    team: Team
    merchant: Merchant
    other: Merchant
    owner: Person
    operator: Person

    @property
    def chat(self) -> ChatView:
        return self.owner.private()

    async def home(self, where: str = "整个团队") -> MessageView:
        """The page of the team's rules."""
        shown = await self.chat.answer_to(await self.owner.say(self.chat, "/rules"))
        await self.owner.presses(shown, "调整规则")
        await self.owner.presses(shown, where)
        return shown

    async def prompt(self, page: MessageView, *labels: str) -> MessageView:
        """What is asked after these buttons."""
        for label in labels:
            await self.owner.presses(page, label)
        await self.desk.settled()
        assert self.chat.last.text.startswith("请回复"), self.chat.transcript()
        return self.chat.last

    async def reply(self, prompt: MessageView, said: str) -> MessageView:
        return await self.chat.answer_to(await self.owner.say(self.chat, said, reply_to=prompt), timeout=30)

    async def rules(self, merchant: str) -> dict[str, str]:
        """The rules in force for a merchant's sessions, with their signs."""
        found = await self.desk.floor.tips.desk.books.of_place(self.team.id, merchant)
        return {rule.id: rule.sign for rule in found.rules}


async def held(desk: Desk, team: Team, merchant: Merchant, days: int) -> LiveSession:
    """A session of so many days ago, with an hour's samples."""
    begin = now() - timedelta(days=days)
    one = session(
        id=f"5e5510{days:02}", team=team.id, merchant=merchant.id, operator="telegram:9", starts_at=begin, began_at=begin,
        length=timedelta(hours=1), ended_at=begin + timedelta(hours=1), status=Status.ENDED, posts=(),
    )  # fmt: skip
    entry = Entry(now(), one.operator, Deed.REFUSED, one.operator, one.team, one.merchant, one.id)
    sessions = Sessions(desk.database)
    assert await sessions.add(one, [], entry)
    rows = [one for n, one in enumerate(simulated(begin, 60, days)) if n % 12 == 0]
    assert await Samples(desk.database).add(one.id, rows, now(), statuses=(Status.ENDED,)) is not None
    return one


@pytest.fixture
async def office(idle_desk: Desk) -> AsyncIterator[Office]:
    idle_desk.reference = REFERENCE
    await idle_desk.start()
    desk = idle_desk
    owner, operator, team = desk.double.user("芳姐"), desk.double.user("小操"), Team("aaaa0001", "直播一组")
    entry = Entry(now(), qualified(owner), Deed.TEAM_MADE, team=team.id)
    await desk.people.make_team(team, qualified(owner), entry)
    merchants = Merchant("bbbb0001", team.id, "云栖茶行"), Merchant("bbbb0002", team.id, "北岸鞋业")
    for one in merchants:
        await desk.merchants.add(one, entry)
        granted = Authorisation("店长", qualified(owner), now() - timedelta(days=9), now() + timedelta(days=30), now())
        await desk.merchants.authorise(one.id, granted, entry)
    await desk.people.give(Membership(qualified(operator), team.id, Role.OPERATOR, merchants[0].id), qualified(owner), entry)
    for days, of in ((1, merchants[0]), (2, merchants[0]), (3, merchants[1])):
        await held(desk, team, of, days)
    yield Office(desk, team, *merchants, owner, operator)


async def test_a_rule_from_a_form_is_tried_and_taken(office: Office) -> None:
    page = await office.home()
    assert page.text.splitlines()[-1] == "全部照手册，没有改过。"
    tried = await office.reply(await office.prompt(page, "加一条"), FORM)
    lines = tried.text.splitlines()
    assert lines[0] == "🧪 试跑：加 T01 GPM 掉得厉害"
    assert lines[1].startswith("条件：千次观看成交金额")
    assert lines[2] == "拿最近 3 场、3.0 小时的数据试了。"
    assert lines[3].startswith("会提 3 次，平均每小时 1.0 次")
    assert [line[:2] for line in lines[5:8]] == ["· "] * 3 and "云栖茶行" in lines[6] and "警戒线" in lines[6]
    assert lines[-1] == "现在还没生效。" and "T01" not in await office.rules(office.merchant.id)
    await office.owner.presses(tried, "采用")
    assert tried.text.startswith("✅ 已采用") and "第 1 版" in tried.text
    assert "T01" in await office.rules(office.merchant.id) and "T01" in await office.rules(office.other.id)
    (entry,) = [one for one in await trail(office.desk, office.owner, office.team) if one.deed is Deed.RULES_CHANGED]
    assert entry.detail == {"version": "1", "rules": "T01"} and entry.person == qualified(office.owner)


async def test_what_is_given_up_changes_nothing(office: Office) -> None:
    tried = await office.reply(await office.prompt(await office.home(), "加一条"), FORM)
    await office.owner.presses(tried, "放弃")
    assert tried.text == "✖️ 已放弃，规则没有变。"
    toast = await office.owner.forges(tried, made("own_adopt", "0" * 8))
    assert toast == "这份改动已经处理过，或者放得太久了。"
    assert "T01" not in await office.rules(office.merchant.id)


async def test_a_form_that_cannot_be_read_says_what_is_wrong_and_asks_again(office: Office) -> None:
    prompt = await office.prompt(await office.home(), "加一条")
    again = await office.reply(prompt, FORM.replace("GPM 低于 9999999", "gmp < 3"))
    assert "• 第 2 行：没有 gmp 这个指标" in again.text and again.text.endswith("改好后再回复一次。")
    again = await office.reply(again, FORM.replace("级别：中\n", ""))
    assert again.text == "还差：级别。请照上面的样子，一行一项再回复一次。"
    again = await office.reply(again, FORM.replace("GPM 低于 9999999", "gpm < 600人"))
    assert "单位要是 元/千次" in again.text
    again = await office.reply(again, FORM.replace("GPM 低于 9999999", "__import__('os').system('id')"))
    assert "看不懂「_」" in again.text
    again = await office.reply(again, FORM.replace("场控", "老板"))
    assert again.text.startswith("第 5 行，看不懂这一步：“60 秒 老板：")
    again = await office.reply(again, FORM.replace("级别：中", "\n级别：很高"))
    assert again.text.startswith("第 4 行：级别写 ")
    again = await office.reply(again, FORM.replace("场控：", "场控：" + "喊" * 41))
    assert again.text.startswith("第 5 行，“喊喊")
    tried = await office.reply(again, FORM)
    assert tried.text.startswith("🧪 试跑")


async def test_a_rule_is_switched_off_and_on_again_but_none_about_the_law(office: Office) -> None:
    page = await office.home()
    for label in ("开关", "互动", "N06", "停用"):
        await office.owner.presses(page, label)
    assert page.text.startswith("🧪 试跑：停用 N06 停留太短\n拿最近 3 场") and "一次都没提过" in page.text
    await office.owner.presses(page, "采用")
    assert "N06" not in await office.rules(office.merchant.id)
    page = await office.home()
    assert "停用 1 条：N06 停留太短" in page.text
    place = f"t{office.team.id}"
    toast = await office.owner.forges(page, made("own_switch", place, "N40", 0))
    assert toast == "N40 说了极限词 是合规规则，法律管着，不能停用也不能改。"
    for label in ("开关", "互动", "N06", "启用", "采用"):
        await office.owner.presses(page, label)
    assert "N06" in await office.rules(office.merchant.id)


async def test_a_limit_is_changed_and_the_rule_says_so(office: Office) -> None:
    page = await office.home()
    prompt = await office.prompt(page, "开关", "互动", "N06", "改限值 人均停留时长")
    assert "人均停留时长" in prompt.text and "例如 25 秒" in prompt.text and "short" not in prompt.text
    again = await office.reply(prompt, "25人")
    assert "单位要是 秒" in again.text
    tried = await office.reply(again, "30 秒")
    assert tried.text.startswith("🧪 试跑：N06 停留太短 限值 人均停留时长 改成 30 秒\n条件：人均停留时长 < 30 秒")
    await office.owner.presses(tried, "采用")
    assert (await office.rules(office.merchant.id))["N06"] == "人均停留时长 < 30 秒"
    assert "改了 1 个限值：N06 人均停留时长 = 30 秒" in (await office.home()).text


async def test_what_is_no_figure_is_asked_for_again_in_the_words_of_the_limit(office: Office) -> None:
    """Nobody is shown what a limit is called in a file, nor how a formula is read."""
    prompt = await office.prompt(await office.home(), "开关", "N17", "改限值 公域流量占比")
    for said in ("少一半", "大概 25% 左右", "open"):
        prompt = await office.reply(prompt, said)
        assert prompt.text.splitlines()[1:] == [
            "• N17 公域流量占比：请写一个带单位的数，例如 25%", "改好后再回复一次。"
        ], prompt.text  # fmt: skip
        assert "open_share" not in prompt.text and "字符" not in prompt.text
    tried = await office.reply(prompt, "２５％")
    assert tried.text.startswith("🧪 试跑：N17") and "限值 公域流量占比 改成 ２５％" in tried.text
    await office.owner.presses(tried, "采用")
    prompt = await office.prompt(await office.home(), "开关", "N17", "改限值 公域流量占比")
    assert "（现在：25%）" in prompt.text
    back = await office.reply(prompt, "照手册")
    assert back.text.startswith("🧪 试跑：N17") and "限值 公域流量占比 照手册" in back.text


async def test_a_form_is_answered_in_the_names_that_were_typed(office: Office) -> None:
    prompt = await office.prompt(await office.home(), "加一条")
    again = await office.reply(prompt, FORM.replace("GPM 低于 9999999", "在线人数 实时在线人数 低于 30人"))
    assert "「实时在线人数」" in again.text and "online_now" not in again.text
    again = await office.reply(again, FORM.replace("GPM 低于 9999999", "change(GPM, 3h) < -10%"))
    assert "• 第 2 行：最多往前看 65 分钟" in again.text and "T01" not in again.text


FILE = """# 我们自己的
- id: T07
  name: 进人慢了
  group: 流量
  severity: low
  when: enter_5m < slow
  limits:
    slow: {of: enter_5m, default: 5000人/5min, source: 本队自定}
  who: 投手
  steps:
    60s:
      - {who: 投手, do: 看计划是不是停了}
"""


async def test_a_file_counts_when_it_is_in_order_and_the_old_one_stays_when_it_is_not(office: Office) -> None:
    prompt = await office.prompt(await office.home(), "用文件改")
    sent = await office.owner.sends_document(office.chat, "规则.yaml", FILE.encode(), reply_to=prompt)
    tried = await office.chat.answer_to(sent, timeout=30)
    assert tried.text.startswith("🧪 试跑：加 T07 进人慢了")
    await office.owner.presses(tried, "采用")
    prompt = await office.prompt(await office.home(), "用文件改")
    broken = FILE.replace("severity: low", "severity: loud").replace("enter_5m < slow", "enter_5m < slow + 3元")
    sent = await office.owner.sends_document(office.chat, "规则.yaml", broken.encode(), reply_to=prompt)
    said = await office.chat.answer_to(sent, timeout=30)
    assert said.text.startswith("没有改，现在的规则照旧。要改的地方：\n• 第 5 行：severity：只能写")
    rules = (await office.desk.floor.tips.desk.books.of_place(office.team.id, office.merchant.id)).rules
    assert next(one for one in rules if one.id == "T07").severity is Severity.LOW


async def test_a_rules_file_out_of_the_blue_is_told_where_to_go(office: Office) -> None:
    sent = await office.owner.sends_document(office.chat, "x.yaml", FILE.encode())
    assert (await office.chat.answer_to(sent)).text.startswith("这像是一份规则。")


async def test_a_merchants_rule_is_that_merchants_alone(office: Office) -> None:
    page = await office.home("云栖茶行")
    tried = await office.reply(await office.prompt(page, "加一条"), FORM)
    assert "加 M01" in tried.text and "拿最近 2 场" in tried.text and "北岸" not in tried.text
    await office.owner.presses(tried, "采用")
    assert "M01" in await office.rules(office.merchant.id) and "M01" not in await office.rules(office.other.id)
    owner = await actor(office.desk, office.owner)
    await office.desk.office.merchants.delete(owner, office.merchant.id)
    await office.desk.floor.tips.desk.books.look()
    scope = Scope(frozenset({office.merchant.id}), frozenset({office.team.id}))
    store = office.desk.floor.rules.store
    assert await store.versions(office.team.id, office.merchant.id, scope=scope) == ()


async def test_an_earlier_version_comes_back_and_says_who_made_it(office: Office) -> None:
    for rule in ("N06", "N07"):
        page = await office.home()
        for step in ("开关", "互动", rule, "停用", "采用"):
            await office.owner.presses(page, step)
    page = await office.home()
    await office.owner.presses(page, "版本")
    lines = page.text.splitlines()
    assert lines[1].startswith("▸ 第 2 版") and lines[1].endswith("芳姐：停用 N07 停留不上不下")
    await office.owner.presses(page, "换回第 1 版")
    assert page.text.startswith("🧪 试跑：启用 N07")
    await office.owner.presses(page, "采用")
    rules = await office.rules(office.merchant.id)
    assert "N07" in rules and "N06" not in rules


async def test_the_handbook_comes_back_from_the_versions_and_what_was_changed_is_marked(office: Office) -> None:
    before = (await office.rules(office.merchant.id))["N10"]
    prompt = await office.prompt(await office.home(), "开关", "互动", "N10", "改限值 评论率")
    assert "例如 0.4%；也可以写“近7天的0.6倍”" in prompt.text
    share = await office.reply(prompt, "自己近7天的0.5倍")
    assert share.text.splitlines()[1].startswith("条件：评论率 < 自己近 7 天同时段中位数 × 0.5"), share.text
    tried = await office.reply(prompt, "0.45%")
    await office.owner.presses(tried, "采用")
    page = await office.home()
    for label in ("开关", "互动"):
        await office.owner.presses(page, label)
    labels = [one["text"] for one in page.buttons]
    assert "✅✏️ N10 评论率低" in labels and sum("✏️" in one for one in labels) == 1
    await office.owner.presses(page, "N10")
    assert "\n本队改过：0.45%，不再用手册的“自己近 7 天同时段中位数 × 0.6（没有就用 0.5%）”\n" in page.text
    page = await office.home()
    await office.owner.presses(page, "版本")
    assert [one["text"] for one in page.buttons] == ["↩ 换回手册", "↩ 返回"]
    await office.owner.presses(page, "换回手册")
    assert page.text.startswith("🧪 试跑：N10 评论率低 限值 评论率 照手册")
    await office.owner.presses(page, "采用")
    assert (await office.rules(office.merchant.id))["N10"] == before
    page = await office.home()
    await office.owner.presses(page, "版本")
    assert "↩ 换回手册" not in [one["text"] for one in page.buttons] and "▸ 第 2 版" in page.text
    toast = await office.operator.forges(page, made("own_old", f"t{office.team.id}", 0))
    assert toast and "▸ 第 2 版" in page.text


async def test_two_leads_at_once_do_not_overwrite_each_other(office: Office) -> None:
    first = await office.reply(await office.prompt(await office.home(), "加一条"), FORM)
    second = await office.home()
    for label in ("开关", "互动", "N06", "停用"):
        await office.owner.presses(second, label)
    await office.owner.presses(first, "采用")
    toast = await office.owner.presses(second, "采用")
    assert toast.startswith("刚才有人改过规则")
    assert {"N06", "T01"} <= (await office.rules(office.merchant.id)).keys()


async def test_an_operator_sees_the_rules_and_no_way_to_change_them(office: Office) -> None:
    chat = office.operator.private()
    shown = await chat.answer_to(await office.operator.say(chat, "/rules"))
    assert shown.text.startswith("规则（45 条）") and not any("调整" in one["text"] for one in shown.buttons)
    toast = await office.operator.forges(shown, made("own_home", f"m{office.merchant.id}"))
    assert toast and "M" not in toast
    toast = await office.operator.forges(shown, made("own_home", f"m{office.other.id}"))
    assert "没有" in toast and "北岸" not in toast


async def test_the_way_to_change_rules_is_there_after_going_back_to_the_list(office: Office) -> None:
    shown = await office.chat.answer_to(await office.owner.say(office.chat, "/rules"))
    first = [one["text"] for one in shown.buttons]
    await office.owner.presses(shown, "流量")
    assert not any("调整规则" in one["text"] for one in shown.buttons)
    await office.owner.presses(shown, "全部规则")
    assert [one["text"] for one in shown.buttons] == first and first[-1].endswith("调整规则")
