"""What is said in Telegram alone about live sessions. In Chinese and English. A toast holds at most 200 characters."""

from __future__ import annotations

from bot.channels.words import Phrase

COMMAND_NEW = Phrase("排一场直播", "Plan a live session")
COMMAND_TODAY = Phrase("今天的场次", "Today's sessions")
COMMAND_WEEK = Phrase("这一周的场次", "This week's sessions")
COMMAND_SESSION = Phrase("下一场：改、开播、下播", "The next session: change, start, end")
COMMAND_LIVE = Phrase("开播", "Go live")
COMMAND_END = Phrase("下播", "End the session")
COMMAND_CALENDAR = Phrase("把场次放进手机日历", "Sessions in your phone's calendar")
COMMAND_ORDER = Phrase("排品：发来就读", "The running order")

HELP = Phrase(
    "\n\n场次\n• /new 排一场，例如：/new 好物严选 明晚8点 3小时 8万\n• /today 今天、/week 这一周、/session 下一场。\n"
    "• /live 开播，/end 下播，/calendar 放进手机日历。\n"
    "• /checklist 清单到哪一步了，/handover 交接班，/quiet 免打扰时间。\n"
    "• 大屏导出的表（CSV、Excel）发过来，或把表粘贴成文字，就能录进这一场。",
    "\n\nSessions\n• /new plans one, e.g. /new Acme tomorrow 8pm 3h 80k\n• /today, /week, /session the next one.\n"
    "• /live starts it, /end ends it, /calendar for your phone.\n"
    "• /checklist what is done and what is not, /handover for the next shift, /quiet for quiet hours.\n"
    "• Send a board's export (CSV, Excel), or paste its table, to put the figures into the session.",
)

WHICH_MERCHANT = Phrase("给哪个商家排？", "For which merchant?")
NO_MERCHANT = Phrase(
    "现在没有您能排场次的商家。请组长给您操盘手的角色，并登记商家的授权。",
    "There is no merchant whose sessions you may plan. A lead can give you the role and record the authorisation.",
)
NO_MERCHANT_YET = Phrase(
    "还没有授权在期的商家。先发 /merchants 新增商家、登记授权，再来排场次。",
    "No merchant is authorised yet. Send /merchants to add one and record its authorisation, then plan.",
)
NEW_LINE = Phrase(
    "一行里写商家全名、时间、时长、目标、主播、模板、预算、保本ROI 就够了；岗位、每周重复在卡片上点。",
    "One line is enough for the merchant's full name, time, length, goal, host, template, budget and break-even ROI; posts and "
    "weekly repeats have buttons on the card.",
)
GROUP_WITHOUT = Phrase(
    "本群没有绑定商家，排不了场次。请组长在群里发 /bind，或者到私聊里发 /new。",
    "This group is not bound to a merchant, so no session can be planned here. A lead can send /bind, or use /new in private.",
)
ASK_WHEN = Phrase(
    "「{merchant}」什么时候开播？请回复这条消息，时长和目标可以一起写。\n例如：明晚8点 3小时 8万",
    "When does “{merchant}” go live? Please reply; length and goal may follow.\nFor example: tomorrow 8pm 3h 80k",
)
ASK = {
    "starts": Phrase(
        "{title}\n改到什么时候？请回复这条消息，例如：明晚8点", "{title}\nWhen instead? Please reply, e.g.: tomorrow 8pm"
    ),
    "length": Phrase("{title}\n播多久？请回复这条消息，例如：3小时", "{title}\nHow long? Please reply, e.g.: 3h"),
    "host": Phrase("{title}\n主播是谁？请回复这条消息，写名字。", "{title}\nWho is the host? Please reply with the name."),
    "goal": Phrase(
        "{title}\n目标多少？请回复这条消息，例如：8万；不定就写：没有", "{title}\nWhich goal? Please reply, e.g. 80k, or: none"
    ),
    "figures": Phrase(
        "{title}\n投放预算、保本 ROI、目标 ROI、计划客单，定了哪个写哪个，请回复这条消息，例如：预算 3000 保本ROI 1.8\n"
        "不要的写：预算 没有。没定的，要用它的提示就不会发。",
        "{title}\nBudget, break-even ROI, target ROI, planned AOV: please reply with those that are set, e.g.: budget 3000 "
        "break-even ROI 1.8\nTo drop one: budget none. Tips that need one that is not set keep silent.",
    ),
    "reason": Phrase(
        "{title}\n还差 {count} 项必做的：\n{items}\n一定要开播，请回复这条消息写明原因。原因会留档，并告诉组长。",
        "{title}\n{count} required items are open:\n{items}\nTo go live all the same, reply with the reason. It is kept and "
        "told to the lead.",
    ),
    "post": Phrase("{title}\n{role}是谁？请回复这条消息，写名字。", "{title}\nWho is {role}? Please reply with the name."),
}
SAY_AGAIN = Phrase(
    "确实要这样排，请把刚才的内容再回复一遍；不然请换一个。",
    " If you mean it, reply with the same again; otherwise give another.",
)
SURE_OVERLAP = Phrase("确实要排，点“照样排”。", "If you mean it, tap “Plan it all the same”.")
NO_GOAL = ("没有", "不定", "无", "none", "no")

