"""What people are told about the moments, lengths and sums that they type."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.channels.people_words import worded
from bot.channels.when_words import READINGS, WRONG, understood
from bot.domain.lengths import LengthWrong, read_length
from bot.domain.money import MOST_MONEY, MoneyWrong, read_money
from bot.domain.when import Reading, When, WhenWrong, read_when
from bot.errors import Refused

SHANGHAI = ZoneInfo("Asia/Shanghai")
FRIDAY = datetime(2026, 11, 27, 15, 10, tzinfo=SHANGHAI)


def test_every_reason_and_every_reading_has_its_sentence() -> None:
    assert set(WRONG) == {*WhenWrong, *LengthWrong, *MoneyWrong}
    assert set(READINGS) == set(Reading)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("text", ["", "明天", "昨天 20:00", "2月31日", "周四（11月27日）19:30", "9999天后 20:00"])
def test_a_moment_that_was_not_taken_is_worded_in_full(text: str, language: str) -> None:
    with pytest.raises(Refused) as refused:
        read_when(text, now=FRIDAY, zone=SHANGHAI)
    sentence = worded(refused.value, language)
    assert sentence != refused.value.reason and "{" not in sentence and "()" not in sentence and "（）" not in sentence


def test_refusals_name_the_moment_and_the_limits() -> None:
    with pytest.raises(Refused) as past:
        read_when("昨天 20:00", now=FRIDAY, zone=SHANGHAI)
    assert worded(past.value, "zh") == "这个时间已经过了（2026-11-26 20:00）。请写一个还没到的时间。"
    with pytest.raises(Refused) as short:
        read_length("5分钟")
    assert worded(short.value, "en") == "That is too short; a session lasts at least 10 minutes."
    with pytest.raises(Refused) as large:
        read_money("11亿")
    assert MOST_MONEY == 10 * 10**8
    assert "10 亿元" in worded(large.value, "zh") and "1 billion" in worded(large.value, "en")


def test_a_choice_is_explained_and_no_choice_is_not() -> None:
    assert understood(read_when("明天8点", now=FRIDAY, zone=SHANGHAI), "zh") == ["没写上午还是晚上，按 20:00 算。"]
    assert understood(read_when("今晚1点", now=FRIDAY, zone=SHANGHAI), "en") == [
        "That is after midnight, so the date is Sat 28 Nov."
    ]
    assert understood(read_when("明晚8点", now=FRIDAY, zone=SHANGHAI), "zh") == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_reading_is_worded_without_gaps(language: str) -> None:
    sentences = understood(When(FRIDAY, tuple(Reading)), language)
    assert len(sentences) == len(Reading) and not any("{" in sentence for sentence in sentences)
