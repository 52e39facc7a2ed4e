"""What is said about proposals to change rules, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from bot.channels.words import Phrase
from bot.domain.candidates import Way
from bot.domain.suggestions import State

HEAD = Phrase("📮 规则建议｜{team}", "📮 Proposed rule changes | {team}")
INTRO = Phrase(
    "近 4 周大家点的“已处理”“没用”，加上把过去的场次重放一遍，这{these}规则值得改。不点就照旧，什么都不变。",
    "From what people tapped in the last 4 weeks, and a replay of past sessions. Leave them alone and nothing changes.",
)
ONE_RULE, SOME_RULES = Phrase("条", ""), Phrase("几条", "")
FLAT = Phrase(
    "以后一律按 {becomes}，不再看自己的中位数。", "From then on it is always {becomes}; your own median no longer counts."
)
WHY: Mapping[Way, Phrase] = {
    Way.STRICTER: Phrase("没用的太多", "too often of no use"),
    Way.LOOSER: Phrase("提得太晚", "told too late"),
}
ONE = Phrase("{n}. {rule}：{why}", "{n}. {rule}: {why}")
ONLY = Phrase("（只给{place}）", " ({place} only)")
CHANGE = Phrase("限值 {limit}：{was} → {becomes}", "Limit {limit}: {was} → {becomes}")
CHANGE_HOLD = Phrase("连续 {was} 个采样才提 → 连续 {becomes} 个", "Samples in a row: {was} → {becomes}")
JUDGED: Mapping[Way, Phrase] = {
    Way.STRICTER: Phrase("点过的 {judged} 条里，没用 {wrong} 条。", "Of {judged} judged tips {wrong} were of no use."),
    Way.LOOSER: Phrase(
        "点过的 {judged} 条里，已处理 {right} 条，但 15 分钟内恢复的不到一半。",
        "Of {judged} judged tips {right} were handled, but fewer than half were over within 15 minutes.",
    ),
}
REPLAY = Phrase(
    "重放 {sessions} 场 {hours} 小时：提示 {before} → {after} 条",
    "{sessions} sessions, {hours} h replayed: {before} → {after} tips",
)
KEPT_ALL = Phrase("；有用的 {useful} 条都还会提", "; all {useful} useful ones still come")
KEPT = Phrase("；有用的 {useful} 条还会提 {kept} 条", "; {kept} of {useful} useful ones still come")
NONE_USEFUL = Phrase("；里面没有有用的", "; none of them was useful")
GONE = Phrase("，没用的 {useless} 条里 {gone} 条不再提。", ", {gone} of {useless} useless ones would not.")
GONE_ALL = Phrase("，没用的 {useless} 条都不再提。", ", none of the {useless} useless ones would.")
GONE_NONE = Phrase("，没用的 {useless} 条照样会提。", ", all {useless} useless ones still would.")
END = Phrase("。", ".")
SOONER = Phrase("，其中 {sooner} 条会早提，早约 {span}。", ", {sooner} of them come sooner, by about {span}.")
STATES: Mapping[State, Phrase] = {
    State.ADOPTED: Phrase("✅ 已采用", "✅ taken"),
    State.DECLINED: Phrase("✖️ 没采用，照旧", "✖️ not taken; as before"),
}
BY: Mapping[State, Phrase] = {
    State.ADOPTED: Phrase("✅ {who} 已采用", "✅ taken by {who}"),
    State.DECLINED: Phrase("✖️ {who} 定了不采用，照旧", "✖️ declined by {who}; as before"),
}
CHANGED = Phrase("⌛ 规则后来改过，不算数了", "⌛ the rule has changed since, so this no longer applies")
LAPSED = Phrase("⌛ 过了 4 周，不算数了", "⌛ four weeks old, so this no longer applies")
NONE = Phrase("现在没有等您定的建议。", "There is no proposal to decide about.")
B_ADOPT = Phrase("✅ 采用 {rule}", "✅ Take {rule}")
B_DECLINE = Phrase("✖️ 不采用", "✖️ Decline")
B_SHOW = Phrase("🧮 看试算", "🧮 Trial")
B_BACK = Phrase("↩ 返回", "↩ Back")
B_OPEN = Phrase("📮 看建议（{count}）", "📮 Proposals ({count})")
WAITS = Phrase("📮 有 {count} 条建议等您定：{rules}", "📮 {count} proposals are waiting for you: {rules}")
B_OWN_WAITING = Phrase("⚙️ 调整规则（{count} 条建议）", "⚙️ Change the rules ({count} proposed)")

TRIAL = Phrase("🧮 试算｜{rule}{place}", "🧮 Trial | {rule}{place}")
OVER = Phrase(
    "近 4 周 {sessions} 场、{hours} 小时的数据，按现在的和建议的各放一遍。",
    "The data of {sessions} sessions, {hours} hours in 4 weeks, played as it is and as proposed.",
)
TIPS = Phrase("提示：{before} 条 → {after} 条（每小时 {was} → {rate}）", "Tips: {before} → {after} ({was} → {rate} an hour)")
USEFUL = Phrase(
    "点了“已处理”的 {useful} 条：还会提 {kept}，不再提 {lost}", "Handled ({useful}): {kept} still come, {lost} would not"
)
USELESS = Phrase(
    "点了“没用”的 {useless} 条：不再提 {gone}，还会提 {left}", "Of no use ({useless}): {gone} would not come, {left} still do"
)
EARLIER = Phrase("早提的 {sooner} 条，一般早 {span}", "{sooner} come sooner, typically by {span}")
MISSED = Phrase(
    "另有 {count} 条点过的，重放里对不上，没算。", "{count} more judged tips were not found in the replay and are left out."
)
EXAMPLES: Mapping[str, Phrase] = {
    "gone": Phrase("不再提的，点过“没用”：", "Would not come, of no use:"),
    "lost": Phrase("不再提的，点过“已处理”：", "Would not come, handled:"),
    "kept": Phrase("还会提的，点过“已处理”：", "Still come, handled:"),
}
EXAMPLE = Phrase("· {time} {where}：{figure}", "· {time} {where}: {figure}")
NOT_YET = Phrase("还没生效；不采用就照旧。", "Not in force yet; decline it and nothing changes.")
ADOPTED = Phrase(
    "已采用，{name}的规则第 {number} 版，从下一个采样起算数。不合适，到 /rules →“调整规则”→“版本”换回去。",
    "Taken: version {number} of the rules of {name}, in force from the next sample on. "
    "/rules → Change the rules → Versions takes it back.",
)
DECLINED = Phrase("好，照旧。4 周内不再提这条规则。", "As before. This rule is not proposed again for four weeks.")
SENTENCES = {
    "no_proposal": Phrase("没有这条建议，或者它说的商家已经不在了。", "There is no such proposal, or its merchant is gone."),
    "proposal_for_leads": Phrase(
        "规则建议由负责人或组长来定，请找他们。", "Proposals are decided by owners and leads. Please ask one."
    ),
    "proposal_adopted": Phrase("这条建议已经采用了。", "This proposal has been taken already."),
    "proposal_declined": Phrase(
        "这条建议已经定了不采用。还想改，请到 /rules →“调整规则”。",
        "This proposal was declined. To change the rule all the same: /rules → Change the rules.",
    ),
    "proposal_old": Phrase(
        "这条建议过了 4 周，不算数了。请等下一份，或到 /rules →“调整规则”自己改。",
        "This proposal is four weeks old and no longer applies. Wait for the next, or use /rules → Change the rules.",
    ),
    "proposal_stale": Phrase(
        "这条规则在那以后改过，这条建议不算数了。请等下一份，或到 /rules →“调整规则”自己改。",
        "The rule has changed since, so this proposal no longer applies. Wait for the next, or use /rules → Change the rules.",
    ),
    "proposal_again": Phrase(
        "刚才有人也在改规则，没有改成。请再点一次。", "Somebody was changing the rules too. Please tap once more."
    ),
}
"""What refusals around proposals name."""
