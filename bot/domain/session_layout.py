"""What becomes of a session's items when the session changes, begins, ends or is cancelled. No clock, no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.domain.checklists import Item, Stage
from bot.domain.rhythm import Rhythm
from bot.domain.session_items import SessionItem, State, laid_out, moved
from bot.domain.sessions import LiveSession, Status


def laid_anew(
    before: LiveSession, after: LiveSession, old: Sequence[SessionItem], handbook: Iterable[Item], rhythm: Rhythm
) -> tuple[SessionItem, ...]:
    """The items of the changed session, with what has happened to them.

    As long as the variant stays, they are those that the session was planned with, in the words of that day: a handbook that
    changes does not change a session under way. Another variant brings that one's items, as the handbook has them now.
    """
    same = before.variant is after.variant and before.status is not Status.DRAFT
    there = [item for item in handbook if after.variant in item.due]
    copies = {one.id: one for one in old} if same else {}
    wanted = [_copied(item, copies[item.id]) for item in there if item.id in copies] if same else there
    found = moved([_freed(one, before, after) for one in old], laid_out(after, wanted, rhythm))
    if before.status is after.status is Status.LIVE and before.ends_at == after.ends_at:
        found = _going_on(found, old)
    known = {item.id for item in there}
    lost = [one for one in old if same and one.state is State.OPEN and one.id not in known]
    return tuple(_stilled(one, after) for one in (*found, *lost))


def _copied(item: Item, copy: SessionItem) -> Item:
    return replace(
        item, stage=copy.stage, text=copy.text, why=copy.why, role=copy.role, evidence=copy.evidence, number=copy.number,
        blocking=copy.blocking, section=copy.section,
    )  # fmt: skip


def _freed(item: SessionItem, before: LiveSession, after: LiveSession) -> SessionItem:
    """The item without its person where that was whoever held the post, and somebody else does now."""
    holder = before.post(item.role).person
    handed_on = item.state is State.OPEN and item.person == holder != after.post(item.role).person
    return replace(item, person="") if handed_on else item


def _going_on(found: Iterable[SessionItem], old: Iterable[SessionItem]) -> tuple[SessionItem, ...]:
    """The items as laid out; what goes on beyond the planned end because somebody showed that the session runs still does."""
    before = {one.key: one for one in old if one.push_at is not None}
    return tuple(
        replace(one, push_at=before[one.key].push_at, remind_at=before[one.key].remind_at)
        if one.push_at is None and one.stage is Stage.DURING and one.key in before
        else one
        for one in found
    )


def _stilled(item: SessionItem, session: LiveSession) -> SessionItem:
    """Of what can no longer be done nobody is told, nor reminded."""
    past = session.status is Status.ENDED and item.stage is not Stage.AFTER
    if session.status is not Status.CANCELLED and not past:
        return item
    return replace(item, push_at=item.push_at if item.pushed_at else None, remind_at=None)
