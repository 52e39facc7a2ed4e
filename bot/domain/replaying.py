"""A recording played through a watch: the same steps as live, with the rows' own time as the clock. Pure; waits for nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bot.domain.overhearing import Overheard
from bot.domain.remarks import Remark
from bot.domain.rulebook import Rulebook
from bot.domain.seats import Watched
from bot.domain.watch import Event, Watch

# A gap is noticed when patience has run out, and it is looked for that much later.
_MOMENT = 1.0


def replay(
    book: Rulebook, watched: Watched, rows: Iterable[tuple[float, Mapping[str, float]]], overheard: Overheard | None = None
) -> Iterator[tuple[float, Event | Remark]]:
    """What is decided over one session's rows (seconds, figures), in the order in which they came, and when.

    `overheard` is what was said meanwhile; what comes of it stands where it was said.
    """
    watch = Watch(book, 1, book.cadences)
    column = watch.join(watched)
    now = 0.0
    for at, values in rows:
        if overheard is not None:
            yield from overheard.until(at)
            overheard.figures(at, values)
        for noticed in _silences(watch, column, at):
            yield from ((noticed, gap) for _, gap in watch.tick(noticed))
        now = max(now, at)
        yield from ((now, event) for _, event in watch.step([(column, at, values)]))
    if overheard is not None:
        yield from overheard.until(float("inf"))


def _silences(watch: Watch, column: int, until: float) -> Iterator[float]:
    """The moment before the next row at which its absence becomes a gap, if there is one."""
    seat = watch.seats[column]
    pace = seat.feed.pace if seat else None
    if pace is not None and pace.last is not None:
        noticed = pace.last + pace.patience + _MOMENT
        if noticed < until:
            yield noticed
