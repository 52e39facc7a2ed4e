"""What no rule names: a headline figure of a session that is not as it has been in this session, told by a streaming detector.

Once a minute each figure goes through a `Detector` of its own. Its score alone would tell of something every hour, so a figure
has to lie beyond this session's usual swing as well, for minutes in a row, and outside of what earlier sessions were like at that
minute. What each of these conditions gave: docs/detection.md. Minutes of the opening and the closing, of what was announced, and
those after a gap are not looked at: they are neither odd nor usual. Pure; knows nothing of who is told.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median

from bot.domain.decisions import Source
from bot.domain.detection import THRESHOLD, Detector
from bot.domain.expected import expected
from bot.domain.expressions import Expression
from bot.domain.expressions.nodes import Call, Name, Node
from bot.domain.nudges import Phase, Planned, Rule, Severity, Step, Within
from bot.domain.seats import Seat

ANOMALY = "anomaly"
"""What stands for a rule where none has spoken."""
GROWTH = 300.0
HEADLINES: Mapping[str, bool] = {
    "online_now": False, "enter_5m": False, "avg_watch_sec": False, "gmv_5m": False, "comment_cnt": True, "new_follow": True,
}  # fmt: skip
"""The figures that are watched; True for counters, of which the growth in five minutes is.

The first four are those of section 12.35 that are looked at every five minutes; its two ratios move with them and with the
product on show, which is no oddity. Comments and followers are the audience's own doing: floods, copied links and other people's
raids show there and in no rule, since rules ask whether they are too few.
"""
SWINGS = 4.0
"""Robust standard deviations of this session that a figure has to be away: with three, one quiet hour in 25 told of something,
with four none in 154."""
RATIO = 1.3
"""And at least so many times more or less than usual: a big room hardly swings, and 10 % more needs nobody's eyes."""
HOLD = 3
"""Minutes in a row."""
ARMED = 15
"""Minutes for which a detection counts: a slow change is found by the detector before it is far enough."""
LEAST, MOST, LAG = 30, 90, 5
"""Minutes that a usual level is taken of, at least and at most, and those just passed, which are no part of it."""
QUIET = 1800.0
"""Seconds for which a rule's tip still explains what its figures do, and an urgent one what any does: what an incident leaves
behind, such as a lower watch time, is no news."""
MIN_SAMPLES = 8
# Of a normal distribution the standard deviation is so many median absolute deviations.
_NORMAL = 1.4826


@dataclass(frozen=True, slots=True)
class Odd:
    """A headline figure that is not as it was: what it usually is in this session, what it is, for how many minutes in a row."""

    metric: str
    usual: float
    now: float
    held: int


@dataclass(slots=True)
class _Track:
    """One figure of one session: logarithms minute by minute, and how it stands."""

    detector: Detector = field(default_factory=Detector)
    past: array[float] = field(default_factory=lambda: array("d"))
    armed: int = 0
    held: int = 0
    told: float | None = None
    calm: int = 0


class Oddities:
    """The headline figures of one session. `minute` takes each minute's values and gives what is odd by now."""

    def __init__(self) -> None:
        self._tracks: dict[str, _Track] = {}

    @property
    def standing(self) -> tuple[str, ...]:
        """The figures that were told of and are not as usual yet."""
        return tuple(name for name, track in self._tracks.items() if track.told is not None)

    def tell(self, metric: str, usual: float | None = None) -> None:
        """Note that people are told of a figure; without what was usual, that is seen as it is known again."""
        track = self._tracks.setdefault(metric, _Track())
        track.told, track.calm = math.nan if usual is None else _log(usual), 0

    def minute(self, seat: Seat, at: float, values: Mapping[str, float | None], *, live: bool = True) -> list[Odd]:
        """Take one minute's values (growths for counters) at `at` seconds; the figures that are odd and were not told.

        Not `live` are minutes that were decided about before: they say what is usual, and nothing is over in them.
        """
        blind = seat.run < MIN_SAMPLES or seat.phase(at) in (Phase.OPENING, Phase.CLOSING) or bool(seat.planned(at))
        found = []
        for name, value in values.items():
            track = self._tracks.get(name)
            if blind or value is None:
                if track is not None:
                    track.held = 0
                continue
            if track is None:
                track = self._tracks[name] = _Track()
            if (odd := self._look(name, track, seat, at, value, live)) is not None:
                found.append(odd)
        return found

    def _look(self, name: str, track: _Track, seat: Seat, at: float, value: float, live: bool) -> Odd | None:
        log = _log(value)
        zone = seat.watched.plan.start.tzinfo if seat.watched.plan else UTC
        if track.detector.update(datetime.fromtimestamp(at, zone), log) >= THRESHOLD:
            track.armed = ARMED + 1
        track.armed = max(0, track.armed - 1)
        track.past.append(log)
        del track.past[: -MOST - LAG]
        before = track.past[:-LAG]
        if live and track.told is not None:
            _mark_over(track, log, before)
        if not track.armed or track.told is not None or len(before) < LEAST:
            track.held = 0
            return None
        usual = median(before)
        odd = _is_far(log, usual, before) and not _expected(name, seat, at, value) and (log < usual or _is_announced(seat))
        track.held = track.held + 1 if odd else 0
        return Odd(name, _value(usual), value, track.held) if track.held else None


