"""The small language of metric formulas and rule conditions: read, checked for units, evaluated on recorded figures."""

from bot.domain.expressions.nodes import Expression, ExpressionError
from bot.domain.expressions.parsing import parse
from bot.domain.expressions.units import CONDITION, same_unit, unit_of

__all__ = ["CONDITION", "Expression", "ExpressionError", "parse", "same_unit", "unit_of"]
