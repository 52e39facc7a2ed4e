"""What the tests of the search share: the real model, and a small handbook in a library of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.find import Finder
from knowledge.library import Library
from tests.knowledge import kit

WATCH = """# 12 盯盘

盯盘看三件事。

## 12.1 在线人数掉了

先看进人流速，再看停留。

1. 场控报数
2. 主播换款
3. 中控弹券

## 12.2 停留低怎么办

停留低于 30 秒时，先换开场话术，再发福袋。

## 12.3 停留怎么算

停留时长 = 总观看时长 ÷ 场观。
"""
SALES = """# 15 售后

## 15.1 退货怎么处理

七天内无理由退货，运费由买家承担。

## 15.2 发票开给谁

发票开给付款的人，三个工作日内寄出。
"""


@pytest.fixture
def counting() -> kit.CountingEncoder:
    return kit.CountingEncoder()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return kit.write(tmp_path / "handbook", {"watch.md": WATCH, "sales.md": SALES})


@pytest.fixture
def library(tmp_path: Path, counting: kit.CountingEncoder) -> Iterator[Library]:
    opened = Library(tmp_path / "index", counting)  # type: ignore[arg-type]
    yield opened
    opened.close()


@pytest.fixture
def filled(library: Library, source: Path) -> Library:
    """A library with the small handbook in it, vectors and all."""
    library.read("handbook", source)
    library.fill("handbook")
    return library


@pytest.fixture
def finder(filled: Library) -> Finder:
    return Finder(filled)


@pytest.fixture(scope="session")
def handbook() -> Library:
    return kit.handbook()
