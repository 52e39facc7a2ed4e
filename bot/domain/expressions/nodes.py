"""What a formula or condition is made of, once read; the grammar stands in `parsing`.

Knows nothing about where values come from.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType


class ExpressionError(ValueError):
    """A formula that cannot be used: what is wrong, in Chinese and English, and at which character of its text (from 1)."""

    def __init__(self, message: str, column: int, english: str) -> None:
        super().__init__(f"第 {column} 个字符：{message}")
        self.message = message
        self.column = column
        self.english = english

    def to(self, language: str) -> str:
        """The sentence in a language, with the character."""
        return f"character {self.column}: {self.english}" if language == "en" else str(self)


@dataclass(frozen=True, slots=True)
class Number:
    """A literal: `value` is a fraction for %, seconds for a duration; `unit` as written, empty for a bare number."""

    value: float
    unit: str
    column: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A metric, an input, or a limit of a rule."""

    id: str
    column: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Unary:
    """``-`` before a number or ``not`` before a condition."""

    operator: str
    operand: Node
    column: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands around an arithmetic, comparing or joining operator, at whose column the node stands."""

    operator: str
    left: Node
    right: Node
    column: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of one name or formula `x` over time; `window` and `back` are seconds, 0 where there is none."""

    function: str
    x: Node
    window: float
    back: float
    count: int
    column: int = field(compare=False)


Node = Number | Name | Unary | Binary | Call

COMPARING = frozenset({"<", "<=", ">", ">=", "=="})
JOINING = frozenset({"and", "or"})


@dataclass(frozen=True, slots=True)
class Function:
    """What a function takes beside x, and gives.

    `series` says that it reads many moments, so that one inside another would multiply the work.
    """

    window: bool = True
    back: bool = False
    count: bool = False
    condition: bool = False
    series: bool = False

    @property
    def usage(self) -> str:
        """The arguments that it cannot do without, as an error message shows them."""
        taken = (("10min", self.window), ("3", self.count))
        return ", ".join(["x", *(word for word, wanted in taken if wanted)])


FUNCTIONS = MappingProxyType(
    {
        "ago": Function(),
        "change": Function(),
        "delta": Function(),
        "rate": Function(back=True),
        "mean": Function(series=True),
        "highest": Function(series=True),
        "lowest": Function(series=True),
        "falling": Function(count=True, condition=True, series=True),
        "rising": Function(count=True, condition=True, series=True),
        "peak": Function(condition=True, series=True),
        "time_mean": Function(window=False, series=True),
        "maximum": Function(window=False, series=True),
    }
)


@dataclass(frozen=True, slots=True)
class Expression:
    """A formula or a condition that was read without error."""

    text: str
    root: Node

    @property
    def names(self) -> frozenset[str]:
        """Every metric, input or limit that it reads."""
        return frozenset(node.id for node in walk(self.root) if isinstance(node, Name))

    @property
    def windows(self) -> float:
        """How many seconds it looks back; infinite when it reads the whole session."""
        return _look_back(self.root)

    @property
    def condition(self) -> bool:
        """Whether it says yes or no rather than a number."""
        return is_condition(self.root)


def is_condition(node: Node) -> bool:
    """Whether a node says yes or no rather than a number."""
    if isinstance(node, Unary):
        return node.operator == "not"
    if isinstance(node, Binary):
        return node.operator in COMPARING | JOINING
    return isinstance(node, Call) and FUNCTIONS[node.function].condition


def walk(node: Node) -> Iterator[Node]:
    """A node and everything under it."""
    yield node
    for child in children(node):
        yield from walk(child)


def renamed(node: Node, names: Mapping[str, str]) -> Node:
    """The same with other names for some figures."""
    if isinstance(node, Name):
        return replace(node, id=names.get(node.id, node.id))
    if isinstance(node, Unary):
        return replace(node, operand=renamed(node.operand, names))
    if isinstance(node, Binary):
        return replace(node, left=renamed(node.left, names), right=renamed(node.right, names))
    return replace(node, x=renamed(node.x, names)) if isinstance(node, Call) else node


def children(node: Node) -> tuple[Node, ...]:
    """What stands right under a node."""
    if isinstance(node, Unary):
        return (node.operand,)
    if isinstance(node, Binary):
        return node.left, node.right
    return (node.x,) if isinstance(node, Call) else ()


def _look_back(node: Node) -> float:
    under = max(map(_look_back, children(node)), default=0.0)
    if not isinstance(node, Call):
        return under
    return under + (node.window * max(node.count, 1) + node.back if FUNCTIONS[node.function].window else math.inf)
