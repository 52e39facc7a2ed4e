"""A small handbook in memory, found by shared pairs of characters: enough to drive a channel."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.flows.ports import Found
from knowledge.confidence import Confidence, Level
from knowledge.types import HANDBOOK, Kind, Passage, Scope, section_key

OFF_TOPIC = "天气"
"""A question with this in it is not about the work."""

DROPPED = """先看**进房人数**，再看停留，最后看是不是断流。

1. 让场控确认画面和声音正常。
2. 把当前的福利款提前，主播重新讲一遍利益点。
3. 五分钟没有回升，就换排品。

| 现象 | 先查什么 | 谁来做 |
|---|---|---|
| 进房掉 | 短视频和投放 | 投手 |
| 停留掉 | 讲解和福利 | 主播 |

更多见[平台规则](https://example.com/rules)和[12.2](#12.2)。"""

LONG = "\n\n".join(f"第{n}段。" + "开播前把要说的话从头到尾念一遍，再对着镜头试一次，直到不用看稿。" * 6 for n in range(1, 26))


def passage(heading: str, text: str, **changes: object) -> Passage:
    """One section of the chapter 12, unless told otherwise."""
    document = str(changes.pop("document", "chapters/12-live.md"))
    anchor = heading.split(" ")[0]
    values: dict[str, object] = {
        "key": section_key(HANDBOOK, document, anchor),
        "scope": HANDBOOK,
        "document": document,
        "title": "直播中",
        "kind": Kind.HANDBOOK,
        "heading": heading,
        "path": (),
        "anchor": anchor,
        "page": None,
        "text": text,
        "language": "zh",
        "score": 0.0,
        "picked": ((0, len(text)),),
    }
    return Passage(**(values | changes))  # type: ignore[arg-type]


SECTIONS = (
    passage("12.1 在线掉了", DROPPED, page=3, picked=((0, DROPPED.index("\n\n|")),)),
    passage("12.2 停留低", "停留时长＝观看总时长 ÷ 观看人次。低于 40 秒先看开场 30 秒有没有说清利益点。"),
    passage("12.3 开播前核对", "开播前半小时核对：画面、声音、网速、库存、优惠券。"),
    passage("13.1 逐字稿", LONG, document="chapters/13-script.md", title="话术", picked=((0, LONG.index("\n\n")),)),
)
CASE = passage(
    "侯哥家纺",
    "开播后在线从 800 掉到 300，换回爆款五分钟回升。",
    document="cases/houge.md",
    title="侯哥家纺：在线掉了怎么救",
    kind=Kind.CASE,
    meta={"teaching": "true"},
)


class SmallHandbook:
    """The Knowledge port. `broken` errors are raised instead of the next findings; `gone` keys are not there any more."""

    def __init__(self, sections: Sequence[Passage] = SECTIONS) -> None:
        self.sections = tuple(sections)
        self.broken: list[Exception] = []
        self.gone: set[str] = set()
        self.histories: list[tuple[str, ...]] = []
        self.seconds = 0.0

    async def find(self, question: str, *, scope: Scope, history: Sequence[str] = (), top_k: int = 5) -> Found:
        """Sections with a pair of characters in common, the most in common first."""
        assert HANDBOOK in scope
        self.histories.append(tuple(history))
        await asyncio.sleep(self.seconds)
        if self.broken:
            raise self.broken.pop(0)
        readable = [p for p in self.sections if p.key not in self.gone and p.scope in scope]
        scored = sorted(((self._score(question, p), p) for p in readable), key=lambda s: -s[0])
        found = tuple(p for score, p in scored if score)[:top_k]
        if OFF_TOPIC in question or not question.strip():
            return Found((), (), Confidence(Level.OFF_TOPIC, 0.0))
        if not found:
            return Found(self.sections[:3], (), Confidence(Level.NOT_FOUND, 0.2))
        return Found(found, (CASE,) if "掉" in question else (), Confidence(Level.ANSWER, 0.9))

    async def section(self, key: str, *, scope: Scope) -> Passage | None:
        """By key."""
        there = [p for p in (*self.sections, CASE) if p.scope in scope]
        return next((p for p in there if p.key == key and key not in self.gone), None)

    async def neighbours(self, key: str, *, scope: Scope) -> tuple[str | None, str | None]:
        """Before and after in the same document."""
        document = next(p.document for p in (*self.sections, CASE) if p.key == key)
        keys = [p.key for p in self.sections if p.document == document] or [key]
        at = keys.index(key)
        return (keys[at - 1] if at else None, keys[at + 1] if at + 1 < len(keys) else None)

    async def anchored(self, anchor: str, *, scope: Scope) -> str | None:
        """By number."""
        return next((p.key for p in self.sections if p.anchor == anchor and p.key not in self.gone), None)

    async def cases(self, scope: Scope) -> Sequence[Passage]:
        """Those among the sections."""
        return [p for p in self.sections if p.kind is Kind.CASE and p.scope in scope]

    @staticmethod
    def _score(question: str, candidate: Passage) -> int:
        text = candidate.heading + candidate.text
        return sum(question[i : i + 2] in text for i in range(len(question) - 1))
