"""What has to be written or sent: asked for by a message that opens a reply, taken from the reply, wherever it is written.

What a prompt was about stands in its outbox key: nothing is kept in memory, and a restart forgets nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from telegram import Message

from bot.channels.people_words import worded
from bot.channels.session_actions import made
from bot.channels.session_lines import NAME, short
from bot.channels.telegram.checklists import words
from bot.channels.telegram.checklists.place import Place
from bot.channels.telegram.context import Context
from bot.channels.words import Phrase
from bot.domain.messages import Button, text
from bot.domain.messages import Message as Outgoing
from bot.domain.session_items import State
from bot.errors import NotFound, Refused
from bot.flows.checklists import Done, ItemName

PHOTO_MB = 20
"""What Telegram lets a bot fetch."""
ASKS: Mapping[str, Phrase] = {
    "item-number": words.ASK_NUMBER,
    "item-photo": words.ASK_PHOTO,
    "item-skip": words.ASK_REASON,
    "item-note": words.ASK_NOTE,
}


async def ask(place: Place, kind: str, found: Done, who: str, update_id: int) -> str:
    """Ask for a reply about the item, and return the toast that points to it."""
    item, viewer = found.item, place.context.viewer
    said = place.say(ASKS[kind], who=short(who, NAME), text=place.text(found), number=item.number)
    prompt = replace(text(said), expects_reply=True)
    key = f"{kind}:{item.session}.{item.id}.{item.slot}:{update_id}"
    await place.context.parts.send(key, viewer.chat, prompt, topic=viewer.topic, collections=found.session.collections)
    return place.say(words.REPLY_BELOW)


async def taken(kind: str, subject: str, message: Message, context: Context) -> bool:
    """Whether the message is a reply to such a prompt; then it has been dealt with."""
    take, parts = _TAKES.get(kind), subject.split(".")
    if take is None or len(parts) != 3 or not parts[2].isdigit():
        return False
    place, name = Place(context), ItemName(parts[0], parts[1], int(parts[2]))
    if message.edit_date is not None:
        await answer(place, message, "too-late", text(place.say(words.TOO_LATE)), name.session)
        return True
    try:
        said = await take(place, name, message)
    except Refused as error:  # the sentence asks again, so that whoever slipped need not look for the button
        await answer(place, message, f"{kind}:{subject}", _again(error, name, place), name.session)
        return True
    except NotFound as error:
        said = worded(error, context.viewer.language)
    await place.redraw()
    await answer(place, message, "taken", text(said), name.session)
    return True


async def _number(place: Place, name: ItemName, message: Message) -> str:
    if not message.text:
        raise Refused("words_only")
    done = await place.lists.desk.prove(place.actor, place.scope, name, said=message.text)
    return await proved(place, done)


async def _photo(place: Place, name: ItemName, message: Message) -> str:
    done = await place.lists.desk.prove(place.actor, place.scope, name, photo=picture(message))
    return await proved(place, done)


async def _skip(place: Place, name: ItemName, message: Message) -> str:
    done = await place.lists.desk.skip(place.actor, place.scope, name, message.text or "")
    return place.say(words.SKIPPED, text=place.text(done)) if done.first else await faster(place, done)


async def _note(place: Place, name: ItemName, message: Message) -> str:
    await place.lists.desk.note(place.actor, place.scope, name, message.text or "")
    return place.say(words.NOTED)


_TAKES: Mapping[str, Callable[[Place, ItemName, Message], Awaitable[str]]] = {
    "item-number": _number,
    "item-photo": _photo,
    "item-skip": _skip,
    "item-note": _note,
}


def picture(message: Message) -> str:
    """The id of the picture in a message. Raises Refused for anything else, and for what cannot be fetched."""
    if message.photo:
        return message.photo[-1].file_id
    document = message.document
    kind = (document.mime_type or "") if document else ""
    if message.video or message.video_note or message.animation or kind.startswith("video/"):
        raise Refused("photo_video")
    if document is None or not kind.startswith("image/"):
        raise Refused("photo_needed")
    if (document.file_size or 0) > PHOTO_MB * 1024 * 1024:
        raise Refused("photo_large", most=PHOTO_MB)
    return document.file_id


def _again(error: Refused, name: ItemName, place: Place) -> Outgoing:
    if error.reason != "number_beyond":
        return replace(text(worded(error, place.context.viewer.language)), expects_reply=error.reason != "not_allowed")
    item = (name.session, name.item, name.slot)
    sure = Button(place.say(words.SURE, **error.values), made("item_sure", *item, error.values["value"]))
    return text(place.say(words.BEYOND, **error.values), (sure, Button(place.say(words.CANCEL), made("item_cancel", *item))))


async def answer(place: Place, message: Message, what: str, said: Outgoing, of: str) -> None:
    """Reply to a message that was about a session; `of` is its id, `what` begins the reply's key."""
    viewer, own = place.context.viewer, f"{message.chat.id}:{message.message_id}"
    session = await place.lists.pushing.board.sessions.one(of, scope=place.scope)
    await place.context.parts.send(
        f"{what}:{own}", viewer.chat, said, topic=viewer.topic, reply_to=message.message_id,
        collections=session.collections if session else (),
    )  # fmt: skip


async def proved(place: Place, done: Done) -> str:
    """What has been noted, or who was faster."""
    if not done.first:
        return await faster(place, done)
    return place.say(words.PROVED, text=place.text(done), proof=(await place.teller(done)).proof(done.item))


async def faster(place: Place, done: Done) -> str:
    """Who has dealt with it before."""
    teller, item = await place.teller(done), done.item
    if item.state is State.OPEN or item.at is None:
        return place.say(words.OPEN_ALREADY)
    return place.say(words.FASTER, who=teller.who(item.by), time=teller.when(item.at))
