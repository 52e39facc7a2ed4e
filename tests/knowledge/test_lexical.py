"""Folding, terms and BM25: what words of a question meet in a text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.lexical import Bm25, characters, comparable, fold, language, pack, simplified, term_hash, words
from tests.knowledge.kit import HOSTILE

ANY = st.text(st.characters(), max_size=200)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("開播前核對", "开播前核对"),
        ("ＧＭＶ", "gmv"),
        ("①", "1"),
        ("轉粉率", "转粉率"),
        ("Online_Now", "online_now"),
        ("３００万", "300万"),
    ],
)
def test_spellings_of_one_thing_fold_to_the_same(left: str, right: str) -> None:
    assert fold(left) == fold(right)


def test_words_of_a_chinese_run_include_parts_of_long_words() -> None:
    assert {"直播", "直播间"} <= set(words("直播间"))


def test_latin_words_meet_by_stem_and_by_part() -> None:
    assert set(words("watching")) & set(words("watched"))
    assert set(words("online")) <= set(words("online_now"))


def test_characters_hold_pairs_within_a_run_only() -> None:
    found = characters("停留，低")
    assert "停留" in found and "留低" not in found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("停留低怎么办", "zh"),
        ("What if watch time is low?", "en"),
        ("GMV 怎么算", "zh"),
        ("", "en"),
        ("What does the 场控 do in a live", "en"),
    ],
)
def test_language_follows_the_script(text: str, expected: str) -> None:
    assert language(text) == expected


def test_simplifying_keeps_every_character_at_its_place() -> None:
    text = "開播前，主播與場控核對 GMV 目標。"
    assert len(simplified(text)) == len(text)


@given(ANY)
def test_folding_never_raises_and_is_settled_after_the_first_time(text: str) -> None:
    folded = fold(text)
    assert simplified(folded) == folded
    assert fold(text) == folded


@given(ANY)
def test_terms_never_raise_and_are_the_same_every_time(text: str) -> None:
    folded = comparable(text)
    assert words(folded) == words(folded)
    assert all(characters(folded)) and all(words(folded))
    assert all(0 <= term_hash(term) < 2**32 for term in (*words(folded), *characters(folded)))


@given(
    st.lists(st.lists(st.sampled_from("甲乙丙丁戊"), max_size=8), max_size=8), st.lists(st.sampled_from("甲乙丙丁己"), max_size=4)
)
def test_bm25_scores_exactly_the_rows_that_hold_a_term(documents: list[list[str]], query: list[str]) -> None:
    index = Bm25.build([pack(document) for document in documents])
    scores = index.scores(query)
    assert scores.shape == (len(documents),)
    assert [bool(score > 0) for score in scores] == [bool(set(document) & set(query)) for document in documents]


def test_a_rare_term_weighs_more_than_a_common_one_and_an_unknown_one_most() -> None:
    index = Bm25.build([pack(["甲", "乙"]), pack(["甲"]), pack(["甲", "丙"])])
    assert index.rarity("甲") < index.rarity("乙") < index.rarity("没有的")
    assert index.knows("乙") and not index.knows("没有的")


def test_a_term_twice_in_the_question_counts_once() -> None:
    index = Bm25.build([pack(["甲"]), pack(["乙"])])
    assert np.array_equal(index.scores(["甲", "甲"]), index.scores(["甲"]))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.timeout(10)
def test_hostile_text_is_cut_into_terms(text: str) -> None:
    folded = comparable(text[:2000])
    assert isinstance(words(folded), list)
    assert isinstance(characters(folded), list)
