"""Asking for a few words about a session as a reply, and taking them: its time, length, host, goal, a name, a reason."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from hashlib import blake2b
from zoneinfo import ZoneInfo

from telegram import Message

from bot.channels.people_words import worded
from bot.channels.plan_view import title_of
from bot.channels.telegram.sessions import words
from bot.channels.telegram.sessions.spot import Spot
from bot.channels.when_words import understood
from bot.channels.words import Phrase
from bot.domain.lengths import read_length
from bot.domain.messages import Message as Outgoing
from bot.domain.messages import text
from bot.domain.money import read_money
from bot.domain.plan_figures import read_figures
from bot.domain.plan_line import read_plan
from bot.domain.sessions import POSTS, LiveSession, Post
from bot.domain.when import read_when
from bot.errors import NotFound, Refused
from bot.flows.session_ground import with_post
from bot.flows.sessions import wish_of

Took = tuple[LiveSession, list[str]]
"""The session as it is now, and what has to be said about how the words were understood."""
Take = Callable[[Spot, str, str, bool], Awaitable[Took]]
"""Does what a reply says, for an id; with True also where the host has another session then."""


async def ask(spot: Spot, field: str, session: LiveSession, update_id: int, **values: object) -> str:
    """Ask for a reply about one thing of a session, and return the toast that points to it."""
    names = await spot.floor.ground.news.names(session)
    title = title_of(session, names, spot.now, spot.language)
    phrase = words.ASK["post" if field.startswith("post") else field]
    await _send(spot, f"set-{field}:{session.id}:{update_id}", phrase, session.collections, title=title, **values)
    return spot.say(words.REPLY_BELOW)


async def ask_when(spot: Spot, merchant: str, key: str) -> None:
    """Ask when a session of a merchant is to start."""
    name = next(one.name for one in spot.merchants() if one.id == merchant)
    collections = (f"merchant-{merchant}",)
    await _send(spot, f"plan-when:{merchant}:{key}", words.ASK_WHEN, collections, merchant=name)


async def taken(kind: str, id: str, message: Message, spot: Spot) -> bool:
    """Whether the message is a reply to such a prompt; then it has been dealt with."""
    named, _, warned = kind.partition("+")
    take = TAKES.get(named)
    if take is None:
        return False
    if message.edit_date is not None:
        await spot.tell(message, "plan-late", words.TOO_LATE)
        return True
    said = message.text or ""
    try:
        if not said:
            raise Refused("words_only")
        session, notes = await take(spot, id, said, warned == _digest(said))
    except NotFound as error:
        await spot.answer(message, "plan-took", text(worded(error, spot.language)))
    except Refused as error:  # the sentence asks again, so that whoever slipped need not look for the button
        met = error.reason == "session_overlaps"
        sentence = worded(error, spot.language) + (spot.say(words.SAY_AGAIN) if met else "")
        again = Outgoing(text(sentence).parts, expects_reply=True)
        await spot.answer(message, f"{named}+{_digest(said)}:{id}" if met else f"{named}:{id}", again)
    else:
        await spot.answer(message, "plan-took", await spot.card(session, notes), session)
    return True


async def drafted(spot: Spot, merchant: str, line: str) -> Took:
    """A draft out of a line that says when, and perhaps more. Raises NotFound, Refused."""
    zone = await zone_of(spot, merchant)
    said = read_plan(line, now=spot.now, zone=zone)
    made = await spot.floor.desk.draft(spot.actor, merchant, said.start.moment, **wish_of(said))
    return made, understood(said.start, spot.language)


async def zone_of(spot: Spot, merchant: str) -> ZoneInfo:
    """The zone in which times for a merchant are said: its team's."""
    team = next((one.team for one in spot.actor.access.merchants if one.id == merchant), "")
    return ZoneInfo((await spot.floor.ground.rhythms.of(team)).zone)


async def _starts(spot: Spot, id: str, said: str, sure: bool) -> Took:
    before = await spot.floor.desk.one(spot.actor, id, scope=spot.scope)
    when = read_when(said, now=spot.now, zone=before.local_zone)
    session = await spot.floor.desk.change(spot.actor, id, scope=spot.scope, confirmed=sure, starts_at=when.moment)
    return session, understood(when, spot.language)


async def _length(spot: Spot, id: str, said: str, sure: bool) -> Took:
    return await spot.floor.desk.change(spot.actor, id, scope=spot.scope, confirmed=sure, length=read_length(said)), []


async def _host(spot: Spot, id: str, said: str, sure: bool) -> Took:
    return await spot.floor.desk.change(spot.actor, id, scope=spot.scope, confirmed=sure, host=said), []


async def _goal(spot: Spot, id: str, said: str, sure: bool) -> Took:
    goal = None if said.strip().lower() in words.NO_GOAL else read_money(said)
    return await spot.floor.desk.change(spot.actor, id, scope=spot.scope, goal=goal), []


async def _figures(spot: Spot, id: str, said: str, sure: bool) -> Took:
    before = await spot.floor.desk.one(spot.actor, id, scope=spot.scope)
    figures = before.figures.changed(read_figures(said))
    return await spot.floor.desk.change(spot.actor, id, scope=spot.scope, figures=figures), []


async def _reason(spot: Spot, id: str, said: str, sure: bool) -> Took:
    return await spot.floor.running.begin(spot.actor, id, scope=spot.scope, override_reason=said), []


async def _when(spot: Spot, id: str, said: str, sure: bool) -> Took:
    return await drafted(spot, id, said)


def _post(role: str) -> Take:
    async def take(spot: Spot, id: str, said: str, sure: bool) -> Took:
        before = await spot.floor.desk.one(spot.actor, id, scope=spot.scope)
        posts = with_post(before.posts, Post(role, "", said))
        return await spot.floor.desk.change(spot.actor, id, scope=spot.scope, posts=posts), []

    return take


TAKES: Mapping[str, Take] = {
    "plan-when": _when,
    "set-starts": _starts,
    "set-length": _length,
    "set-host": _host,
    "set-goal": _goal,
    "set-figures": _figures,
    "set-reason": _reason,
    **{f"set-post{place}": _post(role) for place, role in enumerate(POSTS) if place},
}


async def _send(spot: Spot, key: str, phrase: Phrase, collections: tuple[str, ...], **values: object) -> None:
    prompt = Outgoing(text(spot.say(phrase, **values)).parts, expects_reply=True)
    viewer = spot.context.viewer
    await spot.context.parts.send(key, viewer.chat, prompt, topic=viewer.topic, collections=collections)


def _digest(said: str) -> str:
    """Tells whether somebody who was warned means the same still."""
    return blake2b(" ".join(said.split()).encode(), digest_size=4).hexdigest()
