"""What `copilot check` says about the rules, and that the built-in ones speak where they should."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

from bot.content.metrics import Metrics, read_metrics
from bot.content.quantities import quantities
from bot.content.rules import read_rules
from bot.content.yamlfile import YamlFile, read_yaml
from bot.domain.expressions import Series, evaluate
from bot.domain.metrics import Input
from bot.domain.nudges import Limit, Phase, Planned, Rule, Severity, Step, Within

HANDBOOK = Path(__file__).parents[2] / "handbook"
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


@cache
def _built_in() -> tuple[Rule, ...]:
    file = read_yaml("metrics.yaml", (HANDBOOK / "metrics.yaml").read_text("utf-8"))
    assert isinstance(file, YamlFile)
    metrics, problems = read_metrics(file)
    assert problems == []
    files = [read_yaml(f"rules/{path.name}", path.read_text("utf-8")) for path in sorted((HANDBOOK / "rules").glob("*.yaml"))]
    rules, problems = read_rules([file for file in files if isinstance(file, YamlFile)], metrics)
    assert problems == []
    return rules


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


# ---- the built-in rules ----


def test_the_built_in_rules_are_the_44() -> None:
    assert [rule.id for rule in _built_in()] == [f"N{number:02}" for number in range(1, 45)]


def test_the_built_in_rules_have_the_published_severities() -> None:
    by_severity = {
        severity: {int(rule.id[1:]) for rule in _built_in() if rule.severity is severity} for severity in Severity
    }  # fmt: skip
    assert by_severity[Severity.CRITICAL] == {40, 41, 42, 43, 44}
    assert by_severity[Severity.HIGH] == {1, 6, 13, 19, 20, 22, 24, 26, 27, 33, 34, 35, 36}
    assert by_severity[Severity.INFO] == {4, 28, 37}
    assert by_severity[Severity.LOW] == {15, 32}


def test_a_medium_tip_never_silences_a_high_one_but_for_the_collapse_of_entries() -> None:
    ranks = {severity: rank for rank, severity in enumerate(Severity)}
    by_id = {rule.id: rule for rule in _built_in()}
    silenced = {
        (rule.id, name) for rule in _built_in() for name in rule.inhibits if ranks[by_id[name].severity] > ranks[rule.severity]
    }
    assert silenced == {("N03", "N01")}


def test_a_rule_for_what_is_seen_over_time_waits_long_enough_to_see_it() -> None:
    for rule in _built_in():
        enough = rule.not_before or "elapsed" in rule.needs or not rule.when.windows
        assert enough or rule.when.windows <= 600, rule.id


Samples = Mapping[str, Sequence[tuple[float, float]]]
NOW = 7200.0
"""Two hours after go-live, in seconds."""


def _holds(id: str, samples: Samples, median: Mapping[str, float] | None = None) -> bool | None:
    """What a rule's condition says at NOW, with limits from medians where there are any, else their defaults."""
    (rule,) = (rule for rule in _built_in() if rule.id == id)
    limits = {name: value for name, limit in rule.limits.items() if (value := _value(limit, median or {})) is not None}
    bound = {name: [(0.0, value)] for name, value in limits.items()}
    said = evaluate(rule.when, Series({**samples, **bound}, NOW))
    assert said is None or isinstance(said, bool)
    return said


def _value(limit: Limit, median: Mapping[str, float]) -> float | None:
    if limit.own is not None and limit.of in median:
        return limit.own * median[limit.of]
    return limit.default


def _flat(*values: float, every: float = 300.0) -> list[tuple[float, float]]:
    """One value a window of `every` seconds, the last one at NOW."""
    return [(NOW - every * ago, value) for ago, value in zip(range(len(values) - 1, -1, -1), values, strict=True)]


def _now(**values: float) -> dict[str, list[tuple[float, float]]]:
    return {name: [(NOW - 60, value)] for name, value in values.items()}


def _orders(paid: tuple[float, float]) -> Samples:
    """101 new orders in a quarter of an hour."""
    created, pays = _flat(300, 401, every=900), _flat(*paid, every=900)
    return {"pay_rate": _flat(0.85, 0.83), "create_order_cnt": created, "pay_order_cnt": pays}


def _sales(before: float, last: float, online: float) -> Samples:
    return {"gmv_5m": _flat(500, 0, 0, before, last), **_now(online_now=online)}


