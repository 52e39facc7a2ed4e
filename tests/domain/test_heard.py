"""Words heard in the room: what has to be caught however it is dressed up, what is lawful, and a window over a feed."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.config import BUILT_IN_HANDBOOK
from bot.content.heard import read_heard
from bot.content.yamlfile import YamlFile, read_yaml
from bot.domain.heard import Heard, How, Lexicon, Listening, Source, listen
from tests.benchmarks.hearing import read_lines, score

DATA = Path(__file__).parent.parent / "data" / "heard"
CAUGHT = [line.split("\t") for line in (DATA / "caught.txt").read_text("utf-8").splitlines()]
LAWFUL = (DATA / "lawful.txt").read_text("utf-8").splitlines()


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    file = read_yaml("heard.yaml", (BUILT_IN_HANDBOOK / "heard.yaml").read_text("utf-8"))
    assert isinstance(file, YamlFile)
    return read_heard(file)[0].lexicon()


def _one(lexicon: Lexicon, text: str) -> Heard:
    (found,) = listen(text, lexicon.speech)
    return found


def test_sets_are_as_large_as_they_should_be() -> None:
    assert len(CAUGHT) >= 60 and len(LAWFUL) >= 80


@pytest.mark.parametrize(("group", "text"), CAUGHT)
def test_what_must_not_be_said_is_heard(lexicon: Lexicon, group: str, text: str) -> None:
    found = [one for one in listen(text, lexicon.speech) if one.group.id == group]
    assert found and all(text[one.start : one.end] == one.words for one in found)
    assert all(one.term.correction and one.term.article and one.rule for one in found)


@pytest.mark.parametrize("text", LAWFUL)
def test_what_hosts_may_say_is_left_alone(lexicon: Lexicon, text: str) -> None:
    assert [one.words for one in listen(text, lexicon.speech) if one.term.counts] == []


def test_sentences_that_the_list_was_not_made_with_are_mostly_judged_right(lexicon: Lexicon) -> None:
    """They were written when the list was done, and it is not tuned to them: recall .94 and precision .92 when measured."""
    caught = [line.split("\t") for line in (DATA / "unseen_caught.txt").read_text("utf-8").splitlines()]
    lawful = (DATA / "unseen_lawful.txt").read_text("utf-8").splitlines()
    right = sum(any(one.group.id == group for one in listen(text, lexicon.speech)) for group, text in caught)
    wrong = sum(any(one.term.counts for one in listen(text, lexicon.speech)) for text in lawful)
    assert right / len(caught) >= 0.9 and right / (right + wrong) >= 0.9


def test_sentences_written_without_reading_the_list_are_judged_right(lexicon: Lexicon) -> None:
    """At first .81 were heard and 2 of 69 taken wrongly; what was missed was mended by its cause, so this only keeps it so."""
    caught = [line.split("\t") for line in (DATA / "fresh_caught.txt").read_text("utf-8").splitlines()]
    lawful = (DATA / "fresh_lawful.txt").read_text("utf-8").splitlines()
    missed = [text for group, text in caught if not any(one.group.id == group for one in listen(text, lexicon.speech))]
    wrong = [text for text in lawful if any(one.term.counts for one in listen(text, lexicon.speech))]
    assert len(caught) >= 60 and len(lawful) >= 60
    assert missed == [] and wrong == []


def test_sentences_never_used_to_mend_the_list_are_heard_as_often_as_measured(lexicon: Lexicon) -> None:
    """Measured: 31 of 40 heard (.78), none of 40 taken wrongly. Whoever mends the list by this set ends its use."""
    caught = [line.split("\t") for line in (DATA / "blind_caught.txt").read_text("utf-8").splitlines()]
    lawful = (DATA / "blind_lawful.txt").read_text("utf-8").splitlines()
    right = sum(any(one.group.id == group for one in listen(text, lexicon.speech)) for group, text in caught)
    wrong = sum(any(one.term.counts for one in listen(text, lexicon.speech)) for text in lawful)
    assert len(caught) == len(lawful) == 40
    assert right / len(caught) >= 0.75 and right / (right + wrong) >= 0.95


@pytest.mark.parametrize(("part", "recall", "precision"), [("tuned", 0.98, 0.99), ("held", 0.93, 0.95)])
def test_what_hosts_say_in_many_words_is_heard_as_often_as_measured(
    lexicon: Lexicon, part: str, recall: float, precision: float
) -> None:
    """Two sets with their kinds: one the grammar was tuned by, one it was not; measured .99 and 1.00, .95 and .97."""
    lines = read_lines(DATA / "spoken" / f"{part}_caught.tsv")
    found = score(lexicon, lines, (DATA / "spoken" / f"{part}_lawful.txt").read_text("utf-8").splitlines())
    assert found.lines >= 150 and found.lawful >= 150
    assert found.recall >= recall and found.precision >= precision


@pytest.mark.parametrize(("part", "recall", "wrong"), [("tuned", 1.0, 1), ("held", 1.0, 0)])
def test_what_is_quoted_denied_or_warned_of_is_lawful_and_what_is_meant_beside_it_is_not(
    lexicon: Lexicon, part: str, recall: float, wrong: int
) -> None:
    """Pairs of a kind, written before the exceptions; before there were these, 43 of 45 and 23 of 24 were taken wrongly."""
    lines = read_lines(DATA / "contexts" / f"{part}_caught.tsv")
    found = score(lexicon, lines, (DATA / "contexts" / f"{part}_lawful.txt").read_text("utf-8").splitlines())
    assert found.lines >= 20 and found.lawful >= 24
    assert found.told / found.lines >= recall and found.wrong <= wrong


@pytest.mark.parametrize("text", (DATA / "contexts" / "escapes.tsv").read_text("utf-8").splitlines())
def test_no_exception_is_so_wide_that_a_claim_escapes(lexicon: Lexicon, text: str) -> None:
    groups, said = text.split("\t")
    assert any(one.term.counts and one.group.id in groups.split("|") for one in listen(said, lexicon.speech))


@pytest.mark.parametrize(
    "text",
    ["漏发的给你补单发货", "补单号发我看下", "满三十人就开班", "这个厂有一千人才做得出来", "满一千人才开团的群"],
)
def test_what_only_sounds_like_brushing_or_holding_back_is_left_alone(lexicon: Lexicon, text: str) -> None:
    assert [one.words for one in listen(text, lexicon.speech) if one.term.counts] == []


@pytest.mark.parametrize(
    ("text", "group", "words"),
    [
        ("刷个单", "fake", "刷个单"),
        ("找人补单", "fake", "找人补单"),
        ("咱们补单冲一下销量", "fake", "咱们补单冲一下销量"),
        ("满一千人才上链接", "pressure", "满一千人才上链接"),
        ("想要的扣一，扣满五百我就上链接", "pressure", "扣满五百我就上"),
        ("后台再拍几单，把销量刷上去", "fake", "后台再拍几单"),
        ("面膜里的天花板", "absolute", "里的天花板"),
    ],
)
def test_what_is_meant_is_heard_with_its_law_and_correction(lexicon: Lexicon, text: str, group: str, words: str) -> None:
    found = [one for one in listen(text, lexicon.speech) if one.group.id == group]
    assert [one.words for one in found][:1] == [words] and found[0].term.counts
    assert found[0].term.article and found[0].correction


@pytest.mark.parametrize(
    "text", ["扣个一，我看看多少人要白色", "不扣也没关系，到点就上", "我们从来不刷单", "差评我们不会删的", "天花板上的灯也能擦"]
)
def test_what_only_resembles_it_is_left_alone(lexicon: Lexicon, text: str) -> None:
    assert [one.words for one in listen(text, lexicon.speech) if one.term.counts] == []


def test_an_exception_that_begins_with_a_gap_reaches_over_a_comma_and_one_that_does_not_stops_there(lexicon: Lexicon) -> None:
    assert not [one for one in listen("这个能治失眠，都是骗人的", lexicon.speech) if one.term.counts]
    assert [one.group.id for one in listen("我没有说谎，治失眠的", lexicon.speech) if one.term.counts] == ["cure"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("她是国家级传承人", []),
        ("这是国家级非遗项目代表性传承人的作品", []),
        ("国家级非遗师傅做的镯子", ["国家级"]),
        ("品质第一，顾客至上是我们的宗旨", []),
        ("我们的口号是质量第一", []),
        ("我们家质量第一，闭眼拍", ["质量第一"]),
    ],
)
def test_titles_and_named_slogans_are_lawful_and_boasts_are_not(lexicon: Lexicon, text: str, words: list[str]) -> None:
    assert [one.words for one in listen(text, lexicon.speech) if one.term.counts] == words


@pytest.mark.parametrize(
    ("text", "complains"),
    [
        ("不是什么骗子", False),
        ("从来没遇到假货", False),
        ("千万别扫那个码，骗钱的", False),
        ("别买，骗人的", True),
        ("骗子，不是好人", True),
    ],
)
def test_comment_that_denies_or_warns_of_strangers_is_no_complaint(lexicon: Lexicon, text: str, complains: bool) -> None:
    room = Listening(lexicon)
    room.add(0, text, "弹幕")
    assert room.inputs(1)["negative_comments_5m"] == float(complains)


@pytest.mark.parametrize(
    ("text", "words", "pattern", "how"),
    [
        ("我们全网最低", "全网最低", "全网最低", How.EXACT),
        ("我们全.网.最.低啊", "全.网.最.低", "全网最低", How.SPACED),
        ("全\u200b網最低", "全\u200b網最低", "全网最低", How.SPACED),
        ("全，网，最，低", "全，网，最，低", "全网最低", How.SPACED),
        ("蕞佳", "蕞佳", "蕞佳", How.VARIANT),
        ("全王最底", "全王最底", "全网最低", How.HOMOPHONE),
        ("最di价", "最di价", "最低价", How.HOMOPHONE),
        ("quánwǎng zuì dī", "quánwǎng zuì dī", "全网最低", How.HOMOPHONE),
        *((f"全{filler}网最低", f"全{filler}网最低", "全网最低", How.SPACED) for filler in "\u115f\u1160\u3164\uffa0"),
    ],
)
def test_each_way_of_recognising_is_named(lexicon: Lexicon, text: str, words: str, pattern: str, how: How) -> None:
    found = _one(lexicon, text)
    assert (found.words, found.pattern, found.how) == (words, pattern, how)
    assert 0 < found.certainty <= 1 and (found.certainty == 1) == (how is How.EXACT)


@pytest.mark.parametrize(
    "text", ["这批布卖遍全国，家级别的洗衣机也能洗", "加video看看", "top10的歌单", "他最，佳佳第二", "世界纪录", "国内的一阵热潮"]
)
def test_neighbours_that_only_meet_are_not_one_word(lexicon: Lexicon, text: str) -> None:
    assert listen(text, lexicon.speech) == ()


def test_overlapping_words_of_a_group_are_one_mention_and_the_longest_is_shown(lexicon: Lexicon) -> None:
    assert _one(lexicon, "全网最低价").words == "全网最低价"


@pytest.mark.parametrize(("text", "yuan"), [("福袋抽一个3000元的现金", 3000), ("一等奖就是价值六万块的手机", 60000)])
def test_prizes_are_read_in_yuan(lexicon: Lexicon, text: str, yuan: float) -> None:
    heard = Listening(lexicon)
    heard.add(0, text)
    assert heard.inputs(10)["raffle_top_prize"] == yuan


def test_mention_cut_between_two_utterances_is_heard_once(lexicon: Lexicon) -> None:
    room = Listening(lexicon)
    assert room.add(0, "今天这个价全网", "小雨") == ()
    (found,) = room.add(2, "最低，放心拍", "小雨")
    assert (found.words, found.start) == ("全网最低", -2)
    assert room.add(3, "一号链接", "小雨") == () and room.inputs(4)["heard_absolute"] == 1


def test_mention_that_goes_on_in_the_next_utterance_counts_once(lexicon: Lexicon) -> None:
    room = Listening(lexicon)
    room.add(0, "降血糖", "小雨")
    room.add(1, "降血糖降血压", "小雨")
    assert room.inputs(10)["heard_cure"] == 2  # the recogniser's better version of the same sentence adds 降血压 only


def test_words_of_two_speakers_or_far_apart_are_not_joined(lexicon: Lexicon) -> None:
    room = Listening(lexicon)
    room.add(0, "全网", "小雨")
    room.add(1, "最低", "阿杰")
    room.add(20, "最低", "小雨")
    assert room.inputs(21)["heard_absolute"] == 0


def test_what_follows_may_still_make_a_word_lawful(lexicon: Lexicon) -> None:
    room = Listening(lexicon)
    assert room.add(0, "我们全网第一", "小雨") == ()
    assert room.add(2, "时间给你补发", "小雨") == () and room.inputs(30)["heard_absolute"] == 0
    assert room.add(40, "我们全网第一", "小雨") == ()
    assert [one.words for one in room.settle(50)] == ["全网第一"] and room.inputs(50)["heard_absolute"] == 1


def test_same_row_sent_twice_is_one(lexicon: Lexicon) -> None:
    room = Listening(lexicon)
    assert room.add(0, "这个能降血糖。", "小雨") and room.add(0, "这个能降血糖。", "小雨") == ()
    assert room.inputs(1)["heard_cure"] == 1


def test_window_passes_and_silence_is_not_zero(lexicon: Lexicon) -> None:
    room = Listening(lexicon)
    assert room.inputs(0) == {}
    room.add(0, "这个能降血糖。")
    assert room.inputs(59)["heard_cure"] == 1
    room.add(70, "看一下尺码")
    assert room.inputs(71)["heard_cure"] == 0
    assert "heard_cure" not in room.inputs(200)
    assert "minor_on_camera" not in room.inputs(71), "words alone cannot say that no child is on camera"


def test_viewers_are_not_the_host(lexicon: Lexicon) -> None:
    room = Listening(lexicon)
    room.add(0, "全网最低吗，多少钱", "观众")
    room.add(1, "这是假货，骗子", source=Source.COMMENT)
    room.add(2, "主播好漂亮", "弹幕")
    room.add(3, "不是骗子，我买过", "弹幕")
    assert room.add(4, "别加微信，骗人的", "弹幕") == ()
    assert room.inputs(10) == {"price_question_share": 0.2, "negative_comments_5m": 1.0}
    assert room.inputs(400) == {}


def test_luring_away_in_a_comment_counts_as_a_comment_and_is_answered(lexicon: Lexicon) -> None:
    room = Listening(lexicon)
    (found,) = room.add(0, "加我微信，便宜卖", "弹幕")
    assert (found.source, found.words) == (Source.COMMENT, "加我微信") and found.correction != found.term.correction
    assert room.inputs(1)["heard_offsite"] == 1


def test_words_that_need_evidence_count_only_where_the_rule_asks_for_it(lexicon: Lexicon) -> None:
    room = Listening(lexicon)
    assert [one.term.level.value for one in room.add(0, "我们独家的花色。原价三百九十九。")] == ["evidence", "evidence"]
    now = room.inputs(1)
    assert (now["heard_absolute"], now["heard_reference_price"]) == (0, 1)


@pytest.mark.parametrize(
    "text", ["<b>全网最低</b>", "*全网最低* `{n}` ~…~", "\\d+(全网最低)+$", "{0.__class__}全网最低\x00\x1b[31m"]
)
def test_markup_in_a_feed_is_text(lexicon: Lexicon, text: str) -> None:
    assert _one(lexicon, text).words == "全网最低"


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters() | st.sampled_from("全网最低价第一治疗原加微v信 .，"), max_size=80))
def test_whatever_comes_spans_lie_in_the_text(lexicon: Lexicon, text: str) -> None:
    for one in listen(text, lexicon.speech):
        assert 0 <= one.start < one.end <= len(text) and one.words == text[one.start : one.end]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("text", ["全网最低", "不治", "对病", "1", "规则…抽", "quanwangzuidi", "国.家.", "加我"])
def test_time_grows_with_the_text_and_not_faster(lexicon: Lexicon, text: str) -> None:
    took = []
    for size in (12_500, 100_000):
        began = time.process_time()
        listen((text * size)[:size], lexicon.speech)
        took.append(time.process_time() - began)
    assert took[1] < 8 * 3 * took[0] + 0.5
