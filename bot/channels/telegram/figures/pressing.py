"""The buttons below a table of live metrics: put in, for another session, left, or a question after all."""

from __future__ import annotations

from collections.abc import Mapping

from bot.channels import metric_view, metric_words
from bot.channels.telegram.answers import answer_pressed
from bot.channels.telegram.context import Context
from bot.channels.telegram.figures.dropped import candidates_of, previewed, titled
from bot.channels.telegram.presses import Deal, Press
from bot.channels.telegram.sessions.spot import Spot
from bot.domain.messages import text
from bot.errors import Refused

OFFERED = 6
"""Sessions that are offered."""


async def _keep(press: Press, context: Context) -> str:
    """Put it in."""
    spot, id = Spot(context), press.action.fields["draft"]
    found = await spot.floor.imports.preview(spot.actor, id, scope=spot.scope)
    session, report = await spot.floor.imports.keep(spot.actor, id, scope=spot.scope)
    said = metric_view.kept(found, report, await titled(spot, session), press.name, spot.language)
    await context.parts.channel.edit(press.chat, press.message_id, said)
    return spot.say(metric_words.KEPT_TOAST)


async def _drop(press: Press, context: Context) -> str:
    """Do without it."""
    spot = Spot(context)
    await spot.floor.imports.drop(spot.actor, press.action.fields["draft"], scope=spot.scope)
    await context.parts.channel.edit(press.chat, press.message_id, text(spot.say(metric_words.DROPPED)))
    return ""


async def _where(press: Press, context: Context) -> str:
    """Offer the sessions that it may be of."""
    spot, id = Spot(context), press.action.fields["draft"]
    await spot.floor.imports.waiting(spot.actor, id, scope=spot.scope)
    offered = [(one, await titled(spot, one)) for one in (await candidates_of(spot))[:OFFERED]]
    await context.parts.channel.edit(press.chat, press.message_id, metric_view.where(id, offered, spot.language))
    return ""


async def _move(press: Press, context: Context) -> str:
    """Let it be of another session."""
    spot, fields = Spot(context), press.action.fields
    await spot.floor.imports.move(spot.actor, fields["draft"], fields["session"], scope=spot.scope)
    return await _show(press, context)


async def _show(press: Press, context: Context) -> str:
    """Show what it would come to."""
    spot = Spot(context)
    shown, _ = await previewed(spot, press.action.fields["draft"], await candidates_of(spot))
    await context.parts.channel.edit(press.chat, press.message_id, shown)
    return ""


async def _ask(press: Press, context: Context) -> str:
    """Take it for a question."""
    spot, id = Spot(context), press.action.fields["draft"]
    draft, _ = await spot.floor.imports.waiting(spot.actor, id, scope=spot.scope)
    if not draft.said:
        raise Refused("metrics_kept")
    await spot.floor.imports.drop(spot.actor, id, scope=spot.scope)
    await context.parts.channel.edit(press.chat, press.message_id, text(spot.say(metric_words.ASKED)))
    await answer_pressed(draft.said, press.update_id, context)
    return ""


DEALS: Mapping[str, Deal] = {
    "metrics_keep": _keep,
    "metrics_drop": _drop,
    "metrics_where": _where,
    "metrics_move": _move,
    "metrics_show": _show,
    "metrics_ask": _ask,
}
"""What each button does."""
