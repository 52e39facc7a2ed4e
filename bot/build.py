"""The only place that constructs parts and joins them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog

from bot.config import Settings
from bot.domain.access import Viewer
from bot.errors import HandbookError
from bot.flows.answers import Answers
from bot.flows.broken import Broken
from bot.flows.ports import ChatModel
from bot.flows.reference import Reference
from bot.following import FollowedWordings, Following
from bot.handbook import Handbook, translated
from bot.instance import own
from bot.shelves import Collections
from bot.storage.answers import Exchanges
from bot.storage.database import Database
from bot.storage.documents import Documents
from bot.storage.library_files import LibraryFiles
from knowledge.dictionary import VERSION as DICTIONARY_VERSION
from knowledge.dictionary import Dictionary
from knowledge.embed import BUILT_IN, Encoder, ensure_model
from knowledge.errors import KnowledgeError
from knowledge.find import Finder
from knowledge.library import Library, Progress, Report

if TYPE_CHECKING:
    from knowledge.find import Reranker

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class App:
    """The parts that every way in shares."""

    settings: Settings
    database: Database
    exchanges: Exchanges
    handbook: Handbook
    answers: Answers
    reference: Callable[[], Reference]
    collections: Collections
    broken: Callable[[], Broken | None]


@dataclass(frozen=True, slots=True)
class Warm:
    """What takes a start its time and needs no data folder."""

    encoder: Encoder
    following: Following


Turn = Callable[[], Awaitable[None]]
"""Returns when it is this process's turn to own the database."""


def now() -> datetime:
    """The clock, in one place."""
    return datetime.now(UTC)


@asynccontextmanager
async def open_app(
    settings: Settings,
    *,
    wait_for_index: bool,
    progress: Progress | None = None,
    warm: Warm | None = None,
    turn: Turn | None = None,
) -> AsyncIterator[App]:
    """Own the data folder, open everything, bring the index in step with the handbook, close everything.

    With `wait_for_index` the block starts when all vectors are there; otherwise as soon as words can be searched, and vectors
    fill in beside it. `warm` is what is loaded already; the database is opened when `turn` has come, if there is one. Raises
    the CopilotError family.
    """
    with own(settings.data):
        async with AsyncExitStack() as closing:
            library = await asyncio.to_thread(_library, settings, progress, warm.encoder if warm else None)
            closing.push_async_callback(asyncio.to_thread, library.close)
            dictionary = await asyncio.to_thread(_dictionary, settings)
            closing.callback(dictionary.close)
            if turn:
                await Handbook(library, Finder(library), settings.handbook).read(progress)
                await turn()
            database = await Database.open(settings.database)
            closing.push_async_callback(database.close)
            following = warm.following if warm else Following(settings.handbook)
            app = _joined(settings, library, dictionary, database, following)
            if app.handbook.model_changed():
                log.warning("handbook.model_changed", what="向量模型换了，整本手册重新计算，这期间按字词查找")
            await _read(app.handbook, progress)
            if wait_for_index:
                await app.handbook.fill(progress)
                yield app
            else:
                async with _filling(app, following, progress):
                    yield app


async def index_handbook(settings: Settings, *, agree: Callable[[], bool], progress: Progress | None = None) -> Report | None:
    """Bring the index in step with the handbook, all vectors included, and say what changed.

    When another model is set, everything has to be embedded again: `agree` is asked first, and its no gives None.
    """
    with own(settings.data):
        library = await asyncio.to_thread(_library, settings, progress)
        try:
            handbook = Handbook(library, Finder(library), settings.handbook)
            if handbook.model_changed() and not agree():
                return None
            began = time.monotonic()
            report = await _read(handbook, progress)
            embedded = await handbook.fill(progress)
            return replace(report, embedded=embedded, seconds=time.monotonic() - began)
        finally:
            await asyncio.to_thread(library.close)


async def _read(handbook: Handbook, progress: Progress | None) -> Report:
    """The words in step with the folder. Raises HandbookError when nothing in it can be read."""
    report = await handbook.read(progress)
    if report.sections:
        return report
    first = f"，例如 {report.unreadable[0].path}：{report.unreadable[0].reason}" if report.unreadable else "。"
    raise HandbookError(f"手册文件夹 {handbook.folder} 里没有能读的文件（Markdown、文本、HTML、PDF、Office）{first}")


def _library(settings: Settings, progress: Progress | None, encoder: Encoder | None = None) -> Library:
    try:
        return Library(settings.data / "index", encoder or open_encoder(settings, progress))
    except KnowledgeError as error:
        raise translated(error) from error


def open_encoder(settings: Settings, progress: Progress | None = None) -> Encoder:
    """The embedding model, prepared the first time. Raises the CopilotError family."""
    name = settings.embedding_model or BUILT_IN
    report = (lambda done, total: progress.update("model", done, total)) if progress else None
    try:
        return Encoder(ensure_model(settings.models, name, report), threads=settings.threads)
    except KnowledgeError as error:
        raise translated(error) from error


def _dictionary(settings: Settings) -> Dictionary:
    try:
        return Dictionary(settings.models / f"dictionary-v{DICTIONARY_VERSION}.db")
    except KnowledgeError as error:
        raise translated(error) from error


def _joined(settings: Settings, library: Library, dictionary: Dictionary, database: Database, following: Following) -> App:
    exchanges = Exchanges(database)

    async def turns(viewer: Viewer) -> Sequence[str]:
        return await exchanges.turns(viewer, now=now())

    finder = Finder(library, dictionary, _reranker(settings))
    handbook = Handbook(library, finder, settings.handbook, FollowedWordings(settings.handbook))
    answers = Answers(knowledge=handbook, turns=turns, model=_chat_model(settings))
    collections = Collections(library, Documents(database), library_files(settings), now)
    return App(settings, database, exchanges, handbook, answers, following.reference, collections, following.broken)


def library_files(settings: Settings) -> LibraryFiles:
    """The files of the library in the data folder."""
    return LibraryFiles(settings.data / "library")


def _reranker(settings: Settings) -> Reranker | None:
    if not settings.reranker:
        return None
    from knowledge.rerank import CrossEncoderReranker

    try:
        return CrossEncoderReranker(settings.reranker)
    except KnowledgeError as error:
        raise translated(error) from error


def _chat_model(settings: Settings) -> ChatModel | None:
    if not settings.chat_model:
        return None
    from bot.llm import LangChainModel

    key = settings.chat_model_key.get_secret_value() if settings.chat_model_key else None
    return LangChainModel(settings.chat_model, base_url=settings.chat_model_url or None, api_key=key)


@asynccontextmanager
async def _filling(app: App, following: Following, progress: Progress | None) -> AsyncIterator[None]:
    """Vectors fill in, and edits of the handbook and of documents are followed, while the block runs."""
    tasks = [
        asyncio.create_task(app.handbook.watch(progress), name="handbook"),
        asyncio.create_task(following.watch(), name="content"),
        asyncio.create_task(app.collections.watch(), name="collections"),
    ]
    try:
        yield
    finally:
        app.handbook.stop()
        app.collections.stop()
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
