"""What people are told when something about a live session, its running order or its checklists cannot be done."""

from __future__ import annotations

from bot.channels.words import Phrase

SESSION_SENTENCES = {
    "order_empty": Phrase(
        "没有找到款。请一行写一款：品名、价格、库存、时长。",
        "I found no products. Please write one a line: name, price, stock, minutes.",
    ),
    "order_too_long": Phrase(
        "排品表太长，最多 {most} 款。请只发这一场的。",
        "The running order is too long; at most {most} products. Please send this session's only.",
    ),
    "order_text_long": Phrase(
        "文字太长，最多 {most} 个字。请只发排品表。",
        "The text is too long; at most {most} characters. Please send the running order only.",
    ),
    "order_format": Phrase(
        "这是 {found} 文件。排品表请发 Excel（.xlsx）或 CSV，也可以直接粘贴文字。",
        "This is a {found} file. Please send the running order as Excel (.xlsx) or CSV, or paste it as text.",
    ),
    "plan_wrong": Phrase(
        "场次计划的 {place} 写法不对，请改好再试。",
        "{place} in the session's plan is not right. Please correct it and try again.",
    ),
    "figures_not_understood": Phrase(
        "没看懂。请这样写：预算 3000 保本ROI 1.8 目标ROI 2.5 客单 89；不要的写：预算 没有。",
        "I did not understand. Please write: budget 3000 break-even ROI 1.8 target ROI 2.5 AOV 89; or: budget none.",
    ),
    "ratio_not_understood": Phrase(
        "ROI 请写 0 到 100 之间的数，例如：保本ROI 1.8。", "An ROI is a number up to 100, e.g.: break-even ROI 1.8."
    ),
    "target_below_break_even": Phrase(
        "目标 ROI {target} 低于保本 ROI {least}，投得越多亏得越多。请改其中一个。",
        "The target ROI {target} is below the break-even ROI {least}, which plans a loss. Please change one of them.",
    ),
    "no_session": Phrase("没有找到这一场。", "There is no such session."),
    "no_tip": Phrase("没有找到这条提示。", "There is no such tip."),
    "no_case": Phrase("没有找到这个案例，手册可能刚改过。", "There is no such case; the handbook may have changed."),
    "tip_without_chart": Phrase(
        "这条提示说的不是实时指标，没有走势图。", "This tip is not about a live metric, so there is no chart."
    ),
    "no_live_session": Phrase("现在没有直播中的场次。", "No session is live now."),
    "no_live_session_of_yours": Phrase(
        "您自己没有直播中的场次。同事的场次，请到那一场的群里发 /why。",
        "None of your own sessions is live. For a colleague's, send /why in that session's group.",
    ),
    "tip_not_muted": Phrase("合规提示不能静音，请先处理。", "A tip about the law cannot be muted. Please deal with it."),
    "session_past": Phrase("这个时间已经过了，请写一个之后的时间。", "That time has passed. Please give a later one."),
    "authorisation_ends_before": Phrase(
        "商家的授权到那天已经到期了。请组长先续登记授权，再排这一场。",
        "The merchant's authorisation will have ended by then. Let a lead renew it first.",
    ),
    "post_unknown": Phrase(
        "没有这个岗位。岗位有：操盘手、主播、助播、中控、场控、投手、客服、货品专员、数据员。",
        "There is no such post. Posts are: operator, host, co-host, control desk, floor manager, ads buyer, customer service, "
        "merchandise, data desk.",
    ),
    "post_may_not_read": Phrase(
        "对方看不到这个商家，不能排岗位。请组长先邀请对方负责这个商家。",
        "They may not see this merchant, so they cannot hold a post. Let a lead invite them for the merchant first.",
    ),
    "operator_may_not": Phrase(
        "对方在这个商家没有操盘权限，请换一位，或让组长先给角色。",
        "They may not run this merchant's sessions. Choose somebody else, or let a lead give them a role.",
    ),
    "group_of_another": Phrase(
        "这个群没有绑定这个商家，不能在那里播。请组长先在群里发 /bind。",
        "That group is not bound to this merchant. Let a lead send /bind there first.",
    ),
    "session_overlaps": Phrase("主播 {host} 那段时间已经有一场了（{at}）。", "{host} has another session at that time ({at})."),
    "session_changed": Phrase(
        "这一场刚刚被别人改过，请看最新的再改一次。", "Somebody has just changed this session. Please look again and repeat it."
    ),
    "session_live": Phrase(
        "这一场已经开播，只能改时长、主播、目标、预算/ROI 和岗位。",
        "It is live already: only length, host, goal, budget/ROI and posts can be changed.",
    ),
    "session_live_already": Phrase("这一场已经开播了。", "This session is live already."),
    "session_not_live": Phrase("这一场还没开播。", "This session is not live yet."),
    "session_over": Phrase("这一场已经下播了。", "This session is over already."),
    "session_called_off": Phrase("这一场已经取消了。", "This session was cancelled."),
    "session_unconfirmed": Phrase(
        "这一场还没确认，请先点“确认”。", "This session is not confirmed yet. Please tap “Confirm” first."
    ),
    "session_far_off": Phrase(
        "离开播还有半天以上，怕是点错场了。真要现在播，请先改时间。",
        "It starts more than half a day from now; is this the right one? To go live now, change its time first.",
    ),
    "items_open": Phrase(
        "还有 {count} 项必做的没做完，不能开播。请先做完，或点“带原因开播”。",
        "{count} required items are open, so it cannot go live. Finish them, or give a reason.",
    ),
    "no_last_time": Phrase("这个商家之前没排过场次。", "There is no session of this merchant before."),
    "no_order_held": Phrase("这份排品已经处理过了，请重新发。", "That order has been dealt with. Please send it again."),
    "order_replaced": Phrase(
        "这份之后又发过一份排品，请在最新那份下面点“就用这份”。",
        "Another running order was sent after this one. Please use the button below the newest.",
    ),
    "words_or_file": Phrase("请打字回复，或者发 Excel、CSV 文件。", "Please reply in words, or with an Excel or CSV file."),
    "repeats_already": Phrase("这一场已经设了每周重复。", "This session repeats every week already."),
    "repeats_not": Phrase("这一场没有设每周重复。", "This session does not repeat."),
    "no_operator": Phrase(
        "这个商家还没有能操盘的人，请先邀请一位。", "Nobody may run this merchant's sessions yet. Invite somebody first."
    ),
    "no_item": Phrase(
        "这一项已经不在这场的清单上了。发 /checklist 看现在的清单。",
        "This item is not on the list any more. Send /checklist to see it.",
    ),
    "session_cancelled": Phrase("这一场已经取消，不用再勾。", "This session was cancelled; there is nothing to tick."),
    "number_needed": Phrase(
        "没看出是几。请回复一个数，例如 {example}。",
        "I see no single number. Please reply with one, like {example}.",
    ),
    "reason_needed": Phrase("请写明为什么不适用。", "Please say why it does not apply."),
    "words_long": Phrase("太长了，最多 {most} 个字。", "That is too long; at most {most} characters."),
    "second_person": Phrase(
        "这一项要换一个人来确认，做的人不能自己确认。", "Somebody else has to confirm this, not the person who did it."
    ),
    "not_confirming": Phrase("这一项不用确认。", "There is nothing to confirm here."),
    "assignee_may_not": Phrase(
        "对方在这个商家没有打勾的权限，请先让组长给角色。",
        "They may not tick for this merchant. Let a lead give them a role.",
    ),
    "blocking_skip": Phrase(
        "这一项不做不能开播，只有操盘手或组长能标不适用。",
        "This item blocks going live; only an operator or a lead may skip it.",
    ),
    "photo_needed": Phrase("请回复一张照片或截图。", "Please reply with a photo or a screenshot."),
    "photo_large": Phrase(
        "这张图太大，最大 {most} MB。请压缩一下，或直接发照片（不要选“以文件发送”）。",
        "This picture is too large; at most {most} MB. Please send it as a photo, not as a file.",
    ),
    "photo_video": Phrase("视频不收，请截一张图发过来。", "I don't take videos here. Please send a screenshot or a photo."),
    "zone_unknown": Phrase("没有这个时区，例如 Asia/Shanghai。", "There is no such time zone; write one like Asia/Shanghai."),
    "withhold_unclear": Phrase(
        "请写成 /withhold 10（1 到 20，表示每一百条轻提示随机留下几条不提）；不要就写 /withhold off。",
        "Please write /withhold 10 (1 to 20: how many of a hundred mild tips are held back at random), or /withhold off.",
    ),
    "quiet_unclear": Phrase(
        "请写成 /quiet 23:00-8:30；不要免打扰就写 /quiet off。", "Please write /quiet 23:00-8:30, or /quiet off for none."
    ),
}
"""By `Refused.reason` and the message of `NotFound`; people_words.SENTENCES holds them too."""
