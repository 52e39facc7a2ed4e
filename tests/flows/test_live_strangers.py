"""Boards, charts, rules, proposals, tables, addresses and questions about right now, called by those with no business there."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.build_sessions import open_floor
from bot.config import Settings
from bot.domain.access import Scope, Viewer
from bot.domain.metric_tables import Line, Table
from bot.domain.nudges import Severity, Step, Within
from bot.domain.own_form import Form
from bot.domain.samples import Sample
from bot.errors import NotFound, Refused
from bot.flows.access import Actor
from bot.flows.answers import Answers
from bot.flows.effects import EffectDesk
from bot.flows.floor import Floor
from bot.flows.metric_imports import ImportDesk
from bot.flows.own_rules import RuleDesk
from bot.flows.panels import PanelDesk
from bot.flows.pasts import PastDesk
from bot.flows.polling import PollDesk
from bot.flows.present import PresentDesk
from bot.flows.suggestions import SuggestionDesk
from bot.flows.tip_charts import ChartDesk
from tests.domain.live import at
from tests.domain.suggested import suggestion
from tests.flows import test_tip_strangers as tip_strangers
from tests.flows.live_desk import GROUP
from tests.flows.nudge_room import MINE, REFERENCE
from tests.flows.test_tip_strangers import scene
from tests.office_desk import LEAD, NAMES, ONE, OPERATOR, OWNER, RIVAL, STRANGER, VIEWER, A, B
from tests.stories.leaks.memory import Collections

__all__ = ["scene"]

GONE, NO = NotFound, Refused
SECRET = "底线三百八"
RULE = f"""- id: T01
  name: {SECRET}
  group: 流量
  severity: high
  when: online_now < low
  limits:
    low: {{of: online_now, default: 450人, source: 本队自定}}
  hold: 1
  min_samples: 1
  who: 场控
  steps:
    60s:
      - {{who: 场控, do: 喊一声}}
"""
FORM = Form("在线太少", "online_now < 300", Severity.HIGH, (Step(Within.SECONDS_60, "场控", "喊一声"),))


@dataclass
class Air:
    """What `test_tip_strangers` has on the air, with a table that waits, an address, and a rule of the team's in force."""

    scene: tip_strangers.Scene
    floor: Floor
    table: str = ""
    draft: str = ""
    proposal: str = ""

    @property
    def session(self) -> str:
        """The session on the air."""
        return self.scene.room.session.id


@pytest.fixture
async def air(scene: tip_strangers.Scene, tmp_path: Path) -> AsyncIterator[Air]:
    desk, room = scene.room.desk, scene.room
    office = desk.office
    floor = open_floor(
        office.database,
        office.office.gate,
        Settings(_env_file=None, data=tmp_path),
        tuple,
        lambda: None,
        tuple,
        lambda: REFERENCE,
    )
    made = Air(scene, floor)
    await room.samples.add(
        room.session.id, [Sample(at(20, minute), {"online_now": 380.0}) for minute in range(1, 31)], at(20, 31)
    )
    operator, lead = await desk.actor(OPERATOR, OPERATOR), await desk.actor(LEAD, LEAD)
    table = Table(("时间", "online_now"), (Line(2, ("20:05", "381")),))
    made.table = (await floor.imports.hold(operator, table, [room.session], SECRET)).id
    await floor.polls.put(lead, scene.feed, f"https://x.example.com/{SECRET.encode().hex()}", scope=MINE)
    await floor.rules.adopt(lead, (await floor.rules.propose_file(lead, ONE, "", RULE)).draft.id)
    made.draft = (await floor.rules.propose_switch(lead, ONE, "", "N06", on=False)).draft.id
    proposed = suggestion(made_at=desk.office.now(), was=SECRET, merchants=(A,), team=ONE)
    made.proposal = proposed.id
    assert await floor.suggestions.store.keep(ONE, proposed.week, [proposed], [], desk.office.now()) == 0
    yield made
    floor.pictures.close()


def asking(actor: Actor, scope: Scope) -> Viewer:
    return Viewer(actor.person, GROUP, scope, private=False)


