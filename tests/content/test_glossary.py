"""What `copilot check` says about the glossary."""

from __future__ import annotations

import pytest

from bot.content.glossary import check_glossary, read_glossary
from bot.content.yamlfile import YamlFile, read_yaml
from bot.domain.wording import Level, Wording, WordKind

ROW = '- term: 在线\n  en: [viewers online]\n  also: [在线人数, 同时在线]\n  means: 此刻的人数。\n  section: "12.1"\n'
SECOND = '- term: 场观\n  en: [total viewers]\n  also: [看播人数]\n  means: 来过的人数。\n  section: "12.2"\n'
BAD = '- term: 憋单\n  en: [hold back orders]\n  also: [捂单]\n  means: 吊着不放。\n  section: "14.7"\n'
WORDS = [Wording("W30", Level.BLOCK, WordKind.SCARCITY, ("憋单", "捂单"), (), "理由", "换成", "依据", "14.7")]
TEXTS = {"chapters/a.md": "实时在线、场观，还有憋单。"}


def _said(text: str) -> list[str]:
    file = read_yaml("glossary.yaml", text)
    assert isinstance(file, YamlFile)
    return [str(problem) for problem in (*read_glossary(file)[1], *check_glossary(file, TEXTS, WORDS))]


def test_sound_glossary_is_read_whole() -> None:
    assert _said(ROW + SECOND + BAD + "  stance: 不能做；到点就上（14.7）。\n") == []
    file = read_yaml("glossary.yaml", ROW)
    assert isinstance(file, YamlFile) and read_glossary(file)[0].terms[0].also == ("在线人数", "同时在线")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ROW.replace("  means: 此刻的人数。\n", ""), "glossary.yaml:1：means：缺这一项"),
        (ROW.replace("[viewers online]", "[]"), "glossary.yaml:2：en：至少要有 1 个"),
        (ROW.replace("viewers", "Viewers"), "glossary.yaml:2：en．第 1 个：Viewers online 要写小写"),
        (ROW.replace("viewers", "number of viewers"), "glossary.yaml:2：en．第 1 个：number of viewers online 里不写数字"),
        (ROW.replace("12.1", "十二"), "glossary.yaml:5：section：写法不对"),
        (ROW + SECOND.replace("看播人数", "在线人数"), "glossary.yaml:8：「在线人数」已经归「在线」：一个说法只归一条"),
        (ROW + SECOND.replace("看播人数", "在线"), "glossary.yaml:8：「在线」已经归「在线」"),
        (ROW + SECOND.replace("total viewers", "viewers online"), "glossary.yaml:7：「viewers online」已经归「在线」"),
        (ROW.replace("[在线人数,", "[同时在线,"), "glossary.yaml:3：「同时在线」已经归「在线」"),
        (SECOND.replace("term: 场观", "term: 转粉"), "glossary.yaml:1：「转粉」手册里没有这个词"),
        (BAD, "glossary.yaml:1：「憋单」是不许做的事，要写 stance：为什么不行，合法的怎么做（见 14.7）"),
        (BAD.replace("term: 憋单", "term: 场观"), "glossary.yaml:1：「捂单」是不许做的事"),
        (BAD + "  stance: 不能做。\n", "glossary.yaml:6：「憋单」的 stance 要写清合法的怎么做"),
    ],
)
def test_each_mistake_is_named_with_its_line(text: str, said: str) -> None:
    assert any(line.startswith(said) for line in _said(text))
