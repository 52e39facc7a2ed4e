"""Metrics and the other figures that rules read: what each is, and how it comes from others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.expressions import Expression

PROGRESS = "planned_progress"
"""The input that says how much of its goal a session should have reached by now."""


class Aggregation(StrEnum):
    """How values over time become one."""

    GAUGE = "gauge"
    GAUGE_MAX = "gauge_max"
    TIME_WEIGHTED_MEAN = "time_weighted_mean"
    COUNTER = "counter"
    COUNTER_DISTINCT = "counter_distinct"
    WINDOW_DELTA = "window_delta"
    RATIO = "ratio"


class Good(StrEnum):
    """Which way is better; `CONTEXT` where it depends."""

    UP = "up"
    DOWN = "down"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class Example:
    """A worked number: with `given` (ids to values in their units, fractions for %) the metric is `result`.

    An id may say from when its value is: ``watch_uv@5min`` is the figure 5 minutes before. For a base metric `given` may name
    what is counted for it, which is no figure of the handbook.
    """

    given: Mapping[str, float]
    result: float
    shown: str


@dataclass(frozen=True, slots=True)
class Metric:
    """One of the 42 live metrics.

    `formula` is None for a base metric, which the feed brings; a derived one is computed from others. `unit` is as shown;
    percentages are fractions in code. `definition` says in words what is counted, `choice` which of several public definitions
    was taken and why (empty where they agree), `section` is the section that explains it, `cadence` how often a feed brings it.
    """

    id: str
    group: str
    name: str
    english: str
    also: tuple[str, ...]
    unit: str
    aggregation: Aggregation
    good: Good
    cadence: str
    definition: str
    formula: Expression | None
    choice: str
    where: str
    section: str
    low_section: str
    example: Example
    source: str
    mark: str

    @property
    def against_plan(self) -> bool:
        """Whether it says how far a session is from its plan: what it should be is the plan's to say, whatever it has been."""
        return self.formula is not None and PROGRESS in self.formula.names


@dataclass(frozen=True, slots=True)
class Input:
    """A figure beside the 42 that formulas and rules may read: from the session's plan, the stock list, the words heard."""

    id: str
    name: str
    unit: str
    definition: str
