"""What ends is said once: an authorisation to who looks after the merchant and in its groups, a deletion in the groups.

It is looked up in the rows, so it does not matter who did it and how, nor whether the copilot ran then: the key of each
message is the ending's own, and the outbox takes it once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from bot.channels.telegram.context import Parts
from bot.channels.telegram.people import words
from bot.channels.telegram.people.grammar import made
from bot.channels.telegram.people.telling import tell_unasked
from bot.channels.telegram.people.view import name_of
from bot.channels.words import Phrase
from bot.domain.access import group_scope, team_collection
from bot.domain.messages import text
from bot.storage.erasure import Deletion
from bot.storage.merchants import Ending

LOOK_BACK = timedelta(days=7)
"""What ended longer ago is not said any more. The outbox keeps its keys for longer than that, or it would be said again."""


@dataclass(slots=True)
class Said:
    """What this process has dealt with, so that it need not look again; the outbox knows it all the same."""

    endings: set[int] = field(default_factory=set)
    deletion: int = 0


async def tell_endings(parts: Parts, said: Said | None = None) -> None:
    """Say what has ended and been deleted lately, as far as it is not said yet."""
    said, now = said or Said(), parts.gate.now()
    since = now - LOOK_BACK
    for ending in await parts.gate.merchants.endings(since, now):
        if ending.number not in said.endings:
            await _tell_managers(parts, ending)
            await _post_ended(parts, ending)
            said.endings.add(ending.number)
    for deletion in await parts.office.merchants.erasure.deletions(since, said.deletion):
        await _post_deleted(parts, deletion)
        said.deletion = deletion.number


async def _tell_managers(parts: Parts, ending: Ending) -> None:
    """The merchant's own leads and those of the team, all but whoever ended it."""
    merchant, people = ending.merchant, parts.gate.people
    managers = (*await people.managers(merchant.team, merchant.id), *await people.managers(merchant.team))
    told = [person for person in dict.fromkeys(managers) if person != ending.by]
    values: dict[str, object] = {"merchant": name_of(merchant.name), "day": _last_day(parts, ending)}
    if ending.by:
        names = await people.names(ending.by)
        values["name"] = name_of(names[ending.by]) if names.get(ending.by) else partial(Phrase.to, words.COMMAND_LINE)
    phrase = words.TOLD_ENDED if ending.by else words.TOLD_EXPIRED
    button = (words.B_AUTHORISE, made("authorise", merchant.id))
    await tell_unasked(parts, _key(ending), told, phrase, values, {team_collection(merchant.team)}, button)


async def _post_ended(parts: Parts, ending: Ending) -> None:
    """In the groups that saw the merchant's documents: others bound to it need not know its name."""
    merchant = ending.merchant
    for one in await parts.gate.groups.of(merchant.id):
        shown = group_scope(await parts.gate.groups.here(one.chat), one.topic, {merchant.id})
        if merchant.id in shown.merchants and not await parts.chats.is_gone(one.chat):
            said = words.POST_ENDED.to(parts.language, here=_here(parts, one.topic), merchant=name_of(merchant.name))
            collections = {team_collection(merchant.team)}
            key = f"{_key(ending)}:{one.chat}:{one.topic}"
            await parts.send(key, one.chat, text(said), topic=one.topic or None, collections=collections)


async def _post_deleted(parts: Parts, deletion: Deletion) -> None:
    """Without the name, which is gone. What the group is bound to has gone as well, so nothing is asked of its scope."""
    for chat, topic in deletion.places:
        if not await parts.chats.is_gone(chat):
            said = words.POST_DELETED.to(parts.language, here=_here(parts, topic))
            await parts.send(f"deleted:{deletion.number}:{chat}:{topic}", chat, text(said), topic=topic or None)


def _key(ending: Ending) -> str:
    """An ending's own, without the merchant's id: that is not to outlive the merchant."""
    until = ending.merchant.authorised_until
    return f"ended:{ending.number}:{int(until.timestamp()) if until else 0}"


def _last_day(parts: Parts, ending: Ending) -> str:
    until = ending.merchant.authorised_until
    return f"{(until - timedelta(microseconds=1)).astimezone(parts.zone):%Y-%m-%d}" if until else ""


def _here(parts: Parts, topic: int) -> str:
    return (words.THIS_TOPIC if topic else words.THIS_GROUP).to(parts.language)
