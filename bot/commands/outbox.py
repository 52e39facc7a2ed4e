"""`copilot outbox`: messages that wait, failed, or may not have arrived; sent after all, or given up. No text in a list."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.common import Data, Json, clean_line, note, put
from bot.commands.listing import show
from bot.commands.office import Desk, at_desk, command, require_bare, wrong_usage

if TYPE_CHECKING:
    from bot.storage.outbox import State
    from bot.storage.outbox_care import StoredMessage

outbox = typer.Typer(invoke_without_command=True, rich_markup_mode=None)

Id = Annotated[int, typer.Argument(metavar="ID", help="消息的编号 · A message's number.", show_default=False)]
States = Annotated[
    list[str] | None,
    typer.Option(
        "--state", metavar="STATE", show_default=False,
        help="只列这些状态，可写几次；all 是全部；不写就是没送到的 · Only these, more than once; all: every one.",
    ),
]  # fmt: skip
Limit = Annotated[int, typer.Option("--limit", metavar="N", help="最多列几条 · How many at most.", min=1)]


@outbox.callback()
def _bare(context: typer.Context, as_json: Json = False, data: Data = None) -> None:
    """待发、失败、结果不明的消息；后面不写就是 list · Messages that have not arrived; alone it lists them."""
    if context.invoked_subcommand is None:
        list_messages(None, 50, as_json, data)
    else:
        require_bare(context, as_json, data)


@command(outbox, "list")
def list_messages(state: States = None, limit: Limit = 50, as_json: Json = False, data: Data = None) -> None:
    """列出消息，最新的在前，不显示文字 · List messages, newest first, without their texts."""
    states = _states(state)

    async def work(desk: Desk) -> None:
        found = await desk.office.outgoing.messages(desk.actor, states, limit=limit)
        titles = await desk.office.outgoing.titles(desk.actor, found)
        rows = [(_record(desk, one, titles), _cells(desk, one, titles)) for one in found]
        columns = ("id", "kind", "message_state", "to", "written", "next", "attempts", "error")
        show("messages", desk.language, columns, rows, as_json=as_json)

    at_desk(data, work)


@command(outbox, "show")
def show_message(id: Id, as_json: Json = False, data: Data = None) -> None:
    """看一条消息，连文字；会记进操作记录 · Show one message with its text; the trail notes it."""

    async def work(desk: Desk) -> None:
        one, message = await desk.office.outgoing.show(desk.actor, id)
        titles = await desk.office.outgoing.titles(desk.actor, [one])
        record = _record(desk, one, titles)
        if as_json:
            put(json.dumps(record | {"text": None if message is None else message.plain}, ensure_ascii=False))
            return
        for name, value in record.items():
            if value is not None:
                put(f"{name}\t{clean_line(str(value))}")
        if message is None:
            note(desk.say("text_gone"))
            return
        from bot.channels.terminal_render import clean

        put(f"\n{clean(message.plain)}")

    at_desk(data, work)


@command(outbox, "retry")
def retry(id: Id, data: Data = None) -> None:
    """失败或结果不明的消息再发一次 · Send a message again that failed or may not have arrived."""

    async def work(desk: Desk) -> None:
        one = await desk.office.outgoing.retry(desk.actor, id)
        note(desk.say(f"retried_{one.state}", id=one.id))

    at_desk(data, work)


@command(outbox, "discard")
def discard(id: Id, data: Data = None) -> None:
    """作废一条没有送到的消息 · Give up a message that has not arrived."""

    async def work(desk: Desk) -> None:
        one = await desk.office.outgoing.discard(desk.actor, id)
        note(desk.say("message_discarded", id=one.id))

    at_desk(data, work)


def _states(given: Sequence[str] | None) -> tuple[State, ...]:
    """The states that are asked for. Raises BadParameter."""
    from bot.storage.outbox import State
    from bot.storage.outbox_care import UNSENT

    if not given:
        return UNSENT
    wanted = {one.strip().lower() for one in given}
    if unknown := sorted(wanted - {*State, "all"}):
        raise wrong_usage("state_unknown", "--state", given=unknown[0], states="、".join(State))
    return tuple(State) if "all" in wanted else tuple(one for one in State if one in wanted)


def _record(desk: Desk, one: StoredMessage, titles: dict[str, str]) -> dict[str, Any]:
    return {
        "id": one.id, "key": one.key, "kind": one.kind.value, "state": one.state.value, "chat": one.chat,
        "topic": one.topic or 0, "title": titles.get(one.chat), "written_at": desk.iso(one.written_at),
        "due_at": desk.iso(one.due_at), "expires_at": desk.iso(one.expires_at), "closed_at": desk.iso(one.closed_at),
        "attempts": one.attempts, "repeats": one.repeats, "error": one.error or None, "text_kept": one.kept,
    }  # fmt: skip


def _cells(desk: Desk, one: StoredMessage, titles: dict[str, str]) -> tuple[object, ...]:
    state = desk.say(f"message.{one.state}")
    place = " ".join(filter(None, (titles.get(one.chat, ""), one.chat, f"#{one.topic}" if one.topic else "")))
    next_at = desk.when(one.due_at) if one.closed_at is None else ""
    return (one.id, one.kind.value, state, place, desk.when(one.written_at), next_at, one.attempts, one.error)
