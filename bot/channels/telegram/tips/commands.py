"""/why: what was decided lately in the session that runs here, told or not, and at which stage."""

from __future__ import annotations

from telegram import Update

from bot.channels.people_words import worded
from bot.channels.telegram.context import Context
from bot.channels.why_view import Lacking, why_list
from bot.domain.messages import text
from bot.domain.outgoing import Kind
from bot.errors import NotFound, Refused
from bot.flows.tip_facts import withheld_of

COMMANDS = ("why",)


async def on_command(update: Update, context: Context) -> None:
    """Answer the command, as a reply to it."""
    message, viewer, parts = update.message, context.viewer, context.parts
    if message is None:
        return
    language = viewer.language if viewer.private else parts.language
    collections: tuple[str, ...] = ()
    try:
        session, found = await parts.floor.tips.decided(
            context.actor, viewer.scope, viewer.chat, viewer.topic, private=viewer.private
        )
    except (NotFound, Refused) as error:
        said = text(worded(error, language))
    else:
        reference, collections = await parts.floor.tips.news.books.naming(session), session.collections
        names = dict(reference.names_in(language)) | {rule.id: rule.name for rule in reference.rules}
        decided = [one for stored in found if (one := withheld_of(stored, session, reference)) is not None]
        inputs = await parts.floor.tips.unplanned(session)
        rules = reference.waiting_for(inputs)
        read = frozenset[str]().union(*(rule.needs for rule in rules))
        lacking = Lacking(tuple(names.get(name, name) for name in inputs if name in read), rules)
        since = min((one.at for one in found), default=parts.gate.now())
        told = await parts.floor.tips.told(session, viewer.scope, since)
        said = why_list(decided, names, parts.gate.now(), language, lacking, told)
    await parts.send(
        f"why:{message.chat.id}:{message.message_id}", viewer.chat, said, kind=Kind.ANSWER, topic=viewer.topic,
        reply_to=message.message_id, collections=collections,
    )  # fmt: skip
