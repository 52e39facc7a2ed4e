"""What `copilot check` says about names that lead nowhere."""

from __future__ import annotations

import pytest

from bot.content.links import check_names, check_sections
from bot.content.pages import read_page
from bot.content.yamlfile import YamlFile, read_yaml


def _sections(path: str, text: str) -> list[str]:
    file = read_yaml(path, text)
    assert isinstance(file, YamlFile)
    return [str(problem) for problem in check_sections([file], {(12, 1), (2, 8)})]


def _names(body: str, path: str = "chapters/12-a.md", head: str = "title: 甲") -> list[str]:
    page = read_page(path, f"---\n{head}\n---\n{body}\n")
    return [str(problem) for problem in check_names([page], {"online_now", "goal"}, {"N01"})]


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("rules/a.yaml", '- id: N01\n  section: "12.9"\n', "rules/a.yaml:2：手册里没有 12.9 这一节"),
        (
            "metrics.yaml",
            'metrics:\n  - id: gmv\n    section: "12.1"\n    low_section: "17.9"\n',
            "metrics.yaml:4：手册里没有 17.9 这一节",
        ),
        ("checklists/before.yaml", '- {id: B01, section: "03.1"}\n', "checklists/before.yaml:1：手册里没有 03.1 这一节"),
        ("glossary.yaml", '- term: 憋单\n  section: "12.1"\n  stance: 不行（14.7）。\n', "glossary.yaml:3：stance 里的 14.7"),
        ("wording.yaml", '- id: W01\n  section: "14.2"\n', "wording.yaml:2：手册里没有 14.2 这一节"),
    ],
)
def test_section_that_is_not_there_is_named_with_its_line(path: str, text: str, said: str) -> None:
    (found,) = _sections(path, text)
    assert found.startswith(said)


def test_padded_and_plain_numbers_are_the_same_section() -> None:
    assert _sections("rules/a.yaml", '- section: "02.8"\n- section: "12.01"\n') == []


def test_metric_or_rule_that_is_not_there_is_named_where_it_is_written() -> None:
    assert _names("看 `online_now` 和 `goal`，规则 N01。") == []
    assert _names("看 `onlin_now`。") == [
        "chapters/12-a.md:4：`onlin_now` 不是指标也不是输入：改成 metrics.yaml 里的标识；平台的字段名，前面写明是字段"
    ]
    assert _names("按 N77 处理。") == ["chapters/12-a.md:4：没有 N77 这条规则"]


def test_fields_of_an_interface_may_stand_in_back_ticks() -> None:
    assert _names("报表字段是 `t0_gmv`、`t0_roi`，分页用 `cursor` 和 `size`。") == []


def test_case_names_only_what_there_is() -> None:
    head = "title: 甲\nmetrics: [online_now, gmw]\nrules: [N01, N02]"
    assert _names("正文", "cases/a.md", head) == [
        "cases/a.md:3：文件头 metrics 里的 gmw 手册里没有（指标）",
        "cases/a.md:4：文件头 rules 里的 N02 手册里没有（规则）",
    ]


def test_handbook_without_metrics_and_rules_is_checked_for_what_it_has() -> None:
    page = read_page("chapters/12-a.md", "看 `onlin_now` 和 N77")
    assert list(check_names([page], (), ())) == []
