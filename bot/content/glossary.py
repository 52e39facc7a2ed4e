"""What must hold in `glossary.yaml`: every row is whole, a word belongs to one term, bad practices say what is lawful."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from bot.content.problem import Problem
from bot.content.yamlfile import Schema, YamlFile, rows
from bot.domain.wording import Level, Wording, WordKind
from knowledge.glossary import Glossary
from knowledge.lexical import fold

_SECTION = r"[0-9]{2}\.[0-9]{1,2}"
# Left out before questions are compared, so that a phrase with one of them is never found.
_EMPTY = frozenset({"of", "to", "on", "for", "the", "a", "an"})
_PRACTICES = frozenset(WordKind) - {WordKind.ABSOLUTE, WordKind.CURE}


def _english(phrase: str) -> str:
    if phrase != phrase.lower():
        raise ValueError(f"{phrase} 要写小写")
    if re.search(r"\d", phrase) or _EMPTY & set(phrase.split()):
        raise ValueError(f"{phrase} 里不写数字，也不写 of、to、on、for 这类虚词（比对前会去掉）")
    return phrase


Written = Annotated[str, Field(min_length=1)]
English = Annotated[str, Field(min_length=1), AfterValidator(_english)]


class _Row(Schema):
    term: Written
    en: list[English] = Field(min_length=1)
    also: list[Written] = Field(min_length=1)
    means: Written
    section: str = Field(pattern=f"^{_SECTION}$")
    stance: str = ""


def read_glossary(file: YamlFile) -> tuple[Glossary, list[Problem]]:
    """The terms, and what is wrong with the rows."""
    problems: list[Problem] = []
    owners: dict[str, str] = {}
    for number, row, wrong in rows(_Row, file):
        problems += wrong if row is None else _repeated(file, number, row, owners)
    return Glossary.parse(file.data), sorted(problems)


def check_glossary(file: YamlFile, texts: Mapping[str, str], wordings: Iterable[Wording]) -> Iterator[Problem]:
    """What shows only beside the rest of the handbook: `texts` are its pages by path, `wordings` its list of words."""
    whole = fold("\n".join(texts.values()))
    forbidden = [one for one in wordings if one.level is Level.BLOCK and one.kind in _PRACTICES]
    bad = {fold(pattern): one for one in forbidden for pattern in one.patterns}
    for number, row, _ in rows(_Row, file):
        if row is None:
            continue
        if fold(row.term) not in whole:
            yield file.problem(f"「{row.term}」手册里没有这个词：换成手册里的叫法", number, "term")
        practice = next((word for word in (row.term, *row.also) if fold(word) in bad), "")
        if practice and not row.stance:
            see = bad[fold(practice)].section
            yield file.problem(f"「{practice}」是不许做的事，要写 stance：为什么不行，合法的怎么做（见 {see}）", number)
        elif row.stance and not re.search(_SECTION, row.stance):
            yield file.problem(f"「{row.term}」的 stance 要写清合法的怎么做，带上小节编号，像（14.7）", number, "stance")


def _repeated(file: YamlFile, number: int, row: _Row, owners: dict[str, str]) -> Iterator[Problem]:
    words = [(row.term, ("term",)), *((word, ("also", at)) for at, word in enumerate(row.also))]
    words += [(word, ("en", at)) for at, word in enumerate(row.en)]
    own: set[str] = set()
    for word, place in words:
        key = fold(word)
        if key in owners or key in own:
            owner = owners.get(key, row.term)
            # An English abbreviation may stand in both lists of the same row: one is what is typed, one what is said.
            if owner != row.term or place[0] == "also":
                yield file.problem(f"「{word}」已经归「{owner}」：一个说法只归一条", number, *place)
        own.add(key)
    for key in own:
        owners.setdefault(key, row.term)
