"""Typing errors are mended with the collection's own words, and nothing else is touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.lexical import fold
from knowledge.spelling import Spelling, readings
from tests.knowledge.kit import HOSTILE
from tests.stopwatch import stopwatch

TEXTS = ("曝光进入率低于近七天中位数", "人均停留时长怎么算", "每五分钟扫一遍关键数", "worker process monitor deployment")
SPELLING = Spelling.of(TEXTS)


def english(word: str) -> bool:
    return word in {"house", "worked"}


def test_a_character_of_the_same_sound_is_mended() -> None:
    assert SPELLING.mend_chinese("曝光进入绿怎么提") == "曝光进入率怎么提"


def test_what_the_collection_knows_stays() -> None:
    assert SPELLING.mend_chinese("人均停留时长怎么算") == "人均停留时长怎么算"


def test_a_word_the_collection_does_not_sound_like_stays() -> None:
    assert SPELLING.mend_chinese("红烧牛肉面的做法") == "红烧牛肉面的做法"


@pytest.mark.parametrize(
    ("typed", "meant"), [("wroker", "worker"), ("Wroker", "worker"), ("deploymnet", "deployment"), ("montior", "monitor")]
)
def test_a_misspelt_latin_word_is_mended(typed: str, meant: str) -> None:
    assert SPELLING.mend_latin(typed, english) == meant


@pytest.mark.parametrize("word", ["worked", "house", "wrok", "zzzzzz", "Worker", "GMV"])
def test_a_known_short_or_far_off_latin_word_stays(word: str) -> None:
    assert SPELLING.mend_latin(word, english) == word


def test_readings_drop_the_tone_and_know_several() -> None:
    assert readings("绿") >= {"lv"} and len(readings("行")) > 1 and readings("a") == frozenset()


@given(st.text(st.characters(), max_size=80))
def test_mending_never_raises_and_keeps_the_length_of_folded_chinese(text: str) -> None:
    assert len(SPELLING.mend_chinese(text)) == len(fold(text))
    assert isinstance(SPELLING.mend_latin(text, english), str)


@given(st.sampled_from(TEXTS), st.data())
def test_any_piece_of_the_collection_is_left_alone(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    piece = text[start : data.draw(st.integers(start, len(text)))]
    assert SPELLING.mend_chinese(piece) == fold(piece)


def test_an_empty_collection_mends_nothing() -> None:
    empty = Spelling.of([])
    assert empty.mend_chinese("曝光进入绿") == "曝光进入绿" and empty.mend_latin("wroker", english) == "wroker"


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_mended_within_a_second(text: str) -> None:
    with stopwatch() as watch:
        SPELLING.mend_chinese(SPELLING.mend_latin(text[:2000], english))
    assert watch.seconds < 1


def test_a_page_of_unknown_words_against_a_large_vocabulary_takes_under_two_seconds() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    large = Spelling.of([" ".join(f"{a}{b}{c}{d}word" for a in letters for b in letters for c in letters for d in "abc")])
    page = " ".join(f"{a}{b}{b}{a}wrdo" for a in letters for b in letters)[:2000]
    with stopwatch() as watch:
        large.mend_latin(page, english)
    assert watch.seconds < 2
