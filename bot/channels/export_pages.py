"""The readable texts of an export: Markdown, and tables that Excel opens. What people wrote is data in them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import tzinfo

from bot.channels.export_cells import when, who
from bot.channels.people_words import DEEDS, POLICIES, ROLES
from bot.channels.session_pages import HEADS, sample_tables, session_tables
from bot.channels.words import Phrase
from bot.domain.answers import Verdict
from bot.flows.export import Contents

_VERDICTS = {
    Verdict.ANSWERED: Phrase("手册或资料里有", "answered"),
    Verdict.NOT_IN_HANDBOOK: Phrase("手册里没有写", "not in the handbook"),
    Verdict.OFF_TOPIC: Phrase("与直播无关", "off topic"),
}
WITHHELD = Phrase(
    "（没有放入：提问的人当时能看几个商家的资料，问题里可能有别的商家的内容。）",
    "(Left out: whoever asked could read several merchants then, and the question may be about another one.)",
)
_SHARED = Phrase("（没有放入：这个群还绑定了别的用途。）", "(Left out: the group is bound to something else as well.)")
_ABOUT = Phrase(
    """这是商家“{name}”存在操盘手副驾驶里的全部资料。

- 导出时间：{at}（{zone}）
- 导出人：{by}

| 文件 | 内容 | 条数 |
|---|---|---|
| 商家.md | 名字、团队、授权记录 | {authorisations} |
| 成员.csv | 为这个商家工作的人，和能看到它的负责人、组长 | {members} |
| 群.csv | 绑定的群和话题 | {groups} |
| 提问.csv | 提问、回答和出处 | {questions} |
| 文件.csv、文件/ | 上传的文件和它们的每一版 | {versions} |
| 场次.csv、清单.csv、排品.csv | 每一场，它的清单和排品 | {sessions} |
| 采样/ | 每一场的实时指标，一场一个文件 | {sampled} |
| 提示.csv、判断.csv | 直播中的提示，和每次提或不提的原因 | {tips} |
| 效果.csv | 提示处理以后指标到了多少、照常会是多少 | {effects} |
| 对照.csv | 抽到“照提”或“留着没提”的轻提示，用来比有没有用 | {trials} |
| 规则.csv | 只给这个商家的规则，每一版 | {rules} |
| 规则建议.csv | 每周算出来的规则建议，只用了这个商家的数的 | {suggestions} |
| 口播.csv | 主播说的话，只存一小时 | {lines} |
| 往场.csv | 下播后留作以后对照的：每个指标各阶段的水平、下播时的数、每 5 分钟的中位数 | {pasts} |
| 操作记录.csv | 谁在什么时候做了什么 | {trail} |

表格用 Excel 或 WPS 直接打开。

## 没有放进来的

- 提问只收只看这个商家资料时问的。提问的人当时能看几个商家、而回答只引用了这个商家资料的，只放时间、回答和出处，
  不放问题（{withheld} 条）：问题里可能有别的商家的内容。其余的不放。
- 同时有别的用途的群，不放群名，理由一样。
- 团队自己的手册和别的商家的任何内容都不在里面。
- 邀请码本来就不保存，所以没有。
""",
    """This is all that the operator copilot has stored of the merchant “{name}”.

- Exported: {at} ({zone})
- By: {by}

| file | holds | rows |
|---|---|---|
| 商家.md | name, team, authorisations | {authorisations} |
| 成员.csv | who works for the merchant, and the owners and leads who can see it | {members} |
| 群.csv | groups and topics bound to it | {groups} |
| 提问.csv | questions, answers and their sources | {questions} |
| 文件.csv, 文件/ | documents with each of their versions | {versions} |
| 场次.csv, 清单.csv, 排品.csv | each live session, its checklist and its running order | {sessions} |
| 采样/ | the live metrics, one file a session | {sampled} |
| 提示.csv, 判断.csv | live tips, and why each was told or not | {tips} |
| 效果.csv | where the figure was after a tip was handled, and where it would have been | {effects} |
| 对照.csv | mild tips drawn to be told or withheld, to compare | {trials} |
| 规则.csv | rules for this merchant alone, each version | {rules} |
| 规则建议.csv | weekly proposals to change rules, of this merchant's figures alone | {suggestions} |
| 口播.csv | what hosts said, kept for an hour | {lines} |
| 往场.csv | what is kept of sessions that are over: levels by part, last values, medians of every 5 minutes | {pasts} |
| 操作记录.csv | who did what, and when | {trail} |

