"""Roles and rights, what somebody may read, and what a group may be shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.access import (
    HANDBOOK,
    REACHES_ALL,
    RIGHTS,
    Access,
    Binding,
    Membership,
    Merchant,
    Policy,
    Right,
    Role,
    Scope,
    group_scope,
    merchant_collection,
    scope_of_collections,
    team_collection,
)

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
ME = "telegram:1"
TEAMS = ("team1", "team2")


def merchant(id: str, team: str = "team1", *, opened: bool = True) -> Merchant:
    """A merchant that is open from an hour ago until in an hour, or has never been authorised."""
    times = (NOW - timedelta(hours=1), NOW + timedelta(hours=1)) if opened else (None, None)
    return Merchant(id, team, f"商家{id}", *times)


A, B, FOREIGN, CLOSED = merchant("a"), merchant("b"), merchant("f", "team2"), merchant("c", opened=False)
ALL = (A, B, FOREIGN, CLOSED)


def access(*memberships: tuple[str, Role] | tuple[str, Role, str], blocked: bool = False) -> Access:
    """What somebody with these roles is, each as (team, role) or (team, role, merchant)."""
    found = tuple(Membership(ME, team, role, *rest) for team, role, *rest in memberships)
    teams = {one.team for one in found}
    return Access(ME, found, tuple(one for one in ALL if one.team in teams), blocked)


@pytest.mark.parametrize(
    ("role", "rights"),
    [
        (Role.VIEWER, "read"),
        (Role.TRAINEE, "read tick"),
        (Role.OPERATOR, "read tick run"),
        (Role.LEAD, "read tick run curate manage"),
        (Role.OWNER, "read tick run curate manage own"),
    ],
)
def test_each_role_has_the_rights_that_it_is_said_to_have(role: Role, rights: str) -> None:
    assert {right.value for right in RIGHTS[role]} == set(rights.split())
    for right in Right:
        assert access(("team1", role)).may(right, "team1") is (right.value in rights.split())
        # Nobody deletes or hands out a merchant but who owns its team.
        may = right.value in rights.split() and right is not Right.OWN
        assert access(("team1", role, "a")).may(right, "team1", "a") is may


def test_a_role_in_the_team_reaches_its_merchants_only_for_owners_and_leads() -> None:
    assert {Role.OWNER, Role.LEAD} == REACHES_ALL
    for role in Role:
        may = access(("team1", role)).may(Right.READ, "team1", "a")
        assert may is (role in (Role.OWNER, Role.LEAD))


def test_the_stronger_of_two_roles_counts_for_a_merchant() -> None:
    assert access(("team1", Role.LEAD), ("team1", Role.VIEWER, "a")).role("team1", "a") is Role.LEAD
    assert access(("team1", Role.VIEWER), ("team1", Role.OPERATOR, "a")).role("team1", "a") is Role.OPERATOR
    assert access(("team1", Role.OWNER, "a")).role("team1", "b") is None
    assert access(("team1", Role.OWNER, "a")).role("team1") is None


def test_a_role_for_a_merchant_opens_that_merchant_and_its_teams_handbook_alone() -> None:
    assert access(("team1", Role.VIEWER, "a")).scope(NOW) == Scope(frozenset({"a"}), frozenset({"team1"}))
    assert access(("team1", Role.OPERATOR)).scope(NOW) == Scope(frozenset(), frozenset({"team1"}))
    assert access(("team1", Role.LEAD)).scope(NOW) == Scope(frozenset({"a", "b"}), frozenset({"team1"}))


def test_somebody_in_two_teams_reads_both_and_manages_only_where_they_lead() -> None:
    both = access(("team1", Role.LEAD), ("team2", Role.VIEWER, "f"))
    assert both.scope(NOW) == Scope(frozenset({"a", "b", "f"}), frozenset(TEAMS))
    assert both.may(Right.MANAGE, "team1", "a")
    assert not both.may(Right.TICK, "team2", "f")
    assert both.gives("team2", "f") == ()


def test_a_stranger_and_a_blocked_member_are_nothing() -> None:
    for nobody in (access(), access(("team1", Role.OWNER), blocked=True)):
        assert nobody.scope(NOW) == Scope()
        assert nobody.teams == frozenset()
        assert not nobody.knows(A)
        assert not any(nobody.may(right, team, one) for right in Right for team in TEAMS for one in ("", "a"))


def test_a_merchant_is_shown_from_the_first_moment_of_its_authorisation_until_the_last() -> None:
    assert A.authorised_from is not None
    assert A.authorised_until is not None
    mine = access(("team1", Role.OWNER))
    just = timedelta(microseconds=1)
    for at, shown in (
        (A.authorised_from - just, False),
        (A.authorised_from, True),
        (A.authorised_until - just, True),
        (A.authorised_until, False),
    ):
        assert ("a" in mine.scope(at).merchants) is shown
        assert A.open(at) is shown


@pytest.mark.parametrize(
    "times", [(None, None), (NOW, None), (None, NOW + timedelta(days=1)), (NOW, NOW), (NOW + timedelta(1), NOW)]
)
def test_a_merchant_without_a_whole_authorisation_is_closed(times: tuple[datetime | None, datetime | None]) -> None:
    assert not Merchant("a", "team1", "甲", *times).open(NOW)


def test_a_closed_merchant_is_known_but_not_read() -> None:
    mine = access(("team1", Role.OWNER))
    assert mine.knows(CLOSED)
    assert "c" not in mine.scope(NOW).merchants


def test_a_lead_gives_roles_below_lead_and_an_owner_all() -> None:
    below = (Role.OPERATOR, Role.TRAINEE, Role.VIEWER)
    assert access(("team1", Role.OWNER)).gives("team1") == tuple(Role)
    assert access(("team1", Role.OWNER)).gives("team1", "a") == (Role.LEAD, *below)
    assert access(("team1", Role.OWNER, "a")).gives("team1", "a") == below
    assert access(("team1", Role.LEAD)).gives("team1", "a") == below
    assert access(("team1", Role.LEAD, "a")).gives("team1", "a") == below
    assert access(("team1", Role.LEAD, "a")).gives("team1") == ()
    assert access(("team1", Role.OPERATOR)).gives("team1") == ()


def test_whoever_runs_commands_owns_everything() -> None:
    everything = Access("terminal", everything=True)
    assert everything.may(Right.OWN, "team1", "a")
    assert everything.gives("team2") == tuple(Role)


def test_a_scope_opens_its_collections_and_the_handbook() -> None:
    scope = Scope(frozenset({"a"}), frozenset({"team1"}))
    assert scope.collections == {HANDBOOK, "merchant-a", "team-team1"}
    assert Scope().collections == {HANDBOOK}


ids = st.sampled_from("abcf")
scopes = st.builds(Scope, st.frozensets(ids), st.frozensets(st.sampled_from(TEAMS)))


@given(scopes)
def test_collections_give_their_scope_back(scope: Scope) -> None:
    assert scope_of_collections(scope.collections) == scope
    assert scope_of_collections((*scope.collections, "merchant-", "odd", "")) == scope


@given(scopes, scopes)
def test_one_scope_holds_another_exactly_when_it_opens_all_its_collections(one: Scope, other: Scope) -> None:
    assert one.holds(other) is (other.collections <= one.collections)


roles = st.sampled_from(list(Role))
memberships = st.lists(
    st.builds(Membership, st.just(ME), st.sampled_from(TEAMS), roles, st.sampled_from(("", "a", "b", "f", "c")))
)


@given(memberships)
def test_nobody_reads_a_merchant_for_which_no_membership_speaks(held: list[Membership]) -> None:
    """A second reading of the rules, in plain sets."""
    last = {(one.team, one.merchant): one.role for one in held}
    mine = Access(ME, tuple(held), ALL)
    for one in ALL:
        told = (one.team, one.id) in last or last.get((one.team, "")) in (Role.OWNER, Role.LEAD)
        assert (one.id in mine.scope(NOW).merchants) is (told and one is not CLOSED)
    assert mine.scope(NOW).teams == {one.team for one in held}


@given(memberships, st.integers(0, 20))
def test_taking_roles_away_never_shows_more(held: list[Membership], keep: int) -> None:
    unique = list({(one.team, one.merchant): one for one in held}.values())
    fewer = unique[:keep]
    assert Access(ME, tuple(unique), ALL).scope(NOW).holds(Access(ME, tuple(fewer), ALL).scope(NOW))


TOPICS = (0, 7, 8)
policies = st.sampled_from(list(Policy))
one_binding = st.builds(
    Binding, st.just("g"), st.sampled_from(TEAMS), st.sampled_from(("", "a", "f")), st.sampled_from(TOPICS), policies
)
bound = st.lists(one_binding, unique_by=lambda one: one.topic, max_size=3)
topics = st.sampled_from((None, *TOPICS, 9))
opened = st.frozensets(ids)


@given(bound, topics, opened)
def test_a_group_never_shows_a_merchant_that_is_closed_or_not_bound_there(
    bindings: list[Binding], topic: int | None, open_merchants: frozenset[str]
) -> None:
    shown = group_scope(bindings, topic, open_merchants)
    here = {one.merchant for one in bindings if one.topic in (0, topic or 0)}
    assert shown.merchants <= open_merchants & here
    assert len(shown.merchants) <= 1
    assert len(shown.teams) <= 1


@given(bound, topics, opened, st.integers(0, 2), policies)
def test_narrowing_a_policy_never_widens_what_is_shown(
    bindings: list[Binding], topic: int | None, open_merchants: frozenset[str], which: int, ceiling: Policy
) -> None:
    if which >= len(bindings):
        return
    narrow = list(bindings)
    narrow[which] = replace(narrow[which], ceiling=min(ceiling, narrow[which].ceiling))
    assert group_scope(bindings, topic, open_merchants).holds(group_scope(narrow, topic, open_merchants))


@given(bound, topics, opened, opened)
def test_closing_a_merchant_never_widens_what_is_shown(
    bindings: list[Binding], topic: int | None, one: frozenset[str], other: frozenset[str]
) -> None:
    assert group_scope(bindings, topic, one).holds(group_scope(bindings, topic, one & other))


def test_a_topic_has_its_own_binding_and_else_the_groups() -> None:
    both = [Binding("g", "team1", "a"), Binding("g", "team1", "b", topic=7)]
    assert group_scope(both, None, "ab").merchants == {"a"}
    assert group_scope(both, 0, "ab").merchants == {"a"}
    assert group_scope(both, 7, "ab").merchants == {"b"}
    assert group_scope(both, 8, "ab").merchants == {"a"}
    assert group_scope(both[1:], None, "ab") == Scope()
    assert group_scope(both[1:], 8, "ab") == Scope()


def test_a_groups_ceiling_holds_for_its_topics_and_a_topics_only_there() -> None:
    low = [Binding("g", "team1", ceiling=Policy.HANDBOOK), Binding("g", "team1", "b", topic=7)]
    assert group_scope(low, 7, "ab") == Scope()
    topic = [Binding("g", "team1", "a"), Binding("g", "team1", "b", topic=7, ceiling=Policy.TEAM)]
    assert group_scope(topic, 7, "ab") == Scope(teams=frozenset({"team1"}))
    assert group_scope(topic, None, "ab").merchants == {"a"}


def test_a_group_that_is_not_bound_reads_the_handbook_alone() -> None:
    assert group_scope([], None, "abcf") == Scope()
    assert Scope().collections == {HANDBOOK}


def test_a_team_binding_shows_no_merchant_whatever_its_ceiling() -> None:
    for ceiling in Policy:
        bound = Binding("g", "team1", ceiling=ceiling)
        assert group_scope([bound], None, "ab").merchants == set()
        assert bound.policy == min(ceiling, Policy.TEAM)


def test_collection_names_tell_merchants_from_teams() -> None:
    assert merchant_collection("x") != team_collection("x")
