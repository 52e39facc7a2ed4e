"""The weekly look at rules over a real database: whose figures, which week, what is left alone, and what is told to whom."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.build_sessions import open_floor
from bot.config import Settings
from bot.domain.access import Membership, Role
from bot.domain.audit import Deed
from bot.domain.candidates import Way
from bot.domain.nudges import Rule, Severity
from bot.domain.outgoing import Kind
from bot.domain.rhythm import Rhythm
from bot.domain.suggestions import Suggestion, fingerprint
from bot.errors import NotFound, Refused, StorageError
from bot.flows.floor import Floor
from bot.flows.reference import Reference
from bot.storage.own_rules import OwnRules
from bot.storage.rule_tables import rule_sheets
from bot.storage.suggestions import Suggestions
from tests.domain.live import at
from tests.domain.suggested import suggestion
from tests.flows.live_desk import LiveDesk, live_desk
from tests.flows.proposal_room import MILD, REFERENCE, Dip, held, planned
from tests.office_desk import LEAD, ONE, OPERATOR, OWNER, RIVAL, STRANGER, TWO, A, B

MONDAY = at(11, day=30)  # of March
ACTED = tuple(Dip(minute, 0.0045, "useful", over=25, lead=8) for minute in (40, 75, 110, 145))


@dataclass
class Room:
    """A team with two merchants, and what the clock makes of their past."""

    desk: LiveDesk
    floor: Floor
    held: int = 0

    async def past(self, merchant: str, sessions: int = 4, dips: Sequence[Dip] = MILD, before: datetime = MONDAY) -> None:
        """So many sessions of a merchant, every third day before a moment."""
        for _ in range(sessions):
            self.held += 1
            begin = before - timedelta(days=2 * self.held, hours=15)
            await held(self.desk.office.database, planned(f"5e5510{self.held:02}", begin, ONE, merchant), dips)

    async def monday(self, moment: datetime = MONDAY) -> int:
        return await self.floor.suggesting.propose_due(self.desk.set(moment))

    async def made(self, person: str = OWNER) -> list[Suggestion]:
        found = await self.floor.suggestions.lately(await self.desk.actor(person, person), ONE)
        return [one.suggestion for one in found]

    async def told(self, person: str) -> list[str]:
        return [message.plain for message in await self.desk.to(person)]

    async def own(self, merchant: str, limit: str = "0.49%") -> None:
        """A limit of the merchant's own."""
        rules, lead = self.floor.rules, await self.desk.actor(LEAD, LEAD)
        await rules.adopt(lead, (await rules.propose_limit(lead, ONE, merchant, "N10", "quiet", limit)).draft.id)


Make = Callable[[Reference], Floor]


@pytest.fixture
async def make(tmp_path: Path) -> AsyncIterator[tuple[LiveDesk, Make]]:
    async with live_desk(tmp_path) as desk:
        floors: list[Floor] = []

        def made(reference: Reference) -> Floor:
            office, settings = desk.office, Settings(_env_file=None, data=tmp_path)
            floors.append(
                open_floor(office.database, office.office.gate, settings, tuple, lambda: None, tuple, lambda: reference)
            )
            return floors[-1]

        yield desk, made
        for one in floors:
            one.pictures.close()


@pytest.fixture
def room(make: tuple[LiveDesk, Make]) -> Room:
    desk, made = make
    desk.set(MONDAY - timedelta(days=40))
    return Room(desk, made(REFERENCE))


async def test_a_teams_proposal_is_made_of_all_its_merchants_and_told_to_its_leads_alone(room: Room) -> None:
    await room.past(A, 2)
    await room.past(B, 2)
    assert await room.monday() == 2
    (found,) = await room.made()
    assert (found.merchant, found.merchants, found.way) == ("", (A, B), Way.STRICTER)
    assert (found.right, found.wrong, found.sessions, found.outcome.before) == (4, 12, 4, 16)
    assert (found.outcome.kept, found.outcome.gone) == (4, 12)
    (row,) = [one for one in await room.desk.rows_of_outbox() if one.chat == LEAD]
    assert set(row.collections) == {f"team-{ONE}", f"merchant-{A}", f"merchant-{B}"}
    assert {one.chat for one in await room.desk.rows_of_outbox()} == {OWNER, LEAD}
    for person in (OPERATOR, RIVAL, STRANGER):
        assert await room.made(person) == []


