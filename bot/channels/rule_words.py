"""What is said about a team's own rules, in Chinese and English; the handbook's rules and their steps are its own."""

from __future__ import annotations

from collections.abc import Mapping

from bot.channels.words import Phrase
from bot.domain.nudges import Severity
from bot.domain.own_rules import Change

B_OWN = Phrase("⚙️ 调整规则", "⚙️ Change the rules")
WHICH = Phrase("调整哪里的规则？", "Whose rules?")
WHOLE_TEAM = Phrase("整个团队：{name}", "The whole team: {name}")
ONE_MERCHANT = Phrase("只给商家：{name}", "One merchant: {name}")
NOWHERE = Phrase(
    "规则由负责人或组长调整，您这里没有可以调整的。", "Rules are changed by owners and leads; there are none that you may change."
)

HOME = Phrase("⚙️ {name} 的规则", "⚙️ Rules of {name}")
VERSION = Phrase("第 {number} 版", "Version {number}")
UNCHANGED = Phrase("全部照手册，没有改过。", "All as in the handbook; nothing was changed.")
OFF = Phrase("停用 {count} 条：{rules}", "Off ({count}): {rules}")
LIMITS = Phrase("改了 {count} 个限值：{limits}", "Limits changed ({count}): {limits}")
OWN = Phrase("自己的规则 {count} 条：{rules}", "Own rules ({count}): {rules}")
BROKEN = Phrase("手册改过以后，这几处用不上了：", "Out of use since the handbook changed:")
LEGAL_STAY = Phrase("合规规则不能停用。", "Rules about the law are always on.")
B_SWITCH = Phrase("开关和限值", "On, off, limits")
B_ADD = Phrase("➕ 加一条", "➕ Add one")
B_FILE = Phrase("📄 用文件改", "📄 As a file")
B_HISTORY = Phrase("🕘 版本", "🕘 Versions")
B_BACK = Phrase("↩ 返回", "↩ Back")
B_PEERS = Phrase("👥 同类直播间的数", "👥 Comparable rooms")
PEERS = Phrase("同类直播间的数 {count} 个：{figures}", "Comparable rooms ({count}): {figures}")
PEERS_TITLE = Phrase("👥 {name}：同类直播间的数", "👥 {name}: comparable rooms")
PEERS_LINE = Phrase("{figure}（算到 {until}）", "{figure} (counts until {until})")
PEERS_OVER = Phrase("{figure}（{until} 过期，现在不用）", "{figure} (out of date since {until}, not used)")
PEERS_NONE = Phrase("还没填。", "None given yet.")
PEERS_HOW = Phrase(
    "自己近 7 天同时段播满 3 场，就用自己的中位数；不够才用这里的数。照电商后台“同行”那一列填，没有准数就不填。"
    "每个数算 30 天，到期请更新。",
    "Where there are three own sessions of this slot in 7 days their median counts; where not, these figures. Copy the “peers” "
    "column of your back office; leave out what you do not know. A figure counts for 30 days, then please renew it.",
)
PEERS_FOR = Phrase("用得上的：{metrics}", "Rules use: {metrics}")
PEERS_NO_RULE = Phrase("现在没有规则拿同类直播间的数来比。", "No rule compares with comparable rooms at present.")
B_SET_PEERS = Phrase("✏️ 填数", "✏️ Set figures")
ASK_PEERS = Phrase(
    "请回复这条消息，一行一个指标和数，照后台“同行”那一列：\n\n{example}\n\n能填的：{metrics}。要去掉一个，写“删 {name}”。",
    "Reply to this message with a metric and its figure in each line, as in the “peers” column of your back office:\n\n{example}"
    "\n\nYou can give {metrics}. “remove {name}” takes one away.",
)
PEERS_SET = Phrase("同类直播间 {figure}", "comparable rooms: {figure}")
PEERS_GONE = Phrase("去掉同类直播间的 {metric}", "without comparable rooms' {metric}")
PEERS_RULES = Phrase("用到它的规则：{rules}", "Rules that use it: {rules}")
GROUP = Phrase("{group}规则，点一条来改", "{group}: tap a rule to change it")
OWN_GROUP = Phrase("自己", "own")
ON_MARK, OFF_MARK, LEGAL_MARK, CHANGED_MARK = "✅", "⛔", "🔒", "✏️"

