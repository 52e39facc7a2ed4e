"""One figure of a feed, sample by sample: what is refused, what is held back until the next sample, what is continued.

A counter that starts over is continued where it was. One wild sample that is gone with the next is never believed: it waits
for the next one to confirm it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.expressions.nodes import Binary
from bot.domain.metrics import Aggregation, Input, Metric


class Fault(StrEnum):
    """Why a value or a row is not taken."""

    DUPLICATE = "duplicate"
    TOO_LATE = "too_late"
    TOO_EARLY = "too_early"
    NOT_FINITE = "not_finite"
    NEGATIVE = "negative"
    PERCENT = "percent"
    TOO_LARGE = "too_large"
    UNKNOWN = "unknown"
    HELD_BACK = "held_back"
    GLITCH = "glitch"
    UNPLACED = "unplaced"


@dataclass(frozen=True, slots=True)
class Kind:
    """What values a figure can have, and what counts as wild.

    `counter`: only grows. `fraction`: a share, where 35 is meant to be 0.35. `signed`: may be negative. `calm`: does not
    multiply from one sample to the next. `people`: a count of people, whose chance is known.
    """

    counter: bool = False
    fraction: bool = False
    signed: bool = False
    calm: bool = False
    people: bool = False


def kind_of(figure: Metric | Input) -> Kind:
    """The kind of a metric or input; inputs may jump, since they are words heard, stock, plans."""
    if isinstance(figure, Input):
        return Kind(fraction=figure.unit == "%")
    counter = figure.aggregation in (Aggregation.COUNTER, Aggregation.COUNTER_DISTINCT)
    # A deviation such as gmv / goal - 1 is no share of anything.
    signed = figure.formula is not None and isinstance(figure.formula.root, Binary) and figure.formula.root.operator == "-"
    gauge = figure.formula is None and not counter
    return Kind(counter, figure.unit == "%" and not signed, signed, gauge, gauge and figure.unit == "人")


_LARGEST_SHARE = 1.5
LARGEST = 1e12
"""What no count, no sum of money and no time reaches: beyond it some program is wrong, and sums begin to overflow."""
# A counter at less than half of what it was has started over; a smaller drop is a correction by whoever counts.
_RESTARTED = 0.5
# More than four-fold in one step, and by more than a first burst of sales: somebody typed a zero too many.
_LEAP, _LEAP_LEAST = 4.0, 500.0
_WILD = 2.0
_DEVIATIONS = 6.0


def refused(kind: Kind, value: float) -> Fault | None:
    """What no value of the kind can be."""
    if not math.isfinite(value):
        return Fault.NOT_FINITE
    if value < 0 and not kind.signed:
        return Fault.NEGATIVE
    if kind.fraction and value > _LARGEST_SHARE:
        return Fault.PERCENT
    return Fault.TOO_LARGE if abs(value) > LARGEST else None


@dataclass(slots=True)
class Cell:
    """The latest of one figure: `raw` as it came, `base` what a restarted counter had before, `held` a value not yet believed."""

    kind: Kind
    raw: float = math.nan
    base: float = 0.0
    held: float = math.nan
    calmest: float = field(init=False)
    most: float = field(init=False)

    def __post_init__(self) -> None:
        """What a feed asks of every cell of every row, looked up once: the least share of the last value, and the most at all."""
        self.calmest = 1.0 if self.kind.counter else 1.0 / _WILD
        self.most = _LARGEST_SHARE if self.kind.fraction else LARGEST

    @property
    def value(self) -> float:
        """The figure, continued."""
        return self.base + self.raw

    def refused(self, value: float) -> Fault | None:
        """What no sample of this kind can be."""
        return refused(self.kind, value)

    def take(self, value: float) -> tuple[float | None, Fault | None]:
        """The figure to believe now, or None with the reason; a fault beside a figure is about the one held back before."""
        held = self.held
        if fault := self.refused(value):
            return None, fault
        if math.isnan(held):
            if self._wild(value):
                self.held = value
                return None, Fault.HELD_BACK
            self.raw = value
            return self.base + value, None
        self.held = math.nan
        return self._after_held(value, held)

    def _after_held(self, value: float, held: float) -> tuple[float | None, Fault | None]:
        if self._confirms(value, held):
            if self.kind.counter and value < self.raw * _RESTARTED:
                self.base += self.raw
            self.raw = value
            return self.value, None
        if self._wild(value):
            self.held = value
            return None, Fault.HELD_BACK
        self.raw = value
        return self.value, Fault.GLITCH

    def _confirms(self, value: float, held: float) -> bool:
        """Whether a value is nearer to the one held back than to the one before."""
        if self.kind.counter and held < self.raw:
            return value < self.raw
        return abs(value - held) < abs(value - self.raw)

    def _wild(self, value: float) -> bool:
        last = self.raw
        if math.isnan(last):
            return False
        if self.kind.counter:
            return value < last or (value > _LEAP * last and value - last > _LEAP_LEAST)
        if not self.kind.calm or last / _WILD <= value <= last * _WILD:
            return False
        return not self.kind.people or abs(value - last) > _DEVIATIONS * math.sqrt(max(value, last, 1.0))

    def placed(self, value: float) -> tuple[float | None, Fault | None]:
        """A late value for an earlier moment: a counter's has to lie below the latest of the same count."""
        if fault := self.refused(value):
            return None, fault
        if self.kind.counter and value > self.raw:
            return None, Fault.UNPLACED
        if not self.kind.counter and self._wild(value):
            return None, Fault.UNPLACED
        return self.base + value, None
