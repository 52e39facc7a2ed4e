"""Running orders as people send them: every form is read, and nothing that was not understood goes unsaid."""

from __future__ import annotations

import io
from datetime import time
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.people_words import SENTENCES
from bot.channels.running_order_words import FIELDS, REASONS, worded_problem
from bot.domain.nudges import Planned
from bot.domain.running_order import MOST_LINES, Part
from bot.errors import Refused
from bot.running_order_cells import Unclear, event_of, is_only_event, minutes_of, part_of, price_of, stock_of
from bot.running_order_columns import Field, columns_of
from bot.running_order_files import MOST_TEXT, read_file, read_text, shown
from bot.running_order_lines import Reading


def brief(reading: Reading) -> list[tuple[object, ...]]:
    return [(line.name, line.price, line.stock, line.minutes) for line in reading.order.lines]


def problems(reading: Reading) -> list[tuple[object, ...]]:
    return [(problem.row, problem.about, problem.reason, problem.kept) for problem in reading.problems]


def book(*rows: list[Any], merged: tuple[str, ...] = (), **more: list[list[Any]]) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    for area in merged:
        made.active.merge_cells(area)
    for title, extra in more.items():
        sheet = made.create_sheet(title)
        for row in extra:
            sheet.append(row)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


TISSUES = ("纸巾", Decimal("9.9"), 500, Decimal(8))
SHEETS = ("四件套", Decimal(299), 1299, Decimal(12))


@pytest.mark.parametrize("mark", ["\t", " | ", "，", ";", "  ", " "])
def test_a_pasted_table_is_read_whatever_parts_its_cells(mark: str) -> None:
    rows = (("品名", "售价", "库存", "时长"), ("纸巾", "¥9.9", "500件", "8分钟"), ("四件套", "２９９元", "1,299", "12"))
    reading = read_text("\n".join(mark.join(row) for row in rows))
    assert brief(reading) == [TISSUES, SHEETS]
    assert reading.problems == ()


def test_a_markdown_table_is_read_without_its_ruler() -> None:
    reading = read_text("# 今晚\n\n| **品名** | 售价 | 库存 | 分钟 |\n|:--|---|--:|---|\n| 纸巾 | 9.9 | 500 | 8 |\n")
    assert brief(reading) == [TISSUES]
    assert reading.problems == ()


def test_columns_may_come_in_any_order_under_any_of_their_names() -> None:
    text = "凭证,备货,款型,划线价,讲解时长（分钟）,商品,到手价（元）,活动\n成交价截图,500,引流品,19.9,8,纸巾,9.9,福袋 20:30"
    (line,) = read_text(text).order.lines
    assert (line.name, line.price, line.stock, line.minutes) == TISSUES
    assert (line.part, line.list_price, line.price_evidence) == (Part.TRAFFIC, Decimal("19.9"), "成交价截图")
    assert line.event and (line.event.kind, line.event.clock) == (Planned.GIVEAWAY, time(20, 30))


def test_what_is_paid_counts_before_what_stands_on_the_tag() -> None:
    reading = read_text("品名\t售价\t券后价\n纸巾\t19.9\t9.9\n枕芯\t79\t")
    assert [line.price for line in reading.order.lines] == [Decimal("9.9"), Decimal(79)]


def test_the_handbooks_own_sheet_is_read() -> None:
    head = "| 序号和小黄车号 | 时间 | 款名和商品 ID | 段 | 日常价 / 今晚价 / 券后 | 挂车库存 / 机动 | 三个卖点 |"
    row = "| 7 / 3 号链接 | 20:32～20:40 | 60 支四件套 | 利润 | 329 / 299 / 289 | 450 / 50 | 60 支、活性印染 |"
    reading = read_text(f"{head}\n|---|---|---|---|---|---|---|\n{row}")
    (line,) = reading.order.lines
    assert (line.name, line.price, line.list_price, line.stock) == ("60 支四件套", Decimal(289), Decimal(329), 450)
    assert (line.minutes, line.part) == (Decimal(8), Part.PROFIT)
    assert "三个卖点" in reading.unused


