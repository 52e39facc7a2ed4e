"""What the pages of teams, merchants and groups say. In Chinese and English."""

from __future__ import annotations

from bot.channels.words import Phrase

IN_PRIVATE = Phrase(
    "群里大家都看得到，这件事请到私聊里办：点下面的按钮，再按 START。",
    "Everybody here reads along. Do this in private: tap below and press START.",
)
OPEN_PRIVATE = Phrase("去私聊", "Open the private chat")
INVITATION_IN_PRIVATE = Phrase(
    "邀请要在私聊里用：点邀请链接，再按 START。这个邀请码刚才发到了群里，谁看到都能用，建议请邀请人作废后重发。",
    "Invitations are used in private: open the link and press START. This code has now been seen by the whole group; "
    "better ask for a new one and have this one revoked.",
)
ANONYMOUS = Phrase(
    "您是匿名管理员，我认不出是谁。请关掉匿名，用自己的名字再发一次。",
    "You write as an anonymous admin, so I cannot tell who you are. Please turn that off and send it again.",
)
HELP = Phrase(
    "\n\n团队\n• /team 成员、角色、邀请；/merchants 商家和授权；/library 资料；/bind 绑定群；"
    "/feed 实时数据接入；/audit 操作记录。\n• /rules 下面的“调整规则”：开关、限值、加自己的规则（负责人和组长用）。",
    "\n\nYour team\n• /team members, roles, invitations; /merchants and authorisations; /library documents; "
    "/bind groups; /feed live metrics; /audit the trail.\n"
    "• “Change the rules” below /rules: on, off, limits, rules of your own (owners and leads).",
)
UNBOUND_HINT = Phrase(
    "\n\n本群还没有绑定，只看手册。组长在群里发 /bind，就能让大家看到团队或商家的资料。",
    "\n\nThis group is not bound, so it reads the handbook only. A lead can send /bind here to change that.",
)

COMMAND_TEAM = Phrase("我的团队：成员、角色、邀请", "My team: members, roles, invitations")
COMMAND_ROLES = Phrase("成员和角色", "Members and roles")
COMMAND_INVITE = Phrase("邀请人加入", "Invite somebody")
COMMAND_MERCHANTS = Phrase("商家和授权", "Merchants and authorisations")
COMMAND_BIND = Phrase("绑定群", "Bind groups")
COMMAND_BIND_HERE = Phrase("绑定本群（组长用）", "Bind this group (leads)")
COMMAND_UNBIND = Phrase("解绑本群（组长用）", "Unbind this group (leads)")
COMMAND_ROBOT = Phrase("群机器人：飞书、钉钉、企业微信", "Group robots: Feishu, DingTalk, WeCom")
COMMAND_AUDIT = Phrase("操作记录", "Who did what")

BACK = Phrase("‹ 返回", "‹ Back")
NO = Phrase("不，返回", "No, go back")
PREVIOUS = Phrase("‹ 上一页", "‹ Previous")
NEXT = Phrase("下一页 ›", "Next ›")
REPLY_BELOW = Phrase("请回复下面那条消息。", "Please reply to the message below.")
TOO_LATE = Phrase(
    "这一步已经办过，改原消息不起作用。要改请重新点按钮。",
    "This is done already; editing has no effect. Please use the button again.",
)
MORE = Phrase("……还有 {n}", "… and {n} more")
NUMBERED = Phrase("用户 {number}", "user {number}")
NOTED = Phrase("{what}（{more}）", "{what} ({more})")
YOU = Phrase("（您）", " (you)")
LIST = Phrase("、", ", ")

