"""A change of rules tried on sessions of the past: how often it would have spoken, and where. Pure.

Only the rules that change are tried, with those that would silence them: whatever else was told then does not hide them. The
rows' own time is the clock, and what decides is what decides live.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.domain.decisions import BEYOND_THRESHOLD, Decision, Threshold
from bot.domain.headlines import Headline
from bot.domain.metrics import PROGRESS, Input, Metric
from bot.domain.nudges import Rule
from bot.domain.replaying import replay
from bot.domain.rulebook import ELAPSED, LENGTH, Rulebook, prepare
from bot.domain.seats import Watched

EXAMPLES = 3
_CLOCK = frozenset({ELAPSED, LENGTH, PROGRESS})


@dataclass(frozen=True, slots=True)
class Past:
    """One session of the past: what its plan says, and its rows (seconds, figures)."""

    watched: Watched
    rows: Sequence[tuple[float, Mapping[str, float]]]

    @property
    def hours(self) -> float:
        """How long there are figures of."""
        return (self.rows[-1][0] - self.rows[0][0]) / 3600 if self.rows else 0.0


@dataclass(frozen=True, slots=True)
class Example:
    """One tip that would have come: in which session, when (seconds), with which figures and limits; `figure` is the one that it
    leads with."""

    session: str
    at: float
    rule: Rule
    values: Mapping[str, float | None]
    thresholds: Mapping[str, Threshold]
    headline: Headline | None = None
    figure: float | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """What a trial came to. `tips` and `before` are how many tips there would be with the change and without it, over `hours`.

    `examples` are tips with the change, one a session as far as there are; without any, those that would be gone. `silent` are
    the stages that kept the rules silent most often beyond their limit; `missing` are figures that no session has.
    """

    sessions: int = 0
    hours: float = 0.0
    tips: int = 0
    before: int = 0
    examples: tuple[Example, ...] = ()
    silent: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def an_hour(self) -> float:
        """Tips an hour with the change."""
        return self.tips / self.hours if self.hours else 0.0

    @property
    def an_hour_before(self) -> float:
        """Tips an hour without it."""
        return self.before / self.hours if self.hours else 0.0


@dataclass(frozen=True, slots=True)
class Side:
    """What is tried: rules, and the medians of comparable rooms by metric."""

    rules: Sequence[Rule]
    peers: Mapping[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class _Tally:
    tips: list[Example] = field(default_factory=list)
    stages: Counter[str] = field(default_factory=Counter)


def tried(
    changed: Collection[str], old: Side, new: Side, figures: Sequence[Metric | Input], pasts: Sequence[Past]
) -> Trial:  # fmt: skip
    """Try the rules with these ids as they are in `new` beside what they are in `old`. Raises ExpressionError."""
    after, before = _Tally(), _Tally()
    books = [(_book(changed, side.rules, figures), side.peers, tally) for side, tally in ((old, before), (new, after))]
    played = [past for past in pasts if past.rows]
    for past in played:
        for book, peers, tally in books:
            if book.rules:
                _count(book, replace(past, watched=replace(past.watched, peers=peers)), changed, tally)
    needed = {name for one in books[1][0].rules if one.rule.id in changed for name in one.bases} - _CLOCK
    seen = {name for past in played for name in past.watched.figures}.union(*(row for past in played for _, row in past.rows))
    return Trial(
        len(played), sum(past.hours for past in played), len(after.tips), len(before.tips),
        _spread(after.tips or before.tips), tuple(key for key, _ in after.stages.most_common(2)),
        tuple(sorted(needed - seen)) if played else (),
    )  # fmt: skip


def told(
    changed: Collection[str], rules: Sequence[Rule], figures: Sequence[Metric | Input], pasts: Sequence[Past]
) -> list[Example]:
    """The tips of the rules with these ids over sessions of the past, session by session. Raises ExpressionError."""
    book, tally = _book(changed, rules, figures), _Tally()
    for past in pasts:
        if past.rows and book.rules:
            _count(book, past, changed, tally)
    return tally.tips


def _book(changed: Collection[str], rules: Sequence[Rule], figures: Sequence[Metric | Input]) -> Rulebook:
    wanted = [rule for rule in rules if rule.id in changed or not set(rule.inhibits).isdisjoint(changed)]
    metrics = [one for one in figures if isinstance(one, Metric)]
    return prepare(wanted, metrics, [one for one in figures if isinstance(one, Input)])


def _count(book: Rulebook, past: Past, changed: Collection[str], tally: _Tally) -> None:
    for at, event in replay(book, past.watched, past.rows):
        if not isinstance(event, Decision) or event.rule.id not in changed:
            continue
        if event.sent:
            found = Example(past.watched.id, at, event.rule, event.values, event.thresholds, event.headline, event.figure)
            tally.tips.append(found)
        elif event.reason is not None and event.stage in BEYOND_THRESHOLD:
            tally.stages[event.stage.value] += 1


def _spread(found: Sequence[Example]) -> tuple[Example, ...]:
    """A few of them: the first of each session, then whatever there is."""
    first: dict[str, Example] = {}
    for one in found:
        first.setdefault(one.session, one)
    rest = [one for one in found if one not in first.values()]
    return tuple(sorted([*first.values(), *rest][:EXAMPLES], key=lambda one: one.at))
