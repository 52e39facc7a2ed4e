"""The worker that carries messages from the outbox to the channels, at the pace that the platform allows.

Knows nothing about what a message says. Every outcome of a send is written down; when to try again, and whether
to send again what may have arrived, is decided in bot.domain.outgoing. Nothing of a message's text is logged.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.domain.access import Scope, scope_of_collections
from bot.domain.messages import Message, joinable, joined, text
from bot.domain.outgoing import ROBOT, Kind, Pacing, Priority, own_id, qualified, repeat_at, retry_at
from bot.errors import PermanentChannelError, StorageError, TemporaryChannelError, UnknownOutcome
from bot.flows.ports import Channel
from bot.mail import Audience, Language, Mail, Observe, Settle, TellLost, about, wait, where
from bot.storage.chats import Chats
from bot.storage.outbox import Outbox, OutboxItem

log = structlog.get_logger(__name__)

# Retries come due without anybody's notice; a look once a second finds them.
POLL_SECONDS = 1.0
# Sends in flight. The bot's own limit is 25 a second, and a send takes a few tenths of one.
CONCURRENT = 16
LOOK_AHEAD = 64
SWEEP_EVERY = timedelta(seconds=5)
# Channels have time limits of their own. This one keeps a send that hangs for ever from taking a place for ever.
SEND_SECONDS = 300.0
# How long a stop waits for the sends in hand; what is cut off is resolved at the next start.
STOP_SECONDS = 20.0
STORAGE_RETRY_SECONDS = 2.0
# One message that fails over and over may hold up its chat only so long.
LONGEST_HOLD = timedelta(seconds=30)

HELD = (Priority.ASKED, Priority.LATER)
"""The priorities from which on a group's last sends are kept for what is more urgent."""

UNASKED = frozenset({Kind.TIP, Kind.NOTICE, Kind.CHART})
"""What comes without being asked for, unless it replies to somebody or replaces what stands in the chat."""

WITHHELD = {
    "zh": "权限刚刚变了，这条回答不再显示，请再问一次。",
    "en": "Access has just changed, so this answer is not shown. Please ask again.",
}
"""Stands in place of a message that its chat may not be shown any more; in both languages where the chat's is not known."""


@dataclass(frozen=True, slots=True)
class Waits:
    """How long, in seconds, the worker waits for what; tests shorten it."""

    poll: float = POLL_SECONDS
    send: float = SEND_SECONDS
    stop: float = STOP_SECONDS
    storage: float = STORAGE_RETRY_SECONDS


