"""Sessions watched from their rows: gaps, restarts, plans, medians, and how rules of one room hold each other back."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.decisions import Decision, Source, Stage
from bot.domain.feeds import Gap, Return
from bot.domain.nudges import Phase, Planned
from bot.domain.plans import Plan, PlannedEvent, PlannedPhase
from bot.domain.replaying import replay
from bot.domain.seats import Watched
from bot.domain.session_state import read_state
from bot.domain.watch import Restart, Watch
from tests.domain.rule_room import START, STEADY, Figure, Room, at, book, grows, rows

BEGAN = datetime.fromtimestamp(START, UTC)
DROP = {"online_now": at(350, start=60, end=80, name="online_now")}


def minute(number: float) -> datetime:
    return BEGAN + timedelta(minutes=number)


def plan(*events: PlannedEvent, phases: tuple[PlannedPhase, ...] = (), hours: float = 3) -> Watched:
    return Watched("room", START, Plan(BEGAN, minute(hours * 60), None, phases, events))


def announced(kind: Planned, start: float, end: float, settled: float) -> PlannedEvent:
    return PlannedEvent(kind, minute(start), minute(end), minute(settled))


def blank(name: str, start: float, end: float) -> Figure:
    return lambda m: math.nan if start <= m < end else STEADY[name](m)


def test_a_drop_is_told_within_a_minute() -> None:
    (tip,) = Room(book("N01")).run(DROP, 90, every=1 / 6).tips
    assert tip == (pytest.approx(60.33, abs=0.2), "N01")


def test_a_tip_has_its_figures_and_says_where_the_limit_comes_from() -> None:
    room = Room(book("N01")).run(DROP, 70)
    (tip,) = [one for _, one in room.decisions if one.sent]
    assert dict(tip.values) == {"online_now": 350.0}
    assert (tip.thresholds["drop"].value, tip.thresholds["drop"].source) == (0.15, Source.DEFAULT)
    assert 0.7 < tip.confidence < 1


@pytest.mark.parametrize(
    ("own", "peers", "source", "figure"),
    [({"avg_watch_sec": 80.0}, {}, Source.OWN, 40.0), ({}, {"avg_watch_sec": 50.0}, Source.DEFAULT, 20.0)],
)
def test_the_first_threshold_that_is_known_counts(
    own: dict[str, float], peers: dict[str, float], source: Source, figure: float
) -> None:
    room = Room(book("N06"), Watched("room", own=own, peers=peers)).run({"avg_watch_sec": at(10)}, 20)
    (tip,) = [one for _, one in room.decisions if one.sent]
    assert (tip.thresholds["short"].source, tip.thresholds["short"].value) == (source, figure)


def test_peers_count_where_there_are_no_own_sessions() -> None:
    room = Room(book("N19"), Watched("room", peers={"item_ctr": 0.5})).run({}, 20)
    (tip,) = [one for _, one in room.decisions if one.sent]
    assert tip.thresholds["unclicked"].source is Source.PEERS


def test_a_session_is_compared_with_itself_where_no_earlier_one_is_known() -> None:
    room = Room(book("N22")).run({"pay_uv": grows(5, 0.5, start=80)}, 95)
    (tip,) = [one for _, one in room.decisions if one.sent]
    assert tip.thresholds["unsold"].source is Source.SESSION
    assert tip.thresholds["unsold"].value == pytest.approx(0.125, rel=0.01)


def test_products_that_sell_differently_are_no_broken_page() -> None:
    """Three products of 12 minutes, of which one sells a third as often per click as another."""

    def sold(m: float) -> float:
        pay = (6.0, 4.0, 2.0)
        return sum(pay[int(k // 12) % 3] for k in range(int(m)))

    assert Room(book("N22")).run({"pay_uv": sold}, 240).tips == []
    broken = Room(book("N22")).run({"pay_uv": lambda m: sold(min(m, 180))}, 200)
    assert [rule for _, rule in broken.tips] == ["N22"]


# ---- planned events, phases, mutes ----


@pytest.mark.parametrize(("kind", "told"), [(Planned.GIVEAWAY, False), (Planned.BUDGET_RAISE, True)])
def test_what_was_announced_is_no_incident(kind: Planned, told: bool) -> None:
    room = Room(book("N01"), plan(announced(kind, 55, 61, 76))).run(DROP, 75)
    assert bool(room.tips) is told
    assert ("planned" in room.silent("N01")) is not told


def test_a_fall_that_outlasts_its_announcement_is_told_when_that_has_settled() -> None:
    falling = {"online_now": lambda m: 500 if m < 58 else 500 * 0.97 ** (m - 58)}
    (tip, *_) = Room(book("N01"), plan(announced(Planned.GIVEAWAY, 55, 57, 65))).run(falling, 80).tips
    assert tip == (66, "N01")


def test_the_last_minutes_of_a_session_empty_by_themselves() -> None:
    assert Room(book("N01"), plan(hours=1.1)).run(DROP, 66).tips == []


def test_a_planned_phase_counts_for_its_rules() -> None:
    phases = (PlannedPhase(Phase.CLOSING, minute(50), minute(90)),)
    room = Room(book("N01"), plan(phases=phases)).run(DROP, 80)
    assert room.tips == [] and room.silent("N01")[-1] == "phase"


def test_a_muted_rule_keeps_silent_until_then() -> None:
    room = Room(book("N01"))
    seat = room.watch.seats[0]
    assert seat is not None
    seat.muted["N01"] = START + 64 * 60
    assert room.run(DROP, 75).tips == [(64, "N01")]


# ---- gaps and restarts ----


def test_a_gap_is_told_once_and_its_return_once() -> None:
    gone = [row for row in rows({}, 120) if not 60 <= (row[0] - START) / 60 < 70]
    events = [event for _, event in replay(book(), Watched("room"), gone) if isinstance(event, Gap | Return)]
    begin = START + 59 * 60
    assert [(type(one), one.begin) for one in events] == [(Gap, begin), (Return, begin)]


def test_a_gap_is_noticed_while_it_lasts() -> None:
    gone = [row for row in rows({}, 100, every=1 / 6) if not 60 <= (row[0] - START) / 60 < 66]
    ((noticed, _), *_) = [(at, event) for at, event in replay(book(), Watched("room"), gone) if isinstance(event, Gap)]
    assert noticed - (START + 3600) == pytest.approx(82, abs=5)


def test_after_a_gap_nothing_is_said_before_enough_samples_have_come() -> None:
    figures = {"avg_watch_sec": at(10, start=58, otherwise=15)}
    gone = [row for row in rows(figures, 90) if not 3 <= (row[0] - START) / 60 < 66]
    decisions = [event for _, event in replay(book("N06"), Watched("room"), gone) if isinstance(event, Decision)]
    (tip,) = [one for one in decisions if one.sent]
    assert tip.at - START == (66 + 5) * 60
    assert [one.reason.key for one in decisions if one.reason and one.stage is Stage.SAMPLES] == ["few_samples"]


def test_windows_over_a_gap_are_unknown_and_not_full_of_zeros() -> None:
    gone = [row for row in rows({}, 100, every=1 / 6) if not 60 <= (row[0] - START) / 60 < 66]
    decisions = [event for _, event in replay(book("N03", "N24", "N26"), Watched("room"), gone) if isinstance(event, Decision)]
    assert not any(one.sent for one in decisions)


def test_counters_that_start_over_go_on() -> None:
    counters = [
        "watch_uv",
        "item_clk_uv",
        "create_order_cnt",
        "pay_order_cnt",
        "pay_uv",
        "gmv",
        "ad_cost",
        "item_exp_uv",
        "watch_pv",
    ]

    def restarted(name: str) -> Figure:
        return lambda m: STEADY[name](m) if m < 60 else STEADY[name](m - 60)

    room = Room(book()).run({name: restarted(name) for name in counters}, 120)
    assert room.tips == []
    assert [set(event.fields) for _, event in room.events if isinstance(event, Restart)] == [set(counters)]


def test_a_column_that_goes_missing_silences_its_rules_only() -> None:
    figures = {"gmv": blank("gmv", 60, 120), "pay_order_cnt": blank("pay_order_cnt", 60, 120)} | {
        "online_now": at(350, start=90, end=100, name="online_now")
    }
    room = Room(book("N01", "N24")).run(figures, 130)
    assert [rule for _, rule in room.tips] == ["N01"]
    gaps = [event.fields for _, event in room.events if isinstance(event, Gap)]
    assert gaps == [("gmv", "pay_order_cnt")]


def test_a_wild_sample_is_no_drop() -> None:
    figures = {"online_now": lambda m: 5000 if m == 60 else 0 if m == 80 else 500}
    assert Room(book()).run(figures, 100).tips == []


# ---- one cause, one tip ----


def test_a_rule_that_explains_another_silences_it() -> None:
    figures = {"watch_uv": grows(100, 30, start=60), "online_now": at(400, start=66, name="online_now")}
    room = Room(book("N01", "N03")).run(figures, 75)
    assert [rule for _, rule in room.tips] == ["N03"] and "inhibited" in room.silent("N01")


def test_rules_of_one_moment_and_cause_are_one_tip() -> None:
    figures = {"comment_rate": at(0.001, start=60, otherwise=0.02), "avg_watch_sec": at(30, start=60, otherwise=60)}
    room = Room(book("N07", "N10")).run(figures, 70)
    tips = [one for _, one in room.decisions if one.sent]
    assert [(tip.rule.id, [one.id for one in tip.together]) for tip in tips] == [("N07", ["N10"])]


def test_a_rule_speaks_again_only_after_it_was_over_and_its_pause_has_passed() -> None:
    twice = {"avg_watch_sec": lambda m: 10 if 30 <= m < 33 or 36 <= m < 50 or 60 <= m < 70 else 60}
    room = Room(book("N06")).run(twice, 80)
    assert [minute for minute, _ in room.tips] == [32, 42, 62]


def test_a_rule_whose_sign_comes_and_goes_between_its_two_limits_speaks_once() -> None:
    swings = {"avg_watch_sec": lambda m: 60 if m < 30 else 18 + 3 * (int(m) // 3 % 2)}
    assert len(Room(book("N06")).run(swings, 120).tips) == 1


def test_six_tips_an_hour_are_enough_but_the_law_is_told() -> None:
    low = {"avg_watch_sec": 10, "comment_rate": 0.001, "interact_rate": 0.01, "fans_watch_share": 0.9, "paid_share": 0.9}
    figures = {name: at(value) for name, value in low.items()} | {
        "heard_absolute": at(1, start=58, otherwise=0), "fans_club_join": at(0), "item_ctr": at(0.01),
        "new_buyer_share": at(0.01), "negative_comments_5m": at(9), "pay_uv": grows(15, 15, start=0),
        "pay_order_cnt": grows(3, 3, start=0), "public_share": at(0.1),
    }  # fmt: skip
    room = Room(book()).run(figures, 60)
    assert len([rule for _, rule in room.tips if rule != "N40"]) <= 6
    assert (58, "N40") in room.tips


# ---- many sessions ----


def test_sessions_side_by_side_are_decided_as_each_alone() -> None:
    together = Watch(book(), 3)
    columns = [together.join(Watched(str(number))) for number in range(3)]
    rooms = [list(rows(figures, 90)) for figures in (DROP, {}, {"avg_watch_sec": at(15, start=40)})]
    told: list[tuple[int, str]] = []
    for step in zip(*rooms, strict=True):
        events = together.step([(column, moment, values) for column, (moment, values) in zip(columns, step, strict=True)])
        told += [(column, event.rule.id) for column, event in events if isinstance(event, Decision) and event.sent]
    assert told == [(2, "N06"), (0, "N01")]


def test_a_seat_that_was_left_knows_nothing_of_who_sat_there() -> None:
    watch = Watch(book("N01"), 1)
    for day in (0, 86_400):
        column = watch.join(Watched("room"))
        moments = [(moment + day, values) for moment, values in rows(DROP, 70)]
        told = [event for moment, values in moments for _, event in watch.step([(column, moment, values)])]
        assert [event.rule.id for event in told if isinstance(event, Decision) and event.sent] == ["N01"]
        watch.leave(column)


def test_there_is_room_for_so_many_sessions_only() -> None:
    watch = Watch(book("N01"), 1)
    watch.join(Watched("one"))
    with pytest.raises(ValueError):
        watch.join(Watched("another"))


def test_a_session_goes_on_in_another_process() -> None:
    """What was told is not told again, what stands is still over, and the samples are taken in again."""
    figures = {"avg_watch_sec": lambda m: 10 if 30 <= m < 50 or 70 <= m < 80 else 60}
    everything = list(rows(figures, 90))
    whole, first, second = (Watch(book("N06"), 1) for _ in range(3))
    told: dict[str, list[float]] = {"whole": [], "parts": []}

    def play(watch: Watch, name: str, part: list[tuple[float, dict[str, float]]]) -> None:
        for moment, values in part:
            events = watch.step([(0, moment, values)])
            told[name] += [moment for _, event in events if isinstance(event, Decision) and event.sent]

    for watch in (whole, first, second):
        watch.join(Watched("room"))
    play(whole, "whole", everything)
    play(first, "parts", everything[:40])
    for moment, values in everything[:40]:
        second.remember([(0, moment, values)])
    second.resume(0, read_state(json.loads(json.dumps(first.state(0).as_json()))))
    play(second, "parts", everything[40:])
    assert told["whole"] == told["parts"] and len(told["whole"]) == 2
