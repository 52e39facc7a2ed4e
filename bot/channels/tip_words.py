"""Words of tips, gaps and reasons for silence, in Chinese and English; rules and their steps are the handbook's."""

from __future__ import annotations

from collections.abc import Mapping

from bot.channels.words import Phrase
from bot.domain.heard import Source
from bot.domain.nudges import Severity, Within
from bot.domain.tips import Basis, FeedKind, Missed

MARKS: Mapping[Severity, str] = {
    Severity.INFO: "⚪", Severity.LOW: "🔵", Severity.MEDIUM: "🟡", Severity.HIGH: "🟠", Severity.CRITICAL: "🔴",
}  # fmt: skip
HEAD = Phrase("{mark} {rule}｜{where}", "{mark} {rule} | {where}")
DOT = " · "
LIST = Phrase("、", ", ")
COLON = Phrase("：", ": ")
COMMA = Phrase("，", ", ")

TURN = Phrase("{name} {values}", "{name} {values}")
LATELY = Phrase("（近 {span}）", " (last {span})")
AVERAGED = Phrase("（近 {span}平均）", " (mean of {span})")
SHARE = Phrase("{part}占{whole}", "{part} / {whole}")
GROWN = Phrase("（{span} {change}）", " ({change} in {span})")
GROWN_BARE = Phrase("（{change}）", " ({change})")
SINCE = Phrase("{time} 起", "since {time}")
LASTS = Phrase("，已 {span}", ", {span} so far")

BAR = Phrase("警戒线 {value}（{basis}）", "Threshold {value} ({basis})")
BARS = Phrase("警戒线 {bars}", "Thresholds {bars}")
BAR_OF = Phrase("{name} {value}（{basis}）", "{name} {value} ({basis})")
BASES: Mapping[Basis, tuple[Phrase, Phrase]] = {
    Basis.OWN: (
        Phrase("自己近 7 天同时段中位数 × {factor:g}", "own 7-day same-slot median × {factor:g}"),
        Phrase("自己近 7 天同时段中位数", "own 7-day same-slot median"),
    ),
    Basis.ROOM: (
        Phrase("本直播间近 7 天同时段中位数 × {factor:g}", "this room's 7-day same-slot median × {factor:g}"),
        Phrase("本直播间近 7 天同时段中位数", "this room's 7-day same-slot median"),
    ),
    Basis.MATES: (
        Phrase("本商家其他主播同时段中位数 × {factor:g}", "same-slot median of this merchant's other hosts × {factor:g}"),
        Phrase("本商家其他主播同时段中位数", "same-slot median of this merchant's other hosts"),
    ),
    Basis.PEERS: (
        Phrase("同类直播间中位数 × {factor:g}", "median of comparable rooms × {factor:g}"),
        Phrase("同类直播间中位数", "median of comparable rooms"),
    ),
    Basis.DEFAULT: (Phrase("默认值", "default"), Phrase("默认值", "default")),
    Basis.TEAM: (Phrase("本队定的", "set by your team"), Phrase("本队定的", "set by your team")),
    Basis.SESSION: (
        Phrase("本场到现在的水平 × {factor:g}", "this session so far × {factor:g}"),
        Phrase("本场到现在的水平", "this session so far"),
    ),
}
USUAL = Phrase("平时这时候约 {value}（多在 {edges}，{whose}）", "Usually about {value} by now (mostly {edges}; {whose})")
USUAL_HERE = Phrase("本场平常约 {value}（多在 {edges}）", "In this session usually about {value} (mostly {edges})")
WHOSE: Mapping[Basis, Phrase] = {
    Basis.OWN: Phrase("自己近 7 天同时段 {n} 场", "{n} own sessions of this slot in 7 days"),
    Basis.ROOM: Phrase("本直播间近 7 天同时段 {n} 场", "{n} of this room in this slot in 7 days"),
    Basis.MATES: Phrase("本商家其他主播同时段 {n} 场", "{n} of this merchant's other hosts in this slot"),
    Basis.SESSION: Phrase("本场到现在", "this session so far"),
}
TIMES = Phrase("{n:g} 倍", "{n:g}×")
LAW = Phrase("依据 {law}", "Law: {law}")
SAID: Mapping[Source, Phrase] = {
    Source.SPEECH: Phrase("主播 {time} 说了{words}", "The host said {words} at {time}"),
    Source.COMMENT: Phrase("评论里 {time} 有人写{words}", "A comment said {words} at {time}"),
}
AROUND = Phrase("：{text}", ": {text}")
SAY_NOW = Phrase("主播：{do}（其余照前面同名的那条做）", "Host: {do} (the rest as in the earlier tip of this name)")
SOUNDED = Phrase("听着像{words}，先核对一下", "It sounds like {words}; check first.")
UNPROVEN = Phrase(
    "我不知道有没有凭据（自己的看近 7 天最低成交价，别处的看截图、小票）：有，点“已处理”；没有，马上更正。",
    "I cannot see whether you have evidence (your own 7-day lowest price; of others a screenshot or receipt): if you do, tap "
    "“Handled”; if not, correct it now.",
)
EVIDENCE = Phrase("另看 {figures}", "Also {figures}")
TOGETHER = Phrase("同一原因还有：{rules}", "Same cause: {rules}")
WITHIN: Mapping[Within, Phrase] = {
    Within.SECONDS_60: Phrase("60 秒", "60 s"),
    Within.MINUTES_5: Phrase("5 分钟", "5 min"),
    Within.MINUTES_15: Phrase("15 分钟", "15 min"),
}
STEP = Phrase("{who}：{do}", "{who}: {do}")
MORE_STEPS = Phrase("…还有 {count} 步，点下面看全文。", "… {count} more; see the section below.")

