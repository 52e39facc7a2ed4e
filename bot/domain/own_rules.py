"""What a team or one of its merchants has of its own beside the handbook's rules: rules, switches, limits. Pure.

A sheet is data. It names rules and limits, and what it cannot name it cannot touch: rules about the law stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.expressions import ExpressionError, parse, same_unit
from bot.domain.expressions.nodes import Binary, Name, Node, Number
from bot.domain.expressions.wording import describe
from bot.domain.nudges import Limit, Rule, Severity
from bot.domain.peers import PeerFigure

MOST = 30
"""Own rules of one sheet; every rule costs each live session its time."""
OWN, PEERS, SESSION = "own", "peers", "session"
"""In an own condition: the room's 7-day same-slot median, that of comparable rooms, what this session has been like so far."""
SOURCE = "本队自定"
"""Where figures come from that a team set itself."""
HOLD = "hold"
"""Stands among a rule's limits for how many samples in a row its condition has to hold; no limit is called so."""
MOST_HOLD = 60
_OWN_LETTERS = ("T", "M")
_TYPED = str.maketrans({"×": "*", "÷": "/", "−": "-"})
_HOLD = re.compile(r"([0-9]{1,3})\s*(?:个采样|个|次|samples?)?", re.IGNORECASE)


_UNIT_WANTED = {
    "": "write a share or a multiple with %, such as 20% or 150%",
    "%": "the unit has to be %",
    "秒": "the unit has to be seconds, as in 25s",
}
"""What is said in English of another unit; whoever reads English types no Chinese one."""


_OF_OWN = re.compile(r"(?:自己)?近 *7 *天(?:同时段)?(?:中位数)?的? *([0-9]+(?:\.[0-9]+)?) *倍")
"""A share of the own 7-day median as people write it."""


class UnitWrong(ExpressionError):
    """A figure in another unit than the one that is asked for."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """`rules` is YAML written as `handbook/rules/*.yaml`; `off` names rules; `limits` maps ``N06.short`` to what was written, and
    ``N06.hold`` to how many samples in a row; `peers` are medians of comparable rooms by metric.
    """

    rules: str = ""
    off: frozenset[str] = frozenset()
    limits: Mapping[str, str] = field(default_factory=dict)
    peers: Mapping[str, PeerFigure] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SheetVersion:
    """One version of a sheet: of the whole team where `merchant` is empty.

    `number` counts from 1 what was in force; 0 is a draft, which was made from version `base`. `by` made it at `at`.
    """

    id: str
    team: str
    merchant: str
    number: int
    base: int
    sheet: Sheet
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong in a sheet's rules: the line (from 1, 0 where it is no text's), in Chinese and English."""

    line: int
    chinese: str
    english: str

    def to(self, language: str) -> str:
        """The sentence in a language, with the line where there is one."""
        if language == "en":
            return f"line {self.line}: {self.english}" if self.line else self.english
        return f"第 {self.line} 行：{self.chinese}" if self.line else self.chinese


@dataclass(frozen=True, slots=True)
class Own:
    """A sheet as it was read: its rules, and what is wrong with the others."""

    sheet: Sheet
    rules: tuple[Rule, ...] = ()
    mistakes: tuple[Mistake, ...] = ()


class Change(StrEnum):
    """How a rule differs between two versions."""

    ADDED = "added"
    REMOVED = "removed"
    EDITED = "edited"
    OFF = "off"
    ON = "on"
    LIMIT = "limit"
    PEERS = "peers"


@dataclass(frozen=True, slots=True)
class Changed:
    """One difference: of a rule, by its id; of a limit also which (``short``), and its new value where one was set.

    Of the median of comparable rooms `rule` is empty, `limit` is the metric, and `peers` the new figure, None where it is gone.
    """

    change: Change
    rule: str
    limit: str = ""
    said: str = ""
    peers: PeerFigure | None = None


def prefix(merchant: str) -> str:
    """The letter that own rules' ids begin with, so that no two sheets in force name two rules alike."""
    return _OWN_LETTERS[bool(merchant)]


