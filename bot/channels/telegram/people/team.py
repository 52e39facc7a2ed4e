"""A team's page: who is in it, and what can be done with the team itself."""

from __future__ import annotations

from collections.abc import Mapping

from bot.channels.people_words import STRANGER
from bot.channels.telegram.people import words
from bot.channels.telegram.people.grammar import made
from bot.channels.telegram.people.prompts import ask
from bot.channels.telegram.people.roster import Person, roster
from bot.channels.telegram.people.view import LABEL, Desk, Page, confirm, name_of, page
from bot.channels.telegram.render import Rows, short
from bot.domain.access import Right, Team, team_collection
from bot.domain.messages import Button, text

SHOWN = 20
"""Members on the team's page; the others are on the members' pages."""

Fields = Mapping[str, str]


async def teams(desk: Desk, fields: Fields) -> Page:
    """The person's teams to choose from; the team itself where there is only one."""
    return await chosen(desk, "team")


async def chosen(desk: Desk, action: str, *more: object) -> Page:
    """Choose a team for an action, or say that there is none."""
    mine = await desk.team.teams(desk.actor)
    if not mine:
        return Page(text(desk.say(STRANGER)))
    rows = tuple((Button(short(team.name, LABEL), made(action, team.id, *more)),) for team in mine)
    return page(desk.say(words.WHICH_TEAM), (), rows, frozenset(team_collection(team.id) for team in mine))


async def team(desk: Desk, fields: Fields) -> Page:
    """One team."""
    found = await desk.team.team(desk.actor, fields["team"])
    await desk.listed("members", found.id)
    people = await roster(desk, found.id)
    merchants = [merchant for person in people for merchant, _ in person.merchants]
    lines = [_line(desk, one) for one in people[:SHOWN]]
    lines += [desk.say(words.MORE, n=len(people) - SHOWN)] if len(people) > SHOWN else []
    counted = words.TEAM if desk.actor.access.may(Right.MANAGE, found.id) else words.TEAM_SEEN
    title = desk.say(counted, team=name_of(found.name), n=len(people))
    return page(title, lines, await _rows(desk, found), desk.drawn(found.id, merchants))


async def rename(desk: Desk, fields: Fields) -> str:
    """Ask for the team's new name."""
    found = await desk.team.team(desk.actor, fields["team"], Right.OWN)
    collections = frozenset({team_collection(found.id)})
    return await ask(desk, "rename-team", found.id, words.ASK_TEAM_NAME, collections, team=name_of(found.name))


async def renamed(desk: Desk, id: str, said: str) -> Page:
    """Give the team the name that was replied."""
    await desk.team.rename(desk.actor, id, said)
    found = await desk.team.team(desk.actor, id)
    done = desk.say(words.TEAM_RENAMED, team=name_of(found.name))
    return Page(text(done, *await _rows(desk, found)), frozenset({team_collection(id)}))


async def leave(desk: Desk, fields: Fields) -> Page:
    """Leave the team, after a question."""
    found = await desk.team.team(desk.actor, fields["team"])
    named = name_of(found.name)
    if fields["sure"] == "0":
        question = desk.say(words.SURE_LEAVE, team=named)
        return confirm(desk, question, words.YES_LEAVE, made("leave", found.id, 1), made("team", found.id))
    await desk.team.leave(desk.actor, found.id)
    return Page(text(desk.say(words.LEFT, team=named)))


async def _rows(desk: Desk, found: Team) -> Rows:
    access, id = desk.actor.access, found.id
    manages = access.may(Right.MANAGE, id)
    somewhere = manages or any(access.may(Right.MANAGE, id, one.id) for one in access.merchants if one.team == id)
    rows = [[desk.button(words.B_MEMBERS, "members", id, 0), desk.button(words.B_MERCHANTS, "merchants", id)]]
    if somewhere:
        rows.append([desk.button(words.B_INVITE, "invite", id), desk.button(words.B_INVITATIONS, "invitations", id)])
        rows.append([desk.button(words.B_GROUPS, "groups", id), desk.button(words.B_AUDIT, "audit", id, "", 0)])
    if manages and (blocked := await desk.team.blocked(desk.actor, id)):
        rows.append([desk.button(words.B_BLOCKED, "blocked", id, n=len(blocked))])
    last = [desk.button(words.B_RENAME_TEAM, "rename_team", id)] if access.may(Right.OWN, id) else []
    rows.append([*last, desk.button(words.B_LEAVE, "leave", id, 0)])
    if len(access.teams) > 1:
        rows.append([desk.button(words.B_OTHER_TEAM, "teams")])
    return tuple(map(tuple, rows))


def _line(desk: Desk, person: Person) -> str:
    return desk.say(words.MEMBER_LINE, name=person.label(desk), roles=person.roles(desk))
