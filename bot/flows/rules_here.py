"""Whose rules somebody reads in a chat: of the running session, of the only merchant, else of the team. Knows no channel."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.access import Right, Scope, merchant_collection, team_collection
from bot.errors import NotFound
from bot.flows.access import Actor
from bot.flows.reference import Reference
from bot.flows.rulebooks import Rulebooks
from bot.flows.session_board import Board
from bot.flows.tips import on_air


@dataclass(frozen=True, slots=True)
class RulesHere:
    """The rules in force at a place. `name` is the place's and `collections` are those of its sheets, both empty where all is the
    handbook's; `others` says that the reader has merchants that may go by other rules.
    """

    reference: Reference
    name: str = ""
    collections: frozenset[str] = frozenset()
    others: bool = False


async def rules_here(
    board: Board, books: Rulebooks, actor: Actor, scope: Scope, chat: str, topic: int | None, *, private: bool
) -> RulesHere:
    """The rules in force for whoever reads in a chat; `scope` is what may be shown there.

    Whoever may read nothing there has the handbook.
    """
    access = actor.access
    readable = {one.id: one for one in access.merchants if one.id in scope.merchants and access.may(Right.READ, one.team, one.id)}
    found = await _running(board, actor, scope, chat, topic, private=private) or set(readable)
    several = len(found) > 1
    only = readable.get(next(iter(found))) if len(found) == 1 else None
    if only is not None:
        reference = await books.shown(only.team, only.id)
        if reference is books.handbook():
            return RulesHere(reference)
        return RulesHere(reference, only.name, frozenset({merchant_collection(only.id)}))
    teams = [one for one in await board.gate.people.teams(access=access) if one.id in scope.teams]
    if len(teams) != 1:
        return RulesHere(books.handbook(), others=several)
    reference = await books.shown(teams[0].id)
    if reference is books.handbook():
        return RulesHere(reference, others=several)
    return RulesHere(reference, teams[0].name, frozenset({team_collection(teams[0].id)}), several)


async def _running(board: Board, actor: Actor, scope: Scope, chat: str, topic: int | None, *, private: bool) -> set[str]:
    """The merchants of the sessions that run here."""
    try:
        live = await on_air(board, actor, scope, chat, topic, board.gate.now(), private=private)
    except NotFound:
        return set()
    return {one.merchant for one in live}
