"""One figure of a session over time, out of its samples: the same feed and formulas as live, and nothing decided. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.domain.effects import by_minute
from bot.domain.expressions.nodes import Node
from bot.domain.metrics import Input, Metric
from bot.domain.rulebook import prepare
from bot.domain.seats import Watched
from bot.domain.watch import Watch


def course(
    node: Node, metrics: Sequence[Metric], inputs: Sequence[Input], watched: Watched,
    rows: Iterable[tuple[float, Mapping[str, float]]],
) -> dict[int, float]:  # fmt: skip
    """The median of a figure, or of what is made of figures, in each minute, from rows of (seconds, figures) by their time;
    minutes without it are left out."""
    book = prepare((), metrics, inputs)
    book.program.add(node)
    watch = Watch(book, 1, book.cadences)
    column = watch.join(watched)
    found = []
    for at, values in rows:
        watch.remember([(column, at, values)])
        watch.look(column)
        # What holds on from an earlier row is not known anew in a minute that brought nothing: only rows are looked at.
        found.append((at, watch.value(column, node)))
    return by_minute(found)
