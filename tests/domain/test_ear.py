"""The last minute of a room: counted as by hand in whatever order lines come, at a cost that does not grow with what is there."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bot.domain.heard
from bot.domain.heard import Lexicon, Source
from bot.domain.heard.window import Window
from bot.domain.remarks import Ear
from tests.benchmarks.hearing import built_in

OURS = {str(Path(bot.domain.heard.__file__).parent / name) for name in ("listening.py", "window.py")}
GROUPS = ("a", "b")


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return built_in()


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 30), st.sets(st.sampled_from(GROUPS)), st.integers(0, 3)), max_size=40))
def test_a_window_counts_what_is_in_it_in_whatever_order_it_comes(steps: list[tuple[bool, int, set[str], int]]) -> None:
    window, there = Window(10), list[tuple[int, set[str], int]]()
    for asks, ts, groups, amount in steps:
        if not asks:
            window.add(ts, groups, [("a", float(amount))] if amount else [])
            there.append((ts, groups, amount))
            continue
        window.at(ts)
        there = [one for one in there if ts - one[0] < 10]
        within = [one for one in there if one[0] <= ts]
        assert window.rows == len(within)
        assert {name: window.counts[name] for name in GROUPS} == {
            name: Counter(group for one in within for group in one[1])[name] for name in GROUPS
        }
        assert window.largest("a") == max((float(one[2]) for one in within if one[2]), default=None)


def test_a_line_of_a_flood_costs_what_any_line_costs(lexicon: Lexicon) -> None:
    few, many = _steps(lexicon, 40), _steps(lexicon, 160)
    assert few > 40 * 20
    assert many < 4.2 * few


def _steps(lexicon: Lexicon, lines: int) -> int:
    """Lines of code that keeping account of so many lines of slips takes; all of them are said within the minute."""
    ear, steps, before = Ear(lexicon), 0, sys.gettrace()

    def within(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal steps
        steps += event == "line"
        return within

    def called(frame: FrameType, event: str, _: Any) -> Any:
        return within if frame.f_code.co_filename in OURS else None

    sys.settrace(called)
    try:
        for number in range(lines):
            ear.hear(1000 + number * 0.02, f"国家级，降血糖，原价，最佳，加我微信，{number}。", Source.SPEECH)
    finally:
        sys.settrace(before)
    return steps


def test_what_waits_is_told_also_where_only_a_comment_comes(lexicon: Lexicon) -> None:
    ear = Ear(lexicon)
    assert ear.hear(0, "我们全网第一", Source.SPEECH) == []
    assert [one.heard.words for one in ear.hear(6, "加我微信，便宜卖", Source.COMMENT)] == ["全网第一", "加我微信"]
    assert not ear.waits


def test_words_cut_between_two_lines_are_heard_however_long_the_first_is(lexicon: Lexicon) -> None:
    ear = Ear(lexicon)
    assert ear.hear(0, "看一下尺码" * 40 + "今天这个价全网", Source.SPEECH) == []
    assert [(one.heard.words, one.heard.start) for one in ear.hear(2, "最低，放心拍", Source.SPEECH)] == [("全网最低", -2)]


@pytest.mark.parametrize(
    ("line", "around"),
    [
        ("家人们这就是国家级的品质，放心拍", "家人们这就是国家级的品质，放心拍"),
        (
            "今天给大家准备的这一款面料真的特别舒服，家人们都知道这就是国家级的品质，穿上身一摸就知道了对不对",
            "…家人们都知道这就是国家级的品质…",
        ),
    ],
)
def test_a_short_line_is_quoted_whole_and_a_long_one_up_to_a_pause(lexicon: Lexicon, line: str, around: str) -> None:
    (mention,) = Ear(lexicon).hear(1_000.0, line, Source.SPEECH)
    assert mention.around == around
