"""The small language in which words to listen for are written: plain characters and a few signs, never a regular expression.

{n}      a number, in digits or in Chinese
{元}      an amount of money: 三千块, 5万
{名}      any word of the list of that name; a list may hold another one, as {名}
{甲|乙|}  one of these; an empty one may be left out; `…`, `_` and {n} may be among them, and a list's words as @名
…        up to eight characters of the same sentence, none of which says no
_        up to four characters, as …, but within the same clause: no comma
、        in an exception only: up to sixteen characters of the same sentence in which somebody else is spoken of, or words are
         listed: nobody turns round (但, 就), says who or what he means (我, 咱, 这, 它), says no, or uses anything (吃, 用)
，       in an exception only: a comma, or none
~        in an exception only: where the word itself stands
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product

NUMBER, MONEY, GAP, CLOSE, RUN, PAUSE, HIT = "{n}", "{元}", "…", "_", "、", "，", "~"
LISTED = "@"
SPECIAL = (NUMBER, MONEY, GAP, CLOSE, RUN, PAUSE, HIT)
GAPS = (GAP, CLOSE, RUN, PAUSE)
LAWFUL_ONLY = (HIT, RUN, PAUSE)
SHOWN_SPELLINGS = 200
"""Spellings of one pattern that are written out, for checks and for sounds; found are all of them."""
MOST_GAPS = 2

Atoms = tuple[str, ...]
"""A spelling in pieces: single characters, `NUMBER`, `MONEY`, `GAP`, `HIT`."""
Segments = tuple[tuple[Atoms, ...], ...]
"""A pattern: one part after the other, each a choice of spellings."""

_ATOM = re.compile(r"\{n\}|\{元\}|\S")
_LIST = re.compile(r"\{([^{}|]+)\}")
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
    if sign := next((one for one in LAWFUL_ONLY if any(one in atoms for choice in segments for atoms in choice)), ""):
        raise PatternError(f"「{sign}」只写在例外里")
    if sum(min(_literal(atoms) for atoms in choice) for choice in segments) < 2:
        raise PatternError("太宽：每种写法至少有两个字")
    if gap := next((gap for gap in GAPS for atoms in spellings(segments) if gap in atoms[:1] + atoms[-1:]), ""):
        raise PatternError(f"「{gap}」只写在字的中间")


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
        words = [word for one in name.split("|") for word in (listed(one[1:], lists) if one[:1] == LISTED else (one,))]
        return tuple(tuple(_ATOM.findall(word)) for word in dict.fromkeys(words))
    return tuple(tuple(_ATOM.findall(word)) for word in dict.fromkeys(listed(name, lists)))


def listed(name: str, lists: Mapping[str, Sequence[str]], within: tuple[str, ...] = ()) -> list[str]:
    """The words of a list and of the lists that it names, in their order. Raises PatternError."""
    if name not in lists:
        raise PatternError(f"没有「{name}」这张词表")
    if name in within:
        raise PatternError(f"词表「{name}」绕回了自己")
    words: list[str] = []
    for word in lists[name]:
        if (other := _LIST.fullmatch(word)) is not None:
            words += listed(other[1].strip(), lists, (*within, name))
        else:
            words.append(word)
    return words


def _literal(atoms: Atoms) -> int:
    return sum(atom not in SPECIAL for atom in atoms)


def _check_gaps(segments: Segments) -> None:
    if sum(any(GAP in atoms for atoms in choice) for choice in segments) > MOST_GAPS:
        raise PatternError(f"「{GAP}」最多写 {MOST_GAPS} 处")
    if sum(any(gap in atoms for atoms in choice for gap in GAPS) for choice in segments) > MOST_GAPS + 1:
        raise PatternError(f"「{GAP}」「{CLOSE}」「{RUN}」加起来最多写 {MOST_GAPS + 1} 处")
    if not any(_literal(atoms) for choice in segments for atoms in choice):
        raise PatternError("里面没有字")
