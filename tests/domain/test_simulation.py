"""Made-up sessions: counters that only grow, phases that show, incidents that strike in the middle and end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.config import BUILT_IN_HANDBOOK
from bot.content.read import read_content
from bot.domain.samples import Sample
from bot.domain.simulation import FIGURES, Incident, simulated
from tests.domain.live import at

START = at(20)
GAUGES = {"online_now", "avg_watch_sec"}


def played(incident: Incident | None = None, seed: int = 7) -> list[Sample]:
    return list(simulated(START, 180, seed, incident))


def grew(samples: list[Sample], name: str, begin: float, end: float) -> float:
    """By how much a counter grew between two parts of the three hours."""
    found = [one.values[name] for one in samples if begin <= (one.at - START) / timedelta(hours=3) < end]
    return found[-1] - found[0]


@pytest.mark.parametrize("seed", range(4))
def test_counters_grow_and_keep_to_each_other(seed: int) -> None:
    samples = played(seed=seed)
    known = {one.id for one in read_content(BUILT_IN_HANDBOOK).metrics.metrics}
    assert set(FIGURES) <= known and all(tuple(one.values) == FIGURES for one in samples)
    assert [one.at - START for one in samples] == [timedelta(seconds=5 * n) for n in range(2161)]
    for before, after in zip(samples, samples[1:], strict=False):
        assert all(after.values[name] >= before.values[name] for name in FIGURES if name not in GAUGES)
    last = samples[-1].values
    assert last["pay_uv"] <= last["pay_order_cnt"] <= last["create_order_cnt"] <= last["item_clk_uv"] <= last["item_exp_uv"]
    assert last["watch_uv"] <= last["watch_pv"] <= last["impression_uv"] and last["gmv"] > 1000


def test_the_welfare_part_brings_people_and_the_main_part_money() -> None:
    samples = played()
    assert grew(samples, "watch_uv", 0.10, 0.24) > 1.3 * grew(samples, "watch_uv", 0.60, 0.74)
    assert grew(samples, "gmv", 0.60, 0.74) > 1.3 * grew(samples, "gmv", 0.10, 0.24)


def test_each_incident_strikes_in_the_middle_and_is_over() -> None:
    for incident, name, factor in (
        (Incident.TRAFFIC_DROP, "impression_uv", 0.35),
        (Incident.SOLD_OUT, "pay_order_cnt", 0.05),
        (Incident.STALE_HOST, "comment_cnt", 0.5),
    ):
        samples = played(incident)
        usual = grew(samples, name, 0.4, 0.495)
        assert grew(samples, name, 0.51, 0.595) < factor * usual + 1, incident
        assert grew(samples, name, 0.75, 0.85) > 0.3 * usual, incident
    assert grew(played(Incident.AD_WASTE), "ad_cost", 0.51, 0.59) > 3 * grew(played(Incident.AD_WASTE), "ad_cost", 0.40, 0.48)


def test_a_blind_feed_is_silent_and_one_that_restarts_counts_anew() -> None:
    assert len(played()) - len(played(Incident.BLIND)) == 216
    samples = played(Incident.RESET)
    drops = [b.at for a, b in zip(samples, samples[1:], strict=False) if b.values["watch_uv"] < a.values["watch_uv"]]
    assert drops == [START + timedelta(minutes=90)]