HOW_LONG = Phrase("播多久？", "How long?")
OTHER = Phrase("其他…", "Other…")
WHICH_VARIANT = Phrase("用哪个模板？清单跟着换。", "Which template? The checklist follows it.")
WHO_OPERATES = Phrase("谁操盘？", "Who is the operator?")
WHICH_POST = Phrase("安排哪个岗位？", "Which post?")
WHO_HOLDS = Phrase("{role}是谁？", "Who is {role}?")
WRITE_NAME = Phrase("写名字…", "Type a name…")
NOBODY = Phrase("不安排", "Nobody")
WHICH_GROUP = Phrase("在哪个群里播？只列绑定了这个商家的群。", "In which group? Only those bound to this merchant.")
NO_GROUP = Phrase("不用群，只发私聊", "No group, private only")

SURE_CANCEL = Phrase("取消这一场？会告诉群里和各岗位。", "Cancel this session? The group and everybody with a post are told.")
YES_CANCEL = Phrase("取消这一场", "Cancel it")
SURE_END = Phrase("现在下播？播后清单会马上发出来。", "End it now? The checklist for afterwards comes at once.")
YES_END = Phrase("下播", "End it")
NO = Phrase("不，返回", "No, go back")

SURE_WEEKLY = Phrase(
    "每周{weekday} {time} 都排这样一场？每场提前 15 天自动排好，可以单独改或取消。",
    "Plan one like this every {weekday} at {time}? Each is planned 15 days ahead and can be changed or cancelled by itself.",
)
YES_WEEKLY = Phrase("每周重复", "Every week")
SURE_NOT_WEEKLY = Phrase(
    "停止每周重复？已经排好的场次还在，不要的请单独取消。",
    "Stop repeating? What is planned already stays; cancel what you do not want.",
)
YES_NOT_WEEKLY = Phrase("停止重复", "Stop repeating")
WEEKLY = Phrase("设好了，每周自动排。", "Done: one is planned every week.")
NOT_WEEKLY = Phrase("停了，以后不再自动排。", "Stopped: no more are planned by themselves.")
WEEKDAYS = (
    Phrase("一", "Monday"), Phrase("二", "Tuesday"), Phrase("三", "Wednesday"), Phrase("四", "Thursday"),
    Phrase("五", "Friday"), Phrase("六", "Saturday"), Phrase("日", "Sunday"),
)  # fmt: skip

PLANNED = Phrase("排好了。", "Planned.")
DROPPED = Phrase("好，这一场不排了。", "All right, this one is not planned.")
LOOK_AGAIN = Phrase(
    "这一场后来又改过，卡片换成新的了。核对一下再点“确认”。",
    "It was changed after this card. The card is up to date now: check it, then confirm.",
)
COPIED = Phrase("照上次填好了。", "Filled in as last time.")
CHANGED = Phrase("改好了。", "Changed.")
BEGUN = Phrase("开播了，顺利！", "Live. Good luck!")
BEGUN_SHORT = Phrase("开播了，差的项边播边补。", "Live. What is open: make up for it as you go.")
ENDED = Phrase("辛苦了，播后清单马上发。", "Well done. The checklist for afterwards follows.")
CANCELLED = Phrase("取消了，已经告诉大家。", "Cancelled, and everybody is told.")
GOES_ON = Phrase("好，播完请点“下播”。", "All right. Tap “End” when it is over.")
LIST_BELOW = Phrase("清单在下面。", "The checklist is below.")
NO_LIST = Phrase("这一场现在没有要做的清单项。", "There is nothing on the checklist of this session now.")
REPLY_BELOW = Phrase("请回复下面那条消息。", "Please reply to the message below.")
TOO_LATE = Phrase(
    "改原消息不起作用。要改请点场次卡片上的按钮。", "Editing has no effect. Please use the buttons of the session's card."
)

