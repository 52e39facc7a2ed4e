"""A merchant on the desk with an operator who plans sessions: fixtures to import, and what tests of sessions share."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.domain.access import Binding, Merchant, Role, Scope, Team
from bot.domain.audit import Deed, Entry
from bot.domain.session_items import State
from bot.domain.sessions import LiveSession
from bot.storage.session_tables import session_items
from tests.channels.telegram.desk import Desk, now
from tests.channels.telegram.kit import actor, founded, member, qualified, served
from tests.double import ChatView, MessageView, Person

HOUR = timedelta(hours=1)


@pytest.fixture
async def team(desk: Desk) -> tuple[Person, Team]:
    return await founded(desk, "王姐")


@pytest.fixture
async def shop(desk: Desk, team: tuple[Person, Team]) -> Merchant:
    return await served(desk, *team, "好物严选")


@pytest.fixture
async def operator(desk: Desk, team: tuple[Person, Team], shop: Merchant) -> Person:
    return await member(desk, "阿芳", *team, Role.OPERATOR, shop.id)


async def sessions(desk: Desk, shop: Merchant) -> tuple[LiveSession, ...]:
    return await desk.floor.ground.sessions.between(
        now() - timedelta(days=2), now() + timedelta(days=400), scope=Scope(frozenset({shop.id}))
    )


async def planned(desk: Desk, operator: Person, shop: Merchant, ahead: timedelta = HOUR, **what: object) -> LiveSession:
    values = {"host": "小雨"} | what
    made = await desk.floor.desk.plan(await actor(desk, operator), shop.id, now() + ahead, **values)  # type: ignore[arg-type]
    assert made is not None
    return made


async def bound(desk: Desk, team: tuple[Person, Team], merchant: str, *members: Person, bot: str = "member") -> ChatView:
    group = desk.double.group("晚场", *members, kind="supergroup", bot=bot)
    entry = Entry(now(), qualified(team[0]), Deed.BOUND, "", team[1].id, merchant)
    await desk.groups.bind(Binding(f"telegram:{group.id}", team[1].id, merchant), entry)
    await desk.chats.seen(f"telegram:{group.id}", "晚场", "supergroup", now())
    return group


async def done(desk: Desk, session: LiveSession) -> None:
    async with desk.database.write() as db:
        here = session_items.c.session == session.id
        await db.execute(update(session_items).where(here).values(state=State.DONE.value, at=now()))


def labels(page: MessageView) -> list[str]:
    return [button["text"] for button in page.buttons]
