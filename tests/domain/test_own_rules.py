"""Rules of a team's own: read as data and nothing else, applied to the handbook, tried on sessions of the past."""

from __future__ import annotations

import time
from typing import Any

import pytest

from bot.content.own_rules import appended, read_own
from bot.domain.expressions import ExpressionError
from bot.domain.own_form import condition_of
from bot.domain.own_rules import Change, Own, Sheet, changes, in_force, read_figure
from bot.domain.rule_trial import Past, Side, tried
from bot.domain.seats import Watched
from tests.domain.rule_room import START, at, handbook, rows

RULES, METRICS = handbook().rules, handbook().metrics
UNITS = METRICS.units
NAMES = {one.id: (one.name, *one.also) for one in METRICS.metrics}
CALLED = {one.id: one.name for one in (*METRICS.metrics, *METRICS.inputs)}
ROW: dict[str, Any] = {
    "id": "T01", "name": "在线太少", "group": "流量", "severity": "high", "when": "online_now < low",
    "limits": {"low": {"of": "online_now", "default": "450人", "source": "本队自定"}}, "who": "场控",
    "steps": {"60s": [{"who": "场控", "do": "喊福利"}]},
}  # fmt: skip


def own(text: str = "", letter: str = "T", **sheet: Any) -> Own:
    return read_own(Sheet(text, **sheet), letter, RULES, METRICS.metrics, METRICS.inputs)


def wrong(text: str, letter: str = "T", **sheet: Any) -> str:
    return "\n".join(one.to("zh") for one in own(text, letter, **sheet).mistakes)


def changed(**row: Any) -> str:
    return appended("", {**ROW, **row})


@pytest.mark.parametrize(
    "text",
    [
        changed(when="__import__('os').system('id') < low"), changed(when="online_now.__class__ < low"),
        changed(when="(" * 500 + "online_now < low" + ")" * 500), changed(when=" + ".join(["online_now"] * 500) + " < low"),
        changed(when="not " * 5000 + "online_now < low"), changed(when="online_now < low and " * 200 + "online_now < low"),
        changed(when="ago(online_now, 999999h) < low"), changed(when="mean(ago(online_now, 1h), 1h) < low"),
        changed(hold=10**12), changed(cooldown="99999999h"), "a: &a [*a]", "- !!python/object/apply:os.system [id]",
        "[" * 100_000, "x" * 70_000, "- " * 30_000, "42", "\x00", appended("", {**ROW, "evil": 1}),
        "\n".join(changed(id=f"T{number:02}") for number in range(1, 40)),
    ],
)  # fmt: skip
def test_nothing_that_somebody_writes_runs_grows_or_raises(text: str) -> None:
    begun = time.process_time()
    found = own(text)
    assert found.mistakes and found.rules == () and time.process_time() - begun < 5


def test_a_rule_may_be_short_and_gets_its_sign_and_section() -> None:
    (rule,) = own(changed()).rules
    assert rule.sign == "实时在线人数 < 450 人" and rule.section == "19.1" and rule.mark == "C"


def test_what_is_wrong_is_named_by_line() -> None:
    assert wrong(changed(severity="loud")).startswith("第 4 行：severity：只能写")
    assert "单个商家的规则，编号用 M01 到 M99" in wrong(changed(), "M")
    assert "不能压住合规规则 N40" in wrong(changed(inhibits=["N40"]))
    assert "最多往前看 65 分钟" in wrong(changed(when="ago(online_now, 2h) < low"))
    assert "合规的规则 severity 写 critical" in wrong(changed(severity="critical"))
    assert "自己的规则最多 30 条" in wrong("\n".join(changed(id=f"T{number:02}") for number in range(1, 40)))


def test_rules_about_the_law_are_never_off_and_keep_their_limits() -> None:
    assert "N40 是合规规则，不能停用" in wrong("", off=frozenset({"N40"}))
    assert "限值是法定的" in wrong("", limits={"N43.top": "9元"})
    forced = Own(Sheet("", frozenset({"N40", "N06"}), {"N43.top": "9元"}))
    found = {rule.id: rule for rule in in_force(RULES, [forced], UNITS, CALLED)}
    assert "N40" in found and "N06" not in found
    assert found["N43"].limits["top"].default == 50000


def test_a_changed_limit_counts_and_the_sign_says_so() -> None:
    found = {
        rule.id: rule for rule in in_force(RULES, [own("", limits={"N06.short": "25", "N09.weak": "0.7 * own"})], UNITS, CALLED)
    }
    assert (found["N06"].limits["short"].own, found["N06"].limits["short"].default) == (None, 25.0)
    assert found["N06"].sign == "人均停留时长 < 25 秒"
    assert found["N09"].limits["weak"].own == 0.7 and found["N09"].limits["weak"].peers == 0.8
    before = next(rule for rule in RULES if rule.id == "N07")
    assert found["N07"] is before


