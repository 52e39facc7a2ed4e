"""Many words looked for at once: nested dictionaries walked from a place in the text, so that the words cost no time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.domain.heard.folding import CLAUSE, Folded
from bot.domain.heard.patterns import CLOSE, GAP, GAPS, MONEY, NUMBER, PAUSE, RUN, Segments
from bot.domain.numerals import number

Readings = Callable[[str], Collection[str]]
"""How a character is read, without tones; nothing for one that is not Chinese."""

_LEAF, _NEXT, _LIVE = "leaf", "next", "live"
"""Keys beside the characters: what ends here, what follows, and that there is more than characters."""
_OTHER = (NUMBER, MONEY, *GAPS)
_FLAGS = {_LEAF: 1, _NEXT: 2, NUMBER: 4, MONEY: 8, GAP: 16, CLOSE: 32, RUN: 64, PAUSE: 128}
"""What the value of `_LIVE` is the sum of: what a node has beside characters."""
_ENDS, _GOES_ON, _FIGURES, _WIDE = _FLAGS[_LEAF], _FLAGS[_NEXT], _FLAGS[NUMBER] | _FLAGS[MONEY], sum(_FLAGS[gap] for gap in GAPS)
DIGITS = frozenset("0123456789.零〇一二两三四五六七八九十百千几")
"""What a number is written with."""
_UNITS = ("块钱", "元钱", "元", "块")
_LONGEST_NUMBER = 12
_LONGEST_SYLLABLE = 6
SHORTEST_SOUND = 3
"""Characters of a word that may be recognised by sound alone: pairs that sound the same are everywhere."""
_MOST_GLANCED = 50_000
"""Pairs of characters that it is remembered of whether a word may begin with them."""
_PASSED = 2
"""Keys of a node that has nothing but `_LIVE` and `_NEXT`."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A word that ends at `end`; `torn`: a comma or more stands between two of its characters, and not in a gap."""

    end: int
    value: Any
    torn: bool = False
    amount: float | None = None


@dataclass(frozen=True, slots=True)
class Trie:
    """Spellings with what they stand for."""

    root: dict[str, Any] = field(default_factory=dict)

    def add(self, segments: Segments, value: object) -> None:
        """One pattern more; the same spelling may stand for several things.

        Only the first part shares nodes with other patterns. What follows is a trie of the pattern's own, so that ten ways to
        say the one and ten to say the other make twenty branches and not a hundred.
        """
        if () in segments[0] and len(segments) > 1:
            # What may be left out at the beginning would make every character a beginning.
            self.add(segments[1:], value)
            segments = (tuple(atoms for atoms in segments[0] if atoms), *segments[1:])
        rest: list[dict[str, Any]] = []
        for at in range(len(segments) - 1, -1, -1):
            root = {} if at else self.root
            for atoms in segments[at]:
                node = root
                for atom in atoms:
                    if atom in _OTHER:
                        node[_LIVE] = node.get(_LIVE, 0) | _FLAGS[atom]
                    node = node.setdefault(atom, {})
                node[_LIVE] = node.get(_LIVE, 0) | _FLAGS[_NEXT if rest else _LEAF]
                if rest:
                    node.setdefault(_NEXT, []).extend(rest)
                else:
                    node.setdefault(_LEAF, []).append(value)
            rest = [root]

    def at(self, text: Folded, begin: int, *, beside: bool = False) -> Iterator[Ended]:
        """Every spelling that begins at that character. The time depends on the spellings, not on the text.

        `beside`: a comma before the first character counts, too, unless the spelling begins with a gap, which may hold it.
        """
        chars, breaks, many = text.chars, text.breaks, len(text.chars)
        # `free` is where a comma does not count: before the word, and at the end of a gap, which may hold one.
        stack: list[_Step] = [(self.root, begin, False, None, begin - 1 if beside else begin)]
        while stack:
            node, at, torn, amount, free = stack.pop()
            while True:
                if live := node.get(_LIVE, 0):
                    if live & _ENDS:
                        for value in node[_LEAF]:
                            yield Ended(at, value, torn, amount)
                    if live > _ENDS:
                        stack += _beyond(node, live, text, at, torn, amount, free)
                if at == many or (child := node.get(chars[at])) is None:
                    break
                torn = torn or (at > free and breaks[at] >= CLAUSE)
                node, at = child, at + 1


_Step = tuple[dict[str, Any], int, bool, float | None, int]
"""Where a walk stands: node, place, whether torn, amount, where a comma does not count."""


def _beyond(node: dict[str, Any], live: int, text: Folded, at: int, torn: bool, amount: float | None, free: int) -> list[_Step]:
    """Where one gets from a node without a plain character, as far as it leads on; `live` says what the node has."""
    chars = text.chars
    char = chars[at] if at < len(chars) else ""
    steps: list[_Step] = []
    if live & _GOES_ON:
        steps += [(following, at, torn, amount, free) for following in node[_NEXT] if char in following or _LIVE in following]
    if live & _FIGURES and char in DIGITS:
        if (child := node.get(NUMBER)) is not None:
            steps.append((child, number_end(chars, at), torn, amount, free))
        if (child := node.get(MONEY)) is not None and (found := money(chars, at)):
            steps.append((child, found[0], torn, found[1] or amount, free))
    if live & _WIDE:
        if (child := node.get(GAP)) is not None:
            _over(child, text, at, text.gap_end(at), torn, amount, steps)
        if (child := node.get(CLOSE)) is not None:
            _over(child, text, at, text.close_gap_end(at), torn, amount, steps)
        if (child := node.get(RUN)) is not None:
            _over(child, text, at, text.run_end(at), torn, amount, steps)
        if (child := node.get(PAUSE)) is not None:
            _over(child, text, at, text.pause_end(at), torn, amount, steps)
    return steps