def is_ours(rule: Rule, name: str) -> bool:
    """Whether the plain figure of a limit is the team's own: of a rule of its own, or set in place of the handbook's.

    A factor that a team set on its median leaves the handbook's figure for where no median is known.
    """
    limit = rule.limits[name]
    bare = limit.own is None and limit.peers is None and limit.session is None
    return rule.id[:1] in _OWN_LETTERS or (limit.source == SOURCE and bare)


def is_legal(rule: Rule) -> bool:
    """Whether a rule is about the law; such rules are never off, and their limits are the law's."""
    return rule.severity is Severity.CRITICAL


def in_force(
    rules: Sequence[Rule], sheets: Iterable[Own], units: Mapping[str, str], names: Mapping[str, str]
) -> tuple[Rule, ...]:
    """The handbook's rules with the sheets applied, the first first. What a sheet names and is not there any more is passed over.

    `units` are those of metrics and inputs, `names` what people call them.
    """
    for own in sheets:
        rules = (*rules, *own.rules)
        rules = [
            _limited(rule, own.sheet.limits, units, names) for rule in rules if rule.id not in own.sheet.off or is_legal(rule)
        ]
    return tuple(rules)


def read_limit(text: str, limit: Limit, unit: str) -> Limit:
    """The limit set to what somebody wrote: a figure such as 25s, or a factor such as ``0.6 * own``.

    A figure counts whatever was usual before; a factor replaces the one that there was. Raises ExpressionError.
    """
    unit = "" if limit.ratio else unit
    try:
        figure = read_figure(text, unit)
        found = factor_of(parse(_plain(text)).root) if figure is None else None
    except UnitWrong:
        raise
    except ExpressionError:  # somebody was asked for a figure; what a formula would have to look like is no help
        figure = found = None
    if figure is not None:
        return replace(limit, own=None, peers=None, session=None, default=figure, source=SOURCE)
    if found is None or limit.ratio:
        raise _no_figure(limit, unit)
    name, factor = found
    if name == OWN:
        return replace(limit, own=factor, source=SOURCE)
    if name == PEERS:
        return replace(limit, peers=factor, source=SOURCE)
    return replace(limit, session=factor, source=SOURCE)


def read_hold(text: str) -> int:
    """How many samples in a row, from ``4`` or ``4 个采样``. Raises ExpressionError."""
    found = _HOLD.fullmatch(text.strip())
    if found is None or not 1 <= int(found[1]) <= MOST_HOLD:
        english = f"write how many samples in a row, 1 to {MOST_HOLD}, such as 4"
        raise ExpressionError(f"写连续几个采样，1 到 {MOST_HOLD}，例如 4", 1, english)
    return int(found[1])


def hold_said(hold: int) -> str:
    """What a sheet has for so many samples in a row."""
    return f"{hold} 个采样"


def read_figure(text: str, unit: str) -> float | None:
    """A figure in a unit: ``25s`` or ``25`` for 秒, ``600`` or ``600元`` for 元/千次; None where the text is no single figure.

    Raises UnitWrong for a figure in another unit, and for a share without %; ExpressionError for what is no formula.
    """
    bare = _plain(text)
    root = parse(bare.removesuffix(unit) if unit and unit not in ("%", "秒") else bare.removesuffix("秒")).root
    if not isinstance(root, Number):
        return None
    if unit == "%" and not root.unit and root.value > 1:
        raise UnitWrong("比例请写 %，例如 3%", root.column, "write a share with %, such as 3%")
    if root.unit and not (same_unit(root.unit, unit) or same_unit(root.unit, unit.partition("/")[0])):
        said = f"单位要是 {unit}" if unit else "这里用 % 或 倍"
        raise UnitWrong(said, root.column, _UNIT_WANTED.get(unit, "the unit has to be the metric's own: write a bare figure"))
    return root.value


