"""A tip as it is told: what turned, against which threshold, what has become of it. How it was decided is not known here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.effects import Effect
from bot.domain.headlines import Headline, sign_of
from bot.domain.heard import Source
from bot.domain.metrics import Good, Input, Metric
from bot.domain.nudges import Rule, Severity
from bot.domain.sessions import LiveSession

_WORD = re.compile(r"[a-z][a-z0-9_]*")
_RANK = {severity: rank for rank, severity in enumerate(Severity)}
BACK = 0.9
"""What has fallen is back from this share of what it was before on, as section 12.1 has it."""


class State(StrEnum):
    """Where a tip stands; the later of these counts."""

    FRESH = "fresh"
    ESCALATED = "escalated"
    MUTED = "muted"
    ACKNOWLEDGED = "acknowledged"
    RECOVERED = "recovered"


class Basis(StrEnum):
    """Where a threshold comes from: this host's last 7 days, this room's, the same merchant's other hosts, comparable rooms, the
    handbook, the team itself, this session so far."""

    OWN = "own"
    ROOM = "room"
    MATES = "mates"
    PEERS = "peers"
    DEFAULT = "default"
    TEAM = "team"
    SESSION = "session"


class Missed(StrEnum):
    """Whom a message did not reach, that stands in somebody's private chat instead: the group, the operator, both."""

    GROUP = "group"
    OPERATOR = "operator"
    BOTH = "both"


class FeedKind(StrEnum):
    """How figures come in: they are pushed to us, fetched by us, written down by hand, or read from a recording."""

    PUSHED = "pushed"
    FETCHED = "fetched"
    BY_HAND = "by_hand"
    RECORDED = "recorded"


@dataclass(frozen=True, slots=True)
class Figure:
    """A named value in `unit` (fractions for %); None while it is not known, which is not zero."""

    name: str
    english: str
    unit: str
    value: float | None

    @classmethod
    def of(cls, metric: Metric, value: float | None) -> Figure:
        """A value of one of the 42."""
        return cls(metric.name, metric.english, metric.unit, value)


@dataclass(frozen=True, slots=True)
class Turn:
    """What a figure was and what it is; `span` is how long that took, None where it was not measured over a time.

    It is of the last `window`, with `averaged` their mean; None for the figure as it stands. `whole` (Chinese and English) is
    what it is a plain share of; its unit is % then.
    """

    name: str
    english: str
    unit: str
    before: float | None
    now: float | None
    good: Good = Good.CONTEXT
    span: timedelta | None = None
    window: timedelta | None = None
    averaged: bool = False
    whole: tuple[str, str] = ("", "")

    @property
    def change(self) -> float | None:
        """The growth as a fraction, for figures in % the difference; None where one is not known or growth means nothing."""
        if self.before is None or self.now is None:
            return None
        if self.unit == "%":
            return self.now - self.before
        return self.now / self.before - 1 if self.before > 0 else None


@dataclass(frozen=True, slots=True)
class Bar:
    """A threshold in force for a figure.

    `value` is in the figure's unit, or a growth or a multiple where `ratio` says so; `factor` is what a median was multiplied by.
    `source` says where the handbook has its figure from.
    """

    name: str
    english: str
    unit: str
    value: float
    basis: Basis
    factor: float | None = None
    ratio: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Usual:
    """What a figure was expected to be at that minute, between which edges it usually lies, of whose sessions, how many."""

    figure: Figure
    low: float
    high: float
    basis: Basis
    sessions: int = 0


def is_back(before: float | None, told: float | None, now: float | None) -> bool:
    """Whether a figure is again as it was before a tip, that it was `told` at. A rule may call its sign over because the figure
    moves no further: half a room that stays away is over and not back. True where the rule compares with nothing earlier, and
    where there is no figure: then its end is one of its own.
    """
    if before is None or told is None or now is None or before <= 0:
        return True
    return now >= BACK * before if told < before else now <= before / BACK


