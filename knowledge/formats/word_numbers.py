"""Word's automatic numbers (第十二条, 一、, 1.1) written out as text, because they stand in no paragraph of the file.

Knows the parts of a Word archive that number paragraphs, and nothing else. Plain lists (1. 2. 3., bullets) are left alone.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

from knowledge.numbers import chinese

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CHINESE = ("chinese", "ideograph", "taiwanese", "japanese")
_HEADING = re.compile(r"(?:heading|标题)\s*\d", re.IGNORECASE)
_PLAIN = re.compile(r"%\d[.)、．）]?")
_LEVELS = 9


@dataclass(frozen=True, slots=True)
class _Level:
    format: str
    text: str
    start: int
    restarts: bool


@dataclass(slots=True)
class _Style:
    is_heading: bool
    number: tuple[str, int] | None
    based_on: str


@dataclass(slots=True)
class _Numbering:
    """Lists by number id, and how far each has counted; lists with the same abstract definition count on."""

    abstract: dict[str, str] = field(default_factory=dict)
    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    counts: dict[str, list[int]] = field(default_factory=dict)

    def label(self, number_id: str, depth: int, *, is_heading: bool) -> str:
        """The next label at a depth of a list, empty for bullets and plain lists."""
        abstract = self.abstract.get(number_id, "")
        levels = self.levels.get(abstract, {})
        if depth not in levels:
            return ""
        counts = self.counts.setdefault(abstract, [0] * _LEVELS)
        counts[depth] = counts[depth] + 1 if counts[depth] else levels[depth].start
        for deeper in range(depth + 1, _LEVELS):
            if deeper in levels and levels[deeper].restarts:
                counts[deeper] = 0
        level = levels[depth]
        is_plain = _PLAIN.fullmatch(level.text) and not level.format.startswith(_CHINESE)
        if level.format in ("bullet", "none") or (is_plain and not is_heading):
            return ""
        return re.sub(r"%([1-9])", lambda match: self._count(levels, counts, int(match[1]) - 1), level.text)

    def _count(self, levels: dict[int, _Level], counts: list[int], depth: int) -> str:
        level = levels.get(depth)
        count = counts[depth] or (level.start if level else 1)
        return chinese(count) if level and level.format.startswith(_CHINESE) and 0 < count < 10_000 else str(count)


def write_numbers(document: ElementTree.Element, archive: zipfile.ZipFile) -> None:
    """Put the automatic numbers of a Word document into its paragraphs. Raises ParseError on broken definitions."""
    numbering, styles = _numbering(archive), _styles(archive)
    for paragraph in document.iter(f"{_W}p"):
        _write_out(paragraph, numbering, styles)


def _write_out(paragraph: ElementTree.Element, numbering: _Numbering, styles: dict[str, _Style]) -> None:
    properties = paragraph.find(f"{_W}pPr")
    if properties is None:
        return
    style_id = _value(properties, "pStyle")
    number = _number(properties) or _inherited(style_id, styles)
    if number is None or number[0] == "0":
        return
    is_heading = any(style.is_heading for style in _line(style_id, styles))
    label = numbering.label(*number, is_heading=is_heading)
    if not label:
        return
    for name in ("numPr",) if is_heading else ("numPr", "pStyle"):
        for element in properties.findall(f"{_W}{name}"):
            properties.remove(element)
    run = ElementTree.Element(f"{_W}r")
    text = ElementTree.SubElement(run, f"{_W}t", {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
    text.text = label if label.endswith(("、", "）", ")")) else f"{label} "
    paragraph.insert(list(paragraph).index(properties) + 1, run)


def _numbering(archive: zipfile.ZipFile) -> _Numbering:
    found = _Numbering()
    root = _part(archive, "word/numbering.xml")
    for element in root.findall(f"{_W}abstractNum"):
        levels = {level.get(f"{_W}ilvl", "0"): _level(level) for level in element.findall(f"{_W}lvl")}
        known = {depth: levels[str(depth)] for depth in range(_LEVELS) if str(depth) in levels}
        found.levels[element.get(f"{_W}abstractNumId", "")] = known
    for element in root.findall(f"{_W}num"):
        found.abstract[element.get(f"{_W}numId", "")] = _value(element, "abstractNumId")
    return found


def _level(element: ElementTree.Element) -> _Level:
    start = int(_value(element, "start")) if _value(element, "start").isdecimal() else 1
    restarts = _value(element, "lvlRestart") != "0"
    return _Level(_value(element, "numFmt") or "decimal", _value(element, "lvlText"), start, restarts)


def _styles(archive: zipfile.ZipFile) -> dict[str, _Style]:
    found: dict[str, _Style] = {}
    for element in _part(archive, "word/styles.xml").findall(f"{_W}style"):
        properties = element.find(f"{_W}pPr")
        number = _number(properties) if properties is not None else None
        is_heading = _HEADING.match(_value(element, "name")) is not None
        found[element.get(f"{_W}styleId", "")] = _Style(is_heading, number, _value(element, "basedOn"))
    return found


def _line(style_id: str, styles: dict[str, _Style]) -> Iterator[_Style]:
    """A style and those it is based on, nearest first."""
    for _ in range(_LEVELS):
        if style_id not in styles:
            return
        yield styles[style_id]
        style_id = styles[style_id].based_on


def _inherited(style_id: str, styles: dict[str, _Style]) -> tuple[str, int] | None:
    return next((style.number for style in _line(style_id, styles) if style.number), None)


def _number(properties: ElementTree.Element) -> tuple[str, int] | None:
    """List id and depth of a paragraph or a style."""
    element = properties.find(f"{_W}numPr")
    if element is None:
        return None
    depth = _value(element, "ilvl")
    return _value(element, "numId"), int(depth) if depth.isdecimal() and int(depth) < _LEVELS else 0


def _value(element: ElementTree.Element, name: str) -> str:
    child = element.find(f"{_W}{name}")
    return child.get(f"{_W}val", "") if child is not None else ""


def _part(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(archive.read(name)) if name in archive.namelist() else ElementTree.Element("none")
