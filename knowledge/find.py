"""From a question to passages and how sure they are: the library's front door. Joins question, search and confidence."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from knowledge.confidence import Confidence, Level, judge, observe, term_weights
from knowledge.dictionary import Dictionary, Group
from knowledge.errors import IndexUnusable
from knowledge.extract import pick
from knowledge.lexical import fold
from knowledge.library import Library, collections
from knowledge.question import MAX_CHARACTERS, Question, forms, leans
from knowledge.search import Floats, Ranking, Shelf, as_passage, merge, nearest_cases, rank
from knowledge.types import Kind, Passage, Scope, is_handbook

log = logging.getLogger(__name__)

POOL = 20
"""Sections considered for reranking and for confidence."""
CASES = 20
"""Cases that are handed on beside the passages; which of them to show is the caller's choice."""
A_DOCUMENT = 2
"""At most so many of the first three passages are of one document: a third one rarely adds, another document often does."""
LEANING_BONUS = 0.05
ALONE_BONUS = 0.03
"""A question that leans on the one before may score so much less with it, one that does not has to score more,"""
WEAK = 0.4
"""and only where it finds little by itself: a whole question must not be taken over by the one before."""


class Reranker(Protocol):
    """A model that reads question and passage together."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """One relevance a text, higher is better."""
        ...


@dataclass(frozen=True, slots=True)
class Findings:
    """Passages best first, how sure, whether meaning took part, and the question as it was understood.

    `cases` are the nearest cases, one passage each, best first, whether or not they are among `passages`.
    """

    passages: tuple[Passage, ...]
    confidence: Confidence
    complete: bool
    understood: str
    cases: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class _Look:
    """One form of the question with what it found."""

    question: Question
    rankings: tuple[Ranking, ...]
    passages: tuple[Passage, ...]

    @property
    def top(self) -> float:
        return self.passages[0].score if self.passages else 0.0


class Finder:
    """Answers "which sections?" for a scope; holds no state of its own."""

    def __init__(self, library: Library, dictionary: Dictionary | None = None, reranker: Reranker | None = None) -> None:
        self._library, self._dictionary, self._reranker = library, dictionary, reranker

    def search(self, query: str, *, scope: Scope, top_k: int = 5) -> list[Passage]:
        """The best sections for a query within the scope, best first."""
        return list(self.find(query, scope=scope, top_k=top_k, together=True).passages)

    def find(
        self,
        text: str,
        *,
        scope: Scope,
        history: Sequence[str] = (),
        top_k: int = 5,
        together: bool = False,
        lead: Sequence[str] = (),
    ) -> Findings:
        """Sections that may answer `text`; `history` holds the same person's earlier questions, oldest first.

        Where the handbook answers, cases are found apart only (`together`: among the passages too); where a case answers best,
        they are passages as any other. An empty or symbol-only text, and an empty scope, find nothing and are not answered.
        `lead` are anchors of handbook sections that are known to belong in front, and answer.
        """
        text, history = _valid(text), [_valid(turn) for turn in history]
        shelves = [self._library.shelf(name) for name in collections(scope)]
        options = self._forms(text, history, shelves)
        settled = all(_settled(shelf.pending, len(shelf.owners)) for shelf in shelves)
        looks, complete = self._looks(options, scope, settled)
        look = _choose(looks, text)
        if self._reranker is not None and look.passages:
            look = replace(look, passages=self._reranked(look))
        passages = spread(look.passages if together else apart(look.passages), top_k)
        confidence = judge(observe(options[0], look.question, look.rankings, passages), complete=complete)
        if first := _leading(look.rankings, lead):
            passages = tuple({passage.key: passage for passage in (*first, *passages)}.values())[:top_k]
            confidence = Confidence(Level.ANSWER, 1.0, confidence.evidence)
        passages = pick(passages, term_weights(look.question, look.rankings))
        cases = nearest_cases(look.rankings, CASES)
        return Findings(passages, confidence, complete, look.question.text, cases)

    def _looks(self, options: Sequence[Question], scope: Scope, settled: bool) -> tuple[list[_Look], bool]:
        """What each form finds, and whether meaning took part: vectors that fail must not take the words with them."""
        if settled:
            vectors = self._library.encoder.queries([option.text for option in options])
            try:
                return [self._look(option, vector, scope) for option, vector in zip(options, vectors, strict=True)], True
            except IndexUnusable as error:
                log.warning("searched by words alone: %s", error)
        return [self._look(option, None, scope) for option in options], False

    def _look(self, question: Question, vector: Floats | None, scope: Scope) -> _Look:
        rankings = []
        for name in collections(scope):
            shelf = self._library.shelf(name)
            if shelf.sections:
                groups = self._translated(question, shelf)
                near = None if vector is None else self._library.nearest(name, vector)
                rankings.append(rank(shelf, question, near, groups, vector))
        return _Look(question, tuple(rankings), tuple(merge(rankings, POOL)))

    def _forms(self, text: str, history: Sequence[str], shelves: Sequence[Shelf]) -> list[Question]:
        """The question with typing errors mended. A mended Latin word is embedded too: the model reads 进入绿, but not wroker."""
        text = text.strip()[:MAX_CHARACTERS]
        filled = [shelf for shelf in shelves if shelf.sections and shelf.suspicious(text)]
        is_word = self._dictionary.knows if self._dictionary else str.isascii
        for shelf in filled:
            text = shelf.spelling.mend_latin(text, is_word)
        plain = fold(text)
        mended = next((m for shelf in filled if (m := shelf.spelling.mend_chinese(text)) != plain), "")
        return forms(text, history, mended)

    def _translated(self, question: Question, shelf: Shelf) -> list[Group]:
        """The question's words in the other language, where the shelf has any text in it."""
        foreign = shelf.chinese != (question.language == "zh")
        if self._dictionary is None or not foreign.any():
            return []
        return self._dictionary.groups(question.text, question.language, shelf.glossary)

    def _reranked(self, look: _Look) -> tuple[Passage, ...]:
        assert self._reranker is not None
        scores = self._reranker.scores(look.question.text, [f"{p.heading}\n{p.text}" for p in look.passages])
        order = sorted(range(len(scores)), key=lambda n: -scores[n])
        return tuple(look.passages[n] for n in order)

    def section(self, key: str, *, scope: Scope) -> Passage | None:
        """One whole section by its key, or None when the scope does not hold it."""
        return self._at(key, scope, 0)

    def neighbours(self, key: str, *, scope: Scope) -> tuple[str | None, str | None]:
        """Keys of the sections before and after in the same document, None at its ends."""
        before, after = self._at(key, scope, -1), self._at(key, scope, 1)
        return (before.key if before else None), (after.key if after else None)

    def anchored(self, anchor: str, *, scope: Scope) -> str | None:
        """The key of the section with this anchor (``12.1``), or None: the handbook's before any other, of several the first."""
        for name in sorted(collections(scope), key=lambda name: not is_handbook(name)):
            for row in self._library.shelf(name).sections:
                if row.anchor == anchor and row.kind is Kind.HANDBOOK:
                    return row.key
        return None

    def cases(self, *, scope: Scope) -> list[Passage]:
        """Every case by its first section, in the order of the collections and of their files."""
        shelves = [self._library.shelf(name) for name in collections(scope)]
        return [as_passage(shelf.scope, shelf.sections[case.start]) for shelf in shelves for case in shelf.cases]

    def _at(self, key: str, scope: Scope, step: int) -> Passage | None:
        for name in collections(scope):
            shelf = self._library.shelf(name)
            row = shelf.places.get(key)
            if row is None:
                continue
            wanted = row + step
            if not 0 <= wanted < len(shelf.sections) or shelf.sections[wanted].path != shelf.sections[row].path:
                return None
            return as_passage(shelf.scope, shelf.sections[wanted])
        return None


