"""A live tip in a group: samples come by HTTP, the tip arrives, is taken, judged, explained, and stays true for everybody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
import pytest

from bot.build_intake import samples_over
from bot.channels.tip_actions import made
from bot.channels.web.feed_pace import FeedPace
from bot.channels.web.samples import sample_routes
from bot.channels.web.server import web_app
from bot.config import BUILT_IN_HANDBOOK
from bot.domain.access import Binding, Role
from bot.domain.audit import Deed, Entry
from bot.domain.sessions import LiveSession, Status
from bot.flows.access import Actor
from bot.following import read_reference
from bot.storage.feeds import Feeds, MetricFeed
from bot.storage.sessions import Sessions
from tests.channels.telegram.desk import Desk, now
from tests.channels.telegram.kit import founded, member, qualified, served
from tests.domain.live import session
from tests.domain.rule_room import STEADY
from tests.double import ChatView, MessageView, Person

TOKEN = "ocf_test"
HEAD = "🟠 在线掉得快｜云栖茶行 · 小雅"
MINUTE = timedelta(minutes=1)


@dataclass
class Room:
    """A group in which a session has been live for half an hour, its feed, another merchant's group, and people."""

    desk: Desk
    client: httpx.AsyncClient
    session: LiveSession
    group: ChatView
    elsewhere: ChatView
    operator: Person
    host: Person
    viewer: Person
    stranger: Person
    start: datetime = field(default_factory=now)

    async def post(self, online: float, *ago: float) -> None:
        """Rows of so many minutes ago, at this figure."""
        rows = []
        for minutes in ago:
            at = now() - minutes * MINUTE
            elapsed = (at - self.session.go_live) / MINUTE
            rows.append(
                {"ts": at.isoformat()} | {name: float(of(elapsed)) for name, of in STEADY.items()} | {"online_now": online}
            )
        found = await self.client.post(
            f"/v1/sessions/{self.session.id}/samples", json=rows, headers={"authorization": f"Bearer {TOKEN}"}
        )
        assert found.json()["accepted"] == len(rows), found.text
        await self.settled()

    async def settled(self) -> None:
        """The clock has looked, everything is sent."""
        for _ in range(2):
            await self.desk.floor.tips.news.redraw(now())
            self.desk.delivery.notify()
            await self.desk.settled()

    async def tick(self) -> None:
        await self.desk.floor.tips.desk.tick(now())
        await self.settled()

    async def dropped(self) -> None:
        """It ran well, then the online figure dropped just now."""
        await self.post(500, *range(25, 1, -1))
        await self.post(400, 1)
        await self.post(400, 0)


