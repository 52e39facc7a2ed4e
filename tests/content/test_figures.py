"""What `copilot check` says when a number stands in two places and differs; both places are named."""

from __future__ import annotations

import pytest

from bot.content.checklists import read_items
from bot.content.figures import SectionText, check_bounds, check_examples, check_limits, section_texts
from bot.content.pages import Number, read_page
from bot.content.yamlfile import YamlFile, read_yaml
from bot.domain.metrics import Example
from bot.domain.nudges import Limit
from tests.paper_reference import metric, rule

UNITS = {"online_now": "人", "avg_watch_sec": "秒", "gmv_5m": "元/5min", "ad_roi": "倍"}


def _page(body: str) -> dict[Number, SectionText]:
    return section_texts([read_page("chapters/12-a.md", f"# 12 盯盘\n## 12.1 甲\n{body}\n## 12.2 乙\n99% 在别的节。\n")])


def _file(path: str, text: str) -> YamlFile:
    file = read_yaml(path, text)
    assert isinstance(file, YamlFile)
    return file


def _limit(written: str, of: str, value: float, body: str, *, ratio: bool = False) -> list[str]:
    file = _file("rules/a.yaml", f"- id: N01\n  limits:\n    low: {{of: {of}, default: {written}}}\n")
    one = rule("N01", "甲", "online_now < low", limits={"low": Limit(of, None, None, value, "来源", ratio)}, section="12.1")
    return [str(problem) for problem in check_limits([file], [one], UNITS, _page(body))]


@pytest.mark.parametrize(
    ("written", "of", "value", "ratio", "body"),
    [
        ("15%", "online_now", 0.15, True, "少了 15% 以上"),
        ("15%", "online_now", 0.15, True, "少了 15 % 以上"),
        ("20s", "avg_watch_sec", 20, False, "停留低于 20 秒"),
        ("900s", "avg_watch_sec", 900, False, "撑了 15 分钟"),
        ("1.2倍", "ad_roi", 1.2, False, "到 120%"),
        ("50000元", "gmv_5m", 50000, False, "做到 5 万元"),
        ("200人", "online_now", 200, False, "有 200 个人"),
    ],
)
def test_same_number_may_be_written_in_several_ways(written: str, of: str, value: float, ratio: bool, body: str) -> None:
    assert _limit(written, of, value, body, ratio=ratio) == []


@pytest.mark.parametrize("body", ["少了 10% 以上", "少了 15 秒", "没有数"])
def test_limit_that_its_section_does_not_give_is_named_with_both_places(body: str) -> None:
    assert _limit("15%", "online_now", 0.15, body, ratio=True) == [
        "rules/a.yaml:3：N01 的 low 写 15%，chapters/12-a.md:2 的 12.1 节里没有这个数：两处改成一样"
    ]


def test_number_of_another_section_does_not_count() -> None:
    assert _limit("99%", "online_now", 0.99, "甲", ratio=True)


def test_worked_number_that_the_section_does_not_give_is_named() -> None:
    file = _file("metrics.yaml", "metrics:\n  - id: pay_rate\n    example:\n      shown: 136 ÷ 160 = 85%\n")
    one = metric("pay_rate", "支付率", example=Example({}, 0.85, "136 ÷ 160 = 85%"), section="12.1")

    def found(body: str) -> list[str]:
        return [str(problem) for problem in check_examples(file, [one], _page(body))]

    assert found("付了 136 单，提交 160 单，85%。") == []
    assert found("付了 136 单，提交 160 单，80%。") == [
        "metrics.yaml:4：pay_rate 的例子写 85%，chapters/12-a.md:2 的 12.1 节里没有这个数：两处改成一样"
    ]


def test_bound_of_an_item_that_the_section_does_not_give_is_named() -> None:
    file = _file(
        "checklists/before.yaml",
        '- id: B01\n  text: 甲\n  role: 中控\n  why: 乙\n  section: "12.1"\n  evidence: number\n'
        "  number: 上行带宽（Mbps），不低于 5\n  blocking: false\n  due: {daily: T-1h}\n",
    )
    items, problems = read_items([file])
    assert problems == []

    def found(body: str) -> list[str]:
        return [str(problem) for problem in check_bounds([file], items, _page(body))]

    assert found("上行至少 5 Mbps") == []
    assert found("上行至少 8 Mbps") == [
        "checklists/before.yaml:7：B01 的界线写 5，chapters/12-a.md:2 的 12.1 节里没有这个数：两处改成一样"
    ]