WHICH_TEAM = Phrase("您在几个团队里，选一个：", "You are in several teams. Choose one:")
TEAM = Phrase("团队「{team}」 · {n} 人", "Team “{team}” · members: {n}")
TEAM_SEEN = Phrase("团队「{team}」 · 您看得到 {n} 人", "Team “{team}” · members you can see: {n}")
MEMBERS = Phrase("「{team}」的成员（{n} 人），点开看详情", "Members of “{team}” ({n}); open one for more")
MEMBERS_SEEN = Phrase(
    "「{team}」的成员（您看得到 {n} 人），点开看详情", "Members of “{team}” (you can see {n}); open one for more"
)
MEMBER_LINE = Phrase("{name}：{roles}", "{name}: {roles}")
FOR_MERCHANT = Phrase("{merchant} {role}", "{role} for {merchant}")
IN_TEAM = Phrase("团队 {role}", "{role} of the team")
BLOCKED_MARK = Phrase("已拉黑：发什么我都不理会。", "Blocked: I do not react to anything from them.")
B_MEMBERS = Phrase("成员和角色", "Members and roles")
B_INVITE = Phrase("邀请成员", "Invite somebody")
B_INVITATIONS = Phrase("没用完的邀请", "Open invitations")
B_MERCHANTS = Phrase("商家", "Merchants")
B_ADD_MERCHANT = Phrase("新增商家", "Add a merchant")
B_GROUPS = Phrase("绑定的群", "Groups")
B_AUDIT = Phrase("操作记录", "Audit trail")
B_RENAME_TEAM = Phrase("团队改名", "Rename the team")
B_OTHER_TEAM = Phrase("换个团队", "Another team")
B_LEAVE = Phrase("退出团队", "Leave the team")
B_ROLE = Phrase("改角色：{where}", "Change role: {where}")
B_REMOVE_FROM = Phrase("移出商家「{merchant}」", "Take off merchant “{merchant}”")
B_REMOVE = Phrase("移出团队", "Remove from the team")
B_HAND_OVER = Phrase("把团队交接给对方", "Hand the team over")
B_BLOCK = Phrase("拉黑", "Block")
B_UNBLOCK = Phrase("取消拉黑", "Unblock")
B_BLOCKED = Phrase("拉黑名单（{n} 人）", "Blocked people ({n})")
THE_TEAM = Phrase("整个团队", "the whole team")

CHOOSE_ROLE = Phrase("{name} 在「{where}」现在是{role}，改成：", "{name} is {role} in “{where}”. Change to:")
SURE_ROLE = Phrase("把 {name} 在「{where}」的角色改成{role}？", "Make {name} {role} in “{where}”?")
YES_ROLE = Phrase("改", "Change it")
ROLE_DONE = Phrase("改好了。", "Changed.")
TOLD_ROLE = Phrase("您在「{where}」的角色改成了{role}。", "You are now {role} in “{where}”.")
SURE_REMOVE = Phrase(
    "把 {name} 移出「{where}」？移出后马上看不到那里的资料。对方若还在绑定的群里，请把人也移出群：群里的回答人人看得到。",
    "Remove {name} from “{where}”? They lose access at once. Take them out of bound groups as well: everybody there reads along.",
)
YES_REMOVE = Phrase("移出", "Remove")
REMOVED = Phrase("已移出。", "Removed.")
SURE_HAND_OVER = Phrase(
    "把团队「{team}」交接给 {name}？对方成为负责人，您改为组长。",
    "Hand team “{team}” over to {name}? They become owner and you become lead.",
)
YES_HAND_OVER = Phrase("交接", "Hand over")
HANDED_OVER = Phrase("交接好了，您现在是组长。", "Handed over; you are now a lead.")
TOLD_HANDED_OVER = Phrase(
    "{name} 把团队「{team}」交接给了您，您现在是负责人。", "{name} handed team “{team}” over to you; you own it now."
)
SURE_BLOCK = Phrase(
    "拉黑 {name}？以后对方发什么我都不理会，也收不到资料。角色保留，取消拉黑后恢复。",
    "Block {name}? I will not react to them nor show them anything. Their roles stay for when you unblock.",
)
SURE_UNBLOCK = Phrase("取消拉黑 {name}？原来的角色随之恢复。", "Unblock {name}? Their roles count again.")
BLOCKED = Phrase("已拉黑。", "Blocked.")
UNBLOCKED = Phrase("已取消拉黑。", "Unblocked.")
BLOCKED_PEOPLE = Phrase("「{team}」拉黑的人，点一个可以取消", "Blocked people of “{team}”; tap one to unblock them")
NOBODY_BLOCKED = Phrase("「{team}」没有拉黑的人。", "Nobody of “{team}” is blocked.")
SURE_LEAVE = Phrase(
    "退出团队「{team}」？退出后看不到它和它的商家的资料，回来要重新邀请。",
    "Leave team “{team}”? You lose its and its merchants' documents and need an invitation to come back.",
)
YES_LEAVE = Phrase("退出", "Leave")
LEFT = Phrase("您已退出团队「{team}」。", "You have left team “{team}”.")
ASK_TEAM_NAME = Phrase("请回复这条消息，写上团队「{team}」的新名字。", "Please reply with the new name of team “{team}”.")
TEAM_RENAMED = Phrase("改好了，团队现在叫「{team}」。", "Done; the team is now “{team}”.")

