"""What `copilot check` says about the words to listen for."""

from __future__ import annotations

import pytest

from bot.config import BUILT_IN_HANDBOOK
from bot.content.heard import check_heard, read_heard
from bot.content.read import Content, read_content
from bot.content.yamlfile import YamlFile, read_yaml

FILE = """lists:
  夸: [好用, 好吃]
groups:
  - id: absolute
    name: 极限词
    rule: N40
    input: heard_absolute
    who: 主播
    section: "14.2"
    article: 《广告法》第九条
    mark: P
    correction: 更正一下，以详情页为准
    terms:
      - id: H01
        level: block
        patterns: [国家级, "最{夸}"]
        variants: [蕞佳]
        unless: [最好用温水]
comments:
  - id: complaint
    name: 负面评论
    input: negative_comments_5m
    patterns: [骗子]
"""


@pytest.fixture(scope="module")
def content() -> Content:
    return read_content(BUILT_IN_HANDBOOK)


def _problems(text: str, content: Content) -> list[str]:
    file = read_yaml("heard.yaml", text)
    assert isinstance(file, YamlFile)
    hearing, problems = read_heard(file)
    return [str(one) for one in (*problems, *check_heard(file, hearing, content.metrics, content.rules))]


def test_built_in_list_is_in_order_and_serves_every_input_that_speech_can_tell(content: Content) -> None:
    assert [one for one in content.problems if one.path == "heard.yaml"] == []
    assert list(check_heard(content.files["heard.yaml"], content.hearing, content.metrics, content.rules)) == []
    inputs = {one.term.group.input for one in (*content.hearing.speech, *content.hearing.comments)}
    assert inputs >= {"heard_absolute", "heard_cure", "heard_reference_price", "raffle_unannounced", "heard_offsite"}
    assert inputs >= {"heard_pressure", "heard_fake"}
    assert inputs >= {"minor_on_camera", "ai_unlabelled", "price_question_share", "negative_comments_5m"}
    assert {one.term.group.rule for one in content.hearing.speech} == {"N40", "N41", "N42", "N43", "N44", "N45"}


def test_file_in_order_is_not_complained_of(content: Content) -> None:
    assert _problems(FILE, content) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    correction: 更正一下，以详情页为准\n", "", "heard.yaml:4：groups．第 1 个．correction：缺这一项"),
        ("    article: 《广告法》第九条\n", "", "heard.yaml:4：groups．第 1 个．article：缺这一项"),
        ("level: block", "level: hint", "heard.yaml:15：groups．第 1 个．terms．第 1 个．level：只能写"),
        ("rule: N40", "rule: N77", "heard.yaml:6：absolute：没有 N77 这条规则"),
        ("rule: N40", "rule: N41", "heard.yaml:7：absolute：N41 的 when 不看 heard_absolute"),
        ("input: heard_absolute", "input: heard_nothing", "heard.yaml:7：absolute：没有 heard_nothing 这个输入"),
        ("negative_comments_5m", "nothing", "heard.yaml:22：complaint：没有 nothing 这个输入"),
        ("最{夸}", "最{赞}", "heard.yaml:16：H01：「最{赞}」没有「赞」这张词表"),
        ("最{夸}", "最{夸", "heard.yaml:16：H01：「最{夸」花括号没有配对"),
        ("最{夸}", "{n}个", "heard.yaml:16：H01：「{n}个」太宽"),
        ("最{夸}", "最好…", "heard.yaml:16：H01：「最好…」「…」只写在字的中间"),
        ("最{夸}", "最~好", "heard.yaml:16：H01：「最~好」「~」只写在例外里"),
        ("最好用温水", '"~"', "heard.yaml:18：H01：「~」"),
        ("蕞佳", "国 家 級", "heard.yaml:17：「国 家 級」里的「国家级」已经在第 16 行写过"),
        ("最好用温水", "国家级", "heard.yaml:16：「国家级」听不到：例外把「国家级」整个盖住了"),
        ("以详情页为准", "以国家级的为准", "heard.yaml:12：更正的话里又有「国家级」"),
        ("夸: [好用, 好吃]", "夸: [好用, 好…吃]", "heard.yaml:2：词表「夸」里只写字"),
        ("夸: [好用, 好吃]", '夸: [好用, "{赞}"]', "heard.yaml:2：词表「夸」：「{赞}」没有「赞」这张词表"),
        ("id: complaint", "id: absolute", "heard.yaml:20：编号 absolute 已经在 heard.yaml:4 用过"),
    ],
)
def test_each_mistake_is_named_with_its_line(content: Content, old: str, new: str, said: str) -> None:
    assert old in FILE
    assert any(one.startswith(said) for one in _problems(FILE.replace(old, new), content)), _problems(
        FILE.replace(old, new), content
    )
