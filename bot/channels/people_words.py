"""Words about people, roles, merchants and groups, for every channel: what is refused and why, what was done."""

from __future__ import annotations

from bot.channels.metric_words import METRIC_SENTENCES
from bot.channels.rule_words import SENTENCES as RULE_SENTENCES
from bot.channels.session_refusals import SESSION_SENTENCES
from bot.channels.suggestion_words import SENTENCES as PROPOSAL_SENTENCES
from bot.channels.when_words import WRONG
from bot.channels.words import Phrase
from bot.domain.access import Policy, Role
from bot.domain.audit import Deed
from bot.domain.robots import RobotKind
from bot.errors import CopilotError, Refused

ROLES = {
    Role.OWNER: Phrase("负责人", "owner"),
    Role.LEAD: Phrase("组长", "lead"),
    Role.OPERATOR: Phrase("操盘手", "operator"),
    Role.TRAINEE: Phrase("学员", "trainee"),
    Role.VIEWER: Phrase("只读", "viewer"),
}

POLICIES = {
    Policy.HANDBOOK: Phrase("只看手册", "the handbook only"),
    Policy.TEAM: Phrase("手册和团队资料", "handbook and team documents"),
    Policy.MERCHANT: Phrase("手册、团队资料和这个商家的资料", "handbook, team and this merchant's documents"),
}

TEXT = Phrase("文本", "text")

STRANGER = Phrase(
    "您还不在任何团队里。请向组长要一个邀请链接，点开后按 START 就能加入。",
    "You are in no team yet. Ask your lead for an invitation link, open it and press START.",
)

