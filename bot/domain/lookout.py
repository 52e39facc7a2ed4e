"""Live sessions watched: rows in; what is told, what kept silent and what is over out. Pure; the rows' own time is the clock.

A session can be kept as plain values and made again from them and the rows since, in another process, without saying anything
twice.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.baselines import MINUTES
from bot.domain.decisions import Decision, Look
from bot.domain.expected import Expected, expected
from bot.domain.expressions.nodes import Binary, Call, Name, Node, Unary
from bot.domain.feeds import Gap, Return
from bot.domain.headlines import Headline, headlines, leading
from bot.domain.metrics import Metric
from bot.domain.nudges import Rule
from bot.domain.oddities import ANOMALY, HEADLINES, HOLD, called, node_of, rule_of
from bot.domain.pasts import EDGES, Past, facts, usual
from bot.domain.peers import PeerFigure, in_force
from bot.domain.plan_figures import INPUTS
from bot.domain.plans import Plan
from bot.domain.rulebook import Rulebook
from bot.domain.running_order import RunningOrder, events, phases
from bot.domain.samples import MINUTE
from bot.domain.seats import Seat, Watched
from bot.domain.session_state import SessionState
from bot.domain.sessions import LiveSession
from bot.domain.watch import Watch

Row = tuple[float, Mapping[str, float]]
"""(seconds, figures that have a value)."""
FIRST_SEATS = 8
"""Room for so many sessions to begin with; whenever it is taken, it is doubled."""
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


@dataclass(slots=True)
class _Room:
    """A session's column, up to when its rows were decided about when it joined, and minute by minute what tips lead with: of
    all figures it would be three times as much as all else that is kept of a session. `led` is what each rule last led with."""

    column: int
    upto: float
    minutes: dict[str, array[float]]
    minute: int = -1
    led: dict[str, Headline] = field(default_factory=dict)


class Lookout:
    """Watches many sessions side by side by the rules of `book`; each is known by its id."""

    def __init__(self, book: Rulebook) -> None:
        self._watch = Watch(book, FIRST_SEATS, book.cadences)
        self.book = book
        self._rooms: dict[str, _Room] = {}
        self._leading = {one.of for prepared in book.rules for one, _, _ in prepared.heads if one.plain} & book.figures.keys()
        # That a session has been behind its plan does not say that it should be.
        self._leading -= {one.id for one in book.known if isinstance(one, Metric) and one.against_plan}

    def __len__(self) -> int:
        return len(self._rooms)

    def __contains__(self, id: str) -> bool:
        return id in self._rooms

    def join(self, watched: Watched, state: SessionState | None = None, upto: float = 0.0) -> None:
        """Watch one more session. `state` is what it was kept as after its rows `upto` a moment: it is gone on with."""
        if None not in self._watch.seats:
            self._watch.grow(len(self._watch.seats))
        column = self._watch.join(watched)
        self._rooms[watched.id] = _Room(column, upto, {name: array("f") for name in self._leading})
        if state is not None:
            self._watch.resume(column, state)

    def leave(self, id: str) -> None:
        """Watch a session no more, if it is watched."""
        room = self._rooms.pop(id, None)
        if room is not None:
            self._watch.leave(room.column)

    def state(self, id: str) -> SessionState:
        """What to keep of a session."""
        return self._watch.state(self._rooms[id].column)

    def upto(self, id: str) -> float:
        """The moment of the latest row that was decided about, in seconds."""
        return max(self._rooms[id].upto, self._seat(id).clock)

    def remember(self, rows: Mapping[str, Sequence[Row]]) -> None:
        """Take rows in that were decided about before, by session."""
        for together in _together(rows):
            self._watch.remember([(self._rooms[id].column, *row) for id, row in together])
            self._note(id for id, _ in together)

    def take(self, rows: Mapping[str, Sequence[Row]]) -> dict[str, list[Happening]]:
        """Decide about new rows, by session, in the order in which they come."""
        found: dict[str, list[Happening]] = {id: [] for id in rows}
        for together in _together(rows):
            columns = {self._rooms[id].column: id for id, _ in together}
            stood = {column: self._watch.standing(column) for column in columns}
            for column, event in self._watch.step([(self._rooms[id].column, *row) for id, row in together]):
                if isinstance(event, Decision):
                    found[columns[column]].append(self._spoken(column, event) if event.sent else event)
                elif isinstance(event, Gap | Return):
                    found[columns[column]].append(event)
            self._note(id for id, _ in together)
            for column, before in stood.items():
                still = self._watch.standing(column) if before else ()
                found[columns[column]] += (self._over(column, name) for name in before if name not in still)
        return found

    def silent(self, now: float) -> dict[str, list[Gap]]:
        """The gaps that have become plain by now, without a row, by session."""
        ids = {room.column: id for id, room in self._rooms.items()}
        found: dict[str, list[Gap]] = {}
        for column, gap in self._watch.tick(now):
            found.setdefault(ids[column], []).append(gap)
        return found

    def looks(self, id: str) -> list[tuple[Look, bool]]:
        """Every rule as it is at a session's latest row, and whether its condition nearly holds."""
        return self._watch.looks(self._rooms[id].column)

    def expected(self, id: str, metric: str) -> Expected | None:
        """What a metric is expected to be at a session's latest row, from earlier sessions, else from this one."""
        seat = self._seat(id)
        if seat.began is None:
            return None
        on, phase = (seat.clock - seat.began) / MINUTE, seat.phase(seat.clock)
        return expected(metric, on, phase, seat.watched.past, self._rooms[id].minutes.get(metric, ()))

    def unknown(self, id: str, names: Iterable[str]) -> tuple[str, ...]:
        """Of these figures those that neither the plan nor the feed has brought."""
        seat, column = self._seat(id), self._rooms[id].column
        if not seat.clock:  # nothing has come yet
            return tuple(name for name in names if name not in seat.watched.figures)
        self._watch.look(column)
        return tuple(name for name in names if self._watch.value(column, Name(name, 0)) is None)

    def _note(self, ids: Iterable[str]) -> None:
        """Keep each minute's figures of a session's body: what is usual in it where no earlier one tells. Only what has just
        been computed is asked for: that of sessions that have begun another minute."""
        for id in ids:
            room, seat = self._rooms[id], self._seat(id)
            minute = int(seat.clock // MINUTE)
            if minute == room.minute or not seat.clock:
                continue
            room.minute = minute
            if seat.phase(seat.clock) in EDGES:
                continue
            for name, kept in room.minutes.items():
                value = self._watch.value(seat.column, Name(name, 0))
                kept.append(float("nan") if value is None else value)
                del kept[:-MINUTES]

    def mute(self, id: str, until: Mapping[str, float]) -> None:
        """Rules, each with the moment until which it is muted in this session."""
        self._seat(id).muted = dict(until)

    def _seat(self, id: str) -> Seat:
        return self._watch.seat(self._rooms[id].column)

    def _spoken(self, column: int, decision: Decision) -> Spoken:
        rule, id = decision.rule, self._watch.seat(column).watched.id
        held = self._watch.state(column).held.get(rule.id, rule.hold)
        since = decision.at - max(held - 1, 0) * self._watch.seat(column).feed.pace.step
        if rule.id == ANOMALY:
            figure = leading(rule)
            usual = decision.thresholds["usual"].usual
            expected = None if HEADLINES[figure] else self.expected(id, figure)  # of a counter its growth is told
            return Spoken(decision, decision.at - (HOLD - 1) * MINUTE, usual, usual=expected)
        headline, now = decision.headline, decision.figure
        if headline is None:
            return Spoken(decision, since)
        self._rooms[id].led[rule.id] = headline
        known = self.expected(id, headline.of) if headline.plain else None
        for call in _calls(rule.when.root, headline):
            value = self._watch.value(column, call)
            if now is None or value is None:
                continue
            before = {"ago": value, "delta": now - value}.get(call.function, now / (1 + value) if value > -1 else None)
            return Spoken(decision, since, before, call.window or call.back or None, known)
        return Spoken(decision, since, usual=known)

    def _over(self, column: int, name: str) -> Over:
        at, (head, _, metric) = self._watch.seat(column).clock, name.partition(":")
        if head == ANOMALY:
            known = {figure.id: figure.name for figure in self.book.known}
            return Over(rule_of(metric, called(metric, known[metric])), at, self._watch.value(column, node_of(metric)))
        rule = next(one.rule for one in self.book.rules if one.rule.id == name)
        nodes = {one.node for one in headlines(rule)}
        led = self._rooms[self._watch.seat(column).watched.id].led.pop(name, None)
        # After a restart it may not be known which of several the tip led with: then no figure is said to have followed it.
        node = led.node if led else nodes.pop() if len(nodes) == 1 else None
        return Over(rule, at, None if node is None else self._watch.value(column, node))


def planned(session: LiveSession) -> dict[str, float]:
    """The inputs that the session's plan sets, of `PLANNED`."""
    return session.figures.known | ({} if session.goal is None else {"goal": float(session.goal)})


def watched_of(
    session: LiveSession, order: RunningOrder, pasts: Sequence[Past] = (), peers: Mapping[str, PeerFigure] | None = None
) -> Watched:  # fmt: skip
    """What is known of a session from its own plan, its running order, its merchant's earlier sessions and comparable rooms."""
    begin = session.go_live
    figures = facts(pasts, begin) | planned(session)
    plan = Plan(begin, session.ends_at, None, tuple(phases(order, begin)), events(order, begin))
    given = in_force(peers or {}, begin)
    return Watched(session.id, begin.timestamp(), plan, figures, peers=given, past=usual(pasts, session.host, begin))


def rows_of(samples: Sequence[tuple[float, Mapping[str, float]]], after: float) -> list[Row]:
    """Those that are later than a moment, by their time."""
    return sorted((one for one in samples if one[0] > after), key=lambda one: one[0])


def _together(rows: Mapping[str, Sequence[Row]]) -> Iterator[list[tuple[str, Row]]]:
    """The first row of every session, then the second of those that have one, and so on."""
    for place in range(max(map(len, rows.values()), default=0)):
        yield [(id, theirs[place]) for id, theirs in rows.items() if place < len(theirs)]


def _calls(node: Node, headline: Headline) -> Iterator[Call]:
    """Where a condition compares a figure with what it was."""
    if isinstance(node, Call):
        if node.function in _PAST and node.x == headline.node:
            yield node
    elif isinstance(node, Binary):
        yield from _calls(node.left, headline)
        yield from _calls(node.right, headline)
    elif isinstance(node, Unary):
        yield from _calls(node.operand, headline)
