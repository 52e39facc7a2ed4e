"""Cases stand behind the handbook's own sections, unless the question names them or nothing else answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge.cases import BEHIND, rows_of_cases, short_title, standing
from knowledge.catalog import SectionRow
from knowledge.find import apart
from knowledge.question import understand
from knowledge.search import Shelf, as_passage, merge, nearest_cases, rank
from knowledge.types import Kind
from tests.knowledge.test_search import section

TRADE = ("断流马上切备用热点", "断流先停投放", "停留低先换开场")


def case(key: str, text: str, title: str, path: str = "") -> SectionRow:
    row = section(key, f"{title} {text}", path=path or f"cases/{title}.md")
    return replace(row, kind=Kind.CASE, title=title)


HANDBOOK = tuple(section(f"h{n}", text) for n, text in enumerate(TRADE))
HOUGE = (case("a1", "在码头开播", "侯哥海鲜：断流十一分钟"), case("a2", "备用热点没试过", "侯哥海鲜：断流十一分钟"))
OUTAGE = (case("b1", "下雨天", "断流复盘：暴雨场"),)
SHELF = Shelf.build("handbook", (*HANDBOOK, *HOUGE, *OUTAGE), 0)


def test_each_case_knows_its_rows() -> None:
    assert [(c.start, c.stop, c.title) for c in rows_of_cases(SHELF.sections)] == [(3, 5, "侯哥海鲜"), (5, 6, "断流复盘")]
    assert rows_of_cases(HANDBOOK) == ()


@pytest.mark.parametrize(
    ("question", "behind"),
    [
        ("断流了怎么办", [True, True]),
        ("侯哥那场怎么了", [False, True]),
        ("侯哥海鲜断流怎么处理", [False, True]),
        ("断流复盘里怎么说", [True, False]),
        ("海鲜怎么卖", [True, True]),
    ],
)
def test_only_a_case_that_the_question_names_stands_on_its_score(question: str, behind: list[bool]) -> None:
    factors = standing(SHELF.cases, SHELF.characters, understand(question))
    assert list(factors[:3]) == [1, 1, 1]
    assert [bool(factors[row] < 1) for row in (3, 5)] == behind and factors[4] == factors[3]


def test_the_rule_goes_before_a_case_that_scores_somewhat_better() -> None:
    ranking = rank(SHELF, understand("断流怎么办"), [("v-a2", 1.0), ("v-h0", 0.8), ("v-h1", 0.6), ("v-b1", 0.1)])
    assert ranking.score[4] > ranking.score[0] > BEHIND * ranking.score[4]
    assert [SHELF.sections[row].key for row in ranking.best(2)] == ["h0", "h1"]
    assert [p.key for p in merge([ranking], 2)] == ["h0", "h1"]


def test_a_case_that_alone_answers_comes_first_with_its_whole_score() -> None:
    ranking = rank(SHELF, understand("下雨天怎么播"), [("v-b1", 0.9), ("v-h0", 0.1)])
    (first, *_) = merge([ranking], 3)
    assert first.key == "b1" and first.score == round(float(ranking.score[5]), 4)


def test_nearest_cases_open_at_their_beginning_and_carry_their_best_score() -> None:
    ranking = rank(SHELF, understand("断流怎么办"), [("v-a2", 0.9), ("v-b1", 0.2), ("v-h0", 0.1)])
    cases = nearest_cases([ranking], 5)
    assert [c.key for c in cases] == ["a1", "b1"] and cases[0].score == round(float(ranking.score[4]), 4)
    assert nearest_cases([ranking], 1) == cases[:1] and nearest_cases([], 5) == ()


def test_cases_leave_the_passages_where_the_handbook_comes_first() -> None:
    rule, story = as_passage("handbook", HANDBOOK[0]), as_passage("handbook", HOUGE[0])
    assert apart([rule, story]) == [rule] and apart([story, rule]) == [story, rule] and apart([]) == []


@pytest.mark.parametrize(
    ("title", "short"),
    [("侯哥家纺：老客固守", "侯哥家纺"), ("a: b: c", "a"), ("没有冒号", "没有冒号"), ("：开头", "：开头"), ("", "")],
)
def test_a_short_title_ends_at_the_colon(title: str, short: str) -> None:
    assert short_title(title) == short
