"""What the handbook says in its own voice: bad advice is found, and naming a thing in order to forbid it is not."""

from __future__ import annotations

import pytest

from bot.config import BUILT_IN_HANDBOOK
from bot.content.own_text import check_wording
from bot.content.pages import read_page
from bot.content.sentences import page_sentences, yaml_sentences
from bot.content.wording import read_wording
from bot.content.yamlfile import YamlFile, read_yaml
from bot.domain.wording import Wording


@pytest.fixture(scope="module")
def wordings() -> tuple[Wording, ...]:
    file = read_yaml("wording.yaml", (BUILT_IN_HANDBOOK / "wording.yaml").read_text(encoding="utf-8"))
    assert isinstance(file, YamlFile)
    return read_wording(file)[0]


def _found(wordings: tuple[Wording, ...], body: str, heading: str = "12.1 在线掉了") -> list[str]:
    page = read_page("chapters/12-monitoring.md", f"---\ntitle: 12 盯盘\n---\n## {heading}\n{body}\n")
    return [str(problem) for problem in check_wording(wordings, page_sentences(page))]


PLANTED = [
    "库存只写三件，卖完再补。",
    "跟观众说全网最低。",
    "倒计时结束先别恢复价格。",
    "主播开口就报“全网最低价”，声音大一点。",
    "链接先别上，在线过了一千再说。",
    "断流的时候找几个同事刷单，把销量顶上去。",
    "在线掉到一百以下，买人气撑一撑。",
    "差评太多就让场控删掉差评，别让新人看见。",
    "划线价往高了写，显得便宜。",
    "开播前三天先把价格抬上去，开播再打五折。",
    "这款锅是最好用的，主播多讲两遍。",
    "我们是销量第一，这句话开场必说。",
    "这款茶能降血糖，老人爱听。",
    "助播冒充买家在公屏问价格。",
    "高客单的客人让主播加微信，私下聊。",
    "福袋先不写规则，人多了再补。",
    "开奖往后拖几分钟，停留就上去了。",
    "让孩子推荐童装，效果最自然。",
    "喊只剩十件，后台其实还有五百。",
    "粉丝不够就买粉，一千个不贵。",
    "战报里 GMV 可以多报一点，商家看了高兴。",
    "晚上没人就放录像当直播。",
    "下播前说最后三分钟恢复原价，明天照卖。",
    "制造稀缺感，一次只放五单。",
    "扣满一百个想要再上链接，停留一定高。",
    "别忘了说全网最低，不用管会不会罚款。",
    "话术改成：“绝对正品，无效退款。”",
    "品质顶级，面料极致柔软。",
    "独家首发，仅剩 5 件，快拍。",
]  # fmt: skip

LAWFUL = [
    "不能跟观众说全网最低。",
    "**别做**：别拿憋单、假倒计时留人（14.7、14.8）；也别为了好看刷单。",
    "库存只写实数，卖完就说卖完。",
    "倒计时结束，后台自动恢复原价，截图留档。",
    "喊了三遍还不上，就是憋单（14.7）。",
    "刷单是虚构交易，违法。",
    "“全网最低价”一律不出口。",
    "公域少就去刷人气，违法，见 14.10。",
    "第一，腰是半松紧；第二，垂感好。",
    "绝对值大的先看，没有绝对好坏。",
    "别喊“最后三分钟恢复原价”却不恢复。",
    "限量报实数：“今晚备 450 件，后台剩 112 件，中控报的数。”",
    "被问能不能降血糖，答：“水果没有治疗作用，血糖高的听医生的。”",
    "划线价要有前 7 日最低成交价证据，没有就撤。",
    "未成年人不得代言，让孩子推荐商品违法。",
    "开播前 4 小时把福袋规则写全，做成贴片。",
    "换到承接力最强、有库存的款。",
    "库存还有 40 件，活动延长到 21:00，同时改后台时间。",
    "不能用的：\n- 憋着不上链接\n- 后台改成 1 件\n- 让水军刷好评",
    "| 别这么回 | 这么回 |\n|---|---|\n| “绝对正品” | “授权书编号在屏上。” |",
    "| 行为 | 依据 |\n|---|---|\n| 虚构交易、编造评价 | 《电子商务法》第十七条 |",
    "《广告绝对化用语执法指南》给了空间。",
    "骂人的话按平台规则禁言，不利评价不许删差评、屏蔽差评。",
    "助播用自己的身份带第一条评论，不冒充买家。",
    "差评都有人接，差评一条没删。",
    "谁说了加微信，主播当场收回，“下单都在小黄车”。",
    "不憋单，不刷单，不虚报库存。",
    "到点真恢复，截一张恢复价的图。",
    "这些词听到就要警惕：憋单、假秒杀、水军、刷人气。",
]  # fmt: skip


@pytest.mark.parametrize("text", PLANTED)
def test_bad_advice_is_found_with_its_line_and_what_to_write(wordings: tuple[Wording, ...], text: str) -> None:
    found = _found(wordings, text)
    assert found and all(said.startswith("chapters/12-monitoring.md:5：") and "改成" in said for said in found)


@pytest.mark.parametrize("text", LAWFUL)
def test_lawful_sentence_passes(wordings: tuple[Wording, ...], text: str) -> None:
    assert _found(wordings, text) == []


@pytest.mark.parametrize("text", ["刷单就是虚构交易。", "说“全网最低价”就行。", "少报库存没事。"])
def test_section_about_compliance_is_no_licence_for_its_own_voice(wordings: tuple[Wording, ...], text: str) -> None:
    assert bool(_found(wordings, text, "14.9 虚报库存，违法")) is (text != "刷单就是虚构交易。")


def test_word_offered_as_the_thing_to_say_is_found_in_its_column(wordings: tuple[Wording, ...]) -> None:
    table = "| 原话 | 换成 |\n|---|---|\n| 国家级面料 | 顶级面料 |"
    (said,) = _found(wordings, table, "07.14 不能说的词")
    assert said.startswith("chapters/12-monitoring.md:7：「顶级」")


def test_quote_in_a_section_about_compliance_may_name_the_word(wordings: tuple[Wording, ...]) -> None:
    assert _found(wordings, "21:07 主播张口就来：“炒锅里它排第一！”", "14.2 极限词能不能说") == []
    assert _found(wordings, "21:07 主播张口就来：“炒锅里它排第一！”", "12.3 停留")


def test_yaml_texts_are_read_with_their_lines(wordings: tuple[Wording, ...]) -> None:
    file = read_yaml("checklists/before.yaml", "- id: B01\n  text: 库存只写三件\n  why: 第一场\n- id: B02\n  text: 别虚报库存\n")
    assert isinstance(file, YamlFile)
    (problem,) = check_wording(wordings, yaml_sentences(file, without=frozenset({"id"})))
    assert (problem.path, problem.line) == ("checklists/before.yaml", 2)


def test_complaint_is_one_sentence_that_helps(wordings: tuple[Wording, ...]) -> None:
    assert _found(wordings, "跟观众说全网最低。") == [
        "chapters/12-monitoring.md:5：「全网最低」不能这么写：没人核得了全网，等于无依据比价（《明码标价和禁止价格欺诈规定》第十七条、"
        "第十九条）。要提醒别人别做，就写明不能；要教怎么说，改成：近七天本店成交多少、今天多少，截图在屏上。见 14.4"
    ]
