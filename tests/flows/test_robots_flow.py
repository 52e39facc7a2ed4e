"""Robots of a bound group: who looks after them, what they carry, and when they stop."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.channels.robots import RobotsChannel
from bot.commands.office import LOCAL
from bot.delivery import Delivery, Waits
from bot.domain.access import Binding, Scope, merchant_collection
from bot.domain.audit import Deed
from bot.domain.messages import text
from bot.domain.outgoing import ROBOT, Kind
from bot.domain.robots import RobotKind
from bot.errors import NotFound, Refused
from bot.flows.lost_chats import LostChats
from bot.flows.robots import MOST
from bot.storage.chats import Chats
from bot.storage.database import Database
from bot.storage.outbox import Outbox
from tests.delivery_desk import Desk as Sending
from tests.delivery_desk import ScriptedChannel, running, ticking
from tests.office_desk import LEAD, ONE, OPERATOR, OWNER, RIVAL, STRANGER, TWO, A, B, C, Desk
from tests.robots_double import FEISHU_KEY, URLS, RobotsDouble, robots_double

GROUP = "telegram:-900"
FEISHU = URLS[RobotKind.FEISHU]


class Place:
    """A group bound to merchant A, its robots, and a delivery that reaches both platforms."""

    def __init__(self, database: Database, double: RobotsDouble) -> None:
        self.desk, self.double = Desk(database), double
        self.robots, self.outbox, self.chats = self.desk.office.robots, Outbox(database), Chats(database)
        self.clock, gate = self.desk.clock, self.desk.office.gate
        self.telegram = ScriptedChannel(self.clock)
        self.channel = RobotsChannel(self.robots.robots.address, self.clock, double.url)
        lost = LostChats(gate, self.chats, self.outbox, self.robots.robots, lambda: None, self.clock)

        async def audience(chat: str, topic: int | None) -> Scope:
            if chat.startswith(ROBOT):
                return await self.robots.audience(chat)
            return await gate.audience(chat, topic, private=not chat.startswith("telegram:-"))

        waits = Waits(poll=0.02, send=5.0, stop=5.0, storage=0.02)
        channels = {"telegram": self.telegram, ROBOT: self.channel}
        delivery = Delivery(self.outbox, self.chats, channels, self.clock, waits, audience=audience, tell_lost=lost.tell)
        self.sending = Sending(database, self.outbox, self.chats, self.clock, self.telegram, delivery)

    async def bind(self, team: str, merchant: str = "", topic: int = 0) -> None:
        binding = Binding(GROUP, team, merchant, topic)
        await self.desk.groups.bind(binding, self.desk.entry(Deed.BOUND, team, merchant))

    async def add(self, said: str = FEISHU, person: str = LEAD) -> int:
        return (await self.robots.add(await self.desk.actor(person), GROUP, said)).id

    async def push(self, key: str, kind: Kind = Kind.TIP, merchant: str = A, **more: int) -> None:
        drawn = [merchant_collection(merchant)] if merchant else []
        await self.outbox.add(key, "telegram", GROUP, text(key), kind=kind, now=self.clock(), collections=drawn, **more)

    async def sent(self, **expected: int) -> None:
        async with running(self.sending), ticking(self.sending, seconds=1):
            await self.sending.counts(**expected)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path}/copilot.db")
    async with robots_double() as double:
        made = Place(database, double)
        await made.desk.fill()
        await made.bind(ONE, A)
        yield made
        await made.channel.close()
    await database.close()


async def test_pushes_to_a_group_go_to_its_robots_and_nothing_else_does(place: Place) -> None:
    await place.add()
    await place.add(URLS[RobotKind.WECOM])
    for kind in (Kind.TIP, Kind.CHECKLIST, Kind.DIGEST, Kind.ANSWER, Kind.NOTICE):
        await place.push(kind.value, kind)
    await place.push("edit", Kind.CHECKLIST, edit_of=7)
    await place.sent(sent=6 + 2 * 3)
    for kind in (RobotKind.FEISHU, RobotKind.WECOM):
        assert sorted(place.double.posted[kind]) == ["checklist", "digest", "tip"]


async def test_the_same_push_written_twice_goes_once(place: Place) -> None:
    await place.add()
    for _ in range(2):
        await place.push("tip")
    await place.sent(sent=2)
    assert place.double.posted[RobotKind.FEISHU] == ["tip"]


async def test_what_the_group_may_not_be_shown_any_more_is_not_posted_either(place: Place) -> None:
    await place.add()
    await place.push("of another merchant", merchant=B)
    await place.push("ours")
    await place.sent(sent=2, failed=2)
    assert place.double.posted[RobotKind.FEISHU] == ["ours"]


async def test_a_topic_with_a_binding_of_its_own_keeps_its_pushes(place: Place) -> None:
    await place.add()
    await place.bind(ONE, B, topic=7)
    await place.push("of the topic", merchant=B, topic=7)
    await place.push("of another topic", topic=8)
    await place.sent(sent=3)
    assert place.double.posted[RobotKind.FEISHU] == ["of another topic"]


@pytest.mark.parametrize("change", ["rebound to another team", "rebound to another merchant", "unbound", "merchant deleted"])
async def test_robots_go_when_the_group_is_for_somebody_else(place: Place, change: str) -> None:
    await place.add()
    await place.push("before")
    if change == "rebound to another team":
        await place.bind(TWO, C)
    elif change == "rebound to another merchant":
        await place.bind(ONE, B)
    elif change == "unbound":
        await place.desk.groups.unbind(GROUP, 0, place.desk.entry(Deed.UNBOUND, ONE, A))
    else:
        await place.desk.erasure.erase(A, place.desk.entry(Deed.MERCHANT_DELETED, ONE, A))
    assert await place.robots.robots.here(GROUP) == ()
    await place.push("after", merchant="")
    async with running(place.sending), ticking(place.sending, seconds=1):
        await place.sending.counts(**({"sent": 1} if change == "merchant deleted" else {"sent": 1, "failed": 2}))
    assert place.double.posted == {}


async def test_robots_stay_when_only_the_ceiling_changes_and_when_the_group_gets_a_new_id(place: Place) -> None:
    await place.add()
    await place.bind(ONE, A)
    await place.chats.migrate(GROUP, "telegram:-1900")
    assert len(await place.robots.robots.here("telegram:-1900")) == 1


async def test_managers_alone_look_after_robots_and_others_do_not_learn_of_them(place: Place) -> None:
    id = await place.add(person=OWNER)
    for person, error in ((OPERATOR, Refused), (RIVAL, NotFound), (STRANGER, NotFound)):
        actor = await place.desk.actor(person)
        with pytest.raises(error):
            await place.robots.here(actor, GROUP)
        with pytest.raises(error):
            await place.robots.add(actor, GROUP, FEISHU)
        with pytest.raises(error):
            await place.robots.remove(actor, id)
        with pytest.raises(error):
            await place.robots.test(actor, id, "k", "zh")
    with pytest.raises(NotFound, match="no_robot"):
        await place.robots.one(await place.desk.actor(LEAD), 99)
    assert await place.outbox.counts() == {}


async def test_a_robot_is_added_once_and_a_group_has_a_handful(place: Place) -> None:
    await place.add()
    with pytest.raises(Refused, match="robot_known"):
        await place.add()
    with pytest.raises(Refused, match="robot_url"):
        await place.add("https://example.com/hook/0123456789abcdef")
    for number in range(MOST - 1):
        await place.add(f"{FEISHU[:-1]}{number + 1}x")
    with pytest.raises(Refused, match="robots_full"):
        await place.add(URLS[RobotKind.WECOM])


async def test_the_trail_names_a_robot_by_its_fingerprint(place: Place) -> None:
    id = await place.add()
    await place.robots.remove(await place.desk.actor(OWNER), id)
    entries = await place.desk.trail.entries(access=await place.desk.people.access(OWNER), team=ONE, merchant=A, limit=2)
    assert [(one.deed, one.person, one.detail["kind"]) for one in entries] == [
        (Deed.ROBOT_REMOVED, OWNER, "feishu"), (Deed.ROBOT_ADDED, LEAD, "feishu"),
    ]  # fmt: skip
    assert FEISHU_KEY not in str(entries)


async def test_a_test_message_goes_to_the_robot_alone_and_once_a_press(place: Place) -> None:
    id = await place.add()
    for _ in range(2):
        await place.robots.test(await place.desk.actor(LEAD), id, "press", "zh")
    await place.sent(sent=1)
    assert place.telegram.sent == [] and place.double.posted[RobotKind.FEISHU][0].startswith("测试：群机器人已连上")


async def test_leads_hear_of_a_robot_that_is_gone_once(place: Place) -> None:
    await place.add()
    await place.chats.seen(GROUP, "直播一组", "supergroup", place.clock())
    place.double.keys.clear()
    for number in range(3):
        await place.push(f"tip {number}")
    await place.sent(sent=3 + 2, failed=3)
    told = [(chat, plain) for chat, plain in place.telegram.sent if "群机器人已失效" in plain]
    assert sorted(chat for chat, _ in told) == ["1", "2"]
    assert all("直播一组" in plain and "/robot" in plain for _, plain in told)


async def test_whoever_runs_commands_looks_after_all_robots(place: Place) -> None:
    everything = await place.desk.people.everything(LOCAL)
    from bot.flows.access import Actor

    found = await place.robots.add(Actor(everything, LOCAL), GROUP, FEISHU)
    assert found.added_by == LOCAL
