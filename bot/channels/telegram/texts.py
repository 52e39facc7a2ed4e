"""What the copilot says in Telegram only: commands, buttons, toasts, greetings. In Chinese and English.

A toast holds at most 200 characters.
"""

from __future__ import annotations

from bot.channels.words import Phrase

GREETING = Phrase(
    "您好，我是{name}。\n"
    "操盘上的事直接打字问我：我用手册原文回答，附上出处；手册里没写的，我会直说。\n\n"
    "不知道问什么？点一个试试：",
    "Hi, I'm {name}.\n"
    "Ask me anything about running a live session: I answer in the handbook's own words and name the section. "
    "What it doesn't say, I say so.\n\n"
    "Not sure what to ask? Try one:",
)
EXAMPLES = (
    Phrase("开播前半小时要核对什么？", "What do I check in the half hour before going live?"),
    Phrase("在线人数突然掉了怎么办？", "Viewers suddenly drop. What do I do?"),
    Phrase("停留时长怎么算？", "How is average watch time calculated?"),
)
HELP = Phrase(
    "怎么用\n"
    "• 直接打字提问，可以接着追问（“那停留呢？”）。\n"
    "• 点回答下面的〔1〕〔2〕看手册原文，点 ↩ 回到回答。\n"
    "• 打错字了？改原消息就行，回答会跟着改。\n"
    "• 答得不好就点 👎；要人来答就点“问组长”。\n"
    "• /metrics 查指标，/rules 查规则，/checklists 查清单，后面可以加名字，例如 /metrics GPM。\n"
    "• 在别的聊天里输入 @{username} 和几个字，就能把手册小节发过去。",
    "How to use me\n"
    "• Just type your question; follow-ups work too.\n"
    "• Tap 〔1〕〔2〕 below an answer to read the section, ↩ to go back.\n"
    "• Made a typo? Edit your message and I edit the answer.\n"
    "• Tap 👎 if an answer is off; tap “Ask the lead” for a person.\n"
    "• /metrics, /rules and /checklists look things up; a name may follow, e.g. /metrics GPM.\n"
    "• In any chat, type @{username} and a few words to send a section.",
)
GROUP_HELP = Phrase(
    "在群里这样问我：\n• @{username} 加上问题\n• /ask 加上问题\n• 或者回复我的消息接着问\n"
    "• /metrics 查指标，/rules 查规则，/checklists 查清单\n"
    "• 直播中：/board 看板一张图，/metric GPM 看一个指标的走势，/why 为什么提示、为什么没提\n"
    "• 直播中掉数了：@{username} 为什么在线掉了\n没叫我的时候，我不插话。",
    "How to ask me in a group:\n• @{username} and your question\n• /ask and your question\n"
    "• or reply to one of my messages\n• /metrics, /rules and /checklists look things up\n"
    "• while live: /board all figures in one picture, /metric GPM one of them, /why why a tip came or not\n"
    "• when a figure falls: @{username} why did viewers drop\nOtherwise I stay quiet.",
)
GROUP_GREETING = Phrase(
    "大家好，我是{name}，用操盘手册回答问题。\n", "Hello, I'm {name} and I answer from the operator's handbook.\n"
)
BOUND_GREETING = Phrase(
    "大家好，我是{name}。本群的绑定还在，我用{what}回答，群里每个人都看得到。\n",
    "Hello, I'm {name}. This group is still bound: I answer from {what}, and every member sees the answers.\n",
)
CHAT_NUMBER = Phrase(
    "本群编号：{chat}（把这个群设为组长群时要填）", "This chat's number: {chat} (needed to make it the lead's chat)"
)
ASK_WHAT = Phrase(
    "想问什么？请回复这条消息，把问题写给我。", "What is your question? Please write it as a reply to this message."
)
NO_COMMAND = Phrase(
    "没有这个命令。直接打字提问就行，用法见 /help。", "There is no such command. Just type your question; see /help."
)
WRITING = Phrase("正在组织回答…找到这几节：", "Writing the answer… These sections were found:")
WRITTEN_SO_FAR = Phrase("正在组织回答…已对照手册的先给您看：", "Writing the answer… This much is checked against the handbook:")
ANSWER_BELOW = Phrase("回答比较长，见下面。", "The answer is long; see below.")
YOU_ASKED = Phrase("您问：{question}", "You asked: {question}")
CAPTION_ONLY = Phrase(
    "（图片和文件我看不了，下面只按文字回答。）", "(I can't read pictures or files; this answers your words only.)"
)
SORRY = Phrase(
    "抱歉，这条我试了几次都没成。请过几分钟再发一次；还不行请告诉管理员。",
    "Sorry, I tried several times and failed. Please send it again in a few minutes; if it fails again, tell your admin.",
)

