"""A page or a YAML file as sentences, each with what stands around it and says how it is meant. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.content.pages import Page
from bot.content.yamlfile import Place, YamlFile

OPENING, CLOSING = "“「『《", "”」』》"
"""Marks of speech and of titles."""

_END = "。！？；"
_HEADING = re.compile(r"#{1,6}\s+(.*)")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,3}[.、)])\s+(.*)|\s*>\s?(.*)")
_TITLE = re.compile(r"\*\*[^*。，]{1,30}\*\*")
_LABEL = re.compile(r"\s*\*{0,2}([^：:。，“”|*]{1,14})\*{0,2}[：:]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a file.

    `lead` is what introduces it: the label of its line (别做：), the line above its list, the head of its table's column.
    `topic` is the title of the page and the heading of the section, `around` the whole line.
    """

    path: str
    line: int
    text: str
    lead: str = ""
    topic: str = ""
    around: str = ""
    cell: bool = False
    heading: bool = False


def page_sentences(page: Page) -> Iterator[Sentence]:
    """The sentences of a Markdown page in order, its title first; code is left out."""
    title = f"{page.meta.get('title', '')} {page.meta.get('problem', '')}"
    yield Sentence(page.path, page.meta_lines.get("title", 1), str(page.meta.get("title", "")), heading=True)
    reading = _Reading(page.path, title)
    for number, line in page.lines:
        yield from reading.line(number, line)


def yaml_sentences(file: YamlFile, *, without: frozenset[str], lead: str = "") -> Iterator[Sentence]:
    """The sentences of every text in a YAML list, without the keys in `without`; `lead` is the key of what leads the row."""
    for number, row in enumerate(file.data) if isinstance(file.data, list) else ():
        led = str(row.get(lead, "")) if isinstance(row, dict) else ""
        for place, text in _texts(row, (number,), without):
            yield from (Sentence(file.path, file.line(*place), part, led, around=text) for part in split(text))


def split(text: str) -> list[str]:
    """A text's sentences; what is quoted is not cut apart."""
    parts, depth, start = [], 0, 0
    for at, char in enumerate(text):
        depth = depth + (char in OPENING) - (char in CLOSING and depth > 0)
        if char in _END and not depth:
            parts.append(text[start : at + 1])
            start = at + 1
    return [part.strip() for part in (*parts, text[start:]) if part.strip()]


@dataclass
class _Reading:
    """Where we are in a page."""

    path: str
    title: str
    topic: str = ""
    lead: str = ""
    columns: tuple[str, ...] = ()

    def line(self, number: int, line: str) -> Iterator[Sentence]:
        """The sentences of one line, and what follows from it for the next."""
        if heading := _HEADING.match(line):
            self.topic, self.lead, self.columns = f"{self.title} {heading[1]}", "", ()
            yield Sentence(self.path, number, heading[1], topic=self.topic, heading=True)
        elif line.lstrip().startswith("|"):
            yield from self._row(number, line)
        elif line.strip():
            self.columns = ()
            item = _ITEM.fullmatch(line)
            text = (item[1] or item[2] or "") if item else line.strip()
            if not item:
                self.lead = ""
            label = _LABEL.match(text)
            lead = f"{self.lead} {label[1] if label else ''}".strip()
            for part in split(text):
                yield Sentence(self.path, number, part, lead, self.topic, line, heading=bool(_TITLE.fullmatch(text)))
            if not item and re.search(r"[：:]\**$", text):
                self.lead = text

    def _row(self, number: int, line: str) -> Iterator[Sentence]:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not self.columns:
            self.columns = tuple(cells)
            return
        for cell, column in zip(cells, (*self.columns, *[""] * len(cells)), strict=False):
            for part in split(cell):
                yield Sentence(self.path, number, part, f"{self.lead} {column}".strip(), self.topic, line, cell=True)


def _texts(data: Any, place: Place, without: frozenset[str]) -> Iterator[tuple[Place, str]]:
    if isinstance(data, str):
        yield place, data
    elif isinstance(data, (list, dict)):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            if key not in without:
                yield from _texts(value, (*place, key), without)
