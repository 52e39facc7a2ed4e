"""A handbook of a few sections in memory: a Knowledge for tests of what stands on top of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from bot.config import Settings
from bot.flows.answers import Answers
from bot.flows.ports import Found
from bot.flows.reference import Reference
from knowledge.confidence import Confidence, Level
from knowledge.types import Kind, Passage, Scope


def passage(
    number: str, heading: str, text: str, *, case: bool = False, teaching: bool = False, page: int | None = None
) -> Passage:
    """One section whose key is its number."""
    return Passage(
        key=number, scope="handbook", document="cases/a.md" if case else "chapters/12-monitoring.md", title="12 盯盘",
        kind=Kind.CASE if case else Kind.HANDBOOK, heading=f"{number} {heading}", path=(), anchor=number, page=page, text=text,
        language="zh", score=0.9, picked=((0, len(text)),), meta={"teaching": "true"} if teaching else {},
    )  # fmt: skip


@dataclass
class PaperHandbook:
    """Finds the sections that share a character pair with the question; `asked` notes questions and their history.

    A question with 火星 is off topic, one with 慢 takes for ever.
    """

    sections: tuple[Passage, ...]
    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    async def find(self, question: str, *, scope: Scope, history: Sequence[str] = (), top_k: int = 5) -> Found:
        self.asked.append((question, tuple(history)))
        if "慢" in question:
            await asyncio.Event().wait()
        pairs = {question[at : at + 2] for at in range(len(question) - 1)}
        found = [p for p in self.sections if any(pair in p.heading + p.text for pair in pairs)]
        level = Level.OFF_TOPIC if "火星" in question else Level.ANSWER if found else Level.NOT_FOUND
        shown = tuple(p for p in found or self.sections if p.kind is Kind.HANDBOOK)[:top_k]
        return Found(shown, tuple(p for p in found if p.kind is Kind.CASE), Confidence(level, 0.5))

    async def section(self, key: str, *, scope: Scope) -> Passage | None:
        return next((p for p in self.sections if p.key == key), None)

    async def neighbours(self, key: str, *, scope: Scope) -> tuple[str | None, str | None]:
        keys = [None, *(p.key for p in self.sections), None]
        at = keys.index(key)
        return keys[at - 1], keys[at + 1]

    async def anchored(self, anchor: str, *, scope: Scope) -> str | None:
        return next((p.key for p in self.sections if p.anchor == anchor), None)


SECTIONS = (
    passage("12.1", "在线掉了", "先看进人流速。\n\n1. 场控报数\n2. 主播换款", page=3),
    passage("12.2", "停留低", "| 停留 | 做什么 |\n|---|---|\n| 低于 30 秒 | 换开场 |"),
    passage("97.1", "停留的案例", "那一场停留掉了三成。", case=True, teaching=True),
)


def paper_app(settings: Settings, *sections: Passage) -> Any:
    """What `open_app` gives, on paper."""
    knowledge = PaperHandbook(sections or SECTIONS)
    return SimpleNamespace(settings=settings, answers=Answers(knowledge), knowledge=knowledge, reference=Reference)


@asynccontextmanager
async def open_paper_app(settings: Settings, **_: object) -> AsyncIterator[Any]:
    """Stands in for `bot.build.open_app`."""
    yield paper_app(settings)
