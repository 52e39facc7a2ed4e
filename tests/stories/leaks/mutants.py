"""One check taken out at a time: what the machine has to find, or it would find nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select, true

import bot.flows.access as gate
import bot.flows.answers as answers
import bot.flows.export as export
import bot.flows.feeds as made_feeds
import bot.flows.samples as intake
import bot.flows.tips as tips
import bot.storage.answers as exchanges
import bot.storage.audit as audit
import bot.storage.chats as chats
import bot.storage.erasure as erasure
import bot.storage.export as stored_export
import bot.storage.feeds as feeds
import bot.storage.invitations as invitations
import bot.storage.merchants as stored_merchants
import bot.storage.nudges as nudges
import bot.storage.outbox as outbox
import bot.storage.people as people
import bot.storage.samples as samples
import bot.storage.sessions as sessions
from bot.delivery import Delivery
from bot.domain import access
from bot.domain.access import Access, Binding, Merchant, Policy, Right, Scope
from bot.domain.sessions import LiveSession
from bot.errors import NotFound
from bot.flows import checklists, merchants, team
from bot.flows.access import Actor
from bot.flows.session_board import Board
from bot.flows.session_calendar import CalendarDesk
from bot.flows.session_ground import Ground
from tests.office_desk import ONE, TEAM_OF, Desk
from tests.stories.leaks.world import EVERYTHING

Break = Callable[[pytest.MonkeyPatch], None]


def _sets(target: Any, name: str, value: Any) -> Break:
    return lambda patch: patch.setattr(target, name, value)


async def _nothing(*_: object, **__: object) -> None:
    pass


async def _no(*_: object, **__: object) -> bool:
    return False


def _gate_open(patch: pytest.MonkeyPatch) -> None:
    async def scope(*_: object, **__: object) -> Scope:
        return EVERYTHING

    patch.setattr(gate.Gate, "scope", scope)


def _own_scope_in_groups(patch: pytest.MonkeyPatch) -> None:
    async def scope(self: gate.Gate, who: Access, chat: str, topic: int | None, *, private: bool) -> Scope:
        return who.scope(self.now())

    patch.setattr(gate.Gate, "scope", scope)


def _topics_alike(patch: pytest.MonkeyPatch) -> None:
    whole = gate.group_scope
    patch.setattr(gate, "group_scope", lambda bound, topic, opened: whole(bound, None, opened))


def _no_ceiling(patch: pytest.MonkeyPatch) -> None:
    whole = gate.group_scope
    lifted = lambda bound, topic, opened: whole([replace(one, ceiling=Policy.MERCHANT) for one in bound], topic, opened)  # noqa: E731
    patch.setattr(gate, "group_scope", lifted)


def _sections_without_scope(patch: pytest.MonkeyPatch) -> None:
    async def open_any(self: answers.Answers, viewer: object, key: str) -> object:
        found = await self.knowledge.section(key, scope=EVERYTHING.collections)
        if found is None:
            raise answers.NotFound("no")
        return found

    patch.setattr(answers.Answers, "open", open_any)


def _always_sent(patch: pytest.MonkeyPatch) -> None:
    async def shown(self: Delivery, item: outbox.OutboxItem) -> object:
        return item.message

    patch.setattr(Delivery, "_shown", shown)


def _recorded_for_nobody(patch: pytest.MonkeyPatch) -> None:
    whole = exchanges._exchange_values
    patch.setattr(exchanges, "_exchange_values", lambda *told: whole(*told) | {"merchants": [], "teams": []})


def _collections_forgotten(patch: pytest.MonkeyPatch) -> None:
    whole = outbox.Outbox.add

    async def add(self: outbox.Outbox, *told: Any, **more: Any) -> bool:
        return await whole(self, *told, **more | {"collections": ()})

    patch.setattr(outbox.Outbox, "add", add)


def _any_clock(patch: pytest.MonkeyPatch) -> None:
    """The office's clock goes back with the machine's; the oracle's does not."""
    made = Desk.__post_init__

    def post(self: Desk) -> None:
        made(self)
        object.__setattr__(self.office.gate, "now", self.clock)
        object.__setattr__(self.office.team, "now", self.clock)

    patch.setattr(Desk, "__post_init__", post)


