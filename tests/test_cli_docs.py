"""The README says what is there: every command, only settings that exist, the contract's fields."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from bot.__main__ import app
from bot.commands.audit import audit
from bot.commands.batch import Question, to_json
from bot.commands.export import export
from bot.config import BUILT_IN_HANDBOOK, Settings, setting_name
from bot.content.read import read_content
from bot.domain.answers import Answer, Citation, Verdict

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.zh-CN.md")
PAGES = (*READMES, "docs/commands.md", "bot/README.md", "CONTRIBUTING.md")


@pytest.mark.parametrize("name", READMES)
def test_readme_lists_every_command(name: str) -> None:
    listed = re.findall(r"^\| `copilot (\w+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
    there = [str(command.name or getattr(command.callback, "__name__", "")) for command in app.registered_commands]
    there += [str(group.name) for group in app.registered_groups]
    assert sorted(listed) == sorted(there)


def test_commands_page_says_all_of_people_merchants_and_groups_and_nothing_else() -> None:
    text = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
    section = text.partition("\n## People, merchants and groups\n")[2].partition("\n## ")[0]
    rows = [line.split(" | ")[0] for line in section.splitlines() if line.startswith("| `")]
    written = {found for row in rows for found in re.findall(r"`([^`]+)`", row)}
    there: dict[str, set[str]] = {}
    for group in app.registered_groups:
        for command in group.typer_instance.registered_commands if group.typer_instance else ():
            there[f"{group.name} {command.name}"] = _options(command.callback)
        bare = group.typer_instance.registered_callback if group.typer_instance else None
        if group.name == "invite" and bare:
            there["invite"] = _options(bare.callback)
    there |= {name: _options(function) for name, function in {"audit": audit, "export": export}.items()}
    said: dict[str, set[str]] = {}
    for one in written:
        name = " ".join(word for word in one.split("--")[0].replace("[", "").split() if word.islower())
        said.setdefault(name, set()).update(re.findall(r"--[a-z]+", one))
    assert said == {name: options - {"--data", "--json"} for name, options in there.items() if not name.startswith("library")}


def _options(function: Any) -> set[str]:
    """What a command takes behind `--`."""
    hints = get_type_hints(function, include_extras=True)
    given = [word for hint in hints.values() for extra in getattr(hint, "__metadata__", ()) for word in _written(extra)]
    return {word for word in given if word.startswith("--")}


def _written(extra: Any) -> list[str]:
    return [
        word for word in (getattr(extra, "default", None), *(getattr(extra, "param_decls", None) or ())) if isinstance(word, str)
    ]


@pytest.mark.parametrize("name", PAGES)
def test_pages_name_only_settings_that_exist(name: str) -> None:
    named = set(re.findall(r"\b(?:COPILOT|TELEGRAM)_[A-Z_]+\b", (ROOT / name).read_text(encoding="utf-8")))
    assert named <= set(map(setting_name, Settings.model_fields))


@pytest.mark.parametrize("name", READMES)
def test_example_row_has_the_fields_that_are_written(name: str) -> None:
    (example,) = re.findall(r"```json\n(.+?)\n```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)
    shown = json.loads(example)
    citation = Citation("k", "d", "t", "s", "a", None, 0.5, "q")
    written = to_json(Question(1, "?"), Answer("?", Verdict.ANSWERED, "!", (citation,)), 1.0)
    assert list(shown) == list(written)
    assert list(shown["citations"][0]) == list(written["citations"][0])


def test_house_on_paper_is_the_house() -> None:
    tree = (ROOT / "bot/README.md").read_text(encoding="utf-8").split("```")[1]
    drawn = set(re.findall(r"^  (\w+)(?:\.py|/)", tree, re.MULTILINE))
    there = {path.stem for path in (ROOT / "bot").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert drawn == there - {"__init__"}


def test_files_that_contributors_are_sent_to_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:bot|knowledge|tests|docs)/[\w./-]+|[\w.-]+\.(?:md|toml)|\.env\.example)`", text)
    named = [path for path in named if "NAME" not in path]
    assert len(named) > 10
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("name", PAGES)
def test_links_between_pages_lead_somewhere(name: str) -> None:
    page = ROOT / name
    text = re.sub(r"`[^`\n]*`", "", page.read_text(encoding="utf-8"))
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_readmes_say_the_same_in_both_languages() -> None:
    english, chinese = ((ROOT / name).read_text(encoding="utf-8") for name in READMES)
    for pattern in (r"^```\w*$", r"^## ", r"^\|", r"^\d\. "):
        assert len(re.findall(pattern, english, re.MULTILINE)) == len(re.findall(pattern, chinese, re.MULTILINE))


@pytest.mark.parametrize(("name", "asked"), [("README.md", "why did conversion drop"), ("README.zh-CN.md", "为什么转化掉了")])
def test_readme_says_how_a_group_asks(name: str, asked: str) -> None:
    line = next(line for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if line.startswith("|") and asked in line)
    assert "/ask" in line


def test_a_whole_file_is_sent_as_it_is() -> None:
    """curl's -d takes the line breaks out of a file."""
    text = (ROOT / "docs/intake.md").read_text(encoding="utf-8")
    assert "--data-binary @" in text and not re.search(r"-d @", text)


def test_the_page_of_effects_names_every_rule_about_the_law() -> None:
    lawful = sorted(one.id for one in read_content(BUILT_IN_HANDBOOK).rules if one.group == "合规")
    said = f"({lawful[0]}–{lawful[-1]}, and any with `lawful`)"
    assert said in (ROOT / "docs/effects.md").read_text(encoding="utf-8")
