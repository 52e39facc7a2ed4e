"""What people call the limits of rules: the figure, and which of several it is; nobody meets the names that files use."""

from __future__ import annotations

from itertools import product

import pytest

from bot.domain.expressions import ExpressionError
from bot.domain.limit_names import figure_names, limit_names
from bot.domain.nudges import Limit
from bot.domain.own_rules import HOLD, UnitWrong, example_of, hold_said, limit_in, limit_said, read_limit
from tests.domain.rule_room import handbook

RULES, METRICS = handbook().rules, handbook().metrics
FIGURES = figure_names([*METRICS.metrics, *METRICS.inputs])


def test_no_two_limits_of_a_rule_are_called_alike_and_none_by_its_own_name() -> None:
    for rule in RULES:
        named = limit_names(rule, FIGURES)
        assert named.keys() == {*rule.limits, HOLD}
        for language in ("zh", "en"):
            said = [one.to(language) for one in named.values()]
            assert len(set(said)) == len(said), rule.id
            assert all("_" not in one for one in said), said


@pytest.mark.parametrize(
    ("rule", "limit", "chinese", "english"),
    [
        ("N01", "drop", "实时在线人数 降幅", "viewers online now (drop)"),
        ("N04", "rise", "5分钟进人流速 涨幅", "viewer inflow per 5 minutes (rise)"),
        ("N05", "back", "曝光进入率 恢复线", "entry rate (back to normal)"),
        ("N07", "short", "人均停留时长 下限", "average watch time (from)"),
        ("N07", "enough", "人均停留时长 上限", "average watch time (up to)"),
        ("N17", "open_share", "公域流量占比", "public traffic share"),
        ("N25", "surge", "5分钟成交密度 倍数", "GMV per 5 minutes (multiple)"),
        ("N29", "cheap", "客单价 比例", "spend per buyer (share)"),
    ],
)
def test_a_limit_is_called_by_its_figure_and_what_it_does(rule: str, limit: str, chinese: str, english: str) -> None:
    named = limit_names(next(one for one in RULES if one.id == rule), FIGURES)[limit]
    assert (named.to("zh"), named.to("en")) == (chinese, english)


@pytest.mark.parametrize("unit", sorted({*METRICS.units.values()} - {"是否"}))
@pytest.mark.parametrize("ratio", [None, 0.2, 2.0])
def test_the_example_of_a_limit_can_be_written_for_it(unit: str, ratio: float | None) -> None:
    limit = Limit("online_now", None, None, ratio or 1.0, "", ratio is not None)
    for language in ("zh", "en"):
        assert read_limit(example_of(limit, unit, language), limit, unit).default
    assert example_of(limit, unit, "en").isascii()


def test_what_is_no_figure_names_an_example_and_another_unit_names_the_unit() -> None:
    limit = Limit("public_share", None, None, 0.2, "")
    for said in ("少一半", "大概25%", "(", "-", "own + peers"):
        with pytest.raises(ExpressionError) as raised:
            read_limit(said, limit, "%")
        assert raised.value.message == "请写一个带单位的数，例如 25%" and not isinstance(raised.value, UnitWrong)
        assert raised.value.english == "write a figure, such as 25%"
    with pytest.raises(UnitWrong, match="单位要是 %"):
        read_limit("25人", limit, "%")
    assert read_limit("２５％", limit, "%").default == 0.25 and read_limit("0.6 × own", limit, "%").own == 0.6


def test_a_limit_is_said_in_the_readers_language() -> None:
    limit = Limit("avg_watch_sec", 0.5, None, 20, "", session=0.6)
    assert limit_said(limit, "秒") == "自己近 7 天同时段中位数 × 0.5（没有就用 20 秒，再没有就用 本场到现在的水平 × 0.6）"
    assert limit_said(limit, "秒", "en") == (
        "your own 7-day same-slot median × 0.5 (if not known: 20 s, or else this session so far × 0.6)"
    )


UNITS = sorted({*METRICS.units.values()} - {"是否"})


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("ratio", [False, True])
def test_what_was_said_in_chinese_reads_in_english_as_if_it_had_been_said_so(unit: str, ratio: bool) -> None:
    for own, peers, default, session in product((None, 0.6), (None, 1.25), (None, 0.005, 3.0, 12345.0, 1e12), (None, 0.5)):
        if {own, peers, default, session} != {None}:
            limit = Limit("gpm", own, peers, default, "", ratio, session)
            assert limit_in(limit_said(limit, unit), "en") == limit_said(limit, unit, "en")
            assert limit_in(limit_said(limit, unit), "zh") == limit_said(limit, unit)


def test_samples_in_a_row_and_what_somebody_typed_read_in_english_too() -> None:
    assert [limit_in(hold_said(n), "en") for n in (1, 8)] == ["1 sample", "8 samples"]
    assert [limit_in(said, "en") for said in ("0.6 * own", "25s", "25秒", "3%")] == ["0.6 * own", "25s", "25 s", "3%"]
