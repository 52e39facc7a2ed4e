"""Who answers for the team or the merchant that a question belongs to, where the one lead's chat does not."""

from __future__ import annotations

from collections.abc import Collection

from bot.channels.telegram import actions, texts
from bot.channels.telegram.context import Context
from bot.channels.telegram.people.view import LABEL
from bot.channels.telegram.render import Rows, short
from bot.domain.access import Access, Right, scope_of_collections
from bot.domain.messages import Button
from bot.storage.answers import StoredAnswer

Place = tuple[str, str]
"""A team, and a merchant of it or nothing."""


async def places(stored: StoredAnswer, context: Context, team: str = "") -> list[Place]:
    """Whose question it is: in a group what the group is bound to, else what the answer draws on, else the asker's teams.

    With a team, which the asker has chosen, only what is that team's.
    """
    viewer, access = context.viewer, context.actor.access
    if not viewer.private:
        bound = {one.topic: one for one in await context.parts.gate.groups.here(viewer.chat)}
        here = bound.get(viewer.topic or 0, bound.get(0))
        return [(here.team, here.merchant)] if here else []
    drawn = scope_of_collections(stored.answer.collections)
    found = [(one.team, one.id) for one in access.merchants if one.id in drawn.merchants]
    found += [(id, "") for id in sorted(drawn.teams) if id not in {team for team, _ in found}]
    found = found or [(id, "") for id in sorted(access.teams)]
    return [place for place in found if not team or place[0] == team]


async def addressees(found: list[Place], drawn: Collection[str], context: Context) -> list[tuple[Place, str]]:
    """The people to ask, each once, without the asker and whoever may not read all that the answer draws on."""
    gate, asked = context.parts.gate, dict[str, Place]()
    for place in found:
        for person in await gate.people.managers(*place):
            if person != context.viewer.person:
                asked.setdefault(person, place)
    needed = scope_of_collections(drawn)
    able = {person for person in asked if (await gate.audience(person, None, private=True)).holds(needed)}
    return [(place, person) for person, place in asked.items() if person in able]


async def choice(stored: StoredAnswer, found: list[Place], context: Context) -> Rows:
    """The teams as buttons: the leads of one need not know that the asker works for another."""
    mine = {team for team, _ in found}
    listed = [one for one in await context.parts.gate.people.teams(access=context.actor.access) if one.id in mine]
    rows = [(Button(short(one.name, LABEL), actions.lead(stored.id, one.id)),) for one in listed]
    return (*rows, (Button(texts.BACK.to(context.viewer.language), actions.back(stored.id)),))


def may_answer(place: str, access: Access) -> bool:
    """Whether a person may answer for ``team:merchant:…``; roles change after a question went out."""
    team, merchant, *_ = (*place.split(":"), "")
    return access.may(Right.CURATE, team, merchant)
