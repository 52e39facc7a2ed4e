"""What is said when somebody was taken out of a team or off a merchant: to them, and to whoever has to fill their posts."""

from __future__ import annotations

from collections.abc import Sequence

from bot.channels import plan_words
from bot.channels.words import Phrase
from bot.domain.messages import Message, text
from bot.flows.leaving import Held

LISTED = 10
REMOVED = Phrase(
    "您已被移出「{where}」，以后看不到那里的资料了。有疑问请问组长。",
    "You were removed from “{where}” and can no longer read its documents. Please ask a lead if that is unexpected.",
)
GONE = Phrase("{who} 已移出「{where}」。", "{who} was removed from “{where}”.")
VACANT = Phrase(
    "这些场次还排着对方，请换人（/week 里点开，再点“改”）：", "These sessions still count on them; please change that:"
)
LINE = Phrase("• {when} {merchant}：{posts}", "• {when} {merchant}: {posts}")
OPERATOR = Phrase("操盘手", "operator")
MORE = Phrase("……还有 {n} 场", "… and {n} more")


class LeavingView:
    """The port `LeavingWords`."""

    def removed(self, place: str, language: str) -> Message:
        """To whoever is gone."""
        return text(REMOVED.to(language, where=place))

    def vacant(self, who: str, person: str, place: str, held: Sequence[Held], language: str) -> Message:
        """To a lead, with the sessions in which posts have to be filled."""
        lines = [GONE.to(language, who=who or plan_words.SOMEBODY.to(language), where=place)]
        lines += ["", VACANT.to(language)] if held else []
        for session, names in held[:LISTED]:
            roles = [post.role for post in session.posts if post.person == person]
            posts = [OPERATOR.to(language)] if session.operator == person else []
            posts += [plan_words.post(role, language) for role in roles]
            when, listed = f"{session.go_live:%m-%d %H:%M}", plan_words.LIST.to(language).join(posts)
            lines.append(LINE.to(language, when=when, merchant=names.merchant, posts=listed))
        rest = len(held) - LISTED
        return text("\n".join([*lines, *([MORE.to(language, n=rest)] if rest > 0 else [])]))