UP = Phrase("👍", "👍")
DOWN = Phrase("👎", "👎")
ASK_LEAD = Phrase("问组长", "Ask the lead")
CASE_LABEL = Phrase("案例：{name}", "Case: {name}")
BACK = Phrase("↩ 回到回答", "↩ Back to the answer")
BACK_TO_CARD = Phrase("↩ 回到 {name}", "↩ Back to {name}")
PREVIOUS = Phrase("‹ 上一节", "‹ Previous")
NEXT = Phrase("下一节 ›", "Next ›")
FULL_TEXT = Phrase("看全文、接着问", "Read on, ask more")
TRY_INLINE = Phrase("问我手册里的事", "Ask me about the handbook")
SOURCE = Phrase("出处：{source}", "Source: {source}")
CUT = Phrase("……（后面还有，点下面看全文）", "… (cut here, tap below for the rest)")

GONE = Phrase("这条回答找不到了，请再问一次。", "This answer is gone. Please ask again.")
GARBLED = Phrase("这个按钮用不了了，请再问一次。", "This button no longer works. Please ask again.")
TOO_FAST = Phrase("点得有点快，过 {seconds} 秒再点。", "A bit too fast: try again in {seconds} s.")
NOT_NOW = Phrase("网络不稳，没改成，请再点一下。", "The connection failed. Please tap again.")
CANNOT_EDIT = Phrase("这条消息改不了了，请再问一次。", "This message can't be changed any more. Please ask again.")
THANKS = Phrase("谢谢，记下了。", "Thanks, noted.")
WHY_BAD = Phrase("记下了。哪里不好？选一个。", "Noted. What was wrong? Pick one.")
TELL_REASON = Phrase(
    "请回复这条消息，说说这个回答哪里不好。", "Please reply to this message and say what was wrong with the answer."
)
TELL_BELOW = Phrase("请回复下面那条消息。", "Please reply to the message below.")
REASON_NOTED = Phrase("记下了，谢谢。", "Noted, thank you.")
REASONS = {
    "a": Phrase("答非所问", "Off the point"),
    "i": Phrase("不完整", "Incomplete"),
    "o": Phrase("过时了", "Outdated"),
}
OTHER_REASON = Phrase("其他…", "Other…")

