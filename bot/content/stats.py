"""How well a handbook covers its field, as tables of its chapters, metrics, rules, checklists, cases, glossary, words. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.content.cases import sections
from bot.content.figures import section_texts
from bot.content.links import number, rows_of
from bot.content.read import GLOSSARY
from bot.content.whole import Whole
from bot.domain.checklists import Stage, Variant, checklist
from bot.domain.nudges import Severity

Cell = str | int | bool


@dataclass(frozen=True, slots=True)
class Table:
    """One table: `name` and `columns` are keys for what the person reads, rows as long as columns."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def to_json(self) -> list[dict[str, Cell]]:
        """One mapping a row."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def tables(whole: Whole) -> tuple[Table, ...]:
    """All tables in the order in which they are read; one without rows is there as well."""
    made = (_chapters, _metrics, _rules, _rule_list, _checklists, _cases, _glossary, _heard, _unreferenced)
    return tuple(make(whole) for make in made)


def _chapters(whole: Whole) -> Table:
    rows = []
    for page in (page for page in whole.pages if page.path.startswith("chapters/")):
        count = sum(len(found) > 1 for _, found in page.numbers)
        characters = sum(not character.isspace() for _, line in page.lines for character in line)
        rows.append((page.path, _text(page.meta.get("title")), count, characters))
    return Table("chapters", ("file", "title", "sections", "characters"), tuple(rows))


def _metrics(whole: Whole) -> Table:
    rules = whole.content.rules
    rows = [
        (one.id, one.name, one.section, one.low_section, " ".join(rule.id for rule in rules if one.id in rule.when.names))
        for one in whole.content.metrics.metrics
    ]
    return Table("metrics", ("id", "name", "section", "low_section", "rules"), tuple(rows))


def _rules(whole: Whole) -> Table:
    counts = Counter((rule.group, rule.severity.value) for rule in whole.content.rules)
    groups = dict.fromkeys(rule.group for rule in whole.content.rules)
    rows = ((group, severity.value, counts[group, severity.value]) for group in groups for severity in reversed(tuple(Severity)))
    return Table("rules", ("group", "severity", "count"), tuple(row for row in rows if row[-1]))


def _rule_list(whole: Whole) -> Table:
    rows = tuple((one.id, one.name, one.group, one.severity.value, one.section, one.who) for one in whole.content.rules)
    return Table("rule_list", ("id", "name", "group", "severity", "section", "who"), rows)


def _checklists(whole: Whole) -> Table:
    rows = []
    for stage in Stage:
        for variant in Variant:
            items = checklist(whole.content.items, variant, stage).items
            if items:
                rows.append((stage.value, variant.value, len(items), sum(item.blocking for item in items)))
    return Table("checklists", ("stage", "variant", "items", "blocking"), tuple(rows))


def _cases(whole: Whole) -> Table:
    rows = []
    for page in (page for page in whole.pages if page.path.startswith("cases/")):
        problem = page.meta.get("problem")
        said = " ".join(map(str, problem)) if isinstance(problem, list) else ""
        rows.append((page.path, _text(page.meta.get("category")), said, page.meta.get("teaching") is True))
    return Table("cases", ("file", "category", "problem", "teaching"), tuple(rows))


def _glossary(whole: Whole) -> Table:
    file = whole.content.files.get(GLOSSARY)
    rows = [row for _, row in rows_of(file)] if file else []
    total = ((len(rows), sum(bool(row.get("stance")) for row in rows)),) if rows else ()
    return Table("glossary", ("terms", "with_stance"), total)


def _heard(whole: Whole) -> Table:
    """What is listened for, by group: patterns as they are written, variants and exceptions, with those of the whole group."""
    hearing = whole.content.hearing
    groups = {one.term.group.id: one.term.group for one in (*hearing.speech, *hearing.comments)}
    rows = []
    for group in groups.values():
        own = [one for one in (*hearing.speech, *hearing.comments) if one.term.group.id == group.id]
        unless = {(one.term.id if pattern not in own[0].unless else "", pattern) for one in own for pattern in one.unless}
        counts = (sum(len(one.patterns) for one in own), sum(len(one.variants) for one in own), len(unless))
        rows.append((group.name, group.rule, group.input, *counts))
    return Table("heard", ("group", "rule", "input", "patterns", "variants", "exceptions"), tuple(rows))


def _unreferenced(whole: Whole) -> Table:
    """Sections that no rule, no item and no case leads to."""
    pointing = set(_pointing(whole))
    rows = []
    for page in (page for page in whole.pages if page.path.startswith("chapters/")):
        for key, section in section_texts([page]).items():
            if key not in pointing:
                rows.append((f"{key[0]:02d}.{key[1]}", section.text.partition("\n")[0].lstrip("# ").partition(" ")[2], page.path))
    return Table("unreferenced", ("section", "title", "file"), tuple(rows))


def _pointing(whole: Whole) -> Iterator[Any]:
    yield from (number(rule.section) for rule in whole.content.rules)
    yield from (number(item.section) for item in whole.content.items)
    yield from (number(name) for page in whole.pages if page.path.startswith("cases/") for name in sections(page))


def _text(value: object) -> str:
    return "" if value is None else str(value)
