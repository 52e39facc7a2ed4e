"""The sentences that answer: whole, word for word, steps and tables together."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.extract import BUDGET, LEAST_LEFT, pick
from knowledge.lexical import characters, comparable, words
from knowledge.split import sentences
from knowledge.types import Kind, Passage, Span


def passage(
    text: str, *, key: str = "a", score: float = 0.9, spans: tuple[Span, ...] = (), breaks: tuple[int, ...] | None = None
) -> Passage:
    if breaks is not None:
        return replace(passage(text, key=key, score=score, spans=spans), page=3, breaks=breaks)
    return Passage(key, "handbook", "a.md", "a", Kind.HANDBOOK, "h", (), key, None, text, "zh", score, spans=spans)


def weights(question: str) -> dict[str, float]:
    folded = comparable(question)
    return {term: 1.0 for term in (*words(folded), *characters(folded))}


def picked(text: str, question: str) -> str:
    return "\n".join(text[a:b] for a, b in pick([passage(text)], weights(question))[0].picked)


FILLER = "".join(f"这一段只是说明第{n}点背景，与所问的事无关。" for n in range(60))


def test_a_short_section_is_given_whole() -> None:
    assert picked("第一句。\n\n第二句。", "第二") == "第一句。\n\n第二句。"


def test_a_section_is_given_whole_where_less_than_two_lines_would_be_left_out() -> None:
    text = f"退货的运费由买家承担。\n\n{FILLER}"
    assert picked(text[: BUDGET + LEAST_LEFT], "退货运费谁承担") == text[: BUDGET + LEAST_LEFT]
    assert len(picked(text[: BUDGET + LEAST_LEFT + 1], "退货运费谁承担")) <= BUDGET


@pytest.mark.parametrize(
    ("opening", "more"),
    [
        ("下面的数都是默认值，来自从业者文章；跑满七天就换成自己的。", "再往下是参照。"),
        ("不能。普通商品一律不讲治疗功能，停讲下架。", "再往下是依据。"),
        ("先看自己的，再看同行的，最后才看书上的。", "再往下是来历。"),
    ],
)
def test_an_opening_that_says_too_little_brings_on_the_next_sentence(opening: str, more: str) -> None:
    found = picked(f"{opening}{more}\n\n{FILLER}\n\n退货的运费由买家承担。\n\n{FILLER}", "退货运费谁承担")
    assert found.startswith(f"{opening}\n")


@pytest.mark.parametrize("line", ["先记：", "不能。", "下面的数都是默认值，来自从业者文章；"])
def test_an_opening_that_is_a_line_too_short_or_unfinished_is_left_out(line: str) -> None:
    found = picked(f"{line}\n\n{FILLER}\n\n退货的运费由买家承担。\n\n{FILLER}", "退货运费谁承担")
    assert "运费由买家" in found and line not in found


def test_the_sentence_that_answers_is_found_in_a_long_section() -> None:
    assert "运费由买家承担" in picked(f"{FILLER}\n\n退货的运费由买家承担。\n\n{FILLER}", "退货运费谁承担")


def test_the_page_is_the_one_on_which_the_answer_stands_in_a_short_section_and_in_a_long_one() -> None:
    for filler in ("先看在线人数。", FILLER):
        text = f"{filler}\n\n退货的运费由买家承担。\n\n发票开给付款的人。"
        pages = (text.index("退货"), text.index("发票"))
        found = {q: pick([passage(text, breaks=pages)], weights(q))[0].page for q in ("退货运费谁承担", "发票开给谁", "天气")}
        assert found == {"退货运费谁承担": 4, "发票开给谁": 5, "天气": 3}


def test_a_further_citation_names_its_page_too() -> None:
    other = passage("先看在线人数。\n\n发票开给付款的人。", key="b", score=0.1, breaks=(9,))
    assert [p.page for p in pick([passage("发票的事。"), other], weights("发票开给谁"))] == [None, 4]


def test_the_budget_holds_for_a_long_section() -> None:
    assert len(picked(f"{FILLER}\n\n退货的运费由买家承担。\n\n{FILLER}", "退货运费谁承担")) <= BUDGET * 1.5


def test_steps_stay_steps_and_in_order() -> None:
    steps = "\n".join(f"{n}. 第{n}步：核对直播间设备编号{n}。" for n in range(1, 8))
    found = picked(f"{FILLER}\n\n开播前核对设备：\n\n{steps}\n\n{FILLER}", "开播前核对设备")
    assert steps in found


def test_a_row_in_the_middle_of_a_table_keeps_its_header() -> None:
    head = "| 岗位 | 负责 |\n|---|---|"
    rows = "\n".join(f"| 岗位{n} | 负责的事情很多，编号{n}，写在这里占一些地方，好让表格超出上限 |" for n in range(30))
    found = picked(f"{head}\n{rows}\n| 投手 | 管预算和出价 |\n{rows}", "投手管什么")
    assert head in found and "| 投手 | 管预算和出价 |" in found
    assert found.index(head) < found.index("投手")


def test_a_formula_line_is_kept() -> None:
    formula = "停留时长 = 总观看时长 ÷ 场观"
    assert formula in picked(f"{FILLER}\n\n{formula}\n\n{FILLER}", "停留时长怎么算")


def test_a_run_does_not_end_on_a_line_that_only_announces() -> None:
    found = picked(f"退货的运费由买家承担。\n\n**下一步**：\n\n```\n{FILLER}\n```", "退货运费谁承担")
    assert not found.rstrip().endswith("：")


def test_a_run_does_not_end_on_the_head_of_a_table() -> None:
    found = picked(f"退货的运费由买家承担。\n\n| 地区 | 运费 |\n|---|---|\n| 西北 | {FILLER} |", "退货运费谁承担")
    assert found == "退货的运费由买家承担。"


def test_a_further_passage_speaks_only_when_it_adds_something() -> None:
    first, same = passage("退货的运费由买家承担。"), passage("退货的运费由买家承担。", key="b", score=0.89)
    more = passage("退货要在七天内提出。", key="c", score=0.88)
    found = pick([first, same, more], weights("退货运费谁承担，几天内提出"))
    assert found[0].picked and not found[1].picked and found[2].picked


def test_what_scores_as_high_as_the_first_opens_its_mouth_unless_it_repeats_it() -> None:
    first = passage("退货的运费由买家承担，寄回后两天内退款。")
    copy = passage("退货的运费，由买家承担；寄回后，两天内退款。", key="b", score=0.895)
    other = passage("运费险另外算钱，每单七毛，由商家出。下面是怎么开通。", key="c", score=0.895)
    found = pick([first, copy, other], weights("退货的运费由买家承担"))
    assert not found[1].picked and [other.text[a:b] for a, b in found[2].picked] == ["运费险另外算钱，每单七毛，由商家出。"]


@pytest.mark.parametrize("score", [0.87, 0.95])
def test_only_a_tie_speaks_without_adding_to_the_question(score: float) -> None:
    other = passage("运费险另外算钱，每单七毛，由商家出。", key="b", score=score)
    assert not pick([passage("退货的运费由买家承担。"), other], weights("退货的运费由买家承担"))[1].picked


@pytest.mark.parametrize("room", [-1, 0])
def test_further_passages_get_what_the_first_left_of_a_screen(room: int) -> None:
    more = "退货要在七天内提出。"
    text = f"退货的运费由买家承担。{FILLER}"[: BUDGET + LEAST_LEFT - len(more) - room]
    found = pick([passage(text), passage(more, key="b")], weights("退货运费谁承担，几天内提出"))
    assert found[0].picked == ((0, len(text)),) and bool(found[1].picked) == (room == 0)


def test_a_passage_that_scores_far_lower_stays_silent() -> None:
    found = pick([passage("退货的运费由买家承担。"), passage("七天内提出退货。", key="b", score=0.3)], weights("退货七天"))
    assert not found[1].picked


def test_meaning_leads_to_a_sentence_that_shares_no_word() -> None:
    text = f"{FILLER}\n\n买家自己出这笔钱。\n\n{FILLER}"
    at = text.index("买家自己")
    with_spans = passage(text, spans=(Span(at, at + 9, 0.8), Span(0, 200, 0.1)))
    assert "买家自己出这笔钱。" in "".join(text[a:b] for a, b in pick([with_spans], weights("运费谁付"))[0].picked)


def test_no_passages_give_no_answer() -> None:
    assert pick([], {}) == ()


BLOCKS = st.lists(
    st.one_of(
        st.text(st.characters(), max_size=120),
        st.sampled_from(
            [
                "| a | b |\n|---|---|\n| 1 | 2 |",
                "1. 一\n2. 二",
                "- 甲\n- 乙",
                "```\ncode\n```",
                "停留低，先换开场。" * 20,
                "# x",
                "    y",
            ]
        ),
    ),
    max_size=8,
)


@given(BLOCKS, st.text(st.characters(), max_size=40), st.lists(st.floats(-1, 1), max_size=3))
def test_whatever_the_text_what_is_picked_lies_in_it_in_order_and_in_whole_sentences(
    blocks: list[str], question: str, scores: list[float]
) -> None:
    text = "\n\n".join(blocks)
    spans = tuple(Span(n * 40, n * 40 + 40, score) for n, score in enumerate(scores))
    (found,) = pick([passage(text, spans=spans)], weights(question))
    assert found == pick([replace(found, picked=())], weights(question))[0]
    last = 0
    starts, stops = {a for a, _ in sentences(text)}, {b for _, b in sentences(text)}
    for start, stop in found.picked:
        assert last <= start < stop <= len(text)
        assert start in starts and stop in stops
        last = stop
