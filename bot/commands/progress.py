"""How far the indexing is, on stderr: a bar at a terminal, otherwise a plain line every few seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.commands.common import note
from bot.commands.words import say

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

_LINE_EVERY = 3.0  # seconds; what takes less needs no word
_FEWEST = 20  # items in a stage below which a rate says nothing: the steps of preparing a model are not alike


@dataclass(slots=True)
class Pace:
    """How fast one stage goes: `rate` in items a second since its first report, None before there is one."""

    stage: str
    done: int
    total: int
    began: float
    first: int

    def rate(self, now: float) -> float | None:
        """Items a second, None while it cannot be told."""
        elapsed = now - self.began
        told = self.total >= _FEWEST and elapsed > 0.2 and self.done > self.first
        return (self.done - self.first) / elapsed if told else None

    def describe(self, language: str, now: float) -> str:
        """E.g. 计算向量 120/400 · 18.2/s · 还剩 0:15"""
        rate = self.rate(now)
        text = f"{say(language, self.stage)} {self.done}/{self.total}"
        if rate is None:
            return text
        minutes, seconds = divmod(round((self.total - self.done) / rate), 60)
        return f"{text} · {rate:.1f}/s · {say(language, 'left')} {minutes}:{seconds:02d}"


class LineProgress:
    """Says a line on stderr every few seconds; `current` is what a tool bar shows instead."""

    def __init__(self, language: str, *, line: Callable[[str], None] = note, clock: Callable[[], float] = time.monotonic) -> None:
        self._language = language
        self._line = line
        self._clock = clock
        self._spoken = clock()
        self._pace: Pace | None = None

    def update(self, stage: str, done: int, total: int) -> None:
        """Take note that `done` of `total` items of `stage` are done."""
        now = self._clock()
        if self._pace is None or self._pace.stage != stage:
            self._pace = Pace(stage, done, total, now, done)
        self._pace.done, self._pace.total = done, total
        if now - self._spoken >= _LINE_EVERY:
            self._spoken = now
            self._line(self._pace.describe(self._language, now))

    def close(self) -> None:
        """Nothing to take away: what was said stays."""

    @property
    def current(self) -> str:
        """The same line for a tool bar; empty before the start and when everything is done."""
        if self._pace is None or self._pace.done >= self._pace.total:
            return ""
        return self._pace.describe(self._language, self._clock())


class BarProgress:
    """A bar for each stage, with rate and time left; gone when it is closed."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._bars: RichProgress | None = None
        self._tasks: dict[str, TaskID] = {}

    def update(self, stage: str, done: int, total: int) -> None:
        """Draw that `done` of `total` items of `stage` are done; a stage with nothing to do is not drawn."""
        if not total:
            return
        if self._bars is None:
            self._bars = _new_bars(self._language)
            self._bars.start()
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(say(self._language, stage), total=total)
        self._bars.update(self._tasks[stage], completed=done, total=total)

    def close(self) -> None:
        """Take the bars off the screen."""
        if self._bars is not None:
            self._bars.stop()


def _new_bars(language: str) -> RichProgress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{speed:.1f}/s" if speed else "", style="progress.percentage")

    label, left = TextColumn("{task.description}"), TextColumn(say(language, "left"))
    columns = (label, BarColumn(), MofNCompleteColumn(), Rate(), left, TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


@contextmanager
def progress_on_stderr(language: str) -> Iterator[BarProgress | LineProgress]:
    """The form of progress that suits stderr, taken away again at the end."""
    if not sys.stderr.isatty():
        yield LineProgress(language)
        return
    bars = BarProgress(language)
    try:
        yield bars
    finally:
        bars.close()
