"""Words about moments, lengths and sums that people type: why one was not taken, how one was understood."""

from __future__ import annotations

from bot.channels.words import Phrase
from bot.domain.lengths import LengthWrong
from bot.domain.money import MoneyWrong
from bot.domain.when import Reading, When, WhenWrong

WRONG: dict[str, Phrase] = {
    WhenWrong.NOT_UNDERSTOOD: Phrase(
        "没看懂这个时间。请这样写：明晚8点，或 12-03 19:30。",
        "I did not get the time. Please write it like: tomorrow 8pm, or 12-03 19:30.",
    ),
    WhenWrong.NO_HOUR: Phrase(
        "还没写几点开始。请加上钟点，例如：明晚8点。", "The hour is missing. Please add it, for example: tomorrow 8pm."
    ),
    WhenWrong.IN_PAST: Phrase(
        "这个时间已经过了（{at}）。请写一个还没到的时间。", "That time has passed ({at}). Please give a later one."
    ),
    WhenWrong.NO_SUCH_DATE: Phrase("没有这一天。请核对日期。", "There is no such date. Please check it."),
    WhenWrong.DAY_DISAGREES: Phrase(
        "{at} 不是您写的星期几。请核对日期和星期。", "{at} is not the weekday that you wrote. Please check both."
    ),
    WhenWrong.SKIPPED: Phrase(
        "当地那天要拨快时钟，没有这个钟点（{at}）。请换一个时间。",
        "Clocks go forward there that day and skip this time ({at}). Please choose another.",
    ),
    WhenWrong.TOO_FAR: Phrase(
        "最多只能排一年以内的场次。请写近一点的日期。",
        "Sessions can be planned up to a year ahead. Please choose an earlier date.",
    ),
    LengthWrong.NOT_UNDERSTOOD: Phrase(
        "没看懂要播多久。请这样写：3小时，或90分钟。", "I did not get the length. Please write it like: 3h, or 90 minutes."
    ),
    LengthWrong.TOO_SHORT: Phrase(
        "时间太短，一场至少 {minutes} 分钟。", "That is too short; a session lasts at least {minutes} minutes."
    ),
    LengthWrong.TOO_LONG: Phrase("时间太长，一场最多 {hours} 小时。", "That is too long; a session lasts at most {hours} hours."),
    MoneyWrong.NOT_UNDERSTOOD: Phrase(
        "没看懂金额。请这样写：8万，或 80000。", "I did not get the amount. Please write it like: 80000, or 80k."
    ),
    MoneyWrong.NOT_WHOLE: Phrase("金额请写到整元，不带角分。", "Please write the amount in whole yuan."),
    MoneyWrong.TOO_SMALL: Phrase("金额至少是 1 元，请重新写。", "The amount must be at least 1 yuan. Please write it again."),
    MoneyWrong.TOO_LARGE: Phrase(
        "金额太大，最多 10 亿元。请看看是不是多写了零。",
        "The amount is too large; the most is 1 billion yuan. Is there a zero too many?",
    ),
}
"""What `Refused.reason` names."""

READINGS: dict[Reading, Phrase] = {
    Reading.LATER_HALF: Phrase("没写上午还是晚上，按 {hour} 算。", "You did not say am or pm; I took it as {hour}."),
    Reading.FORENOON: Phrase(
        "没写上午还是晚上，按上午 {hour} 算。", "You did not say am or pm; I took it as {hour} in the morning."
    ),
    Reading.NOON: Phrase(
        "没写中午还是晚上，按中午 {hour} 算。", "You did not say noon or midnight; I took it as {hour}, around noon."
    ),
    Reading.AFTER_MIDNIGHT: Phrase("这个钟点在零点以后，日期是 {date}。", "That is after midnight, so the date is {date}."),
    Reading.EARLY_OF_DAY: Phrase(
        "按 {date}凌晨算，也就是前一天夜里零点以后。", "I took it as early on {date}, in the night before that day."
    ),
    Reading.SMALL_HOURS: Phrase(
        "现在已过零点，按今天的日期往后数，是 {date}。", "It is past midnight, so I counted from today's date: {date}."
    ),
    Reading.TOMORROW: Phrase("今天这个钟点已经过了，按明天算。", "That hour has passed today; I took tomorrow."),
    Reading.THIS_DAY: Phrase(
        "您说的就是今天这一天，按今天算。", "That day is today, and the hour is still to come; I took today."
    ),
    Reading.NEXT_WEEK: Phrase("这周的这个时间已经过了，按下周算。", "That time has passed this week; I took next week."),
    Reading.CALENDAR_WEEK: Phrase(
        "一周从周一算起，下周就是 {date}那一周。", "Weeks begin on Monday; next week is the one with {date}."
    ),
    Reading.NEXT_MONTH: Phrase(
        "这个月的已经过了，按下个月算，是 {date}。", "That day has passed this month; I took next month: {date}."
    ),
    Reading.NEXT_YEAR: Phrase(
        "今年的已经过了，按明年算，是 {date}。", "That date has passed this year; I took next year: {date}."
    ),
    Reading.MONTH_FIRST: Phrase("日期按先月后日算。", "I took the date as month, then day."),
    Reading.FIRST_OF_TWO: Phrase(
        "那天要拨慢时钟，{hour} 会出现两次，按第一次算。", "Clocks go back that day and show {hour} twice; I took the first."
    ),
    Reading.SECOND_OF_TWO: Phrase(
        "那天要拨慢时钟，{hour} 会出现两次，第一次已经过了，按第二次算。",
        "Clocks go back that day and show {hour} twice; the first has passed, I took the second.",
    ),
}
"""What `When.readings` holds."""

_ZH_WEEKDAYS = "一二三四五六日"
_EN_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EN_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def understood(when: When, language: str) -> list[str]:
    """One sentence for each choice that was made in reading a moment; empty when there was none."""
    at, place = when.moment, when.moment.weekday()
    if language == "en":
        date = f"{_EN_WEEKDAYS[place]} {at.day} {_EN_MONTHS[at.month - 1]}"
    else:
        date = f"{at.month}月{at.day}日（周{_ZH_WEEKDAYS[place]}）"
    return [READINGS[reading].to(language, hour=f"{at:%H:%M}", date=date) for reading in when.readings]
