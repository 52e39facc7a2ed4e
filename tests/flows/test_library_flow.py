"""Documents: who may put in, see, restore and take out what, and what is kept of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.access import Right, merchant_collection, team_collection
from bot.domain.audit import Deed
from bot.domain.documents import Outcome
from bot.errors import CopilotError, NotFound, Refused, StorageError
from bot.flows.library import require_size
from bot.storage.database import Database
from tests.flows.library_desk import (
    LEAD,
    NOW,
    OPERATOR,
    OTHER,
    OTHER_TEAM,
    OWNER,
    SILK,
    SOAP,
    SOAP_LEAD,
    SOAP_VIEWER,
    STRANGER,
    TEA,
    TEAM,
    TEXT,
    LibraryOnADesk,
)

MINE = merchant_collection(SOAP)


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[LibraryOnADesk]:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'copilot.db'}")
    made = LibraryOnADesk(database, tmp_path)
    await made.fill()
    yield made
    await database.close()


def reason(error: CopilotError) -> str:
    return error.reason if isinstance(error, Refused) else str(error)


@pytest.mark.parametrize(
    ("person", "merchants", "teams"),
    [
        (OWNER, {SOAP, SILK}, {TEAM}),
        (LEAD, {SOAP, SILK}, {TEAM}),
        (SOAP_LEAD, {SOAP}, set()),
        (SOAP_VIEWER, set(), set()),
        (OPERATOR, set(), set()),
        (OTHER, {TEA}, {OTHER_TEAM}),
        (STRANGER, set(), set()),
    ],
)
async def test_documents_go_where_one_curates(library: LibraryOnADesk, person: str, merchants: set[str], teams: set[str]) -> None:
    places = await library.desk.places(await library.actor(person))
    assert {place.merchant for place in places if place.merchant} == merchants
    assert {place.team for place in places if not place.merchant} == teams


async def test_a_confirmed_file_counts_and_is_indexed_and_noted(library: LibraryOnADesk) -> None:
    kept = await library.add("货盘.md", TEXT, SOAP)
    assert (kept.number, kept.outcome, kept.document.name) == (1, Outcome.ADDED, "货盘.md")
    assert library.lies(MINE) == {"货盘.md": TEXT} and library.changes == 1
    (entry,) = [one for one in await library.trail.entries(access=await library.people.access(OWNER), team=TEAM, limit=1)]
    assert (entry.deed, entry.person, entry.merchant, entry.subject) == (Deed.DOCUMENT_ADDED, LEAD, SOAP, kept.document.id)
    assert entry.detail == {"version": "1"}


@pytest.mark.parametrize("person", [STRANGER, OPERATOR, SOAP_VIEWER])
async def test_whoever_curates_nothing_has_no_file_looked_at(library: LibraryOnADesk, person: str) -> None:
    with pytest.raises(Refused, match="not_allowed"):
        await library.desk.look(await library.actor(person), TEXT, "货盘.md")
    assert library.files.count("waiting") == 0


@pytest.mark.parametrize(
    ("person", "team", "merchant", "why"),
    [
        (SOAP_LEAD, TEAM, SILK, "no_merchant"),
        (SOAP_LEAD, TEAM, "", "no_team"),
        (LEAD, OTHER_TEAM, TEA, "no_merchant"),
        (LEAD, OTHER_TEAM, "", "no_team"),
        (LEAD, TEAM, TEA, "no_merchant"),
        (LEAD, OTHER_TEAM, SOAP, "no_merchant"),
        (LEAD, TEAM, "nonsense", "no_merchant"),
    ],
)
async def test_a_place_of_others_is_not_there(library: LibraryOnADesk, person: str, team: str, merchant: str, why: str) -> None:
    actor = await library.actor(person)
    waiting = await library.desk.look(actor, TEXT, "货盘.md")
    for attempt in (library.desk.offer, library.desk.confirm):
        with pytest.raises(NotFound, match=why):
            await attempt(actor, waiting.id, team, merchant)
    with pytest.raises(NotFound, match=why):
        await library.desk.all(actor, team, merchant)
    assert library.lies(merchant_collection(SILK)) == library.lies(merchant_collection(TEA)) == {}


async def test_what_somebody_else_sent_cannot_be_confirmed(library: LibraryOnADesk) -> None:
    waiting = await library.desk.look(await library.actor(LEAD), TEXT, "货盘.md")
    with pytest.raises(NotFound, match="no_waiting"):
        await library.desk.confirm(await library.actor(OWNER), waiting.id, TEAM, SOAP)
    with pytest.raises(NotFound, match="no_waiting"):
        await library.desk.drop(await library.actor(OWNER), waiting.id)
    await library.desk.confirm(await library.actor(LEAD), waiting.id, TEAM, SOAP)


@pytest.mark.parametrize(("person", "why"), [(SOAP_VIEWER, "not_allowed"), (OTHER, "no_document"), (STRANGER, "no_document")])
async def test_only_who_curates_changes_a_document(library: LibraryOnADesk, person: str, why: str) -> None:
    kept = await library.add("货盘.md", TEXT, SOAP)
    actor = await library.actor(person)
    for attempt in (library.desk.take_out(actor, kept.document.id), library.desk.restore(actor, kept.document.id, 1)):
        with pytest.raises((NotFound, Refused)) as refused:
            await attempt
        assert reason(refused.value) == why
    assert library.lies(MINE) == {"货盘.md": TEXT}


async def test_a_viewer_of_the_merchant_reads_the_list_and_its_history(library: LibraryOnADesk) -> None:
    kept = await library.add("货盘.md", TEXT, SOAP)
    actor = await library.actor(SOAP_VIEWER)
    assert [one.name for one in await library.desk.all(actor, TEAM, SOAP)] == ["货盘.md"]
    history = await library.desk.history(actor, kept.document.id)
    assert not history.may_change and [one.number for one in history.versions] == [1]
    listed = [one for one in await library.trail.entries(access=await library.people.access(OWNER), team=TEAM)]
    assert (listed[0].deed, listed[0].person, listed[0].merchant) == (Deed.LISTED, SOAP_VIEWER, SOAP)


async def test_a_new_version_counts_the_old_one_stays_and_comes_back(library: LibraryOnADesk) -> None:
    first = await library.add("货盘.md", TEXT, SOAP)
    actor = await library.actor(LEAD)
    waiting = await library.desk.look(actor, TEXT + b"2", "货盘.MD")
    offer = await library.desk.offer(actor, waiting.id, TEAM, SOAP)
    assert (offer.number, offer.outcome) == (2, Outcome.ADDED)
    second = await library.desk.confirm(actor, waiting.id, TEAM, SOAP)
    assert (second.number, second.document.id) == (2, first.document.id)
    assert library.lies(MINE) == {"货盘.md": TEXT + b"2"}
    await library.desk.restore(actor, first.document.id, 1)
    assert library.lies(MINE) == {"货盘.md": TEXT}
    history = await library.desk.history(actor, first.document.id)
    assert [one.number for one in history.versions] == [2, 1] and history.document.current == 1
    with pytest.raises(NotFound, match="no_version"):
        await library.desk.restore(actor, first.document.id, 3)


async def test_the_same_content_again_is_no_new_version(library: LibraryOnADesk) -> None:
    await library.add("货盘.md", TEXT, SOAP)
    again = await library.add("货盘.md", TEXT, SOAP)
    assert (again.number, again.outcome) == (1, Outcome.SAME)
    await library.add("货盘.md", TEXT + b"2", SOAP)
    back = await library.add("货盘.md", TEXT, SOAP)
    assert (back.number, back.outcome) == (1, Outcome.RESTORED)
    history = await library.desk.history(await library.actor(LEAD), back.document.id)
    assert [one.number for one in history.versions] == [2, 1]
    assert library.files.count(MINE) == 3  # two versions, and the one that counts


async def test_a_document_taken_out_is_found_no_more_and_can_come_back(library: LibraryOnADesk) -> None:
    kept = await library.add("货盘.md", TEXT, SOAP)
    actor = await library.actor(SOAP_LEAD)
    gone = await library.desk.take_out(actor, kept.document.id)
    assert gone.current == 0 and library.lies(MINE) == {}
    assert [one.current for one in await library.desk.all(actor, TEAM, SOAP)] == [0]
    await library.desk.take_out(actor, kept.document.id)
    await library.desk.restore(actor, kept.document.id, 1)
    assert library.lies(MINE) == {"货盘.md": TEXT}
    deeds = [one.deed for one in await library.trail.entries(access=await library.people.access(OWNER), team=TEAM, merchant=SOAP)]
    assert deeds[:4] == [Deed.DOCUMENT_RESTORED, Deed.LISTED, Deed.DOCUMENT_REMOVED, Deed.DOCUMENT_ADDED]


async def test_the_same_name_in_two_places_is_two_documents(library: LibraryOnADesk) -> None:
    await library.add("货盘.md", TEXT, SOAP)
    await library.add("货盘.md", b"## a", SILK)
    await library.add("货盘.md", b"## b")
    assert library.lies(MINE) == {"货盘.md": TEXT}
    assert library.lies(merchant_collection(SILK)) == {"货盘.md": b"## a"}
    assert library.lies(team_collection(TEAM)) == {"货盘.md": b"## b"}


async def test_a_file_that_is_refused_leaves_nothing(library: LibraryOnADesk) -> None:
    with pytest.raises(Refused, match="file_program"):
        await library.desk.look(await library.actor(LEAD), b"MZ\0", "货盘.md")
    assert library.files.count("waiting") == 0


def test_a_file_is_refused_by_its_size_alone() -> None:
    with pytest.raises(Refused, match="too_large"):
        require_size((20 << 20) + 1)
    require_size(20 << 20)


async def test_dropped_and_confirmed_files_wait_no_longer(library: LibraryOnADesk) -> None:
    actor = await library.actor(LEAD)
    waiting = await library.desk.look(actor, TEXT, "货盘.md")
    await library.desk.drop(actor, waiting.id)
    await library.add("货盘.md", TEXT, SOAP)
    assert library.files.count("waiting") == 0
    with pytest.raises(NotFound, match="no_waiting"):
        await library.desk.confirm(actor, waiting.id, TEAM, SOAP)


async def test_a_merchant_whose_authorisation_has_ended_has_no_library(library: LibraryOnADesk) -> None:
    kept = await library.add("货盘.md", TEXT, SOAP)
    actor = await library.actor(LEAD)
    waiting = await library.desk.look(actor, TEXT + b"2", "货盘.md")
    library.now = NOW + timedelta(days=31)
    assert all(not place.merchant for place in await library.desk.places(actor, Right.READ))
    for attempt in (
        library.desk.confirm(actor, waiting.id, TEAM, SOAP),
        library.desk.all(actor, TEAM, SOAP),
        library.desk.history(actor, kept.document.id),
    ):
        with pytest.raises(Refused, match="merchant_closed"):
            await attempt


async def test_a_right_lost_between_sending_and_confirming_is_lost(library: LibraryOnADesk) -> None:
    actor = await library.actor(SOAP_LEAD)
    waiting = await library.desk.look(actor, TEXT, "货盘.md")
    await library.people.take(SOAP_LEAD, TEAM, None, library.entry(Deed.REMOVED))
    with pytest.raises(NotFound, match="no_merchant"):
        await library.desk.confirm(await library.actor(SOAP_LEAD), waiting.id, TEAM, SOAP)


async def test_a_merchant_deleted_meanwhile_gets_no_document(library: LibraryOnADesk) -> None:
    actor = await library.actor(LEAD)
    waiting = await library.desk.look(actor, TEXT, "货盘.md")
    place = library.desk.place

    async def deleted_right_after(*arguments: object) -> object:
        found = await place(*arguments)  # type: ignore[arg-type]
        await library.erasure.erase(SOAP, library.entry(Deed.MERCHANT_DELETED))
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(library.desk), "place", lambda self, *arguments: deleted_right_after(*arguments))
        with pytest.raises(NotFound, match="no_merchant"):
            await library.desk.confirm(actor, waiting.id, TEAM, SOAP)
    assert library.files.count(MINE) == 0 and all(not n for n in (await library.erasure.left(SOAP)).values())


async def test_deleting_a_merchant_deletes_its_documents_and_versions(library: LibraryOnADesk) -> None:
    await library.add("货盘.md", TEXT, SOAP)
    await library.add("货盘.md", TEXT + b"2", SOAP)
    gone = await library.erasure.erase(SOAP, library.entry(Deed.MERCHANT_DELETED))
    assert gone["documents"] == 1
    assert MINE not in await library.documents.shelved()
    assert all(not count for count in (await library.erasure.left(SOAP)).values())


async def test_a_folder_that_was_lost_comes_back_from_the_versions(library: LibraryOnADesk) -> None:
    await library.add("货盘.md", TEXT, SOAP)
    shutil.rmtree(library.files.current(MINE))
    library.files.put(MINE, (await library.documents.shelved())[MINE].current)
    assert library.lies(MINE) == {"货盘.md": TEXT}


async def test_what_nobody_confirms_goes_after_a_day(library: LibraryOnADesk) -> None:
    await library.add("货盘.md", TEXT, SOAP)
    actor = await library.actor(LEAD)
    waiting = await library.desk.look(actor, TEXT + b"2", "货盘.md")
    library.files.keep(MINE, waiting)  # and then the process was killed
    digests = {name: one.digests for name, one in (await library.documents.shelved()).items()}
    written = library.files.waiting_path(waiting.id).stat().st_mtime
    moment = NOW.fromtimestamp(written, NOW.tzinfo)
    library.files.prune(digests, moment + timedelta(hours=23))
    assert library.files.waiting(waiting.id) == waiting and library.files.count(MINE) == 3
    library.files.prune(digests, moment + timedelta(hours=25))
    assert library.files.waiting(waiting.id) is None and library.files.count("waiting") == 0
    assert library.files.count(MINE) == 2


async def test_what_waits_for_a_merchant_goes_with_it_and_what_is_meant_for_another_place_stays(library: LibraryOnADesk) -> None:
    lead = await library.actor(LEAD)
    names = ("不知道", "香皂", "丝绸", "手册")
    undecided, soap, silk, team = [await library.desk.look(lead, TEXT + name.encode(), f"{name}.md") for name in names]
    await library.desk.offer(lead, soap.id, TEAM, SILK)
    await library.desk.offer(lead, soap.id, TEAM, SOAP)
    await library.desk.offer(lead, silk.id, TEAM, SILK)
    await library.desk.offer(lead, team.id, TEAM)
    others = await library.desk.look(await library.actor(OTHER), TEXT, "茶.md")
    library.files.remove(MINE)
    left = [one.id for one in (undecided, soap, silk, team, others) if library.files.waiting(one.id)]
    assert left == [silk.id, team.id, others.id]
    assert library.files.count("waiting") == 2 * len(left)


async def test_files_are_their_owners_alone(library: LibraryOnADesk) -> None:
    await library.add("货盘.md", TEXT, SOAP)
    for path in library.files.folder.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
async def test_a_folder_that_refuses_is_said_in_a_sentence(library: LibraryOnADesk) -> None:
    library.files.folder.mkdir(mode=0o500)
    with pytest.raises(StorageError, match="读写不了"):
        await library.desk.look(await library.actor(LEAD), TEXT, "货盘.md")