RULE_ON = Phrase("✅ 在用", "✅ on")
RULE_OFF = Phrase("⛔ 已停用", "⛔ off")
RULE_LEGAL = Phrase("🔒 合规规则，不能停用", "🔒 about the law, always on")
SIGN = Phrase("条件：{sign}", "Condition: {sign}")
LIMIT = Phrase("限值 {name}：{said}", "Limit {name}: {said}")
B_OFF = Phrase("⛔ 停用", "⛔ Switch off")
B_ON = Phrase("✅ 启用", "✅ Switch on")
B_LIMIT = Phrase("✏️ 改限值 {name}", "✏️ Limit {name}")
B_HOLD = Phrase("✏️ 改连续几个采样", "✏️ Samples in a row")
HOLD_NOW = Phrase("连续 {n} 个采样都成立才提", "told once it held for {n} samples in a row")
ASK_HOLD = Phrase(
    "请回复这条消息，写 {rule} 要连续几个采样都成立才提（现在：{n} 个），例如 {example}；写“照手册”就改回去。",
    "Reply to this message with how many samples in a row {rule} has to hold (now: {n}), such as {example}; "
    "“as before” takes it back.",
)

ASK_LIMIT = Phrase(
    "请回复这条消息，写 {rule} 的限值 {limit}（现在：{said}）。\n写一个带单位的数，例如 {example}；{factor}写“照手册”就改回去。",
    "Reply to this message with the limit {limit} of {rule} (now: {said}).\n"
    "Write a figure with its unit, such as {example}; {factor}“as before” takes it back.",
)
ASK_FACTOR = Phrase(
    "也可以写“近7天的0.6倍”，就是自己近 7 天同时段中位数的 0.6 倍；", "or 0.6 * own, for a share of your own 7-day median; "
)
AS_BEFORE = frozenset({"照手册", "恢复", "as before", "default", "-"})
ASK_FORM = Phrase(
    "请回复这条消息，照这个样子写一条规则：\n\n"
    "标题：GPM 掉得厉害\n条件：gpm < 0.6 * own\n级别：中\n步骤：\n60 秒 场控：喊返场，报爆款链接号\n"
    "5 分钟 主播：把价值再讲一遍\n\n"
    "条件里可以写指标的中文名；own 是自己近 7 天同时段中位数，peers 是同类直播间的。级别写 提示、低、中、高。",
    "Reply to this message with a rule written like this:\n\n"
    "title: GPM far down\ncondition: gpm < 0.6 * own\nseverity: medium\nsteps:\n60s floor manager: bring back the best seller\n"
    "5min host: say once more what it is worth\n\n"
    "own is your own 7-day same-slot median, peers that of comparable rooms. Severity: info, low, medium or high.",
)
FILE_HERE = Phrase(
    "这是现在的规则文件。改好以后，回复下面那条消息发回来。",
    "The rules as they are. Change them and send the file back as a reply to the next message.",
)
ASK_FILE = Phrase(
    "请回复这条消息，发改好的 YAML 文件。先试跑，采用以后才生效；文件有错，现在的规则照旧。",
    "Reply to this message with the changed YAML file. It is tried first and counts once you put it in force; if it has errors, "
    "the rules stay as they are.",
)
FILE_NAME = "规则.yaml"
FILE_HEAD = (
    "# {name} 自己的规则。写法和手册的 rules/*.yaml 一样；编号用 {letter}01 到 {letter}99。\n"
    "# sign、section、source、mark 可以不写；步骤至少写一步。下面是一个样子，去掉 # 就能用：\n"
    "#\n"
    "# - id: {letter}01\n"
    "#   name: GPM 掉得厉害\n"
    "#   group: 成交\n"
    "#   severity: medium\n"
    "#   when: gpm < low\n"
    "#   limits:\n"
    "#     low: {{of: gpm, own: 0.6, session: 0.6, source: 本队自定}}\n"
    "#   who: 场控\n"
    "#   steps:\n"
    "#     60s:\n"
    "#       - {{who: 场控, do: 喊返场，报爆款链接号}}\n"
)
WHICH_FILE = Phrase(
    "这像是一份规则。请用 /rules →“调整规则”→“用文件改”，回复那条消息来发，我才知道是给谁的。",
    "This looks like rules. Send it as a reply to the prompt of /rules → Change the rules → As a file, so I know whose it is.",
)

