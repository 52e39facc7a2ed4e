"""A few metrics, rules and checklist items in memory, as the handbook's files would give them."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.checklists import Due, Evidence, Item, Stage, Variant
from bot.domain.expressions import parse
from bot.domain.metrics import Aggregation, Example, Good, Input, Metric
from bot.domain.nudges import Limit, Phase, Planned, Rule, Severity, Step, Within
from bot.flows.reference import Reference, synonyms
from knowledge.glossary import Term


def metric(id: str, name: str, group: str = "成交", formula: str = "", **changes: object) -> Metric:
    """One metric with everything that a row has."""
    values: dict[str, object] = {
        "id": id, "group": group, "name": name, "english": id.replace("_", " "), "also": (), "unit": "元",
        "aggregation": Aggregation.RATIO, "good": Good.UP, "cadence": "1min", "definition": f"{name}的意思。",
        "formula": parse(formula) if formula else None, "choice": "", "where": "大屏抄录", "section": "12.1",
        "low_section": "12.2", "example": Example({}, 1.0, "2 ÷ 2 = 1"), "source": "公开接口字段", "mark": "P",
    }  # fmt: skip
    return Metric(**(values | changes))  # type: ignore[arg-type]


def rule(id: str, name: str, when: str, group: str = "流量", **changes: object) -> Rule:
    """One rule with everything that a row has."""
    values: dict[str, object] = {
        "id": id, "name": name, "group": group, "severity": Severity.MEDIUM, "sign": f"{name}了", "when": parse(when),
        "recovered": None, "limits": {}, "hold": 2, "min_samples": 1, "cooldown": 600, "not_before": 0, "phases": frozenset(),
        "quiet_during": frozenset(), "inhibits": (), "who": "场控", "section": "12.1", "source": "", "mark": "C",
        "steps": tuple(Step(within, "场控", f"{name}先这样做") for within in Within),
    }  # fmt: skip
    return Rule(**(values | changes))  # type: ignore[arg-type]


def item(id: str, text: str, stage: Stage, due: Mapping[Variant, Due], **changes: object) -> Item:
    """One item with everything that a row has."""
    values: dict[str, object] = {
        "id": id, "stage": stage, "text": text, "role": "中控", "why": "出过事。", "evidence": Evidence.NONE, "number": "",
        "blocking": False, "section": "12.3", "due": due,
    }  # fmt: skip
    return Item(**(values | changes))  # type: ignore[arg-type]


METRICS = (
    metric("online_now", "实时在线人数", "流量", unit="人", definition="此刻直播间里的人数，同一个人只算一次。"),
    metric("avg_watch_sec", "人均停留时长", "流量", unit="秒", section="19.9"),
    metric("pay_rate", "支付率", "商品", "pay_order_cnt / create_order_cnt", unit="%"),
    metric("pay_order_cnt", "支付订单数", "商品", unit="单"),
    metric("create_order_cnt", "创建订单数", "商品", unit="单"),
    metric("gmv", "成交金额（GMV）"),
    metric(
        "gpm", "千次观看成交金额（GPM）", "成交", "gmv * 1000 / watch_pv", english="GMV per thousand views", unit="元/千次",
        also=("千次成交",), choice="分母取人次，不取人数：和平台推流看的数一致。", cadence="derived",
        example=Example({"gmv": 20000.0, "watch_pv": 133333.0}, 150.0, "20000 × 1000 ÷ 133333 = 150 元/千次"),
    ),
    metric("refund_rate", "退款率", "成交", unit="%", good=Good.DOWN),
)  # fmt: skip
DROP = rule(
    "N01", "在线掉得快", "change(online_now, 10min) <= -drop", severity=Severity.HIGH,
    sign="实时在线人数比 10 分钟前少 15% 或更多",
    limits={"drop": Limit("online_now", 1.2, 1.1, 0.15, "从业者文章（520zimeiti.cn）", ratio=True)},
    min_samples=6, not_before=600,
    recovered=parse("online_now >= ago(online_now, 10min)"), quiet_during=frozenset({Planned.GIVEAWAY, Planned.HOST_CHANGE}),
    phases=frozenset({Phase.OPENING, Phase.MAIN}), inhibits=("N02",), source="从业者文章（520zimeiti.cn）", mark="P",
)  # fmt: skip
RULES = (
    DROP,
    rule("N02", "在线连着走低", "falling(online_now, 5min, 3)"),
    rule("N06", "停留太短", "avg_watch_sec < 20s", severity=Severity.HIGH),
    rule("N07", "停留不上不下", "avg_watch_sec >= 20s and avg_watch_sec < 45s", severity=Severity.LOW, hold=1),
    rule("N40", "说了极限词", "heard_absolute > 0", "合规", severity=Severity.CRITICAL, lawful="广告法第九条"),
)
_ALL = tuple(Variant)
_EVENING = {variant: Due(-86400) for variant in _ALL}
ITEMS = (
    *(item(f"B{n:02}", f"核对第 {n} 样", Stage.BEFORE, _EVENING) for n in range(1, 9)),
    item(
        "B20", "测上行带宽", Stage.BEFORE, {variant: Due(-1800) for variant in _ALL}, blocking=True, evidence=Evidence.NUMBER,
        number="上行带宽（Mbps），不低于 5",
    ),
    item("B21", "拍一张机位", Stage.BEFORE, {Variant.FIRST: Due(0)}, evidence=Evidence.PHOTO),
    item("D01", "报一次数", Stage.DURING, {variant: Due(300, every=300) for variant in _ALL}, role="场控"),
    item("A01", "导出整场数据", Stage.AFTER, {variant: Due(1800, from_end=True) for variant in _ALL}, role="数据员"),
)  # fmt: skip
TERMS = (
    Term("停留", ("平均停留", "看多久"), ("watch time",), "19.9"),
    Term("GPM", ("千次观看成交", "千次观看成交金额"), ("gpm",)),
)
REFERENCE = Reference(
    metrics=METRICS,
    inputs=(Input("watch_pv", "累计观看人次", "次", "进入次数。"), Input("heard_absolute", "口播命中极限词", "次", "近 60 秒。")),
    rules=RULES,
    items=ITEMS,
    synonyms=synonyms(METRICS, TERMS),
)