IN_ALREADY = Phrase("\n（您已经在团队里，发 /team 就能看到。）", "\n(You are in a team already; /team shows it.)")
JOINED = Phrase("您已加入团队「{team}」，角色：{role}。", "You have joined team “{team}” as {role}.")
JOINED_MERCHANT = Phrase(
    "您已加入团队「{team}」，负责商家「{merchant}」，角色：{role}。",
    "You have joined team “{team}” as {role} for merchant “{merchant}”.",
)
JOINED_NEXT = Phrase(
    "现在直接打字提问就行。/today 看今天的场次，/team 看团队，/help 看用法。",
    "Just type your questions now. /today shows the sessions, /team the team, /help how to use me.",
)
CLOSED_NOTE = Phrase(
    "这个商家{status}，登记授权之前看不到它的资料。", "This merchant is {status}; its documents stay closed until that changes."
)
FOUNDED = Phrase(
    "新团队建好了，暂时叫「{team}」，您是负责人。接下来可以给团队改名、新增商家、邀请成员：",
    "Your new team is ready. It is called “{team}” for now and is yours. Next you can rename it, add a merchant, invite people:",
)
TOLD_JOINED = Phrase("{name} 用邀请链接加入了「{where}」，角色：{role}。", "{name} joined “{where}” by invitation as {role}.")

INVITE_WHERE = Phrase("邀请对方加入哪里？", "What shall they join?")
INVITE_ROLE = Phrase("加入「{where}」，给什么角色？", "Which role in “{where}”?")
INVITE_USES = Phrase("这个链接给几个人用？", "How many people may use the link?")
INVITE_DAYS = Phrase("链接几天内有效？", "How many days shall it last?")
B_USES = Phrase("{n} 人", "for {n}")
B_DAYS = Phrase("{n} 天", "{n} days")
INVITED = Phrase(
    "邀请链接在下面那条消息里，直接转发给对方。链接只出现这一次，拿到的人都能用，请别发到有外人的群里。",
    "The invitation is in the message below; forward it. It is shown once and works for whoever has it: keep it out of groups.",
)
INVITATION = Phrase(
    "邀请您加入团队「{team}」，角色：{role}。点链接，再按 START：\n{link}\n（{until} 前有效，限 {uses} 人）",
    "You are invited to team “{team}” as {role}. Open the link and press START:\n{link}\n(until {until}; it lets in: {uses})",
)
INVITATION_MERCHANT = Phrase(
    "邀请您加入团队「{team}」，负责商家「{merchant}」，角色：{role}。点链接，再按 START：\n{link}\n"
    "（{until} 前有效，限 {uses} 人）",
    "You are invited to team “{team}” as {role} for merchant “{merchant}”. Open the link and press START:\n{link}\n"
    "(until {until}; it lets in: {uses})",
)
INVITATIONS = Phrase("「{team}」没用完的邀请，点一个可以作废", "Open invitations of “{team}”; tap one to revoke it")
NO_INVITATIONS = Phrase("「{team}」没有还能用的邀请。", "“{team}” has no open invitation.")
INVITATION_LINE = Phrase(
    "{n}. {where} {role}，剩 {uses} 人，到 {until}，{by} 发的", "{n}. {role} in {where}, {uses} left, until {until}, by {by}"
)
B_REVOKE = Phrase("作废第 {n} 条", "Revoke no. {n}")
SURE_REVOKE = Phrase(
    "作废这条邀请？没用的名额马上失效，已经加入的人不受影响。", "Revoke it? Nobody else can come in by it; those who did stay."
)
YES_REVOKE = Phrase("作废", "Revoke")
REVOKED = Phrase("已作废。", "Revoked.")

