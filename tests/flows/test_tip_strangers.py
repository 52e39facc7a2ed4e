"""Every public method of tips, feeds and samples, called by those who have no business there: people, and holders of tokens."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.build_metrics import samples_over
from bot.domain.access import Scope
from bot.domain.decisions import Stage
from bot.domain.nudges import Severity
from bot.errors import NotFound, Refused
from bot.flows.access import Actor
from bot.flows.feeds import FeedDesk
from bot.flows.samples import SampleDesk
from bot.flows.tips import TipDesk
from bot.storage.feeds import Feeds
from bot.storage.nudges import Kept, StoredDecision, StoredTip
from bot.storage.tables import metadata
from tests.domain.live import at
from tests.flows.live_desk import GROUP, live_desk
from tests.flows.nudge_room import MINE, REFERENCE, NudgeRoom
from tests.office_desk import LEAD, NAMES, ONE, OWNER, RIVAL, STRANGER, TWO, VIEWER, A, B

GONE, NO = NotFound, Refused
SECRETS = (A, NAMES[A], "小雅", "一队大屏", "本场大屏")


TIP = "0123456789ab"


def kept(session: str) -> Kept:
    """A tip and the decision to tell it, as samples would have come to them."""
    figures = {
        "values": {"online_now": 400.0}, "limits": {"drop": [0.15, "default"]}, "since": at(20, 30).timestamp(), "before": 500.0,
        "span": 600.0, "together": [], "confidence": 1.0,
    }  # fmt: skip
    tip = StoredTip(TIP, session, "N01", Severity.HIGH, figures, at(20, 31))
    return Kept({}, at(20, 31), [StoredDecision(session, at(20, 31), "N01", Stage.SENT.value)], [tip])


@dataclass
class Scene:
    """A session on the air with a tip, a feed of its team, one of its own, and one that was revoked."""

    room: NudgeRoom
    feeds: FeedDesk
    tip: str = ""
    feed: str = ""
    tokens: tuple[str, ...] = ()

    @property
    def intake(self) -> SampleDesk:
        """Where samples are taken."""
        return samples_over(self.room.desk.office.database, self.room.desk.office.office.gate, lambda: REFERENCE)

    async def state(self) -> dict[str, str]:
        """Everything but the trail."""
        async with self.room.desk.office.database.read() as db:
            return {t.name: repr((await db.execute(select(t))).all()) for t in metadata.sorted_tables if t.name != "audit"}


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with live_desk(tmp_path) as desk:
        desk.set(at(20))
        room = NudgeRoom(desk, await desk.live())
        feeds = FeedDesk(Feeds(desk.office.database), desk.sessions, desk.office.office.gate, tuple)
        made = Scene(room, feeds)
        lead = await desk.actor(LEAD, LEAD)
        _, whole = await feeds.add(lead, "一队大屏", scope=Scope(MINE.merchants, frozenset({ONE})), team=ONE)
        own, single = await feeds.add(lead, "本场大屏", scope=MINE, session=room.session.id)
        old, revoked = await feeds.add(lead, "旧大屏", scope=MINE, session=room.session.id)
        await feeds.revoke(lead, old.id, scope=MINE)
        await room.tips.news.nudges.keep(room.session.id, kept(room.session.id), at(20, 32))
        made.tip, made.feed, made.tokens = TIP, own.id, (whole, single, revoked)
        yield made


Call = Callable[[Scene, Actor, Scope], Awaitable[object]]
TIPS: dict[str, tuple[Call, object, object]] = {
    "acknowledge": (lambda d, a, s: d.room.tips.acknowledge(a, s, d.tip), NO, NO),
    "mute": (lambda d, a, s: d.room.tips.mute(a, s, d.tip, 30), NO, NO),
    "useless": (lambda d, a, s: d.room.tips.useless(a, s, d.tip), NO, NO),
    "tip": (lambda d, a, s: d.room.tips.tip(a, s, d.tip), NO, NAMES[A]),
    "case": (lambda d, a, s: d.room.tips.case(a, s, d.tip), NO, GONE),
    "decided": (lambda d, a, s: d.room.tips.decided(a, s, GROUP, None, private=False), GONE, "N01"),
    "running": (lambda d, a, s: d.room.tips.running(a, s, GROUP, None, private=False), GONE, "小雅"),
}
"""A call, what somebody of no team meets in the merchant's own group, and what a viewer of the merchant does there."""
FEEDS: dict[str, tuple[Call, object, object]] = {
    "all": (lambda d, a, s: d.feeds.all(a, scope=s), "", ""),
    "one": (lambda d, a, s: d.feeds.one(a, d.feed, scope=s), GONE, GONE),
    "add": (lambda d, a, s: d.feeds.add(a, "别的", scope=s, session=d.room.session.id), GONE, NO),
    "revoke": (lambda d, a, s: d.feeds.revoke(a, d.feed, scope=s), GONE, GONE),
}
BESIDE_THE_SCOPE = {"unplanned", "told"}
"""What takes a session that `running` has found."""
INTAKE = {"feed", "session"}
"""Where a token's holder is let in; `test_a_token_opens_its_own_sessions_only` says what others meet."""
AFTER_THE_DOOR = {"read", "reading", "bounds", "take"}
"""What takes a session that `session` has let in, or is about a table alone."""
FLOWS: tuple[tuple[type, dict[str, tuple[Call, object, object]]], ...] = (
    (TipDesk, TIPS),
    (FeedDesk, FEEDS),
)
CASES = [
    pytest.param(call, stranger, viewer, id=f"{flow.__name__}.{name}")
    for flow, table in FLOWS
    for name, (call, stranger, viewer) in table.items()
]


