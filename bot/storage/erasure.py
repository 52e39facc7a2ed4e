"""A merchant leaves: all rows that hold anything of it go in one transaction, and what is left can be counted.

The audit trail stays. It holds ids only, and that somebody deleted the merchant is part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Table, cast, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Text

from bot.domain.access import merchant_collection
from bot.domain.audit import Deed, Entry
from bot.domain.messages import Message
from bot.domain.outgoing import Kind
from bot.storage.audit import note
from bot.storage.cards import CardKind
from bot.storage.database import Database
from bot.storage.effect_tables import effects, trials
from bot.storage.line_tables import lines
from bot.storage.nudge_tables import decisions, tips, watches
from bot.storage.outbox import outgoing, put
from bot.storage.past_tables import pasts
from bot.storage.rule_tables import rule_sheets
from bot.storage.sample_tables import feeds, metric_drafts, polls, samples
from bot.storage.session_tables import cards, series, sessions
from bot.storage.suggestion_tables import suggestions
from bot.storage.tables import (
    audit,
    authorisations,
    bindings,
    documents,
    exchanges,
    invitations,
    memberships,
    merchants,
    outbox,
    robots,
    sent_messages,
)

EMPTIED_WITHIN = timedelta(days=7)
"""How long a copilot that does not run may take to empty what stands in chats."""
_GROUPS = "groups"
"""In the deletion's entry: ``telegram:-100/0 telegram:-200/7``, each a chat and a topic."""


def _rows(merchant: str) -> tuple[tuple[Table, ColumnElement[bool]], ...]:
    """Each table with its rows of the merchant, in an order in which they can be deleted; what hangs below goes along."""
    named = f'"{merchant}"'  # ids are hexadecimal, so they stand in a JSON list as they are
    held = select(sessions.c.id).where(sessions.c.merchant == merchant)
    return (
        # Whoever asked could read the merchant: the question may be about it wherever the answer came from.
        (exchanges, cast(exchanges.c.merchants, Text).contains(named, autoescape=True)),
        (outbox, cast(outbox.c.collections, Text).contains(f'"{merchant_collection(merchant)}"', autoescape=True)),
        (samples, samples.c.session.in_(held)),
        (metric_drafts, metric_drafts.c.session.in_(held)),
        (polls, (polls.c.merchant == merchant) | polls.c.feed.in_(select(feeds.c.id).where(feeds.c.session.in_(held)))),
        (lines, lines.c.session.in_(held)),
        (feeds, feeds.c.session.in_(held)),
        (effects, effects.c.tip.in_(select(tips.c.id).where(tips.c.session.in_(held)))),
        (trials, trials.c.session.in_(held)),
        (tips, tips.c.session.in_(held)),
        (decisions, decisions.c.session.in_(held)),
        (watches, watches.c.session.in_(held)),
        (pasts, pasts.c.session.in_(held)),
        (sessions, sessions.c.merchant == merchant),
        (series, series.c.merchant == merchant),
        (rule_sheets, rule_sheets.c.merchant == merchant),
        # Its figures may stand in those of the whole team.
        (suggestions, cast(suggestions.c.merchants, Text).contains(named, autoescape=True)),
        (documents, documents.c.merchant == merchant),
        (robots, robots.c.chat.in_(select(bindings.c.chat).where(bindings.c.merchant == merchant, bindings.c.topic == 0))),
        (bindings, bindings.c.merchant == merchant),
        (invitations, invitations.c.merchant == merchant),
        (memberships, memberships.c.merchant == merchant),
        (authorisations, authorisations.c.merchant == merchant),
        (merchants, merchants.c.id == merchant),
    )


@dataclass(frozen=True, slots=True)
class Deletion:
    """A merchant was deleted: `number` tells the deletion from others; `places` are the chats and topics bound to it then."""

    number: int
    places: tuple[tuple[str, int], ...]


class Erasure:
    """Deletes merchants."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def erase(self, merchant: str, entry: Entry, emptied: Mapping[str, Message] = MappingProxyType({})) -> dict[str, int]:
        """Delete all that is stored of a merchant, from the disk as well; returns the number of rows a table.

        The entry gets the groups that were bound to it: nothing else could tell them afterwards. `emptied` by language is what
        its tips become that stand in chats: these edits are written down with the deletion, for nothing knows of them any more.
        """
        async with self._database.write() as db:
            entry = replace(entry, detail=entry.detail | await _places(db, merchant))
            edits = await _emptied(db, merchant, entry.at, emptied)
            gone = {table.name: (await db.execute(delete(table).where(where))).rowcount for table, where in _rows(merchant)}
            for edit in edits:
                await put(db, edit)
            await note(db, entry)
        await self._database.fold()
        return gone

    async def deletions(self, since: datetime, after: int = 0) -> tuple[Deletion, ...]:
        """What was deleted since a moment, of those with a number above `after`, oldest first."""
        wanted = (audit.c.deed == Deed.MERCHANT_DELETED.value) & (audit.c.at > since) & (audit.c.id > after)
        async with self._database.read() as db:
            rows = await db.execute(select(audit.c.id, audit.c.detail).where(wanted).order_by(audit.c.id))
            return tuple(Deletion(row.id, _read(row.detail.get(_GROUPS, ""))) for row in rows)

    async def left(self, merchant: str) -> dict[str, int]:
        """How many rows of a merchant there are in each table; all 0 once it is deleted."""
        async with self._database.read() as db:
            return {
                table.name: int(await db.scalar(select(func.count()).select_from(table).where(where)) or 0)
                for table, where in _rows(merchant)
            }


async def _places(db: AsyncConnection, merchant: str) -> dict[str, str]:
    query = select(bindings.c.chat, bindings.c.topic).where(bindings.c.merchant == merchant)
    named = [f"{row.chat}/{row.topic}" for row in await db.execute(query.order_by(bindings.c.chat, bindings.c.topic))]
    return {_GROUPS: " ".join(named)} if named else {}


async def _emptied(db: AsyncConnection, merchant: str, now: datetime, emptied: Mapping[str, Message]) -> list[dict[str, Any]]:
    """The edits that leave nothing of the merchant in its tips; they hold none of its ids."""
    told = cards.c.kind.in_([CardKind.TIP.value, CardKind.GAP.value]) & (sessions.c.merchant == merchant)
    query = (
        select(sent_messages.c.chat, sent_messages.c.message_id, outbox.c.channel, outbox.c.topic, cards.c.language)
        .join(outbox, outbox.c.id == sent_messages.c.outbox_id)
        .join(cards, cards.c.key == outbox.c.key)
        .join(sessions, sessions.c.id == cards.c.session)
        .where(told, cards.c.language.in_([*emptied]))
        .order_by(sent_messages.c.message_id.desc())
    )
    return [
        outgoing(
            f"emptied:{row.chat}:{row.message_id}", row.channel, row.chat, emptied[row.language], kind=Kind.REDRAW, now=now,
            topic=row.topic, edit_of=row.message_id, expires_at=now + EMPTIED_WITHIN,
        )
        for row in await db.execute(query)
    ]  # fmt: skip


def _read(named: str) -> tuple[tuple[str, int], ...]:
    pairs = (one.rpartition("/") for one in named.split())
    return tuple((chat, int(topic)) for chat, _, topic in pairs)