ASK_ORDER = Phrase(
    "{title}\n请回复这条消息：把排品表粘贴过来，或者发 Excel、CSV 文件。一行一款：品名、价格、库存、时长。",
    "{title}\nPlease reply with the running order: paste it, or send Excel or CSV. One product a line: name, price, stock, "
    "minutes.",
)
ORDER_READ = Phrase("读到 {n} 款：", "Read {n} products:")
ORDER_NONE = Phrase("没有读到款。", "No product was found.")
ORDER_KEPT = Phrase("排品 · {n} 款", "Running order · {n} products")
ORDER_LINE = Phrase("{position}. {name} {price} 元{more}", "{position}. {name} ¥{price}{more}")
ORDER_STOCK = Phrase(" · {stock} 件", " · {stock} pcs")
ORDER_MINUTES = Phrase(" · {minutes} 分钟", " · {minutes} min")
ORDER_PART = Phrase(" · {part}", " · {part}")
ORDER_EVENT = Phrase(" · {event}", " · {event}")
ORDER_MORE = Phrase("……还有 {n} 款", "… and {n} more")
ORDER_UNREAD = Phrase("没读懂的：", "Not understood:")
ORDER_REMARKS = Phrase("要改的：", "To put right:")
ORDER_REST = Phrase("……还有 {n} 条", "… and {n} more")
ORDER_FINE = Phrase("没发现问题。", "Nothing to put right.")
ORDER_OTHER_SHEETS = Phrase("只读了工作表“{sheet}”，没读：{others}。", "Only sheet “{sheet}” was read, not: {others}.")
B_KEEP = Phrase("✅ 就用这份", "✅ Use this one")
B_ANOTHER = Phrase("换一份", "Send another")
ORDER_DONE = Phrase("存好了。", "Stored.")

CALENDAR_FILE = Phrase(
    "点开就能加进手机日历。之后改了时间，请再发一次 /calendar。",
    "Open it to add the sessions. Send /calendar again after changes.",
)
CALENDAR_LINK = Phrase(
    "想让手机日历自己跟着更新，可以订阅。链接只给您一个人用，请别转发。",
    "To have your calendar follow by itself, subscribe. The link is yours alone; please do not pass it on.",
)
B_LINK = Phrase("要订阅链接", "Get the link")
LINK = Phrase(
    "在手机日历里选“添加订阅日历”，粘贴这个链接：\n{link}\n谁拿到链接都能看到您能看的场次，只显示这一次。",
    "In your calendar choose “add a subscribed calendar” and paste:\n{link}\nWhoever has it sees the sessions that you may see. "
    "It is shown once.",
)
B_NEW_LINK = Phrase("换一个链接", "Make a new one")
B_END_LINK = Phrase("停用链接", "End the link")
LINK_ENDED = Phrase("链接已停用，谁也打不开了。", "The link is ended; it opens nothing any more.")
NO_LINK = Phrase("没有在用的链接。", "There is no link in use.")
LINK_IN_PRIVATE = Phrase("请到私聊里发 /calendar 要链接。", "Send /calendar in private for the link.")

TODAY = Phrase("今天的场次", "Today's sessions")
WEEK = Phrase("接下来 7 天的场次", "Sessions of the next 7 days")
NONE_TODAY = Phrase("今天没有场次。/new 排一场，/week 看这一周。", "No session today. /new plans one, /week shows the week.")
NONE_WEEK = Phrase("接下来 7 天没有场次。/new 排一场。", "No session in the next 7 days. /new plans one.")
NO_LIVE = Phrase("现在没有在播的场次。", "No session is live now.")
NO_NEXT = Phrase("没有要播的场次。/new 排一场。", "No session is coming up. /new plans one.")
LINE = Phrase("{mark} {when}–{end} {merchant}{host}", "{mark} {when}–{end} {merchant}{host}")
LINE_LIVE = Phrase("{mark} 直播中 {when}–{end} {merchant}{host}", "{mark} on air {when}–{end} {merchant}{host}")
OPENS = Phrase("{mark} {when} {merchant}{host}", "{mark} {when} {merchant}{host}")
WITH_HOST = Phrase(" · {host}", " · {host}")
MORE = Phrase("……还有 {n} 场", "… and {n} more")
WHICH_SESSION = Phrase("哪一场？", "Which session?")
