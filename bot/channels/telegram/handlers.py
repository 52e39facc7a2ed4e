"""Which handler takes which update, and the one error handler."""

from __future__ import annotations

import structlog
from telegram import Update
from telegram.ext import (
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.channels.reference.show import COMMANDS
from bot.channels.telegram import feedback, lead, reference, sections, start, texts
from bot.channels.telegram.answers import on_edited, on_message
from bot.channels.telegram.boards import commands as boards
from bot.channels.telegram.boards import pressing as board_pressing
from bot.channels.telegram.checklists import commands as checklists
from bot.channels.telegram.checklists import deals as checklist_deals
from bot.channels.telegram.context import App, Context, Parts
from bot.channels.telegram.errors import Scrub
from bot.channels.telegram.figures import pressing as figure_pressing
from bot.channels.telegram.groups import question_in
from bot.channels.telegram.inline import on_inline
from bot.channels.telegram.library import deals as library_deals
from bot.channels.telegram.library.browsing import on_command as on_library
from bot.channels.telegram.members import on_any, on_migrated, on_status
from bot.channels.telegram.menu import Menus
from bot.channels.telegram.pace import on_pace
from bot.channels.telegram.people import doors
from bot.channels.telegram.people.events import on_topic_closed
from bot.channels.telegram.presses import Press, Presses
from bot.channels.telegram.rules import changing as own_rules
from bot.channels.telegram.sessions import calendar as session_calendar
from bot.channels.telegram.sessions import doors as session_doors
from bot.channels.telegram.sessions import ordering as session_ordering
from bot.channels.telegram.sessions import pressing as session_pressing
from bot.channels.telegram.tips import commands as tips
from bot.channels.telegram.tips import pressing as tip_pressing
from bot.channels.telegram.tips import worth
from bot.channels.telegram.viewer import viewer_of
from bot.domain.messages import text

log = structlog.get_logger(__name__)

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "inline_query", "my_chat_member")
"""What Telegram is asked to send: what has a handler below."""


async def _nothing(press: Press, context: Context) -> str:
    return ""


DEALS = {
    "citation": sections.open_citation,
    "case": sections.open_case,
    "section": sections.turn,
    "back": sections.back,
    "good": feedback.good,
    "bad": feedback.bad,
    "reason": feedback.reason,
    "lead": lead.ask,
    "example": start.ask_example,
    "anchor": sections.open_anchor,
    **dict.fromkeys(("metrics", "metric", "rules", "rule", "variants", "checklist"), reference.turn),
    "nothing": _nothing,
    **doors.DEALS,
    **library_deals.DEALS,
    **session_pressing.DEALS,
    **checklist_deals.DEALS,
    **session_ordering.DEALS,
    **session_calendar.DEALS,
    **tip_pressing.DEALS,
    **own_rules.DEALS,
    **board_pressing.DEALS,
    **figure_pressing.DEALS,
}


def add_handlers(app: App) -> None:
    """Every update goes to `on_any`, to `on_pace`, to the first of the others that takes it, and last to the menus."""
    new = filters.UpdateType.MESSAGE
    app.add_handler(TypeHandler(Update, on_any), group=-2)
    app.add_handler(TypeHandler(Update, on_pace), group=-1)
    app.add_handler(TypeHandler(Update, Menus().follow), group=1)
    app.add_handlers(
        [
            ChatMemberHandler(on_status, ChatMemberHandler.MY_CHAT_MEMBER),
            InlineQueryHandler(on_inline),
            CallbackQueryHandler(Presses(DEALS)),
            MessageHandler(filters.StatusUpdate.MIGRATE, on_migrated),
            MessageHandler(filters.StatusUpdate.FORUM_TOPIC_CLOSED, on_topic_closed),
            CommandHandler("start", start.on_start, new),
            CommandHandler("help", start.on_help, new),
            CommandHandler([*doors.COMMANDS, "unbind"], doors.on_command, new),
            CommandHandler("library", on_library, new),
            CommandHandler(list(session_doors.COMMANDS), session_doors.on_command, new),
            CommandHandler(tips.COMMANDS, tips.on_command, new),
            CommandHandler(boards.COMMANDS, boards.on_command, new),
            CommandHandler(worth.COMMANDS, worth.on_command, new),
            CommandHandler(checklists.COMMANDS, checklists.on_command, new),
            CommandHandler(COMMANDS, reference.on_command, new),
            MessageHandler(new & ~filters.StatusUpdate.ALL, on_message),
            MessageHandler(filters.UpdateType.EDITED_MESSAGE, on_edited),
        ]
    )


class ErrorHandler:
    """Logs what a handler raised, and keeps it for whoever handed the update in."""

    def __init__(self, scrub: Scrub) -> None:
        self._scrub = scrub
        self._kept: dict[int, Exception] = {}

    async def __call__(self, update: object, context: Context) -> None:
        """Called by python-telegram-bot with anything that any handler raised."""
        error = context.error
        if error is None:
            return
        update_id = update.update_id if isinstance(update, Update) else None
        log.error("telegram.handler_failed", update_id=update_id, trace=self._scrub.traceback(error))
        if update_id is not None:
            self._kept.setdefault(update_id, error)

    def take(self, update_id: int) -> Exception | None:
        """The first error of that update, which is then forgotten."""
        return self._kept.pop(update_id, None)


async def say_sorry(update: Update, app: App, parts: Parts) -> None:
    """Tell whoever wrote or pressed that it did not work, once; say nothing where nobody spoke to the bot."""
    message = update.message or update.edited_message
    pressed = update.callback_query is not None and update.callback_query.message is not None
    if not pressed and (message is None or question_in(message, app.bot.bot) is None):
        return
    viewer = viewer_of(update, parts.language)
    asked = f"{message.chat.id}:{message.message_id}" if message else f"press:{update.update_id}"
    begun = await parts.sent_as(f"writing:{asked}")
    await parts.send(
        f"sorry:{update.update_id}",
        viewer.chat,
        text(texts.SORRY.to(viewer.language)),
        topic=viewer.topic,
        reply_to=message.message_id if message else None,
        edit_of=begun[0] if begun else None,  # the preview of an answer that never came
    )
