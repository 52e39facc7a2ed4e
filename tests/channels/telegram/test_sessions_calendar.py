"""Sessions in the phone's calendar: a file in the chat, a link that only its owner gets, and what opens behind it."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select
from starlette.testclient import TestClient

from bot.channels.plan_actions import made
from bot.channels.web.calendar import calendar_route
from bot.channels.web.server import web_app
from bot.domain.access import Merchant, Role, Scope, Team
from bot.domain.audit import Deed, Entry
from bot.storage.session_tables import calendar_links
from tests.channels.telegram.desk import Desk, now
from tests.channels.telegram.kit import actor, founded, member, qualified, served
from tests.channels.telegram.session_kit import bound, operator, planned, shop, team
from tests.double import ChatView, Person

__all__ = ["operator", "shop", "team"]


def calendar(chat: ChatView) -> str:
    """The newest file in the chat, unfolded."""
    document = next(one for one in reversed(chat.from_bot) if "document" in one.data)
    _, content = document._double.world.files[document.data["document"]["file_id"]]
    return content.decode().replace("\r\n ", "")


async def test_the_file_holds_what_may_be_read_here(desk: Desk, team: tuple[Person, Team], operator: Person, shop: Merchant):
    other = await served(desk, *team, "云南鲜花")
    await planned(desk, team[0], other, timedelta(days=3), host="花花")
    kept = await planned(desk, operator, shop, timedelta(days=2), goal=80_000)
    gone = await planned(desk, operator, shop, timedelta(days=5))
    await desk.floor.desk.cancel(await actor(desk, operator), gone.id, scope=Scope(frozenset({shop.id})))
    group = await bound(desk, team, shop.id, operator, team[0])
    for person, chat in ((operator, operator.private()), (team[0], group)):
        await chat.answer_to(await person.say(chat, "/calendar"))
        text = calendar(chat)
        assert "SUMMARY:直播 · 好物严选" in text and "主播：小雨\\n目标：8 万元" in text
        assert f"UID:{kept.id}@operator-copilot" in text and text.count("STATUS:CANCELLED") == 1
        assert "云南鲜花" not in text and "花花" not in text
    owner = team[0].private()
    await owner.answer_to(await team[0].say(owner, "/calendar"))
    assert "云南鲜花" in calendar(owner) and "好物严选" in calendar(owner)
    assert not any("订阅" in one.text for one in [*group.from_bot, *owner.from_bot])


async def test_a_link_opens_its_owners_calendar_until_it_is_ended(idle_desk: Desk, tmp_path: object):
    desk = idle_desk
    desk.settings |= {"http_port": 8000, "http_host": "10.0.0.8"}
    await desk.start()
    owner, ours = await founded(desk, "王姐")
    merchant = await served(desk, owner, ours, "好物严选")
    person = await member(desk, "阿芳", owner, ours, Role.OPERATOR, merchant.id)
    await planned(desk, person, merchant, timedelta(days=2))
    await person.asks(person.private(), "/calendar")
    await desk.settled()
    offered = next(one for one in person.private().from_bot if "可以订阅" in one.text)
    await person.presses(offered, "要订阅链接")
    first = re.findall(r"http://10\.0\.0\.8:8000(/calendar/[\w-]{32}\.ics)", offered.text)[0]
    web = TestClient(web_app(lambda: {"ok": True}, [calendar_route(desk.floor.calendar.behind)]))
    async with desk.database.read() as db:
        stored = (await db.execute(select(calendar_links))).all()
    assert first.removeprefix("/calendar/").removesuffix(".ics") not in repr(stored)

    async def opens(path: str) -> int:
        token = path.removeprefix("/calendar/").removesuffix(".ics")
        return 200 if await desk.floor.calendar.behind(token) is not None else 404

    assert await opens(first) == 200
    assert "好物严选" in (await desk.floor.calendar.behind(first[10:-4]) or "")
    await person.presses(offered, "换一个链接")
    second = re.findall(r"(/calendar/[\w-]{32}\.ics)", offered.text)[0]
    assert second != first and (await opens(first), await opens(second)) == (404, 200)
    await desk.people.take(qualified(person), ours.id, None, Entry(now(), qualified(owner), Deed.REMOVED, "", ours.id))
    assert "好物严选" not in (await desk.floor.calendar.behind(second[10:-4]) or "")
    await desk.people.block(qualified(person), True, Entry(now(), qualified(owner), Deed.BLOCKED, "", ours.id))
    assert await opens(second) == 404
    for path in ("/calendar/x.ics", "/calendar/.ics", f"/calendar/{'a' * 32}", "/calendar/../healthz.ics"):
        assert web.get(path).status_code == 404
    await desk.people.block(qualified(person), False, Entry(now(), qualified(owner), Deed.UNBLOCKED, "", ours.id))
    await person.presses(offered, "停用链接")
    assert offered.text == "链接已停用，谁也打不开了。" and await opens(second) == 404


async def test_in_a_group_nobody_gets_a_link(desk: Desk, team: tuple[Person, Team], operator: Person, shop: Merchant):
    group = await bound(desk, team, shop.id, operator)
    await planned(desk, operator, shop, timedelta(days=2))
    await desk.settled()
    for name in ("calendar_link", "calendar_end"):
        assert "请到私聊里发 /calendar" in await operator.forges(group.last, made(name))
    stranger = desk.double.user("生人")
    page = await stranger.asks(stranger.private(), "/today")
    assert "请到私聊里" in await stranger.forges(page, made("calendar_link"))  # no HTTP server, so there is no link at all