def _spent(last: float) -> Samples:
    """10 元 every five minutes for more than an hour, then `last` in five minutes."""
    return {"ad_cost": _flat(*(10.0 * n for n in range(20)), 190 + last), **_now(elapsed=7200)}


def _return(roi: float, sells: float = 0.1) -> Samples:
    plan = _now(ad_roi=roi, target_roi=3.5, main_stock_left=200, main_sold_15m=100)
    return {**plan, "clk_pay_rate": _flat(0.1, sells, every=900)}


@pytest.mark.parametrize(
    ("id", "fires", "just_not"),
    [
        ("N01", {"online_now": _flat(1000, 900, 850)}, {"online_now": _flat(1000, 900, 851)}),
        ("N02", {"online_now": _flat(1000, 960, 919, 919)}, {"online_now": _flat(1000, 960, 921, 921)}),
        ("N02", {"online_now": _flat(1000, 960, 919, 919)}, {"online_now": _flat(1000, 900, 919, 919)}),
        ("N03", {"enter_5m": _flat(1000, 899)}, {"enter_5m": _flat(1000, 901)}),
        (
            "N04",
            {"enter_5m": _flat(1000, 1300), "avg_watch_sec": _flat(60, 60)},
            {"enter_5m": _flat(1000, 1300), "avg_watch_sec": _flat(60, 58)},
        ),
        ("N06", _now(avg_watch_sec=19.9), _now(avg_watch_sec=20)),
        ("N07", _now(avg_watch_sec=20), _now(avg_watch_sec=45)),
        ("N10", _now(comment_rate=0.0049, watch_uv=200), _now(comment_rate=0.005, watch_uv=200)),
        ("N10", _now(comment_rate=0.0049, watch_uv=200), _now(comment_rate=0.0049, watch_uv=199)),
        ("N13", _now(negative_comments_5m=3), _now(negative_comments_5m=2)),
        ("N14", _now(follow_rate=0.01, watch_uv=500, elapsed=1200), _now(follow_rate=0.01, watch_uv=500, elapsed=1201)),
        ("N15", _now(fans_club_join=0, elapsed=3601), _now(fans_club_join=1, elapsed=3601)),
        ("N16", _now(fans_watch_share=0.81, new_buyer_share=0.09, pay_uv=20),
         _now(fans_watch_share=0.81, new_buyer_share=0.1, pay_uv=20)),
        ("N18", {"paid_share": _flat(0.71, 0.8, 0.71, every=900)}, {"paid_share": _flat(0.71, 0.7, 0.9, every=900)}),
        ("N19", _now(item_ctr=0.029, item_exp_uv=200), _now(item_ctr=0.03, item_exp_uv=200)),
        ("N21", _now(item_exp_uv=99, watch_uv=200), _now(item_exp_uv=100, watch_uv=200)),
        ("N23", _orders(paid=(270, 350)), _orders(paid=(270, 351))),
        ("N24", _sales(0, 0, online=30), _sales(0, 1, online=30)),
        ("N24", _sales(0, 0, online=30), _sales(0, 0, online=29)),
        ("N27", _now(goal_progress=-0.21, elapsed=3600, length=10800), _now(goal_progress=-0.21, elapsed=3599, length=10800)),
        ("N29", _now(aov=79, planned_aov=100, pay_uv=40, goal=10000, planned_progress=0.4),
         _now(aov=79, planned_aov=100, pay_uv=39, goal=10000, planned_progress=0.4)),
        ("N31", _now(elapsed=6480, length=7200, uv_value=2.2, uv_value_last=2.5, uv_value_before_last=3),
         _now(elapsed=6479, length=7200, uv_value=2.2, uv_value_last=2.5, uv_value_before_last=3)),
        ("N33", _now(main_stock_left=80, main_sold_15m=95, main_stock_share=0.2),
         _now(main_stock_left=95, main_sold_15m=95, main_stock_share=0.1)),
        ("N35", _now(ad_roi=2.2, break_even_roi=2.27, ad_cost=201, budget=2000),
         _now(ad_roi=2.2, break_even_roi=2.27, ad_cost=200, budget=2000)),
        ("N36", _spent(30), _spent(29)),
        ("N37", _return(4.2), _return(4.1)),
        ("N37", _return(4.2, sells=0.091), _return(4.2, sells=0.089)),
        ("N38", {"enter_5m": _flat(100, 200, every=900), "avg_watch_sec": _flat(60, 42, every=900)},
         {"enter_5m": _flat(100, 199, every=900), "avg_watch_sec": _flat(60, 42, every=900)}),
        ("N39", _now(ad_follow_cost=3.1, ad_follow_cost_30d=2), _now(ad_follow_cost=3, ad_follow_cost_30d=2)),
        ("N40", _now(heard_absolute=1), _now(heard_absolute=0)),
        ("N42", _now(heard_reference_price=1, price_evidence=0), _now(heard_reference_price=1, price_evidence=1)),
        ("N43", _now(raffle_unannounced=0, raffle_top_prize=50001), _now(raffle_unannounced=0, raffle_top_prize=50000)),
    ],
)  # fmt: skip
def test_a_rule_speaks_at_its_limit_and_not_just_before(id: str, fires: Samples, just_not: Samples) -> None:
    assert _holds(id, fires) is True
    assert _holds(id, just_not) is False


