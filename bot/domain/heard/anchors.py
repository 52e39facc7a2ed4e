"""Patterns looked for by their rarest part: a text is walked only where such a part stands, first forwards and then backwards.

Most patterns have a part that hardly ever occurs (天花板, 血糖) beside others that stand everywhere (我, 就, 不). Walking from
the rare one makes the time depend on what is nearly said, not on how many patterns there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.domain.heard.folding import Folded
from bot.domain.heard.patterns import GAP, GAPS, MONEY, SPECIAL, Atoms, Segments, backwards
from bot.domain.heard.tries import DIGITS, Trie

REACH = 48
"""Characters before the rare part that are looked at; a longer beginning is not found."""

_EVERYWHERE = frozenset(
    "的一是不了我在有这个们你他她它来上大为和到说要就出也得里后自会着没看起还发给好家去能下过子多么都那可以什点小对把用想"
    "让再才从啊吧呢呀哦哈咱跟又太很真啦哎嗯今天年月日元块钱人中时候等行买卖拍号款件色码新老东西高"
)
"""Characters that stand everywhere in what hosts say."""
_COMMON, _RARE = 0.012, 0.0008
"""How often one of these, and any other, stands at a place: rough, for choosing between parts only."""


@dataclass(frozen=True, slots=True)
class Found:
    """What stands at characters `begin` to `end` (exclusive); `torn` and `amount` as in `Ended`."""

    begin: int
    end: int
    value: Any
    torn: bool
    amount: float | None


@dataclass(frozen=True, slots=True)
class Anchored:
    """Patterns with what they stand for."""

    trie: Trie = field(default_factory=Trie)
    pairs: set[str] = field(default_factory=set)
    singles: set[str] = field(default_factory=set)

    def add(self, segments: Segments, value: object) -> None:
        """One pattern more; the same spelling may stand for several things."""
        at = _rarest(segments)
        before = None
        if at:
            before = Trie()
            before.add(backwards(segments[:at]), None)
        self.trie.add(segments[at:], (value, before))
        for atoms in segments[at]:
            for start in _starts((atoms,), segments[at + 1 :]):
                (self.pairs if len(start) > 1 else self.singles).add(start)

    def find(self, text: Folded, low: int = 0, high: int | None = None) -> Iterator[Found]:
        """Every place of every pattern, in no order; of those whose rare part begins from `low` until before `high`."""
        chars, pairs, singles = text.chars, self.pairs, self.singles
        anywhere = GAP in singles
        for begin in range(low, len(chars) if high is None else min(high, len(chars))):
            if chars[begin : begin + 2] in pairs or chars[begin] in singles or anywhere:
                yield from self._from(text, begin)

    def _from(self, text: Folded, begin: int) -> Iterator[Found]:
        earlier: Folded | None = None
        for ended in self.trie.at(text, begin):
            value, before = ended.value
            if before is None:
                yield Found(begin, ended.end, value, ended.torn, ended.amount)
                continue
            earlier = earlier or reversed_before(text, begin, REACH)
            for one in before.at(earlier, 0, beside=True):
                yield Found(begin - one.end, ended.end, value, ended.torn or one.torn, ended.amount or one.amount)


def reversed_before(text: Folded, begin: int, reach: int) -> Folded:
    """The characters before a place, from the nearest on, with the breaks between them; at most `reach`."""
    start = max(0, begin - reach)
    return Folded(text.chars[start:begin][::-1], [], [], text.breaks[start + 1 : begin + 1][::-1])


def _rarest(segments: Segments) -> int:
    """Which part to begin with: the one that is seldom said; what is before it must be readable backwards."""
    best, found = 0, _commonness(segments[0])
    for at, choice in enumerate(segments[1:], start=1):
        if any(MONEY in atoms for atoms in segments[at - 1]):
            break  # amounts are read forwards only: the unit comes last
        if (common := _commonness(choice)) < found:
            best, found = at, common
    return best


def _commonness(choice: tuple[Atoms, ...]) -> float:
    total = 0.0
    for atoms in choice:
        if not atoms or any(atom in SPECIAL for atom in atoms[:2]):
            return 2.0 if not atoms else 1.5
        likely = 1.0
        for atom in atoms:
            if atom in SPECIAL:
                break
            likely *= _COMMON if atom in _EVERYWHERE else _RARE
        total += likely
    return total


def _starts(choice: tuple[Atoms, ...], rest: Segments) -> set[str]:
    """The pairs of characters that a pattern may begin with; single ones where the second may be any."""
    found: set[str] = set()
    for atoms in choice:
        if not atoms:
            found |= _starts(rest[0], rest[1:]) if rest else set()
        elif atoms[0] in SPECIAL:
            found |= {GAP} if atoms[0] in GAPS else DIGITS
        elif len(atoms) > 1:
            found.add(atoms[0] if atoms[1] in SPECIAL else atoms[0] + atoms[1])
        else:
            seconds = {start[0] for start in _starts(rest[0], rest[1:])} if rest else {GAP}
            found |= {atoms[0]} if GAP in seconds else {atoms[0] + second for second in seconds}
    return found