@pytest.fixture
async def room(idle_desk: Desk) -> AsyncIterator[Room]:
    idle_desk.reference, _ = read_reference(BUILT_IN_HANDBOOK)
    await idle_desk.start()
    desk = idle_desk
    lead, team = await founded(desk, "芳姐")
    merchant = await served(desk, lead, team, "云栖茶行")
    other = await served(desk, lead, team, "北岸鞋业")
    operator = await member(desk, "小操", lead, team, Role.OPERATOR, merchant.id)
    host = await member(desk, "小雅", lead, team, Role.TRAINEE, merchant.id)
    viewer = await member(desk, "阿看", lead, team, Role.VIEWER, merchant.id)
    stranger = desk.double.user("路人")
    group = desk.double.group("茶行直播群", lead, operator, host, viewer, stranger)
    elsewhere = desk.double.group("鞋业直播群", lead, operator, stranger)
    for chat, of in ((group, merchant), (elsewhere, other)):
        await desk.groups.bind(Binding(f"telegram:{chat.id}", team.id, of.id), Entry(now(), "x", Deed.BOUND))
    begin = now() - 30 * MINUTE
    live = session(
        team=team.id, merchant=merchant.id, operator=qualified(operator), chat=f"telegram:{group.id}", starts_at=begin,
        began_at=begin, status=Status.LIVE, posts=(),
    )  # fmt: skip
    entry = Entry(now(), live.operator, Deed.REFUSED, live.operator, live.team, live.merchant, live.id)
    assert await Sessions(desk.database).add(live, [], entry)
    await Feeds(desk.database).add(MetricFeed("f1", team.id, "", "大屏", "", "x", now()), TOKEN, entry)
    samples = samples_over(desk.database, desk.gate, lambda: desk.reference, desk.floor.tips.desk.observe)
    app = web_app(lambda: {"ok": True}, sample_routes(samples, FeedPace(6000)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        yield Room(desk, client, live, group, elsewhere, operator, host, viewer, stranger)


def tips(chat: ChatView) -> list[str]:
    """Texts of the chat's messages that are tips."""
    return [one.text for one in chat.messages if one.text.startswith(("🟠", "✅ 已恢复"))]


async def test_a_drop_is_told_once_taken_and_over_in_one_message(room: Room) -> None:
    await room.dropped()
    (told,) = tips(room.group)
    assert told.splitlines()[0] == HEAD and "500 → 400" in told
    tip = room.group.last
    assert all(len(button.get("callback_data", "")) <= 64 for button in tip.buttons)
    assert await room.host.presses(tip, "✅ 已处理") == "✅ 记下了，您来处理。"
    await room.settled()
    assert "✅ 小雅" in tip.text and "已处理" in tip.text
    toast = await room.operator.forges(tip, made("tip_done", tip_id(tip)))
    assert "小雅" in toast and "已经处理" in toast
    assert len(tips(room.group)) == 1 and tips(room.elsewhere) == []


async def test_when_it_is_over_the_same_message_says_so(room: Room) -> None:
    await room.post(500, *(seconds / 60 for seconds in range(1500, 80, -20)))
    await room.post(400, 80 / 60)
    await room.post(400, 1)
    (told,) = tips(room.group)
    assert told.splitlines()[0] == HEAD
    await room.post(500, 40 / 60)
    await room.post(500, 20 / 60, 0)
    (over,) = tips(room.group)
    assert over.startswith("✅ 已恢复：在线掉得快｜云栖茶行 · 小雅") and "500 → 400 → 500" in over


async def test_what_a_feed_brings_long_after_it_happened_is_told_to_nobody(room: Room) -> None:
    await room.post(500, *range(25, 8, -1))
    await room.post(400, 7, 6, 5)
    assert tips(room.group) == []


async def test_a_tip_is_muted_judged_and_explained(room: Room) -> None:
    await room.dropped()
    tip = room.group.last
    assert "静音到" in await room.operator.presses(tip, "🔕 静音 10 分钟")
    assert await room.host.presses(tip, "👎 没用") == "👎 记下了，谢谢。"
    await room.settled()
    assert "🔕 静音到" in tip.text and "👎 小雅 说这条没用" in tip.text
    await room.host.presses(tip, "❓ 为什么")
    await room.desk.settled()
    assert room.group.last.text.startswith("❓ 为什么提示：N01")
    assert "警戒线" in room.group.last.text


async def test_those_who_may_not_change_nothing_and_forged_data_finds_nothing(room: Room) -> None:
    await room.dropped()
    tip = room.group.last
    before = tip.text
    for person in (room.viewer, room.stranger):
        for label in ("✅ 已处理", "👎 没用"):
            assert await person.presses(tip, label) == "您的角色不能做这件事，请找负责人或组长。"
    assert await room.operator.forges(tip, made("tip_done", "000000000000")) == "没有找到这条提示。"
    await room.settled()
    assert tip.text == before


async def test_the_same_tip_pressed_from_another_merchants_group_is_not_found(room: Room) -> None:
    await room.dropped()
    id = tip_id(room.group.last)
    page = await room.operator.asks(room.elsewhere, "/rules N01")
    assert await room.operator.forges(page, made("tip_done", id)) == "没有找到这条提示。"
    assert await room.operator.forges(page, made("tip_why", id)) == "没有找到这条提示。"


async def test_nobody_takes_it_and_the_operator_is_asked_in_private_and_can_take_it_there(room: Room) -> None:
    await room.post(500, *range(25, 3, -1))
    await room.post(400, 3.2)
    await room.post(400, 2.5)
    await room.post(400, 1, 0)
    await room.tick()
    own = room.operator.private().last
    assert own.text.startswith("📣 请看一下：在线掉得快")
    await room.operator.presses(own, "✅ 已处理")
    await room.settled()
    (told,) = tips(room.group)
    assert "✅ 小操" in told


async def test_why_lists_what_was_decided_here_and_says_nothing_elsewhere(room: Room) -> None:
    await room.dropped()
    said = (await room.operator.asks(room.group, "/why")).text
    assert "🔔 已提示：N01 在线掉得快" in said
    assert (await room.operator.asks(room.elsewhere, "/why")).text == "现在没有直播中的场次。"
    assert (await room.stranger.asks(room.group, "/why")).text == "现在没有直播中的场次。"
    private = (await room.operator.asks(room.operator.private(), "/why")).text
    assert "🔔 已提示：N01 在线掉得快" in private


async def test_why_a_figure_fell_is_answered_in_the_group_where_it_runs_and_nowhere_else(room: Room) -> None:
    await room.dropped()
    said = (await room.operator.asks(room.group, "@copilot_test_bot 为什么在线掉了")).text
    assert said.startswith("最近 15 分钟，实时在线人数 500 → 400 人") or said.startswith("最近 15 分钟实时在线人数")
    assert "N01 在线掉得快" in said and "已提示" in said and "漏斗" in said and "**" not in said
    other = (await room.operator.asks(room.elsewhere, "@copilot_test_bot 为什么在线掉了")).text
    stranger = (await room.stranger.asks(room.group, "@copilot_test_bot 为什么在线掉了")).text
    for ordinary in (other, stranger):
        assert "漏斗" not in ordinary and "400" not in ordinary
    private = (await room.operator.asks(room.operator.private(), "在线怎么掉了")).text
    assert "N01 在线掉得快" in private
    assert "N01" not in (await room.host.asks(room.host.private(), "在线怎么掉了")).text


OWN = """- id: T01
  name: 在线 <b>*太少*</b>
  group: 流量
  severity: high
  when: online_now < low
  limits:
    low: {of: online_now, default: 450人, source: 本队自定}
  hold: 1
  min_samples: 1
  who: 场控
  steps:
    60s:
      - {who: 场控, do: "喊 [福利](http://x) 回来"}
"""


async def test_a_teams_own_rule_tips_in_its_groups_and_its_words_are_text(room: Room) -> None:
    rules = room.desk.floor.rules
    owner = await room.desk.gate.people.everything("terminal:local")
    actor = Actor(owner, "terminal")
    proposal = await rules.propose_file(actor, room.session.team, "", OWN)
    await rules.adopt(actor, proposal.draft.id)
    await room.dropped()
    told = [one.text for one in room.group.messages if "太少" in one.text]
    assert told and told[0].splitlines()[0] == "🟠 在线 <b>*太少*</b>｜云栖茶行 · 小雅"
    assert "喊 [福利](http://x) 回来" in told[0] and "警戒线 450 人" in told[0]
    assert tips(room.elsewhere) == []
    proposal = await rules.propose_switch(actor, room.session.team, "", "T01", on=False)
    await rules.adopt(actor, proposal.draft.id)
    assert "🔔 已提示：T01" in (await room.operator.asks(room.group, "/why")).text, "it was told, though it is off now"


def tip_id(tip: MessageView) -> str:
    """The tip that a message's buttons are about."""
    return next(str(one["callback_data"]) for one in tip.buttons).partition(":")[2]
