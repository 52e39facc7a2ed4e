"""Words on the cards of a session, in Chinese and English; the items themselves are the handbook's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from bot.channels.words import Phrase
from bot.domain.checklists import Stage

DOT = " · "
STAGES: Mapping[Stage, Phrase] = {
    Stage.BEFORE: Phrase("播前清单", "Before go-live"),
    Stage.DURING: Phrase("播中清单", "While live"),
    Stage.AFTER: Phrase("播后清单", "After the end"),
}
MIXED = Phrase("清单", "Checklist")
POSTS: Mapping[str, str] = {
    "操盘手": "operator", "主播": "host", "助播": "co-host", "中控": "control desk", "场控": "floor manager",
    "投手": "ads buyer", "客服": "customer service", "货品专员": "merchandise", "数据员": "data desk",
}  # fmt: skip

CANCELLED = Phrase("这一场已取消，不用再勾。", "This session is cancelled; nothing to tick.")
ALL_DONE = Phrase("🎉 这一批都处理完了。", "🎉 All of these are dealt with.")
TAP = Phrase("点数字打勾。", "Tap a number to tick.")
LEGEND_BLOCKING = Phrase("❗ 不勾不能开播", "❗ blocks going live")
LEGEND_PHOTO = Phrase("📷 也可以回复这张卡片直接发图", "📷 or reply to this card with the photo")
LEGEND_PHOTOS = Phrase(
    "📷 也可以回复这张卡片直接发图，说明里写上数字", "📷 or reply to this card with the photo and the number in its caption"
)
WHOSE = Phrase("（{who}）", " ({who})")
REPEATED = Phrase("×{n}（{first}–{last}）", "×{n} ({first}–{last})")
LATE = Phrase("⏰ 应在 {time} 前", "⏰ due by {time}")
DUE = Phrase("{time} 前", "by {time}")
WAITING = Phrase("{who} {time} 已做，等第二个人确认", "done by {who}, {time}; waits for a second person")
CONFIRMED = Phrase("{who} 确认", "confirmed by {who}")
SKIPPED = Phrase("不适用：{reason}", "not applicable: {reason}")
PHOTO = Phrase("📷 有照片", "📷 photo")
BEYOND = Phrase("⚠️ 超出界线", "⚠️ beyond the limit")
TICKED_TIMES = Phrase("已勾 {times}", "ticked {times}")
OPEN_TIMES = Phrase("待勾 {times}", "open {times}")
FOLDED = Phrase("✅ 已处理 {count} 项：{list}", "✅ Dealt with ({count}): {list}")
MORE_ITEMS = Phrase("还有 {count} 项没显示，勾掉上面的就会出来。", "{count} more not shown; they come up as you tick these.")
NOTE = Phrase("💬 {who}：{said}", "💬 {who}: {said}")
NOTES_BEFORE = Phrase("（前面还有 {count} 条）", " ({count} earlier)")
SOMEBODY = Phrase("同事", "a colleague")
MORE = Phrase("更多…", "More…")
CONFIRM = Phrase("{number} 确认", "{number} confirm")

REMINDER = Phrase("⏰ 还有 {count} 项没做：", "⏰ {count} open:")
REMINDER_TO_OTHERS = Phrase("⏰ 还有 {count} 项没人勾，请跟一下：", "⏰ {count} still open; please follow up:")

HANDOVER = Phrase("🔄 交接 {time}", "🔄 Hand-over {time}")
HANDOVER_OPEN = Phrase("还没做（{count}）", "Open ({count})")
HANDOVER_DONE = Phrase("{since} 以来做完（{count}）", "Done since {since} ({count})")
HANDOVER_NOTES = Phrase("备注", "Notes")
HANDOVER_NONE = Phrase("没有", "None")
HANDOVER_REST = Phrase("…还有 {count} 项", "… {count} more")

_DAYS = {
    0: Phrase("今天", "today"), 1: Phrase("明天", "tomorrow"), 2: Phrase("后天", "in two days"), -1: Phrase("昨天", "yesterday"),
}  # fmt: skip
_EVENINGS = {0: Phrase("今晚", "tonight"), 1: Phrase("明晚", "tomorrow night"), -1: Phrase("昨晚", "last night")}
EVENING = 18


def post(role: str, language: str) -> str:
    """What a post is called."""
    return POSTS.get(role, role) if language == "en" else role


def day(moment: datetime, now: datetime, language: str) -> str:
    """The day of a local moment as people say it, seen from `now`."""
    apart = (moment.date() - now.astimezone(moment.tzinfo).date()).days
    said = (_EVENINGS if moment.hour >= EVENING else {}).get(apart) or _DAYS.get(apart)
    return said.to(language) if said else _date(moment.date(), language)


def clock(moment: datetime, of: date) -> str:
    """The time of a local moment, with the date where it is another day than `of`."""
    return f"{moment:%H:%M}" if moment.date() == of else f"{moment.month}-{moment.day} {moment:%H:%M}"


def near(moment: datetime, now: datetime, language: str) -> str:
    """A local moment seen from `now`: the time alone today, with the day otherwise."""
    here = now.astimezone(moment.tzinfo)
    if moment.date() == here.date() or abs(moment - here) < timedelta(hours=6):
        return f"{moment:%H:%M}"
    return f"{day(moment, now, language)} {moment:%H:%M}"


def _date(on: date, language: str) -> str:
    return f"{on:%b} {on.day}" if language == "en" else f"{on.month}月{on.day}日"
