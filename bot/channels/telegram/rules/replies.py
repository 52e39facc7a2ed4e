"""Answers to the prompts about own rules: a limit, a form, a file; and a rules file that answers nothing."""

from __future__ import annotations

import re

from telegram import Message

from bot.channels import rule_words as words
from bot.channels.people_words import worded
from bot.channels.rule_form import read_form
from bot.channels.rule_view import mistakes
from bot.channels.telegram.context import Context
from bot.channels.telegram.rules.changing import ADD, FILE, LIMIT, PEERS, trial_page
from bot.channels.telegram.rules.pages import desk_of, drawn, place_at
from bot.domain.messages import Message as Outgoing
from bot.domain.messages import text
from bot.domain.outgoing import Kind
from bot.errors import NotFound, PermanentChannelError, Refused
from bot.flows.own_rules import Proposal, SheetWrong

LARGEST = 256 * 1024
"""Bytes of a rules file that are fetched; what counts is less."""
_ENDINGS = (".yaml", ".yml")
_RULES = re.compile(r"^- *(?:id: *[NTM][0-9]{2}\b|\{? *id: *[NTM][0-9]{2}\b)", re.MULTILINE)


async def taken(kind: str, id: str, message: Message, context: Context) -> bool:
    """Whether a reply was to one of our prompts; then it has been dealt with."""
    if kind not in (LIMIT, ADD, FILE, PEERS) or not context.viewer.private:
        return False
    language, again = context.viewer.language, f"{kind}:{id}"
    try:
        proposal = await _proposed(kind, id, message, context)
        said = await trial_page(proposal, context)
    except SheetWrong as error:
        lines = [*mistakes(error.mistakes, language), words.WRONG_AGAIN.to(language)]
        await _say(message, context, again, Outgoing(text("\n".join(lines)).parts, expects_reply=True))
    except Refused as error:
        await _say(message, context, again, Outgoing(text(worded(error, language)).parts, expects_reply=True))
    except NotFound as error:
        await _say(message, context, "rules", text(worded(error, language)))
    else:
        await _say(message, context, "rules", said, drawn(proposal.place))
    return True


async def stray(message: Message, context: Context) -> bool:
    """Whether the message is a rules file that answers no prompt; then it is said how to send it."""
    document, viewer = message.document, context.viewer
    if document is None or not viewer.private or not (document.file_name or "").lower().endswith(_ENDINGS):
        return False
    if not await desk_of(context).places(context.actor):
        return False
    content = await _fetched(message, context)
    if not _RULES.search(content.decode("utf-8", "replace")):
        return False
    await _say(message, context, "rules", text(words.WHICH_FILE.to(viewer.language)))
    return True


async def _proposed(kind: str, id: str, message: Message, context: Context) -> Proposal:
    desk, actor = desk_of(context), context.actor
    key, _, rest = id.partition(".")
    place = await place_at(key, context)
    if kind == FILE and message.document is not None:
        content = (await _fetched(message, context)).decode("utf-8-sig")
        return await desk.propose_file(actor, place.team, place.merchant, content)
    said = message.text or ""
    if not said.strip():
        raise Refused("file_wanted" if kind == FILE else "words_only")
    if kind == FILE:
        return await desk.propose_file(actor, place.team, place.merchant, said)
    if kind == PEERS:
        return await desk.propose_peers(actor, place.team, place.merchant, said)
    if kind == ADD:
        return await desk.propose_rule(actor, place.team, place.merchant, read_form(said, context.viewer.language))
    rule, _, limit = rest.partition(".")
    said = "" if said.strip().lower() in words.AS_BEFORE else said
    return await desk.propose_limit(actor, place.team, place.merchant, rule, limit, said)


async def _fetched(message: Message, context: Context) -> bytes:
    document = message.document
    if document is None:
        raise Refused("file_wanted")
    if (document.file_size or 0) > LARGEST:
        raise Refused("rules_large", most=LARGEST // 1024)
    try:
        content = await context.parts.channel.fetch(document.file_id)
        content.decode("utf-8-sig")
    except PermanentChannelError as error:
        raise Refused("not_fetched") from error
    except UnicodeDecodeError as error:
        raise Refused("rules_no_text") from error
    return content


async def _say(message: Message, context: Context, key: str, said: Outgoing, collections: frozenset[str] = frozenset()) -> None:
    edit = f".{message.edit_date.timestamp():.0f}" if message.edit_date else ""
    await context.parts.send(
        f"{key}:{message.chat.id}:{message.message_id}{edit}", context.viewer.chat, said, kind=Kind.ANSWER,
        reply_to=message.message_id, collections=collections,
    )  # fmt: skip
