"""The labels around metrics, rules and checklists, in Chinese and English; the content itself is the handbook's."""

from __future__ import annotations

from collections.abc import Mapping

from bot.channels.words import Phrase
from bot.domain.checklists import Evidence, Stage, Variant
from bot.domain.metrics import Good
from bot.domain.nudges import Phase, Planned, Severity, Within

COLON = Phrase("：", ": ")
LIST = Phrase("、", ", ")
APART = Phrase("；", "; ")
AND_OTHERS = Phrase("{names}……", "{names} …")
IN_GROUP = Phrase("{group}（{count}）：{names}", "{group} ({count}): {names}")
TAP_GROUP = Phrase("点一组看全部。", "Tap a group to see all of it.")

METRICS = Phrase("指标表（{count} 个）", "Metrics ({count})")
METRICS_HOW = Phrase(
    "看其中一个：/metrics 加名字，例如 /metrics {name}。", "To see one: /metrics and its name, e.g. /metrics {name}."
)
METRICS_GROUP = Phrase("{group}指标（{count} 个）", "Metrics: {group} ({count})")
ALL_METRICS = Phrase("↩ 全部指标", "↩ All metrics")
GROUP_BACK = Phrase("↩ {group}", "↩ {group}")

ENGLISH = Phrase("英文", "English")
ALSO = Phrase("也叫", "Also called")
DEFINITION = Phrase("是什么", "What it is")
FORMULA = Phrase("怎么算", "Formula")
BASE = Phrase("数据源直接给的数，不用算。", "Comes from the feed as it is.")
EXAMPLE = Phrase("算一遍", "Worked number")
UNIT = Phrase("单位", "Unit")
GOOD = Phrase("方向", "Good direction")
CADENCE = Phrase("多久更新", "Updated every")
DERIVED = Phrase("跟着算它的数一起更新", "whenever the figures behind it are")
WHERE = Phrase("哪里看", "Where to get it")
CHOICE = Phrase("口径", "Definition chosen")
WATCHED_BY = Phrase("盯它的规则", "Watched by")
NO_RULE = Phrase("没有规则盯它。", "No rule watches it.")
SOURCE = Phrase("来源", "Source")
EXPLAINED = Phrase("详解 {section}", "Explained in {section}")
WHEN_LOW: Mapping[Good, Phrase] = {
    Good.UP: Phrase("低了怎么办 {section}", "When it is low: {section}"),
    Good.DOWN: Phrase("高了怎么办 {section}", "When it is high: {section}"),
    Good.CONTEXT: Phrase("不对劲怎么办 {section}", "When it looks wrong: {section}"),
}
DIRECTIONS: Mapping[Good, Phrase] = {
    Good.UP: Phrase("越高越好", "higher is better"),
    Good.DOWN: Phrase("越低越好", "lower is better"),
    Good.CONTEXT: Phrase("没有绝对的好坏，看场次", "depends on the session"),
}

