"""Words for what rules came to, in Chinese and English."""

from __future__ import annotations

from bot.channels.words import Phrase

HEAD = Phrase("📊 规则管不管用｜{team}｜近 90 天", "📊 Do the rules help | {team} | last 90 days")
NONE = Phrase("这段时间还没有提示，没有可看的。", "No tips in these 90 days, so there is nothing to show.")
RULE = Phrase("{id} {rule}：提了 {tips} 条", "{id} {rule}: {tips} tips")
HOURLY = Phrase("，每小时 {hourly} 条", ", {hourly} an hour")
PRECISION = Phrase(
    "点了已处理 {right}、没用 {useless}，管用 {low}–{high}", "{right} handled, {useless} not useful; right in {low}–{high}"
)
UNJUDGED = Phrase("还没人点过", "nobody has judged any")
EFFECT = Phrase(
    "；处理后 15 分钟，比不处理 {effect}（{count} 条的中位数）", "; 15 min later {effect} against not acting (median of {count})"
)
MORE = Phrase("还有 {count} 条规则没列。", "{count} more rules are not listed.")
GONE = Phrase("（手册里已没有）", "(no longer in the handbook)")
WITHHOLDING = Phrase("🎲 轻提示随机留 {percent}% 不提", "🎲 {percent}% of mild tips are held back at random")
LIFT = Phrase(
    "15 分钟内恢复的：提了的占 {told}，没提的占 {withheld}，差 {difference}（{low} 到 {high}）",
    "Back to normal within 15 min: {told} of tips told, {withheld} of those held back; {difference} ({low} to {high})",
)
NOT_ENOUGH = Phrase(
    "还比不出来：提了的 {told} 条、没提的 {withheld} 条，各满 {least} 条再看。",
    "Not enough to compare yet: {told} told, {withheld} held back; {least} of each are needed.",
)
SET = Phrase(
    "已改。{team} 每一百条轻提示随机留下 {percent} 条不提，下一场起算；要紧的和合规的照提。进度看 /effects。",
    "Done. From the next session on, {team} holds back {percent} of a hundred mild tips at random; urgent tips and those about "
    "the law are always told. /effects shows what comes of it.",
)
STOPPED = Phrase("已关。{team} 从下一场起每条都提。", "Done. From the next session on, {team} tells every tip.")
OFF = Phrase(
    "{team} 现在每条都提。想知道轻提示管不管用，可以随机留一成不提来比：/withhold 10（负责人或组长才能改）。",
    "{team} tells every tip. To learn whether mild tips help, hold a tenth of them back: /withhold 10 (owners and leads).",
)
ON = Phrase(
    "{team} 每一百条轻提示随机留下 {percent} 条不提。要关：/withhold off。",
    "{team} holds back {percent} of a hundred mild tips at random. To stop: /withhold off.",
)
WHICH_TEAM = Phrase(
    "您在几个团队里，请到那个团队绑定的群里发。", "You are in several teams. Please send it in a group of the team you mean."
)
