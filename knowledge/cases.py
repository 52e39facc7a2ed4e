"""How cases stand beside the handbook's own sections: behind them, unless the question is about the case itself.

Each part of a case repeats the case's title, and with it the problem that the case is about. Ranked by score alone, the parts of
one case would take the first places of every everyday question about that problem. Knows no files and no vectors.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from knowledge.catalog import SectionRow
from knowledge.lexical import Bm25, comparable
from knowledge.question import Question
from knowledge.types import Kind

BEHIND = 0.7
"""A part of a case goes behind a section of the handbook that scores at least this share as much: the rule before the example.
On everyday questions over the built-in handbook the section that answers reached .75 of the best case and more; where a case
alone answers, the best section stays below."""
OWN_NAME = 0.025
"""The first two characters of a case's title are its own name, and not a word of the trade, when they stand in at most this share
of the handbook's sections: 侯哥, who is quoted as an example here and there, in .020, 断流 in .046."""

_AFTER_NAME = re.compile(r"[：:]")


@dataclass(frozen=True, slots=True)
class CaseRows:
    """The rows `start` to `stop` (exclusive) of one case, and its title as terms are made of it."""

    start: int
    stop: int
    title: str


def short_title(title: str) -> str:
    """A title without what comes after its colon: 侯哥家纺 of 侯哥家纺：老客固守…"""
    return _AFTER_NAME.split(title, maxsplit=1)[0].strip() or title


def rows_of_cases(sections: Sequence[SectionRow]) -> tuple[CaseRows, ...]:
    """Where each case stands among the sections, which are ordered by document."""
    found = []
    for _, rows in groupby(enumerate(sections), key=lambda item: item[1].path):
        (start, first), *rest = rows
        if first.kind is Kind.CASE:
            found.append(CaseRows(start, start + 1 + len(rest), comparable(short_title(first.title))))
    return tuple(found)


def standing(cases: Sequence[CaseRows], characters: Bm25, question: Question) -> NDArray[np.float32]:
    """The factor on each section's score by which sections are ordered: `BEHIND` for cases that the question does not name."""
    out = np.ones(characters.size, np.float32)
    text = comparable(question.text)
    own = np.ones(characters.size, np.bool_)
    for case in cases:
        own[case.start : case.stop] = False
    for case in cases:
        if case.title not in text and not _called(case.title[:2], characters, own, question):
            out[case.start : case.stop] = BEHIND
    return out


def _called(name: str, characters: Bm25, handbook: NDArray[np.bool_], question: Question) -> bool:
    """Whether the question holds the first two characters of a case's title, and the handbook hardly ever does."""
    if name not in question.characters:
        return False
    return bool((characters.scores([name]) > 0)[handbook].sum() <= OWN_NAME * handbook.sum())
