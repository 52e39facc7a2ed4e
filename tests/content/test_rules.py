"""What `copilot check` says about the rules."""

from __future__ import annotations

import pytest

from bot.content.metrics import Metrics
from bot.content.quantities import quantities
from bot.content.rules import read_rules
from bot.content.yamlfile import YamlFile, read_yaml
from bot.domain.metrics import Input
from bot.domain.nudges import Limit, Phase, Planned, Severity, Step, Within

FIGURES = Metrics(
    inputs=(
        Input("online_now", "实时在线人数", "人", ""),
        Input("gmv_5m", "5 分钟成交密度", "元/5min", ""),
        Input("avg_watch_sec", "人均停留时长", "秒", ""),
        Input("enter_rate", "曝光进入率", "%", ""),
        Input("heard_absolute", "口播命中极限词", "次", ""),
    )
)
RULE = """\
- id: N01
  name: 在线掉得快
  group: 流量
  severity: high
  sign: 实时在线人数比 10 分钟前少 15% 或更多，连续 2 个采样
  when: change(online_now, 10min) <= -drop
  limits:
    drop: {of: online_now, as: ratio, default: 15%, source: 从业者文章}
  hold: 2
  min_samples: 6
  cooldown: 10min
  not_before: 10min
  phases: [opening, main]
  quiet_during: [giveaway]
  inhibits: []
  recovered: online_now >= 0.9 * highest(online_now, 20min)
  who: 场控
  steps:
    60s: [{who: 场控, do: 切互动}]
    5min: [{who: 操盘手, do: 换款}]
    15min: [{who: 操盘手, do: 查封面}]
  section: "12.1"
  source: 从业者文章
  mark: P
"""
HEARD = """\
- id: N40
  name: 说了极限词
  group: 合规
  severity: critical
  sign: 口播命中极限词
  when: heard_absolute > 0
  hold: 1
  who: 主播
  steps:
    60s: [{who: 主播, do: 当场更正}]
    5min: [{who: 场控, do: 记下来}]
    15min: [{who: 操盘手, do: 通气}]
  section: "14.2"
  source: 广告法
  mark: P
  lawful: 《广告法》第九条
"""


def _file(text: str) -> YamlFile:
    file = read_yaml("rules/traffic.yaml", text)
    assert isinstance(file, YamlFile)
    return file


def _said(*texts: str) -> list[str]:
    return [str(problem) for problem in read_rules([_file(text) for text in texts], FIGURES)[1]]


def test_a_row_becomes_a_rule() -> None:
    (rule,), problems = read_rules([_file(RULE)], FIGURES)
    assert problems == []
    assert (rule.id, rule.severity, rule.hold, rule.min_samples, rule.cooldown) == ("N01", Severity.HIGH, 2, 6, 600)
    assert rule.not_before == 600 and rule.phases == {Phase.OPENING, Phase.MAIN} and rule.quiet_during == {Planned.GIVEAWAY}
    assert rule.limits == {"drop": Limit("online_now", None, None, 0.15, "从业者文章", ratio=True)}
    assert rule.needs == {"online_now"}
    assert rule.steps[0] == Step(Within.SECONDS_60, "场控", "切互动") and len(rule.steps) == 3


def test_a_limit_has_the_unit_of_its_metric_and_seconds_for_times() -> None:
    text = RULE.replace("change(online_now, 10min) <= -drop", "avg_watch_sec < drop").replace(
        "{of: online_now, as: ratio, default: 15%,", "{of: avg_watch_sec, own: 0.5, peers: 0.6, default: 2min,"
    )
    text = text.replace("比 10 分钟前少 15% 或更多", "不到 120 秒")
    (rule,), problems = read_rules([_file(text)], FIGURES)
    assert problems == []
    assert rule.limits == {"drop": Limit("avg_watch_sec", 0.5, 0.6, 120.0, "从业者文章")}


