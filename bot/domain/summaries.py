"""The samples of a live session that is over -> what is kept of it: robust figures by part of the session and by minute.

The middle of a figure is its median and its edges the 10th and 90th percentile, so that an incident of some minutes does not
become what is usual. Pure; each minute counts once, as it does in samples that were thinned.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby

import numpy as np

from bot.domain.expressions.nodes import Name
from bot.domain.metrics import Metric
from bot.domain.nudges import Phase
from bot.domain.pasts import BIN, EDGES, Spread, Summary
from bot.domain.rulebook import Rulebook
from bot.domain.samples import MINUTE, Sample, lasting, minute_of, one_minute
from bot.domain.seats import Watched
from bot.domain.watch import Watch

_LOW, _HIGH = 10, 90
_DIGITS = 5
_Minute = tuple[int, Phase, Mapping[str, float]]
"""Minutes since go-live, the part of the session, the figures that were known."""
_Lists = defaultdict[str, list[float]]


def summarised(book: Rulebook, watched: Watched, samples: Sequence[Sample]) -> Summary:
    """A session's samples -> what is kept of them; without a go-live (`watched.began`) the first sample is taken for it.

    Empty where there are none. Samples from before go-live are looked at, but no part of what is kept.
    """
    metrics = [figure for figure in book.known if isinstance(figure, Metric)]
    grows = lasting(metrics)
    return _summary(list(_minutes(book, watched, samples, [metric.id for metric in metrics], grows)), grows)


def _minutes(
    book: Rulebook, watched: Watched, samples: Sequence[Sample], names: Sequence[str], grows: Collection[str]
) -> Iterator[_Minute]:
    """All metrics minute by minute, derived ones as the watch has them."""
    watch = Watch(book, 1, book.cadences)
    column, nodes = watch.join(watched), {name: Name(name, 0) for name in names}
    for minute, found in groupby(sorted(samples, key=lambda one: one.at), key=lambda one: minute_of(one.at)):
        at = float(minute * MINUTE)
        watch.remember([(column, at, one_minute(minute, tuple(found), grows).values)])
        seat = watch.seats[column]
        if seat is None or seat.began is None or at < seat.began - MINUTE:
            continue
        values = {name: value for name, node in nodes.items() if (value := watch.value(column, node)) is not None}
        yield max(0, minute - int(seat.began // MINUTE)), seat.phase(at), values


def _summary(minutes: Sequence[_Minute], grows: Collection[str]) -> Summary:
    last: dict[str, float] = {}
    parts: defaultdict[Phase, _Lists] = defaultdict(lambda: defaultdict(list))
    points: defaultdict[int, _Lists] = defaultdict(lambda: defaultdict(list))
    named: dict[int, Phase] = {}
    body: _Lists = defaultdict(list)
    for minute, phase, values in minutes:
        last |= values
        named.setdefault(minute // BIN, phase)
        for name, value in values.items():
            points[minute // BIN][name].append(value)
            if name not in grows:
                parts[phase][name].append(value)
                body[name] += [] if phase in EDGES else [value]
    places = range(max(named, default=-1) + 1)
    return Summary(
        {name: _rounded(value) for name, value in last.items()},
        _spreads(body),
        {phase: _spreads(of) for phase, of in parts.items()},
        {name: tuple(_median(points[place][name]) for place in places) for name in sorted(last)},
        tuple(_part(named, place) for place in places),
    )


def _part(named: Mapping[int, Phase], place: int) -> Phase:
    """The part of the session of a point of the curve; of one without samples, that of the point before."""
    return next((named[one] for one in range(place, -1, -1) if one in named), Phase.OPENING)


def _spreads(found: Mapping[str, Sequence[float]]) -> dict[str, Spread]:
    return {name: _spread(values) for name, values in found.items() if values}


def _spread(found: Sequence[float]) -> Spread:
    low, middle, high = (_rounded(float(value)) for value in np.percentile(found, (_LOW, 50, _HIGH)))
    return Spread(low, middle, high, len(found))


def _median(found: Sequence[float]) -> float | None:
    return _rounded(float(np.median(found))) if found else None


def _rounded(value: float) -> float:
    """To five digits: more than any figure is known to."""
    return float(f"{value:.{_DIGITS}g}")
