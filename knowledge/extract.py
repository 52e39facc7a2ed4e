"""Picks the sentences that answer, word for word: runs of whole sentences, list items and table rows of a passage.

A run of neighbours reads like the text it comes from and keeps steps and tables together; single best sentences do not.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from knowledge.lexical import characters, comparable, held
from knowledge.lines import is_delimiter
from knowledge.split import sentences
from knowledge.types import Passage

BUDGET = 700
"""Characters of the first passage. A section this short is given whole: a step cut off costs more than a thumb's scroll."""
LEAST_LEFT = 40
"""Characters that are not worth a ……: where no more than two lines of a phone would be left out, the section is given whole."""
SECOND_BUDGET = 160
"""Characters of each further passage that adds something."""
CLOSE = 0.9
"""A further passage speaks too when its score is at least this share of the first one's,"""
GAIN = 0.15
"""and when it holds this share of the question's terms that the first one left out."""
TIE = 0.98
"""With this share its opening speaks in any case: scores so near do not say which of the two answers,"""
SAME = 0.8
"""unless this share of the opening was said already: a second copy, an older version."""
FURTHER = 2
"""At most so many further passages, and no more of them than the first left of the budget: an answer is a phone's screen."""
MEANING_WEIGHT = 1.0
"""A sentence inherits its chunk's cosine above the passage's weakest chunk, against 1.0 for holding every term."""
OPENING = range(15, 121)
"""A first sentence of so many characters goes in front of a run that begins further down: good sections open with the answer."""
LENGTH_COST = 0.02
"""A sentence that adds nothing to a run costs a little, so that runs end where the answer does."""

Offsets = tuple[int, int]
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,2}[.)、])\s")


@dataclass(frozen=True, slots=True)
class _Unit:
    """One sentence, list item or table row with its worth for the question."""

    start: int
    stop: int
    worth: float
    terms: frozenset[str]
    is_row: bool


def pick(passages: Sequence[Passage], weights: Mapping[str, float]) -> tuple[Passage, ...]:
    """The passages with `picked` filled in for those that take part in the answer.

    `weights` gives the rarity of each content term of the question (both views).
    """
    if not passages:
        return ()
    first = _paged(replace(passages[0], picked=_run(passages[0], weights, BUDGET)), weights)
    said = [_spoken(first)]
    out = [first]
    for passage in passages[1:]:
        if len(said) <= FURTHER and passage.score >= CLOSE * first.score:
            is_tie = TIE * first.score <= passage.score <= first.score  # above it are those before which a warning was put
            more = _adds(passage, weights, "\n".join(said), is_tie=is_tie)
            if more and sum(map(len, said)) + len(_joined(passage.text, more)) <= BUDGET + LEAST_LEFT:
                passage = replace(passage, picked=more)
                said.append(_spoken(passage))
        out.append(_paged(passage, weights))
    return tuple(out)


def _paged(passage: Passage, weights: Mapping[str, float]) -> Passage:
    """The passage with the page on which its best sentence stands: a section may begin pages before what answers."""
    if passage.page is None or not passage.breaks:
        return passage
    within = passage.picked or ((0, len(passage.text)),)
    units = [u for u in _units(passage, weights) if any(start <= u.start < stop for start, stop in within)]
    place = max(units, key=lambda unit: unit.worth).start if units else 0
    return replace(passage, page=passage.page + bisect_right(passage.breaks, place))


def _adds(passage: Passage, weights: Mapping[str, float], said: str, *, is_tie: bool) -> tuple[Offsets, ...]:
    """The best short run of a further passage, if it holds terms of the question that were not said; in a tie its opening."""
    enough = GAIN * sum(weights.values())
    fresh = {term: weights[term] for term in weights.keys() - held(said, weights)}
    if sum(fresh[term] for term in held(passage.text, fresh)) > enough:
        run = _run(passage, weights, SECOND_BUDGET)
        if sum(fresh[term] for term in held(_joined(passage.text, run), fresh)) > enough:
            return run
    units = _units(passage, weights) if is_tie else []
    lead = _opening(units, len(units), passage.text) if units else ()
    return () if _repeats(_joined(passage.text, lead), said) else lead


def _repeats(text: str, said: str) -> bool:
    """Whether most of a text was said already, by characters and pairs of them."""
    there, known = set(characters(comparable(text))), set(characters(comparable(said)))
    return len(there & known) >= SAME * len(there)


