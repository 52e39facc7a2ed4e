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

from knowledge.lexical import held
from knowledge.question import Question
from knowledge.search import Ranking
from knowledge.types import Passage

WEIGHTS = {"log_score": 5.92, "pairs": 2.55, "unknown": -0.9, "same": -1.93, "length": 4.32, "taught": -0.8}
BIAS = 5.14
ANSWER_FROM = 0.25
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


def observe(alone: Question, used: Question, rankings: Sequence[Ranking], passages: Sequence[Passage]) -> dict[str, float]:
    """What there is to judge by; empty when nothing was found. `alone` is the question without its history."""
    if not passages or not alone.words:
        return {}
    top = passages[0]
    ranking = next(r for r in rankings if r.shelf.scope == top.scope)
    put = alone.worded(ranking.shelf.glossary.put(alone.core))
    text = "\n".join((top.title, *top.path, top.heading, top.text))
    wordings = [_read(question, text, rankings) for question in ([alone] if put.core == alone.core else [alone, put])]
    same = float(top.language == alone.language)
    return {
        "log_score": log(max(top.score, 0.02)),
        "pairs": same * max(pairs for pairs, _ in wordings),
        "unknown": min(unknown for _, unknown in wordings),
        "same": same,
        "length": min(len(alone.words), LONG) / LONG,
        # Wordings lift a section's score, so the same score says less of it.
        "taught": float(ranking.asked[ranking.shelf.places[top.key]] > -1),
    }


def _read(question: Question, text: str, rankings: Sequence[Ranking]) -> tuple[float, float]:
    """Two shares of a question by rarity: of its characters and pairs, those in `text`; of its words, those in no collection."""
    weights = term_weights(question, rankings)
    there = held(text, question.characters)
    pairs = sum(weights[term] for term in question.characters)
    words = sum(weights[word] for word in question.words)
    strange = sum(weights[word] for word in question.words if not any(r.shelf.words.knows(word) for r in rankings))
    return sum(weights[term] for term in there) / pairs if pairs else 0.0, strange / words if words else 1.0


def judge(evidence: dict[str, float], *, complete: bool = True) -> Confidence:
    """Weigh the evidence. While vectors are missing (`complete` False) only shared words count."""
    if not evidence:
        return Confidence(Level.OFF_TOPIC, 0.0, evidence)
    if not complete:
        return Confidence(Level.ANSWER if evidence["pairs"] >= WORDS_ALONE else Level.NOT_FOUND, evidence["pairs"], evidence)
    probability = 1 / (1 + exp(-BIAS - sum(weight * evidence[name] for name, weight in WEIGHTS.items())))
    level = Level.ANSWER if probability >= ANSWER_FROM else Level.OFF_TOPIC if probability < OFF_TOPIC_BELOW else Level.NOT_FOUND
    return Confidence(level, probability, evidence)
