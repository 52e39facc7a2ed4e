"""What `copilot check` says about the metrics, and that the built-in ones agree with each other and with their chapter."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from bot.content.metrics import Metrics, read_metrics
from bot.content.yamlfile import YamlFile, read_yaml
from bot.domain.expressions import Series, evaluate
from bot.domain.metrics import Aggregation, Metric

HANDBOOK = Path(__file__).parents[2] / "handbook"
IDS = (
    "online_now", "online_peak", "online_avg", "watch_uv", "watch_pv", "enter_5m", "impression_uv", "enter_rate", "avg_watch_sec",
    "watch_60s_rate", "public_share", "paid_share", "comment_cnt", "comment_rate", "like_cnt", "share_cnt", "interact_rate",
    "new_follow", "follow_rate", "fans_club_join", "fans_watch_share", "item_exp_uv", "item_clk_uv", "item_ctr", "cart_add_uv",
    "create_order_cnt", "pay_order_cnt", "pay_uv", "pay_rate", "clk_pay_rate", "watch_pay_rate", "gmv", "goal_progress", "aov",
    "gpm", "uv_value", "gmv_5m", "refund_rate", "new_buyer_share", "ad_cost", "ad_roi", "ad_follow_cost",
)  # fmt: skip
DERIVED = {
    "online_peak", "online_avg", "enter_5m", "enter_rate", "follow_rate", "item_ctr", "pay_rate", "clk_pay_rate",
    "watch_pay_rate", "goal_progress", "aov", "gpm", "uv_value", "gmv_5m",
}  # fmt: skip
CONTESTED = {"gmv", "gpm", "interact_rate", "aov", "follow_rate"}
NUMBER = re.compile(r"\d+(?:\.\d+)?%?")

SMALL = """\
metrics:
  - id: orders
    name: 订单数
    english: orders
    also: [单数]
    group: 商品
    unit: 单
    aggregation: counter
    good: up
    cadence: 1min
    definition: 一共多少单。
    where: 大屏抄录
    section: "19.1"
    low_section: "12.1"
    example: {result: 100, shown: 100 单}
    source: 本项目自定
    mark: C
  - id: per_order
    name: 单均
    english: per order
    group: 成交
    unit: 元/单
    aggregation: ratio
    good: up
    cadence: derived
    definition: 每单多少钱。
    formula: income / orders
    where: 推算
    section: "19.2"
    low_section: "12.2"
    example: {given: {income: 1234, orders: 100}, result: 12.34, shown: 1234 ÷ 100 = 12.34 元}
    source: 本项目自定
    mark: C
inputs:
  - {id: income, name: 收入, unit: 元, definition: 收了多少钱。}