AUTHORISED = Phrase("授权到 {day}", "authorised until {day}")
EXPIRED = Phrase("已到期（{day}）", "expired ({day})")
ENDED_EARLY = Phrase("已终止（{day}）", "closed early ({day})")
NOT_AUTHORISED = Phrase("未授权", "not authorised")
MERCHANTS = Phrase("「{team}」的商家", "Merchants of “{team}”")
NO_MERCHANTS = Phrase("还没有您能看到的商家。", "There is no merchant that you can see yet.")
MERCHANT_LINE = Phrase("{merchant}：{status}", "{merchant}: {status}")
MERCHANT_MEMBERS = Phrase("专门负责的人：{members}", "Assigned: {members}")
NOBODY = Phrase("还没有（负责人和组长都能看）", "nobody yet (owners and leads see it anyway)")
MERCHANT_GROUPS = Phrase("绑定的群：{groups}", "Groups: {groups}")
NO_GROUPS_YET = Phrase("还没有", "none yet")
GRANTED_BY = Phrase("最近一次授权：{by}，{at} 登记", "Last authorisation: by {by}, recorded {at}")
CLOSED_NOW = Phrase(
    "现在谁都看不到它的资料，登记授权后恢复。", "Nobody can read its documents now; recording an authorisation changes that."
)
B_AUTHORISE = Phrase("登记授权", "Record an authorisation")
B_END = Phrase("终止授权", "End the authorisation")
B_RENAME = Phrase("改名", "Rename")
B_DOCUMENTS = Phrase("资料", "Documents")
B_DELETE = Phrase("删除商家和全部资料", "Delete with all its data")
ASK_AUTHORISATION = Phrase(
    "请回复这条消息：商家「{merchant}」授权到哪一天、那边谁同意的。例如：\n{day} 张三（店长）",
    "Please reply: until which day merchant “{merchant}” lets you serve it, and "
    "who there agreed. For example:\n{day} Zhang San (manager)",
)
AUTHORISED_DONE = Phrase("登记好了。", "Recorded.")
SURE_END = Phrase(
    "终止商家「{merchant}」的授权？马上生效：所有人、所有群都看不到它的资料。资料不删，再登记授权就恢复。",
    "End the authorisation of “{merchant}”? At once nobody and no group can read its documents. They are kept.",
)
YES_END = Phrase("终止", "End it")
ENDED = Phrase("已终止。", "Ended.")
TOLD_EXPIRED = Phrase(
    "商家「{merchant}」的授权已到期（{day}），现在谁都看不到它的资料。续签后请登记新的授权。",
    "The authorisation of “{merchant}” has expired ({day}); nobody can read its documents now. Once renewed, please record it.",
)
TOLD_ENDED = Phrase(
    "{name} 终止了商家「{merchant}」的授权，现在谁都看不到它的资料。",
    "{name} ended the authorisation of “{merchant}”; nobody can read its documents now.",
)
POST_ENDED = Phrase(
    "商家「{merchant}」的授权已结束，{here}现在查不到它的资料。组长登记新的授权后恢复。",
    "The authorisation of “{merchant}” has ended, so its documents are closed. {here} can ask about them again once a lead "
    "records a new one.",
)
POST_DELETED = Phrase(
    "{here}绑定的商家已删除，它的资料都清掉了，以后查不到。",
    "The merchant that was bound here is deleted with all its documents. {here} can no longer ask about them.",
)
ANSWER_CLOSED = Phrase(
    "商家{merchants}的授权已结束，现在查不到它的资料；组长可以在 /merchants 登记新的授权。",
    "The authorisation of {merchants} has ended, so its documents are closed; a lead can record a new one in /merchants.",
)
QUOTED_NAME = Phrase("「{name}」", "“{name}”")
AND_MORE = Phrase("{names}等 {n} 个", "{names} and {n} in all")
ASK_MERCHANT_NAME = Phrase(
    "请回复这条消息，写上商家「{merchant}」的新名字。", "Please reply with the new name of merchant “{merchant}”."
)
RENAMED = Phrase("改好了。", "Renamed.")
ASK_NEW_MERCHANT = Phrase("请回复这条消息，写上新商家的名字。", "Please reply with the new merchant's name.")
ADDED = Phrase(
    "已新增商家「{merchant}」。登记授权之后，大家才看得到它的资料。",
    "Merchant “{merchant}” added. Record its authorisation to open it.",
)
ASK_DELETE = Phrase(
    "这会删掉商家「{merchant}」和存着的全部内容：资料、问答、成员、邀请、授权、群绑定，不能恢复。"
    "确定的话，请回复这条消息，一字不差写上商家的名字。不删就不用管它。",
    "This deletes merchant “{merchant}” with everything stored: documents, questions, members, invitations, authorisations, "
    "groups. It cannot be undone. If you are sure, reply with the merchant's exact name; otherwise ignore this.",
)
DELETED = Phrase("商家「{merchant}」已删除。删掉了：{rows}。", "Merchant “{merchant}” is deleted. Gone: {rows}.")
DELETED_ALONE = Phrase(
    "商家「{merchant}」已删除，没有存过别的内容。", "Merchant “{merchant}” is deleted; nothing else was stored."
)
TRAIL_STAYS = Phrase(
    "操作记录还在：里面只有编号和时间，没有商家的内容。",
    "The audit trail stays: it holds ids and times, nothing of the merchant's.",
)
ROWS = {
    "documents": Phrase("资料 {n} 份", "documents: {n}"),
    "sessions": Phrase("场次 {n} 场", "live sessions: {n}"),
    "series": Phrase("每周重复 {n} 个", "weekly repetitions: {n}"),
    "exchanges": Phrase("问答 {n} 条", "questions: {n}"),
    "outbox": Phrase("收发记录 {n} 条", "message records: {n}"),
    "memberships": Phrase("成员角色 {n} 个", "roles: {n}"),
    "invitations": Phrase("邀请 {n} 个", "invitations: {n}"),
    "bindings": Phrase("群绑定 {n} 个", "bound groups: {n}"),
}

