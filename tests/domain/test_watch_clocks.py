"""Sessions side by side, each with a feed of its own: late, out of step, stalling. Each is decided about as if it were alone."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest

from bot.domain.decisions import Decision
from bot.domain.feeds import Gap
from bot.domain.seats import Watched
from bot.domain.watch import Event, Watch
from tests.domain.rule_room import START, at, book, rows


def arriving(dice: random.Random, number: int) -> list[tuple[float, float, dict[str, float]]]:
    """(arrival, moment, figures) of a troubled room whose feed has a lag and a pace of its own, drops rows, sends some late, and
    stalls once to bring everything at the end of the stall."""
    start = dice.uniform(25, 45)
    name, value = [("online_now", 300), ("avg_watch_sec", 15)][number % 2]
    figures = {name: at(value, start=start, name=name)}
    lag, every, stall = dice.uniform(-30, 400), dice.choice([1.0, 0.5]), START + dice.uniform(600, 3600)
    found = []
    for moment, values in rows(figures, 70, every=every):
        if dice.random() < 0.03:
            continue
        delay = lag + dice.uniform(0, 8) + (dice.uniform(20, 200) if dice.random() < 0.03 else 0)
        arrival = moment + delay
        found.append((stall + 200 + moment / 1e6 if stall < arrival < stall + 200 else arrival, moment, values))
    return sorted(found, key=lambda one: one[0])


def heard(events: Iterable[tuple[int, Event]]) -> list[Event]:
    """What people or the record hear of; a gap is noticed by the clock."""
    return [event for _, event in events if not isinstance(event, Gap)]


@pytest.mark.parametrize("seed", range(2))
def test_each_session_is_judged_by_its_own_clock_however_late_the_others_are(seed: int) -> None:
    dice = random.Random(seed)
    feeds = [arriving(dice, number) for number in range(5)]
    together, alone = Watch(book(), 3), [Watch(book(), 1) for _ in feeds]
    together.grow(len(feeds) - 3)
    mixed: list[list[Event]] = [[] for _ in feeds]
    for number in range(len(feeds)):
        assert together.join(Watched(str(number))) == number and alone[number].join(Watched(str(number))) == 0
    # What comes within two seconds is one step, unless a session has more than one row in it.
    batch: dict[int, tuple[float, dict[str, float]]] = {}
    until = 0.0

    def step() -> None:
        for column, event in together.step([(column, *row) for column, row in batch.items()]):
            mixed[column] += heard([(column, event)])
        batch.clear()

    everything = sorted((arrival, number, moment) for number, feed in enumerate(feeds) for arrival, moment, _ in feed)
    figures = [{moment: values for _, moment, values in feed} for feed in feeds]
    for arrival, number, moment in everything:
        if arrival > until or number in batch:
            step()
            until = arrival + 2
        batch[number] = (moment, figures[number][moment])
    step()
    for watch, feed, found in zip(alone, feeds, mixed, strict=True):
        events = [event for _, moment, values in feed for event in heard(watch.step([(0, moment, values)]))]
        assert found == events
    assert sum(isinstance(event, Decision) and event.sent for found in mixed for event in found) >= 2