def test_without_a_header_the_cells_say_what_they_are() -> None:
    reading = read_text("1 纸巾 ¥9.9 库存 500件 8分钟 引流\n2、60 支 四件套 299元 原价399 12分钟 1,299件 利润款")
    assert brief(reading) == [TISSUES, ("60 支 四件套", Decimal(299), 1299, Decimal(12))]
    assert [(line.part, line.list_price) for line in reading.order.lines] == [(Part.TRAFFIC, None), (Part.PROFIT, Decimal(399))]
    assert (reading.problems, reading.guessed) == ((), frozenset())


def test_bare_figures_are_told_by_their_place_and_marked_as_guessed() -> None:
    reading = read_text("纸巾 9.9 500 8\n四件套 299 12 1,299")
    assert brief(reading) == [TISSUES, SHEETS]
    assert reading.guessed == {Field.PRICE, Field.STOCK, Field.MINUTES}


def test_one_bare_figure_is_neither_stock_nor_minutes() -> None:
    reading = read_text("纸巾 9.9元 8")
    assert brief(reading) == [("纸巾", Decimal("9.9"), None, None)]
    assert problems(reading) == [(1, Field.STOCK, "figure_unclear", True)]


def test_a_title_empty_rows_totals_and_a_header_again_are_no_products() -> None:
    text = "8月16日晚排品\t\t\n\n品名\t售价\t库存\n纸巾\t9.9\t500\n\n品名\t售价\t库存\n四件套\t299\t1299\n合计\t\t1799\n"
    reading = read_text(text)
    assert [line.name for line in reading.order.lines] == ["纸巾", "四件套"]
    assert (reading.rows, reading.problems) == ((4, 7), ())


def test_minutes_of_more_figures_than_can_be_rounded_are_unclear() -> None:
    reading = read_text("品名\t售价\t时长\n纸巾\t9.9\t99999999999999999999999\n")
    assert problems(reading) == [(2, Field.MINUTES, "minutes_unclear", True)]


def test_a_heading_gives_its_part_to_the_rows_below() -> None:
    reading = read_text("一、引流段（0～20 分钟）\n纸巾，9.9元\n承接款：\n枕芯，79元\n四件套，299元，利润")
    assert [line.part for line in reading.order.lines] == [Part.TRAFFIC, Part.BRIDGE, Part.PROFIT]


def test_a_row_of_its_own_for_a_lucky_bag_is_an_interlude() -> None:
    reading = read_text("品名\t售价\t时长\n纸巾\t9.9\t8\n福袋 20:30\t\t5\n四件套\t299\t12")
    (pause,) = reading.order.interludes
    assert (pause.after, pause.event.clock, pause.minutes) == (1, time(20, 30), Decimal(5))
    assert reading.problems == ()


def test_a_product_named_like_an_event_is_not_swallowed() -> None:
    reading = read_text("品名\t售价\t库存\n秒杀纸巾\t\t500\n福袋礼盒\t\t")
    assert problems(reading) == [(2, Field.PRICE, "price_missing", False), (3, Field.PRICE, "price_missing", False)]


def test_minutes_follow_from_the_time_of_the_next_row() -> None:
    reading = read_text("时间\t品名\t售价\n23:52\t纸巾\t9.9\n00:04\t枕芯\t79\n00:10-00:30\t四件套\t299")
    assert [line.minutes for line in reading.order.lines] == [Decimal(12), Decimal(6), Decimal(20)]


