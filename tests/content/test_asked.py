"""What `copilot check` says about the wordings that people ask by."""

from __future__ import annotations

import pytest

from bot.content.asked import check_asked
from bot.content.yamlfile import YamlFile, read_yaml

TARGETS = {"12.1", "12.2", "chapters/12-monitoring.md#12.1"}


def _said(text: str) -> list[str]:
    file = read_yaml("asked.yaml", text)
    assert isinstance(file, YamlFile)
    return [str(problem) for problem in check_asked(file, TARGETS)]


def test_wordings_of_known_sections_are_in_order() -> None:
    assert _said('"12.1":\n  - 人跑了咋办\n"12.2":\n  - 没人进来\n"chapters/12-monitoring.md#12.1":\n  - 掉人\n') == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- 人跑了", "asked.yaml:1：要一行一节"),
        ('"12.1":\n  - 甲\n"99.1":\n  - 乙', "asked.yaml:3：手册里没有 99.1 这一节"),
        ("12.1:\n  - 甲", 'asked.yaml:1：小节编号要加引号，写成 "12.1"'),
        ('"12.1": 甲', "asked.yaml:1：12.1：下面要写成列表"),
        ('"12.1":\n  - 3', "asked.yaml:1：12.1：下面要写成列表"),
        ('"12.1":\n  - 人跑了\n"12.2":\n  - 人跑了？', "asked.yaml:4：「人跑了？」在 12.1 已经写过"),
        ('"12.1":\n  - 人跑了\n  - 人跑了！', "asked.yaml:3：「人跑了！」在这一节里已经写过"),
        ('"12.1":\n  - "？"', "asked.yaml:2：问法要有内容"),
        (f'"12.1":\n  - {"长" * 201}', "asked.yaml:2：问法要有内容"),
    ],
)
def test_each_mistake_is_named_with_its_line(text: str, said: str) -> None:
    assert any(line.startswith(said) for line in _said(text))