def _valid(text: str) -> str:
    """Text that every library takes: half a surrogate pair is no character."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _settled(pending: int, vectors: int) -> bool:
    """Whether enough vectors are there to rank by meaning: a few new sections must not switch it off for the rest."""
    return pending * 20 <= vectors


def _leading(rankings: Sequence[Ranking], anchors: Sequence[str]) -> tuple[Passage, ...]:
    """The handbook's sections with these anchors, in the order of the anchors, with the scores that they have.

    A merchant's document may number its sections likewise; it must not stand in for the handbook's law.
    """
    rows = {
        section.anchor: ranking.passage(row)
        for ranking in rankings
        if is_handbook(ranking.shelf.scope)
        for row, section in enumerate(ranking.shelf.sections if anchors else ())
        if section.anchor in anchors and section.kind is Kind.HANDBOOK
    }
    return tuple(rows[anchor] for anchor in anchors if anchor in rows)


def _choose(looks: Sequence[_Look], text: str) -> _Look:
    """The question alone, or with the one before it: whichever finds more, allowing for what its form says."""
    alone, *joined = looks
    if not joined:
        return alone
    if leans(text):
        return joined[0] if joined[0].top + LEANING_BONUS > alone.top else alone
    return joined[0] if alone.top < WEAK and joined[0].top - ALONE_BONUS > alone.top else alone


def apart(passages: Sequence[Passage]) -> Sequence[Passage]:
    """The handbook's own sections where one of them comes first, else everything."""
    if not passages or passages[0].kind is Kind.CASE:
        return passages
    return [passage for passage in passages if passage.kind is not Kind.CASE]


def spread(passages: Sequence[Passage], count: int) -> tuple[Passage, ...]:
    """The best passages, with no document taking more than `A_DOCUMENT` of the first three places."""
    first: list[Passage] = []
    rest: list[Passage] = []
    for passage in passages:
        crowded = len(first) >= 3 or sum(p.document == passage.document for p in first) >= A_DOCUMENT
        (rest if crowded else first).append(passage)
    order = {passage.key: place for place, passage in enumerate(passages)}
    return tuple((first + sorted(rest, key=lambda p: order[p.key]))[:count])
