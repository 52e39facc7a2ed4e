"""The library of documents: sent, looked at, confirmed for a team or a merchant, listed, restored, taken out.

What somebody may not know of is not found; what they know but may not do is refused with its reason. A merchant whose
authorisation does not hold has no library: nothing of it is shown, and nothing is put in.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.domain.access import Merchant, Right
from bot.domain.audit import Deed, Entry
from bot.domain.documents import Document, Kept, Outcome, Seen, Version, Waiting, collection_of
from bot.errors import NotFound, Refused, StorageError
from bot.flows.access import Actor, Clock
from bot.flows.team import new_id
from bot.storage.audit import Trail
from bot.storage.documents import Documents
from bot.storage.library_files import WAITING, LibraryFiles
from bot.storage.merchants import Merchants
from bot.storage.people import People
from knowledge.intake import MEGABYTE, MOST_BYTES

MOST_WAITING = 200
"""Files in the waiting folder, two for each that waits; they go after a day."""
AT_ONCE = 2
"""Files that are looked at together; each may take a processor for seconds."""

Inspect = Callable[[str, Path], Awaitable[Seen]]
"""Tells what a file is that was sent under a name; raises Refused."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where documents can be: a team's handbook (`merchant` is empty), or one merchant."""

    team: str
    merchant: str
    name: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What confirming would do: `number` is the version that the file would be, 1 for a new document."""

    waiting: Waiting
    place: Place
    number: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class History:
    """A document with its place and its versions, newest first; `authors` names who added them, as far as it is known."""

    document: Document
    place: Place
    versions: tuple[Version, ...]
    authors: Mapping[str, str]
    may_change: bool


@dataclass(frozen=True, slots=True)
class LibraryDesk:
    """All that is done to documents. `changed` wakes whoever indexes; `now` never goes back."""

    documents: Documents
    people: People
    merchants: Merchants
    files: LibraryFiles
    trail: Trail
    inspect: Inspect
    changed: Callable[[], None]
    now: Clock
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def places(self, actor: Actor, right: Right = Right.CURATE) -> tuple[Place, ...]:
        """Where the actor has the right, teams first; merchants whose authorisation does not hold are left out."""
        access, now = actor.access, self.now()
        teams = await self.people.teams(access=access)
        found = [Place(team.id, "", team.name) for team in teams if access.may(right, team.id)]
        served = (one for one in await self.merchants.all(access=access) if one.open(now))
        found += [Place(one.team, one.id, one.name) for one in served if access.may(right, one.team, one.id)]
        return tuple(found)

    async def closed(self, actor: Actor) -> tuple[Merchant, ...]:
        """Merchants whose documents the actor looks after, and which `places` leaves out: no authorisation of theirs holds."""
        access, now = actor.access, self.now()
        served = (one for one in await self.merchants.all(access=access) if not one.open(now))
        return tuple(one for one in served if access.may(Right.CURATE, one.team, one.id))

    async def look(self, actor: Actor, content: bytes, name: str) -> Waiting:
        """Look at a file that was sent; it then waits to be confirmed. Raises Refused."""
        places = await self.places(actor)
        if not places:
            raise Refused("not_allowed")
        require_size(len(content))
        if await asyncio.to_thread(self.files.count, WAITING) >= MOST_WAITING:
            raise Refused("too_many_waiting")
        id = new_id()
        path = await asyncio.to_thread(self.files.wait, id, content)
        try:
            async with self._room:
                seen = await self.inspect(name, path)
            meant = tuple(collection_of(one.team, one.merchant) for one in places)
            waiting = Waiting(id, actor.person, hashlib.sha256(content).hexdigest(), len(content), self.now(), seen, meant)
            await asyncio.to_thread(self.files.describe, waiting)
        except BaseException:
            self.files.drop(id)
            raise
        return waiting

    async def waiting(self, actor: Actor, id: str) -> Waiting:
        """What the actor sent and has not confirmed yet. Raises NotFound."""
        found = await asyncio.to_thread(self.files.waiting, id)
        if found is None or found.person != actor.person:
            raise NotFound("no_waiting")
        return found

    async def offer(self, actor: Actor, id: str, team: str, merchant: str = "") -> Offer:
        """What confirming the file there would do; from now on that is where it is meant to go. Raises NotFound, Refused."""
        waiting, place = await self.waiting(actor, id), await self.place(actor, team, merchant, Right.CURATE)
        waiting = replace(waiting, collections=(collection_of(team, merchant),))
        await asyncio.to_thread(self.files.describe, waiting)
        name = waiting.seen.name.casefold()
        there = await self.documents.all(team, merchant, access=actor.access)
        document = next((one for one in there if one.name.casefold() == name), None)
        if document is None:
            return Offer(waiting, place, 1, Outcome.ADDED)
        versions = await self.documents.versions(document, access=actor.access)
        same = next((one.number for one in versions if one.digest == waiting.digest), 0)
        if same:
            return Offer(waiting, place, same, Outcome.SAME if same == document.current else Outcome.RESTORED)
        return Offer(waiting, place, versions[0].number + 1 if versions else 1, Outcome.ADDED)

    async def confirm(self, actor: Actor, id: str, team: str, merchant: str = "") -> Kept:
        """Put the file in. A document of that name gets a new version, and the old one stays. Raises NotFound, Refused."""
        waiting, place = await self.waiting(actor, id), await self.place(actor, team, merchant, Right.CURATE)
        collection, now = collection_of(team, merchant), self.now()
        await asyncio.to_thread(self.files.keep, collection, waiting)
        fresh = Document(new_id(), team, merchant, waiting.seen.name, 0)
        version = Version(0, waiting.digest, waiting.size, waiting.seen.sections, actor.person, now)
        kept = await self.documents.add(fresh, version, self._entry(actor, Deed.DOCUMENT_ADDED, place))
        if kept is None:
            await asyncio.to_thread(self.files.remove, collection)
            raise NotFound("no_merchant" if merchant else "no_team")
        await self._publish(collection)
        await asyncio.to_thread(self.files.drop, id)
        return kept

    async def drop(self, actor: Actor, id: str) -> None:
        """Do without the file. Raises NotFound."""
        await self.waiting(actor, id)
        await asyncio.to_thread(self.files.drop, id)

    async def all(self, actor: Actor, team: str, merchant: str = "") -> tuple[Document, ...]:
        """The documents of one place, by name, also those taken out. Raises NotFound, Refused."""
        place = await self.place(actor, team, merchant)
        found = await self.documents.all(team, merchant, access=actor.access)
        subject = collection_of(team, merchant)
        await self.trail.add(self._entry(actor, Deed.LISTED, place, subject, list="library"))
        return found

    async def history(self, actor: Actor, id: str) -> History:
        """A document with its versions. Raises NotFound, Refused."""
        document, place = await self._document(actor, id)
        versions = await self.documents.versions(document, access=actor.access)
        authors = await self.people.names(*{one.added_by for one in versions})
        may_change = actor.access.may(Right.CURATE, document.team, document.merchant)
        return History(document, place, versions, authors, may_change)

    async def restore(self, actor: Actor, id: str, number: int) -> Document:
        """Let an older version count again, or the one of a document that was taken out. Raises NotFound, Refused."""
        document, place = await self._document(actor, id, Right.CURATE)
        if all(one.number != number for one in await self.documents.versions(document, access=actor.access)):
            raise NotFound("no_version")
        return await self._change(actor, document, place, number, Deed.DOCUMENT_RESTORED)

    async def take_out(self, actor: Actor, id: str) -> Document:
        """Let nothing of a document be found any more; its versions stay. Raises NotFound, Refused."""
        document, place = await self._document(actor, id, Right.CURATE)
        return await self._change(actor, document, place, 0, Deed.DOCUMENT_REMOVED)

    async def place(self, actor: Actor, team: str, merchant: str = "", right: Right = Right.READ) -> Place:
        """A place where the actor has the right. Raises NotFound when they may not know of it, Refused."""
        if merchant:
            served = next((one for one in await self.merchants.all(access=actor.access) if one.id == merchant), None)
            if served is None or served.team != team:
                raise NotFound("no_merchant")
            if not served.open(self.now()):
                raise Refused("merchant_closed")
            name = served.name
        else:
            named = {one.id: one.name for one in await self.people.teams(access=actor.access)}
            if team not in named or not actor.access.may(Right.READ, team):
                raise NotFound("no_team")
            name = named[team]
        if not actor.access.may(right, team, merchant):
            raise Refused("not_allowed")
        return Place(team, merchant, name)

    async def _document(self, actor: Actor, id: str, right: Right = Right.READ) -> tuple[Document, Place]:
        document = await self.documents.one(id, access=actor.access)
        if document is None:
            raise NotFound("no_document")
        return document, await self.place(actor, document.team, document.merchant, right)

    async def _change(self, actor: Actor, document: Document, place: Place, number: int, deed: Deed) -> Document:
        if document.current != number:
            detail = {"version": str(number or document.current)}
            if not await self.documents.set_current(document, number, self._entry(actor, deed, place, document.id, **detail)):
                raise NotFound("no_document")
            await self._publish(document.collection)
        return Document(document.id, document.team, document.merchant, document.name, number)

    async def _publish(self, collection: str) -> None:
        """Bring the folder in step, and have it indexed. A folder that refuses is brought in step later, by whoever indexes."""
        shelved = (await self.documents.shelved()).get(collection)
        with suppress(StorageError):
            if shelved is None:
                await asyncio.to_thread(self.files.remove, collection)
            else:
                await asyncio.to_thread(self.files.put, collection, shelved.current)
        self.changed()

    def _entry(self, actor: Actor, deed: Deed, place: Place, subject: str = "", **detail: str) -> Entry:
        return Entry(self.now(), actor.person, deed, actor.chat, place.team, place.merchant, subject, detail)


def require_size(size: int) -> None:
    """Raises Refused for a file that is too large, before it is fetched."""
    if size > MOST_BYTES:
        raise Refused("too_large", most=MOST_BYTES // MEGABYTE)
