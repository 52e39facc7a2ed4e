"""What a month holds, the same for the same seed: sessions, what becomes of them, and everything that goes wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from tests.office_desk import A, B

START = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
"""Midnight in Shanghai."""
DAY, HOUR, MINUTE = 86_400, 3_600, 60
GROUPS = tuple(f"telegram:-{1001 + n}" for n in range(10))
"""The first half belongs to one merchant, the second to another."""
OPERATORS = tuple(f"telegram:{101 + n}" for n in range(6))


def moment(seconds: float) -> datetime:
    """The time so many seconds after the start."""
    return START + timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One session as its people mean it; times are seconds after the start. `host` tells it from all others."""

    host: str
    merchant: str
    chat: str
    operator: str
    planned: float
    starts: float
    length: float
    moved: float | None
    """When it is put off by an hour, before `starts`."""
    cancelled: float | None
    begins_late: float
    overruns: float

    @property
    def begins(self) -> float:
        """When somebody presses start."""
        return self.starts + (HOUR if self.moved is not None else 0) + self.begins_late

    @property
    def ends(self) -> float:
        """When somebody presses end."""
        return self.begins + self.length + self.overruns


@dataclass(frozen=True, slots=True)
class Kill:
    """The process dies at `at`, a few milliseconds of work later, and comes back after `down` seconds."""

    at: float
    milliseconds: float
    down: float


@dataclass(frozen=True, slots=True)
class Month:
    """Everything. `outages` and `jumps` are spans of seconds; during a jump the machine's clock is `by` seconds off."""

    seed: int
    days: int
    broadcasts: tuple[Broadcast, ...]
    kills: tuple[Kill, ...]
    outages: tuple[tuple[float, float], ...]
    jumps: tuple[tuple[float, float, float], ...]

    @property
    def end(self) -> float:
        """The last second; what is due at the end of the last day is still done."""
        return (self.days + 1) * DAY

    def out(self, at: float) -> bool:
        """Whether the network is out."""
        return any(begin <= at < end for begin, end in self.outages)

    @property
    def turns(self) -> tuple[float, ...]:
        """When the machine's clock is set, in order."""
        return tuple(sorted(turn for begin, end, _ in self.jumps for turn in (begin, end)))

    def next_change(self, at: float) -> float:
        """When the network or the machine's clock next changes after `at`; infinity when never."""
        changes = [*self.turns, *(moment for span in self.outages for moment in span)]
        return min((one for one in changes if one > at), default=float("inf"))

    def wrong_by(self, at: float) -> float:
        """By how many seconds the machine's clock is off."""
        return sum(by for begin, end, by in self.jumps if begin <= at < end)

    def wall(self, at: float) -> datetime:
        """What the machine's clock shows."""
        return moment(at + self.wrong_by(at))


def month(seed: int, *, days: int, sessions: int, kills: int) -> Month:
    """So many days with so many sessions each, and so many kills in all: half of them while something is being sent."""
    random = Random(seed)
    broadcasts = tuple(_broadcast(random, day, n, sessions) for day in range(days) for n in range(sessions))
    busy = [one.starts - 90 * MINUTE for one in broadcasts] + [one.begins for one in broadcasts]
    moments = [random.choice(busy) + random.uniform(0, 2) for _ in range(kills // 2)]
    moments += [random.uniform(HOUR, days * DAY) for _ in range(kills - len(moments))]
    deaths = tuple(
        Kill(at, random.uniform(0, 60), random.choice((3, 5, 5, 8, 30, 120, random.uniform(300, 1500)))) for at in sorted(moments)
    )
    outages = tuple(_spans(random, days * 2, days, 20, 600))
    jumps = tuple(
        (begin, end, random.choice((-3600.0, -600.0, -20.0, 20.0, 600.0))) for begin, end in _spans(random, days, days, 600, 7200)
    )
    return Month(seed, days, broadcasts, deaths, outages, jumps)


def _broadcast(random: Random, day: int, n: int, sessions: int) -> Broadcast:
    starts = day * DAY + 8 * HOUR + 15 * HOUR * n / sessions + random.randrange(0, 20) * MINUTE
    starts -= starts % (5 * MINUTE)
    late = random.random() < 0.1  # planned so late that much of it is overdue
    # What the first day finds planned already is entered on its morning, one a minute: that is how long a person needs.
    ahead = max((10 + n) * MINUTE, starts - random.uniform(20, 40) * HOUR)
    planned = starts - 40 * MINUTE if late else ahead
    group = n % len(GROUPS)
    fate = random.random()
    return Broadcast(
        host=f"主播{day:02}-{n:02}",
        merchant=A if group < len(GROUPS) // 2 else B,
        chat=GROUPS[group],
        operator=OPERATORS[n % len(OPERATORS)],
        planned=planned,
        starts=starts,
        length=random.choice((2, 3, 4)) * HOUR,
        moved=starts - 2 * HOUR if fate < 0.1 and not late else None,
        cancelled=starts - HOUR if 0.1 <= fate < 0.15 else None,
        begins_late=random.uniform(-120, 300),
        overruns=random.uniform(-600, 1200),
    )


def _spans(random: Random, count: int, days: int, shortest: float, longest: float) -> list[tuple[float, float]]:
    """Spans that do not touch each other."""
    step = days * DAY / max(count, 1)
    spans = []
    for n in range(count):
        begin = n * step + random.uniform(0, step - longest)
        spans.append((begin, begin + random.uniform(shortest, longest)))
    return spans
