"""What a language model wrote is used only where it stands on the passages it cites."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.flows.grounding import Growing, unsupported

PASSAGES = (
    "停留低于 30 秒时，先换开场话术，再发福袋。数据员每 5 分钟报一次停留。",
    "七天内无理由退货，运费由买家承担，商家 3 个工作日内退款 1,200 元以下的订单。",
    "Watch time below 30 seconds: change the opening, then hand out a lucky bag.",
)


@pytest.mark.parametrize(
    "text",
    [
        "停留低于 30 秒，先换开场话术 [1]。",
        "先换开场话术，再发福袋。[1]",
        "退货的运费由买家承担[2]。停留低就换开场话术[1]。",
        "1. 先换开场话术 [1]\n2. 再发福袋 [1]",
        "9、先换开场话术 [1]\n- 再发福袋 [1]\n* **运费由买家承担** [2]",
        "先换开场话术，运费由买家承担 [1][2]。",
        "三十秒以下先换开场话术 [1]。",
        "停留低先换开场：\n- 换开场话术 [1]",
        "Change the opening [3]. Then hand out a lucky bag. [3]",
        "停留低于 30 秒，先换开场话术 [1]\n\n",
    ],
)
def test_what_stands_in_the_cited_passages_is_supported(text: str) -> None:
    assert unsupported(text, PASSAGES) == []


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("停留低于 45 秒，先换开场话术 [1]。", "an invented number"),
        ("停留低于 30 秒，先换开场话术。", "no mark"),
        ("停留低于 30 秒，先换开场话术 [4]。", "a mark out of range"),
        ("停留低于 30 秒，先换开场话术 [0]。", "a mark out of range"),
        ("停留低于 30 秒，先换开场话术 [1][9]。", "one mark out of range"),
        ("停留低于 30 秒，先换开场话术 [2]。", "the wrong passage"),
        ("主播下播后去吃火锅庆祝一番 [1]。", "another topic"),
        ("先换开场话术 [1]。平台会奖励百分之八十的流量 [1]。", "one sentence of two"),
        ("1. 先换开场话术 [1]\n2. 给粉丝发 500 元红包 [1]", "an invented step"),
        ("停留低于 45 秒要罚款：\n- 先换开场话术 [1]", "a claim in front of a list"),
        ("Change the opening [3]. The platform pays a large bonus for that.", "an English sentence without mark"),
        ("", "nothing at all"),
        ("```", "no word"),
        ("[1]", "a mark alone"),
    ],
)
def test_what_does_not_stand_there_is_named(text: str, bad: str) -> None:
    assert unsupported(text, PASSAGES), bad


def test_only_the_bad_sentence_is_named() -> None:
    assert unsupported("先换开场话术 [1]。平台奖励八成流量 [1]。", PASSAGES) == ["平台奖励八成流量 [1]。"]


def test_without_passages_nothing_is_supported() -> None:
    assert unsupported("先换开场话术 [1]。", ())


@given(st.text(st.characters(), max_size=300))
def test_any_text_is_judged_without_error(text: str) -> None:
    assert isinstance(unsupported(text, PASSAGES), list)


@given(st.integers(31, 10_000))
def test_no_number_that_is_not_in_the_passage_gets_through(number: int) -> None:
    assert unsupported(f"停留低于 {number} 秒时，先换开场话术 [1]。", PASSAGES)


@pytest.mark.timeout(10)
def test_a_long_answer_is_judged_quickly() -> None:
    assert unsupported("先换开场话术 [1] " * 5_000, PASSAGES) == []
    assert unsupported("a. " * 20_000, PASSAGES)


def grown(text: str) -> list[str]:
    """What is shown after each character."""
    growing = Growing(PASSAGES)
    return [growing.text for end in range(1, len(text) + 1) if growing.grow(text[:end])]


def test_a_text_in_the_making_grows_by_whole_checked_sentences() -> None:
    text = "先换开场话术 [1]。再发福袋。[1] 运费由买家承担[2]。"
    assert grown(text) == ["先换开场话术 [1]。", "先换开场话术 [1]。再发福袋。[1]"]


def test_nothing_is_shown_from_the_first_unsupported_sentence_on() -> None:
    assert grown("先换开场话术 [1]。给粉丝发 500 元红包 [1]。再发福袋 [1]。再发福袋 [1]。") == ["先换开场话术 [1]。"]
    assert grown("给粉丝发 500 元红包 [1]。再发福袋 [1]。再发福袋 [1]。") == []


@given(st.text(alphabet="先换开场话术，再发福袋。！\n [1]2345-.Change the opening", max_size=60))
def test_whatever_is_shown_of_a_text_in_the_making_is_supported(text: str) -> None:
    for shown in grown(text):
        assert text.startswith(shown) and unsupported(shown, PASSAGES) == []
