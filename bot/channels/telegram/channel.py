"""Telegram as a Channel: sends and edits messages, with or without a picture, and says in our own errors what went wrong.

Knows nothing about what is said or why. A message longer than Telegram allows goes out in several; when one of
them fails, what is out already is remembered under the message's own content, and sending the same message again
goes on from there. That memory lives as long as the process: after a kill the whole message is sent again.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from hashlib import blake2b
from typing import Any

from telegram import (
    ChatMember,
    ChatMemberRestricted,
    ForceReply,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram.error import BadRequest, EndPointNotFound, Forbidden, InvalidToken, TelegramError
from telegram.ext import ExtBot

from bot.channels.telegram.errors import Scrub, gone, has_picture, not_modified, translate
from bot.channels.telegram.render import CAPTION, Rows, Sheet, entities, keyboard, markup, render, sheets
from bot.channels.telegram.rich import Rich
from bot.domain.messages import Message
from bot.errors import PermanentChannelError, TemporaryChannelError
from bot.flows.ports import Sent

NAME = "telegram"
"""The channel's name: the prefix of qualified chats and persons."""

PICTURE = "chart.png"
"""What a picture is called; Telegram wants a name and shows none."""

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

REMEMBERED = 1000
"""Half-sent messages that are remembered at most."""


def account(token: str) -> str:
    """The bot's own name in keys, from the number in its token.

    Another bot on the same data folder counts its updates and messages anew; without this its first ones would pass
    for those of the bot before.
    """
    return f"{NAME}:{token.partition(':')[0]}"


def qualified(number: int | str) -> str:
    """A chat or person as everything outside of this package names it."""
    return f"{NAME}:{number}"


