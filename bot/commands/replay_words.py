"""What `copilot replay` says, in Chinese and English."""

from __future__ import annotations

from bot.domain.cells import Fault
from bot.domain.decisions import Source
from bot.domain.nudges import Severity, Within

SEVERITIES = {
    Severity.CRITICAL: "⛔",
    Severity.HIGH: "🔴",
    Severity.MEDIUM: "🟠",
    Severity.LOW: "🟡",
    Severity.INFO: "🔵",
}
WITHIN = {Within.SECONDS_60: "within.60s", Within.MINUTES_5: "within.5min", Within.MINUTES_15: "within.15min"}
SOURCES = {source: f"source.{source}" for source in Source}
FAULTS = {fault: f"fault.{fault}" for fault in Fault}

_WORDS: dict[str, tuple[str, str]] = {
    "within.60s": ("60 秒内", "in 60 s"),
    "within.5min": ("5 分钟内", "in 5 min"),
    "within.15min": ("15 分钟内", "in 15 min"),
    "section": ("手册 {sections}", "handbook {sections}"),
    "together": ("同一件事：{rules}", "the same cause: {rules}"),
    "source.own": ("限值按自己近 7 天同时段中位数", "limit from its own 7-day median"),
    "source.room": ("限值按本直播间近 7 天同时段中位数（含别的主播）", "limit from this room's 7-day median, all hosts"),
    "source.mates": ("限值按本商家其他主播同时段中位数", "limit from this merchant's other hosts"),
    "source.peers": ("限值按同类直播间中位数", "limit from comparable rooms"),
    "source.default": ("限值是手册默认值", "limit is the handbook's default"),
    "source.session": ("限值按本场自己前面的水平", "limit from this session so far"),
    "gap.title": ("盯盘失明", "The feed is blind"),
    "gap.advice": (
        "{since} 之后没有数。数据员看采集和看板，数回来之前靠眼睛看公屏和后台。",
        "No data since {since}. Check the feed and the board; until it is back, watch the chat and the order list yourself.",
    ),
    "gap_fields.title": ("有指标断了", "Some metrics have stopped"),
    "gap_fields.advice": ("{since} 之后没有：{fields}。别的照常。", "Since {since} there is no {fields}. The others still come."),
    "back.title": ("数回来了", "Data again"),
    "back.advice": ("从 {since} 起断过，等采样够了再提。", "It was gone from {since}; tips come again after enough samples."),
    "restart.title": ("累计值归零重计", "Counters started over"),
    "restart.advice": ("{fields} 从零重新计，已经接着前面的数算。", "{fields} started from zero and are continued."),
    "summary": ("{file}：{rows} 行，{tips} 条提示，断数 {gaps} 次。", "{file}: {rows} rows, {tips} tips, {gaps} gaps."),
    "refused": ("有 {count} 处没有采用，第一处：{first}。", " {count} values or rows were not taken, the first: {first}."),
    "heard": ("口播和评论听了 {count} 句。", " {count} lines of speech and comments were listened to."),
    "unheard": ("有 {count} 句在开播前，没有听。", " {count} lines were before go-live and not listened to."),
    "said.speech": ("主播说了{words}{around}", "The host said {words}{around}"),
    "said.comment": ("评论里有人写{words}", "A comment said {words}"),
    "said.around": ("：{text}", ": {text}"),
    "said.sounded": ("听着像{words}，先核对一下", "It sounds like {words}; check first."),
    "said.unproven": ("有没有七日最低成交价凭据，录制里没有这个数", "The recording does not tell whether there is evidence."),
    "said.law": ("依据 {law}", "Law: {law}"),
    "lines.closed": ("打不开 {name}（{why}），请检查 --lines 的路径。", "{name} cannot be opened ({why}). Please check --lines."),
    "lines.form": (
        "{name} 看不懂。口播和评论给 CSV（表头 ts,kind,text），或一行一个 JSON 对象。",
        "{name} is not understood. Give a CSV with the header ts,kind,text, or one JSON object a line.",
    ),
    "lines.none": ("{name} 里没有口播或评论，请换一个有内容的文件。", "{name} has no lines. Please give a file that has some."),
    "lines.row": ("{name} 第 {row} 条：{why}", "{name}, row {row}: {why}"),
    "line.not_an_object": ("不是对象，请写 ts、kind、text", "it is no object; write ts, kind and text"),
    "line.no_time": ("没写时间 ts", "it has no time (ts)"),
    "line.bad_time": ("看不懂时间，请写成 2026-03-31T20:05:00", "its time is not understood; write 2026-03-31T20:05:00"),
    "line.future": ("时间在 2200 年以后，请改对", "its time is after the year 2200"),
    "line.too_old": ("时间在 2000 年以前，请改对", "its time is before the year 2000"),
    "line.no_kind": ("没写 kind：主播说的写 transcript，评论写 comment", "it has no kind; write transcript or comment"),
    "line.unknown_kind": ("kind 只能写 transcript 或 comment", "its kind has to be transcript or comment"),
    "line.no_text": ("没写 text", "it has no text"),
    "line.not_text": ("text 要写文字", "its text is no string"),
    "line.empty": ("text 是空的", "its text is blank"),
    "line.too_long": ("text 超过 1000 个字，请分成几句", "its text has more than 1000 characters; split it"),
    "line.control_characters": ("text 里有控制字符或换行，请去掉", "its text has control characters or line breaks"),
    "line.bad_id": ("id 要写文字或数，最长 100 个字", "its id has to be text or a number of up to 100 characters"),
    "line.named_twice": ("有一个字段写了两次，请只留一个", "it has a field twice; keep one"),
    "without_plan": (
        "{plans} 里没有 {file} 的计划，这一份按没有计划回放。",
        "{plans} has no plan for {file}; it is played without one.",
    ),
    "fault.duplicate": ("这一刻已经有一行，没有采用", "there is a row of that moment already"),
    "fault.too_late": ("来得太迟，没有采用", "came too late"),
    "fault.too_early": ("时间远在后面，等下一行证实", "far ahead in time; waits for the next row"),
    "fault.not_finite": ("不是有限的数，没有采用", "is no finite number"),
    "fault.negative": ("是负数，没有采用", "is negative"),
    "fault.too_large": ("超过一万亿，没有采用", "is more than 1e12"),
    "fault.percent": ("大于 1.5，比例要写小数，没有采用", "is above 1.5; a share is a fraction"),
    "fault.unknown": ("不是认识的指标，没有采用", "is no known metric"),
    "fault.held_back": ("跳得太多，等下一个采样证实", "jumps too far; waits for the next sample"),
    "fault.glitch": ("证实上一个采样是误报，没有采用上一个", "shows that the sample before was a glitch"),
    "fault.unplaced": ("迟到的值和后面的对不上，没有采用", "came late and does not fit what followed"),
}


def word(language: str, key: str, **values: object) -> str:
    """A sentence in a language."""
    return _WORDS[key][language == "en"].format(**values)
