"""Why a rule kept silent, in words, Chinese and English."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from types import MappingProxyType

from bot.domain.decisions import Reason
from bot.domain.nudges import Phase, Planned

SENTENCES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "blind": ("从 {since} 起没有数，先不提", "no data since {since}"),
        "few_samples": (
            "断数、归零或开场之后才来了 {have} 个采样，要满 {need} 个",
            "{have} of {need} samples since the start, a gap or a restart",
        ),
        "no_start": ("不知道几点开播，没法算播了多久", "when it went live is not known"),
        "too_early": ("开播没到 {minutes:g} 分钟", "less than {minutes:g} minutes since go-live"),
        "missing": ("缺 {names}，没有数不等于零，先不判", "{names} is missing, and missing is not zero"),
        "within": ("没有越线", "within its limit"),
        "few_counts": (
            "人数、单数太少，偏了 {deviations} 个标准差，到 {wanted} 个才算数",
            "too few counts: {deviations} standard deviations from chance, {wanted} are wanted",
        ),
        "no_usual": (
            "开播还不久，不知道本场平时的高峰有多高",
            "it is too early to know how high this session's peaks usually are",
        ),
        "usual_swing": (
            "动了 {moved:.0%}，本场平时就有 {swing:.0%} 的起落",
            "moved by {moved:.0%}, while {swing:.0%} is usual in this session",
        ),
        "undoes": ("只是从低处回到平时的水平", "a rise that only goes back to what is usual"),
        "holding": ("越线 {have} 个采样，连续满 {need} 个才提", "beyond its limit for {have} of {need} samples in a row"),
        "phase": ("现在是{phase}，这条不在这一段判", "not in this part of the session: {phase}"),
        "planned": ("计划里的{events}能解释", "explained by what was planned: {events}"),
        "inhibited": ("{rules} 已经提了同一个原因", "{rules} has told of the same cause"),
        "muted": ("静音到 {until}", "muted until {until}"),
        "standing": ("{since} 提过，还没好", "told at {since}, and not over yet"),
        "cooling": ("刚提过，还要等 {seconds:.0f} 秒", "told a while ago; {seconds:.0f} s of its pause are left"),
        "grouped": ("和刚提的 {rule} 是同一件事", "part of {rule}, which was just told"),
        "budget": (
            "这一小时已经提了 {spent} 条，每小时最多 {most} 条，留给更要紧的",
            "{spent} tips this hour, of at most {most}; room is kept for what matters more",
        ),
        "withheld": (
            "轻提示抽 {percent}% 不提做对比，抽中了",
            "one of the {percent}% of mild tips kept back to compare",
        ),
    }
)
_PHASES = {Phase.OPENING: "开场", Phase.WELFARE: "福利段", Phase.MAIN: "主推段", Phase.CLOSING: "收尾"}
_EVENTS = {
    Planned.GIVEAWAY: "福袋",
    Planned.HOST_CHANGE: "换主播",
    Planned.HOT_RELEASE: "爆款放单",
    Planned.BUDGET_RAISE: "加预算",
    Planned.BREAK: "休息",
}


def said(reason: Reason, *, language: str, zone: tzinfo, name: Callable[[str], str] = str) -> str:
    """A reason as one sentence without its full stop; `name` gives what people call a figure."""
    english = language == "en"
    values = {key: _shown(key, value, english, zone, name) for key, value in reason.values.items()}
    return SENTENCES[reason.key][english].format(**values)


def _shown(key: str, value: object, english: bool, zone: tzinfo, name: Callable[[str], str]) -> object:
    if key in ("since", "until") and isinstance(value, float | int):
        return datetime.fromtimestamp(value, zone).strftime("%H:%M:%S")
    if isinstance(value, Phase):
        return value.value if english else _PHASES[value]
    if key == "events" and isinstance(value, tuple):
        return (", " if english else "、").join(one.value if english else _EVENTS[one] for one in value)
    if key == "names" and isinstance(value, tuple):
        return (", " if english else "、").join(name(one) for one in value)
    return (", " if english else "、").join(map(str, value)) if isinstance(value, tuple) else value