LEAD_ASKED = Phrase("已转给组长，有回复我带回到这里。", "Passed on to the lead. I'll bring the reply here.")
LEAD_ASKED_ALREADY = Phrase("已经转给组长了，有回复我带回到这里。", "The lead has it already. I'll bring the reply here.")
NO_LEAD = Phrase(
    "问题记下了，但还没有设组长群，暂时没人看到。"
    "请管理员把我拉进组长群，在群里发 /help 看编号，填进 .env 的 COPILOT_LEAD_CHAT 后重启；然后再点一次，就转给组长。",
    "Noted, but no lead chat is set yet. Admin: add me to the lead's group, send /help there for its number, "
    "put it into COPILOT_LEAD_CHAT in .env, restart. Then tap again to pass it on.",
)
TO_LEAD = Phrase("{name} 想请您回答：", "{name} would like you to answer:")
SLOWER = Phrase(
    "问得有点快，我跟不上了。请等 {seconds} 秒再发，刚才这条没有记下。",
    "That is faster than I can follow. Please wait {seconds} s and send it again; I have not noted this one.",
)
LEAD_MAY_NOT = Phrase(
    "组长群看不到这个商家的资料，所以没有转。请直接找负责这个商家的组长。",
    "The lead's chat may not see this merchant, so I did not pass it on. Please ask the merchant's lead directly.",
)
FROM_GROUP = Phrase("（在{group}里）", " (in {group})")
BOT_SAID = Phrase("我的回答是：", "My answer was:")
LEAD_REPLY_HOW = Phrase("回复这条消息，我把您的话带给对方。", "Reply to this message and I'll pass it on.")
FROM_LEAD = Phrase("{name} 回复了您的问题“{question}”：", "{name} replied to your question “{question}”:")
TOO_LONG_AGO = Phrase(
    "这个问题转来太久，或者已经删除，我带不回去了，请直接找提问的人。",
    "This question was passed on too long ago or is deleted, so I can't take your reply back. Please tell the asker yourself.",
)
CARRIED = Phrase("已带给对方。", "Passed on.")
NOT_CARRIED = Phrase(
    "没有带到：对方现在看不到这件事涉及的资料了（授权、角色或群绑定变了）。请直接联系对方。",
    "Not passed on: what this is about may not be shown there any more (an authorisation, a role or the group's binding has "
    "changed). Please contact them directly.",
)
WORDS_ONLY = Phrase("我只能转文字，请打字回复那条消息。", "I can only pass on text. Please reply to that message in words.")

KINDS = {
    "photo": Phrase(
        "图片我还看不懂。请把问题打成文字，比如画面里哪个数不对。",
        "I can't read pictures yet. Please type what you want to know.",
    ),
    "voice": Phrase("语音我还听不懂，请打字问我。", "I can't listen to voice messages yet. Please type your question."),
    "audio": Phrase("音频我还听不懂，请打字问我。", "I can't listen to audio yet. Please type your question."),
    "video": Phrase("视频我还看不懂。请打字说说发生了什么。", "I can't watch videos yet. Please type what happened."),
    "sticker": Phrase("表情收到了😊 有问题直接打字问我。", "Nice one 😊 If you have a question, just type it."),
    "document": Phrase(
        "文件我在聊天里读不了，请打字提问。要放进资料库的文件，请组长或负责人私聊发给我。",
        "I can't read files in chat. Please type your question; a lead or owner sends me files for the library in private.",
    ),
    "location": Phrase("位置我用不上，请打字问我。", "I can't use locations. Please type your question."),
    "contact": Phrase("名片我用不上，请打字问我。", "I can't use contacts. Please type your question."),
    "poll": Phrase("投票我看不懂，请打字问我。", "I can't read polls. Please type your question."),
    "other": Phrase("这种消息我看不懂，请打字问我。", "I can't read this kind of message. Please type your question."),
}

COMMAND_ASK = Phrase("问一个问题", "Ask a question")
COMMAND_METRICS = Phrase("查指标", "Look up a metric")
COMMAND_RULES = Phrase("查规则", "Look up a rule")
COMMAND_CHECKLISTS = Phrase("查清单", "Look up a checklist")
COMMAND_HELP = Phrase("怎么用我", "How to use me")
COMMAND_START = Phrase("从这里开始", "Start here")
DESCRIPTION = Phrase(
    "直播操盘的随身手册。打字提问，我用手册原文回答并附出处；手册没写的会直说。",
    "The live-commerce operator's handbook in your pocket. Type a question; I answer in its own words and name the section. "
    "What it doesn't say, I say so.",
)
SHORT_DESCRIPTION = Phrase("问操盘手册，答案带出处。", "Ask the operator's handbook; answers name their source.")
