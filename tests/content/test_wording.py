"""What `copilot check` says about the list of words, and how its entries are found in a text."""

from __future__ import annotations

import pytest

from bot.config import BUILT_IN_HANDBOOK
from bot.content.wording import read_wording
from bot.content.yamlfile import YamlFile, read_yaml
from bot.domain.wording import Level, Wording, WordKind, find

ROW = """- id: W01
  level: block
  kind: absolute
  patterns: [最佳]
  reason: 法条点名
  instead: 检测报告的等级
  article: 《广告法》第九条
  section: "14.2"
"""


def _file(text: str) -> YamlFile:
    file = read_yaml("wording.yaml", text)
    assert isinstance(file, YamlFile)
    return file


def _wording(*patterns: str, unless: tuple[str, ...] = ()) -> Wording:
    return Wording("W01", Level.BLOCK, WordKind.SCARCITY, patterns, unless, "理由", "换成", "依据", "14.2")


def test_built_in_list_is_in_order_and_has_every_kind_and_level() -> None:
    wordings, problems = read_wording(_file((BUILT_IN_HANDBOOK / "wording.yaml").read_text("utf-8")))
    assert problems == []
    assert {one.kind for one in wordings} == set(WordKind) and {one.level for one in wordings} == set(Level)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ROW.replace("block", "forbid"), "wording.yaml:2：level：只能写"),
        (ROW.replace("absolute", "other"), "wording.yaml:3：kind：只能写"),
        (ROW.replace("[最佳]", "[]"), "wording.yaml:4：patterns：至少要有 1 个"),
        (ROW.replace("最佳", '"{n}个"'), "wording.yaml:4：W01：「{n}个」太宽"),
        (ROW.replace("最佳", "最佳…"), "wording.yaml:4：W01：「最佳…」太宽"),
        (ROW.replace("  reason: 法条点名\n", ""), "wording.yaml:1：reason：缺这一项"),
        (ROW + ROW.replace("最佳", "最强"), "wording.yaml:9：W01：「W01」已经在 wording.yaml:1 写过"),
        (ROW + ROW.replace("W01", "W02"), "wording.yaml:12：W02：「最佳」已经在 wording.yaml:4 写过"),
        (ROW.replace("最佳", "最佳, 最佳"), "wording.yaml:4：W01：「最佳」已经在"),
        (ROW.replace('"14.2"', "一四"), "wording.yaml:8：section：写法不对"),
    ],
)
def test_each_mistake_is_named_with_its_line(text: str, said: str) -> None:
    assert any(str(problem).startswith(said) for problem in read_wording(_file(text))[1])


@pytest.mark.parametrize(
    ("pattern", "text", "word"),
    [
        ("仅剩{n}件", "现在仅剩 3 件了", "仅剩 3 件"),
        ("仅剩{n}件", "仅剩三十件", "仅剩三十件"),
        ("TOP1", "我们是 top 1", "top 1"),
        ("倒计时…不恢复", "倒计时走完，价格不恢复", "倒计时走完，价格不恢复"),
        ("倒计时…别恢复", "倒计时走完了先别恢复", "倒计时走完了先别恢复"),
        ("差评…删", "差评一条没删", ""),
        ("刷单", "刷。单", ""),
    ],
)
def test_patterns_know_numbers_gaps_and_spaces(pattern: str, text: str, word: str) -> None:
    assert [one.word for one in find([_wording(pattern)], text)] == ([word] if word else [])


def test_longer_words_that_mean_something_else_are_no_hits() -> None:
    wording = _wording("绝对", unless=("绝对化", "绝对值"))
    assert [one.start for one in find([wording], "绝对化用语、绝对值、绝对好")] == [10]


@pytest.mark.timeout(20)
def test_long_lines_cost_no_time() -> None:
    assert find([_wording("倒计时…恢复", "扣…才上")], "倒计时扣" * 50_000) == []
