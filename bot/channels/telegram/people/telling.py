"""What is told to people who did not ask: each in private, in their own language, once."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bot.channels.telegram.context import Context, Parts
from bot.channels.telegram.render import Rows
from bot.channels.words import Phrase
from bot.domain.messages import Button, text


async def tell(
    context: Context,
    key: str,
    people: Collection[str],
    phrase: Phrase,
    values: Mapping[str, object],
    collections: Collection[str],
    button: tuple[Phrase, str] | None = None,
) -> None:
    """Write to each of these people. What among `values` differs between languages is called with one.

    `key` tells this from every other telling; the same again is sent to nobody twice.
    """
    await tell_unasked(context.parts, key, people, phrase, values, collections, button)


async def tell_unasked(
    parts: Parts,
    key: str,
    people: Collection[str],
    phrase: Phrase,
    values: Mapping[str, object],
    collections: Collection[str],
    button: tuple[Phrase, str] | None = None,
) -> None:
    """The same where nobody did anything in a chat: the clock did."""
    languages = await parts.gate.people.languages(*people)
    for person in people:
        language = languages.get(person, parts.language)
        said = {name: value(language) if callable(value) else value for name, value in values.items()}
        rows: Rows = ((Button(button[0].to(language), button[1]),),) if button else ()
        await parts.send(f"{key}:{person}", person, text(phrase.to(language, **said), *rows), collections=collections)
