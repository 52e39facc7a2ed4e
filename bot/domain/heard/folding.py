"""A text as it is matched: one width, one script, small letters, without what people put between characters to hide a word.

Every kept character knows where it stood, so that what was heard can be shown as it was said. Pure; which traditional
character is which simplified one is told from outside.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import lru_cache

Simplify = Callable[[str], str]
"""Traditional characters as simplified ones; the length stays the same."""

NONE, SOFT, CLAUSE, SENTENCE = range(4)
"""What stood before a kept character: nothing, a space or a sign, a comma, the end of a sentence."""

_CLAUSE = frozenset(",，、:：—…")
_SENTENCE = frozenset("。｡!！?？;；\n\r\u2028\u2029")
WIDEST = 8
"""Characters that a gap spans at most; the other kind is below."""
CLOSEST = 4
"""Characters that a gap within a clause spans at most."""
# A no in between turns the meaning round: 差评一条没删.
_NO = frozenset("不没别未")
LONGEST_RUN = 16
"""Characters that a run spans at most: what is listed, or said of somebody else."""
# Who turns round, or says whom or what he means, or what is done with goods, speaks of his own.
_OWN = _NO | frozenset("但却而就可我咱俺敢这那它吃喝贴抹涂擦敷泡含喷揉戴服用")
# Letters of other scripts that look like Latin ones.
_LOOKS = str.maketrans("аеорсухіјѕкмтнвԛԝαορτυνκι", "aeopcyxijskmthbqwaoptuvki")
# Hangul fillers count as letters and show nothing: no more than a space without width.
_UNSEEN = str.maketrans("\u115f\u1160", "\u200b\u200b")
# Marks of the four tones, over Latin letters.
_TONES = frozenset("\u0300\u0301\u0304\u030c")


@dataclass(frozen=True, slots=True)
class Folded:
    """`chars` as they are compared; character i stood at `starts[i]` to `ends[i]` (exclusive), after a break `breaks[i]`."""

    chars: str
    starts: list[int]
    ends: list[int]
    breaks: list[int]
    _gaps: dict[int, int] = field(default_factory=dict)

    def gap_end(self, at: int) -> int:
        """How far a gap that begins there may reach: within the sentence, `WIDEST` characters, up to one that says no."""
        if (known := self._gaps.get(at)) is not None:
            return known
        self._gaps[at] = end = self._end(at, WIDEST, _NO)
        return end

    def run_end(self, at: int) -> int:
        """How far a run may reach: as a gap, `LONGEST_RUN` characters, up to one that speaks of the speaker's own."""
        return self._end(at, LONGEST_RUN, _OWN)

    def pause_end(self, at: int) -> int:
        """Where a pause ends: there, unless a sentence ends before it."""
        return self._end(at, 0, frozenset())

    def _end(self, at: int, widest: int, up_to: frozenset[str]) -> int:
        chars, breaks = self.chars, self.breaks
        end, last = at - 1, min(at + widest, len(chars))
        while end < last and (end + 1 == len(chars) or breaks[end + 1] < SENTENCE):
            end += 1
            if end < len(chars) and chars[end] in up_to:
                break
        return end

    def close_gap_end(self, at: int) -> int:
        """How far a gap within a clause may reach: as `gap_end`, up to a comma, `CLOSEST` characters."""
        last = min(self.gap_end(at), at + CLOSEST)
        for there in range(at, last + 1):
            if there < len(self.chars) and self.breaks[there] >= CLAUSE:
                return there - 1
        return last


def fold(text: str, simplify: Simplify, signs: Collection[str] = frozenset()) -> Folded:
    """Letters, digits and characters, and of the signs only `signs`; a point stays between digits. Linear in the text."""
    chars: list[str] = []
    starts: list[int] = []
    breaks: list[int] = []
    seen = NONE
    for at, char in enumerate(text):
        if "\u4e00" <= char <= "\u9fff":  # most of a text; folding leaves these as they are
            chars.append(char)
            starts.append(at)
            breaks.append(seen)
            seen = NONE
            continue
        for one in plain(char):
            if one.isalnum() or one in signs or (one == "." and _in_figure(text, at)):
                chars.append(one)
                starts.append(at)
                breaks.append(seen)
                seen = NONE
            else:
                seen = max(seen, _break(one))
    return Folded(simplify("".join(chars)), starts, [at + 1 for at in starts], breaks)


@lru_cache(maxsize=20_000)
def plain(char: str) -> str:
    """One character in its usual width and form, small, look-alikes as Latin letters, pinyin without its tones; may be several
    characters, or none."""
    found = unicodedata.normalize("NFKC", char).lower().translate(_LOOKS).translate(_UNSEEN)
    apart = unicodedata.normalize("NFD", found)
    if not _TONES.isdisjoint(apart) and apart[0].isascii():
        found = unicodedata.normalize("NFC", "".join(one for one in apart if one not in _TONES))
    return found


def ends_clause(text: str) -> bool:
    """Whether a comma or the end of a sentence stands in the text."""
    return any(char in _CLAUSE or char in _SENTENCE for char in text)


def _in_figure(text: str, at: int) -> bool:
    return 0 < at < len(text) - 1 and text[at - 1].isdecimal() and text[at + 1].isdecimal()


def _break(char: str) -> int:
    if char in _SENTENCE:
        return SENTENCE
    return CLAUSE if char in _CLAUSE else SOFT
