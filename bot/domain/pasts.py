"""What is kept of live sessions that are over, and what it tells of one that comes after them. Pure; how a summary is made of
samples stands in `summaries`, and how it is stored is not known here.

The middle of a figure is its median and its edges the 10th and 90th percentile, so that an incident of some minutes does not
become what is usual.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from bot.domain.decisions import Source
from bot.domain.nudges import Phase

BIN = 5
"""Minutes of one point of a curve: what a session usually is at a minute does not change faster, and 42 curves stay small."""
DAYS = timedelta(days=7)
"""How far back a room's own sessions count: goods, prices and the platform's traffic are others after some weeks."""
MATES_DAYS = timedelta(days=30)
"""How far back those of the merchant's other hosts count: where there are too few of a host's own in a week, the host is new."""
SLOT = timedelta(hours=2)
"""How far apart in the day two sessions of one slot begin at most: noon, evening and midnight have other audiences, and of two
sessions of the usual three hours that begin no further apart at least an hour lies in the same part of the day."""
LEAST = 3
"""Sessions that a median is taken of at least: with two, one that went wrong is half of what is usual."""
EDGES = (Phase.OPENING, Phase.CLOSING)
"""The parts in which ratios jump and everything falls: no part of what a session usually is."""
_DAY = timedelta(days=1)
_Lists = defaultdict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Spread:
    """What a figure was over some minutes: its median, and between which edges it lay four fifths of the time."""

    low: float
    middle: float
    high: float
    minutes: int


@dataclass(frozen=True, slots=True)
class Summary:
    """One session's figures by metric.

    `last` is the latest value of each. `phases` are spreads by part of the session and `body` those of all but its opening and
    closing, in which ratios jump and everything falls; both without figures that only grow, which have no usual value. `curve`
    is the median of every `BIN` minutes since go-live, None where there was none; `parts` says which part each of them was.
    """

    last: Mapping[str, float] = field(default_factory=dict)
    body: Mapping[str, Spread] = field(default_factory=dict)
    phases: Mapping[Phase, Mapping[str, Spread]] = field(default_factory=dict)
    curve: Mapping[str, tuple[float | None, ...]] = field(default_factory=dict)
    parts: tuple[Phase, ...] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """A session that is over: when it went live, in its own zone, who hosted it, and what it was like."""

    session: str
    host: str
    began: datetime
    summary: Summary


@dataclass(frozen=True, slots=True)
class Medians:
    """Medians over some sessions by metric: `body` of what each usually was, `points` of what each was at every `BIN` minutes
    since go-live.

    A sum that grows, or a ratio over the whole session so far, is another thing after 20 minutes than after two hours, so what
    counts at a moment is the median at that minute.
    """

    body: Mapping[str, float] = field(default_factory=dict)
    points: tuple[Mapping[str, float], ...] = ()
    pasts: tuple[Past, ...] = ()

    def at(self, minute: float) -> Mapping[str, float]:
        """The medians at a minute; where too few sessions were on at that time, those of the body."""
        place = int(max(minute, 0.0) // BIN)
        return {**self.body, **self.points[place]} if place < len(self.points) else self.body


@dataclass(frozen=True, slots=True)
class Usual:
    """What earlier sessions of the same slot tell of the next.

    `own` are sessions of the same host, else of the room (`own_source` says which), `peers` of the merchant's other hosts; fewer
    than `LEAST` are as good as none and left out.
    """

    own: Medians = Medians()
    peers: Medians = Medians()
    own_source: Source = Source.OWN

    @property
    def counted(self) -> tuple[tuple[Past, ...], Source]:
        """The sessions to expect something of, and whose they are: one's own, else those of the other hosts."""
        return (self.own.pasts, self.own_source) if self.own.pasts else (self.peers.pasts, Source.MATES)


def usual(pasts: Iterable[Past], host: str, start: datetime) -> Usual:
    """What a merchant's earlier sessions tell of one that `host` begins at `start` (with its zone)."""
    slot = [one for one in pasts if one.began < start and _same_slot(one.began, start)]
    week = [one for one in slot if start - one.began <= DAYS]
    mine = [one for one in week if host and one.host == host]
    others = [one for one in slot if host and one.host and one.host != host and start - one.began <= MATES_DAYS]
    own, source = (mine, Source.OWN) if len(mine) >= LEAST else (week, Source.ROOM)
    return Usual(_medians(own), _medians(others), source)


def facts(pasts: Iterable[Past], start: datetime) -> dict[str, float]:
    """Inputs of the handbook that only earlier sessions can give, as far as they do: what one unit of traffic was worth in the
    last two (`uv_value_last`, `uv_value_before_last`), and what a follower cost lately (`ad_follow_cost_30d`, the median)."""
    before = sorted((one for one in pasts if one.began < start), key=lambda one: one.began, reverse=True)
    values = [one.summary.last["uv_value"] for one in before if "uv_value" in one.summary.last]
    found = dict(zip(("uv_value_last", "uv_value_before_last"), values, strict=False))
    month = [one for one in before if start - one.began <= timedelta(days=30)]
    costs = [one.summary.last["ad_follow_cost"] for one in month if "ad_follow_cost" in one.summary.last]
    return found | ({"ad_follow_cost_30d": median(costs)} if len(costs) >= LEAST else {})


def _medians(pasts: Sequence[Past]) -> Medians:
    """Of every metric that enough of the sessions have, the median of theirs."""
    if len(pasts) < LEAST:
        return Medians()
    points: list[_Lists] = [defaultdict(list) for _ in range(max(len(one.summary.parts) for one in pasts))]
    body: _Lists = defaultdict(list)
    for one in pasts:
        for name, spread in one.summary.body.items():
            body[name].append(spread.middle)
        for name, curve in one.summary.curve.items():
            for place, value in enumerate(curve):
                points[place][name] += [] if value is None else [value]
    return Medians(_enough(body), tuple(_enough(of) for of in points), tuple(pasts))


def _enough(found: Mapping[str, Sequence[float]]) -> dict[str, float]:
    return {name: median(values) for name, values in found.items() if len(values) >= LEAST}


def _same_slot(one: datetime, other: datetime) -> bool:
    """Whether two moments lie close in the day, as the clock of the later one shows it; midnight is no border."""
    there = one.astimezone(other.tzinfo)
    hands = abs(timedelta(hours=there.hour - other.hour, minutes=there.minute - other.minute))
    return min(hands, _DAY - hands) <= SLOT


def as_json(summary: Summary) -> dict[str, Any]:
    """The same as what `json.dumps` takes."""
    return {
        "last": dict(summary.last), "body": _spreads(summary.body), "parts": [part.value for part in summary.parts],
        "phases": {phase.value: _spreads(of) for phase, of in summary.phases.items()},
        "curve": {name: list(values) for name, values in summary.curve.items()},
    }  # fmt: skip


def read_summary(data: Mapping[str, Any]) -> Summary:
    """What `as_json` gave, also after it has been through JSON."""
    return Summary(
        data["last"], _read_spreads(data["body"]), {Phase(name): _read_spreads(of) for name, of in data["phases"].items()},
        {name: tuple(values) for name, values in data["curve"].items()}, tuple(Phase(part) for part in data["parts"]),
    )  # fmt: skip


def _spreads(of: Mapping[str, Spread]) -> dict[str, list[float]]:
    return {name: [one.low, one.middle, one.high, one.minutes] for name, one in of.items()}


def _read_spreads(of: Mapping[str, Sequence[float]]) -> dict[str, Spread]:
    return {name: Spread(low, middle, high, int(minutes)) for name, (low, middle, high, minutes) in of.items()}
