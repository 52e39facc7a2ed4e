"""A bound group that is lost: its leads hear of it in private, in their language, once; nobody else does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.access import Binding, Membership, Role, team_collection
from bot.domain.audit import Deed
from bot.flows.lost_chats import LostChats
from bot.storage.chats import Chats
from bot.storage.database import Database
from bot.storage.outbox import Outbox, OutboxItem
from bot.storage.robots import Robots
from tests.office_desk import LEAD, ONE, OPERATOR, OWNER, RIVAL, TWO, A, Desk

GROUP = "telegram:-900"


class Lost:
    """A lost group over the office's people."""

    def __init__(self, database: Database) -> None:
        self.desk, self.outbox, self.chats = Desk(database), Outbox(database), Chats(database)
        self.woken = 0
        self.flow = LostChats(self.desk.office.gate, self.chats, self.outbox, Robots(database), self.wake, self.desk.clock)

    def wake(self) -> None:
        self.woken += 1

    async def bound(self, team: str, merchant: str = "", topic: int = 0) -> None:
        binding = Binding(GROUP, team, merchant, topic)
        await self.desk.groups.bind(binding, self.desk.entry(Deed.BOUND, team, merchant))

    async def told(self) -> dict[str, OutboxItem]:
        return {item.chat: item for item in await self.outbox.due(now=self.desk.clock(), limit=20)}


@pytest.fixture
async def lost(tmp_path: Path) -> AsyncIterator[Lost]:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path}/copilot.db")
    made = Lost(database)
    await made.desk.fill()
    await made.chats.seen(GROUP, "直播\n一组", "supergroup", made.desk.clock())
    yield made
    await database.close()


async def test_leads_and_owners_of_the_bound_team_hear_it_once(lost: Lost) -> None:
    await lost.bound(ONE)
    await lost.desk.people.seen(LEAD, "Lee", "en", lost.desk.clock())
    for _ in range(2):
        await lost.flow.tell(GROUP, "checklist:7", 2)
    told = await lost.told()
    assert set(told) == {OWNER, LEAD}
    assert "「直播 一组」收不到我的消息了" in told[OWNER].message.plain and "3 条消息" in told[OWNER].message.plain
    assert "“直播 一组” cannot be written to" in told[LEAD].message.plain
    assert {item.collections for item in told.values()} == {(team_collection(ONE),)}
    assert lost.woken == 2


async def test_a_merchants_own_leads_hear_it_instead_of_the_teams(lost: Lost) -> None:
    await lost.desk.people.give(Membership(OPERATOR, ONE, Role.LEAD, A), OWNER, lost.desk.entry(Deed.ROLE_GIVEN, ONE, A))
    await lost.bound(ONE, A)
    await lost.flow.tell(GROUP, "tip:1", 0)
    assert set(await lost.told()) == {OPERATOR}


async def test_everybody_who_leads_one_of_its_topics_hears_it_once(lost: Lost) -> None:
    await lost.bound(ONE)
    await lost.bound(TWO, topic=7)
    await lost.flow.tell(GROUP, "tip:1", 0)
    assert set(await lost.told()) == {OWNER, LEAD, RIVAL}


async def test_nobody_hears_of_a_chat_that_is_not_bound(lost: Lost) -> None:
    await lost.flow.tell("telegram:42", "answer:1", 0)
    assert await lost.told() == {}


async def test_another_loss_is_told_anew(lost: Lost) -> None:
    await lost.bound(ONE)
    await lost.flow.tell(GROUP, "tip:1", 0)
    await lost.flow.tell(GROUP, "tip:9", 0)
    assert len(await lost.outbox.due(now=lost.desk.clock(), limit=20)) == 4
