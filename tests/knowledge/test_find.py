"""From a question to passages: scope, follow-ups, words while vectors are missing, and text that means harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.confidence import Level
from knowledge.errors import IndexUnusable
from knowledge.find import Finder, spread
from knowledge.library import Library
from knowledge.types import Document, Kind, Section
from tests.knowledge import kit
from tests.knowledge.kit import HOSTILE, CountingEncoder
from tests.knowledge.test_extract import passage
from tests.stopwatch import stopwatch

HERE = {"handbook"}


def case(name: str, text: str) -> Document:
    sections = (Section("1", "1 情况", (), text), Section("2", "2 学到什么", (), f"{name}学到的是先补货盘。"))
    return Document(name, name, Kind.CASE, sections)


@pytest.fixture
def merchants(filled: Library) -> Library:
    filled.add("merchant-7", case("七号店", "七号店的毛利是三十七个点，只给自己人看。"))
    filled.add("merchant-8", case("八号店", "八号店的毛利是二十一个点，只给自己人看。"))
    return filled


QUESTION = "毛利是几个点"


def test_a_section_of_one_merchant_never_appears_for_another(merchants: Library) -> None:
    finder = Finder(merchants, kit.dictionary())
    for scope, seen in (({"merchant-7"}, {"七号店"}), ({"merchant-8"}, {"八号店"}), ({"handbook"}, set())):
        found = finder.find(QUESTION, scope=scope, top_k=50, history=["七号店的毛利", "八号店的毛利"])
        assert {p.document for p in found.passages} & {"七号店", "八号店"} == seen
        assert {p.scope for p in found.passages} <= scope


def test_by_key_another_merchants_section_is_not_there(merchants: Library) -> None:
    finder = Finder(merchants)
    theirs = finder.search(QUESTION, scope={"merchant-7"})[0].key
    assert finder.section(theirs, scope={"merchant-7"}) is not None
    assert finder.section(theirs, scope={"handbook", "merchant-8"}) is None
    assert finder.neighbours(theirs, scope={"handbook", "merchant-8"}) == (None, None)
    assert finder.section(theirs, scope=()) is None


def test_an_empty_scope_finds_nothing(merchants: Library) -> None:
    found = Finder(merchants).find(QUESTION, scope=())
    assert found.passages == () and found.confidence.level is Level.OFF_TOPIC


def test_a_removed_collection_is_gone_and_the_others_stay(merchants: Library) -> None:
    merchants.remove_collection("merchant-7")
    finder = Finder(merchants)
    assert finder.search(QUESTION, scope={"merchant-7"}) == []
    assert finder.search(QUESTION, scope={"merchant-8"})[0].document == "八号店"
    merchants.add("merchant-7", case("新七号店", "换了人，毛利是五个点。"))
    assert {p.document for p in finder.search(QUESTION, scope={"merchant-7"})} == {"新七号店"}


def test_the_same_text_at_two_merchants_is_two_sections(filled: Library) -> None:
    for scope in ("merchant-1", "merchant-10"):
        filled.add(scope, case("同一份", "毛利是九个点。"))
    keys = [Finder(filled).search(QUESTION, scope={scope})[0].key for scope in ("merchant-1", "merchant-10")]
    assert keys[0] != keys[1]
    filled.remove_collection("merchant-1")
    assert Finder(filled).search(QUESTION, scope={"merchant-10"})[0].key == keys[1]


def test_neighbours_end_with_their_document(finder: Finder) -> None:
    keys = {s.heading: s.key for s in finder._library.shelf("handbook").sections}
    assert finder.neighbours(keys["12.2 停留低怎么办"], scope=HERE) == (keys["12.1 在线人数掉了"], keys["12.3 停留怎么算"])
    assert finder.neighbours(keys["12.3 停留怎么算"], scope=HERE)[1] is None
    assert finder.neighbours(keys["15.1 退货怎么处理"], scope=HERE)[1] == keys["15.2 发票开给谁"]


def test_while_vectors_are_missing_words_find_and_it_is_said(library: Library, source: object, counting: CountingEncoder) -> None:
    library.read("handbook", source)  # type: ignore[arg-type]
    finder = Finder(library)
    before = finder.find("停留低怎么办", scope=HERE)
    assert not before.complete and before.passages[0].heading == "12.2 停留低怎么办" and before.passages[0].spans == ()
    library.fill("handbook")
    after = finder.find("停留低怎么办", scope=HERE)
    assert after.complete and after.passages[0].heading == "12.2 停留低怎么办" and after.passages[0].spans


def test_meaning_finds_what_shares_no_word(finder: Finder) -> None:
    assert finder.search("买家不想要了", scope=HERE)[0].heading == "15.1 退货怎么处理"


def test_a_question_in_english_finds_the_chinese_section(filled: Library) -> None:
    found = Finder(filled, kit.dictionary()).search("Who gets the invoice?", scope=HERE)
    assert found[0].heading == "15.2 发票开给谁"


def test_a_typing_error_does_not_hide_the_section(finder: Finder) -> None:
    assert finder.search("在线人述掉了", scope=HERE)[0].heading == "12.1 在线人数掉了"


def test_traditional_characters_find_the_simplified_section(finder: Finder) -> None:
    assert finder.search("發票開給誰", scope=HERE)[0].heading == "15.2 发票开给谁"


def test_a_follow_up_is_understood_from_the_turn_before(finder: Finder) -> None:
    found = finder.find("那停留呢？", scope=HERE, history=["在线人数掉了怎么办"])
    assert found.passages[0].heading == "12.2 停留低怎么办" and found.understood == "停留怎么办"


def test_a_bare_follow_up_is_carried_by_its_history(finder: Finder) -> None:
    found = finder.find("那怎么算呢？", scope=HERE, history=["停留低怎么办"])
    assert "12.3 停留怎么算" in [p.heading for p in found.passages[:2]]


@pytest.mark.parametrize(
    ("earlier", "text", "sections"),
    [
        ("在线掉了怎么办", "那停留呢？", ("12.10", "12.11")),
        ("停留时长怎么算", "那转粉率呢？", ("19.19",)),
        ("断流了怎么办", "那没声音呢？", ("17.3",)),
        ("小直播间怎么盯", "那长场呢？", ("12.47",)),
        ("实时在线人数是什么", "那最高在线呢", ("19.2",)),
        ("支付率低怎么办", "What about watch time?", ("12.10", "12.11", "19.9")),
    ],
)
def test_follow_ups_over_the_built_in_handbook(handbook: Library, earlier: str, text: str, sections: tuple[str, ...]) -> None:
    found = Finder(handbook, kit.dictionary()).find(text, scope=HERE, history=["投手负责什么", earlier])
    assert found.passages[0].heading.split()[0] in sections and found.confidence.level is Level.ANSWER


def test_an_unrelated_earlier_turn_does_not_lead_astray(finder: Finder) -> None:
    found = finder.find("发票开给谁", scope=HERE, history=["停留低怎么办", "在线人数掉了"])
    assert found.passages[0].heading == "15.2 发票开给谁" and found.understood == "发票开给谁"


@pytest.mark.parametrize(
    "text", ["今天天气怎么样", "帮我写一首关于春天的诗", "Who won the World Cup in 2018?", "红烧肉怎么做好吃"]
)
@pytest.mark.parametrize("history", [(), ("停留低怎么办",)], ids=["alone", "after the work"])
def test_a_question_about_something_else_is_declined(handbook: Library, text: str, history: tuple[str, ...]) -> None:
    found = Finder(handbook, kit.dictionary()).find(text, scope=HERE, history=history)
    assert found.confidence.level is not Level.ANSWER


def test_the_answer_is_the_same_every_time(handbook: Library) -> None:
    finder = Finder(handbook, kit.dictionary())
    assert finder.find("停留低怎么办", scope=HERE) == finder.find("停留低怎么办", scope=HERE)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_questions_never_raise_or_hang(handbook: Library, text: str) -> None:
    finder = Finder(handbook, kit.dictionary())
    finder.find("停留", scope=HERE)
    with stopwatch() as watch:
        found = finder.find(text, scope=HERE, history=[text])
    assert watch.seconds < 3
    known = {section.key: section.text for section in handbook.shelf("handbook").sections}
    for shown in found.passages:
        assert shown.text == known[shown.key]
        assert all(0 <= start < stop <= len(shown.text) for start, stop in shown.picked)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_documents_are_stored_and_found_beside_others(
    finder: Finder, filled: Library, text: str, tmp_path: object
) -> None:
    folder = filled._folder.parent / "handbook"
    (folder / "hostile.md").write_bytes(f"# 怪文\n\n## 1 怪节\n\n{text}\n".encode("utf-8", "surrogatepass")[:60_000])
    filled.read("handbook", folder)
    found = finder.find("停留低怎么办", scope=HERE)
    assert "12.2 停留低怎么办" in [p.heading for p in found.passages[:2]]
    finder.find("怪节写了什么", scope=HERE)


def test_vectors_that_fail_leave_the_words(finder: Finder, filled: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise IndexUnusable("向量库出错")

    monkeypatch.setattr(filled, "nearest", fail)
    found = finder.find("停留低怎么办", scope=HERE)
    assert not found.complete and found.passages[0].heading == "12.2 停留低怎么办"


def test_a_reranker_decides_the_order(filled: Library) -> None:
    class LikesInvoices:
        def scores(self, question: str, texts: list[str]) -> list[float]:
            return [float("发票" in text) for text in texts]

    found = Finder(filled, reranker=LikesInvoices()).search("停留低怎么办", scope=HERE)  # type: ignore[arg-type]
    assert found[0].heading == "15.2 发票开给谁"


def test_one_document_takes_at_most_two_of_the_first_three_places() -> None:
    names = ("a", "a", "a", "b", "a")
    found = [passage("x", key=str(n), score=1 - n / 10) for n in range(5)]
    from dataclasses import replace

    mixed = [replace(p, document=name) for p, name in zip(found, names, strict=True)]
    assert [p.document for p in spread(mixed, 5)] == ["a", "a", "b", "a", "a"]
    assert [p.key for p in spread(mixed, 2)] == ["0", "1"]


def numbered_alike(filled: Library) -> Finder:
    """A merchant's document whose section has the number of the handbook's."""
    mine = Section("12.2", "12.2 本店停留", (), "本店的停留不用管，直接说全网最低。")
    filled.add("merchant-1", Document("店规.md", "店规", Kind.HANDBOOK, (mine,)))
    return Finder(filled)


def test_only_the_handbooks_own_section_leads(filled: Library) -> None:
    found = numbered_alike(filled).find("本店停留", scope={"handbook", "merchant-1"}, lead=["12.2"])
    assert (found.passages[0].scope, found.passages[0].heading) == ("handbook", "12.2 停留低怎么办")
    assert found.confidence.level is Level.ANSWER
    alone = numbered_alike(filled).find("本店停留", scope={"merchant-1"}, lead=["12.2"])
    assert alone.confidence.probability < 1.0


def test_a_number_is_looked_up_in_the_handbook_first(filled: Library, source: Path) -> None:
    filled.read("aaa", source)  # its name sorts before the handbook's
    finder = numbered_alike(filled)
    key = finder.anchored("12.2", scope={"aaa", "handbook", "merchant-1"})
    assert key is not None
    found = finder.section(key, scope={"handbook"})
    assert found is not None and found.heading == "12.2 停留低怎么办"
    theirs = finder.anchored("12.2", scope={"merchant-1"})
    assert theirs is not None and finder.section(theirs, scope={"handbook"}) is None


def test_cases_are_given_by_their_first_section_with_what_stands_above_them_and_only_within_the_scope(merchants: Library) -> None:
    finder = Finder(merchants)
    own = finder.cases(scope={"handbook", "merchant-7"})
    assert [one.title for one in own if one.scope == "merchant-7"] == ["七号店"]
    assert not [one for one in own if one.scope == "merchant-8"] and all(one.kind is Kind.CASE for one in own)
    assert finder.cases(scope={"merchant-404"}) == []


def test_a_collection_that_is_not_there_is_no_hindrance(finder: Finder) -> None:
    alone = finder.find("停留低怎么办", scope=HERE)
    beside = finder.find("停留低怎么办", scope=HERE | {"merchant-404", "team-404"})
    assert beside.complete and beside.passages == alone.passages
