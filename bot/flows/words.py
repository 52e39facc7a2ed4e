"""What the flows say themselves, in both languages. Sentences of a channel (buttons, commands) are the channel's."""

from __future__ import annotations

_WORDS = {
    "empty": (
        "没看到文字。请把问题打出来，比如“停留低怎么办”。",
        "I see no words. Please type your question, e.g. “What if watch time is low?”",
    ),
    "off_topic": (
        "这个我答不了：我只回答手册和案例里有的内容。可以问我直播前、中、后的事，比如“开播前半小时核对什么”。",
        "I can't help with that: I only answer from the handbook and its cases. "
        "Ask me about preparing, running or reviewing a session.",
    ),
    "small_talk": ("不客气，有问题随时问。", "You're welcome. Ask whenever you need me."),
    "not_in_handbook": (
        "手册里没有写这一条，我不猜。最接近的是下面几节，看看是不是您要的。",
        "The handbook does not say, and I don't guess. The nearest sections are below.",
    ),
    "filling": (
        "（语义索引还在建，这次只按字词查找；稍后再问会更准。）",
        "(The semantic index is still being built; this was a word search only. Ask again later for a better answer.)",
    ),
    "model_unreachable": (
        "（语言模型暂时连不上，以下是手册原文。）",
        "(The language model cannot be reached; this is the handbook's own text.)",
    ),
    "model_unfaithful": (
        "（语言模型写的内容和手册对不上，没有采用，以下是手册原文。）",
        "(What the language model wrote is not backed by the handbook and was dropped; this is the handbook's own text.)",
    ),
    "teaching_cited": ("（教学示例）", " (teaching example)"),
    "teaching_quoted": (
        "**教学示例：{name}**（人物和数字是编的）\n\n",
        "**Teaching example: {name}** (people and figures are made up)\n\n",
    ),
    "no_section": ("手册里没有 {anchor} 这一节。", "The handbook has no section {anchor}."),
    "lost_chat": (
        "「{chat}」收不到我的消息了：我被移出或禁言了，或者群已经没有了。{count} 条消息没有发出去。"
        "请把我拉回群里；要补发，请在服务器上运行 copilot outbox。",
        "“{chat}” cannot be written to any more: I was taken out or muted, or the group is gone. Messages not sent: {count}. "
        "Please add me again; to send them after all, run copilot outbox on the server.",
    ),
    "tip_emptied": ("这条提示说的商家已删除，内容已清空。", "The merchant of this tip is deleted; what it said is removed."),
    "lost_robot": (
        "「{chat}」的群机器人已失效（被移除或停用），推送到不了那边的群。没送到的消息：{count} 条。请用 /robot 移除后重新添加。",
        "A group robot of “{chat}” is gone (removed or disabled): pushes do not arrive there. Messages not sent: {count}. "
        "Remove it with /robot and add a new one.",
    ),
    "robot_test": (
        "测试：群机器人已连上，以后这个群的提示、清单和小结也会发到这里。",
        "Test: the group robot works. Tips, checklists and digests of the group will come here too.",
    ),
    "poll_refused": (
        "🔌 “{name}”的取数被对方拒绝（401/403）：密钥不对或过期了。请用 /feed 重新设网址和密钥。"
        "每 5 分钟再试一次，取到会自动恢复。",
        "🔌 “{name}”: the server refuses our key (401/403); it is wrong or has expired. Please set it anew with /feed. "
        "I try again every 5 minutes.",
    ),
    "poll_gone": (
        "🔌 “{name}”的取数网址不存在了（404）。请核对后用 /feed 重新设。每 5 分钟再试一次，取到会自动恢复。",
        "🔌 “{name}”: there is nothing at the address (404). Please check it and set it anew with /feed. "
        "I try again every 5 minutes.",
    ),
    "poll_forbidden": (
        "🔌 “{name}”的取数网址指向内网，没有取。请换成公网网址，或请管理员把主机名写进 COPILOT_POLL_HOSTS。",
        "🔌 “{name}”: the address leads into a private network and is not called. Use a public one, or have its host named in "
        "COPILOT_POLL_HOSTS.",
    ),
    **dict.fromkeys(
        ("poll_status", "poll_unreachable", "poll_slow"),
        (
            "🔌 “{name}”已经 10 分钟取不到数：对方没回应或报错。请看一下对方的服务，或用 /feed 换网址。取到会自动恢复。",
            "🔌 “{name}”: nothing came for 10 minutes; the server fails or does not answer. Please look after it, or change the "
            "address with /feed.",
        ),
    ),
    **dict.fromkeys(
        ("poll_too_large", "poll_compressed", "poll_redirects", "poll_not_understood", "poll_no_figures", "poll_no_source"),
        (
            "🔌 “{name}”取到的内容 10 分钟都读不出指标。要的是不压缩的 JSON 或 CSV，2 MB 以内，列名认得。格式见 docs/intake.md。",
            "🔌 “{name}”: for 10 minutes what comes holds no metrics that I know. It has to be plain JSON or CSV of at most "
            "2 MB; see docs/intake.md.",
        ),
    ),
    "poll_ambiguous": (
        "🔌 “{name}”：同时有几场在播，不知道这个网址是哪一场的，没有取。请用 /feed 给每一场单独建接入。",
        "🔌 “{name}”: several sessions are live and nothing says of which the figures are. Make a feed for each with /feed.",
    ),
    "section_gone": ("这一节已经不在手册里了，请重新提问。", "This section is no longer in the handbook. Please ask again."),
}


def say(name: str, language: str) -> str:
    """One sentence; Chinese unless the language is ``en``."""
    return _WORDS[name][1 if language == "en" else 0]
