"""What a metric should be: by the session itself, of counters their growth, and never by what comes later."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from bot.domain.curves import Curve
from bot.domain.decisions import Source
from bot.domain.expectation import GROWTH, Track, from_pasts, from_session
from bot.domain.metrics import Metric
from bot.domain.nudges import Phase
from bot.domain.panel import Gauge, off
from bot.domain.pasts import Usual, usual
from tests.domain.live import GO_LIVE
from tests.domain.rule_room import START, handbook
from tests.domain.test_pasts import past

METRICS = {metric.id: metric for metric in handbook().metrics.metrics}
NAN = math.nan


def track(metric: str, values: list[float], times: list[float] | None = None) -> Track:
    return Track(METRICS[metric], times or [START + 60 * n for n in range(len(values))], values, START)


def wobbling(usual: float, minutes: int) -> list[float]:
    return [usual * (1 + 0.02 * math.sin(n)) for n in range(minutes)]


def gauge(of: Track) -> Gauge:
    metric: Metric = of.metric
    end = of.times[-1]
    curve = Curve(
        metric.name, metric.english, metric.unit, of.times, of.values, end - 3600, end, "Asia/Shanghai", 42.0, "", metric.good,
        from_session(of, end - 3600),
    )  # fmt: skip
    return Gauge(metric.id, metric.group, curve)


def test_a_level_is_expected_to_stay_what_it_has_been() -> None:
    found = gauge(track("avg_watch_sec", [*wobbling(40, 60), 20.0]))
    low, high = found.expected or (0.0, 0.0)
    assert 36 < low < 40 < high < 44 and found.since is None
    beyond = off(found)
    assert beyond is not None and beyond.bad and beyond.by == pytest.approx(20 / low - 1)


def test_of_a_counter_the_growth_is_expected() -> None:
    sold = [500.0 * n + 40 * (-1) ** n for n in range(60)]
    stalled = [*sold, *([sold[-1]] * 10)]
    found = off(gauge(track("gmv", stalled)))
    assert found is not None and found.bad and found.by == pytest.approx(-1.0, abs=0.02)
    assert found.gauge.since == pytest.approx(sold[-1], abs=1)
    assert off(gauge(track("gmv", sold))) is None


def test_nothing_later_changes_what_was_expected() -> None:
    before, after = wobbling(40, 60), [5.0] * 10
    early = from_session(track("avg_watch_sec", before), START)
    late = from_session(track("avg_watch_sec", before + after), START)
    assert early is not None and late is not None
    assert list(late.low)[:60] == pytest.approx(list(early.low), nan_ok=True)


def test_an_incident_of_some_minutes_does_not_become_what_is_usual() -> None:
    fallen = gauge(track("avg_watch_sec", [*wobbling(40, 60), *([20.0] * 12)]))
    assert (fallen.expected or (0.0, 0.0))[0] > 36


def test_the_opening_says_nothing_and_neither_do_the_first_minutes_after_it() -> None:
    assert from_session(track("avg_watch_sec", wobbling(40, 34)), START) is None
    assert from_session(track("avg_watch_sec", wobbling(40, 36)), START) is not None


@pytest.mark.parametrize("metric", ["online_peak", "refund_rate"])
def test_what_only_grows_to_its_peak_and_what_is_usually_zero_have_no_expectation(metric: str) -> None:
    assert from_session(track(metric, [0.0] * 60 if metric == "refund_rate" else wobbling(300, 60)), START) is None


def test_a_gap_is_no_growth_of_zero() -> None:
    times = [START + 60 * n for n in (*range(60), *range(80, 90))]
    values = [500.0 * (time - START) / 60 for time in times]
    found = from_session(track("gmv", values, times), START)
    assert found is not None and found.span == GROWTH
    # Right after the gap there is nothing ten minutes ago to grow from.
    assert math.isnan(found.low[60]) and math.isnan(found.since[60])
    assert math.isfinite(found.low[59])


def test_a_count_may_waver_by_chance() -> None:
    few = [float(n // 2) for n in range(60)]
    steady = gauge(track("fans_club_join", few))
    low, high = steady.expected or (0.0, 0.0)
    assert high - low >= 2 * 3 * math.sqrt(5) - 5  # five in ten minutes, never less than none
    assert low >= (steady.since or 0.0)


def test_whoever_knows_earlier_sessions_says_so() -> None:
    found = from_session(track("gmv", [500.0 * n for n in range(60)]), START)
    assert found is not None and found.source is Source.SESSION
    assert replace(found, source=Source.OWN).source is Source.OWN


def main(_: float) -> Phase:
    return Phase.MAIN


def test_earlier_sessions_say_what_is_expected_where_there_are_enough_and_else_the_session_itself() -> None:
    known = usual([past(days, avg_watch_sec=50.0 + days) for days in (1, 2, 3)], "小雅", GO_LIVE)
    weak = track("avg_watch_sec", [20.0] * 40)
    found, itself = from_pasts(known, main)(weak, START + 1200), from_session(weak, START + 1200)
    assert found is not None and found.source is Source.OWN and itself is not None and itself.source is Source.SESSION
    assert itself.low[-1] < 20 < itself.high[-1], "by itself nothing is wrong with it"
    assert (found.low[-1], found.high[-1]) == (pytest.approx(0.8 * 52), pytest.approx(1.2 * 52))
    assert math.isnan(found.low[19]) and not math.isnan(found.low[20]), "nothing is drawn before it is asked for"
    for few in (usual([past(1, avg_watch_sec=50.0)], "小雅", GO_LIVE), Usual()):
        assert from_pasts(few, main)(weak, START + 1200) == itself
    assert from_pasts(known, lambda _: Phase.WELFARE)(weak, START + 1200) == itself, "of that part they tell nothing"


def test_a_counter_is_judged_by_its_growth_also_where_there_are_earlier_sessions() -> None:
    known = usual([past(days, gmv=30_000.0) for days in (1, 2, 3)], "小雅", GO_LIVE)
    sold = track("gmv", [500.0 * n for n in range(60)])
    found = from_pasts(known, main)(sold, START)
    assert found is not None and found.span == GROWTH and found.source is Source.SESSION
