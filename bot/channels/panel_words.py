"""Words of boards and of single metrics in a live session, in Chinese and English."""

from __future__ import annotations

from bot.channels.words import Phrase

BOARD = Phrase("📊 看板｜{where}｜{time}", "📊 Board | {where} | {time}")
WORST = Phrase("{n}. {name} {value}，{beyond}{expected}", "{n}. {name} {value}, {beyond}{expected}")
EXPECTED = Phrase("（预期 {values}）", " (expected {values})")
ALL_WELL = Phrase("✅ 没有比平时差的指标", "✅ Nothing is worse than usual")
REST_WELL = Phrase("别的指标没有比平时差的", "No other metric is worse than usual")
STANDING = Phrase("还没恢复：{rules}", "Not over yet: {rules}")
STANDS = Phrase("这条提示还没恢复", "the tip is not over yet")
WIDE = Phrase("预期说不出：{whose}起伏太大", "No expectation: {whose} has varied too much")
WIDE_SESSION = Phrase("本场", "this session")
WIDE_PASTS = Phrase("往场", "the sessions before")
TOO_EARLY = Phrase(
    "开播还不久，先看数；播满 35～45 分钟，才说得出哪些偏离平常。",
    "Too early to tell what is unusual: that takes 35 to 45 minutes of broadcast. These are the figures so far.",
)
KNOWN = Phrase("{all} 个指标里 {known} 个有数", "{known} of {all} metrics have data")
STALE = Phrase("⚫ 数停在 {time}，之后没有新的，请先看大屏。", "⚫ No figures since {time}; please watch the dashboard.")
B_AGAIN = Phrase("🔄 更新", "🔄 Update")
B_METRIC = Phrase("📈 {name}", "📈 {name}")

METRIC = Phrase("📈 {name}｜{where}", "📈 {name} | {where}")
NOW = Phrase("{time} {value}", "{time} {value}")
LAST = Phrase("{time} 没有数，最近的是 {last} 的 {value}", "No figure at {time}; the latest is {value} at {last}")
NEVER = Phrase("{time} 没有数，这一个小时都没有", "No figure at {time}, nor in the hour before")
TOLD = Phrase("{time} {turn}", "{time} {turn}")
BEFORE = Phrase("，{minutes} 分钟前 {value}（{change}）", "; {value} {minutes} min ago ({change})")
GROWN = Phrase("，{minutes} 分钟涨了 {value}", "; {value} more in {minutes} min")
WANTED = Phrase("预期 {values}（{basis}），{verdict}", "Expected {values} ({basis}): {verdict}")
WANTED_GROWTH = Phrase(
    "预期 {minutes} 分钟涨 {values}（{basis}），{verdict}", "Expected {values} more in {minutes} min ({basis}): {verdict}"
)
INSIDE = Phrase("在预期内", "as expected")
NOT_NOW = Phrase("现在没有数，不好比", "no figure to compare")
BASES = {
    "session": Phrase("按本场前面的水平", "by this session so far"),
    "own": Phrase("按自己往场同一时段", "by own earlier sessions"),
    "room": Phrase("按这个直播间往场同一时段", "by the room's earlier sessions"),
    "mates": Phrase("按同商家其他主播同一时段", "by the merchant's other hosts"),
    "peers": Phrase("按同类直播间", "by comparable rooms"),
    "default": Phrase("按手册", "by the handbook"),
}
ON_PLAN = Phrase("正好按计划是 0%", "0% is exactly on plan")
UNKNOWN = Phrase("预期说不出：开播还不久，或者这个数不够", "No expectation: too early, or too few figures")
BAR = Phrase("警戒线 {value}（{basis}）：{rule}", "Threshold {value} ({basis}): {rule}")
RULES = Phrase("盯它的规则：{rules}", "Rules that watch it: {rules}")
TIP = Phrase("📈 走势｜{rule}｜{where}", "📈 Chart | {rule} | {where}")

COMMAND_BOARD = Phrase("看板：42 个指标一张图", "The board: 42 metrics in one picture")
COMMAND_METRIC = Phrase("看一个指标的走势", "One metric as a chart")
HELP = Phrase(
    "\n\n盯盘\n• /board 看板一张图，最偏离预期的三个在最前面。\n• /metric GPM 看一个指标：现在、10 分钟前、预期、警戒线。\n"
    "• /why 为什么提示、为什么没提；自己的场次也可以直接问“为什么在线掉了”。\n"
    "• /effects 哪条规则管用、哪条要改，/withhold 轻提示抽样不提，比比管不管用。",
    "\n\nWatching\n• /board all metrics in one picture, the three furthest off first.\n"
    "• /metric GPM one of them: now, 10 minutes ago, expected, threshold.\n"
    "• /why why a tip came, or why none did; of your own session you may also ask “why did viewers drop”.\n"
    "• /effects which rules help and which need work, /withhold holds some mild tips back, to compare.",
)
WHICH = Phrase("看哪一场？", "Which session?")
WHICH_METRIC = Phrase("看哪个指标？例如 /metric GPM，或点一个：", "Which metric? E.g. /metric GPM, or tap one:")
GROUP_WITHOUT = Phrase(
    "本群没有绑定商家，看不了看板。请组长在群里发 /bind，或者到私聊里发 /board。",
    "This group is not bound to a merchant, so it has no board. A lead can send /bind, or use /board in private.",
)
UPDATED = Phrase("🔄 更新了。", "🔄 Updated.")
COMING = Phrase("发在下面了。", "Sent below.")
THERE = Phrase("下面已经有这张图了，点它的“更新”看最新的。", "That picture is below already; tap its Update for the latest.")
CHART_UPDATED = Phrase("📈 这条提示的走势图更新了，往下找。", "📈 This tip's chart has been updated; look below.")