async def test_a_merchants_own_limit_is_judged_by_its_own_sessions_and_told_to_its_own_lead(room: Room) -> None:
    office = room.desk.office
    lead_of_b = Membership(OPERATOR, ONE, Role.LEAD, B)
    await office.people.give(lead_of_b, OWNER, office.entry(Deed.ROLE_GIVEN, ONE, B))
    room.desk.set(MONDAY - timedelta(days=35))
    await room.own(B)
    await room.past(A, 4)
    await room.past(B, 4)
    assert await room.monday() == 3
    of_team, of_b = sorted(await room.made(), key=lambda one: one.merchant)
    assert (of_team.merchants, of_b.merchant, of_b.merchants) == ((A,), B, (B,))
    assert of_b.was == "0.49%" and of_b.sessions == of_team.sessions == 4
    (told,) = await room.told(OPERATOR)
    assert "（只给北岸鞋业）" in told and told.count("N10") == 1 and "云栖" not in told
    assert [one.merchant for one in await room.made(OPERATOR)] == [B]
    (told,) = await room.told(LEAD)
    assert told.count("N10") == 2 and told.count("（只给") == 1, "a lead of the team may decide about both"
    actor = await room.desk.actor(OPERATOR, OPERATOR)
    with pytest.raises((NotFound, Refused)):
        await room.floor.suggestions.adopt(actor, of_team.id)
    taken, number = await room.floor.suggestions.adopt(actor, of_b.id)
    assert number == 2 and taken.place == "北岸鞋业"
    signs = {id: (await room.floor.tips.desk.books.of_place(ONE, id)).rule("N10") for id in (A, B)}
    assert signs[A] is not None and "0.5%" in signs[A].sign and signs[B] is not None and "0.45%" in signs[B].sign


async def test_what_was_told_before_the_rule_was_changed_says_nothing_of_it(room: Room) -> None:
    await room.past(A, 4)
    room.desk.set(MONDAY - timedelta(days=3))
    rules, lead = room.floor.rules, await room.desk.actor(LEAD, LEAD)
    await rules.adopt(lead, (await rules.propose_limit(lead, ONE, "", "N10", "quiet", "0.48%")).draft.id)
    assert await room.monday() == 0 and await room.made() == []


async def test_what_came_too_late_is_proposed_wider_with_how_much_sooner_it_would_be(room: Room) -> None:
    await room.past(A, 4, ACTED)
    assert await room.monday() == 2
    (found,) = await room.made()
    assert (found.way, found.right, found.wrong) == (Way.LOOSER, 16, 0)
    assert found.outcome.sooner == found.outcome.useful == found.outcome.kept and 400 <= found.outcome.earlier <= 600
    (told,) = await room.told(LEAD)
    assert "提得太晚" in told and "点过的 16 条里，已处理 16 条，但 15 分钟内恢复的不到一半。" in told
    assert "条会早提，早约 7 分钟。" in told


@pytest.mark.parametrize("change", [{"severity": Severity.HIGH}, {"severity": Severity.CRITICAL}, {"lawful": "《广告法》第九条"}])
async def test_rules_that_are_urgent_or_about_the_law_are_left_alone(
    make: tuple[LiveDesk, Make], change: dict[str, object]
) -> None:
    desk, made = make
    desk.set(MONDAY - timedelta(days=40))

    def changed(one: Rule) -> Rule:
        return replace(one, **change) if one.id == "N10" else one  # type: ignore[arg-type]

    rules = tuple(changed(one) for one in REFERENCE.rules)
    room = Room(desk, made(replace(REFERENCE, rules=rules)))
    await room.past(A, 4)
    assert await room.monday() == 0 and await room.made() == []


async def test_few_tips_or_mixed_ones_come_to_nothing_and_the_week_is_over_all_the_same(room: Room) -> None:
    await room.past(A, 2)
    assert await room.monday() == 0
    mixed = tuple(replace(dip, said="useful" if n % 2 else "useless") for n, dip in enumerate(MILD))
    await room.past(A, 4, mixed)
    assert await room.monday(MONDAY + timedelta(hours=1)) == 0
    assert (await room.floor.suggestions.store.weeks())[ONE] == "2026-03-30"


