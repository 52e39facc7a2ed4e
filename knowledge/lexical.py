"""The lexical side: folding, terms and BM25 over sections. Knows nothing about vectors or files.

Two views of the same text are scored and averaged: words (jieba, stems for Latin script) and single characters with
character pairs. Words are precise; characters survive typos and words that jieba cuts differently.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
import rjieba
import snowballstemmer
from numpy.typing import NDArray

from knowledge.figures import digits

K1, B = 1.2, 0.75
"""BM25's usual saturation and length normalisation (Robertson & Zaragoza 2009); other values gained nothing here."""

CJK = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_RUN = re.compile(rf"[{CJK}]+|[a-z0-9]+(?:[._'+/-][a-z0-9]+)*%?", re.ASCII | re.IGNORECASE)
_SEPARATORS = re.compile(r"[._'+/-]")
_IS_CJK = re.compile(rf"[{CJK}]")
_stem = lru_cache(maxsize=50_000)(snowballstemmer.stemmer("english").stemWord)

Terms = NDArray[np.uint32]
"""Two rows, shape (2, distinct terms): hashes of the terms, and how often each occurs."""


@lru_cache(maxsize=1)
def _simplified() -> dict[int, str]:
    """Traditional to simplified, character by character (OpenCC's table): enough to make both sides meet."""
    table: dict[int, str] = {}
    for line in (files("opencc") / "dictionary" / "TSCharacters.txt").read_text(encoding="utf-8").splitlines():
        traditional, _, simplified = line.partition("\t")
        if len(traditional) == 1 and simplified:
            table[ord(traditional)] = simplified.split()[0]
    return table


def simplified(text: str) -> str:
    """Traditional characters as simplified ones; everything else untouched, the length stays the same."""
    return text.translate(_simplified())


def fold(text: str) -> str:
    """NFKC, lower case, traditional characters as simplified ones."""
    return simplified(unicodedata.normalize("NFKC", text).lower())


def comparable(text: str) -> str:
    """Folded text with numbers as digits: what terms are made of, on both sides."""
    return digits(fold(text))


def language(text: str) -> str:
    """``zh`` or ``en``, by script: a tenth of Chinese characters among the letters makes a text Chinese."""
    chinese = len(_IS_CJK.findall(text))
    latin = sum(1 for c in text if c.isascii() and c.isalpha())
    return "zh" if chinese and chinese * 9 >= latin else "en"


def is_chinese(text: str) -> bool:
    """Whether the text begins with a Chinese character."""
    return bool(_IS_CJK.match(text))


def latin_stem(word: str) -> str:
    """The stem of one folded Latin word (Porter's English stemmer)."""
    return str(_stem(word))


def words(folded: str) -> list[str]:
    """Words of folded text: jieba for Chinese runs (search mode gives parts of long words too), stems for Latin."""
    out: list[str] = []
    for run in _RUN.findall(folded):
        out += rjieba.cut_for_search(run) if _IS_CJK.match(run) else _latin(run)
    return out


@lru_cache(maxsize=100_000)
def _latin(run: str) -> tuple[str, ...]:
    """A Latin run whole, and its parts' stems: ``online_now`` is found by ``online`` too."""
    parts = [part for part in _SEPARATORS.split(run) if part]
    stems = tuple(_stem(part) for part in parts)
    return (run, *stems) if len(parts) > 1 else stems


def held(text: str, terms: Iterable[str]) -> frozenset[str]:
    """Which of the terms stand in an unfolded text: a Chinese one anywhere in it, a Latin one as a word."""
    folded = comparable(text)
    latin = {term for run in _RUN.findall(folded) if not _IS_CJK.match(run) for term in _latin(run)}
    return frozenset(term for term in terms if (term in folded if _IS_CJK.match(term) else term in latin))


def characters(folded: str) -> list[str]:
    """Single characters and pairs of each Chinese run of folded text; Latin runs as stems."""
    out: list[str] = []
    for run in _RUN.findall(folded):
        if _IS_CJK.match(run):
            out += run
            out += (run[i : i + 2] for i in range(len(run) - 1))
        else:
            out += _latin(run)
    return out


def term_hash(term: str) -> int:
    """32 bits for a term: with 200,000 distinct terms one question in a few thousand meets a false friend."""
    return zlib.crc32(term.encode("utf-8", "surrogatepass"))


def pack(document: Sequence[str]) -> Terms:
    """The terms of one document as hashes with counts."""
    counts = Counter(map(term_hash, document))
    return np.array([list(counts.keys()), list(counts.values())], np.uint32).reshape(2, -1)


@dataclass(frozen=True, slots=True)
class Bm25:
    """BM25 over rows of terms, computed when it is built so that a question only adds columns.

    A matrix compressed by term: `hashes` sorted, `indptr` where each term's `rows` and `weights` begin, one `idf` a term.
    """

    hashes: NDArray[np.uint32]
    indptr: NDArray[np.int64]
    rows: NDArray[np.int32]
    weights: NDArray[np.float32]
    idf: NDArray[np.float32]
    size: int

    @classmethod
    def build(cls, documents: Sequence[Terms]) -> Bm25:
        """Index packed documents; row numbers follow the order given."""
        size = len(documents)
        lengths = np.array([int(d[1].sum()) for d in documents], np.float32)
        row = np.repeat(np.arange(size, dtype=np.int32), [d.shape[1] for d in documents])
        term = np.concatenate([d[0] for d in documents]) if size else np.zeros(0, np.uint32)
        count = np.concatenate([d[1] for d in documents]).astype(np.float32) if size else np.zeros(0, np.float32)
        order = np.argsort(term, kind="stable")
        row, count = row[order], count[order]
        hashes, start, df = np.unique(term[order], return_index=True, return_counts=True)
        idf = np.log(1 + (size - df + 0.5) / (df + 0.5)).astype(np.float32)
        average = max(float(lengths.mean()), 1e-9) if size else 1.0
        saturation = count * (K1 + 1) / (count + K1 * (1 - B + B * lengths[row] / average))
        indptr = np.append(start, len(term)).astype(np.int64)
        return cls(hashes, indptr, row, (np.repeat(idf, df) * saturation).astype(np.float32), idf, size)

    def scores(self, query: Iterable[str], weight: float = 1.0) -> NDArray[np.float32]:
        """BM25 of every row for the query's terms (each counted once), shape (size,)."""
        out = np.zeros(self.size, np.float32)
        for term in set(query):
            if (number := self._find(term)) is not None:
                span = slice(self.indptr[number], self.indptr[number + 1])
                out[self.rows[span]] += weight * self.weights[span]
        return out

    def rarity(self, term: str) -> float:
        """Inverse document frequency of a term; that of a term in no document when it is unknown."""
        number = self._find(term)
        return float(np.log(1 + (self.size + 0.5) / 0.5)) if number is None else float(self.idf[number])

    def knows(self, term: str) -> bool:
        """Whether any row holds the term."""
        return self._find(term) is not None

    def _find(self, term: str) -> int | None:
        wanted = term_hash(term)
        place = int(np.searchsorted(self.hashes, wanted))
        return place if place < len(self.hashes) and int(self.hashes[place]) == wanted else None
