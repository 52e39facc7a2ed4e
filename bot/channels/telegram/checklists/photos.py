"""A picture sent as a reply to a card: whoever is asked for a photo need not press the number first.

Which item it is for stands in the picture's caption, or is plain because the card asks for one photo only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from telegram import Message

from bot.channels.people_words import worded
from bot.channels.session_lines import next_open
from bot.channels.telegram.checklists import words
from bot.channels.telegram.checklists.asking import answer, picture, proved
from bot.channels.telegram.checklists.place import Place
from bot.channels.telegram.context import Context
from bot.channels.tip_words import LIST
from bot.domain.checklists import Evidence
from bot.domain.messages import text
from bot.domain.session_cards import rounds
from bot.domain.session_items import SessionItem, State
from bot.errors import NotFound, Refused
from bot.flows.checklists import ItemName

_NUMBER = re.compile(r"\s*第?\s*(\d{1,3})(?!\d)")


async def taken(message: Message, context: Context) -> bool:
    """Whether the message was a picture below a card that asks for one; then it has been dealt with."""
    document, replied = message.document, message.reply_to_message
    pictured = message.photo or (document is not None and (document.mime_type or "").startswith("image/"))
    if not pictured or replied is None:
        return False
    place = Place(context)
    key = await context.parts.outbox.key_of(replied.message_id, chat=context.viewer.chat) or ""
    try:
        card, items, numbers = await place.lists.lists.card(place.actor, place.scope, key)
    except NotFound:
        return False
    asking = _asking(items, numbers)
    if not asking:
        return False
    found = _NUMBER.match(message.caption or "")
    number = int(found[1]) if found else next(iter(asking)) if len(asking) == 1 else None
    if number not in asking:
        which = place.say(words.WHICH_PHOTO, numbers=LIST.to(place.context.viewer.language).join(map(str, asking)))
        await answer(place, message, "photo-which", text(which), card.session)
        return True
    await _prove(place, message, asking[number])
    return True


async def _prove(place: Place, message: Message, item: SessionItem) -> None:
    try:
        name = ItemName(item.session, item.id, item.slot)
        done = await place.lists.desk.prove(place.actor, place.scope, name, photo=picture(message))
        said = await proved(place, done)
    except (Refused, NotFound) as error:
        said = worded(error, place.context.viewer.language)
    await place.redraw()
    await answer(place, message, "taken", text(said), item.session)


def _asking(items: Sequence[SessionItem], numbers: Mapping[str, int]) -> dict[int, SessionItem]:
    """What waits for a photo, by its number."""
    lines = ((number, next_open(line)) for number, line in rounds(items, numbers))
    return {n: one for n, one in lines if one and one.evidence is Evidence.PHOTO and one.state is State.OPEN}
