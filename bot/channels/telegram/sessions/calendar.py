"""/calendar: the sessions as a file for the phone's calendar, and in private a link to subscribe to, made new or ended."""

from __future__ import annotations

from collections.abc import Mapping

from telegram import Message

from bot.channels.plan_actions import made
from bot.channels.telegram.context import Context
from bot.channels.telegram.presses import Deal, Press
from bot.channels.telegram.sessions import words
from bot.channels.telegram.sessions.spot import Spot
from bot.channels.web.calendar import PATH
from bot.domain.messages import Button, text
from bot.domain.messages import Message as Outgoing
from bot.domain.outgoing import own_id

FILE = "场次.ics"


async def answer(spot: Spot, message: Message, line: str) -> None:
    """Send what may be shown here. The file goes at once and not through the outbox, which holds no files."""
    viewer, parts = spot.context.viewer, spot.context.parts
    content = (await spot.floor.calendar.text(scope=spot.scope)).encode()
    if viewer.private and parts.web_address and spot.actor.access.teams:
        button = Button(spot.say(words.B_LINK), made("calendar_link"))
        await spot.answer(message, "calendar", text(spot.say(words.CALENDAR_LINK), (button,)))
    caption = spot.say(words.CALENDAR_FILE)
    await parts.channel.send_file(own_id(viewer.chat), FILE, content, caption, topic=viewer.topic)


async def _link(press: Press, context: Context) -> str:
    """A new link, shown once; the one before ends."""
    spot = _alone(context)
    address = context.parts.web_address
    if spot is None or not address:
        return words.LINK_IN_PRIVATE.to(context.viewer.language)
    token = await spot.floor.calendar.link(spot.actor)
    buttons = (
        Button(spot.say(words.B_NEW_LINK), made("calendar_link")),
        Button(spot.say(words.B_END_LINK), made("calendar_end")),
    )
    shown = text(spot.say(words.LINK, link=f"{address}{PATH}{token}.ics"), buttons)
    return await _show(press, context, shown)


async def _end(press: Press, context: Context) -> str:
    spot = _alone(context)
    if spot is None:
        return words.LINK_IN_PRIVATE.to(context.viewer.language)
    ended = await spot.floor.calendar.revoke(spot.actor)
    return await _show(press, context, text(spot.say(words.LINK_ENDED if ended else words.NO_LINK)))


def _alone(context: Context) -> Spot | None:
    return Spot(context) if context.viewer.private else None


async def _show(press: Press, context: Context, shown: Outgoing) -> str:
    await context.parts.channel.edit(press.chat, press.message_id, shown)
    return ""


DEALS: Mapping[str, Deal] = {"calendar_link": _link, "calendar_end": _end}
