"""The figures of many live sessions on one grid of time: what holds now, and what held before.

Time is cut into slots of `STEP` seconds, the same for all sessions. A figure holds from its slot on until the next one comes or
until it is too old; a slot without one is nan, never zero. One session is a board of one column. Knows nothing about rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]

STEP = 10.0
"""Seconds of one slot: the fastest that boards are read by hand or by feed; of two samples in one slot the later counts."""
FOREVER = np.iinfo(np.int64).max
# Figures are kept in blocks by how far back they are read: most for no more than half an hour, few for over an hour.
_BLOCKS = (0, 60, 180)
# Slots between two moves of a block to its front.
_ROOM = 64


def slot_of(moment: float) -> int:
    """The slot that a moment (seconds) lies in."""
    return int(moment // STEP)


def slots(seconds: float) -> int:
    """How many slots a window has, at least one."""
    return max(1, round(seconds / STEP))


@dataclass(slots=True)
class _Block:
    """Figures that are kept equally long: `ring` is [slot, figure, session], `at` the place of the present slot in it."""

    ring: Numbers
    depth: int
    at: int

    @classmethod
    def empty(cls, figures: int, depth: int, sessions: int) -> _Block:
        return cls(np.full((depth + _ROOM, figures, sessions), np.nan), depth, depth)

    def push(self, row: Numbers, times: int) -> None:
        for _ in range(min(times, self.depth + 1)):
            if self.at + 1 == len(self.ring):
                self.ring[: self.depth] = self.ring[self.at + 1 - self.depth : self.at + 1].copy()
                self.at = self.depth - 1
            self.at += 1
            self.ring[self.at] = row


@dataclass(slots=True)
class _Whole:
    """What is counted over the whole session, one a session."""

    total: Numbers
    known: Numbers
    highest: Numbers

    @classmethod
    def empty(cls, sessions: int) -> _Whole:
        return cls(np.zeros(sessions), np.zeros(sessions), np.full(sessions, np.nan))

    def add(self, values: Numbers, times: int) -> None:
        if times > 0:
            known = ~np.isnan(values)
            self.total += np.where(known, values, 0.0) * times
            self.known += known * times
            self.highest = np.fmax(self.highest, values)

    def forget(self, column: int) -> None:
        self.total[column] = self.known[column] = 0.0
        self.highest[column] = np.nan


class Board:
    """`depths` maps each figure to how many seconds back it is read; `sessions` is how many columns there are.

    Of the figures in `whole` it also keeps the maximum and the mean since the first sample. Those in `fixed` are set once and
    hold at all times, such as limits and what the plan says.
    """

    def __init__(
        self, depths: Mapping[str, float], sessions: int, *, whole: Iterable[str] = (), fixed: Iterable[str] = ()
    ) -> None:
        self.slot = 0
        self.fixed = {name: np.full(sessions, np.nan) for name in fixed}
        depths = {name: seconds for name, seconds in depths.items() if name not in self.fixed}
        self.sessions = sessions
        self.names = tuple(sorted(depths, key=lambda name: (_kept(depths[name]), name)))
        self.index = {name: number for number, name in enumerate(self.names)}
        kept = [_kept(depths[name]) for name in self.names]
        self._blocks: list[_Block] = []
        self._where: list[tuple[_Block, int]] = []
        self._spans: list[slice] = []
        for size in dict.fromkeys(kept):
            block = _Block.empty(kept.count(size), size + 1, sessions)
            first = len(self._where)
            self._blocks.append(block)
            self._where += [(block, number) for number in range(kept.count(size))]
            self._spans.append(slice(first, len(self._where)))
        self._until = np.full((len(self.names), sessions), -1, dtype=np.int64)
        self._nan = np.full(sessions, np.nan)
        self._wholes = {name: _Whole.empty(sessions) for name in whole}

    def advance(self, slot: int) -> None:
        """Go on to a later slot; what holds still, holds there too."""
        if slot == self.slot + 1:
            self._fill(slot, 1)
            self.slot = slot
        while slot > self.slot:
            # Between two expiries every slot is like the one before, so a long silence is a few steps.
            alive = self._until[(self._until > self.slot) & (self._until < slot)]
            target = int(alive.min()) if alive.size else slot
            first = self.slot + 1
            self._fill(first, 1)
            self._fill(target, target - first)
            self.slot = target

    def _fill(self, slot: int, times: int) -> None:
        if times <= 0:
            return
        for name, whole in self._wholes.items():
            whole.add(self.ago(name, 0), 1)
        for block, span in zip(self._blocks, self._spans, strict=True):
            row = np.where(self._until[span] >= slot, block.ring[block.at], np.nan)
            block.push(row, times)
        for name, whole in self._wholes.items():
            whole.add(self.ago(name, 0), times - 1)

    def put(self, figures: Places, columns: Places, values: Numbers, until: NDArray[np.int64]) -> None:
        """Write figures of the present slot; `until` is the last slot in which each holds without a new one."""
        for block, span in zip(self._blocks, self._spans, strict=True):
            here = (figures >= span.start) & (figures < span.stop)
            block.ring[block.at, figures[here] - span.start, columns[here]] = values[here]
        self._until[figures, columns] = until

    def put_late(self, name: str, column: int, slot: int, value: float, *, slots_held: int) -> None:
        """Write a figure into a slot that has passed, and on until the next one that differs from what held there."""
        block, number = self._where[self.index[name]]
        first = block.at - (self.slot - slot)
        if first < 0:
            return
        history = block.ring[first : block.at, number, column]
        held = history[:1].copy()
        for place in range(min(len(history), slots_held)):
            if not np.array_equal(history[place : place + 1], held, equal_nan=True):
                return
            history[place] = value

    def blank(self, column: int, first: int, last: int, names: Iterable[str] = ()) -> None:
        """Unlearn what was taken to hold from one slot to another: of all figures, or of some."""
        if last < first:
            return
        for name in names or self.names:
            block, number = self._where[self.index[name]]
            start, end = block.at - (self.slot - first), block.at - (self.slot - last)
            if end >= 0:
                block.ring[max(start, 0) : end + 1, number, column] = np.nan

    def forget(self, column: int) -> None:
        """Empty a column for another session."""
        for block in self._blocks:
            block.ring[:, :, column] = np.nan
        self._until[:, column] = -1
        for fixed in self.fixed.values():
            fixed[column] = np.nan
        for whole in self._wholes.values():
            whole.forget(column)

    def maximum(self, name: str) -> Numbers:
        """The highest value since the first sample."""
        return np.asarray(np.fmax(self._wholes[name].highest, self.ago(name, 0)))

    def time_mean(self, name: str) -> Numbers:
        """The mean since the first sample, by how long each value held; a value that has held no time yet stands for itself."""
        whole = self._wholes[name]
        with np.errstate(all="ignore"):
            return np.where(whole.known > 0, whole.total / whole.known, self.ago(name, 0))

    def ago(self, name: str, back: int) -> Numbers:
        """What held `back` slots before, one a session."""
        if name in self.fixed:
            return self.fixed[name]
        block, number = self._where[self.index[name]]
        held: Numbers = block.ring[block.at - back, number]
        return held

    def window(self, name: str, first: int, last: int) -> Numbers:
        """[slot, session] from `first` slots back to `last` slots back, both included, oldest first."""
        if name in self.fixed:
            return np.broadcast_to(self.fixed[name], (first - last + 1, self.sessions))
        block, number = self._where[self.index[name]]
        return block.ring[block.at - first : block.at - last + 1, number]


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
