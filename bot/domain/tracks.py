"""All metrics of one session about a minute apart, from its rows alone, with the limits in force: what boards are drawn from.

They are made as the rules see them: the same feed, board and formulas. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import nan

from bot.domain.decisions import Threshold
from bot.domain.expressions.nodes import Name
from bot.domain.lookout import Row
from bot.domain.rulebook import Rulebook
from bot.domain.seats import Watched
from bot.domain.watch import Watch

GRID = 60.0
"""Seconds between two moments, where rows come at least that often."""
_STEP = 0.7
# Of a curve's step: three of them are a gap, so that one late row is none and a minute without any is one.


@dataclass(frozen=True, slots=True)
class Tracks:
    """`times` in seconds, ascending; `values` of each metric at each of them, nan where it is not known.

    `step` is what curves take for the usual distance of two moments; `thresholds` are the limits in force by `limit_name`.
    """

    times: Sequence[float]
    values: Mapping[str, Sequence[float]]
    thresholds: Mapping[str, Threshold]
    step: float


def traced(book: Rulebook, watched: Watched, rows: Iterable[Row]) -> Tracks:
    """Follow a session's rows, which come by their time. A minute without a row has no moment."""
    watch = Watch(book, 1, book.cadences)
    column = watch.join(watched)
    times: list[float] = []
    values: dict[str, list[float]] = {name: [] for name in book.figures}
    latest: float | None = None

    def look(at: float) -> None:
        watch.look(column)
        times.append(at)
        for name, found in values.items():
            value = watch.value(column, Name(name, 0))
            found.append(nan if value is None else value)

    for at, row in rows:
        if latest is not None and at // GRID != latest // GRID:
            look(latest)
            latest = None
        if watch.remember([(column, at, row)]):
            latest = at
    if latest is not None:
        look(latest)
    seat = watch.seats[column]
    pace, thresholds = (seat.feed.pace.step, seat.thresholds) if seat else (GRID, {})
    return Tracks(times, values, thresholds, max(GRID, pace) * _STEP)
