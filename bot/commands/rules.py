"""`copilot rules`: what is in force, a change tried and taken up, the versions; also beside a running copilot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.common import Data, Json, note, put
from bot.commands.listing import show
from bot.commands.office import Desk, MerchantOption, TeamOption, command, require_bare, wrong_usage
from bot.commands.sessions import at_floor
from bot.errors import CopilotError, FileRefused

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from datetime import datetime

    from bot.domain.own_rules import SheetVersion
    from bot.flows.floor import Floor
    from bot.flows.own_rules import Proposal, Standing
    from bot.flows.suggesting import Shown

rules = typer.Typer(invoke_without_command=True, rich_markup_mode=None)

File = Annotated[Path | None, typer.Argument(metavar="[FILE]", help="自己的规则，YAML · Own rules, YAML.", show_default=False)]
Version = Annotated[
    int | None, typer.Option("--version", metavar="N", help="换回第几版 · An earlier version once more.", show_default=False)
]
Lines = Annotated[
    list[str] | None,
    typer.Argument(metavar="[METRIC=FIGURE]...", help="GPM=620；GPM=- 去掉 · GPM=620; GPM=- removes.", show_default=False),
]
Draft = Annotated[str, typer.Argument(metavar="DRAFT", help="试跑给的编号 · What the trial gave.", show_default=False)]
ProposalId = Annotated[
    str, typer.Argument(metavar="PROPOSAL", help="rules proposals 给的编号 · As rules proposals gives it.", show_default=False)
]
_LARGEST = 256 * 1024


@rules.callback()
def _bare(context: typer.Context, as_json: Json = False, data: Data = None) -> None:
    """团队自己的规则；后面不写就是列出来 · A team's own rules; alone it lists what is in force."""
    if context.invoked_subcommand is None:
        list_rules(None, None, as_json, data)
    else:
        require_bare(context, as_json, data)


@command(rules, "list")
def list_rules(team: TeamOption = None, merchant: MerchantOption = None, as_json: Json = False, data: Data = None) -> None:
    """列出现在用的规则 · List the rules, with what is off or changed."""

    async def work(desk: Desk, floor: Floor) -> None:
        whose = await _whose(desk, team, merchant)
        standing = await floor.rules.standing(desk.actor, *whose)
        show("rules", desk.language, ("id", "name", "severity", "working", "sign"), list(_rows(standing, desk)), as_json=as_json)

    at_floor(data, work)


@command(rules, "try")
def try_rules(
    file: File = None, version: Version = None, team: TeamOption = None, merchant: MerchantOption = None, data: Data = None
) -> None:
    """拿过去的场次试跑一份规则 · Try rules on past sessions; prints what came of it, and a draft to apply."""
    if (file is None) == (version is None):
        raise wrong_usage("file_or_version", "FILE")
    text = None if file is None else _read(file)

    async def work(desk: Desk, floor: Floor) -> None:
        whose = await _whose(desk, team, merchant)
        old, file_ = floor.rules.propose_old, floor.rules.propose_file
        proposing = old(desk.actor, *whose, version or 0) if text is None else file_(desk.actor, *whose, text)
        proposal = await _proposed(desk, proposing)
        await _show_trial(desk, floor, proposal)

    at_floor(data, work)


@command(rules, "apply")
def apply(draft: Draft, data: Data = None) -> None:
    """采用试跑过的规则 · Put what was tried in force."""

    async def work(desk: Desk, floor: Floor) -> None:
        from bot.channels.rule_view import called, what

        proposal, number = await floor.rules.adopt(desk.actor, draft)
        names = called(proposal.known, proposal.reference, desk.language)
        note(desk.say("rules_applied", number=number, what=what(proposal.changed, names, proposal.reference, desk.language)))

    at_floor(data, work)