def test_what_is_not_written_has_the_usual_values() -> None:
    (rule,), problems = read_rules([_file(HEARD)], FIGURES)
    assert problems == []
    assert (rule.cooldown, rule.not_before, rule.min_samples, rule.recovered, rule.inhibits) == (600, 0, 1, None, ())
    assert not rule.phases and not rule.quiet_during


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("id: N01", "id: R1", "1：id：写法不对"),
        ("  name: 在线掉得快\n", "", "1：name：缺这一项"),
        ("group: 流量", "group: 人气", "3：group：只能写"),
        ("severity: high", "severity: urgent", "4：severity：只能写"),
        ("  hold: 2\n", "  hold: 2\n  why: 因为\n", "10：why：没有这一项"),
        ("hold: 2", "hold: 0", "9：hold：不能小于 1"),
        ("cooldown: 10min", "cooldown: 10", "11：cooldown：要写一段时长"),
        ("cooldown: 10min", "cooldown: 1min", "11：N01：cooldown 不能短于 hold"),
        ("[opening, main]", "[warm_up]", "13：phases．第 1 个：只能写"),
        ("[giveaway]", "[raffle]", "14：quiet_during．第 1 个：只能写"),
        ("inhibits: []", "inhibits: [N09]", "15：N01：inhibits：没有 N09 这条规则"),
        ("inhibits: []", "inhibits: [N01]", "15：N01：inhibits 绕了一圈又回到自己"),
        ("who: 场控\n  steps", "who: 运营\n  steps", "17：who：只能写"),
        ("    5min: [{who: 操盘手, do: 换款}]\n", "", "18：steps．5min：缺这一项"),
        ("5min: [{who: 操盘手, do: 换款}]", "5min: []", "20：steps．5min：至少要有 1 个"),
        ("do: 换款", 'do: ""', "20：steps．5min．第 1 个．do：不能为空"),
        ("do: 换款", f"do: {'长' * 41}", "20：steps．5min．第 1 个．do：写了 41 个字，最长 40 个"),
        ('"12.1"', "12.1", "22：section：要写成文字"),
        ("  source: 从业者文章\n", "", "1：source：缺这一项"),
        ("  source: 从业者文章\n", "  source: 本项目自定\n", "23：N01：mark 是 P，source 要写公开出处"),
        ("severity: high", "severity: critical", "4：N01：合规的规则 severity 写 critical，别的规则不写"),
    ],
)
def test_each_mistake_in_a_row_is_named_with_its_line(old: str, new: str, said: str) -> None:
    assert old in RULE
    assert [line for line in _said(RULE.replace(old, new)) if line.startswith(f"rules/traffic.yaml:{said}")]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<= -drop", "<= -", "6：N01：when 第"),
        ("<= -drop", "* drop", "6：N01：when 要是一个判断"),
        ("<= -drop", "<= -drop and online < 30人", "6：N01：when：没有 online 这个指标、输入或限值"),
        ("<= -drop", "<= -drop and online_now < 30秒", "6：N01：when 第"),
        ("<= -drop", "<= -drop and online_now < gmv_5m", "6：N01：when 第 51 个字符：不能拿 人 和 元 比"),
        ("<= -drop", "<= -drop and online_now < drop", "6：N01：when 第"),
        ("online_now >= 0.9 *", "online_now >= 0.9 +", "16：N01：recovered 第"),
        ("online_now >= 0.9 *", "onlin >= 0.9 *", "16：N01：recovered：没有 onlin 这个指标、输入或限值"),
        ("<= -drop", "<= -15%", "8：N01：限值 drop 没有用到"),
        ("drop: {of", "online_now: {of", "8：N01：限值名 online_now 已经是指标或输入"),
        ("drop: {of", "peak: {of", "8：N01：限值名 peak 要用小写英文词"),
        ("drop: {of", "Drop: {of", "8：N01：限值名 Drop 要用小写英文词"),
        ("of: online_now,", "of: online,", "8：N01：限值 drop：没有 online 这个指标或输入"),
        ("default: 15%, ", "", "8：N01：限值 drop：own、peers、default 至少写一个"),
        ("default: 15%", "default: 15% + 1%", "8：N01：限值 drop：default 写成一个带单位的数"),
        ("default: 15%", "default: 一成半", "8：N01：限值 drop：default 写成一个带单位的数"),
        ("default: 15%", "default: 0.15", "8：limits．drop．default：要写成文字"),
        ("default: 15%", "default: 15人", "8：N01：限值 drop：default 的单位要和 online_now 一样（比例"),
        ("as: ratio, ", "", "8：N01：限值 drop：default 的单位要和 online_now 一样（人）"),
        ("as: ratio, ", "as: ratio, own: 0.8, ", "8：N01：限值 drop：as: ratio 是涨跌或倍数"),
        ("as: ratio, ", "as: ratio, own: 0, ", "8：limits．drop．own：要大于 0"),
        (", source: 从业者文章}", "}", "8：limits．drop．source：缺这一项"),
    ],
)
def test_each_mistake_in_a_condition_is_named_with_its_line(old: str, new: str, said: str) -> None:
    assert old in RULE
    assert [line for line in _said(RULE.replace(old, new)) if line.startswith(f"rules/traffic.yaml:{said}")]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("少 15%", "少 20%", ["sign 没有说出限值 drop 的数", "sign 里的「20%」在 when、limits、hold、not_before 里都没有"]),
        ("比 10 分钟前", "比 10 秒前", ["sign 里的「10秒」在 when、limits、hold、not_before 里都没有"]),
        ("连续 2 个采样", "连续 3 个采样", ["sign 里的「3个采样」在 when、limits、hold、not_before 里都没有"]),
        ("少 15% 或更多", "少了很多", ["sign 没有说出限值 drop 的数"]),
    ],
)
def test_a_sign_and_its_condition_have_the_same_figures(old: str, new: str, said: list[str]) -> None:
    assert _said(RULE.replace(old, new)) == [f"rules/traffic.yaml:5：N01：{text}" for text in said]


