"""What a feed does to a row: every fault by itself, and rows in any order."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.cells import Fault, Kind
from bot.domain.feeds import AHEAD, LATE, Feed, Gap, Return, Taken

KINDS = {
    "online": Kind(calm=True, people=True),
    "views": Kind(counter=True),
    "orders": Kind(counter=True),
    "share": Kind(fraction=True, calm=True),
    "stay": Kind(calm=True),
    "progress": Kind(signed=True),
    "heard": Kind(),
}
STEP = 10.0


def feed() -> Feed:
    return Feed(KINDS)


def faults(taken: Taken) -> list[tuple[str, Fault]]:
    return [(one.field, one.fault) for one in taken.refusals]


def run(one: Feed, name: str, *values: float, start: float = 0.0) -> list[Taken]:
    """One value a step."""
    return [one.take(start + number * STEP, {name: value}) for number, value in enumerate(values)]


def believed(taken: list[Taken], name: str) -> list[float | None]:
    return [one.values.get(name) for one in taken]


def test_a_row_of_a_moment_that_was_there_is_refused() -> None:
    one = feed()
    run(one, "online", 100, 101)
    again = one.take(STEP, {"online": 999.0})
    assert again.empty and faults(again) == [("", Fault.DUPLICATE)]


def test_a_late_row_belongs_to_its_own_moment() -> None:
    one = feed()
    run(one, "views", 0, 100, 200)
    late = one.take(STEP + 5, {"views": 150.0})
    assert (late.late, dict(late.values), one.cells["views"].value) == (True, {"views": 150.0}, 200.0)


def test_a_row_that_comes_too_late_is_refused() -> None:
    one = feed()
    one.take(LATE * 2, {"views": 100.0})
    assert faults(one.take(LATE - 1, {"views": 50.0})) == [("", Fault.TOO_LATE)]
    assert not one.take(LATE, {"views": 50.0}).empty


def test_a_late_counter_above_a_later_one_fits_nowhere() -> None:
    one = feed()
    run(one, "views", 100, 200)
    assert faults(one.take(5.0, {"views": 300.0})) == [("views", Fault.UNPLACED)]


def test_one_wrong_clock_does_not_make_every_other_row_late() -> None:
    one = feed()
    run(one, "online", 100, 101)
    assert faults(one.take(STEP + AHEAD + 60, {"online": 102.0})) == [("", Fault.TOO_EARLY)]
    assert dict(one.take(2 * STEP, {"online": 103.0}).values) == {"online": 103.0}


def test_a_feed_that_goes_on_after_a_night_is_believed_with_its_second_row() -> None:
    one = feed()
    run(one, "online", 100, 101)
    later = [one.take(STEP + AHEAD + at, {"online": 100.0}) for at in (60, 70)]
    assert [taken.empty for taken in later] == [True, False]


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("online", math.nan, Fault.NOT_FINITE),
        ("views", math.inf, Fault.NOT_FINITE),
        ("views", -1.0, Fault.NEGATIVE),
        ("stay", -0.1, Fault.NEGATIVE),
        ("share", 35.0, Fault.PERCENT),
        ("online", 1e308, Fault.TOO_LARGE),
        ("views", 1.001e12, Fault.TOO_LARGE),
        ("progress", -1e13, Fault.TOO_LARGE),
        ("gone", 1.0, Fault.UNKNOWN),
    ],
)
def test_what_cannot_be_is_refused_and_the_rest_of_the_row_taken(name: str, value: float, fault: Fault) -> None:
    taken = feed().take(0.0, {name: value, "heard": 1.0})
    assert faults(taken) == [(name, fault)] and dict(taken.values) == {"heard": 1.0}


@pytest.mark.parametrize(
    ("name", "value"), [("share", 1.2), ("progress", -0.3), ("progress", 4.0), ("views", 0.0), ("views", 1e12)]
)
def test_what_is_unusual_but_possible_is_taken(name: str, value: float) -> None:
    assert dict(feed().take(0.0, {name: value}).values) == {name: value}


def test_a_missing_cell_stays_missing() -> None:
    one = feed()
    one.take(0.0, {"online": 100.0, "views": 5.0})
    assert dict(one.take(STEP, {"online": 101.0}).values) == {"online": 101.0}


def test_a_counter_that_starts_over_is_continued() -> None:
    one = feed()
    taken = run(one, "orders", 98, 100, 3, 5, 9)
    assert believed(taken, "orders") == [98, 100, None, 105, 109]
    assert [later.restarted for later in taken] == [(), (), (), ("orders",), ()]


def test_a_correction_of_a_counter_is_taken_as_it_is() -> None:
    taken = run(feed(), "orders", 100, 97, 98)
    assert believed(taken, "orders") == [100, None, 98] and not any(one.restarted for one in taken)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("orders", (1000, 1010, 400, 1020)),
        ("orders", (1000, 1010, 0, 1020)),
        ("orders", (1000, 1010, 10100, 1020)),
        ("online", (1000, 1010, 10100, 1020)),
        ("online", (1000, 1010, 0, 1020)),
        ("stay", (60, 61, 600, 62)),
    ],
)
def test_one_wild_sample_that_is_gone_with_the_next_is_never_believed(name: str, values: tuple[float, ...]) -> None:
    taken = run(feed(), name, *values)
    assert believed(taken, name) == [values[0], values[1], None, values[3]]
    assert faults(taken[2]) == [(name, Fault.HELD_BACK)] and faults(taken[3]) == [(name, Fault.GLITCH)]


def test_a_jump_that_stays_is_believed_with_its_second_sample() -> None:
    assert believed(run(feed(), "online", 1000, 300, 290), "online") == [1000, None, 290]
    assert believed(run(feed(), "orders", 100, 5000, 5010), "orders") == [100, None, 5010]


def test_the_jumps_of_few_people_and_of_words_heard_are_taken_at_once() -> None:
    assert believed(run(feed(), "online", 4, 10, 3), "online") == [4, 10, 3]
    assert believed(run(feed(), "heard", 0, 9, 0), "heard") == [0, 9, 0]


def test_silence_becomes_one_gap_and_one_return() -> None:
    one = feed()
    run(one, "online", *[100] * 12)
    last = 11 * STEP
    assert one.tick(last + 60) == ()
    assert one.tick(last + 100) == (Gap(last, last + 100),)
    assert one.tick(last + 200) == ()
    assert one.take(last + 300, {"online": 100.0}).returned == (Return(last, last + 300),)
    assert one.tick(last + 310) == ()


@pytest.mark.parametrize(("step", "patient"), [(5.0, 90.0), (10.0, 90.0), (60.0, 210.0), (300.0, 1050.0)])
def test_patience_follows_the_cadence(step: float, patient: float) -> None:
    one = feed()
    for number in range(30):
        one.take(number * step, {"online": 100.0})
    assert one.pace.patience == pytest.approx(patient, rel=0.01)


def test_a_cadence_that_changes_is_no_gap() -> None:
    one = feed()
    moments = [number * 5.0 for number in range(60)] + [300 + number * 60.0 for number in range(20)]
    returned = [one.take(at, {"online": 100.0}).returned for at in moments]
    assert not any(returned) and one.pace.step == pytest.approx(60, rel=0.05)


def test_a_column_that_goes_missing_while_others_come_is_a_gap_of_its_own() -> None:
    one = feed()
    gaps: list[Gap] = []
    for number in range(40):
        at = number * STEP
        one.take(at, {"online": 100.0} if 10 <= number < 30 else {"online": 100.0, "orders": float(number)})
        gaps += one.tick(at)
    assert [(gap.begin, gap.fields) for gap in gaps] == [(9 * STEP, ("orders",))]
    assert one.lost == {}


def test_a_column_that_returns_is_told_once() -> None:
    one = feed()
    taken = []
    for number in range(40):
        taken.append(
            one.take(number * STEP, {"online": 100.0} if 10 <= number < 30 else {"online": 100.0, "orders": float(number)})
        )
        one.tick(number * STEP)
    assert [back for row in taken for back in row.returned] == [Return(9 * STEP, 30 * STEP, ("orders",))]


def test_a_figure_that_is_held_back_after_a_silence_has_come_and_is_not_missing() -> None:
    one, told = feed(), []
    for number in range(60):
        at = number * STEP
        if 20 <= number < 40:
            told += one.tick(at)
            continue
        taken = one.take(at, {"online": 600.0 if number >= 40 else 110.0, "orders": float(number)})
        assert number != 40 or [refusal.field for refusal in taken.refusals] == ["online"]
        told += [*taken.returned, *one.tick(at)]
    assert told == [Gap(19 * STEP, told[0].noticed), Return(19 * STEP, 40 * STEP)], (
        "one silence, one return, nothing about a column"
    )


Rows = Mapping[float, float]
_counts = st.lists(st.integers(0, 30), min_size=2, max_size=25)


def history(rows: list[tuple[float, float]]) -> dict[float, float]:
    """What is known of each moment after all rows have come."""
    one, found = feed(), {}
    for at, value in rows:
        taken = one.take(at, {"views": value})
        found |= {taken.at: taken.values["views"]} if "views" in taken.values else {}
    return found


@settings(deadline=None)
@given(_counts, st.randoms(use_true_random=False))
def test_the_order_in_which_rows_come_does_not_matter(grown: list[int], random: object) -> None:
    """Within the time that a late row may take; the last row comes last, so that it is clear what is late."""
    total, rows = 1000.0, []
    for number, more in enumerate(grown):
        total += more
        rows.append((number * STEP, total))
    shuffled = rows[:-1]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first = max(rows[:-1])
    assert history([first, *[row for row in shuffled if row != first], rows[-1]]) == dict(rows)


@settings(deadline=None)
@given(_counts, st.data())
def test_rows_that_come_twice_change_nothing(grown: list[int], data: st.DataObject) -> None:
    rows = [(number * STEP, 1000.0 + sum(grown[: number + 1])) for number in range(len(grown))]
    twice = [copy for row in rows for copy in [row] * data.draw(st.integers(1, 3))]
    assert history(twice) == history(rows) == dict(rows)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 3000), st.dictionaries(st.sampled_from(sorted(KINDS)), st.floats())), max_size=40))
def test_whatever_comes_only_clean_figures_come_out(rows: list[tuple[float, dict[str, float]]]) -> None:
    one = feed()
    for at, values in rows:
        for name, value in one.take(at, values).values.items():
            assert math.isfinite(value) and (value >= 0 or KINDS[name].signed)
