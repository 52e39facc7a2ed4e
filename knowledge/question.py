"""What of a question is looked for: content terms without the question's own machinery, and follow-ups made whole.

No language model: a follow-up ("那停留呢？") is tried alone and together with the person's previous question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import rjieba

from knowledge.lexical import CJK, characters, comparable, fold, language, words

MAX_CHARACTERS = 2000
"""A pasted page is searched by its beginning; nobody's question is longer."""

_MACHINERY = """
怎么办 怎么样 怎么弄 怎么做 怎么才能 怎么 怎样 咋办 咋样 咋弄 咋 如何 为什么 为啥 为何 什么时候 啥时候 什么意思 啥意思 什么 啥
是不是 有没有 能不能 可不可以 要不要 该不该 会不会 行不行 对不对 算不算 是否 能否 可否 多少 几个 几天 几 哪些 哪个 哪里 哪儿 哪 谁
吗 呢 吧 啊 呀 嘛 哦 么 请问 请教 求助 帮忙 帮我 告诉我 我想知道 想问一下 问一下 一下 麻烦 谢谢 你好 您好 大家
我们 你们 他们 我 你 您 他 她 它 咱们 咱 这个 那个 这些 那些 这种 那种 这 那 的话 的 了 着 地 得 是 就 都 也 还 又 才 只 很 太 更
在 有 和 与 跟 及 或 把 被 给 让 对 从 到 于 以 为 而 但 并 且 之 其 要 会 能 可以 应该 需要 必须 到底 究竟
""".split()  # noqa: SIM905 - a hundred quoted words read worse
_PHRASES = re.compile("|".join(sorted((word for word in _MACHINERY if len(word) > 1), key=len, reverse=True)))
_SINGLE = frozenset(word for word in _MACHINERY if len(word) == 1)
PARTICLES = _SINGLE | frozenset("不没每各再该受由使向比等上下里外前后中时点个次们自己")
"""Single characters that carry grammar rather than matter."""
_CHINESE = re.compile(rf"[{CJK}]+")
STOP_EN = frozenset(
    """
    a an the is are was were be been being am do does did done have has had can could should would will shall may might must
    i you he she it we they me my our your his her its their this that these those there here and or but if then so of to in on at
    by for from with about into over under as than what which who whom whose when where why how much many any some no not please
    tell explain want know need get got let us just also still too very really
    """.split()  # noqa: SIM905
)
_ASKS_WHAT = re.compile(
    r"怎么算|怎么计算|咋算|公式|口径|是什么|是啥|什么意思|啥意思|定义|分母|分子|单位|多久刷新|区别|差在哪"
    r"|what (is|are|does)|formula|calculated|defin",
    re.IGNORECASE,
)
_ASKS_HOW = re.compile(
    r"怎么办|咋办|咋整|怎么救|怎么处理|怎么提|怎么拉|怎么做|怎么改|低了|太低|偏低|掉了|往下掉|上不去"
    r"|what to do|how (do|can|should)|how to|improve|\bdrop",
    re.IGNORECASE,
)
_ASKS_WHY = re.compile(
    r"为什么|为啥|为何|怎么回事|怎么了|咋了|咋回事|什么原因|什么情况|哪里出了问题"
    r"|怎么(?:就|突然|一下子?|老|一直|又|还)?(?:掉|跌|降|低|少|涨|升|高|变差)|\b(?:why|what happened|going on|what's wrong)\b"
)
_A_MOVE = re.compile(
    r"掉|跌|下滑|下降|降了|降低|变低|变差|低了|少了|变少|走低|不动|上不去|涨|升了|高了|多了|变多"
    r"|\b(?:drop(?:s|ped|ping)?|f[ae]ll(?:s|en|ing)?|down|ris(?:es|en|ing)|rose|up|lower|higher)\b"
)
_WHAT_TO_DO = re.compile(r"怎么办|咋办|怎么(?:提|拉|救|改|处理|做|弄)|\b(?:how (?:do|can|to|should)|what to do)\b")
EARLIER = 300
"""Characters of the earlier turn that a follow-up is read with."""
SHORTEST_TOPIC = 2
_OPENING = re.compile(r"^(?:那么?|然后|还有|另外|如果是?)[\s，,]*")
_ASKING = re.compile(r"(?:怎么|怎样|咋|如何|为什么|为啥|什么|啥|多少|几|哪|谁|能不能|要不要|该不该|是不是|有没有|吗)[^。！!]*$")
_FOLLOW_UP = re.compile(
    r"^(那(?!些?时|天|年|种)|那么|然后|还有|另外|除此|如果是?这样|它|这个|那个|这些|上面|刚才"
    r"|and\b|then\b|so\b|what about|how about|also\b)|呢[？?。!！\s]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Question:
    """One form of a question: as embedded, and its content terms in both views."""

    text: str
    core: str
    words: tuple[str, ...]
    characters: tuple[str, ...]
    language: str

    def worded(self, core: str) -> Question:
        """The same question with other content."""
        return Question(self.text, core, _distinct(words(core)), _distinct(characters(core)), self.language)


def _distinct(terms: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(terms))


def content(folded: str) -> str:
    """Folded text without question words, particles and pronouns; the text itself when nothing else is in it."""
    kept = _CHINESE.sub(lambda m: _without_particles(m[0]), _PHRASES.sub(" ", folded))
    kept = re.sub(r"[a-z']+", lambda m: " " if m[0] in STOP_EN else m[0], kept)
    return kept if words(kept) else folded


def _without_particles(run: str) -> str:
    """A Chinese run with its particles as spaces, where they stand alone: 在 goes from 在播, but not from 在线."""
    return "".join(" " if word in _SINGLE else word for word in rjieba.cut(run))


def understand(text: str, mended: str = "") -> Question:
    """A question by itself; `mended` is how it is looked for among words, where typing errors were mended."""
    core = content(comparable(mended or text))
    return Question(text, core, _distinct(words(core)), _distinct(characters(core)), language(text))


def asks(text: str) -> str:
    """What kind of section the question is after: ``definitions``, ``actions``, or empty where its form does not tell."""
    what, how = bool(_ASKS_WHAT.search(text)), bool(_ASKS_HOW.search(text))
    return "" if what == how else "definitions" if what else "actions"


def seeks_cause(text: str) -> bool:
    """Whether a question is after the cause of a figure's move, and not after what to do about it."""
    said = fold(text)
    return bool(_ASKS_WHY.search(said) and _A_MOVE.search(said)) and not _WHAT_TO_DO.search(said)


def leans(text: str) -> bool:
    """Whether a question says by its form that it goes on from the one before."""
    return bool(_FOLLOW_UP.search(text.strip()))


def forms(text: str, history: Sequence[str], mended: str = "") -> list[Question]:
    """The question alone and, where there is an earlier turn, as it goes on from the last one."""
    alone = understand(text, mended)
    earlier = next((turn.strip() for turn in reversed(history) if turn.strip()), "")[:EARLIER]
    if not earlier:
        return [alone]
    return [alone, understand(_joined(earlier, text), _joined(earlier, mended) if mended else "")]


def _joined(earlier: str, text: str) -> str:
    """那停留呢 after 在线掉了怎么办 asks 停留怎么办: its own topic, asked as before.

    Without a topic it stands behind the earlier question. A topic in another language stands alone: two languages in one
    question find what is written in neither.
    """
    topic = _OPENING.sub("", text.strip()).rstrip("呢?？。!！ ")
    named = content(comparable(_PHRASES.sub("", topic))).strip()
    if not leans(text) or len(named) < SHORTEST_TOPIC or _ASKING.search(topic):
        return f"{earlier} {text}"
    if language(topic) != language(earlier):
        return text
    asked = _ASKING.search(earlier)
    return f"{topic}{asked[0] if asked else ''}" if language(topic) == "zh" else f"{earlier} {text}"
