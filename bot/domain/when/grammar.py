"""The words in which a moment is written, taken apart. What they mean at a given moment is worked out in `reading`."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.domain.lengths import SPAN, span
from bot.domain.numerals import NUMBER, number, plain
from bot.domain.when.said import InDays, OnDate, OnWeekday, Period, Said
from bot.domain.when.vocabulary import AFTER_START, DAY_WORDS, MONTHS, PERIOD_WORDS, WEEKDAYS, WEEKS

_LONGEST_TEXT = 80


def heard(text: str) -> Said | None:
    """The parts of a text; None when anything in it is not understood, or something is said twice."""
    words, at, said = plain(text), 0, Said()
    if len(words) > _LONGEST_TEXT:
        return None
    while at < len(words):
        if filler := _FILLER.match(words, at):
            at = filler.end()
            continue
        found, take = next(((found, take) for shape, take in _SHAPES if (found := shape.match(words, at))), (None, None))
        if found is None or take is None or not take(said, found):
            return None
        at = found.end()
    return said if said.whole() else None


def _day_word(said: Said, found: re.Match[str]) -> bool:
    word = found[0]
    if word in AFTER_START:
        start = said.day.days if isinstance(said.day, InDays) else 0
        return said.ranged and said.put_day(InDays(start + 1))
    return said.put_day(InDays(DAY_WORDS[word]))


def _tonight(said: Said, _: re.Match[str]) -> bool:
    return said.put_day(InDays(0)) and said.put_period(Period.EVENING)


def _period(said: Said, found: re.Match[str]) -> bool:
    return said.put_period(PERIOD_WORDS[found[0]])


def _twelve(said: Said, found: re.Match[str]) -> bool:
    """Noon and midnight are hours of their own; in "12 noon" the hour is there already."""
    period = Period.EVENING if found[0] == "midnight" else Period.NOON
    given = said.end_clock if said.ranged else said.clock
    return said.put_period(period) and (given is not None or said.put_clock(12, 0, False))


def _written_clock(said: Said, found: re.Match[str]) -> bool:
    return said.put_clock(int(found["h"]), int(found["m"]), exact=len(found["h"]) == 2)


def _spoken_clock(said: Said, found: re.Match[str]) -> bool:
    minutes = {None: 0, "半": 30, "一刻": 15, "1刻": 15, "三刻": 45, "3刻": 45}
    minute = minutes[found["part"]] if found["part"] in minutes else number(found["m"])
    return said.put_clock(number(found["h"]), minute, exact=found["h"].startswith("0") or found["h"] == "零")


def _bare_clock(said: Said, found: re.Match[str]) -> bool:
    return said.put_clock(number(found["h"]), 0, exact=found["h"].startswith("0"))


def _later(said: Said, found: re.Match[str]) -> bool:
    words = next(group for group in found.groups() if group)
    fresh, said.soon = said.soon is None, span(words)
    return fresh and said.soon is not None


def _length(said: Said, found: re.Match[str]) -> bool:
    fresh, said.length = said.length is None, span(found[1])
    return fresh and said.length is not None


def _days_later(said: Said, found: re.Match[str]) -> bool:
    count = 1 if found["n"] in ("a", "one") else number(found["n"])
    days = {"天": 1, "日": 1, "day": 1}.get(found["unit"], 7)
    return count is not None and said.put_day(InDays(count * days, counted=True))


def _date(said: Said, found: re.Match[str]) -> bool:
    parts = found.groupdict()
    year, month, day = (number(parts[name]) if parts.get(name) else None for name in ("y", "mo", "d"))
    if day is None or (month is None and parts.get("mo")) or (year is None and parts.get("y")):
        return False
    if year is not None and year < 100:
        year += 2000
    swaps = parts.get("slash") == "/" and year is None and month != day and max(month or 0, day) <= 12
    return said.put_day(OnDate(day, month, year, either=swaps))


def _english_date(said: Said, found: re.Match[str]) -> bool:
    return said.put_day(OnDate(int(found["d"]), MONTHS[found["mo"]], int(found["y"]) if found["y"] else None))


def _day_of_month(said: Said, found: re.Match[str]) -> bool:
    day, which = number(found["d"]), found["which"] or ""
    months_on = None if not which else which.count("下")
    return day is not None and said.put_day(OnDate(day, months_on=months_on))


def _weekday(said: Said, found: re.Match[str]) -> bool:
    which, day = found["which"], found["day"]
    week = WEEKS.get(which) if which else None
    return said.put_weekday(OnWeekday(WEEKDAYS[day], week, loose=which == "next"))


def _dash(said: Said, _: re.Match[str]) -> bool:
    fresh, said.ranged = not said.ranged and said.clock is not None, True
    return fresh


def _any(words: dict[str, object] | dict[str, int] | dict[str, Period]) -> str:
    """The words as alternatives, longest first; English ones only where they end."""
    longest_first = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(word) + (r"(?![a-z])" if word.isascii() else "") for word in longest_first)


_HALF_DAY = r"(?:am|pm|a\.m|p\.m|o'clock)"
_TO = r"(?:-+|–|—+|~|〜|到|至|(?:to|until|till)(?![a-z]))"
_NAMED_MONTH = rf"(?P<mo>{'|'.join(MONTHS)})[a-z]*\.?"
_ORDINAL = r"(?P<d>[0-9]{1,2})(?:st|nd|rd|th)?(?![0-9:])"
_NAMED_YEAR = r"(?:,? (?P<y>[0-9]{4})(?![0-9:]))?"
_NO_NUMBER = rf"(?![0-9零〇一二两三四五六七八九十百千月日号天周个小分]| ?{_HALF_DAY})"

_FILLER = re.compile(
    r"[\s,.;、。!()\[\]]|的|在|约|吧|开播|开始|直播|准时|'s(?![a-z])|(?:at|on|from|coming)(?= )|in the(?= )|the(?= )", re.ASCII
)
_Take = Callable[[Said, "re.Match[str]"], bool]
_SHAPES: tuple[tuple[re.Pattern[str], _Take], ...] = tuple(
    (re.compile(shape), take)
    for shape, take in (
        (rf"(?:再?过|in) ?({SPAN})(?:之后|以后|后)?|({SPAN}) ?(?:之后|以后|过后|后|later|from now)", _later),
        (rf"(?:再?过 ?)?(?P<n>{NUMBER}) ?个?(?P<unit>天|日|周|星期|礼拜)(?:之后|以后|后)(?!天)", _days_later),
        (rf"in (?P<n>a|one|{NUMBER}) (?P<unit>day|week)s?(?![a-z])", _days_later),
        (rf"(?P<n>a|one|{NUMBER}) (?P<unit>day|week)s? (?:later|from now)", _days_later),
        (rf"(?P<y>{NUMBER}) ?年 ?(?P<mo>{NUMBER}) ?月 ?(?P<d>{NUMBER}) ?[号日]?", _date),
        (rf"(?P<mo>{NUMBER}) ?月 ?(?P<d>{NUMBER})(?: ?[号日]|(?![0-9]))", _date),
        (r"(?P<y>[0-9]{4})(?P<slash>[-/.])(?P<mo>[0-9]{1,2})(?P=slash)(?P<d>[0-9]{1,2})(?![0-9:])(?:t(?=[0-9]))?", _date),
        (rf"(?P<mo>[0-9]{{1,2}})(?P<slash>[-/.])(?P<d>[0-9]{{1,2}})(?![0-9:点时]| ?{_HALF_DAY})", _date),
        (rf"{_ORDINAL} ?(?:of )?{_NAMED_MONTH}{_NAMED_YEAR}", _english_date),
        (rf"{_NAMED_MONTH} {_ORDINAL}{_NAMED_YEAR}", _english_date),
        (rf"(?P<which>下下个?月|下个?月|这个月|本月)? ?(?P<d>{NUMBER}) ?[号日]", _day_of_month),
        (r"(?P<which>下下个?|[下上这]个?|本)?(?:周|星期|礼拜) ?(?P<day>[一二三四五六日天1-7])", _weekday),
        (
            r"(?:(?P<which>this|next|last) )?(?P<day>mon|tue|wed|thu|fri|sat|sun)"
            r"(?:day|s|sday|nesday|r|rs|rsday|urday)?(?![a-z])",
            _weekday,
        ),
        (r"tonight(?![a-z])", _tonight),
        (r"this(?= (?:morning|afternoon|evening))", _day_word),
        (_any({word: days for word, days in DAY_WORDS.items() if word != "this" and len(word) > 1}), _day_word),
        (r"[昨今明](?=[早晚夜]|上午|下午|中午|凌晨)", _day_word),
        (r"noon(?![a-z])|midnight(?![a-z])|正午", _twelve),
        (_any(PERIOD_WORDS), _period),
        (r"(?P<h>[0-9]{1,2}):(?P<m>[0-9]{2})(?::00)?(?![0-9:])", _written_clock),
        (
            rf"(?P<h>{NUMBER}) ?[点时](?:钟|整)?(?: ?(?P<part>半(?!个|小)|[一1三3]刻|(?P<m>{NUMBER})(?:分(?!钟)|{_NO_NUMBER})))?",
            _spoken_clock,
        ),
        (rf"(?P<h>[0-9]{{1,2}})(?= ?{_HALF_DAY}| noon)(?: ?o'clock)?", _bare_clock),
        (rf"(?P<h>{NUMBER})(?= ?{_TO} ?{NUMBER} ?(?:[点时]|{_HALF_DAY}))", _bare_clock),
        (rf"(?<=at )(?P<h>[0-9]{{1,2}})(?![0-9:./-])(?! ?(?:[a-z]|{_HALF_DAY}))", _bare_clock),
        (rf"(?:播|共|for )? ?({SPAN})", _length),
        (_TO, _dash),
    )
)
