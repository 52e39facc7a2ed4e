"""What the commands about people, merchants and groups say, in Chinese and English."""

from __future__ import annotations

from bot.channels.people_words import worded
from bot.channels.words import Phrase
from bot.commands.live_words import WORDS as LIVE
from bot.errors import CopilotError, Refused

_WORDS = LIVE | {
    "no_teams": Phrase(
        "还没有团队。请运行 copilot invite --owner，在 Telegram 里打开它给的链接，团队就建好了。",
        "There is no team yet. Run copilot invite --owner and open the link in Telegram: that makes one.",
    ),
    "which_team": Phrase(
        "有 {count} 个团队，请用 --team 写明是哪一个（copilot team list）。",
        "There are {count} teams; say which with --team (copilot team list).",
    ),
    "no_such_team": Phrase(
        "没有团队“{given}”。copilot team list 列出全部。", "There is no team “{given}”. See: copilot team list."
    ),
    "no_such_merchant": Phrase(
        "没有商家“{given}”。copilot merchants list 列出全部。", "There is no merchant “{given}”. See: copilot merchants list."
    ),
    "no_such_person": Phrase(
        "没有找到“{given}”。请写 copilot team members 里的名字或编号，例如 telegram:42。",
        "There is nobody “{given}”. Use a name or id of copilot team members, e.g. telegram:42.",
    ),
    "no_such_chat": Phrase(
        "没有找到群“{given}”。请写 copilot bind list 里的群名或编号，例如 telegram:-1001234567890。",
        "There is no group “{given}”. Use a name or id of copilot bind list, e.g. telegram:-1001234567890.",
    ),
    "ambiguous": Phrase(
        "“{given}”有 {count} 个，请改用编号：{ids}。", "“{given}” is the name of {count}; use an id instead: {ids}."
    ),
    "role_unknown": Phrase(
        "没有角色“{given}”，请写 owner、lead、operator、trainee 或 viewer",
        "there is no role “{given}”; write owner, lead, operator, trainee or viewer",
    ),
    "ceiling_unknown": Phrase(
        "没有“{given}”这一档，请写 handbook、team 或 merchant", "there is no “{given}”; write handbook, team or merchant"
    ),
    "date_unknown": Phrase("“{given}”不是日期，请写成 2027-03-31", "“{given}” is no date; write it like 2027-03-31"),
    "options_behind": Phrase("选项请写在 {name} 后面", "put the options behind {name}"),
    "owner_alone": Phrase("--owner 单独用，不和其他选项一起", "--owner goes alone"),
    "role_missing": Phrase("请用 --role 写明角色，或用 --owner", "say which role with --role, or use --owner"),
    "whole_team": Phrase("整个团队", "the whole team"),
    "local": Phrase("本机命令行", "the machine's command line"),
    "by_itself": Phrase("到点自动", "by itself"),
    "new_team": Phrase("新团队", "a new team"),
    "found_link": Phrase(
        "机器人启动后，24 小时内在 Telegram 里打开这个链接（只能用一次），您就成为负责人：",
        "Once the bot runs, open this link in Telegram within 24 hours (it works once); it makes you the owner:",
    ),
    "owner_link": Phrase(
        "24 小时内有效，只能用一次：在 Telegram 里打开它的人，成为一个新团队的负责人。",
        "For 24 hours, and once: whoever opens it in Telegram becomes the owner of a new team.",
    ),
    "invite_link": Phrase(
        "给{role}（{place}）：最多 {uses} 人，{until} 前有效。", "For: {role} ({place}); up to {uses} people, until {until}."
    ),
    "no_link": Phrase(
        "没有链接，因为没有设置 token，或连不上 Telegram：请对方在机器人的私聊里发这一行。",
        "There is no link, for no token is set or Telegram cannot be reached: send this line to the bot in private.",
    ),
    "team_only": Phrase(
        "没有写 --merchant：这个角色只看手册和团队资料，看不到商家。",
        "Without --merchant this role reads the handbook and the team's documents, and no merchant.",
    ),
    "team_made": Phrase(
        "团队“{name}”建好了，还没有负责人。下一步：copilot invite --team {id} --role owner",
        "Team “{name}” is made and has no owner yet. Next: copilot invite --team {id} --role owner",
    ),
    "team_renamed": Phrase("团队改名为“{name}”。", "The team is now “{name}”."),
    "merchant_made": Phrase(
        "商家“{name}”加好了，登记授权以前谁也看不到它的资料。"
        "下一步：copilot merchants authorise {id} --until 2027-03-31 --by 张三",
        "Merchant “{name}” is added; nothing of it is shown before an authorisation. "
        "Next: copilot merchants authorise {id} --until 2027-03-31 --by NAME",
    ),
    "merchant_renamed": Phrase("商家改名为“{name}”。", "The merchant is now “{name}”."),
    "authorised": Phrase("商家“{name}”授权到 {until}（含当天）。", "“{name}” is authorised until the end of {until}."),
    "ended": Phrase(
        "商家“{name}”的授权已终止，从现在起谁也看不到它的资料。",
        "“{name}” is no longer authorised: nothing of it is shown from now on.",
    ),
    "not_open": Phrase("商家“{name}”现在没有授权，不用终止。", "“{name}” is not authorised at present."),
    "delete_ask": Phrase(
        "要删除商家“{name}”和它的全部资料（提问、文件、授权、群绑定），不能恢复。要继续，请输入它的名字：",
        "This deletes “{name}” with all that is stored of it (questions, documents, authorisations, groups) for ever. "
        "Type its name to go on: ",
    ),
    "delete_how": Phrase(
        "没有删除。要删除请加 --confirm 和商家的名字。", "Nothing was deleted. Add --confirm and the merchant's name."
    ),
    "delete_other": Phrase("名字对不上，没有删除。", "That is not its name; nothing was deleted."),
    "deleted": Phrase(
        "商家“{name}”（{id}）已删除，数据库、文件夹和索引里都没有剩下。操作记录只有编号，保留。",
        "“{name}” ({id}) is deleted; nothing is left in database, folder and index. The trail holds ids only and stays.",
    ),
    "deleted_beside": Phrase(
        "商家“{name}”（{id}）已删除，数据库和文件夹里都没有剩下；索引由正在运行的副驾驶在半分钟内清掉，"
        "可用 copilot merchants verify {id} 核对。操作记录只有编号，保留。",
        "“{name}” ({id}) is deleted; nothing is left in database and folder. The running copilot drops it from its index within "
        "half a minute; check with copilot merchants verify {id}. The trail holds ids only and stays.",
    ),
    "clean": Phrase(
        "商家 {id} 什么也没有剩下（操作记录只有编号，保留）。", "Nothing is left of {id} (the trail holds ids only and stays)."
    ),
    "some_left": Phrase("商家 {id} 还有上面这些。", "Of {id} there is still what stands above."),
    "still_there": Phrase("商家“{name}”没有删除，上面是它存着的。", "“{name}” is not deleted; above is what is stored."),
    "role_given": Phrase("{who} 现在是{role}（{place}）。", "{who} is now {role} ({place})."),
    "role_nowhere": Phrase(
        "{who} 在这里还没有角色。请先发邀请让对方加入：{command}",
        "{who} has no role here yet. Let them join by an invitation: {command}",
    ),
    "removed": Phrase("{who} 已移出（{place}）。", "{who} is removed ({place})."),
    "handed_over": Phrase("{who} 现在是“{team}”的负责人，{giver} 改为组长。", "{who} is now owner of “{team}”, {giver} a lead."),
    "which_giver": Phrase(
        "这个团队有 {count} 位负责人，请用 --from 写明由谁交出。", "The team has {count} owners; say with --from who hands over."
    ),
    "blocked": Phrase("已拉黑 {who}：机器人不再理会。", "{who} is blocked: the bot takes no notice any more."),
    "unblocked": Phrase("已取消拉黑 {who}。", "{who} is no longer blocked."),
    "bound": Phrase("{chat} 绑定到{place}，最多能看：{policy}。", "{chat} is bound to {place}; it may be shown {policy}."),
    "unbound": Phrase("{chat} 已解绑，只看手册。", "{chat} is unbound and reads the handbook only."),
    "revoked": Phrase("邀请 {id} 已作废。", "Invitation {id} is revoked."),
    "exported": Phrase(
        "“{name}”已导出：{questions} 条提问，{files} 个文件版本，{size} 字节；只有您能读这个文件。",
        "“{name}” is exported: {questions} questions, {files} versions of documents, {size} bytes; only you can read the file.",
    ),
    "export_missing": Phrase("这些文件已经不在了：{names}", "These files are gone: {names}"),
    "last_owner": Phrase(
        "这是团队最后一位负责人。请先用 copilot roles handover 交接，或再邀请一位负责人。",
        "This is the team's last owner. First hand over with copilot roles handover, or invite another owner.",
    ),
    "hand_over_to_other": Phrase("请写另一位成员来接手。", "Name another member to take over."),
    "file_exists": Phrase(
        "已经有文件 {path} 了，没有覆盖它。请换一个文件名，或加 --force。",
        "The file {path} is there already and was left alone. Choose another name or add --force.",
    ),
    "robot_added": Phrase(
        "已添加{kind}群机器人 {print}（编号 {id}）。",
        "{kind} robot {print} is added (number {id}).",
    ),
    "robot_removed": Phrase("已移除{kind}群机器人 {print}。", "The {kind} robot {print} is removed."),
    "one_of_two": Phrase("{one} 和 {other} 只能写一个", "write either {one} or {other}"),
    "list.robots": Phrase("这个群没有群机器人。", "This group has no robots."),
    "column.fingerprint": Phrase("指纹", "fingerprint"),
    "table.robots": Phrase("群机器人", "group robots"),
    "state_unknown": Phrase("没有状态“{given}”，请写 {states} 或 all", "there is no state “{given}”; write {states} or all"),
    "text_gone": Phrase("这条消息的文字没有保留。", "The text of this message is not kept."),
    "retried_failed": Phrase(
        "消息 {id} 已放回，马上再发；运行中的副驾驶一秒内会看到。",
        "Message {id} is put back and goes out as soon as a copilot runs.",
    ),
    "retried_unknown": Phrase(
        "消息 {id} 已放回，马上再发。上次可能已经送到，对方也许会看到两次。",
        "Message {id} is put back and goes out as soon as a copilot runs. It may have arrived before: they may see it twice.",
    ),
    "message_discarded": Phrase("消息 {id} 已作废，不会再发。", "Message {id} is given up and will not be sent."),
    "list.messages": Phrase("没有这样的消息。", "No such messages."),
    "list.teams": Phrase("没有团队。", "No team."),
    "list.members": Phrase("没有成员。", "No members."),
    "list.invitations": Phrase("没有有效的邀请。", "No invitation that still works."),
    "list.merchants": Phrase("没有商家。", "No merchant."),
    "list.authorisations": Phrase("没有登记过授权。", "No authorisation was recorded."),
    "list.groups": Phrase(
        "没有群。把机器人拉进群，说一句话，群就会出现在这里。", "No group. Add the bot to one and say something there."
    ),
    "list.trail": Phrase("没有记录。", "No entries."),
    "column.id": Phrase("编号", "id"),
    "column.name": Phrase("名字", "name"),
    "column.members": Phrase("成员", "members"),
    "column.owners": Phrase("负责人", "owners"),
    "column.merchants": Phrase("商家", "merchants"),
    "column.team": Phrase("团队", "team"),
    "column.person": Phrase("编号", "id"),
    "column.role": Phrase("角色", "role"),
    "column.merchant": Phrase("商家", "merchant"),
    "column.since": Phrase("从什么时候起", "since"),
    "column.uses_left": Phrase("还能用几次", "uses left"),
    "column.expires": Phrase("到期", "expires"),
    "column.made_by": Phrase("谁发的", "made by"),
    "column.state": Phrase("授权", "authorisation"),
    "column.until": Phrase("到哪天", "until"),
    "column.chat": Phrase("编号", "id"),
    "column.topic": Phrase("话题", "topic"),
    "column.policy": Phrase("最多能看", "may be shown"),
    "column.gone": Phrase("状态", "state"),
    "column.at": Phrase("时间", "time"),
    "column.who": Phrase("谁", "who"),
    "column.deed": Phrase("做了什么", "what"),
    "column.subject": Phrase("对象", "subject"),
    "column.detail": Phrase("细节", "detail"),
    "column.ends": Phrase("到", "until"),
    "column.granted_by": Phrase("商家那边谁同意的", "who agreed"),
    "column.recorded_by": Phrase("谁登记的", "recorded by"),
    "column.what": Phrase("什么", "what"),
    "column.rows": Phrase("条数", "count"),
    "column.kind": Phrase("种类", "kind"),
    "column.message_state": Phrase("状态", "state"),
    "column.to": Phrase("发到", "to"),
    "column.written": Phrase("写于", "written"),
    "column.next": Phrase("几点发", "due"),
    "column.attempts": Phrase("试过几次", "tries"),
    "column.error": Phrase("上次为什么没成", "what went wrong"),
    "message.ready": Phrase("等着发", "waits"),
    "message.sending": Phrase("正在发", "is being sent"),
    "message.sent": Phrase("已发", "sent"),
    "message.failed": Phrase("失败", "failed"),
    "message.unknown": Phrase("结果不明", "may have arrived"),
    "message.expired": Phrase("过时未发", "went stale"),
    "message.discarded": Phrase("已作废", "given up"),
    "message.merged": Phrase("有更新的，不用发了", "a newer one went out"),
    "state.open": Phrase("有效", "holds"),
    "state.ended": Phrase("已结束", "has ended"),
    "state.none": Phrase("没有登记", "none recorded"),
    "group.bound": Phrase("已绑定", "bound"),
    "group.unbound": Phrase("没有绑定", "not bound"),
    "group.gone": Phrase("机器人不在群里", "the bot is not there"),
    "table.exchanges": Phrase("提问", "questions"),
    "table.outbox": Phrase("发出的消息", "messages"),
    "table.sessions": Phrase("场次", "live sessions"),
    "table.samples": Phrase("直播数据", "samples of live metrics"),
    "table.metric_drafts": Phrase("还没录入的数据表", "tables of metrics not put in yet"),
    "table.polls": Phrase("定时取数的地址", "addresses that metrics are fetched from"),
    "table.feeds": Phrase("只给一场的数据接入", "feeds of a single session"),
    "table.lines": Phrase("直播间里的话", "words from the room"),
    "table.tips": Phrase("提示", "tips"),
    "table.decisions": Phrase("提或不提的判断", "decisions whether to tell"),
    "table.effects": Phrase("提示的效果", "what tips came to"),
    "table.trials": Phrase("留着不提的对照", "tips drawn to be told or withheld"),
    "table.watches": Phrase("盯盘进度", "how far sessions were watched"),
    "table.pasts": Phrase("往场小结", "summaries of past sessions"),
    "table.rule_sheets": Phrase("自己的规则", "rules of its own"),
    "table.series": Phrase("每周重复", "weekly repetitions"),
    "table.suggestions": Phrase("规则建议", "proposed rule changes"),
    "table.documents": Phrase("文件", "documents"),
    "table.bindings": Phrase("群绑定", "groups"),
    "table.invitations": Phrase("邀请", "invitations"),
    "table.memberships": Phrase("角色", "roles"),
    "table.authorisations": Phrase("授权记录", "authorisations"),
    "table.merchants": Phrase("商家", "merchant"),
    "table.files": Phrase("文件夹里的文件", "files in its folder"),
    "table.index_rows": Phrase("索引目录里的", "in the index's catalogue"),
    "table.index_collections": Phrase("向量索引里的", "in the vector index"),
    "table.index_graphs": Phrase("向量索引的文件", "files of the vector index"),
}


def say(language: str, key: str, **values: object) -> str:
    """The sentence for `key` in `language` (``zh`` or ``en``), with `values` filled in."""
    return _WORDS[key].to(language, **values)


def sentence(error: CopilotError, language: str) -> str:
    """What went wrong, for whoever runs the command; some refusals read otherwise than in a chat."""
    if isinstance(error, Refused) and error.reason in _WORDS:
        return say(language, error.reason, **error.values)
    return worded(error, language)
