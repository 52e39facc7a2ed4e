"""Markdown from documents, as it stands on a phone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram.markdown import rich
from bot.channels.telegram.rich import Look

MARKUP = st.text(alphabet=st.sampled_from("*_`~[]()<>#|-+!\\&\n\t 1.ab中，：。”“é😀\u200d\u200f\ud800\0"), max_size=300)


def marked(markdown: str, look: Look) -> list[str]:
    found = rich(markdown)
    return [found.text[mark.start : mark.end] for mark in found.legal().marks if mark.look is look]


def test_styles_become_marks_and_their_signs_go():
    found = rich("# 12.1 在线掉了\n\n先看**三个数**，*别急*，~~删~~，用`在线`。")
    assert found.text == "12.1 在线掉了\n\n先看三个数，别急，删，用在线。"
    assert marked("# 12.1\n\n**a** *b* ~~c~~ `d`", Look.BOLD) == ["12.1", "a"]
    assert marked("*b*", Look.ITALIC) == ["b"]
    assert marked("~~c~~", Look.STRIKE) == ["c"]
    assert marked("`d`", Look.CODE) == ["d"]


@pytest.mark.parametrize("markdown", ["**注意：**不要停播", "先看**“停留”**再看", "（**一定**）", "看**互动率**。"])
def test_bold_beside_chinese_punctuation_is_bold(markdown: str):
    assert "*" not in rich(markdown).text
    assert len(marked(markdown, Look.BOLD)) == 1


def test_bold_may_hold_code_and_links():
    assert marked("**看 `GMV` 和[规则](https://a.cn)：**好", Look.LINK) == ["规则"]
    assert marked("**看 `GMV` 好**", Look.BOLD) == ["看 ", " 好"]
    assert marked("**看 `GMV` 好**", Look.CODE) == ["GMV"]


def test_lists_keep_numbers_bullets_and_depth():
    found = rich("准备：\n\n1. 画面\n2. 声音\n   - 麦克风\n\n   备用一支\n3. 网速\n\n- [ ] 没做\n- [x] 做了")
    assert found.text.splitlines() == [
        "准备：",
        "1. 画面",
        "2. 声音",
        "　◦ 麦克风",
        "　备用一支",
        "3. 网速",
        "• ☐ 没做",
        "• ☑ 做了",
    ]


def test_only_web_addresses_become_links():
    assert marked("[a](https://x.cn/y) [b](javascript:alert(1)) [c](tg://user?id=1) [d](#12.2) [e](ftp://x)", Look.LINK) == ["a"]
    assert rich("[12.2 停留](#12.2)").text == "12.2 停留"


def test_raw_html_and_pictures_stay_text():
    assert rich("<b>粗</b><script>x</script> ![流程图](a.png)").text == "<b>粗</b><script>x</script> 流程图"


def test_code_blocks_keep_their_lines_and_language():
    found = rich("```python\nif a:\n    b()\n```")
    assert found.text == "if a:\n    b()"
    assert [(mark.look, mark.value) for mark in found.marks] == [(Look.PRE, "python")]


def test_a_narrow_ascii_table_is_aligned():
    found = rich("| id | cps |\n|---|---|\n| a | 1 |\n| bcd | 22 |")
    assert found.text == "id   cps\na    1\nbcd  22"
    assert found.marks[0].look is Look.PRE


def test_a_table_of_two_columns_becomes_one_line_a_row():
    found = rich("| 指标 | 口径 |\n|---|---|\n| 停留 | 总时长 |\n| 互动 | |")
    assert found.text == "指标｜口径\n▪ 停留：总时长\n▪ 互动"


def test_a_wide_table_becomes_a_block_a_row():
    found = rich("| 现象 | 先查 | 谁 |\n|---|---|---|\n| 进房掉 | 投放 | 投手 |\n| 停留掉 | | 主播 |")
    assert found.text == "▪ 进房掉\n　先查：投放\n　谁：投手\n▪ 停留掉\n　谁：主播"


def test_quotes_are_marked_once_however_deep():
    assert marked("> 一\n>\n> > 二", Look.QUOTE) == ["一\n\n二"]


@given(st.text(max_size=400))
def test_any_text_gives_a_result(text: str):
    found = rich(text)
    assert all(0 <= mark.start < mark.end <= len(found.text) for mark in found.marks)


@settings(max_examples=300)
@given(MARKUP)
def test_any_markup_gives_legal_marks(markdown: str):
    found = rich(markdown).legal()
    assert "\ud800" not in found.text and "\0" not in found.text and "\r" not in found.text
    for mark in found.marks:
        for other in found.marks:
            apart = mark.end <= other.start or other.end <= mark.start
            inside = mark.start <= other.start and other.end <= mark.end or other.start <= mark.start and mark.end <= other.end
            assert apart or inside, (mark, other)
    lonely = {Look.CODE, Look.PRE, Look.LINK}
    assert not any(
        a is not b and a.look in lonely and b.look in lonely and a.touches(b) for a in found.marks for b in found.marks
    )


HOSTILE = [
    "[" * 20_000,
    "**" * 10_000,
    "> " * 10_000,
    "`a" * 10_000,
    "- " * 9_999 + "a",
    "<" * 20_000,
    "|a" * 5_000 + "\n|-" * 3_000,
]


@pytest.mark.timeout(30)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_markup_is_got_through(hostile: str):
    assert set(rich(hostile).text) <= set(hostile) | set("•◦▪　—：｜\n ")


def test_a_huge_text_is_shown_plain():
    assert rich("**a** " * 50_000).marks == ()
