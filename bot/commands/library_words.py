"""What `copilot library` says, in Chinese and English."""

from __future__ import annotations

from bot.channels.words import Phrase

NO_PLACE = Phrase(
    "还没有团队，没有地方放文件。请先建团队（copilot setup 会说明怎么做）。",
    "There is no team yet, so no place for documents. Make a team first (copilot setup says how).",
)
WHICH_PLACE = Phrase(
    "请用 --team 或 --merchant 写明放在哪里（编号或名字）：{places}",
    "Say where with --team or --merchant (id or name): {places}",
)
NO_SUCH_PLACE = Phrase(
    "没有“{given}”，或者它的授权没有登记、已经到期。可以用的：{places}",
    "There is no “{given}”, or its authorisation is not recorded or has ended. There are: {places}",
)
AMBIGUOUS = Phrase("“{given}”不止一个，请改用编号：{ids}", "“{given}” is not the only one; use an id instead: {ids}")
ONE_PLACE = Phrase("--team 和 --merchant 只写一个", "give either --team or --merchant")
NO_SUCH_DOCUMENT = Phrase(
    "没有文件“{given}”。copilot library list 列出全部。", "There is no document “{given}”. See: copilot library list."
)
NOT_READ = Phrase("{path} 读不了（{why}）。", "{path} cannot be read ({why}).")
NONE = Phrase(
    "还没有文件。用 copilot library add 文件 --merchant 商家 放进来。", "There are no documents. See: copilot library add."
)
ADDED = Phrase(
    "已放进「{place}」：《{name}》第 {number} 版，{sections} 节。",
    "“{name}” is in “{place}”, version {number}, {sections} sections.",
)
SAME = Phrase(
    "「{place}」里《{name}》现在就是这一版（第 {number} 版），没有变化。",
    "“{place}” has this version ({number}) of “{name}” already.",
)
RESTORED = Phrase("「{place}」里的《{name}》已用回第 {number} 版。", "Version {number} of “{name}” in “{place}” counts again.")
REMOVED = Phrase(
    "已从「{place}」撤下《{name}》，各版本都留着，用 copilot library restore 恢复。",
    "“{name}” is taken out of “{place}”; its versions are kept: copilot library restore.",
)
FOLLOWED = Phrase("运行中的 copilot 会在半分钟内跟上。", "A running copilot follows within half a minute.")
OUT = Phrase("已撤下", "taken out")
HEADS = {
    "documents": Phrase("编号\t名字\t放在\t版本", "id\tname\tplace\tversion"),
    "versions": Phrase("版本\t日期\t谁\t节数\t大小\t现在用", "version\tdate\tby\tsections\tbytes\tcounts"),
}