@pytest.mark.parametrize(
    ("row", "about", "reason", "kept"),
    [
        (",9.9,100,8", Field.NAME, "name_missing", False),
        ("纸巾,,100,8", Field.PRICE, "price_missing", False),
        ("纸巾,0,100,8", Field.PRICE, "price_zero", False),
        ("纸巾,九块九,100,8", Field.PRICE, "price_unclear", False),
        ("纸巾,9.9-19.9,100,8", Field.PRICE, "price_range", False),
        ("纸巾,9.9起,100,8", Field.PRICE, "price_from", False),
        ("纸巾,#REF!,100,8", Field.PRICE, "price_unclear", False),
        ("纸巾,9.9,充足,8", Field.STOCK, "stock_unclear", True),
        ("纸巾,9.9,-5,8", Field.STOCK, "stock_unclear", True),
        ("纸巾,9.9,1.5,8", Field.STOCK, "stock_unclear", True),
        ("纸巾,9.9,100,一会儿", Field.MINUTES, "minutes_unclear", True),
        ("纸巾,9.9,100,0", Field.MINUTES, "minutes_unclear", True),
        ("纸巾,9.9,100,8,多的", None, "cells_extra", False),
    ],
)
def test_what_cannot_be_read_is_said_by_row_field_and_reason(row: str, about: Field | None, reason: str, kept: bool) -> None:
    reading = read_text(f"品名,售价,库存,时长\n{row}\n毛巾,5,1,3")
    assert problems(reading) == [(2, about, reason, kept)]
    assert [line.name for line in reading.order.lines] == (["纸巾", "毛巾"] if kept else ["毛巾"])
    if kept:
        assert getattr(reading.order.lines[0], str(about)) is None


def test_a_row_parted_by_spaces_with_a_cell_missing_is_not_shifted() -> None:
    reading = read_text("品名 售价 库存 时长\n纸巾 9.9 8\n毛巾 5 1 3")
    assert problems(reading) == [(2, None, "cells_missing", False)]
    assert brief(reading) == [("毛巾", Decimal(5), 1, Decimal(3))]


def test_stock_of_zero_stays_zero_and_an_empty_cell_stays_unknown() -> None:
    reading = read_text("品名,售价,库存\n纸巾,9.9,0\n毛巾,5,")
    assert [line.stock for line in reading.order.lines] == [0, None]


