"""Metrics, rules and checklists in the terminal chat, typed and piped."""

from __future__ import annotations

import io

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from rich.console import Console

from bot.channels.reference.view import brief
from bot.channels.terminal import TerminalChat
from bot.channels.terminal_input import Headings
from bot.channels.terminal_render import Screen
from bot.domain.access import Scope, Viewer
from bot.flows.answers import Answers
from bot.flows.reference import Reference
from tests.paper_handbook import SECTIONS, PaperHandbook
from tests.paper_reference import REFERENCE, metric

EVIL = "\x1b[2J\x07\x9b31m\u202egnp.exe\r[red]标记[/red]"


class Piped:
    """Lines from a pipe, or as if typed."""

    def __init__(self, *lines: str, person: bool = False) -> None:
        self.person = person
        self._lines = list(lines)

    async def __call__(self) -> str:
        if not self._lines:
            raise EOFError
        return self._lines.pop(0)


async def seen(
    *lines: str, reference: Reference = REFERENCE, language: str = "zh", styled: bool = False, height: int = 200
) -> str:
    out = io.StringIO()
    console = Console(file=out, markup=False, highlight=False, emoji=False, width=80, force_terminal=True) if styled else None
    viewer = Viewer("terminal:local", "terminal:local", Scope(), language=language)
    screen = Screen(language, out, console, height=height)
    await TerminalChat(Answers(PaperHandbook(SECTIONS)), viewer, screen, Piped(*lines, person=styled), lambda: reference).run()
    return out.getvalue()


async def test_a_metric_is_printed_whole_with_numbered_ways_on() -> None:
    text = await seen("/metrics GPM")
    assert text.startswith("› /metrics GPM\n千次观看成交金额（GPM）  gpm\n英文：GMV per thousand views\n")
    assert "怎么算：成交金额（GMV）× 1000 ÷ 累计观看人次\n" in text
    assert text.endswith("\n\n〔1〕详解 12.1\n〔2〕低了怎么办 12.2\n〔3〕↩ 成交\n")


async def test_numbers_open_sections_and_cards_and_stay_until_the_next_question() -> None:
    text = await seen("/rules N01", "1", "2", "在线掉了", "1")
    _, opened, card, _, cited = text.split("› ")[1:]
    assert opened.startswith("1\n12.1 在线掉了\n")
    assert card.startswith("2\n实时在线人数  online_now\n") and "盯它的规则：N01 在线掉得快、N02 在线连着走低" in card
    assert cited.startswith("1\n12.1 在线掉了\n")


async def test_a_checklist_is_printed_a_whole_stage_at_a_time() -> None:
    text = await seen("/checklists 日播", "1")
    assert "日播 · 播前清单（9 项）\n\n开播前 1 天\n1. 核对第 1 样（中控）\n" in text
    assert "\n9. 🔒 测上行带宽（中控）🔢 上行带宽（Mbps），不低于 5\n" in text
    assert "〔1〕播中  〔2〕播后\n〔3〕↩ 换一种场次\n" in text
    assert text.index("日播 · 播中清单（1 项）") > text.index("› 1\n")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("/metrics gmp",), "没有“gmp”这个指标。您要找的是不是：\n\n〔1〕成交金额（GMV）\n〔2〕千次观看成交金额（GPM）\n"),
        (("/metrics gmp", "2"), "千次观看成交金额（GPM）  gpm"),
        (("/metrics gmp", "9"), "没有第 9 条，编号到 2 为止。"),
        (("/metrics 火星",), "没有“火星”这个指标。/metrics 看全部。"),
        (("/metrics",), "\n\n〔1〕流量  〔2〕商品  〔3〕成交\n"),
        (("/rules",), "N40 说了极限词  🔴 严重"),
        (("/checklists",), "〔1〕日播  〔2〕大场\n〔3〕品牌自播  〔4〕第一场\n"),
        (("/checklists", "4"), "第一场 · 播前清单（10 项）"),
        (("/metricsGPM",), "没有 /metricsGPM 这个命令"),
        (("/help",), "/rules     查规则"),
    ],
)
async def test_every_slip_and_every_list_gets_its_sentence(lines: tuple[str, ...], said: str) -> None:
    assert said in await seen(*lines)


async def test_a_handbook_without_metrics_says_what_to_do() -> None:
    assert "请手册负责人在手册文件夹里加 metrics.yaml" in await seen("/metrics GPM", reference=Reference())


async def test_english_viewers_read_english_labels() -> None:
    text = await seen("/rules N01", language="en")
    assert "Sign: 实时在线人数" in text and "〔1〕What to do: 12.1" in text
    assert "Condition: change of online now against 10 min ago ≤ −limit\n" in text and "online_now" not in text


async def test_a_long_list_is_paged_at_a_terminal_and_enter_turns() -> None:
    many = Reference(metrics=tuple(metric(f"m_{n}", f"指标{n:02}") for n in range(42)))
    text = await seen("/metrics", "", "", "", reference=many, styled=True, height=24)
    assert text.count("• 指标00") == text.count("• 指标41") == 1
    assert text.index("第 1/3 页 · 回车看下一页") < text.index("指标41") < text.index("〔1〕成交")
    assert "n 下一节" not in text


async def test_content_never_reaches_the_terminal_as_control() -> None:
    evil = Reference(metrics=(metric("gmv", EVIL, definition=EVIL, group=EVIL),))
    for styled in (False, True):
        text = await seen("/metrics gmv", "/metrics", reference=evil, styled=styled)
        assert not any(sequence in text for sequence in ("\x1b[2J", "\x07", "\x9b", "\u202e", "\r"))
        assert "[red]标记[/red]" in text


async def completed(text: str, reference: Reference = REFERENCE) -> list[str]:
    viewer = Viewer("terminal:local", "terminal:local", Scope())
    headings = Headings(Answers(PaperHandbook(SECTIONS)), viewer, lambda: reference)
    return [found.text async for found in headings.get_completions_async(Document(text), CompleteEvent())]


async def test_tab_completes_commands_and_the_names_behind_them() -> None:
    assert await completed("/me") == ["/metrics"]
    assert await completed("/metrics pay") == ["/metrics pay_rate", "/metrics pay_order_cnt"]
    assert await completed("/metrics 停留") == ["/metrics avg_watch_sec"]
    assert await completed("/rules n0") == ["/rules N01", "/rules N02", "/rules N06", "/rules N07"]
    assert await completed("/checklists ") == [f"/checklists {name}" for name in ("日播", "大场", "品牌自播", "第一场")]
    assert await completed("/checklists ", Reference()) == []
    assert await completed("/cases x") == []


def test_names_that_hold_the_sign_of_a_list_stay_apart() -> None:
    assert brief(["断单", "成交有峰、进人没峰", "客单低", "退款多"], "zh") == "断单；成交有峰、进人没峰；客单低……"
    assert brief(["断单", "客单低"], "zh") == "断单、客单低"
    assert brief(["a, b", "c"], "en") == "a, b; c"