@pytest.mark.parametrize(
    ("id", "median", "fires", "just_not"),
    [
        ("N05", {"enter_rate": 0.1}, _now(enter_rate=0.079, watch_uv=500), _now(enter_rate=0.081, watch_uv=500)),
        ("N09", {"watch_60s_rate": 0.2}, _now(watch_60s_rate=0.159, watch_uv=500), _now(watch_60s_rate=0.161, watch_uv=500)),
        ("N22", {"clk_pay_rate": 0.1}, _now(clk_pay_rate=0.069, item_clk_uv=50), _now(clk_pay_rate=0.069, item_clk_uv=49)),
        ("N20", {"clk_pay_rate": 0.1, "item_ctr": 0.1}, _now(clk_pay_rate=0.079, item_ctr=0.121, item_clk_uv=50),
         _now(clk_pay_rate=0.079, item_ctr=0.119, item_clk_uv=50)),
        ("N30", {"gpm": 500.0}, _now(gpm=399, watch_pv=200), _now(gpm=400, watch_pv=200)),
    ],
)  # fmt: skip
def test_a_rule_against_the_own_median_says_nothing_without_one(
    id: str, median: Mapping[str, float], fires: Samples, just_not: Samples
) -> None:
    assert _holds(id, fires, median) is True
    assert _holds(id, just_not, median) is False
    assert _holds(id, fires) is None


@pytest.mark.parametrize(
    ("id", "metric", "usual"), [("N06", "avg_watch_sec", 15.0), ("N10", "comment_rate", 0.004), ("N19", "item_ctr", 0.02)]
)
def test_a_room_that_is_usually_below_a_published_figure_is_not_nagged(id: str, metric: str, usual: float) -> None:
    samples = _now(**{metric: usual}, watch_uv=500, item_exp_uv=500)
    assert _holds(id, samples) is True
    assert _holds(id, samples, {metric: usual}) is False


def _speed_up(cost: float) -> Samples:
    """40 minutes of advertising at 2 元 a minute, then five minutes for `cost`; the session began as it did."""
    minutes = [(NOW - 2700 + 60 * n, 2.0 * n) for n in range(41)]
    return {"ad_cost": [*minutes, (NOW, 80 + cost)], "elapsed": [(NOW - 2700 + 60 * n, 60.0 * n) for n in range(46)]}


def test_spending_is_also_watched_while_there_is_no_hour_before_it() -> None:
    assert _holds("N36", _speed_up(31)) is True
    assert _holds("N36", _speed_up(29)) is False


def test_advertising_that_has_just_begun_is_no_speeding_up() -> None:
    assert _holds("N36", {"ad_cost": [(0.0, 0.0), (NOW - 300, 0.0), (NOW, 50.0)], **_now(elapsed=2700)}) is False


def test_a_wave_of_viewers_without_sales_is_noticed_three_minutes_later() -> None:
    enter = [(NOW - 60 * ago, 100.0) for ago in range(60, 4, -1)] + [(NOW - 60 * ago, 200.0) for ago in range(4, -1, -1)]
    flat, lively = [(NOW - 3600, 500.0)], [(NOW - 3600, 500.0), (NOW - 180, 700.0)]
    assert _holds("N26", {"enter_5m": enter, "gmv_5m": flat}) is True
    assert _holds("N26", {"enter_5m": enter, "gmv_5m": lively}) is False


def test_missing_figures_are_no_sign() -> None:
    assert [rule.id for rule in _built_in() if _holds(rule.id, {}) is True] == []
