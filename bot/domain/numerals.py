"""Numbers as people type them in chat: full-width or Chinese digits, 两, 十二, 二〇二六, 三千五."""

from __future__ import annotations

import re
import unicodedata

NUMBER = r"(?:[0-9]{1,4}|[零〇一二两三四五六七八九十百千]{1,9})"
"""A whole number below ten thousand, as a regular expression; `number` reads what it finds."""

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_SIMPLE = str.maketrans("點後週號個鐘兩萬億禮時開間淩過這裡", "点后周号个钟两万亿礼时开间凌过这里")


def plain(text: str) -> str:
    """The same text with ordinary digits, signs and spaces, small letters, and the simplified form of the words for time."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().translate(_SIMPLE).split())


def number(text: str) -> int | None:
    """The value of what `NUMBER` matches; None for Chinese digits in an order that means nothing, such as 十十.

    A last digit without its unit counts in the next lower one, as it is spoken: 三千五 is 3500.
    """
    if text.isascii():
        return int(text) if text.isdigit() else None
    if not any(sign in _UNITS for sign in text):
        return int("".join(str(_DIGITS[sign]) for sign in text))
    return _positional(text.replace("〇", "零"))


def _positional(text: str) -> int | None:
    groups = re.findall(r"(零?)([一二两三四五六七八九]?)([千百十]|$)", text)
    total, below, last = 0, 10_000, 10
    if "".join("".join(group) for group in groups) != text:
        return None
    for zero, digit, unit in groups:
        if not (zero or digit or unit):
            continue
        size = _UNITS.get(unit, 1)
        if size >= below or not (digit or size == 10):
            return None
        spoken_short = not unit and not zero and last > 10
        total += _DIGITS.get(digit, 1) * (last // 10 if spoken_short else size)
        below = last = size
    return total
