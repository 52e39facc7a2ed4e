"""`copilot merchants`: taken in, authorised for a time, renamed, ended, deleted with all that is stored, and checked for it."""

from __future__ import annotations

import json
import re
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.common import Data, Json, ask_line, note, put, terminal
from bot.commands.listing import show
from bot.commands.office import Desk, MerchantArgument, TeamOption, at_desk, command, require_bare, wrong_usage
from bot.errors import CopilotError, Refused

if TYPE_CHECKING:
    from bot.domain.access import Merchant

merchants = typer.Typer(invoke_without_command=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(metavar="NAME", help="商家的名字 · The merchant's name.", show_default=False)]
_INDEX_OF = {"rows": "index_rows", "collections": "index_collections", "graphs": "index_graphs"}
_INDEX = tuple(_INDEX_OF.values())
"""What a running copilot has open and drops by itself."""
_ID = re.compile(r"[0-9a-f]{8}")


@merchants.callback()
def _bare(context: typer.Context, as_json: Json = False, data: Data = None) -> None:
    """商家和授权；后面不写就是 list · Merchants and authorisations; alone it lists them."""
    if context.invoked_subcommand is None:
        list_merchants(None, as_json, data)
    else:
        require_bare(context, as_json, data)


@command(merchants, "list")
def list_merchants(team: TeamOption = None, as_json: Json = False, data: Data = None) -> None:
    """列出商家和授权 · List merchants and whether they are authorised."""

    async def work(desk: Desk) -> None:
        rows = []
        for one in await desk.teams(team):
            for merchant in await desk.office.merchants.all(desk.actor, one.id):
                state = _state(desk, merchant)
                until = desk.last_day(merchant.authorised_until) if merchant.authorised_until else ""
                cells = (merchant.id, merchant.name, one.name, desk.say(f"state.{state}"), until)
                rows.append((_record(desk, merchant), cells))
        show("merchants", desk.language, ("id", "name", "team", "state", "until"), rows, as_json=as_json)

    at_desk(data, work)


@command(merchants, "add")
def add(name: Name, team: TeamOption = None, data: Data = None) -> None:
    """新增商家；登记授权以前谁也看不到它的资料 · Take a merchant in."""

    async def work(desk: Desk) -> None:
        made = await desk.office.merchants.add(desk.actor, (await desk.team(team)).id, name)
        put(made.id)
        note(desk.say("merchant_made", name=made.name, id=made.id))

    at_desk(data, work)


@command(merchants, "rename")
def rename(merchant: MerchantArgument, name: Name, data: Data = None) -> None:
    """商家改名 · Give a merchant another name."""

    async def work(desk: Desk) -> None:
        found = await desk.merchant(merchant)
        await desk.office.merchants.rename(desk.actor, found.id, name)
        note(desk.say("merchant_renamed", name=(await desk.merchant(found.id)).name))

    at_desk(data, work)


@command(merchants, "authorise")
def authorise(
    merchant: MerchantArgument,
    until: Annotated[
        str, typer.Option("--until", metavar="DATE", help="授权的最后一天，例如 2027-03-31 · Its last day.", show_default=False)
    ],
    by: Annotated[
        str, typer.Option("--by", metavar="WHO", help="商家那边谁同意的 · Who on its side agreed.", show_default=False)
    ],
    data: Data = None,
) -> None:
    """登记授权：到哪天、商家那边谁同意的 · Record until when the merchant lets the team serve it."""

    async def work(desk: Desk) -> None:
        ends = _end_of(until, desk)
        found = await desk.merchant(merchant)
        granted = await desk.office.merchants.authorise(desk.actor, found.id, ends, by)
        note(desk.say("authorised", name=granted.name, until=desk.last_day(ends)))

    at_desk(data, work)


@command(merchants, "end")
def end(merchant: MerchantArgument, data: Data = None) -> None:
    """提前终止授权 · End the authorisation now."""

    async def work(desk: Desk) -> None:
        found = await desk.merchant(merchant)
        if not found.open(desk.office.merchants.now()):
            raise CopilotError(desk.say("not_open", name=found.name))
        await desk.office.merchants.end_authorisation(desk.actor, found.id)
        note(desk.say("ended", name=found.name))

    at_desk(data, work)