@dataclass(frozen=True, slots=True)
class By:
    """Who did something, by display name, and when."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Recovered:
    """When it was over, and what the figure was then."""

    at: datetime
    value: float | None


@dataclass(frozen=True, slots=True)
class Quoted:
    """What was heard, as a tip tells it.

    `around` is what was said around the words, where it is one mention and the host's. `sounded` is what they were taken for
    where only the sound is the same, `law` the article, `correction` what the host says at once. `unproven`: nobody has told
    whether there is the evidence that it needs. `again`: a tip of a short while ago has the same law and steps.
    """

    words: tuple[str, ...]
    around: str
    source: Source
    law: str
    correction: str
    sounded: tuple[str, ...] = ()
    unproven: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class Tip:
    """One tip for one live session.

    `id` (at most 16 letters and digits) is what its buttons carry. `since` is when the condition began to hold, `told` when
    people were told. `together` are milder rules from the same cause. `holders` are display names by post. `case` is the name of
    the nearest past case, `metric` the id of the metric that it is about, each empty for none; `headline` says how the condition
    compares that. `effects` are what the turned figure did after somebody acted, by horizon. `quoted` is what was said, where the
    tip is about words.
    """

    id: str
    session: LiveSession
    merchant: str
    rule: Rule
    since: datetime
    told: datetime
    turn: Turn | None = None
    bars: tuple[Bar, ...] = ()
    usual: Usual | None = None
    evidence: tuple[Figure, ...] = ()
    together: tuple[Rule, ...] = ()
    holders: Mapping[str, str] = field(default_factory=dict)
    case: str = ""
    metric: str = ""
    headline: Headline | None = None
    acknowledged: By | None = None
    muted_until: datetime | None = None
    not_useful: By | None = None
    recovered: Recovered | None = None
    escalated: datetime | None = None
    effects: tuple[Effect, ...] = ()
    quoted: Quoted | None = None

    @property
    def severity(self) -> Severity:
        """That of the rule."""
        return self.rule.severity

    @property
    def is_back(self) -> bool:
        """Whether the figure of a tip that is over is as it was before."""
        turn, over = self.turn, self.recovered
        if turn is None or over is None or turn.span is None:  # beside what is usual, not beside earlier
            return True
        return is_back(turn.before, turn.now, over.value)

    def state(self, now: datetime) -> State:
        """Where it stands; a mute that has run out is none."""
        if self.recovered:
            return State.RECOVERED
        if self.acknowledged:
            return State.ACKNOWLEDGED
        if self.muted_until and now < self.muted_until:
            return State.MUTED
        return State.ESCALATED if self.escalated else State.FRESH


@dataclass(frozen=True, slots=True)
class Blind:
    """A feed that brings nothing. `missing` names the figures that are missing, empty where all are."""

    session: LiveSession
    merchant: str
    feed: str
    kind: FeedKind
    since: datetime
    missing: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Sighted:
    """A feed that is back after a gap: `samples` that did not come, how many rules were not judged, what figures did.

    None where that was not counted.
    """

    blind: Blind
    back: datetime
    samples: int | None = None
    rules: int | None = None
    turns: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Withheld:
    """A rule that stayed silent: the stage that decided, which of its sentences says why, and what fills it in.

    `values` may hold moments as ``since`` and ``until`` (with a zone, or in seconds of the epoch), ``seconds`` to wait, ids of
    figures and rules, a phase, planned events.
    """

    session: LiveSession
    rule: Rule
    at: datetime
    stage: str
    key: str
    values: Mapping[str, object] = field(default_factory=dict)


def bars(rule: Rule, in_force: Mapping[str, tuple[float, Basis]], known: Mapping[str, Metric | Input]) -> tuple[Bar, ...]:
    """The thresholds that a rule's condition names, as far as they are in force; `known` are metrics and inputs by id."""
    named = set(_WORD.findall(rule.when.text))
    found = []
    for name, limit in rule.limits.items():
        of = known.get(limit.of)
        if name not in named or name not in in_force or of is None:
            continue
        value, basis = in_force[name]
        factor = {Basis.OWN: limit.own, Basis.ROOM: limit.own, Basis.MATES: limit.peers, Basis.PEERS: limit.peers}.get(basis)
        english = of.english if isinstance(of, Metric) else ""
        value *= sign_of(rule.when.root, name)
        found.append(Bar(of.name, english, of.unit, value, basis, factor, limit.ratio, limit.source))
    return tuple(found)


def weightiest(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """The rules of one cause, the most severe first; of equals the one with the smaller number."""
    return tuple(sorted(rules, key=lambda rule: (-_RANK[rule.severity], rule.id)))