def example_of(limit: Limit, unit: str, language: str = "zh") -> str:
    """A figure that could be written for a limit, in its figure's unit: 25%, 1.5 倍, 25 秒, 50 元; in English 150%, 25s, 50.

    Where the limit is of another size, so is the figure.
    """
    english, usual = language == "en", limit.default
    if limit.ratio and (usual or 0) > 1:
        return "150%" if english else "1.5 倍"
    example = 0.25 if limit.ratio or unit == "%" else _EXAMPLES.get(unit, 50.0)
    if usual is None or usual <= 0 or 1 / _SIZE <= usual / example <= _SIZE:
        return "25%" if limit.ratio else example_of_unit(unit, language)
    # A fifth away from the limit that there is: 0.4% where that is 0.5%.
    said = _figure(float(f"{usual * 0.8:.1g}"), unit, language, ratio=limit.ratio)
    return said.strip("¥×") if english else said  # what is typed in English has no such signs


_EXAMPLES = {"": 1.5, "秒": 25.0}
_SIZE = 4.0
"""By so many times an example may be more or less than the limit that there is."""


def example_of_unit(unit: str, language: str) -> str:
    """A figure that could be written of a metric in a unit."""
    english = language == "en"
    if found := {"": "1.5", "%": "25%", "秒": "25s" if english else "25 秒"}.get(unit):
        return found
    return "50" if english else f"50 {unit.partition('/')[0]}"


def signs(typed: str) -> str:
    """What was typed on a phone, in the signs of the formula language."""
    return unicodedata.normalize("NFKC", typed).translate(_TYPED)


def _plain(text: str) -> str:
    """The same without space around it; 近7天的0.6倍 is 0.6 * own."""
    typed = signs(text).strip()
    share = _OF_OWN.fullmatch(typed)
    return f"{share[1]} * {OWN}" if share else typed


def _no_figure(limit: Limit, unit: str) -> ExpressionError:
    chinese, english = (example_of(limit, unit, language) for language in ("zh", "en"))
    return ExpressionError(f"请写一个带单位的数，例如 {chinese}", 1, f"write a figure, such as {english}")


def factor_of(node: Node) -> tuple[str, float] | None:
    """What a limit is a factor of, and the factor: of ``0.6 * own`` (own, .6), of ``own`` (own, 1); None of anything else."""
    if isinstance(node, Name) and node.id in (OWN, PEERS, SESSION):
        return node.id, 1.0
    if isinstance(node, Binary) and node.operator == "*":
        for number, name in ((node.left, node.right), (node.right, node.left)):
            if isinstance(number, Number) and isinstance(name, Name) and name.id in (OWN, PEERS, SESSION) and number.value > 0:
                return name.id, number.value
    return None


def changes(before: Own, after: Own) -> tuple[Changed, ...]:
    """What differs, own rules first."""
    old, new = ({rule.id: rule for rule in one.rules} for one in (before, after))
    found = [Changed(Change.ADDED, id) for id in sorted(new.keys() - old.keys())]
    found += [Changed(Change.REMOVED, id) for id in sorted(old.keys() - new.keys())]
    found += [Changed(Change.EDITED, id) for id in sorted(old.keys() & new.keys()) if old[id] != new[id]]
    found += [Changed(Change.OFF, id) for id in sorted(after.sheet.off - before.sheet.off)]
    found += [Changed(Change.ON, id) for id in sorted(before.sheet.off - after.sheet.off)]
    set_before, set_after = before.sheet.limits, after.sheet.limits
    for name in sorted(set_before.keys() | set_after.keys()):
        if set_before.get(name) != set_after.get(name):
            rule, _, limit = name.partition(".")
            found.append(Changed(Change.LIMIT, rule, limit, set_after.get(name, "")))
    known, now = before.sheet.peers, after.sheet.peers
    differ = [id for id in sorted(known.keys() | now.keys()) if known.get(id) != now.get(id)]
    return (*found, *(Changed(Change.PEERS, "", id, peers=now.get(id)) for id in differ))


def sign_of(rule: Rule, units: Mapping[str, str], names: Mapping[str, str]) -> str:
    """The sign in words, made from the condition: for a rule whose own words would say figures that do not count."""
    said = {name: limit_said(limit, units.get(limit.of, "")) for name, limit in rule.limits.items()}
    return describe(rule.when, {**names, **said})


