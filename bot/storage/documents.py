"""Documents and their versions as rows. The files themselves are library_files.py's; the rows say which of them count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import Access, Right
from bot.domain.audit import Deed, Entry
from bot.domain.documents import Document, Kept, Outcome, Version, collection_of
from bot.storage.audit import note
from bot.storage.database import Database
from bot.storage.tables import documents, merchants, teams, versions
from bot.storage.upsert import insert


@dataclass(frozen=True, slots=True)
class Shelved:
    """Of one collection: the digest that each name stands for now, and the digests of all versions."""

    current: Mapping[str, str]
    digests: frozenset[str]


class Documents:
    """Every document by its id."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, team: str, merchant: str = "", *, access: Access) -> tuple[Document, ...]:
        """The documents of a team's handbook, or of one merchant, by name, also those taken out; none for a stranger."""
        if not access.may(Right.READ, team, merchant):
            return ()
        async with self._database.read() as db:
            return tuple(sorted(await _all(db, team, merchant), key=lambda one: one.name))

    async def one(self, id: str, *, access: Access) -> Document | None:
        """One document; None when there is none that the person may read."""
        async with self._database.read() as db:
            row = (await db.execute(select(documents).where(documents.c.id == id))).one_or_none()
        found = _document(row) if row else None
        return found if found and access.may(Right.READ, found.team, found.merchant) else None

    async def versions(self, document: Document, *, access: Access) -> tuple[Version, ...]:
        """All versions of a document, newest first; none for a stranger."""
        if not access.may(Right.READ, document.team, document.merchant):
            return ()
        query = select(versions).where(versions.c.document == document.id).order_by(versions.c.number.desc())
        async with self._database.read() as db:
            return tuple(_version(row) for row in await db.execute(query))

    async def shelved(self) -> dict[str, Shelved]:
        """Each collection that there may be, with what lies in it; for keeping files and index in step, not for showing."""
        joined = documents.join(versions, versions.c.document == documents.c.id)
        query = select(documents, versions.c.number, versions.c.digest).select_from(joined)
        async with self._database.read() as db:
            names = [collection_of(id) for id in await db.scalars(select(teams.c.id))]
            names += [collection_of("", id) for id in await db.scalars(select(merchants.c.id))]
            rows = (await db.execute(query)).all()
        found: dict[str, tuple[dict[str, str], set[str]]] = {name: ({}, set()) for name in names}
        for row in rows:
            current, digests = found.setdefault(collection_of(row.team, row.merchant), ({}, set()))
            digests.add(row.digest)
            if row.number == row.current:
                current[row.name] = row.digest
        return {name: Shelved(current, frozenset(digests)) for name, (current, digests) in found.items()}

    async def add(self, fresh: Document, version: Version, entry: Entry) -> Kept | None:
        """Make a file the current version of the document with its name; None when team or merchant are gone meanwhile.

        `fresh` is the document for the case that there is none with that name yet; a name is the same whatever its case.
        A file that is a version already is no new one. The entry's deed, subject and version are filled in here.
        """
        async with self._database.write() as db:
            if not await _is_there(db, fresh.team, fresh.merchant):
                return None
            same_name = (
                one for one in await _all(db, fresh.team, fresh.merchant) if one.name.casefold() == fresh.name.casefold()
            )
            document = next(same_name, None)
            if document is None:
                document = fresh
                await db.execute(insert(documents).values(_values(fresh)))
            kept = await _keep(db, document, version)
            if kept.outcome is not Outcome.SAME:
                deed = Deed.DOCUMENT_ADDED if kept.outcome is Outcome.ADDED else Deed.DOCUMENT_RESTORED
                detail = {"version": str(kept.number)}
                await note(db, replace(entry, deed=deed, subject=document.id, detail=detail))
            return kept

    async def set_current(self, document: Document, number: int, entry: Entry) -> bool:
        """Let another version count, 0 for none; False when the document is gone meanwhile."""
        async with self._database.write() as db:
            changed = await db.execute(update(documents).where(documents.c.id == document.id).values(current=number))
            if changed.rowcount:
                await note(db, entry)
            return bool(changed.rowcount)


async def _keep(db: AsyncConnection, document: Document, version: Version) -> Kept:
    mine = versions.c.document == document.id
    known = await db.scalar(select(versions.c.number).where(mine, versions.c.digest == version.digest))
    if known and known == document.current:
        return Kept(document, known, Outcome.SAME)
    number = known or int(await db.scalar(select(func.max(versions.c.number)).where(mine)) or 0) + 1
    if not known:
        values = {
            "document": document.id, "number": number, "digest": version.digest, "size": version.size,
            "sections": version.sections, "added_by": version.added_by, "added_at": version.added_at,
        }  # fmt: skip
        await db.execute(insert(versions).values(values))
    await db.execute(update(documents).where(documents.c.id == document.id).values(current=number))
    return Kept(replace(document, current=number), number, Outcome.RESTORED if known else Outcome.ADDED)


async def _is_there(db: AsyncConnection, team: str, merchant: str) -> bool:
    query = select(merchants.c.id).where(merchants.c.id == merchant, merchants.c.team == team)
    return await db.scalar(query if merchant else select(teams.c.id).where(teams.c.id == team)) is not None


async def _all(db: AsyncConnection, team: str, merchant: str) -> list[Document]:
    where = (documents.c.team == team) & (documents.c.merchant == merchant)
    return [_document(row) for row in await db.execute(select(documents).where(where))]


def _values(document: Document) -> dict[str, object]:
    return {
        "id": document.id, "team": document.team, "merchant": document.merchant, "name": document.name,
        "current": document.current,
    }  # fmt: skip


def _document(row: Row[Any]) -> Document:
    return Document(row.id, row.team, row.merchant, row.name, row.current)


def _version(row: Row[Any]) -> Version:
    return Version(row.number, row.digest, row.size, row.sections, row.added_by, row.added_at)
