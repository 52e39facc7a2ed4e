"""`copilot sessions`: live sessions listed, planned, cancelled, also beside a running copilot, which tells whom it concerns."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

import typer

from bot.commands.common import Data, Json, note, prepare, put
from bot.commands.listing import show
from bot.commands.office import LOCAL, Desk, MerchantArgument, command, require_bare, wrong_usage
from bot.commands.office_words import sentence
from bot.domain.checklists import Variant
from bot.errors import CopilotError, NotFound, Refused

if TYPE_CHECKING:
    from bot.domain.access import Scope
    from bot.domain.sessions import LiveSession
    from bot.flows.floor import Floor

T = TypeVar("T")

sessions = typer.Typer(invoke_without_command=True, rich_markup_mode=None)

Today = Annotated[bool, typer.Option("--today", help="只列今天的 · Today's only.")]
Week = Annotated[bool, typer.Option("--week", help="今天起 7 天（默认） · Seven days from today (the default).")]
Line = Annotated[
    list[str],
    typer.Argument(metavar="WHEN…", help="明晚8点 3小时 8万 主播小雨 预算3000 · When, length, goal, host.", show_default=False),
]
VariantOption = Annotated[
    str | None, typer.Option("--variant", metavar="VARIANT", help="daily、campaign、brand、first", show_default=False)
]
Operator = Annotated[
    str | None, typer.Option("--operator", metavar="PERSON", help="操盘手 · Who operates it.", show_default=False)
]
Chat = Annotated[str | None, typer.Option("--chat", metavar="CHAT", help="在哪个群播 · Its group.", show_default=False)]
Overlap = Annotated[bool, typer.Option("--overlap", help="主播那时已有一场也照样排 · Also where the host has another session.")]
Id = Annotated[str, typer.Argument(metavar="SESSION", help="场次的编号 · The session's id.", show_default=False)]


@sessions.callback()
def _bare(context: typer.Context, today: Today = False, week: Week = False, as_json: Json = False, data: Data = None) -> None:
    """直播场次；后面不写就是列出一周 · Live sessions; alone it lists the week."""
    if context.invoked_subcommand is None:
        list_sessions(today, week, as_json, data)
    else:
        require_bare(context, today, week, as_json, data)


@command(sessions, "list")
def list_sessions(today: Today = False, week: Week = False, as_json: Json = False, data: Data = None) -> None:
    """列出场次 · List sessions."""
    if today and week:
        raise wrong_usage("today_or_week", "--today")

    async def work(desk: Desk, floor: Floor) -> None:
        scope, zone = scope_of(desk, floor), desk.settings.zone
        found = await (floor.desk.today if today else floor.desk.week)(scope=scope, zone=zone)
        names = await floor.ground.news.merchants.names(*{one.merchant for one in found})
        rows = [(_record(one, names), _cells(desk, one, names)) for one in found]
        show("sessions", desk.language, ("id", "starts", "ends_at", "merchant", "host", "goal", "status"), rows, as_json=as_json)

    at_floor(data, work)


@command(sessions, "plan")
def plan(
    merchant: MerchantArgument,
    line: Line,
    variant: VariantOption = None,
    operator: Operator = None,
    chat: Chat = None,
    overlap: Overlap = False,
    data: Data = None,
) -> None:
    """排一场；没写的照上次 · Plan a session; what is not said is as last time."""
    known = [one.value for one in Variant]
    if variant is not None and variant not in known:
        raise wrong_usage("variant_unknown", "--variant", given=variant)

    async def work(desk: Desk, floor: Floor) -> None:
        from bot.domain.plan_line import read_plan
        from bot.flows.sessions import wish_of

        served = await desk.merchant(merchant)
        zone = ZoneInfo((await floor.ground.rhythms.of(served.team)).zone)
        said = read_plan(" ".join(line), now=floor.ground.now(), zone=zone)
        wish = wish_of(said)
        if variant is not None:
            wish["variant"] = Variant(variant)
        if operator is not None:
            wish["operator"] = await desk.person(operator)
        if chat is not None:
            wish["place"] = (await desk.chat(chat), None)
        made = await floor.desk.plan(desk.actor, served.id, said.start.moment, confirmed=overlap, **wish)
        if made is None:
            raise Refused("merchant_closed")
        put(made.id)
        note(desk.say("session_planned", name=served.name, at=f"{made.go_live:%Y-%m-%d %H:%M}", id=made.id))

    at_floor(data, work)


@command(sessions, "cancel")
def cancel(session: Id, data: Data = None) -> None:
    """取消一场，并告诉相关的人 · Cancel a session; those whom it concerns are told."""

    async def work(desk: Desk, floor: Floor) -> None:
        gone = await floor.desk.cancel(desk.actor, session, scope=scope_of(desk, floor))
        note(desk.say("session_cancelled", id=gone.id))

    at_floor(data, work)


def at_floor(data: Path | None, work: Callable[[Desk, Floor], Awaitable[T]]) -> T:
    """Do something where sessions are planned. Raises CopilotError with the sentence for whoever runs the command."""
    return asyncio.run(_work(prepare(data=data), work))


async def _work(settings: Any, work: Callable[[Desk, Floor], Awaitable[T]]) -> T:
    from bot.build_office import open_sessions
    from bot.flows.access import Actor

    async with open_sessions(settings) as (office, floor):
        desk = Desk(settings, office, Actor(await office.gate.people.everything(LOCAL), LOCAL))
        try:
            return await work(desk, floor)
        except (NotFound, Refused) as error:
            raise CopilotError(sentence(error, settings.language)) from None


def scope_of(desk: Desk, floor: Floor) -> Scope:
    """What whoever runs the command may read."""
    return desk.actor.access.scope(floor.ground.now())


def _record(one: LiveSession, names: dict[str, str]) -> dict[str, Any]:
    return {
        "id": one.id, "merchant": one.merchant, "name": names.get(one.merchant, ""), "host": one.host,
        "starts_at": one.go_live.isoformat(timespec="seconds"), "ends_at": one.ends_at.isoformat(timespec="seconds"),
        "variant": one.variant.value, "operator": one.operator, "goal": one.goal, "figures": one.figures.known,
        "chat": one.chat, "status": one.status.value,
    }  # fmt: skip


def _cells(desk: Desk, one: LiveSession, names: dict[str, str]) -> tuple[object, ...]:
    starts, ends = f"{one.go_live:%Y-%m-%d %H:%M}", f"{one.ends_at:%Y-%m-%d %H:%M}"
    goal = "" if one.goal is None else one.goal
    return one.id, starts, ends, names.get(one.merchant, ""), one.host, goal, desk.say(f"status.{one.status.value}")
