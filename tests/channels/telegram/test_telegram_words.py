"""The sentences themselves, and an answer as a message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels import words
from bot.channels.telegram import texts
from bot.channels.telegram.answer_view import answer_message, source
from bot.channels.telegram.presses import LONGEST_TOAST
from bot.channels.words import Phrase
from bot.domain.answers import Answer, Citation, Verdict

CITED = Citation("0123456789ab", "c/12.md", "盯盘", "12.1 在线掉了", "12.1", 3, 0.9, "…")


def phrases() -> Iterator[tuple[str, Phrase]]:
    for module in (texts, words):
        for name, value in vars(module).items():
            found = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else (value,)
            yield from ((name, phrase) for phrase in found if isinstance(phrase, Phrase))


def test_both_languages_say_the_same_things():
    for name, phrase in phrases():
        assert sorted(re.findall(r"\{\w+\}", phrase.zh)) == sorted(re.findall(r"\{\w+\}", phrase.en)), name
        assert phrase.zh and phrase.en, name


def test_what_is_shown_as_a_toast_fits_into_one():
    shown = (texts.NO_LEAD, texts.GONE, texts.GARBLED, texts.TOO_FAST, texts.CANNOT_EDIT, texts.LEAD_ASKED_ALREADY, texts.WHY_BAD)
    assert all(max(len(phrase.zh), len(phrase.en)) <= LONGEST_TOAST for phrase in shown)
    assert all(len(phrase.zh) <= 256 for phrase in (texts.DESCRIPTION, texts.COMMAND_ASK))
    assert all(max(len(phrase.zh), len(phrase.en)) <= 120 for phrase in (texts.SHORT_DESCRIPTION,))
    assert len(texts.DESCRIPTION.en) <= 512


@pytest.mark.parametrize(
    ("minutes", "zh", "en"),
    [(0.5, "1 分钟前", "1 min ago"), (59, "59 分钟前", "59 min ago"), (119, "1 小时前", "1 h ago"), (3000, "2 天前", "2 d ago")],
)
def test_how_long_ago_is_said_in_the_largest_unit(minutes: float, zh: str, en: str):
    span = timedelta(minutes=minutes)
    assert (words.ago(span, "zh"), words.ago(span, "en")) == (zh, en)


def test_sections_that_the_text_does_not_stand_on_are_listed_apart():
    cited = tuple(replace(CITED, section=f"12.{n} 节", page=None) for n in range(1, 6))
    message = answer_message(Answer("问", Verdict.ANSWERED, "先查。[1]\n再看。[3] 见 a[7]。", cited), "AbCdEfGh", "zh")
    assert "先查。〔1〕\n再看。〔3〕 见 a[7]。" in message.plain
    assert "出处\n〔1〕12.1 节 · 《盯盘》\n〔3〕12.3 节 · 《盯盘》\n\n还可以看\n〔2〕12.2 节" in message.plain
    labels = [[button.label for button in row] for row in message.buttons]
    assert labels[:-1] == [["〔1〕12.1 节"], ["〔3〕12.3 节"], ["〔2〕", "〔4〕", "〔5〕"]]


def test_many_quoted_sections_share_one_row_of_numbers():
    message = answer_message(Answer("问", Verdict.ANSWERED, "一[1]二[2]三[3]四[4]", (CITED,) * 4), "AbCdEfGh", "zh")
    assert [button.label for button in message.buttons[0]] == ["〔1〕", "〔2〕", "〔3〕", "〔4〕"]


def test_an_answer_that_names_no_number_lists_all_its_sources():
    message = answer_message(Answer("问", Verdict.ANSWERED, "先查。", (CITED, CITED)), "AbCdEfGh", "zh")
    assert message.plain.count("12.1 在线掉了") == 2
    assert "还可以看" not in message.plain


def test_a_source_names_section_document_page_and_teaching():
    assert source(CITED, "zh") == "12.1 在线掉了 · 《盯盘》 · 第 3 页"
    assert source(replace(CITED, section="盯盘", page=None), "zh") == "盯盘"
    case = replace(CITED, section="侯哥家纺 · 结果", case=True, teaching=True, page=None)
    assert source(case, "en") == "侯哥家纺 · 结果 · teaching example"
    assert source(replace(case, teaching=False), "zh") == "侯哥家纺 · 结果"
    assert "\n" not in source(replace(CITED, section="一\n二"), "zh")
