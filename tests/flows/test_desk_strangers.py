"""Exports, documents, robots, the outbox and answers, called by those who have no business there.

And no flow without such a test.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

import bot.flows
from bot.domain.access import Binding, Viewer, merchant_collection, team_collection
from bot.domain.audit import Deed
from bot.domain.documents import Document, Version
from bot.domain.messages import text
from bot.domain.outgoing import Kind
from bot.domain.robots import RobotKind
from bot.errors import NotFound, Refused
from bot.flows.access import Actor
from bot.flows.answers import Answers
from bot.flows.export import ExportDesk
from bot.flows.library import LibraryDesk
from bot.flows.outgoing import OutgoingDesk
from bot.flows.robots import RobotDesk
from bot.storage.outbox import Outbox
from bot.storage.tables import metadata
from tests.flows import test_checklists, test_live_strangers, test_session_strangers, test_strangers, test_tip_strangers
from tests.office_desk import NAMES, ONE, OWNER, RIVAL, STRANGER, VIEWER, A, Desk, office
from tests.robots_double import URLS
from tests.stories.leaks.memory import Collections

GROUP = "telegram:-100"
SECRET = "雾峰岩骨底价三百"
GONE, NO = NotFound, Refused


@dataclass
class Scene:
    """Merchant A with a document, a group with a robot, a message that waits, and a section that answers."""

    desk: Desk
    folder: Path
    answers: Answers
    key: str
    robot: int
    message: int

    async def state(self) -> dict[str, str]:
        """Everything but the trail."""
        async with self.desk.database.read() as db:
            return {t.name: repr((await db.execute(select(t))).all()) for t in metadata.sorted_tables if t.name != "audit"}


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with office(tmp_path) as desk:
        entry, owner = desk.entry(Deed.BOUND, ONE, A), await desk.actor(OWNER)
        await desk.groups.bind(Binding(GROUP, ONE, A), entry)
        robot = await desk.office.robots.add(owner, GROUP, URLS[RobotKind.FEISHU])
        document = Document("d0000001", ONE, A, f"{SECRET}.md", 0)
        await desk.office.library.documents.add(document, Version(0, "d0", 1, 1, OWNER, desk.now()), entry)
        drawn = [merchant_collection(A)]
        await Outbox(desk.database).add(
            "k1", "telegram", OWNER, text(SECRET), kind=Kind.NOTICE, now=desk.now(), collections=drawn
        )
        knowledge = Collections()
        knowledge.put(merchant_collection(A), "a.md", f"{SECRET}。")
        knowledge.put(team_collection("0000bbbb"), "b.md", "别的队的话。")
        (message,) = await desk.office.outgoing.messages(await desk.boss())
        yield Scene(desk, tmp_path, Answers(knowledge), knowledge.all_keys()[0], robot.id, message.id)


def asking(actor: Actor, scene: Scene) -> Viewer:
    """The person in private, with what they may read there."""
    return Viewer(actor.person, actor.chat, actor.access.scope(scene.desk.now()))


Call = Callable[[Scene, Actor], Awaitable[object]]
Table = dict[str, tuple[Call, object, object]]
"""A call by its method, what a stranger and somebody of another team meet, and what a viewer of the merchant does."""
EXPORT: Table = {"write": (lambda d, a: d.desk.office.exports.write(a, A, d.folder / "a.zip"), GONE, NO)}
LIBRARY: Table = {
    "places": (lambda d, a: d.desk.office.library.places(a), None, ""),
    "closed": (lambda d, a: d.desk.office.library.closed(a), "", ""),
    "look": (lambda d, a: d.desk.office.library.look(a, b"x", "x.md"), None, NO),
    "waiting": (lambda d, a: d.desk.office.library.waiting(a, "w0000001"), GONE, GONE),
    "offer": (lambda d, a: d.desk.office.library.offer(a, "w0000001", ONE, A), GONE, GONE),
    "confirm": (lambda d, a: d.desk.office.library.confirm(a, "w0000001", ONE, A), GONE, GONE),
    "drop": (lambda d, a: d.desk.office.library.drop(a, "w0000001"), GONE, GONE),
    "all": (lambda d, a: d.desk.office.library.all(a, ONE, A), GONE, SECRET),
    "history": (lambda d, a: d.desk.office.library.history(a, "d0000001"), GONE, SECRET),
    "restore": (lambda d, a: d.desk.office.library.restore(a, "d0000001", 1), GONE, NO),
    "take_out": (lambda d, a: d.desk.office.library.take_out(a, "d0000001"), GONE, NO),
    "place": (lambda d, a: d.desk.office.library.place(a, ONE, A), GONE, NAMES[A]),
}
ROBOTS: Table = {
    "here": (lambda d, a: d.desk.office.robots.here(a, GROUP), GONE, NO),
    "one": (lambda d, a: d.desk.office.robots.one(a, d.robot), GONE, NO),
    "add": (lambda d, a: d.desk.office.robots.add(a, GROUP, URLS[RobotKind.WECOM]), GONE, NO),
    "remove": (lambda d, a: d.desk.office.robots.remove(a, d.robot), GONE, NO),
    "test": (lambda d, a: d.desk.office.robots.test(a, d.robot, "t", "zh"), GONE, NO),
}
OUTGOING: Table = {
    "messages": (lambda d, a: d.desk.office.outgoing.messages(a), NO, NO),
    "titles": (lambda d, a: d.desk.office.outgoing.titles(a, ()), NO, NO),
    "one": (lambda d, a: d.desk.office.outgoing.one(a, d.message), NO, NO),
    "show": (lambda d, a: d.desk.office.outgoing.show(a, d.message), NO, NO),
    "retry": (lambda d, a: d.desk.office.outgoing.retry(a, d.message), NO, NO),
    "discard": (lambda d, a: d.desk.office.outgoing.discard(a, d.message), NO, NO),
}
ANSWERS: Table = {
    "ask": (lambda d, a: d.answers.ask(asking(a, d), "底价三百"), None, SECRET),
    "suggest": (lambda d, a: d.answers.suggest(asking(a, d), "底价三百"), None, SECRET),
    "open": (lambda d, a: d.answers.open(asking(a, d), d.key), GONE, SECRET),
    "locate": (lambda d, a: d.answers.locate(asking(a, d), "1.1"), None, "a"),
    "neighbours": (lambda d, a: d.answers.neighbours(asking(a, d), d.key), (None, None), None),
}
FLOWS: tuple[tuple[type, Table], ...] = (
    (ExportDesk, EXPORT),
    (LibraryDesk, LIBRARY),
    (RobotDesk, ROBOTS),
    (OutgoingDesk, OUTGOING),
    (Answers, ANSWERS),
)
CASES = [
    pytest.param(call, stranger, viewer, id=f"{flow.__name__}.{name}")
    for flow, table in FLOWS
    for name, (call, stranger, viewer) in table.items()
]
OF_THE_DELIVERY = {"audience"}
"""What says what a robot may carry; the delivery asks it, and nobody else."""
ASKED_FIRST = {"Ground", "Defaults", "News", "Leaving", "PastDesk", "Replays"}
"""Parts of the desks above: they are given what a desk has found for the actor, and people do not reach them."""
HELD = {"actor", "access", "viewer", "scope"}
"""What says, as an argument, for whom a method works."""


def flows_for_people() -> Iterator[type]:
    """Every class of the flows with a public method that works for somebody."""
    for module in pkgutil.iter_modules(bot.flows.__path__, "bot.flows."):
        for _, flow in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            methods = [method for name, method in inspect.getmembers(flow, inspect.isfunction) if not name.startswith("_")]
            real = flow.__module__ == module.name and not getattr(flow, "_is_protocol", False)
            if real and any(HELD & set(inspect.signature(method).parameters) for method in methods):
                yield flow


def test_no_flow_is_without_a_table_of_what_strangers_meet() -> None:
    tables = (
        *test_strangers.FLOWS, *test_session_strangers.FLOWS, *test_checklists.TABLES, *test_tip_strangers.FLOWS,
        *test_live_strangers.FLOWS, *FLOWS,
    )  # fmt: skip
    listed = {flow.__name__ for flow, _ in tables}
    found = {flow.__name__ for flow in flows_for_people()}
    assert found - listed == ASKED_FIRST
    assert listed <= found


@pytest.mark.parametrize("flow,table", FLOWS, ids=lambda value: getattr(value, "__name__", ""))
def test_no_method_is_without_a_test_of_what_strangers_meet(flow: type, table: Table) -> None:
    public = {name for name, _ in inspect.getmembers(flow, inspect.isfunction) if not name.startswith("_")}
    assert public - OF_THE_DELIVERY == set(table)


async def seen_by(person: str, scene: Scene, call: Call, met: object) -> None:
    """What somebody sees is what they are to meet, and nothing is changed."""
    before, actor = await scene.state(), await scene.desk.actor(person)
    try:
        seen = await call(scene, actor)
    except (NotFound, Refused) as error:
        assert met is None or isinstance(met, type) and isinstance(error, met)
        said = f"{error!r} {getattr(error, 'values', '')}"
    else:
        assert not isinstance(met, type)
        said = repr(seen)
        if isinstance(met, str):
            assert met in said if met else not seen
        elif met is not None:
            assert seen == met
    if person != VIEWER:
        assert not [secret for secret in (A, NAMES[A], SECRET, GROUP) if secret in said]
    assert await scene.state() == before


@pytest.mark.parametrize("call,stranger,viewer", CASES)
async def test_nobody_sees_or_changes_what_is_not_theirs(scene: Scene, call: Call, stranger: object, viewer: object) -> None:
    for person, met in ((STRANGER, stranger), (RIVAL, stranger), (VIEWER, viewer)):
        await seen_by(person, scene, call, met)
    assert not (scene.folder / "a.zip").exists()
