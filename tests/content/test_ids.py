"""Published ids stay: what `copilot check` says when one is gone, moved, new or used again."""

from __future__ import annotations

from bot.content.ids import Id, check_lock, ids_of, published, read_lock, unlisted
from bot.content.pages import read_page
from bot.content.problem import Problem
from bot.content.yamlfile import YamlFile, read_yaml


def _used(chapter: str = "## 12.1 甲\n## 12.2 乙\n") -> dict[Id, Problem]:
    pages = [
        read_page("chapters/12-a.md", f"---\ntitle: 12\n---\n{chapter}"),
        read_page("cases/laoxu-books.md", "## 情况\n"),
        read_page("notes/b.md", "## 99.1 不归我们管\n"),
    ]
    texts = {
        "metrics.yaml": "metrics:\n  - id: gmv\ninputs:\n  - {id: goal}\n",
        "rules/a.yaml": "- id: N01\n",
        "checklists/before.yaml": "- id: B01\n",
        "glossary.yaml": "- id: no\n",
    }
    files = {path: file for path, text in texts.items() if isinstance(file := read_yaml(path, text), YamlFile)}
    return ids_of(pages, files)


LOCK = "# 说明\nsection 12.1\nsection 12.2\nmetric gmv\ninput goal\nrule N01\nitem B01\ncase laoxu-books\n"


def _said(lock: str, chapter: str = "## 12.1 甲\n## 12.2 乙\n") -> list[str]:
    return [str(problem) for problem in check_lock(read_lock(lock), _used(chapter))]


def test_every_kind_of_id_is_known() -> None:
    assert _said(LOCK) == []
    assert unlisted(read_lock(LOCK), _used()) == []


def test_listed_id_that_is_gone_is_named_with_its_line_in_the_list() -> None:
    assert _said(LOCK, "## 12.1 甲\n") == [
        "ids.lock:3：小节 12.2 已经发布过，不能删除或改号：恢复它，或写上它搬去哪了（section 12.2 -> 新编号）"
    ]


def test_new_id_is_named_where_it_stands() -> None:
    (problem,) = unlisted(read_lock(LOCK.replace("section 12.2\n", "")), _used())
    assert str(problem) == "chapters/12-a.md:5：小节 12.2 还没登记：先运行 copilot check --publish 登记"


def test_id_may_move_once_and_for_good() -> None:
    moved = LOCK + "section 12.9 -> 12.2\nsection 12.8 -> 12.9\n"
    assert _said(moved) == []
    assert _said(LOCK + "section 12.9 -> 12.7\n") == ["ids.lock:9：小节 12.9 写着搬去 12.7，手册里没有 12.7"]
    (said,) = _said(LOCK.replace("section 12.1\n", "section 12.1 -> 12.2\n"))
    assert said == "ids.lock:2：小节 12.1 已经搬去 12.2，这个编号不能再用：给它换一个新编号"


def test_lines_that_are_no_ids_are_named() -> None:
    assert [said[:12] for said in _said(LOCK + "section\nplanet mars\nrule N01\n")] == [
        "ids.lock:9：一",
        "ids.lock:10：",
        "ids.lock:11：",
    ]


def test_publishing_adds_in_order_and_loses_nothing() -> None:
    text = published(read_lock("section 12.10\nsection 12.9 -> 12.2\nrule N07\n"), _used())
    lines = text.splitlines()[1:]
    assert lines == [
        "section 12.1", "section 12.2", "section 12.9 -> 12.2", "section 12.10", "metric gmv", "input goal", "rule N01",
        "rule N07", "item B01", "case laoxu-books",
    ]  # fmt: skip
    assert published(read_lock(text), _used()) == text
