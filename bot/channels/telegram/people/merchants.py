"""Merchants: the list with what is authorised, a page for each, and what is done to one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.channels.telegram import actions
from bot.channels.telegram.people import words
from bot.channels.telegram.people.dates import end_of_day, split_day
from bot.channels.telegram.people.endings import tell_endings
from bot.channels.telegram.people.grammar import made
from bot.channels.telegram.people.prompts import ask
from bot.channels.telegram.people.view import LABEL, Desk, Page, confirm, name_of, page, person_name
from bot.channels.telegram.render import Rows, short
from bot.domain.access import Merchant, Right
from bot.domain.messages import Button, text
from bot.errors import Refused

SHOWN = 40
"""Merchants on the list; Telegram takes a hundred buttons."""
USUAL = timedelta(days=365)
"""How long the authorisation in the example lasts."""

Fields = Mapping[str, str]


async def merchants(desk: Desk, fields: Fields) -> Page:
    """The merchants of a team that the reader may know of, each with its status."""
    team = await desk.team.team(desk.actor, fields["team"])
    served = await desk.merchants.all(desk.actor, team.id)
    lines = [] if served else [desk.say(words.NO_MERCHANTS)]
    rows = [(Button(short(await _line(desk, one), LABEL), made("merchant", one.id)),) for one in served[:SHOWN]]
    lines += [desk.say(words.MORE, n=len(served) - SHOWN)] if len(served) > SHOWN else []
    if desk.actor.access.may(Right.MANAGE, team.id):
        rows.append((desk.button(words.B_ADD_MERCHANT, "add_merchant", team.id),))
    rows.append((desk.button(words.BACK, "team", team.id),))
    return page(desk.say(words.MERCHANTS, team=name_of(team.name)), lines, tuple(rows), desk.drawn(team.id, served))


async def merchant(desk: Desk, fields: Fields) -> Page:
    """One merchant: who looks after it, until when it may be served, which groups are for it."""
    found = await desk.merchants.one(desk.actor, fields["merchant"])
    await desk.listed("merchant", found.team, found.id)
    members = await desk.team.members(desk.actor, found.team, found.id)
    people = [desk.say(words.NOTED, what=person_name(one.name, one.person, desk), more=desk.role(one.role)) for one in members]
    bound = [one for one in await desk.merchants.bound(desk.actor, found.team) if one.binding.merchant == found.id]
    places = [await desk.place(one.binding.chat, one.binding.topic) for one in bound]
    listing = desk.say(words.LIST)
    lines = [
        await desk.status(found),
        desk.say(words.MERCHANT_MEMBERS, members=listing.join(people) or desk.say(words.NOBODY)),
        desk.say(words.MERCHANT_GROUPS, groups=listing.join(places) or desk.say(words.NO_GROUPS_YET)),
        *await _granted(desk, found),
    ]
    if not found.open(desk.now):
        lines.append(desk.say(words.CLOSED_NOW))
    return page(name_of(found.name), lines, _rows(desk, found), desk.drawn(found.team, (found,)))


async def add(desk: Desk, fields: Fields) -> str:
    """Ask for a new merchant's name."""
    team = await desk.team.team(desk.actor, fields["team"], Right.MANAGE)
    return await ask(desk, "add-merchant", team.id, words.ASK_NEW_MERCHANT, desk.drawn(team.id))


async def added(desk: Desk, id: str, said: str) -> Page:
    """Take the merchant in whose name was replied."""
    made_one = await desk.merchants.add(desk.actor, id, said)
    done = desk.say(words.ADDED, merchant=name_of(made_one.name))
    rows = ((desk.button(words.B_AUTHORISE, "authorise", made_one.id),), (desk.button(words.BACK, "merchants", id),))
    return Page(text(done, *rows), desk.drawn(id))


async def authorise(desk: Desk, fields: Fields) -> str:
    """Ask until when the merchant may be served, and who said so."""
    found = await desk.merchants.one(desk.actor, fields["merchant"], Right.MANAGE)
    said = {"merchant": name_of(found.name), "day": desk.day(desk.now + USUAL)}
    return await ask(desk, "authorise", found.id, words.ASK_AUTHORISATION, desk.drawn(found.team, (found,)), **said)


