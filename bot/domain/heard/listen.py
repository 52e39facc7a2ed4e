"""What is heard in a text: every mention of a listed word, however it is dressed up, that no exception makes lawful.

Linear in the text: from every character the tries are walked a bounded way, and what stands beside a hit is looked at for a
bounded number of characters.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.domain.heard.anchors import Anchored
from bot.domain.heard.folding import NONE, Folded, ends_clause, fold
from bot.domain.heard.lexicon import NEAR, Target, Words
from bot.domain.heard.terms import Heard, How, Level
from bot.domain.heard.tries import SHORTEST_SOUND

CERTAIN = {How.EXACT: 1.0, How.SPACED: 0.95, How.VARIANT: 0.9, How.HOMOPHONE: 0.6}
"""How sure each way makes us. A comma inside makes a split word less sure; of a word that only sounds the same, every
character that is written the same adds its share of `SAME`."""
TORN = 0.8
SAME = 0.3
# 的 may be read like 第, and stands everywhere.
_PARTICLES = frozenset("的地得了着")


@dataclass(frozen=True, slots=True)
class _Hit:
    """A target at characters `begin` to `end` of the folded text; `word` is what is listed, where only the sound is the same."""

    target: Target
    begin: int
    end: int
    how: How
    certainty: float
    amount: float | None = None
    word: str = ""


def listen(text: str, words: Words, since: int = 0) -> tuple[Heard, ...]:
    """Every mention, in the order of the text; mentions of one group that overlap are one. Those that end before character
    `since` may be left out: nobody asks for them.

    Where several words fit, one that is forbidden comes before one that needs evidence, then one in a single clause, the longest,
    the surest.
    """
    heard = _heard(text, fold(text, words.simplify), words, words.spoken, since, by_sound=True)
    if words.signs and not words.signs.isdisjoint(unicodedata.normalize("NFKC", text)):
        heard += _heard(text, fold(text, words.simplify, words.signs), words, words.signed, since, by_sound=False)
    return tuple(_single(heard))


def _heard(text: str, folded: Folded, words: Words, anchored: Anchored, since: int, *, by_sound: bool) -> list[Heard]:
    by_term: dict[int, dict[tuple[int, int, How, float | None], _Hit]] = {}
    first = bisect_left(folded.ends, since)
    for hit in _written(folded, anchored, first):
        by_term.setdefault(hit.target.term, {}).setdefault((hit.begin, hit.end, hit.how, hit.amount), hit)
    if by_sound:
        for at in words.sounds.places(folded.chars):
            for hit in _sounding(folded, words, at):
                if hit.end > first:
                    by_term.setdefault(hit.target.term, {}).setdefault((hit.begin, hit.end, hit.how, hit.amount), hit)
    return [
        _shown(text, folded, words, hit)
        for term, hits in by_term.items()
        for hit in _unexcused(folded, words, term, [one for one in hits.values() if not _inside_word(folded, one)])
    ]


def _unexcused(folded: Folded, words: Words, term: int, hits: list[_Hit]) -> Iterator[_Hit]:
    """Those hits of a term that none of its exceptions makes lawful."""
    if not hits:
        return
    low, high = min(hit.begin for hit in hits), max(hit.end for hit in hits)
    lawful = _phrases(folded, words.exceptions.phrases.get(term), max(0, low - NEAR), high)
    beside = words.exceptions.beside.get(term)
    lefts: dict[int, frozenset[int] | None] = {}
    rights: dict[int, frozenset[int] | None] = {}
    for hit in hits:
        if _within(hit, lawful):
            continue
        if beside is not None:
            # Several hits begin or end at the same place.
            if hit.begin not in lefts:
                lefts[hit.begin] = beside.left(folded, hit.begin)
            if (left := lefts[hit.begin]) is None:
                continue
            if hit.end not in rights:
                rights[hit.end] = beside.right(folded, hit.end)
            if (right := rights[hit.end]) is None or not left.isdisjoint(right):
                continue
        yield hit


def _written(folded: Folded, anchored: Anchored, first: int) -> Iterator[_Hit]:
    """What is written as listed, and ends behind the character `first` of the folded text."""
    for found in anchored.find(folded):
        if found.end <= first:
            continue
        target: Target = found.value
        inner = folded.breaks[found.begin + 1 : found.end]
        if found.torn and (len(inner) < 2 or NONE in inner):
            continue  # a comma between two words, not a word taken apart
        how = How.VARIANT if target.variant else How.SPACED if any(inner) else How.EXACT
        yield _Hit(target, found.begin, found.end, how, TORN if found.torn else CERTAIN[how], found.amount)


def _sounding(folded: Folded, words: Words, begin: int) -> Iterator[_Hit]:
    for end, word, written, target in words.sounds.at(folded, begin):
        same = sum(one == char for one, char in zip(written, word, strict=True))
        latin = any(one.isascii() for one in written)
        if same == len(word) or any(one != char and one in _PARTICLES for one, char in zip(written, word, strict=True)):
            continue
        if not _alike(len(word), same, latin):
            continue
        yield _Hit(target, begin, end, How.HOMOPHONE, round(CERTAIN[How.HOMOPHONE] + SAME * same / len(word), 2), word=word)


def _alike(length: int, same: int, latin: bool) -> bool:
    """Whether a word that sounds the same is meant: half of it is written the same, or syllables stand in for characters."""
    if latin and (same or length >= SHORTEST_SOUND):
        return True
    return length >= SHORTEST_SOUND and same * 2 >= length


def _inside_word(folded: Folded, hit: _Hit) -> bool:
    """Whether the hit begins or ends in the middle of a Latin word or a number: 加v in 加video, top1 in top10."""
    chars, breaks = folded.chars, folded.breaks
    return any(
        0 < at < len(chars) and breaks[at] == NONE and _kind(chars[at - 1]) and _kind(chars[at - 1]) == _kind(chars[at])
        for at in (hit.begin, hit.end)
    )


def _kind(char: str) -> int:
    if not char.isascii():
        return 0
    return 1 if char.isalpha() else 2 if char.isdigit() else 0


def _phrases(folded: Folded, anchored: Anchored | None, low: int, high: int) -> list[tuple[int, int]]:
    """The characters that a term's exceptions cover: where they begin, and how far those that begin there or before reach.

    Looked for from `low` to `high`, and a little beyond.
    """
    spans: list[tuple[int, int]] = []
    reach = 0
    for begin, end in (
        sorted((one.begin, one.end) for one in anchored.find(folded, low, high + NEAR) if not one.torn) if anchored else ()
    ):
        reach = max(reach, end)
        spans.append((begin, reach))
    return spans


def _within(hit: _Hit, spans: list[tuple[int, int]]) -> bool:
    at = bisect_right(spans, hit.begin, key=lambda span: span[0]) - 1
    return at >= 0 and hit.end <= spans[at][1]


def _shown(text: str, folded: Folded, words: Words, hit: _Hit) -> Heard:
    start, end = folded.starts[hit.begin], folded.ends[hit.end - 1]
    term = words.terms[hit.target.term]
    spelled = hit.word or folded.chars[hit.begin : hit.end]
    return Heard(term, spelled, text[start:end], start, end, hit.how, hit.certainty, hit.amount)


def _single(heard: list[Heard]) -> list[Heard]:
    """One mention for each run of mentions of a group that overlap."""
    kept: list[Heard] = []
    latest: dict[str, int] = {}
    reach: dict[str, int] = {}
    for one in sorted(heard, key=lambda one: (one.start, one.end)):
        group = one.term.group.id
        if one.start < reach.get(group, 0):
            at = latest[group]
            # The longest may not be the one that names the prize.
            amounts = [each.amount for each in (kept[at], one) if each.amount is not None]
            kept[at] = replace(max(kept[at], one, key=_weight), amount=max(amounts, default=None))
        else:
            latest[group] = len(kept)
            kept.append(one)
        reach[group] = max(reach.get(group, 0), one.end)
    return sorted(kept, key=lambda one: (one.start, one.end))


def _weight(one: Heard) -> tuple[bool, bool, int, float]:
    """What is shown of several: the forbidden, then what stands in one clause: the rest of a comment is its writer's."""
    return one.term.level is Level.BLOCK, not ends_clause(one.words), one.end - one.start, one.certainty


def undecided(text: str, heard: Heard, words: Words, characters: int) -> bool:
    """Whether so few characters of the same clause follow the mention that what is said next may still make it lawful."""
    rest = text[heard.end :]
    return (
        heard.term.id in words.exceptions.ahead
        and len(fold(rest[: 4 * characters], words.simplify).chars) < characters
        and not ends_clause(rest)
    )