ACKNOWLEDGED = Phrase("✅ {name} {time} 已处理", "✅ handled by {name}, {time}")
MUTED = Phrase("🔕 静音到 {time}", "🔕 muted until {time}")
ESCALATED = Phrase("📣 {time} 已私信提醒", "📣 passed on in private, {time}")
NOT_USEFUL = Phrase("👎 {name} 说这条没用，已记下", "👎 {name} found this not useful; noted")

MUTE_OVER = Phrase("🔔 静音 {time} 已到，又在盯了", "🔔 the mute ran out at {time}; watching again")
EFFECT_GOOD = Phrase(
    "📈 处理后 {minutes} 分钟：{values}，比不处理要好（差 {low} 到 {high}）",
    "📈 {minutes} min after it was handled: {values}, better than if nobody had acted (by {low} to {high})",
)
EFFECT_BAD = Phrase(
    "📉 处理后 {minutes} 分钟：{values}，比不处理还差（差 {low} 到 {high}）",
    "📉 {minutes} min after it was handled: {values}, worse than if nobody had acted (by {low} to {high})",
)
EFFECT_OFF = Phrase(
    "📊 处理后 {minutes} 分钟：{values}，和不处理不一样（差 {low} 到 {high}）",
    "📊 {minutes} min after it was handled: {values}, not what it would have been (by {low} to {high})",
)
EFFECT_EVEN = Phrase(
    "📊 处理后 {minutes} 分钟：{values}，看不出和不处理有差别（差 {low} 到 {high}）",
    "📊 {minutes} min after it was handled: {values}, no clear difference from doing nothing ({low} to {high})",
)
EFFECT_VALUES = Phrase("预期 {expected}，实际 {observed}", "{expected} expected, {observed} actual")
EFFECT_UNTOLD = Phrase(
    "📊 处理后 {minutes} 分钟：看不出有没有用，{reason}", "📊 {minutes} min after it was handled: cannot tell, {reason}"
)
UNTOLD: Mapping[str, Phrase] = {
    "ended": Phrase("那时已经下播。", "the session had ended by then."),
    "late": Phrase("出现很久以后才处理，没法推算原来会怎样。", "it was handled too long after it began."),
    "another": Phrase("中间还处理了同一原因的另一条。", "another tip of the same cause was handled in between."),
    "planned": Phrase("中间有计划里的动作，分不开。", "something planned went on in between."),
    "gap": Phrase("中间断数。", "figures are missing in between."),
    "little_before": Phrase("之前的数太少，不知道平常怎么走。", "too few figures before it to know what is usual."),
    "unlike": Phrase("之前没有这么大的波动可以比。", "it never moved this far before, so there is nothing to compare with."),
    "few_counts": Phrase("数太小，可能是碰巧。", "the counts are too small to rule out chance."),
    "no_figure": Phrase("这条规则没有能对比的指标。", "the rule has no figure to compare."),
}

