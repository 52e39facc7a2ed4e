"""What is kept of a session that is over, and what it tells of the next: whose, of which slot, at which minute."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache

import pytest

from bot.domain.decisions import Source
from bot.domain.expected import Expected, expected
from bot.domain.nudges import Phase
from bot.domain.pasts import LEAST, Past, Spread, Summary, Usual, as_json, facts, read_summary, usual
from bot.domain.rulebook import Rulebook, prepare
from bot.domain.samples import Sample
from bot.domain.seats import Watched
from bot.domain.summaries import summarised
from tests.domain.live import GO_LIVE, SHANGHAI
from tests.domain.rule_room import START, Figure, Room, at, book, handbook, rows

DAY = timedelta(days=1)


def kept(minutes: int = 60, figures: Mapping[str, Figure] | None = None) -> Summary:
    """The summary of a room that ran as it should."""
    samples = [
        Sample(datetime.fromtimestamp(moment, SHANGHAI), values) for moment, values in rows(figures or {}, minutes, every=1)
    ]
    return summarised(metrics_alone(), Watched("past", began=START), samples)


@cache
def metrics_alone() -> Rulebook:
    return prepare((), handbook().metrics.metrics, handbook().metrics.inputs)


def past(days: int, host: str = "小雅", hour: int = 20, minute: int = 0, **body: float) -> Past:
    """A session some days before, of which a few figures are known."""
    began = (GO_LIVE - days * DAY).replace(hour=hour, minute=minute)
    spreads = {name: Spread(0.8 * value, value, 1.2 * value, 60) for name, value in body.items()}
    curve = {name: (value,) * 12 for name, value in body.items()}
    parts = (Phase.OPENING, Phase.OPENING, *(Phase.MAIN,) * 10)
    return Past(f"p{days}{host}{hour}", host, began, Summary(body, spreads, {Phase.MAIN: spreads}, curve, parts))


def test_a_summary_is_robust_against_an_incident_of_some_minutes() -> None:
    calm, troubled = kept(), kept(figures={"online_now": at(50, start=30, end=36, otherwise=500)})
    assert calm.body["online_now"].middle == troubled.body["online_now"].middle == 500
    assert troubled.body["online_now"].low < 500


def test_a_summary_has_derived_figures_parts_and_the_last_values() -> None:
    found = kept()
    assert found.body["item_ctr"].middle == pytest.approx(1 / 3, rel=1e-4)
    assert found.last["gmv"] == pytest.approx(500 * 59) and "gmv" not in found.body
    assert found.parts == (Phase.OPENING, Phase.OPENING, *(Phase.MAIN,) * 10)
    assert [len(found.curve[name]) for name in ("gmv", "online_now")] == [12, 12]
    assert found.phases[Phase.OPENING]["online_now"].minutes == 10 and found.body["online_now"].minutes == 50


def test_what_came_before_go_live_and_in_silence_is_no_part_of_it() -> None:
    early = [Sample(datetime.fromtimestamp(START - 3600, SHANGHAI), {"online_now": 3.0})]
    assert summarised(metrics_alone(), Watched("past", began=START), early) == Summary()
    gap = kept(figures={"online_now": at(float("nan"), start=20, end=40, otherwise=500)})
    assert gap.curve["online_now"][5:7] == (None, None) and gap.curve["gmv"][5] is not None


def test_a_summary_survives_json() -> None:
    assert read_summary(json.loads(json.dumps(as_json(kept())))) == kept()


def test_ones_own_sessions_of_the_slot_and_the_week_count_and_no_others() -> None:
    mine = [past(days, online_now=500) for days in (1, 2, 3)]
    noise = [past(1, hour=12, online_now=9), past(2, "阿芳", online_now=9), past(9, online_now=9), past(0, online_now=9)]
    known = usual([*mine, *noise], "小雅", GO_LIVE)
    assert (known.own.body, known.own_source) == ({"online_now": 500}, Source.OWN)
    assert known.counted == (tuple(mine), Source.OWN)


@pytest.mark.parametrize(("hour", "minute", "same"), [(22, 0, True), (22, 1, False), (18, 0, True), (17, 59, False)])
def test_a_slot_reaches_two_hours(hour: int, minute: int, same: bool) -> None:
    known = usual([past(days, hour=hour, minute=minute, online_now=5) for days in (1, 2, 3)], "小雅", GO_LIVE)
    assert bool(known.own.body) is same


def test_midnight_is_no_border_of_a_slot() -> None:
    night = GO_LIVE.replace(hour=23, minute=30)
    late = [past(days, hour=0, minute=45, online_now=5) for days in (1, 2, 3)]
    assert usual(late, "小雅", night).own.body == {"online_now": 5}


def test_where_a_host_has_too_few_the_room_counts_and_says_so() -> None:
    found = usual([past(1, online_now=400), past(2, online_now=500), past(3, "阿芳", online_now=600)], "小雅", GO_LIVE)
    assert (found.own.body, found.own_source) == ({"online_now": 500}, Source.ROOM)
    assert usual([past(1, online_now=1), past(2, online_now=1)], "小雅", GO_LIVE).own.body == {}


def test_a_host_who_is_new_is_compared_with_the_merchants_others_of_a_month() -> None:
    found = usual([past(days, "阿芳", online_now=600) for days in (8, 15, 29)], "小雅", GO_LIVE)
    assert (found.own.body, found.peers.body) == ({}, {"online_now": 600})
    assert found.counted[1] is Source.MATES


def test_a_figure_that_too_few_sessions_have_is_not_known() -> None:
    found = usual([past(1, online_now=5, gpm=900), past(2, online_now=5), past(3, online_now=5)], "小雅", GO_LIVE)
    assert found.own.body == {"online_now": 5}


def test_what_only_earlier_sessions_can_tell_goes_into_the_plan() -> None:
    three = [past(1, uv_value=3.0, ad_follow_cost=5), past(5, uv_value=4.0, ad_follow_cost=6), past(40, uv_value=5.0)]
    found = facts(three, GO_LIVE)
    assert found == {"uv_value_last": 3.0, "uv_value_before_last": 4.0}
    assert facts([past(days, ad_follow_cost=days) for days in (1, 2, 9)], GO_LIVE) == {"ad_follow_cost_30d": 2}
    assert facts([past(-1, uv_value=3.0)], GO_LIVE) == {}


def test_a_limit_follows_the_minute_of_the_session() -> None:
    """A figure over the whole session is lower at its beginning: compared with all of earlier ones it would always be low."""
    summary = kept(120, RISING)
    usual_gpm = usual([Past(str(n), "小雅", GO_LIVE - n * DAY, summary) for n in (1, 2, 3)], "小雅", GO_LIVE)
    at_40, in_all = usual_gpm.own.at(40)["gpm"], usual_gpm.own.body["gpm"]
    assert at_40 < 0.8 * in_all and usual_gpm.own.at(1000) == usual_gpm.own.body
    room = Room(book("N30"), Watched("room", began=START, past=usual_gpm)).run(RISING, 120)
    assert room.tips == []
    bad = Room(book("N30"), Watched("room", began=START, past=usual_gpm)).run({**RISING, "gmv": lambda m: 2 * m * m}, 120)
    tip = next(one for _, one in bad.decisions if one.sent and one.rule.id == "N30")
    limit = tip.thresholds["weak"]
    assert limit.source is Source.OWN and limit.value == pytest.approx(0.8 * (limit.usual or 0))


RISING: Mapping[str, Figure] = {"gmv": lambda m: 6 * m * m}


def test_own_comes_before_peers_before_the_default() -> None:
    mine, others = past_of("小雅", item_ctr=0.10), past_of("阿芳", item_ctr=0.20)
    for pasts, source, value in ((mine + others, Source.OWN, 0.07), (others, Source.ROOM, 0.14), ([], Source.DEFAULT, 0.03)):
        room = Room(book("N19"), Watched("room", began=START, past=usual(pasts, "小雅", GO_LIVE))).run({"item_clk_uv": few}, 90)
        tip = next(one for _, one in room.decisions if one.rule.id == "N19")
        assert (tip.thresholds["unclicked"].source, tip.thresholds["unclicked"].value) == (source, pytest.approx(value))


def few(minute: float) -> float:
    """Hardly anybody clicks."""
    return minute * 0.6


def past_of(host: str, **body: float) -> list[Past]:
    return [past(days, host, **body) for days in range(1, LEAST + 1)]


# ---- what is expected ----


def test_expected_is_the_median_at_that_minute_with_edges_around_all() -> None:
    known = usual([past(1, online_now=400), past(2, online_now=500), past(3, online_now=700)], "小雅", GO_LIVE)
    found = expected("online_now", 30, Phase.MAIN, known)
    assert found == Expected(500, 400, 700, Source.OWN, 3)
    assert expected("gpm", 30, Phase.MAIN, known) is None


def test_expected_follows_the_part_of_the_session_not_only_the_minute() -> None:
    early = usual([past(n, online_now=500) for n in (1, 2, 3)], "小雅", GO_LIVE)
    found = expected("online_now", 5, Phase.MAIN, early)
    assert found is not None and (found.low, found.high) == (400, 600)
    assert expected("online_now", 5, Phase.CLOSING, early) is None


def test_without_a_past_the_session_itself_says_what_is_usual() -> None:
    here = [500.0] * 20 + [520.0] * 10 + [10.0] * 5
    found = expected("online_now", 60, Phase.MAIN, Usual(), here)
    assert found is not None and found.source is Source.SESSION and found.low <= 500 <= found.high
    assert found.low > 10, "what is happening now hides itself"
    assert expected("online_now", 60, Phase.MAIN, Usual(), here[:20]) is None
    assert expected("online_now", 60, Phase.CLOSING, Usual(), here) is None
    assert expected("online_now", 60, Phase.MAIN, Usual(), [float("nan")] * 90) is None


def test_every_steady_figure_lies_where_it_is_expected() -> None:
    summary = kept(90)
    pasts = [Past(str(n), "小雅", GO_LIVE - n * DAY, summary) for n in (1, 2, 3)]
    known = usual(pasts, "小雅", GO_LIVE)
    for name in ("online_now", "enter_5m", "item_ctr", "gmv_5m", "gmv"):
        found = expected(name, 62, Phase.MAIN, known)
        assert found is not None and found.low <= found.value <= found.high, name
