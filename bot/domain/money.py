"""Sums of money as operators write them: 八万五, 3.5w, 8万5, 80,000元."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum

from bot.domain.numerals import number, plain
from bot.errors import Refused

MOST_MONEY = 1_000_000_000
"""Yuan; more than any one live session sells."""
_LONGEST_TEXT = 40


class MoneyWrong(StrEnum):
    """Why a sum was refused; `Refused.reason`."""

    NOT_UNDERSTOOD = "money_not_understood"
    NOT_WHOLE = "money_not_whole"
    TOO_SMALL = "money_too_small"
    TOO_LARGE = "money_too_large"


_SIGN = r"(?:¥|rmb ?|cny ?)?"
_YUAN = r"(?: ?(?:元|块|块钱|圆|元整|rmb|cny|yuan))?"
_SCALES = {"千": 1_000, "k": 1_000, "万": 10_000, "w": 10_000, "百万": 1_000_000, "m": 1_000_000, "million": 1_000_000}
_SCALES |= {"千万": 10_000_000, "亿": 100_000_000}
_SCALE = r"(?:百万|千万|million|[千万亿kwm])"
_WRITTEN = re.compile(rf"{_SIGN} ?(?P<sum>[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]{{1,12}})(?P<part>\.[0-9]{{1,2}})?{_YUAN}")
_SCALED = re.compile(
    rf"{_SIGN} ?(?P<sum>[0-9]{{1,6}}(?:\.[0-9]{{1,6}})?) ?(?P<scale>{_SCALE})"
    rf"(?:(?P<short>[1-9一二三四五六七八九])(?P<small>[千百]?)|(?P<rest>[0-9]{{2,4}}))?{_YUAN}"
)
_SPOKEN = re.compile(
    r"(?:(?P<yi>[零一二两三四五六七八九十百千]+)亿)?(?:(?P<wan>[零一二两三四五六七八九十百千]+)万)?"
    rf"(?P<rest>[零一二两三四五六七八九十百千]*){_YUAN}"
)


def read_money(text: str) -> int:
    """A sum in whole yuan, from 1 to `MOST_MONEY`. Raises `Refused` with a `MoneyWrong`."""
    words = plain(text)
    value = _money(words) if words and len(words) <= _LONGEST_TEXT else None
    if value is None:
        raise Refused(MoneyWrong.NOT_UNDERSTOOD)
    if value != int(value):
        raise Refused(MoneyWrong.NOT_WHOLE)
    if value < 1:
        raise Refused(MoneyWrong.TOO_SMALL)
    if value > MOST_MONEY:
        raise Refused(MoneyWrong.TOO_LARGE)
    return int(value)


def _money(words: str) -> Decimal | None:
    if written := _WRITTEN.fullmatch(words):
        return Decimal(written["sum"].replace(",", "") + (written["part"] or ""))
    if scaled := _SCALED.fullmatch(words):
        return _scaled(scaled)
    spoken = _SPOKEN.fullmatch(words)
    return _spoken(spoken["yi"], spoken["wan"], spoken["rest"]) if spoken else None


def _scaled(found: re.Match[str]) -> Decimal | None:
    """8万5 is 85000 as it is spoken, 8万500 is 80500 as it is written."""
    scale = _SCALES[found["scale"]]
    if "." in found["sum"] and (found["short"] or found["rest"]):
        return None
    value = Decimal(found["sum"]) * scale
    if found["short"]:
        lower = {"千": 1000, "百": 100}.get(found["small"], scale // 10)
        if lower >= scale:
            return None
        value += (number(found["short"]) or 0) * lower
    return value + int(found["rest"] or 0)


def _spoken(yi: str | None, wan: str | None, rest: str) -> Decimal | None:
    """三万五 is 35000: a last digit without its unit counts in the next lower one."""
    shorthand = len(rest) == 1 and rest in "一二三四五六七八九"
    parts = [number(part) if part else 0 for part in (yi, wan, rest)]
    if None in parts or not (yi or wan or rest):
        return None
    hundreds_of_millions, ten_thousands, ones = (part or 0 for part in parts)
    if shorthand and (yi or wan):
        ones *= 1000 if wan else _SCALES["千万"]
    return Decimal(hundreds_of_millions * _SCALES["亿"] + ten_thousands * _SCALES["万"] + ones)
