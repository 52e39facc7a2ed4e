"""What must hold in `asked.yaml`: every target is a section, and one question leads to one section."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from bot.content.problem import Problem
from bot.content.yamlfile import YamlFile
from knowledge.asked import LONGEST
from knowledge.lexical import fold


def check_asked(file: YamlFile, targets: Collection[str]) -> Iterator[Problem]:
    """Everything wrong with the file; `targets` are the anchors and ``path#anchor`` pairs that name one section each."""
    if not isinstance(file.data, dict):
        yield file.problem('要一行一节：「"12.1":」，下面每行以「- 」写一种问法')
        return
    first: dict[str, str] = {}
    for target, questions in file.data.items():
        if not isinstance(target, str):
            yield file.problem(f'小节编号要加引号，写成 "{target}"', target)
        elif target not in targets:
            yield file.problem(f"手册里没有 {target} 这一节，或者几个文件里都有（那就写成 文件#编号）", target)
        if not isinstance(questions, list) or not all(isinstance(question, str) for question in questions):
            yield file.problem(f"{target}：下面要写成列表，每行以「- 」开头", target)
            continue
        for number, question in enumerate(questions):
            yield from _question(file, first, str(target), number, question)


def _question(file: YamlFile, first: dict[str, str], target: str, number: int, question: str) -> Iterator[Problem]:
    same = fold("".join(c for c in question if c.isalnum()))
    if not same or len(question) > LONGEST:
        yield file.problem(f"问法要有内容，最长 {LONGEST} 个字", target, number)
    elif same in first:
        where = "这一节里" if first[same] == target else f" {first[same]} "
        yield file.problem(f"「{question}」在{where}已经写过：一种问法只归一节", target, number)
    first.setdefault(same, target)
