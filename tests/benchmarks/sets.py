"""The development sets as handbooks and questions. Knows their files, nothing about scoring."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.corpus import Asked
from tests.benchmarks.homes import Home, built_in


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSONL file."""
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def passages(data: Path, folder: Path, part: int | None = None) -> Path:
    """The CMRC passages as Markdown files, one each; `part` 0 or 1 takes every other one."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, row in enumerate(rows(data / "cmrc-dev" / "corpus.jsonl")):
        path = folder / f"{row['id']}.md"
        if part in (None, number % 2) and not path.is_file():
            path.write_text(f"# {row['title']}\n\n{row['text']}\n", encoding="utf-8")
    return folder


def passage_questions(data: Path) -> list[Asked]:
    """The CMRC questions; `kind` is "0" or "1", the part of the passages that holds the answer."""
    lines = (data / "cmrc-dev" / "qrels.tsv").read_text(encoding="utf-8").splitlines()
    right = dict(line.split("\t")[:2] for line in lines if line)
    part = {row["id"]: str(number % 2) for number, row in enumerate(rows(data / "cmrc-dev" / "corpus.jsonl"))}
    return [
        Asked(row["id"], row["text"], part[right[row["id"]]], (f"{right[row['id']]}.md",), (tuple(row["answers"]),))
        for row in rows(data / "cmrc-dev" / "queries.jsonl")
    ]


def mixed_questions(data: Path) -> list[Asked]:
    """Questions over the mixed collection that it answers."""
    return [
        Asked(
            row["id"], row["question"], row["kind"], tuple(row["expected_files"]),
            tuple(map(tuple, row["must_contain"])), tuple(row.get("history", ())),
        )
        for row in rows(data / "mixed-dev" / "questions.jsonl")
    ]  # fmt: skip


def plain(path: Path) -> list[Asked]:
    """Questions of which only the text and the kind matter."""
    return [Asked(row["id"], row["question"], row["kind"]) for row in rows(path)]


def home(data: Path, out: Path, name: str) -> Home:
    """The handbook `cmrc`, `cmrc-0`, `cmrc-1` (halves), `mixed` or `built-in`, indexed under `out`."""
    if name == "mixed":
        return Home(data / "mixed-dev" / "docs", out / "mixed")
    if name == "built-in":
        return built_in(out)
    part = int(name[-1]) if name[-1].isdigit() else None
    return Home(passages(data, out / name / "handbook", part), out / name / "data")