SENTENCES: dict[str, Phrase] = {
    "stranger": STRANGER,
    "no_team": Phrase("没有找到这个团队。", "There is no such team."),
    "no_team_here": Phrase(
        "这个群没有绑定您的团队。请私聊我发这条命令。", "This group is not bound to your team. Please send me this in private."
    ),
    "no_merchant": Phrase("没有找到这个商家。", "There is no such merchant."),
    "no_member": Phrase(
        "没有找到这个人。请让对方先用邀请链接加入。", "There is no such person here. Let them join by an invitation first."
    ),
    "no_invitation": Phrase(
        "没有找到这条邀请，可能已经作废或用完。", "There is no such invitation; it may be revoked or used up."
    ),
    "no_feed": Phrase("没有找到这个接入。", "There is no such feed."),
    "no_samples": Phrase(
        "这一场还没有实时数据。请数据员看推数的程序在不在跑。",
        "This session has no live metrics yet. Please check whether the feed is running.",
    ),
    "no_metrics": Phrase("手册里没有指标表，画不了看板。", "The handbook has no metrics, so there is no board."),
    "no_metric": Phrase("这个指标已经不在手册里了。", "This metric is no longer in the handbook."),
    "feed_revoked": Phrase("这个接入已经停用了。", "This feed is revoked already."),
    "feed_token_lost": Phrase(
        "令牌没发出去，这个接入已经作废。请再回复一次名字。",
        "The token could not be shown, so the feed is void. Please reply once more.",
    ),
    "no_poll": Phrase("这个接入没有设定时取数。", "Nothing is fetched for this feed."),
    "poll_url": Phrase(
        "网址看不懂。请写完整的，以 http:// 或 https:// 开头，不带空格和中文。",
        "I can't read this address. Write it whole, beginning with http:// or https://, without blanks.",
    ),
    "poll_url_user": Phrase(
        "网址里不要写用户名和密码。请改用请求头，例如 Authorization: Bearer …。",
        "Please leave user name and password out of the address and send them in a header, as Authorization: Bearer …",
    ),
    "poll_url_forbidden": Phrase(
        "这个网址在内网里，不取。确实要取，请管理员把主机名写进 COPILOT_POLL_HOSTS。",
        "This address is inside a private network. If it is meant, its host has to be named in COPILOT_POLL_HOSTS.",
    ),
    "poll_every": Phrase("每 {least} 到 {most} 秒取一次，请写这之间的数。", "Fetch every {least} to {most} seconds, please."),
    "poll_header": Phrase(
        "请求头看不懂。一行一个，写成 名字: 值，最多 5 个，只用英文。",
        "I can't read the headers. Write one a line, as Name: value, five at most, in ASCII.",
    ),
    "feed_unnamed": Phrase("请给接入起个名字，例如：数据中台。", "Please name the feed."),
    "feeds_full": Phrase("接入最多 {most} 个，请先停用不用的。", "At most {most} feeds. Please revoke one first."),
    "source_unknown": Phrase("没有“{given}”这种列名表，可以写：{known}。", "There is no mapping “{given}”; known are: {known}."),
    "not_bound": Phrase("这个群没有绑定，本来就只看手册。", "This group is not bound; it reads the handbook only."),
    "not_allowed": Phrase("您的角色不能做这件事，请找负责人或组长。", "Your role cannot do this. Please ask an owner or a lead."),
    "role_too_high": Phrase("这个角色要由负责人来改。", "Only an owner can give or take this role."),
    "last_owner": Phrase(
        "您是最后一位负责人。请先把团队交接给别人（/team），再退出。",
        "You are the last owner. Hand the team over first (/team), then leave.",
    ),
    "hand_over_to_other": Phrase("请选另一位成员来接手。", "Please choose another member to take over."),
    "already_in": Phrase("您已经在里面了，不用再加入。", "You are in already; there is no need to join again."),
    "code_unknown": Phrase(
        "这个邀请码不对。请核对链接，或让邀请人重新发一个。", "This code is not right. Check the link or ask for a new one."
    ),
    "code_expired": Phrase("这个邀请已经过期，请让邀请人重新发一个。", "This invitation has expired. Please ask for a new one."),
    "code_used": Phrase("这个邀请已经用完，请让邀请人重新发一个。", "This invitation is used up. Please ask for a new one."),
    "code_revoked": Phrase("这个邀请已经作废，请让邀请人重新发一个。", "This invitation was revoked. Please ask for a new one."),
    "name_empty": Phrase("名字不能为空，请重新写一个。", "The name is empty. Please write one."),
    "name_long": Phrase("名字太长，最多 {most} 个字。", "The name is too long; at most {most} characters."),
    "name_taken": Phrase(
        "已经有一个叫“{name}”的商家了，请换个名字。", "There is a merchant named “{name}” already. Please take another name."
    ),
    "uses_out_of_range": Phrase("一个邀请最多给 {most} 个人用，最少 1 个。", "An invitation is for 1 to {most} people."),
    "days_out_of_range": Phrase("邀请最长 {most} 天，最短 1 天。", "An invitation lasts 1 to {most} days."),
    "grantor_missing": Phrase("请写明商家那边是谁同意的，例如：张三（店长）。", "Please say who on the merchant's side agreed."),
    "date_out_of_range": Phrase(
        "到期日要在今天之后、三年之内，写成 2027-03-31。",
        "The last day must be after today and within three years, like 2027-03-31.",
    ),
    "group_taken": Phrase(
        "这个群已经由别人绑定，请找绑定它的组长解绑。", "This group is bound by somebody else; ask that lead to unbind it."
    ),
    "too_large": Phrase("文件太大，最大 {most} MB。请拆开再发。", "The file is too large; at most {most} MB. Please split it."),
    "name_differs": Phrase(
        "名字对不上，什么都没删。请一字不差地写商家的名字。",
        "That is not the merchant's name, so nothing was deleted. Please write it exactly.",
    ),
    "words_only": Phrase("请打字回复这条消息。", "Please reply to this message in words."),
    "no_group": Phrase("没有找到这个群，或者您不在里面。", "There is no such group, or you are not in it."),
    "not_owner": Phrase("交出团队的人必须是这个团队的负责人。", "Whoever hands a team over has to be its owner."),
    "file_exists": Phrase(
        "已经有文件 {path} 了，没有覆盖它。请换一个文件名。",
        "The file {path} is there already and was left alone. Choose another name.",
    ),
    "merchant_closed": Phrase(
        "这个商家的授权还没登记或已经到期，资料不开放。请组长先登记授权。",
        "This merchant's authorisation is not recorded or has ended, so its documents are closed. Let a lead record it first.",
    ),
    "no_document": Phrase("没有找到这份文件。", "There is no such document."),
    "no_version": Phrase("没有找到这一版。", "There is no such version."),
    "no_waiting": Phrase(
        "这份文件已经处理过，或者放了超过一天。还要放的话，请再发一次。",
        "This file is dealt with already, or waited for more than a day. Please send it again if you need it.",
    ),
    "too_many_waiting": Phrase(
        "还没确认的文件太多了。请先确认或丢弃前面的，再发新的。",
        "Too many files wait to be confirmed. Please confirm or drop some before sending more.",
    ),
    "not_fetched": Phrase("这个文件没取下来，请再发一次。", "I could not fetch this file. Please send it again."),
    "file_empty": Phrase("这个文件是空的，请写上内容再发。", "The file is empty. Please fill it and send it again."),
    "file_archive": Phrase(
        "这是压缩包（{found}），请解压后把里面的文件一个一个发来。",
        "This is an archive ({found}). Please unpack it and send the files one by one.",
    ),
    "file_image": Phrase(
        "这是图片（{found}），我看不了。请发文字版，例如 Word 或 PDF。",
        "This is a picture ({found}), which I can't read. Please send the text, as Word or PDF for example.",
    ),
    "file_program": Phrase("这是程序（{found}），不收。", "This is a program ({found}); I don't take those."),
    "file_media": Phrase(
        "这是音频或视频（{found}），我看不了。请发文字版。",
        "This is sound or video ({found}), which I can't read. Please send the text.",
    ),
    "file_binary": Phrase(
        "里面不是文字，认不出是什么文件。请另存为 Word、PDF 或 UTF-8 文本再发。",
        "There is no text in it that I can make out. Please save it as Word, PDF or UTF-8 text and send that.",
    ),
    "file_old_office": Phrase(
        "这是旧格式，读不了。请用 Office 或 WPS 另存为 .{better} 再发。",
        "This is an old format that I can't read. Please save it as .{better} and send that.",
    ),
    "file_macros": Phrase(
        "文件里有宏，不收。请另存为不带宏的格式（.docx、.xlsx、.pptx）再发。",
        "The file has macros; I don't take those. Please save it without them (.docx, .xlsx, .pptx) and send that.",
    ),
    "file_locked": Phrase("文件有密码，请去掉密码再发。", "The file has a password. Please remove it and send the file again."),
    "file_bomb": Phrase(
        "文件解开后大得不正常，没有打开。请删掉多余内容，另存一份再发。",
        "Unpacked, the file is abnormally large, so I did not open it. Please save a smaller copy and send that.",
    ),
    "file_nested": Phrase(
        "文件里还夹着压缩包或程序，不收。请删掉夹带的内容，另存一份再发。",
        "There is an archive or a program inside the file; I don't take that. Please remove it and send a copy.",
    ),
    "file_broken": Phrase(
        "文件坏了，打不开。请用原来的软件打开后另存一份再发。",
        "The file is damaged. Please open it where it was made, save a copy and send that.",
    ),
    "file_unreadable": Phrase(
        "这个文件读不了：{why}",
        "The file can't be read: it may be damaged, locked, or hold only pictures. Please save a copy with text and send that.",
    ),
    "file_too_complex": Phrase(
        "这个文件太复杂，读到一半放弃了。请拆成几个小文件，或另存一份再发。",
        "The file is too complex, so I gave up half-way. Please split it, or save a copy and send that.",
    ),
    "wrong_ending": Phrase(
        "文件名以 {ending} 结尾，里面其实是“{found}”格式。请改名为 {right} 结尾，或发对的文件。",
        "The name ends in {ending}, but it is {found}. Please rename it to end in {right}, or send the right file.",
    ),
    "no_ending": Phrase(
        "这是“{found}”格式的文件，名字要以 {right} 结尾。请改名再发。",
        "This is a {found} file; its name has to end in {right}. Please rename it and send it again.",
    ),
    **SESSION_SENTENCES,
    **METRIC_SENTENCES,
    **WRONG,
    **RULE_SENTENCES,
    **PROPOSAL_SENTENCES,
    "no_robot": Phrase("没有这个群机器人，可能已移除。", "There is no such group robot (any more)."),
    "robot_url": Phrase(
        "这不是群机器人的地址。请在飞书、钉钉或企业微信的群里添加自定义机器人，把它给的 Webhook 地址原样发来；"
        "用了加签的，在地址后面空一格写密钥。",
        "This is no address of a group robot. Add a custom robot to the group in Feishu, DingTalk or WeCom and send its webhook "
        "address as it is; if it signs, write the key behind it after a space.",
    ),
    "robots_full": Phrase("一个群最多 {most} 个机器人，请先移除一个。", "A group has {most} robots at most; remove one first."),
    "robot_known": Phrase("这个机器人已经加过了。", "This robot is there already."),
    "no_message": Phrase(
        "没有这条消息，或已清理。copilot outbox list --state all 列出全部。",
        "There is no such message (any more). See: copilot outbox list --state all.",
    ),
    "message_not_mendable": Phrase(
        "只有发送失败或结果不明的消息可以重发。", "Only a message that failed, or may not have arrived, can be sent again."
    ),
    "message_text_gone": Phrase(
        "这条消息的文字没有保留，不能重发。", "The text of this message is not kept; it cannot be sent again."
    ),
    "message_not_closable": Phrase(
        "这条消息已经了结，或正在发送，不能作废。", "This message is closed already, or just being sent; it cannot be given up."
    ),
    "owner_of_team": Phrase(
        "负责人管的是整个团队，不能只管一个商家。单个商家请给组长。",
        "An owner owns the whole team, not one merchant. Make them a lead of the merchant instead.",
    ),
    "owner_only": Phrase("这件事只有负责人能做，请找负责人。", "Only an owner can do this. Please ask one."),
}
"""What `Refused.reason` and the message of `NotFound` name."""

