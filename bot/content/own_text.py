"""Whether the handbook itself says or advises what its list of words does not allow.

A word may be named in order to forbid it. That is so in a heading; where the clause forbids it (不能写…) or the sentence
condemns it (…是价格欺诈); in a list or a table that is introduced as what not to do; and, quoted, in a section about what is
not allowed, unless the quote is offered as the thing to say. Everything else is the handbook's own voice. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from bot.content.problem import Problem
from bot.content.sentences import CLOSING, OPENING, Sentence
from bot.domain.wording import Found, Level, Wording, WordKind, find

# “别忘了” and “不用管罚款” forbid nothing: these are taken out before we look for what forbids.
_NO_BAN = re.compile(
    r"(?:没有?|不能)[^，。；：“”]{1,6}(?:时候|的话|时)(?!间)|别(?:忘|怕|担心|管|急|犹豫|停|错过|的|人|家|处|名)|不用(?:管|怕|担心|理|顾)|不(?:怕|管|妨|止|但|仅|会|被|算|至于)[^，。；：]{0,3}"
    r"(?:罚|违法|违规|查|骗)|(?:没|无)(?:人|法)?(?:管|查|罚|关系|事|所谓)|(?:不|没)(?:违法|违规|犯法|罚)|罚不到|查不到|不然|不断|不如"
)
# What forbids everything that follows it in its clause.
_BAN = re.compile(
    r"不(?:能|要|得|许|准|可|让|该|应|再|说|写|做|讲|放|碰|编|报|用|靠|是|贴|喊|憋|假|虚|刷|拿|允许|提|打|搞|买|出|行|同于|等于|收|谈|抽|演|找)"
    r"|别|勿|禁|严禁|杜绝|避免|拒绝|停讲|停用|警惕|提防|防|没有|没让|没说|没写|不用|代替|替代|治过|处罚|整治|治理|查处|举报|骗|撤|删|下架|收回"
    r"|(?:不|没|未|莫|无)$"
)
# What condemns or names the thing, anywhere in the sentence.
_CONDEMNED = re.compile(
    r"(?:不能|不许|不得|不准|不要|不可以|不可|不行|别)(?:做|干|用|说|写|碰|卖|喊|提|搞|上|讲|要)?(?=$|[，。；！？：、）)（”|])"
    r"|不(?:用|说|提|写|做|讲)(?=$|[，。；！？）（”])|不许之列|收回|喊停|制止|当场撤"
    r"|不合法|违法|违规|犯法|欺诈|罚|禁|骗|误导|红线|虚假|造假|假紧迫|要证据|拿不出|没依据|没有依据|无依据|不出口|就是(?:憋单|假)|(?:那|这)是(?:憋单|编造|刷|虚)"
    r"|极限词|疗效词|绝对化用语|医疗用语|分三级|虚构|编造|说漏嘴|没有凭据|没凭据|会变成|变成憋单|成了假|越线|圆过去|踩了|抢单|能不能|被问|提倡不"
)
# What says of something else that it is this practice: 喊了三遍还不上，就是憋单.
_NAMED = re.compile(r"(?:就是|那是|这是|这叫|属于|算是|等于|成了|变成)$")
_PRACTICES = frozenset({WordKind.SCARCITY, WordKind.DATA, WordKind.RAFFLE, WordKind.OFFSITE})
# What introduces a list, a column or a line of things that are not to be done.
_LED = re.compile(
    r"不(?:能|要|得|许|准|可|好|行|该|合法)|别|勿|禁|红线|违|罚|停讲|错|原话|问题|没用|说了什么|行为|做法|雷|坑|不说|不写|要证据|级别|词$|骗|忌|踩|警惕"
)
# A section about what is not allowed.
_ABOUT = re.compile(
    r"合规|违规|违法|不能|不许|别|禁|红线|极限词|绝对化|疗效|憋单|假|虚报|刷单|罚|边界|说错"
    r"|差评|扣分|警告|过稿|站外"
)
# What offers the quote behind it, or a whole column, as the thing to say.
_OFFERED = re.compile(
    r"(?:换成|改成|改说|改为|可以说|可以喊|就说|就喊|照念"
    r"|这么说|这样说|照着说|替代|更正|句式|这么回|怎么说|说法)[^，。；“”]{0,4}[：:]?$"
)
# What approves of the quote before it.
_APPROVED = re.compile(r"^[^“”]{0,20}[”」][^，。；]{0,4}(?:就行|就好|就可以|即可|没事|没问题|也行|管用|好使)")
# What shows that there is evidence, anywhere in the line.
_EVIDENCED = re.compile(
    r"证据|依据|凭据|截图|留底|成交价|成交|实数|真|后台|报数"
    r"|核|公示|写明|授权|报告|可售|可查|有据|到点|记录|基准|总数"
)

# So many in one sentence are enough to put it right, and keep an odd line from taking long.
_MOST = 20

_SAID = {
    Level.BLOCK: "「{word}」不能这么写：{reason}（{article}）。"
    "要提醒别人别做，就写明不能；要教怎么说，改成：{instead}。见 {section}",
    Level.EVIDENCE: "「{word}」要有证据才能写：{reason}（{article}）。写明证据，或改成：{instead}。见 {section}",
    Level.HINT: "「{word}」换个能验证的说法：{reason}。改成：{instead}。见 {section}",
}


def check_wording(wordings: Sequence[Wording], sentences: Iterable[Sentence]) -> Iterator[Problem]:
    """Every place where the text uses a word of the list in its own voice."""
    for sentence in sentences:
        for found in find(wordings, sentence.text)[:_MOST] if not sentence.heading else ():
            if not _allowed(sentence, found):
                yield Problem(sentence.path, sentence.line, _complaint(found))


def _complaint(found: Found) -> str:
    one = found.wording
    return _SAID[one.level].format(
        word=found.word, reason=one.reason, article=one.article, instead=one.instead, section=one.section
    )


def _allowed(sentence: Sentence, found: Found) -> bool:
    before, after = _plain(sentence.text[: found.start]), _plain(sentence.text[found.end :])
    mark = _quoted(sentence.text, found)
    if mark == "《":
        return True
    if found.wording.level is Level.EVIDENCE and _EVIDENCED.search(f"{sentence.around.replace(found.word, '')} {sentence.lead}"):
        return True
    if _BAN.search(_clause(before)) or _CONDEMNED.search(after) or _CONDEMNED.search(_clause(before)):
        return True
    if found.wording.kind in _PRACTICES and _NAMED.search(before):
        return True
    lead = _plain(sentence.lead)
    if _OFFERED.search(lead) and not _LED.search(lead):
        return False
    if _LED.search(lead) or (sentence.cell and _CONDEMNED.search(_plain(sentence.around))):
        return True
    offered = _OFFERED.search(before[: before.rfind(mark)] if mark else before) or _APPROVED.search(after)
    return bool(mark) and not offered and bool(_BAN.search(before) or _ABOUT.search(sentence.topic))


def _plain(text: str) -> str:
    return _NO_BAN.sub("＿", text)


def _clause(before: str) -> str:
    """What of the text before a word belongs to the word's own clause; a clause of nothing but a quote does not part them."""
    open_quotes = re.sub(r"“[^“”]*”|「[^「」]*」|（[^（）]*）", "", before)
    return re.split(r"[，；：,]", open_quotes)[-1]


def _quoted(text: str, found: Found) -> str:
    """The mark that opens the quote or title around a word, or nothing."""
    depth: list[str] = []
    for char in text[: found.start]:
        if char in OPENING:
            depth.append(char)
        elif char in CLOSING and depth:
            depth.pop()
    return depth[-1] if depth else ""
