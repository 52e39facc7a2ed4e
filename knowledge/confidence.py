"""When to answer, when to say "the handbook does not say", when the question is not about the work.

A logistic model over a handful of observations, fitted by `tests/benchmarks/calibrate.py` on development questions (see
docs/retrieval.md for the data, the curve and the operating point). No single number separates: the best cosine of a question
without an answer lies above the median of those with one, and so does BM25.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import exp, log

from knowledge.lexical import characters, comparable, words
from knowledge.question import Question
from knowledge.search import Ranking
from knowledge.types import Passage

WEIGHTS = {"log_score": 5.92, "pairs": 2.55, "unknown": -0.9, "same": -1.93, "length": 4.32, "first_by_meaning": 0.75}
BIAS = 5.14
ANSWER_FROM = 0.27
"""Operating point: nine in ten of the answerable development questions are answered, nine in ten of the others declined."""
OFF_TOPIC_BELOW = 0.005
"""Below it four in five questions are about something else altogether, and one in ten about the work."""
WORDS_ALONE = 0.5
"""While vectors are missing: the share of the question's character pairs that the best section must hold."""
LONG = 12
"""Words from which on a question counts as long; a long one never matches as well as a keyword, and need not."""


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
    """Rarity of each content term of the question, in the collection where it is commonest."""
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
        folded = comparable("\n".join((passage.title, *passage.path, passage.heading, passage.text)))
        held.update(words(folded), characters(folded))
    return sum(weights.get(term, 0.0) for term in terms if term in held) / total


def observe(alone: Question, used: Question, rankings: Sequence[Ranking], passages: Sequence[Passage]) -> dict[str, float]:
    """What there is to judge by; empty when nothing was found. `alone` is the question without its history."""
    if not passages or not alone.words:
        return {}
    top = passages[0]
    same = float(top.language == alone.language)
    ranking = next(r for r in rankings if r.shelf.scope == top.scope)
    put = alone.worded(ranking.shelf.glossary.put(alone.core))
    pairs = max(coverage(q.characters, term_weights(q, rankings), passages[:1]) for q in (alone, put))
    return {
        "log_score": log(max(top.score, 0.02)),
        "pairs": same * pairs,
        "unknown": min(_unknown(q, term_weights(q, rankings), rankings) for q in (alone, put)),
        "same": same,
        "length": min(len(alone.words), LONG) / LONG,
        "first_by_meaning": 1 / (1 + int((ranking.dense > ranking.dense[ranking.shelf.places[top.key]]).sum())),
    }


def _unknown(question: Question, weights: dict[str, float], rankings: Sequence[Ranking]) -> float:
    """Share of the question's words, by rarity, that no collection holds at all."""
    total = sum(weights.get(word, 0.0) for word in question.words)
    known = sum(weights[word] for word in question.words if any(r.shelf.words.knows(word) for r in rankings))
    return 1 - known / total if total else 1.0


def judge(evidence: dict[str, float], *, complete: bool = True) -> Confidence:
    """Weigh the evidence. While vectors are missing (`complete` False) only shared words count."""
    if not evidence:
        return Confidence(Level.OFF_TOPIC, 0.0, evidence)
    if not complete:
        return Confidence(Level.ANSWER if evidence["pairs"] >= WORDS_ALONE else Level.NOT_FOUND, evidence["pairs"], evidence)
    probability = 1 / (1 + exp(-BIAS - sum(weight * evidence[name] for name, weight in WEIGHTS.items())))
    level = Level.ANSWER if probability >= ANSWER_FROM else Level.OFF_TOPIC if probability < OFF_TOPIC_BELOW else Level.NOT_FOUND
    return Confidence(level, probability, evidence)
