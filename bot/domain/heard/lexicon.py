"""Terms made ready to be found: every spelling in a trie, sounds in another, exceptions beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.heard.folding import CLAUSE, Folded, Simplify, plain
from bot.domain.heard.patterns import GAP, HIT, MONEY, NUMBER, Atoms, around, spellings
from bot.domain.heard.terms import Term
from bot.domain.heard.tries import Readings, Sounds, Trie

_SPECIAL = (NUMBER, MONEY, GAP)
_NEAR = 24
"""Characters beside a word that an exception may look at."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A term with its patterns, variants and exceptions as they are written; the group's exceptions are among them."""

    term: Term
    patterns: Sequence[str]
    variants: Sequence[str] = ()
    unless: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """What a spelling stands for: a term by its number, the pattern it was written as, whether it is a variant."""

    term: int
    pattern: str
    variant: bool


@dataclass(frozen=True, slots=True)
class Exceptions:
    """When the same characters are lawful.

    `phrases` are longer ones that hold them, for the numbers of terms; `before` and `after` are what stands beside them, for
    pairs of a term's number and the exception's. `ahead` are the ids of terms that an exception behind them may make lawful.
    """

    phrases: Trie = field(default_factory=Trie)
    before: Trie = field(default_factory=Trie)
    after: Trie = field(default_factory=Trie)
    ahead: set[str] = field(default_factory=set)

    def add(self, term: int, key: int, found: Sequence[Atoms]) -> None:
        """One exception of a term, in all its spellings; `key` is a number of its own for each exception."""
        for atoms in found:
            if HIT not in atoms:
                self.phrases.add(atoms, term)
        for side in around(found):
            self.before.add(side.before[::-1], (term, key))
            self.after.add(side.after, (term, key))

    def beside(self, text: Folded, begin: int, end: int, term: int) -> bool:
        """Whether what stands beside these characters makes them lawful for that term."""
        before = {key for key in _ended(self.before, _backwards(text, begin)) if key[0] == term}
        return bool(before) and not before.isdisjoint(_ended(self.after, _forwards(text, end)))


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that is listened for in one kind of text.

    `signs` are the signs that words are written with (100%有效); those words are in `signed`, all the others in `spoken`.
    """

    terms: tuple[Term, ...]
    simplify: Simplify
    signs: frozenset[str]
    spoken: Trie
    signed: Trie
    sounds: Sounds
    exceptions: Exceptions


def compiled(spoken: Iterable[Spoken], lists: Mapping[str, Sequence[str]], simplify: Simplify, readings: Readings) -> Words:
    """The words of all terms. Raises PatternError for a pattern that cannot be read."""
    listed = tuple(spoken)
    plainly, signed, sounds, exceptions = Trie(), Trie(), Sounds(readings), Exceptions()
    signs: set[str] = set()
    key = 0
    for number, one in enumerate(listed):
        for pattern, variant in (*((p, False) for p in one.patterns), *((v, True) for v in one.variants)):
            for atoms in spellings(pattern, lists):
                exact = folded(atoms, simplify, keep=True)
                own = {atom for atom in exact if atom not in _SPECIAL and not atom.isalnum()}
                signs |= own
                (signed if own else plainly).add(exact, Target(number, pattern, variant))
                if one.term.sounds and not variant and all(not a.isascii() and readings(a) for a in exact):
                    sounds.add("".join(exact), Target(number, pattern, variant))
        for pattern in one.unless:
            if not pattern.rstrip().endswith(HIT):
                exceptions.ahead.add(one.term.id)
            exceptions.add(number, key := key + 1, [folded(atoms, simplify) for atoms in spellings(pattern, lists)])
    return Words(tuple(one.term for one in listed), simplify, frozenset(signs), plainly, signed, sounds, exceptions)


def folded(atoms: Atoms, simplify: Simplify, *, keep: bool = False) -> Atoms:
    """A spelling as texts are compared, without signs unless they are to be kept."""
    found: list[str] = []
    for atom in atoms:
        if atom in _SPECIAL or atom == HIT:
            found.append(atom)
        else:
            found += [one for one in simplify(plain(atom)) if one.isalnum() or (keep and _sign(one))]
    return tuple(found)


def _sign(char: str) -> bool:
    """A sign that may belong to a word, such as %, + or ❤; not a space, and nothing that only dresses a character."""
    return not char.isspace() and char.isprintable() and char not in "\ufe0f\ufe0e\u20e3."


def _ended(trie: Trie, text: Folded) -> set[tuple[int, int]]:
    if text.breaks and text.breaks[0] >= CLAUSE:
        text = Folded("", [], [], [])
    return {found.value for found in trie.at(text, 0) if not found.torn}


def _forwards(text: Folded, end: int) -> Folded:
    return Folded(text.chars[end : end + _NEAR], [], [], text.breaks[end : end + _NEAR])


def _backwards(text: Folded, begin: int) -> Folded:
    start = max(0, begin - _NEAR)
    return Folded(text.chars[start:begin][::-1], [], [], text.breaks[start + 1 : begin + 1][::-1])
