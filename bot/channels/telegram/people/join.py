"""Coming in by an invitation link."""

from __future__ import annotations

from bot.channels.people_words import ROLES, worded
from bot.channels.telegram.people import words
from bot.channels.telegram.people.telling import tell
from bot.channels.telegram.people.view import Desk, Page, name_of
from bot.domain.access import merchant_collection, team_collection
from bot.domain.messages import text
from bot.errors import Refused
from bot.flows.team import Joined


async def join(desk: Desk, code: str, name: str) -> Page:
    """Let the reader in, and say what they are now, or why they are not let in. `name` is theirs."""
    try:
        joined = await desk.team.join(desk.actor, code)
    except Refused as error:
        # Whoever founds a team and presses START once more is not to think that it failed.
        already = desk.say(words.IN_ALREADY) if error.reason != "already_in" and desk.actor.access.teams else ""
        return Page(text(worded(error, desk.language) + already))
    await desk.context.identify()
    if joined.founded:
        return _founded(desk, joined)
    shown, where = await _welcome(desk, joined)
    managers = await desk.context.parts.gate.people.managers(joined.team.id, joined.merchant)
    others = [person for person in managers if person != desk.actor.person]
    said = {"name": name_of(name), "where": where, "role": ROLES[joined.role].to}
    told = f"joined:{desk.update_id}"
    await tell(desk.context, told, others, words.TOLD_JOINED, said, [team_collection(joined.team.id)])
    return shown


def _founded(desk: Desk, joined: Joined) -> Page:
    team = joined.team
    rows = (
        (desk.button(words.B_RENAME_TEAM, "rename_team", team.id),),
        (desk.button(words.B_ADD_MERCHANT, "add_merchant", team.id),),
        (desk.button(words.B_INVITE, "invite", team.id),),
    )
    return Page(text(desk.say(words.FOUNDED, team=name_of(team.name)), *rows), desk.drawn(team.id))


async def _welcome(desk: Desk, joined: Joined) -> tuple[Page, str]:
    """The welcome, and the name of where it is."""
    team, role, lines = name_of(joined.team.name), desk.role(joined.role), []
    drawn, where = desk.drawn(joined.team.id), team
    if joined.merchant:
        merchant = await desk.merchants.one(desk.actor, joined.merchant)
        where = name_of(merchant.name)
        lines.append(desk.say(words.JOINED_MERCHANT, team=team, merchant=where, role=role))
        if merchant.open(desk.now):
            drawn |= {merchant_collection(merchant.id)}
        else:
            lines.append(desk.say(words.CLOSED_NOTE, status=await desk.status(merchant)))
    else:
        lines.append(desk.say(words.JOINED, team=team, role=role))
    return Page(text("\n".join([*lines, desk.say(words.JOINED_NEXT)])), drawn), where
