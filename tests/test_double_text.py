"""The double's reading of text: markup, entities, keyboards, as strict as Telegram's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.double.errors import ApiError
from tests.double.html import parse_html
from tests.double.keyboards import read_markup
from tests.double.markdown import parse_markdown
from tests.double.text import cut, detect, finish, read_entities, units

NO_ACTION = "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"


def refusal(call, *arguments, **named) -> str:
    with pytest.raises(ApiError) as caught:
        call(*arguments, **named)
    return caught.value.description


def entity(kind: str, offset: int, length: int, **more: object) -> dict:
    return {"type": kind, "offset": offset, "length": length} | more


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("直播<b>间</b>", "直播间", [entity("bold", 2, 1)]),
        ("😀<i>a</i>", "😀a", [entity("italic", 2, 1)]),
        ("<b>a<i>b</i></b>", "ab", [entity("italic", 1, 1), entity("bold", 0, 2)]),
        ("1 &lt; 2 &amp;&amp; &#x4f60; &nbsp;", "1 < 2 && 你 &nbsp;", []),
        ('<a href="https://e.com/?a=1&amp;b=2">去</a>', "去", [entity("text_link", 0, 1, url="https://e.com/?a=1&b=2")]),
        ("<a href='tg://user?id=7'>他</a>", "他", [entity("text_mention", 0, 1, user={"id": 7})]),
        ("<a href='no link'>x</a>", "x", []),
        ('<pre><code class="language-py">x</code></pre>', "x", [entity("pre", 0, 1, language="py")]),
        ("<blockquote expandable>q</blockquote>", "q", [entity("expandable_blockquote", 0, 1)]),
        ('<span class="tg-spoiler">x</span><tg-spoiler>y</tg-spoiler>', "xy", [entity("spoiler", 0, 1), entity("spoiler", 1, 1)]),
        ("<B></B>x", "x", []),
    ],
)
def test_html_becomes_text_and_entities(source, text, entities):
    assert parse_html(source) == (text, entities)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("人<br>", 'Unsupported start tag "br" at byte offset 3'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<a href>x</a>", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'),
        ("<a =x>x</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=x/y>x</a>", "Unexpected end of name token at byte offset 8"),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<tg-emoji emoji-id="x">😀</tg-emoji>', "Invalid custom emoji identifier specified"),
        ("&#xd800;", "Text contains invalid Unicode characters"),
    ],
)
def test_html_is_refused_in_telegrams_words(source, reason):
    assert refusal(parse_html, source).startswith(f"Bad Request: can't parse entities: {reason}")


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("*粗* _斜_ __线__ ~删~ ||藏||", "粗 斜 线 删 藏",
         [entity(kind, 2 * n, 1) for n, kind in enumerate(("bold", "italic", "underline", "strikethrough", "spoiler"))]),
        (r"1\.5 \> 1", "1.5 > 1", []),
        ("`a*b` ```py\nx_y```", "a*b x_y", [entity("code", 0, 3), entity("pre", 4, 3, language="py")]),
        (r"[去](https://e.com/\))", "去", [entity("text_link", 0, 1, url="https://e.com/)")]),
        ("![👍](tg://emoji?id=5)", "👍", [entity("custom_emoji", 0, 2, custom_emoji_id="5")]),
        (">一\n>二\n三", "一\n二\n三", [entity("blockquote", 0, 3)]),
        ("*_x_*", "x", [entity("italic", 0, 1), entity("bold", 0, 1)]),
        (">长\n>文||", "长\n文", [entity("expandable_blockquote", 0, 3)]),
    ],
)  # fmt: skip
def test_markdown_becomes_text_and_entities(source, text, entities):
    assert parse_markdown(source) == (text, entities)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("1.5", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("a > b", "Character '>' is reserved and must be escaped with the preceding '\\'"),
        ("a | b", "Character '|' is reserved and must be escaped with the preceding '\\'"),
        ("人 *x", "Can't find end of Bold entity at byte offset 4"),
        ("[x](http://e.com", "Can't find end of a URL at byte offset 4"),
        ("`x", "Can't find end of Code entity at byte offset 0"),
        ("![x]", "Custom emoji entity must contain a tg://emoji URL"),
        (">*x\ny*", "Can't find end of Bold entity at byte offset 1"),
    ],
)
def test_markdown_is_refused_in_telegrams_words(source, reason):
    assert refusal(parse_markdown, source) == f"Bad Request: can't parse entities: {reason}"


@given(st.text(alphabet="a人😀<>/b&;=\"' *_`[]()!|>\n\\.", max_size=40))
def test_markup_of_any_kind_is_read_or_refused_and_its_entities_fit(source):
    for parse in (parse_html, parse_markdown):
        try:
            text, entities = parse(source)
        except ApiError as error:
            assert error.code == 400
            continue
        assert all(e["length"] > 0 and e["offset"] + e["length"] <= units(text) for e in entities)


def test_text_is_cleaned_and_trimmed_and_entities_move_along():
    text, entities = finish(" \n你\r\n\t好\u202e😀  \n", [entity("bold", 0, 10)])
    assert text == "你\n 好😀"
    assert entities == [entity("bold", 0, 6)]
    assert finish("a  b ", [entity("italic", 1, 2), entity("bold", 2, 3)]) == ("a  b", [entity("bold", 3, 1)])


@pytest.mark.parametrize("text", ["", "   ", "\n\n", "\u200b\u200d", "\u3164 \ufeff"])
def test_text_without_content_is_refused(text):
    assert refusal(finish, text, []) == "Bad Request: text must be non-empty"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (entity("bold", 9, 1), "entity begins after the end of the text at UTF-16 offset 9"),
        (entity("bold", 1, 9), "entity beginning at UTF-16 offset 1 ends after the end of the text at UTF-16 offset 10"),
        (entity("bold", 2, 2), "entity begins in a middle of a UTF-16 symbol at byte offset 7"),
        (entity("bold", 0, 2), "entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at byte offset 7"),
        (entity("bold", -1, 2), "receive an entity with incorrect offset -1"),
    ],
)
def test_entities_outside_the_text_or_inside_a_symbol_are_refused(bad, reason):
    assert refusal(finish, "人😀b", [bad]) == f"Bad Request: {reason}"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ({"type": "blink", "offset": 0, "length": 1}, "Unsupported type specified"),
        ({"type": "bold", "offset": 0}, 'Can\'t find field "length"'),
        ({"type": "bold", "offset": "0", "length": 1}, 'Field "offset" must be of type Number'),
        ({"type": "text_link", "offset": 0, "length": 1}, 'Can\'t find field "url"'),
        ("bold", "expected an Object"),
    ],
)
def test_entities_of_the_wrong_shape_are_refused(raw, reason):
    assert refusal(read_entities, [raw]) == f"Bad Request: can't parse MessageEntity: {reason}"


def test_detected_entity_types_are_ignored_when_sent():
    assert read_entities([entity("url", 0, 3), entity("bold", 0, 3)]) == [entity("bold", 0, 3)]


def test_crossing_styles_are_split_and_crossing_links_dropped():
    _, crossed = finish("abcdef", [entity("bold", 0, 4), entity("italic", 2, 4)])
    assert crossed == [entity("bold", 0, 4), entity("italic", 2, 2), entity("italic", 4, 2)]
    _, linked = finish("abcdef", [entity("text_link", 0, 4, url="u"), entity("code", 2, 4)])
    assert linked == [entity("text_link", 0, 4, url="u")]
    _, inside = finish("abcdef", [entity("pre", 0, 6), entity("bold", 1, 2)])
    assert inside == [entity("pre", 0, 6)]


def test_only_a_hundred_entities_are_kept():
    _, kept = finish("a b " * 75, [entity("bold", 2 * n, 1) for n in range(150)])
    assert len(kept) == 100


def test_commands_mentions_links_and_tags_are_found():
    text = "/ask@copilot_bot 😀 @lin_01 看 https://e.com/a?b=1，或 e.com #复盘 a@b.com 1/2"
    found = [(e["type"], cut(text, e["offset"], e["length"])) for e in finish(text, [])[1]]
    assert found == [
        ("bot_command", "/ask@copilot_bot"),
        ("mention", "@lin_01"),
        ("url", "https://e.com/a?b=1"),
        ("url", "e.com"),
        ("hashtag", "#复盘"),
        ("email", "a@b.com"),
    ]
    assert detect("/ask", [entity("code", 0, 4)]) == []


@pytest.mark.parametrize(
    ("button", "reason"),
    [
        ({"text": "好", "callback_data": "好" * 22}, "BUTTON_DATA_INVALID"),
        ({"text": " ", "callback_data": "x"}, "BUTTON_TEXT_INVALID"),
        ({"callback_data": "x"}, "can't parse inline keyboard button: Can't find field \"text\""),
        ({"text": "x"}, NO_ACTION),
        ({"text": "x", "callback_data": ""}, NO_ACTION),
        ({"text": "x", "url": "ok"}, "inline keyboard button URL 'ok' is invalid: Wrong HTTP URL"),
        ("x", "can't parse inline keyboard button: InlineKeyboardButton must be an Object"),
    ],
)
def test_buttons_are_refused_in_telegrams_words(button, reason):
    assert refusal(read_markup, {"inline_keyboard": [[button]]}) == f"Bad Request: {reason}"


def test_keyboards_are_kept_up_to_their_limits():
    rows = [
        [{"text": "好", "callback_data": "x" * 64}],
        [{"text": "查", "switch_inline_query": ""}, {"text": "去", "url": "https://e.com"}],
    ]
    assert read_markup({"inline_keyboard": [*rows, []]}) == {
        "inline_keyboard": [rows[0], [rows[1][0], {"text": "去", "url": "https://e.com/"}]]
    }
    many = [{"text": "x", "callback_data": "y"}]
    assert refusal(read_markup, {"inline_keyboard": [many] * 101}) == "Bad Request: REPLY_MARKUP_TOO_LONG"
    assert refusal(read_markup, {"inline_keyboard": [many * 9]}) == "Bad Request: BUTTON_ROW_TOO_LONG"
    assert refusal(read_markup, {"inline_keyboard": "x"}).endswith("must be an Array")
    assert read_markup({"force_reply": True}) is None
