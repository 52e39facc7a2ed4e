"""A second copilot that waits until the first is gone, and then takes over.

Who owns what is decided by the data folder's lock and by the database itself: both end with their process, also after
`kill -9`. Here they are only asked, so losing a race against a third copilot means to wait on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from bot.build import Warm, open_encoder
from bot.channels.web.server import serve_http, web_app
from bot.config import Settings
from bot.domain.access import HANDBOOK
from bot.errors import CopilotError, SettingsError, StorageError
from bot.following import Following
from bot.handbook import translated
from bot.instance import free, owner
from bot.storage.database import Database
from knowledge.errors import KnowledgeError
from knowledge.library import Library

log = structlog.get_logger(__name__)

LOOK_EVERY = 0.2
"""Seconds between two looks at the locks."""
UNREACHED_EVERY = 2.0
"""Seconds between two tries to reach a server that does not answer."""


class StandbyEnded(CopilotError):
    """The process was told to stop while it stood by."""


class Standby:
    """One wait for whoever owns the data. While it waits, the process answers /healthz."""

    def __init__(self, settings: Settings, stop: asyncio.Event, say: Callable[[str], None]) -> None:
        """`say` is told once who is waited for, empty where that is not known; nothing is said when nobody is."""
        self._settings = settings
        self._stop = stop
        self._say = say
        self._over = asyncio.Event()
        self._answering: asyncio.Task[None] | None = None

    async def for_folder(self) -> Warm:
        """Wait until nobody owns the data folder; gives what can be loaded without it.

        Raises StandbyEnded, and the CopilotError family when this copilot could not start either.
        """
        loading = asyncio.create_task(_loaded(self._settings))
        try:
            await self._wait(self._folder_free)
            return await loading
        finally:
            await asyncio.gather(loading, return_exceptions=True)

    async def for_database(self) -> None:
        """Wait until nobody owns the database, then stop answering: the port is the owner's now. Raises StandbyEnded."""
        database = Database(self._settings.database, beside=True)

        async def unowned() -> bool:
            try:
                return await database.unowned()
            except StorageError as error:
                log.warning("standby.database_unreached", error=str(error))
                await _pause(self._stop, UNREACHED_EVERY)
                return False

        try:
            await self._wait(unowned)
        finally:
            await database.close()
        log.info("standby.takes_over")
        await self.close()

    async def close(self) -> None:
        """Answer no more. Repeating is harmless."""
        self._over.set()
        if self._answering:
            await asyncio.gather(self._answering, return_exceptions=True)

    async def _folder_free(self) -> bool:
        return free(self._settings.data)

    async def _wait(self, is_free: Callable[[], Awaitable[bool]]) -> None:
        while not await is_free():
            if self._answering is None:
                self._say(owner(self._settings.data))
                log.info("standby.waits")
                self._answering = asyncio.create_task(self._answer())
            await _pause(self._stop, LOOK_EVERY)
            if self._stop.is_set():
                raise StandbyEnded

    async def _answer(self) -> None:
        """Answer /healthz until it is over; where the first copilot has the same port, it answers alone."""
        if self._settings.http_port:
            with suppress(SettingsError):
                health = web_app(lambda: {"ok": True, "role": "standby"}, [])
                await serve_http(health, self._settings.http_host, self._settings.http_port, self._over)


def rehearse(settings: Settings) -> Warm:
    """Do once what a start does, over an index of one line, so that the real start finds everything loaded.

    Raises the CopilotError family.
    """
    import bot.channels.telegram.app  # noqa: F401 - a third of a second that a takeover need not wait for

    encoder, following = open_encoder(settings), Following(settings.handbook)
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "handbook").mkdir()
        (folder / "handbook" / "one.md").write_text("# 一\n\n## 二\n\n三。\n", encoding="utf-8")
        try:
            library = Library(folder / "index", encoder)
            try:
                library.read(HANDBOOK, folder / "handbook")
                library.fill(HANDBOOK)
            finally:
                library.close()
        except KnowledgeError as error:
            raise translated(error) from error
    following.look()
    return Warm(encoder, following)


async def _loaded(settings: Settings) -> Warm:
    warm = await asyncio.to_thread(rehearse, settings)
    log.info("standby.ready")
    return warm


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
