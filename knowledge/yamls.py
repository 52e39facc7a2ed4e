"""A handbook's own YAML, read without trusting it: no aliases, no endless nesting, no half characters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml


def _plain(base: Any) -> Any:
    """A safe loader to which 2026-13-45 is a text and not a date that there is not."""
    resolvers = {
        first: [(tag, form) for tag, form in forms if tag != "tag:yaml.org,2002:timestamp"]
        for first, forms in base.yaml_implicit_resolvers.items()
    }
    return type("Plain", (base,), {"yaml_implicit_resolvers": resolvers})


EXACT: Any = _plain(yaml.SafeLoader)
FAST: Any = _plain(getattr(yaml, "CSafeLoader", yaml.SafeLoader))
"""libyaml reads ten times faster; not every build has it, and it refuses some odd texts that EXACT takes."""
DEEPEST = 30
"""Levels of nesting: nobody's word list has five, and a loader that calls itself dies of a hundred thousand."""


class Unfit(ValueError):
    """This text is not read; the message says why in one sentence, `line` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def load(text: str, loader: Any = FAST) -> Any:
    """Plain data: dict, list, str, int, float, bool, None; a date is a text. Raises Unfit.

    A few nested aliases can stand for more than the memory holds, so there are none.
    """
    line = 1
    try:
        for event in events(text, loader):
            if isinstance(event, yaml.AliasEvent):
                raise Unfit("不支持 YAML 的引用", line_of(event))
        return yaml.load(_whole(text), Loader=loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise Unfit("不是合法的 YAML", mark.line + 1 if mark else line) from error
    except Unfit:
        raise
    except (ValueError, TypeError, RecursionError) as error:
        raise Unfit("有写错的值", line) from error


def read(path: Path) -> Any:
    """The data of a file; None when there is none or it cannot be read (`copilot check` says why)."""
    try:
        return load(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, Unfit):
        return None


def events(text: str, loader: Any) -> Iterator[yaml.Event]:
    """What the text consists of, one by one, as far as it is not nested too deep. Raises Unfit, YAMLError, ValueError."""
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise Unfit("嵌套得太深", line_of(event))
        if isinstance(event, yaml.ScalarEvent) and any("\ud800" <= c <= "\udfff" for c in event.value):
            raise Unfit("里面有半个字符", line_of(event))
        yield event


def line_of(event: yaml.Event) -> int:
    """Where it begins, from 1."""
    return event.start_mark.line + 1 if event.start_mark else 1


def _whole(text: str) -> str:
    """Surrogates cannot be encoded, and libyaml encodes what it gets."""
    return text.encode("utf-8", "replace").decode("utf-8")
