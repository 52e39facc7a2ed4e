"""The small language in which words to listen for are written: plain characters and five signs, never a regular expression.

{n}      a number, in digits or in Chinese
{元}      an amount of money: 三千块, 5万
{名}      any word of the list of that name
{甲|乙|}  one of these; an empty one may be left out; `…` and {n} may be among them
…        up to eight characters of the same sentence, none of which says no
~        in an exception only: where the word itself stands
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product

NUMBER, MONEY, GAP, HIT = "{n}", "{元}", "…", "~"
SPECIAL = (NUMBER, MONEY, GAP, HIT)
WIDEST = 8
"""Characters that a gap spans at most."""
SHOWN_SPELLINGS = 200
"""Spellings of one pattern that are written out, for checks and for sounds; found are all of them."""
MOST_GAPS = 2

Atoms = tuple[str, ...]
"""A spelling in pieces: single characters, `NUMBER`, `MONEY`, `GAP`, `HIT`."""
Segments = tuple[tuple[Atoms, ...], ...]
"""A pattern: one part after the other, each a choice of spellings."""

_ATOM = re.compile(r"\{n\}|\{元\}|\S")
_PIECE = re.compile(r"\{(?:\{n\}|\{元\}|[^{}])*\}|[{}]|\S")


class PatternError(ValueError):
    """What is wrong with a pattern, as one clause for whoever wrote it."""


@dataclass(frozen=True, slots=True)
class Around:
    """An exception: what stands directly before the word, and directly after it."""

    before: Segments
    after: Segments


def parsed(pattern: str, lists: Mapping[str, Sequence[str]]) -> Segments:
    """A pattern's parts, without spaces. Raises PatternError."""
    found: list[tuple[Atoms, ...]] = []
    for piece in _PIECE.findall(pattern):
        choice = _choice(piece, lists)
        alone = len(choice) == 1 and choice != ((HIT,),)
        if alone and found and len(found[-1]) == 1 and found[-1] != ((HIT,),):
            found[-1] = (found[-1][0] + choice[0],)
        else:
            found.append(choice)
    segments = tuple(found)
    _check_gaps(segments)
    return segments


def spellings(segments: Segments) -> list[Atoms]:
    """The first `SHOWN_SPELLINGS` ways to write a pattern."""
    return [tuple(atom for part in parts for atom in part) for parts in islice(product(*segments), SHOWN_SPELLINGS)]


def few(segments: Segments) -> bool:
    """Whether `spellings` are all there are."""
    count = 1
    for choice in segments:
        count *= len(choice)
    return count <= SHOWN_SPELLINGS


def words_only(segments: Segments) -> None:
    """Hold a word to listen for to what it needs. Raises PatternError."""
    if any(HIT in atoms for choice in segments for atoms in choice):
        raise PatternError(f"「{HIT}」只写在例外里")
    if sum(min(_literal(atoms) for atoms in choice) for choice in segments) < 2:
        raise PatternError("太宽：每种写法至少有两个字")
    if any(GAP in atoms[:1] + atoms[-1:] for atoms in spellings(segments)):
        raise PatternError(f"「{GAP}」只写在字的中间")


def around(segments: Segments) -> Around | None:
    """The sides of an exception that says where the word stands; None for a whole phrase. Raises PatternError."""
    places = [at for at, choice in enumerate(segments) if any(HIT in atoms for atoms in choice)]
    if not places:
        return None
    at = places[0]
    if len(places) > 1 or segments[at] != ((HIT,),) or len(segments) == 1:
        raise PatternError(f"「{HIT}」单独写一次，前面或后面要有字")
    return Around(segments[:at], segments[at + 1 :])


def backwards(segments: Segments) -> Segments:
    """The same pattern, for a text that is read from its end."""
    return tuple(tuple(atoms[::-1] for atoms in choice) for choice in segments[::-1])


def _choice(piece: str, lists: Mapping[str, Sequence[str]]) -> tuple[Atoms, ...]:
    if piece in "{}":
        raise PatternError("花括号没有配对")
    if piece in (NUMBER, MONEY) or not piece.startswith("{"):
        return ((piece,),)
    name = piece[1:-1].strip()
    if "|" in name:
        return tuple(tuple(_ATOM.findall(word)) for word in dict.fromkeys(name.split("|")))
    if name not in lists:
        raise PatternError(f"没有「{name}」这张词表")
    return tuple(tuple(_ATOM.findall(word)) for word in lists[name])


def _literal(atoms: Atoms) -> int:
    return sum(atom not in SPECIAL for atom in atoms)


def _check_gaps(segments: Segments) -> None:
    if sum(any(GAP in atoms for atoms in choice) for choice in segments) > MOST_GAPS:
        raise PatternError(f"「{GAP}」最多写 {MOST_GAPS} 处")
    if not any(_literal(atoms) for choice in segments for atoms in choice):
        raise PatternError("里面没有字")
