"""Figures on the grid: how long they hold, what is looked back at, what a late or withdrawn one changes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.board import FOREVER, STEP, Board, slot_of, slots
from bot.domain.expressions import Series

DEPTHS = {"a": 0.0, "b": 600.0, "c": 3900.0}


def board(sessions: int = 1) -> Board:
    made = Board(DEPTHS, sessions, whole=["c"], fixed=["limit"])
    made.advance(1)
    return made


def put(one: Board, name: str, value: float, until: int, column: int = 0) -> None:
    place = np.array([one.index[name]], dtype=np.intp), np.array([column], dtype=np.intp)
    one.put(*place, np.array([value]), np.array([until], dtype=np.int64))


def test_a_figure_holds_until_it_is_too_old() -> None:
    one = board()
    put(one, "b", 5.0, until=3)
    one.advance(6)
    assert [float(one.view().ago("b", back)[0]) for back in (5, 4, 3)] == [5.0, 5.0, 5.0]
    assert all(math.isnan(one.view().ago("b", back)[0]) for back in (0, 1, 2))


def test_columns_know_nothing_of_each_other() -> None:
    one = board(2)
    put(one, "b", 5.0, FOREVER, column=1)
    one.advance(2)
    assert np.isnan(one.view().ago("b", 0)[0]) and one.view().ago("b", 0)[1] == 5.0
    one.forget(1)
    assert np.isnan(one.view().ago("b", 0)).all() and np.isnan(one.view().ago("b", 1)).all()


def test_a_late_figure_holds_from_its_moment_to_the_next() -> None:
    one = board()
    put(one, "b", 5.0, FOREVER)
    one.advance(4)
    put(one, "b", 9.0, FOREVER)
    one.advance(5)
    one.put_late("b", 0, 3, 7.0, slots_held=5)
    assert one.view().window("b", 4, 0)[:, 0].tolist() == [5.0, 5.0, 7.0, 9.0, 9.0]


def test_a_late_figure_holds_no_longer_than_any() -> None:
    one = board()
    one.advance(10)
    one.put_late("b", 0, 3, 7.0, slots_held=2)
    assert one.view().window("b", 8, 0)[:, 0].tolist()[:4] == pytest.approx([math.nan, 7.0, 7.0, math.nan], nan_ok=True)


def test_what_was_only_taken_to_hold_can_be_withdrawn() -> None:
    one = board()
    put(one, "b", 5.0, FOREVER)
    put(one, "c", 6.0, FOREVER)
    one.advance(6)
    one.blank(0, 3, 4, ["b"])
    assert np.isnan(one.view().window("b", 5, 0)[:, 0]).tolist() == [False, False, True, True, False, False]
    assert not np.isnan(one.view().window("c", 5, 0)).any()


def test_fixed_figures_hold_at_all_times() -> None:
    one = board()
    one.fixed["limit"][0] = 0.15
    one.advance(500)
    assert one.view().ago("limit", 300)[0] == 0.15 and one.view().window("limit", 9, 0).tolist() == [[0.15]] * 10


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 99)), min_size=1, max_size=40), st.integers(1, 400))
def test_a_board_remembers_what_a_series_does(steps: list[tuple[int, int]], back: int) -> None:
    """Also after the ring has been moved to its front, and over silences."""
    one, samples, hold = board(), [], 12
    for skip, value in steps:
        one.advance(int(one.slots[0]) + skip)
        put(one, "c", float(value), until=int(one.slots[0]) + hold - 1)
        samples.append((int(one.slots[0]) * STEP, float(value)))
    series = Series({"c": samples}, now=int(one.slots[0]) * STEP, hold={"c": hold * STEP - 1})
    known = [value for _, value in samples]
    for slot in {0, min(back, 380)}:
        expected, found = series.ago("c", slot * STEP), float(one.view().ago("c", slot)[0])
        assert (math.isnan(found) and expected is None) or found == expected
    assert one.view().maximum("c")[0] == max(known)


def test_the_mean_of_a_session_weighs_by_time_and_leaves_gaps_out() -> None:
    one = board()
    put(one, "c", 100.0, until=2)
    one.advance(10)
    put(one, "c", 250.0, until=FOREVER)
    one.advance(11)
    assert one.view().time_mean("c")[0] == pytest.approx((100 + 100 + 250) / 3)


@pytest.mark.parametrize(("seconds", "count"), [(10, 1), (300, 30), (4, 1), (16, 2)])
def test_a_window_is_a_number_of_slots(seconds: float, count: int) -> None:
    assert slots(seconds) == count and slot_of(seconds) == int(seconds // 10)
