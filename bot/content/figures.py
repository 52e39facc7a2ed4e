"""Whether numbers that stand in two places agree: rules, metrics and items on the one hand, their sections on the other.

A number is looked for by its value, however it is written: 15%, 0.15; 20 秒, 20s; 1.2, 120%; 5 万元, 50000. Pure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.content.links import number, rows_of
from bot.content.pages import Number, Page
from bot.content.problem import Problem
from bot.content.quantities import Quantity, among, quantities, quantity
from bot.content.yamlfile import YamlFile
from bot.domain.checklists import Item
from bot.domain.metrics import Metric
from bot.domain.nudges import Rule

_BOUND = re.compile(r"（(?P<unit>[^）]+)）.*(?:不低于|不超过) -?(?P<value>[0-9.]+)$")
_TIMES_AND_SHARES = ("%", "秒", "分钟", "天")
_HEADING = re.compile(r"#{1,6}\s+(\d+(?:\.\d+)+)(?![\d.%])")
# Counted things have a unit in YAML that the text may leave out or say otherwise: 200 人 and 200 个新粉.
_COUNTED = frozenset("人次条单件元")


@dataclass(frozen=True, slots=True)
class SectionText:
    """The text of one section and where its heading stands."""

    path: str
    line: int
    text: str

    @property
    def figures(self) -> list[Quantity]:
        """Every figure in it."""
        return list(quantities(self.text).values())


def section_texts(pages: Iterable[Page]) -> dict[Number, SectionText]:
    """The text of every numbered section below the first level, heading and all."""
    found: dict[Number, SectionText] = {}
    for page in pages:
        lines: list[str] = []
        start: tuple[Number, int] | None = None
        for line, text in (*page.lines, (0, "# 0.0")):
            heading = _HEADING.match(text)
            if heading:
                if start:
                    found.setdefault(start[0], SectionText(page.path, start[1], "\n".join(lines)))
                start, lines = (number(heading[1]), line), []
            lines.append(text)
    return found


def check_limits(
    files: Sequence[YamlFile], rules: Iterable[Rule], units: Mapping[str, str], texts: Mapping[Number, SectionText]
) -> Iterator[Problem]:
    """Default limits of rules that their section does not give."""
    places = _places(files)
    for rule in rules:
        section = texts.get(number(rule.section))
        for name, limit in rule.limits.items() if section else ():
            if limit.default is None:
                continue
            figure = quantity(limit.default, "" if limit.ratio else units.get(limit.of, "").partition("/")[0])
            if section and not _given(figure, section.figures):
                file, row = places[rule.id]
                written = file.data[row]["limits"][name]["default"]
                said = _differ(f"{rule.id} 的 {name} 写 {written}", rule.section, section)
                yield file.problem(said, row, "limits", name, "default")


def check_examples(file: YamlFile, metrics: Iterable[Metric], texts: Mapping[Number, SectionText]) -> Iterator[Problem]:
    """Numbers of worked examples that the metric's section does not give."""
    places = {row.get("id"): place for place, row in rows_of(file)}
    for metric in metrics:
        section = texts.get(number(metric.section))
        for written, figure in quantities(metric.example.shown).items() if section else ():
            # A formula goes without units that the sentence has: 1100 + 400, 1100 人 and 400 人.
            if section and not _given(figure, section.figures) and not (figure[1] == "" and _valued(figure[0], section)):
                said = _differ(f"{metric.id} 的例子写 {written}", metric.section, section)
                yield file.problem(said, *places[metric.id], "example", "shown")


def check_bounds(files: Sequence[YamlFile], items: Iterable[Item], texts: Mapping[Number, SectionText]) -> Iterator[Problem]:
    """Bounds of asked-for numbers that the item's section does not give."""
    places = _places(files)
    for item in items:
        section, bound = texts.get(number(item.section)), _BOUND.search(item.number)
        if not section or not bound or float(bound["value"]) == 0:
            continue
        unit = bound["unit"] if bound["unit"] in _TIMES_AND_SHARES else ""
        if not all(_valued(value, section) for value, _ in quantities(bound["value"] + unit).values()):
            file, row = places[item.id]
            yield file.problem(_differ(f"{item.id} 的界线写 {bound['value']}", item.section, section), row, "number")


def _places(files: Sequence[YamlFile]) -> dict[str, tuple[YamlFile, int]]:
    return {str(row.get("id")): (file, int(place[-1])) for file in files for place, row in rows_of(file)}


def _given(figure: Quantity, figures: Iterable[Quantity]) -> bool:
    """Whether the figure is among those of a text; one of counted things also without its unit."""
    figures = list(figures)
    return among(figure, figures) or (figure[1] in _COUNTED and among((figure[0], ""), figures))


def _valued(value: float, section: SectionText) -> bool:
    return any(math.isclose(value, given) for given, _ in section.figures)


def _differ(said: str, name: str, section: SectionText) -> str:
    return f"{said}，{section.path}:{section.line} 的 {name} 节里没有这个数：两处改成一样"