@pytest.mark.parametrize("flow,table", FLOWS, ids=lambda value: getattr(value, "__name__", ""))
def test_no_method_is_without_a_test_of_what_strangers_meet(flow: type, table: dict[str, object]) -> None:
    public = {name for name, _ in inspect.getmembers(flow, inspect.isfunction) if not name.startswith("_")}
    assert public - BESIDE_THE_SCOPE == set(table)


def test_no_method_of_the_intake_is_without_one_either() -> None:
    public = {name for name, _ in inspect.getmembers(SampleDesk, inspect.isfunction) if not name.startswith("_")}
    assert public == INTAKE | AFTER_THE_DOOR


async def met(scene: Scene, call: Call, actor: Actor, scope: Scope, expected: object) -> None:
    """The call comes to what is expected, and changes nothing."""
    before = await scene.state()
    if isinstance(expected, type) and issubclass(expected, Exception):
        with pytest.raises(expected) as caught:
            await call(scene, actor, scope)
        said = f"{caught.value!r} {getattr(caught.value, 'values', '')}"
    else:
        seen = await call(scene, actor, scope)
        said = repr(seen)
        assert not seen if expected == "" else str(expected) in said
    if actor.person != VIEWER:
        assert not [secret for secret in SECRETS if secret in said]
    assert await scene.state() == before


@pytest.mark.parametrize("call,stranger,viewer", CASES)
async def test_nobody_sees_or_changes_what_is_not_theirs(scene: Scene, call: Call, stranger: object, viewer: object) -> None:
    desk, nothing = scene.room.desk, "" if stranger == "" else GONE
    for person in (STRANGER, RIVAL):
        alone = await desk.actor(person, person)
        await met(scene, call, alone, alone.access.scope(desk.office.now()), nothing)
        await met(scene, call, await desk.actor(person), MINE, stranger)
    await met(scene, call, await desk.actor(OWNER), Scope(frozenset({B})), nothing)
    await met(scene, call, await desk.actor(VIEWER), MINE, viewer)


async def test_a_token_opens_its_own_sessions_only(scene: Scene) -> None:
    desk, intake, id = scene.room.desk, scene.intake, scene.room.session.id
    whole, single, revoked = scene.tokens
    rival = await desk.actor(RIVAL, RIVAL)
    _, theirs = await scene.feeds.add(rival, "对手大屏", scope=rival.access.scope(desk.office.now()), team=TWO)
    for token in (revoked, "ocf_forged", ""):
        assert await intake.feed(token) is None
    other = await desk.live(id="5e55bbbb", merchant=B)
    for token, session in ((theirs, id), (single, other.id), (whole, "ffffffff")):
        feed = await intake.feed(token)
        assert feed is not None
        with pytest.raises(NotFound, match="no_session"):
            await intake.session(feed, session)
    for token, session in ((whole, id), (whole, other.id), (single, id)):
        feed = await intake.feed(token)
        assert feed is not None and (await intake.session(feed, session)).id == session
