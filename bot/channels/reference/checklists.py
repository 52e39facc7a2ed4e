"""Checklists as they stand in the handbook: which kind of session, then before, during and after, page by page."""

from __future__ import annotations

from collections.abc import Sequence

from bot.channels.reference import words
from bot.channels.reference.view import Goal, Link, Target, View, bold, in_rows, line
from bot.domain.checklists import Evidence, Item, Stage, Variant
from bot.domain.messages import Part, Style
from bot.flows.reference import Reference

PAGE = 8
"""Items a page where nothing else is said: what a phone shows without much scrolling."""

_NOWHERE = Link("·", None)


def variants(language: str, above: str = "") -> View:
    """The kinds of session to choose from."""
    parts = (Part(above or words.WHICH_VARIANT.to(language)),)
    example = words.CHECKLISTS_HOW.to(language, name=words.VARIANTS[Variant.CAMPAIGN].zh)
    links = [Link(name.to(language), target_of(variant, Stage.BEFORE)) for variant, name in words.VARIANTS.items()]
    return View((*parts, Part(f"\n{example}", Style.ITALIC)), in_rows(links, 2), Target(Goal.VARIANTS))


def page(reference: Reference, target: Target, language: str, size: int = PAGE) -> View | None:
    """One page (from 0; the last one if there are fewer) of a list, with `size` items; None when the target names no list."""
    named = _read_key(target.key)
    if named is None:
        return None
    variant, stage = named
    items = reference.checklist(variant, stage).items
    pages = max(1, -(-len(items) // size))
    number = min(target.number, pages - 1)
    shown = items[number * size : (number + 1) * size]
    title = words.CHECKLIST.to(
        language, variant=words.VARIANTS[variant].to(language), stage=words.STAGES[stage].to(language), count=len(items)
    )
    parts = [bold(title)]
    parts += _items(shown, variant, number * size, language) if shown else [Part(f"\n\n{words.NO_ITEMS.to(language)}")]
    parts += _legend(shown, language)
    return View(tuple(parts), _rows(variant, stage, number, pages, language), target_of(variant, stage, number))


def target_of(variant: Variant, stage: Stage, number: int = 0) -> Target:
    """The place of one page of a list."""
    return Target(Goal.CHECKLIST, f"{variant.value}.{stage.value}", number)


def _read_key(key: str) -> tuple[Variant, Stage] | None:
    variant, _, stage = key.partition(".")
    known = variant in set(Variant) and stage in set(Stage)
    return (Variant(variant), Stage(stage)) if known else None


def _items(items: Sequence[Item], variant: Variant, before: int, language: str) -> list[Part]:
    """The items under their times, numbered through the whole list."""
    parts: list[Part] = []
    time = ""
    for number, item in enumerate(items, before + 1):
        due = item.due[variant]
        if (said := words.due(due.seconds, due.from_end, due.every, language)) != time:
            parts += [Part("\n\n"), bold(said)]
            time = said
        lock = "🔒 " if item.blocking else ""
        parts.append(Part(f"\n{number}. {lock}{line(item.text)}"))
        parts += [Part(f"（{line(item.role)}）", Style.ITALIC), Part(_evidence(item))]
    return parts


def _evidence(item: Item) -> str:
    if item.evidence is Evidence.NONE:
        return ""
    mark, _ = words.EVIDENCE[item.evidence]
    return f"{mark} {line(item.number)}".rstrip()


def _legend(items: Sequence[Item], language: str) -> list[Part]:
    used = {item.evidence for item in items}
    said = [words.BLOCKING.to(language)] if any(item.blocking for item in items) else []
    said += [meaning.to(language) for evidence, (_, meaning) in words.EVIDENCE.items() if evidence in used]
    return [Part("\n\n"), Part(" · ".join(said), Style.ITALIC)] if said else []


def _rows(variant: Variant, stage: Stage, number: int, pages: int, language: str) -> tuple[tuple[Link, ...], ...]:
    turning: tuple[Link, ...] = ()
    if pages > 1:
        earlier = Link(words.PREVIOUS_PAGE.to(language), target_of(variant, stage, number - 1)) if number else _NOWHERE
        later = Link(words.NEXT_PAGE.to(language), target_of(variant, stage, number + 1)) if number + 1 < pages else _NOWHERE
        turning = (earlier, Link(f"{number + 1}/{pages}", None), later)
    stages = tuple(
        Link(f"· {name.to(language)} ·", None) if each is stage else Link(name.to(language), target_of(variant, each))
        for each, name in words.STAGES.items()
    )
    back = (Link(words.OTHER_VARIANT.to(language), Target(Goal.VARIANTS)),)
    return tuple(row for row in (turning, stages, back) if row)
