"""Running orders: when what is shown and announced, and what is wrong with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import BUILT_IN_HANDBOOK
from bot.content.wording import read_wording
from bot.content.yamlfile import YamlFile, read_yaml
from bot.domain.nudges import Phase, Planned
from bot.domain.order_checks import Code, Remark, Weight, check, value_of
from bot.domain.running_order import Interlude, OrderEvent, OrderLine, Part, RunningOrder, events, phases, same_product

LIVE = datetime(2026, 8, 16, 20, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
HOUR = timedelta(hours=1)
_FILE = read_yaml("wording.yaml", (BUILT_IN_HANDBOOK / "wording.yaml").read_text("utf-8"))
assert isinstance(_FILE, YamlFile)
WORDINGS = read_wording(_FILE)[0]


def line(position: int, name: str = "", **values: object) -> OrderLine:
    plain = OrderLine(position, name or f"款{position}", Decimal(50), 100, Part.PROFIT, Decimal(10))
    return replace(plain, **values)


def good() -> RunningOrder:
    """54 minutes of an hour, in the four parts, with nothing to remark."""
    parts = (Part.TRAFFIC, Part.BRIDGE, Part.PROFIT, Part.IMAGE)
    minutes = (9, 15, 20, 10)
    return order(*(line(n, part=p, minutes=Decimal(m)) for n, p, m in zip(range(1, 5), parts, minutes, strict=True)))


def order(*lines: OrderLine, pauses: tuple[Interlude, ...] = ()) -> RunningOrder:
    return RunningOrder(lines, pauses)


def with_first(**values: object) -> RunningOrder:
    return order(replace(good().lines[0], **values), *good().lines[1:])


def found(given: RunningOrder, **values: object) -> list[Remark]:
    return list(check(given, length=HOUR, wordings=WORDINGS, **values))


def codes(given: RunningOrder, **values: object) -> list[Code]:
    return [remark.code for remark in found(given, **values)]


def test_nothing_is_said_about_a_good_order() -> None:
    assert found(good(), goal=Decimal(20_000), go_live=LIVE) == []


def test_an_empty_order_is_one_remark() -> None:
    assert codes(order()) == [Code.EMPTY]


@pytest.mark.parametrize(
    ("minutes", "code"), [(61, Code.MINUTES_OVER), (60, Code.MINUTES_TIGHT), (55, Code.MINUTES_TIGHT), (47, Code.MINUTES_SHORT)]
)
def test_the_minutes_are_held_against_the_length_of_the_session(minutes: int, code: Code) -> None:
    last = good().lines[3]
    assert codes(order(*good().lines[:3], replace(last, minutes=Decimal(minutes - 44)))) == [code]


def test_missing_minutes_are_said_and_never_counted_as_none() -> None:
    given = order(*good().lines[:3], replace(good().lines[3], minutes=None))
    assert [(remark.code, remark.line) for remark in found(given)] == [(Code.MINUTES_MISSING, 4)]


def test_more_than_the_session_is_said_even_where_minutes_are_missing() -> None:
    given = order(line(1, minutes=Decimal(70), part=Part.BRIDGE), line(2, minutes=None))
    assert set(codes(given)) == {Code.MINUTES_OVER, Code.MINUTES_MISSING}


def test_an_interlude_takes_its_minutes() -> None:
    pause = Interlude(2, OrderEvent(Planned.BREAK, "休息"), Decimal(10))
    assert codes(order(*good().lines, pauses=(pause,))) == [Code.MINUTES_OVER]


def test_all_stock_sold_has_to_reach_the_goal() -> None:
    remark = found(good(), goal=Decimal(20_001))[0]
    assert remark.code is Code.STOCK_BELOW_GOAL
    assert remark.values == {"worth": Decimal(20_000), "goal": Decimal(20_001), "lacking": Decimal(1)}


def test_unknown_stock_is_not_counted_as_none() -> None:
    given = order(*good().lines[:3], replace(good().lines[3], stock=None))
    remark = found(given, goal=Decimal(1_000_000))[0]
    assert (remark.code, remark.values["lines"]) == (Code.STOCK_UNKNOWN, (4,))


def test_stock_of_a_product_that_comes_back_counts_once() -> None:
    given = order(line(1, "四件套"), line(2, "返场 四件套"))
    assert value_of(given) == 5000


def test_a_struck_through_price_needs_evidence_under_the_articles_of_chapter_14() -> None:
    remark = found(with_first(list_price=Decimal(89)))[0]
    assert (remark.code, remark.line, remark.section, remark.weight) == (Code.LIST_PRICE_UNPROVEN, 1, "14.4", Weight.LAW)
    assert remark.article == "《明码标价和禁止价格欺诈规定》第十六条、第十七条"
    assert codes(with_first(list_price=Decimal(89), price_evidence=" ")) == [Code.LIST_PRICE_UNPROVEN]


def test_a_struck_through_price_may_not_be_above_the_price_paid() -> None:
    proven = "近7天最低成交价 89 元，8月15日截图"
    assert codes(with_first(list_price=Decimal(89), price_evidence=proven)) == []
    assert codes(with_first(list_price=Decimal(99), price_evidence=proven)) == [Code.LIST_PRICE_TOO_HIGH]
    assert codes(with_first(list_price=Decimal(99), price_evidence="成交价截图 8月15日")) == []


def test_a_price_above_the_struck_through_one_is_said() -> None:
    assert codes(with_first(list_price=Decimal(49), price_evidence="截图")) == [Code.ABOVE_LIST_PRICE]


@pytest.mark.parametrize("name", ["纸巾 原价19.9", "纸巾 七日最低价", "纸巾 专柜价30"])
def test_a_claim_about_the_price_in_a_name_needs_evidence(name: str) -> None:
    assert codes(with_first(name=name)) == [Code.CLAIM_UNPROVEN]
    assert codes(with_first(name=name, price_evidence="截图")) == []


def test_a_claim_in_an_event_counts_as_well() -> None:
    event = OrderEvent(Planned.HOT_RELEASE, "秒杀 原价99", 5)
    assert codes(with_first(event=event)) == [Code.CLAIM_UNPROVEN]


def test_no_evidence_makes_the_lowest_price_anywhere_lawful() -> None:
    remarks = found(with_first(name="全网最低价纸巾", price_evidence="截图"))
    assert [(remark.code, remark.section) for remark in remarks] == [(Code.FORBIDDEN_WORD, "14.4")]
    assert codes(with_first(name="全网最低价纸巾")) == [Code.FORBIDDEN_WORD]


def test_forbidden_words_in_names_come_with_their_own_law() -> None:
    remark = found(with_first(name="国家级纸巾"))[0]
    assert (remark.code, remark.values["word"], remark.line) == (Code.FORBIDDEN_WORD, "国家级", 1)
    assert remark.article.startswith("《广告法》第九条")


def test_what_is_left_has_to_agree_with_the_stock() -> None:
    assert codes(with_first(name="纸巾 仅剩100件")) == []
    remark = found(with_first(name="纸巾 仅剩3件"))[0]
    assert (remark.code, remark.values["stock"]) == (Code.SCARCITY_UNTRUE, 100)


@pytest.mark.parametrize("part", [Part.TRAFFIC, Part.WELFARE, Part.FAN])
def test_what_draws_people_in_needs_true_stock(part: Part) -> None:
    lines = good().lines
    assert Code.BAIT_SOLD_OUT in codes(order(replace(lines[0], part=part, stock=0), *lines[1:]))
    assert Code.BAIT_STOCK_UNKNOWN in codes(order(replace(lines[0], part=part, stock=None), *lines[1:]))


def test_any_other_product_without_stock_is_said() -> None:
    assert codes(order(*good().lines[:3], replace(good().lines[3], stock=0))) == [Code.NO_STOCK]


def test_bridge_and_profit_have_to_be_there() -> None:
    given = order(*(replace(one, part=Part.IMAGE) for one in good().lines))
    assert codes(given) == [Code.NO_BRIDGE, Code.NO_PROFIT]


def test_parts_that_nobody_wrote_are_asked_for_and_not_missed() -> None:
    assert codes(order(*(replace(one, part=None) for one in good().lines))) == [Code.PART_MISSING]


def test_traffic_products_may_not_fill_the_opening() -> None:
    assert Code.OPENING_LONG in codes(with_first(minutes=Decimal(31)))
    assert Code.OPENING_LONG not in codes(with_first(minutes=Decimal(30)))


def test_the_same_product_twice_is_said_unless_it_comes_back_on_purpose() -> None:
    lines = good().lines
    assert codes(order(*lines[:3], replace(lines[3], name="款 1"))) == [Code.SAME_PRODUCT]
    assert codes(order(*lines[:3], replace(lines[3], name="返场 款1"))) == []
    remark = found(order(*lines[:3], replace(lines[3], name="返场 款1", price=Decimal(45))))[0]
    assert (remark.code, remark.line, remark.values["first"], remark.values["before"]) == (Code.PRICE_CHANGES, 4, 1, Decimal(50))


def test_products_of_one_name_but_width_case_and_spaces_are_the_same() -> None:
    assert same_product("６０支 四件套（A）") == same_product("60支四件套(a)") != same_product("80支四件套(a)")


def test_a_giveaway_needs_a_time_within_the_session() -> None:
    def with_event(**values: object) -> list[Code]:
        return codes(with_first(event=OrderEvent(Planned.GIVEAWAY, "福袋", **values)), go_live=LIVE)

    assert with_event() == [Code.GIVEAWAY_UNTIMED]
    assert with_event(minute=59) == []
    assert with_event(minute=60) == [Code.EVENT_OUTSIDE]
    assert with_event(clock=time(20, 59)) == []
    assert with_event(clock=time(19, 59)) == [Code.EVENT_OUTSIDE]


def test_phases_follow_the_parts_and_close_the_session() -> None:
    planned = phases(good(), LIVE)
    minutes = [(one.phase, (one.start - LIVE) / timedelta(minutes=1), (one.end - LIVE) / timedelta(minutes=1)) for one in planned]
    assert minutes == [(Phase.OPENING, 0, 9), (Phase.WELFARE, 9, 24), (Phase.MAIN, 24, 44), (Phase.CLOSING, 44, 54)]
    assert [one.lines for one in planned] == [(1,), (2,), (3, 4), (4,)]


def test_phases_end_where_nobody_knows_what_follows() -> None:
    given = order(line(1, part=Part.TRAFFIC), line(2, minutes=None), line(3))
    assert [(one.phase, one.end) for one in phases(given, LIVE)] == [(Phase.OPENING, LIVE + timedelta(minutes=10))]


def test_events_have_a_start_an_end_and_time_to_settle() -> None:
    event = OrderEvent(Planned.GIVEAWAY, "福袋", 42, minutes=5)
    (planned,) = events(with_first(event=event), LIVE)
    start = LIVE + timedelta(minutes=42)
    assert (planned.kind, planned.line, planned.text) == (Planned.GIVEAWAY, 1, "福袋")
    assert (planned.start, planned.end, planned.settled) == (
        start,
        start + timedelta(minutes=5),
        start + timedelta(minutes=20),
    )


def test_a_clock_time_before_go_live_is_that_of_the_next_day() -> None:
    event = OrderEvent(Planned.GIVEAWAY, "福袋", clock=time(0, 15))
    assert events(with_first(event=event), LIVE)[0].start == datetime(2026, 8, 17, 0, 15, tzinfo=LIVE.tzinfo)


def test_a_flash_sale_lasts_as_long_as_its_product_is_shown() -> None:
    lines = good().lines
    given = order(*lines[:2], replace(lines[2], event=OrderEvent(Planned.HOT_RELEASE, "秒杀")), lines[3])
    (planned,) = events(given, LIVE)
    assert (planned.start, planned.end) == (LIVE + timedelta(minutes=24), LIVE + timedelta(minutes=44))


def test_another_price_for_the_same_product_is_a_planned_event() -> None:
    given = order(line(1, "四件套"), line(2), line(3, "四件套", price=Decimal(45)))
    (planned,) = events(given, LIVE)
    assert (planned.kind, planned.line, planned.start) == (Planned.HOT_RELEASE, 3, LIVE + timedelta(minutes=20))


def test_equal_interludes_each_have_their_own_time() -> None:
    pause = Interlude(1, OrderEvent(Planned.BREAK, "休息"), Decimal(5))
    starts = [one.start for one in events(order(line(1), line(2), pauses=(pause, pause)), LIVE)]
    assert starts == [LIVE + timedelta(minutes=10), LIVE + timedelta(minutes=15)]


def test_an_event_behind_a_line_without_minutes_is_left_out_unless_it_has_its_own_time() -> None:
    sale = OrderEvent(Planned.HOT_RELEASE, "秒杀")
    given = order(line(1, minutes=None), line(2, event=sale), line(3, event=replace(sale, minute=30)))
    assert [one.line for one in events(given, LIVE)] == [3]


def test_minutes_are_time_that_passes_also_over_a_change_of_the_clocks() -> None:
    before = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    (planned,) = events(order(line(1), line(2, event=OrderEvent(Planned.HOT_RELEASE, "秒杀", 60))), before)
    assert planned.start.astimezone(UTC) - before.astimezone(UTC) == HOUR


def test_a_naive_go_live_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        phases(good(), datetime.combine(date(2026, 8, 16), time(20)))


@pytest.mark.parametrize(
    "values",
    [
        {"price": Decimal(0)},
        {"price": Decimal("NaN")},
        {"stock": -1},
        {"minutes": Decimal(0)},
        {"list_price": Decimal(-1)},
        {"name": " "},
    ],
)
def test_a_line_that_cannot_be_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        line(1, **values)


MONEY = st.decimals(Decimal("0.01"), Decimal(10**7), places=2)
EVENTS = st.builds(
    OrderEvent,
    st.sampled_from(Planned),
    st.text(max_size=20),
    st.none() | st.integers(0, 2880),
    st.none() | st.times(),
    st.none() | st.integers(1, 2880),
)
PARTS = st.none() | st.sampled_from(Part)
NAMES = st.text(min_size=1, max_size=30).filter(str.strip) | st.sampled_from(["原价纸巾", "全网最低", "仅剩3件", "返场 国家级"])
MINUTES = st.none() | st.decimals(Decimal("0.5"), Decimal(2880), places=2)


@st.composite
def orders(draw: st.DrawFn) -> RunningOrder:
    count = draw(st.integers(0, 6))
    lines = [
        OrderLine(
            at + 1,
            draw(NAMES),
            draw(MONEY),
            draw(st.none() | st.integers(0, 10**8)),
            draw(PARTS),
            draw(MINUTES),
            draw(st.none() | MONEY),
            draw(st.none() | st.text(max_size=30)),
            draw(st.none() | EVENTS),
        )
        for at in range(count)
    ]
    pauses = draw(st.lists(st.builds(Interlude, st.integers(0, count), EVENTS, MINUTES), max_size=3))
    return RunningOrder(tuple(lines), tuple(pauses))


@given(orders(), st.timedeltas(timedelta(0), timedelta(days=2)), st.none() | MONEY, st.none() | st.just(LIVE))
def test_any_order_is_checked_without_an_error(
    given: RunningOrder, length: timedelta, goal: Decimal | None, go_live: datetime | None
) -> None:
    for remark in check(given, length=length, wordings=WORDINGS, goal=goal, go_live=go_live):
        assert remark.line is None or 1 <= remark.line <= len(given.lines)
        assert remark.section


@given(orders())
def test_phases_follow_each_other_and_events_end_after_they_begin(given: RunningOrder) -> None:
    planned = phases(given, LIVE)
    assert all(one.start < one.end for one in planned)
    assert all(one.end == following.start for one, following in zip(planned, planned[1:], strict=False))
    assert all(LIVE <= one.start < one.end < one.settled for one in events(given, LIVE))
