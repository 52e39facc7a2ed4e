"""Teams' and merchants' collections: their files and their index kept in step with the rows, and deleted with them.

The rows count. What another process changed there (`copilot library`, `copilot merchants delete`) is followed within
`WATCH_SECONDS`; what this one changes, at once.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from datetime import datetime
from pathlib import Path

import structlog

from bot.domain.access import Scope, merchant_collection, scope_of_collections
from bot.errors import CopilotError, DataFolderBusy
from bot.handbook import run
from bot.instance import own
from bot.storage.documents import Documents, Shelved
from bot.storage.library_files import LibraryFiles
from knowledge.library import Library
from knowledge.removal import left, purge
from knowledge.types import Unreadable

log = structlog.get_logger(__name__)

WATCH_SECONDS = 30.0
"""How soon a change by another process is followed; a look at unchanged collections costs a query and a few stats."""
LOOK_AGAIN = 600.0
"""Seconds after which also an unchanged collection's index is looked at, which takes some 50 ms: its vectors may be lost."""


class Collections:
    """Every collection but the handbook's."""

    def __init__(self, library: Library, documents: Documents, files: LibraryFiles, now: Callable[[], datetime]) -> None:
        self._library, self._documents, self._files, self._now = library, documents, files, now
        self._turn = asyncio.Lock()
        self._news = asyncio.Event()
        self._pause = threading.Event()
        self._done: dict[str, tuple[Mapping[str, str], float]] = {}
        self._unreadable: dict[str, tuple[Unreadable, ...]] = {}

    def changed(self) -> None:
        """Say that there is something new; it is looked at as soon as what is being done is done."""
        self._news.set()

    async def sync(self) -> None:
        """Bring everything in step once. What fails for one collection is logged, and the others go on."""
        async with self._turn:
            # What is there is looked at before the rows are read: a folder or an index comes after its row.
            stored = _ours(await run(self._library.scopes))
            folders = _ours(await asyncio.to_thread(self._files.collections))
            shelved = await self._documents.shelved()
            if not shelved:
                return  # not even a team: a new database beside an old folder is no reason to delete what lies there
            for name in sorted((stored | folders) - shelved.keys()):
                await self._try(name, self._remove(name))
            for name in sorted(shelved):
                if shelved[name].digests or name in stored | folders:
                    await self._try(name, self._follow(name, shelved[name], name in stored))
            digests = {name: one.digests for name, one in shelved.items()}
            await asyncio.to_thread(self._files.prune, digests, self._now())

    async def watch(self) -> None:
        """Sync now, at every change and every `WATCH_SECONDS`, until cancelled."""
        while True:
            self._news.clear()
            try:
                await self.sync()
            except CopilotError as error:
                log.warning("collections.sync_failed", reason=str(error))
            try:
                async with asyncio.timeout(WATCH_SECONDS):
                    await self._news.wait()
            except TimeoutError:
                continue

    async def forget(self, merchant: str) -> None:
        """Delete a merchant's files and index here and now; the rows have to be gone already. Raises the CopilotError family."""
        self._pause.set()  # a fill under way may take minutes, and is taken up again later
        try:
            async with self._turn:
                await self._remove(merchant_collection(merchant))
        finally:
            self._pause.clear()
            self.changed()

    def stop(self) -> None:
        """Let a fill under way end after its batch."""
        self._pause.set()

    async def _try(self, name: str, work: Coroutine[object, object, None]) -> None:
        try:
            await work
        except CopilotError as error:
            log.warning("collections.sync_failed", collection=name, reason=str(error))

    async def _follow(self, name: str, shelved: Shelved, indexed: bool) -> None:
        changed = await asyncio.to_thread(self._files.put, name, shelved.current)
        if not shelved.current and not indexed:
            return
        done, at = self._done.get(name, (None, 0.0))
        if not changed and done == shelved.current and time.monotonic() - at < LOOK_AGAIN:
            return
        self._done.pop(name, None)
        report = await run(lambda: self._library.read(name, self._files.current(name)))
        if report.added or report.changed or report.removed:
            log.info("collections.changed", collection=name, documents=len(shelved.current))
        if report.unreadable != self._unreadable.get(name, ()):
            self._unreadable[name] = report.unreadable
            log.warning("collections.unreadable", collection=name, reasons=[bad.reason for bad in report.unreadable])
        await run(lambda: self._library.fill(name, None, self._pause))
        if not self._pause.is_set():
            self._done[name] = (shelved.current, time.monotonic())

    async def _remove(self, name: str) -> None:
        self._done.pop(name, None)
        await asyncio.to_thread(self._files.remove, name)
        await run(lambda: self._library.remove_collection(name))
        log.info("collections.removed", collection=name)


def _ours(names: Iterable[str]) -> set[str]:
    """The names that are a team's or a merchant's collection; nothing else is touched."""
    return {name for name in names if scope_of_collections([name]) != Scope()}


async def forget_beside(data: Path, files: LibraryFiles, merchant: str) -> None:
    """Delete a merchant's files, and its index unless a running copilot has that open, which then follows by itself.

    Raises the CopilotError family.
    """
    collection = merchant_collection(merchant)
    await asyncio.to_thread(files.remove, collection)
    try:
        with own(data):
            await run(lambda: purge(data / "index", collection))
    except DataFolderBusy:
        log.info("collections.left_to_the_owner", collection=collection)


async def library_left(data: Path, merchant: str) -> dict[str, int]:
    """What is left of a merchant beside the rows: `files`, and what `knowledge.removal.left` counts. All 0 once it is deleted.

    Files that wait and may be meant for it count as well.

    Raises the CopilotError family.
    """
    collection = merchant_collection(merchant)
    library = LibraryFiles(data / "library")
    files = await asyncio.to_thread(library.count, collection) + len(await asyncio.to_thread(library.waiting_for, collection))
    return {"files": files, **await run(lambda: left(data / "index", collection))}
