"""Many live sessions watched side by side: rows in; tips, gaps and reasons for silence out.

One step takes at most one row of each session. What every session needs (figures, conditions, what is over) is computed for all
at once over arrays; only where a condition holds does a rule go through the stages of `deciding`. Pure: `now` is an argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.domain.baselines import Baselines, Low
from bot.domain.board import FOREVER, STEP, Board, slot_of, slots
from bot.domain.cells import kind_of
from bot.domain.deciding import Told, budget, decide, is_joined, joined, weightiest
from bot.domain.decisions import Decision, Look, Reason, Stage, Threshold
from bot.domain.evidence_of import evidence
from bot.domain.expressions.nodes import Node
from bot.domain.feeds import Feed, Gap, Return, Taken
from bot.domain.nudges import Rule
from bot.domain.plans import EDGE
from bot.domain.rulebook import ELAPSED, LENGTH, PROGRESS, RECENT, Prepared, Rulebook, silencers
from bot.domain.seats import Seat, Watched
from bot.domain.session_state import SessionState
from bot.domain.thresholds import threshold

Row = tuple[int, float, Mapping[str, float]]
"""(column, seconds, figures that have a value)."""
_MINUTE = 60.0
# From here on the opening's rise is no longer part of how figures usually swing.
_SETTLED = EDGE.total_seconds() + RECENT


@dataclass(frozen=True, slots=True)
class Restart:
    """Counters that started over and are continued."""

    at: float
    fields: tuple[str, ...]


Event = Decision | Gap | Return | Restart | Taken
"""What a step comes to, each with the column it is about. `Taken` is a row of which something was refused."""


class Watch:
    """`book` are the prepared rules; there is room for `sessions` sessions."""

    def __init__(self, book: Rulebook, sessions: int, steps: Mapping[str, float] | None = None) -> None:
        self.book = book
        feeds = {figure.id: 0.0 for figure in book.known}
        self._kinds = {figure.id: kind_of(figure) for figure in book.known}
        self._steps = steps or {}
        self.board = Board(
            feeds | book.program.depths, sessions, whole=book.program.whole, fixed=(*book.limits, *book.usuals.values())
        )
        self._index = self.board.index
        self.seats: list[Seat | None] = [None] * sessions
        count = len(book.rules)
        self._held = np.zeros((count, sessions), dtype=np.int32)
        self._calm = np.zeros((count, sessions), dtype=np.int32)
        self._standing = np.zeros((count, sessions), dtype=np.bool_)
        self._holds = np.array([[prepared.rule.hold] for prepared in book.rules], dtype=np.int32)
        self._began = np.full(sessions, np.nan)
        self._length = np.full(sessions, np.nan)
        self._past = Baselines(len(book.histories), sessions)
        self._minute = -1
        self._numbers = {prepared.rule.id: number for number, prepared in enumerate(book.rules)}
        self._silencers = silencers(book.rules)
        self._changing = tuple(name for name, limit in book.limits.items() if limit.session is not None)
        self._found: list[Any] = []

    def join(self, watched: Watched) -> int:
        """Watch one more session; its column. Raises ValueError when there is no room."""
        column = self.seats.index(None)
        self.seats[column] = seat = Seat(watched, column, Feed(self._kinds, self._steps))
        plan = watched.plan
        self._length[column] = (plan.end - plan.start).total_seconds() if plan else np.nan
        self._begin(seat, watched.began)
        self._set_thresholds(seat, self.book.limits)
        return column

    def leave(self, column: int) -> None:
        """Make room for another session."""
        self.seats[column] = None
        self._began[column] = np.nan
        self._held[:, column] = self._calm[:, column] = 0
        self._standing[:, column] = False
        self.board.forget(column)
        self._past.forget(column)

    def state(self, column: int) -> SessionState:
        """What to keep of a session."""
        seat = self._seat(column)
        names = [prepared.rule.id for prepared in self.book.rules]
        calm, held, stands = (rows[:, column].tolist() for rows in (self._calm, self._held, self._standing))
        return SessionState(
            began=seat.began, said=dict(seat.said), muted=dict(seat.muted), told=seat.kept,
            standing=tuple(name for name, stood in zip(names, stands, strict=True) if stood),
            calm={name: count for name, count in zip(names, calm, strict=True) if count},
            held={name: count for name, count in zip(names, held, strict=True) if count},
        )  # fmt: skip

    def resume(self, column: int, state: SessionState) -> None:
        """Go on with a session that was kept; rules that are gone from the handbook are forgotten."""
        seat, numbers = self._seat(column), self._numbers
        self._begin(seat, state.began)
        seat.said, seat.muted = dict(state.said), dict(state.muted)
        seat.told = [Told(at, self.book.rules[numbers[name]].rule) for at, name in state.told if name in numbers]
        for name in state.standing:
            if name in numbers:
                self._standing[numbers[name], column] = True
        for kept, counts in ((state.calm, self._calm), (state.held, self._held)):
            for name, count in kept.items():
                if name in numbers:
                    counts[numbers[name], column] = count

    def remember(self, now: float, rows: Sequence[Row]) -> None:
        """Take rows of the past in without deciding anything."""
        self.board.advance(max(slot_of(now), self.board.slot))
        if self._take(rows, now, []):
            self._found = self.book.program.run(self.board)
            self._remember(self.board.slot)

    def value(self, column: int, node: Node) -> float | None:
        """What a part of a rule's condition, or a metric, came to at the last step; None while it is unknown."""
        place = self.book.program.add(node)
        return _known(self._found[place][column]) if place < len(self._found) else None

    def tick(self, now: float) -> list[tuple[int, Gap]]:
        """The gaps that have become plain by now, without a row."""
        return [(seat.column, gap) for seat in self.seats if seat for gap in seat.feed.tick(now)]

    def step(self, now: float, rows: Sequence[Row]) -> list[tuple[int, Event]]:
        """Take rows, at most one a session, and decide. `now` is the latest moment so far; earlier rows are late ones."""
        events: list[tuple[int, Event]] = []
        slot = max(slot_of(now), self.board.slot)
        self.board.advance(slot)
        fresh = self._take(rows, now, events)
        if not fresh:
            return events
        columns = np.array(fresh, dtype=np.intp)
        self._found = found = self.book.program.run(self.board)
        self._remember(slot)
        events += self._decide(now, columns, found)
        return events

    # ---- samples in ----

    def _take(self, rows: Sequence[Row], now: float, events: list[tuple[int, Event]]) -> list[int]:
        slot = self.board.slot
        figures: list[int] = []
        columns: list[int] = []
        values: list[float] = []
        held: list[int] = []
        fresh: list[int] = []
        for column, at, row in rows:
            seat = self._seat(column)
            taken = seat.feed.take(at, row)
            if taken.refusals:
                events.append((column, taken))
            if taken.late:
                self._put_late(seat, taken)
            if taken.late or taken.empty:
                continue
            self._note(seat, taken, events)
            fresh.append(column)
            self._learn_names(seat, tuple(taken.values))
            figures += seat.places
            values += taken.values.values()
            held += seat.held
            columns += [column] * len(taken.values)
        if fresh:
            self._put_clock(now, np.array(fresh, dtype=np.intp))
            places = np.array(figures, dtype=np.intp), np.array(columns, dtype=np.intp)
            self.board.put(*places, np.array(values), np.array(held, dtype=np.int64) + slot)
        return fresh

    def _learn_names(self, seat: Seat, names: tuple[str, ...]) -> None:
        """Where a row's figures go and how long they hold; as for the row before, but looked at again now and then."""
        if names != seat.names or seat.rows % 8 == 0:
            seat.names = names
            seat.places = [self._index[name] for name in names]
            seat.held = [slots(seat.feed.patience(name)) for name in names]

    def _note(self, seat: Seat, taken: Taken, events: list[tuple[int, Event]]) -> None:
        """What a row says about the feed itself."""
        if seat.began is None:
            self._begin(seat, taken.at)
        for back in taken.returned:
            events.append((seat.column, back))
            # What was taken to hold in the first moments of the silence is not known after all.
            step = slots(seat.feed.pace.step)
            self.board.blank(seat.column, slot_of(back.begin) + step, slot_of(back.at) - 1, back.fields)
            if back.fields:
                seat.since |= dict.fromkeys(back.fields, seat.run)
            else:
                seat.start_over()
        if taken.restarted:
            events.append((seat.column, Restart(taken.at, taken.restarted)))
            seat.start_over()
        seat.run += 1
        seat.rows += 1
        if taken.at - seat.looked >= 30:
            seat.looked = taken.at
            events += [(seat.column, gap) for gap in seat.feed.tick(taken.at)]

    def _put_late(self, seat: Seat, taken: Taken) -> None:
        for name, value in taken.values.items():
            held = slots(seat.feed.patience(name))
            self.board.put_late(name, seat.column, slot_of(taken.at), value, slots_held=held)

    def _put_clock(self, now: float, columns: NDArray[np.intp]) -> None:
        """What the clock and the plan say, unless the feed does: how long it has been on, and how far it should be."""
        elapsed = now - self._began[columns]
        length = self._length[columns]
        for name, values in ((ELAPSED, elapsed), (LENGTH, length), (PROGRESS, np.clip(elapsed / length, 0.0, 1.0))):
            known = ~np.isnan(values)
            if name in self._index and known.any():
                figures = np.full(int(known.sum()), self._index[name], dtype=np.intp)
                held = np.full(len(figures), slot_of(now) + slots(_MINUTE), dtype=np.int64)
                self.board.put(figures, columns[known], values[known], held)

    def _begin(self, seat: Seat, began: float | None) -> None:
        seat.began = began
        self._began[seat.column] = np.nan if began is None else began
        figures = [name for name in seat.watched.figures if name in self._index]
        if figures and began is not None:
            places = np.array([self._index[name] for name in figures], dtype=np.intp)
            values = np.array([seat.watched.figures[name] for name in figures])
            column = np.full(len(figures), seat.column, dtype=np.intp)
            self.board.put(places, column, values, np.full(len(figures), FOREVER, dtype=np.int64))

    # ---- thresholds ----

    def _set_thresholds(self, seat: Seat, names: Iterable[str]) -> None:
        """Find the limits of a session; those that only the session itself can tell are looked for again each minute."""
        watched = seat.watched
        for name in names:
            limit = self.book.limits[name]
            found = threshold(limit, watched.own, watched.peers, lambda of, factor: self._itself(seat.column, of, factor))
            if found is not None:
                seat.thresholds[name] = found
                self.board.fixed[name][seat.column] = found.value
                self.board.fixed[self.book.usuals[name]][seat.column] = found.value if found.usual is None else found.usual
        seat.waiting = self._changing

    def _itself(self, column: int, of: str, factor: float) -> Low | None:
        return self._past.low(self.book.recents[of], column, factor)

    def _remember(self, slot: int) -> None:
        minute = int(slot * STEP // _MINUTE)
        if minute == self._minute or not self.book.histories:
            return
        self._minute = minute
        with np.errstate(all="ignore"):
            rows = [
                self._found[one] if null is None else self._found[one] / self._found[null] - 1
                for one, null in self.book.histories
            ]
        values = np.stack(rows).astype(np.float32)
        values[:, ~(slot * STEP - self._began >= _SETTLED)] = np.nan
        values[~np.isfinite(values)] = np.nan
        self._past.remember(values)
        for seat in self.seats:
            if seat is not None and seat.waiting:
                self._set_thresholds(seat, seat.waiting)

    # ---- deciding ----

    def _decide(self, now: float, columns: NDArray[np.intp], found: list[Any]) -> Iterator[tuple[int, Event]]:
        """Everything for all sessions at once, then one by one what holds and was not said yet."""
        rules = self.book.rules
        if not rules:
            return
        true = np.stack([found[prepared.when][0] for prepared in rules])[:, columns]
        over = np.stack([_over(prepared, found) for prepared in rules])[:, columns]
        standing, calm = self._standing[:, columns], self._calm[:, columns]
        calm = np.where(standing & over, calm + 1, 0)
        standing &= calm < self._holds
        self._standing[:, columns], self._calm[:, columns] = standing, calm
        self._held[:, columns] = np.where(true, self._held[:, columns], 0)
        where = np.argwhere(true.T & ~standing.T)
        by_session: dict[int, list[int]] = {}
        for place, number in where.tolist():
            by_session.setdefault(int(columns[place]), []).append(number)
        for column, numbers in by_session.items():
            for decision in self._session(self._seat(column), numbers, now):
                yield column, decision

    def _session(self, seat: Seat, numbers: Sequence[int], now: float) -> Iterator[Decision]:
        """The stages of one session's rules, then what joins them; silent ones are given when their reason is new."""
        looks = [self._look(seat, self.book.rules[number], now) for number in numbers]
        passed: list[Look] = []
        for look in looks:
            reason = decide(look)
            if reason is None:
                passed.append(look)
            elif self._is_news(seat, look.rule, reason):
                yield self.decision(seat, look, reason)
        sending: list[Look] = []
        for look in weightiest(passed):
            reason = self._inhibited_now(look, sending) or joined(look, seat.told) or budget(look, seat.told, seat.watched.budget)
            if reason is None:
                sending.append(look)
                together = tuple(one.rule for one in passed if is_joined(one.rule, look.rule))
                seat.tell(Told(now, look.rule))
                for rule in (look.rule, *together):
                    self._stand(seat, rule, now)
                yield self.decision(seat, look, None, together)
            elif self._is_news(seat, look.rule, reason):
                yield self.decision(seat, look, reason)

    def _look(self, seat: Seat, prepared: Prepared, now: float) -> Look:
        number, column = self._numbers[prepared.rule.id], seat.column
        holds = self._truth(prepared, column)
        found = evidence(prepared, self._found, self._past, column)
        self._held[number, column] = self._held[number, column] + 1 if holds and found.carries else 0
        blind = seat.feed.blind
        return Look(
            rule=prepared.rule, now=now, began=seat.began, samples=seat.samples(prepared.bases), holds=holds, evidence=found,
            held=int(self._held[number, column]), phase=seat.phase(now), planned=seat.planned(now),
            blind_since=blind.begin if blind else None, missing=self._missing(prepared, column) if holds is None else (),
            silenced_by=self._silenced_by(seat, number, now), muted_until=seat.muted.get(prepared.rule.id),
            said=seat.said.get(prepared.rule.id), standing=bool(self._standing[number, column]),
        )  # fmt: skip

    def _truth(self, prepared: Prepared, column: int) -> bool | None:
        holds, fails = self._found[prepared.when]
        return True if holds[column] else False if fails[column] else None

    def _missing(self, prepared: Prepared, column: int) -> tuple[str, ...]:
        """What is unknown of what a rule reads, with the limits that have no figure."""
        figures = [name for name, place in prepared.needs.items() if np.isnan(self._found[place][column])]
        limits = [f"{prepared.rule.id}.{name}" for name in prepared.rule.limits]
        return (*figures, *(name for name in limits if np.isnan(self.board.fixed[name][column])))

    def _silenced_by(self, seat: Seat, number: int, now: float) -> tuple[str, ...]:
        """Rules whose tip stands, was told not longer ago than their cooldown, and explains this one."""
        return tuple(
            rule.id
            for other, rule in self._silencers.get(number, ())
            if self._standing[other, seat.column] and now - seat.said.get(rule.id, -np.inf) <= rule.cooldown
        )

    def _inhibited_now(self, look: Look, sending: Sequence[Look]) -> Reason | None:
        by = tuple(one.rule.id for one in sending if look.rule.id in one.rule.inhibits)
        return Reason(Stage.INHIBITED, "inhibited", {"rules": by}) if by else None

    def _stand(self, seat: Seat, rule: Rule, now: float) -> None:
        """A rule that was told, by itself or in another's tip, is not told again before it was over."""
        number = self._numbers[rule.id]
        self._standing[number, seat.column] = True
        self._calm[number, seat.column] = 0
        seat.said[rule.id] = now
        seat.silent.pop(rule.id, None)

    def _is_news(self, seat: Seat, rule: Rule, reason: Reason) -> bool:
        """Whether the rule's last row had another reason; what repeats every few seconds is one decision."""
        key, last = seat.silent.get(rule.id, ("", -2))
        seat.silent[rule.id] = (f"{reason.stage}:{reason.key}", seat.rows)
        return last + 1 < seat.rows or key != f"{reason.stage}:{reason.key}"

    def decision(self, seat: Seat, look: Look, reason: Reason | None, together: tuple[Rule, ...] = ()) -> Decision:
        """A look and what came of it, with the figures that it was about."""
        prepared = self.book.rules[self._numbers[look.rule.id]]
        values = {name: _known(self._found[place][seat.column]) for name, place in prepared.needs.items()}
        thresholds = _thresholds(look.rule, seat.thresholds)
        return Decision(look.rule, look.now, reason, values, thresholds, round(look.evidence.confidence, 3), together)

    def _seat(self, column: int) -> Seat:
        seat = self.seats[column]
        if seat is None:
            raise ValueError(f"nobody sits at {column}")
        return seat


def _over(prepared: Prepared, found: list[Any]) -> NDArray[np.bool_]:
    """Where the sign is over: what the rule says, otherwise that its condition does not hold."""
    over: NDArray[np.bool_] = found[prepared.when][1] if prepared.recovered is None else found[prepared.recovered][0]
    return over


def _thresholds(rule: Rule, known: Mapping[str, Threshold]) -> dict[str, Threshold]:
    found = ((name, known.get(f"{rule.id}.{name}")) for name in rule.limits)
    return {name: one for name, one in found if one is not None}


def _known(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 6)
