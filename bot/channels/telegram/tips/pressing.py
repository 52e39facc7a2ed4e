"""The buttons below a tip. What a press changes is drawn again for everybody who has the tip before them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.channels import panel_words, tip_view
from bot.channels.session_lines import NAME, short
from bot.channels.telegram import actions, sections
from bot.channels.telegram.context import Context
from bot.channels.telegram.presses import Deal, Press
from bot.channels.telegram.tips import words
from bot.channels.tip_lines import clock
from bot.domain.outgoing import Kind
from bot.domain.tips import Tip
from bot.flows.tip_charts import Charted
from bot.flows.tips import TipDesk


async def done(press: Press, context: Context) -> str:
    """Take the tip."""
    pressed = await _desk(context).acknowledge(context.actor, context.viewer.scope, _id(press))
    tip, language = pressed.tip, context.viewer.language
    if pressed.first or tip.acknowledged is None:
        return words.DONE.to(language)
    by = tip.acknowledged
    return words.DONE_ALREADY.to(language, name=short(by.name, NAME), time=_time(tip, by.at, context))


async def mute(press: Press, context: Context) -> str:
    """Keep the rule silent for a while: as long as the button says, whatever was sent in its place."""
    desk, minutes = _desk(context), tip_view.MUTE_MINUTES
    pressed = await desk.mute(context.actor, context.viewer.scope, _id(press), minutes)
    phrase = words.MUTED if pressed.first else words.MUTED_ALREADY
    until = pressed.tip.muted_until
    return phrase.to(context.viewer.language, time=_time(pressed.tip, until, context) if until else "")


async def useless(press: Press, context: Context) -> str:
    """Note that it was of no use."""
    pressed = await _desk(context).useless(context.actor, context.viewer.scope, _id(press))
    by, language = pressed.tip.not_useful, context.viewer.language
    if pressed.first or by is None:
        return words.USELESS.to(language)
    return words.USELESS_ALREADY.to(language, name=short(by.name, NAME))


async def why(press: Press, context: Context) -> str:
    """Say what it rests on, in a message of its own: the tip stays as it is for everybody."""
    viewer, parts = context.viewer, context.parts
    tip = await _desk(context).tip(context.actor, viewer.scope, _id(press))
    said = tip_view.why(tip, parts.gate.now(), viewer.language if viewer.private else parts.language)
    key = f"tip-why:{tip.id}:{press.update_id}"
    await parts.send(
        key, viewer.chat, said, kind=Kind.ANSWER, topic=viewer.topic, reply_to=press.message_id,
        collections=tip.session.collections,
    )  # fmt: skip
    return ""


async def section(press: Press, context: Context) -> str:
    """Show the section that says what to do."""
    viewer = context.viewer
    tip = await _desk(context).tip(context.actor, viewer.scope, _id(press))
    key = await context.parts.answers.locate(viewer, tip.rule.section)
    content, buttons = await sections.view(key, 0, actions.NO_EXCHANGE, context)
    await context.parts.channel.post(press.chat, content, buttons, topic=viewer.topic)
    return ""


async def case(press: Press, context: Context) -> str:
    """Show the past case that fits best, from its beginning."""
    viewer = context.viewer
    key = await _desk(context).case(context.actor, viewer.scope, _id(press))
    content, buttons = await sections.view(key, 0, actions.NO_EXCHANGE, context)
    await context.parts.channel.post(press.chat, content, buttons, topic=viewer.topic)
    return ""


async def chart(press: Press, context: Context) -> str:
    """Show what the figure did, once below each tip; from then on that chart is brought up to date."""
    viewer, parts = context.viewer, context.parts
    language = viewer.language if viewer.private else parts.language
    done = await parts.floor.charts.press(
        context.actor, viewer.scope, _id(press), viewer.chat, viewer.topic, press.message_id, language, press.update_id
    )
    parts.notify()
    return (panel_words.CHART_UPDATED if done is Charted.UPDATED else panel_words.COMING).to(viewer.language)


def _desk(context: Context) -> TipDesk:
    return context.parts.floor.tips


def _id(press: Press) -> str:
    return press.action.fields["tip"]


def _time(tip: Tip, at: datetime, context: Context) -> str:
    return clock(tip.session, at, context.parts.gate.now(), context.viewer.language)


DEALS: Mapping[str, Deal] = {
    "tip_done": done,
    "tip_mute": mute,
    "tip_useless": useless,
    "tip_why": why,
    "tip_section": section,
    "tip_case": case,
    "tip_chart": chart,
}
"""What each button of a tip does."""
