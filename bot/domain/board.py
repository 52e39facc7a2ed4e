"""The figures of many live sessions on one grid of time: what holds now, and what held before.

Time is cut into slots of `STEP` seconds. Every session, a column, has its own present: the slot of its latest row, whatever the
others' feeds are at. A figure holds from its slot on until the next one comes or until it is too old; a slot without one is nan,
never zero. One session is a board of one column. Knows nothing about rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]
Slots = NDArray[np.int64]

STEP = 10.0
"""Seconds of one slot: the fastest that boards are read by hand or by feed; of two samples in one slot the later counts."""
FOREVER = np.iinfo(np.int64).max
# Figures are kept in blocks by how far back they are read: most for no more than half an hour, few for over an hour.
_BLOCKS = (0, 60, 180)


def slot_of(moment: float) -> int:
    """The slot that a moment (seconds) lies in."""
    return int(moment // STEP)


def slots(seconds: float) -> int:
    """How many slots a window has, at least one."""
    return max(1, round(seconds / STEP))


@dataclass(slots=True)
class _Block:
    """Figures that are kept equally long. `ring` is [slot, figure, session], and a slot stands at its remainder by `size`."""

    ring: Numbers
    span: slice

    @property
    def size(self) -> int:
        """How many slots are kept, the present one among them."""
        return len(self.ring)

    def push(self, columns: Places, present: Slots, target: Slots, until: Slots) -> None:
        """Go on from the `present` slots to the `target` ones; what holds still, holds there too."""
        now = self.ring[present % self.size, :, columns]
        steps = target - present
        for back in range(min(int(steps.max()), self.size) - 1, -1, -1):
            here = steps > back
            slot = (target - back)[here]
            self.ring[slot % self.size, :, columns[here]] = np.where(slot[:, None] <= until[:, here].T, now[here], np.nan)

    def push_all(self, present: int, until: Slots) -> None:
        """The same of all columns, which are at one slot, to the next."""
        now = self.ring[present % self.size]
        self.ring[(present + 1) % self.size] = np.where(until > present, now, np.nan)


@dataclass(slots=True)
class _Whole:
    """What is counted over the whole session, one a session."""

    total: Numbers
    known: Numbers
    highest: Numbers

    @classmethod
    def empty(cls, sessions: int) -> _Whole:
        return cls(np.zeros(sessions), np.zeros(sessions), np.full(sessions, np.nan))

    def add(self, columns: Places, values: Numbers, times: Slots) -> None:
        known = ~np.isnan(values)
        self.total[columns] += np.where(known, values, 0.0) * times
        self.known[columns] += known * times
        self.highest[columns] = np.fmax(self.highest[columns], values)

    def forget(self, column: int) -> None:
        self.total[column] = self.known[column] = 0.0
        self.highest[column] = np.nan

    def grow(self, more: int) -> None:
        self.total, self.known = (np.append(one, np.zeros(more)) for one in (self.total, self.known))
        self.highest = np.append(self.highest, np.full(more, np.nan))


class Board:
    """`depths` maps each figure to how many seconds back it is read; `sessions` is how many columns there are.

    Of the figures in `whole` it also keeps the maximum and the mean since the first sample. Those in `fixed` are set once and
    hold at all times, such as limits and what the plan says. `slots` is the present of each column, 0 before its first row.
    """

    def __init__(
        self, depths: Mapping[str, float], sessions: int, *, whole: Iterable[str] = (), fixed: Iterable[str] = ()
    ) -> None:
        self.fixed = {name: np.full(sessions, np.nan) for name in fixed}
        depths = {name: seconds for name, seconds in depths.items() if name not in self.fixed}
        self.sessions = sessions
        self.slots: Slots = np.zeros(sessions, dtype=np.int64)
        self.names = tuple(sorted(depths, key=lambda name: (_kept(depths[name]), name)))
        self.index = {name: number for number, name in enumerate(self.names)}
        kept = [_kept(depths[name]) for name in self.names]
        self._blocks: list[_Block] = []
        self._where: list[tuple[_Block, int]] = []
        for size in dict.fromkeys(kept):
            first, count = len(self._where), kept.count(size)
            block = _Block(np.full((size + 2, count, sessions), np.nan), slice(first, first + count))
            self._blocks.append(block)
            self._where += [(block, number) for number in range(count)]
        self._until = np.full((len(self.names), sessions), -1, dtype=np.int64)
        self._wholes = {name: _Whole.empty(sessions) for name in whole}

    def grow(self, more: int) -> None:
        """Make room for so many more sessions."""
        self.sessions += more
        self.slots = np.append(self.slots, np.zeros(more, dtype=np.int64))
        self.fixed = {name: np.append(values, np.full(more, np.nan)) for name, values in self.fixed.items()}
        for block in self._blocks:
            block.ring = np.concatenate([block.ring, np.full((*block.ring.shape[:2], more), np.nan)], axis=2)
        self._until = np.concatenate([self._until, np.full((len(self.names), more), -1, dtype=np.int64)], axis=1)
        for whole in self._wholes.values():
            whole.grow(more)

    def advance(self, target: Slots | int, columns: Places | None = None) -> None:
        """Go on to later slots, in all columns or in some, each to its own; those that are there already stay."""
        columns = np.arange(self.sessions) if columns is None else columns
        goal = np.broadcast_to(np.asarray(target, dtype=np.int64), columns.shape)
        later = goal > self.slots[columns]
        if not later.any():
            return
        columns, goal = columns[later], goal[later]
        present = self.slots[columns]
        self._count(columns, present, goal)
        if len(columns) == self.sessions and _one(present) and (goal == present + 1).all():
            for block in self._blocks:
                block.push_all(int(present[0]), self._until[block.span])
        else:
            for block in self._blocks:
                block.push(columns, present, goal, self._until[block.span, columns])
        self.slots[columns] = goal

    def _count(self, columns: Places, present: Slots, goal: Slots) -> None:
        """For how many slots the present values have held, up to the goal."""
        for name, whole in self._wholes.items():
            until = self._until[self.index[name], columns]
            whole.add(columns, self._held(name, columns, present), np.clip(until - present, 0, goal - present - 1) + 1)

    def _held(self, name: str, columns: Places, at: Slots) -> Numbers:
        block, number = self._where[self.index[name]]
        held: Numbers = block.ring[at % block.size, number, columns]
        return held

    def put(self, figures: Places, columns: Places, values: Numbers, until: Slots) -> None:
        """Write figures of each column's present slot; `until` is the last slot in which each holds without a new one."""
        present = self.slots[columns]
        for block in self._blocks:
            here = (figures >= block.span.start) & (figures < block.span.stop)
            block.ring[present[here] % block.size, figures[here] - block.span.start, columns[here]] = values[here]
        self._until[figures, columns] = until

    def put_late(self, name: str, column: int, slot: int, value: float, *, slots_held: int) -> None:
        """Write a figure into a slot that has passed, and on until the next one that differs from what held there."""
        block, number = self._where[self.index[name]]
        present = int(self.slots[column])
        if present - slot >= block.size:
            return
        places = np.arange(slot, present) % block.size
        history = block.ring[places, number, column]
        same = (history == history[:1]) | (np.isnan(history) & np.isnan(history[:1]))
        end = len(history) if same.all() else int(np.argmin(same))
        block.ring[places[: min(end, slots_held)], number, column] = value

    def blank(self, column: int, first: int, last: int, names: Iterable[str] = ()) -> None:
        """Unlearn what was taken to hold from one slot to another: of all figures, or of some."""
        present = int(self.slots[column])
        for name in names or self.names:
            block, number = self._where[self.index[name]]
            places = np.arange(max(first, present - block.size + 1), min(last, present) + 1) % block.size
            block.ring[places, number, column] = np.nan

    def forget(self, column: int) -> None:
        """Empty a column for another session."""
        for block in self._blocks:
            block.ring[:, :, column] = np.nan
        self.slots[column] = 0
        self._until[:, column] = -1
        for fixed in self.fixed.values():
            fixed[column] = np.nan
        for whole in self._wholes.values():
            whole.forget(column)

    def view(self, columns: Places | None = None) -> View:
        """What some columns, or all of them, have at their present."""
        return View(self, np.arange(self.sessions) if columns is None else columns)


