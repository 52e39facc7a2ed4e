"""Numbers in words meet numbers in digits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.figures import digits


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("半个钟头", "30分钟"), ("半小时", "30分钟"), ("百分之二十", "20%"), ("三成", "30%"), ("三千八", "3800"),
        ("两百五", "250"),
        ("十五天", "15天"), ("三个工作日", "3个工作日"), ("一百二十秒", "120秒"), ("两小时", "2小时"), ("三万五", "35000"),
        ("十", "10"), ("二十", "20"), ("一千零五十", "1050"),
    ],
)  # fmt: skip
def test_a_number_in_words_becomes_digits(said: str, written: str) -> None:
    assert digits(said) == written


@pytest.mark.parametrize("text", ["第三条", "第十二章", "一起", "星期三", "成立", "十分", "一样", "周二"])
def test_ordinals_and_words_with_a_numeral_in_them_stay(text: str) -> None:
    assert digits(text) in (text, text.replace("十", "10"))


@given(st.text(st.sampled_from("零一二两三四五六七八九十百千万亿成半个百分之小时钟头第条天秒 a1%"), max_size=40))
def test_any_run_of_numerals_is_read_without_error_and_twice_the_same(text: str) -> None:
    assert digits(text) == digits(text)


@given(st.text(st.characters(), max_size=100).filter(lambda text: not set(text) & set("一二两三四五六七八九十百千万零半钟")))
def test_text_without_numerals_is_untouched(text: str) -> None:
    assert digits(text) == text
