"""Which rules a live session is watched by: the handbook's, with what its team and its merchant have of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import structlog

from bot.domain.expressions import ExpressionError
from bot.domain.own_rules import Own, Sheet, in_force, prefix
from bot.domain.rulebook import Rulebook, prepare
from bot.domain.sessions import LiveSession
from bot.flows.reference import Reference
from bot.storage.own_rules import OwnRules

log = structlog.get_logger(__name__)

Whose = tuple[str, str]
"""A team and, where it is about one, a merchant of it; else empty."""
ReadSheet = Callable[[Sheet, str, Reference], Own]
"""Reads a sheet whose own rules' ids begin with a letter, over a handbook."""


@dataclass(slots=True)
class Rulebooks:
    """One reference and one rulebook for each handbook and version of sheets, made when it is first asked for.

    `handbook` is what all share. `look` asks the rows for new versions, also those that another process wrote.
    """

    handbook: Callable[[], Reference]
    sheets: OwnRules
    read: ReadSheet
    _versions: dict[Whose, tuple[str, Sheet]] | None = None
    _references: dict[Whose, tuple[Reference, tuple[str, ...], Reference]] = field(default_factory=dict)
    _shown: dict[Whose, tuple[Reference, Reference]] = field(default_factory=dict)
    _books: dict[tuple[Whose, ...], tuple[Reference, Rulebook]] = field(default_factory=dict)

    async def look(self) -> None:
        """Take notice of what is in force now."""
        found = await self.sheets.all_in_force()
        self._versions = {(one.team, one.merchant): (one.id, one.sheet) for one in found}

    async def of(self, session: LiveSession) -> Reference:
        """The metrics, and the rules in force for a session; the same object as long as nothing changes."""
        return await self.of_place(session.team, session.merchant)

    async def of_place(self, team: str, merchant: str = "") -> Reference:
        """The same for a team, or for one of its merchants."""
        if self._versions is None:
            await self.look()
        handbook, versions = self.handbook(), self._versions or {}
        wanted = self._sheets_of(team, merchant)
        if not wanted:
            return handbook
        ids = tuple(versions[key][0] for key in wanted)
        kept = self._references.get((team, merchant))
        if kept is None or kept[0] is not handbook or kept[1] != ids:
            made = self.applied(handbook, [(versions[key][1], prefix(key[1])) for key in wanted])
            kept = self._references[team, merchant] = (handbook, ids, made)
        return kept[2]

    async def naming(self, session: LiveSession) -> Reference:
        """The same with rules that are off: what was told by them is on record and has to be shown."""
        return await self.shown(session.team, session.merchant)

    async def shown(self, team: str, merchant: str = "") -> Reference:
        """The rules in force at a place as people look them up: what was changed is known by `own`, `off` and `before`."""
        reference, handbook = await self.of_place(team, merchant), self.handbook()
        if reference is handbook:
            return handbook
        kept = self._shown.get((team, merchant))
        if kept is None or kept[0] is not reference:
            versions, keys = self._versions or {}, self._sheets_of(team, merchant)
            sheets = [(replace(versions[key][1], off=frozenset()), prefix(key[1])) for key in keys]
            kept = self._shown[team, merchant] = (reference, marked(handbook, reference, self.applied(handbook, sheets)))
        return kept[1]

    def applied(self, handbook: Reference, sheets: Sequence[tuple[Sheet, str]]) -> Reference:
        """A handbook with sheets applied, each with the letter of its own rules."""
        owns = []
        for sheet, letter in sheets:
            own = self.read(sheet, letter, handbook)
            for mistake in own.mistakes:  # it was in order when it was taken up: the handbook has changed since
                log.warning("own_rules.not_usable", what=mistake.to("zh"))
            owns.append(own)
        return with_sheets(handbook, owns)

    async def book(self, session: LiveSession) -> tuple[Reference, Rulebook] | None:
        """The rules of a session ready for watching; those before as long as the new ones cannot be used, None without any."""
        reference = await self.of(session)
        key = tuple(self._sheets_of(session.team, session.merchant))
        kept = self._books.get(key)
        if kept is None or kept[0] is not reference:
            try:
                kept = (reference, prepare(reference.rules, reference.metrics, reference.inputs))
            except ExpressionError as error:
                log.error("nudges.rules_not_usable", error=str(error))
                kept = None if kept is None else (reference, kept[1])
            if kept is not None:
                self._books[key] = kept
        return kept if kept and kept[1].rules else None

    def _sheets_of(self, team: str, merchant: str) -> list[Whose]:
        """The sheets in force for a merchant's sessions, the team's first; sessions with the same ones share a book."""
        return [key for key in dict.fromkeys(((team, ""), (team, merchant))) if key in (self._versions or {})]


def with_sheets(handbook: Reference, owns: Sequence[Own]) -> Reference:
    """A handbook with sheets applied, the first first."""
    rules = in_force(handbook.rules, owns, handbook.units, handbook.names)
    peers = dict(handbook.peers)
    for own in owns:
        peers |= own.sheet.peers
    return replace(handbook, rules=rules, peers=peers)


def marked(handbook: Reference, in_force: Reference, whole: Reference) -> Reference:
    """The rules in force, with those that are off, told apart from the handbook's; `whole` has all rules in their order."""
    on = {rule.id: rule for rule in in_force.rules}
    theirs = {rule.id: rule for rule in handbook.rules}
    rules = tuple(on.get(rule.id, rule) for rule in whole.rules)
    changed = {
        rule.id: theirs[rule.id]
        for rule in rules
        if rule.id in theirs and (rule.limits, rule.hold) != (theirs[rule.id].limits, theirs[rule.id].hold)
    }
    off = frozenset(rule.id for rule in rules if rule.id not in on)
    return replace(
        in_force, rules=rules, own=frozenset(rule.id for rule in rules if rule.id not in theirs), off=off, before=changed
    )
