"""The small language of metric formulas and rule conditions: read, checked for units, evaluated on recorded figures."""

from bot.domain.expressions.evaluation import Derived, evaluate
from bot.domain.expressions.nodes import Expression, ExpressionError
from bot.domain.expressions.parsing import parse
from bot.domain.expressions.units import CONDITION, same_unit, unit_of
from bot.domain.expressions.values import Series, Values

__all__ = [
    "CONDITION",
    "Derived",
    "Expression",
    "ExpressionError",
    "Series",
    "Values",
    "evaluate",
    "parse",
    "same_unit",
    "unit_of",
]