def node_of(metric: str) -> Node:
    """What is looked at of a headline figure."""
    name = Name(metric, 0)
    return Call("delta", name, GROWTH, 0.0, 0, 0) if HEADLINES[metric] else name


def rule_of(metric: str, name: str) -> Rule:
    """What stands for a rule when a figure, by id and name, is told of."""
    steps = (
        Step(Within.SECONDS_60, "数据员", f"对一下大屏：{name}是真的变了，还是数抄错、口径变了"),
        Step(Within.MINUTES_5, "操盘手", "问主播和场控：刚才这几分钟做了什么，直播间外面有没有动静"),
        Step(Within.MINUTES_15, "操盘手", "查清了点“已处理”，复盘时记上；常有的话，请组长写成一条规则"),
    )
    return Rule(
        ANOMALY, f"{name}和平时不一样", "异常", Severity.LOW, f"{name}和这一场前面比明显不一样，没有哪条规则管到它",
        Expression(metric, node_of(metric)), None, {}, HOLD, MIN_SAMPLES, 1800, 0, frozenset({Phase.WELFARE, Phase.MAIN}),
        frozenset(Planned), (), "操盘手", steps, "12.35", "本项目自定", "C", needs=frozenset({metric}),
    )  # fmt: skip


def called(metric: str, name: str, language: str = "zh") -> str:
    """What a headline figure is called, which of a counter is its growth; without the remark in brackets."""
    name = name.partition("（")[0]
    if not HEADLINES[metric]:
        return name
    return f"{name} in 5 min" if language == "en" else f"近 5 分钟{name}"


def _mark_over(track: _Track, log: float, before: Sequence[float]) -> None:
    """Over when it is back within the ratio of what was usual when it was told, for minutes in a row."""
    if track.told is not None and math.isnan(track.told) and len(before):
        track.told = median(before)
    track.calm = track.calm + 1 if track.told is not None and abs(log - track.told) < math.log(RATIO) else 0
    if track.calm >= HOLD:
        track.told = None


def _is_far(log: float, usual: float, before: Sequence[float]) -> bool:
    """Whether a figure is beyond the session's swing, and further than it has been: what only goes back is not odd. So few counts
    waver by their root, also in a room that seems to stand."""
    lowest, highest = (sorted(before)[place] for place in (1, -2))
    if lowest <= log <= highest:
        return False
    swing = max(_NORMAL * median(abs(one - usual) for one in before), 1 / math.sqrt(max(math.exp(usual), 1.0)))
    return abs(log - usual) > max(SWINGS * swing, math.log(RATIO))


def _expected(metric: str, seat: Seat, at: float, value: float) -> bool:
    """Whether earlier sessions were like that at this minute."""
    if HEADLINES[metric] or seat.began is None:
        return False
    found = expected(metric, (at - seat.began) / 60, seat.phase(at), seat.watched.past)
    return found is not None and found.source is not Source.SESSION and found.low <= value <= found.high


def _is_announced(seat: Seat) -> bool:
    """Whether somebody has said what happens in this session. A giveaway or a release makes figures rise as a raid does: what
    rises is odd only where such things stand in the plan, and this one does not."""
    return seat.watched.plan is not None and bool(seat.watched.plan.events)


def _log(value: float) -> float:
    return math.log1p(max(value, 0.0))


def _value(log: float) -> float:
    return math.expm1(log)
