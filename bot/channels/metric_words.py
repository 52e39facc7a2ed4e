"""What is said about tables of live metrics that people send, in Chinese and English. Knows no platform."""

from __future__ import annotations

from collections.abc import Mapping

from bot.channels.words import Phrase
from bot.domain.sample_rows import MOST_FIELDS, Reason

READ = Phrase("📥 是实时数据：{n} 行，{span}", "📥 Live metrics: {n} rows, {span}")
READ_NOW = Phrase("📥 是实时数据：{n} 个指标，记在 {time}", "📥 Live metrics: {n} figures, put down at {time}")
READ_NONE = Phrase("📥 是实时数据，但一行也录不了", "📥 Live metrics, but no row can be taken")
COLUMNS = Phrase("认得 {n} 列：{columns}", "{n} columns are known: {columns}")
COLUMN = Phrase("{name}→{figure}", "{name} → {figure}")
UNKNOWN = Phrase("不认得、不录：{columns}", "Unknown, left out: {columns}")
DOUBLED = Phrase("重名的列只录前一列：{columns}", "Columns that share a name, only the first is taken: {columns}")
SKIPPED = Phrase("用不上、不录：{columns}", "Not needed, left out: {columns}")
AND_MORE = Phrase("{listed}，还有 {n} 列", "{listed} and {n} more")
LIST = Phrase("、", ", ")
SAME = Phrase("其中 {n} 行之前录过，不重复录", "{n} of them are there already")
ALL_SAME = Phrase("这些数之前都录过了，不用再录。", "All of it is there already; there is nothing to do.")
DIFFERING = Phrase("有 {n} 个数和先录的不一样，以先录的为准", "{n} figures differ from what came first, which stays")
REFUSED = Phrase("不录的：", "Left out:")
REFUSED_LINE = Phrase("• {what}{why}{where}", "• {what}{why}{where}")
REFUSED_FIELD = Phrase("{field}“{value}”", "{field} “{value}”")
COLON = Phrase("：", ": ")
UNEVEN = Phrase("格数比表头多", "more cells than the header has")
ROWS = Phrase("（第 {rows} 行）", " (row {rows})")
ROWS_MORE = Phrase("（第 {rows} 行等 {n} 行）", " (row {rows} … {n} rows)")
REFUSED_MORE = Phrase("…还有 {n} 种", "… and {n} more kinds")
MEND = Phrase("请照上面改好再发一次。", "Please mend that and send it again.")
SURE = Phrase("核对一下，对了就点“录入”。已经有的数不会改。", "If that is right, tap “Put in”. What is there already stays.")
B_KEEP = Phrase("录入 {n} 行", "Put in {n} rows")
B_KEEP_NOW = Phrase("录入", "Put in")
B_WHERE = Phrase("换一场", "Another session")
B_DROP = Phrase("不录", "Don't put in")
B_AS_METRICS = Phrase("按指标录入", "As metrics")
B_AS_QUESTION = Phrase("当作提问", "As a question")
B_BACK = Phrase("‹ 返回", "‹ Back")
WHICH = Phrase("是哪一场的数？", "Which session are they of?")
UNSURE = Phrase("这几行像实时数据，也像提问。要怎么处理？", "This may be live metrics or a question. Which is it?")
KEPT = Phrase("✅ 录入了 {n} 行，{span}（{name}）", "✅ {n} rows are in, {span} ({name})")
KEPT_NOTHING = Phrase("这些数已经有了，没有新录的（{name}）", "All of it was there already ({name})")
KEPT_SAME = Phrase("{n} 行之前就有", "{n} rows were there before")
KEPT_TOAST = Phrase("录好了。", "Done.")
DROPPED = Phrase("没有录，表已丢弃。", "Nothing was taken; the table is dropped.")
ASKED = Phrase("好，当作提问。", "All right, as a question.")