@command(merchants, "history")
def history(merchant: MerchantArgument, as_json: Json = False, data: Data = None) -> None:
    """列出登记过的授权 · List the authorisations that were recorded."""

    async def work(desk: Desk) -> None:
        found = await desk.merchant(merchant)
        rows = []
        for one in await desk.office.merchants.authorisations(desk.actor, found.id):
            record = {
                "from": desk.iso(one.begins_at), "until": desk.iso(one.ends_at), "granted_by": one.granted_by,
                "recorded_by": one.recorded_by,
            }  # fmt: skip
            cells = (desk.when(one.begins_at), desk.when(one.ends_at), one.granted_by, await desk.who(one.recorded_by))
            rows.append((record, cells))
        show("authorisations", desk.language, ("since", "ends", "granted_by", "recorded_by"), rows, as_json=as_json)

    at_desk(data, work)


@command(merchants, "delete")
def delete(
    merchant: MerchantArgument,
    confirm: Annotated[
        str | None,
        typer.Option(
            "--confirm", metavar="NAME", help="商家的名字，代替当场输入 · Its name, instead of typing it.", show_default=False
        ),
    ] = None,
    data: Data = None,
) -> None:
    """删除商家和它的全部资料，再核对没有剩下 · Delete a merchant with all that is stored of it, and verify."""

    async def work(desk: Desk) -> bool:
        found = await desk.merchant(merchant)
        if (_typed(desk, found) if confirm is None else confirm.strip()) != found.name:
            raise CopilotError(desk.say("delete_other"))
        _put_counts(desk, await desk.office.merchants.delete(desk.actor, found.id), as_json=False)
        left = {what: count for what, count in (await _left(desk, found.id)).items() if count}
        if not left.keys() <= set(_INDEX):
            _put_counts(desk, left, as_json=False)
            note(desk.say("some_left", id=found.id))
            return False
        note(desk.say("deleted_beside" if left else "deleted", name=found.name, id=found.id))
        return True

    if not at_desk(data, work):
        raise typer.Exit(1)


@command(merchants, "verify")
def verify(merchant: MerchantArgument, as_json: Json = False, data: Data = None) -> None:
    """核对还存着商家的什么；删除以后用编号 · What is stored of a merchant; after its deletion by id."""

    async def work(desk: Desk) -> bool:
        there = {one.id: one.name for one in await desk.office.merchants.all(desk.actor)}
        id = merchant if _ID.fullmatch(merchant) else (await desk.merchant(merchant)).id
        left = await _left(desk, id)
        _put_counts(desk, left, as_json=as_json)
        if id in there:
            note(desk.say("still_there", name=there[id]))
        else:
            note(desk.say("some_left" if any(left.values()) else "clean", id=id))
        return not any(left.values())

    if not at_desk(data, work):
        raise typer.Exit(1)


def _typed(desk: Desk, merchant: Merchant) -> str:
    """The name as the person types it. Raises CopilotError when nobody is there to type."""
    if not terminal():
        raise CopilotError(desk.say("delete_how"))
    return ask_line(desk.say("delete_ask", name=merchant.name))


def _end_of(given: str, desk: Desk) -> datetime:
    """The end of a day in the team's zone. Raises BadParameter, Refused."""
    try:
        day = datetime.strptime(given.strip(), "%Y-%m-%d").date()  # noqa: DTZ007 - a day, and no moment
    except ValueError:
        raise wrong_usage("date_unknown", "--until", given=given) from None
    try:
        return datetime.combine(day + timedelta(days=1), time.min, desk.settings.zone)
    except OverflowError:
        raise Refused("date_out_of_range") from None


async def _left(desk: Desk, id: str) -> dict[str, int]:
    """Rows a table, files of the library, and what the index holds."""
    from bot.shelves import library_left

    found = await library_left(desk.settings.data, id)
    return await desk.office.merchants.erasure.left(id) | {_INDEX_OF.get(what, what): count for what, count in found.items()}


def _put_counts(desk: Desk, counts: dict[str, int], *, as_json: bool) -> None:
    """Programs get the names of tables, people what is in them; the log has the names for whoever looks further."""
    import structlog

    structlog.get_logger(__name__).info("merchants.counted", **counts)
    if as_json:
        put(json.dumps(counts))
        return
    rows = [({"what": what, "count": count}, (desk.say(f"table.{what}"), count)) for what, count in counts.items()]
    show("counts", desk.language, ("what", "rows"), rows, as_json=False)


def _state(desk: Desk, merchant: Merchant) -> str:
    if merchant.authorised_until is None:
        return "none"
    return "open" if merchant.open(desk.office.merchants.now()) else "ended"


def _record(desk: Desk, merchant: Merchant) -> dict[str, Any]:
    return {
        "id": merchant.id, "name": merchant.name, "team": merchant.team, "authorised": _state(desk, merchant) == "open",
        "authorised_from": desk.iso(merchant.authorised_from), "authorised_until": desk.iso(merchant.authorised_until),
    }  # fmt: skip
