"""The live sessions of an export, as rows of tables: the sessions, their items, their running orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo

from bot.channels.export_cells import when, who
from bot.channels.reference.words import PHASES
from bot.channels.running_order_words import PARTS
from bot.channels.tip_words import UNTOLD
from bot.channels.words import Phrase
from bot.domain.checklists import Stage
from bot.domain.pasts import BIN
from bot.domain.recordings import shown
from bot.domain.session_items import State
from bot.domain.sessions import Status
from bot.flows.export import Contents
from bot.flows.tip_facts import QUOTED
from bot.storage.session_export import SessionRecord

HEADS = {
    "场次.csv": Phrase(
        "编号,计划开播,计划时长（分钟）,主播,目标（元）,计划的其他数,操盘,岗位,状态,开播,下播,带着没做完的项开播的原因",
        "id,planned start,planned minutes,host,goal (yuan),other figures of the plan,operator,posts,state,went live,ended,"
        "reason for an early start",
    ),
    "清单.csv": Phrase(
        "场次,编号,阶段,内容,岗位,到期,状态,谁,时间,填的数或照片编号,不适用的原因,备注",
        "session,item,stage,what,post,due,state,who,time,number or photo id,why not applicable,notes",
    ),
    "排品.csv": Phrase(
        "场次,序号,品名,价格（元）,库存,款型,分钟,划线价（元）,依据",
        "session,number,product,price (yuan),stock,part,minutes,list price (yuan),evidence",
    ),
    "提示.csv": Phrase(
        "场次,时间,规则,轻重,当时的数,听到的话,谁处理,处理时间,静音到,恢复,恢复时的数,私信操盘手,谁说没用",
        "session,time,rule,severity,figures then,words,handled by,handled at,muted until,over,figure then,told on,not useful to",
    ),
    "效果.csv": Phrase(
        "场次,提示时间,规则,处理后几分钟,指标,实际,照常会有,差的下限,差的上限,看不出的原因",
        "session,tip,rule,minutes after,metric,observed,expected,difference from,difference to,why it cannot be told",
    ),
    "对照.csv": Phrase("场次,时间,规则,提了没有,恢复", "session,time,rule,told,over"),
    "口播.csv": Phrase("场次,时间,主播说的", "session,time,what the host said"),
    "往场.csv": Phrase(
        "场次,指标,阶段,低（第 10 百分位）,中位数,高（第 90 百分位）,分钟,下播时",
        "session,metric,part,low (10th percentile),median,high (90th percentile),minutes,at the end",
    ),
    "判断.csv": Phrase("场次,时间,规则,停在哪一步,原因,数", "session,time,rule,stage,reason,values"),
}
_STATUSES = {
    Status.DRAFT: Phrase("没确认", "not confirmed"),
    Status.PLANNED: Phrase("已排", "planned"),
    Status.LIVE: Phrase("直播中", "live"),
    Status.ENDED: Phrase("已下播", "ended"),
    Status.CANCELLED: Phrase("已取消", "cancelled"),
}
_STATES = {
    State.OPEN: Phrase("没做", "open"),
    State.UNCONFIRMED: Phrase("等第二个人确认", "waits for a second person"),
    State.DONE: Phrase("做了", "done"),
    State.SKIPPED: Phrase("不适用", "not applicable"),
}
_STAGES = {
    Stage.BEFORE: Phrase("播前", "before"), Stage.DURING: Phrase("播中", "during"), Stage.AFTER: Phrase("播后", "after")
}  # fmt: skip
_TOLD, _WITHHELD = Phrase("提了", "told"), Phrase("留着没提", "withheld")
_WHOLE, _FROM = Phrase("整场", "whole session"), Phrase("第 {minute} 分钟起", "from minute {minute}")
Rows = Iterable[Sequence[object]]
SAMPLES = "采样"
"""The folder of the samples in the zip."""


def session_tables(contents: Contents, zone: tzinfo) -> dict[str, Rows]:
    """The rows of each table, named as its file."""
    return {"场次.csv": _sessions(contents, zone), "清单.csv": _items(contents, zone), "排品.csv": _orders(contents)} | {
        "提示.csv": _tips(contents, zone), "判断.csv": _decisions(contents, zone), "口播.csv": _lines(contents, zone),
        "往场.csv": _pasts(contents), "效果.csv": _effects(contents, zone), "对照.csv": _trials(contents, zone),
    }  # fmt: skip


def sample_tables(contents: Contents, zone: tzinfo) -> dict[str, tuple[list[str], Rows]]:
    """For each session that has samples a table in the form of a recording: its metric ids, and a row for each moment."""
    found = {}
    for record in contents.belongings.sessions:
        if record.blocks:
            names = sorted({name for one in record.samples for name in one.values})
            found[f"{SAMPLES}/{record.session.id}.csv"] = (["ts", *names], _samples(record, names, zone))
    return found


def _samples(record: SessionRecord, names: Sequence[str], zone: tzinfo) -> Rows:
    for one in record.samples:
        yield one.at.astimezone(zone).isoformat(), *(shown(one.values.get(name)) for name in names)


def _sessions(contents: Contents, zone: tzinfo) -> Rows:
    for one in contents.belongings.sessions:
        ours, language = one.session, contents.language
        posts = "\n".join(f"{post.role}：{who(contents, post.person) or post.name}" for post in ours.posts)
        yield (
            ours.id, when(ours.starts_at, zone), int(ours.length.total_seconds() // 60), ours.host,
            "" if ours.goal is None else ours.goal, _pairs(ours.figures.known), who(contents, ours.operator), posts,
            _STATUSES[ours.status].to(language),
            when(ours.began_at, zone), when(ours.ended_at, zone), ours.override.reason if ours.override else "",
        )  # fmt: skip


def _items(contents: Contents, zone: tzinfo) -> Rows:
    for record in contents.belongings.sessions:
        for item in record.items:
            yield (
                record.session.id, item.id, _STAGES[item.stage].to(contents.language), item.text, item.role,
                when(item.due_at, zone), _STATES[item.state].to(contents.language), who(contents, item.by or item.person),
                when(item.at, zone), item.proof, item.reason, _said(contents, record, item.key),
            )  # fmt: skip


def _orders(contents: Contents) -> Rows:
    for record in contents.belongings.sessions:
        for line in record.order.lines:
            part = PARTS[line.part].to(contents.language) if line.part else ""
            values = (line.price, line.stock, part, line.minutes, line.list_price, line.price_evidence)
            yield (record.session.id, line.position, line.name, *("" if value is None else value for value in values))


def _tips(contents: Contents, zone: tzinfo) -> Rows:
    for record in contents.belongings.sessions:
        for tip in record.tips:
            yield (
                record.session.id, when(tip.decided_at, zone), tip.rule, tip.severity.value,
                _pairs(tip.figures.get("values", {})), "\n".join(tip.figures.get(QUOTED, {}).get("words", ())),
                who(contents, tip.acked_by), when(tip.acked_at, zone), when(tip.muted_until, zone), when(tip.recovered_at, zone),
                shown(tip.recovered_value), when(tip.escalated_at, zone), who(contents, tip.useless_by),
            )  # fmt: skip


def _decisions(contents: Contents, zone: tzinfo) -> Rows:
    for record in contents.belongings.sessions:
        for one in record.decisions:
            yield record.session.id, when(one.at, zone), one.rule, one.stage, one.reason, _pairs(one.values)


def _effects(contents: Contents, zone: tzinfo) -> Rows:
    for record in contents.belongings.sessions:
        for measured in record.effects:
            one = measured.effect
            figures = (shown(value) for value in (one.observed, one.expected, one.low, one.high))
            why = UNTOLD[one.reason].to(contents.language) if one.reason in UNTOLD else one.reason
            yield record.session.id, when(measured.decided_at, zone), measured.rule, one.minutes, one.figure, *figures, why


def _trials(contents: Contents, zone: tzinfo) -> Rows:
    for record in contents.belongings.sessions:
        for one in record.trials:
            told = (_TOLD if one.told else _WITHHELD).to(contents.language)
            yield record.session.id, when(one.at, zone), one.rule, told, when(one.over_at, zone)


def _lines(contents: Contents, zone: tzinfo) -> Rows:
    for record in contents.belongings.sessions:
        for one in record.lines:
            yield record.session.id, when(one.at, zone), one.text


def _pasts(contents: Contents) -> Rows:
    """What is kept of a session: a row a metric and part, and one for each five minutes of its curve."""
    for record in contents.belongings.sessions:
        kept = record.summary
        if kept is None:
            continue
        id, language = record.session.id, contents.language
        for name, value in kept.last.items():
            yield id, name, _WHOLE.to(language), "", "", "", "", shown(value)
        for phase, spreads in kept.phases.items():
            for name, one in spreads.items():
                yield id, name, PHASES[phase].to(language), shown(one.low), shown(one.middle), shown(one.high), one.minutes, ""
        for name, curve in kept.curve.items():
            for place, point in enumerate(curve):
                if point is not None:
                    yield id, name, _FROM.to(language, minute=place * BIN), "", shown(point), "", BIN, ""


def _pairs(values: Mapping[str, object]) -> str:
    return " ".join(f"{name}={value}" for name, value in values.items() if value is not None)


def _said(contents: Contents, record: SessionRecord, key: tuple[str, int]) -> str:
    return "\n".join(f"{who(contents, note.person)}：{note.said}" for note in record.notes.get(key, ()))
