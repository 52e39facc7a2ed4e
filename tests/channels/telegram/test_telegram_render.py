"""Messages as Telegram takes them: pieces, entities, buttons."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram.render import LIMIT, MOST_ENTITIES, entities, keyboard, markup, render, short
from bot.channels.telegram.rich import Look, Mark, Rich, clean, units, visible
from bot.channels.telegram.splitting import pieces
from bot.domain.messages import Button, Message, Part, Style, text

ODD = st.text(alphabet=st.sampled_from("a中。，\n 😀👍🏽\u200d\u200b\u200f\u202e\u0301\u3164\ud83d\0\x07\r\té ا"), max_size=200)
PARTS = st.lists(st.builds(Part, ODD | st.text(max_size=50), st.sampled_from(Style)), max_size=6)


def utf16(text: str, offset: int, length: int) -> str:
    return text.encode("utf-16-le")[2 * offset : 2 * (offset + length)].decode("utf-16-le")


def letters(text: str) -> str:
    return "".join(c for c in text if visible(c))


@settings(max_examples=200)
@given(PARTS)
def test_any_message_becomes_pieces_that_telegram_takes(parts: list[Part]):
    for piece in render(Message(tuple(parts)), limit=60):
        assert 0 < units(piece.text) <= 60
        assert visible(piece.text)
        assert piece.text == piece.text.strip() == clean(piece.text)
        for entity in entities(piece):
            assert utf16(piece.text, entity.offset, entity.length).strip()


@settings(max_examples=200)
@given(st.text(alphabet=st.sampled_from("甲乙丙。，！a b\n😀"), max_size=400), st.integers(20, 80))
def test_no_letter_is_lost_or_doubled_in_splitting(content: str, limit: int):
    whole = Rich(clean(content))
    assert "".join(letters(piece.text) for piece in pieces(whole, limit)) == letters(whole.text)


@given(ODD)
def test_cleaning_twice_changes_nothing(content: str):
    once = clean(content)
    assert clean(once) == once
    assert not any(unicodedata.category(c) == "Cs" for c in once)


@given(st.text(alphabet=st.sampled_from("ab😀中\u200d"), min_size=1, max_size=60), st.data())
def test_entity_offsets_count_utf16_units(content: str, data: st.DataObject):
    start = data.draw(st.integers(0, len(content) - 1))
    end = data.draw(st.integers(start + 1, len(content)))
    (entity,) = entities(Rich(content, (Mark(Look.BOLD, start, end),)))
    assert utf16(content, entity.offset, entity.length) == content[start:end]


def test_splits_at_paragraphs_then_sentences():
    sentence = "停留低于四十秒先看开场。"
    paragraph = sentence * 20
    found = pieces(Rich("\n\n".join([paragraph] * 30)), LIMIT)
    assert len(found) == 2
    assert all(piece.text.endswith("。") and piece.text.startswith("停留") for piece in found)
    assert all(piece.text.endswith("。") for piece in pieces(Rich(sentence * 900), LIMIT))


def test_does_not_tear_words_links_or_joined_emoji():
    family = "👨\u200d👩\u200d👧"
    assert all(piece.text.count("👨") == piece.text.count("👧") for piece in pieces(Rich(family * 100), 50))
    spaced = pieces(Rich("operator " * 30), 50)
    assert all(set(piece.text.split()) == {"operator"} for piece in spaced)
    linked = Rich("看 " * 22 + "这一条 规则 说明" + " 完" * 30, (Mark(Look.LINK, 44, 53, "https://a.cn"),))
    assert any(linked.text[44:53] in piece.text for piece in pieces(linked, 50))


def test_a_long_mark_goes_on_in_the_next_piece():
    found = pieces(Rich("字" * 5000, (Mark(Look.QUOTE, 0, 5000),)), LIMIT)
    assert [(mark.look, mark.end - mark.start) for piece in found for mark in piece.marks] == [
        (Look.QUOTE, 4096),
        (Look.QUOTE, 904),
    ]


def test_surrogate_pairs_stay_whole_at_the_limit():
    found = pieces(Rich("a" + "😀" * 4000), LIMIT)
    assert all(units(piece.text) <= LIMIT for piece in found)
    assert sum(piece.text.count("😀") for piece in found) == 4000


def test_a_message_of_which_nothing_can_be_seen_still_says_something():
    assert [piece.text for piece in render(text("\u200b\u2800\n\u3164"))] == ["…"]


def test_marks_beyond_the_limit_are_left_out():
    message = Message(tuple(part for _ in range(150) for part in (Part("a", Style.BOLD), Part("b"))))
    assert len(entities(render(message)[0])) == MOST_ENTITIES


def test_markup_characters_in_plain_text_stay_as_they_are():
    assert render(text("**不是粗体** <b> [1](x)"))[0] == Rich("**不是粗体** <b> [1](x)")


@pytest.mark.parametrize(("width", "shown"), [(40, "12.1 在线 掉了"), (9, "12.1 在线…"), (4, "12.1…")])
def test_labels_are_one_line_and_short(width: int, shown: str):
    assert short("12.1 在线\n掉了", width) == shown


def test_buttons_become_callbacks_links_and_inline_switches():
    below = keyboard(((Button("a", "n"), Button("b", url="https://a.cn")), (Button("\ud800", switch_inline="停留"),)))
    assert below is not None
    first, second, third = (button for row in below.inline_keyboard for button in row)
    assert (first.callback_data, second.url, third.switch_inline_query, third.text) == ("n", "https://a.cn", "停留", "\ufffd")
    assert keyboard(((),)) is None


def test_a_message_that_expects_a_reply_opens_one():
    below = markup(Message((Part("问什么？"),), expects_reply=True))
    assert below is not None
    assert re.search("force_reply", below.to_json())
    assert Message.from_json(Message((Part("x"),), expects_reply=True).to_json()).expects_reply
