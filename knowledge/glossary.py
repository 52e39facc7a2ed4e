"""The field's words: which of them mean the same. A collection's own, from `glossary.yaml` in its folder.

A question is looked for as it was asked, and as the handbook would have put it: whichever finds more. A question in English gets
the Chinese terms beside the dictionary's translations.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from knowledge import yamls
from knowledge.lexical import fold, is_chinese, latin_stem
from knowledge.question import STOP_EN

FILE = "glossary.yaml"
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True)
class Term:
    """One word of the field with the other words for it, in Chinese (`also`) and in English (`en`).

    `section` is the number of the section that explains it, empty where none is named.
    """

    term: str
    also: tuple[str, ...] = ()
    en: tuple[str, ...] = ()
    section: str = ""


@dataclass(frozen=True)
class Glossary:
    """All terms of a collection; an empty one changes nothing."""

    terms: tuple[Term, ...] = ()

    @classmethod
    def parse(cls, raw: Any) -> Glossary:
        """From loaded YAML: a list of mappings with `term`, `also`, `en`; whatever does not fit is passed over."""
        rows = raw if isinstance(raw, list) else []
        return cls(tuple(_term(row) for row in rows if isinstance(row, Mapping) and isinstance(row.get("term"), str)))

    def to_json(self) -> str:
        """Text that `from_json` reads back."""
        rows = [{"term": t.term, "also": t.also, "en": t.en, "section": t.section} for t in self.terms]
        return json.dumps(rows, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Glossary:
        """What `to_json` wrote."""
        return cls.parse(json.loads(text or "[]"))

    def words(self) -> list[str]:
        """Every Chinese word of it: they are spelt as they are meant."""
        return [word for term in self.terms for word in (term.term, *term.also)]

    @cached_property
    def _variants(self) -> tuple[re.Pattern[str] | None, dict[str, str]]:
        said = {fold(word): fold(term.term) for term in self.terms for word in term.also if len(word) > 1}
        longest = sorted(said, key=len, reverse=True)
        pattern = re.compile("|".join(_bounded(word) for word in longest)) if longest else None
        return pattern, said

    @cached_property
    def _english(self) -> dict[tuple[str, ...], tuple[str, ...]]:
        found: dict[tuple[str, ...], list[str]] = {}
        for term in self.terms:
            for phrase in term.en:
                stems = tuple(latin_stem(word) for word in _WORD.findall(phrase.lower()) if word not in STOP_EN)
                if stems:
                    found.setdefault(stems, []).append(fold(term.term))
        return {stems: tuple(terms) for stems, terms in found.items()}

    def put(self, folded: str) -> str:
        """A folded question as the handbook would put it; the same text when no other word for a term is in it."""
        pattern, said = self._variants
        return pattern.sub(lambda m: f" {said[m[0]]} ", folded) if pattern else folded

    def translate(self, stems: list[str]) -> list[tuple[str, tuple[int, int]]]:
        """(term, (first, last + 1)) for the phrases among English stems, longest first, none overlapping another."""
        out: list[tuple[str, tuple[int, int]]] = []
        at = 0
        longest = max((len(phrase) for phrase in self._english), default=0)
        while at < len(stems):
            for size in range(min(longest, len(stems) - at), 0, -1):
                if terms := self._english.get(tuple(stems[at : at + size])):
                    out += [(term, (at, at + size)) for term in terms]
                    break
            else:
                size = 1
            at += size
        return out


def read_glossary(folder: Path) -> Glossary:
    """The glossary of a handbook folder; empty when there is none or it cannot be read (`copilot check` says why)."""
    return Glossary.parse(yamls.read(folder / FILE))


def _term(row: Mapping[str, Any]) -> Term:
    def listed(name: str) -> tuple[str, ...]:
        value = row.get(name)
        return tuple(str(item) for item in (value if isinstance(value, list) else [value] if value else []))

    return Term(str(row["term"]), listed("also"), listed("en"), str(row.get("section", "")))


def _bounded(word: str) -> str:
    """A pattern for a variant; a Latin one must not begin or end inside a longer word."""
    escaped = re.escape(word)
    return escaped if is_chinese(word) else rf"(?<![a-z0-9_]){escaped}(?![a-z0-9_])"
