"""Many words looked for at once: nested dictionaries walked from a place in the text, so that the words cost no time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.domain.heard.folding import CLAUSE, SENTENCE, Folded
from bot.domain.heard.patterns import GAP, MONEY, NUMBER, WIDEST, Segments
from bot.domain.numerals import number

Readings = Callable[[str], Collection[str]]
"""How a character is read, without tones; nothing for one that is not Chinese."""

_LEAF, _NEXT, _LIVE = "leaf", "next", "live"
"""Keys beside the characters: what ends here, what follows, and that there is more than characters."""
_OTHER = (NUMBER, MONEY, GAP)
_DIGITS = frozenset("0123456789.零〇一二两三四五六七八九十百千几")
_UNITS = ("块钱", "元钱", "元", "块")
_LONGEST_NUMBER = 12
_LONGEST_SYLLABLE = 6
# A no in between turns the meaning round: 差评一条没删.
_NO = frozenset("不没别未")


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
                        node[_LIVE] = True
                    node = node.setdefault(atom, {})
                node[_LIVE] = True
                if rest:
                    node.setdefault(_NEXT, []).extend(rest)
                else:
                    node.setdefault(_LEAF, []).append(value)
            rest = [root]

    def begins(self, chars: str, at: int) -> bool:
        """Whether a spelling may begin at that character: a glance, because at most of them none does."""
        root, char = self.root, chars[at]
        if (char in _DIGITS and (NUMBER in root or MONEY in root)) or GAP in root or _NEXT in root:
            return True
        node = root.get(char)
        return node is not None and ((at + 1 < len(chars) and chars[at + 1] in node) or _LIVE in node)

    def at(self, text: Folded, begin: int) -> Iterator[Ended]:
        """Every spelling that begins at that character. The time depends on the spellings, not on the text."""
        # `free` is where a comma does not count: before the word, and at the end of a gap, which may hold one.
        stack: list[tuple[dict[str, Any], int, bool, float | None, int]] = [(self.root, begin, False, None, begin)]
        while stack:
            node, at, torn, amount, free = stack.pop()
            if at < len(text.chars) and (child := node.get(text.chars[at])) is not None:
                stack.append((child, at + 1, torn or (at > free and text.breaks[at] >= CLAUSE), amount, free))
            if _LIVE not in node:
                continue
            for value in node.get(_LEAF, ()):
                yield Ended(at, value, torn, amount)
            stack += [(following, there, torn, found or amount, free) for following, there, found in _beyond(node, text, at)]
            stack += [(child, there, torn, amount, there) for child, there in _over(node, text, at)]


def _beyond(node: dict[str, Any], text: Folded, at: int) -> Iterator[tuple[dict[str, Any], int, float | None]]:
    """Where one gets from a node without a plain character or a gap: (node, place, amount), as far as it leads on."""
    chars = text.chars
    for following in node.get(_NEXT, ()):
        if (at < len(chars) and chars[at] in following) or _LIVE in following:
            yield following, at, None
    if at == len(chars) or chars[at] not in _DIGITS:
        return
    if (child := node.get(NUMBER)) is not None:
        yield child, number_end(chars, at), None
    if (child := node.get(MONEY)) is not None and (found := money(chars, at)):
        yield child, *found


def _over(node: dict[str, Any], text: Folded, at: int) -> Iterator[tuple[dict[str, Any], int]]:
    """Where one gets from a node over a gap: (node, place), as far as it leads on."""
    if (child := node.get(GAP)) is None:
        return
    live = _LIVE in child
    yield from (
        (child, there) for there in _reached(text, at) if live or (there < len(text.chars) and text.chars[there] in child)
    )


@dataclass(frozen=True, slots=True)
class Sounds:
    """Words by how they are read; a word's syllables are looked for in characters and in Latin letters."""

    readings: Readings
    root: dict[str, Any] = field(default_factory=dict)

    def add(self, word: str, value: object) -> None:
        """One word of Chinese characters; a character read in several ways is heard in each."""
        nodes = [self.root]
        for char in word:
            nodes = [node.setdefault(reading, {}) for node in nodes for reading in sorted(self.readings(char))][:16]
        for node in nodes:
            node.setdefault(_LEAF, []).append((word, value))

    def begins(self, chars: str, at: int) -> bool:
        """Whether a word may begin at that character: a glance at it and the next one."""
        char = chars[at]
        if char.isascii():
            return char.isalpha()
        if at + 1 == len(chars):
            return False
        following: Collection[str] | None = None
        for reading in self.readings(char):
            if (node := self.root.get(reading)) is not None:
                following = self.readings(chars[at + 1]) if following is None else following
                if not node.keys().isdisjoint(following) or chars[at + 1].isascii():
                    return True
        return False

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
    while end < len(chars) and end - at < _LONGEST_NUMBER and chars[end] in _DIGITS:
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


def _reached(text: Folded, at: int) -> Iterator[int]:
    for there in range(at, min(at + WIDEST, len(text.chars)) + 1):
        if there < len(text.chars) and text.breaks[there] >= SENTENCE:
            return
        yield there
        if there < len(text.chars) and text.chars[there] in _NO:
            return
