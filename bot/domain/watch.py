"""Many live sessions watched side by side: rows in; tips, gaps and reasons for silence out.

One step takes at most one row of each session, and each is judged by its own clock: the moment of its latest row. Figures and
conditions are computed for all of them at once over arrays; what comes of them is decided in `verdicts`. Pure: rows bring time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.domain.baselines import Baselines, Low
from bot.domain.board import FOREVER, STEP, Board, Places, slot_of, slots
from bot.domain.cells import kind_of
from bot.domain.decisions import Decision, Look
from bot.domain.expressions.nodes import Node
from bot.domain.feeds import Feed, Gap, Return, Taken
from bot.domain.metrics import PROGRESS
from bot.domain.nearly import nearly
from bot.domain.pasts import BIN
from bot.domain.plans import EDGE
from bot.domain.rulebook import ELAPSED, LENGTH, RECENT, Rulebook
from bot.domain.seats import Seat, Watched
from bot.domain.session_state import SessionState
from bot.domain.thresholds import threshold
from bot.domain.verdicts import Verdicts, known

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
    """`book` are the prepared rules; there is room for `sessions` sessions, and more can be made."""

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
        self._began = np.full(sessions, np.nan)
        self._length = np.full(sessions, np.nan)
        self._past = Baselines(len(book.histories), sessions)
        self._verdicts = Verdicts(book, sessions, self.board, self._past)
        self._minutes = np.full(sessions, -1, dtype=np.int64)
        self._changing = tuple(name for name, limit in book.limits.items() if limit.session is not None)
        self._found: list[Any] = []

    def join(self, watched: Watched) -> int:
        """Watch one more session; its column. Raises ValueError when there is no room."""
        column = self.seats.index(None)  # ValueError where every seat is taken
        self.seats[column] = seat = Seat(watched, column, Feed(self._kinds, self._steps))
        plan = watched.plan
        self._length[column] = (plan.end - plan.start).total_seconds() if plan else np.nan
        self._begin(seat, watched.began)
        self._set_thresholds(seat, self.book.limits, 0.0)
        return column

    def leave(self, column: int) -> None:
        """Make room for another session."""
        self.seats[column] = None
        self._began[column] = np.nan
        self._minutes[column] = -1
        self._verdicts.forget(column)
        self.board.forget(column)
        self._past.forget(column)

    def grow(self, more: int) -> None:
        """Make room for so many more sessions."""
        self.seats += [None] * more
        self._began, self._length = (np.append(one, np.full(more, np.nan)) for one in (self._began, self._length))
        self._minutes = np.append(self._minutes, np.full(more, -1, dtype=np.int64))
        for part in (self.board, self._past, self._verdicts):
            part.grow(more)

    def standing(self, column: int) -> tuple[str, ...]:
        """The rules of which a tip is not over."""
        return self._verdicts.standing(column)

    def seat(self, column: int) -> Seat:
        """Who sits there. Raises ValueError where nobody does."""
        seat = self.seats[column]
        if seat is None:
            raise ValueError(f"nobody sits at {column}")
        return seat

    def state(self, column: int) -> SessionState:
        """What to keep of a session."""
        seat = self.seat(column)
        calm, held = self._verdicts.counts(column)
        return SessionState(
            began=seat.began, said=dict(seat.said), muted=dict(seat.muted), told=seat.kept,
            standing=self._verdicts.standing(column), calm=calm, held=held,
        )  # fmt: skip

    def resume(self, column: int, state: SessionState) -> None:
        """Go on with a session that was kept; rules that are gone from the handbook are forgotten."""
        seat = self.seat(column)
        self._begin(seat, state.began)
        self._verdicts.resume(seat, state)

    def remember(self, rows: Sequence[Row]) -> bool:
        """Take rows of the past in, at most one a session, without deciding anything; whether there was anything in them."""
        fresh = self._take(rows, [])
        new = self._in_new_minutes(fresh)
        if new:
            self._compute(new)
            self._remember(new)
            for seat in new:  # every minute says what is usual, also those about which nothing is decided
                self._verdicts.odd(seat, self._found, live=False)
        return bool(fresh)

    def look(self, column: int) -> None:
        """Compute what everything comes to at a session's latest row, for `value`."""
        if self.seat(column).clock:
            self._compute([self.seat(column)])

    def value(self, column: int, node: Node) -> float | None:
        """What a part of a rule's condition, or a metric, came to at the last step, which the session has to have been in; None
        while it is unknown."""
        place = self.book.program.add(node)
        return known(self._found[place][self.seat(column).place]) if place < len(self._found) else None

    def looks(self, column: int) -> list[tuple[Look, bool]]:
        """Every rule as it is at a session's latest row, and whether its condition nearly holds; empty before the first."""
        seat = self.seat(column)
        if not seat.clock:
            return []
        self._compute([seat])
        looks = self._verdicts.looks(seat, self._found)
        near = (nearly(prepared, self._found, seat.place) for prepared in self.book.rules)
        return list(zip(looks, near, strict=True))

    def tick(self, now: float) -> list[tuple[int, Gap]]:
        """The gaps that have become plain by now, without a row."""
        return [(seat.column, gap) for seat in self.seats if seat for gap in seat.feed.tick(now)]

    def step(self, rows: Sequence[Row]) -> list[tuple[int, Event]]:
        """Take rows, at most one a session, and decide; rows that are earlier than a session's latest are late ones."""
        events: list[tuple[int, Event]] = []
        fresh = self._take(rows, events)
        if not fresh:
            return events
        self._compute(fresh)
        new = self._in_new_minutes(fresh)
        self._remember(new)
        events += self._verdicts.decide(fresh, self._found)
        for seat in new:
            odds = self._verdicts.odd(seat, self._found, live=True)
            events += ((seat.column, decision) for decision in self._verdicts.decide_odd(seat, odds))
        return events

    def _compute(self, seats: Sequence[Seat]) -> None:
        """Every figure and condition of these sessions at their present, in their order."""
        for place, seat in enumerate(seats):
            seat.place = place
        self._found = self.book.program.run(self.board.view(_columns(seats)))

    # ---- samples in ----

    def _take(self, rows: Sequence[Row], events: list[tuple[int, Event]]) -> list[Seat]:
        """Put rows on the board; the sessions of which something new can be said."""
        fresh: list[tuple[Seat, Taken]] = []
        for column, at, row in rows:
            seat = self.seat(column)
            taken = seat.feed.take(at, row)
            if taken.refusals:
                events.append((column, taken))
            if taken.late:
                self._put_late(seat, taken)
            elif not taken.empty:
                seat.clock = taken.at
                fresh.append((seat, taken))
        seats = [seat for seat, _ in fresh]
        if fresh:
            self.board.advance(np.array([slot_of(seat.clock) for seat in seats], dtype=np.int64), _columns(seats))
            self._put(fresh, events)
        return seats

    def _put(self, fresh: Sequence[tuple[Seat, Taken]], events: list[tuple[int, Event]]) -> None:
        figures: list[int] = []
        columns: list[int] = []
        values: list[float] = []
        until: list[int] = []
        for seat, taken in fresh:
            self._note(seat, taken, events)
            self._learn_names(seat, tuple(taken.values))
            figures += seat.places
            values += taken.values.values()
            until += seat.held
            columns += [seat.column] * len(taken.values)
        self._put_clock(np.array([seat.clock for seat, _ in fresh]), _columns([seat for seat, _ in fresh]))
        where = np.array(columns, dtype=np.intp)
        held = np.array(until, dtype=np.int64) + self.board.slots[where]
        self.board.put(np.array(figures, dtype=np.intp), where, np.array(values), held)

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

    def _put_clock(self, now: NDArray[np.float64], columns: Places) -> None:
        """What the clock and the plan say, unless the feed does: how long it has been on, and how far it should be."""
        elapsed = now - self._began[columns]
        length = self._length[columns]
        for name, values in ((ELAPSED, elapsed), (LENGTH, length), (PROGRESS, np.clip(elapsed / length, 0.0, 1.0))):
            known = ~np.isnan(values)
            if name in self._index and known.any():
                figures = np.full(int(known.sum()), self._index[name], dtype=np.intp)
                self.board.put(figures, columns[known], values[known], self.board.slots[columns[known]] + slots(_MINUTE))

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

    def _set_thresholds(self, seat: Seat, names: Iterable[str], minute: float) -> None:
        """Find the limits of a session so many minutes after go-live."""
        medians, itself = seat.watched.medians(minute), partial(self._itself, seat.column)
        for name in names:
            found = threshold(self.book.limits[name], *medians, itself)
            if found is not None:
                seat.thresholds[name] = found
                self.board.fixed[name][seat.column] = found.value
                self.board.fixed[self.book.usuals[name]][seat.column] = found.value if found.usual is None else found.usual

    def _itself(self, column: int, of: str, factor: float) -> Low | None:
        return self._past.low(self.book.recents[of], column, factor)

    def _in_new_minutes(self, seats: Sequence[Seat]) -> list[Seat]:
        """The sessions that have begun another minute of their own."""
        return [seat for seat in seats if int(seat.clock // _MINUTE) != self._minutes[seat.column]]

    def _remember(self, seats: Sequence[Seat]) -> None:
        """Once in each of its minutes, what a session of which everything is computed is like, and the limits that follow from
        that or from the minute."""
        if seats and self.book.histories:
            self._remember_minutes(seats)
        for seat in seats:
            self._minutes[seat.column] = int(seat.clock // _MINUTE)
            if seat.began is not None:
                on = (seat.clock - seat.began) / _MINUTE
                point, before = int(on // BIN), seat.point
                seat.point = point
                self._set_thresholds(seat, self.book.limits if point != before else self._changing, on)

    def _remember_minutes(self, seats: Sequence[Seat]) -> None:
        columns, places = _columns(seats), np.array([seat.place for seat in seats], dtype=np.intp)
        with np.errstate(all="ignore"):
            rows = [
                self._found[one][places] if null is None else self._found[one][places] / self._found[null][places] - 1
                for one, null in self.book.histories
            ]
        clocks = np.array([seat.clock for seat in seats])
        values = np.stack(rows).astype(np.float32)
        values[:, ~(clocks // STEP * STEP - self._began[columns] >= _SETTLED)] = np.nan
        values[~np.isfinite(values)] = np.nan
        self._past.remember(columns, values)


def _columns(seats: Sequence[Seat]) -> Places:
    return np.array([seat.column for seat in seats], dtype=np.intp)
