"""The single words in which days, weeks and parts of the day are written."""

from __future__ import annotations

from bot.domain.when.said import Period

_EVENINGS = ("晚上", "晚间", "夜里", "夜间", "夜晚", "深夜", "半夜", "午夜", "晚", "夜", "evening", "night")
_MORNINGS = ("清晨", "早上", "早晨", "上午", "早", "morning")
_AFTERNOONS = ("下午", "午后", "傍晚", "afternoon", "pm", "p.m.", "p.m")
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

DAY_WORDS = {"昨天": -1, "昨日": -1, "昨": -1, "前天": -2, "今天": 0, "今日": 0, "今": 0, "明天": 1, "明日": 1, "明": 1}
DAY_WORDS |= {"后天": 2, "后日": 2, "大后天": 3, "次日": 1, "第二天": 1, "yesterday": -1, "today": 0, "tomorrow": 1, "tmrw": 1}
DAY_WORDS |= {"tmr": 1, "day after tomorrow": 2, "this": 0, "next day": 1}
AFTER_START = frozenset({"次日", "第二天", "next day"})
PERIOD_WORDS = {word: Period.EVENING for word in _EVENINGS}
PERIOD_WORDS |= {word: Period.MORNING for word in _MORNINGS}
PERIOD_WORDS |= {word: Period.AFTERNOON for word in _AFTERNOONS}
PERIOD_WORDS |= {"凌晨": Period.EARLY, "中午": Period.NOON, "am": Period.AM, "a.m.": Period.AM, "a.m": Period.AM}
MONTHS = {name: place for place, name in enumerate(_MONTH_NAMES, 1)}
WEEKDAYS = {name: place for place, name in enumerate(_WEEKDAY_NAMES, 1)}
WEEKDAYS |= {sign: place for place, sign in enumerate("一二三四五六日", 1)} | {"天": 7}
WEEKDAYS |= {str(place): place for place in range(1, 8)}
WEEKS = {
    "上": -1,
    "上个": -1,
    "这": 0,
    "这个": 0,
    "本": 0,
    "下": 1,
    "下个": 1,
    "下下": 2,
    "下下个": 2,
    "last": -1,
    "this": 0,
    "next": 1,
}
