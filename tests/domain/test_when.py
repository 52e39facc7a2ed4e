"""Moments read from chat, on a Friday afternoon in Shanghai unless a test says otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.lengths import LengthWrong
from bot.domain.when import FURTHEST, Reading, WhenWrong, read_slot, read_when, spoken_when
from bot.errors import Refused

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
FRIDAY = datetime(2026, 11, 27, 15, 10, 20, tzinfo=SHANGHAI)


def _at(text: str, now: datetime = FRIDAY) -> tuple[str, tuple[Reading, ...]]:
    when = read_when(text, now=now, zone=now.tzinfo or UTC)
    return f"{when.moment:%m-%d %H:%M}", when.readings


def _refusal(text: str, now: datetime = FRIDAY) -> str:
    with pytest.raises(Refused) as refused:
        read_slot(text, now=now, zone=now.tzinfo or UTC)
    return refused.value.reason


PLAIN = {
    "明晚8点": "11-28 20:00",
    "今晚八点半": "11-27 20:30",
    "后天下午3点": "11-29 15:00",
    "大后天 20:00": "11-30 20:00",
    "下周三晚上7点": "12-02 19:00",
    "下下周一 20:00": "12-07 20:00",
    "这周日 20:00": "11-29 20:00",
    "星期天晚上8点": "11-29 20:00",
    "礼拜六20点": "11-28 20:00",
    "12月3号晚八点": "12-03 20:00",
    "十二月三号晚上八点半": "12-03 20:30",
    "12-03 19:30": "12-03 19:30",
    "12.3 20:00": "12-03 20:00",
    "2026/12/3 19:30": "12-03 19:30",
    "2026年12月3日 20:00": "12-03 20:00",
    "2026-12-03T19:30": "12-03 19:30",
    "1２月３日２０：００": "12-03 20:00",
    "28号 20:00": "11-28 20:00",
    "下个月31号 20:00": "12-31 20:00",
    "3天后 20:00": "11-30 20:00",
    "两周后 20:00": "12-11 20:00",
    "五天之后下午三点": "12-02 15:00",
    "半小时后": "11-27 15:40",
    "40分钟后": "11-27 15:50",
    "再过一个半小时": "11-27 16:40",
    "明早9点": "11-28 09:00",
    "明天傍晚6点": "11-28 18:00",
    "明晚８點": "11-28 20:00",
    "明晚8点开播吧": "11-28 20:00",
    "tomorrow 8pm": "11-28 20:00",
    "tonight at 8": "11-27 20:00",
    "tomorrow at noon": "11-28 12:00",
    "this sat 8pm": "11-28 20:00",
    "Nov 28, 2026 at 8pm": "11-28 20:00",
    "3rd of December 7:30 p.m.": "12-03 19:30",
    "in 2 hours": "11-27 17:10",
    "in 3 days 8pm": "11-30 20:00",
    "周五（11月27日）19:30": "11-27 19:30",
    "明天周六 20:00": "11-28 20:00",
}


@pytest.mark.parametrize("text", PLAIN)
def test_what_can_be_meant_in_one_way_only_needs_no_explanation(text: str) -> None:
    assert _at(text) == (PLAIN[text], ())


CHOICES = {
    "8点": ("11-27 20:00", Reading.LATER_HALF),
    "8:00": ("11-27 20:00", Reading.LATER_HALF),
    "明天两点半": ("11-28 14:30", Reading.LATER_HALF),
    "8 o'clock": ("11-27 20:00", Reading.LATER_HALF),
    "明天10:30": ("11-28 10:30", Reading.FORENOON),
    "明天12点": ("11-28 12:00", Reading.NOON),
    "08:00": ("11-28 08:00", Reading.TOMORROW),
    "凌晨1点": ("11-28 01:00", Reading.TOMORROW),
    "中午12点": ("11-28 12:00", Reading.TOMORROW),
    "晚上12点": ("11-28 00:00", Reading.AFTER_MIDNIGHT),
    "今晚1点": ("11-28 01:00", Reading.AFTER_MIDNIGHT),
    "今晚零点": ("11-28 00:00", Reading.AFTER_MIDNIGHT),
    "明天24:00": ("11-29 00:00", Reading.AFTER_MIDNIGHT),
    "tomorrow midnight": ("11-29 00:00", Reading.AFTER_MIDNIGHT),
    "明天凌晨1点": ("11-28 01:00", Reading.EARLY_OF_DAY),
    "周六0点": ("11-28 00:00", Reading.EARLY_OF_DAY),
    "周五 19:30": ("11-27 19:30", Reading.THIS_DAY),
    "fri 19:30": ("11-27 19:30", Reading.THIS_DAY),
    "周五下午2点": ("12-04 14:00", Reading.NEXT_WEEK),
    "next fri 8pm": ("12-04 20:00", Reading.CALENDAR_WEEK),
    "3号晚8点": ("12-03 20:00", Reading.NEXT_MONTH),
    "1月3号 20:00": ("01-03 20:00", Reading.NEXT_YEAR),
    "12/3 8pm": ("12-03 20:00", Reading.MONTH_FIRST),
}


@pytest.mark.parametrize("text", CHOICES)
def test_where_there_is_a_choice_the_result_says_which_was_made(text: str) -> None:
    moment, reading = CHOICES[text]
    assert _at(text) == (moment, (reading,))


def test_the_week_begins_on_monday_and_a_sunday_is_told_so() -> None:
    sunday = datetime(2026, 11, 29, 21, tzinfo=SHANGHAI)
    assert _at("下周三 20:00", sunday) == ("12-02 20:00", (Reading.CALENDAR_WEEK,))
    assert _refusal("这周日 20:00", sunday) == WhenWrong.IN_PAST


def test_who_is_still_awake_after_midnight_is_told_how_the_days_were_counted() -> None:
    night = datetime(2026, 11, 27, 0, 30, tzinfo=SHANGHAI)
    assert _at("明晚8点", night) == ("11-28 20:00", (Reading.SMALL_HOURS,))
    assert _at("今晚8点", night) == ("11-27 20:00", ())
    assert _at("今晚1点", night) == ("11-27 01:00", (Reading.AFTER_MIDNIGHT,))
    assert _at("今晚12点", night) == ("11-28 00:00", (Reading.AFTER_MIDNIGHT,))
    assert _at("凌晨1点", night) == ("11-27 01:00", ())


REFUSED = {
    WhenWrong.NOT_UNDERSTOOD: [
        "",
        "hello",
        "8",
        "20:60",
        "25:00",
        "上午20点",
        "周末 20:00",
        "今晚8点 20:00",
        "明天后天 8点",
        "十十点",
    ],
    WhenWrong.NO_HOUR: ["明天", "明天晚上", "周五", "12-03", "明天中午", "3天后"],
    WhenWrong.IN_PAST: ["昨天 20:00", "11月25日 20:00", "今天 08:00", "上周五 20:00", "0分钟后", "2020-01-01 20:00"],
    WhenWrong.NO_SUCH_DATE: ["2月31日 20:00", "31号 20:00", "2027-02-29 20:00", "13月1日 20:00", "2月31日", "0月1日 20:00"],
    WhenWrong.DAY_DISAGREES: ["周四（11月27日）19:30", "明天周五 20:00"],
    WhenWrong.TOO_FAR: ["2027年12月3日 20:00", "9999年12月31日 24:00", "9999天后 20:00", "9999小时后"],
}


@pytest.mark.parametrize(("reason", "text"), [(reason, text) for reason, texts in REFUSED.items() for text in texts])
def test_a_text_that_gives_no_moment_is_refused_for_its_own_reason(reason: WhenWrong, text: str) -> None:
    assert _refusal(text) == reason


def test_the_29th_of_february_waits_for_its_year() -> None:
    now = datetime(2027, 11, 1, 12, tzinfo=SHANGHAI)
    assert _at("2月29日 20:00", now) == ("02-29 20:00", (Reading.NEXT_YEAR,))
    assert read_when("2月29日 20:00", now=now, zone=SHANGHAI).moment.year == 2028


def test_an_hour_that_clocks_skip_is_refused_unless_another_day_can_be_meant() -> None:
    before = datetime(2027, 3, 27, 12, tzinfo=BERLIN)
    assert _refusal("明天 02:30", before) == WhenWrong.SKIPPED
    assert _at("02:30", datetime(2027, 3, 28, 12, tzinfo=BERLIN)) == ("03-29 02:30", (Reading.TOMORROW,))


def test_an_hour_that_clocks_show_twice_is_the_first_that_is_still_ahead() -> None:
    first = read_when("10月31日 02:30", now=datetime(2027, 10, 30, 12, tzinfo=BERLIN), zone=BERLIN)
    assert (first.moment.astimezone(UTC).hour, first.readings) == (0, (Reading.FIRST_OF_TWO,))
    between = datetime(2027, 10, 31, 0, 45, tzinfo=UTC)
    second = read_when("10月31日 02:30", now=between, zone=BERLIN)
    assert (second.moment.astimezone(UTC).hour, second.readings) == (1, (Reading.SECOND_OF_TWO,))


def test_a_span_is_real_time_though_clocks_are_put_forward_meanwhile() -> None:
    when = read_when("2小时后", now=datetime(2027, 3, 28, 1, tzinfo=BERLIN), zone=BERLIN)
    assert f"{when.moment:%H:%M}" == "04:00"


def test_now_may_come_from_another_zone() -> None:
    when = read_when("今晚8点", now=datetime(2026, 11, 26, 17, tzinfo=UTC), zone=SHANGHAI)
    assert when.moment == datetime(2026, 11, 27, 20, tzinfo=SHANGHAI)


SLOTS = {
    "今晚 19:30-23:00": ("11-27 19:30", 3.5),
    "今晚8点到11点": ("11-27 20:00", 3),
    "今晚8到10点": ("11-27 20:00", 2),
    "8-11pm": ("11-27 20:00", 3),
    "晚上8点到12点": ("11-27 20:00", 4),
    "晚上8点到凌晨1点": ("11-27 20:00", 5),
    "今晚8点到明天凌晨1点": ("11-27 20:00", 5),
    "20:00到次日凌晨2点": ("11-27 20:00", 6),
    "20:00-8:00": ("11-27 20:00", 12),
    "9:00-11:00": ("11-27 21:00", 2),
    "明天上午9点到12点": ("11-28 09:00", 3),
    "明天 10:00～2:00": ("11-28 10:00", 4),
    "周五晚8点-10点半": ("11-27 20:00", 2.5),
    "明晚8点播3小时": ("11-28 20:00", 3),
    "tomorrow 8pm for 90 min": ("11-28 20:00", 1.5),
}


@pytest.mark.parametrize("text", SLOTS)
def test_a_range_or_a_length_after_the_start_says_how_long(text: str) -> None:
    slot = read_slot(text, now=FRIDAY, zone=SHANGHAI)
    assert slot.length is not None
    assert (f"{slot.start.moment:%m-%d %H:%M}", slot.length / timedelta(hours=1)) == SLOTS[text]


def test_a_range_counts_the_hour_that_clocks_go_back() -> None:
    slot = read_slot("今晚 23:00-04:00", now=datetime(2027, 10, 30, 12, tzinfo=BERLIN), zone=BERLIN)
    assert slot.length == timedelta(hours=6)


def test_a_range_that_no_session_lasts_is_refused() -> None:
    assert _refusal("20:00-20:05") == LengthWrong.TOO_SHORT
    assert _refusal("今晚8点到后天晚上9点") == WhenWrong.NOT_UNDERSTOOD
    with pytest.raises(Refused, match=WhenWrong.NOT_UNDERSTOOD):
        read_when("今晚 19:30-23:00", now=FRIDAY, zone=SHANGHAI)


def test_moments_are_said_as_people_say_them() -> None:
    def said(day: int, hour: int, language: str, month: int = 11, year: int = 2026) -> str:
        return spoken_when(datetime(year, month, day, hour, 30, tzinfo=SHANGHAI), now=FRIDAY, zone=SHANGHAI, language=language)

    assert [said(day, 20, "zh") for day in (26, 27, 28)] == ["昨晚 20:30", "今晚 20:30", "明晚 20:30"]
    assert [said(day, 9, "zh") for day in (26, 27, 28)] == ["昨天 09:30", "今天 09:30", "明天 09:30"]
    assert [said(day, 20, "en") for day in (26, 27, 28)] == ["last night 20:30", "tonight 20:30", "tomorrow 20:30"]
    assert (said(4, 19, "zh", 12), said(4, 19, "en", 12)) == ("周五（12月4日）19:30", "Fri 4 Dec, 19:30")
    assert (said(3, 19, "zh", 1, 2027), said(3, 19, "en", 1, 2027)) == ("周日（2027年1月3日）19:30", "Sun 3 Jan 2027, 19:30")


PIECES = [
    *PLAIN,
    *CHOICES,
    *SLOTS,
    *(text for texts in REFUSED.values() for text in texts),
    "-",
    "到",
    "9999",
    "十",
    "点",
    "半",
    "月",
    "后",
]
SECONDS = st.integers(int(FRIDAY.timestamp()), int(FRIDAY.timestamp()) + 6 * 366 * 86_400)
NOWS = st.builds(datetime.fromtimestamp, SECONDS, st.sampled_from([UTC, SHANGHAI, BERLIN]))
TEXTS = st.one_of(
    st.text(),
    st.lists(st.sampled_from([*PIECES, " "]), max_size=5).map("".join),
    st.text("今明后周下月号日点半分到-: 0123456789一二十晚早凌晨ampm"),
)


@settings(max_examples=400)
@given(text=TEXTS, now=NOWS)
def test_whatever_is_written_gives_a_moment_ahead_or_a_reason(text: str, now: datetime) -> None:
    try:
        slot = read_slot(text, now=now, zone=now.tzinfo or UTC)
    except Refused as refused:
        assert refused.reason in {*WhenWrong, *LengthWrong}
        return
    ahead = slot.start.moment.astimezone(UTC) - now.astimezone(UTC)
    assert timedelta(0) < ahead <= FURTHEST
    assert slot.start.moment.utcoffset() == slot.start.moment.astimezone(UTC).astimezone(now.tzinfo).utcoffset()


@settings(max_examples=300)
@given(now=NOWS, minutes=st.integers(1, 60 * 24 * 366), language=st.sampled_from(["zh", "en"]))
def test_what_is_said_is_understood_again(now: datetime, minutes: int, language: str) -> None:
    zone = now.tzinfo or UTC
    moment = (now.astimezone(UTC).replace(second=0, microsecond=0) + timedelta(minutes=minutes)).astimezone(zone)
    if moment.fold or moment.replace(fold=1).utcoffset() != moment.utcoffset():
        return
    if not timedelta(0) < moment.astimezone(UTC) - now.astimezone(UTC) <= FURTHEST:
        return
    text = spoken_when(moment, now=now, zone=zone, language=language)
    assert read_when(text, now=now, zone=zone).moment.astimezone(UTC) == moment.astimezone(UTC), text