Call = Callable[[Air, Actor, Scope], Awaitable[object]]
Met = object
"""An error; a text that is in what is seen; "" for nothing at all; None for whatever holds none of the secrets.
`...` for what a viewer may do, and what is written down by it."""
IMPORTS: dict[str, tuple[Call, Met, Met]] = {
    "candidates": (lambda d, a, s: d.floor.imports.candidates(a, GROUP, None, private=False, scope=s), "", ""),
    "waiting": (lambda d, a, s: d.floor.imports.waiting(a, d.table, scope=s), NO, NO),
    "preview": (lambda d, a, s: d.floor.imports.preview(a, d.table, scope=s), NO, NO),
    "keep": (lambda d, a, s: d.floor.imports.keep(a, d.table, scope=s), NO, NO),
    "drop": (lambda d, a, s: d.floor.imports.drop(a, d.table, scope=s), NO, NO),
    "move": (lambda d, a, s: d.floor.imports.move(a, d.table, d.session, scope=s), NO, NO),
}
PANELS: dict[str, tuple[Call, Met, Met]] = {
    "live": (lambda d, a, s: d.floor.panels.live(a, s, GROUP, None, private=False), GONE, "小雅"),
    "panel": (lambda d, a, s: d.floor.panels.panel(a, s, d.session), NO, "小雅"),
    "reading": (lambda d, a, s: d.floor.panels.reading(a, s, d.session, "online_now"), NO, "380"),
}
POLLS: dict[str, tuple[Call, Met, Met]] = {
    "put": (lambda d, a, s: d.floor.polls.put(a, d.scene.feed, "https://x.example.com/1", scope=s), GONE, GONE),
    "stop": (lambda d, a, s: d.floor.polls.stop(a, d.scene.feed, scope=s), GONE, GONE),
}
PRESENT: dict[str, tuple[Call, Met, Met]] = {
    "ask": (lambda d, a, s: d.floor.present.ask(a, asking(a, s), "为什么在线掉了", Answers(Collections())), "", "在线"),
    "nowhere": (
        lambda d, a, s: d.floor.present.nowhere(a, asking(a, s), "为什么在线掉了"),
        "no_live_session_here",
        "",
    ),
}
CHARTS: dict[str, tuple[Call, Met, Met]] = {
    "press": (lambda d, a, s: d.floor.charts.press(a, s, d.scene.tip, GROUP, None, 1, "zh", 1), NO, ...),
}
RULES: dict[str, tuple[Call, Met, Met]] = {
    "places": (lambda d, a, s: d.floor.rules.places(a), None, ""),
    "place": (lambda d, a, s: d.floor.rules.place(a, ONE, A), GONE, NO),
    "standing": (lambda d, a, s: d.floor.rules.standing(a, ONE), GONE, GONE),
    "history": (lambda d, a, s: d.floor.rules.history(a, ONE), GONE, GONE),
    "propose_file": (lambda d, a, s: d.floor.rules.propose_file(a, ONE, "", RULE), GONE, GONE),
    "propose_rule": (lambda d, a, s: d.floor.rules.propose_rule(a, ONE, "", FORM), GONE, GONE),
    "propose_switch": (lambda d, a, s: d.floor.rules.propose_switch(a, ONE, "", "N06", on=False), GONE, GONE),
    "propose_limit": (lambda d, a, s: d.floor.rules.propose_limit(a, ONE, "", "N07", "enough", "40s"), GONE, GONE),
    "propose_peers": (lambda d, a, s: d.floor.rules.propose_peers(a, ONE, "", "GPM 620"), GONE, GONE),
    "propose_old": (lambda d, a, s: d.floor.rules.propose_old(a, ONE, "", 1), GONE, GONE),
    "proposal": (lambda d, a, s: d.floor.rules.proposal(a, d.draft), GONE, GONE),
    "trial": (lambda d, a, s: d.floor.rules.trial(a, d.draft), GONE, GONE),
    "adopt": (lambda d, a, s: d.floor.rules.adopt(a, d.draft), GONE, GONE),
    "drop": (lambda d, a, s: d.floor.rules.drop(a, d.draft), GONE, GONE),
}
EFFECTS: dict[str, tuple[Call, Met, Met]] = {
    "worth": (lambda d, a, s: d.scene.room.tips.desk.effects.worth(a, s, ONE), GONE, NO),
    "withholding": (lambda d, a, s: d.scene.room.tips.desk.effects.withholding(a, s, ONE), GONE, GONE),
    "withhold": (lambda d, a, s: d.scene.room.tips.desk.effects.withhold(a, ONE, 10), GONE, NO),
}
SUGGESTIONS: dict[str, tuple[Call, Met, Met]] = {
    "lately": (lambda d, a, s: d.floor.suggestions.lately(a, ONE), "", ""),
    "waiting": (lambda d, a, s: d.floor.suggestions.waiting(a), "", ""),
    "week": (lambda d, a, s: d.floor.suggestions.week(a, d.proposal), GONE, NO),
    "evidence": (lambda d, a, s: d.floor.suggestions.evidence(a, d.proposal), GONE, NO),
    "adopt": (lambda d, a, s: d.floor.suggestions.adopt(a, d.proposal), GONE, NO),
    "decline": (lambda d, a, s: d.floor.suggestions.decline(a, d.proposal), GONE, NO),
}
OF_THE_OWNER = {RuleDesk, EffectDesk, SuggestionDesk}
"""Whose methods work for a whole team, whatever chat they are called from: its owner may do so anywhere."""
GIVEN = {
    ImportDesk: {"hold", "of_group"},  # sessions that `candidates` has found for the actor; what the scope of a group reaches
    PanelDesk: {"metric", "seen"},  # a word; a session, for the clock
    PollDesk: {"of"},  # feeds that the feeds' desk has found
    PresentDesk: {"found"},  # a session that `ask` has found
    ChartDesk: {"tick"},
    RuleDesk: {"differences", "standing_at"},  # a place and versions that `place` and `history` have found; the clock
    EffectDesk: {"measure_effects", "watched"},
    SuggestionDesk: set(),
}
"""What takes only what another method has found for somebody, and what the clock does."""
FLOWS: tuple[tuple[type, dict[str, tuple[Call, Met, Met]]], ...] = (
    (ImportDesk, IMPORTS),
    (PanelDesk, PANELS),
    (PollDesk, POLLS),
    (PresentDesk, PRESENT),
    (ChartDesk, CHARTS),
    (RuleDesk, RULES),
    (EffectDesk, EFFECTS),
    (SuggestionDesk, SUGGESTIONS),
)
CASES = [
    pytest.param(flow, call, stranger, viewer, id=f"{flow.__name__}.{name}")
    for flow, table in FLOWS
    for name, (call, stranger, viewer) in table.items()
]


