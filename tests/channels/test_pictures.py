"""Pictures of figures: no label is a box, no line crosses a gap, and they are small and quick."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import math
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
import psutil
import pytest
from PIL import Image, ImageColor

from bot.channels.board_view import board_text, caption
from bot.channels.pictures import canvas, words
from bot.channels.pictures.artist import Artist
from bot.channels.pictures.board import _COLUMN, _WIDTHS, LEAST, SMALL, board, columns, fitted
from bot.channels.pictures.canvas import covers, legible
from bot.channels.pictures.chart import LEFT, RIGHT, WIDTH, _Place, chart, limit_place
from bot.channels.reference.words import PLANNED
from bot.channels.words import Phrase
from bot.domain.curves import Curve, Expected, Span, extent
from bot.domain.decisions import Source
from bot.domain.panel import Gauge
from bot.errors import PictureFailed
from tests.channels.tip_paper import METRICS, RULES
from tests.domain.live import at

Start = Callable[[], Executor]
START, END = at(19, 20).timestamp(), at(20, 20).timestamp()
TIMES = [START + 60 * number for number in range(61)]
NAN = math.nan
NAMES = {id: metric.name for id, metric in METRICS.items()}


def curve(metric: str = "online_now", values: list[float] | None = None, **more: object) -> Curve:
    of = METRICS[metric]
    size = of.example.result or 1.0
    values = values or [size * (1 + 0.1 * math.sin(number / 5)) for number in range(61)]
    expected = Expected(TIMES, [min(size * 0.85, size * 1.15)] * 61, [max(size * 0.85, size * 1.15)] * 61)
    made = Curve(
        of.name, of.english, of.unit, TIMES, values, START, END, "Asia/Shanghai", 60.0, "云栖茶行 · 小雅", of.good, expected
    )
    return replace(made, **more)  # type: ignore[arg-type]


def full() -> Curve:
    gap = [NAN if 20 <= number < 30 else 160 + 10 * math.sin(number) for number in range(61)]
    events = (
        Span("福袋抽奖", at(19, 25).timestamp(), at(19, 33).timestamp()),
        Span("换主播", at(20).timestamp(), at(20, 2).timestamp()),
    )
    return curve(values=gap, threshold=136.0, moment=at(20, 15).timestamp(), events=events)


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(png)).convert("RGB")).astype(int)


def near(seen: np.ndarray, colour: str) -> np.ndarray:
    """Where the picture has this colour, as far as its few colours tell."""
    return np.abs(seen - np.array(ImageColor.getrgb(colour))).sum(axis=2) < 40


@cache
def drawn(language: str) -> bytes:
    return chart(full(), language)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_chart_is_a_small_png_for_a_phone(language: str) -> None:
    assert Image.open(BytesIO(drawn(language))).size == (900, 540)
    assert len(drawn(language)) <= 60_000


def test_no_line_is_drawn_over_a_gap() -> None:
    seen = near(pixels(drawn("zh")), canvas.LINE).any(axis=0)
    width = WIDTH - LEFT - RIGHT
    first, last = (int(LEFT + minute / 60 * width) for minute in (19, 30))
    assert not seen[first + 4 : last - 4].any() and seen[:first].any() and seen[last:].any()


def test_threshold_band_events_and_moment_are_all_there() -> None:
    seen = pixels(drawn("zh"))
    assert all(near(seen, colour).any() for colour in (canvas.LIMIT, canvas.BAND, canvas.LINE, canvas.BLANK))
    plain = pixels(chart(replace(full(), threshold=None, moment=None, expected=None, events=()), "zh"))
    # The soft edges of the line have some of the band's colour.
    assert not near(plain, canvas.LIMIT).any() and near(seen, canvas.BAND).sum() > 20 * near(plain, canvas.BAND).sum()


@pytest.mark.parametrize(
    "values", [[NAN] * 61, [0.0] * 61, [NAN] * 60 + [5.0], [-0.3] * 61, [1e9] * 61], ids=["none", "zero", "one", "minus", "huge"]
)
def test_any_values_give_a_picture(values: list[float]) -> None:
    assert Image.open(BytesIO(chart(curve(values=values), "zh"))).size == (900, 540)


def said() -> set[str]:
    """Every text of ours that may stand on a picture."""
    phrases = [value for value in vars(words).values() if isinstance(value, Phrase)] + list(PLANNED.values())
    texts = {text for phrase in phrases for text in (phrase.zh, phrase.en)} | set(words.GROUPS) | set(words.GROUPS.values())
    texts |= {text for metric in METRICS.values() for text in (metric.name, metric.english, metric.unit, metric.group)}
    return texts | {rule.name for rule in RULES.values()} | {"0123456789,.%−¥→↑↓×÷·｜–…：（）万亿人次条单件秒倍分钟小时"}


def test_the_font_has_every_character_that_we_write() -> None:
    assert [text for text in said() if not covers(text)] == []


def test_what_the_font_cannot_show_is_left_out_instead_of_a_box() -> None:
    assert legible("好物🎉\u200b\ue000旗舰店\n二店") == "好物旗舰店 二店"
    assert not covers("🎉") and covers("龘")
    odd = curve(where="🎉\ue000", name="在线🎉", events=(Span("𠮷🎉" * 20, START, END),))
    assert chart(odd, "zh")  # a missing glyph would warn, and warnings are errors


def test_dollar_signs_in_names_are_text() -> None:
    assert chart(curve(where=r"a$\frac{1}{0}$b $x", name="$"), "zh")


@pytest.mark.alone
def test_a_warm_chart_takes_less_than_three_tenths_of_a_second() -> None:
    chart(full(), "zh")
    spent = []
    for _ in range(5):
        began = time.process_time()
        chart(full(), "zh")
        spent.append(time.process_time() - began)
    assert min(spent) <= 0.3


def gauges(missing: set[str] | None = None) -> list[Gauge]:
    gone = missing or set()
    return [Gauge(id, m.group, curve(id, [NAN] * 61 if id in gone else None)) for id, m in METRICS.items()]


def test_the_board_shows_all_42_and_is_readable_in_one_picture() -> None:
    picture = Image.open(BytesIO(board(gauges(), "云栖茶行 · 小雅", END, "Asia/Shanghai", "zh")))
    assert picture.size[0] == 1080 and 1200 <= picture.size[1] <= 1700


def test_what_is_missing_has_no_curve_and_no_zero() -> None:
    empty = pixels(board(gauges(set(METRICS)), "云栖茶行", END, "Asia/Shanghai", "zh"))
    assert not near(empty, canvas.LINE).any()
    text = board_text(gauges(set(METRICS)), "云栖茶行", "zh").plain
    assert text.count("无数据") == 5 and " 0 人" not in text and "0/12 有数" in text


def wavering(off: dict[str, float]) -> list[Gauge]:
    """A session as real ones are, each figure wavering by a few percent; those of `off` so many times what they were lately."""
    chance, found = np.random.default_rng(7), []
    for gauge in gauges({"refund_rate", "ad_roi"}):
        size = METRICS[gauge.id].example.result or 1.0
        ends = [1.0] * 40 + [off.get(gauge.id, 1.0)] * 21
        values = [size * end * (1 + 0.04 * chance.standard_normal()) for end in ends]
        found.append(gauge if gauge.value is None else replace(gauge, curve=replace(gauge.curve, values=values)))
    return found


BETTER = {"watch_uv": 1.5, "like_cnt": 1.5, "gmv": 1.5}


@pytest.mark.parametrize(
    "off", [{}, {"gpm": 0.4, "aov": 0.4, "online_now": 0.4}, {"gpm": 0.4} | BETTER], ids=["well", "off", "both"]
)
def test_the_band_and_the_lines_stay_whatever_is_off(off: dict[str, float]) -> None:
    png = board(wavering(off), "云栖茶行 · 小雅", END, "Asia/Shanghai", "zh")
    seen = pixels(png)
    counted = {
        name: int((seen == np.array(ImageColor.getrgb(getattr(canvas, name)))).all(axis=2).sum())
        for name in ("PAPER", "BAND", "FAINT", "BAD", "GOOD")
    }
    assert counted["PAPER"] > 1_000_000 and counted["BAND"] > 60_000 and counted["FAINT"] > 8_000, counted
    assert (counted["BAD"] > 2_000) == ("gpm" in off) and (counted["GOOD"] > 600) == ("gmv" in off), counted
    assert len(png) <= 110_000


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_name_on_the_board_is_cut(language: str) -> None:
    width = _WIDTHS[language][0]
    found = {id: fitted(curve(id), language, width) for id in METRICS}
    assert [id for id, (said, _) in found.items() if "…" in said] == []
    assert all(columns(said) * _COLUMN * size / SMALL <= width + 1 and size >= LEAST for said, size in found.values())


def test_the_board_says_whose_expectation_it_draws() -> None:
    pasts = [replace(g, curve=replace(g.curve, expected=replace(g.curve.expected, source=Source.OWN))) for g in gauges()]  # type: ignore[type-var]
    assert words.basis(gauges(), "zh") == "按本场前面的水平" and words.basis(pasts, "zh") == "按自己往场同一时段"
    assert words.basis([replace(g, curve=replace(g.curve, expected=None)) for g in gauges()], "zh") == ""


@pytest.mark.parametrize("shift", [0, 5, 12, 19])
def test_the_curve_does_not_run_through_the_name_of_the_limit(shift: int) -> None:
    size = METRICS["gpm"].example.result or 1.0
    steep = curve("gpm", [size * (1 + 0.3 * math.sin((number + shift) / 4)) for number in range(61)], threshold=size)
    place = _Place(steep, *extent(steep))
    *_, crossed = limit_place(steep, (place.x, place.y), 110, place.top)
    assert crossed == 0
    flat = replace(steep, values=[size] * 61)
    place = _Place(flat, *extent(flat))
    _, y, crossed = limit_place(flat, (place.x, place.y), 110, place.top)
    assert crossed == 0 or abs(y - place.y(size)) == 15


def test_the_worst_come_first() -> None:
    fallen = [curve("gpm", [500.0] * 40 + [200.0] * 21), curve("aov", [124.0] * 40 + [90.0] * 21)]
    all_ = [replace(g, curve=fallen[("gpm", "aov").index(g.id)]) if g.id in ("gpm", "aov") else g for g in gauges()]
    first = board_text(all_, "云栖茶行", "zh").plain.split("\n")[1]
    assert first == "最要看的：千次观看成交金额 ¥200 低于预期 55%；客单价 ¥90 低于预期 14.4%"
    assert board_text(gauges(), "x", "zh").plain.split("\n")[1] == "最要看的：没有比平时差的指标"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_board_as_text_is_a_headline_and_six_lines(language: str) -> None:
    text = board_text(gauges(), "云栖茶行 · 小雅", language).plain
    assert len(text.split("\n")) == 7 and len(text) < 1024


def test_one_metric_says_how_it_is_made() -> None:
    gauge = Gauge("gpm", "成交", curve("gpm", [523.0] * 61))
    assert (
        caption(gauge, METRICS["gpm"], NAMES, "zh").plain == "千次观看成交金额 ¥523\n怎么算：成交金额（GMV）× 1000 ÷ 累计观看人次"
    )
    base = Gauge("gmv", "成交", curve("gmv", [NAN] * 61))
    assert caption(base, METRICS["gmv"], NAMES, "zh").plain == "成交金额 无数据\n怎么算：数据源直接给的数"
    assert all(len(caption(Gauge(id, m.group, curve(id)), m, NAMES, "zh").plain) <= 1024 for id, m in METRICS.items())


async def test_pictures_are_drawn_in_a_process_of_their_own_one_after_the_other(own_process: Start) -> None:
    artist = Artist(start=own_process)
    try:
        one, two, all_ = await asyncio.gather(
            artist.chart(full(), "zh"),
            artist.chart(full(), "en", "怎么算"),
            artist.board(gauges(), "x", END, "Asia/Shanghai", "zh"),
        )
        (process,) = drawing()
    finally:
        artist.close()
    assert one.png == drawn("zh") and two.png != drawn("en") and Image.open(BytesIO(all_.png)).size[0] == 1080
    assert not process.is_running()


async def test_what_a_process_had_in_hand_that_is_ended_is_drawn_by_another(own_process: Start) -> None:
    artist = Artist(start=own_process)
    try:
        await artist.chart(full(), "zh")
        (process,) = drawing()
        asked = [asyncio.create_task(artist.chart(full(), "zh")) for _ in range(3)]
        await asyncio.sleep(0)
        process.kill()
        assert [one.png for one in await asyncio.gather(*asked)] == [drawn("zh")] * 3
        (process,) = drawing()
        process.kill()
        await asyncio.to_thread(process.wait, 10)
        assert (await artist.chart(full(), "zh")).png == drawn("zh"), "also when it was ended while it had nothing to do"
    finally:
        artist.close()


async def test_a_process_that_is_ended_again_and_again_costs_the_picture() -> None:
    class Ended(Executor):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
            raise BrokenProcessPool

    artist = Artist(start=Ended)
    with pytest.raises(PictureFailed) as failed:
        await artist.chart(full(), "zh")
    assert failed.value.to("en").startswith("The picture could not be drawn")


async def test_a_process_that_hangs_is_ended_and_keeps_nobody_from_going_on_or_stopping(own_process: Start) -> None:
    artist = Artist(start=own_process, longest=60)
    await artist.chart(full(), "zh")
    (process,) = drawing()
    process.suspend()
    artist._longest = 0.3
    with pytest.raises(PictureFailed) as failed:
        await artist.chart(full(), "zh")
    assert "太久" in failed.value.to("zh") and not process.is_running()
    artist._longest = 60
    assert (await artist.chart(full(), "zh")).png == drawn("zh")
    (process,) = drawing()
    process.suspend()
    waiting = [asyncio.create_task(artist.chart(full(), "zh")) for _ in range(2)]
    await asyncio.sleep(0.1)
    artist.close()
    assert not process.is_running()
    assert [type(one) for one in await asyncio.gather(*waiting, return_exceptions=True)] == [PictureFailed] * 2


async def test_it_rests_when_nothing_was_drawn_for_a_while_and_draws_again(own_process: Start) -> None:
    artist = Artist(0.2, own_process)
    try:
        await artist.chart(full(), "zh")
        (process,) = drawing()
        await asyncio.to_thread(process.wait, 10)
        assert (await artist.chart(full(), "zh")).png == drawn("zh")
    finally:
        artist.close()


def test_it_does_not_outlive_whoever_it_draws_for() -> None:
    code = (
        "import asyncio, os, psutil\n"
        "from bot.channels.pictures.artist import Artist\n"
        "from tests.channels.test_pictures import drawing, full\n"
        "async def main():\n"
        "    await Artist().chart(full(), 'zh')\n"
        "    print(drawing()[0].pid, flush=True)\n"
        "    os.kill(os.getpid(), 9)\n"
        "asyncio.run(main())\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    left = int(ended.stdout)
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(left).wait(10)
    assert not psutil.pid_exists(left)


def drawing() -> list[psutil.Process]:
    """The processes that draw for this one and give way; what keeps track of a process's resources is none."""
    children = psutil.Process().children()
    return [one for one in children if "spawn_main" in " ".join(one.cmdline()) and one.nice() > psutil.Process().nice()]


def test_a_picture_leaves_no_pixels_to_the_garbage_collector() -> None:
    chart(full(), "zh")
    gc.collect()
    gc.disable()
    try:
        chart(full(), "zh")
        assert gc.collect() < 200
    finally:
        gc.enable()