WRONG = Phrase("没有改，现在的规则照旧。要改的地方：", "Nothing was changed; the rules stay as they are. Please put right:")
MORE_WRONG = Phrase("……还有 {count} 处", "… {count} more")
WRONG_AGAIN = Phrase("改好后再回复一次。", "Put it right and reply once more.")

TRIED = Phrase("🧪 试跑：{what}", "🧪 Trial: {what}")
CHANGES: Mapping[Change, Phrase] = {
    Change.ADDED: Phrase("加 {rule}", "add {rule}"),
    Change.REMOVED: Phrase("删 {rule}", "remove {rule}"),
    Change.EDITED: Phrase("改 {rule}", "change {rule}"),
    Change.OFF: Phrase("停用 {rule}", "switch off {rule}"),
    Change.ON: Phrase("启用 {rule}", "switch on {rule}"),
    Change.LIMIT: Phrase("{rule} 限值 {said}", "{rule}: limit {said}"),
}
LIMIT_SET = Phrase("{limit} 改成 {said}", "{limit} = {said}")
LIMIT_BACK = Phrase("{limit} 照手册", "{limit} as before")
NO_SESSIONS = Phrase(
    "最近 30 天没有带实时数据的场次，没法试。采用以后，头几场请多看一眼。",
    "No session of the last 30 days has live figures to try it on. Once it is in force, please watch the first sessions closely.",
)
OVER = Phrase("拿最近 {sessions} 场、{hours} 小时的数据试了。", "Tried on {sessions} sessions, {hours} hours.")
TIPS = Phrase("会提 {count} 次，平均每小时 {rate} 次。", "It would tip {count} times, {rate} an hour.")
TIPS_BEFORE = Phrase(
    "原来提 {before} 次（每小时 {was}），改了以后 {count} 次（每小时 {rate}）。",
    "Before: {before} tips ({was} an hour); now: {count} ({rate} an hour).",
)
SAME_SILENCE = Phrase(
    "这几场里它一次都没提过，改了以后也一样。", "It never tipped in these sessions, and would not after the change."
)
NEVER = Phrase("一次都不会提。", "It would never tip.")
STOPPED = Phrase("过了线没提的，多半停在“{stages}”这一步。", "Where it was beyond its limit, it mostly stopped at: {stages}.")
MISSING = Phrase("这几场没有 {figures}，判不了。", "These sessions have no {figures}, so it cannot be judged.")
NOISY = Phrase(
    "⚠️ 每小时超过 {most} 次，群里会嫌吵，每小时上限也会挡掉一部分。",
    "⚠️ More than {most} an hour is noise, and the hourly limit will hold some back.",
)
EXAMPLES = Phrase("例如：", "For example:")
EXAMPLES_GONE = Phrase("这些就不再提了：", "These would not come any more:")
EXAMPLE = Phrase("· {time} {where}：{figures}", "· {time} {where}: {figures}")
EXAMPLE_BAR = Phrase("{figures}（警戒线 {bar}）", "{figures} (threshold {bar})")
NOT_YET = Phrase("现在还没生效。", "Not in force yet.")
B_ADOPT = Phrase("✅ 采用", "✅ Put in force")
B_DROP = Phrase("✖️ 放弃", "✖️ Discard")
ADOPTED = Phrase(
    "✅ 已采用，{name} 第 {number} 版，从下一个采样起算数：{what}",
    "✅ In force from the next sample on, {name}, version {number}: {what}",
)
DROPPED = Phrase("✖️ 已放弃，规则没有变。", "✖️ Discarded; the rules are as they were.")

