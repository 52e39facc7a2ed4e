"""Looking things up by what people call them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.checklists import Stage, Variant
from bot.flows.reference import Reference, synonyms
from knowledge.glossary import Term
from tests.paper_reference import METRICS, REFERENCE, metric


@pytest.mark.parametrize(
    ("typed", "id"),
    [
        ("gpm", "gpm"),
        ("GPM", "gpm"),
        ("ＧＰＭ", "gpm"),
        ("千次观看成交金额", "gpm"),
        ("千次观看成交金额（GPM）", "gpm"),
        ("千次成交", "gpm"),
        ("千次观看成交", "gpm"),
        ("gmv per thousand views", "gpm"),
        ("停留", "avg_watch_sec"),
        ("watch time", "avg_watch_sec"),
        ("人均停留時長", "avg_watch_sec"),
        ("avg_watch_sec", "avg_watch_sec"),
        ("avg watch sec", "avg_watch_sec"),
        ("停留时长", "avg_watch_sec"),
        ("退款", "refund_rate"),
        ("支付定单数", "pay_order_cnt"),
        ("online_nwo", "online_now"),
    ],
)
def test_a_metric_is_found_by_any_of_its_names_and_by_a_near_miss(typed: str, id: str) -> None:
    assert [found.id for found in REFERENCE.find_metric(typed).found] == [id]


def test_what_could_be_two_metrics_is_offered_and_not_guessed() -> None:
    match = REFERENCE.find_metric("gmp")
    assert not match.found
    assert {near.id for near in match.near} >= {"gmv", "gpm"}
    orders = REFERENCE.find_metric("订单")
    assert not orders.found
    assert {near.id for near in orders.near} == {"pay_order_cnt", "create_order_cnt"}


@pytest.mark.parametrize("typed", ["", "   ", "！？", "火星上几点", "\x00", "😀" * 300])
def test_what_names_nothing_finds_nothing(typed: str) -> None:
    assert not REFERENCE.find_metric(typed).found
    assert not REFERENCE.find_rules(typed).found
    assert not REFERENCE.find_variant(typed).found


@given(st.text(max_size=60))
def test_any_text_may_be_looked_up(typed: str) -> None:
    match = REFERENCE.find_metric(typed)
    assert not (match.found and match.near)
    assert len(REFERENCE.find_rules(typed).near) <= 4


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("N01", ["N01"]),
        ("n1", ["N01"]),
        ("1", ["N01"]),
        ("在线掉得快", ["N01"]),
        ("掉得快", ["N01"]),
        ("停留", ["N06", "N07"]),
        ("avg_watch_sec", ["N06", "N07"]),
        ("实时在线人数", ["N01", "N02"]),
        ("极限词", ["N40"]),
        ("15% 或更多", ["N01"]),
        ("N99", []),
        ("X01", []),
    ],
)
def test_a_rule_is_found_by_number_name_or_the_metric_it_watches(typed: str, ids: list[str]) -> None:
    assert [found.id for found in REFERENCE.find_rules(typed).found] == ids


@pytest.mark.parametrize(
    ("typed", "variant"),
    [
        ("日播", Variant.DAILY), ("大场", Variant.CAMPAIGN), ("大促", Variant.CAMPAIGN), ("品牌自播", Variant.BRAND),
        ("自播", Variant.BRAND), ("第一场", Variant.FIRST), ("首播", Variant.FIRST), ("daily", Variant.DAILY),
    ],
)  # fmt: skip
def test_a_kind_of_session_is_found_by_what_people_call_it(typed: str, variant: Variant) -> None:
    assert REFERENCE.find_variant(typed).found == (variant,)


def test_a_metric_knows_its_rules_and_a_rule_its_metrics() -> None:
    online = REFERENCE.metric("online_now")
    assert online is not None
    assert [rule.id for rule in REFERENCE.watching(online)] == ["N01", "N02"]
    first = REFERENCE.rule("N01")
    assert first is not None and REFERENCE.read_by(first) == (online,)
    assert REFERENCE.metric("n01") is REFERENCE.rule("gpm") is None


def test_a_checklist_holds_what_its_variant_has_in_order() -> None:
    daily = REFERENCE.checklist(Variant.DAILY, Stage.BEFORE)
    assert [item.id for item in daily.items][-1] == "B20"
    assert [item.id for item in REFERENCE.checklist(Variant.FIRST, Stage.BEFORE).items][-2:] == ["B20", "B21"]


def test_glossary_words_go_to_the_metric_that_shares_a_name_with_their_term() -> None:
    found = synonyms(METRICS, [Term("在线", ("实时在线人数", "人气"), ("viewers online",)), Term("场景", ("布景",))])
    assert found["online_now"] == ("在线", "实时在线人数", "人气", "viewers online")
    assert found["gpm"] == ()


def test_one_word_for_two_metrics_offers_both() -> None:
    twice = Reference(metrics=(metric("a_uv", "甲", also=("人数",)), metric("b_uv", "乙", also=("人数",))))
    assert {near.id for near in twice.find_metric("人数").near} == {"a_uv", "b_uv"}


def test_groups_stand_in_the_order_of_the_list() -> None:
    assert REFERENCE.metric_groups == ("流量", "商品", "成交")
    assert REFERENCE.rule_groups == ("流量", "合规")