def test_samples_in_a_row_are_set_like_a_limit_and_the_sign_says_so() -> None:
    (n06,) = [one for one in RULES if one.id == "N06"]
    (held,) = in_force([n06], [own(limits={"N06.hold": "5 个采样"})], UNITS, CALLED)
    assert held.hold == 5 and held.limits == n06.limits and held.sign.endswith("，连续 5 个采样")
    assert wrong("", limits={"N06.hold": "61"}).startswith("N06 连续采样：") and "1 到 60" in wrong(
        "", limits={"N06.hold": "很久"}
    )
    assert "合规规则" in wrong("", limits={"N40.hold": "5"})
    assert in_force([n06], [Own(Sheet(limits={"N06.hold": "很久"}))], UNITS, CALLED) == (n06,)
    assert "限值名 hold" in wrong(changed(when="online_now < hold", limits={"hold": ROW["limits"]["low"]}))


@pytest.mark.parametrize(
    ("typed", "when", "limit"),
    [
        ("gpm < 0.6 * own", "gpm < low", {"of": "gpm", "own": 0.6, "session": 0.6}),
        ("GPM 低于自己平时的 0.6 倍", "gpm < low", {"of": "gpm", "own": 0.6, "session": 0.6}),
        ("gpm＜60％×own", "gpm < low", {"of": "gpm", "own": 0.6, "session": 0.6}),
        ("ad_roi > 1.2 * peers", "ad_roi > high", {"of": "ad_roi", "peers": 1.2}),
        ("gpm < 600", "gpm < low", {"of": "gpm", "default": "600元/千次"}),
        ("人均停留时长 < 25 秒", "avg_watch_sec < low", {"of": "avg_watch_sec", "default": "25s"}),
    ],
)
def test_a_condition_is_read_as_people_write_it(typed: str, when: str, limit: dict[str, object]) -> None:
    found = condition_of(typed, UNITS, NAMES)
    assert found.when == when
    assert [dict(one) for one in found.limits.values()] == [limit | {"source": "本队自定"}]


@pytest.mark.parametrize(
    ("typed", "chinese", "english"),
    [
        ("gmp < 3", "没有 gmp 这个指标", "there is no metric gmp"), ("gpm < 600人", "单位要是 元/千次", "the unit has to be"),
        ("item_ctr < 3", "比例请写 %", "write a share with %"), ("gpm", "要写成一个判断", "write a condition"),
        ("change(gpm, 5min) < own", "own 和 peers 要跟指标直接比", "own and peers stand beside"),
        ("x" * 400, "条件太长", "at most"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_condition_is_said_in_both_languages(typed: str, chinese: str, english: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        condition_of(typed, UNITS, NAMES)
    assert chinese in caught.value.message and english in caught.value.english


def test_figures_are_read_in_the_limits_unit() -> None:
    assert [read_figure(text, "秒") for text in ("25", "25s", "25秒", "1min")] == [25, 25, 25, 60]
    assert read_figure("3%", "%") == 0.03 and read_figure("0.6 * own", "元") is None


def test_versions_differ_rule_by_rule() -> None:
    old, new = own(changed()), own(changed(name="在线少了"), off=frozenset({"N06"}), limits={"N07.enough": "40s"})
    assert [(one.change, one.rule, one.limit, one.said) for one in changes(old, new)] == [
        (Change.EDITED, "T01", "", ""), (Change.OFF, "N06", "", ""), (Change.LIMIT, "N07", "enough", "40s"),
    ]  # fmt: skip
    assert [one.change for one in changes(own(), old)] == [Change.ADDED]


def test_a_trial_counts_tips_and_shows_where() -> None:
    pasts = [
        Past(Watched(name, START), list(rows({"online_now": at(400, start=start, end=start + 8, otherwise=500)}, 60)))
        for name, start in (("one", 20), ("two", 40))
    ]
    figures = (*METRICS.metrics, *METRICS.inputs)
    found = tried({"T01"}, Side(RULES), Side((*RULES, *own(changed()).rules)), figures, pasts)
    assert (found.sessions, found.tips, found.before) == (2, 2, 0) and round(found.an_hour, 1) == 1.0
    assert [(one.session, (one.at - START) / 60) for one in found.examples] == [("one", 21), ("two", 41)]
    assert found.examples[0].values["online_now"] == 400 and found.examples[0].thresholds["low"].value == 450
    gone = tried({"T01"}, Side((*RULES, *own(changed()).rules)), Side(RULES), figures, pasts)
    assert (gone.tips, gone.before, len(gone.examples)) == (0, 2, 2)
    blind = tried({"N16"}, Side(RULES), Side(RULES), figures, [Past(Watched("x", START), [(START, {"online_now": 1.0})])])
    assert {"fans_watch_share", "new_buyer_share"} <= set(blind.missing)
    assert tried({"T01"}, Side(RULES), Side(RULES), figures, []).an_hour == 0.0
