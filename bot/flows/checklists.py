"""What people do to the items of a session: tick, prove, confirm, take back, skip, hand on, comment. Knows no channel.

Every deed may come twice and from several people at once: the first counts, and whoever comes second is told who was faster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from bot.domain.access import Right, Scope
from bot.domain.audit import Deed, Entry
from bot.domain.checklists import Evidence
from bot.domain.evidence import asked, figure, written
from bot.domain.session_cards import ItemNote
from bot.domain.session_items import Level, SessionItem, State, alongside, first_reminder, gone_on, next_reminder, timely
from bot.domain.sessions import LiveSession, Status
from bot.errors import NotFound, Refused
from bot.flows.access import Actor, Clock
from bot.flows.session_board import Board
from bot.storage.cards import Cards
from bot.storage.rhythms import Rhythms

LONGEST_WORDS = 200
"""Characters of a reason or a note."""


@dataclass(frozen=True, slots=True)
class Done:
    """The item as it is now. `first` says that it is so by this deed, and not by one before.

    `along` are the other occurrences of it that the deed is about as well, as they were before.
    """

    session: LiveSession
    item: SessionItem
    first: bool = True
    along: tuple[SessionItem, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemName:
    """Which occurrence of which item of which session."""

    session: str
    item: str
    slot: int = 0


@dataclass(frozen=True, slots=True)
class ChecklistDesk:
    """All that people do to items. `scope` is always that of the chat in which they do it."""

    board: Board
    cards: Cards
    rhythms: Rhythms
    now: Clock

    async def found(self, actor: Actor, scope: Scope, name: ItemName, right: Right = Right.READ) -> Done:
        """The item and its session. Raises NotFound, and Refused where the actor has not the right."""
        session = await visible(self.board, actor, scope, name.session, right)
        items = await self.board.items.of(session.id, scope=scope)
        for item in items:
            if item.key == (name.item, name.slot):
                return Done(session, item, along=alongside(item, items, self.now()))
        raise NotFound("no_item")

    async def tick(self, actor: Actor, scope: Scope, name: ItemName) -> Done:
        """Say that it is done; where a second person has to nod, it then waits for them. So are its past occurrences.

        What asks for a number or a photo is proved instead: Refused with the reason ``number_asked`` or ``photo_asked``.
        """
        done = await self._doable(actor, scope, name)
        if done.item.settled or done.item.state is State.UNCONFIRMED:
            return replace(done, first=False, along=())
        if done.item.evidence in (Evidence.NUMBER, Evidence.PHOTO):
            raise Refused(f"{done.item.evidence}_asked")
        state = State.UNCONFIRMED if done.item.evidence is Evidence.SECOND_PERSON else State.DONE
        return await self._changed(actor, done, [self._as_set(actor, one, state) for one in _all(done)], Deed.ITEM_TICKED)

    async def prove(
        self, actor: Actor, scope: Scope, name: ItemName, *, said: str = "", photo: str = "", sure: bool = False
    ) -> Done:
        """Say that it is done, with the number or the photo's id that it asks for.

        Raises Refused: ``number_needed``, ``photo_needed``, and ``number_beyond`` with `value` where the number is beyond the
        limit and the actor has not said that they are `sure`.
        """
        done = await self._doable(actor, scope, name)
        if done.item.settled:
            return replace(done, first=False, along=())
        if done.item.evidence is Evidence.PHOTO:
            if not photo:
                raise Refused("photo_needed")
            return await self._set(actor, done, State.DONE, proof=photo)
        if done.item.evidence is not Evidence.NUMBER:
            return await self.tick(actor, scope, name)
        return await self._set(actor, done, State.DONE, proof=written(_within(done.item, said, sure=sure)))

    async def confirm(self, actor: Actor, scope: Scope, name: ItemName) -> Done:
        """Nod to what somebody else has done. Raises Refused where it was the actor, or nothing waits for a nod."""
        done = await self._doable(actor, scope, name)
        if done.item.settled:
            return replace(done, first=False, along=())
        if done.item.state is not State.UNCONFIRMED:
            raise Refused("not_confirming")
        if done.item.by == actor.person:
            raise Refused("second_person")
        # Who did it stays; who nodded is the proof.
        now = self.now()
        nodded = [replace(one, state=State.DONE, proof=actor.person, at=now, remind_at=None) for one in _all(done)]
        return await self._changed(actor, done, nodded, Deed.ITEM_TICKED)

    async def undo(self, actor: Actor, scope: Scope, name: ItemName) -> Done:
        """Make it open again, with what was ticked in the same press."""
        done = await self._doable(actor, scope, name)
        if done.item.state is State.OPEN:
            return replace(done, first=False, along=())
        if done.item.blocking and done.item.state is State.SKIPPED:
            _require(actor, done.session, Right.RUN, "blocking_skip")
        reminders = [await self._reminder(replace(done, item=one)) for one in _all(done)]
        opened = [
            replace(self._as_set(actor, one, State.OPEN), remind_at=at) for one, at in zip(_all(done), reminders, strict=True)
        ]
        return await self._changed(actor, done, opened, Deed.ITEM_UNDONE)

    async def skip(self, actor: Actor, scope: Scope, name: ItemName, reason: str) -> Done:
        """Say that it does not apply, and why. What blocks going live only those may skip who run sessions."""
        done = await self._doable(actor, scope, name)
        if done.item.settled:
            return replace(done, first=False, along=())
        if done.item.blocking:
            _require(actor, done.session, Right.RUN, "blocking_skip")
        return await self._set(actor, done, State.SKIPPED, reason=_words(reason, "reason_needed"), deed=Deed.ITEM_SKIPPED)

    async def able(self, actor: Actor, scope: Scope, name: ItemName) -> dict[str, str]:
        """Who may be given the item, by qualified id with their names: the session's own people first, then the merchant's."""
        session, people = (await self.found(actor, scope, name, Right.TICK)).session, self.board.gate.people
        members = await people.members(session.team, session.merchant, access=actor.access)
        known = (
            session.operator, *(post.person for post in session.posts if post.person), *(one.person for one in members),
            *await people.managers(session.team, session.merchant),
        )  # fmt: skip
        able = [one for one in dict.fromkeys(known) if await self._may_tick(session, one)]
        names = await people.names(*able)
        return {one: names.get(one, "") for one in able}

    async def assign(self, actor: Actor, scope: Scope, name: ItemName, person: str) -> Done:
        """Put somebody in charge of it, and tell them in private. Raises Refused where they may not tick."""
        done = await self._doable(actor, scope, name)
        if not await self._may_tick(done.session, person):
            raise Refused("assignee_may_not")
        if done.item.person != person:
            done = await self._changed(actor, done, [replace(done.item, person=person)], Deed.ITEM_ASSIGNED, to=person)
        if done.item.person == person != actor.person and not done.item.settled and done.item.pushed_at:
            await self._tell(done, person)
        return done

    async def note(self, actor: Actor, scope: Scope, name: ItemName, said: str) -> Done:
        """Say something about it."""
        done = await self._doable(actor, scope, name)
        note = ItemNote(actor.person, _words(said, "words_long"), self.now())
        await self.board.items.say(done.item, note, self._entry(actor, done, Deed.ITEM_NOTED))
        return done

    async def _doable(self, actor: Actor, scope: Scope, name: ItemName) -> Done:
        done = await self.found(actor, scope, name, Right.TICK)
        if done.session.status is Status.CANCELLED:
            raise Refused("session_cancelled")
        return done

    async def _set(
        self, actor: Actor, done: Done, state: State, *, proof: str = "", reason: str = "", deed: Deed = Deed.ITEM_TICKED
    ) -> Done:
        changed = replace(self._as_set(actor, done.item, state), proof=proof, reason=reason)
        return await self._changed(actor, done, [changed], deed)

    def _as_set(self, actor: Actor, item: SessionItem, state: State) -> SessionItem:
        remind_at = item.remind_at if state is State.UNCONFIRMED else None
        return replace(item, state=state, by=actor.person, at=self.now(), proof="", reason="", remind_at=remind_at)

    async def _changed(self, actor: Actor, done: Done, all_changed: Sequence[SessionItem], deed: Deed, **detail: str) -> Done:
        """The item as changed, with those after it that change along, or as somebody else has made it in the meantime."""
        now = self.now()
        if deed is Deed.ITEM_TICKED and done.session.status is Status.LIVE and now >= done.session.ends_at:
            await self.board.items.retime(done.session.id, lambda items: gone_on(done.session, items, now))
        changed, *others = all_changed
        done = replace(done, along=done.along[: len(others)])
        also = [
            (one, seen, self._entry(actor, replace(done, item=one), deed, **detail))
            for one, seen in zip(others, done.along, strict=True)
        ]
        if await self.board.items.change(changed, done.item, self._entry(actor, done, deed, **detail), also):
            return replace(done, item=changed)
        items = await self.board.items.known(done.session.id)
        current = next((one for one in items if one.key == done.item.key), None)
        if current is None:
            raise NotFound("no_item")
        return replace(done, item=current, first=False, along=())

    async def _reminder(self, done: Done) -> datetime | None:
        """When somebody is reminded of what is open again."""
        if not timely(done.session, done.item):
            return None
        rhythm, now = await self.rhythms.of(done.session.team), self.now()
        first = first_reminder(done.session, done.item.due_at, rhythm)
        return first if first > now else next_reminder(done.session, replace(done.item, reminded=Level.NOBODY), now, rhythm)

    async def _may_tick(self, session: LiveSession, person: str) -> bool:
        access = await self.board.gate.people.access(person)
        return access.may(Right.TICK, session.team, session.merchant)

    async def _tell(self, done: Done, person: str) -> None:
        now, item = self.now(), done.item
        if await self.board.reads(done.session, person, private=True):
            key = f"given:{done.session.id}:{item.id}:{item.slot}:{person}"
            await self.cards.push([await self.board.said(key, done.session, (item,), person, None, now)], now=now)

    def _entry(self, actor: Actor, done: Done, deed: Deed, **detail: str) -> Entry:
        item, session = done.item, done.session
        named = {"item": item.id, "slot": str(item.slot), **detail}
        return Entry(self.now(), actor.person, deed, actor.chat, session.team, session.merchant, session.id, named)


async def visible(board: Board, actor: Actor, scope: Scope, id: str, right: Right = Right.READ) -> LiveSession:
    """A session that the actor may do this with. Raises NotFound, Refused."""
    session = await board.sessions.one(id, scope=scope)
    if session is None:
        raise NotFound("no_session")
    _require(actor, session, right)
    return session


def _all(done: Done) -> tuple[SessionItem, ...]:
    return (done.item, *done.along)


def _require(actor: Actor, session: LiveSession, right: Right, reason: str = "not_allowed") -> None:
    if not actor.access.may(right, session.team, session.merchant):
        raise Refused(reason)


def _within(item: SessionItem, said: str, *, sure: bool) -> Decimal:
    value, wanted = figure(said), asked(item.number)
    if value is None:
        limit = wanted.least if wanted.least is not None else wanted.most
        raise Refused("number_needed", example=f"{written(limit) if limit is not None else 8} {wanted.unit}".rstrip())
    if wanted.beyond(value) and not sure:
        raise Refused("number_beyond", value=written(value), number=item.number, unit=wanted.unit)
    return value


def _words(said: str, empty: str) -> str:
    kept = " ".join("".join(c if c.isprintable() else " " for c in said).split())
    if not kept:
        raise Refused(empty if empty != "words_long" else "words_only")
    if len(kept) > LONGEST_WORDS:
        raise Refused("words_long", most=LONGEST_WORDS)
    return kept