NO_TIME = Phrase(
    "这张表有认得的指标，但没有时间列，不知道是几点的数。请加一列“时间”（写 20:05 就行）再发；"
    "只有眼下一份数的，发文字，一行一个“指标 数值”。",
    "There are metrics that I know, but no column says when. Add a column “时间” (time; 20:05 will do) and send it again. For "
    "figures of this moment alone send text: a metric and its value on each line.",
)
NO_CLOCK = Phrase(
    "时间列只有日期，没有几点几分，录不了。请导出带时分的明细再发。",
    "The times are days without an hour. Please export the figures by the minute and send those.",
)
NOT_METRICS = Phrase(
    "没看出是实时数据：要有一列“时间”，和认得的指标（例如在线人数、成交金额）。排品表请发 /order，再回复它问的那条消息。",
    "I see no live metrics here: there has to be a column “时间” (time) and metrics that I know, such as online_now or gmv. For "
    "a running order, send /order and reply to what it asks.",
)
NO_SESSION = Phrase(
    "是实时数据，但前后三天没有您能录数的场次。请先用 /new 排一场，或让这一场的操盘手来发。",
    "These are live metrics, but you run no session of these days. Plan one with /new, or let its operator send them.",
)
NOT_YOURS = Phrase(
    "这张表要操盘手或组长来录。请他们发在这一场的群里，或者私聊发给我。",
    "This table is for an operator or a lead to enter. Let one of them send it to the session's group, or to me in private.",
)
NOT_YOURS_NOW = Phrase(
    "这些数要操盘手或组长来录。请他们发在这一场的群里，或者私聊发给我。想问怎么办就打成一句话，例如：在线人数突然掉了怎么办？",
    "These figures are for an operator or a lead to enter: let one of them send them to the session's group, or to me in "
    "private. To ask what to do, write a question, such as: viewers suddenly drop, what do I do?",
)
NOT_HERE = Phrase(
    "看着是实时数据，但您在这个群里没有能录数的场次。请到那一场的群里发，或者私聊发给我。",
    "These look like live metrics, but you run no session in this group. Send them in that session's group, or to me in private.",
)
AUTHORISATION_OVER = Phrase(
    "看着是实时数据，但您负责的商家授权不在期内，录不了。请组长用 /merchants 登记授权，您再发一次。",
    "These look like live metrics, but no merchant of yours is authorised. A lead can renew it with /merchants; then send again.",
)
NOT_A_MEMBERS = Phrase(
    "看着是实时数据，但录数要先进团队：请向组长要一个邀请链接。想问怎么办就打成一句话，例如：在线人数突然掉了怎么办？",
    "These look like live metrics, which only members of a team may enter: ask your lead for an invitation link. To ask what "
    "to do, write a question, such as: viewers suddenly drop, what do I do?",
)
EDITED = Phrase("改过的消息不会再录，请把改好的重新发一条。", "An edited message is not taken again. Please send a new one.")
AS_DOCUMENT = Phrase("{why}\n下面当作资料处理：", "{why}\nAs a document:")

REASONS: Mapping[Reason, Phrase] = {
    Reason.NOT_AN_OBJECT: Phrase("不是一行数", "no row of figures"),
    Reason.TOO_MANY_FIELDS: Phrase(
        f"超过 {MOST_FIELDS} 列，请只留要录的列", f"more than {MOST_FIELDS} columns; please keep those that are wanted"
    ),
    Reason.NO_TIME: Phrase("没写时间", "no time"),
    Reason.BAD_TIME: Phrase("时间看不懂", "not a time that I can read"),
    Reason.FUTURE: Phrase("时间还没到", "the time is still to come"),
    Reason.TOO_OLD: Phrase("比这一场早一天以上，是不是别的场次", "more than a day before the session"),
    Reason.EMPTY: Phrase("只有时间，没有数", "a time and no figures"),
    Reason.UNKNOWN_METRIC: Phrase("不认得", "unknown"),
    Reason.NAMED_TWICE: Phrase("和前面一列是同一个指标，录前一列", "the same metric as a column before it, which counts"),
    Reason.NOT_A_NUMBER: Phrase("不是数", "not a number"),
    Reason.NOT_FINITE: Phrase("不是数", "not a number"),
    Reason.NEGATIVE: Phrase("不会小于 0", "cannot be below zero"),
    Reason.PERCENT: Phrase("像百分数，但没写 %", "a percentage without its %"),
    Reason.TOO_LARGE: Phrase("超过一万亿，请核对", "more than 1e12; please check it"),
}

METRIC_SENTENCES: dict[str, Phrase] = {
    "metrics_encoding": Phrase(
        "文字认不出（编码不对，或不是表格）。请用 Excel 打开，另存为 .xlsx 或“CSV UTF-8”再发。",
        "I can't make out the text (its encoding, or it is no table). Save it as .xlsx or as CSV in UTF-8 and send that.",
    ),
    "metrics_rows": Phrase(
        "表太长，一次最多 {most} 行。请分几段发，重复的不会录两遍。",
        "The table is too long: at most {most} rows. Send it in parts; nothing is taken twice.",
    ),
    "metrics_large": Phrase(
        "表太大，一次最多 {most} MB。请只留这一场的行，或分几段发，重复的不会录两遍。",
        "The table is too large: at most {most} MB. Send this session's rows alone, or in parts; nothing is taken twice.",
    ),
    "metrics_csv": Phrase(
        "CSV 读到第 {line} 行读不下去了。请用 Excel 打开，另存为 .xlsx 再发。",
        "The CSV can't be read beyond line {line}. Save it as .xlsx and send that.",
    ),
    "metrics_nothing": Phrase("这张表一行也录不了，没有录。", "No row of this table can be taken."),
    "metrics_kept": Phrase("这张表已经录过了。", "This table was put in already."),
    "no_metrics_waiting": Phrase(
        "这张表已经丢弃，或放了超过一天。还要录的话，请再发一次。",
        "This table is dropped, or waited for more than a day. Please send it again.",
    ),
}
"""What `Refused.reason` and the message of `NotFound` name."""
