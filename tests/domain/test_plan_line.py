"""A whole session in one line, and the merchant that it names."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.checklists import Variant
from bot.domain.plan_line import named_in, read_plan
from bot.errors import Refused

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 26, 12, 0, tzinfo=ZONE)
TOMORROW = datetime(2026, 11, 27, 20, 0, tzinfo=ZONE)
THREE = timedelta(hours=3)


@pytest.mark.parametrize(
    "line,expected",
    [
        ("明晚8点", (TOMORROW, None, None, None)),
        ("明晚8点 3小时 8万", (TOMORROW, THREE, 80_000, None)),
        ("8万 明晚八点 3 小时 主播：小雨", (TOMORROW, THREE, 80_000, "小雨")),
        ("3小时 明晚8点 八万五", (TOMORROW, THREE, 85_000, None)),
        ("明晚8点播3小时 目标 8.5w 主播小雨", (TOMORROW, THREE, 85_000, "小雨")),
        ("明天 20:00-23:00 80000", (TOMORROW, THREE, 80_000, None)),
        ("2026-11-27 20:00 3h ¥80,000", (TOMORROW, THREE, 80_000, None)),
        ("tomorrow 8pm 3h 80k host Amy", (TOMORROW, THREE, 80_000, "Amy")),
        ("明晚8点 和上次一样", (TOMORROW, None, None, None)),
        ("照上次 明晚8点 3小时", (TOMORROW, THREE, None, None)),
        ("tomorrow 8pm same as last time", (TOMORROW, None, None, None)),
    ],
)
def test_everything_is_read_in_any_order(line: str, expected: tuple[object, ...]):
    read = read_plan(line, now=NOW, zone=ZONE)
    assert (read.start.moment, read.length, read.goal, read.host) == expected
    assert read.variant is None


def test_the_kind_of_session_may_be_said_too():
    read = read_plan("大场 明晚8点 3小时 50万", now=NOW, zone=ZONE)
    assert (read.variant, read.goal, read.length) == (Variant.CAMPAIGN, 500_000, THREE)
    assert read_plan("明晚8点 主播大场", now=NOW, zone=ZONE).variant is None


@pytest.mark.parametrize(
    "line,reason",
    [
        ("", "when_not_understood"),
        ("和上次一样", "when_no_hour"),
        ("8万", "when_not_understood"),
        ("2月31日 20:00 3小时", "when_no_such_date"),
        ("昨晚8点 8万", "when_in_past"),
        ("明晚8点 目标 很多", "money_not_understood"),
        ("明晚8点 30小时", "length_too_long"),
        ("x" * 10_000, "when_not_understood"),
        ("9" * 10_000 + "万", "money_not_understood"),
    ],
)
def test_what_cannot_be_read_says_why(line: str, reason: str):
    with pytest.raises(Refused) as caught:
        read_plan(line, now=NOW, zone=ZONE)
    assert caught.value.reason == reason


def test_a_time_that_clocks_skip_is_refused_and_one_shown_twice_is_said():
    zone = ZoneInfo("America/New_York")
    now = datetime(2026, 3, 7, 12, 0, tzinfo=zone)
    with pytest.raises(Refused, match="when_skipped"):
        read_plan("2026-03-08 02:30", now=now, zone=zone)
    twice = read_plan("2026-11-01 01:30", now=now, zone=zone)
    assert [str(one) for one in twice.start.readings] == ["first_of_two"]


@pytest.mark.parametrize(
    "line,found",
    [
        ("好物严选 明晚8点", ("好物严选", "明晚8点")),
        ("好物严选旗舰 明晚8点", ("好物严选旗舰", "明晚8点")),
        ("明晚8点 好物严选 8万", ("好物严选", "明晚8点   8万")),
        ("ＡＣＭＥ 明晚8点", ("Acme", "明晚8点")),
        ("明晚8点", None),
        ("", None),
    ],
)
def test_the_merchant_is_the_longest_name_in_the_line(line: str, found: tuple[str, str] | None):
    assert named_in(line, ["好物", "好物严选", "好物严选旗舰", "Acme"]) == found


@pytest.mark.parametrize(
    "line,found",
    [
        ("好物严选 明晚8点", ("好物严选 🛒", "明晚8点")),
        ("好物严选🛒 明晚8点", ("好物严选 🛒", "明晚8点")),
        ("好物严选 🛒 明晚8点", ("好物严选 🛒", "明晚8点")),
        ("好物 明晚8点", ("好物", "明晚8点")),
        ("花店 明晚8点", None),
        ("花店🌷 明晚8点", ("花店🌷", "明晚8点")),
    ],
)
def test_emoji_in_a_name_need_not_be_typed_unless_they_tell_two_apart(line: str, found: tuple[str, str] | None):
    assert named_in(line, ["好物", "好物严选 🛒", "花店🌷", "花店🌹", "🔥"]) == found
