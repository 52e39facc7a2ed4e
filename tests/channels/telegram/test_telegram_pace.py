"""Whoever floods is asked to wait, once a minute; everybody else is answered as ever."""

from __future__ import annotations

import pytest

from bot.channels.telegram import pace
from bot.domain.limits import Limit
from tests.channels.telegram.desk import Desk
from tests.double import ChatView, Person

pytestmark = pytest.mark.alone


@pytest.fixture
async def strict(idle_desk: Desk) -> Desk:
    idle_desk.settings |= {"person_per_minute": 10, "chat_per_minute": 20}
    await idle_desk.start()
    return idle_desk


@pytest.fixture
def flooder(strict: Desk) -> Person:
    return strict.double.user("刷屏的")


@pytest.fixture
def group(strict: Desk, flooder: Person) -> ChatView:
    return strict.double.group("晨会", flooder, kind="supergroup")


async def test_a_person_who_floods_is_asked_to_wait_once_and_the_rest_is_not_answered(strict: Desk, flooder: Person) -> None:
    for _ in range(30):
        await flooder.say(flooder.private(), "停留低怎么办")
    await strict.settled()
    excuses = [m for m in flooder.private().from_bot if m.text.startswith("问得有点快")]
    assert len(excuses) in (1, 2)  # a minute may end meanwhile
    assert 5 <= len(flooder.private().from_bot) - len(excuses) <= 8
    assert "没有记下" in excuses[0].text and "请等" in excuses[0].text


async def test_others_are_answered_while_somebody_floods(strict: Desk, flooder: Person) -> None:
    for _ in range(60):
        await flooder.say(flooder.private(), "停留低怎么办")
    calm = strict.double.user("小李")
    answer = await calm.asks(calm.private(), "停留低怎么办")
    assert not answer.text.startswith("问得有点快")


async def test_a_group_has_a_pace_of_its_own_whoever_asks(strict: Desk, group: ChatView) -> None:
    people = [strict.double.user(f"同事{n}") for n in range(8)]
    for person in people:
        await person.joins(group)
    for _ in range(4):
        for person in people:
            await person.say(group, "/ask 停留低怎么办")
    await strict.settled()
    excuses = [m for m in group.from_bot if m.text.startswith("问得有点快")]
    assert len(excuses) in (1, 2) and 10 <= len(group.from_bot) - len(excuses) <= 14


async def test_talk_that_is_not_for_the_bot_costs_nobody_anything(strict: Desk, flooder: Person, group: ChatView) -> None:
    strict.double.privacy = False
    for _ in range(40):
        await flooder.say(group, "大家好")
        await flooder.say(group, "/metrics@another_bot GPM")
    answer = await flooder.asks(group, "/ask 停留低怎么办")
    assert not answer.text.startswith("问得有点快")


async def test_presses_and_inline_queries_have_room_for_paging_and_an_end(
    idle_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "PRESSES", Limit(per_minute=1, burst=3))
    monkeypatch.setattr(pace, "INLINE", Limit(per_minute=1, burst=2))
    await idle_desk.start()
    alice = idle_desk.double.user("小李")
    answer = await alice.asks(alice.private(), "停留低怎么办")
    toasts = [str(await alice.forges(answer, "n")) for _ in range(4)]
    assert toasts[:3] == [""] * 3 and toasts[3].startswith("问得有点快")
    assert [bool(await alice.inline("停留")) for _ in range(3)] == [True, True, False]
