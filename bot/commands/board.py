"""`copilot board`: a session's figures, or one of them, in words and as a picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.common import Data, Json, note, put
from bot.commands.office import wrong_usage
from bot.commands.sessions import Id, at_floor, scope_of
from bot.errors import CopilotError

if TYPE_CHECKING:
    from bot.commands.office import Desk
    from bot.domain.messages import Message
    from bot.domain.metrics import Metric
    from bot.domain.panel import Gauge
    from bot.flows.floor import Floor

Named = Annotated[
    str | None, typer.Argument(metavar="METRIC", help="一个指标的编号或名字 · One metric, by id or name.", show_default=False)
]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE.png", help="图写到哪个 PNG · The PNG to write.", show_default=False)
]


def board(session: Id, metric: Named = None, out: Out = None, as_json: Json = False, data: Data = None) -> None:
    """一场的看板，或一个指标：文字和图 · A session's board, or one metric: in words and as a picture.

    下播了的场次看的是下播那一刻 · Of a session that is over it is that at its end.
    """
    if out is not None and out.suffix.lower() != ".png":
        raise wrong_usage("png_only", "--out")

    async def work(desk: Desk, floor: Floor) -> None:
        from bot.channels.panel_view import board_caption, reading_caption

        scope, language = scope_of(desk, floor), desk.language
        if metric is None:
            panel = await floor.panels.panel(desk.actor, scope, session)
            shown = await floor.pictures.board(panel, language) if out else board_caption(panel, language)
            gauges = panel.gauges
        else:
            named, names = _named(desk, floor, metric), floor.panels.books.handbook().names_in(language)
            reading = await floor.panels.reading(desk.actor, scope, session, named.id)
            drawn = floor.pictures.reading(reading, names, language) if out else None
            shown = await drawn if drawn else reading_caption(reading, names, language)
            gauges = (reading.gauge,)
        if out is not None:
            _write(desk, shown, out)
        for line in [_line(gauge) for gauge in gauges] if as_json else shown.plain.splitlines():
            put(line)

    at_floor(data, work)


def _named(desk: Desk, floor: Floor, said: str) -> Metric:
    """The metric that is meant. Raises CopilotError with the nearest names."""
    match = floor.panels.metric(said)
    if len(match.found) == 1:
        return match.found[0]
    near = "、".join(f"{one.name}（{one.id}）" for one in match.near)
    raise CopilotError(desk.say("metric_near" if near else "metric_unknown", given=said, near=near))


def _line(gauge: Gauge) -> str:
    from bot.domain.gauging import before
    from bot.domain.panel import off

    wanted, found = gauge.expected, off(gauge)
    row: dict[str, Any] = {
        "metric": gauge.id, "group": gauge.group, "name": gauge.curve.name, "unit": gauge.curve.unit, "value": gauge.value,
        "ten_minutes_ago": before(gauge), "expected": list(wanted) if wanted else None,
        "off": None if found is None else round(found.by, 4), "unwelcome": found is not None and found.bad,
    }  # fmt: skip
    return json.dumps(row, ensure_ascii=False)


def _write(desk: Desk, shown: Message, out: Path) -> None:
    if shown.picture is None:  # the last line says why
        raise CopilotError(shown.plain.splitlines()[-1])
    try:
        out.write_bytes(shown.picture.png)
    except OSError as error:
        raise CopilotError(desk.say("picture_not_written", path=out, reason=error.strerror or type(error).__name__)) from error
    note(desk.say("picture_written", path=out))
