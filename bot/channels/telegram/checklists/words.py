"""What is said around checklists in Telegram, in Chinese and English. A toast holds at most 200 characters."""

from __future__ import annotations

from bot.channels.words import Phrase

COMMAND_CHECKLIST = Phrase("现在的清单和我的待办", "The current checklist, my open items")
COMMAND_HANDOVER = Phrase("交接班", "Hand over to the next shift")
COMMAND_QUIET = Phrase("免打扰时间", "Quiet hours")

TICKED = Phrase("✅ 已勾：{text}", "✅ Ticked: {text}")
TICKED_SLOT = Phrase("✅ 已勾 {time}：{text}", "✅ Ticked {time}: {text}")
TICKED_ALL = Phrase("✅ 已勾，到点的 {n} 次一起：{text}", "✅ Ticked, all {n} that were due: {text}")
WAITS = Phrase("⏳ 记下了，等另一个人点确认。", "⏳ Noted; somebody else has to confirm.")
CONFIRMED = Phrase("✅ 已确认：{text}", "✅ Confirmed: {text}")
FASTER = Phrase("{who} {time} 已经处理了这一项。", "{who} dealt with this at {time}.")
OPEN_ALREADY = Phrase("这一项本来就没勾。", "This is open already.")
UNDONE = Phrase("已撤销：{text}", "Taken back: {text}")
SKIPPED = Phrase("➖ 已标为不适用：{text}", "➖ Marked as not applicable: {text}")
ASSIGNED = Phrase("已交给 {who}：{text}", "Given to {who}: {text}")
NOTED = Phrase("💬 备注记下了。", "💬 Noted.")
PROVED = Phrase("✅ {text}：{proof}", "✅ {text}: {proof}")
REPLY_BELOW = Phrase("请回复下面那条消息。", "Please reply to the message below.")
TOO_LATE = Phrase(
    "已经按原来的记下了。要改请在清单上点“更多…”撤销，再填一次。",
    "It is noted as it was. To change it, tap More… and Undo on the list.",
)

ASK_NUMBER = Phrase("{who}，请回复这条消息填数：\n{text}\n{number}", "{who}, please reply with the number:\n{text}\n{number}")
ASK_PHOTO = Phrase(
    "{who}，请回复这条消息发一张照片或截图（最大 20 MB）：\n{text}",
    "{who}, please reply with a photo or a screenshot (20 MB at most):\n{text}",
)
WHICH_PHOTO = Phrase(
    "这张图是哪一项的？请把图再发一次，说明里写上数字。还要照片的：{numbers}。",
    "Which item is this for? Please send it again with the number in its caption. Photos are open for: {numbers}.",
)
ASK_REASON = Phrase("{who}，请回复这条消息，写明为什么不适用：\n{text}", "{who}, please reply why it does not apply:\n{text}")
ASK_NOTE = Phrase("{who}，请回复这条消息写备注：\n{text}", "{who}, please reply with your note:\n{text}")
BEYOND = Phrase(
    "⚠️ {value} {unit} 超出界线：{number}\n写错了或要重测，就回复这条消息重新填；确实是这样，点下面照实记。",
    "⚠️ {value} {unit} is beyond the limit: {number}\nIs it wrong? Reply with the right one. Is it right? Tap below.",
)
SURE = Phrase("确实是 {value}，照实记", "It is {value}: note it")
CANCEL = Phrase("取消", "Cancel")
CANCELLED = Phrase("已取消，这一项还没勾。", "Cancelled; the item is still open.")

CHOOSE = Phrase("点数字，看这一项还能做什么。", "Tap a number to see what else can be done.")
UNDO = Phrase("↩ 撤销", "↩ Undo")
SKIP = Phrase("➖ 不适用", "➖ Not applicable")
PEOPLE = Phrase("👤 换人", "👤 Somebody else")
NOTE = Phrase("💬 备注", "💬 Note")
WHY = Phrase("❔ 为什么", "❔ Why")
SECTION = Phrase("📖 手册 {section}", "📖 Handbook {section}")
SEE_PHOTO = Phrase("📷 看照片", "📷 See the photo")
NO_PHOTO = Phrase("这一项现在没有照片。", "There is no photo of this now.")
PHOTO_GONE = Phrase(
    "这张照片 Telegram 不给了，请让当事人再发一次。", "Telegram no longer has this photo; please ask for it again."
)
BACK = Phrase("‹ 返回清单", "‹ Back to the list")
NEXT = Phrase("›", "›")
NOBODY = Phrase("这个商家还没有别人能接手。", "There is nobody else for this merchant yet.")

NO_LIST_HERE = Phrase(
    "这个群现在没有要勾的清单。排了场次，清单会按时自己来。",
    "There is nothing to tick in this group now. Once a session is planned, its checklist comes by itself.",
)
NO_LIST_OF_MINE = Phrase("您名下现在没有待办。", "There is nothing for you to do now.")
NO_HANDOVER = Phrase("现在没有直播中的场次，不用交接。", "No session is live; there is nothing to hand over.")
QUIET = Phrase(
    "{team} 的免打扰：{span}（{zone}）。开播前 5 小时到下播不受影响。\n"
    "要改：/quiet 23:00-8:30，不要就 /quiet off；换时区：/quiet Asia/Urumqi。",
    "Quiet hours of {team}: {span} ({zone}). From 5 hours before a session to its end they do not count.\n"
    "To change them: /quiet 23:00-8:30, or /quiet off; another time zone: /quiet Asia/Urumqi.",
)
QUIET_SET = Phrase(
    "已改。{team} 的免打扰：{span}（{zone}）。已排的场次也照新的来。",
    "Done. Quiet hours of {team}: {span} ({zone}), also for sessions that are planned already.",
)
QUIET_NONE = Phrase("不设", "none")
QUIET_WHICH = Phrase(
    "您在几个团队里，请到那个团队绑定的群里发 /quiet。",
    "You are in several teams. Please send /quiet in a group of the team you mean.",
)
