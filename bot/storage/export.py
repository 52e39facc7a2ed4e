"""All that is stored of one merchant, read at one moment, with nothing in it of any other merchant or team."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, Text, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import HANDBOOK, Access, Merchant, Policy, Right, Role, merchant_collection, team_collection
from bot.domain.answers import Verdict
from bot.domain.audit import Entry
from bot.domain.own_rules import SheetVersion
from bot.domain.suggestions import Suggestion
from bot.storage.audit import entry_of
from bot.storage.database import Database
from bot.storage.merchants import Authorisation
from bot.storage.own_rules import sheets_in
from bot.storage.people import Member
from bot.storage.session_export import SessionRecord, session_records
from bot.storage.suggestions import suggestions_in
from bot.storage.tables import audit, authorisations, bindings, chats, documents, exchanges, memberships, people, teams, versions


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the merchant. `text` is None where it may be about others too; then nobody is named either."""

    at: datetime
    person: str
    text: str | None
    verdict: Verdict
    answer: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A group, or a topic of it. `title` is None where the group serves others too, whose names may stand in it."""

    chat: str
    topic: int
    title: str | None
    ceiling: Policy
    bound_at: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a document. `digest` names its file; `current` says that it is the one that is read."""

    document: str
    name: str
    number: int
    digest: str
    size: int
    added_by: str
    added_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class Belongings:
    """What belongs to one merchant. `names` are the people who occur in it; lists are oldest first."""

    merchant: Merchant
    team: str
    authorisations: tuple[Authorisation, ...]
    members: tuple[Member, ...]
    groups: tuple[Group, ...]
    questions: tuple[Question, ...]
    versions: tuple[Version, ...]
    sessions: tuple[SessionRecord, ...]
    trail: tuple[Entry, ...]
    names: dict[str, str]
    rules: tuple[SheetVersion, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()


class Exports:
    """Reads merchants whole."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, merchant: Merchant, *, access: Access) -> Belongings | None:
        """All of one merchant; None for somebody who does not own it."""
        if not access.may(Right.OWN, merchant.team, merchant.id):
            return None
        async with self._database.read() as db:
            trail = tuple(entry_of(row) for row in await db.execute(_of(audit, merchant).order_by(audit.c.id)))
            granted = await _authorisations(db, merchant)
            members, groups = await _members(db, merchant), await _groups(db, merchant)
            questions, kept = await _questions(db, merchant), await _versions(db, merchant)
            sessions, rules = await session_records(db, merchant), await sheets_in(db, merchant.id)
            proposed = await suggestions_in(db, merchant.id)
            team = str(await db.scalar(select(teams.c.name).where(teams.c.id == merchant.team)) or "")
            seen = {*(e.person for e in trail), *(e.subject for e in trail), *(q.person for q in questions)}
            seen |= {*(g.recorded_by for g in granted), *(v.added_by for v in kept), *(m.person for m in members), access.person}
            seen = seen.union(
                *(one.people for one in sessions), (one.by for one in rules), (one.by for one in proposed if one.by)
            )
            rows = await db.execute(select(people.c.person, people.c.name).where(people.c.person.in_(seen)))
            names = {row.person: row.name for row in rows}
        return Belongings(merchant, team, granted, members, groups, questions, kept, sessions, trail, names, rules, proposed)


def _of(table: Any, merchant: Merchant) -> Select[Any]:
    return select(table).where(table.c.merchant == merchant.id)


async def _authorisations(db: AsyncConnection, merchant: Merchant) -> tuple[Authorisation, ...]:
    rows = await db.execute(_of(authorisations, merchant).order_by(authorisations.c.id))
    return tuple(Authorisation(row.granted_by, row.recorded_by, row.begins_at, row.ends_at, row.recorded_at) for row in rows)


async def _members(db: AsyncConnection, merchant: Merchant) -> tuple[Member, ...]:
    """Whoever has a role for the merchant, and those of the team whose role reaches it."""
    reaching = (memberships.c.merchant == "") & memberships.c.role.in_([Role.OWNER.value, Role.LEAD.value])
    where = (memberships.c.team == merchant.team) & or_(memberships.c.merchant == merchant.id, reaching)
    joined = memberships.outerjoin(people, people.c.person == memberships.c.person)
    rows = await db.execute(select(memberships, people.c.name).select_from(joined).where(where).order_by(memberships.c.since))
    return tuple(Member(row.person, row.name or "", Role(row.role), row.merchant, row.since) for row in rows)


async def _groups(db: AsyncConnection, merchant: Merchant) -> tuple[Group, ...]:
    mine = select(bindings.c.chat).where(bindings.c.merchant == merchant.id)
    joined = bindings.outerjoin(chats, chats.c.chat == bindings.c.chat)
    query = select(bindings, chats.c.title).select_from(joined).where(bindings.c.chat.in_(mine))
    rows = (await db.execute(query.order_by(bindings.c.bound_at, bindings.c.chat, bindings.c.topic))).all()
    shared = {row.chat for row in rows if row.merchant != merchant.id}
    return tuple(
        Group(row.chat, row.topic, None if row.chat in shared else row.title or "", Policy(row.ceiling), row.bound_at)
        for row in rows
        if row.merchant == merchant.id
    )


async def _questions(db: AsyncConnection, merchant: Merchant) -> tuple[Question, ...]:
    # Ids are hexadecimal, so they stand in a JSON list as they are; the lists themselves are compared below.
    open_to = cast(exchanges.c.merchants, Text).contains(f'"{merchant.id}"', autoescape=True)
    rows = await db.execute(select(exchanges).where(open_to).order_by(exchanges.c.number))
    return tuple(found for found in (_question(row, merchant) for row in rows) if found is not None)


def _question(row: Row[Any], merchant: Merchant) -> Question | None:
    """The question as far as it is this merchant's; None when its answer drew on anything else than may be handed out."""
    cited = [*row.citations, *row.cases]
    ours = {HANDBOOK, merchant_collection(merchant.id), team_collection(merchant.team)}
    if not {one.get("collection", HANDBOOK) for one in cited} <= ours:
        return None
    sources = tuple(_sources(cited))
    if row.merchants == [merchant.id] and set(row.teams) <= {merchant.team}:
        return Question(row.asked_at, row.person, row.question, Verdict(row.verdict), row.text, sources)
    if row.drawn == [merchant.id]:
        return Question(row.asked_at, "", None, Verdict(row.verdict), row.text, sources)
    return None


def _sources(cited: Iterable[dict[str, Any]]) -> Iterable[str]:
    return (f"{one['section']} · {one['document']}" for one in cited)


async def _versions(db: AsyncConnection, merchant: Merchant) -> tuple[Version, ...]:
    joined = versions.join(documents, documents.c.id == versions.c.document)
    query = select(versions, documents.c.name, documents.c.current).select_from(joined)
    rows = await db.execute(
        query.where(documents.c.merchant == merchant.id).order_by(documents.c.name, documents.c.id, versions.c.number)
    )
    return tuple(
        Version(row.document, row.name, row.number, row.digest, row.size, row.added_by, row.added_at, row.number == row.current)
        for row in rows
    )
