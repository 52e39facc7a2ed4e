"""`copilot replay`: a recording, and what was said meanwhile, played through the live decisions; tips and gaps as lines."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import Handbook, Json, note, prepare, put

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from bot.commands.replay_lines import Lines
    from bot.config import Settings
    from bot.domain.heard import Lexicon
    from bot.domain.lines import Line
    from bot.domain.overhearing import Overheard
    from bot.domain.rulebook import Rulebook
    from bot.sources.plan_files import Plans

Files = Annotated[
    list[Path], typer.Argument(metavar="FILE…", help="录制文件（CSV 或 JSONL） · Recordings, CSV or JSONL.", show_default=False)
]
PlanOption = Annotated[
    Path | None, typer.Option("--plan", metavar="FILE", help="场次计划（YAML 或 JSON） · The session's plan.", show_default=False)
]
LinesOption = Annotated[
    Path | None,
    typer.Option("--lines", metavar="FILE", help="同一场的口播和评论（CSV 或 JSONL） · What was said in it.", show_default=False),
]
Speed = Annotated[str, typer.Option("--speed", metavar="N|max", help="快放几倍；max 不等 · How many times as fast.")]
Explain = Annotated[bool, typer.Option("--explain", help="没提的也说为什么 · Also say why rules kept silent.")]
_FASTEST = 1_000_000


def replay(
    files: Files,
    plan: PlanOption = None,
    lines: LinesOption = None,
    speed: Speed = "max",
    as_json: Json = False,
    explain: Explain = False,
    handbook: Handbook = None,
) -> None:
    """回放录制的指标，看会提什么 · Play recorded metrics through the live tips."""
    from bot.commands.replay_lines import Lines
    from bot.errors import FileRefused

    factor = _factor(speed)
    if lines is not None and len(files) > 1:
        raise typer.BadParameter("口播是一场的，一次只放一个录制文件", param_hint="--lines")
    settings = prepare(handbook=handbook)
    book = _book(settings)
    try:
        plans = None if plan is None else _plans(plan, book, settings.zone)
        for path in files:
            _check(path, book, settings.zone)
        said = None if lines is None else _said(lines, settings)
        for path in files:
            told = Lines(str(path), settings.zone, settings.language, book, as_json=as_json, explain=explain)
            room = None if said is None else _overheard(said, book, path, plans, settings)
            for line in _play(path, plans, book, told, factor, room):
                put(line)
            note(told.summary() + (told.heard(room.listened, len(room.lines)) if room else ""))
    except FileRefused as error:
        raise FileRefused(error.to(settings.language), error.english) from error


def _factor(speed: str) -> float | None:
    """How many times as fast, None for as fast as it goes."""
    if speed == "max":
        return None
    try:
        factor = float(speed)
    except ValueError:
        factor = 0.0
    if not 0 < factor <= _FASTEST:
        raise typer.BadParameter("--speed 写大于 0 的倍数，例如 60，或者 max", param_hint="--speed")
    return factor


def _book(settings: Settings) -> Rulebook:
    from bot.content.read import read_content
    from bot.domain.expressions import ExpressionError
    from bot.domain.rulebook import prepare as prepared
    from bot.errors import HandbookError

    content = read_content(settings.handbook)
    if content.problems:
        raise HandbookError(f"手册里有错（{content.problems[0]}），请先运行 copilot check 改好。")
    if not content.rules:
        raise HandbookError(f"{settings.handbook} 里没有 metrics.yaml 和 rules/，没有可以盯的规则。")
    try:
        return prepared(content.rules, content.metrics.metrics, content.metrics.inputs)
    except ExpressionError as error:
        raise HandbookError(f"手册里有一个公式没法用在盯盘上（{error}）。请改好再试。") from error


def _plans(path: Path, book: Rulebook, zone: ZoneInfo) -> Plans:
    from bot.domain.metrics import Input
    from bot.sources.plan_files import read_plans

    inputs = {one.id for one in book.known if isinstance(one, Input)}
    return read_plans(path, zone=zone, figures=inputs - {"goal", "length"}, metrics={one.id for one in book.known} - inputs)


def _check(path: Path, book: Rulebook, zone: ZoneInfo) -> None:
    """Find what is wrong with a file before anything is said about any."""
    from bot.sources.recordings import check_recording

    check_recording(path, {one.id for one in book.known}, zone)


def _said(path: Path, settings: Settings) -> tuple[list[Line], Lexicon]:
    from bot.commands.heard import lexicon
    from bot.commands.replay_said import read_said

    return read_said(path, settings.zone), lexicon(settings)


def _overheard(
    said: tuple[list[Line], Lexicon], book: Rulebook, path: Path, plans: Plans | None, settings: Settings
) -> Overheard:
    """The lines to be heard from go-live on: the plan's, else the recording's first row."""
    from bot.domain.overhearing import Overheard
    from bot.domain.remarks import Ear
    from bot.sources.recordings import read_recording

    lines, lexicon = said
    planned = plans.of(path.name) if plans else None
    names = {one.id for one in book.known}
    begins = planned.plan.start.timestamp() if planned else next(read_recording(path, names, settings.zone)).at
    return Overheard(Ear(lexicon), {one.rule.id: one.rule for one in book.rules}, lines, begins)


def _play(
    path: Path, plans: Plans | None, book: Rulebook, lines: Lines, factor: float | None, overheard: Overheard | None
) -> Iterator[str]:
    from bot.domain.replaying import replay as replayed
    from bot.domain.seats import Watched
    from bot.sources.recordings import read_recording

    planned = plans.of(path.name) if plans else None
    if plans and planned is None:
        note(lines.without_plan(plans.path))
    watched = Watched(path.name)
    if planned:
        watched = Watched(
            path.name,
            planned.plan.start.timestamp(),
            planned.plan,
            planned.figures,
            planned.own,
            planned.peers,
            planned.tips_per_hour,
        )
    recorded = read_recording(path, {one.id for one in book.known}, lines.zone)
    rows = ((lines.count(row.moment), row.values) for row in recorded)
    last: float | None = None
    for at, event in replayed(book, watched, rows, overheard):
        if factor and last is not None and at > last:
            time.sleep((at - last) / factor)
        last = at
        yield from lines.of(at, event)
