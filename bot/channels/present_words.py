"""What is said about a session right now, in Chinese and English: the figure that was asked about, the funnel, the rules."""

from __future__ import annotations

from collections.abc import Mapping

from bot.channels.words import Phrase
from bot.domain.present import Step

STEPS: Mapping[Step, Phrase] = {
    Step.EXPOSURE: Phrase("曝光", "exposure"),
    Step.ENTRY: Phrase("进房", "entry"),
    Step.SHOWN: Phrase("看到商品", "product shown"),
    Step.CLICK: Phrase("点商品", "product click"),
    Step.ORDER: Phrase("下单", "order"),
    Step.PAY: Phrase("付款", "pay"),
}
A_MINUTE = Phrase("{value} 人/分钟", "{value} people/min")

WORSE = Phrase(
    "{name}：本场平时 {usual}，最近 {minutes} 分钟 {now}（{change}）。",
    "{name}: usually {usual} in this session, {now} in the last {minutes} min ({change}).",
)
STEADY = Phrase(
    "最近 {minutes} 分钟{name}没有掉：{now}，本场平时 {usual}。",
    "{name} has not fallen in the last {minutes} min: {now}, usually {usual} in this session.",
)
STEADY_EITHER = Phrase(
    "最近 {minutes} 分钟{name}没有明显变化：{now}，本场平时 {usual}。",
    "{name} has not changed clearly in the last {minutes} min: {now}, usually {usual} in this session.",
)
BETTER = Phrase(
    "{name}没有掉，反而好了：本场平时 {usual}，最近 {minutes} 分钟 {now}（{change}）。",
    "{name} has not fallen, it got better: usually {usual} in this session, {now} in the last {minutes} min ({change}).",
)
EARLY = Phrase(
    "开播才 {minutes} 分钟，还没有“本场平时”可比。现在{name} {now}。",
    "Live for only {minutes} min, so there is nothing usual to compare with yet. {name} is {now} now.",
)
EARLY_UNKNOWN = Phrase("开播才 {minutes} 分钟，还看不出{name}。", "Live for only {minutes} min: too early to tell {name}.")
UNKNOWN = Phrase(
    "这一场的数据里算不出{name}，说不了掉没掉。",
    "{name} cannot be computed from this session's figures, so I can't say whether it fell.",
)
FEW = Phrase(
    "最近 {minutes} 分钟人太少，{name}说不准：现在 {now}。", "Too few people in the last {minutes} min to say: {name} is {now}."
)
BLIND = Phrase(
    "⚫ {time} 起收不到数，现在说不了{name}掉没掉。请先人工看大屏{cited}。",
    "⚫ No figures since {time}, so I can't say whether {name} fell. Please watch the dashboard{cited}.",
)

LIKELY = Phrase("最可能：卡在“{step}”，{values}（{change}）{cited}。", "Most likely: {step}, {values} ({change}){cited}.")
LIKELY_NONE = Phrase(
    "漏斗每一步都在平时的起伏里，看不出卡在哪一步。", "Every step of the funnel is within its usual swing; none stands out."
)
FUNNEL = Phrase("漏斗（本场平时 → 最近 {minutes} 分钟）", "Funnel (usual → last {minutes} min)")
FUNNEL_EARLY = Phrase("漏斗（开播以来）", "Funnel (since go-live)")
LIKELY_RULE = Phrase("最可能：{rule}{cited}。", "Most likely: {rule}{cited}.")
BUT = Phrase("不过“{step}”这一步掉了，{values}（{change}）{cited}。", "But one step fell: {step}, {values} ({change}){cited}.")
FALLEN, RISEN = "🔻", "🔺"
NO_STEP = Phrase("没有数：{steps}", "no figures: {steps}")
RULES = Phrase("规则", "Rules")
TOLD = Phrase("{mark} {rule}：{time} 已提示，还没恢复{cited}", "{mark} {rule}: told at {time}, not over yet{cited}")
TRUE = Phrase("{mark} {rule}：成立，马上提示{cited}", "{mark} {rule}: holds, about to be told{cited}")
SILENT = Phrase("{mark} {rule}：成立，没提：{reason}{cited}", "{mark} {rule}: holds, kept silent: {reason}{cited}")
NEAR = Phrase("{mark} {rule}：快到线了{cited}", "{mark} {rule}: close to its threshold{cited}")
NO_RULES = Phrase("没有规则成立，也没有快到线的。", "No rule holds, and none is close to its threshold.")
FIRST = Phrase("先做", "First")
DO = Phrase("怎么办，见{cited}。", "What to do: see{cited}.")
SEE = Phrase("真掉了怎么办，见{cited}。", "If it does fall, see{cited}.")
CITED = Phrase(" [{number}]", " [{number}]")

NOWHERE: Mapping[str, Phrase] = {
    "no_live_session": Phrase("现在没有直播中的场次。", "No session is live now."),
    "no_live_session_here": Phrase("这个群里现在没有直播中的场次。", "No session is live in this group now."),
    "no_live_session_of_yours": Phrase(
        "您自己没有直播中的场次。同事的场次，请到那一场的群里问。",
        "You run no session that is live. For a colleague's, please ask in that session's group.",
    ),
}
"""What stands above the answer to a question for a cause, where there are no figures to answer it from."""
GENERAL = Phrase(
    "下面是手册里的一般做法，不是哪一场的结论。",
    "What follows is the handbook's general advice, not a finding about any session.",
)