GROUP_NAME = Phrase("「{title}」群", "group “{title}”")
GROUP_NAMED_SO = Phrase("「{title}」", "group “{title}”")
"""Where the title itself ends in 群."""
TOPIC_NAME = Phrase("{group}的话题「{topic}」", "topic “{topic}” of {group}")
BIND_CHOSEN_PRIVATE = Phrase("选项发到您私聊了，请到那里选。", "I have sent you the choices in private.")
BIND_START_FIRST = Phrase(
    "绑定的选项只能私聊给您看，但我还不能给您发私聊。请点下面的按钮，再按 START。",
    "I can only show you the choices in private, and may not write to you yet. Tap below and press START.",
)
BIND_WHAT = Phrase(
    "{place}绑定给谁？绑定以后，群里每个人都看得到那里的资料。", "What is {place} for? Every member will see what it is bound to."
)
B_TEAM = Phrase("团队「{team}」", "Team “{team}”")
BIND_POLICY = Phrase("{place}绑定到「{where}」。群里最多能看什么？", "{place} → “{where}”. What may it be shown at most?")
BOUND = Phrase("绑定好了。", "Bound.")
POST_MERCHANT = Phrase(
    "{here}已绑定商家「{merchant}」：手册、团队资料和这个商家的资料都能问，群里每个人都看得到。",
    "{here} is now bound to merchant “{merchant}”: "
    "ask about the handbook, the team's and this merchant's documents. Every member sees the answers.",
)
POST_TEAM = Phrase(
    "{here}已绑定团队「{team}」：手册和团队资料都能问，群里每个人都看得到。",
    "{here} is now bound to team “{team}”: ask about the handbook and the team's documents. Every member sees the answers.",
)
POST_HANDBOOK = Phrase("{here}现在只看手册。", "{here} now reads the handbook only.")
THIS_GROUP = Phrase("本群", "This group")
THIS_TOPIC = Phrase("本话题", "This topic")
GROUPS = Phrase("「{team}」绑定的群，点一个可以改或解绑", "Groups of “{team}”; tap one to change or unbind it")
GROUPS_SEEN = Phrase("「{team}」绑定的群", "Groups of “{team}”")
NO_GROUPS = Phrase(
    "还没有绑定群。组长把我拉进群，在群里发 /bind 就能绑定。",
    "No group is bound yet. A lead adds me to a group and sends /bind there.",
)
GROUP_LINE = Phrase("{place} → {what}{gone}", "{place} → {what}{gone}")
GONE_MARK = Phrase("（我已不在群里）", " (I am not in it any more)")
GROUP_IS = Phrase("绑定：{what}", "Bound to: {what}")
B_CHANGE = Phrase("改绑定", "Change")
B_UNBIND = Phrase("解绑", "Unbind")
SURE_UNBIND = Phrase("解绑{place}？解绑后那里只看手册。", "Unbind {place}? It will read the handbook only.")
SURE_UNBIND_TOPIC = Phrase("解绑{place}？解绑后它跟着全群走。", "Unbind {place}? It will follow the group.")
UNBOUND = Phrase("已解绑。", "Unbound.")
TOPIC_NOT_BOUND = Phrase(
    "这个话题没有单独绑定，跟着全群走。要解绑全群，请到群的 General 话题里发 /unbind。",
    "This topic has no binding of its own; it follows the group. To unbind the group, send /unbind in General.",
)

