"""A sign of life while a language model writes: a draft in a private chat, one message that is edited in a group.

A draft goes by itself and may be lost, so it is sent straight away. In a group the message stays, and Telegram allows few:
it and its edits take their turn in the outbox, where all messages of the chat keep the limits, and those that did not
get it within moments are dropped. The message becomes the answer in the end, also after a kill: its key is the question's.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import structlog

from bot.channels.telegram import texts
from bot.channels.telegram.answer_view import draft_message
from bot.channels.telegram.context import Context
from bot.channels.telegram.render import render
from bot.domain.access import scope_of_collections
from bot.domain.answers import Draft
from bot.domain.messages import Message, text
from bot.domain.outgoing import Kind, own_id
from bot.errors import ChannelError, StorageError

log = structlog.get_logger(__name__)

PATIENCE = 2.0
"""Seconds that a group is spared the preview: an answer that is there by then needs none."""

DRAFT_EVERY = 1.5
"""Seconds between two drafts: Telegram lets a bot send one message a second to a chat, and the answer is one as well."""

DRAFT_AGAIN = 15.0
"""Seconds after which a draft is sent again although nothing is new; it would be gone after 30."""

EDIT_EVERY = 4.0
"""Seconds between two edits in a group: a group takes 20 messages a minute from a bot, of which this leaves a quarter."""

PLACED_WITHIN = timedelta(seconds=5)
"""How long the message in a group is worth sending: after that the answer is nearly there."""

LOOK_EVERY = 0.1
LOOKS = 100
"""How often, and how many times, one looks whether a message on its way has arrived."""

STOP_WITHIN = 1.0
"""Seconds that a draft in flight has at the end; it must not come behind the answer."""


class Preview:
    """What `Answers.ask` is given to watch with."""

    def __init__(self) -> None:
        self.draft: Draft | None = None
        self.news = asyncio.Event()
        self.done = asyncio.Event()

    def __call__(self, draft: Draft) -> None:
        """There is more to show."""
        self.draft = draft
        self.news.set()

    async def run(self) -> None:
        """Show what there is, until it is done."""

    async def replace(self, answer: Message) -> int | None:
        """The id of the message that the answer is to take the place of, None when it is to be a new one."""
        return None

    async def pause(self, seconds: float) -> None:
        """Wait so long, or until it is done."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.done.wait()


class PrivatePreview(Preview):
    """Drafts, one in place of the other."""

    def __init__(self, draft_id: int, context: Context) -> None:
        super().__init__()
        self._id = draft_id
        self._context = context

    async def run(self) -> None:
        """Send a draft when there is news; when Telegram does not want drafts, no more of them."""
        viewer, channel = self._context.viewer, self._context.parts.channel
        await self.news.wait()
        while self.draft and not self.done.is_set():
            self.news.clear()
            # A model may write for a minute, and meanwhile the person may have lost what it writes from.
            held = await self._context.parts.gate.audience(viewer.chat, viewer.topic, private=True)
            if not held.holds(scope_of_collections(self.draft.collections)):
                return
            content = render(draft_message(self.draft, viewer.language))[0]
            await channel.show_draft(own_id(viewer.chat), self._id, content, topic=viewer.topic)
            await self.pause(DRAFT_EVERY)
            with suppress(TimeoutError):
                async with asyncio.timeout(DRAFT_AGAIN):
                    await self.news.wait()


class GroupPreview(Preview):
    """One message, edited. `key` is what its answer is called."""

    def __init__(self, key: str, reply_to: int | None, context: Context) -> None:
        super().__init__()
        self._key = f"writing:{key}"
        self._reply_to = reply_to
        self._context = context
        self._placed = False

    async def run(self) -> None:
        """Send the message, unless the answer is there first, and edit it when there is news."""
        await self.news.wait()
        await self.pause(PATIENCE)
        if self.done.is_set() or not self.draft:
            return
        self._placed = True
        self.news.clear()
        await self._send(self._key, self.draft, reply_to=self._reply_to, lasts=PLACED_WITHIN)
        while not self.done.is_set():
            await self.pause(EDIT_EVERY)
            message_id = await self._message_id()
            if message_id is None or not self.news.is_set() or self.done.is_set():
                continue
            self.news.clear()
            # The time in the key: after a kill the same question is written about anew, in the same message.
            at = int(self._context.parts.now().timestamp() * 1000)
            lasts = timedelta(seconds=EDIT_EVERY)
            await self._send(f"{self._key}:{at}", self.draft, kind=Kind.EDIT, edit_of=message_id, lasts=lasts)

    async def replace(self, answer: Message) -> int | None:
        """See the base class; a message that is still on its way is waited for, or it would stay for ever."""
        message_id = await self._message_id()
        for _ in range(LOOKS if self._placed else 0):
            if message_id is not None:
                break
            await asyncio.sleep(LOOK_EVERY)
            message_id = await self._message_id()
        if message_id is None or len(render(answer)) == 1:
            return message_id
        # Several messages cannot take the place of one.
        parts, viewer = self._context.parts, self._context.viewer
        below = text(texts.ANSWER_BELOW.to(viewer.language))
        await parts.send(f"{self._key}:end", viewer.chat, below, kind=Kind.EDIT, topic=viewer.topic, edit_of=message_id)
        return None

    async def _message_id(self) -> int | None:
        sent = await self._context.parts.sent_as(self._key)
        return sent[0] if sent else None

    async def _send(
        self,
        key: str,
        draft: Draft,
        *,
        lasts: timedelta,
        kind: Kind = Kind.ANSWER,
        reply_to: int | None = None,
        edit_of: int | None = None,
    ) -> None:
        viewer = self._context.viewer
        await self._context.parts.send(
            key,
            viewer.chat,
            draft_message(draft, viewer.language),
            kind=kind,
            topic=viewer.topic,
            reply_to=reply_to,
            edit_of=edit_of,
            lasts=lasts,
            collections=draft.collections,
        )


@asynccontextmanager
async def preview(key: str, draft_id: int, reply_to: int | None, context: Context) -> AsyncIterator[Preview]:
    """Show how an answer grows for as long as the block takes; a failure to show it is nobody's business.

    `key` is what the answer is called, `draft_id` is not 0, `reply_to` is the question's message.
    """
    shown = PrivatePreview(draft_id, context) if context.viewer.private else GroupPreview(key, reply_to, context)
    showing = asyncio.create_task(_shown(shown), name="preview")
    try:
        yield shown
    finally:
        shown.done.set()
        shown.news.set()
        await asyncio.wait({showing}, timeout=STOP_WITHIN)
        showing.cancel()
        await asyncio.gather(showing, return_exceptions=True)


async def _shown(preview: Preview) -> None:
    try:
        await preview.run()
    except (ChannelError, StorageError) as error:
        log.info("telegram.preview_given_up", error=str(error))