def test_figures_in_the_name_of_a_metric_are_no_figures_of_a_sign() -> None:
    text = RULE.replace("change(online_now, 10min) <= -drop", "change(gmv_5m, 10min) <= -drop")
    assert _said(text.replace("实时在线人数比", "5 分钟成交密度比")) == []


def test_figures_of_a_sentence_are_read_with_their_units() -> None:
    said = quantities("10 分钟内少 15%，连续 2 个采样；最高奖 5 万元，在线 30 人，1.5 倍，T+1 不算，3 个")
    assert list(said.values()) == [
        (600.0, "秒"), (0.15, ""), (2.0, "采样"), (50_000.0, "元"), (30.0, "人"), (1.5, ""), (1.0, ""), (3.0, ""),
    ]  # fmt: skip


def test_a_compliance_rule_is_critical_and_names_the_law() -> None:
    assert _said(HEARD.replace("critical", "high")) == [
        "rules/traffic.yaml:4：N40：合规的规则 severity 写 critical，别的规则不写 critical"
    ]
    assert _said(HEARD.replace("  lawful: 《广告法》第九条\n", "")) == [
        "rules/traffic.yaml:1：N40：合规的规则要写 lawful：依据哪部法、哪一条"
    ]


def test_an_id_is_used_once_over_all_files() -> None:
    rules, problems = read_rules([_file(RULE), _file(RULE)], FIGURES)
    assert [str(problem) for problem in problems] == ["rules/traffic.yaml:1：N01：编号已经在 rules/traffic.yaml:1 用过"]
    assert len(rules) == 1


def test_rules_do_not_silence_each_other_in_a_circle() -> None:
    second, third = (RULE.replace("id: N01", f"id: {id}") for id in ("N02", "N03"))
    text = "".join(
        part.replace("inhibits: []", f"inhibits: [{id}]")
        for part, id in ((RULE, "N02"), (second, "N03"), (third, "N01"))
    )  # fmt: skip
    assert [line.split("：")[1] for line in _said(text)] == ["N01", "N02", "N03"]
    assert all("inhibits 绕了一圈又回到自己" in line for line in _said(text))


def test_a_rule_in_order_is_kept_beside_one_that_is_not() -> None:
    rules, problems = read_rules([_file(RULE + RULE.replace("N01", "N02").replace("15%", "很多"))], FIGURES)
    assert [rule.id for rule in rules] == ["N01"] and problems


def test_rules_come_by_number_whatever_file_they_are_in() -> None:
    assert [rule.id for rule in read_rules([_file(HEARD), _file(RULE)], FIGURES)[0]] == ["N01", "N40"]