def _over(child: dict[str, Any], text: Folded, at: int, end: int, torn: bool, amount: float | None, steps: list[_Step]) -> None:
    """Adds where one gets over a gap that reaches as far as `end`."""
    within = text.chars[at : end + 1]
    # What only leads to the pattern's next part is passed over at once.
    onwards = child[_NEXT] if _NEXT in child and len(child) == _PASSED else (child,)
    for following in onwards:
        if _LIVE in following:
            steps += [(following, there, torn, amount, there) for there in range(at, end + 1)]
        elif not following.keys().isdisjoint(within):
            steps += [(following, at + i, torn, amount, at + i) for i, c in enumerate(within) if c in following]


@dataclass(frozen=True, slots=True)
class Sounds:
    """Words by how they are read; a word's syllables are looked for in characters and in Latin letters.

    `heads`: by the first two syllables of the words that characters alone may stand for, their first two characters; empty for
    those of more than three. `glanced`: what is remembered of pairs of characters.
    """

    readings: Readings
    root: dict[str, Any] = field(default_factory=dict)
    heads: dict[str, set[str]] = field(default_factory=dict)
    glanced: dict[str, bool] = field(default_factory=dict)

    def add(self, word: str, value: object) -> None:
        """One word of Chinese characters; a character read in several ways is heard in each."""
        nodes = [self.root]
        for char in word:
            nodes = [node.setdefault(reading, {}) for node in nodes for reading in sorted(self.readings(char))][:16]
        for node in nodes:
            node.setdefault(_LEAF, []).append((word, value))
        if len(word) >= SHORTEST_SOUND:
            for first in self.readings(word[0]):
                for second in self.readings(word[1]):
                    self.heads.setdefault(first + " " + second, set()).add(word[:2] if len(word) == SHORTEST_SOUND else "")

    def places(self, chars: str) -> list[int]:
        """The places where a word may begin: a glance at each character and the next one."""
        if not self.root:
            return []
        known = self.glanced
        found: list[int] = []
        for at in range(len(chars)):
            pair = chars[at : at + 2]
            if (begins := known.get(pair)) is None:
                if len(known) >= _MOST_GLANCED:
                    known.clear()
                begins = known[pair] = self._begins(pair)
            if begins:
                found.append(at)
        return found

    def _begins(self, pair: str) -> bool:
        if pair[0].isascii():
            return pair[0].isalpha()
        if len(pair) == 1:
            return False
        if pair[1].isascii():
            return any(reading in self.root for reading in self.readings(pair[0]))
        heads = (
            head
            for first in self.readings(pair[0])
            for second in self.readings(pair[1])
            for head in self.heads.get(first + " " + second, ())
        )
        # Of three characters two have to be the same, so that one of the first two is.
        return any(not head or head[0] == pair[0] or head[1] == pair[1] for head in heads)

    def at(self, text: Folded, begin: int) -> Iterator[tuple[int, str, tuple[str, ...], Any]]:
        """(end, word, how each of its syllables is written in the text, value) of every word that begins there."""
        stack: list[tuple[dict[str, Any], int, tuple[str, ...]]] = [
            (self.root[syllable], end, (text.chars[begin:end],))
            for syllable, end in self._syllables(text, begin, begin)
            if syllable in self.root
        ]
        while stack:
            node, at, written = stack.pop()
            for word, value in node.get(_LEAF, ()):
                yield at, word, written, value
            for syllable, end in self._syllables(text, at, begin):
                if (child := node.get(syllable)) is not None:
                    stack.append((child, end, (*written, text.chars[at:end])))

    def _syllables(self, text: Folded, at: int, begin: int) -> Iterator[tuple[str, int]]:
        if at >= len(text.chars) or (at > begin and text.breaks[at] >= CLAUSE):
            return
        char = text.chars[at]
        if char.isdigit():
            return
        if char.isascii():
            for end in range(at + 1, min(at + _LONGEST_SYLLABLE, len(text.chars)) + 1):
                yield text.chars[at:end], end
        else:
            yield from ((reading, at + 1) for reading in self.readings(char))


def number_end(chars: str, at: int) -> int:
    """Where the number that begins there ends; `at` itself when none does."""
    end = at
    while end < len(chars) and end - at < _LONGEST_NUMBER and chars[end] in DIGITS:
        end += 1
    return end


def money(chars: str, at: int) -> tuple[int, float | None] | None:
    """Where the amount that begins there ends, and its yuan (None for 几万); None when no amount begins there."""
    end = number_end(chars, at)
    if end == at:
        return None
    value = _value(chars[at:end])
    ten_thousands = chars.startswith("万", end)
    after = end + ten_thousands
    unit = next((unit for unit in _UNITS if chars.startswith(unit, after)), "")
    if not unit and not ten_thousands:
        return None
    return after + len(unit), value * (10_000 if ten_thousands else 1) if value is not None else None


def _value(digits: str) -> float | None:
    if digits.isascii():
        return float(digits) if digits.count(".") < 2 and digits.strip(".") else None
    if "几" in digits or any(char.isascii() for char in digits):
        return None
    found = number(digits)
    return None if found is None else float(found)
