"""What is said about a running order."""

from __future__ import annotations

import string
from decimal import Decimal

import pytest

from bot.channels.running_order_words import PARTS, REMARKS, worded
from bot.domain.order_checks import GROUNDS, Code, Remark
from bot.domain.running_order import Part


def names(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", Code)
def test_every_remark_has_words_in_both_languages_and_a_ground(code: Code) -> None:
    assert code in GROUNDS
    phrase = REMARKS[code]
    assert names(phrase.en) <= names(phrase.zh) | {"reason"} and phrase.zh.endswith(("。", "？"))


def test_every_part_has_words() -> None:
    assert set(PARTS) == set(Part)


def test_a_remark_says_its_line_its_figures_and_the_law() -> None:
    values = {"price": Decimal("69.00"), "list_price": Decimal("1299.50")}
    remark = Remark(Code.LIST_PRICE_UNPROVEN, 3, values, "14.4", "《明码标价和禁止价格欺诈规定》第十六条")
    assert worded(remark, "zh") == (
        "第 3 款：划线价 1,299.5 元没有依据。请补近 7 天最低成交价截图；拿不出就撤掉划线价，只报 69 元。"
        "依据：《明码标价和禁止价格欺诈规定》第十六条，手册 14.4。"
    )
    assert worded(remark, "en").startswith("No. 3: The struck-through price 1,299.5 has no evidence.")


def test_many_lines_in_a_row_are_said_from_the_first_to_the_last() -> None:
    remark = Remark(Code.PART_MISSING, None, {"lines": (1, 2, 4, *range(6, 151))}, "08.1", "")
    assert worded(remark, "zh").startswith("第 1、2、4、6–150 款没写是")


def test_text_from_the_order_is_data_and_never_a_form() -> None:
    remark = Remark(Code.NO_STOCK, 1, {"name": "{price} {0}"}, "14.9")
    assert "{price} {0}" in worded(remark, "zh")
