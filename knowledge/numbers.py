"""Chinese and Arabic numbers as documents count with them: 第十二条, 第3章, 十一、."""

from __future__ import annotations

import re

_DIGITS = {"零": 0, "〇": 0, "○": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
NUMERAL = r"(?:[0-9０-９]{1,4}|[零〇○一二两三四五六七八九十百千]{1,9})"

ARTICLE = re.compile(rf"(?P<number>第\s*(?P<value>{NUMERAL})\s*条(?:之(?P<sub>{NUMERAL}))?)")
CHAPTER = re.compile(rf"(?P<number>第\s*(?P<value>{NUMERAL})\s*(?P<unit>编|篇|部分|章|节))")


def value(numeral: str) -> int:
    """The value of a numeral (十二, 一百零三, 二〇, ３); 0 when it is none.

    >>> value("一百二十三"), value("十"), value("１２"), value("二〇")
    (123, 10, 12, 20)
    """
    if numeral.isdecimal():
        return int(numeral)
    if not set(numeral) & _UNITS.keys():
        return int("".join(str(_DIGITS.get(character, 0)) for character in numeral) or "0")
    total = digit = 0
    for character in numeral:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            digit = _DIGITS.get(character, 0)
    return total + digit


def chinese(number: int) -> str:
    """A number from 1 to 9999 as Chinese documents count: 十, 十二, 一百零三.

    >>> chinese(10), chinese(12), chinese(103), chinese(2020)
    ('十', '十二', '一百零三', '二千零二十')
    """
    digits = "零一二三四五六七八九"
    text = ""
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            text += digits[digit] + sign
        elif text and not text.endswith("零") and number % unit:
            text += "零"
    return text.removeprefix("一") if 10 <= number < 20 else text
