"""What is said about documents in Telegram, in Chinese and English."""

from __future__ import annotations

from bot.channels.words import Phrase

RECEIVED = Phrase("收到《{name}》，还没放进资料库。", "Got “{name}”. It is not in the library yet.")
KIND = Phrase("格式：{kind}，{size}", "Format: {kind}, {size}")
PAGES = Phrase("{pages} 页", "{pages} pages")
SECTIONS = Phrase("{sections} 节，{characters} 字", "{sections} sections, {characters} characters")
TITLED = Phrase("标题：{title}", "Title: {title}")
CONTENTS = Phrase("前几节：", "The first sections:")
MORE = Phrase("……一共 {sections} 节", "… {sections} in all")
ONE_SECTION = Phrase(
    "⚠ 没找到小标题，整份只有一节，查起来不准。给每一段加上标题再发，效果会好很多。",
    "⚠ There are no headings, so it is one long section and hard to search. It works much better with headings.",
)
FEW_WORDS = Phrase(
    "⚠ 里面只有 {characters} 个字，是不是大多是图片？图片里的字我读不到。",
    "⚠ It has only {characters} characters. Is it mostly pictures? I can't read what is in those.",
)
CLOSED = Phrase(
    "没列出{names}：授权还没登记或已经结束，不能放资料。请先在 /merchants 登记授权。",
    "Not offered: {names}. No authorisation holds, so no documents go in. Please record one in /merchants first.",
)
WHERE = Phrase("放到哪里？请选一个（一天内有效）。", "Where does it go? Please pick one (within a day).")
LIST = Phrase("、", ", ")
TEAM = Phrase("📘 团队手册 · {name}", "📘 Team handbook · {name}")
MERCHANT = Phrase("🏬 {name}", "🏬 {name}")

INTO = Phrase("《{name}》放进「{place}」？", "Put “{name}” into “{place}”?")
FIRST = Phrase("这是新文件。", "It is a new document.")
NEXT = Phrase("这是《{name}》的第 {number} 版，旧版留着。", "It is version {number} of “{name}”; the old one is kept.")
BACK_AGAIN = Phrase(
    "它和《{name}》的第 {number} 版一模一样，确认后用回那一版。",
    "It is the same as version {number} of “{name}”, which will count again.",
)
SAME = Phrase(
    "它和现在用的第 {number} 版一模一样，不用再放。", "It is the same as version {number}, which counts already. Nothing to do."
)
SEEN_BY_TEAM = Phrase("团队里的人都能查到它。", "Everybody in the team will find it.")
SEEN_BY_MERCHANT = Phrase(
    "负责这个商家的人能查到它，绑定给这个商家的群里每个人也能查到。",
    "People who serve this merchant will find it, and so will everybody in the groups that are bound to it.",
)
YES = Phrase("✅ 放进去", "✅ Put it in")
ELSEWHERE = Phrase("↩ 换个地方", "↩ Somewhere else")
DROP = Phrase("丢弃", "Drop it")
DROPPED = Phrase("《{name}》已丢弃，什么都没留下。", "“{name}” is dropped; nothing of it is kept.")
DONE = Phrase(
    "已放进「{place}」：《{name}》第 {number} 版。稍等片刻就能查到，/library 看全部文件。",
    "“{name}” is in “{place}”, version {number}. It can be found in a moment; /library lists all documents.",
)
DONE_SAME = Phrase("「{place}」里已经是这一版了，没有变化。", "“{place}” has this version already; nothing changed.")

OPEN = Phrase("查看这份文件", "See this document")

PRIVATELY = Phrase("资料库只在私聊里看。请私聊我发 /library。", "The library is for private chats. Send me /library there.")
NO_LIBRARY = Phrase(
    "您现在没有能看的资料库：还没加入，或者商家的授权到期了。请问组长。",
    "There is no library that you may read: you are not invited yet, or the merchant's authorisation has ended. Ask a lead.",
)
LIBRARIES = Phrase("资料库：请选一个。", "The library: please pick one.")
DOCUMENTS = Phrase("「{place}」的文件（{count} 份）", "Documents of “{place}” ({count})")
EMPTY = Phrase("「{place}」还没有文件。", "“{place}” has no documents yet.")
HOW = Phrase(
    "要放文件，直接在私聊里发给我：Word、Excel、PowerPoint、PDF、网页或文本，最大 {most} MB。",
    "To add one, send it to me in private: Word, Excel, PowerPoint, PDF, a web page or text, at most {most} MB.",
)
DOCUMENT = Phrase("{name}（第 {number} 版）", "{name} (version {number})")
DOCUMENT_OUT = Phrase("{name}（已撤下）", "{name} (taken out)")
HEAD = Phrase("《{name}》· {place}", "“{name}” · {place}")
IS_OUT = Phrase("已撤下，现在查不到它。", "Taken out; it can't be found now.")
VERSION = Phrase(
    "第 {number} 版 · {at} · {author} · {sections} 节 · {size}",
    "Version {number} · {at} · {author} · {sections} sections · {size}",
)
COUNTS = Phrase("← 现在用的", "← in use")
RESTORE = Phrase("用回第 {number} 版", "Use version {number}")
TAKE_OUT = Phrase("撤下", "Take out")
SURE_RESTORE = Phrase(
    "《{name}》用回第 {number} 版？其他版本都留着。", "Use version {number} of “{name}” again? All other versions are kept."
)
SURE_TAKE_OUT = Phrase(
    "撤下《{name}》？撤下后查不到它，各版本都留着，随时可以恢复。",
    "Take “{name}” out? It won't be found any more; its versions are kept and can come back.",
)
RESTORED = Phrase("已用回第 {number} 版。", "Version {number} is in use.")
TAKEN_OUT = Phrase("已撤下。", "Taken out.")
SURE = Phrase("确定", "Yes")
BACK = Phrase("↩ 返回", "↩ Back")

COMMAND = Phrase("资料库：团队和商家的文件", "Documents of teams and merchants")