class View:
    """What the `columns` of a board have now and had before, in their order; `sessions` is how many they are."""

    def __init__(self, board: Board, columns: Places) -> None:
        self._board = board
        self._columns = columns
        self.sessions = len(columns)
        self._slots = board.slots[columns]
        # Sessions that are at the same moment need no looking up one by one, and all of them need no picking out.
        self._one = int(self._slots[0]) if len(columns) and _one(self._slots) else None
        self._all = len(columns) == board.sessions and bool((columns == np.arange(board.sessions)).all())

    def maximum(self, name: str) -> Numbers:
        """The highest value since the first sample."""
        return np.asarray(np.fmax(self._board._wholes[name].highest[self._columns], self.ago(name, 0)))

    def time_mean(self, name: str) -> Numbers:
        """The mean since the first sample, by how long each value held; a value that has held no time yet stands for itself."""
        whole = self._board._wholes[name]
        total, known = whole.total[self._columns], whole.known[self._columns]
        with np.errstate(all="ignore"):
            return np.where(known > 0, total / known, self.ago(name, 0))

    def ago(self, name: str, back: int) -> Numbers:
        """What held `back` slots before, one a session."""
        if name in self._board.fixed:
            return self._picked(self._board.fixed[name])
        if self._one is None:
            return self._board._held(name, self._columns, self._slots - back)
        block, number = self._board._where[self._board.index[name]]
        return self._picked(block.ring[(self._one - back) % block.size, number])

    def window(self, name: str, first: int, last: int) -> Numbers:
        """[slot, session] from `first` slots back to `last` slots back, both included, oldest first."""
        if name in self._board.fixed:
            return np.broadcast_to(self._picked(self._board.fixed[name]), (first - last + 1, self.sessions))
        block, number = self._board._where[self._board.index[name]]
        if self._one is None:
            places = (self._slots[None, :] - np.arange(first, last - 1, -1)[:, None]) % block.size
            found: Numbers = block.ring[places, number, self._columns[None, :]]
            return found
        start, end = (self._one - first) % block.size, (self._one - last) % block.size
        if start <= end:
            return self._picked(block.ring[start : end + 1, number])
        return self._picked(np.concatenate([block.ring[start:, number], block.ring[: end + 1, number]]))

    def _picked(self, values: Numbers) -> Numbers:
        return values if self._all else values[..., self._columns]


def _one(slots: Slots) -> bool:
    return bool((slots == slots[0]).all())


def _kept(seconds: float) -> int:
    """The slots of the block for a figure that is read that far back."""
    wanted = slots(seconds) if seconds > 0 else 0
    return next((size for size in _BLOCKS if size >= wanted), wanted)


def depths(wanted: Iterable[tuple[str, float]]) -> dict[str, float]:
    """The furthest that each figure is read back."""
    found: dict[str, float] = {}
    for name, seconds in wanted:
        found[name] = max(found.get(name, 0.0), seconds)
    return found
