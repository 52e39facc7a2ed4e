"""Words about live sessions as a whole: their plan, what changed, the gate. In Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.channels.session_words import SOMEBODY as SOMEBODY
from bot.channels.session_words import post as post
from bot.channels.words import Phrase
from bot.domain.checklists import Variant
from bot.domain.plan_figures import PlanFigures

VARIANTS: Mapping[Variant, Phrase] = {
    Variant.DAILY: Phrase("日播", "daily"),
    Variant.CAMPAIGN: Phrase("大场", "campaign"),
    Variant.BRAND: Phrase("品牌自播", "brand"),
    Variant.FIRST: Phrase("第一场", "first session"),
}
CALENDAR_TITLE = Phrase("直播 · {merchant}", "Live · {merchant}")
TITLE = Phrase("{merchant} · {when}", "{merchant} · {when}")
UNTIL = Phrase("{start}–{end}", "{start}–{end}")
NEXT_DAY = Phrase("次日 {time}", "{time} the next day")
KIND = Phrase("{variant} · 播 {length}", "{variant} · {length}")
HOST = Phrase("主播：{host}", "Host: {host}")
NO_HOST = Phrase("还没填", "not set")
OPERATOR = Phrase("操盘手：{name}", "Operator: {name}")
GOAL = Phrase("目标：{goal}", "Goal: {goal}")
NO_GOAL = Phrase("没定", "none")
FIGURES = Phrase("投放：{figures}", "Plan: {figures}")
FIGURE: Mapping[str, Phrase] = {
    "budget": Phrase("预算 {value}", "budget {value}"),
    "break_even_roi": Phrase("保本 ROI {value}", "break-even ROI {value}"),
    "target_roi": Phrase("目标 ROI {value}", "target ROI {value}"),
    "planned_aov": Phrase("计划客单 {value}", "planned AOV {value}"),
}
DOT = " · "
POSTS_LINE = Phrase("岗位：{posts}", "Posts: {posts}")
POST = Phrase("{role} {name}", "{role} {name}")
LIST = Phrase("、", ", ")
GROUP = Phrase("群：{group}", "Group: {group}")
NO_GROUP = Phrase("没有，清单只发私聊", "none; checklists come in private")
REPEATED = Phrase("🔁 每周重复，先排好 {n} 场", "🔁 Every week; {n} sessions are planned")
REPEATED_HOW = Phrase(
    "以后每场提前 15 天自动排。要改哪一场，发 /week 点开。",
    "Each later one is planned 15 days ahead. To change one, send /week and open it.",
)
WEEKLY = Phrase("🔁 每周重复", "🔁 weekly")
DRAFT = Phrase("📝 还没确认。核对一下，对了就点“确认”。", "📝 Not confirmed yet. Check it, then tap “Confirm”.")
PLANNED = Phrase("📅 已排好", "📅 Planned")
LIVE = Phrase("🔴 直播中，{time} 开播", "🔴 Live since {time}")
ENDED = Phrase("⏹ 已下播，{begin}–{end}，播了 {length}", "⏹ Ended: {begin}–{end}, {length}")
CANCELLED = Phrase("✖️ 已取消", "✖️ Cancelled")
OVERRIDE = Phrase("⚠️ 带原因开播，还差 {n} 项必做。{who}：{reason}", "⚠️ Went live with required items open ({n}). {who}: {reason}")

B_CONFIRM = Phrase("✅ 确认", "✅ Confirm")
B_CONFIRM_ANYWAY = Phrase("照样排", "Plan it all the same")
B_LAST = Phrase("和上次一样", "As last time")
B_DROP = Phrase("不排了", "Drop it")
B_STARTS = Phrase("时间", "Time")
B_LENGTH = Phrase("时长", "Length")
B_HOST = Phrase("主播", "Host")
B_GOAL = Phrase("目标", "Goal")
B_FIGURES = Phrase("预算/ROI", "Budget/ROI")
B_POSTS = Phrase("岗位", "Posts")
B_OPERATOR = Phrase("操盘手", "Operator")
B_VARIANT = Phrase("模板：{variant}", "Template: {variant}")
B_GROUP = Phrase("群", "Group")
B_WEEKLY = Phrase("每周重复…", "Every week…")
B_EDIT = Phrase("改", "Change")
B_BEGIN = Phrase("开播", "Go live")
B_REASON = Phrase("带原因开播", "Go live with a reason")
B_END = Phrase("下播", "End")
B_CANCEL = Phrase("取消这场", "Cancel")
B_CHECKLIST = Phrase("清单", "Checklist")
B_ORDER = Phrase("排品", "Running order")
B_BACK = Phrase("‹ 返回", "‹ Back")
B_BEGUN = Phrase("开播了", "It is live")
B_MOVE = Phrase("改时间", "Change the time")
B_CALL_OFF = Phrase("取消", "Cancel it")
B_ENDED = Phrase("下播了", "It is over")
B_GOES_ON = Phrase("还在播", "Still live")

CHANGED = Phrase("🔁 {title} 这一场有改动：", "🔁 {title}: this session has changed.")
FROM_TO = Phrase("{what}：{before} → {after}", "{what}: {before} → {after}")
W_TIME = Phrase("时间", "Time")
W_LENGTH = Phrase("时长", "Length")
W_HOST = Phrase("主播", "Host")
W_VARIANT = Phrase("模板", "Template")
W_GOAL = Phrase("目标", "Goal")
W_FIGURES = Phrase("预算/ROI", "Budget/ROI")
W_OPERATOR = Phrase("操盘手", "Operator")
W_POSTS = Phrase("岗位", "Posts")
NOBODY = Phrase("无", "nobody")
MOVED_GROUP = Phrase("换了群，之后的清单发到那边。", "It has moved to another group; checklists go there from now on.")
CALLED_OFF = Phrase("✖️ {title} 这一场取消了，原来的安排不用再做。", "✖️ {title} is cancelled; nothing more has to be done for it.")

GATE = Phrase("🚦 {title} 快开播了，还差这些：", "🚦 {title} starts soon. These are open:")
GATE_ITEM = Phrase("❗ {number}. {text}（{who}）", "❗ {number}. {text} ({who})")
GATE_CLEAR = Phrase(
    "🚦 {title} 快开播了，必做的都做完了，可以开播。", "🚦 {title} starts soon. All required items are done: go live when ready."
)
GATE_LIVE = Phrase("🔴 {title} 已开播。", "🔴 {title} is live.")
GATE_OVER = Phrase("{title} 这一场已经结束或取消。", "{title} is over or cancelled.")
MORE = Phrase("❗ 还有：{numbers}", "❗ also: {numbers}")
OVERRIDDEN = Phrase(
    "⚠️ {title} 带原因开播了。\n{who}：{reason}\n没做完的必做项：",
    "⚠️ {title} went live with a reason.\n{who}: {reason}\nRequired items still open:",
)
NOT_BEGUN = Phrase(
    "⏰ {title} 过点 15 分钟了，还没人点开播。现在是什么情况？",
    "⏰ {title} should have started 15 minutes ago, and nobody has tapped “Go live”. How do things stand?",
)
NOT_ENDED = Phrase(
    "⏰ {title} 原定 {end} 下播，还在播吗？没人点“还在播”、也没人打勾的话，播中清单就先不发了。",
    "⏰ {title} was to end at {end}. Is it still live? Until somebody taps “Still live” or ticks an item, its lists stop.",
)
ENDED_LATE = Phrase(
    "⏹ {title} 过了原定下播时间 6 小时还没人点下播，我按已下播记了，播后清单已经排上。",
    "⏹ {title} is six hours past its planned end and nobody ended it, so I have recorded it as over. The checklist for "
    "afterwards is on its way.",
)

_HOURS = Phrase("{h} 小时", "{h} h")
_MINUTES = Phrase("{m} 分钟", "{m} min")
_BOTH = Phrase("{h} 小时 {m} 分钟", "{h} h {m} min")
_WAN = Phrase("{n} 万元", "¥{yuan:,}")
_YUAN = Phrase("{yuan:,} 元", "¥{yuan:,}")


def length(span: timedelta, language: str) -> str:
    """How long something lasts, to the minute."""
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    phrase = _BOTH if hours and minutes else _HOURS if hours else _MINUTES
    return phrase.to(language, h=hours, m=minutes)


def money(yuan: int | None, language: str) -> str:
    """A sum as operators say it: 8 万元, 8.5 万元, 85,300 元."""
    if yuan is None:
        return NO_GOAL.to(language)
    in_wan = yuan >= 10_000 and yuan % 1000 == 0
    return (_WAN if in_wan else _YUAN).to(language, n=f"{yuan / 10_000:g}", yuan=yuan)


def figures(planned: PlanFigures, language: str) -> str:
    """What the plan sets besides the goal: 预算 3,000 元 · 保本 ROI 1.8; that nothing is set where it is so."""
    said = [FIGURE[name].to(language, value=_figure(name, value, language)) for name, value in planned.known.items()]
    return DOT.join(said) or NO_GOAL.to(language)


def _figure(name: str, value: float, language: str) -> str:
    if name.endswith("_roi"):
        return f"{value:g}"
    return money(int(value), language) if value == int(value) else _YUAN.to(language, yuan=value)
