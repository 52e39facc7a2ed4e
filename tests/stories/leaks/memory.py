"""Parts that are quick enough for thousands of steps a second: a database and a knowledge in memory, a channel that looks."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event

from bot.domain.messages import Message
from bot.errors import PermanentChannelError, TemporaryChannelError, UnknownOutcome
from bot.flows.ports import Found, Sent
from bot.storage.store import dump
from knowledge.confidence import Confidence, Level
from knowledge.types import Kind, Passage, Scope, section_key
from tests.office_desk import template


class Statements:
    """A connection whose statements are done when they are asked for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def execute(self, *statement: Any) -> Any:
        return self._connection.execute(*statement)

    async def scalar(self, *statement: Any) -> Any:
        return self._connection.scalar(*statement)

    async def scalars(self, *statement: Any) -> Any:
        return self._connection.scalars(*statement)


@cache
def _engine() -> Engine:
    """One for all worlds: it remembers what it made of each statement, which takes longer than to run it."""
    engine = create_engine("sqlite://", poolclass=StaticPool, json_serializer=dump, connect_args={"isolation_level": None})
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


class MemoryDatabase:
    """Stands in for Database: the same tables and triggers, no thread and no disk. The next one takes the place of the last."""

    def __init__(self) -> None:
        self.engine = _engine()
        with self.engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            source = sqlite3.connect(template(filled=True))
            source.backup(raw)
            source.close()
            raw.execute("PRAGMA foreign_keys = ON")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Any]:
        with self.engine.begin() as connection:
            yield Statements(connection)

    write = read

    async def fold(self) -> None:
        """There is no disk."""

    def dump(self) -> dict[str, str]:
        """Every table as text."""
        with self.engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            names = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: repr(raw.execute(f"SELECT * FROM {name}").fetchall()) for name in names}


def passage(collection: str, document: str, anchor: str, text: str, kind: Kind = Kind.HANDBOOK) -> Passage:
    """One section of a collection."""
    return Passage(
        key=section_key(collection, document, anchor), scope=collection, document=document, title=text[:8], kind=kind,
        heading=f"{anchor} {text[:6]}", path=(), anchor=anchor, page=None, text=text, language="zh", score=0.9,
        picked=((0, len(text)),),
    )  # fmt: skip


class Collections:
    """The Knowledge port: collections in memory, of which nothing outside of the scope is given."""

    def __init__(self) -> None:
        self.sections: dict[str, list[Passage]] = {}

    def put(self, collection: str, document: str, *texts: str, kind: Kind = Kind.HANDBOOK) -> None:
        """Put a document in, in place of the one with this name."""
        kept = [one for one in self.sections.get(collection, ()) if one.document != document]
        made = [passage(collection, document, f"{number}.1", text, kind) for number, text in enumerate(texts, 1)]
        self.sections[collection] = kept + made

    def all_keys(self) -> list[str]:
        """The keys of all sections, whosever they are."""
        return [one.key for sections in self.sections.values() for one in sections]

    def _within(self, scope: Scope) -> list[Passage]:
        return [one for name in sorted(scope) for one in self.sections.get(name, ())]

    async def find(self, question: str, *, scope: Scope, history: Sequence[str] = (), top_k: int = 5) -> Found:
        within = self._within(scope)
        if "火星" in question:
            return Found(tuple(within[:3]), (), Confidence(Level.NOT_FOUND, 0.2))
        words = {question[at : at + 2] for at in range(len(question) - 1)}
        scored = [(sum(word in one.text for word in words), one) for one in within]
        found = [one for score, one in sorted(scored, key=lambda pair: -pair[0]) if score]
        shown = tuple(one for one in found if one.kind is Kind.HANDBOOK)[:top_k]
        cases = tuple(one for one in found if one.kind is Kind.CASE)
        level = Level.ANSWER if shown else Level.NOT_FOUND
        return Found(shown or tuple(within[:3]), cases, Confidence(level, 0.9))

    async def section(self, key: str, *, scope: Scope) -> Passage | None:
        return next((one for one in self._within(scope) if one.key == key), None)

    async def neighbours(self, key: str, *, scope: Scope) -> tuple[str | None, str | None]:
        keys = [None, *(one.key for one in self._within(scope)), None]
        at = keys.index(key) if key in keys else 0
        return (keys[at - 1], keys[at + 1]) if 0 < at < len(keys) - 1 else (None, None)

    async def anchored(self, anchor: str, *, scope: Scope) -> str | None:
        return next((one.key for one in self._within(scope) if one.anchor == anchor), None)


class Parrot:
    """A model that writes whatever it is given, as it stands, with its number behind it; and what it was asked before."""

    name = "parrot"

    async def write(
        self,
        question: str,
        passages: Sequence[Passage],
        *,
        history: Sequence[str] = (),
        heard: Callable[[str], None] | None = None,
    ) -> str:
        written = ""
        for number, one in enumerate(passages, 1):
            written += one.text.replace("。", f"[{number}]。") + "\n"
            if heard:
                heard(written)
        return written


class LookingChannel:
    """Takes every message to `look` before anybody sees it; `fails` may make a send fail."""

    name = "telegram"

    def __init__(self, look: Callable[[str, int | None, str], None], fails: Callable[[], str]) -> None:
        self._look, self._fails = look, fails
        self._number = 0
        self.topics: dict[tuple[str, int], int | None] = {}

    async def send(self, chat: str, message: Message, *, topic: int | None = None, reply_to: int | None = None) -> Sent:
        self._look(chat, topic, shown(message))
        self._fail()
        self._number += 1
        self.topics[chat, self._number] = topic
        return Sent((self._number,))

    async def edit(self, chat: str, message_id: int, message: Message) -> None:
        self._look(chat, self.topics.get((chat, message_id)), shown(message))
        self._fail()

    def _fail(self) -> None:
        match self._fails():
            case "temporary":
                raise TemporaryChannelError("busy")
            case "unknown":
                raise UnknownOutcome("lost")
            case "permanent":
                raise PermanentChannelError("no")


def shown(message: Message) -> str:
    """Everything that a message brings along: text and buttons."""
    buttons = [f"{one.label} {one.action} {one.url} {one.switch_inline}" for row in message.buttons for one in row]
    return "\n".join((message.plain, *buttons))
