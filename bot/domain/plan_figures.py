"""What a session's plan sets besides its goal: the inputs of the handbook that only a plan can give, as operators say them.

None is computed from the running order: its stock is no forecast of sales and a buyer is no piece, so an average of its prices
would let a rule speak of a figure that nobody has planned.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum

from bot.domain.money import read_money
from bot.domain.numerals import plain
from bot.errors import Refused

MOST_RATIO = 100.0
"""No advertising returns more; whoever says so has written a sum."""


class FigureWrong(StrEnum):
    """Why a figure of the plan was refused; `Refused.reason`."""

    NOT_UNDERSTOOD = "figures_not_understood"
    NO_RATIO = "ratio_not_understood"
    BELOW_BREAK_EVEN = "target_below_break_even"


@dataclass(frozen=True, slots=True)
class PlanFigures:
    """By the handbook's inputs, None where the plan says nothing: `budget` is yuan for the whole session, `break_even_roi` and
    `target_roi` are multiples, `planned_aov` is yuan a buyer."""

    budget: float | None = None
    break_even_roi: float | None = None
    target_roi: float | None = None
    planned_aov: float | None = None

    @property
    def known(self) -> dict[str, float]:
        """Those that are set, by input."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    def changed(self, what: Mapping[str, float | None]) -> PlanFigures:
        """These with others in place of some. Raises Refused: an aim below break-even plans a loss."""
        after = replace(self, **what)
        target, least = after.target_roi, after.break_even_roi
        if target is not None and least is not None and target < least:
            raise Refused(FigureWrong.BELOW_BREAK_EVEN, target=f"{target:g}", least=f"{least:g}")
        return after


INPUTS = tuple(one.name for one in fields(PlanFigures))
"""The handbook's inputs that are set here, in the order in which they are shown."""
_NOTHING = ("没有", "不定", "不投", "无", "none", "no")
_SAID = r"\s*(?:是|为|定|[:：=])?\s*"
_OTHER = r"[^\s，,、；;。]+"
_RATE = rf"([0-9][0-9.:：比]*倍?|{_OTHER})"
_MONEY = rf"([¥￥]?[0-9][0-9.,]*(?:[万千百亿wk][0-9]{{0,4}})?(?:元|块)?|{_OTHER})"
_ROI = r"\s*(?:roi|投产比?|投入产出比?)"
_NAMES = {
    "break_even_roi": rf"(?:保本|盈亏平衡)(?:{_ROI})?|break[- ]?even(?:{_ROI})?",
    "target_roi": rf"目标{_ROI}|target{_ROI}",
    "budget": r"(?:投放|投流|付费|广告)?(?:总)?预算|(?:ad )?budget",
    "planned_aov": r"(?:计划|目标)?客单价?|(?:planned )?aov",
}
_PATTERNS = {
    name: re.compile(f"(?:{words}){_SAID}{_RATE if name.endswith('_roi') else _MONEY}", re.IGNORECASE)
    for name, words in _NAMES.items()
}
_RATIO = re.compile(r"(?:1[:：比])?([0-9]{1,3}(?:\.[0-9]{1,3})?)倍?")
_PRICE = re.compile(r"(?:¥|￥)?([0-9]{1,6}\.[0-9]{1,2})(?:元|块)?")


def take_figures(text: str) -> tuple[str, dict[str, float | None]]:
    """The figures that a line names (预算 3000, 保本ROI 1.8, 目标ROI 2.5, 客单 89), None for one that shall not be set any more,
    and the line without them. Raises Refused for a value that is none."""
    found: dict[str, float | None] = {}
    for name, pattern in _PATTERNS.items():
        said = pattern.search(text)
        if said is None:
            continue
        text = f"{text[: said.start()]} {text[said.end() :]}"
        value = said[1].rstrip(",.")
        found[name] = None if value.lower() in _NOTHING else _read(name, value)
    return text, found


def read_figures(text: str) -> dict[str, float | None]:
    """The figures of a reply that holds nothing else. Raises Refused."""
    rest, found = take_figures(text)
    if not found or plain(rest).strip("，,、；;。 \n"):
        raise Refused(FigureWrong.NOT_UNDERSTOOD)
    return found


def as_figures(raw: Mapping[str, float]) -> PlanFigures:
    """From what is stored; inputs that are known no more are left out."""
    return PlanFigures(**{name: float(raw[name]) for name in INPUTS if name in raw})


def _read(name: str, value: str) -> float:
    if name.endswith("_roi"):
        said = _RATIO.fullmatch(plain(value))
        ratio = float(said[1]) if said else 0.0
        if not 0 < ratio <= MOST_RATIO:
            raise Refused(FigureWrong.NO_RATIO)
        return ratio
    if name == "planned_aov" and (said := _PRICE.fullmatch(plain(value))) and float(said[1]) > 0:
        return float(said[1])
    return float(read_money(value))
