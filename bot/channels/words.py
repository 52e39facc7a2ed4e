"""Sentences that several channels say, in Chinese and English. Knows nothing about any platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Phrase:
    """One sentence in both languages; `{names}` in it are filled in by `to`."""

    zh: str
    en: str

    def to(self, language: str, **values: object) -> str:
        """The sentence in `language`: English for ``en``, Chinese otherwise."""
        return (self.en if language == "en" else self.zh).format(**values)


SOURCES = Phrase("出处", "Sources")
ALSO = Phrase("还可以看", "See also")
CASES = Phrase("相近案例", "Similar cases")
TEACHING = Phrase("教学示例", "teaching example")
PAGE = Phrase("第 {page} 页", "p. {page}")

LATE = Phrase("刚才不在线，让您久等了（{ago}的问题）。", "I was offline, sorry for the wait (you asked {ago}).")

_DAYS = Phrase("{n} 天前", "{n} d ago")
_HOURS = Phrase("{n} 小时前", "{n} h ago")
_MINUTES = Phrase("{n} 分钟前", "{n} min ago")


def ago(span: timedelta, language: str) -> str:
    """How long ago something was, in the largest unit that fits; at least a minute."""
    minutes = max(1, int(span.total_seconds() // 60))
    for phrase, size in ((_DAYS, 24 * 60), (_HOURS, 60)):
        if minutes >= size:
            return phrase.to(language, n=minutes // size)
    return _MINUTES.to(language, n=minutes)
