"""What people call a rule's limits: the figure that each is about, and where one figure has several, which of them. Pure.

A limit's own name, such as ``open_share``, is for files; nobody who reads a chat knows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from bot.domain.expressions.nodes import Binary, Call, Name, Node, Unary, walk
from bot.domain.metrics import Input, Metric
from bot.domain.nudges import Limit, Rule
from bot.domain.own_rules import HOLD

_ASIDE = re.compile(r"[（(].*?[)）]")
_ABOVE = {">": "<", ">=": "<=", "<": ">", "<=": ">="}
"""The same comparison read from the other side."""


class Called(NamedTuple):
    """A name in Chinese and English; an input has its Chinese name in both."""

    chinese: str
    english: str

    def to(self, language: str) -> str:
        """The name in a language."""
        return self.english if language == "en" else self.chinese


_HELD = Called("连续采样", "samples in a row")
_MULTIPLE, _SHARE = Called("倍数", "multiple"), Called("比例", "share")
_DROP, _RISE = Called("降幅", "drop"), Called("涨幅", "rise")
_BACK, _FROM, _BELOW = Called("恢复线", "back to normal"), Called("下限", "from"), Called("上限", "up to")


def figure_names(figures: Iterable[Metric | Input]) -> dict[str, Called]:
    """What metrics and inputs are called, by id, without remarks in brackets."""
    return {
        one.id: Called(_ASIDE.sub("", one.name).strip(), one.english if isinstance(one, Metric) else one.name) for one in figures
    }


def limit_names(rule: Rule, figures: Mapping[str, Called]) -> dict[str, Called]:
    """The names of a rule's limits by what its file calls them, no two alike, and of `HOLD`; `figures` are those of
    `figure_names`.
    """
    named: dict[str, Called] = {}
    for id, limit in rule.limits.items():
        figure = figures.get(limit.of, Called(limit.of, limit.of))
        hints = [hint for hint in (_size(rule, id, limit), _side(rule, id, limit)) if hint is not None]
        chinese = " ".join([figure.chinese, *(hint.chinese for hint in hints)])
        english = figure.english + (f" ({', '.join(hint.english for hint in hints)})" if hints else "")
        alike = sum(other.chinese.partition(" #")[0] == chinese for other in named.values())
        number = f" #{alike + 1}" if alike else ""
        named[id] = Called(chinese + number, english + number)
    return named | {HOLD: _HELD}


def _size(rule: Rule, id: str, limit: Limit) -> Called | None:
    """What the number is where it is none of the figure itself."""
    if not limit.ratio:
        return None
    beside = next(_compared(rule.when.root, id), None)
    if beside is not None and any(isinstance(node, Call) and node.function == "change" for node in walk(beside.left)):
        return _DROP if isinstance(beside.right, Unary) else _RISE
    return _MULTIPLE if (limit.default or 0) > 1 else _SHARE


def _side(rule: Rule, id: str, limit: Limit) -> Called | None:
    """Which of several limits of one figure it is."""
    if id not in rule.when.names:
        return _BACK
    others = [name for name, one in rule.limits.items() if one.of == limit.of and name != id and name in rule.when.names]
    if not others:
        return None
    beside = next(_compared(rule.when.root, id), None)
    return _FROM if beside is not None and beside.operator in (">", ">=") else _BELOW


def _compared(root: Node, limit: str) -> Iterator[Binary]:
    """Where a condition compares something with the limit, the limit on the right."""
    for node in walk(root):
        if isinstance(node, Binary) and node.operator in _ABOVE:
            if _reads(node.right, limit):
                yield node
            elif _reads(node.left, limit):
                yield Binary(_ABOVE[node.operator], node.right, node.left, node.column)


def _reads(node: Node, name: str) -> bool:
    return any(isinstance(one, Name) and one.id == name for one in walk(node))
