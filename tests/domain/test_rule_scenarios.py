"""Every rule of the handbook in a room: what makes it speak, what nearly does, and that it is over once all is as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from bot.domain.oddities import ANOMALY
from bot.domain.seats import Watched
from tests.domain.rule_room import START, Figure, Room, at, book, grows, handbook

Figures = Mapping[str, Figure]


@dataclass(frozen=True)
class Case:
    """`fires` from some minute on until `back`, `nearly` in its place; both over `minutes`. `usual` are figures of both."""

    fires: Figures
    nearly: Figures
    minutes: int
    usual: Figures = field(default_factory=dict)
    own: Mapping[str, float] = field(default_factory=dict)
    figures: Mapping[str, float] = field(default_factory=dict)
    hours_on: float = 0.0

    def watched(self) -> Watched:
        return Watched("room", began=START - self.hours_on * 3600, figures=self.figures, own=self.own)


def slides(by: float) -> Figure:
    """3000 people, from minute 60 on `by` less a minute for 25 minutes, then back at once."""
    return lambda m: 3000 - by * max(0, m - 60) if m < 85 else 3000


def once(value: float, name: str, start: float = 60, end: float = 75, otherwise: float | None = None) -> Figures:
    """One figure at a value for a quarter of an hour, and as in the steady room before and after."""
    return {name: at(value, start=start, end=end, otherwise=otherwise, name=name)}


def heard(name: str, **others: float) -> Case:
    """Something heard or seen: 0 is nothing, 1 is one too many."""
    usual = {other: at(value) for other, value in others.items()}
    return Case({name: at(1, start=30, end=35, otherwise=0)}, {name: at(0)}, 50, usual)


def stock(fires: float, nearly: float) -> Case:
    plain = {"main_sold_15m": at(20), "main_stock_share": at(0.5)}
    left = {"main_stock_left": at(fires, start=30, end=40, otherwise=100)}
    return Case(left, {"main_stock_left": at(nearly, start=30, end=40, otherwise=100)}, 60, plain)


FLAT_CLICKS = {"item_ctr": at(0.1)}
CASES: Mapping[str, Case] = {
    "N01": Case(once(400, "online_now"), once(430, "online_now"), 100),
    "N02": Case({"online_now": slides(45)}, {"online_now": slides(20)}, 110),
    "N03": Case({"watch_uv": grows(100, 60, start=60, end=75)}, {"watch_uv": grows(100, 92, start=60, end=75)}, 110),
    "N04": Case({"watch_uv": grows(100, 160, start=100, end=115)}, {"watch_uv": grows(100, 125, start=100, end=115)}, 150),
    "N05": Case(once(0.14, "enter_rate", otherwise=0.2), once(0.17, "enter_rate", otherwise=0.2), 100, {}, {"enter_rate": 0.2}),
    "N06": Case(once(15, "avg_watch_sec"), once(21, "avg_watch_sec"), 100),
    "N07": Case(once(30, "avg_watch_sec"), once(46, "avg_watch_sec"), 100),
    "N08": Case(
        {"avg_watch_sec": at(70, start=60, otherwise=60), "clk_pay_rate": at(0.15, start=60, end=80, otherwise=0.25)},
        {"avg_watch_sec": at(70, start=60, otherwise=60), "clk_pay_rate": at(0.23, start=60, end=80, otherwise=0.25)}, 120,
    ),
    "N09": Case(once(0.15, "watch_60s_rate"), once(0.21, "watch_60s_rate"), 100, {}, {"watch_60s_rate": 0.25}),
    "N10": Case(once(0.001, "comment_rate"), once(0.006, "comment_rate"), 100),
    "N11": Case(once(0.01, "interact_rate"), once(0.031, "interact_rate"), 100),
    "N12": Case(
        {"price_question_share": at(0.4, start=60, end=70, otherwise=0.1)},
        {"price_question_share": at(0.29, start=60, end=70, otherwise=0.1)}, 100, {"item_ctr": at(0.015)},
    ),
    "N13": Case({"negative_comments_5m": at(3, start=30, end=32, otherwise=0)},
                {"negative_comments_5m": at(2, start=30, end=32, otherwise=0)}, 60),
    "N14": Case({"new_follow": at(0)}, {"new_follow": grows(1.3, 1.3, start=0)}, 40),
    "N15": Case({"fans_club_join": at(1, start=70, otherwise=0)}, {"fans_club_join": at(1)}, 90),
    "N16": Case(once(0.9, "fans_watch_share"), once(0.79, "fans_watch_share"), 100,
                {"new_buyer_share": at(0.02), "pay_uv": grows(15, 15, start=0)}),
    "N17": Case(once(0.1, "public_share"), once(0.21, "public_share"), 100, {"watch_uv": grows(15, 15, start=0)}),
    "N18": Case(once(0.8, "paid_share", 40, 80), once(0.69, "paid_share", 40, 80), 100),
    "N19": Case(once(0.015, "item_ctr", otherwise=0.1), once(0.031, "item_ctr", otherwise=0.1), 100, {}),
    "N20": Case(once(0.15, "clk_pay_rate", otherwise=0.25), once(0.21, "clk_pay_rate", otherwise=0.25), 100,
                {"item_ctr": at(0.33)}, {"clk_pay_rate": 0.25, "item_ctr": 0.2}),
    "N21": Case({"item_exp_uv": grows(60, 0, start=60, end=90)}, {"item_exp_uv": grows(60, 45, start=60, end=90)}, 250),
    "N22": Case({"pay_uv": grows(5, 0.5, start=80, end=95)}, {"pay_uv": grows(5, 3, start=80, end=95)}, 130),
    "N23": Case({"pay_order_cnt": grows(5.5, 1, start=60, end=75)}, {"pay_order_cnt": grows(5.5, 5, start=60, end=75)}, 130),
    "N24": Case({"gmv": grows(500, 0, start=60, end=90)},
                {"gmv": lambda m: 500 * min(m, 60) + (m >= 72) + 500 * max(0, m - 90)}, 110),
    "N25": Case(
        {"gmv": grows(500, 1500, start=120, end=130), "pay_order_cnt": grows(5.5, 16, start=120, end=130)},
        {"gmv": grows(500, 690, start=120, end=130), "pay_order_cnt": grows(5.5, 7.5, start=120, end=130)}, 170,
    ),
    "N26": Case({"watch_uv": grows(100, 250, start=120, end=130)}, {"watch_uv": grows(100, 140, start=120, end=130)}, 170),
    "N27": Case({"goal_progress": at(-0.3, start=60, end=75, otherwise=0.0)},
                {"goal_progress": at(-0.19, start=60, end=75, otherwise=0.0)}, 100, {}, {}, {"length": 7200}),
    "N28": Case({"goal_progress": at(0.3, start=60, end=75, otherwise=0.0)},
                {"goal_progress": at(0.19, start=60, end=75, otherwise=0.0)}, 100, {}, {}, {"planned_progress": 0.4}),
    "N29": Case(once(60, "aov", otherwise=100), once(81, "aov", otherwise=100), 100, {}, {},
                {"planned_aov": 100, "goal": 20000, "planned_progress": 0.5}),
    "N30": Case(once(2000, "gpm", otherwise=4000), once(3300, "gpm", otherwise=4000), 100, {}, {"gpm": 4000}),
    "N31": Case({"uv_value_last": at(6, start=110, end=120, otherwise=4)}, {"uv_value_last": at(4)}, 130,
                {"uv_value": at(5), "uv_value_before_last": at(7)}, {}, {"length": 7200}),
    "N32": Case({"top3_gmv_share": at(0.8, start=70, end=80, otherwise=0.5)},
                {"top3_gmv_share": at(0.69, start=70, end=80, otherwise=0.5)}, 100),
    "N33": stock(15, 25),
    "N34": Case(once(0.3, "refund_rate"), once(0.19, "refund_rate"), 100, hours_on=25),
    "N35": Case(once(1.5, "ad_roi"), once(2.1, "ad_roi"), 100, {}, {}, {"break_even_roi": 2, "budget": 1000}),
    "N36": Case({"ad_cost": grows(10, 50, start=100, end=110)}, {"ad_cost": grows(10, 25, start=100, end=110)}, 130),
    "N37": Case(once(4.2, "ad_roi"), once(3.5, "ad_roi"), 100,
                {"main_stock_left": at(100), "main_sold_15m": at(20)}, {}, {"target_roi": 3}),
    "N38": Case(
        {"watch_uv": grows(100, 260, start=100, end=115), "avg_watch_sec": at(35, start=103, end=115, otherwise=60)},
        {"watch_uv": grows(100, 260, start=100, end=115), "avg_watch_sec": at(45, start=103, end=115, otherwise=60)}, 160,
    ),
    "N39": Case(once(8, "ad_follow_cost"), once(7, "ad_follow_cost"), 100, {}, {}, {"ad_follow_cost_30d": 5}),
    "N40": heard("heard_absolute"),
    "N41": heard("heard_cure"),
    "N42": Case({"heard_reference_price": at(1, start=30, end=35, otherwise=0), "price_evidence": at(0)},
                {"heard_reference_price": at(1, start=30, end=35, otherwise=0), "price_evidence": at(1)}, 50),
    "N43": Case({"raffle_top_prize": at(50_001, start=30, end=35, otherwise=100)},
                {"raffle_top_prize": at(50_000, start=30, end=35, otherwise=100)}, 50, {"raffle_unannounced": at(0)}),
    "N44": heard("heard_offsite", minor_on_camera=0, ai_unlabelled=0),
    "N45": heard("heard_pressure", heard_fake=0),
}  # fmt: skip


def test_every_rule_has_its_case() -> None:
    assert sorted(CASES) == [rule.id for rule in handbook().rules]


@pytest.mark.parametrize("id", sorted(CASES))
def test_a_rule_speaks_once_and_is_over_when_things_are_as_they_were(id: str) -> None:
    case = CASES[id]
    room = Room(book(id), case.watched()).run({**case.usual, **case.fires}, case.minutes)
    assert [rule for _, rule in room.tips if rule != ANOMALY] == [id], room.silent(id)
    assert not room.standing(id)


@pytest.mark.parametrize("id", sorted(CASES))
def test_what_nearly_makes_a_rule_speak_does_not(id: str) -> None:
    case = CASES[id]
    room = Room(book(id), case.watched()).run({**case.usual, **case.nearly}, case.minutes)
    assert [rule for _, rule in room.tips if rule != ANOMALY] == []


@pytest.mark.parametrize("id", sorted(CASES))
def test_a_rule_whose_figures_are_missing_keeps_silent(id: str) -> None:
    case = CASES[id]
    gone = {name: (lambda m: float("nan")) for name in book(id).rules[0].bases}
    room = Room(book(id), Watched("room", began=START - case.hours_on * 3600)).run(
        {**case.usual, **case.fires, **gone}, case.minutes
    )
    assert room.tips == []


def test_a_steady_room_hears_nothing_in_four_hours() -> None:
    room = Room(book()).run({}, 240)
    assert room.tips == []
