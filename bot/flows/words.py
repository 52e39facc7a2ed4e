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
    "lost_robot": (
        "「{chat}」的群机器人已失效（被移除或停用），推送到不了那边的群。没送到的消息：{count} 条。请用 /robot 移除后重新添加。",
        "A group robot of “{chat}” is gone (removed or disabled): pushes do not arrive there. Messages not sent: {count}. "
        "Remove it with /robot and add a new one.",
    ),
    "robot_test": (
        "测试：群机器人已连上，以后这个群的提示、清单和小结也会发到这里。",
        "Test: the group robot works. Tips, checklists and digests of the group will come here too.",
    ),
    "section_gone": ("这一节已经不在手册里了，请重新提问。", "This section is no longer in the handbook. Please ask again."),
}


def say(name: str, language: str) -> str:
    """One sentence; Chinese unless the language is ``en``."""
    return _WORDS[name][1 if language == "en" else 0]
