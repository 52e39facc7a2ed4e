"""Live sessions watched: rows in; what is told, what kept silent and what is over out. Pure; the rows' own time is the clock.

A session can be kept as plain values and made again from them and the rows since, in another process, without saying anything
twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.decisions import Decision, Look
from bot.domain.expressions.nodes import Binary, Call, Name, Node, Unary
from bot.domain.feeds import Gap, Return
from bot.domain.nudges import Rule
from bot.domain.plans import Plan
from bot.domain.rulebook import Rulebook
from bot.domain.running_order import RunningOrder, events, phases
from bot.domain.seats import Seat, Watched
from bot.domain.session_state import SessionState
from bot.domain.sessions import LiveSession
from bot.domain.tips import leading
from bot.domain.watch import Watch

Row = tuple[float, Mapping[str, float]]
"""(seconds, figures that have a value)."""
FIRST_SEATS = 8
"""Room for so many sessions to begin with; whenever it is taken, it is doubled."""
_PAST = frozenset({"ago", "change", "delta"})


@dataclass(frozen=True, slots=True)
class Spoken:
    """A decision to tell people. `since` is when the condition began to hold; `before` what the headline's figure was `span`
    seconds earlier, None where the rule does not compare it with earlier."""

    decision: Decision
    since: float
    before: float | None = None
    span: float | None = None


@dataclass(frozen=True, slots=True)
class Over:
    """What a rule told of is over; `value` is what the headline's figure was then."""

    rule: Rule
    at: float
    value: float | None


Happening = Spoken | Decision | Over | Gap | Return
"""`Decision` here are those that kept silent."""


class Lookout:
    """Watches many sessions side by side by the rules of `book`; each is known by its id."""

    def __init__(self, book: Rulebook) -> None:
        self._watch = Watch(book, FIRST_SEATS, book.cadences)
        self.book = book
        self._columns: dict[str, int] = {}
        self._upto: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._columns)

    def __contains__(self, id: str) -> bool:
        return id in self._columns

    def join(self, watched: Watched, state: SessionState | None = None, upto: float = 0.0) -> None:
        """Watch one more session. `state` is what it was kept as after its rows `upto` a moment: it is gone on with."""
        if None not in self._watch.seats:
            self._watch.grow(len(self._watch.seats))
        column = self._columns[watched.id] = self._watch.join(watched)
        self._upto[watched.id] = upto
        if state is not None:
            self._watch.resume(column, state)

    def leave(self, id: str) -> None:
        """Watch a session no more, if it is watched."""
        column = self._columns.pop(id, None)
        if column is not None:
            self._watch.leave(column)
            del self._upto[id]

    def state(self, id: str) -> SessionState:
        """What to keep of a session."""
        return self._watch.state(self._columns[id])

    def upto(self, id: str) -> float:
        """The moment of the latest row that was decided about, in seconds."""
        return max(self._upto[id], self._seat(id).clock)

    def remember(self, rows: Mapping[str, Sequence[Row]]) -> None:
        """Take rows in that were decided about before, by session."""
        for together in _together(rows):
            self._watch.remember([(self._columns[id], *row) for id, row in together])

    def take(self, rows: Mapping[str, Sequence[Row]]) -> dict[str, list[Happening]]:
        """Decide about new rows, by session, in the order in which they come."""
        found: dict[str, list[Happening]] = {id: [] for id in rows}
        for together in _together(rows):
            columns = {self._columns[id]: id for id, _ in together}
            stood = {column: self._watch.standing(column) for column in columns}
            for column, event in self._watch.step([(self._columns[id], *row) for id, row in together]):
                if isinstance(event, Decision):
                    found[columns[column]].append(self._spoken(column, event) if event.sent else event)
                elif isinstance(event, Gap | Return):
                    found[columns[column]].append(event)
            for column, before in stood.items():
                still = self._watch.standing(column) if before else ()
                found[columns[column]] += (self._over(column, name) for name in before if name not in still)
        return found

    def silent(self, now: float) -> dict[str, list[Gap]]:
        """The gaps that have become plain by now, without a row, by session."""
        ids = {column: id for id, column in self._columns.items()}
        found: dict[str, list[Gap]] = {}
        for column, gap in self._watch.tick(now):
            found.setdefault(ids[column], []).append(gap)
        return found

    def looks(self, id: str) -> list[tuple[Look, bool]]:
        """Every rule as it is at a session's latest row, and whether its condition nearly holds."""
        return self._watch.looks(self._columns[id])

    def mute(self, id: str, until: Mapping[str, float]) -> None:
        """Rules, each with the moment until which it is muted in this session."""
        self._seat(id).muted = dict(until)

    def _seat(self, id: str) -> Seat:
        return self._watch.seat(self._columns[id])

    def _spoken(self, column: int, decision: Decision) -> Spoken:
        rule = decision.rule
        held = self._watch.state(column).held.get(rule.id, rule.hold)
        since = decision.at - max(held - 1, 0) * self._watch.seat(column).feed.pace.step
        figure = leading(rule)
        now = decision.values.get(figure)
        for call in _calls(rule.when.root, figure):
            value = self._watch.value(column, call)
            if now is None or value is None:
                continue
            before = {"ago": value, "delta": now - value}.get(call.function, now / (1 + value) if value > -1 else None)
            return Spoken(decision, since, before, call.window or call.back or None)
        return Spoken(decision, since)

    def _over(self, column: int, name: str) -> Over:
        rule = next(one.rule for one in self.book.rules if one.rule.id == name)
        return Over(rule, self._watch.seat(column).clock, self._watch.value(column, Name(leading(rule), 0)))


def watched_of(session: LiveSession, order: RunningOrder) -> Watched:
    """What is known of a session from its own plan and its running order."""
    begin = session.go_live
    goal = None if session.goal is None else float(session.goal)
    plan = Plan(begin, session.ends_at, None, tuple(phases(order, begin)), events(order, begin))
    return Watched(session.id, begin.timestamp(), plan, {} if goal is None else {"goal": goal})


def rows_of(samples: Sequence[tuple[float, Mapping[str, float]]], after: float) -> list[Row]:
    """Those that are later than a moment, by their time."""
    return sorted((one for one in samples if one[0] > after), key=lambda one: one[0])


def _together(rows: Mapping[str, Sequence[Row]]) -> Iterator[list[tuple[str, Row]]]:
    """The first row of every session, then the second of those that have one, and so on."""
    for place in range(max(map(len, rows.values()), default=0)):
        yield [(id, theirs[place]) for id, theirs in rows.items() if place < len(theirs)]


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
