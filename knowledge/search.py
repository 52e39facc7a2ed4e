"""Finding the sections that answer: BM25 and meaning, fused on an absolute scale. Knows no files and no Chroma.

Scores are fused as they are, not by rank and not stretched to the best of each side: a question that shares two particles with
every section must not hand the best of them a full lexical mark. BM25 is divided by what a section could reach that held every
term of the question; the cosine of centred vectors is absolute already. The sum can therefore be compared across collections,
and says something about confidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from knowledge.asked import Asked
from knowledge.cases import CaseRows, rows_of_cases, standing
from knowledge.catalog import SectionRow
from knowledge.dictionary import Group
from knowledge.glossary import Glossary
from knowledge.lexical import Bm25, comparable, latin_stem
from knowledge.question import Question, asks, seeks_cause
from knowledge.spelling import Spelling, suspicious
from knowledge.types import Passage, Span

LEXICAL_WEIGHT = 0.8
"""What a full lexical match adds to a cosine. .7 to 1.0 are alike on one-language collections; more drowns the other language."""
SATURATED = 1.6
"""BM25 of a term over its rarity when it occurs twice in a section of average length: what counts as a full match."""
UNTRANSLATED = 5.0
"""Rarity of a word whose translations stand nowhere: about that of a word in one section of a hundred."""
OTHER_LANGUAGE = 0.5
"""A section in another language shares hardly a word with the question: it is credited with this share of its cosine instead,"""
TRANSLATED = 0.6
"""and with this share of what its translated words score."""
DOCUMENT_BONUS = 0.2
DOCUMENT_DEPTH = 4
"""A section gains this share of the mean of its document's four best: where several sections fit, the topic is at home."""
OTHER_FORM = 0.9
"""Factor for a section of a document that says (`answers:` in its front matter) that it answers another form of question."""
NO_CAUSES = 0.85
"""Factor for what does not say that it answers questions for the cause of a move (`answers: causes`), where something does: why a
figure fell stands where it is diagnosed, and a worked example with just such figures must not be read as the finding. Of 76 such
questions over the built-in handbook 74 are led to the chapter on diagnosing so, 68 with .9, and 59 without."""
CAUSES = "causes"
ASKED = 0.5
"""How far a section's cosine is moved to that of a wording that people ask for it by, where this one is higher. Two questions are
more alike than a question and a text: taken whole, wordings would drown the text; half of it found most."""
HEADING = 0.25
"""How far the cosine is moved to that of the section's heading, where this one is higher. It is the owner's shortest word on what
the section answers; only for sections with wordings: headings that are not written as answers (overview, notes) mislead."""
SAME = 0.95
"""From this cosine on a question is the wording itself, and its owner's word counts whole. Other questions rarely reach .9."""
CANDIDATES = 60
"""Sections that the document bonus looks at."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shelf:
    """One collection in memory, never changed: a new one takes its place when the catalogue changes.

    `owners` maps a vector's id to the (section row, chunk number) pairs that use it; `pending` counts chunks without vector.
    """

    scope: str
    sections: tuple[SectionRow, ...]
    places: Mapping[str, int]
    words: Bm25
    characters: Bm25
    owners: Mapping[str, tuple[tuple[int, int], ...]]
    chinese: NDArray[np.bool_]
    answers: NDArray[np.str_]
    glossary: Glossary
    asked: Asked
    cases: tuple[CaseRows, ...]
    pending: int
    _spelling: list[Spelling] = field(default_factory=list)

    @classmethod
    def build(
        cls,
        scope: str,
        sections: Sequence[SectionRow],
        pending: int,
        glossary: Glossary | None = None,
        asked: Asked | None = None,
    ) -> Shelf:
        """Index the sections of a collection; linear in their terms."""
        owners: dict[str, tuple[tuple[int, int], ...]] = {}
        for row, section in enumerate(sections):
            for number, chunk in enumerate(section.chunks):
                owners[chunk.vector] = (*owners.get(chunk.vector, ()), (row, number))
        return cls(
            scope,
            tuple(sections),
            {section.key: row for row, section in enumerate(sections)},
            Bm25.build([section.words for section in sections]),
            Bm25.build([section.characters for section in sections]),
            owners,
            np.array([section.language == "zh" for section in sections], bool),
            np.array([section.meta.get("answers", "") for section in sections], np.str_),
            glossary or Glossary(),
            asked or Asked.none(),
            rows_of_cases(sections),
            pending,
        )

    def suspicious(self, text: str) -> bool:
        """Whether a question may hold typing errors; then, and only then, is `spelling` worth learning."""
        return suspicious(comparable(text), self.characters.knows, lambda word: self.words.knows(latin_stem(word)))

    @property
    def spelling(self) -> Spelling:
        """The collection's own words, learnt when they are first needed (a second at 10,000 chunks)."""
        if not self._spelling:
            texts = (f"{s.title}\n{s.heading}\n{s.text}" for s in self.sections)
            self._spelling.append(Spelling.of(chain(texts, self.glossary.words())))
        return self._spelling[0]