@pytest.mark.parametrize("flow,table", FLOWS, ids=lambda value: getattr(value, "__name__", ""))
def test_no_method_is_without_a_test_of_what_strangers_meet(flow: type, table: dict[str, object]) -> None:
    public = {name for name, _ in inspect.getmembers(flow, inspect.isfunction) if not name.startswith("_")}
    assert public - GIVEN[flow] == set(table)


async def seen_by(air: Air, call: Call, actor: Actor, scope: Scope, met: Met) -> None:
    """Somebody sees what they are to meet, and nothing is changed by it."""
    before = await air.scene.state()
    try:
        seen = await call(air, actor, scope)
    except (NotFound, Refused) as error:
        assert met is None or (isinstance(met, type) and isinstance(error, met)), repr(error)
        said = f"{error!r} {getattr(error, 'values', '')}"
    else:
        assert not isinstance(met, type), repr(seen)
        said = repr(seen)
        if isinstance(met, str):
            assert met in said if met else not seen
    if actor.person != VIEWER:
        assert not [secret for secret in (A, NAMES[A], "小雅", SECRET, "x.example.com") if secret in said]
    assert await air.scene.state() == before


@pytest.mark.parametrize("flow,call,stranger,viewer", CASES)
async def test_nobody_sees_or_changes_what_is_not_theirs(air: Air, flow: type, call: Call, stranger: Met, viewer: Met) -> None:
    desk, nothing = air.scene.room.desk, GONE if isinstance(stranger, type) else stranger
    for person in (STRANGER, RIVAL):
        alone = await desk.actor(person, person)
        await seen_by(air, call, alone, alone.access.scope(desk.office.now()), nothing)
        await seen_by(air, call, await desk.actor(person), MINE, stranger)
    if flow not in OF_THE_OWNER:
        await seen_by(air, call, await desk.actor(OWNER), Scope(frozenset({B})), nothing)
    if viewer is not ...:
        await seen_by(air, call, await desk.actor(VIEWER), MINE, viewer)


async def test_what_earlier_sessions_were_like_is_read_within_the_scope(air: Air) -> None:
    desk: PastDesk = air.scene.room.tips.desk.pasts
    assert await desk.before(air.scene.room.session, scope=Scope(frozenset({B}))) == ()


async def test_what_is_replayed_is_read_within_the_scope(air: Air) -> None:
    session = air.scene.room.session
    mine, pasts = await air.floor.rules.replays.those([session], 9, scope=MINE)
    assert mine == [session] and pasts[0].rows
    assert await air.floor.rules.replays.those([session], 9, scope=Scope(frozenset({B}))) == ([], [])


async def test_what_rules_are_worth_is_told_of_the_merchants_of_the_chat_alone(air: Air) -> None:
    desk, effects = air.scene.room.desk, air.scene.room.tips.desk.effects
    elsewhere = await effects.worth(await desk.actor(OWNER), Scope(frozenset({B})), ONE)
    assert elsewhere.rules == ()
    here = await effects.worth(await desk.actor(OWNER), MINE, ONE)
    assert [one.feedback.rule for one in here.rules] == ["N01"]
