"""What a team's presses and outcomes say about its rules: shares with intervals, how weighty one is to it, what telling adds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from statistics import median

from bot.domain.nudges import Rule, Severity

_Z = 1.96
"""Of a normal distribution 95 % lie so many standard deviations around the middle."""
_PRIOR = 6.0
"""A rule begins as if so many of its tips had been acted on and as many not: a dozen tips of one's own weigh as much."""
LEAST_ARM = 20
"""Tips that each side of a comparison needs: with fewer the interval is wider than any help that a tip could be."""
WITHIN = timedelta(minutes=15)
"""By then a sign that was told of should be over: the deadline of the last steps."""
_MILD = frozenset({Severity.INFO, Severity.LOW})
_DRAWN = 2**64


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """The share itself; None of nothing."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float]:
        """From where to where it may be, at 95 %; all of [0, 1] for nothing. Wilson 1927, JASA 22:209-212."""
        if not self.whole:
            return 0.0, 1.0
        share, count = self.part / self.whole, self.whole
        middle = share + _Z**2 / (2 * count)
        half = _Z * math.sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2))
        return max(0.0, (middle - half) / (1 + _Z**2 / count)), min(1.0, (middle + half) / (1 + _Z**2 / count))


@dataclass(frozen=True, slots=True)
class Feedback:
    """What people did with the tips of one rule. `acted` were taken, `useless` called so, `right` taken and not called so.

    `hours` is how long the team's sessions were live meanwhile; `effects` are signed shares of the expected figure, good ones
    positive, of tips whose effect could be told.
    """

    rule: str
    tips: int
    acted: int
    useless: int
    right: int
    hours: float
    effects: Sequence[float] = ()

    @property
    def precision(self) -> Share:
        """How many of the judged tips were right. One that nobody touched is not judged."""
        return Share(self.right, self.right + self.useless)

    @property
    def hourly(self) -> float | None:
        """Tips an hour; None without hours."""
        return self.tips / self.hours if self.hours > 0 else None

    @property
    def effect(self) -> float | None:
        """The middle one of its effects; None without any."""
        return median(self.effects) if self.effects else None

    @property
    def acting(self) -> float:
        """How often the team acts on it, see `acting`."""
        return acting(self.tips, self.acted)


def acting(tips: int, acted: int) -> float:
    """How often a team acts on a rule's tips, as a multiple of what is taken for granted where nothing is known.

    The mean of a Beta distribution that begins at one half, doubled: 1.0 without tips, towards 2 where all are acted on, towards
    0 where none is.
    """
    return (acted + _PRIOR) / (tips + 2 * _PRIOR) * 2


def by_attention(found: Sequence[Feedback]) -> list[Feedback]:
    """First those that are surely wrong most often, then those that speak most."""
    return sorted(found, key=lambda one: (one.precision.interval[1], -one.tips, one.rule))


@dataclass(frozen=True, slots=True)
class Lift:
    """Of how many tips the sign was over in time: of those that were told, and of those that were withheld."""

    told: Share
    withheld: Share

    @property
    def enough(self) -> bool:
        """Whether both sides have enough."""
        return min(self.told.whole, self.withheld.whole) >= LEAST_ARM

    @property
    def difference(self) -> float | None:
        """Told less withheld; None while there is not enough."""
        one, other = self.told.value, self.withheld.value
        return one - other if self.enough and one is not None and other is not None else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Of the difference, at 95 %: Newcombe 1998, Statistics in Medicine 17:873-890, method 10."""
        if (difference := self.difference) is None:
            return None
        (low, high), (low2, high2) = self.told.interval, self.withheld.interval
        one, other = self.told.value or 0.0, self.withheld.value or 0.0
        below = math.hypot(one - low, high2 - other)
        above = math.hypot(high - one, other - low2)
        return difference - below, difference + above


def may_withhold(rule: Rule) -> bool:
    """Whether a tip of a rule may be withheld: a mild one, not about the law, that explains no other away."""
    return rule.severity in _MILD and not rule.lawful and not rule.inhibits


def drawn(seed: str, session: str, rule: str, at: float, share: float) -> bool:
    """Whether the draw withholds a tip; the same for the same tip in every process."""
    name = f"{seed}\n{session}\n{rule}\n{at!r}"
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest()) < share * _DRAWN
