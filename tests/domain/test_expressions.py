"""The language of formulas and conditions: what it reads, what it refuses, and what a text means."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.expressions import CONDITION, ExpressionError, parse, same_unit, unit_of
from bot.domain.expressions.nodes import FUNCTIONS, Binary, Name, Number
from bot.domain.expressions.units import BASE, dimension

UNITS = {"online_now": "人", "watch_pv": "次", "gmv": "元", "elapsed": "秒", "drop": "%", "aov": "元/人", "comment_cnt": "条"}

_SIGNS = ("(", ")", ",", "+", "-", "*", "/", "<", "<=", ">", ">=", "==")
_WORDS = ("online_now", "gmv", "drop", "and", "or", "not", "5", "15%", "10min", "3人", "0", *_SIGNS, *FUNCTIONS)
_texts = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(_WORDS), max_size=40).map(" ".join))


def _unit(text: str) -> str:
    return unit_of(parse(text), UNITS)


def _complaint(text: str) -> str:
    with pytest.raises(ExpressionError) as caught:
        unit_of(parse(text), UNITS)
    return str(caught.value)


@given(_texts)
def test_any_text_is_read_or_refused_with_a_place_in_it(text: str) -> None:
    try:
        expression = parse(text)
    except ExpressionError as error:
        assert 1 <= error.column <= len(text) + 1
        assert error.message
    else:
        assert parse(expression.text) == expression


@given(_texts)
def test_whatever_is_read_has_a_unit_or_a_reason_why_not(text: str) -> None:
    try:
        expression = parse(text)
        unit = unit_of(expression, UNITS)
    except ExpressionError:
        return
    assert (unit == CONDITION) is expression.condition


@pytest.mark.parametrize("opening", ["(", "-", "not ", "ago(", "mean("])
@pytest.mark.parametrize("depth", [21, 150, 5000])
def test_nesting_and_length_are_bounded(opening: str, depth: int) -> None:
    with pytest.raises(ExpressionError, match="嵌套超过|公式太长"):
        parse(opening * depth + "gmv")


def test_twenty_brackets_are_read() -> None:
    assert parse("(" * 20 + "gmv" + ")" * 20).root == Name("gmv", 1)


def test_a_long_sum_is_read_and_a_longer_one_refused() -> None:
    assert parse(" + ".join(["gmv"] * 100)).names == {"gmv"}
    with pytest.raises(ExpressionError, match="公式太长"):
        parse(" + ".join(["gmv"] * 101))


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("gmv - gmv - gmv", "(gmv - gmv) - gmv"),
        ("gmv / watch_pv * 1000", "(gmv / watch_pv) * 1000"),
        ("gmv + gmv * 2", "gmv + (gmv * 2)"),
        ("-gmv + gmv", "(-gmv) + gmv"),
        ("gmv > 0 or gmv > 1元 and gmv > 2元", "gmv > 0 or (gmv > 1元 and gmv > 2元)"),
        ("not gmv > 0 and gmv > 1元", "(not (gmv > 0)) and gmv > 1元"),
        ("gmv<=-drop", "gmv <= (-drop)"),
        ("ago(gmv,1h)", "ago( gmv , 60min )"),
    ],
)
def test_operators_bind_as_people_expect(text: str, same: str) -> None:
    assert parse(text).root == parse(same).root


@pytest.mark.parametrize(("text", "value"), [("15%", 0.15), ("29%", 0.29), ("1.5h", 5400.0), ("10 min", 600.0), ("2.5 倍", 2.5)])
def test_literals_are_fractions_seconds_and_plain_numbers(text: str, value: float) -> None:
    root = parse(text).root
    assert isinstance(root, Number)
    assert root.value == value


def test_an_expression_tells_what_it_reads_and_how_far_back() -> None:
    expression = parse("change(online_now, 10min) <= -drop and\n  elapsed > 20min")
    assert expression.text == "change(online_now, 10min) <= -drop and elapsed > 20min"
    assert expression.names == {"online_now", "drop", "elapsed"}
    assert expression.windows == 600
    assert isinstance(expression.root, Binary)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("gmv", 0),
        ("rate(gmv, 5min, 1h)", 3900),
        ("falling(online_now, 5min, 3)", 900),
        ("change(mean(online_now, 5min), 10min)", 900),
        ("ago(gmv, 1min) + ago(gmv, 2min)", 120),
        ("time_mean(online_now)", math.inf),
    ],
)
def test_the_look_back_is_the_longest_over_all_parts(text: str, seconds: float) -> None:
    assert parse(text).windows == seconds


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "第 1 个字符：这里要写数字、指标名或括号，不能是结尾"),
        ("gmv >", "第 6 个字符：这里要写数字、指标名或括号，不能是结尾"),
        ("（gmv）", "第 1 个字符：「（」要写成 ("),
        ("gmv ≥ 5元", "第 5 个字符：「≥」要写成 >="),
        ("gmv = 5元", "第 5 个字符：「=」要写成 =="),
        ("GMV > 0", "第 1 个字符：看不懂「G」，公式里只能用英文符号、数字和小写的指标名"),
        ("1元 < gmv < 3元", "第 10 个字符：一次只能比一回，两次比较请用 and 连起来"),
        ("gmv 5元", "第 5 个字符：多出来「5」，前面少了运算符吗"),
        ("(gmv", "第 5 个字符：括号没有合上，这里要有 )"),
        ("gmv and gmv > 0", "第 1 个字符：and 要连着判断（例如 online_now < 50人），这里却是一个数"),
        ("not gmv", "第 5 个字符：not 要连着判断（例如 online_now < 50人），这里却是一个数"),
        ("(gmv > 0) + 1", "第 6 个字符：+ 要用数，这里却是一个判断（真或假）"),
        ("mean(gmv > 0, 5min)", "第 10 个字符：mean 要用数，这里却是一个判断（真或假）"),
        ("ago(gmv)", "第 8 个字符：写法是 ago(x, 10min)，这里要有 ,"),
        ("ago(gmv, 5)", "第 10 个字符：这里要写一段时长，例如 30s、10min、1h"),
        ("ago(gmv, 0s)", "第 10 个字符：这里要写一段时长，例如 30s、10min、1h"),
        ("ago(gmv, 5人)", "第 10 个字符：这里要写一段时长，例如 30s、10min、1h"),
        ("falling(gmv, 5min, 1)", "第 20 个字符：这里要写连着比几段，2 到 12 的整数"),
        ("falling(gmv, 5min, 2.5)", "第 20 个字符：这里要写连着比几段，2 到 12 的整数"),
        ("ago + 1", "第 1 个字符：ago 是函数，写法是 ago(x, 10min)"),
        ("median(gmv, 5min)", "第 1 个字符：没有 median 这个函数，能用的有 "),
        ("mean(highest(gmv, 5min), 5min)", "第 6 个字符：mean 里面不能再套 highest，请拆开写"),
        ("1234567890123456", "第 1 个字符：数字太长，最多 15 位"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, said: str) -> None:
    assert _complaint(text).startswith(said)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("gmv * 1000 / watch_pv", "元/次"),
        ("gmv / gmv - 1", ""),
        ("gmv * online_now", "元·人"),
        ("1 / online_now", "1/人"),
        ("aov * online_now", "元"),
        ("rate(comment_cnt, 5min)", "条/分钟"),
        ("change(online_now, 10min)", ""),
        ("mean(gmv / watch_pv, 5min)", "元/次"),
        ("0 - gmv", "元"),
        ("online_now < 50人 and elapsed > 20min", CONDITION),
        ("online_now > 0", CONDITION),
        ("drop == 15%", CONDITION),
        ("peak(gmv, 30min)", CONDITION),
    ],
)
def test_the_unit_of_a_formula_follows_from_its_parts(text: str, unit: str) -> None:
    assert _unit(text) == unit


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("elapsed > online_now", "第 9 个字符：不能拿 秒 和 人 比"),
        ("online_now > 5", "第 12 个字符：不能拿 人 和 没有单位的数 比"),
        ("gmv + watch_pv", "第 5 个字符：不能拿 元 和 次 加减"),
        ("rate(comment_cnt, 5min) > 5条", "第 25 个字符：不能拿 条/分钟 和 条 比"),
        ("onlin_now > 0", "第 1 个字符：没有 onlin_now 这个指标或输入"),
    ],
)
def test_units_that_do_not_fit_are_named(text: str, said: str) -> None:
    assert _complaint(text) == said


def test_an_unknown_unit_of_a_name_is_a_mistake_of_the_formula() -> None:
    with pytest.raises(ExpressionError, match="weight：不认识单位「斤」"):
        unit_of(parse("weight"), {"weight": "斤"})


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("元/千次", "元/次", True),
        ("人/5min", "人", True),
        ("元/粉", "元/人", True),
        ("%", "倍", True),
        ("", "%", True),
        ("人", "次", False),
        (CONDITION, "", False),
        (CONDITION, CONDITION, True),
    ],
)
def test_units_are_compared_by_what_they_measure(one: str, other: str, same: bool) -> None:
    assert same_unit(one, other) is same


_bases = st.sampled_from(BASE)
_units = st.tuples(st.lists(_bases, max_size=3), st.lists(_bases, max_size=3)).map(
    lambda sides: ("·".join(sides[0]) or "1") + "".join(f"/{base}" for base in sides[1])
)


@given(_units, _units)
def test_multiplying_and_dividing_units_undo_each_other(one: str, other: str) -> None:
    units = {"x": one, "y": other}
    assert same_unit(unit_of(parse("x * y / y"), units), one)
    assert same_unit(unit_of(parse("x * y"), units), unit_of(parse("y * x"), units))
    assert same_unit(unit_of(parse("x / y"), units), unit_of(parse("1 / (y / x)"), units))


@given(_units)
def test_the_unit_that_is_said_is_read_as_itself(unit: str) -> None:
    assert dimension(unit_of(parse("x"), {"x": unit})) == dimension(unit)


@given(_units, _units)
def test_only_what_measures_the_same_can_be_added_and_compared(one: str, other: str) -> None:
    units = {"x": one, "y": other}
    for text in ("x + y", "x < y"):
        try:
            unit_of(parse(text), units)
        except ExpressionError:
            assert not same_unit(one, other)
        else:
            assert same_unit(one, other)
