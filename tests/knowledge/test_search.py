"""Fusion on an absolute scale: what each side and each bonus is worth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.catalog import ChunkRow, SectionRow
from knowledge.glossary import Glossary, Term
from knowledge.lexical import characters, comparable, language, pack, words
from knowledge.question import understand
from knowledge.search import Shelf, lexical, merge, rank
from knowledge.types import Kind


def section(key: str, text: str, *, path: str = "", meta: dict[str, str] | None = None) -> SectionRow:
    folded = comparable(text)
    chunk = ChunkRow(0, len(text), f"v-{key}", "")
    return SectionRow(
        key, path or f"{key}.md", key, Kind.HANDBOOK, meta or {}, key, key, (), None, text, language(text),
        pack(words(folded)), pack(characters(folded)), (chunk,),
    )  # fmt: skip


def shelf(*sections: SectionRow, glossary: Glossary | None = None, pending: int = 0) -> Shelf:
    return Shelf.build("handbook", sections, pending, glossary)


ROWS = (
    section("watch", "停留低于三十秒先换开场话术"),
    section("return", "退货运费由买家承担"),
    section("invoice", "发票开给付款的人"),
)


def order(near: Sequence[tuple[str, float]] | None, question: str, *rows: SectionRow) -> list[str]:
    here = shelf(*(rows or ROWS))
    ranking = rank(here, understand(question), near)
    return [here.sections[row].key for row in ranking.best(10)]


def test_words_alone_rank_while_there_are_no_vectors() -> None:
    assert order(None, "停留低怎么办")[0] == "watch"


def test_meaning_decides_where_no_word_is_shared() -> None:
    assert order([("v-return", 0.7), ("v-watch", 0.1), ("v-invoice", 0.1)], "不想要了")[0] == "return"


def test_both_sides_count() -> None:
    near = [("v-invoice", 0.45), ("v-watch", 0.4), ("v-return", 0.1)]
    assert order(near, "停留低怎么办")[0] == "watch"


def test_a_section_that_is_not_among_the_nearest_gets_the_last_ones_cosine() -> None:
    here = shelf(*ROWS)
    ranking = rank(here, understand("停留"), [("v-watch", 0.6), ("v-return", 0.2)])
    assert ranking.dense.tolist() == pytest.approx([0.6, 0.2, 0.2])


def test_scores_stay_between_nothing_and_one() -> None:
    here = shelf(*ROWS)
    ranking = rank(here, understand("停留低于三十秒先换开场话术"), [("v-watch", 1.0), ("v-return", -1.0)])
    assert float(ranking.score.min()) >= 0 and float(ranking.score.max()) <= 1


def test_an_empty_shelf_ranks_nothing() -> None:
    here = shelf()
    assert rank(here, understand("停留"), []).best(5) == [] and merge([rank(here, understand("停留"), None)], 5) == []


def test_a_question_without_a_known_word_gets_no_lexical_score() -> None:
    assert not lexical(shelf(*ROWS), understand("xyzzy")).any()


def test_the_glossary_finds_what_is_called_otherwise() -> None:
    glossary = Glossary((Term("停留", also=("待多久",)),))
    with_it, without = (lexical(shelf(*ROWS, glossary=g), understand("观众待多久")) for g in (glossary, Glossary()))
    assert with_it[0] > without[0] + 0.1 and np.all(with_it >= without)


def test_the_topic_is_at_home_where_several_sections_fit() -> None:
    home = [section(f"a{n}", "停留低先换开场", path="home.md") for n in range(4)]
    away = section("b", "停留低先换开场", path="away.md")
    near = [(f"v-{row.key}", 0.5) for row in (away, *home)]
    assert order(near, "停留低", away, *home)[-1] == "b"


WHY = (
    section("example", "转化掉了，结论：新人多了", path="example.md"),
    section("causes", "转化掉了，先查价格", path="watch.md", meta={"answers": "causes"}),
)
NEAR = [("v-example", 0.66), ("v-causes", 0.55)]


@pytest.mark.parametrize("question", ["为什么转化掉了", "转化掉了怎么回事", "转化怎么突然掉了", "why did 转化 drop"])
def test_a_question_for_a_cause_goes_where_causes_stand_before_an_example(question: str) -> None:
    assert order(NEAR, question, *WHY)[0] == "causes"


@pytest.mark.parametrize("question", ["转化掉了怎么办", "为什么要看转化", "转化掉了多少算多", "怎么提转化"])
def test_any_other_question_goes_where_it_fits_best(question: str) -> None:
    assert order(NEAR, question, *WHY)[0] == "example"


def test_a_section_with_causes_loses_nothing_for_other_questions_and_nothing_is_lost_where_there_is_none() -> None:
    plain, marked = (shelf(section("a", "转化怎么算", meta=m)) for m in ({}, {"answers": "causes"}))
    for question in ("转化怎么算", "为什么转化掉了"):
        found = [rank(one, understand(question), [("v-a", 0.5)]).score.tolist() for one in (plain, marked)]
        assert found[0] == found[1]


def test_passages_of_several_collections_are_merged_by_score() -> None:
    one = Shelf.build("handbook", ROWS, 0)
    two = Shelf.build("merchant-1", [section("m", "停留低于三十秒先换开场话术，再发福袋")], 0)
    question = understand("停留低于三十秒")
    found = merge([rank(one, question, [("v-watch", 0.3)]), rank(two, question, [("v-m", 0.9)])], 2)
    assert [(p.scope, p.key) for p in found] == [("merchant-1", "m"), ("handbook", "watch")]
    assert found[0].spans and found[0].score >= found[1].score


def test_the_same_chunk_in_two_sections_counts_for_both() -> None:
    from dataclasses import replace

    twin = replace(ROWS[0], key="twin", path="twin.md")
    here = shelf(ROWS[0], twin)
    ranking = rank(here, understand("开场"), [("v-watch", 0.8)])
    assert ranking.dense.tolist() == pytest.approx([0.8, 0.8])


@given(
    st.text(st.characters(), max_size=60),
    st.lists(st.tuples(st.sampled_from(["v-watch", "v-return", "gone"]), st.floats(-1, 1)), max_size=5),
)
def test_any_question_with_any_neighbours_ranks_every_section_the_same_way_twice(
    text: str, near: list[tuple[str, float]]
) -> None:
    here = shelf(*ROWS)
    first, second = (rank(here, understand(text), near) for _ in range(2))
    assert first.best(10) == second.best(10) and sorted(first.best(10)) == [0, 1, 2]
    assert np.isfinite(first.score).all()
