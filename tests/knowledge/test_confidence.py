"""When to answer and when to decline."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.confidence import ANSWER_FROM, OFF_TOPIC_BELOW, WEIGHTS, Level, judge
from knowledge.find import Finder
from knowledge.library import Library
from tests.knowledge import kit

HERE = {"handbook"}
STRONG = {"log_score": -0.3, "pairs": 1.0, "unknown": 0.0, "same": 1.0, "length": 0.5, "taught": 0.0}
WEAK = {"log_score": -3.0, "pairs": 0.0, "unknown": 1.0, "same": 1.0, "length": 0.1, "taught": 0.0}


def test_strong_evidence_answers_and_weak_declines() -> None:
    assert judge(STRONG).level is Level.ANSWER
    assert judge(WEAK).level is Level.OFF_TOPIC
    assert judge(STRONG).probability > ANSWER_FROM > OFF_TOPIC_BELOW > judge(WEAK).probability


def test_no_evidence_is_off_topic() -> None:
    assert judge({}).level is Level.OFF_TOPIC and judge({}, complete=False).level is Level.OFF_TOPIC


def test_while_vectors_are_missing_only_shared_words_count_and_nothing_is_called_off_topic() -> None:
    assert judge({**WEAK, "pairs": 0.9}, complete=False).level is Level.ANSWER
    assert judge({**STRONG, "pairs": 0.1}, complete=False).level is Level.NOT_FOUND


@given(st.fixed_dictionaries({name: st.floats(-4, 1) for name in WEIGHTS}))
def test_the_level_follows_the_probability(evidence: dict[str, float]) -> None:
    found = judge(evidence)
    assert 0 <= found.probability <= 1
    assert (found.level is Level.ANSWER) == (found.probability >= ANSWER_FROM)
    assert (found.level is Level.OFF_TOPIC) == (found.probability < OFF_TOPIC_BELOW)


@given(st.fixed_dictionaries({name: st.floats(-4, 0.5) for name in WEIGHTS}), st.sampled_from(["log_score", "pairs"]))
def test_a_better_match_never_lowers_the_probability(evidence: dict[str, float], name: str) -> None:
    assert judge({**evidence, name: evidence[name] + 0.3}).probability >= judge(evidence).probability


@pytest.mark.parametrize("question", ["停留太短怎么办", "支付率低怎么救", "断流了怎么办", "七天无理由怎么处理", "平均在线怎么算"])
def test_what_the_handbook_covers_is_answered(handbook: Library, question: str) -> None:
    assert Finder(handbook, kit.dictionary()).find(question, scope=HERE).confidence.level is Level.ANSWER


@pytest.mark.parametrize(
    "question", ["红烧肉怎么做好吃", "量子纠缠是什么原理", "北京到上海的高铁几点", "qwerty asdf zxcv", "？？？", ""]
)
def test_what_it_does_not_cover_is_declined(handbook: Library, question: str) -> None:
    assert Finder(handbook, kit.dictionary()).find(question, scope=HERE).confidence.level is not Level.ANSWER


def test_evidence_is_named(handbook: Library) -> None:
    assert set(Finder(handbook).find("停留太短怎么办", scope=HERE).confidence.evidence) == set(WEIGHTS)
