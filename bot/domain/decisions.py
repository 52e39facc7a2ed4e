"""What was decided about a rule at a moment, and why. Words for people are the channels'."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.headlines import Headline
from bot.domain.nudges import Phase, Planned, Rule, Severity


class Stage(StrEnum):
    """The stages of a decision in their order; each can keep a rule silent, and SENT is what passed them all."""

    GAP = "gap"
    SAMPLES = "samples"
    THRESHOLD = "threshold"
    CHANCE = "chance"
    HOLD = "hold"
    PHASE = "phase"
    PLANNED = "planned"
    INHIBITED = "inhibited"
    MUTED = "muted"
    COOLDOWN = "cooldown"
    GROUPED = "grouped"
    BUDGET = "budget"
    WITHHELD = "withheld"
    SENT = "sent"


BEYOND_THRESHOLD = frozenset(list(Stage)[list(Stage).index(Stage.CHANCE) :])
"""The stages of rules whose condition held."""


class Source(StrEnum):
    """Where a threshold comes from; the first that is known counts.

    OWN is the same host's last seven days, ROOM the room's where the host has too few of them; MATES the same merchant's other
    hosts, PEERS comparable rooms as a plan file gives them.
    """

    OWN = "own"
    ROOM = "room"
    MATES = "mates"
    PEERS = "peers"
    DEFAULT = "default"
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit in force: its figure, where that comes from, and the median that it is a factor of, if it is one."""

    value: float
    source: Source
    usual: float | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a stage keeps a rule silent: `key` names a sentence, `values` fill it in."""

    stage: Stage
    key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """How well the counts carry a condition that holds.

    `deviations` is by how many standard deviations its weakest comparison lies beyond what chance gives, infinite where no
    chance is in it. `undoes` says that a rise only goes back to what is usual. `swing` is how far that figure usually moves in
    this session, `moved` how far it did; 0 where not compared.
    """

    holds: bool
    deviations: float = float("inf")
    swing: float = 0.0
    moved: float = 0.0
    wanted: float = 0.0
    undoes: bool = False

    @property
    def carries(self) -> bool:
        """Whether the condition is more than chance."""
        return self.holds and self.deviations >= self.wanted and abs(self.moved) >= self.swing and not self.undoes

    @property
    def confidence(self) -> float:
        """From 0 to 1, as the deviations grow."""
        return 1.0 if self.deviations == float("inf") else self.deviations / (self.deviations + 1)


@dataclass(frozen=True, slots=True)
class Look:
    """One rule at one moment (seconds), with everything that its stages ask.

    `began` is go-live. `blind_since` is the latest sample before a gap that lasts; `samples` counts those since the last gap or
    restart of what the rule reads, `missing` names what is unknown of it. `holds` is the condition, None when unknown; `held`
    counts the samples in a row for which it has held and been more than chance. `planned` are announced events that are on or
    settling. `silenced_by` are rules with a standing tip that explains this one. `standing` says that the rule's own last tip is
    not over, `said` when it was. `acting` is how often the team acts on the rule, as a multiple of what is usual.
    """

    rule: Rule
    now: float
    began: float | None
    samples: int
    holds: bool | None
    evidence: Evidence
    held: int
    phase: Phase
    planned: frozenset[Planned] = frozenset()
    blind_since: float | None = None
    missing: tuple[str, ...] = ()
    silenced_by: tuple[str, ...] = ()
    muted_until: float | None = None
    said: float | None = None
    standing: bool = False
    acting: float = 1.0


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about a rule: sent when `reason` is None.

    `values` are the figures that the rule reads, missing ones None; `thresholds` the limits in force. `together` are rules that
    were true from the same cause and are told in this tip. `headline` is what it leads with, and `figure` what that was.
    """

    rule: Rule
    at: float
    reason: Reason | None
    values: Mapping[str, float | None] = field(default_factory=dict)
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)
    confidence: float = 1.0
    together: tuple[Rule, ...] = ()
    drawn: bool = False
    headline: Headline | None = None
    figure: float | None = None

    @property
    def sent(self) -> bool:
        """Whether people are told."""
        return self.reason is None

    @property
    def stage(self) -> Stage:
        """The stage that decided."""
        return Stage.SENT if self.reason is None else self.reason.stage

    @property
    def severity(self) -> Severity:
        """That of the rule."""
        return self.rule.severity
