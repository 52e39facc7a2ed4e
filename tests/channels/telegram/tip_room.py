"""A group in which a live session is watched over HTTP, another merchant's group, and people with and without access."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
import pytest

from bot.build_metrics import samples_over
from bot.channels.web.feed_pace import FeedPace
from bot.channels.web.samples import sample_routes
from bot.channels.web.server import web_app
from bot.config import BUILT_IN_HANDBOOK
from bot.domain.access import Binding, Role
from bot.domain.audit import Deed, Entry
from bot.domain.sessions import LiveSession, Status
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


async def settled(desk: Desk) -> None:
    """Tips have been drawn again as they are now, and what the first round of that brought has been sent too."""
    for _ in range(2):
        await desk.floor.tips.news.redraw(now())
        desk.delivery.notify()
        await desk.settled()


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
    lead: Person
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
        await settled(self.desk)

    async def tick(self) -> None:
        await self.desk.floor.tips.desk.tick(now())
        await self.settled()

    async def charted(self) -> None:
        """The clock has drawn what is due."""
        await self.desk.floor.charts.tick(now())
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
        yield Room(desk, client, live, group, elsewhere, operator, host, viewer, stranger, lead)


def tips(chat: ChatView) -> list[str]:
    """Texts of the chat's messages that are tips."""
    return [one.text for one in chat.messages if one.text.startswith(("🟠", "✅ 已恢复"))]


def tip_id(tip: MessageView) -> str:
    """The tip that a message's buttons are about."""
    return next(str(one["callback_data"]) for one in tip.buttons).partition(":")[2]
