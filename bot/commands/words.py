"""What the commands say to people, in Chinese and English."""

from __future__ import annotations

_WORDS: dict[str, tuple[str, str]] = {
    "model": ("准备模型", "Preparing the model"),
    "read": ("读手册", "Reading the handbook"),
    "embed": ("计算向量", "Computing vectors"),
    "left": ("还剩", "left"),
    "added": ("新增", "added"),
    "changed": ("有改动", "changed"),
    "removed": ("已删除", "removed"),
    "unreadable": ("读不了", "unreadable"),
    "cancelled": ("已取消。", "Cancelled."),
    "indexed": (
        "{handbook}：{sections} 节，{chunks} 段；重新计算 {embedded} 段，用时 {seconds:.1f} 秒。",
        "{handbook}: {sections} sections, {chunks} chunks; {embedded} embedded again, {seconds:.1f} s.",
    ),
    "no_change": ("没有改动。", "Nothing has changed."),
    "check_ok": ("检查通过：{files} 个文件。", "All good: {files} files."),
    "check_bad": ("{count} 处要改（共 {files} 个文件）。", "{count} things to put right in {files} files."),
    "publish_bad": (
        "没有登记：先改好这 {count} 处（共 {files} 个文件），再运行 copilot check --publish。",
        "Nothing was listed: put right these {count} things in {files} files first, then run copilot check --publish.",
    ),
    "published": (
        "登记了 {count} 个新编号，{path} 里现在有 {total} 个。",
        "Listed {count} new ids; {path} now has {total}.",
    ),
    "stats.chapters": ("章", "Chapters"),
    "stats.metrics": ("指标", "Metrics"),
    "stats.rules": ("规则（按组和级别）", "Rules by group and severity"),
    "stats.rule_list": ("规则", "Rules"),
    "stats.checklists": ("清单（按阶段和场次）", "Checklists by stage and kind of session"),
    "stats.cases": ("案例", "Cases"),
    "stats.glossary": ("词汇表", "Glossary"),
    "stats.heard": ("听到要更正的话", "Words to listen for"),
    "stats.unreferenced": ("没有规则、清单项、案例指到的小节", "Sections that no rule, item or case leads to"),
    "stats.column.file": ("文件", "file"),
    "stats.column.title": ("标题", "title"),
    "stats.column.sections": ("小节", "sections"),
    "stats.column.characters": ("字数", "characters"),
    "stats.column.id": ("编号", "id"),
    "stats.column.name": ("名称", "name"),
    "stats.column.section": ("小节", "section"),
    "stats.column.low_section": ("数不好看时", "when it is bad"),
    "stats.column.rules": ("读它的规则", "rules that read it"),
    "stats.column.group": ("组", "group"),
    "stats.column.severity": ("级别", "severity"),
    "stats.column.count": ("条数", "rules"),
    "stats.column.who": ("谁先动手", "who acts first"),
    "stats.column.stage": ("阶段", "stage"),
    "stats.column.variant": ("场次", "kind of session"),
    "stats.column.items": ("项数", "items"),
    "stats.column.blocking": ("没勾不能开播", "blocking"),
    "stats.column.category": ("品类", "category"),
    "stats.column.problem": ("问题", "problem"),
    "stats.column.teaching": ("教学示例", "teaching"),
    "stats.column.terms": ("条数", "terms"),
    "stats.column.with_stance": ("写了合法做法的", "with a lawful way"),
    "stats.column.rule": ("规则", "rule"),
    "stats.column.input": ("输入", "input"),
    "stats.column.patterns": ("词", "words"),
    "stats.column.variants": ("谐音暗语", "variants"),
    "stats.column.exceptions": ("例外", "exceptions"),
    "stats.yes": ("是", "yes"),
    "stats.no": ("否", "no"),
    "model_changed": (
        "向量模型换了，整本手册要重新计算，可能要几分钟。继续吗？",
        "The embedding model changed; the whole handbook will be embedded again, which can take minutes. Go on?",
    ),
    "say_yes": (
        "向量模型换了，整本手册要重新计算。要继续请加 --yes。",
        "The embedding model changed; the whole handbook has to be embedded again. Add --yes to go on.",
    ),
    "not_indexed": ("没有继续，索引没有动。", "Stopped; the index is as it was."),
    "no_token": (
        "没有设置 TELEGRAM_BOT_TOKEN，先在终端里聊。要接到 Telegram：运行 copilot setup（五分钟）。",
        "TELEGRAM_BOT_TOKEN is not set, so we chat in the terminal. For Telegram run: copilot setup (five minutes).",
    ),
    "stands_by": (
        "已有一个副驾驶在运行{who}。本进程待命，它一停就接手。",
        "A copilot is running{who}. This process stands by and takes over when it stops.",
    ),
    "standby_no_token": (
        "没有设置 TELEGRAM_BOT_TOKEN，没有可以接手的机器人。请先运行 copilot setup。",
        "TELEGRAM_BOT_TOKEN is not set, so there is no bot to take over. Run copilot setup first.",
    ),
    "token_how": (
        "在 Telegram 里找 @BotFather，发 /newbot，按提示起名，把它给的 token 贴到这里（输入时不显示）。",
        "In Telegram open @BotFather, send /newbot, choose a name, and paste the token here (it is not shown).",
    ),
    "token": ("机器人 token", "Bot token"),
    "lead_how": (
        "组长的会话编号：有人点「问组长」时，问题发到那里。不需要就直接回车。",
        "The lead's chat id: questions for the lead go there. Press Enter to skip.",
    ),
    "lead": ("组长会话", "Lead chat"),
    "env_wins": (
        "注意：环境变量里也有 TELEGRAM_BOT_TOKEN，它比 .env 优先；请先 unset 它。",
        "Note: TELEGRAM_BOT_TOKEN is also set in the environment and wins over .env; unset it first.",
    ),
    "connected": (
        "连上了：{name}（@{username}）。设置已写入 {path}（只有你能读）。现在运行 make run（或 copilot run）。",
        "Connected: {name} (@{username}). Settings are in {path} (only you can read it). Now run: make run (or copilot run).",
    ),
    "handbook_gone": (
        "没有找到手册文件夹 {path}，请检查路径，或用 --handbook 换一个文件夹。",
        "There is no handbook folder {path}. Check the path, or name another folder with --handbook.",
    ),
    "handbook_file": (
        "{path} 是一个文件，不是文件夹。请用 --handbook 指定放手册的文件夹。",
        "{path} is a file, not a folder. Name the folder that holds the handbook with --handbook.",
    ),
    "handbook_closed": (
        "手册文件夹 {path} 打不开：当前账号没有读取权限。请开放读取权限，或用 --handbook 换一个文件夹。",
        "The handbook folder {path} cannot be opened: you may not read it. Allow reading or name another with --handbook.",
    ),
    "handbook_unread": (
        "手册文件夹 {path} 读不了，可能是磁盘或网络盘断开了。请检查后再试，或用 --handbook 换一个文件夹。",
        "The handbook folder {path} cannot be read; its disk may be gone. Check it, or name another with --handbook.",
    ),
    "vectors_set_aside": (
        "向量索引坏了，已移到一边（.broken），正在重新计算，手册没有受影响。",
        "The vectors were damaged. They are set aside (.broken) and computed again; the handbook is untouched.",
    ),
    "catalogue_set_aside": (
        "索引目录坏了，已移到一边（.broken），正在重新读手册，手册没有受影响。",
        "The index was damaged. It is set aside (.broken) and the handbook, which is untouched, is read again.",
    ),
    "handbook.model_changed": (
        "向量模型换了，整本手册重新计算，这期间按字词查找。",
        "The embedding model changed; the whole handbook is embedded again, and searched by words meanwhile.",
    ),
    "line_bad": ("第 {line} 行：{why}", "line {line}: {why}"),
    "lines_bad": ("{count} 行没有回答（见上）。", "{count} lines were not answered (see above)."),
    "heard_long": (
        "这一行有 {count} 个字，最多 {most} 个。请一句话写一行。",
        "the line has {count} characters, at most {most}; write an utterance a line.",
    ),
    "lines_unheard": ("{count} 行没有听（见上）。", "{count} lines were not listened to (see above)."),
    "no_heard": (
        "手册文件夹 {path} 里没有能用的 heard.yaml。请运行 copilot check 看哪里要改，或用 --handbook 换一个文件夹。",
        "There is no usable heard.yaml in {path}. Run copilot check, or name another folder with --handbook.",
    ),
    "heard_nothing": ("听了 {count} 行，没有要更正的。", "{count} lines, nothing to correct."),
    "heard_some": ("听了 {count} 行，{found} 处要处理。", "{count} lines, {found} things to deal with."),
    "heard.exact": ("原词", "as listed"),
    "heard.spaced": ("中间隔开", "taken apart"),
    "heard.variant": ("变体", "a variant"),
    "heard.homophone": ("同音", "sounds the same"),
    "heard.block": ("马上更正", "correct at once"),
    "heard.evidence": ("要证据", "needs evidence"),
    "heard.line": (
        "{place} {rule} {group}·{level}：「{words}」（{pattern}，{how}，把握 {certainty:.0%}）",
        "{place} {rule} {group}, {level}: “{words}” ({pattern}, {how}, {certainty:.0%} sure)",
    ),
    "heard.say": ("{who}说：“{correction}”", "{who} says: “{correction}”"),
    "heard.law": ("依据（{mark}）：{article}；手册 {section}", "Law ({mark}): {article}; handbook {section}"),
    "no_text": ("没有 text，或它不是文字。", "no text, or it is not a string."),
    "bad_ts": (
        "ts 要写成秒数，或 2026-03-01T20:00:00 这样的时间。",
        "ts must be seconds, or an ISO time (2026-03-01T20:00:00).",
    ),
    "bad_speaker": ("speaker 要写成文字。", "speaker must be a string."),
    "not_utf8": ("不是 UTF-8 编码，请另存为 UTF-8。", "not UTF-8; save it as UTF-8."),
    "not_json": ("不是合法的 JSON 对象。", "not a valid JSON object."),
    "no_question": ("没有 question，或它是空的。", "no question, or an empty one."),
    "series.stdin": ("标准输入", "stdin"),
    "series.empty": (
        "{file} 是空的。第一行要写 timestamp,value，下面一行一个时间和一个数。",
        "{file} is empty. The first line has to be timestamp,value, and below it one time and one number a line.",
    ),
    "series.no_header": (
        "第 1 行：没有表头。请在最前面加一行 timestamp,value。",
        "line 1: there is no heading. Put a line timestamp,value before it.",
    ),
    "series.heading": (
        "第 1 行：表头要写 timestamp,value（两列，逗号隔开），现在是“{found}”。",
        "line 1: the heading has to be timestamp,value (two columns, a comma between), not “{found}”.",
    ),
    "series.not_text": (
        "第 1 行：不是 UTF-8 文本。请把表格另存为 CSV（UTF-8）再试。",
        "line 1: this is not UTF-8 text. Save the table as CSV (UTF-8) and try again.",
    ),
    "series.no_rows": ("{file} 只有表头，没有数据。", "{file} has a heading and no rows."),
    "series.garbled": (
        "第 {line} 行：有不是 UTF-8 的字符，这一行没有打分。请另存为 CSV（UTF-8）。",
        "line {line}: not UTF-8, so this row has no score. Save the table as CSV (UTF-8).",
    ),
    "series.cells": (
        "第 {line} 行：要有时间和数值两列，这一行没有打分。",
        "line {line}: a row has two cells, time and value; this one has no score.",
    ),
    "series.time": (
        "第 {line} 行：看不懂时间“{found}”，这一行没有打分。请写成 2026-03-31 20:05:00。",
        "line {line}: “{found}” is no time, so this row has no score. Write 2026-03-31 20:05:00.",
    ),
    "series.number": (
        "第 {line} 行：value 要写数字，现在是“{found}”，这一行没有打分。",
        "line {line}: value has to be a number, not “{found}”; this row has no score.",
    ),
    "series.infinite": (
        "第 {line} 行：value“{found}”太大或是无穷大，这一行没有打分。请换成实际的数，没有就留空。",
        "line {line}: the value “{found}” is infinite or too large, so this row has no score. Write the number, or nothing.",
    ),
    "series.nan": (
        "第 {line} 行：value 是“{found}”，当作缺数，不当作 0，这一行没有打分。",
        "line {line}: the value is “{found}” and counts as missing, not as zero; this row has no score.",
    ),
    "series.earlier": (
        "第 {line} 行：时间比上一行早。照文件里的顺序打分，如果不对，请先按时间排序。",
        "line {line}: earlier than the row before. Rows are scored in the order they stand in; sort them if that is wrong.",
    ),
    "series.twice": (
        "第 {line} 行：时间和上一行相同。两行都打分，如果是重复的，请删掉一行。",
        "line {line}: the same time as the row before. Both are scored; take one out if it is a duplicate.",
    ),
    "series.unscored": (
        "共 {count} 行有问题，没有打分（每种只说了第一处）。",
        "{count} rows are wrong and have no score (of each kind only the first was named).",
    ),
    "bad_history": ("history 要写成字符串的列表。", "history must be a list of strings."),
}


def say(language: str, key: str, **values: object) -> str:
    """The sentence for `key` in `language` (``zh`` or ``en``), with `values` filled in."""
    chinese, english = _WORDS[key]
    return (english if language == "en" else chinese).format(**values)
