"""Terms made ready to be found: every spelling in a trie, sounds in another, exceptions beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.heard.anchors import Anchored, reversed_before
from bot.domain.heard.folding import Folded, Simplify, plain
from bot.domain.heard.patterns import HIT, SPECIAL, Around, Atoms, Segments, around, backwards, few, parsed, spellings
from bot.domain.heard.terms import Term
from bot.domain.heard.tries import Readings, Sounds, Trie

NEAR = 24
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
    """What a spelling stands for: a term by its number, and whether it is a variant."""

    term: int
    variant: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a term where it is lawful: before it, behind it, or both, as pairs of one number each."""

    before: Trie = field(default_factory=Trie)
    after: Trie = field(default_factory=Trie)
    both_before: Trie = field(default_factory=Trie)
    both_after: Trie = field(default_factory=Trie)

    def add(self, key: int, side: Around) -> None:
        """One exception; `key` is a number of its own."""
        if side.before and side.after:
            self.both_before.add(backwards(side.before), key)
            self.both_after.add(side.after, key)
        elif side.before:
            self.before.add(backwards(side.before), key)
        else:
            self.after.add(side.after, key)

    def left(self, text: Folded, begin: int) -> frozenset[int] | None:
        """What ends right before a word that begins there: None where that is lawful, else numbers that need the other side."""
        before = reversed_before(text, begin, NEAR)
        return None if _ended(self.before, before, asked=True) else _ended(self.both_before, before, asked=True)

    def right(self, text: Folded, end: int) -> frozenset[int] | None:
        """What begins right behind a word that ends there, as `left`."""
        after = Folded(text.chars[end : end + NEAR], [], [], text.breaks[end : end + NEAR])
        return None if _ended(self.after, after) else _ended(self.both_after, after)


@dataclass(frozen=True, slots=True)
class Exceptions:
    """When the same characters are lawful.

    For each term by its number, `phrases` are longer ones that hold them and `beside` is what stands next to them.
    `ahead` are the ids of terms that an exception behind them may make lawful.
    """

    phrases: dict[int, Anchored] = field(default_factory=dict)
    beside: dict[int, Beside] = field(default_factory=dict)
    ahead: set[str] = field(default_factory=set)

    def add(self, term: int, key: int, segments: Segments) -> None:
        """One exception of a term; `key` is a number of its own for each exception."""
        side = around(segments)
        if side is None:
            self.phrases.setdefault(term, Anchored()).add(segments, key)
        else:
            self.beside.setdefault(term, Beside()).add(key, side)


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that is listened for in one kind of text.

    `signs` are the signs that words are written with (100%有效); those words are in `signed`, all the others in `spoken`.
    """

    terms: tuple[Term, ...]
    simplify: Simplify
    signs: frozenset[str]
    spoken: Anchored
    signed: Anchored
    sounds: Sounds
    exceptions: Exceptions


def compiled(spoken: Iterable[Spoken], lists: Mapping[str, Sequence[str]], simplify: Simplify, readings: Readings) -> Words:
    """The words of all terms. Raises PatternError for a pattern that cannot be read."""
    listed = tuple(spoken)
    plainly, signed, sounds, exceptions = Anchored(), Anchored(), Sounds(readings), Exceptions()
    signs: set[str] = set()
    key = 0
    for number, one in enumerate(listed):
        for pattern, variant in (*((p, False) for p in one.patterns), *((v, True) for v in one.variants)):
            segments, target = folded(parsed(pattern, lists), simplify, keep=True), Target(number, variant)
            without = tuple(tuple(atoms for atoms in choice if not any(map(_is_sign, atoms))) for choice in segments)
            if without != segments:
                signs |= {atom for choice in segments for atoms in choice for atom in atoms if _is_sign(atom)}
                signed.add(segments, target)
            if all(without):
                plainly.add(without, target)
            if one.term.sounds and not variant and few(segments):
                for atoms in spellings(segments):
                    if all(len(atom) == 1 and not atom.isascii() and readings(atom) for atom in atoms):
                        sounds.add("".join(atoms), target)
        for pattern in one.unless:
            if not pattern.rstrip().endswith(HIT):
                exceptions.ahead.add(one.term.id)
            exceptions.add(number, key := key + 1, folded(parsed(pattern, lists), simplify))
    return Words(tuple(one.term for one in listed), simplify, frozenset(signs), plainly, signed, sounds, exceptions)


def folded(segments: Segments, simplify: Simplify, *, keep: bool = False) -> Segments:
    """A pattern as texts are compared, without signs unless they are to be kept."""
    return tuple(tuple(_folded(atoms, simplify, keep) for atoms in choice) for choice in segments)


def _folded(atoms: Atoms, simplify: Simplify, keep: bool) -> Atoms:
    found: list[str] = []
    for atom in atoms:
        found += [atom] if atom in SPECIAL else [c for c in simplify(plain(atom)) if c.isalnum() or (keep and _sign(c))]
    return tuple(found)


def _is_sign(atom: str) -> bool:
    return atom not in SPECIAL and not atom.isalnum()


def _sign(char: str) -> bool:
    """A sign that may belong to a word, such as %, + or ❤; not a space, and nothing that only dresses a character."""
    return not char.isspace() and char.isprintable() and char not in "\ufe0f\ufe0e\u20e3."


def _ended(trie: Trie, text: Folded, *, asked: bool = False) -> frozenset[int]:
    """The numbers of what is found; with `asked`, in a text from its end, not where its no is half of a question."""
    return frozenset(
        found.value for found in trie.at(text, 0, beside=True) if not found.torn and not (asked and _asks(text.chars, found.end))
    )


def _asks(chars: str, end: int) -> bool:
    """Whether what ends there, read from its end, begins with the no of 是不是, 有没有: no denial, but a question."""
    return 2 <= end < len(chars) and chars[end - 1] in "不没" and chars[end] == chars[end - 2]