class TelegramChannel:
    """The Channel port over one bot."""

    name = NAME

    def __init__(self, bot: ExtBot[None], scrub: Scrub) -> None:
        self._bot = bot
        self._scrub = scrub
        self._half_sent: OrderedDict[str, list[int]] = OrderedDict()

    async def send(self, chat: str, message: Message, *, topic: int | None = None, reply_to: int | None = None) -> Sent:
        """Send a message as one or several; the reply is on the first, the buttons are below the last.

        Raises the ChannelError family. Called again with the same arguments after an error it leaves out what
        Telegram has confirmed before.
        """
        task = _digest(chat, message, topic, reply_to)
        done = self._half_sent.pop(task, [])
        parts = sheets(message)
        try:
            for index in range(len(done), len(parts)):
                below = markup(message) if index == len(parts) - 1 else None
                done.append(await self._place(chat, parts[index], below, topic, reply_to if index == 0 else None))
        except TelegramError as error:
            if done:
                self._remember(task, done)
            raise translate(error, self._scrub) from error
        return Sent(tuple(done))

    async def fetch(self, file_id: str) -> bytes:
        """The content of a file that somebody sent, at most 20 MB.

        Raises TemporaryChannelError when it may work later, PermanentChannelError when Telegram does not give it.
        """
        try:
            file = await self._bot.get_file(file_id)
            return bytes(await file.download_as_bytearray())
        except (BadRequest, EndPointNotFound, Forbidden, InvalidToken) as error:
            raise PermanentChannelError(self._scrub(error.message)) from None  # a file's address has the token in it
        except TelegramError as error:
            known = translate(error, self._scrub)
            raise TemporaryChannelError(str(known), getattr(known, "retry_after", None)) from None

    async def send_file(self, chat: str, name: str, content: bytes, caption: str, *, topic: int | None = None) -> None:
        """Send a file with a line below it. Raises the ChannelError family."""
        try:
            await self._bot.send_document(_target(chat), content, caption=caption, filename=name, message_thread_id=topic)
        except TelegramError as error:
            raise translate(error, self._scrub) from error

    async def send_picture(
        self, chat: str, file_id: str, caption: str, *, topic: int | None = None, reply_to: int | None = None
    ) -> None:
        """Send a picture that somebody sent before, with a line below it. Raises the ChannelError family."""
        below = ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None
        about: dict[str, Any] = {"caption": caption, "message_thread_id": topic, "reply_parameters": below}
        try:
            try:
                await self._bot.send_photo(_target(chat), file_id, **about)
            except BadRequest:  # it was sent as a file, and Telegram gives it as nothing else
                await self._bot.send_document(_target(chat), file_id, **about)
        except TelegramError as error:
            raise translate(error, self._scrub) from error

    async def delete(self, chat: str, message_id: int) -> bool:
        """Delete a message that somebody sent; False where Telegram does not do that."""
        try:
            return await self._bot.delete_message(_target(chat), message_id)
        except TelegramError:
            return False

    async def edit(self, chat: str, message_id: int, message: Message) -> None:
        """Replace a message; of one that is too long the last piece is shown, which has the buttons.

        Where the message is gone, what was to be read in its place is sent as a new one.
        """
        last = sheets(message)[-1]
        try:
            if last.png:
                await self._show_picture(chat, message_id, last.png, last.text, message.buttons)
            else:
                await self._show_text(chat, message_id, message)
        except PermanentChannelError as error:
            if not isinstance(error.__cause__, TelegramError) or not gone(error.__cause__):
                raise
            try:
                await self._place(chat, last, keyboard(message.buttons), None, None)
            except TelegramError as failed:
                raise translate(failed, self._scrub) from failed

    async def _show_text(self, chat: str, message_id: int, message: Message) -> None:
        """Replace the text of a message, or what stands below its picture: nobody has to know which of the two it is."""
        try:
            await self.show(chat, message_id, render(message)[-1], message.buttons)
        except PermanentChannelError as error:
            if not isinstance(error.__cause__, TelegramError) or not has_picture(error.__cause__):
                raise
            below = render(message, CAPTION)[-1]
            await self._change(
                self._bot.edit_message_caption, chat_id=_target(chat), message_id=message_id, caption=below.text,
                caption_entities=entities(below), reply_markup=keyboard(message.buttons),
            )  # fmt: skip

    async def _show_picture(self, chat: str, message_id: int, png: bytes, below: Rich, buttons: Rows) -> None:
        """Put another picture, and what stands below it, in place of a message with a picture."""
        media = InputMediaPhoto(png, caption=below.text, caption_entities=entities(below), filename=PICTURE)
        await self._change(
            self._bot.edit_message_media,
            media=media,
            chat_id=_target(chat),
            message_id=message_id,
            reply_markup=keyboard(buttons),
        )

    async def show(self, chat: str, message_id: int, content: Rich, buttons: Rows) -> None:
        """Replace a message by styled text. The same content again is no error. Raises the ChannelError family."""
        await self._change(
            self._bot.edit_message_text,
            chat_id=_target(chat),
            message_id=message_id,
            text=content.text,
            entities=entities(content),
            link_preview_options=NO_PREVIEW,
            reply_markup=keyboard(buttons),
        )

    async def show_buttons(self, chat: str, message_id: int, buttons: Rows) -> None:
        """Replace only the buttons below a message. Raises the ChannelError family."""
        await self._change(
            self._bot.edit_message_reply_markup, chat_id=_target(chat), message_id=message_id, reply_markup=keyboard(buttons)
        )

    async def show_draft(self, chat: str, draft_id: int, content: Rich, *, topic: int | None = None) -> None:
        """Show in a private chat what is being written; it goes after 30 seconds, or when a message is sent.

        `draft_id` is not 0; the same one again changes what is shown. Raises the ChannelError family.
        """
        try:
            await self._bot.send_message_draft(
                int(chat), draft_id, content.text, message_thread_id=topic, entities=entities(content)
            )
        except TelegramError as error:
            raise translate(error, self._scrub) from error

    async def holds(self, chat: str, person: str) -> bool:
        """Whether a person is in a group; False also where the bot is not. Raises TemporaryChannelError."""
        try:
            member = await self._bot.get_chat_member(_target(chat), int(person))
        except TelegramError as error:
            failed = translate(error, self._scrub)
            if isinstance(failed, PermanentChannelError):
                return False
            raise TemporaryChannelError(str(failed)) from error  # nothing was sent, so nothing can have arrived
        if isinstance(member, ChatMemberRestricted):
            return bool(member.is_member)
        return member.status in (ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.OWNER)

    async def post(self, chat: str, content: Rich, buttons: Rows, *, topic: int | None = None) -> int:
        """Send one piece of styled text (4096 units at most) and return its id. Raises the ChannelError family."""
        try:
            return await self._post(chat, content, keyboard(buttons), topic, None)
        except TelegramError as error:
            raise translate(error, self._scrub) from error

    async def _place(
        self, chat: str, sheet: Sheet, below: InlineKeyboardMarkup | ForceReply | None, topic: int | None, reply_to: int | None
    ) -> int:
        if not sheet.png:
            return await self._post(chat, sheet.text, below, topic, reply_to)
        sent = await self._bot.send_photo(
            _target(chat),
            sheet.png,
            caption=sheet.text.text or None,
            caption_entities=entities(sheet.text),
            filename=PICTURE,
            message_thread_id=topic,
            reply_parameters=_reply(reply_to),
            reply_markup=below,
        )
        return sent.message_id

    async def _post(
        self, chat: str, content: Rich, below: InlineKeyboardMarkup | ForceReply | None, topic: int | None, reply_to: int | None
    ) -> int:
        sent = await self._bot.send_message(
            _target(chat),
            content.text,
            entities=entities(content),
            link_preview_options=NO_PREVIEW,
            message_thread_id=topic,
            reply_parameters=_reply(reply_to),
            reply_markup=below,
        )
        return sent.message_id

    async def _change(self, method: Any, **values: Any) -> None:
        try:
            await method(**values)
        except TelegramError as error:
            if not not_modified(error):
                raise translate(error, self._scrub) from error

    def _remember(self, task: str, done: list[int]) -> None:
        self._half_sent[task] = done
        if len(self._half_sent) > REMEMBERED:
            self._half_sent.popitem(last=False)


def _target(chat: str) -> int | str:
    return chat if chat.startswith("@") else int(chat)


def _reply(to: int | None) -> ReplyParameters | None:
    # The question may have been deleted by now; its answer is still wanted.
    return ReplyParameters(to, allow_sending_without_reply=True) if to else None


def _digest(chat: str, message: Message, topic: int | None, reply_to: int | None) -> str:
    raw = json.dumps([chat, topic, reply_to, message.to_json()], sort_keys=True)
    return blake2b(raw.encode(), digest_size=16).hexdigest()