HISTORY = Phrase("🕘 {name} 的规则版本", "🕘 Versions of the rules of {name}")
HISTORY_LINE = Phrase("{mark}第 {number} 版 {at} {who}：{what}", "{mark}{number}, {at}, {who}: {what}")
NO_HISTORY = Phrase("还没有改过。", "Nothing has been changed yet.")
NO_DIFFERENCE = Phrase("和前一版一样", "as the version before")
B_HANDBOOK = Phrase("↩ 换回手册", "↩ Back to the handbook")
B_TEAMS = Phrase("↩ 换回团队的规则", "↩ Back to the team's rules")
B_OLD = Phrase("↩ 换回第 {number} 版", "↩ Back to version {number}")

SEVERITIES: Mapping[Severity, tuple[str, ...]] = {
    Severity.INFO: ("提示", "info"), Severity.LOW: ("低", "low"), Severity.MEDIUM: ("中", "medium"),
    Severity.HIGH: ("高", "high"),
}  # fmt: skip
"""How severities are written in a form; what is about the law takes a file, which names the law."""
SENTENCES = {
    "rules_wrong": Phrase("这份规则有错，没有改。", "There are errors in it, so nothing was changed."),
    "file_wanted": Phrase("请回复文件，或者直接贴规则的文字。", "Please reply with the file, or paste the rules."),
    "rules_large": Phrase("规则文件太大，最大 {most} KB。", "The rules file is too large; at most {most} KB."),
    "rules_no_text": Phrase("这个文件不是文字。请发 UTF-8 的 YAML 文件。", "This file is no text. Please send YAML in UTF-8."),
    "rules_same": Phrase("和现在的规则一样，没有要改的。", "The rules are like this already; there is nothing to change."),
    "rules_moved_on": Phrase(
        "刚才有人改过规则，这一份试跑不算数了。请再改一次，重新试跑。",
        "Somebody has changed the rules in the meantime, so this trial no longer counts. Please make the change again.",
    ),
    "rules_full": Phrase(
        "自己的规则满了，请先在文件里删掉几条。",
        "You have as many rules of your own as there may be. Please take some out of the file first.",
    ),
    "no_rule_draft": Phrase("这份改动已经处理过，或者放得太久了。", "This change was dealt with, or waited for too long."),
    "no_rule": Phrase("没有这条规则。/rules 看全部。", "There is no such rule. /rules lists them all."),
    "no_limit": Phrase("这条规则没有这个限值。", "The rule has no such limit."),
    "rule_legal": Phrase(
        "{rule} 是合规规则，法律管着，不能停用也不能改。", "{rule} is about the law: it is always on, and its limit stays."
    ),
    "form_incomplete": Phrase(
        "还差：{missing}。请照上面的样子，一行一项再回复一次。",
        "Missing: {missing}. Please reply once more, one line each as shown above.",
    ),
    "form_severity": Phrase(
        "第 {number} 行：级别写 提示、低、中、高 里的一个。", "Line {number}: severity is one of info, low, medium, high."
    ),
    "form_step": Phrase(
        "第 {number} 行，看不懂这一步：“{line}”。写成“60 秒 场控：做什么”，岗位用：{posts}。",
        "Line {number}: cannot read this step: “{line}”. Write “60s floor manager: what to do”; posts are {posts}.",
    ),
    "form_long": Phrase(
        "第 {number} 行，“{line}”太长，最多 {most} 个字。", "Line {number}: “{line}” is too long; {most} characters at most."
    ),
}
"""What refusals around own rules name."""
