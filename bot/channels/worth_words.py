"""Words for what rules came to, in Chinese and English."""

from __future__ import annotations

from bot.channels.words import Phrase

HEAD = Phrase("📊 规则管不管用｜{team}｜近 90 天", "📊 Do the rules help | {team} | last 90 days")
NONE = Phrase("这段时间还没有提示，没有可看的。", "No tips in these 90 days, so there is nothing to show.")
RULE = Phrase("{id} {rule}：提了 {tips} 条", "{id} {rule}: {tips} tips")
RULE_ONE = Phrase("{id} {rule}：提了 1 条", "{id} {rule}: 1 tip")
HOURLY = Phrase("，每小时约 {count} 条", ", about {count} an hour")
SELDOM = Phrase("，约 {hours} 小时 1 条", ", about one in {hours} h")
JUDGED = Phrase("点过的 {judged} 条里 {useless} 条没用", "{useless} of {judged} judged not useful")
FEW = Phrase("，样本太少", "; too few to say more")
GOOD = Phrase("，多半管用", "; mostly useful")
BAD = Phrase("，多半没用，该改", "; mostly not useful, it needs work")
MIXED = Phrase("，时灵时不灵", "; useful at times")
UNJUDGED = Phrase("还没人点过", "nobody has judged any")
BETTER = Phrase(
    "；处理后 15 分钟，一般比不处理好 {share}（{count} 条）",
    "; 15 min later mostly {share} better than without acting ({count} tips)",
)
WORSE = Phrase(
    "；处理后 15 分钟，一般比不处理差 {share}（{count} 条）",
    "; 15 min later mostly {share} worse than without acting ({count} tips)",
)
EFFECT_FEW = Phrase(
    "；处理后好没好，只有 {count} 条算得出，看不出", "; what came of acting is known of {count} only, too few to tell"
)
MORE = Phrase("还有 {count} 条规则没列。", "{count} more rules are not listed.")
GONE = Phrase("（手册里已没有）", "(no longer in the handbook)")
WITHHOLDING = Phrase("🎲 轻提示随机留 {percent}% 不提", "🎲 {percent}% of mild tips are held back at random")
LIFT = Phrase(
    "15 分钟内现象过去的：提了的占 {told}，没提的占 {withheld}，差 {difference}（{low} 到 {high}）",
    "Sign over within 15 min: {told} of tips told, {withheld} of those held back; {difference} ({low} to {high})",
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
