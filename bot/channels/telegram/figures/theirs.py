"""Figures from somebody who may enter none here: it is said who may, and what else helps.

A table that is sent to a session's group by one who takes part in it is meant for us, addressed or not; anybody else's figures
are answered where they are addressed to us.
"""

from __future__ import annotations

import asyncio

from telegram import Document, Message

from bot.channels import metric_words
from bot.channels.telegram.groups import question_in
from bot.channels.telegram.sessions.spot import Spot
from bot.domain.access import Right
from bot.domain.metric_tables import Table, Verdict
from bot.errors import PermanentChannelError, Refused
from bot.metric_files import LARGEST, Said, fits, read_file, read_said


async def told(message: Message, spot: Spot, words: str) -> bool:
    """Whether the message holds figures and has been answered; `words` is what it says, without the bot's name."""
    if message.document is not None:
        return await _file(message, message.document, spot)
    said, table = await _read(words, message, spot)
    if said is not Said.FIGURES or table is None:
        return False
    whole = table.at is None
    if question_in(message, spot.context.bot.bot) is None and not (whole and await _takes_part(spot)):
        return False
    await _tell(message, spot, whole=whole)
    return True


async def _read(words: str, message: Message, spot: Spot) -> tuple[Said, Table | None]:
    if not words:
        return Said.OTHER, None
    return await asyncio.to_thread(read_said, words, spot.context.parts.reference().readings, message.date)


async def _file(message: Message, document: Document, spot: Spot) -> bool:
    """A file is looked at where it may be meant: by members, in private or in the group of a session that they take part in."""
    if not fits(document.file_name or "") or (document.file_size or 0) > LARGEST or not spot.actor.access.teams:
        return False
    if spot.context.viewer.private:
        library = spot.context.parts.office.library
        if await library.places(spot.actor) or await library.closed(spot.actor):
            return False  # it may be a document: whoever looks after those is shown it as one
    elif not await _takes_part(spot):
        return False
    try:
        content = await spot.context.parts.channel.fetch(document.file_id)
        found = await asyncio.to_thread(read_file, content, spot.context.parts.reference().readings)
    except (PermanentChannelError, Refused):
        return False
    if found is None or found.verdict is not Verdict.METRICS:
        return False
    await _tell(message, spot, whole=True)
    return True


async def _takes_part(spot: Spot) -> bool:
    """Whether this is the group of a session in which the person has something to do; who only watches is left alone."""
    viewer = spot.context.viewer
    if viewer.private:
        return False
    found = await spot.floor.imports.of_group(viewer.chat, viewer.topic, scope=spot.scope)
    return any(spot.actor.access.may(Right.TICK, one.team, one.merchant) for one in found)


async def _tell(message: Message, spot: Spot, *, whole: bool) -> None:
    access = spot.actor.access
    if any(access.may(Right.RUN, one.team, one.id) for one in access.merchants):
        phrase = metric_words.AUTHORISATION_OVER if spot.context.viewer.private else metric_words.NOT_HERE
    elif access.teams:
        phrase = metric_words.NOT_YOURS if whole else metric_words.NOT_YOURS_NOW
    else:
        phrase = metric_words.NOT_A_MEMBERS
    await spot.tell(message, "metrics-not-theirs", phrase)
