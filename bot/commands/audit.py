"""`copilot audit`: who did what, newest first. The trail holds ids; names are looked up as they are now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.common import Data, Json
from bot.commands.listing import show
from bot.commands.office import LOCAL, Desk, MerchantOption, TeamOption, at_desk

if TYPE_CHECKING:
    from bot.domain.audit import Entry

Limit = Annotated[int, typer.Option("--limit", metavar="N", help="最多列几条 · How many at most.", min=1)]


def audit(
    team: TeamOption = None, merchant: MerchantOption = None, limit: Limit = 20, as_json: Json = False, data: Data = None
) -> None:
    """操作记录：谁在什么时候做了什么 · Who did what, and when."""

    async def work(desk: Desk) -> None:
        from bot.channels.people_words import DEEDS
        from bot.domain.audit import CLOCK

        entries = await _entries(desk, team, merchant, limit)
        merchants = {one.id: one.name for one in await desk.office.merchants.all(desk.actor)}
        teams = {one.id: one.name for one in await desk.office.team.teams(desk.actor)}
        people = await desk.office.gate.people.names(*{id for one in entries for id in (one.person, one.subject)})
        people |= {LOCAL: desk.say("local"), CLOCK: desk.say("by_itself")}
        rows = []
        for one in entries:
            named = [people.get(id) or merchants.get(id) or teams.get(id) or id for id in (one.person, one.subject)]
            detail = " ".join(f"{key}={value}" for key, value in sorted(one.detail.items()))
            place = (teams.get(one.team, one.team), merchants.get(one.merchant, one.merchant))
            cells = (desk.when(one.at), named[0], DEEDS[one.deed].to(desk.language), *place, named[1], detail)
            rows.append((_record(desk, one), cells))
        columns = ("at", "who", "deed", "team", "merchant", "subject", "detail")
        show("trail", desk.language, columns, rows, as_json=as_json)

    at_desk(data, work)


async def _entries(desk: Desk, team: str | None, merchant: str | None, limit: int) -> tuple[Entry, ...]:
    """What is asked for. A merchant that has been deleted still has its entries, under its id."""
    trail, access = desk.office.gate.trail, desk.actor.access
    if merchant is not None:
        found = await trail.everything(access=access, merchant=merchant, limit=limit)
        return found or await trail.everything(access=access, merchant=(await desk.merchant(merchant)).id, limit=limit)
    if team is not None:
        return await trail.entries(access=access, team=(await desk.team(team)).id, limit=limit)
    return await trail.everything(access=access, limit=limit)


def _record(desk: Desk, one: Entry) -> dict[str, Any]:
    return {
        "at": desk.iso(one.at), "person": one.person, "deed": one.deed.value, "chat": one.chat, "team": one.team or None,
        "merchant": one.merchant or None, "subject": one.subject, "detail": one.detail,
    }  # fmt: skip
