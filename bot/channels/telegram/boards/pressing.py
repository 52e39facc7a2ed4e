"""The buttons of boards: a session or a metric chosen, a picture brought up to date in its place."""

from __future__ import annotations

from collections.abc import Mapping

from bot.channels import panel_words as words
from bot.channels.telegram.boards.commands import board_of, reading, reading_of, refusal, send
from bot.channels.telegram.context import Context
from bot.channels.telegram.presses import Deal, Press
from bot.channels.telegram.sessions.spot import Spot
from bot.domain.messages import Message
from bot.errors import NotFound, Refused


async def board(press: Press, context: Context) -> str:
    """Show the board of the chosen session."""
    spot, session = Spot(context), press.action.fields["session"]
    return await _sent(press, spot, f"{session}:", await board_of(spot, session))


async def board_again(press: Press, context: Context) -> str:
    """Bring a board up to date in its place."""
    spot = Spot(context)
    return await _updated(press, spot, await board_of(spot, press.action.fields["session"]))


async def metric(press: Press, context: Context) -> str:
    """Show one metric of a session."""
    spot, fields = Spot(context), press.action.fields
    shown = await reading_of(spot, fields["session"], fields["metric"])
    return await _sent(press, spot, f"{fields['session']}:{fields['metric']}", shown)


async def metric_again(press: Press, context: Context) -> str:
    """Bring a metric's picture up to date in its place."""
    spot, fields = Spot(context), press.action.fields
    return await _updated(press, spot, await reading_of(spot, fields["session"], fields["metric"]))


async def metric_where(press: Press, context: Context) -> str:
    """Show a metric of whichever session runs here."""
    spot, id = Spot(context), press.action.fields["metric"]
    try:
        shown = await reading(spot, id)
    except (NotFound, Refused) as error:
        return refusal(spot, error)
    return await _sent(press, spot, f":{id}", shown)


async def _sent(press: Press, spot: Spot, what: str, shown: tuple[Message, tuple[str, ...]]) -> str:
    """Once below each message, however often it is pressed: a group is not to be filled with pictures."""
    new = await send(spot, f"board-of:{press.chat}:{press.message_id}:{what}", *shown, press.message_id)
    return spot.say(words.COMING if new else words.THERE)


async def _updated(press: Press, spot: Spot, shown: tuple[Message, tuple[str, ...]]) -> str:
    drawn = shown[0].picture is not None
    # Words alone do not take the place of the picture that stands there.
    await send(spot, f"board-again:{press.update_id}", *shown, press.message_id, edit=drawn)
    return spot.say(words.UPDATED if drawn else words.COMING)


DEALS: Mapping[str, Deal] = {
    "board": board,
    "board_again": board_again,
    "reading": metric,
    "reading_again": metric_again,
    "reading_where": metric_where,
}
"""What each button of a board does."""
