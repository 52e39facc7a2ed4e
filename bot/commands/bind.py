"""`copilot bind`: what each group, or a topic of it, is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.common import Data, Json, ask_secret, note
from bot.commands.listing import show
from bot.commands.office import Desk, MerchantOption, TeamOption, at_desk, command, require_bare, wrong_usage
from bot.errors import NotFound

if TYPE_CHECKING:
    from bot.domain.access import Policy
    from bot.storage.groups import BoundGroup

bind = typer.Typer(invoke_without_command=True, rich_markup_mode=None)

# A Telegram group's number begins with a minus, which would be read as an option.
_NUMBERS = {"ignore_unknown_options": True}
Chat = Annotated[
    str, typer.Argument(metavar="CHAT", help="群的编号（telegram:-100…）或群名 · A group's id or title.", show_default=False)
]
Topic = Annotated[int, typer.Option("--topic", metavar="N", help="话题的编号；0 是整个群 · A topic; 0 is the group.", min=0)]
RobotUrl = Annotated[
    str | None,
    typer.Option("--robot", metavar="URL", help="添加一个；- 从标准输入读地址 · Add one; - reads stdin.", show_default=False),
]
Removed = Annotated[int | None, typer.Option("--remove", metavar="ID", help="移除 · Remove one.", show_default=False)]
Ceiling = Annotated[
    str, typer.Option("--ceiling", metavar="LEVEL", help="最多能看：handbook、team、merchant · The most it is shown.")
]


@bind.callback()
def _bare(context: typer.Context, as_json: Json = False, data: Data = None) -> None:
    """群和话题的绑定；后面不写就是 list · What groups are bound to; alone it lists them."""
    if context.invoked_subcommand is None:
        list_groups(None, as_json, data)
    else:
        require_bare(context, as_json, data)


@command(bind, "list")
def list_groups(team: TeamOption = None, as_json: Json = False, data: Data = None) -> None:
    """列出群：绑定了的，和还没有绑定的 · List groups, bound and not bound."""

    async def work(desk: Desk) -> None:
        names = {one.id: one.name for one in await desk.office.merchants.all(desk.actor)}
        rows = []
        for one in await desk.teams(team):
            rows += [_row(desk, found, one.name, names) for found in await desk.office.merchants.bound(desk.actor, one.id)]
        if team is None:
            rows += [_row(desk, one, "", names) for one in await desk.office.gate.groups.unbound(access=desk.actor.access)]
        show("groups", desk.language, ("name", "chat", "topic", "gone", "team", "merchant", "policy"), rows, as_json=as_json)

    at_desk(data, work)


@command(bind, "set", context_settings=_NUMBERS)
def set_binding(
    chat: Chat,
    team: TeamOption = None,
    merchant: MerchantOption = None,
    topic: Topic = 0,
    ceiling: Ceiling = "merchant",
    data: Data = None,
) -> None:
    """绑定一个群或话题 · Say what a group or a topic is for."""
    from bot.channels.people_words import POLICIES

    most = _policy(ceiling)

    async def work(desk: Desk) -> None:
        where, served = await desk.whose(team, merchant)
        id = await desk.chat(chat)
        bound = await desk.office.merchants.bind(desk.actor, id, topic, where.id, served.id if served else "", most)
        shown = POLICIES[bound.policy].to(desk.language)
        note(desk.say("bound", chat=_place(id, topic), place=desk.place(where, served), policy=shown))

    at_desk(data, work)


@command(bind, "remove", context_settings=_NUMBERS)
def remove(chat: Chat, topic: Topic = 0, data: Data = None) -> None:
    """解绑，只看手册 · Leave a group with the handbook alone."""

    async def work(desk: Desk) -> None:
        id = await desk.chat(chat)
        await desk.office.merchants.unbind(desk.actor, id, topic)
        note(desk.say("unbound", chat=_place(id, topic)))

    at_desk(data, work)


@command(bind, "robots", context_settings=_NUMBERS)
def robots(chat: Chat, robot: RobotUrl = None, remove: Removed = None, as_json: Json = False, data: Data = None) -> None:
    """群机器人：列出、添加、移除 · A group's robots: list, add, remove."""
    if robot is not None and remove is not None:
        raise wrong_usage("one_of_two", "--robot", one="--robot", other="--remove")
    said = ask_secret() if robot == "-" else robot

    async def work(desk: Desk) -> None:
        from bot.channels.people_words import ROBOT_KINDS

        id, there = await desk.chat(chat), desk.office.robots
        if said is not None:
            added = await there.add(desk.actor, id, said)
            note(desk.say("robot_added", kind=ROBOT_KINDS[added.kind].to(desk.language), print=added.fingerprint, id=added.id))
        elif remove is not None:
            if remove not in {one.id for one in await there.here(desk.actor, id)}:
                raise NotFound("no_robot")
            gone = await there.remove(desk.actor, remove)
            note(desk.say("robot_removed", kind=ROBOT_KINDS[gone.kind].to(desk.language), print=gone.fingerprint))
        else:
            rows = [
                (
                    {"id": one.id, "chat": one.chat, "kind": one.kind.value, "fingerprint": one.fingerprint,
                     "added_by": one.added_by, "added_at": desk.iso(one.added_at)},
                    (one.id, ROBOT_KINDS[one.kind].to(desk.language), one.fingerprint, one.added_by, desk.when(one.added_at)),
                )
                for one in await there.here(desk.actor, id)
            ]  # fmt: skip
            show("robots", desk.language, ("id", "kind", "fingerprint", "recorded_by", "since"), rows, as_json=as_json)

    at_desk(data, work)


def _policy(given: str) -> Policy:
    from bot.domain.access import Policy

    for one in Policy:
        if given.strip().lower() == one.name.lower():
            return one
    raise wrong_usage("ceiling_unknown", "--ceiling", given=given)


def _place(chat: str, topic: int) -> str:
    return f"{chat} #{topic}" if topic else chat


def _row(desk: Desk, found: BoundGroup, team: str, names: dict[str, str]) -> tuple[dict[str, Any], tuple[object, ...]]:
    from bot.channels.people_words import POLICIES
    from bot.domain.access import Policy

    one = found.binding
    policy = one.policy if one.team else Policy.HANDBOOK
    record = {
        "chat": one.chat, "topic": one.topic, "title": found.title, "gone": found.gone, "team": one.team or None,
        "merchant": one.merchant or None, "policy": policy.name.lower(),
    }  # fmt: skip
    state = desk.say("group.gone" if found.gone else "group.bound" if one.team else "group.unbound")
    cells = (found.title, one.chat, one.topic or "", state, team, names.get(one.merchant, ""), POLICIES[policy].to(desk.language))
    return record, cells
