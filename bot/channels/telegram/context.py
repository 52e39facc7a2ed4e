"""What every Telegram handler works with: the parts of the copilot, and a context that knows the viewer."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, cast

from telegram import Update
from telegram.ext import Application, CallbackContext, ExtBot

from bot.channels.telegram.channel import NAME, TelegramChannel
from bot.channels.telegram.viewer import viewer_of
from bot.domain.access import Access, Merchant, Viewer
from bot.domain.messages import Message
from bot.domain.outgoing import Kind
from bot.flows.access import Actor, Gate
from bot.flows.answers import Answers
from bot.flows.floor import Floor
from bot.flows.office import Office
from bot.flows.reference import Reference
from bot.storage.answers import Exchanges
from bot.storage.chats import Chats
from bot.storage.outbox import Outbox

if TYPE_CHECKING:
    from bot.channels.telegram.pace import Paces

Data = dict[Any, Any]


@dataclass(frozen=True, slots=True)
class Parts:
    """What handlers need.

    `reference` gives the handbook's metrics, rules and checklists as they are now; `account` is the bot's own name in keys;
    `notify` wakes the delivery; `lead_chat` is a chat id, @name or empty; dates are said in `zone`. `web_address` is where
    the HTTP server is reached, empty for nowhere.
    """

    answers: Answers
    reference: Callable[[], Reference]
    exchanges: Exchanges
    outbox: Outbox
    chats: Chats
    office: Office
    floor: Floor
    channel: TelegramChannel
    account: str
    paces: Paces
    notify: Callable[[], None]
    now: Callable[[], datetime]
    lead_chat: str = ""
    language: str = "zh"
    zone: tzinfo = UTC
    web_address: str = ""

    @property
    def gate(self) -> Gate:
        """Who may read what where."""
        return self.office.gate

    async def send(
        self,
        key: str,
        chat: str,
        message: Message,
        *,
        kind: Kind = Kind.ANSWER,
        topic: int | None = None,
        reply_to: int | None = None,
        edit_of: int | None = None,
        lasts: timedelta | None = None,
        collections: Collection[str] = (),
    ) -> bool:
        """Write a message into the outbox and wake the delivery; False when one with this key is there already.

        `lasts` is how long it is worth sending, where the kind does not say so; `collections` are those whose text is in it.
        """
        now = self.now()
        new = await self.outbox.add(
            f"{self.account}:{key}",
            NAME,
            chat,
            message,
            kind=kind,
            now=now,
            topic=topic,
            reply_to=reply_to,
            edit_of=edit_of,
            expires_at=now + lasts if lasts else None,
            collections=collections,
        )
        self.notify()
        return new

    async def sent_as(self, key: str) -> tuple[int, ...] | None:
        """The ids of the pieces that `send` with this key went out as; None while it has not."""
        return await self.outbox.message_ids(f"{self.account}:{key}")

    async def key_of(self, message_id: int, chat: str) -> str:
        """The key that `send` was given for the message with this id in this (qualified) chat; empty when it was not."""
        key = await self.outbox.key_of(message_id, chat=chat) or ""
        own = f"{self.account}:"
        return key.removeprefix(own) if key.startswith(own) else ""


class Context(CallbackContext[ExtBot[None], Data, Data, Data]):
    """One update's context: who is asking, and the copilot's parts."""

    def __init__(self, application: App, chat_id: int | None = None, user_id: int | None = None) -> None:
        super().__init__(application=application, chat_id=chat_id, user_id=user_id)
        self._update: Update | None = None
        self._viewer: Viewer | None = None
        self._access = Access("")

    @classmethod
    def from_update(cls, update: object, application: Any) -> Context:
        """The context of `update`, which it remembers."""
        context = super().from_update(update, application)
        context._update = update if isinstance(update, Update) else None
        return context

    @property
    def parts(self) -> Parts:
        """The copilot's parts."""
        return cast(Parts, self.bot_data["parts"])

    async def identify(self) -> Access:
        """Find out what the person is and what may be shown here; before that, the viewer reads the handbook alone."""
        viewer, gate = self.viewer, self.parts.gate
        # An anonymous admin or a channel is no person: it has no role of its own.
        self._access = await gate.people.access(viewer.person)
        if viewer.private or self._place_known:
            scope = await gate.scope(self._access, viewer.chat, viewer.topic, private=viewer.private)
        else:
            scope = await gate.everywhere(viewer.chat)
        self._viewer = replace(viewer, scope=scope)
        return self._access

    async def ended(self) -> tuple[Merchant, ...]:
        """Merchants that may be known of here whose authorisation has ended; none where the topic is not told."""
        viewer = self.viewer
        if not viewer.private and not self._place_known:
            return ()
        return await self.parts.gate.ended(self._access, viewer.chat, viewer.topic, private=viewer.private)

    @property
    def _place_known(self) -> bool:
        """Whether the update says in which topic it is; of a message from long ago Telegram tells no more than the id."""
        query = self._update.callback_query if self._update else None
        # The library makes a Message of it all the same.
        return query is None or query.message is None or query.message.is_accessible

    @property
    def written(self) -> int | None:
        """The id of the message that somebody wrote, if that is what the update is."""
        return self._update.message.message_id if self._update and self._update.message else None

    @property
    def viewer(self) -> Viewer:
        """Who is asking, and where, and what may be shown."""
        return self._viewer or viewer_of(cast(Update, self._update), self.parts.language)

    @property
    def actor(self) -> Actor:
        """Who is asking, with all that they are: for doing something."""
        return Actor(self._access, self.viewer.chat)


App = Application[ExtBot[None], Context, Data, Data, Data, None]
