"""How often a feed brings something, learnt from what comes, and from when on its silence means that it is blind."""

from __future__ import annotations

from dataclasses import dataclass

LEAST_PATIENCE = 90.0
"""Seconds of silence that are never called a gap: boards are copied by hand and stall for a minute."""
_STEPS = 3.5
# How fast the step is learnt: after four samples at a new cadence three quarters of the way.
_LEARNING = 0.3
# One long silence is no new cadence; several are.
_LONGEST = 4.0


@dataclass(slots=True)
class Pace:
    """`step` is the usual seconds between two samples, `last` the moment of the latest; None before the first."""

    step: float
    last: float | None = None

    def came(self, at: float) -> None:
        """Take a sample into account; one that is older than the latest says nothing about the cadence."""
        if self.last is None:
            self.last = at
        elif at > self.last:
            self.step += _LEARNING * (min(at - self.last, _LONGEST * self.step) - self.step)
            self.last = at

    @property
    def patience(self) -> float:
        """Seconds after the latest sample for which it still counts, and after which the silence is a gap."""
        return max(LEAST_PATIENCE, _STEPS * self.step)

    def silent(self, now: float) -> bool:
        """Whether nothing has come for clearly longer than usual."""
        return self.last is not None and now - self.last > self.patience
