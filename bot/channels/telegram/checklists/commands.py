"""/checklist, /handover and /quiet: the current list, one's own open items, the change of shifts, quiet hours."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import time

from telegram import Message, Update

from bot.channels.people_words import worded
from bot.channels.telegram.checklists import words
from bot.channels.telegram.checklists.place import Place
from bot.channels.telegram.context import Context
from bot.domain.access import Right
from bot.domain.messages import Message as Outgoing
from bot.domain.messages import text
from bot.domain.outgoing import Kind
from bot.domain.rhythm import Rhythm
from bot.domain.sessions import Status
from bot.errors import NotFound, Refused

COMMANDS = ("checklist", "handover", "quiet")
OFF = frozenset({"off", "关", "关闭", "无", "不要"})
MOST = 5
"""Sessions whose lists are sent at once."""
# Any word with a stroke, so that a misspelt zone is said to be one.
_ZONE = re.compile(r"(?:UTC|[A-Za-z][\w+-]*(?:/[\w+-]+)+)$")
_SPAN = re.compile(r"([01]?[0-9]|2[0-3])[:：]([0-5][0-9])\s*[-–—~～到至]\s*([01]?[0-9]|2[0-3])[:：]([0-5][0-9])")


async def on_command(update: Update, context: Context) -> None:
    """Answer one of the commands."""
    message = update.message
    if message is None or not message.text:
        return
    command, *argument = message.text.split(maxsplit=1)
    name = command[1:].partition("@")[0].lower()
    try:
        if name == "checklist":
            await _checklist(message, context)
        elif name == "handover":
            await _handover(message, context)
        else:
            await _say(message, context, text(await _quiet("".join(argument).strip(), context)))
    except (NotFound, Refused) as error:
        await _say(message, context, text(worded(error, context.viewer.language)))


async def _checklist(message: Message, context: Context) -> None:
    place, viewer = Place(context), context.viewer
    lists = place.lists.lists
    sessions = await lists.sessions(place.actor, place.scope, viewer.chat, viewer.topic, private=viewer.private)
    sent = 0
    for session in sessions[: MOST if viewer.private else 1]:
        # Whoever answers for a session has all of it before them, everybody else what is theirs.
        mine = viewer.private and session.operator != place.actor.person
        key = f"{message.chat.id}:{message.message_id}"
        sent += await lists.send(place.actor, place.scope, key, session.id, viewer.chat, viewer.topic, mine=mine)
    context.parts.notify()
    if not sent:
        phrase = words.NO_LIST_OF_MINE if viewer.private else words.NO_LIST_HERE
        await _say(message, context, text(place.say(phrase)))


async def _handover(message: Message, context: Context) -> None:
    place, viewer = Place(context), context.viewer
    lists = place.lists.lists
    sessions = await lists.sessions(place.actor, place.scope, viewer.chat, viewer.topic, private=viewer.private)
    live = [one for one in sessions if one.status is Status.LIVE]
    if not live:
        await _say(message, context, text(place.say(words.NO_HANDOVER)))
        return
    shown = await lists.handover(place.actor, place.scope, live[0].id, viewer.language)
    key = f"handover:{message.chat.id}:{message.message_id}"
    await context.parts.send(
        key, viewer.chat, place.lists.pushing.board.views.handover(shown), kind=Kind.ANSWER, topic=viewer.topic,
        collections=live[0].collections,
    )  # fmt: skip


async def _quiet(argument: str, context: Context) -> str:
    """Show or set the quiet hours. Raises NotFound, Refused."""
    place = Place(context)
    team = await team_meant(place)
    if not team:
        return place.say(words.QUIET_WHICH)
    rhythm = await place.lists.rhythms.rhythm(place.actor, team)
    name = next((one.name for one in await context.parts.office.team.teams(place.actor) if one.id == team), "")
    if not argument:
        return place.say(words.QUIET, team=name, span=_span(rhythm, place), zone=rhythm.zone)
    changed = _read(argument, rhythm)
    await place.lists.rhythms.set_rhythm(place.actor, team, changed)
    return place.say(words.QUIET_SET, team=name, span=_span(changed, place), zone=changed.zone)


async def team_meant(place: Place) -> str:
    """The team that is meant: the group's, or the only one that the person manages, or is in; empty where that is not clear.

    Raises NotFound for somebody who is in no team, and in a group that is not bound to one of theirs.
    """
    viewer, access = place.context.viewer, place.actor.access
    if not access.teams:
        raise NotFound("stranger")
    if not viewer.private:
        bound = await place.context.parts.gate.groups.here(viewer.chat)
        here = next((one.team for one in bound if one.team in access.teams), "")
        if not here:
            raise NotFound("no_team_here")
        return here
    managed = [team for team in sorted(access.teams) if access.may(Right.MANAGE, team)] or sorted(access.teams)
    return managed[0] if len(managed) == 1 else ""


def _read(argument: str, rhythm: Rhythm) -> Rhythm:
    """Hours, a zone, or hours and a zone: what is not said stays. Raises Refused."""
    zoned = _ZONE.search(argument)
    zone, said = (zoned[0], argument[: zoned.start()].strip()) if zoned else (rhythm.zone, argument)
    if zoned and not said:
        return replace(rhythm, zone=zone)
    if said.lower() in OFF:
        return Rhythm(zone, time(0), time(0))
    found = _SPAN.fullmatch(said)
    if found is None:
        raise Refused("quiet_unclear")
    hours = [int(one) for one in found.groups()]
    return Rhythm(zone, time(hours[0], hours[1]), time(hours[2], hours[3]))


def _span(rhythm: Rhythm, place: Place) -> str:
    if rhythm.quiet_from == rhythm.quiet_until:
        return place.say(words.QUIET_NONE)
    return f"{rhythm.quiet_from:%H:%M}–{rhythm.quiet_until:%H:%M}"


async def _say(message: Message, context: Context, said: Outgoing) -> None:
    key = f"checklist:{message.chat.id}:{message.message_id}"
    await context.parts.send(
        key, context.viewer.chat, said, kind=Kind.ANSWER, topic=context.viewer.topic, reply_to=message.message_id
    )
