"""Below an answer: that a merchant's authorisation has ended, where the question may have been about that merchant."""

from __future__ import annotations

from collections.abc import Sequence

from bot.channels.telegram.context import Context
from bot.channels.telegram.people import words
from bot.channels.telegram.people.view import name_of
from bot.domain.access import Merchant, team_collection
from bot.domain.answers import Answer
from bot.flows.answers import is_small_talk

NAMED = 3
"""Merchants that are named; of more, only how many there are."""


async def closed_note(answer: Answer, context: Context) -> tuple[str, frozenset[str]]:
    """The sentence, and the collections that its names belong to; empty where there is nothing to say.

    A question that names a closed merchant is told in any case; another one only when it is not answered, because then the
    answer may stand in what is closed.
    """
    ended = await context.ended()
    found = [one for one in ended if one.name in answer.question] or ([] if answer.grounded else list(ended))
    if not found or is_small_talk(answer.question) or not any(c.isalnum() for c in answer.question):
        return "", frozenset()
    language = context.viewer.language
    return words.ANSWER_CLOSED.to(language, merchants=_names(found, language)), frozenset(
        team_collection(one.team) for one in found
    )


def _names(found: Sequence[Merchant], language: str) -> str:
    named = words.LIST.to(language).join(words.QUOTED_NAME.to(language, name=name_of(one.name)) for one in found[:NAMED])
    return named if len(found) <= NAMED else words.AND_MORE.to(language, names=named, n=len(found))
