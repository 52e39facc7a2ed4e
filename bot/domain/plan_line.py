"""A whole live session in one line, as an operator types it: 好物严选 明晚8点 3小时 8万 主播小雨."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from bot.domain.checklists import Variant
from bot.domain.lengths import read_length
from bot.domain.money import read_money
from bot.domain.numerals import plain
from bot.domain.plan_figures import take_figures
from bot.domain.when import Slot, When, WhenWrong, read_slot
from bot.errors import Refused

_HOST = re.compile(r"(?:主播|host)[:：]?\s?(\S+)", re.IGNORECASE)
_GOAL = re.compile(r"(?:目标|goal|gmv)[:：]?\s?(\S+)", re.IGNORECASE)
_SUM = re.compile(
    r"(?:¥|￥)\S+|\S*\d\S*(?:元|块|[wWkK]|万|亿)|[一二两三四五六七八九十百千零半]+[万亿]\S*|\d{5,}|\d{1,3}(?:,\d{3})+"
)
_APART = re.compile(r"([0-9半一二两三四五六七八九十])\s+(个?半?小时|分钟|h\b|hours?\b|min)", re.IGNORECASE)
_AS_LAST = re.compile(r"(?:和|跟|同|照|按)上(?:次|一?场)(?:一样|的?来)?|(?:same )?as last time", re.IGNORECASE)
_VARIANTS = {
    "日播": Variant.DAILY, "大场": Variant.CAMPAIGN, "品牌自播": Variant.BRAND, "品牌": Variant.BRAND, "第一场": Variant.FIRST,
    "首播": Variant.FIRST,
}  # fmt: skip
_TIMES = ("点", "點", ":", "：")


@dataclass(frozen=True, slots=True)
class PlanLine:
    """What was said; what was not is None."""

    start: When
    length: timedelta | None = None
    goal: int | None = None
    host: str | None = None
    variant: Variant | None = None
    figures: Mapping[str, float | None] = field(default_factory=dict)


def read_plan(text: str, *, now: datetime, zone: tzinfo) -> PlanLine:
    """When a session is to start, and its length, goal, host and kind where they are said, in any order.

    `figures` are those of the plan besides the goal. Raises Refused with the reasons of `read_slot`, `read_length`, `read_money`
    and `take_figures`.
    """
    # What is not said is as last time anyway.
    rest, figures = take_figures(_AS_LAST.sub(" ", text))
    rest, host = _taken(_HOST, _APART.sub(r"\1\2", rest))
    rest, aimed = _taken(_GOAL, rest)
    goal = read_money(aimed) if aimed is not None else None
    kept: list[str] = []
    variant: Variant | None = None
    for word in rest.split():
        if variant is None and word in _VARIANTS:
            variant = _VARIANTS[word]
        elif goal is None and _SUM.fullmatch(word) and not any(sign in word for sign in _TIMES):
            goal = read_money(word)
        else:
            kept.append(word)
    if not kept and _AS_LAST.search(text):
        raise Refused(WhenWrong.NO_HOUR)
    slot = _slot(kept, now, zone)
    return PlanLine(slot.start, slot.length, goal, host, variant, figures)


def named_in(text: str, names: Collection[str]) -> tuple[str, str] | None:
    """The one of these names that a line begins with, or else holds, and the line without it; the longest where several fit.

    Case, width and the spaces around it do not count, nor do emoji in a name, which few people type. None where there is none.
    """
    text = unicodedata.normalize("NFKC", text)
    bare = Counter(map(_bare, names))
    known = {_bare(name): name for name in names if bare[_bare(name)] == 1} | {name: name for name in names}
    for fits in (str.startswith, str.__contains__):
        for spelt in sorted(filter(None, known), key=len, reverse=True):
            found = re.search(_loose(spelt), text, re.IGNORECASE) if fits(plain(text), plain(spelt)) else None
            if found:
                return known[spelt], f"{text[: found.start()]} {_without_symbols(text[found.end() :])}".strip()
    return None


def _bare(name: str) -> str:
    """The name without emoji and other symbols."""
    return " ".join("".join(c for c in name if unicodedata.category(c)[0] not in "SC").split())


def _without_symbols(rest: str) -> str:
    """What follows a name, without the emoji that it begins with: they are the name's."""
    stripped = rest.lstrip()
    symbols = "".join(c for c in stripped if unicodedata.category(c) in ("So", "Sk", "Cf", "Mn"))
    return stripped.lstrip(symbols) if symbols else rest


def _loose(name: str) -> str:
    return r"\s*".join(re.escape(part) for part in unicodedata.normalize("NFKC", name).split())


def _taken(pattern: re.Pattern[str], text: str) -> tuple[str, str | None]:
    found = pattern.search(text)
    return (text, None) if found is None else (f"{text[: found.start()]} {text[found.end() :]}", found[1])


def _slot(words: list[str], now: datetime, zone: tzinfo) -> Slot:
    """The words together say when and how long; where they do not, the length may be a word of its own."""
    try:
        return read_slot(" ".join(words), now=now, zone=zone)
    except Refused as error:
        if error.reason != WhenWrong.NOT_UNDERSTOOD:
            raise
        for place, word in enumerate(words):
            length = _length(word)
            if length is not None:
                start = read_slot(" ".join(words[:place] + words[place + 1 :]), now=now, zone=zone)
                return Slot(start.start, length)
        raise


def _length(word: str) -> timedelta | None:
    try:
        return read_length(word.removeprefix("播"))
    except Refused:
        return None
