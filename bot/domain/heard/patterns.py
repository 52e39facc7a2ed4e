"""The small language in which words to listen for are written: plain characters and five signs, never a regular expression.

    {n}      a number, in digits or in Chinese
    {元}      an amount of money: 三千块, 5万
    {名}      any word of the list of that name
    {甲|乙|}  one of these; an empty one may be left out
    …        up to eight characters of the same sentence, none of which says no
    ~        in an exception only: where the word itself stands
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

NUMBER, MONEY, GAP, HIT = "{n}", "{元}", "…", "~"
WIDEST = 8
"""Characters that a gap spans at most."""
MOST_SPELLINGS = 600
"""Spellings that one pattern may stand for."""
MOST_GAPS = 2

Atoms = tuple[str, ...]
"""A spelling in pieces: single characters, `NUMBER`, `MONEY`, `GAP`."""

_PIECE = re.compile(r"\{[^{}]*\}|[{}]|\S")
_SPECIAL = (NUMBER, MONEY, GAP)


class PatternError(ValueError):
    """What is wrong with a pattern, as one clause for whoever wrote it."""


@dataclass(frozen=True, slots=True)
class Around:
    """An exception: what stands directly before the word, and directly after it."""

    before: Atoms
    after: Atoms


def spellings(pattern: str, lists: Mapping[str, Sequence[str]]) -> list[Atoms]:
    """All spellings of a pattern, without spaces. Raises PatternError."""
    choices = [_choices(piece, lists) for piece in _PIECE.findall(pattern)]
    count = 1
    for choice in choices:
        count *= len(choice)
    if count > MOST_SPELLINGS:
        raise PatternError(f"展开有 {count} 种写法，最多 {MOST_SPELLINGS} 种，拆成几条")
    found = [tuple(atom for part in parts for atom in part) for parts in product(*choices)]
    for atoms in found:
        _check_gaps(atoms)
    return found


def words_only(found: Sequence[Atoms]) -> None:
    """Hold a word to listen for to what it needs. Raises PatternError."""
    for atoms in found:
        if HIT in atoms:
            raise PatternError(f"「{HIT}」只写在例外里")
        if sum(atom not in _SPECIAL for atom in atoms) < 2:
            raise PatternError("太宽：每种写法至少有两个字")


def around(found: Sequence[Atoms]) -> list[Around]:
    """Exceptions that say where the word stands; none for those that are a whole phrase. Raises PatternError."""
    sides = []
    for atoms in (atoms for atoms in found if HIT in atoms):
        if atoms.count(HIT) > 1 or len(atoms) == 1:
            raise PatternError(f"「{HIT}」写一次，前面或后面要有字")
        at = atoms.index(HIT)
        sides.append(Around(atoms[:at], atoms[at + 1 :]))
    return sides


def _choices(piece: str, lists: Mapping[str, Sequence[str]]) -> list[Atoms]:
    if piece in "{}":
        raise PatternError("花括号没有配对")
    if piece in (NUMBER, MONEY) or not piece.startswith("{"):
        return [(piece,)]
    name = piece[1:-1].strip()
    if "|" in name:
        return [tuple(word.strip()) for word in dict.fromkeys(name.split("|"))]
    if name not in lists:
        raise PatternError(f"没有「{name}」这张词表")
    return [tuple("".join(word.split())) for word in lists[name]]


def _check_gaps(atoms: Atoms) -> None:
    if atoms.count(GAP) > MOST_GAPS:
        raise PatternError(f"「{GAP}」最多写 {MOST_GAPS} 处")
    edges = (*atoms[:1], *atoms[-1:], *(atoms[i + d] for i, a in enumerate(atoms) if a == HIT for d in (-1, 1) if 0 <= i + d < len(atoms)))
    inner = HIT in atoms
    if not inner and GAP in edges:
        raise PatternError(f"「{GAP}」只写在字的中间")
    if any(one == other == GAP for one, other in zip(atoms, atoms[1:], strict=False)):
        raise PatternError(f"「{GAP}」不要连写")
