"""Presses on proposals to change rules: the week's page, one trial, taking it or doing without. In private only."""

from __future__ import annotations

from collections.abc import Mapping

from bot.channels import suggestion_words as words
from bot.channels.people_words import worded
from bot.channels.rule_view import place_name
from bot.channels.suggestion_view import suggestion_page, trial_page, weekly_message
from bot.channels.telegram.context import Context
from bot.channels.telegram.people.view import Page
from bot.channels.telegram.presses import Deal, Press
from bot.channels.telegram.rules.pages import place_at, show, waiting_at
from bot.domain.messages import text
from bot.errors import NotFound, Refused
from bot.flows.own_rules import SheetWrong
from bot.flows.suggestions import SuggestionDesk


def desk_of(context: Context) -> SuggestionDesk:
    """What is done to proposals."""
    return context.parts.floor.suggestions


async def waiting(press: Press, context: Context) -> str:
    """Those that wait at a place."""
    place, language = await place_at(press.action.fields["place"], context), context.viewer.language
    title = words.HEAD.to(language, team=place_name(place, language))
    found = await waiting_at(place, context)
    return await show(press, context, Page(suggestion_page(title, found, context.parts.gate.now(), language)))


async def week(press: Press, context: Context) -> str:
    """The week's message, as things stand now."""
    return await _week(press, context, "")


async def trial(press: Press, context: Context) -> str:
    """What the replay came to."""
    parts = context.parts
    found = await desk_of(context).evidence(context.actor, press.action.fields["proposal"])
    return await show(press, context, Page(trial_page(found, parts.gate.now(), parts.zone, context.viewer.language)))


async def adopt(press: Press, context: Context) -> str:
    """Take one."""
    language = context.viewer.language
    try:
        taken, number = await desk_of(context).adopt(context.actor, press.action.fields["proposal"])
    except Refused as error:
        return await _refused(error, press, context)
    place = await context.parts.floor.rules.place(context.actor, taken.suggestion.team, taken.suggestion.merchant)
    return await _week(press, context, words.ADOPTED.to(language, name=place_name(place, language), number=number))


async def decline(press: Press, context: Context) -> str:
    """Do without one."""
    try:
        await desk_of(context).decline(context.actor, press.action.fields["proposal"])
    except Refused as error:
        return await _refused(error, press, context)
    return await _week(press, context, words.DECLINED.to(context.viewer.language))


async def _refused(error: Refused, press: Press, context: Context) -> str:
    """Say why not, and show how things stand: somebody else may have decided. Raises Refused to whoever may not see that."""
    if isinstance(error, SheetWrong):
        raise error
    return await _week(press, context, worded(error, context.viewer.language))


def _for_readers(deal: Deal) -> Deal:
    """Whoever may decide no more, or never could, keeps neither the figures nor the buttons: the message becomes the reason.

    In a group nothing changes: no proposal was ever sent there.
    """

    async def dealt(press: Press, context: Context) -> str:
        try:
            return await deal(press, context)
        except (NotFound, Refused) as error:
            if not context.viewer.private or isinstance(error, SheetWrong):
                raise
            reason = worded(error, context.viewer.language)
            return await show(press, context, Page(text(reason), toast=reason))

    return dealt


async def _week(press: Press, context: Context, toast: str) -> str:
    found = await desk_of(context).week(context.actor, press.action.fields["proposal"])
    message = weekly_message(found, context.parts.gate.now(), context.viewer.language)
    return await show(press, context, Page(message, toast=toast))


DEALS: Mapping[str, Deal] = {
    "pr_open": waiting,
    **{
        name: _for_readers(deal)
        for name, deal in {"pr_week": week, "pr_show": trial, "pr_adopt": adopt, "pr_decline": decline}.items()
    },
}  # fmt: skip
"""What each button of a proposal does."""
