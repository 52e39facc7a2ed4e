"""From a rule's condition to a tip or a reason for silence: a list of stages, each a small function.

A stage passes (None) or gives its reason; the first reason decides. STAGES look at one rule by itself; afterwards rules that
speak in the same moment are joined to one tip a cause, and an hour's budget lets the weightier through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.domain.decisions import Look, Reason, Stage
from bot.domain.learning import drawn, may_withhold
from bot.domain.nudges import Rule, Severity

HOUR = 3600.0
SAME_MOMENT = 60.0
"""Seconds in which a second rule of the same group counts as the same cause: the feed's figures do not all arrive at once."""
BUDGET = 6
"""Tips an hour: more than one in ten minutes nobody can act on."""
_RANK = {severity: rank for rank, severity in enumerate(Severity)}
_WORTH = {Severity.INFO: 0.5, Severity.LOW: 0.6, Severity.MEDIUM: 0.9, Severity.HIGH: 1.2, Severity.CRITICAL: float("inf")}


def gap(look: Look) -> Reason | None:
    """While the feed is blind nothing is said but that."""
    return None if look.blind_since is None else Reason(Stage.GAP, "blind", {"since": look.blind_since})


def samples(look: Look) -> Reason | None:
    """Enough samples since the start, a gap or a restart, and late enough in the session."""
    rule = look.rule
    if look.samples < rule.min_samples:
        return Reason(Stage.SAMPLES, "few_samples", {"have": look.samples, "need": rule.min_samples})
    if rule.not_before and look.began is None:
        return Reason(Stage.SAMPLES, "no_start")
    if look.began is not None and look.now - look.began < rule.not_before:
        return Reason(Stage.SAMPLES, "too_early", {"minutes": rule.not_before / 60})
    return None


def threshold(look: Look) -> Reason | None:
    """The condition itself. What is unknown is not taken for a yes."""
    if look.holds is None:
        return Reason(Stage.THRESHOLD, "missing", {"names": look.missing})
    return None if look.holds else Reason(Stage.THRESHOLD, "within")


def chance(look: Look) -> Reason | None:
    """Whether it is more than what chance does to so few counts, and more than this session's usual swing."""
    found = look.evidence
    if found.carries:
        return None
    if found.deviations < found.wanted:
        return Reason(Stage.CHANCE, "few_counts", {"deviations": round(found.deviations, 1), "wanted": found.wanted})
    if found.swing == float("inf"):
        return Reason(Stage.CHANCE, "no_usual")
    if found.undoes:
        return Reason(Stage.CHANCE, "undoes")
    return Reason(Stage.CHANCE, "usual_swing", {"moved": round(found.moved, 3), "swing": round(found.swing, 3)})


def hold(look: Look) -> Reason | None:
    """For so many samples in a row."""
    return None if look.held >= look.rule.hold else Reason(Stage.HOLD, "holding", {"have": look.held, "need": look.rule.hold})


def phase(look: Look) -> Reason | None:
    """Only in the parts of the session that the rule is for."""
    phases = look.rule.phases
    return None if not phases or look.phase in phases else Reason(Stage.PHASE, "phase", {"phase": look.phase})


def planned(look: Look) -> Reason | None:
    """What was announced is no incident."""
    found = look.rule.quiet_during & look.planned
    return Reason(Stage.PLANNED, "planned", {"events": tuple(sorted(found))}) if found else None


def inhibited(look: Look) -> Reason | None:
    """One cause, one tip."""
    return Reason(Stage.INHIBITED, "inhibited", {"rules": look.silenced_by}) if look.silenced_by else None


def muted(look: Look) -> Reason | None:
    """Somebody asked for silence; not about the law."""
    if look.muted_until is None or look.now >= look.muted_until or look.rule.severity is Severity.CRITICAL:
        return None
    return Reason(Stage.MUTED, "muted", {"until": look.muted_until})


def cooldown(look: Look) -> Reason | None:
    """Not again before it was over for a while, and not too soon after the last time."""
    if look.said is None:
        return None
    if look.standing:
        return Reason(Stage.COOLDOWN, "standing", {"since": look.said})
    left = look.said + look.rule.cooldown - look.now
    return Reason(Stage.COOLDOWN, "cooling", {"seconds": left}) if left > 0 else None


STAGES: tuple[Callable[[Look], Reason | None], ...] = (
    gap,
    samples,
    threshold,
    chance,
    hold,
    phase,
    planned,
    inhibited,
    muted,
    cooldown,
)


def decide(look: Look) -> Reason | None:
    """The reason of the first stage that keeps the rule silent; None when it passes them all."""
    for stage in STAGES:
        if (reason := stage(look)) is not None:
            return reason
    return None


@dataclass(frozen=True, slots=True)
class Told:
    """A tip that was sent: when, of which rule."""

    at: float
    rule: Rule


@dataclass(frozen=True, slots=True)
class Draw:
    """Mild tips of a session of which a share is withheld; `seed` is the team's."""

    seed: str
    session: str
    share: float


def weightiest(looks: Iterable[Look]) -> list[Look]:
    """The most severe first; of equals the surest that the team acts on most, then the one with the smaller number."""
    return sorted(looks, key=lambda look: (-_RANK[look.rule.severity], -look.evidence.confidence * look.acting, look.rule.id))


def joined(look: Look, told: Sequence[Told]) -> Reason | None:
    """Whether a tip of the same group, just sent and no less severe, has already told of the same cause."""
    for tip in reversed(told):
        if look.now - tip.at > SAME_MOMENT:
            break
        if is_joined(look.rule, tip.rule):
            return Reason(Stage.GROUPED, "grouped", {"rule": tip.rule.id})
    return None


def is_joined(rule: Rule, lead: Rule) -> bool:
    """Whether a rule is told in the tip of another: of the same group, and no more severe. The law is always told by itself."""
    same = rule is not lead and rule.group == lead.group and rule.severity is not Severity.CRITICAL
    return same and _RANK[lead.severity] >= _RANK[rule.severity]


def budget(look: Look, told: Sequence[Told], most: int = BUDGET) -> Reason | None:
    """Whether the hour has room for a tip of this weight.

    How much of the budget it may use up is severity x confidence x how often this team acts on such tips.
    """
    worth = _WORTH[look.rule.severity] * look.evidence.confidence * look.acting
    spent = sum(1 for tip in told if look.now - tip.at < HOUR)
    if worth == float("inf") or spent < most * min(worth, 1.0):
        return None
    return Reason(Stage.BUDGET, "budget", {"spent": spent, "most": most})


def withheld(look: Look, draw: Draw | None) -> Reason | None:
    """Whether the draw keeps a mild tip back, to learn what happens without it."""
    if draw is None or not may_withhold(look.rule) or not drawn(draw.seed, draw.session, look.rule.id, look.now, draw.share):
        return None
    return Reason(Stage.WITHHELD, "withheld", {"percent": round(draw.share * 100)})
