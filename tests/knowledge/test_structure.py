"""Documents as sections: marked and numbered headings, anchors, what stays whole and what is cut."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.numbers import chinese, value
from knowledge.structure import headings, sections
from knowledge.types import Section
from tests.stopwatch import stopwatch

SENTENCE = "操盘手先看在线人数，再看人均停留时长，最后才看成交金额是不是还跟得上计划。"


def cut(text: str, title: str = "手册") -> tuple[Section, ...]:
    return sections(title, dedent(text).strip("\n"))


def heads(text: str) -> list[str]:
    return [section.heading for section in cut(text)]


def test_marked_headings_make_sections_with_paths_and_anchors() -> None:
    found = cut(f"""
        # 手册
        {SENTENCE}
        ## 12 盯盘
        {SENTENCE}
        ### 12.1 在线掉了
        {SENTENCE}
        Setext
        ------
        ## 投放 {{#ads}}
        {SENTENCE}
        """)
    assert [(s.anchor, s.heading, s.path) for s in found] == [
        ("手册", "手册", ()),
        ("12", "12 盯盘", ()),
        ("12.1", "12.1 在线掉了", ("12 盯盘",)),
        ("ads", "投放", ()),
    ]
    assert all(s.page is None for s in found)


def test_underlined_headings_count_when_they_stand_alone() -> None:
    text = f"开播前\n======\n\n{SENTENCE}\n\n清单\n----\n\n{SENTENCE}\n\n一段话\n的第二行\n---\n{SENTENCE}\n"
    assert [s.heading for s in sections("手册", text)] == ["开播前", "清单"]


def test_statutes_are_cut_at_articles_with_chapters_as_path() -> None:
    found = cut("""
        第一章 总则
        第一条 为了规范直播间运营者的行为，制定本规定。
        第二条 有下列情形之一的，应当停播：
        （一）主播违规；
        （二）商品侵权。
        第二章　罚则
        第十二条之一　违反第三条规定的，处以罚款。
        第３条 这一行不接着上一条数。
        第十三条 本规定自公布之日起施行。
        """)
    assert [(s.anchor, s.path) for s in found] == [
        ("第一条", ("第一章 总则",)),
        ("第二条", ("第一章 总则",)),
        ("第十二条之一", ("第二章　罚则",)),
        ("第十三条", ("第二章　罚则",)),
    ]
    assert found[1].text == "有下列情形之一的，应当停播：\n（一）主播违规；\n（二）商品侵权。"
    assert "第３条" in found[2].text


def test_articles_glued_to_their_text_are_found_where_they_count_on() -> None:
    found = cut("第一条为了规范直播。\n第二条直播间应当公示。\n按照\n第一条规定的处理。\n第三条主播应当实名。\n")
    assert [s.anchor for s in found] == ["第一条", "第二条", "第三条"]


def test_an_article_title_joins_its_heading() -> None:
    found = cut(f"第一条 目的\n{SENTENCE}\n第二条【范围】{SENTENCE}\n")
    assert [s.heading for s in found] == ["第一条 目的", "第二条【范围】"]


def test_an_article_named_in_running_text_is_no_heading() -> None:
    assert heads(f"第三条 是这样说的。{SENTENCE}\n\n见第五条。\n") == ["手册"]


@pytest.mark.parametrize(
    ("first", "second"),
    [("一、开播前", "二、开播后"), ("（一）开播前", "（二）开播后"), ("1.1 开播前", "1.2 开播后"), ("【开播前】", "【开播后】"),
     ("**开播前**", "**开播后**"), ("1、开播前", "2、开播后"), ("第一章 开播前", "第二章 开播后")],
)  # fmt: skip
def test_numbered_lines_with_text_below_are_headings(first: str, second: str) -> None:
    found = cut(f"{first}\n{SENTENCE}\n\n{second}\n{SENTENCE}\n")
    assert [s.heading for s in found] == [first.strip("*"), second.strip("*")]


def test_numbering_nests() -> None:
    found = cut(f"一、开播前\n（一）设备\n{SENTENCE}\n（二）人员\n{SENTENCE}\n二、开播后\n{SENTENCE}\n")
    assert [(s.heading, s.path) for s in found] == [
        ("（一）设备", ("一、开播前",)), ("（二）人员", ("一、开播前",)), ("二、开播后", ()),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        f"{SENTENCE}\n1. 先看停留\n2. 再看进人\n3. 查统计口径\n",
        f"{SENTENCE}\n\n1. 先看停留\n\n2. 再看进人\n\n3. 查统计口径\n",
        f"{SENTENCE}\n一、先看停留；\n二、再看进人；\n",
        f"{SENTENCE}\n一、先看停留\n二、再看进人\n三、查口径\n",
        f"{SENTENCE}\n（一）先看停留\n（二）再看进人\n",
    ],
)
def test_a_numbered_list_stays_one_list_in_one_section(text: str) -> None:
    found = cut(text)
    assert len(found) == 1
    assert "先看停留" in found[0].text and "再看进人" in found[0].text


def test_questions_head_their_answers() -> None:
    found = cut("""
        Q1：发货要多久？
        A：48 小时内。

        **Q：能退吗？**
        答：七天内能退。

        问：运费谁出？ 答：商家出。
        """)
    assert [(s.heading, s.text) for s in found] == [
        ("Q1：发货要多久？", "48 小时内。"), ("Q：能退吗？", "七天内能退。"), ("问：运费谁出？", "商家出。"),
    ]  # fmt: skip
    assert found[0].anchor == "Q1"


def test_numbered_questions_are_questions_also_beside_marked_headings() -> None:
    found = cut("""
        ## 发货
        1、问：多久发货？
        答：48 小时内。
        2、问：发什么快递？
        答：中通。
        ## 退货
        3、问：能退吗？
        答：能。
        """)
    assert [(s.path, s.heading, s.text) for s in found] == [
        (("发货",), "1、问：多久发货？", "48 小时内。"),
        (("发货",), "2、问：发什么快递？", "中通。"),
        (("退货",), "3、问：能退吗？", "能。"),
    ]


def test_a_paragraph_in_large_letters_is_text() -> None:
    found = cut(f"# {SENTENCE * 3}\n## 甲\n{SENTENCE}\n")
    assert [s.heading for s in found] == ["手册", "甲"]
    assert SENTENCE * 3 in found[0].text


def test_a_question_is_not_filed_under_the_question_before_it() -> None:
    found = cut(f"# 手册\n## 常见问题\n### Q. 怎么退？\n{SENTENCE}\n#### Q. 多久到账？\n{SENTENCE}\n")
    assert [s.path for s in found] == [("常见问题",), ("常见问题",)]


def test_code_is_never_read_for_headings() -> None:
    found = cut(f"## 接口\n{SENTENCE}\n```\n# 不是标题\n第一条 也不是\n```\n")
    assert [s.heading for s in found] == ["接口"]
    assert "# 不是标题" in found[0].text


def test_a_fence_that_is_never_closed_does_not_hide_the_rest() -> None:
    assert heads(f"## 甲\n```\n{SENTENCE}\n## 乙\n{SENTENCE}\n") == ["甲", "乙"]


def test_equal_headings_get_numbered_anchors() -> None:
    assert [s.anchor for s in cut(f"## 做法\n{SENTENCE}\n" * 3)] == ["做法", "做法-2", "做法-3"]


def test_an_html_anchor_names_the_heading_beside_it() -> None:
    found = cut(f'<a id="refund"></a>\n\n## 退款\n{SENTENCE}\n## <a name="stock"></a>库存\n{SENTENCE}\n')
    assert [(s.anchor, s.heading) for s in found] == [("refund", "退款"), ("stock", "库存")]


def test_headings_without_text_of_their_own_are_only_path() -> None:
    found = cut(f"# 手册\n## 投放\n### 冷启动\n{SENTENCE}\n")
    assert [(s.heading, s.path) for s in found] == [("冷启动", ("投放",))]


def test_a_heading_with_nothing_below_is_not_lost() -> None:
    found = cut(f"# 手册\n{SENTENCE}\n## 换主播前先通知投手\n## 投放\n{SENTENCE}\n")
    assert [s.heading for s in found] == ["手册", "投放"]
    assert "换主播前先通知投手" in found[0].text


def test_a_document_of_headings_alone_is_one_section() -> None:
    found = cut("# 开播前\n# 开播后\n# 开播后\n")
    assert [(s.heading, s.text) for s in found] == [("手册", "开播前\n\n开播后")]


def test_a_few_words_before_sub_headings_go_into_the_first() -> None:
    found = cut(f"## 投放\n分两步：\n### 冷启动\n{SENTENCE}\n")
    assert [(s.heading, s.text) for s in found] == [("冷启动", f"分两步：\n\n{SENTENCE}")]


def test_a_short_answer_of_its_own_heading_stays_a_section() -> None:
    found = cut("## ROI\n投产比。\n## GPM\n千次成交。\n")
    assert [(s.heading, s.text) for s in found] == [("ROI", "投产比。"), ("GPM", "千次成交。")]


def test_markup_becomes_what_a_reader_sees() -> None:
    found = cut("""
        ## 看 **数据** [大屏](/x.md)
        <!-- 内部
        备注 --> 先看[停留](../metrics.md#stay)，再看[官网](https://example.com/a_(b))。<br>换行 <b>粗</b>
        ![在线曲线](a.png) 一<3 和 a<b and c>d
        > 引用的话
        <!-- INFO END -->
        {{< copyable "sql" >}}
        &nbsp;完 `<br>`
        """)
    assert found[0].heading == "看 数据 大屏"
    assert found[0].text == (
        "先看停留，再看[官网](https://example.com/a_(b))。\n换行 粗\n在线曲线 一<3 和 a<b and c>d\n引用的话\n\xa0完 `<br>`"
    )


def test_tags_inside_a_table_row_do_not_break_the_row() -> None:
    rows = "| 系统 | 架构 |\n|---|---|\n| A | <ul><li>x86_64</li><li>ARM 64</li></ul> |\n| B<br>C | `<br>` |\n"
    assert sections("手册", rows)[0].text == "| 系统 | 架构 |\n|---|---|\n| A |  x86_64；ARM 64  |\n| B C | `<br>` |"


def test_html_tables_become_tables() -> None:
    table = "<table>\n<tr><th>角色</th><th>管什么</th></tr>\n<tr><td>\n<p>中控</p>\n</td><td>链接</td></tr>\n</table>"
    (section,) = cut(f"## 分工\n{SENTENCE}\n{table}\n完。")
    assert section.text == f"{SENTENCE}\n\n| 角色 | 管什么 |\n|---|---|\n| 中控 | 链接 |\n\n完。"


def test_tables_of_contents_are_dropped() -> None:
    text = "- [一](#1)\n- [二](#2)\n  - [三](#3)\n\n总则 ...... 1\n罚则 ...... 2\n附则 ...... 3\n\n## 总则\n" + SENTENCE
    assert [s.heading for s in sections("手册", text)] == ["总则"]


def test_lines_broken_by_an_editor_are_joined_and_lines_broken_by_the_writer_are_not() -> None:
    wrapped = "直播间里在线人数往下掉的时候先看的是人均停留时长\n是不是也在往下掉，如果停留没有掉就去看进人流速有\n没有变慢。\n"
    assert [s.text for s in sections("手册", wrapped)] == [wrapped.replace("\n", "")]
    script = "家人们晚上好\n今天有福利\n先点关注\n"
    assert sections("手册", script)[0].text == script.strip()


def test_a_passage_of_1800_characters_stays_whole_and_a_longer_one_is_cut_at_sentences() -> None:
    whole = (SENTENCE * 60)[:1799] + "。"
    assert [s.text for s in sections("手册", whole)] == [whole]
    found = sections("手册", f"## 12.1 长文\n{SENTENCE * 100}")
    assert [s.anchor for s in found] == ["12.1", "12.1~2", "12.1~3"]
    assert all(s.heading == "12.1 长文" and len(s.text) <= 1800 and s.text.endswith("。") for s in found)
    assert "".join(s.text for s in found) == SENTENCE * 100


def test_a_long_table_is_cut_between_rows_and_keeps_its_header() -> None:
    rows = [f"| 第{n}款 | {SENTENCE} |" for n in range(100)]
    found = sections("手册", "\n".join(["| 款 | 说明 |", "|---|---|", *rows]))
    assert len(found) > 2
    assert all(s.text.startswith("| 款 | 说明 |\n|---|---|\n| 第") for s in found)
    assert [line for s in found for line in s.text.split("\n")[2:]] == rows


def test_a_long_code_block_is_cut_into_whole_blocks() -> None:
    code = "\n".join(f"line {n} of the program" for n in range(300))
    found = sections("手册", f"```sql\n{code}\n```")
    assert len(found) > 1
    assert all(s.text.startswith("```sql\n") and s.text.endswith("\n```") for s in found)


def test_a_line_that_announces_a_list_goes_with_it() -> None:
    text = f"{SENTENCE * 39}\n\n做法如下：\n\n" + "\n".join(f"- {SENTENCE}" for _ in range(30))
    assert any(s.text.startswith("做法如下：\n") for s in sections("手册", text))


def test_windows_line_ends_make_no_difference() -> None:
    text = f"## 甲\n{SENTENCE}\n\n- 一\n- 二\n"
    assert sections("手册", text.replace("\n", "\r\n")) == sections("手册", text)


def test_pages_are_kept() -> None:
    text = f"## 甲\n{SENTENCE}\n\f## 乙\n{SENTENCE}\n\f{SENTENCE}\n\f## 丙\n{SENTENCE}"
    assert [(s.heading, s.page) for s in sections("手册", text, paged=True)] == [("甲", 1), ("乙", 2), ("丙", 4)]
    long = "\f".join(f"第{n}页。" + SENTENCE * 30 for n in range(1, 4))
    assert [(s.text[:4], s.page) for s in sections("手册", long, paged=True)] == [("第1页。", 1), ("第2页。", 2), ("第3页。", 3)]


def test_pages_that_begin_within_a_section_are_noted() -> None:
    (found,) = sections("手册", f"## 甲\n{SENTENCE}\n\f第二页。\n\n\f第三页。", paged=True)
    assert [found.text[at:][:4] for at in found.breaks] == ["第二页。", "第三页。"] and found.page == 1
    (titled,) = sections("手册", f"\f# 手册\n{SENTENCE}\n\f第三页。", paged=True)
    assert (titled.page, [titled.text[at:] for at in titled.breaks]) == (2, ["第三页。"])
    (opened,) = sections("手册", f"{SENTENCE}\n\f# 手册\n第二页。", paged=True)
    assert (opened.page, [opened.text[at:] for at in opened.breaks]) == (1, ["第二页。"])
    long = "\f".join(f"第{n}页。" + SENTENCE * 30 for n in range(1, 4))
    cut = sections("手册", f"{long}\n\f末页。", paged=True)
    assert [[s.text[at:][:3] for at in s.breaks] for s in cut] == [[], [], ["末页。"]]


def test_headings_lists_level_and_text() -> None:
    assert headings("# 甲\n## 乙 **丙**\n```\n# 丁\n```\n") == ((1, "甲"), (2, "乙 丙"))


def test_chinese_numerals_are_understood() -> None:
    assert [value(written) for written in ("十", "十二", "一百零三", "二〇", "１２", "两百")] == [10, 12, 103, 20, 12, 200]


@given(st.integers(1, 9999))
def test_chinese_numerals_are_written_as_they_are_read(number: int) -> None:
    assert value(chinese(number)) == number


MARKUP = (
    ["第一条", "第二条 ", "第三章 ", "一、", "二、", "（一）", "1. ", "1.1 ", "Q：", "答：", "【甲】", "# ", "## ", "---", "==="]
    + ["```", "| a | b |", "|---|---|", "**粗**", "\n", "\n\n", "  ", "主播", SENTENCE, "word ", "。", "：", "- ", "\f", "> "]
    + ["<!--", "-->"]
)
PROSE = ["主播", "投放", "停留时长", "word ", "。", "，", "\n", "\n\n", "1. ", "一、", "（一）", "第一条 ", "Q：", " "]


@given(st.lists(st.sampled_from(MARKUP), max_size=60).map("".join))
@settings(max_examples=300)
def test_any_mixture_of_markup_gives_unique_anchors_and_non_empty_texts(text: str) -> None:
    found = sections("手册", text)
    assert len({s.anchor for s in found}) == len(found)
    assert all(s.text.strip() and s.heading and s.anchor for s in found)


@given(st.lists(st.sampled_from(PROSE), max_size=80))
@settings(max_examples=300)
def test_no_text_is_lost_between_document_and_sections(words: list[str]) -> None:
    text = "".join(words)
    found = sections("手册", text)
    kept = "".join("".join(s.path) + s.heading + s.text for s in found)
    for word in ("主播", "投放", "停留时长"):
        assert kept.count(word) >= text.count(word)


@given(st.text(max_size=300))
def test_any_text_gives_sections_without_control_characters(text: str) -> None:
    assert not any("\x00" in s.text or "\x02" in s.heading + s.text for s in sections("手册", text))


ADVERSARIAL = (
    ["[", "![", "](", "[a](", "<a ", "<!--", "<!---->", "-->", "`", "``", "#", "# a\n", "|", "|-", "> ", "```a\n", "*", "_", "&#"]
    + ["{{<", "第一条", "第一条\n", "一、a\n", "（一）", "Q：a\n", "【a】\n", "1.1.1", "1. \n", "\n", " ", "\t", "\f", ".", "…"]
    + ["a.a", "[x]: a.", "<table>", "<br>", "=\n", "a\n-\n", "~~~\n", "\\", "{#", "((", "[[a", "问", "- [a](#b)\n"]
)


@pytest.mark.parametrize("unit", ADVERSARIAL)
def test_a_quarter_of_a_megabyte_of_anything_is_structured_in_seconds(unit: str) -> None:
    text = unit * (250_000 // len(unit))
    with stopwatch() as watch:
        sections("手册", text)
    assert watch.seconds < 8