AUDIT = Phrase("「{team}」的操作记录，新的在前", "Audit trail of “{team}”, newest first")
AUDIT_MERCHANT = Phrase("「{merchant}」的操作记录，新的在前", "Audit trail of “{merchant}”, newest first")
NO_AUDIT = Phrase("还没有记录。", "There is nothing yet.")
AUDIT_LINE = Phrase("{at} {who} {deed}", "{at} {who} {deed}")
TIMES = Phrase("{deed} {n} 次", "{deed} ({n} times)")
B_AUDIT_BY = Phrase("按商家看", "By merchant")
B_AUDIT_TEAM = Phrase("整个团队", "The whole team")
WHICH_MERCHANT = Phrase("看哪个商家的记录？", "Which merchant's trail?")
COMMAND_LINE = Phrase("命令行", "command line")
BY_ITSELF = Phrase("到点自动", "by itself")
SOMEBODY = Phrase("某人", "somebody")
MERCHANT_GONE = Phrase("已删除的商家", "a deleted merchant")
UNTIL = Phrase("到 {day}", "until {day}")
PEOPLE = Phrase("{n} 人", "for {n}")
CHANGED_TO = Phrase("{name} {before} → {role}", "{name} {before} → {role}")
IN_GROUP = Phrase("（在{place}）", " (in {place})")
LISTS = {
    "members": Phrase("成员", "members"),
    "merchant": Phrase("商家页", "merchant page"),
    "library": Phrase("资料", "documents"),
}
OF_MERCHANT = Phrase("{merchant}的{what}", "{what} of {merchant}")

