"""Whom a team has blocked, and listening to them again: also to those who are in it no more and have no page of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.channels.telegram.channel import qualified
from bot.channels.telegram.people import words
from bot.channels.telegram.people.grammar import made
from bot.channels.telegram.people.view import LABEL, Desk, Page, confirm, name_of, page, person_name
from bot.channels.telegram.render import short
from bot.domain.messages import Button
from bot.domain.outgoing import own_id
from bot.errors import NotFound

SHOWN = 40
"""People on the page; Telegram takes a hundred buttons."""

Fields = Mapping[str, str]


async def blocked(desk: Desk, fields: Fields) -> Page:
    """Everybody whom the team has blocked, as a button."""
    team = await desk.team.team(desk.actor, fields["team"])
    people = list((await desk.team.blocked(desk.actor, team.id)).items())
    rows = [
        (Button(short(person_name(name, id, desk), LABEL), made("unblock", team.id, own_id(id), 0)),)
        for id, name in people[:SHOWN]
    ]
    lines = [desk.say(words.MORE, n=len(people) - SHOWN)] if len(people) > SHOWN else []
    rows.append((desk.button(words.BACK, "team", team.id),))
    title = desk.say(words.BLOCKED_PEOPLE if people else words.NOBODY_BLOCKED, team=name_of(team.name))
    return page(title, lines, tuple(rows), desk.drawn(team.id))


async def unblock(desk: Desk, fields: Fields) -> Page:
    """Listen to one of them again, after a question."""
    team, person = fields["team"], qualified(fields["person"])
    names = await desk.team.blocked(desk.actor, team)
    if person not in names:
        raise NotFound("no_member")
    if fields["sure"] == "0":
        question = desk.say(words.SURE_UNBLOCK, name=person_name(names[person], person, desk))
        return confirm(desk, question, words.B_UNBLOCK, made("unblock", team, own_id(person), 1), made("blocked", team))
    await desk.team.block(desk.actor, person, blocked=False)
    return replace(await blocked(desk, {"team": team}), toast=desk.say(words.UNBLOCKED))
