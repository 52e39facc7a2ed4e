"""What the terminal chat says, in Chinese and English."""

from __future__ import annotations

_WORDS: dict[str, tuple[str, str]] = {
    "welcome": (
        "手册就绪。直接打字提问；/help 看用法，Ctrl-D 离开。",
        "The handbook is ready. Type a question; /help shows what else, Ctrl-D leaves.",
    ),
    "help": (
        "直接打字提问，可以追问（“那停留呢？”）。\n"
        "1、2、3…   看上一个回答引用的第几条原文\n"
        "回车       原文翻到下一页\n"
        "n / p      下一节 / 上一节\n"
        "/cases     上一个回答的相近案例\n"
        "/metrics   查指标；后面可以加名字，例如 /metrics GPM\n"
        "/rules     查规则；后面可以加编号、名字或指标，例如 /rules N01\n"
        "/checklists  查清单；后面可以加场次，例如 /checklists 日播\n"
        "/help      这页用法\n"
        "/quit      离开（Ctrl-D 也行）；回答时按 Ctrl-C 取消这个问题\n"
        "Tab        补全小节标题、命令和名字",
        "Type a question; follow-ups work too.\n"
        "1, 2, 3…   show what the last answer cites under that number\n"
        "Enter      next page of the section\n"
        "n / p      next / previous section\n"
        "/cases     past cases near the last answer\n"
        "/metrics   look up a metric, e.g. /metrics GPM\n"
        "/rules     look up a rule by number, name or metric, e.g. /rules N01\n"
        "/checklists  the checklists of a kind of session, e.g. /checklists daily\n"
        "/help      this page\n"
        "/quit      leave (so does Ctrl-D); Ctrl-C cancels a question that is being answered\n"
        "Tab        completes section headings, commands and names",
    ),
    "also": ("还可以看：", "See also:"),
    "sources": ("出处：", "Sources:"),
    "nearest": ("最接近的小节：", "Nearest sections:"),
    "cases": ("相近案例：", "Cases:"),
    "teaching": ("教学示例", "teaching example"),
    "page": ("第 {page} 页", "p. {page}"),
    "open_hint": ("输入编号看原文。", "Type a number to read the source."),
    "no_cases": ("上一个回答没有相近案例。", "The last answer has no cases near it."),
    "nothing_asked": ("还没有回答可看。先提一个问题，再输入编号看原文。", "Nothing to open yet: ask a question first."),
    "no_such_number": ("没有第 {number} 条，编号到 {last} 为止。", "There is no {number}; the last one is {last}."),
    "no_sources": ("上一个回答没有引用小节。", "The last answer cites no section."),
    "nothing_open": ("还没有打开小节。先输入编号打开一条。", "No section is open. Type a number first."),
    "no_next": ("这已经是这份文件的最后一节。", "This is the last section of the document."),
    "no_previous": ("这已经是这份文件的第一节。", "This is the first section of the document."),
    "no_command": ("没有 {command} 这个命令，/help 看用法。", "There is no {command}; see /help."),
    "more": ("— 第 {page}/{pages} 页 · 回车看下一页 —", "— page {page}/{pages} · Enter for the next —"),
    "moves": ("— n 下一节 · p 上一节 —", "— n next section · p previous —"),
    "cancelled": ("已取消。", "Cancelled."),
    "leave_hint": ("要离开请按 Ctrl-D。", "Press Ctrl-D to leave."),
}


def say(language: str, key: str, **values: object) -> str:
    """The sentence for `key` in `language` (``zh`` or ``en``), with `values` filled in."""
    chinese, english = _WORDS[key]
    return (english if language == "en" else chinese).format(**values)
