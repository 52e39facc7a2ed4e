"""One cell of a running order as people write it: ¥19.9, 1,299, 库存 500件, 20:32～20:40, 福袋 第42分钟.

Knows nothing about rows. Whatever is not understood is an `Unclear` with its reason, never a zero.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import time
from decimal import Decimal

from bot.domain.nudges import Planned
from bot.domain.running_order import MOST_MINUTES, OrderEvent, Part

MOST_PRICE = Decimal(10_000_000)
MOST_STOCK = 100_000_000
LONGEST_NAME = 100
LONGEST_NOTE = 300

_PARTS = {
    Part.TRAFFIC: "引流 钩子 traffic hook lead",
    Part.BRIDGE: "承接 过渡 接力 桥梁 bridge",
    Part.PROFIT: "利润 赚钱 毛利 主推 主打 主力 profit margin hero main",
    Part.UPGRADE: "升级 进阶 upgrade premium",
    Part.IMAGE: "形象 门面 撑门面 image prestige",
    Part.WELFARE: "福利 welfare deal",
    Part.FAN: "宠粉 粉丝 粉丝福利 老粉福利 fan",
}
_PART_OF = {word: part for part, words in _PARTS.items() for word in words.split()}
_PART = re.compile(rf"({'|'.join(sorted(_PART_OF, key=len, reverse=True))})\s*(?:产品|款|品|段|单|item|product)?", re.IGNORECASE)

_EVENTS = {
    Planned.GIVEAWAY: "福袋,福利袋,幸运袋,抽奖,红包,摇奖,抽免单,lucky bag,giveaway,raffle",
    Planned.HOT_RELEASE: """限时秒杀,秒杀,限时抢购,限时抢,限时购,闪购,放单,开抢,返场,改价,降价,调价,恢复价,
        flash sale,price change,release""",
    Planned.HOST_CHANGE: "换主播,主播轮换,主播交接,换班,换人,host change",
    Planned.BUDGET_RAISE: "追投,加投,投放放量,加预算,放量,budget raise",
    Planned.BREAK: "中场休息,休息,break",
}
_EVENT_OF = {word.strip(): kind for kind, words in _EVENTS.items() for word in words.split(",")}
_EVENT = re.compile("|".join(sorted(map(re.escape, _EVENT_OF), key=len, reverse=True)), re.IGNORECASE)

_COUNT = r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*(万|[wk])?"
_PER = r"(?:\s*/\s*\S{1,3})?"
_PRICE = re.compile(
    rf"(?:(?:券后|到手|到手价|直播价|今晚价|活动价|秒杀价|售价|现价|单价|价格|划线价|原价|日常价|仅|只要)\s*[::]?\s*)?(?:¥|rmb|cny)?\s*{_COUNT}"
    rf"\s*(?:元|块钱|块|圆|rmb|yuan)?{_PER}\s*(起)?",
    re.IGNORECASE,
)
_STOCK = re.compile(
    rf"(?:(?:挂车库存|库存|备货|现货|数量|限量|stock|qty)\s*[::]?\s*)?{_COUNT}\s*[+]?\s*(?:件|套|单|份|个|盒|箱|双|条|瓶|包|袋|只|台|支|把|pcs?|units?)?",
    re.IGNORECASE,
)
_MINUTES = re.compile(
    r"(?:(?:讲解)?(?:时长|时间|分钟数)?\s*[::]?\s*)?(\d+(?:\.\d+)?)\s*(分钟|分|min(?:ute)?s?|m|'|′|小时|h(?:ours?)?|秒|s)?", re.I
)
_LONG = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})")
_CLOCK = r"(\d{1,2}):([0-5]\d)(?::[0-5]\d)?"
_SPAN = re.compile(rf"{_CLOCK}\s*(?:[-~—–至到]|--)+\s*(?:次日)?{_CLOCK}")
_AT_CLOCK = re.compile(rf"(?<![\d:]){_CLOCK}(?![\d:])")
_AT_HOUR = re.compile(r"(?<!\d)(\d{1,2})点(?:([0-5]?\d)分?|(半))?(?!\d)")
_AT_MINUTE = re.compile(r"(?:第|@|t\s?\+|开播后?|播后)\s?(\d{1,4})\s?(?:分钟|分|min|')?|(?<!\d)(\d{1,4})\s?'", re.IGNORECASE)
_LASTING = re.compile(r"(?<![\d第@+])(\d{1,3})\s?(?:分钟|min(?:utes?)?)", re.IGNORECASE)
_NOTHING = re.compile(r"(?:无|没有|暂无|否|no|待补|待定|未定|空|none|n/?a|null|nil|tbd|[-—–/\\.。*?×xX]+)", re.IGNORECASE)


class Unclear(Exception):
    """A cell that cannot be read; `reason` names a sentence that each channel words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def plain(cell: str) -> str:
    """A cell on one line, in half-width characters, without what cannot be seen."""
    return " ".join(visible(unicodedata.normalize("NFKC", cell)).split())


