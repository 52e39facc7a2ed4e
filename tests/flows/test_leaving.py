"""Whoever is taken out hears it, and the leads hear which sessions still count on them, each only of their own merchants."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.sessions import Post
from tests.office_desk import LEAD, ONE, OPERATOR, OWNER, TRAINEE, A
from tests.session_desk import DAY, Desk, floor


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with floor(tmp_path) as opened:
        yield opened


async def heard(desk: Desk, before: int) -> dict[str, str]:
    return dict((await desk.said())[before:])


async def test_the_person_is_told_politely_and_the_leads_what_has_to_be_filled(desk: Desk) -> None:
    held = await desk.planned(by=OPERATOR, posts=(Post("场控", OPERATOR), Post("中控", TRAINEE)))
    await desk.planned(by=OWNER, ahead=3 * DAY, operator=OWNER, posts=())
    before, actor = len(await desk.said()), await desk.office.actor(OWNER)
    await desk.office.office.team.remove(actor, ONE, OPERATOR)
    assert await desk.floor.leaving.tell(actor, OPERATOR, "一组", ONE, None) == 3
    said = await heard(desk, before)
    assert said[OPERATOR] == "您已被移出「一组」，以后看不到那里的资料了。有疑问请问组长。"
    name = (await desk.office.people.names(OPERATOR)).get(OPERATOR) or "同事"
    assert (
        said[LEAD]
        == said[OWNER]
        == (
            f"{name} 已移出「一组」。\n\n这些场次还排着对方，请换人（/week 里点开，再点“改”）：\n"
            f"• {held.go_live:%m-%d %H:%M} 云栖茶行：操盘手、场控"
        )
    )


async def test_whoever_did_it_hears_nothing_where_nobody_counts_on_them(desk: Desk) -> None:
    actor = await desk.office.actor(OWNER)
    await desk.office.office.team.remove(actor, ONE, OPERATOR)
    await desk.floor.leaving.tell(actor, OPERATOR, "云栖茶行", ONE, A)
    said = dict(await desk.said())
    assert set(said) == {OPERATOR, LEAD} and said[LEAD].endswith("已移出「云栖茶行」。")