def _erases_without(*names: str) -> Break:
    whole = erasure._rows

    def apply(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(erasure, "_rows", lambda merchant: tuple(one for one in whole(merchant) if one[0].name not in names))

    return apply


def _trail_open(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(audit, "_readable", lambda *_: true())


def _everyone_reaches_all(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(access, "REACHES_ALL", frozenset(access.Role))


def _blocked_goes_on(patch: pytest.MonkeyPatch) -> None:
    async def told(self: people.People, person: str) -> Access:
        async with self._database.read() as db:
            return replace(await people._access(db, person), blocked=False)

    patch.setattr(people.People, "access", told)


def _lead_answers_forgotten(patch: pytest.MonkeyPatch) -> None:
    whole = exchanges._lead_question
    patch.setattr(exchanges, "_lead_question", lambda row: replace(whole(row), collections=frozenset()))


def _sessions_without_scope(patch: pytest.MonkeyPatch) -> None:
    whole = sessions.Sessions._found

    async def found(self: sessions.Sessions, wanted: Any, *, scope: Scope | None) -> Any:
        return await whole(self, wanted, scope=None)

    patch.setattr(sessions.Sessions, "_found", found)


def _anybody_runs(patch: pytest.MonkeyPatch) -> None:
    async def one(self: Ground, actor: Actor, id: str, right: Right, *, scope: Scope) -> Any:
        found = await self.sessions.one(id, scope=scope)
        if found is None:
            raise NotFound("no_session")
        return found

    patch.setattr(Ground, "one", one)


def _rows_for_nobody(patch: pytest.MonkeyPatch) -> None:
    """What is sent about a session does not say whose it is."""
    patch.setattr(LiveSession, "collections", property(lambda _: ()))


def _calendar_of_all(patch: pytest.MonkeyPatch) -> None:
    whole = CalendarDesk.text

    async def text(self: CalendarDesk, *, scope: Scope) -> str:
        return await whole(self, scope=EVERYTHING)

    patch.setattr(CalendarDesk, "text", text)


def _samples_without_scope(patch: pytest.MonkeyPatch) -> None:
    whole = samples.Samples._found

    async def found(self: samples.Samples, wanted: Any, *, scope: Scope) -> Any:
        return await whole(self, wanted, scope=EVERYTHING)

    patch.setattr(samples.Samples, "_found", found)


def _tips_without_scope(patch: pytest.MonkeyPatch) -> None:
    whole = nudges.Nudges._found

    async def found(self: nudges.Nudges, wanted: Any, *, scope: Scope | None) -> Any:
        return await whole(self, wanted, scope=None)

    patch.setattr(nudges.Nudges, "_found", found)


def _decisions_without_scope(patch: pytest.MonkeyPatch) -> None:
    whole = nudges.Nudges.decided

    async def decided(self: nudges.Nudges, session: str, *, scope: Scope, limit: int) -> Any:
        return await whole(self, session, scope=EVERYTHING, limit=limit)

    patch.setattr(nudges.Nudges, "decided", decided)


def _why_without_scope(patch: pytest.MonkeyPatch) -> None:
    """Whoever asks is told of the session that somebody has bound to the group, or that they have a post in."""
    whole = tips.TipDesk.decided

    async def decided(self: tips.TipDesk, actor: Actor, scope: Scope, *where: Any, **more: Any) -> Any:
        return await whole(self, actor, EVERYTHING, *where, **more)

    patch.setattr(tips.TipDesk, "decided", decided)


def _presses_without_right(patch: pytest.MonkeyPatch) -> None:
    async def visible(board: Board, actor: Actor, scope: Scope, id: str, right: Right = Right.READ) -> LiveSession:
        found = await board.sessions.one(id, scope=scope)
        if found is None:
            raise NotFound("no_session")
        return found

    patch.setattr(tips, "visible", visible)


def _presses_without_scope(patch: pytest.MonkeyPatch) -> None:
    """A tip is found by its id alone, wherever it is pressed."""
    whole = tips.TipDesk._found

    async def found(self: tips.TipDesk, actor: Actor, scope: Scope, id: str, right: Right) -> Any:
        return await whole(self, actor, EVERYTHING, id, right)

    patch.setattr(tips.TipDesk, "_found", found)


def _tips_for_whoever_is_there(patch: pytest.MonkeyPatch) -> None:
    async def reads(*_: object, **__: object) -> bool:
        return True

    patch.setattr(Board, "reads", reads)


def _feeds_open(*, session: bool, team: bool) -> Break:
    """A feed of one session writes to all of its team, a feed of a team to all sessions."""
    whole = intake.SampleDesk.session

    async def opened(self: intake.SampleDesk, feed: feeds.MetricFeed, id: str) -> LiveSession:
        found = await self.sessions.one(id, scope=EVERYTHING)
        changed = {"session": id} if session else {}
        changed |= {"team": found.team} if team and found else {}
        return await whole(self, replace(feed, **changed), id)

    return lambda patch: patch.setattr(intake.SampleDesk, "session", opened)


def _closed_merchants_take_samples(patch: pytest.MonkeyPatch) -> None:
    async def open_ids(*_: object) -> frozenset[str]:
        return EVERYTHING.merchants

    patch.setattr(stored_merchants.Merchants, "open_ids", open_ids)


def _revoked_feeds_open(patch: pytest.MonkeyPatch) -> None:
    async def behind(self: feeds.Feeds, tokens: Collection[str]) -> dict[str, feeds.MetricFeed]:
        digests = {feeds.digest(token): token for token in tokens}
        async with self._database.read() as db:
            rows = await db.execute(select(feeds.feeds).where(feeds.feeds.c.digest.in_(digests)))
            return {digests[row.digest]: feeds._feed(row) for row in rows}

    patch.setattr(feeds.Feeds, "behind", behind)


def _feeds_listed_without_scope(patch: pytest.MonkeyPatch) -> None:
    whole = feeds.Feeds.all

    async def listed(self: feeds.Feeds, *, scope: Scope) -> Any:
        return await whole(self, scope=EVERYTHING)

    patch.setattr(feeds.Feeds, "all", listed)


async def _yes(*_: object, **__: object) -> bool:
    return True


READING = SimpleNamespace(MANAGE=Right.READ, OWN=Right.READ, READ=Right.READ)
"""In place of the rights that a module asks for."""


def _exports_for_readers(patch: pytest.MonkeyPatch) -> None:
    # The flow asks before it writes, and the storage before it reads.
    patch.setattr(export, "Right", READING)
    patch.setattr(stored_export, "Right", READING)


def _exports_all_sessions(patch: pytest.MonkeyPatch) -> None:
    whole = stored_export.session_records

    async def records(db: Any, merchant: Merchant) -> Any:
        return [one for id in TEAM_OF for one in await whole(db, replace(merchant, id=id))]

    patch.setattr(stored_export, "session_records", records)


def _exports_all_questions(patch: pytest.MonkeyPatch) -> None:
    """What somebody asked who may read several merchants is in the export of each of them."""
    whole = stored_export._question

    def question(row: Any, merchant: Merchant) -> Any:
        alone = {"merchants": [merchant.id], "teams": [], "cases": [], "citations": []}
        return whole(SimpleNamespace(**dict(row._mapping) | alone), merchant)  # type: ignore[arg-type]

    patch.setattr(stored_export, "_question", question)


def _codes_last(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(team.TeamDesk, "_problem", lambda self, found: "code_revoked" if found.revoked_at else "")


def _bindings_stay(patch: pytest.MonkeyPatch) -> None:
    """A group that moves leaves nothing behind to be checked by: the new one is taken for what any group was."""
    whole = chats.Chats.migrate

    async def migrate(self: chats.Chats, old: str, new: str) -> None:
        await whole(self, old, new)
        async with self._database.write() as db:
            one = Binding(new, ONE, next(iter(TEAM_OF)))
            values = {"chat": new, "topic": 0, "team": ONE, "merchant": one.merchant, "ceiling": 2}
            at = {"bound_by": "x", "bound_at": datetime.fromisoformat("2026-03-01T00:00:00+00:00")}
            await db.execute(chats.insert(chats.bindings).values(**values, **at).on_conflict_do_nothing())

    patch.setattr(chats.Chats, "migrate", migrate)


MUTANTS: Mapping[str, Break] = {
    "the gate shows everybody everything": _gate_open,
    "a group is shown what its asker may read": _own_scope_in_groups,
    "a topic is taken for its group": _topics_alike,
    "a ceiling does not hold": _no_ceiling,
    "an authorisation never ends": _sets(Merchant, "open", lambda self, now: self.authorised_from is not None),
    "a blocked person goes on": _blocked_goes_on,
    "every role in a team reaches all merchants": _everyone_reaches_all,
    "the clock may be set back": _any_clock,
    "what is sent is not checked": _always_sent,
    "what is sent does not say whose it is": _collections_forgotten,
    "every exchange is readable": _sets(exchanges, "_readable", lambda scope: true()),
    "an exchange does not say what it could draw on": _recorded_for_nobody,
    "a lead's answer does not say whose it may be": _lead_answers_forgotten,
    "sections are opened without a scope": _sections_without_scope,
    "an answer is kept though its merchant is gone": _sets(exchanges, "deleted", _no),
    "a message is kept though its merchant is gone": _sets(outbox, "deleted", _no),
    "a deletion leaves the exchanges": _erases_without("exchanges"),
    "a deletion leaves what waits to be sent": _erases_without("outbox"),
    "a deletion leaves the roles": _erases_without("memberships", "invitations"),
    "a deletion leaves the bindings": _erases_without("bindings"),
    "the trail is read by anybody": _trail_open,
    "a code lasts for ever": _codes_last,
    "a code works for whoever made it and was removed": _sets(people, "_void_invitations", _nothing),
    "a code is for any merchant": _sets(invitations, "_merchant_gone", _no),
    "anybody manages a team": _sets(team, "_require", lambda *_: None),
    "anybody manages a merchant": _sets(merchants.MerchantDesk, "_require_manager", lambda *_: None),
    "anybody takes a group": _sets(merchants.MerchantDesk, "_require_free", _nothing),
    "a group that moves is bound to somebody else": _bindings_stay,
    "sessions are read without a scope": _sessions_without_scope,
    "anybody in the scope runs a session": _anybody_runs,
    "anybody in the scope ticks an item": _sets(checklists, "_require", lambda *_: None),
    "what is sent about a session does not say whose it is": _rows_for_nobody,
    "a calendar is everybody's": _calendar_of_all,
    "samples are read without a scope": _samples_without_scope,
    "tips are read without a scope": _tips_without_scope,
    "decisions are read without a scope": _decisions_without_scope,
    "why is told without a scope": _why_without_scope,
    "a tip is pressed without a scope": _presses_without_scope,
    "anybody in the scope presses a tip": _presses_without_right,
    "a tip is written for whoever is there": _tips_for_whoever_is_there,
    "a feed of a session writes to its team's": _feeds_open(session=True, team=False),
    "a feed writes to another team's sessions": _feeds_open(session=False, team=True),
    "a feed writes to a merchant that is closed": _closed_merchants_take_samples,
    "a revoked feed goes on": _revoked_feeds_open,
    "a token is kept as it is": _sets(feeds, "digest", lambda token: token),
    "feeds are listed without a scope": _feeds_listed_without_scope,
    "feeds are everybody's in the scope": _sets(made_feeds.FeedDesk, "_managed", _yes),
    "whoever reads makes feeds": _sets(made_feeds, "Right", READING),
    "whoever reads has an export": _exports_for_readers,
    "an export holds everybody's sessions": _exports_all_sessions,
    "an export holds everybody's questions": _exports_all_questions,
}
