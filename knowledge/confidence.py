"""When to answer, when to say "the handbook does not say", when the question is not about the work.

A logistic model over a handful of observations, fitted by `tests/benchmarks/calibrate.py` on development questions (see
docs/retrieval.md for the data, the curve and the operating point). No single number separates: the best cosine of a question
without an answer lies above the median of those with one, and so does BM25.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import exp

from knowledge.lexical import characters, fold, words
from knowledge.question import Question
from knowledge.search import Ranking
from knowledge.types import Passage

NEIGHBOURS = 10
"""Sections that the best one is compared with: it should stand out from what merely shares the topic."""


class Level(StrEnum):
    """What the evidence allows."""

    ANSWER = "answer"
    NOT_FOUND = "not_found"
    OFF_TOPIC = "off_topic"


@dataclass(frozen=True, slots=True)
class Confidence:
    """`probability` (0..1) that the first passage answers the question; `evidence` names what it rests on."""

    level: Level
    probability: float
    evidence: dict[str, float] = field(default_factory=dict)


def term_weights(question: Question, rankings: Sequence[Ranking]) -> dict[str, float]:
    """Rarity of each content term of the question, in the collection where it is most common."""
    weights: dict[str, float] = {}
    for ranking in rankings:
        for index, terms in ((ranking.shelf.words, question.words), (ranking.shelf.characters, question.characters)):
            for term in terms:
                weights[term] = min(weights.get(term, float("inf")), index.rarity(term))
    return weights


def coverage(terms: Sequence[str], weights: dict[str, float], passages: Sequence[Passage]) -> float:
    """Share of the terms, by rarity, that stand in one of the passages or in the headings above them, 0..1."""
    total = sum(weights.get(term, 0.0) for term in terms)
    if not total:
        return 0.0
    held: set[str] = set()
    for passage in passages:
        folded = fold("\n".join((passage.title, *passage.path, passage.heading, passage.text)))
        held.update(words(folded), characters(folded))
    return sum(weights.get(term, 0.0) for term in terms if term in held) / total


def observe(alone: Question, used: Question, rankings: Sequence[Ranking], passages: Sequence[Passage]) -> dict[str, float]:
    """What there is to judge by; empty when nothing was found. `alone` is the question without its history."""
    if not passages or not alone.words:
        return {}
    top = passages[0]
    weights = term_weights(alone, rankings)
    others = [p.score for p in passages[1 : NEIGHBOURS + 1]]
    total = sum(weights.get(word, 0.0) for word in alone.words) or 1.0
    unknown = sum(
        weights.get(word, 0.0) for word in alone.words if not any(r.shelf.words.knows(word) or r.shelf.characters.knows(word) for r in rankings)
    )
    return {
        "score": top.score,
        "dense": top.dense,
        "lexical": top.lexical,
        "gap": top.score - (sum(others) / len(others) if others else 0.0),
        "covered": coverage(alone.words, weights, passages[:1]),
        "covered_pairs": coverage(alone.characters, weights, passages[:1]),
        "covered_three": coverage(alone.words, weights, passages[:3]),
        "unknown": unknown / total,
        "same": float(top.language == alone.language),
        "joined": float(used is not alone),
        "terms": float(len(alone.words)),
    }


def judge(evidence: dict[str, float], *, complete: bool = True) -> Confidence:
    """Weigh the evidence. While vectors are missing (`complete` False) only the lexical side counts."""
    if not evidence:
        return Confidence(Level.OFF_TOPIC, 0.0, evidence)
    z = -6.0 + 12 * evidence["score"] + 3 * evidence["covered"]
    probability = 1 / (1 + exp(-z))
    level = Level.ANSWER if probability >= 0.5 else Level.OFF_TOPIC if probability < 0.1 else Level.NOT_FOUND
    return Confidence(level, probability, evidence)