ROBOT_KINDS = {
    RobotKind.FEISHU: Phrase("飞书", "Feishu"),
    RobotKind.DINGTALK: Phrase("钉钉", "DingTalk"),
    RobotKind.WECOM: Phrase("企业微信", "WeCom"),
}

DEEDS = {
    Deed.ASKED: Phrase("提问", "asked"),
    Deed.OPENED: Phrase("打开了资料", "opened a section"),
    Deed.LISTED: Phrase("查看", "looked at"),
    Deed.EXPORTED: Phrase("导出了商家资料", "exported a merchant"),
    Deed.TEAM_MADE: Phrase("建立或改名了团队", "made or renamed a team"),
    Deed.JOINED: Phrase("加入", "joined"),
    Deed.LEFT: Phrase("退出", "left"),
    Deed.REMOVED: Phrase("移出了成员", "removed a member"),
    Deed.ROLE_GIVEN: Phrase("改了角色", "changed a role"),
    Deed.HANDED_OVER: Phrase("交接了团队", "handed the team over"),
    Deed.BLOCKED: Phrase("拉黑", "blocked"),
    Deed.UNBLOCKED: Phrase("取消拉黑", "unblocked"),
    Deed.INVITED: Phrase("发出邀请", "made an invitation"),
    Deed.INVITATION_REVOKED: Phrase("作废了邀请", "revoked an invitation"),
    Deed.MERCHANT_ADDED: Phrase("新增商家", "added a merchant"),
    Deed.MERCHANT_RENAMED: Phrase("商家改名", "renamed a merchant"),
    Deed.MERCHANT_DELETED: Phrase("删除商家", "deleted a merchant"),
    Deed.AUTHORISED: Phrase("登记授权", "recorded an authorisation"),
    Deed.AUTHORISATION_ENDED: Phrase("终止授权", "ended an authorisation"),
    Deed.BOUND: Phrase("绑定群", "bound a group"),
    Deed.UNBOUND: Phrase("解绑群", "unbound a group"),
    Deed.DOCUMENT_ADDED: Phrase("加入文件", "added a document"),
    Deed.DOCUMENT_RESTORED: Phrase("恢复旧版", "restored a version"),
    Deed.DOCUMENT_REMOVED: Phrase("撤下文件", "took a document out"),
    Deed.SESSION_PLANNED: Phrase("排了场次", "planned a session"),
    Deed.SESSION_CHANGED: Phrase("改了场次", "changed a session"),
    Deed.SESSION_CANCELLED: Phrase("取消了场次", "cancelled a session"),
    Deed.SESSION_BEGUN: Phrase("开播", "went live"),
    Deed.SESSION_ENDED: Phrase("下播", "ended a session"),
    Deed.SERIES_MADE: Phrase("设了每周重复", "made a session weekly"),
    Deed.SERIES_ENDED: Phrase("停了每周重复", "ended a weekly session"),
    Deed.ORDER_KEPT: Phrase("存了排品", "stored a running order"),
    Deed.ITEM_TICKED: Phrase("勾了清单", "ticked an item"),
    Deed.ITEM_UNDONE: Phrase("撤销了打勾", "took a tick back"),
    Deed.ITEM_SKIPPED: Phrase("标了不适用", "marked an item as not applicable"),
    Deed.ITEM_ASSIGNED: Phrase("换了清单负责人", "gave an item to somebody"),
    Deed.ITEM_NOTED: Phrase("在清单上写了备注", "noted something on an item"),
    Deed.RHYTHM_SET: Phrase("改了免打扰时间", "set quiet hours"),
    Deed.WITHHOLDING_SET: Phrase("改了轻提示抽样不提的比例", "set how many mild tips are withheld"),
    Deed.REFUSED: Phrase("被拒", "was refused"),
    Deed.ROBOT_ADDED: Phrase("加群机器人", "added a group robot"),
    Deed.ROBOT_REMOVED: Phrase("移除群机器人", "removed a group robot"),
    Deed.RULES_CHANGED: Phrase("改了自己的规则", "changed own rules"),
    Deed.PROPOSAL_DECLINED: Phrase("没有采用规则建议", "declined a proposed rule change"),
    Deed.FEED_ADDED: Phrase("新建数据接入", "made a metric feed"),
    Deed.FEED_REVOKED: Phrase("停用数据接入", "revoked a metric feed"),
    Deed.POLL_SET: Phrase("设了定时取数", "set an address to fetch metrics from"),
    Deed.POLL_STOPPED: Phrase("停了定时取数", "stopped fetching metrics"),
    Deed.SAMPLES_TAKEN: Phrase("补录实时数据", "put in live metrics"),
    Deed.MESSAGE_READ: Phrase("看了待发消息", "read a message to be sent"),
    Deed.MESSAGE_RETRIED: Phrase("重发消息", "let a message be sent again"),
    Deed.MESSAGE_DISCARDED: Phrase("作废消息", "gave a message up"),
}


def worded(error: CopilotError, language: str) -> str:
    """The sentence for what went wrong; an error that is a sentence already stays as it is."""
    phrase = SENTENCES.get(error.reason if isinstance(error, Refused) else str(error))
    if phrase is None:
        return str(error)
    values = error.values if isinstance(error, Refused) else {}
    if isinstance(found := values.get("found"), str):
        values = values | {"found": format_name(found, language)}
    return phrase.to(language, **values)


def format_name(kind: str, language: str) -> str:
    """What a file's format is called; most have the same name everywhere."""
    return TEXT.to(language) if kind == TEXT.en else kind
