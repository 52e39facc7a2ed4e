"""Rules: a condition over the live metrics, with advice for who acts. What is decided about a sample joins them here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.expressions import Expression


class Severity(StrEnum):
    """How much a tip interrupts, mildest first."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Phase(StrEnum):
    """The parts of a live session, in their usual order."""

    OPENING = "opening"
    WELFARE = "welfare"
    MAIN = "main"
    CLOSING = "closing"


class Planned(StrEnum):
    """What a session's plan may announce, so that its traces are not taken for incidents."""

    GIVEAWAY = "giveaway"
    HOST_CHANGE = "host_change"
    HOT_RELEASE = "hot_release"
    BUDGET_RAISE = "budget_raise"
    BREAK = "break"


class Within(StrEnum):
    """How soon a step is due after the tip."""

    SECONDS_60 = "60s"
    MINUTES_5 = "5min"
    MINUTES_15 = "15min"


@dataclass(frozen=True, slots=True)
class Limit:
    """A threshold that a condition names; the first that is known counts.

    `own` is a factor on this room's 7-day same-slot median of the metric `of`, `peers` one on the median of comparable rooms,
    `default` a figure in the unit of `of` (fractions for %), or a plain ratio where `ratio` says so: a growth, a multiple.
    `session` is a factor on what this session itself has been like so far, for where no earlier ones are known. `source` says
    where the figures come from.
    """

    of: str
    own: float | None
    peers: float | None
    default: float | None
    source: str
    ratio: bool = False
    session: float | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of advice: who does what, within how long. `about` is the part of the rule that it is for, empty for any."""

    within: Within
    who: str
    do: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the handbook.

    `sign` says in words what `when` says exactly; `recovered` says when it is over (None: when `when` no longer holds).
    `hold` is how many samples in a row the condition must hold, `min_samples` how many must have come before, `cooldown` seconds
    between two tips of the rule, `not_before` seconds after go-live. Empty `phases` means every phase. `quiet_during` are
    planned events that explain the sign; `inhibits` are rules that this one's cause silences. `mark` is P where a public
    source gives the threshold, C where it is this project's own. `lawful` is the law where breaking it is the sign; `needs` are
    the metrics and inputs that `when` and `recovered` read. `parts` names what a rule about several things is about, by the
    figure of each.
    """

    id: str
    name: str
    group: str
    severity: Severity
    sign: str
    when: Expression
    recovered: Expression | None
    limits: Mapping[str, Limit]
    hold: int
    min_samples: int
    cooldown: int
    not_before: int
    phases: frozenset[Phase]
    quiet_during: frozenset[Planned]
    inhibits: tuple[str, ...]
    who: str
    steps: tuple[Step, ...]
    section: str
    source: str
    mark: str
    lawful: str = ""
    needs: frozenset[str] = field(default_factory=frozenset)
    parts: Mapping[str, str] = field(default_factory=dict)
