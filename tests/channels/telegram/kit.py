"""A team on the desk: who joins how, and the page that a button of ours leads to."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.channels.telegram.people.grammar import made
from bot.domain.access import Merchant, Role, Team
from bot.domain.audit import Entry
from bot.flows.access import Actor
from tests.channels.telegram.desk import Desk, now
from tests.double import ChatView, MessageView, Person, Toast

BOT = "https://t.me/copilot_test_bot"


def qualified(person: Person) -> str:
    """How everything outside of Telegram names somebody."""
    return f"telegram:{person.id}"


async def actor(desk: Desk, person: Person) -> Actor:
    """Somebody with all that they are now."""
    return await desk.gate.actor(qualified(person), qualified(person))


async def founded(desk: Desk, name: str) -> tuple[Person, Team]:
    """Somebody who has founded a team by the first link."""
    root = Actor(await desk.people.everything("local:root"), "local")
    owner = desk.double.user(name)
    await joined(desk, owner, await desk.office.team.found_code(root))
    (team,) = await desk.office.team.teams(await actor(desk, owner))
    return owner, team


async def joined(desk: Desk, person: Person, code: str) -> MessageView:
    """What somebody is told who follows an invitation."""
    return await person.private().answer_to(await person.follows(f"{BOT}?start=i_{code}"))


async def member(desk: Desk, name: str, owner: Person, team: Team, role: Role, merchant: str = "") -> Person:
    """Somebody who has come in by an invitation of the owner's."""
    person = desk.double.user(name)
    await joined(desk, person, await desk.office.team.invite(await actor(desk, owner), team.id, role, merchant))
    await desk.settled()
    return person


async def served(desk: Desk, owner: Person, team: Team, name: str, *, open: bool = True) -> Merchant:
    """A merchant of the team, authorised for a month."""
    merchant = await desk.office.merchants.add(await actor(desk, owner), team.id, name)
    if open:
        until = now() + timedelta(days=30)
        merchant = await desk.office.merchants.authorise(await actor(desk, owner), merchant.id, until, "张三")
    return merchant


async def forges(person: Person, page: MessageView, name: str, *values: object) -> Toast:
    """Press a button that the page need not have."""
    return await person.forges(page, made(name, *values))


async def presses(person: Person, page: MessageView, *labels: str) -> Toast:
    """Press one button after the other on a page that changes in place; the last toast."""
    toast = Toast()
    for label in labels:
        toast = await person.presses(page, label)
    return toast


async def prompted(desk: Desk, chat: ChatView) -> MessageView:
    """The message that asks for a reply, which is the newest."""
    await desk.settled()
    assert "请回复" in chat.last.text, chat.transcript()
    return chat.last


def code_in(message: MessageView) -> str:
    """The code of the link in an invitation."""
    found = re.search(rf"{BOT}\?start=i_([A-Za-z0-9_-]{{22}})\b", message.text)
    assert found, message.text
    return found[1]


async def trail(desk: Desk, owner: Person, team: Team) -> tuple[Entry, ...]:
    """The team's trail, newest first."""
    return await desk.trail.entries(access=(await actor(desk, owner)).access, team=team.id, limit=100)
