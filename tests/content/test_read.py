"""Reading a folder's YAML: what is there is read, what is not is empty, what is broken is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import BUILT_IN_HANDBOOK
from bot.content.problem import Problem
from bot.content.read import Content, read_content
from bot.content.yamlfile import read_yaml
from tests.stopwatch import stopwatch


def _write(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        path = folder / name.replace("__", "/").replace("_yml", ".yml").replace("_yaml", ".yaml")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_built_in_content_is_read_whole() -> None:
    content = read_content(BUILT_IN_HANDBOOK)
    assert content.problems == ()
    assert len(content.metrics.metrics) == 42 and len(content.rules) >= 44 and content.items and content.wordings
    assert len(content.glossary.terms) == len(content.files["glossary.yaml"].data)


def test_folder_without_yaml_is_empty_content(tmp_path: Path) -> None:
    assert read_content(tmp_path) == Content()


def test_broken_file_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    _write(tmp_path, metrics_yaml="metrics: [", glossary_yaml="- term: 在线\n")
    (tmp_path / "wording.yaml").write_bytes(b"\x00\xff\xfe\x00" * 50)
    content = read_content(tmp_path)
    assert [problem.path for problem in content.problems if "合法" in problem.text or "文本" in problem.text] == [
        "metrics.yaml", "wording.yaml",
    ]  # fmt: skip
    assert content.glossary.terms[0].term == "在线"


def test_rules_without_metrics_are_said_once(tmp_path: Path) -> None:
    content = read_content(_write(tmp_path, rules__a_yaml="- id: N01\n- id: N02\n"))
    assert [str(problem) for problem in content.problems] == ["rules/a.yaml:1：规则要读指标：先写好 metrics.yaml，再查规则"]


def test_other_ending_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    content = read_content(_write(tmp_path, glossary_yml="- term: 在线\n", rules__a_yml="[]"))
    assert [problem.path for problem in content.problems] == ["glossary.yml", "rules/a.yml"]
    assert content.problems[0].text == "没有读这个文件：请把结尾改成 .yaml"


def test_file_that_cannot_be_opened_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", closed)
    content = read_content(_write(tmp_path, glossary_yaml="[]"))
    assert [str(problem) for problem in content.problems] == ["glossary.yaml:1：打不开（Permission denied）。请检查权限后再试"]


@pytest.mark.parametrize(
    "text", ["[" * 200_000, "- " * 100_000, "{a: " * 50_000, "\ud800: 1", "- &a [*a, *a]\n" * 50_000], ids=range(5)
)
def test_a_hostile_file_is_one_complaint_within_seconds(text: str) -> None:
    with stopwatch() as watch:
        found = read_yaml("metrics.yaml", text)
    assert isinstance(found, Problem) and found.line == 1
    assert watch.seconds < 3
