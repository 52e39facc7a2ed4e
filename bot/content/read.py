"""A handbook folder's YAML, read whole: metrics, rules, items, glossary, words. The only file here with I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.content.checklists import read_items
from bot.content.glossary import read_glossary
from bot.content.heard import Hearing, read_heard
from bot.content.metrics import Metrics, read_metrics
from bot.content.problem import Problem
from bot.content.rules import read_rules
from bot.content.sources import read_sources
from bot.content.wording import read_wording
from bot.content.yamlfile import YamlFile, read_yaml
from bot.domain.checklists import Item
from bot.domain.nudges import Rule
from bot.domain.sources import Source
from bot.domain.wording import Wording
from knowledge.decode import decode
from knowledge.glossary import Glossary

METRICS, RULES, CHECKLISTS, GLOSSARY, WORDING, ASKED, SOURCES, HEARD = (
    "metrics.yaml", "rules/*.yaml", "checklists/*.yaml", "glossary.yaml", "wording.yaml", "asked.yaml", "sources/*.yaml",
    "heard.yaml",
)  # fmt: skip
_MISSPELT = ("*.yml", "rules/*.yml", "checklists/*.yml", "sources/*.yml")


@dataclass(frozen=True)
class Content:
    """What a folder's YAML holds; what it does not have is empty.

    `files` are all files that could be read, by path, with the line of every value; `problems` is what is wrong inside each.
    """

    metrics: Metrics = field(default_factory=Metrics)
    rules: tuple[Rule, ...] = ()
    items: tuple[Item, ...] = ()
    glossary: Glossary = field(default_factory=Glossary)
    wordings: tuple[Wording, ...] = ()
    sources: tuple[Source, ...] = ()
    hearing: Hearing = field(default_factory=Hearing)
    files: Mapping[str, YamlFile] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def under(self, folder: str) -> list[YamlFile]:
        """The files of one folder, such as `rules`, by name."""
        return [file for path, file in self.files.items() if path.startswith(f"{folder}/")]


def read_content(folder: Path) -> Content:
    """Everything that the YAML of a handbook folder says; what is wrong becomes a problem with file and line."""
    files: dict[str, YamlFile] = {}
    problems: list[Problem] = []
    for pattern in (METRICS, RULES, CHECKLISTS, GLOSSARY, WORDING, ASKED, SOURCES, HEARD):
        for path in sorted(folder.glob(pattern)):
            found = read_file(path, path.relative_to(folder).as_posix())
            if isinstance(found, Problem):
                problems.append(found)
            else:
                files[found.path] = found
    for path in (path for pattern in _MISSPELT for path in sorted(folder.glob(pattern))):
        problems.append(Problem(path.relative_to(folder).as_posix(), 1, "没有读这个文件：请把结尾改成 .yaml"))
    return _content(files, problems)


def read_file(path: Path, name: str) -> YamlFile | Problem:
    """One file by the name that complaints give it; what cannot be read becomes a problem, never an exception."""
    try:
        text = decode(path.read_bytes())
    except OSError as error:
        return Problem(name, 1, f"打不开（{error.strerror}）。请检查权限后再试")
    return Problem(name, 1, "不是文本文件，请存成 UTF-8") if text is None else read_yaml(name, text)


def _content(files: Mapping[str, YamlFile], problems: list[Problem]) -> Content:
    metrics, found = read_metrics(files[METRICS]) if METRICS in files else (Metrics(), [])
    rules, items = Content(files=files).under("rules"), Content(files=files).under("checklists")
    read, wrong = _rules(rules, metrics, known=METRICS in files)
    listed, unlisted = read_items(items)
    glossary, misread = read_glossary(files[GLOSSARY]) if GLOSSARY in files else (Glossary(), [])
    wordings, unworded = read_wording(files[WORDING]) if WORDING in files else ((), [])
    sources, unsourced = read_sources(Content(files=files).under("sources"), metrics)
    hearing, unheard = read_heard(files[HEARD]) if HEARD in files else (Hearing(), [])
    problems += [*found, *wrong, *unlisted, *misread, *unworded, *unsourced, *unheard]
    return Content(metrics, read, listed, glossary, wordings, sources, hearing, files, tuple(sorted(problems)))


def _rules(files: Sequence[YamlFile], metrics: Metrics, *, known: bool) -> tuple[tuple[Rule, ...], list[Problem]]:
    if files and not known:
        return (), [file.problem("规则要读指标：先写好 metrics.yaml，再查规则") for file in files]
    return read_rules(files, metrics)