Excel and WPS open the tables as they are.

## What is not in it

- Only questions asked where nothing but this merchant could be read are whole. Where whoever asked could read several merchants
  and the answer drew on this one alone, there are time, answer and sources but not the question ({withheld} of them), which may
  be about another merchant. All others are left out.
- Groups that are bound to something else as well come without their names, for the same reason.
- The team's own handbook and everything of any other merchant.
- Invitation codes, which are not stored at all.
""",
)
_MISSING = Phrase("\n## 文件已经不在了\n\n", "\n## Files that are gone\n\n")
_MERCHANT = Phrase(
    "# {name}\n\n- 编号：{id}\n- 团队：{team}\n\n## 授权记录\n\n",
    "# {name}\n\n- Id: {id}\n- Team: {team}\n\n## Authorisations\n\n",
)
_GRANT_HEAD = Phrase(
    "| 从 | 到 | 商家那边谁同意的 | 谁登记的 |", "| from | until | who agreed on the merchant's side | recorded by |"
)
_NO_GRANT = Phrase("没有登记过。\n", "None.\n")
_TITLE = Phrase("# 导出说明\n\n", "# About this export\n\n")
_HEADS = {
    "成员.csv": Phrase("名字,编号,角色,范围,从什么时候起", "name,id,role,for,since"),
    "群.csv": Phrase("群名,编号,话题,最多能看,绑定时间", "group,id,topic,may be shown,bound at"),
    "提问.csv": Phrase("时间,谁问的,问题,结论,回答,出处", "time,asked by,question,verdict,answer,sources"),
    "文件.csv": Phrase(
        "文件名,版本,现在用的,字节,谁加的,时间,在压缩包里", "name,version,current,bytes,added by,time,in this archive"
    ),
    **HEADS,
    "规则.csv": Phrase("第几版,时间,谁,停用,限值,同类直播间,规则", "version,time,by,off,limits,comparable rooms,rules"),
    "规则建议.csv": Phrase(
        "哪周,规则,限值,现在,改成,点过有用,点过没用,场次,小时,提示,改后提示,有用,留下,没用,去掉,状态,谁定的,时间",
        "week,rule,limit,before,after,right,wrong,sessions,hours,tips,tips after,useful,kept,useless,gone,state,settled by,time",
    ),
    "操作记录.csv": Phrase("时间,谁,做了什么,对象,细节", "time,who,what,subject,detail"),
}
_YES, _GONE = Phrase("是", "yes"), Phrase("（文件已经不在了）", "(the file is gone)")
_TEAM, _THIS = Phrase("整个团队", "the whole team"), Phrase("这个商家", "this merchant")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|~&])")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export_pages(zone: tzinfo) -> Callable[[Contents], Mapping[str, str]]:
    """Words exports with their times in `zone`."""
    return lambda contents: _pages(contents, zone)


def _pages(contents: Contents, zone: tzinfo) -> Mapping[str, str]:
    tables = {
        "成员.csv": _members(contents, zone), "群.csv": _groups(contents, zone), "提问.csv": _questions(contents, zone),
        "文件.csv": _documents(contents, zone), **session_tables(contents, zone), "规则.csv": _rules(contents, zone),
        "规则建议.csv": _suggestions(contents, zone),
        "操作记录.csv": _trail(contents, zone),
    }  # fmt: skip
    texts = {"说明.md": _about(contents, zone), "商家.md": _merchant(contents, zone)}
    texts |= {name: _table(_HEADS[name].to(contents.language).split(","), rows) for name, rows in tables.items()}
    return texts | {name: _table(head, rows) for name, (head, rows) in sample_tables(contents, zone).items()}


def _about(contents: Contents, zone: tzinfo) -> str:
    held = contents.belongings
    parts = {"authorisations", "members", "groups", "questions", "versions", "sessions", "trail", "rules", "suggestions"}
    counts = {part: len(getattr(held, part)) for part in parts}
    withheld = sum(one.text is None for one in held.questions)
    about = _ABOUT.to(
        contents.language, name=markdown(held.merchant.name), at=when(contents.at, zone), zone=zone,
        by=markdown(who(contents, contents.person)), withheld=withheld,
        sampled=sum(bool(one.blocks) for one in held.sessions), tips=sum(len(one.tips) for one in held.sessions),
        lines=sum(len(one.lines) for one in held.sessions), pasts=sum(one.summary is not None for one in held.sessions),
        effects=sum(len(one.effects) for one in held.sessions), trials=sum(len(one.trials) for one in held.sessions), **counts,
    )  # fmt: skip
    gone = "".join(f"- {markdown(one.version.name)} #{one.version.number}\n" for one in contents.missing)
    return _TITLE.to(contents.language) + about + (_MISSING.to(contents.language) + gone if gone else "")


def _merchant(contents: Contents, zone: tzinfo) -> str:
    held, language = contents.belongings, contents.language
    head = _MERCHANT.to(language, name=markdown(held.merchant.name), id=held.merchant.id, team=markdown(held.team))
    if not held.authorisations:
        return head + _NO_GRANT.to(language)
    rows = [
        (when(one.begins_at, zone), when(one.ends_at, zone), one.granted_by, who(contents, one.recorded_by))
        for one in held.authorisations
    ]
    lines = [_GRANT_HEAD.to(language), "|---|---|---|---|", *(f"| {' | '.join(map(markdown, row))} |" for row in rows)]
    return head + "\n".join(lines) + "\n"


def _members(contents: Contents, zone: tzinfo) -> Iterable[Sequence[object]]:
    for one in contents.belongings.members:
        where = (_THIS if one.merchant else _TEAM).to(contents.language)
        yield one.name, one.person, ROLES[one.role].to(contents.language), where, when(one.since, zone)


def _groups(contents: Contents, zone: tzinfo) -> Iterable[Sequence[object]]:
    for one in contents.belongings.groups:
        title = _SHARED.to(contents.language) if one.title is None else one.title
        yield title, one.chat, one.topic or "", POLICIES[one.ceiling].to(contents.language), when(one.bound_at, zone)


def _questions(contents: Contents, zone: tzinfo) -> Iterable[Sequence[object]]:
    for one in contents.belongings.questions:
        text = WITHHELD.to(contents.language) if one.text is None else one.text
        verdict, asker = _VERDICTS[one.verdict].to(contents.language), who(contents, one.person)
        yield when(one.at, zone), asker, text, verdict, one.answer, "\n".join(one.sources)


def _documents(contents: Contents, zone: tzinfo) -> Iterable[Sequence[object]]:
    for one in contents.kept:
        kept, place = one.version, one.place if one.source else _GONE.to(contents.language)
        current = _YES.to(contents.language) if kept.current else ""
        yield kept.name, kept.number, current, kept.size, who(contents, kept.added_by), when(kept.added_at, zone), place


def _rules(contents: Contents, zone: tzinfo) -> Iterable[Sequence[object]]:
    for one in contents.belongings.rules:
        limits = " ".join(f"{name}={said}" for name, said in sorted(one.sheet.limits.items()))
        peers = " ".join(f"{id}={peer.value:.10g}@{when(peer.at, zone)}" for id, peer in sorted(one.sheet.peers.items()))
        off = " ".join(sorted(one.sheet.off))
        yield one.number, when(one.at, zone), who(contents, one.by), off, limits, peers, one.sheet.rules


def _suggestions(contents: Contents, zone: tzinfo) -> Iterable[Sequence[object]]:
    for one in contents.belongings.suggestions:
        came, by = one.outcome, who(contents, one.by) if one.by else ""
        yield (
            one.week, one.rule, one.limit, one.was, one.becomes, one.right, one.wrong, one.sessions, f"{one.hours:.1f}",
            came.before, came.after, came.useful, came.kept, came.useless, came.gone, one.state.value, by, when(one.at, zone),
        )  # fmt: skip


def _trail(contents: Contents, zone: tzinfo) -> Iterable[Sequence[object]]:
    for one in contents.belongings.trail:
        detail = " ".join(f"{key}={value}" for key, value in sorted(one.detail.items()))
        deed = DEEDS[one.deed].to(contents.language)
        yield when(one.at, zone), who(contents, one.person), deed, who(contents, one.subject), detail


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table that Excel opens as it is: a byte order mark, and no cell that it would take for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return f"\ufeff{out.getvalue()}"


def _cell(value: object) -> str:
    text = "".join(c if c.isprintable() or c in "\n\t" else " " for c in str(value))
    return f"'{text}" if text.startswith(_FORMULA) else text


def markdown(text: str) -> str:
    """One line of plain text as Markdown that shows exactly that."""
    return _MARKDOWN.sub(r"\\\1", " ".join("".join(c if c.isprintable() else " " for c in text).split()))
