"""Effects: what would have come by itself is no help, what cannot be told is not told, and what helped is seen."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from bot.domain.effects import Acted, Effect, by_minute, measure
from bot.domain.metrics import Good

SIGN, ACTED = 78, 80
STEADY = Acted(SIGN, ACTED)


def room(seed: int, *, gain: float = 0.0, minutes: int = 120, stays: float = 0.5) -> dict[int, float]:
    """A figure that wavers around 300 and comes back by itself; somebody who acts at ACTED adds `gain`."""
    chance, off, found = random.Random(seed), 0.0, {}
    for minute in range(minutes):
        off = stays * off + chance.gauss(0, 8)
        if minute == SIGN:
            off = -30.0
        found[minute] = 300 + off + (gain if minute > ACTED else 0.0)
    return found


@pytest.mark.parametrize("minutes", [5, 15])
def test_a_figure_that_comes_back_by_itself_is_seldom_taken_for_help(minutes: int) -> None:
    found = [measure("x", "秒", room(seed), STEADY, minutes) for seed in range(40)]
    assert sum(one.helped(Good.UP) is True for one in found) <= 4
    naive = [room(seed)[ACTED + minutes] - room(seed)[SIGN] for seed in range(40)]
    assert sum(one > 0 for one in naive) >= 38, "before and after alone would have called nearly all of them help"


@pytest.mark.parametrize("minutes", [5, 15])
def test_what_helped_is_seen_with_an_interval_around_it(minutes: int) -> None:
    found = [measure("x", "秒", room(seed, gain=80), STEADY, minutes) for seed in range(20)]
    assert all(one.helped(Good.UP) is True and one.helped(Good.DOWN) is False for one in found)
    held = [one for one in found if one.low is not None and one.high is not None and one.low <= 80 <= one.high]
    assert len(held) >= 16


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ended": ACTED + 14}, "ended"),
        ({"since": ACTED - 16}, "late"),
        ({"others": (ACTED + 3,)}, "another"),
        ({"planned": ((ACTED + 10, ACTED + 20),)}, "planned"),
    ],
)
def test_what_cannot_be_told_says_why(changes: dict[str, object], reason: str) -> None:
    found = measure("x", "秒", room(1), replace(STEADY, **changes), 15)  # type: ignore[arg-type]
    assert found == Effect(15, "x", reason=reason) and found.difference is None and found.helped(Good.UP) is None


def test_a_gap_and_a_session_that_has_just_begun_cannot_be_told() -> None:
    whole = room(1)
    gap = {minute: value for minute, value in whole.items() if not ACTED + 3 < minute < ACTED + 9}
    assert measure("x", "秒", gap, STEADY, 15).reason == "gap"
    assert measure("x", "秒", {m: v for m, v in whole.items() if m > 50}, STEADY, 15).reason == "little_before"
    assert measure("x", "秒", {}, STEADY, 5).reason == "gap"


def test_a_room_that_never_moved_says_nothing_about_how_it_comes_back() -> None:
    still = dict.fromkeys(range(120), 300.0) | {minute: 200.0 for minute in range(SIGN, ACTED + 1)}
    assert measure("x", "秒", still, STEADY, 5).reason == "unlike"


def test_a_handful_of_orders_is_chance_whatever_anybody_does() -> None:
    few = {minute: value / 60 for minute, value in room(2).items()}
    assert measure("x", "单", few, STEADY, 5).reason == "few_counts"
    assert measure("x", "%", few, STEADY, 5).reason == ""


def test_what_came_after_the_horizon_changes_nothing() -> None:
    whole = room(3)
    later = {minute: value if minute <= ACTED + 5 else 9999.0 for minute, value in whole.items()}
    assert measure("x", "秒", later, STEADY, 5) == measure("x", "秒", whole, STEADY, 5)


def test_a_minute_is_its_median_and_what_is_missing_is_not_zero() -> None:
    assert by_minute([(60, 1.0), (70, 2.0), (80, 90.0), (120, None), (180, float("nan"))]) == {1: 2.0}
