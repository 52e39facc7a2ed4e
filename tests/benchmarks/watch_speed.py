"""How many metric cells a second one core takes from rows to decisions, for many sessions side by side.

usage: python -m tests.benchmarks.watch_speed [SESSIONS] [STEPS]

Every session sends the built-in base metrics every ten seconds; a twentieth of the rooms lose viewers on the way. Processor time
is counted, so that others on the machine do not matter. The first steps, in which little can be compared yet, are not timed.
"""

from __future__ import annotations

import random
import sys
import time

from bot.domain.decisions import Decision
from bot.domain.seats import Watched
from bot.domain.watch import Row, Watch
from tests.domain.rule_room import START, STEADY, book

WARM = 30
TROUBLED = 20


def sent(number: int, step: int, dice: random.Random) -> dict[str, float]:
    """One room's row, with the noise of few or many people."""
    minute, size = step / 6, 0.3 + number % 10 / 5
    row = {name: figure(minute) * (size if name != "avg_watch_sec" else 1) for name, figure in STEADY.items()}
    row |= {name: STEADY[name](minute) for name in row if STEADY[name](minute) <= 1}
    drop = 0.7 if number % TROUBLED == 0 and step > WARM else 1.0
    return row | {"online_now": float(int(row["online_now"] * drop + dice.gauss(0, 5)))}


def main(sessions: int = 10_000, steps: int = 30) -> None:
    dice = random.Random(1)
    watch = Watch(book(), sessions)
    columns = [watch.join(Watched(str(number), began=START - 7200)) for number in range(sessions)]
    cells = decided = 0
    spent = 0.0
    for step in range(WARM + steps):
        now = START + step * 10.0
        batch: list[Row] = [(column, now, sent(column, step, dice)) for column in columns]
        begun = time.process_time()
        events = watch.step(batch)
        if step >= WARM:
            spent += time.process_time() - begun
            cells += sum(len(values) for _, _, values in batch)
            decided += sum(1 for _, event in events if isinstance(event, Decision))
    step_ms = spent / steps * 1000
    print(f"{sessions} sessions, {steps} steps: {cells / spent:,.0f} cells/s, {step_ms:.0f} ms a step, {decided} decisions")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
