"""Lengths and sums of money as people type them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.lengths import LONGEST, SHORTEST, LengthWrong, read_length
from bot.domain.money import MOST_MONEY, MoneyWrong, read_money
from bot.domain.numerals import number, plain
from bot.errors import Refused

LENGTHS = {
    "3小时": 180,
    "2个半小时": 150,
    "两个小时": 120,
    "1小时半": 90,
    "1.5小时": 90,
    "３小时": 180,
    "90分钟": 90,
    "三十分钟": 30,
    "半小时": 30,
    "半个小时": 30,
    "一刻钟": 15,
    "3小时零五分": 185,
    "十个钟头": 600,
    "3h": 180,
    "1h30": 90,
    "2 hours and 15 minutes": 135,
    "half an hour": 30,
    "24小时": 1440,
}
SUMS = {
    "8万": 80_000,
    "80000": 80_000,
    "3.5w": 35_000,
    "八万五": 85_000,
    "8万5": 85_000,
    "8万500": 80_500,
    "八万零五": 80_005,
    "八万五千": 85_000,
    "5千": 5_000,
    "5千5": 5_500,
    "三千五": 3_500,
    "十万": 100_000,
    "一百二十万": 1_200_000,
    "两万": 20_000,
    "一亿五": 150_000_000,
    "10亿": MOST_MONEY,
    "１０万": 100_000,
    "8萬5": 85_000,
    "¥80,000元": 80_000,
    "80k": 80_000,
    "1.2 million": 1_200_000,
    "3.00": 3,
}


@pytest.mark.parametrize("text", LENGTHS)
def test_a_length_is_read(text: str) -> None:
    assert read_length(text) == timedelta(minutes=LENGTHS[text])


@pytest.mark.parametrize("text", SUMS)
def test_a_sum_is_read_in_whole_yuan(text: str) -> None:
    assert read_money(text) == SUMS[text]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", LengthWrong.NOT_UNDERSTOOD),
        ("3", LengthWrong.NOT_UNDERSTOOD),
        ("十十小时", LengthWrong.NOT_UNDERSTOOD),
        ("1.5半小时", LengthWrong.NOT_UNDERSTOOD),
        ("3小时后", LengthWrong.NOT_UNDERSTOOD),
        ("5分钟", LengthWrong.TOO_SHORT),
        ("25小时", LengthWrong.TOO_LONG),
    ],
)
def test_a_length_that_no_session_has_is_refused(text: str, reason: LengthWrong) -> None:
    with pytest.raises(Refused) as refused:
        read_length(text)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", MoneyWrong.NOT_UNDERSTOOD),
        ("元", MoneyWrong.NOT_UNDERSTOOD),
        ("万", MoneyWrong.NOT_UNDERSTOOD),
        ("-5", MoneyWrong.NOT_UNDERSTOOD),
        ("12,34", MoneyWrong.NOT_UNDERSTOOD),
        ("80.000", MoneyWrong.NOT_UNDERSTOOD),
        ("8万-10万", MoneyWrong.NOT_UNDERSTOOD),
        ("5千5千", MoneyWrong.NOT_UNDERSTOOD),
        ("88.5", MoneyWrong.NOT_WHOLE),
        ("3.33333w", MoneyWrong.NOT_WHOLE),
        ("0", MoneyWrong.TOO_SMALL),
        ("11亿", MoneyWrong.TOO_LARGE),
    ],
)
def test_a_sum_that_cannot_be_a_target_is_refused(text: str, reason: MoneyWrong) -> None:
    with pytest.raises(Refused) as refused:
        read_money(text)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("text", "value"),
    [("十", 10), ("二十三", 23), ("一百二", 120), ("一百零二", 102), ("二〇二六", 2026), ("百", None), ("五十零", None)],
)
def test_chinese_numbers_have_their_spoken_value(text: str, value: int | None) -> None:
    assert number(text) == value


_SIGNS = st.text("0123456789.,零一二两三五九十百千万亿半个小时分钟刻hmwk元 ")


@given(st.one_of(st.text(), _SIGNS))
def test_whatever_is_written_gives_a_length_or_a_reason(text: str) -> None:
    try:
        assert SHORTEST <= read_length(text) <= LONGEST
    except Refused as refused:
        assert refused.reason in set(LengthWrong)


@given(st.one_of(st.text(), _SIGNS))
def test_whatever_is_written_gives_a_sum_or_a_reason(text: str) -> None:
    try:
        assert 1 <= read_money(text) <= MOST_MONEY
    except Refused as refused:
        assert refused.reason in set(MoneyWrong)


@given(st.integers(1, MOST_MONEY))
def test_a_sum_in_digits_is_itself(value: int) -> None:
    assert read_money(f"{value}") == read_money(f"{value:,}") == read_money(f"￥{value}元") == value


@given(st.text())
def test_a_text_made_plain_stays_as_it_is(text: str) -> None:
    assert plain(plain(text)) == plain(text)
