"""A session's metrics minute by minute, made as the rules see them."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.curves import runs
from bot.domain.decisions import Source
from bot.domain.expectation import from_session
from bot.domain.gauging import SHOWN, Frame, about, before, compared, gauges, lines
from bot.domain.headlines import headlines
from bot.domain.panel import Gauge
from bot.domain.plans import Plan
from bot.domain.seats import Watched
from bot.domain.tracks import Tracks, traced
from tests.domain.rule_room import START, Figure, book, grows, handbook, rows, rule

BEGIN = datetime.fromtimestamp(START, UTC)
WATCHED = Watched("room", START, Plan(BEGIN, BEGIN + timedelta(hours=2), None, (), ()), {"goal": 30_000})
METRICS = handbook().metrics.metrics


def followed(figures: dict[str, Figure], minutes: int, every: float = 0.25) -> Tracks:
    return traced(book(), WATCHED, rows(figures, minutes, every=every))


def shown(tracks: Tracks, end: float) -> dict[str, Gauge]:
    frame = Frame(START, end, "Asia/Shanghai", "云栖茶行 · 小雅")
    return {gauge.id: gauge for gauge in gauges(METRICS, tracks, frame, from_session)}


def test_every_metric_has_a_value_a_minute_and_derived_ones_come_of_the_others() -> None:
    tracks = followed({}, 60)
    assert len(tracks.times) == 60 and set(tracks.values) == {metric.id for metric in METRICS}
    assert tracks.values["gmv"][-1] == pytest.approx(500 * 59.75)
    assert tracks.values["aov"][-1] == pytest.approx(500 / 5)
    assert tracks.values["gmv_5m"][-1] == pytest.approx(2500, rel=0.05)
    assert tracks.values["goal_progress"][-1] == pytest.approx(29_875 / 30_000 / (59.75 / 120) - 1, abs=0.01)


def test_a_minute_without_rows_has_no_moment_and_its_curve_is_cut() -> None:
    silent = [row for row in rows({}, 60, every=0.25) if not 30 <= (row[0] - START) / 60 < 36]
    tracks = traced(book(), WATCHED, silent)
    assert not any(START + 30 * 60 <= time < START + 36 * 60 for time in tracks.times)
    assert len(runs(shown(tracks, tracks.times[-1])["online_now"].curve)) == 2


def test_a_column_that_stays_away_while_others_come_is_missing_and_not_what_it_was() -> None:
    gone = {"online_now": lambda m: 500.0 if m < 30 else math.nan}
    tracks = followed(gone, 45)
    assert math.isnan(tracks.values["online_now"][-1]) and math.isfinite(tracks.values["gmv"][-1])
    assert shown(tracks, tracks.times[-1])["online_now"].value is None


def test_a_counter_that_started_over_goes_on() -> None:
    reset = {"gmv": lambda m: 500 * m if m < 30 else 500 * (m - 30)}
    values = followed(reset, 45).values["gmv"]
    assert values == sorted(values) and values[-1] > 500 * 40


def test_a_slow_feed_has_no_gaps_for_being_slow() -> None:
    tracks = followed({}, 120, every=5)
    assert tracks.step > 60 and len(runs(shown(tracks, tracks.times[-1])["online_now"].curve)) == 1


def test_a_picture_goes_back_an_hour_or_to_go_live_and_is_never_narrow() -> None:
    assert Frame(START, START + 7200, "UTC", "").start == START + 7200 - SHOWN
    assert Frame(START, START + 1800, "UTC", "").start == START
    assert Frame(START, START + 60, "UTC", "").start == START - 540
    assert Frame(START + 9000, START + 60, "UTC", "").start == START - 540  # tried out before it is live


def test_limits_in_force_are_those_that_the_metric_itself_is_compared_with() -> None:
    tracks = followed({}, 60)
    watch_time = next(metric for metric in METRICS if metric.id == "avg_watch_sec")
    found = lines(watch_time, [rule("N06"), rule("N36"), rule("N01")], tracks.thresholds)
    assert [(line.rule.id, line.threshold.value, line.threshold.source) for line in found] == [("N06", 20.0, Source.DEFAULT)]
    online = next(metric for metric in METRICS if metric.id == "online_now")
    assert lines(online, [rule("N01")], tracks.thresholds) == ()  # a share of what it was is no line


def test_a_limit_below_zero_is_a_line_below_zero() -> None:
    tracks = followed({}, 60)
    progress = next(metric for metric in METRICS if metric.id == "goal_progress")
    found = lines(progress, [rule("N27"), rule("N28")], tracks.thresholds)
    assert {line.rule.id: line.threshold.value for line in found} == {"N27": -0.2, "N28": 0.2}


def test_the_distance_to_the_plan_has_no_expectation_from_the_session_itself() -> None:
    gauges = shown(followed({"gmv": lambda m: 100 * m}, 90), START + 89.75 * 60)
    assert gauges["goal_progress"].curve.expected is None and gauges["gpm"].curve.expected is not None


def test_what_a_condition_makes_of_counters_is_a_curve_of_its_own() -> None:
    led = headlines(rule("N22"))[0]
    gauges = shown(followed({"pay_uv": grows(5, 1, start=40)}, 60), START + 59.75 * 60)
    recent = compared(gauges["clk_pay_rate"], led.node, gauges.values(), share=False)
    assert recent.value == pytest.approx(0.05, abs=0.005) and gauges["clk_pay_rate"].value == pytest.approx(0.183, abs=0.01)
    assert recent.curve.expected is None and recent.curve.unit == "%"
    share = compared(gauges["item_exp_uv"], headlines(rule("N21"))[0].node, gauges.values(), share=True)
    assert share.value == pytest.approx(0.6) and share.curve.unit == "%"


def test_what_it_was_ten_minutes_ago_is_known_only_where_something_near_that_is() -> None:
    gauge = shown(followed({"online_now": lambda m: 10 * m}, 60), START + 59.75 * 60)["online_now"]
    assert before(gauge) == pytest.approx(497.5, abs=8)
    early = about(gauge, start=START, end=START + 300, moment=None, threshold=None)
    assert before(early) is None


def test_no_rows_have_no_tracks() -> None:
    tracks = traced(book(), WATCHED, [])
    assert not tracks.times and all(not values for values in tracks.values.values())
    assert all(gauge.value is None for gauge in shown(tracks, START + 60).values())
