"""The commands that a phone offers in private: those that the person's role may use, in their language, until that changes."""

from __future__ import annotations

from bot.domain.access import Role
from bot.domain.audit import Deed, Entry
from tests.channels.telegram.desk import Desk, now
from tests.channels.telegram.kit import founded, member, qualified, served
from tests.double import Person, faults

LOOKING = ["metrics", "rules", "checklists"]
SESSIONS = ["new", "today", "week", "session", "live", "end", "order", "calendar"]
WATCHING = ["board", "metric", "why"]
LISTS = ["checklist", "handover", "quiet", "effects"]
LEADING = ["team", "roles", "invite", "merchants", "bind", "robot", "feed", "audit", "withhold"]
STRANGERS = ["ask", *LOOKING, "help", "start"]
READING = ["today", "week", "session", "calendar"]
MEMBERS = ["ask", *READING, *WATCHING, "checklist", "handover", *LOOKING, "library", "team", "help", "start"]
OPERATORS = ["ask", *SESSIONS, *WATCHING, *LISTS, *LOOKING, "library", "team", "help", "start"]
LEADS = ["ask", *SESSIONS, *WATCHING, *LISTS, *LOOKING, "library", *LEADING, "help", "start"]


async def offered(desk: Desk, person: Person) -> list[str]:
    """What the phone offers once the person has written to the bot."""
    await person.asks(person.private(), "/help")
    await desk.settled()
    return list(person.menu())


async def test_each_role_is_offered_what_it_may_use(desk: Desk) -> None:
    lead, team = await founded(desk, "芳姐")
    shop = await served(desk, lead, team, "云栖茶行")
    operator = await member(desk, "小操", lead, team, Role.OPERATOR, shop.id)
    viewer = await member(desk, "阿看", lead, team, Role.VIEWER, shop.id)
    trainee = await member(desk, "小雅", lead, team, Role.TRAINEE, shop.id)
    assert desk.bot is not None
    await desk.bot._tasks[1]
    stranger = desk.double.user("路人")
    assert await offered(desk, stranger) == STRANGERS
    assert await offered(desk, viewer) == await offered(desk, trainee) == MEMBERS
    assert await offered(desk, operator) == OPERATORS
    assert await offered(desk, lead) == LEADS
    assert operator.menu()["new"] == "排一场直播"
    before = [call.method for call in desk.double.calls].count("setMyCommands")
    await offered(desk, operator)
    assert [call.method for call in desk.double.calls].count("setMyCommands") == before, "nothing has changed"


async def test_a_menu_follows_the_role(desk: Desk) -> None:
    lead, team = await founded(desk, "芳姐")
    shop = await served(desk, lead, team, "云栖茶行")
    assert desk.bot is not None
    await desk.bot._tasks[1]
    person = await member(desk, "小操", lead, team, Role.OPERATOR, shop.id)
    assert await offered(desk, person) == OPERATORS
    entry = Entry(now(), qualified(lead), Deed.REMOVED, team=team.id)
    await desk.people.take(qualified(person), team.id, None, entry)
    assert await offered(desk, person) == STRANGERS


async def test_a_menu_that_telegram_refuses_costs_no_answer_and_comes_with_the_next_message(desk: Desk) -> None:
    lead, team = await founded(desk, "芳姐")
    assert desk.bot is not None
    await desk.bot._tasks[1]
    shop = await served(desk, lead, team, "云栖茶行")
    person = await member(desk, "小操", lead, team, Role.OPERATOR, shop.id)
    assert await offered(desk, person) == OPERATORS
    await desk.people.take(qualified(person), team.id, None, Entry(now(), qualified(lead), Deed.REMOVED, team=team.id))
    desk.double.faults.script("deleteMyCommands", faults.too_many(1))
    assert await offered(desk, person) == OPERATORS
    assert await offered(desk, person) == STRANGERS


async def test_help_names_what_people_look_for(desk: Desk) -> None:
    lead, team = await founded(desk, "芳姐")
    group, stranger = desk.double.group("闲聊群", lead), desk.double.user("路人")
    own = (await lead.asks(lead.private(), "/help")).text
    assert all(one in own for one in ("/effects", "/withhold", "调整规则", "/why", "“为什么在线掉了”"))
    there = (await lead.asks(group, "/help")).text
    assert "/why" in there and "@copilot_test_bot 为什么在线掉了" in there
    assert "/withhold" not in (await stranger.asks(stranger.private(), "/help")).text
