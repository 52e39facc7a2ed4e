"""/board and /metric: what a live session's figures are now, as a picture with words below it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from telegram import Update

from bot.channels import panel_words as words
from bot.channels.panel_actions import made
from bot.channels.people_words import worded
from bot.channels.reference.view import quoted
from bot.channels.reference.words import NO_METRIC, NO_METRIC_AT_ALL
from bot.channels.telegram.context import Context
from bot.channels.telegram.render import short
from bot.channels.telegram.sessions.spot import Spot
from bot.domain.messages import Button, Message, text
from bot.domain.metrics import Metric
from bot.domain.outgoing import Kind
from bot.domain.sessions import LiveSession
from bot.errors import NotFound, Refused

COMMANDS = ("board", "metric")
LASTS = timedelta(minutes=5)
"""A picture of now that comes later misleads."""
LABEL = 34
SUGGESTED = 6
"""Metrics that are offered where none was named."""


async def on_command(update: Update, context: Context) -> None:
    """Answer one of the commands, as a reply to it."""
    message = update.message
    if message is None or not message.text:
        return
    command, *argument = message.text.split(maxsplit=1)
    name, key = command[1:].partition("@")[0].lower(), f"board:{message.chat.id}:{message.message_id}"
    spot = Spot(context)
    try:
        shown, collections = await (board(spot) if name == "board" else _metric(spot, "".join(argument)))
    except (NotFound, Refused) as error:
        shown, collections = text(refusal(spot, error)), ()
    await send(spot, key, shown, collections, message.message_id)


async def board(spot: Spot) -> tuple[Message, tuple[str, ...]]:
    """The board of the session that runs here, or the choice of several; with the collections that it is made from."""
    found = await _live(spot)
    if len(found) > 1:
        return await _which(spot, found, "board")
    return await board_of(spot, found[0].id)


async def board_of(spot: Spot, session: str) -> tuple[Message, tuple[str, ...]]:
    """The board of one session. Raises NotFound, Refused."""
    panel = await spot.floor.panels.panel(spot.actor, spot.scope, session)
    return await spot.floor.pictures.board(panel, spot.language), panel.session.collections


async def reading(spot: Spot, metric: str) -> tuple[Message, tuple[str, ...]]:
    """A metric, by its id, of the session that runs here, or the choice of several."""
    found = await _live(spot)
    if len(found) > 1:
        return await _which(spot, found, "reading", metric)
    return await reading_of(spot, found[0].id, metric)


async def reading_of(spot: Spot, session: str, metric: str) -> tuple[Message, tuple[str, ...]]:
    """A metric of one session. Raises NotFound, Refused."""
    found = await spot.floor.panels.reading(spot.actor, spot.scope, session, metric)
    names = spot.context.parts.reference().names_in(spot.language)
    return await spot.floor.pictures.reading(found, names, spot.language), found.panel.session.collections


async def send(spot: Spot, key: str, shown: Message, collections: Sequence[str], reply_to: int, *, edit: bool = False) -> bool:
    """Answer a message, or put it in place of what stands there; False when that has been sent before."""
    viewer, kind = spot.context.viewer, Kind.EDIT if edit else Kind.ANSWER
    return await spot.context.parts.send(
        key, viewer.chat, shown, kind=kind, topic=viewer.topic, lasts=LASTS, collections=collections,
        reply_to=None if edit else reply_to, edit_of=reply_to if edit else None,
    )  # fmt: skip


def refusal(spot: Spot, error: NotFound | Refused) -> str:
    """Why there is no picture; where the group is bound to no merchant, what to do about that."""
    if str(error) == "no_live_session" and not spot.context.viewer.private and not spot.scope.merchants:
        return spot.say(words.GROUP_WITHOUT)
    return worded(error, spot.language)


async def _metric(spot: Spot, said: str) -> tuple[Message, tuple[str, ...]]:
    await _live(spot)  # who may see no session need not choose a metric first
    if not said.strip():
        return text(spot.say(words.WHICH_METRIC), *_offered(_watched(spot))), ()
    match = spot.floor.panels.metric(said)
    if len(match.found) == 1:
        return await reading(spot, match.found[0].id)
    phrase = NO_METRIC if match.near else NO_METRIC_AT_ALL
    return text(spot.say(phrase, text=quoted(said)), *_offered(match.near)), ()


async def _live(spot: Spot) -> tuple[LiveSession, ...]:
    viewer = spot.context.viewer
    return await spot.floor.panels.live(spot.actor, spot.scope, viewer.chat, viewer.topic, private=viewer.private)


async def _which(spot: Spot, found: Sequence[LiveSession], action: str, *more: str) -> tuple[Message, tuple[str, ...]]:
    names = await spot.floor.ground.news.merchants.names(*{one.merchant for one in found})
    rows = []
    for one in found:
        label = " · ".join(filter(None, (names.get(one.merchant, ""), one.host, f"{one.go_live:%H:%M}")))
        rows.append((Button(short(label, LABEL), made(action, one.id, *more)),))
    return text(spot.say(words.WHICH), *rows), tuple({name for one in found for name in one.collections})


def _watched(spot: Spot) -> Sequence[Metric]:
    """The metrics that most rules read."""
    reference = spot.context.parts.reference()
    return sorted(reference.metrics, key=lambda one: -len(reference.watching(one)))[:SUGGESTED]


def _offered(metrics: Sequence[Metric]) -> list[tuple[Button, ...]]:
    return [(Button(short(one.name, LABEL), made("reading_where", one.id)),) for one in metrics]
