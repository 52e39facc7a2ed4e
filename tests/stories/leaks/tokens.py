"""Words that stand in nobody else's text: whose they are is plain wherever they turn up."""

from __future__ import annotations

from tests.office_desk import NAMES, ONE, TWO, A, B, C

TOKENS: dict[str, tuple[str, ...]] = {
    A: ("雾峰岩骨", "371.86"),
    B: ("白桦鹿皮", "4152.07"),
    C: ("青禾绒布", "98.645"),
    ONE: ("一队暗语", "30.113"),
    TWO: ("二队暗语", "77.902"),
}
"""What is read of a merchant, and of a team's own handbook."""
NAME_OF = NAMES
"""The merchants' names, which somebody may know without reading anything."""
ASKED = {A: "雾峰岩骨的周老板要几份样品", B: "白桦鹿皮的吴老板要几份样品", C: "青禾绒布的郑老板要几份样品"}
"""Questions that give something of a merchant away by themselves."""
HARMLESS = ("底价是多少", "样品寄几份", "返点怎么算", "那开播前呢", "火星上怎么卖")
EVERY_WORD = tuple(word for words in TOKENS.values() for word in words)


def document(owner: str, number: int) -> str:
    """The text of a document of a merchant or a team."""
    word, figure = TOKENS[owner]
    return f"{word}第{number}版底价是{figure}元。样品寄三份，返点另算。"


def found_in(text: str) -> set[str]:
    """Whose words stand in a text."""
    return {owner for owner, words in TOKENS.items() if any(word in text for word in words)}


def named_in(text: str) -> set[str]:
    """Whose names stand in a text."""
    return {owner for owner, name in NAME_OF.items() if name in text}
