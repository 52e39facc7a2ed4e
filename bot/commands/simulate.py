"""`copilot simulate`: a made-up live session as a recording, to try rules, boards and imports with."""

from __future__ import annotations

from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.common import note, prepare
from bot.commands.office import wrong_usage
from bot.commands.office_words import say

Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="写到哪个 CSV 文件，不写就打印 · The CSV to write.", show_default=False),
]
Words = Annotated[
    Path | None,
    typer.Option(
        "--lines", metavar="FILE", help="口播和评论写到哪个 CSV · The CSV for what is said and written.", show_default=False
    ),
]
Minutes = Annotated[int, typer.Option("--minutes", metavar="N", help="播多少分钟 · How long it lasts.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="同一个数得同一场 · The same number, the same session.")]
Kind = Annotated[
    str | None, typer.Option("--incident", metavar="KIND", help="中途出什么事 · What goes wrong.", show_default=False)
]


def simulate(out: Out = None, minutes: Minutes = 180, seed: Seed = 1, incident: Kind = None, lines: Words = None) -> None:
    """模拟一场的实时指标，写成录制文件 · Make up a session's live metrics as a recording."""
    from bot.commands.recorded import write_lines
    from bot.domain.recordings import recording_lines
    from bot.domain.simulated_lines import simulated_lines
    from bot.domain.simulation import FIGURES, LONGEST, SHORTEST, Incident, simulated

    if not SHORTEST <= minutes <= LONGEST:
        raise wrong_usage("minutes_range", "--minutes", least=SHORTEST, most=LONGEST)
    known = [one.value for one in Incident]
    if incident is not None and incident not in known:
        raise wrong_usage("incident_unknown", "--incident", given=incident, known="、".join(known))
    settings = prepare()
    start = datetime.now(settings.zone).replace(hour=20, minute=0, second=0, microsecond=0)
    samples = simulated(start, minutes, seed, None if incident is None else Incident(incident))
    write_lines(recording_lines(samples, FIGURES, settings.zone), out)
    if out is not None:
        note(say(settings.language, "simulated", path=out, minutes=minutes))
    if lines is not None:
        rows = (f"{at.isoformat(timespec='seconds')},{kind},{text}" for at, kind, text in simulated_lines(start, minutes, seed))
        write_lines(chain(("ts,kind,text",), rows), lines)
        note(say(settings.language, "simulated_lines", path=lines))
