"""One check taken out at a time: what the machine has to find, or it would find nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import true

import bot.flows.access as gate
import bot.flows.answers as answers
import bot.storage.answers as exchanges
import bot.storage.audit as audit
import bot.storage.chats as chats
import bot.storage.erasure as erasure
import bot.storage.invitations as invitations
import bot.storage.outbox as outbox
import bot.storage.people as people
import bot.storage.sessions as sessions
from bot.delivery import Delivery
from bot.domain import access
from bot.domain.access import Access, Binding, Merchant, Policy, Right, Scope
from bot.domain.sessions import LiveSession
from bot.errors import NotFound
from bot.flows import checklists, merchants, team
from bot.flows.access import Actor
from bot.flows.session_calendar import CalendarDesk
from bot.flows.session_ground import Ground
from tests.office_desk import ONE, TEAM_OF, TWO, Desk

Break = Callable[[pytest.MonkeyPatch], None]
EVERYTHING = Scope(frozenset(TEAM_OF), frozenset({ONE, TWO}))


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
}
