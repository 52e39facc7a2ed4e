"""How many cells (a metric of a session at a moment) one core takes from rows to decisions, beside two other ways to do it.

A cell is counted when its row has been through the feed, the board, all metrics, all rules and the stages; the detector is
counted by itself, a cell being one value of one series. Processor time of one thread is taken, so that others on the machine
matter less; making up the rows is not in it, nor are the first steps, in which little can be compared yet.
"""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta

from bot.domain.decisions import Decision
from bot.domain.detection import Detector
from bot.domain.expressions import Derived, Expression, Series, evaluate
from bot.domain.seats import Watched
from bot.domain.watch import Row, Watch
from tests.benchmarks.figures import Figure
from tests.benchmarks.live_rooms import sent
from tests.benchmarks.plan import Bench
from tests.domain.rule_room import START, book

SESSIONS, WARM, STEPS = 10_000, 60, 12
"""Sessions side by side; steps of ten seconds before the clock runs, and while it does."""
TROUBLED = 50
"""Every so many a room loses viewers, so that rules hold and stages are gone through."""
LEAST = 400_000
FEW = 3
"""Sessions of what is computed one by one: it takes as long for each."""
VALUES = 20_000


def watch(_: Bench) -> list[Figure]:
    """The same rows through the watch, through `evaluate` one by one, and through river's HalfSpaceTrees."""
    seconds, cells, decided = watched(SESSIONS, WARM, STEPS)
    note = (
        f"{SESSIONS:,} sessions of 42 metrics, all rules and stages, {decided} decisions, {seconds / STEPS * 1000:.0f} ms a step"
    )
    one_by_one = "the readable evaluation, row by row, without stages"
    trees = "a model a session, 42 features: scores, no rules"
    return [
        Figure("watch", "rows to decisions, one core", cells / seconds, "cells/s", LEAST, False, note=note),
        Figure("watch", "the same rules with `evaluate`", plainly(), "cells/s", note=one_by_one),
        Figure("watch", "river's HalfSpaceTrees", half_space_trees(), "cells/s", note=trees),
        Figure("watch", "our detector", detected(), "cells/s", note="one series; not part of the first row"),
    ]


def watched(sessions: int, warm: int, steps: int) -> tuple[float, int, int]:
    """Processor seconds, cells and decisions of the steps that count."""
    dice = random.Random(1)
    room = Watch(book(), sessions)
    columns = [room.join(Watched(str(number), began=START - 7200)) for number in range(sessions)]
    cells = decided = 0
    spent = 0.0
    for step in range(warm + steps):
        now = START + step * 10.0
        batch: list[Row] = [(column, now, _row(column, step, warm, dice)) for column in columns]
        begun = time.thread_time()
        events = room.step(batch)
        if step >= warm:
            spent += time.thread_time() - begun
            cells += sum(len(values) for _, _, values in batch)
            decided += sum(isinstance(event, Decision) for _, event in events)
    return spent, cells, decided


def _row(number: int, step: int, warm: int, dice: random.Random) -> dict[str, float]:
    return sent(number, 120 + step / 6, dice, dropped=number % TROUBLED == 0 and step >= warm)


def plainly() -> float:
    """Cells a second when every rule of every session is evaluated by itself: the meaning that the watch has to keep to."""
    dice, rules = random.Random(1), book()
    limits = {name: limit.default for name, limit in rules.limits.items() if limit.default is not None}
    past: list[dict[str, list[tuple[float, float]]]] = [{} for _ in range(FEW)]
    cells, spent = 0, 0.0
    for step in range(WARM + 2):
        for number in range(FEW):
            now, row = START + step * 10.0, _row(number, step, WARM, dice)
            for name, value in row.items():
                past[number].setdefault(name, []).append((now, value))
            if step < WARM:
                continue
            begun = time.thread_time()
            known = {**past[number], **{name: [(0.0, value)] for name, value in limits.items()}}
            values = Derived(Series(known, now), rules.formulas)
            for prepared in rules.rules:
                evaluate(Expression(prepared.rule.when.text, prepared.root), values)
            spent += time.thread_time() - begun
            cells += len(row)
    return cells / spent


def half_space_trees() -> float:
    """Cells a second of river's streaming anomaly detector at its defaults, a model for each session, learning and scoring."""
    from river.anomaly import HalfSpaceTrees  # type: ignore[import-untyped]

    dice, models = random.Random(1), [HalfSpaceTrees(seed=1) for _ in range(FEW)]
    cells, spent = 0, 0.0
    for step in range(WARM + 2):
        for number, model in enumerate(models):
            row = _row(number, step, WARM, dice)
            begun = time.thread_time()
            model.score_one(row)
            model.learn_one(row)
            spent += time.thread_time() - begun
            cells += len(row)
    return cells / spent


def detected() -> float:
    """Values a second of one series through the detector."""
    dice, detector, start = random.Random(1), Detector(), datetime(2026, 1, 1, tzinfo=UTC)
    values = [(start + timedelta(seconds=10 * n), dice.gauss(100, 5)) for n in range(VALUES)]
    begun = time.thread_time()
    for moment, value in values:
        detector.update(moment, value)
    return VALUES / (time.thread_time() - begun)
