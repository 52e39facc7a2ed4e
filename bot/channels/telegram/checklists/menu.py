"""What is below 更多: take back, not applicable, somebody else, a note, why, the section, the photo. Buttons change in place."""

from __future__ import annotations

from collections.abc import Sequence

from bot.channels.session_actions import made
from bot.channels.session_lines import NAME, next_open, short
from bot.channels.telegram import actions, sections
from bot.channels.telegram.channel import qualified
from bot.channels.telegram.checklists import words
from bot.channels.telegram.checklists.asking import ask, faster
from bot.channels.telegram.checklists.place import Place, named
from bot.channels.telegram.context import Context
from bot.channels.telegram.presses import Press
from bot.channels.telegram.render import Rows
from bot.domain.access import Right
from bot.domain.checklists import Evidence
from bot.domain.messages import Button
from bot.domain.outgoing import own_id
from bot.domain.session_cards import rounds
from bot.domain.session_items import SessionItem, State
from bot.errors import PermanentChannelError
from bot.flows.checklists import Done

PAGE, ROW = 40, 5
PEOPLE = 8
LABEL = 34
LONGEST_WHY = 190


async def more(press: Press, context: Context) -> str:
    """Choose the item."""
    place, page = Place(context), int(press.action.fields["page"])
    _, items, numbers = await place.lists.lists.card(place.actor, place.scope, await place.key_of(press))
    lines = rounds(items, numbers)[page * PAGE :]
    chosen = [Button(str(number), _item("item_more", _about(line))) for number, line in lines[:PAGE]]
    foot = [Button(place.say(words.BACK), made("items_back", press.action.fields["session"]))]
    if len(lines) > PAGE:
        foot.append(Button(place.say(words.NEXT), made("items_more", press.action.fields["session"], page + 1)))
    await _show(press, context, (*_in_rows(chosen, ROW), tuple(foot)))
    return place.say(words.CHOOSE)


async def item(press: Press, context: Context) -> str:
    """What can be done with the item."""
    place = Place(context)
    found = await place.lists.desk.found(place.actor, place.scope, named(press))
    await _show(press, context, _choices(place, found))
    return ""


async def back(press: Press, context: Context) -> str:
    """Show the list again."""
    await Place(context).show_card(press)
    return ""


async def undo(press: Press, context: Context) -> str:
    """Make it open again."""
    place = Place(context)
    done = await place.lists.desk.undo(place.actor, place.scope, named(press))
    await place.show_card(press)
    await place.redraw()
    return place.say(words.UNDONE, text=place.text(done)) if done.first else place.say(words.OPEN_ALREADY)


async def skip(press: Press, context: Context) -> str:
    """Ask why it does not apply."""
    return await _asked("item-skip", press, context)


async def note(press: Press, context: Context) -> str:
    """Ask for a note."""
    return await _asked("item-note", press, context)


async def why(press: Press, context: Context) -> str:
    """Say why it is on the list."""
    place = Place(context)
    found = await place.lists.desk.found(place.actor, place.scope, named(press))
    return f"{place.text(found)}\n{short(found.item.why, LONGEST_WHY - len(place.text(found)))}"


async def section(press: Press, context: Context) -> str:
    """Show the handbook's section in a message of its own, so that the list stays."""
    place = Place(context)
    found = await place.lists.desk.found(place.actor, place.scope, named(press))
    key = await context.parts.answers.locate(context.viewer, found.item.section)
    content, buttons = await sections.view(key, 0, actions.NO_EXCHANGE, context)
    await context.parts.channel.post(press.chat, content, buttons, topic=context.viewer.topic)
    return ""


async def photo(press: Press, context: Context) -> str:
    """Send the picture that was brought along, below the list that it belongs to."""
    place = Place(context)
    found = await place.lists.desk.found(place.actor, place.scope, named(press))
    if not _pictured(found.item):
        return place.say(words.NO_PHOTO)
    caption = f"{place.text(found)} · {(await place.teller(found)).settled(found.item)}"
    try:
        await context.parts.channel.send_picture(
            press.chat, found.item.proof, caption, topic=context.viewer.topic, reply_to=press.message_id
        )
    except PermanentChannelError:
        return place.say(words.PHOTO_GONE)
    return ""


async def people(press: Press, context: Context) -> str:
    """Choose who does it."""
    place, name, page = Place(context), named(press), int(press.action.fields["page"])
    able = await place.lists.desk.able(place.actor, place.scope, name)
    if not able:
        return place.say(words.NOBODY)
    listed = list(able.items())[page * PEOPLE :]
    key = (name.session, name.item, name.slot)
    chosen = [
        Button(short(said or own_id(person), NAME), made("item_assign", *key, own_id(person))) for person, said in listed[:PEOPLE]
    ]
    foot = [Button(place.say(words.BACK), made("items_back", name.session))]
    if len(listed) > PEOPLE:
        foot.append(Button(place.say(words.NEXT), made("item_people", *key, page + 1)))
    await _show(press, context, (*_in_rows(chosen, 2), tuple(foot)))
    return ""


async def assign(press: Press, context: Context) -> str:
    """Put somebody in charge of it."""
    place, person = Place(context), qualified(press.action.fields["person"])
    done = await place.lists.desk.assign(place.actor, place.scope, named(press), person)
    await place.show_card(press)
    await place.redraw()
    if done.item.person != person:
        return await faster(place, done)
    who = (await context.parts.gate.people.names(person)).get(person) or own_id(person)
    return place.say(words.ASSIGNED, who=short(who, NAME), text=place.text(done))


async def _asked(kind: str, press: Press, context: Context) -> str:
    place = Place(context)
    found = await place.lists.desk.found(place.actor, place.scope, named(press), Right.TICK)
    await place.show_card(press)
    return await ask(place, kind, found, press.name, press.update_id)


def _choices(place: Place, found: Done) -> Rows:
    item = found.item

    def to(label: str, action: str, *more: object) -> Button:
        return Button(short(label, LABEL), made(action, item.session, item.id, item.slot, *more))

    head = (to(f"▸ {item.text}", "item_why"),)
    change = [] if item.state is State.OPEN else [to(place.say(words.UNDO), "item_undo")]
    if not item.settled:
        change += [to(place.say(words.SKIP), "item_skip"), to(place.say(words.PEOPLE), "item_people", 0)]
    tell = [to(place.say(words.NOTE), "item_note"), to(place.say(words.WHY), "item_why")]
    tell += [to(place.say(words.SECTION, section=item.section), "item_section")] if item.section else []
    tell += [to(place.say(words.SEE_PHOTO), "item_photo")] if _pictured(item) else []
    foot = (Button(place.say(words.BACK), made("items_back", item.session)),)
    return (head, tuple(change), tuple(tell), foot)


def _pictured(item: SessionItem) -> bool:
    return item.evidence is Evidence.PHOTO and item.settled and bool(item.proof)


def _about(line: Sequence[SessionItem]) -> SessionItem:
    """Which occurrence is meant: the last that is settled, or else the first that is not."""
    settled = [one for one in line if one.settled]
    return settled[-1] if settled else next_open(line) or line[0]


def _item(action: str, item: SessionItem) -> str:
    return made(action, item.session, item.id, item.slot)


def _in_rows(buttons: Sequence[Button], size: int) -> Rows:
    return tuple(tuple(buttons[start : start + size]) for start in range(0, len(buttons), size))


async def _show(press: Press, context: Context, rows: Rows) -> None:
    await context.parts.channel.show_buttons(press.chat, press.message_id, rows)
