"""What the detector takes for an anomaly and what not, and that it looks only back."""

from __future__ import annotations

import math
import pickle
import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.detection import HOLD, THRESHOLD, WARM_UP, Detector

START = datetime(2026, 3, 2, tzinfo=UTC)
FIVE = timedelta(minutes=5)
DAY = 288
"""Values of a day, one every five minutes."""


def scored(values: Iterable[float], step: timedelta = FIVE) -> list[float]:
    detector = Detector()
    return [detector.update(START + n * step, value) for n, value in enumerate(values)]


def told(values: Iterable[float], step: timedelta = FIVE) -> list[int]:
    """Where an anomaly is told."""
    return [n for n, score in enumerate(scored(values, step)) if score >= THRESHOLD]


def noise(count: int, seed: int = 1, level: float = 100.0, spread: float = 5.0) -> list[float]:
    made = random.Random(seed)
    return [made.gauss(level, spread) for _ in range(count)]


def season(n: int) -> float:
    return 100 + 50 * math.sin(2 * math.pi * n / DAY)


def test_a_spike_is_told_once_where_it_is() -> None:
    values = noise(2000)
    values[1500:1505] = [400.0] * 5
    found = [n for n in told(values) if n >= 1000]
    assert found == [1500]


def test_the_event_is_held_and_the_next_one_after_it_is_told_again() -> None:
    values = noise(3000)
    values[1500:1503] = values[1500 + HOLD // 2 : 1503 + HOLD // 2] = values[2500:2503] = [400.0] * 3
    assert [n for n in told(values) if n >= 1400] == [1500, 2500]


def test_a_jolt_does_not_hide_behind_the_tremor_before_it() -> None:
    values = [100 + n * 7919 % 13 for n in range(2000)]
    values[1500] = 118
    values[1510] = 900
    found = [n for n in told(values) if 1400 <= n < 1700]
    assert found == [1500, 1510]


@pytest.mark.parametrize("to", [160.0, 40.0])
def test_a_level_that_shifts_is_told_at_once_and_then_becomes_usual(to: float) -> None:
    values = noise(2000) + noise(2000, seed=2, level=to)
    found = [n for n in told(values) if n >= 1000]
    assert 2000 <= found[0] < 2010
    assert [n for n in found if n >= 3200] == []


def test_a_slow_slide_into_another_level_is_told() -> None:
    values = noise(3000)
    for n in range(2000, 3000):
        values[n] -= min(40.0, (n - 2000) * 0.4)
    assert [n for n in told(values) if n >= 1000][0] in range(2000, 2120)


def test_the_turn_of_the_day_is_no_anomaly_and_a_day_without_it_is() -> None:
    made = random.Random(3)
    values = [season(n) + made.gauss(0, 2) for n in range(14 * DAY)]
    assert len([n for n in told(values) if n >= 3 * DAY]) <= 2
    values[10 * DAY : 10 * DAY + DAY // 2] = [100 + made.gauss(0, 2) for _ in range(DAY // 2)]  # the hill of the day is missing
    found = [n for n in told(values) if n >= 3 * DAY]
    assert 10 * DAY <= found[0] < 10 * DAY + DAY // 2


def test_what_comes_every_day_stops_being_told() -> None:
    values = noise(20 * DAY)
    for day in range(20):
        at = day * DAY + 130
        values[at : at + 3] = [200.0] * 3
    found = told(values)
    first, last = [n for n in found if n < 6 * DAY], [n for n in found if n >= 14 * DAY]
    assert len(last) < 4 and len(last) <= len(first)


def test_noise_alone_is_hardly_ever_told() -> None:
    scores = [score for seed in range(5) for score in scored(noise(4000, seed=seed))]
    assert sum(score >= THRESHOLD for score in scores) <= len(scores) / 500
    assert max(scores) < 0.65


def test_a_flat_series_is_quiet_and_its_first_change_is_told() -> None:
    values = [7.0] * 500 + [7.5] + [7.0] * 300
    scores = scored(values)
    assert max(scores[:500]) == 0 and scores[500] >= THRESHOLD


def test_rounding_in_a_flat_series_is_no_change() -> None:
    values = [0.1 + 0.2 if n % 7 else 0.3 for n in range(1000)]
    assert max(scored(values)) == 0


@pytest.mark.parametrize("missing", [math.nan, math.inf, -math.inf])
def test_a_missing_value_has_no_score_and_leaves_no_trace(missing: float) -> None:
    values = noise(600)
    with_gaps, whole = Detector(), Detector()
    for n, value in enumerate(values):
        at = START + n * FIVE
        if n % 10 == 3:
            assert math.isnan(with_gaps.update(at, missing))
        assert with_gaps.update(at, value) == whole.update(at, value)


def test_a_gap_is_not_a_fall_to_zero() -> None:
    values = noise(1000) + [math.nan] * 200 + noise(300, seed=2)
    assert [n for n in told(values) if 990 <= n < 1220] == []
    zeros = noise(1000) + [0.0] * 200
    assert [n for n in told(zeros) if n >= 990][0] in range(1000, 1003)


def test_nothing_is_told_before_there_is_something_to_compare_with() -> None:
    values = [1.0, 1e6] * WARM_UP
    assert max(scored(values)[:WARM_UP]) == 0


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=120), st.integers(0, 120))
def test_scores_lie_between_0_and_1_and_a_prefix_has_the_prefix_of_the_scores(values: list[float], cut: int) -> None:
    whole = scored(values)
    assert all(0 <= score <= 1 for score, value in zip(whole, values, strict=True) if math.isfinite(value))
    assert repr(scored(values[:cut])) == repr(whole[:cut])


def test_a_prefix_of_a_long_series_has_the_prefix_of_its_scores() -> None:
    values = [season(n) for n in range(3000)]
    values[2500] = 900.0
    assert scored(values[:2500]) == scored(values)[:2500]


@pytest.mark.parametrize("scale", [1e-6, 1e9])
@pytest.mark.parametrize("shift", [0.0, -3.0])
def test_the_unit_does_not_matter(scale: float, shift: float) -> None:
    values = noise(1500, level=50, spread=2)
    values[1200] = 90.0
    assert told([scale * (value + shift * 10) for value in values]) == told(values)


MADE: dict[str, Callable[[int], float]] = {
    "noise": lambda n: random.Random(n).gauss(0, 1),
    "a line": float,
    "flat": lambda n: 0.0,
    "growth": lambda n: 1.01 ** (n % 9000),
}


@pytest.mark.parametrize("make", MADE.values(), ids=MADE)
def test_the_state_stays_small(make: Callable[[int], float]) -> None:
    detector, sizes = Detector(), []
    for n in range(45_000):
        detector.update(START + n * FIVE, make(n))
        if n % 15_000 == 14_999:
            sizes.append(len(pickle.dumps(detector)))
    assert max(sizes) < 12_000


def test_the_state_can_be_kept_and_taken_up_again() -> None:
    values = noise(800)
    detector = Detector()
    for n, value in enumerate(values[:500]):
        detector.update(START + n * FIVE, value)
    kept = pickle.loads(pickle.dumps(detector))
    rest = [(START + n * FIVE, value) for n, value in enumerate(values[500:], 500)]
    assert [kept.update(*one) for one in rest] == [detector.update(*one) for one in rest]


def test_one_series_knows_nothing_of_another() -> None:
    alone, beside, other = Detector(), Detector(), Detector()
    for n, value in enumerate(noise(600)):
        at = START + n * FIVE
        other.update(at, -value * 1000)
        assert alone.update(at, value) == beside.update(at, value)