ENDED_STANDING = Phrase("⏹ {time} 下播时还没恢复", "⏹ still so when the session ended at {time}")
ENDED_UNTAKEN = Phrase("⏹ {time} 下播时还没人点“已处理”", "⏹ nobody had tapped “Handled” when the session ended at {time}")

RECOVERED = Phrase("✅ 已恢复：{rule}｜{where}", "✅ Back to normal: {rule} | {where}")
FALLS_NO_MORE = Phrase("⏹ 不再掉了，没回到原来：{rule}｜{where}", "⏹ No longer falling, not back yet: {rule} | {where}")
RISES_NO_MORE = Phrase("⏹ 不再涨了：{rule}｜{where}", "⏹ No longer rising: {rule} | {where}")
RECOVERED_SPAN = Phrase("{since}–{until}，共 {span}", "{since}–{until}, {span}")
STEPS_FOLDED = Phrase("当时建议 {count} 步，见 {section}", "{count} steps were advised; see {section}")

B_DONE = Phrase("✅ 已处理", "✅ Handled")
B_MUTE = Phrase("🔕 静音 {minutes} 分钟", "🔕 Mute {minutes} min")
B_USELESS = Phrase("👎 没用", "👎 Not useful")
B_WHY = Phrase("❓ 为什么", "❓ Why")
B_SECTION = Phrase("📖 怎么做 {section}", "📖 What to do: {section}")
B_CASE = Phrase("📎 案例：{case}", "📎 Case: {case}")
B_CHART = Phrase("📈 走势", "📈 Chart")

URGENT = Phrase("📣 请看一下：{rule}｜{where}", "📣 Please look: {rule} | {where}")
URGENT_SINCE = Phrase(
    "群里 {time} 提示，{span}了还没人点“已处理”。", "Told in the group at {time}; nobody has tapped “Handled” for {span}."
)
URGENT_SINCE_UNSEEN = Phrase(
    "{time} 提示，没能确认发到群里，{span}了还没人点“已处理”。",
    "Told at {time}, not known to have reached the group; nobody has tapped “Handled” for {span}.",
)
MISSED: Mapping[Missed, Phrase] = {
    Missed.GROUP: Phrase("⚠️ 群里发不出去，改发给您。", "⚠️ This could not be posted in the group, so it comes to you."),
    Missed.OPERATOR: Phrase(
        "⚠️ 操盘手那边发不到，改发给您，请转告现场。",
        "⚠️ The operator cannot be reached, so this comes to you; please tell the room.",
    ),
    Missed.BOTH: Phrase(
        "⚠️ 群里和操盘手那边都发不到，改发给您，请转告现场。",
        "⚠️ Neither the group nor the operator can be reached, so this comes to you; please tell the room.",
    ),
}
URGENT_FIRST = Phrase("先做：", "First:")
URGENT_END = Phrase("安排好了，点一下“已处理”。", "Once somebody is on it, please tap “Handled”.")