def test_no_evidence_is_none() -> None:
    reading = read_text("品名,售价,划线价,依据\n纸巾,9.9,19.9,无\n毛巾,5,,-\n枕芯,79,99,截图")
    assert [line.price_evidence for line in reading.order.lines] == [None, None, "截图"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_is_read_in_any_encoding_that_office_programs_write(encoding: str) -> None:
    text = '品名,售价,库存,时长\r\n"纸巾, 三层\n加厚","9.9",500,8\r\n四件套,"1,299",10,12\r\n'
    reading = read_file(text.encode(encoding))
    assert brief(reading) == [
        ("纸巾, 三层 加厚", Decimal("9.9"), 500, Decimal(8)),
        ("四件套", Decimal(1299), 10, Decimal(12)),
    ]


def test_a_workbook_is_read_with_its_title_gaps_and_merged_cells() -> None:
    data = book(
        ["8月16日晚排品表"],
        ["段", "品名", "售价", "库存", "时长"],
        ["引流", "纸巾", 9.9, 500, 8],
        [],
        [None, "毛巾", "¥5.00", None, time(0, 6)],
        ["利润", "四件套", 299.0, "1,299件", "12分钟"],
        merged=("A1:E1", "A3:A5"),
    )
    reading = read_file(data)
    assert brief(reading) == [TISSUES, ("毛巾", Decimal(5), None, Decimal(6)), SHEETS]
    assert [line.part for line in reading.order.lines] == [Part.TRAFFIC, Part.TRAFFIC, Part.PROFIT]
    assert reading.rows == (3, 5, 6)


def test_stock_merged_over_two_products_is_not_counted_twice() -> None:
    data = book(["品名", "售价", "库存"], ["纸巾", 9.9, 500], ["毛巾", 5, None], merged=("C2:C3",))
    reading = read_file(data)
    assert [line.stock for line in reading.order.lines] == [500, None]
    assert problems(reading) == [(3, Field.STOCK, "merged", True)]


def test_the_sheet_with_the_products_is_read_and_the_others_are_named() -> None:
    reading = read_file(book(["说明"], 款单=[["品名", "售价"], ["纸巾", 9.9]]))
    assert (reading.sheet, reading.other_sheets, len(reading.order.lines)) == ("款单", ("Sheet",), 1)


def test_a_hidden_sheet_stays_hidden() -> None:
    made = openpyxl.load_workbook(io.BytesIO(book(["品名", "售价"], ["纸巾", 9.9], 底价=[["品名", "售价"], ["a", 1], ["b", 2]])))
    made["底价"].sheet_state = "hidden"
    target = io.BytesIO()
    made.save(target)
    assert brief(read_file(target.getvalue())) == [("纸巾", Decimal("9.9"), None, None)]


def refused(data: bytes | str) -> Refused:
    with pytest.raises(Refused) as found:
        read_text(data) if isinstance(data, str) else read_file(data)
    assert SENTENCES[found.value.reason].to("zh", **found.value.values)
    return found.value


def test_an_order_may_have_so_many_lines_and_no_more() -> None:
    head, row = "品名,售价\n", "纸巾,9.9\n"
    assert len(read_text(head + row * MOST_LINES).order.lines) == MOST_LINES
    assert refused(head + row * (MOST_LINES + 1)).reason == "order_too_long"
    assert refused(head + row * 2000).reason == "order_too_long"
    assert refused(book(["品名", "售价"], *[["纸巾", 9.9]] * 2000)).reason == "order_too_long"


@pytest.mark.parametrize("text", ["", " \n\t\n", "品名,售价,库存\n"])
def test_an_order_without_anything_is_refused(text: str) -> None:
    assert refused(text).reason == "order_empty"


def test_a_text_that_is_far_too_long_is_refused() -> None:
    assert refused("字" * (MOST_TEXT + 1)).reason == "order_text_long"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "file_empty"),
        (b"%PDF-1.7 ...", "order_format"),
        (b"<html><body>x</body></html>", "order_format"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "file_image"),
        (b"PK\x03\x04" + bytes(60), "file_broken"),
        (b"MZ\x90\0\3\0\0\0" + bytes(56), "file_program"),
        (b"a" * (20 * 1024 * 1024 + 1), "too_large"),
    ],
)
def test_the_bytes_decide_what_is_read(data: bytes, reason: str) -> None:
    assert refused(data).reason == reason


