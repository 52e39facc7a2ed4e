"""A checklist that somebody broke: the old one stays in force, and every lead is told file and line, once a version."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.channels.broken_words import broken
from bot.flows.broken import BrokenDesk
from bot.following import Following
from tests.domain.live import at
from tests.flows.live_desk import LiveDesk, live_desk
from tests.office_desk import LEAD, OWNER, RIVAL
from tests.test_following import BUILT_IN, edit


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[LiveDesk]:
    async with live_desk(tmp_path) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "handbook"
    copy.mkdir()
    for name in ("metrics.yaml", "glossary.yaml"):
        shutil.copy(BUILT_IN / name, copy)
    for name in ("rules", "checklists"):
        shutil.copytree(BUILT_IN / name, copy / name)
    return copy


async def test_the_old_version_stays_and_the_leads_are_told_the_line_once(desk: LiveDesk, folder: Path) -> None:
    following = Following(folder)
    following.look()
    office = desk.office
    telling = BrokenDesk(office.people, desk.cards, following.broken, broken, "zh")
    assert await telling.tell(at(6)) == 0
    before = following.reference().items

    edit(folder / "checklists" / "before.yaml", "T-1d", "T-1天")
    following.look()
    assert following.reference().items == before
    assert [await telling.tell(at(6)) for _ in range(2)] == [3, 0]
    sent = await desk.deliver()
    assert {one.chat for one in sent} == {OWNER, LEAD, RIVAL}
    line = next(
        n
        for n, row in enumerate((folder / "checklists/before.yaml").read_text("utf-8").splitlines(), 1)
        if "天" in row and "T-1天" in row
    )
    assert f"checklists/before.yaml:{line}：" in sent[0].message.plain and "继续用改之前的" in sent[0].message.plain

    edit(folder / "checklists" / "before.yaml", "T-1天", "T-2天天")
    following.look()
    assert await telling.tell(at(7)) == 3
    edit(folder / "checklists" / "before.yaml", "T-2天天", "T-2d")
    following.look()
    assert following.broken() is None and await telling.tell(at(8)) == 0 and following.reference().items != before