@command(rules, "peers")
def peers(
    lines: Lines = None, team: TeamOption = None, merchant: MerchantOption = None, as_json: Json = False, data: Data = None
) -> None:
    """列出同类直播间的数，或试跑新的 · List comparable rooms' medians, or try new ones."""

    async def work(desk: Desk, floor: Floor) -> None:
        from bot.domain.peers import useful

        whose = await _whose(desk, team, merchant)
        if lines:
            proposal = await _proposed(desk, floor.rules.propose_peers(desk.actor, *whose, "\n".join(lines)))
            await _show_trial(desk, floor, proposal)
            return
        standing = await floor.rules.standing(desk.actor, *whose)
        rows = list(_peer_rows(standing, desk, floor.ground.now()))
        show("peers", desk.language, ("metric", "median", "given", "until", "peer_state"), rows, as_json=as_json)
        reference = standing.reference
        names = [reference.called[one.id].to(desk.language) for one in useful(reference.rules, reference.metrics)]
        note(desk.say("peers_for", metrics=(", " if desk.language == "en" else "、").join(names) or "—"))

    at_floor(data, work)


@command(rules, "history")
def history(team: TeamOption = None, merchant: MerchantOption = None, as_json: Json = False, data: Data = None) -> None:
    """列出规则的版本 · List the versions, newest first; with --json also what stands in them."""

    async def work(desk: Desk, floor: Floor) -> None:
        from bot.channels.rule_view import called, what

        whose = await _whose(desk, team, merchant)
        place = await floor.rules.place(desk.actor, *whose)
        versions = await floor.rules.history(desk.actor, *whose)
        standing = await floor.rules.standing(desk.actor, *whose)
        names = called((*standing.handbook.rules, *standing.own.rules), standing.handbook, desk.language)
        changed = await floor.rules.differences(place, versions)
        rows = []
        for one, differs in zip(versions, changed, strict=True):
            said = what(differs, names, standing.handbook, desk.language)
            cells = (one.number, desk.when(one.at), await desk.who(one.by), said)
            rows.append((_record(desk, one), cells))
        show("rule_versions", desk.language, ("number", "at", "who", "what"), rows, as_json=as_json)

    at_floor(data, work)


@command(rules, "proposals")
def proposals(team: TeamOption = None, as_json: Json = False, data: Data = None) -> None:
    """列出近 4 周的规则建议 · List the proposed changes of the last four weeks."""

    async def work(desk: Desk, floor: Floor) -> None:
        found = await floor.suggestions.lately(desk.actor, (await desk.team(team)).id)
        columns = ("id", "week", "rule", "change", "replayed", "tips", "useful", "useless", "proposal_state")
        show("proposals", desk.language, columns, [_proposed_row(one, desk, floor) for one in found], as_json=as_json)

    at_floor(data, work)


@command(rules, "adopt")
def adopt(proposal: ProposalId, data: Data = None) -> None:
    """采用一条规则建议 · Take a proposed change."""

    async def work(desk: Desk, floor: Floor) -> None:
        from bot.channels.suggestion_view import change

        taken, number = await floor.suggestions.adopt(desk.actor, proposal)
        what = f"{taken.suggestion.rule} {taken.rule} {change(taken, desk.language)}"
        note(desk.say("rules_applied", number=number, what=what))

    at_floor(data, work)


@command(rules, "decline")
def decline(proposal: ProposalId, data: Data = None) -> None:
    """不采用一条规则建议 · Do without a proposed change."""

    async def work(desk: Desk, floor: Floor) -> None:
        gone = await floor.suggestions.decline(desk.actor, proposal)
        note(desk.say("proposal_left", rule=f"{gone.suggestion.rule} {gone.rule}"))

    at_floor(data, work)


async def _whose(desk: Desk, team: str | None, merchant: str | None) -> tuple[str, str]:
    found, of = await desk.whose(team, merchant)
    return found.id, "" if of is None else of.id


async def _proposed(desk: Desk, proposing: Awaitable[Proposal]) -> Proposal:
    from bot.flows.own_rules import SheetWrong

    try:
        return await proposing
    except SheetWrong as error:
        found = "；".join(one.to(desk.language) for one in error.mistakes)
        raise CopilotError(desk.say("rules_refused", found=found)) from None


async def _show_trial(desk: Desk, floor: Floor, proposal: Proposal) -> None:
    from bot.channels.rule_view import trial_message
    from bot.channels.terminal_render import clean

    tried = await floor.rules.trial(desk.actor, proposal.draft.id)
    names = {one.id: one.name for one in await desk.office.merchants.all(desk.actor)}
    put(clean(trial_message(proposal, tried, names, desk.settings.zone, desk.language).plain))
    note(desk.say("rules_tried", draft=proposal.draft.id))