EVENT_GONE = Phrase(
    "{place}：{who} 把我移出去了，绑定还留着（{what}）。要接着用，请把我拉回群里；不用了就解绑。",
    "{place}: {who} took me out. The binding is kept ({what}). Add me again to go on, or unbind it.",
)
EVENT_MUTED = Phrase(
    "{place}：我不能发言了（{who} 改了权限）。绑定还在（{what}），但问题我答不了。请群管理员允许我发消息。",
    "{place}: I may not write there any more ({who} changed that). It is still bound ({what}), but I cannot answer. "
    "Please ask its admin to let me write.",
)
EVENT_RENAMED = Phrase(
    "{place}：{who} 把群名改成了「{new}」。绑定没变（{what}）。如果这个群换了用途，请改绑定。",
    "{place}: {who} renamed it “{new}”. It is still bound ({what}). If it serves another purpose now, change that.",
)
EVENT_UPGRADED = Phrase(
    "{place}升级成了超级群，绑定照旧（{what}），不用做什么。",
    "{place} became a supergroup. It is still bound ({what}); nothing to do.",
)
EVENT_CLOSED = Phrase(
    "{place}：{who} 关闭了这个话题，我在那里答不了问题。绑定还在（{what}）。",
    "{place}: {who} closed the topic, so I cannot answer there. It is still bound ({what}).",
)
B_SEE_GROUP = Phrase("看绑定", "See the binding")

CHOOSE_TEAM_FOR_LEAD = Phrase("问哪个团队的组长？", "Which team's lead?")

ROBOTS_TITLE = Phrase("群机器人", "Group robots")
ROBOTS_OF_WHICH = Phrase(
    "群里的提示、清单和小结，可以同时推到飞书、钉钉或企业微信的群。选一个群：",
    "Tips, checklists and digests of a group can go to a group in Feishu, DingTalk or WeCom as well. Choose a group:",
)
ROBOTS_NO_GROUP = Phrase("还没有绑定的群。请先在群里发 /bind。", "No group is bound yet. Send /bind in a group first.")
ROBOTS_OF = Phrase("{place}的群机器人", "Group robots of {place}")
NO_ROBOTS = Phrase("还没有。", "None yet.")
ROBOT_CARRIES = Phrase("{place}的提示、清单和小结也会推到那边。", "Tips, checklists and digests of {place} go there too.")
B_ROBOTS = Phrase("群机器人", "Group robots")
B_ADD_ROBOT = Phrase("添加", "Add")
B_TEST_ROBOT = Phrase("发测试消息", "Send a test")
B_REMOVE_ROBOT = Phrase("移除", "Remove")
SURE_REMOVE_ROBOT = Phrase("移除{robot}？以后的推送不再发到那边。", "Remove {robot}? Pushes will not go there any more.")
ROBOT_REMOVED = Phrase("已移除。", "Removed.")
ROBOT_TESTED = Phrase(
    "测试消息已发往{kind}，几秒内应该看到；没看到请核对地址、关键词和加签。",
    "A test is on its way to {kind}. If it does not show, check address, keywords and key.",
)
ASK_ROBOT = Phrase(
    "请回复{place}对应的群机器人 Webhook 地址（飞书、钉钉或企业微信）；用了加签的，空一格再写密钥。"
    "那边群里的人都会看到推送。地址相当于密码，我收到后会马上删掉您的消息。",
    "Reply with the webhook address of the robot for {place} (Feishu, DingTalk or WeCom); if it signs, add the key after a "
    "space. Everybody in that group will read the pushes. The address is a password: I delete your message at once.",
)
ROBOT_ADDED = Phrase("已添加{robot}，您发的地址已从聊天里删掉。", "{robot} is added; your message with the address is deleted.")
ROBOT_ADDED_DELETE = Phrase(
    "已添加{robot}。您发的地址我删不掉，请手动删掉那条消息。", "{robot} is added. I could not delete your message: please do."
)
