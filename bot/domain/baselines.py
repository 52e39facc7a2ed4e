"""What a session itself has been like, minute by minute: how far figures usually swing, and what a ratio usually is.

Both are robust (median and median absolute deviation), so that an incident of some minutes does not become what is usual.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.domain.board import Numbers, Places, Slots

MINUTES = 180
"""Minutes that are remembered: more than one round of the products that a room shows."""
LEAST_SWINGS, LEAST_RECENTS, LEAST_RISES = 20, 15, 60
"""Minutes from which on a usual swing, a usual ratio, and how high sales and entries usually rise can be told."""
HIGHER = 1.1
"""A rise has to be so many times the highest that the session has seen: a good product sells well whenever it is its turn."""
SWINGS, WIDEST = 3.0, 0.3
"""A move has to be so many usual swings, but never more than this is asked of it."""
SPREADS = 3.0
"""A ratio has to fall below what this session's products have been like by so many of their spreads."""
_LAG_SWINGS, _LAG_RECENTS = 5, 8
# Of a normal distribution the standard deviation is so many median absolute deviations.
_NORMAL = 1.4826
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Low:
    """What a ratio usually is in a session, and below what it is unlike the session."""

    below: float
    usual: float


class Baselines:
    """A ring of minutes for `rows` figures of `sessions` sessions, each of which has minutes of its own."""

    def __init__(self, rows: int, sessions: int) -> None:
        self._ring: NDArray[np.float32] = np.full((rows, MINUTES, sessions), np.nan, dtype=np.float32)
        self._minutes: Slots = np.zeros(sessions, dtype=np.int64)

    def remember(self, columns: Places, values: NDArray[np.float32]) -> None:
        """Add a minute of some sessions: [row, session]."""
        self._ring[:, self._minutes[columns] % MINUTES, columns] = values
        self._minutes[columns] += 1

    def forget(self, column: int) -> None:
        """Empty a column for another session."""
        self._ring[:, :, column] = np.nan
        self._minutes[column] = 0

    def grow(self, more: int) -> None:
        """Make room for so many more sessions."""
        room = np.full((*self._ring.shape[:2], more), np.nan, dtype=np.float32)
        self._ring = np.concatenate([self._ring, room], axis=2)
        self._minutes = np.append(self._minutes, np.zeros(more, dtype=np.int64))

    def swing(self, row: int, column: int, moved: float) -> float:
        """How far a relative change has to go to be more than usual; 0 while that cannot be told.

        `moved` says which way: a fall cannot go beyond -1, so not too much may be asked of it.
        """
        known = self._known(row, column, _LAG_SWINGS)
        if len(known) < LEAST_SWINGS:
            return 0.0
        spread = float(np.median(np.abs(known - np.median(known)))) * _NORMAL
        return min(SWINGS * spread, WIDEST) if moved < 0 else SWINGS * spread

    def rise(self, row: int, column: int) -> float | None:
        """How far a rise has to go to be more than the highest so far; None while that cannot be told."""
        known = self._known(row, column, _LAG_SWINGS)
        if len(known) < LEAST_RISES:
            return None
        return max(self.swing(row, column, 1.0), HIGHER * float(known.max()))

    def usual(self, row: int, column: int) -> float | None:
        """The median of a figure; None while it cannot be told."""
        known = self._known(row, column, _LAG_SWINGS)
        return float(np.median(known)) if len(known) >= LEAST_SWINGS else None

    def band(self, row: int, column: int, minutes: int = MINUTES) -> tuple[float, float] | None:
        """(median, `SWINGS` usual swings) of a figure over so many minutes of it; None while it cannot be told."""
        known = self._known(row, column, _LAG_SWINGS)[-minutes:]
        if len(known) < LEAST_SWINGS:
            return None
        middle = float(np.median(known))
        return middle, SWINGS * _NORMAL * float(np.median(np.abs(known - middle)))

    def low(self, row: int, column: int, factor: float) -> Low | None:
        """Below what a ratio is unlike this session: `factor` x its median, and below the spread of its products."""
        known = self._known(row, column, _LAG_RECENTS)
        if len(known) < LEAST_RECENTS or float(np.median(known)) <= 0:
            return None
        logs = np.log(np.maximum(known, _TINY))
        middle = float(np.median(logs))
        spread = float(np.median(np.abs(logs - middle))) * _NORMAL
        return Low(float(np.exp(middle + min(np.log(factor), -SPREADS * spread))), float(np.exp(middle)))

    def _known(self, row: int, column: int, lag: int) -> Numbers:
        """The values up to `lag` minutes before, so that what is happening now is not part of what is usual."""
        last = int(self._minutes[column]) - lag
        if last <= 0:
            return np.empty(0)
        places = np.arange(max(0, last - MINUTES + lag), last) % MINUTES
        values: Numbers = self._ring[row, places, column].astype(np.float64)
        known: Numbers = values[~np.isnan(values)]
        return known
