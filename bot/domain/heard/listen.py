"""What is heard in a text: every mention of a listed word, however it is dressed up, that no exception makes lawful.

Linear in the text: from every character the tries are walked a bounded way, and what stands beside a hit is looked at for a
bounded number of characters.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.heard.folding import NONE, Folded, ends_clause, fold
from bot.domain.heard.lexicon import Target, Words
from bot.domain.heard.terms import Heard, How, Level
from bot.domain.heard.tries import Trie

CERTAIN = {How.EXACT: 1.0, How.SPACED: 0.95, How.VARIANT: 0.9, How.HOMOPHONE: 0.6}
"""How sure each way makes us. A comma inside makes a split word less sure; of a word that only sounds the same, every
character that is written the same adds its share of `SAME`."""
TORN = 0.8
SAME = 0.3
SHORTEST_SOUND = 3
"""Characters of a word that may be recognised by sound alone: pairs that sound the same are everywhere."""
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


def listen(text: str, words: Words) -> tuple[Heard, ...]:
    """Every mention, in the order of the text; mentions of one group that overlap are one.

    Where several words fit, one that is forbidden comes before one that needs evidence, then the longest, then the surest.
    """
    heard = _heard(text, fold(text, words.simplify), words, words.spoken, by_sound=True)
    if words.signs and not words.signs.isdisjoint(unicodedata.normalize("NFKC", text)):
        heard += _heard(text, fold(text, words.simplify, words.signs), words, words.signed, by_sound=False)
    return tuple(_single(heard))


def _heard(text: str, folded: Folded, words: Words, trie: Trie, *, by_sound: bool) -> list[Heard]:
    places = range(len(folded.chars))
    hits = [hit for at in places if trie.begins(folded.chars, at) for hit in _written(folded, trie, at)]
    if by_sound:
        hits += [hit for at in places if words.sounds.begins(folded.chars, at) for hit in _sounding(folded, words, at)]
    if not hits:
        return []
    lawful = _phrases(folded, words)
    return [
        _shown(text, folded, words, hit)
        for hit in hits
        if not _inside_word(folded, hit)
        and not _within(hit, lawful.get(hit.target.term, ()))
        and not words.exceptions.excuse(folded, hit.begin, hit.end, hit.target.term)
    ]


def _written(folded: Folded, trie: Trie, begin: int) -> Iterator[_Hit]:
    for found in trie.at(folded, begin):
        target: Target = found.value
        inner = folded.breaks[begin + 1 : found.end]
        if found.torn and (len(inner) < 2 or NONE in inner):
            continue  # a comma between two words, not a word taken apart
        how = How.VARIANT if target.variant else How.SPACED if any(inner) else How.EXACT
        yield _Hit(target, begin, found.end, how, TORN if found.torn else CERTAIN[how], found.amount)


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


def _phrases(folded: Folded, words: Words) -> dict[int, list[tuple[int, int]]]:
    """For each term the characters that one of its exceptions covers; of several that begin together the longest."""
    found: dict[int, list[tuple[int, int]]] = {}
    for at in range(len(folded.chars)):
        if not words.exceptions.phrases.begins(folded.chars, at):
            continue
        longest: dict[int, int] = {}
        for ended in words.exceptions.phrases.at(folded, at):
            if not ended.torn:
                longest[ended.value] = max(ended.end, longest.get(ended.value, 0))
        for term, end in longest.items():
            spans = found.setdefault(term, [])
            # Ends only grow, so that the last one that begins at or before a place reaches the furthest.
            spans.append((at, max(end, spans[-1][1]) if spans and spans[-1][1] > at else end))
    return found


def _within(hit: _Hit, spans: list[tuple[int, int]] | tuple[()]) -> bool:
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
            kept[at] = max(kept[at], one, key=_weight)
        else:
            latest[group] = len(kept)
            kept.append(one)
        reach[group] = max(reach.get(group, 0), one.end)
    return sorted(kept, key=lambda one: (one.start, one.end))


def _weight(one: Heard) -> tuple[bool, int, float]:
    return one.term.level is Level.BLOCK, one.end - one.start, one.certainty


def undecided(text: str, heard: Heard, words: Words, characters: int) -> bool:
    """Whether so few characters of the same clause follow the mention that what is said next may still make it lawful."""
    rest = text[heard.end :]
    return (
        heard.term.id in words.exceptions.ahead
        and len(fold(rest[: 4 * characters], words.simplify).chars) < characters
        and not ends_clause(rest)
    )
