"""The past case that fits a tip best: what a session like this one did.

By what its owner wrote above it (rules, sections, metrics), never by likeness of words.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass

import structlog

from bot.domain.access import HANDBOOK, merchant_collection
from bot.domain.nudges import Rule
from bot.domain.sessions import LiveSession
from bot.errors import CopilotError
from knowledge.cases import short_title
from knowledge.types import Passage, Scope, is_handbook

log = structlog.get_logger(__name__)

Shelf = Callable[[Scope], Awaitable[Sequence[Passage]]]
"""All cases of a scope, each by its first section."""

_FOLDERS = re.compile(r"[/\\›»]| · ")
_ENDING = re.compile(r"\.(?:md|markdown|txt|html?|pdf|docx?|xlsx?|pptx?)$", re.IGNORECASE)
_BETWEEN = " \t_-:：·|、.#"
_BEFORE = re.compile(
    r"""(?:
        (?:案例|复盘|case|review)\s*(?:no\.?|第)?\s*[#0-9][0-9.-]*(?:\s*[号篇])?   # 案例 12
      | [0-9]{4}[-./年]?[0-9]{1,2}[-./月]?(?:[0-9]{1,2}日?)?                      # 2026-03-05
      | (?=[A-Za-z0-9_#.-]*[0-9])[A-Za-z0-9#]+(?:[-_#.][A-Za-z0-9]+)+             # C-012, yunqi_003, 12.1
      | [A-Za-z]{1,3}[0-9]{2,}                                                    # N07
      | [0-9a-fA-F]{8,}                                                           # 5e551001
    )(?=[\s_:：·|、]|-(?![0-9]))""",
    re.VERBOSE | re.IGNORECASE,
)


async def no_shelf(scope: Scope) -> Sequence[Passage]:
    """Where there is no index there are no cases."""
    return ()


@dataclass(frozen=True, slots=True)
class NearCases:
    """Cases of the handbook and of the session's own merchant; nobody else's."""

    shelf: Shelf = no_shelf

    async def nearest(self, session: LiveSession, rule: Rule, together: Collection[Rule] = ()) -> Passage | None:
        """The case that fits best, None where none names the rule or its section; the same every time over the same cases."""
        try:
            cases = await self.shelf({HANDBOOK, merchant_collection(session.merchant)})
        except CopilotError as error:
            log.warning("tips.no_cases", session=session.id, error=str(error))  # a tip waits for no index
            return None
        return best(cases, rule, together)


def best(cases: Sequence[Passage], rule: Rule, together: Collection[Rule] = ()) -> Passage | None:
    """The merchant's own before the handbook's; then one that names the rule, its section, rules told together with it, more of
    its metrics; then what really happened before what was made up, the one that is about the least else, and by its name."""
    fitting = [(_fit(case, rule, together), case) for case in cases if _named(case, "rules", {rule.id}) or _teaches(case, rule)]
    return min(fitting, key=lambda pair: pair[0])[1] if fitting else None


def case_name(case: Passage) -> str:
    """What a button calls it: the title up to its colon, without the folders, the date or the id that stand before it.

    A document without a heading is called by its file's name, of which a button would show nothing else.
    """
    name = _ENDING.sub("", _FOLDERS.split(case.title.strip())[-1].strip())
    while found := _BEFORE.match(name):
        if not (rest := name[found.end() :].strip(_BETWEEN)):
            break
        name = rest
    return short_title(name) or short_title(case.title)


def _fit(case: Passage, rule: Rule, together: Collection[Rule]) -> tuple[object, ...]:
    return (
        is_handbook(case.scope),
        -_named(case, "rules", {rule.id}),
        not _teaches(case, rule),
        -_named(case, "rules", {one.id for one in together}),
        -_named(case, "metrics", rule.needs),
        case.teaching,
        len(_listed(case, "rules")),
        case.document,
        case.key,
    )


def _teaches(case: Passage, rule: Rule) -> bool:
    return bool(_named(case, "sections", {rule.section}))


def _named(case: Passage, field: str, wanted: Collection[str]) -> int:
    return len(_listed(case, field) & set(wanted))


def _listed(case: Passage, field: str) -> set[str]:
    return set(filter(None, (one.strip() for one in case.meta.get(field, "").split(","))))
