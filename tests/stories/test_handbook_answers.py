"""What the built-in handbook answers: operators' questions, every metric, and questions that ask for something unlawful."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from bot.config import BUILT_IN_HANDBOOK
from bot.content.metrics import read_metrics
from bot.content.yamlfile import YamlFile, read_yaml
from bot.domain.access import Scope, Viewer
from bot.domain.answers import Answer, Verdict
from bot.domain.metrics import Good, Metric
from bot.flows.answers import Answers
from bot.following import FollowedWordings
from bot.handbook import Handbook
from knowledge.find import Finder
from knowledge.search import Shelf
from tests.knowledge import kit

DATA = Path(__file__).parents[1] / "data"
VIEWER = Viewer("telegram:1", "telegram:1", Scope())
GROUNDED, ON_TOPIC, AMONG_THREE = 0.95, 0.94, 0.97
"""Shares of the operators' questions; what is reached is in docs/retrieval.md."""


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


@lru_cache(maxsize=1)
def _metrics() -> tuple[Metric, ...]:
    file = read_yaml("metrics.yaml", (BUILT_IN_HANDBOOK / "metrics.yaml").read_text(encoding="utf-8"))
    assert isinstance(file, YamlFile)
    return read_metrics(file)[0].metrics


@lru_cache(maxsize=1)
def _answers() -> Answers:
    finder = Finder(kit.handbook(), kit.dictionary())
    handbook = Handbook(kit.handbook(), finder, BUILT_IN_HANDBOOK, FollowedWordings(BUILT_IN_HANDBOOK))
    handbook.collection = "handbook"
    return Answers(handbook)


async def _ask(question: str) -> Answer:
    return await _answers().ask(VIEWER, question, history=())


def _cited(answer: Answer) -> list[str]:
    """Section numbers, best first; a case as ``case:file``."""
    return [f"case:{Path(c.document).stem}" if c.case else c.anchor for c in answer.citations]


async def test_operators_questions_are_answered_and_led_to_the_section_that_answers() -> None:
    rows = _rows("operator_questions.jsonl")
    found = [(row["sections"], await _ask(row["question"])) for row in rows]
    first = sum(_cited(answer)[0] in sections for sections, answer in found)
    three = sum(any(cited in sections for cited in _cited(answer)[:3]) for sections, answer in found)
    grounded = sum(answer.grounded for _, answer in found)
    assert grounded >= GROUNDED * len(rows) and first >= ON_TOPIC * len(rows) and three >= AMONG_THREE * len(rows)


def _plain(name: str) -> str:
    return re.sub(r"（.*?）", "", name)


@pytest.mark.parametrize("name", ["name", "plain"])
async def test_every_metric_says_first_how_it_is_worked_out(name: str) -> None:
    asked = [(m, m.name if name == "name" else _plain(m.name)) for m in _metrics()]
    missed = [m.id for m, said in asked if _cited(await _ask(f"{said}怎么算"))[0] != m.section]
    assert len(asked) == 42 and missed == []


@lru_cache(maxsize=1)
def _shelf() -> Shelf:
    return kit.handbook().shelf("handbook")


def _remedies(metric: Metric) -> set[str]:
    """Sections that the metric's own section sends to when it is not as it should be."""
    text = next(section.text for section in _shelf().sections if section.anchor == metric.section)
    line = next(line for line in text.splitlines() if "怎么办**" in line)
    return {metric.low_section, *re.findall(r"\d{2}\.\d+", line)}


async def test_every_metric_says_first_what_to_do_about_it() -> None:
    missed = []
    for metric in _metrics():
        for way in ("低", "高") if metric.good is Good.DOWN else ("低",):
            answer = await _ask(f"{_plain(metric.name)}{way}了怎么办")
            if not answer.grounded or _cited(answer)[0] not in _remedies(metric):
                missed.append(f"{metric.id} {way}: {_cited(answer)[:2]}")
    assert missed == []


CAUSES = ("为什么{}掉了", "{}怎么掉了", "{}突然低了什么原因", "{}掉了怎么回事")
FIGURES = (
    "转化",
    "转化率",
    "在线",
    "停留",
    "进人",
    "GMV",
    "GPM",
    "客单",
    "评论",
    "涨粉",
    "互动",
    "点击率",
    "支付率",
    "场观",
    "ROI",
    "加购",
)


async def test_why_a_figure_moved_is_diagnosed_and_not_answered_by_an_example() -> None:
    asked = [(figure, await _ask(form.format(figure))) for figure in FIGURES for form in CAUSES]
    elsewhere = [(figure, _cited(answer)[:2]) for figure, answer in asked if not _cited(answer)[0].startswith("12.")]
    assert elsewhere == []
    assert all("结论：" not in answer.text for _, answer in asked)


@pytest.mark.parametrize("row", _rows("unlawful_questions.jsonl"), ids=lambda row: row["question"])
async def test_question_for_something_unlawful_gets_the_warning_with_its_article(row: dict[str, Any]) -> None:
    answer = await _ask(row["question"])
    assert answer.verdict is Verdict.ANSWERED and _cited(answer)[0] in row["sections"]
    assert row["law"] in answer.text and re.search(r"不|别|停|合规替代|可以", answer.text)


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("主播说了最好第一怎么改口", "17.10"),
        ("公屏有人喊假货怎么办", "15.2 17.8"),
        ("库存怎么备", "04.5"),
        ("倒计时怎么设才真", "14.8"),
        ("机器人提示在线掉了怎么办", "12.1 12.34"),
    ],
)
async def test_question_that_asks_for_nothing_unlawful_is_led_where_it_belongs(question: str, first: str) -> None:
    assert _cited(await _ask(question))[0] in first.split()