def visible(text: str) -> str:
    """The text without control and format characters; line breaks and tabs become spaces."""
    return "".join(
        " " if c in "\t\r\n\v\f\x85\u2028\u2029" else c
        for c in text
        if c in "\t\r\n\v\f\x85\u2028\u2029" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )


def is_nothing(cell: str) -> bool:
    """Whether a cell says in one way or another that there is nothing in it."""
    return not (text := plain(cell)) or bool(_NOTHING.fullmatch(text))


def name_of(cell: str) -> str:
    """A product's name as it was written. Raises Unclear."""
    name = " ".join(visible(cell).split())
    if is_nothing(name) or not any(c.isalnum() for c in name):
        raise Unclear("name_missing")
    if len(name) > LONGEST_NAME:
        raise Unclear("name_long")
    return name


def price_of(cell: str) -> Decimal:
    """Yuan, above zero, to the cent. Raises Unclear: a range, a price per set of two or “from” is no price."""
    text = plain(cell)
    if is_nothing(text):
        raise Unclear("price_missing")
    match = _PRICE.fullmatch(text)
    if not match:
        raise Unclear("price_range" if len(re.findall(r"\d+(?:\.\d+)?", text)) > 1 else "price_unclear")
    if match[3]:
        raise Unclear("price_from")
    price = _count(match[1], match[2])
    if price <= 0:
        raise Unclear("price_zero")
    if price > MOST_PRICE or price != round(price, 2):
        raise Unclear("price_unclear")
    return _short(price)


def stock_of(cell: str) -> int:
    """Pieces; 0 where the cell says so. Raises Unclear: 充足 is no number."""
    match = _STOCK.fullmatch(plain(cell))
    count = _count(match[1], match[2]) if match else Decimal("0.5")
    if count != int(count) or count > MOST_STOCK:
        raise Unclear("stock_unclear")
    return int(count)


def minutes_of(cell: str) -> Decimal:
    """Minutes, above zero: 8, 8分钟, 半小时, 90秒, 0:08:00, 20:32-20:40. Raises Unclear."""
    text = plain(cell)
    if (span := span_of(text)) is not None:
        return Decimal(span)
    if text == "半小时":
        return Decimal(30)
    if long := _LONG.fullmatch(text):
        minutes = Decimal(int(long[1]) * 3600 + int(long[2]) * 60 + int(long[3])) / 60
    elif match := _MINUTES.fullmatch(text):
        unit = (match[2] or "").lower()
        factor = Decimal(60) if unit.startswith(("小", "h")) else Decimal(1) / 60 if unit.startswith(("秒", "s")) else Decimal(1)
        exact = _count(match[1], None) * factor
        if exact > MOST_MINUTES:  # also so long a figure that it could not be rounded
            raise Unclear("minutes_unclear")
        minutes = round(exact, 2)
    else:
        raise Unclear("minutes_unclear")
    if not 0 < minutes <= MOST_MINUTES:
        raise Unclear("minutes_unclear")
    return _short(minutes)


