"""That a rule's sign says in words what its condition computes: the same figures, and none beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.content.quantities import SAMPLES, Quantity, among, quantities, quantity
from bot.domain.expressions import Expression, parse, unit_of
from bot.domain.expressions.nodes import Call, Number, walk
from bot.domain.nudges import Limit

# Part of how limits are explained everywhere, not of one condition.
_STANDING = ("近7天", "7日中位")


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign beside what it has to say.

    `units` are those of metrics, inputs and limits, `names` what people call metrics and inputs, `not_before` is in seconds.
    """

    text: str
    when: Expression
    limits: Mapping[str, Limit]
    units: Mapping[str, str]
    hold: int
    not_before: int
    names: Iterable[str]

    def unfounded(self) -> Iterator[str]:
        """The figures of the sign, as written, that do not decide anything."""
        known = (*_written(self.when), (float(self.hold), SAMPLES), (float(self.not_before), "秒"))
        of_limits = tuple(figure for name in self.limits for figure in self._figures(name))
        for shown, figure in self._said().items():
            if not among(figure, (*known, *of_limits)):
                yield shown

    def unsaid(self) -> Iterator[str]:
        """The limits of the condition whose figure the sign leaves out: the default, or the factor where there is none."""
        said = tuple(self._said().values())
        for name in self.limits:
            if name in self.when.names and not among(self._figures(name)[-1], said):
                yield name

    def _figures(self, name: str) -> tuple[Quantity, ...]:
        """Every figure of a limit, the one that the sign must say last."""
        limit = self.limits[name]
        factors = tuple(quantity(factor, "") for factor in (limit.session, limit.peers, limit.own) if factor is not None)
        return factors if limit.default is None else (*factors, quantity(limit.default, unit_of(parse(name), self.units)))

    def _said(self) -> dict[str, Quantity]:
        """The figures of the sign; those in the names of metrics, such as 5 分钟成交密度, are none."""
        text = re.sub(r"\s", "", self.text)
        for name in (*sorted((re.sub(r"\s", "", name) for name in self.names), key=len, reverse=True), *_STANDING):
            text = text.replace(name, "〇")
        return quantities(text)


def _written(when: Expression) -> Iterator[Quantity]:
    for node in walk(when.root):
        if isinstance(node, Number):
            yield quantity(node.value, node.unit)
        elif isinstance(node, Call):
            yield from ((node.window, "秒"), (node.back, "秒"), (float(node.count), ""))