def as_passage(scope: str, section: SectionRow) -> Passage:
    """A stored section as a passage that no question has scored yet."""
    return Passage(
        key=section.key, scope=scope, document=section.path, title=section.title, kind=section.kind, heading=section.heading,
        path=section.trail, anchor=section.anchor, page=section.page, text=section.text, language=section.language,
        score=0.0, breaks=section.breaks, meta=section.meta,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ranking:
    """Scores of every section of one shelf for one question, shape (sections,), and the chunks behind the cosines.

    Sections are ordered by `score` times `standing`, which is 1 but for cases that stand behind the handbook.
    """

    shelf: Shelf
    score: Floats
    standing: Floats
    lexical: Floats
    dense: Floats
    asked: Floats
    spans: Mapping[int, tuple[tuple[int, float], ...]]

    def best(self, count: int) -> list[int]:
        """Rows of the best sections, best first."""
        count = min(count, len(self.score))
        place = self.score * self.standing
        rows = np.argpartition(-place, count - 1)[:count] if count else np.zeros(0, np.int64)
        return [int(row) for row in rows[np.argsort(-place[rows], kind="stable")]]

    def cases(self) -> list[Passage]:
        """Every case by its first section, to be read from the beginning; its score is that of its best section."""
        best = ((case.start, float(self.score[case.start : case.stop].max())) for case in self.shelf.cases)
        return [replace(self.passage(row), score=round(score, 4)) for row, score in best]

    def passage(self, row: int) -> Passage:
        """One section with its scores."""
        section = self.shelf.sections[row]
        found = self.spans.get(row, ())
        chunks = section.chunks
        spans = tuple(Span(chunks[n].start, chunks[n].stop, score) for n, score in found if n < len(chunks))
        return replace(
            as_passage(self.shelf.scope, section), score=round(float(self.score[row]), 4), lexical=float(self.lexical[row]),
            dense=float(self.dense[row]), spans=spans,
        )  # fmt: skip


def lexical(shelf: Shelf, question: Question) -> Floats:
    """How much of the question each section holds, as it was asked or as the glossary puts it: about 0..1."""
    asked = _lexical(shelf, question)
    put = shelf.glossary.put(question.core)
    return asked if put == question.core else np.maximum(asked, _lexical(shelf, question.worded(put)))


def _lexical(shelf: Shelf, question: Question) -> Floats:
    """How much of the question's terms, by rarity, each section holds: the mean of both views."""
    total = np.zeros(len(shelf.sections), np.float32)
    for index, terms in ((shelf.words, question.words), (shelf.characters, question.characters)):
        full = SATURATED * sum(index.rarity(term) for term in terms)
        if full > 0:
            total += np.minimum(index.scores(terms) / full, 1.0) / 2
    return total


def translated(shelf: Shelf, groups: Sequence[Group]) -> Floats:
    """How much of the question, translated word by word, each section holds: about 0..1; the best translation counts."""
    total, full = np.zeros(len(shelf.sections), np.float32), 0.0
    for weight, alternatives in groups:
        known = [terms for terms in alternatives if all(shelf.words.knows(term) for term in terms)]
        rarity = max((min(map(shelf.words.rarity, terms)) for terms in known), default=UNTRANSLATED)
        full += weight * SATURATED * rarity
        if known:
            total += weight * np.maximum.reduce([_together(shelf, terms) for terms in known])
    return np.minimum(total / full, 1.0) if full else total


def _together(shelf: Shelf, terms: Sequence[str]) -> Floats:
    """Mean BM25 of terms where all of them occur, 0 elsewhere."""
    scores = [shelf.words.scores([term]) for term in terms]
    return np.where(np.minimum.reduce(scores) > 0, sum(scores) / len(scores), 0).astype(np.float32)


def meaning(shelf: Shelf, near: Sequence[tuple[str, float]]) -> tuple[Floats, dict[int, tuple[tuple[int, float], ...]]]:
    """Each section's best chunk, as a cosine. Sections that are not among the nearest get the last one's cosine."""
    floor = min((score for _, score in near), default=0.0)
    out = np.full(len(shelf.sections), floor, np.float32)
    spans: dict[int, tuple[tuple[int, float], ...]] = {}
    for vector, score in near:
        for row, number in shelf.owners.get(vector, ()):
            out[row] = max(out[row], score)
            spans[row] = (*spans.get(row, ()), (number, score))
    return out, spans


def rank(
    shelf: Shelf,
    question: Question,
    near: Sequence[tuple[str, float]] | None,
    groups: Sequence[Group] = (),
    vector: Floats | None = None,
) -> Ranking:
    """Fuse both sides. `near` is None while vectors are missing: the ranking is then lexical alone.

    `groups` are the question's words translated, needed where the shelf has sections in the other language.
    """
    terms = lexical(shelf, question)
    places = standing(shelf.cases, shelf.characters, question)
    if near is None:
        return Ranking(shelf, terms, places, terms, np.zeros_like(terms), np.full_like(terms, -1.0), {})
    dense, spans = meaning(shelf, near)
    form = asks(question.text)
    asked, heading = shelf.asked.near(vector, form, len(terms))
    dense = dense + ASKED * np.maximum(asked - dense, 0.0) + HEADING * np.maximum(heading - dense, 0.0)
    same = shelf.chinese == (question.language == "zh")
    credit = terms
    if groups and not same.all():
        foreign = translated(shelf, groups)
        credit = np.where(same, terms, np.maximum(OTHER_LANGUAGE * np.maximum(dense, 0.0) + TRANSLATED * foreign, terms))
        terms = np.where(same, terms, np.maximum(foreign, terms)).astype(np.float32)
    fused = (dense + LEXICAL_WEIGHT * credit) / (1 + LEXICAL_WEIGHT)
    fused = np.where(asked >= SAME, np.maximum(fused, asked), fused)
    score = _at_home(shelf, (fused * _fitting(shelf, form, seeks_cause(question.text))).astype(np.float32))
    return Ranking(shelf, np.clip(score, 0.0, 1.0).astype(np.float32), places, terms, dense, asked, spans)


def _fitting(shelf: Shelf, form: str, cause: bool) -> Floats:
    """1, or less for sections of documents that are made for another form of question."""
    causes = shelf.answers == CAUSES
    other = (shelf.answers != "") & (shelf.answers != form) & ~causes if form else np.zeros(len(shelf.sections), bool)
    out = np.where(other, OTHER_FORM, 1.0)
    if cause and causes.any():
        out = np.where(causes, 1.0, np.minimum(out, NO_CAUSES))
    return out.astype(np.float32)


def _at_home(shelf: Shelf, score: Floats) -> Floats:
    """Scores with the document bonus, kept on the scale of 0..1."""
    count = min(CANDIDATES, len(score))
    rows = np.argpartition(-score, count - 1)[:count] if count else np.zeros(0, np.int64)
    by_document: dict[str, list[float]] = {}
    for row in rows[np.argsort(-score[rows], kind="stable")]:
        by_document.setdefault(shelf.sections[row].path, []).append(float(score[row]))
    out = score / (1 + DOCUMENT_BONUS)
    for row in rows:
        best = by_document[shelf.sections[row].path][:DOCUMENT_DEPTH]
        out[row] += DOCUMENT_BONUS / (1 + DOCUMENT_BONUS) * sum(best) / DOCUMENT_DEPTH
    return np.asarray(out, np.float32)


def merge(rankings: Sequence[Ranking], count: int) -> list[Passage]:
    """The best sections over several collections, best first."""
    found = [(ranking, row) for ranking in rankings for row in ranking.best(count)]
    found.sort(key=lambda place: -float(place[0].score[place[1]] * place[0].standing[place[1]]))
    return [ranking.passage(row) for ranking, row in found[:count]]


def nearest_cases(rankings: Sequence[Ranking], count: int) -> tuple[Passage, ...]:
    """The cases of several collections that fit best, best first, each by its first section."""
    return tuple(sorted((case for ranking in rankings for case in ranking.cases()), key=lambda case: -case.score)[:count])