def span_of(cell: str) -> int | None:
    """Minutes between the two times of 20:32～20:40, also over midnight; None where there are not two."""
    match = _SPAN.fullmatch(plain(cell))
    if not match or int(match[1]) > 24 or int(match[3]) > 24:
        return None
    start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    return (end - start) % (24 * 60) or None


def clock_of(cell: str) -> int | None:
    """Minutes after midnight at which 20:32 or 20:32～20:40 begins; None for anything else."""
    match = re.match(_CLOCK, plain(cell))
    return int(match[1]) * 60 + int(match[2]) if match and int(match[1]) <= 24 else None


def part_of(cell: str) -> Part:
    """What a product is there for, by any of the usual words. Raises Unclear, also where two are named."""
    text = re.sub(r"\(.*?\)|\[.*?\]", "", plain(cell)).strip()
    match = _PART.fullmatch(text)
    if not match:
        raise Unclear("part_unclear")
    return _PART_OF[match[1].lower()]


def section_of(cell: str) -> Part | None:
    """The part that a row of one cell heads: 引流段, 一、承接款（20～40 分钟）; None for any other text."""
    bare = re.sub(r"^(?:第?[一二三四五六七八九十\d]{1,3}[、.):段]\s*)|[::]$", "", plain(cell))
    try:
        return part_of(re.sub(rf"{_CLOCK}|[-~—–至到]|\d{{1,3}}\s?(?:分钟|min)", "", bare))
    except Unclear:
        return None


def event_of(cell: str) -> OrderEvent | None:
    """What is announced, with its time where it says one; None where there is nothing that is known here."""
    text = plain(cell)[:LONGEST_NOTE]
    word = _EVENT.search(text)
    if not word:
        return None
    span = _SPAN.search(text)
    minute = _AT_MINUTE.search(text)
    lasting = _LASTING.search(_AT_MINUTE.sub(" ", text))
    at = int(minute[1] or minute[2]) if minute else None
    lasts = span_of(span[0]) if span else int(lasting[1]) if lasting else None
    clock = None if minute else _clock(text)
    if (at is not None and at > MOST_MINUTES) or lasts == 0:
        return OrderEvent(_EVENT_OF[word[0].lower()], text)
    return OrderEvent(_EVENT_OF[word[0].lower()], text, at, clock, lasts)


def is_only_event(cell: str) -> bool:
    """Whether a cell says nothing but what is announced and when: 福袋 20:30, not 福袋礼盒."""
    text = plain(cell)
    word = _EVENT.search(text)
    if not word:
        return False
    rest = text[: word.start()] + " " + text[word.end() :]
    for pattern in (_SPAN, _AT_CLOCK, _AT_HOUR, _AT_MINUTE, _LASTING):
        rest = pattern.sub(" ", rest)
    return not re.sub(r"开奖|开始|一个|[第\d]+个|[\W_]+", "", rest)


def _clock(text: str) -> time | None:
    if (match := _AT_CLOCK.search(text)) and int(match[1]) < 24:
        return time(int(match[1]), int(match[2]))
    if (match := _AT_HOUR.search(text)) and int(match[1]) < 24:
        return time(int(match[1]), 30 if match[3] else int(match[2] or 0))
    return None


def _short(number: Decimal) -> Decimal:
    """The number without zeros behind the point, and never in powers of ten."""
    return number.normalize() if number != int(number) else Decimal(int(number))


def _count(digits: str, unit: str | None) -> Decimal:
    if len(digits) > 20:
        return Decimal("1e30")
    return Decimal(digits.replace(",", "")) * {"万": 10_000, "w": 10_000, "k": 1000}.get((unit or "").lower(), 1)
