"""Robots of bound groups: listed, added by a reply that is deleted at once, tried, removed. No address is ever shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.channels.people_words import ROBOT_KINDS
from bot.channels.telegram.channel import qualified
from bot.channels.telegram.people import words
from bot.channels.telegram.people.grammar import made
from bot.channels.telegram.people.prompts import ask
from bot.channels.telegram.people.view import LABEL, Desk, Page, confirm, page
from bot.channels.telegram.render import short
from bot.domain.access import Right
from bot.domain.messages import Button, Part
from bot.domain.outgoing import own_id
from bot.flows.robots import RobotDesk
from bot.storage.robots import Robot

SHOWN = 20

Fields = Mapping[str, str]


async def groups(desk: Desk, fields: Fields) -> Page:
    """The bound groups of a team whose robots the reader may look after."""
    team, access, rows = await desk.team.team(desk.actor, fields["team"]), desk.actor.access, []
    served = await desk.merchants.all(desk.actor, team.id)
    for one in await desk.merchants.bound(desk.actor, team.id):
        bound = one.binding
        if bound.topic == 0 and access.may(Right.MANAGE, team.id, bound.merchant):
            rows.append((Button(short(await desk.place(bound.chat, 0), LABEL), made("robots", own_id(bound.chat))),))
    lines = [desk.say(words.ROBOTS_OF_WHICH if rows else words.ROBOTS_NO_GROUP)]
    return page(desk.say(words.ROBOTS_TITLE), lines, tuple(rows[:SHOWN]), desk.drawn(team.id, served))


async def robots(desk: Desk, fields: Fields) -> Page:
    """The robots of one group."""
    chat = qualified(fields["chat"])
    found = await _desk(desk).here(desk.actor, chat)
    lines = [f"• {_named(desk, one)} · {desk.minute(one.added_at)}" for one in found] or [desk.say(words.NO_ROBOTS)]
    rows = [(Button(_named(desk, one), made("robot", one.id)),) for one in found]
    rows.append((desk.button(words.B_ADD_ROBOT, "robot_add", own_id(chat)),))
    return page(desk.say(words.ROBOTS_OF, place=await desk.place(chat, 0)), lines, tuple(rows))


async def robot(desk: Desk, fields: Fields) -> Page:
    """One robot."""
    found = await _desk(desk).one(desk.actor, int(fields["robot"]))
    rows = (
        (desk.button(words.B_TEST_ROBOT, "robot_test", found.id), desk.button(words.B_REMOVE_ROBOT, "robot_remove", found.id, 0)),
        (desk.button(words.BACK, "robots", own_id(found.chat)),),
    )
    return page(_named(desk, found), [desk.say(words.ROBOT_CARRIES, place=await desk.place(found.chat, 0))], rows)


async def test(desk: Desk, fields: Fields) -> str:
    """Let it say something; the toast says where to look."""
    found = await _desk(desk).test(desk.actor, int(fields["robot"]), str(desk.update_id), desk.context.parts.language)
    desk.context.parts.notify()
    return desk.say(words.ROBOT_TESTED, kind=ROBOT_KINDS[found.kind].to(desk.language))


async def remove(desk: Desk, fields: Fields) -> Page:
    """Forget one, after a question."""
    found = await _desk(desk).one(desk.actor, int(fields["robot"]))
    if fields["sure"] == "0":
        sure, no = made("robot_remove", found.id, 1), made("robot", found.id)
        return confirm(desk, desk.say(words.SURE_REMOVE_ROBOT, robot=_named(desk, found)), words.B_REMOVE_ROBOT, sure, no)
    await _desk(desk).remove(desk.actor, found.id)
    return replace(await robots(desk, {"chat": own_id(found.chat)}), toast=desk.say(words.ROBOT_REMOVED))


async def add(desk: Desk, fields: Fields) -> str:
    """Ask for the address."""
    chat = qualified(fields["chat"])
    await _desk(desk).here(desk.actor, chat)
    return await ask(desk, "robot", own_id(chat), words.ASK_ROBOT, frozenset(), place=await desk.place(chat, 0))


async def added(desk: Desk, id: str, said: str) -> Page:
    """Take the reply with the address, after deleting it from the chat: it stays nowhere but in the database."""
    channel, written = desk.context.parts.channel, desk.context.written
    deleted = written is not None and await channel.delete(own_id(desk.context.viewer.chat), written)
    found = await _desk(desk).add(desk.actor, qualified(id), said)
    shown = await robots(desk, {"chat": id})
    said = desk.say(words.ROBOT_ADDED if deleted else words.ROBOT_ADDED_DELETE, robot=_named(desk, found))
    return replace(shown, message=replace(shown.message, parts=(Part(f"{said}\n\n"), *shown.message.parts)))


def _desk(desk: Desk) -> RobotDesk:
    return desk.context.parts.office.robots


def _named(desk: Desk, one: Robot) -> str:
    """Its kind and what tells it from others of it."""
    return f"{ROBOT_KINDS[one.kind].to(desk.language)} {one.fingerprint}"
