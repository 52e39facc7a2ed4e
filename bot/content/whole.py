"""A handbook as a whole: everything that only shows when pages and YAML are looked at together. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.content.asked import check_asked
from bot.content.figures import check_bounds, check_examples, check_limits, section_texts
from bot.content.glossary import check_glossary
from bot.content.heard import check_heard
from bot.content.ids import Id, ids_of
from bot.content.links import check_names, check_sections, number, rows_of
from bot.content.own_text import check_wording
from bot.content.pages import Number, Page
from bot.content.problem import Problem
from bot.content.read import ASKED, GLOSSARY, HEARD, METRICS, Content
from bot.content.sentences import Sentence, page_sentences, yaml_sentences

# Names and conditions describe an incident; sources and laws are titles.
_NOT_SAID = frozenset(
    {
        "id",
        "section",
        "low_section",
        "name",
        "parts",
        "for",
        "sign",
        "when",
        "recovered",
        "source",
        "lawful",
        "term",
        "also",
        "en",
    }
)


@dataclass(frozen=True)
class Whole:
    """A handbook's curated and other Markdown pages and its YAML.

    `anchors` are the anchors that the reader found, by file: a Word file's sections count as well; `targets` those, and
    ``path#anchor`` pairs, that name one section each.
    """

    pages: Sequence[Page]
    texts: Mapping[str, str]
    content: Content
    anchors: Mapping[str, Collection[str]]
    targets: Collection[str]

    @property
    def numbers(self) -> set[Number]:
        """The number of every section."""
        named = {anchor for found in self.anchors.values() for anchor in found if anchor.replace(".", "").isdecimal()}
        written = {found for page in self.pages for _, found in page.numbers}
        return written | {number(anchor) for anchor in named if all(anchor.split("."))}

    @property
    def ids(self) -> dict[Id, Problem]:
        """Every id in use."""
        return ids_of(self.pages, self.content.files)


def check_whole(whole: Whole) -> Iterator[Problem]:
    """What is wrong with the YAML, between the files, and with what the handbook says in its own voice."""
    content = whole.content
    yield from content.problems
    yield from check_sections([file for path, file in content.files.items() if path != ASKED], whole.numbers)
    yield from check_names(whole.pages, _named(content, METRICS), _named(content, "rules/"))
    yield from _check_figures(whole)
    yield from check_wording(content.wordings, _sentences(whole))
    if GLOSSARY in content.files:
        yield from check_glossary(content.files[GLOSSARY], whole.texts, content.wordings)
    if HEARD in content.files:
        yield from check_heard(content.files[HEARD], content.hearing, content.metrics, content.rules)
    if ASKED in content.files:
        yield from check_asked(content.files[ASKED], whole.targets)


def _named(content: Content, path: str) -> set[str]:
    """The ids of all rows of one file or folder, also of those in which something is wrong: one mistake is one complaint."""
    files = [file for name, file in content.files.items() if name.startswith(path)]
    return {str(row.get("id")) for file in files for _, row in rows_of(file)}


def _check_figures(whole: Whole) -> Iterator[Problem]:
    content, texts = whole.content, section_texts(whole.pages)
    yield from check_limits(content.under("rules"), content.rules, content.metrics.units, texts)
    yield from check_bounds(content.under("checklists"), content.items, texts)
    if METRICS in content.files:
        yield from check_examples(content.files[METRICS], content.metrics.metrics, texts)


def _sentences(whole: Whole) -> Iterator[Sentence]:
    for page in whole.pages:
        if page.curated:
            yield from page_sentences(page)
    content = whole.content
    glossary = [file for path, file in content.files.items() if path == GLOSSARY]
    for file in (*content.under("rules"), *content.under("checklists"), *glossary):
        yield from yaml_sentences(file, without=_NOT_SAID, lead="stance")