_OWN_SAID = ("自己近 7 天同时段中位数", "your own 7-day same-slot median")
_PEERS_SAID = ("同类直播间中位数", "median of comparable rooms")
_SESSION_SAID = ("本场到现在的水平", "this session so far")
_OPENED, _THEN, _CLOSED = ("（没有就用 ", " (if not known: "), ("，再没有就用 ", ", or else "), ("）", ")")
_COUNTED = re.compile(r"([0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?) ?([\u4e00-\u9fff]+)")
"""A figure with its Chinese unit."""


_ENGLISH_UNIT = {"秒": " s", "倍": "×"}


def limit_said(limit: Limit, unit: str, language: str = "zh") -> str:
    """A limit in words, the first that would count first."""
    english = language == "en"
    factors = ((limit.own, _OWN_SAID), (limit.peers, _PEERS_SAID))
    said = [f"{name[english]} × {factor:g}" for factor, name in factors if factor is not None]
    if limit.default is not None:
        said.append(_figure(limit.default, unit, language, ratio=limit.ratio))
    if limit.session is not None:
        said.append(f"{_SESSION_SAID[english]} × {limit.session:g}")
    if len(said) == 1:
        return said[0]
    return f"{said[0]}{_OPENED[english]}{_THEN[english].join(said[1:])}{_CLOSED[english]}"


def ends_comparison(was: str, becomes: str) -> bool:
    """Whether a limit, as `limit_said` says it, was a share of the own median before and is one no more."""
    return _OWN_SAID[0] in was and _OWN_SAID[0] not in becomes


def limit_in(said: str, language: str) -> str:
    """What `limit_said` or `hold_said` said in Chinese, in a language: proposals and sheets are kept as they were said."""
    if language != "en":
        return said
    for chinese, english in (_OWN_SAID, _PEERS_SAID, _SESSION_SAID, _OPENED, _THEN, _CLOSED):
        said = said.replace(chinese, english)
    return _COUNTED.sub(_in_english, said)


def _in_english(found: re.Match[str]) -> str:
    figure, unit = found[1], found[2]
    if unit == "个采样":
        return f"{figure} sample{'s' * (figure != '1')}"
    return f"{'¥' if unit == '元' else ''}{figure}{_ENGLISH_UNIT.get(unit, '')}"


def _figure(value: float, unit: str, language: str, *, ratio: bool) -> str:
    if ratio:
        return f"{value:g}{'×' if language == 'en' else ' 倍'}" if value > 1 else f"{value * 100:g}%"
    if language == "en" and unit != "%":
        return f"{'¥' if unit.startswith('元') else ''}{value:.10g}{_ENGLISH_UNIT.get(unit, '')}"
    return f"{value * 100:g}%" if unit == "%" else f"{value:.10g} {unit.partition('/')[0]}".rstrip()


def _limited(rule: Rule, limits: Mapping[str, str], units: Mapping[str, str], names: Mapping[str, str]) -> Rule:
    if is_legal(rule):
        return rule
    found = dict(rule.limits)
    for name, limit in rule.limits.items():
        if (written := limits.get(f"{rule.id}.{name}")) is not None:
            found[name] = _set(written, limit, units.get(limit.of, ""))
    hold = _held(limits.get(f"{rule.id}.{HOLD}"), rule.hold)
    if (found, hold) == (dict(rule.limits), rule.hold):
        return rule
    return with_limits(rule, found, hold, units, names)


def with_limits(rule: Rule, limits: Mapping[str, Limit], hold: int, units: Mapping[str, str], names: Mapping[str, str]) -> Rule:
    """The rule with other limits, and a sign that says them: the handbook's own words have its figures in them."""
    changed = replace(rule, limits=limits, hold=hold)
    held = "" if hold == rule.hold else f"，连续 {hold_said(hold)}"
    return replace(changed, sign=sign_of(changed, units, names) + held)


def _held(written: str | None, hold: int) -> int:
    try:
        return hold if written is None else read_hold(written)
    except ExpressionError:
        return hold


def _set(written: str, limit: Limit, unit: str) -> Limit:
    """The limit as it was written; the handbook's own where its unit has become another since."""
    try:
        return read_limit(written, limit, unit)
    except (ExpressionError, ValueError):
        return limit


Read = Callable[[Sheet, str], Own]
"""Reads a sheet whose own rules' ids begin with a letter."""