RULES = Phrase("规则（{count} 条）", "Rules ({count})")
RULES_HOW = Phrase(
    "看其中一条：/rules 加编号、名字或指标，例如 /rules {id}、/rules 停留。",
    "To see one: /rules and its number, its name or a metric, e.g. /rules {id}.",
)
RULES_AT = Phrase("规则（{count} 条）｜{place}", "Rules ({count}) | {place}")
OWN_GROUP = Phrase("本队自己的", "Your own")
CHANGED_MARK = Phrase("本队改过", "changed")
OFF_MARK = Phrase("⛔ 本队停用", "⛔ switched off")
IS_OFF = Phrase("⛔ 本队停用，现在不提示", "⛔ Switched off by the team; it does not speak")
IS_OWN = Phrase("本队自己定的规则", "A rule of your own")
CHANGED = Phrase("本队改过{limit}：{said}（手册 {before}）", "Changed by the team{limit}: {said} (handbook: {before})")
CHANGED_FROM = Phrase(
    "本队改过{limit}：{said}，不再用手册的“{before}”", "Changed by the team{limit}: {said}, in place of the handbook's “{before}”"
)
CHANGED_LIMIT = Phrase("“{limit}”", " ({limit})")
CHANGED_HOLD = Phrase(
    "本队改过：连续 {n} 个采样才提（手册 {before} 个）", "Changed by the team: {n} samples in a row (handbook: {before})"
)
RULES_GROUP = Phrase("{group}规则（{count} 条）", "Rules: {group} ({count})")
RULES_OF = Phrase("和“{text}”有关的规则（{count} 条）", "Rules about “{text}” ({count})")
ALL_RULES = Phrase("↩ 全部规则", "↩ All rules")
SEVERITIES: Mapping[Severity, Phrase] = {
    Severity.INFO: Phrase("⚪ 提示", "⚪ info"),
    Severity.LOW: Phrase("🔵 低", "🔵 low"),
    Severity.MEDIUM: Phrase("🟡 中", "🟡 medium"),
    Severity.HIGH: Phrase("🟠 高", "🟠 high"),
    Severity.CRITICAL: Phrase("🔴 严重", "🔴 critical"),
}
SIGN = Phrase("现象", "Sign")
CONDITION = Phrase("条件", "Condition")
LIMIT = Phrase("限值", "limit")
"""What a limit is called in the condition, which is Chinese in both languages."""
LIMITS_ORDER = Phrase("限值（有前一档就不用后一档）", "Limits (the first that is known counts)")
OWN = Phrase("本直播间近 7 天同时段中位数 × {factor:g}", "own 7-day same-slot median × {factor:g}")
PEERS = Phrase("同类直播间中位数 × {factor:g}", "median of comparable rooms × {factor:g}")
DEFAULT = Phrase("默认 {value}，来源：{source}", "default {value}, source: {source}")
NO_DEFAULT = Phrase("都没有就不判", "otherwise the rule is silent")
RECOVERED = Phrase("算恢复", "Over when")
RECOVERED_ITSELF = Phrase("条件不再成立", "the condition no longer holds")
WHEN_SAID = Phrase("何时提示", "When it speaks")
HOLD = Phrase("连续 {n} 个采样都成立才提示", "after {n} samples in a row")
HOLD_ONE = Phrase("一个采样成立就提示", "on a single sample")
MIN_SAMPLES = Phrase("至少已有 {n} 个采样", "once there are {n} samples")
NOT_BEFORE = Phrase("开播 {span}后才看", "not in the first {span}")
COOLDOWN = Phrase("两次提示至少隔 {span}", "at most once in {span}")
ALL_PHASES = Phrase("全程都看", "in every phase")
IN_PHASES = Phrase("只在{phases}看", "only during {phases}")
PHASES: Mapping[Phase, Phrase] = {
    Phase.OPENING: Phrase("开场", "the opening"),
    Phase.WELFARE: Phrase("福利段", "the welfare part"),
    Phase.MAIN: Phrase("主推段", "the main part"),
    Phase.CLOSING: Phrase("收尾", "the closing"),
}
QUIET = Phrase("不提示", "Quiet during")
QUIET_DURING = Phrase("计划内的{events}期间", "planned {events}")
PLANNED: Mapping[Planned, Phrase] = {
    Planned.GIVEAWAY: Phrase("福袋抽奖", "giveaways"),
    Planned.HOST_CHANGE: Phrase("换主播", "changes of host"),
    Planned.HOT_RELEASE: Phrase("爆款放单", "releases of a hot item"),
    Planned.BUDGET_RAISE: Phrase("加预算", "raises of the budget"),
    Planned.BREAK: Phrase("休息", "breaks"),
}
INHIBITS = Phrase("压住", "Silences")
INHIBITS_WHICH = Phrase("{rules}（同一个原因，只提示这一条）", "{rules} (same cause: only this one speaks)")
LAWFUL = Phrase("法律依据", "Law")
FIRST = Phrase("谁先动", "Who acts first")
STEPS: Mapping[Within, Phrase] = {
    Within.SECONDS_60: Phrase("60 秒内", "Within 60 s"),
    Within.MINUTES_5: Phrase("5 分钟内", "Within 5 min"),
    Within.MINUTES_15: Phrase("15 分钟内", "Within 15 min"),
}
WHAT_TO_DO = Phrase("怎么做 {section}", "What to do: {section}")
OWN_FIGURE = Phrase("本项目自定", "this project's own")

WHICH_VARIANT = Phrase("看哪种场次的清单？", "Checklists for which kind of session?")
CHECKLISTS_HOW = Phrase("也可以直接打：/checklists {name}", "Or type it: /checklists {name}")
VARIANTS: Mapping[Variant, Phrase] = {
    Variant.DAILY: Phrase("日播", "Daily 日播"),
    Variant.CAMPAIGN: Phrase("大场", "Campaign 大场"),
    Variant.BRAND: Phrase("品牌自播", "Brand 品牌自播"),
    Variant.FIRST: Phrase("第一场", "First session 第一场"),
}
STAGES: Mapping[Stage, Phrase] = {
    Stage.BEFORE: Phrase("播前", "Before"),
    Stage.DURING: Phrase("播中", "During"),
    Stage.AFTER: Phrase("播后", "After"),
}
CHECKLIST = Phrase("{variant} · {stage}清单（{count} 项）", "{variant} · {stage} ({count} items)")
PREVIOUS_PAGE = Phrase("◀ 上一页", "◀ Back")
NEXT_PAGE = Phrase("下一页 ▶", "More ▶")
OTHER_VARIANT = Phrase("↩ 换一种场次", "↩ Another kind of session")
NO_ITEMS = Phrase("这种场次在这一段没有清单项。", "This kind of session has no items here.")
BLOCKING = Phrase("🔒 没勾完不能开播", "🔒 must be ticked before going live")
EVIDENCE: Mapping[Evidence, tuple[str, Phrase]] = {
    Evidence.NUMBER: ("🔢", Phrase("🔢 要填数", "🔢 asks for a number")),
    Evidence.PHOTO: ("📷", Phrase("📷 要拍照", "📷 asks for a photo")),
    Evidence.SECOND_PERSON: ("👥", Phrase("👥 要第二个人核对", "👥 checked by a second person")),
}

