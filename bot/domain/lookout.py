"""One live session watched: rows in; what is told, what kept silent and what is over out. Pure; the rows' own time is the clock.

It can be kept as plain values and made again from them and the rows since, in another process, without saying anything twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.baselines import MINUTES
from bot.domain.decisions import Decision, Look
from bot.domain.expected import Expected, expected
from bot.domain.expressions.nodes import Binary, Call, Name, Node, Unary
from bot.domain.feeds import Gap, Return
from bot.domain.nudges import Rule
from bot.domain.oddities import ANOMALY, HEADLINES, HOLD, called, node_of, rule_of
from bot.domain.pasts import EDGES, Past, facts, usual
from bot.domain.plan_figures import INPUTS
from bot.domain.plans import Plan
from bot.domain.rulebook import Rulebook
from bot.domain.running_order import RunningOrder, events, phases
from bot.domain.samples import MINUTE
from bot.domain.seats import Watched
from bot.domain.session_state import SessionState
from bot.domain.sessions import LiveSession
from bot.domain.tips import leading
from bot.domain.watch import Watch

Row = tuple[float, Mapping[str, float]]
"""(seconds, figures that have a value)."""
PLANNED = ("goal", *INPUTS)
"""The handbook's inputs that only a session's plan can give."""
_PAST = frozenset({"ago", "change", "delta"})


@dataclass(frozen=True, slots=True)
class Spoken:
    """A decision to tell people. `since` is when the condition began to hold; `before` what the headline's figure was `span`
    seconds earlier, None where the rule does not compare it with earlier. `usual` is what it was expected to be."""

    decision: Decision
    since: float
    before: float | None = None
    span: float | None = None
    usual: Expected | None = None


@dataclass(frozen=True, slots=True)
class Over:
    """What a rule told of is over; `value` is what the headline's figure was then."""

    rule: Rule
    at: float
    value: float | None


Happening = Spoken | Decision | Over | Gap | Return
"""`Decision` here are those that kept silent."""


