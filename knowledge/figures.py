"""Numbers written in words, as digits, so that 半个钟头 meets 30 分钟 and 三千八 meets 3800. Only for comparing, never shown."""

from __future__ import annotations

import re

from knowledge.numbers import value

_DIGIT = "一二两三四五六七八九"
_MEASURES = "个天小周月年日秒分倍次件单元块米步条款人场台只万亿级档成楼页"
_HALF_HOUR = re.compile("半个?(?:小时|钟头)")
_PERCENT = re.compile(rf"百分之([{_DIGIT}十百零]+)")
_TENTHS = re.compile(rf"([{_DIGIT}])成(?![{_DIGIT}]|[立为功本交就员绩品果])")
_COLLOQUIAL = re.compile(rf"([{_DIGIT}])([千百万])([{_DIGIT}])(?![十百千万亿{_DIGIT}])")
_WITH_UNIT = re.compile(rf"(?<![第{_DIGIT}十百千])(?:[{_DIGIT}][十百千]|十)(?:零?[{_DIGIT}][十百]?)*")
_SINGLE = re.compile(rf"(?<![第{_DIGIT}十百千星期周])([二两三四五六七八九])(?=[{_MEASURES}])")
_SIZES = {"百": 10, "千": 100, "万": 1000}


def digits(folded: str) -> str:
    """Folded text with its Chinese numerals as Arabic ones; ordinals (第三条) and 一 alone stay as they are."""
    out = _HALF_HOUR.sub("30分钟", folded)
    out = _PERCENT.sub(lambda m: f"{value(m[1])}%", out)
    out = _TENTHS.sub(lambda m: f"{value(m[1])}0%", out)
    out = _COLLOQUIAL.sub(lambda m: str((value(m[1]) * 10 + value(m[3])) * _SIZES[m[2]]), out)
    out = _WITH_UNIT.sub(lambda m: str(value(m[0])), out)
    return _SINGLE.sub(lambda m: str(value(m[1])), out).replace("钟头", "小时")