async def authorised(desk: Desk, id: str, said: str) -> Page:
    """Record what was replied."""
    day, granted_by = split_day(said)
    if day is None:
        raise Refused("date_out_of_range")
    await desk.merchants.authorise(desk.actor, id, end_of_day(day, desk.context.parts.zone), granted_by)
    return await _again(desk, id)


async def end(desk: Desk, fields: Fields) -> Page:
    """End the authorisation, after a question."""
    found = await desk.merchants.one(desk.actor, fields["merchant"], Right.MANAGE)
    if fields["sure"] == "0":
        question = desk.say(words.SURE_END, merchant=name_of(found.name))
        sure, no = made("end_authorisation", found.id, 1), made("merchant", found.id)
        return confirm(desk, question, words.YES_END, sure, no)
    await desk.merchants.end_authorisation(desk.actor, found.id)
    await tell_endings(desk.context.parts)
    return replace(await _again(desk, found.id), toast=desk.say(words.ENDED))


async def rename(desk: Desk, fields: Fields) -> str:
    """Ask for the merchant's new name."""
    found = await desk.merchants.one(desk.actor, fields["merchant"], Right.MANAGE)
    drawn = desk.drawn(found.team, (found,))
    return await ask(desk, "rename-merchant", found.id, words.ASK_MERCHANT_NAME, drawn, merchant=name_of(found.name))


async def renamed(desk: Desk, id: str, said: str) -> Page:
    """Give the merchant the name that was replied."""
    await desk.merchants.rename(desk.actor, id, said)
    return await _again(desk, id)


async def delete(desk: Desk, fields: Fields) -> str:
    """Ask for the merchant's exact name, so that no thumb deletes one."""
    found = await desk.merchants.one(desk.actor, fields["merchant"], Right.OWN)
    drawn = desk.drawn(found.team, (found,))
    return await ask(desk, "delete-merchant", found.id, words.ASK_DELETE, drawn, merchant=found.name)


async def deleted(desk: Desk, id: str, said: str) -> Page:
    """Delete the merchant whose name was replied, and say what went."""
    found = await desk.merchants.one(desk.actor, id, Right.OWN)
    if " ".join(said.split()) != found.name:
        raise Refused("name_differs")
    gone = await desk.merchants.delete(desk.actor, id)
    await tell_endings(desk.context.parts)
    rows = desk.say(words.LIST).join(desk.say(phrase, n=gone[kind]) for kind, phrase in words.ROWS.items() if gone.get(kind))
    done = desk.say(words.DELETED if rows else words.DELETED_ALONE, merchant=name_of(found.name), rows=rows)
    back = (desk.button(words.BACK, "merchants", found.team),)
    return Page(text(f"{done}\n{desk.say(words.TRAIL_STAYS)}", back), desk.drawn(found.team))


async def _again(desk: Desk, id: str) -> Page:
    """The merchant's page as it is now."""
    await desk.context.identify()
    return await merchant(desk, {"merchant": id})


async def _granted(desk: Desk, found: Merchant) -> list[str]:
    if not desk.actor.access.may(Right.MANAGE, found.team, found.id):
        return []
    recorded = await desk.merchants.authorisations(desk.actor, found.id)
    return [desk.say(words.GRANTED_BY, by=name_of(one.granted_by), at=desk.minute(one.recorded_at)) for one in recorded[:1]]


def _rows(desk: Desk, found: Merchant) -> Rows:
    access, id = desk.actor.access, found.id
    rows: list[tuple[Button, ...]] = []
    if found.open(desk.now):
        rows.append((Button(desk.say(words.B_DOCUMENTS), actions.documents(f"m{id}")),))
    if access.may(Right.MANAGE, found.team, id):
        ending = [desk.button(words.B_END, "end_authorisation", id, 0)] if found.open(desk.now) else []
        rows.append((desk.button(words.B_AUTHORISE, "authorise", id), *ending))
        rows.append(
            (desk.button(words.B_INVITE, "invite_role", found.team, id), desk.button(words.B_RENAME, "rename_merchant", id))
        )
        rows.append((desk.button(words.B_AUDIT, "audit", found.team, id, 0),))
    if access.may(Right.OWN, found.team, id):
        rows.append((desk.button(words.B_DELETE, "delete_merchant", id),))
    return (*rows, (desk.button(words.BACK, "merchants", found.team),))


async def _line(desk: Desk, one: Merchant) -> str:
    return desk.say(words.MERCHANT_LINE, merchant=name_of(one.name), status=await desk.status(one))
