"""What comparable rooms do, as a lead reads it off a market board: the median of a metric, good for a month. Pure."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.metrics import Aggregation, Metric
from bot.domain.nudges import Rule

LASTS = timedelta(days=30)
"""How long a figure counts: boards show the last 7 or 30 days, and a season changes what is usual."""
_GROWS = frozenset({Aggregation.COUNTER, Aggregation.COUNTER_DISTINCT, Aggregation.GAUGE_MAX})
_LINE = re.compile(r"(?P<name>.*?[^\s:：=])[\s:：=]*(?P<figure>(?<![0-9.,])[-−]?[¥￥]?\s*[0-9][0-9,.]*\s*[^\s0-9]*)")
_AWAY = r"(?:删掉|删除|去掉|删|remove)"
_GONE = re.compile(rf"(?:{_AWAY}\s*[:：]?\s*(?P<first>.+)|(?P<last>.+?)\s*[:：=]?\s*(?:{_AWAY}|-))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PeerFigure:
    """The median of comparable rooms in the metric's unit (fractions for %), and when somebody said so."""

    value: float
    at: datetime

    @property
    def until(self) -> datetime:
        """From when on it counts no more."""
        return self.at + LASTS


@dataclass(frozen=True, slots=True)
class PeerLine:
    """One line as it was typed: the line's number from 1, what is called how, and the figure; None to take it away."""

    number: int
    name: str
    figure: str | None


def in_force(figures: Mapping[str, PeerFigure], moment: datetime) -> dict[str, float]:
    """The medians by metric that count at a moment."""
    return {id: one.value for id, one in figures.items() if moment < one.until}


def comparable(metric: Metric) -> bool:
    """Whether a metric says the same at any minute of a session; what adds up from the start on does not."""
    return metric.aggregation not in _GROWS


def read_by(rules: Iterable[Rule], metric: str) -> tuple[Rule, ...]:
    """The rules that have a limit in comparable rooms' median of a metric."""
    return tuple(rule for rule in rules if any(one.of == metric and one.peers is not None for one in rule.limits.values()))


def useful(rules: Sequence[Rule], metrics: Iterable[Metric]) -> tuple[Metric, ...]:
    """The metrics whose median some rule would read."""
    return tuple(one for one in metrics if comparable(one) and read_by(rules, one.id))


def lines_of(text: str) -> Iterator[PeerLine | int]:
    """Each line of what somebody typed or pasted: ``GPM 620``, ``点击率：6%``, ``删 GPM``; of one that is neither its number."""
    for number, raw in enumerate(text.splitlines(), 1):
        line = unicodedata.normalize("NFKC", raw).strip().strip(",，;；。")
        if not line:
            continue
        if gone := _GONE.fullmatch(line):
            yield PeerLine(number, (gone["first"] or gone["last"]).strip(), None)
        elif found := _LINE.fullmatch(line):
            yield PeerLine(number, found["name"].strip(), re.sub(r"[\s,¥￥]", "", found["figure"]))
        else:
            yield number


def sound(value: float, unit: str) -> bool:
    """Whether a median can be this: above 0, finite, and a share at most the whole."""
    return math.isfinite(value) and value > 0 and (unit != "%" or value <= 1)
