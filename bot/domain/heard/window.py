"""What was heard within the last so many seconds, counted as it comes and goes: a question costs what changed, not what is there.

Moments come in any order; a question about an earlier one than the last takes what is later out again. Knows no clock.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

Named = tuple[str, float]
"""A group's id, and an amount in yuan that was named for it."""
_Row = tuple[float, int, tuple[str, ...], tuple[Named, ...]]
"""When, in which order it came, the groups it counts for, the amounts."""


@dataclass(slots=True)
class _Largest:
    """Amounts that come and go, and the largest of those that are there."""

    there: Counter[float] = field(default_factory=Counter)
    heap: list[float] = field(default_factory=list)

    def add(self, amount: float) -> None:
        self.there[amount] += 1
        heappush(self.heap, -amount)

    def drop(self, amount: float) -> None:
        self.there[amount] -= 1
        if not self.there[amount]:
            del self.there[amount]

    @property
    def value(self) -> float | None:
        while self.heap and -self.heap[0] not in self.there:
            heappop(self.heap)
        return -self.heap[0] if self.heap else None


@dataclass(slots=True)
class Window:
    """Rows of the last `span` seconds before the moment last asked for with `at`; older ones are forgotten for good.

    `counts` says of each group how many rows there are; `rows` of how many rows that is.
    """

    span: float
    counts: Counter[str] = field(default_factory=Counter)
    _amounts: dict[str, _Largest] = field(default_factory=dict)
    _there: deque[_Row] = field(default_factory=deque)
    _ahead: list[_Row] = field(default_factory=list)
    _edge: float = float("-inf")
    _order: Iterable[int] = field(default_factory=count)

    @property
    def rows(self) -> int:
        """How many rows are within the window."""
        return len(self._there)

    def add(self, ts: float, groups: Iterable[str], amounts: Collection[Named] = ()) -> None:
        """One row more; it counts once a moment at or after `ts` is asked for."""
        if ts < self._edge:
            self._back(ts)
        heappush(self._ahead, (ts, next(iter(self._order)), tuple(groups), tuple(amounts)))

    def at(self, now: float) -> None:
        """Make the window that of this moment."""
        if now < self._edge:
            self._back(now)
        self._edge = now
        while self._ahead and self._ahead[0][0] <= now:
            self._take(heappop(self._ahead))
        while self._there and now - self._there[0][0] >= self.span:
            self._drop(self._there.popleft())

    def largest(self, group: str) -> float | None:
        """The largest amount that is named for a group within the window."""
        found = self._amounts.get(group)
        return found.value if found else None

    def _back(self, ts: float) -> None:
        """What is later than that moment does not count yet."""
        while self._there and self._there[-1][0] > ts:
            row = self._there.pop()
            self._drop(row)
            heappush(self._ahead, row)
        self._edge = ts

    def _take(self, row: _Row) -> None:
        self._there.append(row)
        self.counts.update(row[2])
        for group, amount in row[3]:
            self._amounts.setdefault(group, _Largest()).add(amount)

    def _drop(self, row: _Row) -> None:
        self.counts.subtract(row[2])
        for group, amount in row[3]:
            self._amounts[group].drop(amount)
