"""What of a question is looked for, and when it goes on from the one before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.question import content, forms, leans, understand
from tests.knowledge.kit import HOSTILE
from tests.stopwatch import stopwatch


def test_question_words_are_no_content() -> None:
    assert set(understand("请问停留低了怎么办呢？").words) & {"怎么办", "请问", "呢"} == set()
    assert "停留" in understand("请问停留低了怎么办呢？").words


def test_a_question_of_nothing_but_machinery_is_looked_for_as_it_is() -> None:
    assert content("怎么办") == "怎么办"


def test_english_stop_words_are_no_content() -> None:
    assert "the" not in understand("What should the host do?").words


@pytest.mark.parametrize(
    "text", ["那停留呢？", "那么转粉呢", "还有别的办法吗", "停留呢", "它怎么算", "What about watch time?", "and the host?"]
)
def test_a_follow_up_shows_by_its_form(text: str) -> None:
    assert leans(text)


@pytest.mark.parametrize(
    "text", ["停留低怎么办", "那天的数据在哪看", "那时候谁值班", "How is GMV computed?", "android 手机推流卡顿"]
)
def test_a_question_of_its_own_does_not_lean(text: str) -> None:
    assert not leans(text)


@pytest.mark.parametrize(
    ("earlier", "text", "understood"),
    [
        ("在线掉了怎么办", "那停留呢？", "停留怎么办"),
        ("停留时长怎么算", "那么，转粉率呢", "转粉率怎么算"),
        ("投手负责什么", "还有中控呢？", "中控什么"),
        ("停留低", "那在线呢", "在线"),
    ],
)
def test_a_follow_up_with_a_topic_of_its_own_is_asked_as_the_last_question_was(earlier: str, text: str, understood: str) -> None:
    alone, joined = forms(text, ["进人流速是什么", earlier, "  "])
    assert (alone.text, joined.text) == (text, understood)


@pytest.mark.parametrize("text", ["那怎么算呢？", "这个呢", "还有别的办法吗", "那停留怎么算呢", "发票开给谁"])
def test_any_other_follow_up_stands_behind_the_last_question(text: str) -> None:
    assert forms(text, ["在线掉了怎么办"])[1].text == f"在线掉了怎么办 {text}"


def test_a_topic_in_another_language_stands_alone() -> None:
    assert forms("What about watch time?", ["在线掉了怎么办"])[1].text == "What about watch time?"
    assert forms("那停留呢", ["What if viewers leave?"])[1].text == "那停留呢"
    assert forms("What about watch time?", ["How is it computed?"])[1].text == "How is it computed? What about watch time?"


def test_without_earlier_turns_there_is_one_form() -> None:
    assert len(forms("停留低怎么办", ["", " \n"])) == 1


def test_numbers_in_words_are_looked_for_as_digits() -> None:
    assert "30" in "".join(understand("停留掉了三成").words)


@given(st.text(st.characters(), max_size=200), st.lists(st.text(st.characters(), max_size=50), max_size=3))
def test_any_text_with_any_history_is_understood_the_same_way_twice(text: str, history: list[str]) -> None:
    found = forms(text, history)
    assert found == forms(text, history)
    assert all(len(set(form.words)) == len(form.words) for form in found)
    assert isinstance(leans(text), bool)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_understood_within_a_second(text: str) -> None:
    with stopwatch() as watch:
        forms(text[:2000], [text])
        leans(text[:2000])
    assert watch.seconds < 1
