"""What the handbook says in its own voice: bad advice is found, and naming a thing in order to forbid it is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    "库存故意少报，卖完再补一批。",
    "告诉观众这是全网最低价。",
    "倒计时到了别急着恢复原价。",
    "找几个人在公屏刷“抢到了”带气氛。",
    "后台有五百件，就说只剩十件。",
    "先把原价改高再打折，优惠显得大。",
    "让粉丝加主播微信领优惠。",
    "请水军带一带节奏。",
    "用小号下单冲一冲销量。",
    "这款面霜可以消炎祛痘，敏感肌放心用。",
    "抽奖不用写规则，口头说一声就行。",
    "把差评全部隐藏。",
    "憋单十分钟再放链接。",
    "福袋中奖名单内部定好。",
    "没有直播时放录像冒充直播。",
    "秒杀结束后价格先不要改回去。",
    "主播可以说自己是行业第一。",
    "划线价随便填一个。",
    "开播前把标价调高，再喊五折。",
    "链接先藏着，在线上去了再放。",
    "请几个朋友当托。",
    "把在线人数用机器人顶起来。",
    "喊最后一天，明天接着喊。",
    "编一个原价出来对比。",
    "跟商家报数据时往高了说。",
    "告诉观众库存不多了，其实仓库很满。",
    "到点了先不恢复原价，再卖半小时。",
    "送老人吃这个不用吃药。",
    "让小朋友出镜说好吃。",
    "先涨价两天，再做促销。",
    "倒计时归零以后重新来一轮。",
    "给好评的返五块红包。",
    "看到说假货的评论直接删掉。",
    "私信引导客户转微信成交。",
    "亲测有效，三天见效，包治。",
    "评论区用小号带节奏，问价格。",
    "销量写多一点，看着热闹。",
    "挂三件，卖光了再悄悄加库存。",
    "跟观众讲这是史上最低价。",
    "活动时间到了，价格照旧，别动它。",
    "让助播换个号在公屏喊已经拍到了。",
    "划线价写得高一点，折扣好看。",
    "在线不够五百先不开价。",
    "可以先刷一百单破零。",
    "买一千个在线充场面。",
    "这款茶喝了能降三高。",
    "开场先喊抽手机，规则晚点补。",
    "售后麻烦的客人加微信私聊。",
    "差评找人盖过去。",
    "同行便宜，就说他家是假货。",
    "把倒计时调成循环播放。",
    "嘴上说亏本，其实有利润。",
    "主播说自己用过，其实没用过。",
    "孩子试穿的时候让他说一句“我最喜欢这件”。",
    "播放昨天的录播，标题写正在直播。",
    "数字人不用标识，观众看不出来。",
    "让主播说这是国家级认证。",
    "告诉观众不买就再也没有了。",
    "退货的写特价不退不换。",
    "库存写成五件，制造抢购气氛。",
    "开场就喊全网最低价，把人留住。",
    "倒计时结束再加三分钟，循环喊。",
    "找人刷几单，把销量做起来。",
    "原价标到三百，今天九十九。",
    "让大家加微信领红包。",
    "这款精华能治疗湿疹。",
    "差评先屏蔽，等下播再处理。",
    "抽奖名单自己定，挑熟人。",
    "让同事用小号夸产品。",
    "告诉观众这是史上最低。",
    "憋着不上链接，把停留拉起来。",
    "人气不够就买点机器人。",
    "主播可以说百分百有效。",
    "提前把价涨上去，大促再降。",
    "没货也先卖，后面再找货。",
    "让八岁的女儿推荐书包。",
    "把昨天的回放当直播放。",
    "喊“最后一单”，喊完再上十单。",
    "战报里把退款去掉，GMV 写高些。",
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
    "库存按后台实数报，卖完就下架。",
    "不要告诉观众这是全网最低价。",
    "倒计时到点，系统自动恢复价。",
    "抽奖规则开播前公示，写清奖品和数量。",
    "差评当场接住，客服十分钟内私信。",
    "销量冠军要有证据才说。",
    "原价要有前 7 日最低成交价，没有就不写。",
    "刷单、刷评都不许做。",
    "先断流再断单的，按断流处理。",
    "主播别抢答，场控先念评论。",
    "开奖时间写在屏上，到点开奖。",
    "库存少于 15 分钟销量，先核实再补。",
    "换一个价格低一点的引流款。",
    "最后 10 分钟把没讲的款过一遍。",
    "补货两小时内能到的，改发货时间。",
    "恢复价是之后真在卖的价。",
    "活动到 21:00，后台设好了。",
    "有人说加微信，场控当场制止。",
    "“祛斑”这类词没有注册证不说。",
    "假货的评论不删，亮授权。",
    "排第一的款讲 8 分钟。",
    "第一场没人是常态。",
    "人不够的时候兼岗写清楚。",
    "播前把福袋规则贴片做好。",
    "独家授权书拍照存档，写明范围和期限。",
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


@given(st.text(alphabet=st.sampled_from("刷单绝对别不“”「」《》|：，。；-*#> \n原价3件"), max_size=300))
def test_no_text_is_too_odd(wordings: tuple[Wording, ...], text: str) -> None:
    _found(wordings, text)


@pytest.mark.parametrize(
    "text", ["刷单" * 50_000, "绝对化" * 50_000, "“" * 100_000 + "刷单", "倒计时" * 40_000, "| 刷单 " * 20_000, "*" * 100_000]
)
@pytest.mark.timeout(60)
def test_long_lines_cost_no_time(wordings: tuple[Wording, ...], text: str) -> None:
    _found(wordings, text)