def _units(passage: Passage, weights: Mapping[str, float]) -> list[_Unit]:
    total = sum(weights.values()) or 1.0
    floor = min((span.score for span in passage.spans), default=0.0)
    units = []
    for start, stop in sentences(passage.text):
        piece = passage.text[start:stop]
        there = held(piece, weights)
        near = max((span.score for span in passage.spans if span.start < stop and start < span.end), default=floor)
        worth = sum(weights[term] for term in there) / total + MEANING_WEIGHT * (near - floor)
        units.append(_Unit(start, stop, worth, there, piece.lstrip().startswith("|")))
    return units


def _run(passage: Passage, weights: Mapping[str, float], budget: int) -> tuple[Offsets, ...]:
    """The run of neighbours worth most within the budget, with the head of a table it starts inside of."""
    text = passage.text
    if len(text) <= budget + LEAST_LEFT:
        return ((len(text) - len(text.lstrip()), len(text.rstrip())),) if text.strip() else ()
    units = _units(passage, weights)
    if not units:
        return ()
    best, chosen = float("-inf"), (0, 0)
    for first in range(len(units)):
        worth = 0.0
        for last in range(first, len(units)):
            if units[last].stop - units[first].start > budget and last > first:
                break
            worth += units[last].worth - LENGTH_COST
            if worth > best:
                best, chosen = worth, (first, last)
    first, last = _whole(units, chosen, text, budget)
    return (*_opening(units, first, text), *_table_head(units, first), (units[first].start, units[last].stop))


def _opening(units: Sequence[_Unit], first: int, text: str) -> tuple[Offsets, ...]:
    """The section's first sentence, where a run begins after it; a mere clause, or a few words, with the next of its line."""
    start, last = units[0].start, 0
    while last + 1 < first and _is_begun(text[start : units[last].stop]) and _in_line(units, last, text):
        last += 1
    stop = units[last].stop
    fits = first > 0 and not units[0].is_row and stop - start in OPENING
    return ((start, stop),) if fits and not _goes_on(text[start:stop]) else ()


def _is_begun(opening: str) -> bool:
    """Whether an opening says too little by itself: 这些都是默认值；or 不能。"""
    return len(opening) < OPENING.start or opening.endswith(("；", ";"))


def _in_line(units: Sequence[_Unit], number: int, text: str) -> bool:
    """Whether the next unit stands in the same line."""
    return "\n" not in text[units[number].start : units[number + 1].start]


def _whole(units: Sequence[_Unit], chosen: tuple[int, int], text: str, budget: int) -> tuple[int, int]:
    """Stretch a run to the ends of its paragraph or list where the budget allows: later lines first, then the line before."""
    first, last = chosen
    while last + 1 < len(units) and units[last + 1].stop - units[first].start <= budget:
        last += 1
    while first > 0 and units[last].stop - units[first - 1].start <= budget and not units[first].is_row:
        first -= 1
    while last > first and _goes_on(text[units[last].start : units[last].stop]):
        last -= 1
    return _past_a_torn_list(units, first, last, text), last


def _past_a_torn_list(units: Sequence[_Unit], first: int, last: int, text: str) -> int:
    """Where a run begins once the rest of a list that it opens in the middle of is left out; the best unit always stays."""
    best = max(range(first, last + 1), key=lambda number: units[number].worth)
    while 0 < first < best and all(_ITEM.match(text[units[n].start : units[n].stop]) for n in (first - 1, first)):
        first += 1
    return first


def _goes_on(line: str) -> bool:
    """Whether a line only says what comes next, heads a table, or stops in mid-sentence: a run must not end on it."""
    bare = line.strip()
    is_label = bare.startswith("**") and bare.endswith("**") and bare.count("**") == 2
    is_head = is_delimiter(bare.rpartition("\n")[2])
    return is_label or is_head or bare.endswith((":", "：", "；", "，", ","))


def _table_head(units: Sequence[_Unit], first: int) -> tuple[Offsets, ...]:
    """Header and ruler (one unit) of the table when a run starts in the middle of it, so that the cells keep their names."""
    if not units[first].is_row:
        return ()
    top = first
    while top > 0 and units[top - 1].is_row:
        top -= 1
    return ((units[top].start, units[top].stop),) if top < first else ()


def _joined(text: str, run: Sequence[Offsets]) -> str:
    return "\n".join(text[start:stop] for start, stop in run)


def _spoken(passage: Passage) -> str:
    return _joined(passage.text, passage.picked)
