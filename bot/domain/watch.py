"""Many live sessions watched side by side: rows in; tips, gaps and reasons for silence out.

One step takes at most one row of each session. Figures and conditions are computed for all sessions at once over arrays; what
comes of them is decided in `verdicts`. Pure: `now` is an argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.domain.baselines import Baselines, Low
from bot.domain.board import FOREVER, STEP, Board, slot_of, slots
from bot.domain.cells import kind_of
from bot.domain.decisions import Decision, Look
from bot.domain.expressions.nodes import Node
from bot.domain.feeds import Feed, Gap, Return, Taken
from bot.domain.nearly import nearly
from bot.domain.oddities import Odd
from bot.domain.pasts import BIN
from bot.domain.plans import EDGE
from bot.domain.rulebook import ELAPSED, LENGTH, PROGRESS, RECENT, Rulebook
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
        self._began = np.full(sessions, np.nan)
        self._length = np.full(sessions, np.nan)
        self._past = Baselines(len(book.histories), sessions)
        self._verdicts = Verdicts(book, sessions, self.board, self._past)
        self._minute = -1
        self._changing = tuple(name for name, limit in book.limits.items() if limit.session is not None)
        self._found: list[Any] = []

    def join(self, watched: Watched) -> int:
        """Watch one more session; its column. Raises ValueError when there is no room."""
        column = self.seats.index(None)
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
        self._verdicts.forget(column)
        self.board.forget(column)
        self._past.forget(column)

    def state(self, column: int) -> SessionState:
        """What to keep of a session."""
        seat = self._seat(column)
        calm, held = self._verdicts.counts(column)
        return SessionState(
            began=seat.began, said=dict(seat.said), muted=dict(seat.muted), told=seat.kept,
            standing=self._verdicts.standing(column), calm=calm, held=held,
        )  # fmt: skip

    def resume(self, column: int, state: SessionState) -> None:
        """Go on with a session that was kept; rules that are gone from the handbook are forgotten."""
        seat = self._seat(column)
        self._begin(seat, state.began)
        self._verdicts.resume(seat, state)

    def remember(self, now: float, rows: Sequence[Row], *, look: bool = True) -> bool:
        """Take rows of the past in without deciding anything, and `look`; returns whether there was anything in them."""
        self.board.advance(max(slot_of(now), self.board.slot))
        taken = bool(self._take(rows, now, []))
        if taken and look:
            self.look()
        return taken

    def look(self) -> None:
        """Compute what everything comes to, as the board has it."""
        self._found = self.book.program.run(self.board)
        if self._remember(self.board.slot):
            self._odd(self.board.slot * STEP, live=False)

    def value(self, column: int, node: Node) -> float | None:
        """What a part of a rule's condition, or a metric, came to at the last step; None while it is unknown."""
        place = self.book.program.add(node)
        return known(self._found[place][column]) if place < len(self._found) else None

    def looks(self, column: int, now: float) -> list[tuple[Look, bool]]:
        """Every rule as it is at the last step, and whether its condition nearly holds; empty before the first."""
        if not self._found:
            return []
        looks = self._verdicts.looks(self._seat(column), now, self._found)
        near = (nearly(prepared, self._found, column) for prepared in self.book.rules)
        return list(zip(looks, near, strict=True))

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
        self._found = self.book.program.run(self.board)
        minute = self._remember(slot)
        events += self._verdicts.decide(now, [self._seat(column) for column in fresh], self._found)
        if minute:
            for seat, odds in self._odd(now, live=True):
                events += ((seat.column, decision) for decision in self._verdicts.decide_odd(seat, odds, now))
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

    def _odd(self, now: float, *, live: bool) -> list[tuple[Seat, list[Odd]]]:
        """What no rule names, in each session; every minute has to be looked at, also those about which nothing is decided."""
        if not self.book.heads:
            return []
        return [(seat, self._verdicts.odd(seat, now, self._found, live=live)) for seat in self.seats if seat is not None]

    def _remember(self, slot: int) -> bool:
        """Once a minute: what the session has been like, and the limits that follow from that or from the minute; whether
        a minute has begun."""
        minute = int(slot * STEP // _MINUTE)
        if minute == self._minute:
            return False
        self._minute = minute
        if self.book.histories:
            self._remember_minute(slot)
        for seat in self.seats:
            if seat is not None and seat.began is not None:
                on = (slot * STEP - seat.began) / _MINUTE
                place, before = int(on // BIN), seat.place
                seat.place = place
                self._set_thresholds(seat, self.book.limits if place != before else self._changing, on)
        return True

    def _remember_minute(self, slot: int) -> None:
        with np.errstate(all="ignore"):
            rows = [
                self._found[one] if null is None else self._found[one] / self._found[null] - 1
                for one, null in self.book.histories
            ]
        values = np.stack(rows).astype(np.float32)
        values[:, ~(slot * STEP - self._began >= _SETTLED)] = np.nan
        values[~np.isfinite(values)] = np.nan
        self._past.remember(values)

    def _seat(self, column: int) -> Seat:
        seat = self.seats[column]
        if seat is None:
            raise ValueError(f"nobody sits at {column}")
        return seat