def test_a_damaged_workbook_is_refused() -> None:
    data = book(["品名", "售价"], ["纸巾", 9.9])
    assert refused(data[: len(data) // 2]).reason == "file_broken"


@pytest.mark.parametrize(
    ("cell", "price"),
    [
        ("¥19.9", "19.9"),
        ("19.9元", "19.9"),
        ("￥１，２９９", "1299"),
        ("到手价 99", "99"),
        ("29.9/件", "29.9"),
        ("1.2万", "12000"),
        ("99块", "99"),
    ],
)
def test_prices_are_read_as_people_write_them(cell: str, price: str) -> None:
    assert price_of(cell) == Decimal(price)


@pytest.mark.parametrize("cell", ["1,29", "9.999", "两件99", "99999999", "-5", "19,9"])
def test_a_price_that_could_be_two_things_is_none(cell: str) -> None:
    with pytest.raises(Unclear):
        price_of(cell)


@pytest.mark.parametrize(
    ("cell", "stock"), [("库存 500件", 500), ("1.2万", 12000), ("2k", 2000), ("０", 0), ("备货：1,000 套", 1000)]
)
def test_stock_is_read_as_people_write_it(cell: str, stock: int) -> None:
    assert stock_of(cell) == stock


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [("8", "8"), ("8min", "8"), ("90秒", "1.5"), ("1.5小时", "90"), ("半小时", "30"), ("23:50～00:10", "20"), ("00:08:00", "8")],
)
def test_minutes_are_read_as_people_write_them(cell: str, minutes: str) -> None:
    assert minutes_of(cell) == Decimal(minutes)


def test_a_part_of_two_is_unclear() -> None:
    with pytest.raises(Unclear):
        part_of("引流/福利")
    assert part_of("主推款（新品）") is Part.PROFIT


def test_an_event_is_read_with_its_time() -> None:
    found = [event_of(text) for text in ("福袋 第42分钟", "20:30 秒杀 10分钟", "改价 21点半", "抽奖", "好吃")]
    told = [one and (one.kind, one.minute, one.clock, one.minutes) for one in found]
    assert told == [
        (Planned.GIVEAWAY, 42, None, None),
        (Planned.HOT_RELEASE, None, time(20, 30), 10),
        (Planned.HOT_RELEASE, None, time(21, 30), None),
        (Planned.GIVEAWAY, None, None, None),
        None,
    ]
    assert is_only_event("福袋 20:30") and not is_only_event("福袋礼盒")


def test_every_reason_has_its_words() -> None:
    reading = read_text("品名,售价,库存\n纸巾,9.9,充足\n毛巾,,")
    said = [worded_problem(one.row, one.about, one.reason, one.value, "zh") for one in reading.problems]
    assert said == ["第 2 行库存：库存要写一个整数（“充足”）。", "第 3 行价格：没有价格。"]
    assert set(FIELDS) == set(Field)


WORDS = """品名 售价 库存 时长 划线价 依据 福利 段 ¥9.9 1,299 500件 8分钟 引流款 福袋 20:30 第99999分钟 秒杀 24:59 合计 - 无
    | 、 1. 2 0 原价 99999999999999999999999 ² ① Ⅷ ٣ 半小时 0:00:00 20:32-20:32 日常价/券后 329/289 " ， , ; ： 九块九 1e9 NaN"""
CELLS = st.sampled_from([*WORDS.split(), "", " ", "\n", "\t"]) | st.text(max_size=6)


@settings(max_examples=400)
@given(st.lists(st.lists(CELLS, max_size=8), max_size=8), st.sampled_from(["\t", "|", ",", "，", " ", ";"]))
def test_any_text_is_read_or_refused(rows: list[list[str]], mark: str) -> None:
    judge(lambda: read_text("\n".join(mark.join(row) for row in rows)))


@settings(max_examples=200)
@given(st.binary(max_size=200) | st.text(max_size=80).map(lambda text: text.encode("gb18030", "replace")))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    judge(lambda: read_file(data))


SOUND = book(["品名", "售价"], ["纸巾", 9.9])
"""Made once: a workbook holds the time at which it was made, and Hypothesis wants the same bytes again."""
VALUES = CELLS | st.floats() | st.integers() | st.none() | st.booleans() | st.times() | st.datetimes() | st.timedeltas()


@settings(max_examples=300)
@given(st.lists(st.lists(VALUES.map(shown), max_size=6), min_size=1, max_size=6))
def test_whatever_a_workbook_holds_is_shown_and_read_or_refused(rows: list[list[str]]) -> None:
    judge(lambda: read_text("\n".join("\t".join(row) for row in rows)))


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_workbook_is_read_or_refused(data: st.DataObject) -> None:
    whole = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    judge(lambda: read_file(bytes(whole)))


def judge(read: Any) -> None:
    """Read it: each kept line is sound, each problem has words, and a refusal has a sentence."""
    try:
        reading = read()
    except Refused as error:
        assert SENTENCES[error.reason].to("en", **error.values)
        return
    assert len(reading.rows) == len(reading.order.lines)
    assert all(line.price > 0 for line in reading.order.lines)
    for problem in reading.problems:
        assert problem.reason in REASONS
        assert worded_problem(problem.row, problem.about, problem.reason, problem.value, "en")


def test_a_header_needs_a_product_or_a_price() -> None:
    assert columns_of(["库存", "时长"]) == ()
    assert columns_of(["序号", "品名"]) == ()
    assert {column.field for column in columns_of(["品名", "库存"])} == {Field.NAME, Field.STOCK}