BLIND = Phrase("⚫ 盯盘失明｜{where}", "⚫ No figures | {where}")
BLIND_ALL = Phrase("{time} 起收不到“{feed}”的数", "Nothing from “{feed}” since {time}")
BLIND_SOME = Phrase("{time} 起“{feed}”缺 {figures}", "“{feed}” lacks {figures} since {time}")
BLIND_QUIET = Phrase(
    "看数的规则先不提示，不等于没事，请先人工看大屏；听口播的照常。",
    "Rules about figures stay silent meanwhile, please watch the dashboard; words said on air are still listened to.",
)
BLIND_PARTLY = Phrase("用到它们的规则先不提示，请人工看着。", "Rules that need them stay silent; please keep an eye on them.")
BLIND_CHECK = Phrase("请查：", "Please check:")
CHECKS: Mapping[FeedKind, tuple[Phrase, ...]] = {
    FeedKind.PUSHED: (
        Phrase("推数的程序还在跑吗，它的日志报什么错", "is the sending program running; what does its log say"),
        Phrase("网络通吗，令牌过期没有", "is the network up; has the token expired"),
        Phrase("直播间是不是断播了", "is the room itself still live"),
    ),
    FeedKind.FETCHED: (
        Phrase("取数的网址打得开吗，密钥过期没有（/feed）", "does the address answer; has its key expired (/feed)"),
        Phrase("服务器上网正常吗", "is the server online"),
        Phrase("直播间是不是断播了", "is the room itself still live"),
    ),
    FeedKind.BY_HAND: (
        Phrase("数据员在不在，还在抄数吗", "is the data desk at its place and writing figures down"),
        Phrase("大屏打得开吗，时间在走吗", "does the dashboard open; is its clock moving"),
        Phrase("直播间是不是断播了", "is the room itself still live"),
    ),
    FeedKind.RECORDED: (
        Phrase("录下来的文件还在变大吗", "is the recording still growing"),
        Phrase("磁盘满了没有，写文件的程序还在跑吗", "is the disk full; is the writing program running"),
    ),
}
CHECKS_COLUMN: Mapping[FeedKind, tuple[Phrase, ...]] = {
    FeedKind.PUSHED: (
        Phrase("大屏导出里还有没有这一列，列名改没改", "is the column still in the export; was it renamed"),
        Phrase("推数的程序还发不发它", "does the sending program still send it"),
    ),
    FeedKind.FETCHED: (
        Phrase("取回来的数里还有没有这一列，列名改没改", "is the column still in what is fetched; was it renamed"),
        Phrase("后台的权限变没变，这一项还看得到吗", "does the account still see it in the back office"),
    ),
    FeedKind.BY_HAND: (
        Phrase("抄数的表里还有没有这一列", "is the column still in the sheet"),
        Phrase("大屏上还看得到这个数吗，请数据员接着抄", "does the dashboard still show it; please go on writing it down"),
    ),
    FeedKind.RECORDED: (Phrase("录下来的文件里还有没有这一列", "is the column still in the recording"),),
}
"""What to look at where only some figures stay away: the feed itself runs."""
AND_OTHERS = Phrase("等 {count} 项", " … ({count} in all)")
SIGHTED = Phrase("🟢 又有数了｜{where}", "🟢 Figures are back | {where}")
SIGHTED_SPAN = Phrase("失明 {since}–{until}，共 {span}", "Blind {since}–{until}, {span}")
SIGHTED_LATE = Phrase(
    "数只是来晚了，晚到的数已补上，接着盯。", "The figures only came late; they have been filled in. Watching on."
)
SIGHTED_SAMPLES = Phrase("漏了 {count} 个采样", "{count} samples missed")
SIGHTED_RULES = Phrase("{count} 条规则这段没判", "{count} rules not judged")
SIGHTED_TURNS = Phrase("这段里：", "Meanwhile:")
SIGHTED_END = Phrase(
    "从现在起重新盯。这段要复盘，请以大屏为准。", "Watching again. For the review, take that stretch from the dashboard."
)

WHY = Phrase("❓ 为什么提示：{rule}", "❓ Why this tip: {rule}")
WHY_SIGN = Phrase("现象", "Sign")
WHY_THEN = Phrase("当时", "Figures")
WHY_BARS = Phrase("警戒线", "Threshold")
WHY_SOURCE = Phrase("出处：{source}", "from: {source}")
WHY_HOLD = Phrase("连续 {n} 个采样都成立，{time} 提示", "held for {n} samples in a row, told at {time}")
WHY_HEARD = Phrase(
    "违规的词一听到就提，{time} 提示；同样的词短时间内不重复提",
    "told as soon as it was heard, at {time}; the same words are not told again for a while",
)
WHY_ONCE = Phrase("一个采样成立就提示，{time} 提示", "told on a single sample, at {time}")

