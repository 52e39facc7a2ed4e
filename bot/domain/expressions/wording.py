"""An expression in words, Chinese or English, for people who look up how a figure is made or when a rule speaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.expressions.nodes import COMPARING, JOINING, Binary, Call, Expression, Name, Node, Number, Unary


@dataclass(frozen=True, slots=True)
class _Tongue:
    """How one language says what a formula is made of; `durations` are seconds with their unit, the largest first."""

    joining: Mapping[str, str]
    calls: Mapping[str, str]
    earlier: str
    negated: str
    bracketed: str
    durations: Sequence[tuple[int, str]]
    units: Mapping[str, str]


_SIGNS = {"*": "×", "/": "÷", "+": "+", "-": "−", "<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "="}
_CHINESE = _Tongue(
    {"and": "，并且", "or": "，或者"},
    {
        "ago": "{w}前的{x}",
        "change": "{x}与 {w}前相比的变化",
        "delta": "{x}近 {w}的增量",
        "rate": "{x}近 {w}平均每分钟的增量",
        "mean": "{x}近 {w}的均值",
        "highest": "{x}近 {w}的最高值",
        "lowest": "{x}近 {w}的最低值",
        "falling": "{x}连续 {n} 个 {w}逐段走低",
        "rising": "{x}连续 {n} 个 {w}逐段走高",
        "peak": "{x}正处在近 {w}的高峰",
        "time_mean": "{x}开播至今的平均（按时间加权）",
        "maximum": "{x}开播至今的最高值",
    },
    "{x}在 {back}之前那 {w}平均每分钟的增量",
    "不是（{x}）",
    "（{x}）",
    ((3600, "小时"), (60, "分钟"), (1, "秒")),
    {},
)
_ENGLISH = _Tongue(
    {"and": " and ", "or": " or "},
    {
        "ago": "{x} {w} ago",
        "change": "change of {x} against {w} ago",
        "delta": "growth of {x} in {w}",
        "rate": "growth of {x} a minute in {w}",
        "mean": "mean of {x} over {w}",
        "highest": "highest {x} in {w}",
        "lowest": "lowest {x} in {w}",
        "falling": "{x} lower in each of {n} × {w}",
        "rising": "{x} higher in each of {n} × {w}",
        "peak": "{x} at its peak of {w}",
        "time_mean": "mean of {x} since go-live (by time)",
        "maximum": "highest {x} since go-live",
    },
    "growth of {x} a minute in the {w} that ended {back} ago",
    "not ({x})",
    "({x})",
    ((3600, "h"), (60, "min"), (1, "s")),
    {"元": "¥{n}", "单": "{n} orders", "件": "{n} items", "倍": "{n}×"},
)


def describe(expression: Expression, names: Mapping[str, str], language: str = "zh") -> str:
    """E.g. 支付订单数 ÷ 创建订单数; `names` maps ids to what people call them, an id without a name is shown as it is.

    `names` are to be in `language`, ``zh`` or ``en``.
    """
    said = _said(expression.root, names, _ENGLISH if language == "en" else _CHINESE)
    return said.replace(" （", "（").replace("） ", "）")  # these brackets bring their own space


def duration(seconds: float) -> str:
    """A length of time in the largest unit that gives a whole number: 600 is 10 分钟, 90 is 90 秒."""
    return _duration(seconds, _CHINESE)


def _duration(seconds: float, tongue: _Tongue) -> str:
    found = next(((size, unit) for size, unit in tongue.durations if seconds % size == 0), tongue.durations[-1])
    return f"{seconds / found[0]:g} {found[1]}"


def _said(node: Node, names: Mapping[str, str], tongue: _Tongue) -> str:
    if isinstance(node, Number):
        return _number(node, tongue)
    if isinstance(node, Name):
        return names.get(node.id, node.id)
    if isinstance(node, Unary):
        if node.operator == "-":
            return f"−{_within(node.operand, node, names, tongue)}"
        return tongue.negated.format(x=_said(node.operand, names, tongue))
    if isinstance(node, Call):
        return _call(node, names, tongue)
    left, right = _within(node.left, node, names, tongue), _within(node.right, node, names, tongue, right=True)
    if node.operator in JOINING:
        return f"{left}{tongue.joining[node.operator]}{right}"
    return f"{left} {_SIGNS[node.operator]} {right}"


def _call(node: Call, names: Mapping[str, str], tongue: _Tongue) -> str:
    x = _said(node.x, names, tongue)
    shown = x if isinstance(node.x, Name) else tongue.bracketed.format(x=x)
    pattern = tongue.earlier if node.back else tongue.calls[node.function]
    return pattern.format(x=shown, w=_duration(node.window, tongue), n=node.count, back=_duration(node.back, tongue))


def _within(node: Node, outer: Node, names: Mapping[str, str], tongue: _Tongue, *, right: bool = False) -> str:
    """An operand, in brackets where it would be read as belonging to its surroundings otherwise."""
    said, binds, around = _said(node, names, tongue), _binding(node), _binding(outer)
    # Everybody reads × before +; 并且 before 或者 nobody does.
    joined = binds < 2 and binds != around
    plain = not joined and (binds > around or (binds == around and not right))
    return said if plain else tongue.bracketed.format(x=said)


def _binding(node: Node) -> int:
    """How tightly a node holds together; the tighter needs no brackets inside the looser."""
    if isinstance(node, Unary):
        return 5
    if not isinstance(node, Binary):
        return 6
    levels = {"or": 0, "and": 1, "+": 3, "-": 3}
    return 2 if node.operator in COMPARING else levels.get(node.operator, 4)


def _number(node: Number, tongue: _Tongue) -> str:
    if node.unit == "%":
        return f"{node.value * 100:g}%"
    if node.unit in ("s", "min", "h"):
        return _duration(node.value, tongue)
    bare = "{n}" if tongue is _ENGLISH else "{n} " + node.unit
    return tongue.units.get(node.unit, bare).format(n=f"{node.value:.12g}").rstrip()
