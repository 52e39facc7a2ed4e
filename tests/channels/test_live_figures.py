"""Figures as operators read them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.figures import between, figure, growth, length, moved, percent, points


@pytest.mark.parametrize(
    "value,unit,zh,en",
    [
        (32_000, "人", "3.2 万人", "32,000"),
        (9_999.6, "人", "1 万人", "10,000"),
        (800, "人/5min", "800 人", "800"),
        (0.124, "%", "12.4%", "12.4%"),
        (0.0055, "%", "0.55%", "0.55%"),
        (0.9996, "%", "100%", "100%"),
        (12.5, "%", "1,250%", "1,250%"),
        (-0.15, "%", "−15%", "−15%"),
        (-0.00001, "%", "0%", "0%"),
        (45, "秒", "45 秒", "45 s"),
        (5_400, "秒", "1 小时 30 分钟", "1 h 30 min"),
        (13_600, "元", "¥1.36 万", "¥13,600"),
        (325_000, "元", "¥32.5 万", "¥325,000"),
        (99_999_999, "元", "¥1 亿", "¥99,999,999"),
        (123.64, "元/人", "¥124", "¥124"),
        (0.68, "元/人", "¥0.68", "¥0.68"),
        (2.5, "倍", "2.5 倍", "2.5×"),
        (136, "单", "136 单", "136 orders"),
        (-0.0, "人", "0 人", "0"),
        (None, "人", "无数据", "no data"),
        (float("nan"), "元", "无数据", "no data"),
    ],
)
def test_a_figure_reads_as_people_say_it(value: float | None, unit: str, zh: str, en: str) -> None:
    assert (figure(value, unit, "zh"), figure(value, unit, "en")) == (zh, en)


def test_changes_have_a_direction_or_say_that_there_is_none() -> None:
    assert (growth(-0.2), growth(0.051), growth(0.0001)) == ("↓20%", "↑5.1%", "→0%")
    assert (points(-0.031, "zh"), points(0.0012, "en"), points(0.0, "zh")) == ("↓3.1 个百分点", "↑0.12 pp", "→0 个百分点")


def test_the_unit_is_said_once() -> None:
    assert moved((200, 160), "人", "zh") == "200 → 160 人" and moved((2.5, 1.1), "倍", "en") == "2.5 → 1.1×"
    assert moved((200, None), "人", "zh") == "200 人 → 无数据" and moved((0.1, 0.2), "%", "zh") == "10% → 20%"


def test_lengths_read_in_their_own_size() -> None:
    assert [length(timedelta(seconds=s), "zh") for s in (-5, 40, 59.6, 90, 3599, 7200)] == [
        "0 秒", "40 秒", "1 分钟", "2 分钟", "1 小时", "2 小时"
    ]  # fmt: skip


@given(st.floats(min_value=0, max_value=1e12), st.sampled_from(["人", "元", "%", "秒", "倍", "元/千次", "人/5min", "单"]))
def test_no_figure_is_long_or_in_powers_of_ten(value: float, unit: str) -> None:
    for language in ("zh", "en"):
        assert len(figure(value, unit, language)) <= 24 and "e+" not in figure(value, unit, language)
    if unit == "%":
        assert percent(value).endswith("%")


@pytest.mark.parametrize(
    "low,high,unit,zh,en",
    [
        (70, 158, "人", "70～158 人", "70–158"),
        (500, 500, "人", "500 人", "500"),
        (499.8, 500.2, "人", "500 人", "500"),
        (0.05, 0.05, "%", "5%", "5%"),
        (0.05, 0.06, "%", "5%～6%", "5%–6%"),
    ],
)
def test_a_range_whose_ends_read_alike_is_one_figure(low: float, high: float, unit: str, zh: str, en: str) -> None:
    assert (between(low, high, unit, "zh"), between(low, high, unit, "en")) == (zh, en)
    assert between(low, high, unit, "zh", "–") == zh.replace("～", "–")
