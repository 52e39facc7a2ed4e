"""What presses in the library share: only in private, with refusals in words; and the place that a button names."""

from __future__ import annotations

from functools import wraps

from bot.channels.people_words import worded
from bot.channels.telegram import texts
from bot.channels.telegram.context import Context
from bot.channels.telegram.presses import Deal, Press
from bot.errors import NotFound, Refused


def privately(deal: Deal) -> Deal:
    """The deal for a private chat; in a group, where others read along, the button leads nowhere."""

    @wraps(deal)
    async def guarded(press: Press, context: Context) -> str:
        language = context.viewer.language
        if not context.viewer.private:
            return texts.GARBLED.to(language)
        try:
            return await deal(press, context)
        except (NotFound, Refused) as error:
            return worded(error, language)

    return guarded


def place_named(key: str, context: Context) -> tuple[str, str]:
    """Team and merchant of ``t<team>`` or ``m<merchant>``; a merchant that the person cannot know of has no team."""
    kind, id = key[:1], key[1:]
    if kind == "t":
        return id, ""
    return next((one.team for one in context.actor.access.merchants if one.id == id), ""), id
