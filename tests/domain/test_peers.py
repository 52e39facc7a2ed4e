"""Medians of comparable rooms: how lines are read, how long they count, and that they come before the merchant's other hosts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.decisions import Source
from bot.domain.nudges import Limit
from bot.domain.own_rules import Change, Own, Sheet, changes
from bot.domain.pasts import Medians, Usual
from bot.domain.peers import LASTS, PeerFigure, PeerLine, comparable, in_force, lines_of, sound, useful
from bot.domain.seats import Watched
from bot.domain.thresholds import threshold
from bot.flows.peer_figures import read_peers
from tests.domain.rule_room import handbook
from tests.flows.nudge_room import REFERENCE

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "name", "figure"),
    [
        ("GPM 620", "GPM", "620"),
        ("GPM：620元", "GPM", "620元"),
        ("ＧＰＭ＝１，６２０．５ 元", "GPM", "1620.5元"),
        ("商品点击率\t6%", "商品点击率", "6%"),
        ("停留 60 秒占比 20%", "停留 60 秒占比", "20%"),
        ("5分钟进人流速300", "5分钟进人流速", "300"),
        ("GPM ¥620。", "GPM", "620"),
        ("GPM -5", "GPM", "-5"),
        ("删 GPM", "GPM", None),
        ("GPM=-", "GPM", None),
        ("remove GPM", "GPM", None),
    ],
)  # fmt: skip
def test_a_line_is_a_metric_and_a_figure_as_people_type_it(typed: str, name: str, figure: str | None) -> None:
    assert list(lines_of(f"\n{typed}\n\n")) == [PeerLine(2, name, figure)]


def test_a_line_that_is_neither_is_named_by_its_number() -> None:
    assert list(lines_of("GPM 620\nGPM\n\n620")) == [PeerLine(1, "GPM", "620"), 2, 4]


def test_figures_are_read_in_the_metrics_unit() -> None:
    found, wrong = read_peers("GPM 620\n商品点击率 6%\n超1分钟观看率：20%", REFERENCE, {}, NOW)
    assert wrong == []
    assert {id: one.value for id, one in found.items()} == {"gpm": 620, "item_ctr": 0.06, "watch_60s_rate": 0.2}
    again, _ = read_peers("删 GPM\n商品点击率 7%", REFERENCE, found, NOW + timedelta(days=1))
    assert set(again) == {"item_ctr", "watch_60s_rate"} and again["item_ctr"].at == NOW + timedelta(days=1)
    assert again["watch_60s_rate"].at == NOW, "what was not written stays as it was"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("商品点击率 6", "比例请写 %"),
        ("商品点击率 600%", "100% 以内"),
        ("GPM -5", "大于 0"),
        ("GPM 0", "大于 0"),
        ("GPM 6%", "单位要是"),
        ("成交金额 80000元", "累计"),
        ("在线人数 500", "没有规则拿"),
        ("气氛分 5", "没有“气氛分”这个指标"),
        ("GPM", "例如 GPM 620"),
        ("删 GPM", "没有填过"),
        ("9" * 400 + " GPM", "例如 GPM 620"),
        ("GPM " + "9" * 400, "最多 15 位"),
        ("x" * 5000, "太长"),
        ("", "例如 GPM 620"),
    ],
)
def test_what_is_wrong_is_said_by_line_and_nothing_changes(typed: str, said: str) -> None:
    before = {"item_ctr": PeerFigure(0.05, NOW)}
    _, wrong = read_peers(f"商品点击率 5%\n{typed}" if typed and len(typed) < 5000 else typed, REFERENCE, before, NOW)
    (mistake,) = wrong
    assert said in mistake.to("zh"), mistake.to("zh")
    assert mistake.to("en").isascii() or "“" in mistake.to("en")
    assert mistake.line == (2 if typed and len(typed) < 5000 else 0)


def test_a_figure_counts_for_thirty_days() -> None:
    figures = {"gpm": PeerFigure(620, NOW)}
    assert in_force(figures, NOW + LASTS - timedelta(seconds=1)) == {"gpm": 620}
    assert in_force(figures, NOW + LASTS) == {}


def test_every_metric_that_a_rule_compares_can_be_given_and_is_comparable_at_any_minute() -> None:
    metrics, rules = handbook().metrics.metrics, handbook().rules
    compared = {limit.of for rule in rules for limit in rule.limits.values() if limit.peers is not None}
    assert {one.id for one in useful(rules, metrics)} == compared
    assert not any(comparable(one) for one in metrics if one.id in ("gmv", "watch_uv", "peak_online"))


def test_a_share_is_at_most_the_whole() -> None:
    assert sound(1.0, "%") and not sound(1.01, "%") and sound(1.01, "倍")
    assert not sound(float("nan"), "元") and not sound(float("inf"), "元")


def test_what_was_given_comes_before_the_other_hosts_and_after_ones_own() -> None:
    limit = Limit("gpm", 0.8, 0.5, None, "x")
    past = Usual(peers=Medians({"gpm": 1000.0, "item_ctr": 0.1}))
    given = Watched("s", peers={"gpm": 600.0}, past=past)
    found = threshold(limit, *given.medians(30), lambda of, factor: None)
    assert found is not None and (found.value, found.source) == (300.0, Source.PEERS)
    other = threshold(Limit("item_ctr", 0.8, 0.5, None, "x"), *given.medians(30), lambda of, factor: None)
    assert other is not None and (other.value, other.source) == (0.05, Source.MATES), "what was not given is the other hosts'"
    mine = Watched("s", own={"gpm": 400.0}, peers={"gpm": 600.0})
    own = threshold(limit, *mine.medians(30), lambda of, factor: None)
    assert own is not None and (own.value, own.source) == (320.0, Source.OWN)


def test_a_figure_that_is_given_renewed_or_gone_is_a_change() -> None:
    one, renewed = PeerFigure(620, NOW), PeerFigure(620, NOW + timedelta(days=9))
    empty, first, second = (Own(Sheet(peers=peers)) for peers in ({}, {"gpm": one}, {"gpm": renewed}))
    assert changes(first, first) == ()
    for before, after, peers in ((empty, first, one), (first, second, renewed), (second, empty, None)):
        (found,) = changes(before, after)
        assert (found.change, found.limit, found.peers) == (Change.PEERS, "gpm", peers)