class Lookout:
    """Watches one session. `state` is that of an earlier one, which is gone on with."""

    def __init__(self, book: Rulebook, watched: Watched, state: SessionState | None = None) -> None:
        self._watch = Watch(book, 1, book.cadences)
        self._book = book
        self._column = self._watch.join(watched)
        self._watched = watched
        self._minutes: dict[str, list[float]] = {name: [] for name in book.figures}
        self._minute = -1
        if state is not None:
            self._watch.resume(self._column, state)
        self.latest = 0.0
        """The latest row's moment, in seconds."""

    @property
    def state(self) -> SessionState:
        """What to keep of it."""
        return self._watch.state(self._column)

    def remember(self, rows: Iterable[Row]) -> None:
        """Take rows in that were decided about before."""
        for at, values in rows:
            self.latest = max(self.latest, at)
            self._watch.remember(self.latest, [(self._column, at, values)])
            self._note()

    def take(self, rows: Iterable[Row]) -> list[Happening]:
        """Decide about new rows, in the order in which they come."""
        found: list[Happening] = []
        for at, values in rows:
            self.latest = max(self.latest, at)
            stood = self.state.standing
            for _, event in self._watch.step(self.latest, [(self._column, at, values)]):
                if isinstance(event, Decision):
                    found.append(self._spoken(event) if event.sent else event)
                elif isinstance(event, Gap | Return):
                    found.append(event)
            self._note()
            still = frozenset(self.state.standing)
            found += (self._over(name) for name in stood if name not in still)
        return found

    def looks(self) -> list[tuple[Look, bool]]:
        """Every rule as it is at the latest row, and whether its condition nearly holds."""
        return self._watch.looks(self._column, self.latest)

    def expected(self, metric: str) -> Expected | None:
        """What a metric is expected to be now, from earlier sessions, else from this one."""
        seat = self._watch.seats[self._column]
        if seat is None or seat.began is None:
            return None
        on, phase = (self.latest - seat.began) / MINUTE, seat.phase(self.latest)
        return expected(metric, on, phase, self._watched.past, self._minutes.get(metric, ()))

    def unknown(self, names: Iterable[str]) -> tuple[str, ...]:
        """Of these figures those that neither the plan nor the feed has brought."""
        return tuple(name for name in names if self._watch.value(self._column, Name(name, 0)) is None)

    def _note(self) -> None:
        """Keep each minute's figures of this session's body: what is usual in it where no earlier one tells."""
        seat, minute = self._watch.seats[self._column], int(self.latest // MINUTE)
        if seat is None or minute == self._minute or seat.phase(self.latest) in EDGES:
            return
        self._minute = minute
        for name, kept in self._minutes.items():
            value = self._watch.value(self._column, Name(name, 0))
            kept.append(float("nan") if value is None else value)
            del kept[:-MINUTES]

    def silent(self, now: float) -> list[Gap]:
        """The gaps that have become plain by now, without a row."""
        return [gap for _, gap in self._watch.tick(now)]

    def mute(self, until: Mapping[str, float]) -> None:
        """Rules, each with the moment until which it is muted."""
        seat = self._watch.seats[self._column]
        if seat is not None:
            seat.muted = dict(until)

    def _spoken(self, decision: Decision) -> Spoken:
        seat, rule = self._watch.seats[self._column], decision.rule
        step = seat.feed.pace.step if seat else 0.0
        held = self.state.held.get(rule.id, rule.hold)
        since = decision.at - max(held - 1, 0) * step
        figure = leading(rule)
        if rule.id == ANOMALY:
            usual = decision.thresholds["usual"].usual
            expected = None if HEADLINES[figure] else self.expected(figure)  # of a counter its growth is told
            return Spoken(decision, decision.at - (HOLD - 1) * MINUTE, usual, usual=expected)
        now = decision.values.get(figure)
        for call in _calls(rule.when.root, figure):
            value = self._watch.value(self._column, call)
            if now is None or value is None:
                continue
            before = {"ago": value, "delta": now - value}.get(call.function, now / (1 + value) if value > -1 else None)
            return Spoken(decision, since, before, call.window or call.back or None, self.expected(figure))
        return Spoken(decision, since, usual=self.expected(figure))

    def _over(self, name: str) -> Over:
        head, _, metric = name.partition(":")
        if head == ANOMALY:
            known = {figure.id: figure.name for figure in self._book.known}
            rule = rule_of(metric, called(metric, known[metric]))
            return Over(rule, self.latest, self._watch.value(self._column, node_of(metric)))
        rule = next(one.rule for one in self._book.rules if one.rule.id == name)
        return Over(rule, self.latest, self._watch.value(self._column, Name(leading(rule), 0)))


def planned(session: LiveSession) -> dict[str, float]:
    """The inputs that the session's plan sets, of `PLANNED`."""
    return session.figures.known | ({} if session.goal is None else {"goal": float(session.goal)})


def watched_of(session: LiveSession, order: RunningOrder, pasts: Sequence[Past] = ()) -> Watched:
    """What is known of a session from its own plan, its running order and its merchant's earlier sessions."""
    begin = session.go_live
    figures = facts(pasts, begin) | planned(session)
    plan = Plan(begin, session.ends_at, None, tuple(phases(order, begin)), events(order, begin))
    return Watched(session.id, begin.timestamp(), plan, figures, past=usual(pasts, session.host, begin))


def rows_of(samples: Sequence[tuple[float, Mapping[str, float]]], after: float) -> list[Row]:
    """Those that are later than a moment, by their time."""
    return sorted((one for one in samples if one[0] > after), key=lambda one: one[0])


def _calls(node: Node, figure: str) -> Iterator[Call]:
    """Where a condition compares a figure with what it was."""
    if isinstance(node, Call):
        if node.function in _PAST and isinstance(node.x, Name) and node.x.id == figure:
            yield node
    elif isinstance(node, Binary):
        yield from _calls(node.left, figure)
        yield from _calls(node.right, figure)
    elif isinstance(node, Unary):
        yield from _calls(node.operand, figure)
