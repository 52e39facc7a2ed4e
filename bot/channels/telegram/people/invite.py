"""Invitations: where to, as what, for how many and how long; the link, shown once; what is open, and revoking it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.channels.telegram.people import words
from bot.channels.telegram.people.grammar import made
from bot.channels.telegram.people.view import LABEL, Desk, Page, confirm, name_of, page, person_name
from bot.channels.telegram.render import Rows, short
from bot.domain.access import Merchant, Right, Role, Team
from bot.domain.messages import Button, text
from bot.errors import Refused
from bot.storage.invitations import Invitation

USES = (1, 5, 20)
DAYS = (1, 7, 30)
SHOWN = 12
"""Open invitations on the page."""

Fields = Mapping[str, str]


def link_to(username: str, code: str) -> str:
    """The address that lets somebody in."""
    return f"https://t.me/{username}?start=i_{code}"


async def where(desk: Desk, fields: Fields) -> Page:
    """Choose the team or one of its merchants; asked only where there is more than one possibility."""
    team = await desk.team.team(desk.actor, fields["team"])
    access, served = desk.actor.access, await desk.merchants.all(desk.actor, team.id)
    managed = [one for one in served if access.may(Right.MANAGE, team.id, one.id)]
    whole = access.may(Right.MANAGE, team.id)
    if not whole and not managed:
        raise Refused("not_allowed")
    if whole and not managed:
        return await role(desk, {"team": team.id, "merchant": ""})
    rows = [(desk.button(words.B_TEAM, "invite_role", team.id, "", team=name_of(team.name)),)] if whole else []
    rows += [(Button(short(one.name, LABEL), made("invite_role", team.id, one.id)),) for one in managed]
    rows.append((desk.button(words.BACK, "team", team.id),))
    return page(desk.say(words.INVITE_WHERE), (), tuple(rows), desk.drawn(team.id, managed))


async def role(desk: Desk, fields: Fields) -> Page:
    """Choose the role."""
    team, merchant = await _target(desk, fields)
    id = merchant.id if merchant else ""
    offered = desk.actor.access.gives(team.id, id)
    if not offered:
        raise Refused("not_allowed")
    # Whoever invites rarely makes owners: the strongest stands last, where no thumb rests.
    rows = [(Button(desk.role(one), made("invite_uses", team.id, id, one.value)),) for one in reversed(offered)]
    rows.append((desk.button(words.BACK, "team", team.id),))
    title = desk.say(words.INVITE_ROLE, where=name_of(merchant.name if merchant else team.name))
    return page(title, (), tuple(rows), desk.drawn(team.id, [merchant] if merchant else ()))


async def uses(desk: Desk, fields: Fields) -> Page:
    """Choose for how many."""
    await _target(desk, fields)
    chosen = (fields["team"], fields["merchant"], fields["role"])
    row = tuple(desk.button(words.B_USES, "invite_days", *chosen, n, n=n) for n in USES)
    return page(desk.say(words.INVITE_USES), (), (row, (desk.button(words.BACK, "invite_role", *chosen[:2]),)))


async def days(desk: Desk, fields: Fields) -> Page:
    """Choose for how long."""
    await _target(desk, fields)
    chosen = (fields["team"], fields["merchant"], fields["role"], fields["uses"])
    row = tuple(desk.button(words.B_DAYS, "invite_make", *chosen, n, n=n) for n in DAYS)
    return page(desk.say(words.INVITE_DAYS), (), (row, (desk.button(words.BACK, "invite_uses", *chosen[:3]),)))


async def make(desk: Desk, fields: Fields) -> Page:
    """Make the invitation. Its link goes out in a message of its own, to be forwarded, and is kept nowhere."""
    team, merchant = await _target(desk, fields)
    role, number, lasts = Role(fields["role"]), int(fields["uses"]), int(fields["days"])
    id = merchant.id if merchant else ""
    code = await desk.team.invite(desk.actor, team.id, role, id, uses=number, days=lasts)
    until = desk.minute(desk.now + timedelta(days=lasts))
    link = link_to(desk.context.bot.username, code)
    said = {"team": name_of(team.name), "role": desk.role(role), "uses": number, "until": until, "link": link}
    said["merchant"] = name_of(merchant.name) if merchant else ""
    parts, viewer = desk.context.parts, desk.context.viewer
    key, drawn = f"invited:{desk.update_id}", desk.drawn(team.id, [merchant] if merchant else ())
    phrase = words.INVITATION_MERCHANT if merchant else words.INVITATION
    await parts.send(key, viewer.chat, text(desk.say(phrase, **said)), collections=drawn)
    rows = ((desk.button(words.B_INVITATIONS, "invitations", team.id),), (desk.button(words.BACK, "team", team.id),))
    return page(desk.say(words.INVITED), (), rows)


async def invitations(desk: Desk, fields: Fields) -> Page:
    """What still lets somebody in."""
    team = await desk.team.team(desk.actor, fields["team"])
    open_ones = (await desk.team.live_invitations(desk.actor, team.id))[:SHOWN]
    served = {one.id: one for one in await desk.merchants.all(desk.actor, team.id)}
    by = await desk.context.parts.gate.people.names(*(one.made_by for one in open_ones))
    lines = [_line(desk, n, one, served, by) for n, one in enumerate(open_ones, 1)]
    rows: Rows = tuple((desk.button(words.B_REVOKE, "revoke", team.id, one.id, 0, n=n),) for n, one in enumerate(open_ones, 1))
    named = [served[one.merchant] for one in open_ones if one.merchant in served]
    title = desk.say(words.INVITATIONS if open_ones else words.NO_INVITATIONS, team=name_of(team.name))
    return page(title, lines, (*rows, (desk.button(words.BACK, "team", team.id),)), desk.drawn(team.id, named))


async def revoke(desk: Desk, fields: Fields) -> Page:
    """Let nobody in by it any more, after a question."""
    team, id = fields["team"], fields["invitation"]
    if fields["sure"] == "0":
        sure, no = made("revoke", team, id, 1), made("invitations", team)
        return confirm(desk, desk.say(words.SURE_REVOKE), words.YES_REVOKE, sure, no)
    await desk.team.revoke(desk.actor, team, id)
    return replace(await invitations(desk, {"team": team}), toast=desk.say(words.REVOKED))


async def _target(desk: Desk, fields: Fields) -> tuple[Team, Merchant | None]:
    """What the invitation is for, as far as the reader knows of it. Raises NotFound, Refused."""
    team = await desk.team.team(desk.actor, fields["team"], None if fields["merchant"] else Right.MANAGE)
    if not fields["merchant"]:
        return team, None
    return team, await desk.merchants.one(desk.actor, fields["merchant"], Right.MANAGE)


def _line(desk: Desk, n: int, one: Invitation, served: Mapping[str, Merchant], by: Mapping[str, str]) -> str:
    where = name_of(served[one.merchant].name) if one.merchant in served else desk.say(words.THE_TEAM)
    return desk.say(
        words.INVITATION_LINE, n=n, where=where, role=desk.role(one.role), uses=one.uses_left,
        until=desk.minute(one.expires_at), by=person_name(by.get(one.made_by, ""), one.made_by, desk),
    )  # fmt: skip
