"""Rows of a feed, in whatever order they come, to clean samples: each with what was refused and why.

Pure: time is what the rows say, in seconds. Missing stays missing. Knows nothing about files, rules or how samples are kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from bot.domain.cells import Cell, Fault, Kind
from bot.domain.pace import LEAST_PATIENCE, Pace

LATE = 300.0
"""A row may come so many seconds after a later one; what is older changes no decision any more and is refused."""
AHEAD = 6 * 3600.0
"""A row so far after the latest one waits for the next: one wrong clock must not make every other row late."""
_FIRST_STEP = 20.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """One value, or a whole row where `field` is empty, that was not taken; of a glitch, what the value before was."""

    at: float
    field: str
    fault: Fault
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """No samples from `begin` (the latest one) on, noticed at `noticed`; of all figures, or of those in `fields`."""

    begin: float
    noticed: float
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Return:
    """Samples again at `at`, after the silence since `begin`."""

    begin: float
    at: float
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What a row came to: `values` are clean and counters continued; `late` ones belong to an earlier moment."""

    at: float
    values: Mapping[str, float] = field(default_factory=dict)
    late: bool = False
    refusals: tuple[Refusal, ...] = ()
    restarted: tuple[str, ...] = ()
    returned: tuple[Return, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing of the row was taken."""
        return not self.values


class Feed:
    """One session's feed. `kinds` are the figures it may bring, `steps` how often each usually comes, in seconds."""

    def __init__(self, kinds: Mapping[str, Kind], steps: Mapping[str, float] | None = None) -> None:
        self._kinds = kinds
        self._steps = steps or {}
        self.cells: dict[str, Cell] = {}
        self.paces: dict[str, Pace] = {}
        self.pace = Pace(_FIRST_STEP)
        self.blind: Gap | None = None
        self.lost: dict[str, Gap] = {}
        self.regular: frozenset[str] = frozenset()
        self._regular_at = 0.0
        self._seen: dict[float, None] = {}
        self._ahead: float | None = None

    def take(self, at: float, values: Mapping[str, float]) -> Taken:
        """Take one row: the moment in seconds and the figures that it has; blank ones are left out of `values`."""
        last = self.pace.last
        if at in self._seen:
            return Taken(at, refusals=(Refusal(at, "", Fault.DUPLICATE),))
        if last is not None and at <= last:
            return self._late(at, values, last)
        if last is not None and at - last > AHEAD and (self._ahead is None or at < self._ahead):
            self._ahead = at
            return Taken(at, refusals=(Refusal(at, "", Fault.TOO_EARLY),))
        self._ahead = None
        returned = self._back(at)
        self._see(at)
        self._regular_at = at if self.pace.last is None else self.pace.last
        self.pace.came(at)
        clean, refusals, restarted = self._clean(at, values)
        held = {one.field for one in refusals if one.fault is Fault.HELD_BACK} if refusals else set()
        self._note_names(at, clean.keys() | held if held else clean.keys())
        if self.lost:
            returned += self._back_again(at, clean)
        return Taken(at, clean, False, tuple(refusals), tuple(restarted), returned)

    def patience(self, name: str) -> float:
        """Seconds for which a value of a figure holds."""
        if name in self.regular:
            return self.pace.patience
        pace = self.paces.get(name)
        return pace.patience if pace else LEAST_PATIENCE

    def tick(self, now: float) -> tuple[Gap, ...]:
        """The gaps that have become plain by now: one for all figures, or one for those that stay away while others come."""
        if self.blind is None and self.pace.silent(now):
            self.blind = Gap(self.pace.last or now, now)
            return (self.blind,)
        if self.blind is not None:
            return ()
        others = ((name, pace) for name, pace in self.paces.items() if name not in self.regular and name not in self.lost)
        away = {name: pace for name, pace in others if pace.silent(now)}
        if not away:
            return ()
        gap = Gap(min(pace.last or now for pace in away.values()), now, tuple(sorted(away)))
        self.lost |= dict.fromkeys(away, gap)
        return (gap,)

    def _clean(self, at: float, values: Mapping[str, float]) -> tuple[dict[str, float], list[Refusal], list[str]]:
        clean: dict[str, float] = {}
        refusals: list[Refusal] = []
        restarted: list[str] = []
        cells = self.cells
        for name, value in values.items():
            cell = cells.get(name) or self._new(name)
            if cell is None:
                refusals.append(Refusal(at, name, Fault.UNKNOWN, value))
                continue
            # A value that quietly follows the one before, with none held back (nan): nearly all, and here a feed spends its time.
            raw = cell.raw
            if cell.held != cell.held and raw * cell.calmest <= value <= raw * 2.0 and value <= cell.most:
                cell.raw = value
                clean[name] = cell.base + value
                continue
            base = cell.base
            figure, fault = cell.take(value)
            if fault is not None:
                refusals.append(Refusal(at, name, fault, value))
            if figure is not None:
                clean[name] = figure
                if cell.base != base:
                    restarted.append(name)
        return clean, refusals, restarted

    def _note_names(self, at: float, came: Set[str]) -> None:
        """When each figure came, believed or held back. While rows bring the same ones, those come as often as rows do, and are
        noted once, at the end."""
        if came == self.regular:
            return
        for name in self.regular:
            self.paces[name].last = self._regular_at
            self.paces[name].step = self.pace.step
        again = self.regular & came
        for name in came - again:
            self.paces[name].came(at)
        for name in again:
            self.paces[name].last = at
        self.regular = frozenset(came)

    def _new(self, name: str) -> Cell | None:
        if name not in self._kinds:
            return None
        self.cells[name] = Cell(self._kinds[name])
        self.paces[name] = Pace(self._steps.get(name, _FIRST_STEP))
        return self.cells[name]

    def _late(self, at: float, values: Mapping[str, float], last: float) -> Taken:
        if last - at > LATE:
            return Taken(at, late=True, refusals=(Refusal(at, "", Fault.TOO_LATE),))
        self._see(at)
        clean: dict[str, float] = {}
        refusals: list[Refusal] = []
        for name, value in values.items():
            cell = self.cells.get(name)
            figure, fault = cell.placed(value) if cell else (None, Fault.UNPLACED)
            if fault is not None:
                refusals.append(Refusal(at, name, fault, value))
            if figure is not None:
                clean[name] = figure
        return Taken(at, clean, True, tuple(refusals))

    def _see(self, at: float) -> None:
        """Remember the moment for as long as a row of the same moment could still come."""
        self._seen[at] = None
        while self._seen and (first := next(iter(self._seen))) < at - 2 * LATE:
            del self._seen[first]

    def _back(self, at: float) -> tuple[Return, ...]:
        """The end of a gap, also of one that nobody asked about while it lasted."""
        silent = self.blind is not None or self.pace.silent(at)
        self.blind = None
        return (Return(self.pace.last or at, at),) if silent else ()

    def _back_again(self, at: float, clean: Mapping[str, float]) -> tuple[Return, ...]:
        back = sorted(self.lost.keys() & clean.keys())
        if not back:
            return ()
        begin = min(self.lost.pop(name).begin for name in back)
        return (Return(begin, at, tuple(back)),)
