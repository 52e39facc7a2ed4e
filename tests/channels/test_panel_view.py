"""The words below boards and charts: what is worst, by how much, and what cannot be told."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.panel_actions import NAMES, made, read
from bot.channels.panel_pictures import PanelViews, as_compared, tip_curve
from bot.channels.panel_view import board_caption, reading_caption, tip_caption
from bot.domain.curves import Expected
from bot.domain.decisions import Source, Threshold
from bot.domain.expectation import from_session
from bot.domain.gauging import Frame, Line, gauges
from bot.domain.headlines import headlines
from bot.domain.nudges import Planned
from bot.domain.plans import PlannedEvent
from bot.domain.sessions import Status
from bot.domain.tips import Recovered, Tip
from bot.domain.tracks import traced
from bot.errors import PictureFailed
from bot.flows.panels import Panel, Reading
from tests.channels.tip_paper import METRICS, RULES, TOLD, bar, turn
from tests.channels.tip_paper import tip as tip_of
from tests.domain.live import session
from tests.domain.rule_room import START, Figure, at, book, grows, rows
from tests.domain.test_tracks import WATCHED

NAMES_OF = {id: metric.name for id, metric in METRICS.items()}
BEGIN = datetime.fromtimestamp(START, UTC)


def panel(figures: dict[str, Figure], minutes: int, *, later: float = 0, host: str = "小雅") -> Panel:
    """The room after so many minutes, looked at so many seconds later."""
    tracks = traced(book(), WATCHED, rows(figures, minutes, every=0.25))
    latest = datetime.fromtimestamp(tracks.times[-1], UTC)
    now = latest + timedelta(seconds=later)
    live = session(status=Status.LIVE, starts_at=BEGIN, began_at=BEGIN, host=host)
    frame = Frame(START, now.timestamp(), live.zone, f"云栖茶行 · {host}")
    found = tuple(gauges(METRICS.values(), tracks, frame, from_session))
    event = PlannedEvent(Planned.GIVEAWAY, now - timedelta(minutes=20), now - timedelta(minutes=15), now - timedelta(minutes=5))
    return Panel(live, "云栖茶行", found, now, latest, (event,))


def reading(of: Panel, metric: str, *lines: Line) -> Reading:
    gauge = next(gauge for gauge in of.gauges if gauge.id == metric)
    rules = tuple(rule for rule in RULES.values() if metric in rule.when.names)
    return Reading(of, METRICS[metric], gauge, rules, lines)


@pytest.fixture(scope="module")
def bad() -> Panel:
    """An hour that ran well, then sales stood still, people left, and nobody stayed."""
    return panel({"gmv": grows(500, 0, start=60), "online_now": at(200, start=62, name="online_now"),
                  "avg_watch_sec": at(30, start=64, name="avg_watch_sec")}, 72)  # fmt: skip


def test_the_three_furthest_off_are_said_in_words_with_a_button_each(bad: Panel) -> None:
    message = board_caption(bad, "zh")
    lines = message.plain.splitlines()
    assert lines[0].startswith("📊 看板｜云栖茶行 · 小雅｜")
    assert "5分钟成交密度 ¥0，低于预期 100%（预期 ¥2,375～¥2,625）" in message.plain
    assert "成交金额 ¥3 万，近 10 分钟比预期少 100%" in message.plain
    assert [line[:2] for line in lines[1:4]] == ["1.", "2.", "3."] and lines[4] == "42 个指标里 42 个有数"
    assert len(message.buttons) == 4 and all(len(button.action.encode()) <= 64 for row in message.buttons for button in row)
    assert len(message.plain) <= 1024


def test_when_all_is_well_it_says_so_and_when_nothing_can_be_told_it_says_that() -> None:
    assert "✅ 没有比平时差的指标" in board_caption(panel({}, 60), "zh").plain
    assert "开播还不久，先看数" in board_caption(panel({}, 20), "zh").plain
    silent = board_caption(panel({}, 60, later=600), "zh").plain
    assert "现在没有数，比不出来" in silent and "42 个指标里 0 个有数" in silent and "⚫ 数停在" in silent
    assert "✅" not in silent


def test_a_metric_is_said_now_before_and_against_what_is_expected(bad: Panel) -> None:
    said = reading_caption(reading(bad, "online_now"), NAMES_OF, "zh").plain.splitlines()
    assert said[1].endswith("200 人，10 分钟前 500 人（↓60%）") or "200 人，10 分钟前 200 人" in said[1]
    assert said[2].startswith("预期 433～567 人（按本场前面的水平），低于预期 5")
    grown = reading_caption(reading(bad, "gmv"), NAMES_OF, "zh").plain.splitlines()
    assert grown[1].endswith("¥3 万，10 分钟涨了 ¥0")
    assert grown[2] == "预期 10 分钟涨 ¥4,750～¥5,250（按本场前面的水平），近 10 分钟比预期少 100%"


def test_thresholds_name_their_rule_and_what_they_come_from(bad: Panel) -> None:
    default = Line(RULES["N06"], Threshold(20.0, Source.DEFAULT))
    own = Line(RULES["N36"], Threshold(30.0, Source.OWN, 60.0))
    said = reading_caption(reading(bad, "avg_watch_sec", default, own), NAMES_OF, "zh").plain
    assert f"警戒线 20 秒（默认值）：N06 {RULES['N06'].name}" in said
    assert "警戒线 30 秒（自己近 7 天同时段中位数 × 0.5）：N36" in said


def test_what_is_not_known_is_not_zero() -> None:
    gone = panel({"online_now": lambda m: 500.0 if m < 50 else math.nan}, 60)
    said = reading_caption(reading(gone, "online_now"), NAMES_OF, "zh").plain.splitlines()
    assert "没有数，最近的是" in said[1] and "500 人" in said[1] and said[2].endswith("现在没有数，不好比")
    never = panel({"refund_rate": lambda m: math.nan}, 60)
    lines = reading_caption(reading(never, "refund_rate"), NAMES_OF, "zh").plain.splitlines()
    assert lines[1].endswith("没有数，这一个小时都没有") and lines[2].startswith("预期说不出")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("metric", sorted(METRICS))
def test_every_metric_fits_below_its_picture(bad: Panel, metric: str, language: str) -> None:
    message = reading_caption(reading(bad, metric), NAMES_OF, language)
    assert len(message.plain) <= 1024 and len(message.plain.splitlines()) <= 8


def test_what_was_told_and_is_not_over_stands_beside_what_is_well() -> None:
    standing = (replace(RULES["N01"], name="在线掉得快"), replace(RULES["N27"], name="进度落后"))
    well = replace(panel({}, 60), standing=standing)
    lines = board_caption(well, "zh").plain.splitlines()
    assert lines[1:3] == ["还没恢复：在线掉得快、进度落后", "别的指标没有比平时差的"] and "✅" not in "".join(lines)
    assert board_caption(well, "en").plain.splitlines()[1].startswith("Not over yet: ")


def test_no_chart_of_a_tip_that_is_not_over_says_that_all_is_as_expected() -> None:
    calm = panel({}, 60)
    online = reading(calm, "online_now")
    open_tip = tip_caption(told(calm), online, "zh").plain
    assert "在预期内" not in open_tip and open_tip.splitlines()[-1].endswith("，这条提示还没恢复")
    over = told(calm, recovered=Recovered(calm.at, 500.0))
    assert tip_caption(over, online, "zh").plain.splitlines()[-1].endswith("，在预期内")
    assert "在预期内" in reading_caption(online, NAMES_OF, "zh").plain
    stands = replace(online, panel=replace(calm, standing=(RULES["N01"],)))
    assert "在预期内" not in reading_caption(stands, NAMES_OF, "zh").plain


def test_a_band_wider_than_the_figure_is_no_expectation() -> None:
    calm = panel({}, 60)
    online = reading(calm, "online_now")
    wide = Expected([calm.at.timestamp()], [0.0], [1_200.0])
    vague = replace(online, gauge=replace(online.gauge, curve=replace(online.gauge.curve, expected=wide)))
    for source, said in ((Source.SESSION, "预期说不出：本场起伏太大"), (Source.OWN, "预期说不出：往场起伏太大")):
        of = replace(vague.gauge.curve, expected=replace(wide, source=source))
        shown = replace(vague, gauge=replace(vague.gauge, curve=of))
        assert said in reading_caption(shown, NAMES_OF, "zh").plain and said in tip_caption(told(calm), shown, "zh").plain


def test_the_chart_of_a_tip_starts_from_the_figures_of_the_tip(bad: Panel) -> None:
    (said, now) = tip_caption(told(bad), reading(bad, "online_now"), "zh").plain.splitlines()[1:3]
    assert "实时在线人数 500 → 200 人（10 分钟 ↓60%）" in said and "10 分钟前" not in said
    assert now.endswith(" 200 人")
    at_once = tip_caption(told(bad, told=bad.at), reading(bad, "online_now"), "zh").plain.splitlines()
    assert "500 → 200 人" in at_once[1] and at_once[2].startswith("预期")


async def test_a_picture_that_cannot_be_drawn_leaves_its_words_and_says_why(bad: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    views = PanelViews()

    async def fails(*_: object) -> None:
        raise PictureFailed("图没画出来，多半是服务器内存不够。请稍后再试一次。", "The picture could not be drawn.")

    monkeypatch.setattr(views._artist, "board", fails)
    monkeypatch.setattr(views._artist, "chart", fails)
    online = reading(bad, "online_now")
    shown = [
        await views.board(bad, "zh"),
        await views.reading(online, NAMES_OF, "zh"),
        await views.tip(told(bad), online, "zh"),
    ]
    captions = [board_caption(bad, "zh"), reading_caption(online, NAMES_OF, "zh"), tip_caption(told(bad), online, "zh")]
    for one, caption in zip(shown, captions, strict=True):
        assert one.picture is None and one.buttons == caption.buttons
        assert one.plain == caption.plain + "\n⚠️ 图没画出来，多半是服务器内存不够。请稍后再试一次。"
    views.close()


def test_names_with_markup_are_names() -> None:
    odd = board_caption(panel({}, 20, host="<b>*小_雅*</b>"), "zh")
    assert "<b>*小_雅*</b>" in odd.plain and {part.style.value for part in odd.parts} == {"bold", "plain"}


def told(of: Panel, rule: str = "N01", **more: object) -> Tip:
    when = of.at - timedelta(minutes=5)
    bars = (bar("online_now", 0.15, ratio=True),)
    made_up = tip_of(rule, turn("online_now", 500, 200, 10), *bars, since=when, told=when, metric="online_now")
    return replace(made_up, **more)  # type: ignore[arg-type]


def test_a_tips_chart_is_about_its_moment_and_its_line(bad: Panel) -> None:
    curve = tip_curve(told(bad), reading(bad, "online_now"), "zh")
    assert curve.moment == told(bad).told.timestamp() and curve.threshold == pytest.approx(425.0)
    assert curve.end == bad.at.timestamp() and curve.start == told(bad).told.timestamp() - 1800
    assert [span.name for span in curve.events] == ["福袋抽奖"]
    caption = tip_caption(told(bad), reading(bad, "online_now"), "zh").plain
    assert caption.splitlines()[0] == "📈 走势｜在线掉得快｜云栖茶行 · 小雅" and "实时在线人数 500 → 200 人" in caption


def test_a_line_that_is_not_on_the_figures_own_scale_is_not_drawn(bad: Panel) -> None:
    at_all = reading(bad, "online_now")
    assert tip_curve(replace(told(bad), bars=()), at_all, "zh").threshold is None
    assert tip_curve(replace(told(bad), bars=(bar("online_now", 1.5, ratio=True),)), at_all, "zh").threshold is None
    assert tip_curve(replace(told(bad), bars=(bar("online_now", 30),)), at_all, "zh").threshold == 30
    assert tip_curve(replace(TOLD["traffic"], turn=None, told=bad.at), at_all, "zh").threshold is None


def test_a_line_that_the_team_set_is_said_to_be_theirs(bad: Panel) -> None:
    line = Line(RULES["N06"], Threshold(25.0, Source.DEFAULT), ours=True)
    said = reading_caption(reading(bad, "avg_watch_sec", line), NAMES_OF, "zh").plain
    assert "警戒线 25 秒（本队定的）：N06" in said and "默认值" not in said


async def test_the_chart_of_a_quotient_is_of_the_quotient(bad: Panel) -> None:
    led = headlines(RULES["N21"])[0]
    share = replace(turn("item_exp_uv", None, 0.45), unit="%", whole=("累计观看人数", "viewers"))
    made_up = told(bad, "N21", turn=share, bars=(bar("item_exp_uv", 0.5, ratio=True),), metric="item_exp_uv", headline=led)
    seen = as_compared(made_up, reading(bad, "item_exp_uv"), "zh")
    curve = tip_curve(made_up, seen, "zh")
    assert (curve.name, curve.unit, curve.threshold) == ("商品曝光人数占累计观看人数", "%", 0.5)
    assert curve.values[-1] == pytest.approx(0.6)
    caption = tip_caption(made_up, seen, "zh").plain
    assert "商品曝光人数占累计观看人数：" in caption and "60%" in caption and "预期" not in caption and "涨了" not in caption


def test_the_distance_to_the_plan_is_told_beside_the_plan(bad: Panel) -> None:
    progress = bad.gauges[[one.id for one in bad.gauges].index("goal_progress")]
    line = Line(RULES["N27"], Threshold(-0.2, Source.DEFAULT))
    said = reading_caption(reading(bad, progress.id, line), NAMES_OF, "zh").plain
    assert "正好按计划是 0%" in said and "警戒线 −20%（默认值）：N27 进度落后" in said and "高于预期" not in said


def test_an_hour_later_the_chart_still_ends_near_its_tip(bad: Panel) -> None:
    early = replace(told(bad), told=bad.at - timedelta(minutes=65))
    curve = tip_curve(early, reading(bad, "online_now"), "zh")
    assert curve.end - curve.start == 3600 and curve.start < early.told.timestamp() < curve.end


async def test_the_same_panel_is_drawn_once_in_each_language(bad: Panel) -> None:
    views = PanelViews()
    try:
        first, again, other = [await views.board(bad, language) for language in ("zh", "zh", "en")]
        assert first.picture is again.picture and other.picture is not first.picture
        later = await views.board(replace(bad, at=bad.at + timedelta(seconds=30)), "zh")
        assert later.picture is not first.picture
    finally:
        views.close()


@pytest.mark.parametrize("name", NAMES)
def test_buttons_are_read_back(name: str) -> None:
    values = {"board": ("5e551011",), "board_again": ("5e551011",), "reading_where": ("gmv",)}.get(name, ("5e551011", "gmv"))
    assert read(made(name, *values)) is not None and read(made(name, *values) + ":x") is None