"""


def _file(text: str) -> YamlFile:
    file = read_yaml("metrics.yaml", text)
    assert isinstance(file, YamlFile)
    return file


def _said(text: str) -> list[str]:
    return [str(problem) for problem in read_metrics(_file(text))[1]]


def _built_in() -> Metrics:
    metrics, problems = read_metrics(_file((HANDBOOK / "metrics.yaml").read_text("utf-8")))
    assert problems == []
    return metrics


def _sections() -> dict[str, str]:
    text = (HANDBOOK / "chapters" / "19-metrics.md").read_text("utf-8")
    return {match[1]: match[0] for match in re.finditer(r"^## (19\.\d+) .*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)}


def test_rows_become_metrics_and_inputs() -> None:
    metrics, problems = read_metrics(_file(SMALL))
    assert problems == []
    assert [(metric.id, metric.aggregation) for metric in metrics.metrics] == [
        ("orders", Aggregation.COUNTER),
        ("per_order", Aggregation.RATIO),
    ]
    assert metrics.units == {"orders": "单", "per_order": "元/单", "income": "元"}
    assert {id: formula.text for id, formula in metrics.formulas.items()} == {"per_order": "income / orders"}
    assert metrics.metrics[0].also == ("单数",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "name: 订单数",
            "nick: 订单数",
            ["metrics.yaml:2：name：缺这一项", "metrics.yaml:3：nick：没有这一项，是不是写错了名字"],
        ),
        ("id: orders", "id: ago", ["metrics.yaml:2：id：ago 在公式里另有意思，换一个标识"]),
        ("id: orders", "id: per_order", ["metrics.yaml:18：标识 per_order 已经用过，一个指标或输入只写一行"]),
        ("also: [单数]", "also: [单均]", ["metrics.yaml:19：叫法「单均」已经是 orders 的，一个叫法只指一个指标"]),
        ("name: 收入", "name: 单均", ["metrics.yaml:35：叫法「单均」已经是 per_order 的，一个叫法只指一个指标"]),
        ("cadence: 1min", "cadence: 常常", ["metrics.yaml:10：cadence：写法不对，要符合 "]),
        ("cadence: 1min", "cadence: derived", ["metrics.yaml:10：有公式的刷新写 derived，没有公式的写多久来一次"]),
        ('section: "19.1"', "section: 第一节", ["metrics.yaml:13：section：写法不对，要符合 "]),
        ("unit: 单", "unit: 斤", ["metrics.yaml:7：unit：不认识单位「斤」，能用的有 "]),
        ("unit: 元/单", "unit: 元", ["metrics.yaml:27：公式算出来的单位是 元/单，写的单位却是 元"]),
        ("income / orders", "income / order", ["metrics.yaml:27：公式第 10 个字符：没有 order 这个指标或输入"]),
        ("income / orders", "income /", ["metrics.yaml:27：公式第 9 个字符：这里要写数字、指标名或括号"]),
        ("income / orders", "income + orders", ["metrics.yaml:27：公式第 8 个字符：不能拿 元 和 单 加减"]),
        ("income / orders", "income > 0", ["metrics.yaml:27：公式算出来的单位是 是否，写的单位却是 元/单"]),
        ("income / orders", "per_order + income / orders", ["metrics.yaml:27：公式绕了一圈又用到 per_order 自己"]),
        ("result: 12.34", "result: 12.35", ["metrics.yaml:31：例子写的是 12.35，按公式算出来是 12.34"]),
        ("result: 12.34", "result: .nan", ["metrics.yaml:31：example．result：写法不对"]),
        ("orders: 100}, result", "orders: 0}, result", ["metrics.yaml:31：例子写的是 12.34，按公式算不出来"]),
        ("income: 1234, orders", "orders", ["metrics.yaml:31：例子要正好给出 income、orders"]),
        ("income: 1234,", "'income@later': 1234,", ["metrics.yaml:31：例子第 13 个字符：这里要写一段时长"]),
        ("income: 1234,", "income + orders: 1234,", ["metrics.yaml:31：例子第 1 个字符：「income + orders」要写成指标名"]),
        ("orders: 100}, result", "orders: 100}, by: income, result", ["metrics.yaml:31：有公式的指标按公式算例子，不写 by"]),
        ("{result: 100", "{given: {boxes: 10}, result: 100", ["metrics.yaml:15：例子给了数，就用 by 写出怎么从它们算出来"]),
        (
            "{result: 100",
            "{given: {boxes: 10}, by: boxes * 9, result: 100",
            ["metrics.yaml:15：例子写的是 100，按公式算出来是 90"],
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(old: str, new: str, said: list[str]) -> None:
    assert SMALL.count(old) == 1
    found = _said(SMALL.replace(old, new))
    assert len(found) == len(said)
    assert all(problem.startswith(start) for problem, start in zip(sorted(found), sorted(said), strict=True)), found


def test_formulas_that_need_each_other_are_refused() -> None:
    circle = SMALL.replace("income / orders", "other_price").replace(
        "cadence: 1min", "cadence: derived\n    formula: per_order * 1单"
    )
    circle = circle.replace("other_price", "orders * 1元 / 1单 / 1单")
    assert [problem.split("：")[1] for problem in _said(circle) if "绕了一圈" in problem] == [
        "公式绕了一圈又用到 orders 自己",
        "公式绕了一圈又用到 per_order 自己",
    ]


@pytest.mark.parametrize("text", ["- id: orders\n", "metrics: []\n", "inputs: []\n", "42\n"])
def test_a_file_of_another_shape_is_refused(text: str) -> None:
    metrics, problems = read_metrics(_file(text))
    assert metrics == Metrics()
    assert problems


def test_a_broken_row_is_left_out_and_the_others_are_read() -> None:
    metrics, problems = read_metrics(_file(SMALL.replace("mark: C\n  - id", "mark: X\n  - id")))
    assert [metric.id for metric in metrics.metrics] == ["per_order"]
    assert [str(problem) for problem in problems] == ["metrics.yaml:17：mark：只能写 'P', 'C' or 'P+C'"]


def test_the_42_metrics_stand_in_their_order() -> None:
    assert tuple(metric.id for metric in _built_in().metrics) == IDS
    assert len(IDS) == 42


def test_exactly_what_others_give_is_derived() -> None:
    assert set(_built_in().formulas) == DERIVED


def test_where_public_definitions_conflict_the_choice_is_told() -> None:
    assert {metric.id for metric in _built_in().metrics if metric.choice} == CONTESTED


def _worked() -> list[tuple[Metric, str]]:
    sections = _sections()
    return [(metric, sections[metric.section]) for metric in _built_in().metrics]


def test_each_metric_is_the_one_that_its_section_explains() -> None:
    for metric, section in _worked():
        assert section.splitlines()[0] == f"## {metric.section} {metric.name} {metric.id}"
        assert metric.low_section in section


def test_the_chapter_tells_the_same_worked_numbers() -> None:
    for metric, section in _worked():
        told = set(NUMBER.findall(section))
        assert set(NUMBER.findall(metric.example.shown)) <= told, metric.id


def test_a_worked_number_ends_in_its_result() -> None:
    for metric in _built_in().metrics:
        example = metric.example
        shown = NUMBER.findall(example.shown.replace("−", "-"))
        values = {float(text.removesuffix("%")) / (100 if text.endswith("%") else 1) for text in shown}
        assert any(abs(value - abs(example.result)) < 1e-9 for value in values), metric.id


def test_all_worked_numbers_belong_to_one_session() -> None:
    metrics = _built_in()
    results = {metric.id: metric.example.result for metric in metrics.metrics}
    for metric in metrics.metrics:
        for id, value in metric.example.given.items():
            assert results.get(id, value) == value, f"{metric.id}: {id}"


def test_the_session_as_a_whole_gives_the_worked_numbers() -> None:
    metrics = _built_in()
    samples: dict[str, list[tuple[float, float]]] = {}
    for metric in metrics.metrics:
        samples |= {id: [(0.0, value)] for id, value in metric.example.given.items()}
        samples[metric.id] = [(0.0, metric.example.result)]
    ratios = [metric for metric in metrics.metrics if metric.formula and not metric.formula.windows]
    assert len(ratios) == 10
    for metric in ratios:
        assert metric.formula is not None
        assert evaluate(metric.formula, Series(samples, now=0.0)) == pytest.approx(metric.example.result, abs=0.0051), metric.id


def test_the_file_says_what_a_row_holds() -> None:
    text = (HANDBOOK / "metrics.yaml").read_text("utf-8")
    head = text.split("\nmetrics:")[0]
    assert all(name in head for row in yaml.safe_load(text)["metrics"] for name in row)