_BEFORE = Phrase("开播前 {span}", "{span} before the start")
_START = Phrase("开播时", "At the start")
_AFTER_START = Phrase("开播后 {span}", "{span} after the start")
_END = Phrase("下播时", "At the end")
_BEFORE_END = Phrase("下播前 {span}", "{span} before the end")
_AFTER_END = Phrase("下播后 {span}", "{span} after the end")
_EVERY = Phrase("{first}起，每 {span}一次", "{first}, then every {span}")
_SPANS = ((86400, Phrase("{n} 天", "{n} d")), (3600, Phrase("{n} 小时", "{n} h")), (60, Phrase("{n} 分钟", "{n} min")))
_SECONDS = Phrase("{n} 秒", "{n} s")

NO_METRICS = Phrase(
    "这本手册没有指标表。请手册负责人在手册文件夹里加 metrics.yaml，写法照着自带手册。",
    "This handbook has no metrics. Its owner can add metrics.yaml to the folder, written like the built-in one.",
)
NO_RULES = Phrase(
    "这本手册没有规则。请手册负责人在手册文件夹里加 rules/*.yaml，写法照着自带手册。",
    "This handbook has no rules. Its owner can add rules/*.yaml to the folder, written like the built-in ones.",
)
NO_CHECKLISTS = Phrase(
    "这本手册没有清单。请手册负责人在手册文件夹里加 checklists/*.yaml，写法照着自带手册。",
    "This handbook has no checklists. Its owner can add checklists/*.yaml to the folder, written like the built-in ones.",
)
DAMAGED = Phrase(
    "手册里的这部分内容有错，读不进来。请手册负责人运行 copilot check，照提示的文件和行号改好。",
    "This part of the handbook has errors and cannot be read. Its owner can run copilot check and mend what it names.",
)
NO_METRIC = Phrase("没有“{text}”这个指标。您要找的是不是：", "There is no metric “{text}”. Did you mean:")
NO_METRIC_AT_ALL = Phrase("没有“{text}”这个指标。/metrics 看全部。", "There is no metric “{text}”. /metrics lists them all.")
NO_RULE_OF = Phrase("没有“{text}”这条规则。您要找的是不是：", "There is no rule “{text}”. Did you mean:")
NO_RULE_HERE = Phrase(
    "没有“{text}”这条规则。单个商家自己定的规则，请到它的群里看；/rules 看全部。",
    "There is no rule “{text}”. A merchant's own rules are shown in its group; /rules lists all others.",
)
NO_RULE_AT_ALL = Phrase("没有“{text}”这条规则。/rules 看全部。", "There is no rule “{text}”. /rules lists them all.")
NO_VARIANT = Phrase("没有“{text}”这种场次的清单。您要哪一种？", "There are no checklists for “{text}”. Which kind do you want?")
GONE = Phrase("这一条已经不在手册里了，请重新发命令。", "This is no longer in the handbook. Please send the command again.")


def cadence(written: str, language: str) -> str:
    """How often a feed brings a figure: 10-60s is 10–60 秒."""
    if written == "derived":
        return DERIVED.to(language)
    for ending, phrase in (("min", _SPANS[2][1]), ("h", _SPANS[1][1]), ("s", _SECONDS)):
        if written.endswith(ending):
            return phrase.to(language, n=written.removesuffix(ending).replace("-", "–"))
    return written


def span(seconds: int, language: str) -> str:
    """A length of time in the largest unit that gives a whole number: 600 is 10 分钟."""
    size, phrase = next(((size, phrase) for size, phrase in _SPANS if seconds and seconds % size == 0), (1, _SECONDS))
    return phrase.to(language, n=seconds // size)


def due(seconds: int, from_end: bool, every: int | None, language: str) -> str:
    """When an item is due, e.g. 开播前 30 分钟, 下播后 3 天, 开播后 5 分钟起，每 5 分钟一次."""
    if not seconds:
        first = (_END if from_end else _START).to(language)
    else:
        before, after = (_BEFORE_END, _AFTER_END) if from_end else (_BEFORE, _AFTER_START)
        pattern = after if seconds > 0 else before
        first = pattern.to(language, span=span(abs(seconds), language))
    return _EVERY.to(language, first=first, span=span(every, language)) if every else first