def _read(file: Path) -> str:
    try:
        content = file.read_bytes() if file.stat().st_size <= _LARGEST else None
    except OSError as error:
        said, english = f"打不开 {file}（{error.strerror}）。", f"{file} cannot be opened ({error.strerror})."
        raise FileRefused(said, english) from error
    if content is None:
        raise FileRefused(f"{file} 太大，最大 {_LARGEST // 1024} KB。", f"{file} is too large; at most {_LARGEST // 1024} KB.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused(f"{file} 不是 UTF-8 的文字。", f"{file} is no text in UTF-8.") from error


def _rows(standing: Standing, desk: Desk) -> Any:
    from bot.channels.reference.words import SEVERITIES

    own = {rule.id for rule in standing.own.rules}
    in_force = {rule.id: rule for rule in standing.rules}
    before = {rule.id: rule for rule in standing.handbook.rules}
    for rule in (*standing.handbook.rules, *standing.own.rules):
        now = in_force.get(rule.id)
        state = "off" if now is None else "own" if rule.id in own else "handbook" if now == before[rule.id] else "changed"
        shown = now or rule
        record = {
            "id": rule.id, "name": rule.name, "group": rule.group, "severity": rule.severity.value, "state": state,
            "sign": shown.sign, "section": rule.section,
        }  # fmt: skip
        severity = SEVERITIES[rule.severity].to(desk.language)
        yield record, (rule.id, rule.name, severity, desk.say(f"rule_state.{state}"), shown.sign)


def _peer_rows(standing: Standing, desk: Desk, now: datetime) -> Any:
    from bot.channels.figures import figure

    reference = standing.reference
    for id, one in sorted(reference.peers.items()):
        counts = now < one.until
        record = {"metric": id, "value": one.value, "given": desk.iso(one.at), "until": desk.iso(one.until), "counts": counts}
        said = figure(one.value, reference.units.get(id, ""), desk.language)
        name = reference.names_in(desk.language).get(id, id)
        state = desk.say("peer_counts" if counts else "peer_over")
        yield record, (name, said, desk.when(one.at), desk.when(one.until), state)


def _proposed_row(found: Shown, desk: Desk, floor: Floor) -> tuple[dict[str, Any], tuple[object, ...]]:
    from bot.channels.suggestion_view import change, state

    one, came = found.suggestion, found.suggestion.outcome
    now = floor.ground.now()
    record = {
        "id": one.id, "week": one.week.isoformat(), "team": one.team, "merchant": one.merchant or None, "rule": one.rule,
        "name": found.rule, "way": one.way.value, "limit": one.limit, "was": one.was, "becomes": one.becomes,
        "judged_right": one.right, "judged_wrong": one.wrong,
        "sessions": one.sessions, "hours": round(one.hours, 2), "tips_before": came.before,
        "tips_after": came.after, "useful": came.useful, "useful_kept": came.kept, "useless": came.useless,
        "useless_gone": came.gone, "sooner": came.sooner, "sooner_by": round(came.earlier),
        "state": _state(found, now), "settled_by": one.by or None,
        "settled_at": desk.iso(one.at) if one.at else None,
    }  # fmt: skip
    over = desk.say("proposal_over", sessions=one.sessions, hours=f"{one.hours:.1f}")
    whose = f"{one.rule} {found.rule}" + (f"（{found.place}）" if found.place else "")
    cells = (
        one.id, one.week, whose, change(found, desk.language), over,
        f"{came.before} → {came.after}", f"{came.kept}/{came.useful}", f"{came.gone}/{came.useless}",
        state(found, now, desk.language) or desk.say("proposal_waits"),
    )  # fmt: skip
    return record, cells


def _state(found: Shown, now: datetime) -> str:
    """As programs read it: what is open and cannot be taken any more has lapsed, or its rule was changed since."""
    one = found.suggestion
    if one.state != "open" or found.waits(now):
        return one.state.value
    return "stale" if one.waits(now) else "lapsed"


def _record(desk: Desk, one: SheetVersion) -> dict[str, Any]:
    return {
        "number": one.number, "at": desk.iso(one.at), "by": one.by, "off": sorted(one.sheet.off),
        "limits": dict(one.sheet.limits), "rules": one.sheet.rules,
        "peers": {id: {"value": peer.value, "at": desk.iso(peer.at)} for id, peer in one.sheet.peers.items()},
    }  # fmt: skip
