"""Choices about a session with a button for each: length, template, operator, posts, group."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.channels import plan_words
from bot.channels.plan_actions import made
from bot.channels.plan_view import title_of
from bot.channels.telegram.render import Rows, short
from bot.channels.telegram.sessions import words
from bot.channels.telegram.sessions.spot import Spot
from bot.channels.words import Phrase
from bot.domain.access import Right
from bot.domain.messages import Button, Message, Part, Style
from bot.domain.outgoing import own_id
from bot.domain.sessions import POSTS, LiveSession

HOURS = (2, 3, 4, 5, 6, 8)
LABEL = 34
MOST = 30
"""People or groups on a page of buttons."""


async def lengths(spot: Spot, session: LiveSession) -> Message:
    """Usual lengths, and another."""
    labels = [(hours, plan_words.length(timedelta(hours=hours), spot.language)) for hours in HOURS]
    buttons = [Button(label, made("plan_length", session.id, hours * 60)) for hours, label in labels]
    other = (Button(spot.say(words.OTHER), made("plan_ask", session.id, "length")),)
    return await _page(spot, session, words.HOW_LONG, (*_paired(buttons, 3), other))


async def variants(spot: Spot, session: LiveSession) -> Message:
    """The four templates."""
    found = [Button(spot.say(phrase), made("plan_variant", session.id, one)) for one, phrase in plan_words.VARIANTS.items()]
    return await _page(spot, session, words.WHICH_VARIANT, _paired(found, 2))


async def operators(spot: Spot, session: LiveSession) -> Message:
    """Everybody who may run the session."""
    people = await _people(spot, session, Right.RUN)
    found = [Button(short(name, LABEL), made("plan_operator", session.id, own_id(id))) for id, name in people]
    return await _page(spot, session, words.WHO_OPERATES, _paired(found, 2))


async def posts(spot: Spot, session: LiveSession) -> Message:
    """The eight posts beside the operator's, with who holds each."""
    names = await spot.floor.ground.news.names(session)
    held = {one.role: one.name or names.people.get(one.person, "") for one in session.posts}
    labels = [(place, plan_words.post(role, spot.language), held.get(role, "")) for place, role in enumerate(POSTS) if place]
    found = [
        Button(short(f"{label} {holder}".strip(), LABEL), made("plan_holders", session.id, n)) for n, label, holder in labels
    ]
    return await _page(spot, session, words.WHICH_POST, _paired(found, 2))


async def holders(spot: Spot, session: LiveSession, place: int) -> Message:
    """Who can hold a post: everybody who may read the merchant, somebody by name, nobody."""
    people = await _people(spot, session, Right.READ)
    found = [Button(short(name, LABEL), made("plan_holder", session.id, place, own_id(id))) for id, name in people]
    last = (
        Button(spot.say(words.WRITE_NAME), made("plan_name", session.id, place)),
        Button(spot.say(words.NOBODY), made("plan_holder", session.id, place, "")),
    )
    role = plan_words.post(POSTS[place], spot.language)
    return await _page(spot, session, words.WHO_HOLDS, (*_paired(found, 2), last), role=role)


async def groups(spot: Spot, session: LiveSession) -> Message:
    """The groups that are bound to the merchant, and none."""
    bound = await spot.floor.ground.groups.all(session.team, access=spot.actor.access)
    mine = [one for one in bound if one.binding.merchant == session.merchant and not one.gone][:MOST]
    rows = [
        (Button(_place(one.title, one.binding.chat, one.binding.topic), made("plan_group", session.id, own_id(one.binding.chat),
                                                                             one.binding.topic)),)
        for one in mine
    ]  # fmt: skip
    none = (Button(spot.say(words.NO_GROUP), made("plan_group", session.id, "", 0)),)
    return await _page(spot, session, words.WHICH_GROUP, (*rows, none))


async def _people(spot: Spot, session: LiveSession, right: Right) -> list[tuple[str, str]]:
    """Id and name of everybody with this right for the merchant: its own people, and the leads who answer for it."""
    people, access = spot.floor.ground.people, spot.actor.access
    ids = [one.person for one in await people.members(session.team, session.merchant, access=access)]
    ids += [one.person for one in await people.members(session.team, access=access)]
    ids += [*await people.managers(session.team), *await people.managers(session.team, session.merchant)]
    may = [id for id in dict.fromkeys(ids) if (await people.access(id)).may(right, session.team, session.merchant)]
    names = await people.names(*may)
    return sorted(((id, names.get(id) or own_id(id)) for id in may), key=lambda one: one[1])[:MOST]


async def _page(
    spot: Spot, session: LiveSession, question: Phrase, rows: Iterable[tuple[Button, ...]], **values: object
) -> Message:
    names = await spot.floor.ground.news.names(session)
    back = (Button(spot.say(plan_words.B_BACK), made("plan_card", session.id)),)
    title = title_of(session, names, spot.now, spot.language)
    return Message((Part(title, Style.BOLD), Part(f"\n{spot.say(question, **values)}")), (*rows, back))


def _paired(buttons: Sequence[Button], wide: int) -> Rows:
    return tuple(tuple(buttons[at : at + wide]) for at in range(0, len(buttons), wide))


def _place(title: str, chat: str, topic: int) -> str:
    return short(f"{title or own_id(chat)}{f' #{topic}' if topic else ''}", LABEL)
