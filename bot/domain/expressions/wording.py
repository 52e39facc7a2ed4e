"""An expression in Chinese words, for people who look up how a figure is made or when a rule speaks."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.expressions.nodes import COMPARING, JOINING, Binary, Call, Expression, Name, Node, Number, Unary

_SIGNS = {
    "*": "×", "/": "÷", "+": "+", "-": "−", "<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "=", "and": "，并且", "or": "，或者",
}  # fmt: skip
_CALLS = {
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
}
_EARLIER = "{x}在 {back}之前那 {w}平均每分钟的增量"
_DURATIONS = ((3600, "小时"), (60, "分钟"), (1, "秒"))


def describe(expression: Expression, names: Mapping[str, str]) -> str:
    """E.g. 支付订单数 ÷ 创建订单数; `names` maps ids to what people call them, an id without a name is shown as it is."""
    return _said(expression.root, names).replace(" （", "（").replace("） ", "）")  # these brackets bring their own space


def duration(seconds: float) -> str:
    """A length of time in the largest unit that gives a whole number: 600 is 10 分钟, 90 is 90 秒."""
    size, unit = next(((size, unit) for size, unit in _DURATIONS if seconds % size == 0), _DURATIONS[-1])
    return f"{seconds / size:g} {unit}"


def _said(node: Node, names: Mapping[str, str]) -> str:
    if isinstance(node, Number):
        return _number(node)
    if isinstance(node, Name):
        return names.get(node.id, node.id)
    if isinstance(node, Unary):
        inner = _within(node.operand, node, names)
        return f"−{inner}" if node.operator == "-" else f"不是（{_said(node.operand, names)}）"
    if isinstance(node, Call):
        return _call(node, names)
    left, right = _within(node.left, node, names), _within(node.right, node, names, right=True)
    sign = _SIGNS[node.operator]
    return f"{left}{sign}{right}" if node.operator in JOINING else f"{left} {sign} {right}"


def _call(node: Call, names: Mapping[str, str]) -> str:
    x = _said(node.x, names)
    shown = x if isinstance(node.x, Name) else f"（{x}）"
    pattern = _EARLIER if node.back else _CALLS[node.function]
    return pattern.format(x=shown, w=duration(node.window), n=node.count, back=duration(node.back))


def _within(node: Node, outer: Node, names: Mapping[str, str], *, right: bool = False) -> str:
    """An operand, in brackets where it would be read as belonging to its surroundings otherwise."""
    said, binds, around = _said(node, names), _binding(node), _binding(outer)
    # Everybody reads × before +; 并且 before 或者 nobody does.
    joined = binds < 2 and binds != around
    plain = not joined and (binds > around or (binds == around and not right))
    return said if plain else f"（{said}）"


def _binding(node: Node) -> int:
    """How tightly a node holds together; the tighter needs no brackets inside the looser."""
    if isinstance(node, Unary):
        return 5
    if not isinstance(node, Binary):
        return 6
    levels = {"or": 0, "and": 1, "+": 3, "-": 3}
    return 2 if node.operator in COMPARING else levels.get(node.operator, 4)


def _number(node: Number) -> str:
    if node.unit == "%":
        return f"{node.value * 100:g}%"
    if node.unit in ("s", "min", "h"):
        return duration(node.value)
    return f"{node.value:.12g} {node.unit}".rstrip()
