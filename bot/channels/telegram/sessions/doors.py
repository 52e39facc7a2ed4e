"""The ways in to live sessions: /new, /today, /week, /session, /live and /end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from telegram import Message, Update

from bot.channels.people_words import worded
from bot.channels.plan_actions import made
from bot.channels.telegram.context import Context
from bot.channels.telegram.render import short
from bot.channels.telegram.sessions import calendar, lists, ordering, prompts, words
from bot.channels.telegram.sessions.spot import Spot
from bot.channels.words import Phrase
from bot.domain.access import Right
from bot.domain.messages import Button, text
from bot.domain.messages import Message as Outgoing
from bot.domain.plan_line import named_in
from bot.domain.sessions import LiveSession, Status
from bot.domain.when import WhenWrong
from bot.errors import NotFound, Refused
from bot.flows.running import FAR_OFF

LABEL = 34
Say = Callable[[Spot, Message, str], Awaitable[None]]
"""Answers a command with what stands behind it."""


async def on_command(update: Update, context: Context) -> None:
    """Answer one of the commands."""
    message = update.message
    if message is None or not message.text:
        return
    command, _, rest = message.text.partition(" ") if " " in message.text else message.text.partition("\n")
    spot = Spot(context)
    try:
        await COMMANDS[command[1:].partition("@")[0].lower()](spot, message, rest.strip())
    except (NotFound, Refused) as error:
        await spot.answer(message, "plan", text(worded(error, spot.language)))


async def taken(kind: str, id: str, message: Message, context: Context) -> bool:
    """Whether a reply was to one of our prompts; then it has been dealt with."""
    if kind == ordering.PROMPT:
        return await ordering.taken(id, message, Spot(context))
    return await prompts.taken(kind, id, message, Spot(context))


async def _new(spot: Spot, message: Message, line: str) -> None:
    merchants = spot.merchants()
    if not merchants:
        await spot.tell(message, "plan", _why_none(spot))
        return
    named = named_in(line, [one.name for one in merchants]) if line else None
    chosen = next((one for one in merchants if named and one.name == named[0]), merchants[0] if len(merchants) == 1 else None)
    if chosen is None:
        rows = [(Button(short(one.name, LABEL), made("plan_new", one.id)),) for one in merchants[: lists.MOST]]
        shown = text(spot.say(words.WHICH_MERCHANT), *rows)
        viewer, key = spot.context.viewer, f"plan:{message.chat.id}:{message.message_id}"
        collections = [f"merchant-{one.id}" for one in merchants]
        await spot.context.parts.send(key, viewer.chat, shown, topic=viewer.topic, collections=collections)
        return
    rest = named[1] if named else line
    if not rest:
        await prompts.ask_when(spot, chosen.id, f"{message.chat.id}-{message.message_id}")
        return
    try:
        session, notes = await prompts.drafted(spot, chosen.id, rest)
    except Refused as error:  # asked again as a reply, so that the rest need not be typed once more
        more = f"\n{spot.say(words.NEW_LINE)}" if error.reason == WhenWrong.NOT_UNDERSTOOD else ""
        again = Outgoing(text(worded(error, spot.language) + more).parts, expects_reply=True)
        await spot.answer(message, f"plan-when:{chosen.id}", again)
        return
    await spot.answer(message, "plan", await spot.card(session, notes), session)


def _why_none(spot: Spot) -> Phrase:
    """Why somebody can plan nothing here, and what to do about it."""
    if not spot.context.viewer.private and not spot.scope.merchants:
        return words.GROUP_WITHOUT
    leads = any(spot.actor.access.may(Right.MANAGE, team) for team in spot.actor.access.teams)
    return words.NO_MERCHANT_YET if leads else words.NO_MERCHANT


async def _today(spot: Spot, message: Message, line: str) -> None:
    found = await spot.floor.desk.today(scope=spot.scope, zone=spot.context.parts.zone)
    await _list(spot, message, found, words.TODAY, words.NONE_TODAY)


async def _week(spot: Spot, message: Message, line: str) -> None:
    found = await spot.floor.desk.week(scope=spot.scope, zone=spot.context.parts.zone)
    await _list(spot, message, found, words.WEEK, words.NONE_WEEK)


async def _session(spot: Spot, message: Message, line: str) -> None:
    session = spot.floor.desk.next_of(await _here(spot))
    if session is None:
        await spot.tell(message, "plan", words.NO_NEXT)
    else:
        await spot.answer(message, "plan", await spot.card(session), session)


async def _live(spot: Spot, message: Message, line: str) -> None:
    soon = spot.now + FAR_OFF
    found = [one for one in await _here(spot) if one.status is Status.PLANNED and one.starts_at <= soon]
    if not found:
        await spot.tell(message, "plan", words.NO_NEXT)
    elif len(found) > 1:
        await _list(spot, message, found, words.WHICH_SESSION, words.NO_NEXT)
    else:
        await _begin(spot, message, found[0], line)


async def _begin(spot: Spot, message: Message, session: LiveSession, reason: str) -> None:
    try:
        begun = await spot.floor.running.begin(spot.actor, session.id, scope=spot.scope, override_reason=reason)
    except Refused as error:
        if error.reason != "items_open":
            raise
        news, (missing, numbers) = spot.floor.ground.news, await spot.floor.running.missing(session, scope=spot.scope)
        names = await news.names(session, [one.person for one in missing])
        await spot.answer(message, "plan", news.words.gate(session, missing, numbers, names, spot.now, spot.language), session)
        return
    await spot.answer(
        message, "plan", await spot.card(begun, [spot.say(words.BEGUN_SHORT if begun.override else words.BEGUN)]), begun
    )


async def _end(spot: Spot, message: Message, line: str) -> None:
    running = [one for one in await _here(spot) if one.status is Status.LIVE]
    if not running:
        await spot.tell(message, "plan", words.NO_LIVE)
        return
    if len(running) > 1:
        await _list(spot, message, running, words.WHICH_SESSION, words.NO_NEXT)
        return
    ended = await spot.floor.running.end(spot.actor, running[0].id, scope=spot.scope)
    await spot.answer(message, "plan", await spot.card(ended, [spot.say(words.ENDED)]), ended)


async def _order(spot: Spot, message: Message, line: str) -> None:
    session = spot.floor.desk.next_of(await _here(spot))
    if session is None:
        await spot.tell(message, "plan", words.NO_NEXT)
    elif line:
        await ordering.read(spot, session.id, message, line)
    else:
        await ordering.ask(spot, session, f"{message.chat.id}-{message.message_id}")


COMMANDS: Mapping[str, Say] = {
    "new": _new,
    "today": _today,
    "week": _week,
    "session": _session,
    "live": _live,
    "end": _end,
    "order": _order,
    "calendar": calendar.answer,
}


async def _list(spot: Spot, message: Message, found: Sequence[LiveSession], title: Phrase, none: Phrase) -> None:
    if not found:
        await spot.tell(message, "plan", none)
        return
    await spot.answer(message, "plan", await lists.listed(spot, found, title), *found)


async def _here(spot: Spot) -> list[LiveSession]:
    """Sessions that are planned or live: in a group that group's own, in private those with a post of the person's first."""
    found, viewer = await spot.floor.desk.open(scope=spot.scope), spot.context.viewer
    if viewer.private:
        own = [one for one in found if spot.actor.person in one.people]
    else:
        own = [one for one in found if one.chat == viewer.chat and one.topic in (None, viewer.topic)]
    return own or list(found)
