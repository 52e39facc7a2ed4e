"""`copilot metrics`: the live metrics of a session written out as a recording."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import Data, note
from bot.commands.office import command, wrong_usage
from bot.commands.sessions import Id, at_floor, scope_of

if TYPE_CHECKING:
    from bot.commands.office import Desk
    from bot.flows.floor import Floor

metrics = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Out = Annotated[
    Path,
    typer.Option(
        "--out", metavar="FILE", help="写到哪个 .csv 或 .parquet 文件 · The .csv or .parquet file to write.", show_default=False
    ),
]


@metrics.callback()
def _bare() -> None:
    """场次的实时数据 · Live metrics of sessions."""


@command(metrics, "export")
def export(session: Id, out: Out, data: Data = None) -> None:
    """把一场的实时数据写成录制文件 · Write a session's live metrics as a recording."""
    ending = out.suffix.lower()
    if ending not in (".csv", ".parquet"):
        raise wrong_usage("csv_or_parquet", "--out")

    async def work(desk: Desk, floor: Floor) -> None:
        from bot.commands.recorded import write_lines, write_parquet
        from bot.domain.access import Right
        from bot.domain.recordings import recording_lines
        from bot.errors import NotFound

        scope = scope_of(desk, floor)
        of = await floor.ground.one(desk.actor, session, Right.READ, scope=scope)
        found = await floor.samples.all(of.id, scope=scope)
        if not found:
            raise NotFound("no_samples")
        names = sorted({name for one in found for name in one.values})
        if ending == ".csv":
            write_lines(recording_lines(found, names, of.local_zone), out)
        else:
            write_parquet(found, names, of.local_zone, out)
        note(desk.say("samples_written", path=out, count=len(found), metrics=len(names)))

    at_floor(data, work)