async def test_after_a_halt_the_week_is_made_up_for_until_saturday_and_not_in_the_night(room: Room) -> None:
    await room.past(A, 4)
    assert await room.monday(MONDAY - timedelta(hours=2)) == 0
    assert await room.monday(at(23, 30, day=31)) == 0
    assert (await room.floor.suggestions.store.weeks())[ONE] == ""
    assert await room.monday(at(15, day=31) + timedelta(days=2)) == 2
    assert await room.monday(at(15, day=31) + timedelta(days=2, minutes=1)) == 0


async def test_another_process_over_the_same_rows_says_nothing_twice(room: Room, make: tuple[LiveDesk, Make]) -> None:
    await room.past(A, 4)
    beside = make[1](REFERENCE)
    assert await room.monday() == 2
    assert await beside.suggesting.propose_due(MONDAY) == 0
    assert len(await room.made()) == 1 and len(await room.told(LEAD)) == 1


async def test_an_error_in_one_teams_week_is_tried_again_later_and_holds_up_no_other(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await room.past(A, 4)
    store, looked, since = room.floor.suggestions.store, list[str](), Suggestions.since

    async def broken(store: Suggestions, team: str, moment: datetime) -> tuple[Suggestion, ...]:
        looked.append(team)
        if team == ONE:
            raise KeyError(team)
        return await since(store, team, moment)

    with monkeypatch.context() as fault, capture_logs() as said:
        fault.setattr(Suggestions, "since", broken)
        for minute in range(6):
            assert await room.monday(MONDAY + timedelta(minutes=minute)) == 0
    assert looked.count(ONE) == 2, "not again before five minutes after the second try"
    assert (await store.weeks())[TWO] == "2026-03-30"
    assert [(one["event"], one["part"]) for one in said if one["log_level"] == "error"] == [("job.part_failed", ONE)] * 2
    assert await room.monday(MONDAY + timedelta(minutes=6)) == 2


async def test_a_rule_that_was_proposed_rests_whatever_became_of_it(room: Room) -> None:
    await room.past(A, 4)
    await room.monday()
    (found,) = await room.made()
    await room.floor.suggestions.decline(await room.desk.actor(LEAD, LEAD), found.id)
    await room.past(A, 3)
    assert await room.monday(MONDAY + timedelta(days=7)) == 0
    assert len(await room.made()) == 1


async def test_quiet_hours_of_the_team_put_it_off(room: Room) -> None:
    lead = await room.desk.actor(LEAD, LEAD)
    quiet = Rhythm("Asia/Shanghai", at(2).time(), at(12).time())
    await room.desk.rhythm.set_rhythm(lead, ONE, quiet)
    await room.past(A, 4)
    assert await room.monday() == 0
    assert await room.monday(MONDAY + timedelta(hours=2)) == 2


async def test_a_closed_merchants_sessions_are_not_looked_at(room: Room) -> None:
    await room.past(A, 4)
    office = room.desk.office
    await office.merchants.close(A, office.entry(Deed.AUTHORISATION_ENDED, ONE, A))
    assert await room.monday() == 0 and await room.made() == []


async def test_four_weeks_later_nobody_can_take_it_any_more(room: Room) -> None:
    await room.past(A, 4)
    await room.monday()
    (found,) = await room.made()
    lead = await room.desk.actor(LEAD, LEAD)
    room.desk.set(MONDAY + timedelta(days=28))
    for call in (room.floor.suggestions.adopt, room.floor.suggestions.decline):
        with pytest.raises(Refused, match="proposal_old"):
            await call(lead, found.id)
    assert await room.floor.suggestions.waiting(lead) == ()


async def test_of_two_leads_one_takes_it_and_the_other_hears_that(room: Room) -> None:
    await room.past(A, 4)
    await room.monday()
    (found,) = await room.made()
    lead, owner = await room.desk.actor(LEAD, LEAD), await room.desk.actor(OWNER, OWNER)
    _, number = await room.floor.suggestions.adopt(lead, found.id)
    assert number == 1
    for call in (room.floor.suggestions.adopt, room.floor.suggestions.decline):
        with pytest.raises(Refused, match="proposal_adopted"):
            await call(owner, found.id)
    assert len(await room.floor.rules.history(owner, ONE)) == 1


async def test_what_one_lead_decides_stands_in_every_leads_message(room: Room) -> None:
    await room.past(A, 4)
    await room.monday()
    desk, floor = room.desk, room.floor
    messages = {one.chat: one.id for one in await desk.deliver()}
    (found,) = await room.made()
    await floor.suggestions.decline(await desk.actor(LEAD, LEAD), found.id)
    drawn = {one.chat: (one.edit_of, one.kind, one.message) for one in await desk.written()}
    assert {chat: edit_of for chat, (edit_of, _, _) in drawn.items()} == messages and messages.keys() == {OWNER, LEAD}
    edit_of, kind, message = drawn[OWNER]
    assert kind is Kind.REDRAW and message.plain.endswith("✖️ 组长 定了不采用，照旧") and not message.buttons
    await desk.deliver()
    assert await floor.suggesting.redraw_due(desk.office.now()) == 0 and await desk.written() == []


async def test_a_decision_after_which_the_process_ended_reaches_the_others_all_the_same(room: Room) -> None:
    await room.past(A, 4)
    await room.monday()
    (found,) = await room.made()
    entry = room.desk.office.entry(Deed.PROPOSAL_DECLINED, ONE)
    assert await room.floor.suggestions.store.decline(found.id, entry)
    assert await room.floor.suggesting.redraw_due(room.desk.office.now()) == 0, "nothing stands in any chat yet"
    await room.desk.deliver()
    assert await room.floor.suggesting.redraw_due(room.desk.office.now()) == 2
    assert [one.kind for one in await room.desk.written()] == [Kind.REDRAW] * 2


async def test_a_teams_proposal_is_stale_once_a_merchant_in_it_has_the_rule_otherwise(room: Room) -> None:
    await room.past(A, 2)
    await room.past(B, 2)
    await room.monday()
    lead = await room.desk.actor(LEAD, LEAD)
    (found,) = await room.floor.suggestions.waiting(lead)
    assert found.suggestion.merchants == (A, B)
    await room.own(B)
    assert await room.floor.suggestions.waiting(lead) == ()
    with pytest.raises(Refused, match="proposal_stale"):
        await room.floor.suggestions.adopt(lead, found.suggestion.id)
    assert await room.floor.rules.history(lead, ONE) == ()


async def test_a_merchants_own_proposal_is_not_stale_because_it_has_the_rule_otherwise(room: Room) -> None:
    room.desk.set(MONDAY - timedelta(days=35))
    await room.own(B)
    await room.past(B, 4)
    await room.monday()
    lead = await room.desk.actor(LEAD, LEAD)
    assert [one.suggestion.merchant for one in await room.floor.suggestions.waiting(lead)] == [B]


async def test_a_disk_that_refuses_while_one_is_taken_leaves_no_draft_behind(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    await room.past(A, 4)
    await room.monday()
    (found,), lead = await room.made(), await room.desk.actor(LEAD, LEAD)

    async def refuses(store: OwnRules, *_: object, **__: object) -> int:
        assert await room.desk.rows(rule_sheets), "the draft stands while it is taken"
        raise StorageError("磁盘满了")

    with monkeypatch.context() as fault:
        fault.setattr(OwnRules, "adopt", refuses)
        with pytest.raises(StorageError, match="磁盘满了"):
            await room.floor.suggestions.adopt(lead, found.id)
    assert await room.desk.rows(rule_sheets) == []
    _, number = await room.floor.suggestions.adopt(lead, found.id)
    assert number == 1


async def test_two_proposals_of_one_week_can_both_be_taken(room: Room) -> None:
    lead, floor = await room.desk.actor(LEAD, LEAD), room.floor
    prints = {one.id: fingerprint(one) for one in REFERENCE.rules}
    made = [
        suggestion("5a5a0001", fingerprint=prints["N10"], made_at=room.desk.office.now()),
        suggestion("5a5a0002", rule="N11", limit="hold", was="2 个采样", becomes="3 个采样", written="3 个采样",
                   fingerprint=prints["N11"], made_at=room.desk.office.now()),
    ]  # fmt: skip
    assert await floor.suggestions.store.keep(ONE, made[0].week, made, [], room.desk.office.now()) == 0
    assert len(await floor.suggestions.waiting(lead)) == 2
    assert [(await floor.suggestions.adopt(lead, one.id))[1] for one in made] == [1, 2]
    (newest, _) = await floor.rules.history(lead, ONE)
    assert newest.sheet.limits == {"N10.quiet": "0.45%", "N11.hold": "3 个采样"}
    assert await floor.suggestions.waiting(lead) == ()
