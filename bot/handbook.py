"""The handbook as the flows see it: the knowledge library run in threads, with its errors in the product's own terms."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

import structlog

from bot.domain.access import HANDBOOK
from bot.domain.wording import Wording, warning_sections
from bot.errors import CopilotError, HandbookError, ModelError, StorageError
from bot.flows.ports import Found
from knowledge.errors import FolderUnusable, IndexRefused, KnowledgeError, ModelUnavailable
from knowledge.find import Finder, Findings
from knowledge.library import Library, Progress, Report
from knowledge.types import Passage, Scope, is_handbook

T = TypeVar("T")
log = structlog.get_logger(__name__)

WATCH_SECONDS = 30.0
"""How soon an edited chapter is found; a look at an unchanged folder costs a few milliseconds."""


def translated(error: KnowledgeError) -> CopilotError:
    """The library's error as the product's, with the same sentence."""
    if isinstance(error, FolderUnusable):
        return HandbookError(str(error))
    if isinstance(error, ModelUnavailable):
        return ModelError(str(error))
    return StorageError(str(error), error.english if isinstance(error, IndexRefused) else "")


class Handbook:
    """The Knowledge port over one handbook folder. Other collections keep their names."""

    def __init__(self, library: Library, finder: Finder, folder: Path, wordings: Callable[[], Sequence[Wording]] = tuple) -> None:
        """`wordings` gives the handbook's list of what must not be said: whoever asks for it is shown the warning first."""
        self._library, self._finder, self.folder = library, finder, folder.resolve()
        self._wordings = wordings
        # The collection is named after the folder, so that trying another handbook does not throw the first one's vectors away.
        self.collection = f"{HANDBOOK}-{blake2b(str(self.folder).encode('utf-8', 'surrogateescape'), digest_size=4).hexdigest()}"
        self._stop = threading.Event()

    def _stored(self, scope: Scope) -> set[str]:
        return {self.collection if name == HANDBOOK else name for name in scope}

    async def find(self, question: str, *, scope: Scope, history: Sequence[str] = (), top_k: int = 5) -> Found:
        """See the port."""
        stored = self._stored(scope)
        findings = await run(lambda: self._find(question, stored, history, top_k))
        return Found(findings.passages, findings.cases, findings.confidence, findings.complete)

    def _find(self, question: str, stored: set[str], history: Sequence[str], top_k: int) -> Findings:
        found = self._finder.find(question, scope=stored, history=history, top_k=top_k)
        if not found.passages:
            return found
        best = found.passages[0]
        # What a merchant's document says about the law does not count as the handbook's warning.
        warns = best.text if is_handbook(best.scope) else ""
        lead = warning_sections(self._wordings(), question, anchor=best.anchor, text=warns)
        return self._finder.find(question, scope=stored, history=history, top_k=top_k, lead=lead) if lead else found

    async def section(self, key: str, *, scope: Scope) -> Passage | None:
        """See the port."""
        return await run(lambda: self._finder.section(key, scope=self._stored(scope)))

    async def neighbours(self, key: str, *, scope: Scope) -> tuple[str | None, str | None]:
        """See the port."""
        return await run(lambda: self._finder.neighbours(key, scope=self._stored(scope)))

    async def anchored(self, anchor: str, *, scope: Scope) -> str | None:
        """See the port."""
        return await run(lambda: self._finder.anchored(anchor, scope=self._stored(scope)))

    async def cases(self, scope: Scope) -> Sequence[Passage]:
        """Every case of a scope, by its first section."""
        return await run(lambda: self._finder.cases(scope=self._stored(scope)))

    def model_changed(self) -> bool:
        """Whether everything has to be embedded again because another model is set."""
        return self._library.model_changed(self.collection)

    async def read(self, progress: Progress | None = None) -> Report:
        """Bring the words in step with the folder; searchable afterwards."""
        return await run(lambda: self._library.read(self.collection, self.folder, progress))

    async def fill(self, progress: Progress | None = None) -> int:
        """Add the vectors that are missing; returns how many were. Cancelled, it ends after its batch."""
        try:
            return await run(lambda: self._library.fill(self.collection, progress, self._stop))
        except asyncio.CancelledError:
            self.stop()  # the thread knows nothing of the cancelling, and closing the library waits for it
            raise

    async def sync(self, progress: Progress | None = None) -> None:
        """Follow the folder: edited chapters are found and embedded. A look at an unchanged one takes milliseconds."""
        report = await self.read()
        if report.added or report.changed or report.removed:
            log.info("handbook.changed", added=len(report.added), changed=len(report.changed), removed=len(report.removed))
        await self.fill(progress)

    async def watch(self, progress: Progress | None = None) -> None:
        """Sync every `WATCH_SECONDS` until cancelled. A look that fails is logged and tried again later."""
        while True:
            try:
                # The model takes a second to load: now, rather than when the first question waits for it.
                await run(lambda: self._library.encoder.queries(["开播"]))
                await self.sync(progress)
                await run(lambda: self._library.shelf(self.collection).spelling)
            except CopilotError as error:
                log.warning("handbook.sync_failed", reason=str(error))
            await asyncio.sleep(WATCH_SECONDS)

    def stop(self) -> None:
        """Let a fill under way end after its batch."""
        self._stop.set()


async def run(work: Callable[[], T]) -> T:
    """Do the library's work in a thread. Raises the CopilotError family."""
    try:
        return await asyncio.to_thread(work)
    except KnowledgeError as error:
        raise translated(error) from error
