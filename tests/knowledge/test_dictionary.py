"""Words of a question in the other language."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.dictionary import Dictionary
from knowledge.errors import ModelUnavailable
from knowledge.glossary import Glossary, Term
from tests.knowledge import kit
from tests.knowledge.kit import HOSTILE

GLOSSARY = Glossary((Term("停留时长", also=("待多久",), en=("watch time", "dwell time")),))


@pytest.fixture(scope="module")
def dictionary() -> Dictionary:
    return kit.dictionary()


def alternatives(dictionary: Dictionary, text: str, language: str, glossary: Glossary | None = None) -> set[str]:
    groups = dictionary.groups(text, language, glossary or Glossary())
    return {" ".join(terms) for _, found in groups for terms in found}


def test_a_chinese_word_has_english_alternatives_as_stems(dictionary: Dictionary) -> None:
    assert {"insur"} & alternatives(dictionary, "保险怎么买", "zh")


def test_an_english_word_has_chinese_alternatives(dictionary: Dictionary) -> None:
    assert "发票" in alternatives(dictionary, "How do I get an invoice?", "en")


def test_the_glossary_speaks_before_the_dictionary(dictionary: Dictionary) -> None:
    found = dictionary.groups("What if watch time is low?", "en", GLOSSARY)
    assert max(weight for weight, _ in found) == found[0][0] > 1
    assert "停留" in "".join(found[0][1][0])


def test_question_machinery_is_not_translated(dictionary: Dictionary) -> None:
    assert dictionary.groups("怎么办", "zh", Glossary()) == dictionary.groups("怎么办", "zh", Glossary())
    assert "what" not in alternatives(dictionary, "发票怎么开", "zh")


def test_it_knows_english_words_only(dictionary: Dictionary) -> None:
    assert dictionary.knows("invoices") and not dictionary.knows("wroker")


@pytest.mark.parametrize("damage", [b"", b"garbage" * 1000])
def test_a_broken_dictionary_is_built_again(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "dictionary.db"
    path.write_bytes(damage)
    built = Dictionary(path)
    assert built.knows("invoice")
    built.close()
    assert [p.name for p in tmp_path.iterdir()] == ["dictionary.db"]


def test_a_folder_with_odd_characters_is_no_other_file(tmp_path: Path) -> None:
    path = tmp_path / "50% off? #1" / "dictionary.db"
    path.parent.mkdir()
    built = Dictionary(path)
    assert built.knows("invoice") and path.is_file()
    built.close()


def test_a_place_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file", encoding="utf-8")
    with pytest.raises(ModelUnavailable, match="词典文件") as caught:
        Dictionary(tmp_path / "models" / "dictionary.db")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", [t for t in HOSTILE if t.isprintable() or "\0" in t])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_hostile_text_is_translated_without_error(dictionary: Dictionary, text: str, language: str) -> None:
    assert isinstance(dictionary.groups(text[:2000], language, GLOSSARY), list)
