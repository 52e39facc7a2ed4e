"""The numbers on a card: one press ticks, confirms, or asks for what the tick has to bring along."""

from __future__ import annotations

from bot.channels.telegram.checklists import words
from bot.channels.telegram.checklists.asking import ask, faster, proved
from bot.channels.telegram.checklists.place import Place, named
from bot.channels.telegram.context import Context
from bot.channels.telegram.presses import Press
from bot.domain.access import Right
from bot.domain.checklists import Evidence
from bot.domain.messages import text
from bot.domain.session_items import State


async def tick(press: Press, context: Context) -> str:
    """Do what a press on the item's number means."""
    place, name = Place(context), named(press)
    desk = place.lists.desk
    found = await desk.found(place.actor, place.scope, name, Right.TICK)
    item = found.item
    if item.state is State.UNCONFIRMED:
        done, phrase = await desk.confirm(place.actor, place.scope, name), words.CONFIRMED
    elif item.state is State.OPEN and item.evidence in (Evidence.NUMBER, Evidence.PHOTO):
        kind = "item-number" if item.evidence is Evidence.NUMBER else "item-photo"
        return await ask(place, kind, found, press.name, press.update_id)
    else:
        done = await desk.tick(place.actor, place.scope, name)
        phrase = words.WAITS if done.item.state is State.UNCONFIRMED else words.TICKED_ALL if done.along else words.TICKED
    await place.redraw()
    return place.say(phrase, text=place.text(done), n=len(done.along) + 1) if done.first else await faster(place, done)


async def sure(press: Press, context: Context) -> str:
    """Note a number although it is beyond the limit."""
    place = Place(context)
    done = await place.lists.desk.prove(place.actor, place.scope, named(press), said=press.action.fields["number"], sure=True)
    await place.redraw()
    said = await proved(place, done)
    await context.parts.channel.edit(press.chat, press.message_id, text(said))
    return said


async def cancel(press: Press, context: Context) -> str:
    """Leave the item open."""
    place = Place(context)
    await place.lists.desk.found(place.actor, place.scope, named(press), Right.TICK)
    said = place.say(words.CANCELLED)
    await context.parts.channel.edit(press.chat, press.message_id, text(said))
    return said
