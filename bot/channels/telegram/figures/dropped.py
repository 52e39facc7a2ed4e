"""A table in the chat, as a file or as text: taken for live metrics where it is that, and left to others where it may be more.

In a group only what is surely a table is answered without being asked, and only for whoever runs a session there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from telegram import Document, Message

from bot.channels import metric_view, metric_words
from bot.channels.people_words import worded
from bot.channels.plan_view import title_of
from bot.channels.telegram.context import Context
from bot.channels.telegram.figures import theirs
from bot.channels.telegram.groups import question_in
from bot.channels.telegram.library import upload
from bot.channels.telegram.sessions.spot import Spot
from bot.domain.messages import Message as Outgoing
from bot.domain.messages import text
from bot.domain.metric_tables import Table, Verdict
from bot.domain.sessions import LiveSession
from bot.errors import NotFound, PermanentChannelError, Refused
from bot.metric_files import LARGEST, Found, Said, fits, read_file, read_said

_WHY = {Verdict.NO_TIME: metric_words.NO_TIME, Verdict.NO_CLOCK: metric_words.NO_CLOCK, Verdict.OTHER: metric_words.NOT_METRICS}


async def taken(message: Message, context: Context) -> bool:
    """Whether the message was live metrics, or nearly, and has been answered."""
    spot = Spot(context)
    if message.from_user is None or message.from_user.is_bot or message.via_bot is not None:
        return False
    if not spot.merchants():
        return await theirs.told(message, spot, _words(message, spot))
    if message.document is not None:
        return fits(message.document.file_name or "") and await _file(message, message.document, spot)
    return await _text(message, spot)


async def edited(message: Message, context: Context) -> bool:
    """Whether an edited message holds live metrics: it is no question, and what was put in is not put in again."""
    spot = Spot(context)
    if not message.text or message.text.startswith("/"):
        return False
    if not spot.merchants():
        return await theirs.told(message, spot, _words(message, spot))
    said, _ = read_said(message.text, context.parts.reference().readings, message.date)
    if said is not Said.FIGURES or not await candidates_of(spot):
        return False
    await spot.tell(message, "metrics-edited", metric_words.EDITED)
    return True


def _words(message: Message, spot: Spot) -> str:
    """What a message says, without the bot's name; empty for a command."""
    words = (message.text or "").replace(f"@{spot.context.bot.bot.username}", "").strip()
    return "" if words.startswith("/") else words


async def _read(words: str, message: Message, spot: Spot) -> tuple[Said, Table | None]:
    """Whether that is figures."""
    if not words:
        return Said.OTHER, None
    return await asyncio.to_thread(read_said, words, spot.context.parts.reference().readings, message.date)


async def _text(message: Message, spot: Spot) -> bool:
    words = _words(message, spot)
    said, table = await _read(words, message, spot)
    addressed = question_in(message, spot.context.bot.bot) is not None
    if table is None or said is Said.OTHER or (said is Said.UNSURE and not addressed):
        return False
    candidates = await candidates_of(spot)
    if said is Said.FIGURES:
        if candidates or addressed:
            await _shown(message, spot, table, candidates)
        return bool(candidates) or addressed
    if not candidates:
        return False
    draft = await spot.floor.imports.hold(spot.actor, table, candidates, said=words)
    session = next(one for one in candidates if one.id == draft.session)
    await spot.answer(message, "metrics", metric_view.unsure(draft.id, spot.language), session)
    return True


async def _file(message: Message, document: Document, spot: Spot) -> bool:
    """A file is looked at where it may be meant: in private, or in a group where its sender runs a session."""
    private, name = spot.context.viewer.private, document.file_name or ""
    candidates = await candidates_of(spot)
    if not private and not candidates:
        return False
    surely = private or name.lower().endswith(".csv")
    if (document.file_size or 0) > LARGEST:
        return surely and await _refused(message, spot, Refused("metrics_large", most=LARGEST // 1_000_000))
    try:
        content = await spot.context.parts.channel.fetch(document.file_id)
        found = await asyncio.to_thread(read_file, content, spot.context.parts.reference().readings)
    except PermanentChannelError:
        return await _refused(message, spot, Refused("not_fetched"))
    except Refused as error:
        return surely and await _refused(message, spot, error)
    if found is not None and found.verdict is Verdict.METRICS:
        await _shown(message, spot, found.table, candidates, name)
        return True
    return await _nearly(message, spot, found)


async def _nearly(message: Message, spot: Spot, found: Found | None) -> bool:
    """What is not quite live metrics: a document for whoever looks after documents, a sentence for others.

    In a group nothing is said of what may be anything.
    """
    verdict = found.verdict if found is not None else Verdict.OTHER
    why = spot.say(_WHY[verdict])
    if not spot.context.viewer.private:
        if verdict is Verdict.OTHER:
            return False
    elif await upload.taken(
        message, spot.context, "" if verdict is Verdict.OTHER else spot.say(metric_words.AS_DOCUMENT, why=why)
    ):
        return True
    await spot.answer(message, "metrics", text(why))
    return True


async def _refused(message: Message, spot: Spot, error: Refused) -> bool:
    """A file that cannot be read as a table may still be a document."""
    if spot.context.viewer.private and await upload.taken(message, spot.context):
        return True
    await spot.answer(message, "metrics", text(worded(error, spot.language)))
    return True


async def _shown(message: Message, spot: Spot, table: Table, candidates: Sequence[LiveSession], name: str = "") -> None:
    """Let the table wait, and show what it would come to."""
    if not candidates:
        await spot.tell(message, "metrics", metric_words.NO_SESSION)
        return
    try:
        draft = await spot.floor.imports.hold(spot.actor, table, candidates, name)
        shown, session = await previewed(spot, draft.id, candidates)
    except (NotFound, Refused) as error:
        await spot.answer(message, "metrics", text(worded(error, spot.language)))
    else:
        await spot.answer(message, "metrics", shown, session)


async def previewed(spot: Spot, draft: str, candidates: Sequence[LiveSession]) -> tuple[Outgoing, LiveSession]:
    """The message about a table that waits, and the session that it would go to. Raises NotFound, Refused."""
    found = await spot.floor.imports.preview(spot.actor, draft, scope=spot.scope, others=candidates)
    names = spot.context.parts.reference().names_in(spot.language)
    return metric_view.preview(found, await titled(spot, found.session), names, spot.language), found.session


async def titled(spot: Spot, session: LiveSession) -> str:
    """The session in one line."""
    return title_of(session, await spot.floor.ground.news.names(session), spot.now, spot.language)


async def candidates_of(spot: Spot) -> tuple[LiveSession, ...]:
    """Sessions that a table sent here may be of, likeliest first."""
    viewer = spot.context.viewer
    return await spot.floor.imports.candidates(
        spot.actor, viewer.chat, viewer.topic, private=viewer.private, scope=spot.scope
    )  # fmt: skip
