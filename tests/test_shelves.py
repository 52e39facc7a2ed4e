"""Collections follow their rows: indexed when confirmed, gone when taken out, and deleted with their merchant without a trace."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot import shelves
from bot.domain.access import HANDBOOK, merchant_collection, team_collection
from bot.domain.audit import Deed
from bot.handbook import Handbook
from bot.instance import own
from bot.shelves import Collections, forget_beside, library_left
from bot.storage.database import Database
from knowledge.errors import IndexUnusable
from knowledge.find import Finder
from knowledge.library import Library
from tests.flows.library_desk import LEAD, NOW, SILK, SOAP, TEAM, TEXT, LibraryOnADesk
from tests.knowledge import kit

QUESTION = "香皂的毛利是几个点"
MINE, THEIRS, OURS = merchant_collection(SOAP), merchant_collection(SILK), team_collection(TEAM)
NOTHING = {"files": 0, "rows": 0, "collections": 0, "graphs": 0}


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Library]:
    opened = Library(tmp_path / "index", kit.encoder())
    yield opened
    opened.close()


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[LibraryOnADesk]:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'copilot.db'}")
    made = LibraryOnADesk(database, tmp_path)
    await made.fill()
    yield made
    await database.close()


@pytest.fixture
def collections(index: Library, library: LibraryOnADesk) -> Collections:
    return Collections(index, library.documents, library.files, lambda: NOW)


def found(index: Library, *scope: str) -> set[str]:
    """Documents that a question finds within a scope."""
    return {passage.document for passage in Finder(index).search(QUESTION, scope=scope, top_k=50)}


def naming(folder: Path, collection: str) -> set[str]:
    """Files in whose bytes the collection's name stands; the audit trail's may."""
    files = (path for path in folder.rglob("*") if path.suffix in (".db", ".sqlite3", ".md"))
    return {path.name for path in files if collection.encode() in path.read_bytes()}


async def erase(library: LibraryOnADesk) -> None:
    """What another process does that deletes the merchant."""
    await library.erasure.erase(SOAP, library.entry(Deed.MERCHANT_DELETED))


async def test_a_document_is_found_where_it_belongs_and_nowhere_else(
    index: Library, library: LibraryOnADesk, collections: Collections
) -> None:
    await library.add("货盘.md", TEXT, SOAP)
    await library.add("丝绸.md", TEXT + b"\n", SILK)
    await library.add("团队.md", TEXT + b"\n\n")
    await collections.sync()
    assert found(index, MINE) == {"货盘.md"} and found(index, THEIRS) == {"丝绸.md"} and found(index, OURS) == {"团队.md"}
    assert found(index, HANDBOOK, THEIRS, OURS) == {"丝绸.md", "团队.md"}
    passage = Finder(index).search(QUESTION, scope={MINE})[0]
    assert Finder(index).section(passage.key, scope={MINE}) is not None
    assert Finder(index).section(passage.key, scope={HANDBOOK, THEIRS, OURS}) is None


async def test_versions_and_taking_out_are_followed(index: Library, library: LibraryOnADesk, collections: Collections) -> None:
    kept = await library.add("货盘.md", TEXT, SOAP)
    await collections.sync()
    await library.add("货盘.md", "# 货盘\n\n## 1 定价\n\n香皂的毛利是四十一个点。\n".encode(), SOAP)
    await collections.sync()
    assert "四十一" in Finder(index).search(QUESTION, scope={MINE})[0].text
    actor = await library.actor(LEAD)
    await library.desk.restore(actor, kept.document.id, 1)
    await collections.sync()
    assert "三十七" in Finder(index).search(QUESTION, scope={MINE})[0].text
    await library.desk.take_out(actor, kept.document.id)
    await collections.sync()
    assert found(index, MINE) == set()


async def test_watching_follows_at_once_and_goes_on_after_a_failure(
    index: Library, library: LibraryOnADesk, collections: Collections, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = []

    def refuse(*_: object) -> None:
        refused.append(1)
        monkeypatch.undo()
        raise IndexUnusable("磁盘满了")

    monkeypatch.setattr(index, "read", refuse)
    await library.add("货盘.md", TEXT, SOAP)
    watching = asyncio.create_task(collections.watch())
    try:
        async with asyncio.timeout(20):
            while not refused:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            collections.changed()
            while not found(index, MINE):  # noqa: ASYNC110 - nobody announces it
                await asyncio.sleep(0.02)
    finally:
        watching.cancel()


async def test_a_deleted_merchant_leaves_nothing(
    index: Library, library: LibraryOnADesk, collections: Collections, tmp_path: Path
) -> None:
    await library.add("货盘.md", TEXT, SOAP)
    await library.add("货盘.md", TEXT + b"2", SOAP)
    await library.add("丝绸.md", TEXT + b"\n", SILK)
    await collections.sync()
    before = await library_left(tmp_path, SOAP)
    assert before["files"] == 3 and before["rows"] > 0 and before["collections"] == 1
    await erase(library)
    await collections.forget(SOAP)
    assert await library_left(tmp_path, SOAP) == NOTHING
    assert found(index, MINE) == set() and found(index, THEIRS) == {"丝绸.md"}
    assert naming(tmp_path, MINE) <= {"copilot.db"}
    await collections.sync()
    assert await library_left(tmp_path, SOAP) == NOTHING


async def test_a_deletion_by_another_process_is_followed(
    index: Library, library: LibraryOnADesk, collections: Collections, tmp_path: Path
) -> None:
    await library.add("货盘.md", TEXT, SOAP)
    await collections.sync()
    await erase(library)
    with own(tmp_path):
        await forget_beside(tmp_path, library.files, SOAP)
    assert (await library_left(tmp_path, SOAP))["rows"] > 0, "the running copilot has the index open"
    await collections.sync()
    assert await library_left(tmp_path, SOAP) == NOTHING and found(index, MINE) == set()


async def test_a_deletion_without_a_running_copilot_takes_the_index_along(tmp_path: Path, library: LibraryOnADesk) -> None:
    opened = Library(tmp_path / "index", kit.encoder())
    await library.add("货盘.md", TEXT, SOAP)
    await Collections(opened, library.documents, library.files, lambda: NOW).sync()
    opened.close()
    before = (await library_left(tmp_path, SOAP))["files"]
    await library.desk.look(await library.actor(LEAD), TEXT + b"2", "新货盘.md")
    assert (await library_left(tmp_path, SOAP))["files"] == before + 1
    await erase(library)
    await forget_beside(tmp_path, library.files, SOAP)
    assert await library_left(tmp_path, SOAP) == NOTHING


async def test_deleting_does_not_wait_for_a_long_fill(
    index: Library, library: LibraryOnADesk, collections: Collections, monkeypatch: pytest.MonkeyPatch
) -> None:
    await library.add("货盘.md", TEXT, SOAP)

    def endless(_name: str, _progress: object, stop: object) -> int:
        assert stop.wait(20)  # type: ignore[attr-defined]
        return 0

    monkeypatch.setattr(index, "fill", endless)
    syncing = asyncio.create_task(collections.sync())
    await asyncio.sleep(0.5)
    began = time.monotonic()
    await erase(library)
    await collections.forget(SOAP)
    await syncing
    assert time.monotonic() - began < 10 and found(index, MINE) == set()


async def test_a_new_database_beside_an_old_folder_deletes_nothing(
    index: Library, library: LibraryOnADesk, collections: Collections, tmp_path: Path
) -> None:
    await library.add("货盘.md", TEXT, SOAP)
    await collections.sync()
    fresh = LibraryOnADesk(await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'other.db'}"), tmp_path)
    await Collections(index, fresh.documents, fresh.files, lambda: NOW).sync()
    await fresh.database.close()
    assert library.lies(MINE) == {"货盘.md": TEXT} and found(index, MINE) == {"货盘.md"}


async def test_what_is_no_collection_is_left_alone(
    index: Library, library: LibraryOnADesk, collections: Collections, tmp_path: Path
) -> None:
    notes = tmp_path / "library" / "notes" / "a.md"
    notes.parent.mkdir(parents=True)
    notes.write_text("x", encoding="utf-8")
    leftover = tmp_path / "library" / "merchant-dead0000" / "current"
    leftover.mkdir(parents=True)
    handbook = Handbook(index, Finder(index), kit.write(tmp_path / "handbook", {"a.md": "# 1 货盘\n\n香皂。\n"}))
    await handbook.sync()
    await collections.sync()
    assert notes.exists() and not leftover.parent.exists()
    assert index.scopes() == {handbook.collection}


async def test_looking_at_unchanged_collections_embeds_nothing(
    tmp_path: Path, library: LibraryOnADesk, counting: kit.CountingEncoder
) -> None:
    opened = Library(tmp_path / "counted", counting)  # type: ignore[arg-type]
    collections = Collections(opened, library.documents, library.files, lambda: NOW)
    await library.add("货盘.md", TEXT, SOAP)
    await collections.sync()
    embedded = len(counting.embedded)
    await collections.sync()
    assert embedded and len(counting.embedded) == embedded
    opened.close()


async def test_an_unchanged_collection_is_left_in_peace_and_one_that_lost_its_folder_is_not(
    index: Library, library: LibraryOnADesk, collections: Collections, monkeypatch: pytest.MonkeyPatch
) -> None:
    await library.add("货盘.md", TEXT, SOAP)
    await collections.sync()
    looked = []
    real = index.read
    monkeypatch.setattr(index, "read", lambda *given: looked.append(given[0]) or real(*given))
    await collections.sync()
    assert looked == []
    (library.files.current(MINE) / "货盘.md").write_bytes(b"# edited by hand\n")
    await collections.sync()
    assert looked == [MINE] and library.lies(MINE) == {"货盘.md": TEXT} and found(index, MINE) == {"货盘.md"}
    monkeypatch.setattr(shelves, "LOOK_AGAIN", 0.0)
    await collections.sync()
    assert looked == [MINE, MINE]


@pytest.fixture
def counting() -> kit.CountingEncoder:
    return kit.CountingEncoder()


def test_changes_are_followed_within_half_a_minute() -> None:
    assert shelves.WATCH_SECONDS <= 30