TOLD = Phrase("🔔 已提示：{rule}（{time}）", "🔔 Told: {rule} ({time})")
STANDS = Phrase("，还没恢复", ", not over yet")
AT_THE_TIME = Phrase("当时的{bars}", "Then: {bars}")
NOTHING_DECIDED = Phrase(
    "这一场到现在没有指标越线，所以没提示。", "Nothing has gone beyond its limit in this session, so there was no tip."
)
LACKING = Phrase("📝 计划里没定：{figures}", "📝 Not in the plan: {figures}")
LACKING_HOW = Phrase(
    "要用它们的 {rules} 不会提。发 /session，点“改”，在“目标”和“预算/ROI”里补上，例如：预算 3000 保本ROI 1.8",
    "Without them these rules stay silent: {rules}. Send /session, tap “Change”, then “Goal” or “Budget/ROI”, e.g.: budget 3000 "
    "break-even ROI 1.8",
)
SILENT = Phrase("🤫 没提示：{rule}（{time}）", "🤫 Kept silent: {rule} ({time})")
REPEATED = Phrase("{first}–{last}，{count} 次", "{first}–{last}, {count} times")
STUCK = Phrase("停在“{stage}”这一步：{reason}", "Stopped at “{stage}”: {reason}")
STAGES: Mapping[str, Phrase] = {
    "gap": Phrase("断数", "gap"),
    "samples": Phrase("采样够不够", "enough samples"),
    "threshold": Phrase("过没过线", "threshold"),
    "chance": Phrase("是不是碰巧", "is it chance"),
    "hold": Phrase("稳不稳", "does it last"),
    "phase": Phrase("场次阶段", "phase of the session"),
    "planned": Phrase("计划内", "planned"),
    "inhibited": Phrase("同一原因", "same cause"),
    "muted": Phrase("静音", "mute"),
    "cooldown": Phrase("刚提过", "told lately"),
    "grouped": Phrase("合并", "grouped"),
    "budget": Phrase("每小时上限", "hourly limit"),
    "withheld": Phrase("抽样对比", "held back to compare"),
}
REASONS: Mapping[str, Phrase] = {
    "blind": Phrase("{since} 起没有数，不判。", "no figures since {since}."),
    "few_samples": Phrase("才有 {have} 个采样，要满 {need} 个。", "only {have} samples of {need}."),
    "no_start": Phrase("还不知道几点开播。", "it is not known when the session went live."),
    "too_early": Phrase("开播 {minutes} 分钟以后才看。", "not in the first {minutes} minutes."),
    "missing": Phrase("缺 {names}，缺数不当成 0。", "{names} missing; missing is not zero."),
    "within": Phrase("没过警戒线。", "the threshold was not passed."),
    "few_counts": Phrase("人数太少，可能是碰巧，再看一会儿。", "too few counts to rule out chance; watching on."),
    "no_usual": Phrase("开播还不久，不知道这一场平常的起伏。", "too early to know this session's usual swing."),
    "undoes": Phrase("只是回到平常的水平。", "it is only back to what is usual."),
    "usual_swing": Phrase("和这一场平常的起伏差不多。", "no more than this session's usual swing."),
    "holding": Phrase("连续 {need} 个采样成立才提，现在 {have} 个。", "held for {have} of {need} samples."),
    "phase": Phrase("现在是{phase}，这条规则不看。", "this rule does not watch {phase}."),
    "planned": Phrase("正在{events}，是计划里的。", "planned: {events}."),
    "inhibited": Phrase("{rules} 已经提过，是同一个原因。", "{rules} has told of the same cause."),
    "muted": Phrase("有人静音到 {until}。", "somebody muted it until {until}."),
    "standing": Phrase("{since} 提过，还没恢复，不重复提。", "told at {since} and not over yet."),
    "cooling": Phrase("刚提过，还要等 {seconds}。", "told a moment ago; {seconds} to wait."),
    "told_once": Phrase(
        "这一场提过一次。有没有凭据我看不到，不重复提。",
        "told once in this session; I cannot see whether there is evidence, so I do not repeat it.",
    ),
    "grouped": Phrase("并进 {rule} 那一条一起提了。", "told together with {rule}."),
    "budget": Phrase(
        "这一小时已提 {spent} 条（上限 {most}），先让更要紧的。",
        "{spent} of {most} tips of this hour are used; weightier ones go first.",
    ),
    "withheld": Phrase(
        "团队设了轻提示随机留 {percent}% 不提，比一比提了管不管用，这次轮到这条。",
        "the team holds back {percent}% of mild tips at random, to learn whether they help; this was one of them.",
    ),
}
NO_BAR = Phrase("警戒线（没有往场的数可比）", "a threshold (no earlier sessions to take it from)")
OTHER_STAGE = Phrase("判断", "the decision")
OTHER_REASON = Phrase("这一步没有放行。", "this stage did not let it pass.")
