"""Total rows of a running order: held against the lines above them, and told with both figures where they differ."""

from __future__ import annotations

from bot.running_order_columns import Field
from bot.running_order_files import read_text
from tests.test_running_order_files import problems

TOTALLED = "品名\t售价\t库存\t时长\n纸巾\t9.9\t500\t8\n四件套\t299\t300\t12\n"


def test_a_total_that_the_lines_come_to_is_no_problem() -> None:
    assert read_text(TOTALLED + "合计\t\t800件\t20分钟\n").problems == ()


def test_a_total_that_the_lines_do_not_come_to_is_told_with_both_figures() -> None:
    reading = read_text(TOTALLED + "合计：\t\t1,300\t25\n")
    assert problems(reading) == [(4, Field.STOCK, "total_differs", True), (4, Field.MINUTES, "total_differs", True)]
    assert [one.value for one in reading.problems] == ["1300 ≠ 800", "25 ≠ 20"]
    assert len(reading.order.lines) == 2


def test_a_subtotal_is_held_against_what_stands_since_the_one_before() -> None:
    more = "小计\t\t800\t20\n枕芯\t79\t50\t10\n小计\t\t60\t10\n总计\t\t850\t30\n"
    reading = read_text(TOTALLED + more)
    assert [(one.row, one.value) for one in reading.problems] == [(6, "60 ≠ 50")]


def test_a_total_may_count_a_product_that_comes_back_once_or_twice() -> None:
    again = TOTALLED + "纸巾 返场\t9.9\t500\t5\n"
    assert [read_text(f"{again}合计\t\t{stock}\t25\n").problems for stock in (800, 1300)] == [(), ()]
    assert [one.value for one in read_text(f"{again}合计\t\t900\t25\n").problems] == ["900 ≠ 1300"]


def test_a_total_of_what_is_not_known_everywhere_tells_nothing() -> None:
    assert read_text("品名\t售价\t库存\n纸巾\t9.9\t\n四件套\t299\t300\n合计\t\t900\n").problems == ()


def test_a_total_without_columns_is_read_by_its_units() -> None:
    reading = read_text("纸巾，9.9元，500件，8分钟\n四件套，299元，300件，12分钟\n合计，900件，20分钟")
    assert [(one.row, one.about, one.value) for one in reading.problems] == [(3, Field.STOCK, "900 ≠ 800")]