class Delivery:
    """Sends what is due: chats beside each other, the messages of one chat one after the other."""

    def __init__(
        self,
        outbox: Outbox,
        chats: Chats,
        channels: Mapping[str, Channel],
        clock: Callable[[], datetime],
        waits: Waits | None = None,
        audience: Audience | None = None,
        language: Language | None = None,
        tell_lost: TellLost | None = None,
        observe: Observe | None = None,
        tell_failed: Callable[[], None] | None = None,
    ) -> None:
        """`channels` by name; `clock` gives the time with a zone.

        `audience` says what may be shown in a chat now, `language` which language is spoken there. `tell_lost` is told of a
        chat that nothing can be sent to any more; to be told the same again must be harmless. `observe` is told of each send,
        `tell_failed` that messages are written down as failed for good.
        """
        self._outbox = outbox
        self._chats = chats
        self._channels = channels
        self._clock = clock
        self._audience = audience
        self._tell_lost = tell_lost
        self._language = language
        self._observe = observe
        self._tell_failed = tell_failed
        self._waits = waits or Waits()
        self._looked = time.monotonic()
        self._pacing = {name: Pacing(clock()) for name in channels}
        self._next_sweep = clock()
        self._in_hand: dict[str, asyncio.Task[None]] = {}
        self._awake = asyncio.Event()
        self._stopping = False

    def notify(self) -> None:
        """Say that there is something new in the outbox."""
        self._awake.set()

    def looked_ago(self) -> float:
        """Seconds since it last looked at the outbox; it does so at least every other second while it lives."""
        return time.monotonic() - self._looked

    def stop(self) -> None:
        """Ask `run` to finish the sends in hand and return."""
        self._stopping = True
        self._awake.set()

    async def run(self) -> None:
        """Resolve what an earlier process left half sent, then send what is due until `stop`.

        When cancelled, the sends in hand are finished as well. A database that refuses is tried again.
        """
        try:
            await self._keep(self._recover)
            while not self._stopping:
                self._awake.clear()
                seconds = await self._round()
                await wait(self._awake, seconds)
        finally:
            self._stopping = True
            await self._finish()

    async def _recover(self) -> None:
        recovered = await self._outbox.recover(now=self._clock())
        if recovered.repeated or recovered.dropped:
            log.warning("outbox_recovered", repeated=recovered.repeated, dropped=recovered.dropped)

    async def _finish(self) -> None:
        if not self._in_hand:
            return
        _, late = await asyncio.wait(self._in_hand.values(), timeout=self._waits.stop)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _round(self) -> float:
        """Start every send that may start now; returns the seconds until looking again is worth it."""
        self._looked = time.monotonic()
        try:
            now = self._clock()
            await self._sweep(now)
            while await self._start_some(now):
                now = self._clock()
        except StorageError as error:
            log.error("outbox_unreadable", error=str(error))
            return self._waits.storage
        return self._next_look(now)

    async def _sweep(self, now: datetime) -> None:
        """Close what is stale. `due` leaves it out anyway, so this need not happen each time."""
        if now < self._next_sweep:
            return
        self._next_sweep = now + SWEEP_EVERY
        for key in await self._outbox.drop_expired(now):
            log.warning("message_expired", key=key)

    async def _start_some(self, now: datetime) -> int:
        """Start one send for each chat that is free; returns how many, 0 when nothing more can start now."""
        free = CONCURRENT - len(self._in_hand)
        names = [name for name, pacing in self._pacing.items() if pacing.bot_ready_at() <= now]
        if free <= 0 or self._stopping or not names:
            return 0
        skip = {*self._in_hand, *self._resting(now, Priority.LIVE)}
        held = {priority: self._resting(now, priority) for priority in HELD}
        started = 0
        for item in await self._outbox.due(now=now, limit=LOOK_AHEAD, channels=names, skip_chats=skip, held=held, heads=free):
            pacing = self._pacing[item.channel]
            if item.chat in self._in_hand or pacing.bot_ready_at() > now:
                continue
            pacing.take(item.chat, now)
            self._start(item)
            started += 1
        return started

    def _start(self, item: OutboxItem) -> None:
        task = asyncio.create_task(self._deliver(item), name=f"deliver {item.key}")
        self._in_hand[item.chat] = task
        task.add_done_callback(partial(self._let_go, item.chat))

    def _let_go(self, chat: str, task: asyncio.Task[None]) -> None:
        del self._in_hand[chat]
        self._awake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("delivery_task_failed", chat=chat, error=type(error).__name__, where=where(error))

    def _resting(self, now: datetime, priority: Priority) -> dict[str, datetime]:
        return {chat: end for pacing in self._pacing.values() for chat, end in pacing.resting(now, priority).items()}

    def _next_look(self, now: datetime) -> float:
        """The next moment when a limit lets something go, or the poll."""
        ends = [pacing.bot_ready_at() for pacing in self._pacing.values()]
        ends += [end for priority in (Priority.LIVE, *HELD) for end in self._resting(now, priority).values()]
        soonest = min(((end - now).total_seconds() for end in ends if end > now), default=self._waits.poll)
        return min(soonest, self._waits.poll)

    async def _deliver(self, item: OutboxItem) -> None:
        """Send one message, with what may go with it, and write down how it went."""
        settle: Settle
        mail = Mail((item,))
        try:
            mail = await self._gathered(item)
            ids = [one.id for one in mail.items]
            if not await self._outbox.claim(*ids, now=self._clock(), stale=mail.stale):
                return
            message_ids = await self._send(mail.first, mail.message)
        except StorageError as error:
            about(item).error("claim_failed", error=str(error))
            self._pacing[item.channel].hold(item.chat, self._clock() + timedelta(seconds=self._waits.storage))
            return
        except TemporaryChannelError as error:
            settle = partial(self._refused, mail, error)
        except (UnknownOutcome, TimeoutError) as error:
            settle = partial(self._lost, mail, str(error) or type(error).__name__)
        except PermanentChannelError as error:
            settle = partial(self._impossible, mail, error)
        except Exception as error:  # a bug in a channel must not lose the message, nor stop the others
            about(item).error("channel_broke", error=type(error).__name__, where=where(error))
            settle = partial(self._lost, mail, type(error).__name__)
        else:
            settle = partial(self._arrived, mail, message_ids)
        await self._keep(settle)

    async def _send(self, item: OutboxItem, message: Message) -> tuple[int, ...]:
        began, outcome = time.monotonic(), "unknown"
        try:
            sent = await self._hand_over(item, message)
            outcome = "sent"
            return sent
        except TemporaryChannelError:
            outcome = "refused"
            raise
        except PermanentChannelError:
            outcome = "failed"
            raise
        finally:
            if self._observe:
                self._observe(item.channel, item.kind, outcome, time.monotonic() - began, item.repeats > 0)

    async def _hand_over(self, item: OutboxItem, message: Message) -> tuple[int, ...]:
        channel = self._channels[item.channel]
        async with asyncio.timeout(self._waits.send):
            if item.edit_of is not None:
                await channel.edit(own_id(item.chat), item.edit_of, message)
                return (item.edit_of,)
            sent = await channel.send(own_id(item.chat), message, topic=item.topic, reply_to=item.reply_to)
            return sent.message_ids

    async def _gathered(self, item: OutboxItem) -> Mail:
        """The message with those that may go in one with it, each as far as its chat may be shown it."""
        batch = await self._outbox.together(item, now=self._clock())
        first, *others = batch.items
        items, messages = [first], [await self._shown(first)]
        for one in others:
            try:
                messages.append(await self._shown(one))
            except (
                KeyError,
                TypeError,
                ValueError,
                PermanentChannelError,
            ):  # it cannot be read: it goes wrong by itself, when its turn comes
                break
            items.append(one)
        count = joinable(messages)
        return Mail(tuple(items[:count]), joined(messages[:count]) if count > 1 else messages[0], batch.stale)

    async def _shown(self, item: OutboxItem) -> Message:
        """The message, or a sentence in its place where the chat may not be shown any more what it was written from."""
        if not item.collections:
            return item.message
        held = await self._audience(item.chat, item.topic) if self._audience else Scope()
        if held.holds(scope_of_collections(item.collections)):
            return item.message
        asked = item.edit_of is not None or item.reply_to is not None or item.kind not in UNASKED
        if item.channel == ROBOT or not asked:  # nobody misses it: a sentence in its place would puzzle people
            raise PermanentChannelError("not shown there any more")
        about(item).warning("message_withheld", collections=item.collections)
        spoken = await self._language(item.chat) if self._language else ""
        return text(WITHHELD.get(spoken) or "\n".join(WITHHELD.values()))

    async def _arrived(self, mail: Mail, message_ids: tuple[int, ...]) -> None:
        now, first = self._clock(), mail.first
        await self._outbox.sent(first.id, message_ids, now=now, along=[one.id for one in mail.items[1:]])
        if len(message_ids) > 1:
            self._pacing[first.channel].take(first.chat, now, len(message_ids) - 1)

    async def _refused(self, mail: Mail, error: TemporaryChannelError) -> None:
        now, first = self._clock(), mail.first
        at = retry_at(now, first.attempts + 1, asked=error.retry_after, jitter=random.random())
        # A later message of the same chat must not overtake this one, but a platform's wait holds in any case.
        self._pacing[first.channel].hold(first.chat, at if error.retry_after is not None else min(at, now + LONGEST_HOLD))
        for item in mail.items:
            await self._outbox.retry(item.id, at=at, error=str(error))
        about(first).warning("send_refused", error=str(error), again_at=at.isoformat())

    async def _lost(self, mail: Mail, error: str) -> None:
        now, first = self._clock(), mail.first
        at = repeat_at(now, first.repeats, jitter=random.random())
        self._pacing[first.channel].hold(first.chat, min(at, now + LONGEST_HOLD))
        for item in mail.items:
            again = await self._outbox.unknown(item.id, error, at=at, now=now)
            about(item).warning("send_outcome_unknown", error=error, again=again)

    async def _impossible(self, mail: Mail, error: PermanentChannelError) -> None:
        now, first = self._clock(), mail.first
        new = qualified(first.channel, error.migrated_to) if error.migrated_to else first.chat
        if new != first.chat:
            # Ready first, while the old chat is still in hand: so it moves with the others and keeps its place.
            for item in mail.items:
                await self._outbox.retry(item.id, at=now, error=str(error))
            await self._chats.migrate(first.chat, new)
            await self._outbox.migrate_chat(first.chat, new)
            log.info("chat_migrated", chat=first.chat, to=new)
            return
        if error.chat_gone:
            await self._chat_lost(first, str(error), now)
        elif len(mail.items) > 1:
            # One of them may be at fault; alone it fails alone.
            await self._outbox.apart([item.id for item in mail.items], at=now, error=str(error))
            about(first).warning("refused_together", error=str(error), messages=len(mail.items))
            return
        for item in mail.items:
            await self._outbox.failed(item.id, str(error), now=now)
            about(item).error("send_failed", error=str(error), chat_gone=error.chat_gone)
        if self._tell_failed:
            self._tell_failed()

    async def _chat_lost(self, item: OutboxItem, error: str, now: datetime) -> None:
        """Nothing can be sent there: close what waits, and let those know who look after the chat, unless it is known."""
        known = await self._chats.is_gone(item.chat)
        waiting = await self._outbox.fail_chat(item.chat, error, now=now)
        if not known and self._tell_lost:
            await self._tell_lost(item.chat, item.key, waiting)
        await self._chats.gone(item.chat, error, now)  # last: a kill before it and all of this is done again, and told once
        log.error("chat_lost", chat=item.chat, error=error, waiting_failed=waiting)

    async def _keep(self, step: Settle) -> None:
        """Write an outcome down, however long the disk refuses; only a stop gives up, and the next start resolves it."""
        while True:
            try:
                await step()
                return
            except StorageError as error:
                log.error("outcome_not_stored", error=str(error))
                if self._stopping:
                    return
            await asyncio.sleep(self._waits.storage)
