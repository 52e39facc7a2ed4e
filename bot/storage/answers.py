"""Questions with their answers, what people thought of them, and what was passed on to the lead.

Knows nothing about how an answer is found or shown. An exchange is seen only from the chat that it happened in.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, Select, case, exists, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import GONE, Scope, Viewer, scope_of_collections
from bot.domain.answers import Answer, Citation, Verdict
from bot.errors import NotFound
from bot.storage.audit import deleted
from bot.storage.database import Database
from bot.storage.members import members
from bot.storage.tables import exchanges, feedback, lead_questions
from bot.storage.upsert import insert

NOT_FOUND = "这条回答找不到了，请再问一次。"
FOLLOW_UP_WITHIN = timedelta(minutes=30)
_NOTHING_SAID: dict[str, object] = {
    "question": "", "text": "", "notice": "", "citations": [], "cases": [], "drawn": [], "merchants": [GONE],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """One question and what was answered. `person` and `chat` are qualified ids."""

    id: str
    person: str
    chat: str
    topic: int | None
    at: datetime
    answer: Answer

    @property
    def question(self) -> str:
        """What was asked."""
        return self.answer.question

    @property
    def verdict(self) -> Verdict:
        """What was decided about the question."""
        return self.answer.verdict

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Where the answer stands, best first."""
        return self.answer.citations

    @property
    def cases(self) -> tuple[Citation, ...]:
        """The nearest past cases."""
        return self.answer.cases


@dataclass(frozen=True, slots=True)
class LeadQuestion:
    """A question that somebody passed on to the lead. `reply` is empty until the lead has answered.

    `person` is who asked the lead, in `language`; `chat` and `topic` are where the reply belongs, as long as these
    `collections` may be shown there: the question and the reply may be about any that could be drawn on.
    """

    id: int
    person: str
    chat: str
    topic: int | None
    language: str
    exchange: str
    question: str
    verdict: Verdict
    asked_at: datetime
    reply: str
    replied_at: datetime | None
    collections: frozenset[str]


class Exchanges:
    """What was asked and answered."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, key: str, viewer: Viewer, answer: Answer, *, now: datetime) -> str:
        """Keep an answer and return its short id (8 characters, url-safe); the same key gives the same id again.

        Nothing that was said is kept when a merchant of the viewer's scope has been deleted since the question.
        """
        values = _exchange_values(key, viewer, answer, now)
        new = insert(exchanges).on_conflict_do_nothing()
        async with self._database.write() as db:
            if await deleted(db, viewer.scope.merchants):
                values |= _NOTHING_SAID
            # The loop is for the one case in 2**48 or so that another exchange has the id already.
            while True:
                await db.execute(new, values | {"id": secrets.token_urlsafe(6)})
                known = await db.scalar(select(exchanges.c.id).where(exchanges.c.key == key))
                if known is not None:
                    return str(known)

    async def get(self, id: str, *, viewer: Viewer) -> StoredAnswer | None:
        """The exchange, for a viewer in its chat who may read every merchant that it could draw on; else None."""
        async with self._database.read() as db:
            row = await _visible(db, id, viewer)
            return None if row is None else _stored(row)

    async def turns(
        self, viewer: Viewer, *, now: datetime, limit: int = 3, within: timedelta = FOLLOW_UP_WITHIN
    ) -> tuple[str, ...]:
        """The last questions of this person in this chat and topic, oldest first."""
        query = select(exchanges.c.question).where(
            exchanges.c.person == viewer.person,
            exchanges.c.chat == viewer.chat,
            exchanges.c.topic.is_not_distinct_from(viewer.topic),
            # A group that has changed hands does not go on where it was with somebody else's merchant.
            _readable(viewer.scope),
            exchanges.c.asked_at.between(now - within, now),
        )
        async with self._database.read() as db:
            latest = (await db.scalars(query.order_by(exchanges.c.number.desc()).limit(limit))).all()
            return tuple(reversed(latest))

    async def feedback(self, id: str, viewer: Viewer, good: bool, reason: str = "", *, now: datetime) -> None:
        """Keep what this person thinks of an answer, in place of what they thought before. Raises NotFound.

        The same opinion again, without a reason, leaves the reason that was given before.
        """
        opinion = {"good": good, "reason": reason, "given_at": now}
        async with self._database.write() as db:
            number = await _number(db, id, viewer)
            statement = insert(feedback).values(exchange=number, person=viewer.person, **opinion)
            same = (feedback.c.good == good) & literal(not reason)
            kept = {"reason": case((same, feedback.c.reason), else_=statement.excluded.reason)}
            await db.execute(statement.on_conflict_do_update(index_elements=["exchange", "person"], set_=opinion | kept))

    async def ask_lead(self, id: str, viewer: Viewer, *, now: datetime) -> int:
        """Pass a question on to the lead and return its number; asking again gives the same. Raises NotFound."""
        async with self._database.write() as db:
            number = await _number(db, id, viewer)
            values = {"exchange": number, "person": viewer.person, "language": viewer.language, "asked_at": now}
            await db.execute(insert(lead_questions).values(values).on_conflict_do_nothing())
            asked = select(lead_questions.c.id).where(lead_questions.c.exchange == number)
            return int((await db.execute(asked)).scalar_one())

    async def lead_message(self, question_id: int, chat: str, message_id: int) -> None:
        """The question stands in the lead's chat as this message; a reply to it is the lead's answer."""
        await self._change(question_id, {"lead_chat": chat, "lead_message_id": message_id})

    async def lead_question(self, chat: str, message_id: int) -> LeadQuestion | None:
        """The question that this message of the lead's chat is, None when it is none."""
        here = (lead_questions.c.lead_chat == chat) & (lead_questions.c.lead_message_id == message_id)
        async with self._database.read() as db:
            row = (await db.execute(_lead_questions().where(here))).first()
            return None if row is None else _lead_question(row)

    async def lead_answered(self, question_id: int, text: str, *, now: datetime) -> None:
        """Keep the lead's answer; a second one replaces the first. Raises NotFound."""
        await self._change(question_id, {"reply": text, "replied_at": now})

    async def unanswered(self, *, viewer: Viewer, limit: int = 20) -> tuple[LeadQuestion, ...]:
        """What the lead has not answered yet, oldest first, as far as the viewer may read its merchants."""
        query = _lead_questions().where(lead_questions.c.replied_at.is_(None), _readable(viewer.scope))
        async with self._database.read() as db:
            rows = await db.execute(query.order_by(lead_questions.c.id).limit(limit))
            return tuple(_lead_question(row) for row in rows)

    async def _change(self, question_id: int, values: dict[str, object]) -> None:
        statement = update(lead_questions).where(lead_questions.c.id == question_id).values(values)
        async with self._database.write() as db:
            if (await db.execute(statement)).rowcount == 0:
                raise NotFound("这个问题找不到了。")


