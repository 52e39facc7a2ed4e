"""PDF, Word, Excel, PowerPoint and HTML: what a reader of the file would look for is found in the right section."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path
from textwrap import dedent

import openpyxl
import pptx
import pytest
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from knowledge.formats import office, sheets
from knowledge.load import load, scan
from knowledge.types import Document, Section, Unreadable
from tests.knowledge.files import docx, paragraph, pdf, word_table, xls
from tests.stopwatch import stopwatch

SENTENCE = "操盘手先看在线人数，再看人均停留时长，最后才看成交金额是不是还跟得上计划。"


def loaded(folder: Path, name: str, content: bytes) -> Document | Unreadable:
    (folder / name).write_bytes(content)
    (stamp,) = scan(folder)
    return load(folder, stamp)


def parts(folder: Path, name: str, content: bytes) -> tuple[Section, ...]:
    found = loaded(folder, name, content)
    assert isinstance(found, Document), found
    return found.sections


def reason(found: Document | Unreadable) -> str:
    assert isinstance(found, Unreadable), found
    return found.reason


# PDF


def test_pdf_pages_are_kept_and_running_heads_and_page_numbers_are_not(tmp_path: Path) -> None:
    texts = ["主播应当提前到场。", "中控应当核对库存。", "投手应当核对计划。", "客服应当备好口径。", "场控应当带好秒表。"]
    pages = [["内部手册 2024 版", f"第{n}条 {text}", "请勿外传", f"- {n} -"] for n, text in enumerate(texts, 1)]
    found = parts(tmp_path, "a.pdf", pdf(pages))
    assert [(s.anchor, s.page, s.text) for s in found] == [(f"第{n}条", n, text) for n, text in enumerate(texts, 1)]


def test_pdf_lines_are_joined_into_whole_sentences_also_over_pages(tmp_path: Path) -> None:
    first = ["在线人数往下掉的时候先看人均停留时长是不是也在往下掉如果停", "留没有掉就去看进人流速。"]
    last = "投手要在开播前三十分钟之内和中控一起把当晚要用的全部计划"
    found = parts(tmp_path, "a.pdf", pdf([[*first, last], ["都检查一遍。中控同步。"]]))
    assert found[0].page == 1
    assert "如果停留没有掉就去看进人流速。" in found[0].text
    assert "全部计划都检查一遍。" in found[0].text


def test_pdf_headings_come_from_its_bookmarks(tmp_path: Path) -> None:
    content = pdf([["盯盘要点", SENTENCE[:24]], ["投放要点", SENTENCE[:24]]], bookmarks=[("盯盘要点", 0), ("投放要点", 1)])
    found = loaded(tmp_path, "手册.pdf", content)
    assert isinstance(found, Document)
    assert found.title == "手册"
    assert [(s.heading, s.page) for s in found.sections] == [("盯盘要点", 1), ("投放要点", 2)]


def test_without_bookmarks_the_larger_lines_of_a_pdf_are_its_headings(tmp_path: Path) -> None:
    body = SENTENCE[:30]
    lines = ["直播间盯盘手册", "在线掉了", body, "停留掉了", body, "先换话术", *[body] * 10]
    sizes = {"直播间盯盘手册": 22, "在线掉了": 16, "停留掉了": 16, "先换话术": 14}
    found = loaded(tmp_path, "a.pdf", pdf([lines], sizes=sizes))
    assert isinstance(found, Document)
    assert found.title == "直播间盯盘手册"
    assert [(s.path, s.heading) for s in found.sections] == [((), "在线掉了"), ((), "停留掉了"), (("停留掉了",), "先换话术")]


def test_a_chapter_s_running_head_and_the_table_of_contents_are_dropped_from_a_pdf(tmp_path: Path) -> None:
    contents = ["目录", "一、盯盘 ........ 1", "二、投放 ........ 2", "三、复盘 ........ 3"]
    chapter = [[f"盯盘 {n}", SENTENCE[:24], f"第{'甲乙丙'[n - 1]}段讲停留。"] for n in (1, 2, 3)]
    others = [[SENTENCE[:24], f"{name}。"] for name in ("投手", "中控", "场控", "客服")]
    text = "".join(s.text for s in parts(tmp_path, "a.pdf", pdf([contents, *chapter, *others])))
    assert "盯盘" not in text and "...." not in text
    assert "第丙段讲停留。" in text


def test_text_of_a_pdf_is_never_taken_for_markup(tmp_path: Path) -> None:
    (section,) = parts(tmp_path, "a.pdf", pdf([["# 不是标题", "停留 <20s 时写 <b>粗</b> 与 &lt;。"]]))
    assert section.text == "\\# 不是标题\n\n停留 <20s 时写 <b>粗</b> 与 &lt;。"


def test_a_long_pdf_without_headings_is_cited_by_page(tmp_path: Path) -> None:
    pages = [[f"{'甲乙丙丁'[n - 1]}组第{line}场，{SENTENCE[:20]}" for line in range(30)] for n in range(1, 5)]
    assert [s.page for s in parts(tmp_path, "a.pdf", pdf(pages))] == [1, 2, 3, 4]


def test_a_locked_pdf_asks_for_a_copy_without_password(tmp_path: Path) -> None:
    assert "有密码" in reason(loaded(tmp_path, "a.pdf", pdf([["甲"]], password="geheim")))


def test_a_scanned_pdf_asks_for_text_recognition(tmp_path: Path) -> None:
    assert "OCR" in reason(loaded(tmp_path, "a.pdf", pdf([[], []])))


# Word


def test_word_headings_tables_and_text(tmp_path: Path) -> None:
    content = docx(
        paragraph("直播手册", "Heading1"),
        paragraph("在线掉了", "Heading2"),
        paragraph("先看 online_now 与 *停留* &lt;20s。"),
        word_table([["指标", "线"], ["停留", "20|30"]]),
    )
    found = loaded(tmp_path, "a.docx", content)
    assert isinstance(found, Document)
    assert found.title == "直播手册"
    assert found.sections[0].heading == "在线掉了"
    assert found.sections[0].text == "先看 online_now 与 *停留* <20s。\n\n| 指标 | 线 |\n|---|---|\n| 停留 | 20\\|30 |"


def test_word_s_automatic_numbers_are_written_out(tmp_path: Path) -> None:
    content = docx(
        paragraph("总则", number=(1, 0)),
        paragraph("主播应当实名。", number=(1, 1)),
        paragraph("中控应当到场。", number=(1, 1)),
        paragraph("罚则", number=(1, 0)),
        paragraph("违者停播。", number=(1, 1)),
        levels=[("chineseCounting", "第%1章"), ("chineseCountingThousand", "第%2条")],
    )
    found = parts(tmp_path, "a.docx", content)
    assert [(s.path, s.heading, s.text) for s in found] == [
        (("第一章 总则",), "第一条", "主播应当实名。"),
        (("第一章 总则",), "第二条", "中控应当到场。"),
        (("第二章 罚则",), "第一条", "违者停播。"),
    ]


def test_word_s_plain_lists_stay_lists(tmp_path: Path) -> None:
    points = [paragraph(text, number=(1, 0)) for text in ("先看停留", "再看进人")]
    (section,) = parts(tmp_path, "a.docx", docx(paragraph(SENTENCE), *points, levels=[("decimal", "%1.")]))
    assert section.text == f"{SENTENCE}\n\n1. 先看停留\n2. 再看进人"


def test_word_s_formulas_are_written_on_one_line(tmp_path: Path) -> None:
    def run(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    formula = f"<m:oMath>{run('ROI=')}<m:f><m:num>{run('a+b')}</m:num><m:den>{run('c')}</m:den></m:f></m:oMath>"
    (section,) = parts(tmp_path, "a.docx", docx(f"<w:p><w:r><w:t>公式：</w:t></w:r>{formula}</w:p>"))
    assert section.text == "公式：ROI=(a+b)/c"


# Excel


def book(**sheet_rows: list[list[object]]) -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheet_rows.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return made


def saved(made: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def test_each_sheet_is_a_section_with_cells_as_people_see_them(tmp_path: Path) -> None:
    rows: list[list[object]] = [["今晚款单"], ["款", "占比", "日期"], ["毛巾", 0.125, date(2024, 6, 18)], ["a|b\nc", 12.0]]
    made = book(款单=rows, 话术=[["先停投"]])
    made["款单"].merge_cells("A1:C1")
    made["款单"]["B3"].number_format = "0.0%"
    found = parts(tmp_path, "a.xlsx", saved(made))
    assert [(s.heading, s.text) for s in found] == [
        ("款单", "今晚款单\n\n| 款 | 占比 | 日期 |\n|---|---|---|\n| 毛巾 | 12.5% | 2024-06-18 |\n| a\\|b c | 12 |  |"),
        ("话术", "先停投"),
    ]


def test_merged_cells_are_filled_into_every_row(tmp_path: Path) -> None:
    made = book(Sheet1=[["类", "款"], ["引流", "毛巾"], [None, "牙刷"]])
    made["Sheet1"].merge_cells("A2:A3")
    (section,) = parts(tmp_path, "款单.xlsx", saved(made))
    assert section.heading == "款单"
    assert section.text.endswith("| 引流 | 毛巾 |\n| 引流 | 牙刷 |")


def test_a_long_sheet_is_cut_into_groups_of_rows_with_the_header(tmp_path: Path) -> None:
    rows: list[list[object]] = [["款", "说明"], *([f"第{n}款", SENTENCE] for n in range(200))]
    found = parts(tmp_path, "a.xlsx", saved(book(款单=rows)))
    assert len(found) > 3
    assert all(s.heading == "款单" and s.text.startswith("| 款 | 说明 |\n|---|---|\n") for s in found)
    assert sum(s.text.count(SENTENCE) for s in found) == 200


def test_tables_below_each_other_keep_their_own_headers(tmp_path: Path) -> None:
    rows: list[list[object]] = [["款", "价"], ["毛巾", 9.9], [], ["牙刷", 5], [], ["岗位", "人"], ["中控", "小李"]]
    (section,) = parts(tmp_path, "a.xlsx", saved(book(表=rows)))
    assert section.text == "| 款 | 价 |\n|---|---|\n| 毛巾 | 9.9 |\n| 牙刷 | 5 |\n\n| 岗位 | 人 |\n|---|---|\n| 中控 | 小李 |"


def test_hidden_sheets_stay_hidden(tmp_path: Path) -> None:
    made = book(公开=[["停留", "20"]], 底价=[["机密", "1"]])
    made["底价"].sheet_state = "hidden"
    assert "机密" not in "".join(s.text for s in parts(tmp_path, "a.xlsx", saved(made)))


def test_a_large_workbook_is_read_row_by_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MAX_FULL", 0)
    (section,) = parts(tmp_path, "a.xlsx", saved(book(款单=[["款", "价"], ["毛巾", None, "备"], ["牙刷", 5]])))
    assert section.text == "| 款 | 价 |  |\n|---|---|---|\n| 毛巾 |  | 备 |\n| 牙刷 | 5 |  |"


def test_a_sheet_with_a_stray_cell_far_below_is_refused_with_advice(tmp_path: Path) -> None:
    made = book(款单=[["款", "价"]])
    made["款单"]["XFD1048576"] = "x"
    assert "多余的空行" in reason(loaded(tmp_path, "a.xlsx", saved(made)))


def test_old_excel_files_are_read_with_formats_and_merged_cells(tmp_path: Path) -> None:
    rows = [["今晚款单", "", ""], ["类", "款", "占比"], ["引流", "毛巾", 0.2], ["", "牙刷", 0.125]]
    (section,) = parts(tmp_path, "a.xls", xls("款单", rows, merged=[(0, 0, 0, 2), (2, 3, 0, 0)]))
    assert section.heading == "款单"
    assert section.text == "今晚款单\n\n| 类 | 款 | 占比 |\n|---|---|---|\n| 引流 | 毛巾 | 20.0% |\n| 引流 | 牙刷 | 12.5% |"


def test_web_tables_named_xls_are_read_as_what_they_are(tmp_path: Path) -> None:
    content = "<table><tr><th>款</th><th>价</th></tr><tr><td>毛巾</td><td>9.9</td></tr></table>".encode("gb18030")
    assert parts(tmp_path, "a.xls", content)[0].text == "| 款 | 价 |\n|---|---|\n| 毛巾 | 9.9 |"


# PowerPoint


def test_each_slide_is_a_section_with_its_number_as_page(tmp_path: Path) -> None:
    deck = pptx.Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[1])
    first.shapes.title.text = "一、开播检查"
    first.placeholders[1].text = "先看设备\n再看 <库存>"
    first.notes_slide.notes_text_frame.text = "讲三分钟"
    second = deck.slides.add_slide(deck.slide_layouts[6])
    table = second.shapes.add_table(2, 2, Inches(1), Inches(2), Inches(4), Inches(1)).table
    for at, text in enumerate(["项", "钱", "投放", "12.5%"]):
        table.cell(at // 2, at % 2).text = text
    target = io.BytesIO()
    deck.save(target)
    found = parts(tmp_path, "a.pptx", target.getvalue())
    assert [(s.heading, s.page, s.text) for s in found] == [
        ("一、开播检查", 1, "- 先看设备\n- 再看 <库存>\n\n备注：讲三分钟"),
        ("第 2 页", 2, "| 项 | 钱 |\n|---|---|\n| 投放 | 12.5% |"),
    ]


def test_the_numbers_behind_a_chart_are_text(tmp_path: Path) -> None:
    deck = pptx.Presentation()
    data = CategoryChartData()
    data.categories = ["19点", "20点"]
    data.add_series("在线", (300, 1200.5))
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(1), Inches(4), Inches(3), data)
    target = io.BytesIO()
    deck.save(target)
    assert "| 20点 | 1200.5 |" in parts(tmp_path, "a.pptx", target.getvalue())[0].text


# HTML


def test_a_web_page_is_its_text_without_navigation(tmp_path: Path) -> None:
    page = dedent("""
        <html><head><title>站名</title><style>x</style></head><body><nav>首页</nav>
        <h1>盯盘</h1><p>先看<b>停留</b>，<br>再看<a href="/x">进人</a>，
        见<a href="https://example.com/">官网</a>。</p>
        <h2 id="steps">做法</h2><ol><li>先停投<ul><li>只停一条</li></ul></li><li><p>再查 a &lt; b</p></li></ol>
        <table><tr><th>款</th><th>价</th></tr><tr><td rowspan="2">毛巾</td><td>9.9</td></tr><tr><td>19|9</td></tr></table>
        <pre>a &lt; b
        # x</pre><dl><dt>ROI</dt><dd>投产比</dd></dl><script>alert(1)</script><footer>版权</footer></body></html>
        """)
    found = loaded(tmp_path, "a.html", page.encode())
    assert isinstance(found, Document)
    assert found.title == "盯盘"
    assert [(s.anchor, s.heading, s.text) for s in found.sections] == [
        ("盯盘", "盯盘", "先看**停留**，\n再看进人， 见[官网](https://example.com/)。"),
        (
            "steps",
            "做法",
            "1. 先停投\n  - 只停一条\n2. 再查 a < b\n\n| 款 | 价 |\n|---|---|\n| 毛巾 | 9.9 |\n| 毛巾 | 19\\|9 |\n\n"
            "```\na < b\n# x\n```\n\n**ROI**\n\n投产比",
        ),
    ]


def test_a_page_nested_ten_thousand_deep_still_gives_its_text(tmp_path: Path) -> None:
    page = "<div>" * 10_000 + SENTENCE + "</div>" * 10_000
    assert SENTENCE in parts(tmp_path, "a.html", page.encode())[0].text


@pytest.mark.parametrize("unit", ["<a ", "<!--", "</", "<?", "<b>", "<ul><li>", "<span><p>", "<td rowspan=99 colspan=99>a"])
def test_a_quarter_of_a_megabyte_of_broken_tags_is_read_in_seconds(tmp_path: Path, unit: str) -> None:
    with stopwatch() as watch:
        loaded(tmp_path, "a.html", unit.encode() * (250_000 // len(unit)))
    assert watch.seconds < 15


def test_a_page_may_declare_its_encoding_as_xml_does(tmp_path: Path) -> None:
    page = f'<?xml version="1.0" encoding="gb2312"?><html><body><p>{SENTENCE}</p></body></html>'
    assert parts(tmp_path, "a.htm", page.encode("gb2312"))[0].text == SENTENCE


# Archives


def zipped(name: str, content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize("ending", ["docx", "xlsx", "pptx"])
def test_an_archive_that_unpacks_to_far_too_much_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr(office, "MAX_UNPACKED", 3 * 1024 * 1024)
    assert "解压后有 4 MB" in reason(loaded(tmp_path, f"a.{ending}", zipped("word/document.xml", bytes(4 * 1024 * 1024))))


@pytest.mark.parametrize("ending", ["docx", "xlsx", "pptx"])
def test_an_office_file_with_a_password_says_so(tmp_path: Path, ending: str) -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    assert "有密码" in reason(loaded(tmp_path, f"a.{ending}", content))


def test_an_old_word_file_with_a_new_ending_is_explained(tmp_path: Path) -> None:
    assert "旧版" in reason(loaded(tmp_path, "a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)))
