"""Sentences and chunks: exact offsets, nothing lost, nothing broken in the middle."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.lines import weight
from knowledge.split import chunks, sentences
from tests.stopwatch import stopwatch

MESSY = st.text(alphabet="。！？；，、,.!? \n\t|-*#`（）“”()\"'1一、ab主播\u3000\u200d😀", max_size=400)


def pieces(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


def test_chinese_sentences_end_at_their_stops() -> None:
    text = "在线掉了先看停留。停留没掉，就看进人！进人也没掉？查统计口径；再问中控"
    assert pieces(text) == ["在线掉了先看停留。", "停留没掉，就看进人！", "进人也没掉？", "查统计口径；", "再问中控"]


@pytest.mark.parametrize(
    "text",
    [
        "保本 ROI 是 2.5 倍。",
        "See section 1.1 of https://example.com/a.b?c=d for more.",
        "Use a short hook, e.g. Ask a question, i.e. Something easy.",
        "Dr. Li and Mr. Wang meet at 8 p.m. today.",
        "版本 v7.1.0 以后不用管。",
        "把 `SELECT a; SELECT b? c` 贴进去。",
        "他说（先别动；等我回来）就走了。",
        "主播说“家人们好！今天有福利”然后上链接。",
    ],
)
def test_points_that_end_no_sentence_do_not_break_it(text: str) -> None:
    assert pieces(text) == [text]


def test_english_sentences_end_before_a_space() -> None:
    assert pieces("Tips are short. They name a section! Do they? Yes") == [
        "Tips are short.", "They name a section!", "Do they?", "Yes",
    ]  # fmt: skip


def test_a_closing_quote_or_emphasis_belongs_to_its_sentence_and_an_opening_one_does_not() -> None:
    assert pieces("**先停投。**再查描述。**最后**联系客服。") == ["**先停投。**", "再查描述。", "**最后**联系客服。"]


def test_list_items_table_rows_and_code_are_whole() -> None:
    steps = "做法：\n1. 先看停留。再看进人。\n   不行就换款。\n2. 返场"
    text = f"{steps}\n\n| 款 | 价 |\n|---|---|\n| A | 9.9。 |\n\n```\na; b\n\nc.\n```"
    assert pieces(text) == [
        "做法：",
        "1. 先看停留。再看进人。\n   不行就换款。",
        "2. 返场",
        "| 款 | 价 |\n|---|---|",
        "| A | 9.9。 |",
        "```\na; b\n\nc.\n```",
    ]


def test_an_unclosed_fence_swallows_nothing() -> None:
    assert pieces("```\n第一句。第二句。\n") == ["```", "第一句。", "第二句。"]


def test_chunks_hold_whole_sentences_of_about_the_target() -> None:
    text = "".join(f"第{n}句话说的是直播间里的一件小事情。" for n in range(60))
    found = chunks(text)
    assert all(chunk.text.endswith("。") for chunk in found)
    assert all(100 <= weight(chunk.text) <= 160 for chunk in found[:-1])


def test_english_chunks_are_longer_in_characters() -> None:
    text = " ".join(f"Sentence number {n} says something about the session." for n in range(60))
    lengths = [len(chunk.text) for chunk in chunks(text)[:-1]]
    assert min(lengths) > 300 and max(lengths) <= 400


def test_a_sentence_of_twice_the_target_is_cut_at_commas() -> None:
    text = "，".join(["这里是一段没有句号的很长的话"] * 60)
    found = chunks(text)
    assert len(found) > 4
    assert all(chunk.text.endswith("，") for chunk in found[:-1])


def test_a_run_without_any_boundary_is_still_cut() -> None:
    assert max(len(chunk.text) for chunk in chunks("货" * 5000)) <= 160
    assert max(len(chunk.text) for chunk in chunks("\ufdfa" * 10_000)) <= 400


def test_blank_text_has_no_chunks() -> None:
    assert chunks(" \n\t\u3000\n") == ()
    assert sentences("") == ()


@given(MESSY)
@settings(max_examples=300)
def test_every_visible_character_is_in_exactly_one_sentence_and_one_chunk(text: str) -> None:
    for spans in (sentences(text), [(chunk.start, chunk.end) for chunk in chunks(text, target=20)]):
        covered = [index for start, end in spans for index in range(start, end)]
        assert len(covered) == len(set(covered)) and covered == sorted(covered)
        assert {index for index, character in enumerate(text) if not character.isspace()} <= set(covered)
        assert all(start < end and not text[start].isspace() and not text[end - 1].isspace() for start, end in spans)


@given(MESSY)
def test_a_chunk_is_its_slice_of_the_section(text: str) -> None:
    assert all(text[chunk.start : chunk.end] == chunk.text for chunk in chunks(text))


ADVERSARIAL = ["`", "(", "（", "“", ".", "。", "a.", "1. ", "|", "| ", "```\n", "-", " ", "https://", "*_", "e.g", "Q：", "\n"]


@pytest.mark.parametrize("unit", ADVERSARIAL)
def test_a_quarter_of_a_megabyte_of_anything_is_cut_in_seconds(unit: str) -> None:
    text = unit * (250_000 // len(unit))
    with stopwatch() as watch:
        chunks(text)
    assert watch.seconds < 5
