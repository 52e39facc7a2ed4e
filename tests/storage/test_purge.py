"""What is deleted cannot be read in SQLite's files either, whatever other program opens them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.audit import Deed
from tests.office_desk import ONE, A, office
from tests.storage.test_erasure import SECRET, stored


def found(folder: Path) -> list[str]:
    """The files in which the merchant's words stand."""
    return [path.name for path in folder.iterdir() if SECRET[A].encode() in path.read_bytes()]


@pytest.mark.parametrize("closed", [False, True])
async def test_no_file_holds_anything_of_a_deleted_merchant(tmp_path: Path, closed: bool) -> None:
    async with office(tmp_path) as desk:
        await stored(desk)
        assert found(tmp_path)
        await desk.erasure.erase(A, desk.entry(Deed.MERCHANT_DELETED, ONE, A))
        if not closed:
            assert found(tmp_path) == []
    assert found(tmp_path) == []


async def test_the_files_are_overwritten_by_our_own_setting_and_not_by_how_sqlite_was_built(tmp_path: Path) -> None:
    async with office(tmp_path) as desk, desk.database.read() as db:
        assert (await db.exec_driver_sql("PRAGMA secure_delete")).scalar() == 1
