"""Typing errors, mended with the collection's own words: 进入绿 -> 进入率, wroker -> worker.

Only what the collection does not know is touched, and only into something it knows: a character into one that sounds
the same where the three around it then stand in the collection, a Latin word that is in no dictionary into one an edit
or two away. A looser rule (pairs instead of triples) rewrites a third of all good questions. The question is shown as
it was asked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import rjieba
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from knowledge.lexical import CJK, fold, term_hash
from knowledge.question import PARTICLES

SHORTEST = 5
"""Letters of a Latin word that may be mended: shorter ones are too close to too many others."""
_CHINESE = re.compile(rf"[{CJK}]{{3,}}")
_WORD = re.compile(r"[a-z]{3,}", re.IGNORECASE)
_TONES = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜêńňǹḿ", "aaaaeeeeiiiioooouuuuvvvvennnm")


@lru_cache(maxsize=20_000)
def readings(character: str) -> frozenset[str]:
    """How a character is read, without tones; empty for one that is not Chinese."""
    # Imported here: it takes a fifth of a second, and most questions have nothing to mend.
    from pypinyin.pinyin_dict import pinyin_dict

    known = pinyin_dict.get(ord(character), "")
    return frozenset(reading.translate(_TONES).replace("ü", "v") for reading in known.split(",") if reading)


def suspicious(folded: str, knows_pair: Callable[[str], bool], knows_word: Callable[[str], bool]) -> bool:
    """Whether there is anything to mend, told from the terms of an index alone, without what `Spelling` has to learn."""
    if any(len(word) >= SHORTEST and not knows_word(word) for word in _WORD.findall(folded)):
        return True
    runs = _CHINESE.findall(folded)
    return any(not _paired(run, at, knows_pair) for run in runs for at in _loose(run))


def _paired(run: str, at: int, knows_pair: Callable[[str], bool]) -> bool:
    """Whether a character makes a known pair with one of its neighbours."""
    return any(knows_pair(run[i : i + 2]) for i in (at - 1, at) if 0 <= i < len(run) - 1)


def _loose(run: str) -> list[int]:
    """Places of characters that are part of no longer word and not of the question's machinery: where typing errors show."""
    places, at = [], 0
    for word in rjieba.cut(run):
        if len(word) == 1 and word not in PARTICLES:
            places.append(at)
        elif not rjieba.has_word(word):
            places += range(at, at + len(word))
        at += len(word)
    return places


@dataclass(frozen=True, slots=True)
class Spelling:
    """What a collection is written with: runs of two and three characters (hashed), sounds, Latin words with their counts."""

    runs: NDArray[np.uint32]
    sounds: Mapping[str, tuple[str, ...]]
    latin: Mapping[str, int]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Spelling:
        """Learn from unfolded texts; about a second for a million characters."""
        single: Counter[str] = Counter()
        latin: Counter[str] = Counter()
        hashes: set[int] = set()
        for text in texts:
            folded = fold(text)
            latin.update(_WORD.findall(folded))
            for run in re.findall(rf"[{CJK}]+", folded):
                single.update(run)
                for size in (2, 3):
                    hashes.update(term_hash(run[i : i + size]) for i in range(len(run) - size + 1))
        sounds: dict[str, list[str]] = {}
        for character, _ in single.most_common():
            for reading in readings(character):
                sounds.setdefault(reading, []).append(character)
        runs = np.sort(np.fromiter(hashes, np.uint32, len(hashes)))
        return cls(runs, {reading: tuple(found) for reading, found in sounds.items()}, latin)

    def mend_latin(self, text: str, is_word: Callable[[str], bool]) -> str:
        """The text with its misspelt Latin words replaced; the same text when there are none.

        `is_word` says of a folded word whether any dictionary knows it; such a word is meant as it is.
        """

        def better(match: re.Match[str]) -> str:
            word = match[0].lower()
            near = word if is_word(word) else self._word(word)
            return match[0] if near == word else near

        return _WORD.sub(better, text)

    def mend_chinese(self, text: str) -> str:
        """The folded text with characters replaced that were typed for others of the same sound."""
        return _CHINESE.sub(lambda m: self._run(m[0]), fold(text))

    def _knows(self, run: str) -> bool:
        wanted = term_hash(run)
        place = int(np.searchsorted(self.runs, wanted))
        return place < len(self.runs) and int(self.runs[place]) == wanted

    def _run(self, run: str) -> str:
        out = run
        for at in _loose(run):
            if not _paired(out, at, self._knows) and (better := self._sounding(out, at)):
                out = out[:at] + better + out[at + 1 :]
        return out

    def _sounding(self, run: str, at: int) -> str | None:
        """The commonest character that sounds the same and makes a known run of three with its neighbours."""
        for reading in readings(run[at]):
            for other in self.sounds.get(reading, ()):
                changed = run[:at] + other + run[at + 1 :]
                starts = range(max(0, at - 2), min(at, len(run) - 3) + 1)
                if other != run[at] and any(self._knows(changed[i : i + 3]) for i in starts):
                    return other
        return None

    def _word(self, word: str) -> str:
        if len(word) < SHORTEST or word in self.latin:
            return word
        limit = 1 if len(word) < 8 else 2
        near = extractOne(word, self.latin.keys(), scorer=OSA.distance, score_cutoff=limit)
        return str(near[0]) if near and near[0][0] == word[0] else word
