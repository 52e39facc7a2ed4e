"""What was said in a recorded session, heard as it would have been live: the lines' own time is the clock. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.heard import JOIN
from bot.domain.lines import Line
from bot.domain.nudges import Rule
from bot.domain.remarks import FIGURES_HOLD, Ear, Mention, Remark

_MOMENT = 1.0
"""Seconds after which a clock that ticks each second notices that the next words did not come."""


@dataclass(slots=True)
class Overheard:
    """The lines of one session, in the order of their time. Those before `begins` (seconds) are passed over: nobody was live."""

    ear: Ear
    rules: Mapping[str, Rule]
    lines: Sequence[Line]
    begins: float
    listened: int = 0
    _next: int = 0
    _last: float = 0.0
    _figures: dict[str, tuple[float, float]] = field(default_factory=dict)

    def figures(self, at: float, values: Mapping[str, float]) -> None:
        """Take what a feed brought at a moment: a rule may ask for it (whether there is evidence)."""
        self._figures |= {name: (at, value) for name, value in values.items()}

    def until(self, at: float) -> Iterator[tuple[float, Remark]]:
        """What comes of the lines before a moment, and when it is decided."""
        while self._next < len(self.lines) and (said := self.lines[self._next].at.timestamp()) < at:
            line = self.lines[self._next]
            self._next += 1
            if said < self.begins:
                continue
            yield from self._settled(said)
            self.listened += 1
            self._last = said
            yield from self._judged(said, self.ear.hear(said, line.text, line.source))
        yield from self._settled(at)

    def _settled(self, at: float) -> Iterator[tuple[float, Remark]]:
        """What waited for the next words, once it has waited long enough."""
        noticed = self._last + JOIN + _MOMENT
        if self.ear.waits and noticed < at:
            yield from self._judged(noticed, self.ear.settle(noticed))

    def _judged(self, at: float, mentions: Sequence[Mention]) -> Iterator[tuple[float, Remark]]:
        if mentions:
            held = {name: value for name, (since, value) in self._figures.items() if at - since <= FIGURES_HOLD}
            yield from ((at, remark) for remark in self.ear.judge(mentions, self.rules, held))
