"""One watched session: what its plan says about a moment, what its feed has brought, what has been told. No arrays here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.deciding import BUDGET, HOUR, SAME_MOMENT, Draw, Told
from bot.domain.decisions import Source, Threshold
from bot.domain.feeds import Feed
from bot.domain.nudges import Phase, Planned
from bot.domain.pasts import Usual
from bot.domain.plans import EDGE, Plan

Median = tuple[Mapping[str, float], Source]
"""Medians by metric, and whose they are."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What is known of a session before its first sample.

    `began` is go-live in seconds, None to take the first sample for it. `figures` are inputs that the plan sets (budget,
    break_even_roi, …), `past` is what earlier sessions were like; `own` and `peers` are medians by metric that
    somebody gives: `own` in its place, `peers` before it. `budget` is how many tips an hour.
    `acting` is by rule how often the team acts on it (1 as usual); `draw` is set where it withholds some mild tips.
    """

    id: str
    began: float | None = None
    plan: Plan | None = None
    figures: Mapping[str, float] = field(default_factory=dict)
    own: Mapping[str, float] = field(default_factory=dict)
    peers: Mapping[str, float] = field(default_factory=dict)
    budget: int = BUDGET
    acting: Mapping[str, float] = field(default_factory=dict)
    draw: Draw | None = None
    past: Usual = Usual()

    def medians(self, minute: float) -> tuple[Median, tuple[Median, ...]]:
        """The medians that count so many minutes after go-live: one's own, and those of comparable rooms, the first first: what
        somebody gave, then the merchant's other hosts."""
        own = (self.own, Source.OWN) if self.own else (self.past.own.at(minute), self.past.own_source)
        return own, ((self.peers, Source.PEERS), (self.past.peers.at(minute), Source.MATES))


def phase_at(plan: Plan | None, began: float | None, now: float) -> Phase:
    """The part of a session: as the plan says; where it does not, the edges by the clock and the rest as main."""
    for one in plan.phases if plan else ():
        if one.start.timestamp() <= now < one.end.timestamp():
            return one.phase
    edge = EDGE.total_seconds()
    if began is not None and now - began < edge:
        return Phase.OPENING
    return Phase.CLOSING if plan and plan.end.timestamp() - edge <= now else Phase.MAIN


@dataclass(slots=True, eq=False)
class Seat:
    """A session at its column, and at its `place` in what the last step that it was in computed.

    `clock` is the moment of its latest row: a session is judged by its own time, however late its feed is. `run` counts samples
    since the last gap or restart, `since` at which of them a lost figure came back; `told` are the tips of the last hour,
    `muted` until when each rule is; `thresholds` are the limits in force, `point` the place on earlier sessions' curves.
    """

    watched: Watched
    column: int
    feed: Feed
    place: int = 0
    clock: float = 0.0
    began: float | None = None
    run: int = 0
    rows: int = 0
    since: dict[str, int] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    muted: dict[str, float] = field(default_factory=dict)
    said: dict[str, float] = field(default_factory=dict)
    thresholds: dict[str, Threshold] = field(default_factory=dict)
    silent: dict[str, tuple[str, int]] = field(default_factory=dict)
    point: int = -1
    looked: float = 0.0
    names: tuple[str, ...] = ()
    places: list[int] = field(default_factory=list)
    held: list[int] = field(default_factory=list)

    def phase(self, now: float) -> Phase:
        """The part of the session; see `phase_at`."""
        return phase_at(self.watched.plan, self.began, now)

    def planned(self, now: float) -> frozenset[Planned]:
        """The announced events that are on, or whose traces are still settling."""
        plan = self.watched.plan
        events = plan.events if plan else ()
        return frozenset(one.kind for one in events if one.start.timestamp() <= now <= one.settled.timestamp())

    def samples(self, bases: frozenset[str]) -> int:
        """How many samples in a row there are of all that a rule reads."""
        return self.run - max((self.since[name] for name in bases if name in self.since), default=0)

    @property
    def kept(self) -> tuple[tuple[float, str], ...]:
        """(moment, rule) of the tips of the last hour."""
        return tuple((tip.at, tip.rule.id) for tip in self.told)

    def tell(self, tip: Told) -> None:
        """Note a tip, and forget those that no budget counts any more."""
        self.told = [one for one in self.told if tip.at - one.at < max(HOUR, SAME_MOMENT)]
        self.told.append(tip)

    def start_over(self) -> None:
        """After a gap or a restart nothing is said until enough samples have come again."""
        self.run = 0
        self.since.clear()
