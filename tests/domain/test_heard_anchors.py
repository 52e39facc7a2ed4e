"""Patterns found by their rarest part are those that are found from their beginning; gaps, and lists that hold lists."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.heard import PatternError
from bot.domain.heard.anchors import REACH, Anchored
from bot.domain.heard.folding import fold
from bot.domain.heard.patterns import Atoms, Segments, parsed
from bot.domain.heard.tries import Trie

# 的 and 我 stand everywhere, 糖 and 斑 do not, 不 ends a gap.
CHARS = "的我糖斑不"
WORDS = st.text(alphabet=CHARS, min_size=1, max_size=3).map(tuple)
GAPS = st.sampled_from([("…",), ("_",)])
PART = st.lists(WORDS, min_size=1, max_size=3, unique=True)


@st.composite
def patterns(draw: st.DrawFn) -> Segments:
    """One to four parts, of which some may be left out; a gap stands between two of them at most twice."""
    parts: list[tuple[Atoms, ...]] = [tuple(draw(PART))]
    for _ in range(draw(st.integers(0, 3))):
        if draw(st.booleans()):
            parts.append((draw(GAPS), ()))
        words = tuple(draw(PART))
        parts.append((*words, ()) if draw(st.booleans()) else words)
    return (*parts, (("糖",),))


@settings(max_examples=400, deadline=None)
@given(st.lists(patterns(), min_size=1, max_size=4), st.text(alphabet=CHARS + "，。 ", max_size=24))
def test_the_rarest_part_finds_what_the_beginning_finds(listed: list[Segments], text: str) -> None:
    anchored, plain = Anchored(), Trie()
    for number, segments in enumerate(listed):
        anchored.add(segments, number)
        plain.add(segments, number)
    folded = fold(text, lambda chars: chars)
    expected = {(begin, one.end, one.value, one.torn) for begin in range(len(folded.chars)) for one in plain.at(folded, begin)}
    assert {(one.begin, one.end, one.value, one.torn) for one in anchored.find(folded)} == expected


def test_only_places_of_the_rarest_part_are_walked_from() -> None:
    anchored = Anchored()
    anchored.add(parsed("{我|的}{…|}血糖{…|}{就|都}降", {}), 0)
    assert anchored.pairs == {"血糖"} and not anchored.singles
    text = fold("我" * 40 + "血糖就降", lambda chars: chars)
    assert {one.begin for one in anchored.find(text)} == set(range(31, 40)) and REACH > 9


def test_an_amount_is_read_forwards_wherever_the_rarest_part_stands() -> None:
    anchored = Anchored()
    anchored.add(parsed("送{元}的金条", {}), 0)
    (found,) = anchored.find(fold("今天送三千块的金条", lambda chars: chars))
    assert (found.begin, found.end, found.amount) == (2, 9, 3000)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("全网价低", True),
        ("全网这个价低", True),
        ("全网，价低", False),
        ("全网这个那个价低", True),
        ("全网这个那个啊价低", False),
        ("全网不价低", False),
    ],
)
def test_a_close_gap_holds_four_characters_and_no_comma(text: str, found: bool) -> None:
    anchored = Anchored()
    anchored.add(parsed("全网{_|}价低", {}), 0)
    folded = fold(text, lambda chars: chars)
    assert any(not one.torn for one in anchored.find(folded)) is found


def test_a_list_may_hold_lists_and_a_choice_may_name_them() -> None:
    lists = {"甲": ["血糖"], "乙": ["{甲}", "血压"], "丙": ["痛"]}
    assert parsed("{乙}", lists) == ((("血", "糖"), ("血", "压")),)
    assert parsed("{@甲|@丙|酸}", lists) == ((("血", "糖"), ("痛",), ("酸",)),)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [("{甲}", "绕回了自己"), ("{@丁|酸}好", "没有「丁」这张词表"), ("甲{_|}乙{_|}丙{…|}丁{_|}戊", "加起来最多写 3 处")],
)
def test_what_a_pattern_cannot_mean_is_said(pattern: str, said: str) -> None:
    with pytest.raises(PatternError, match=said):
        parsed(pattern, {"甲": ["{乙}"], "乙": ["{甲}"]})