def _readable(scope: Scope) -> ColumnElement[bool]:
    """Exchanges whose merchants and teams are all in the scope."""
    pairs = ((exchanges.c.merchants, scope.merchants), (exchanges.c.teams, scope.teams))
    foreign = [_other_than(column, allowed) for column, allowed in pairs]
    return ~or_(*foreign)


def _other_than(column: Column[Any], allowed: Collection[str]) -> ColumnElement[bool]:
    """Whether a column's list has a value that is not allowed."""
    held = members(column)
    return exists(select(1).select_from(held).where(held.c.value.not_in(sorted(allowed))))


async def _visible(db: AsyncConnection, id: str, viewer: Viewer) -> Row[Any] | None:
    mine = (exchanges.c.id == id) & (exchanges.c.chat == viewer.chat) & _readable(viewer.scope)
    return (await db.execute(select(exchanges).where(mine))).first()


async def _number(db: AsyncConnection, id: str, viewer: Viewer) -> int:
    row = await _visible(db, id, viewer)
    if row is None:
        raise NotFound(NOT_FOUND)
    return int(row.number)


def _exchange_values(key: str, viewer: Viewer, answer: Answer, now: datetime) -> dict[str, object]:
    return {
        "key": key,
        "person": viewer.person,
        "chat": viewer.chat,
        "topic": viewer.topic,
        "merchants": sorted(viewer.scope.merchants),
        "teams": sorted(viewer.scope.teams),
        "drawn": sorted(scope_of_collections(answer.collections).merchants),
        "question": answer.question,
        "verdict": answer.verdict,
        "text": answer.text,
        "notice": answer.notice,
        "citations": [asdict(citation) for citation in answer.citations],
        "cases": [asdict(case) for case in answer.cases],
        "asked_at": now,
    }


def _stored(row: Row[Any]) -> StoredAnswer:
    answer = Answer(
        question=row.question,
        verdict=Verdict(row.verdict),
        text=row.text,
        citations=_citations(row.citations),
        cases=_citations(row.cases),
        notice=row.notice,
    )
    return StoredAnswer(row.id, row.person, row.chat, row.topic, row.asked_at, answer)


def _citations(raw: Sequence[dict[str, Any]]) -> tuple[Citation, ...]:
    return tuple(Citation(**citation) for citation in raw)


def _lead_questions() -> Select[Any]:
    asked = (
        exchanges.c.chat,
        exchanges.c.topic,
        exchanges.c.id.label("exchange_id"),
        exchanges.c.question,
        exchanges.c.verdict,
        exchanges.c.merchants,
        exchanges.c.teams,
    )
    return select(lead_questions, *asked).join(exchanges)


def _lead_question(row: Row[Any]) -> LeadQuestion:
    return LeadQuestion(
        id=row.id,
        person=row.person,
        chat=row.chat,
        topic=row.topic,
        language=row.language,
        exchange=row.exchange_id,
        question=row.question,
        verdict=Verdict(row.verdict),
        asked_at=row.asked_at,
        reply=row.reply or "",
        replied_at=row.replied_at,
        collections=Scope(frozenset(row.merchants), frozenset(row.teams)).collections,
    )
