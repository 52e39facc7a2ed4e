"""What the stores of live sessions may be asked without a scope, and why; all other reads take one."""

from __future__ import annotations

import inspect

import pytest

from bot.storage.effects import Effects
from bot.storage.lines import Lines
from bot.storage.metric_drafts import MetricDrafts
from bot.storage.own_rules import OwnRules
from bot.storage.pasts import Pasts
from bot.storage.polls import Polls
from bot.storage.suggestions import Suggestions
from bot.storage.tip_charts import TipCharts

WRITES: dict[type, set[str]] = {
    Effects: {"keep", "withhold"},
    Lines: {"keep", "prune"},
    MetricDrafts: {"add", "move", "keep", "drop", "prune"},
    OwnRules: {"propose", "adopt", "drop"},
    Pasts: {"keep"},
    Suggestions: {"keep", "decline"},
    Polls: {"put", "remove", "came", "failed"},
    TipCharts: {"add"},
}
NOBODY_LOOKS: dict[type, set[str]] = {
    Effects: {"due", "acting"},
    Lines: {"known", "lately"},
    OwnRules: {"all_in_force"},
    Pasts: {"due"},
    Suggestions: {"weeks", "since", "settled", "of_week"},
    Polls: {"in_force"},
    TipCharts: {"wanted"},
}
"""What the clock, the watch and the intake ask for themselves; their docstrings begin with it."""
FOUND_BEFORE: dict[type, set[str]] = {
    Polls: {"of"},  # feeds that were read with a scope
    TipCharts: {"standing"},  # a tip that was read with a scope
}


def unscoped(store: type) -> set[str]:
    """The public methods that ask for no scope; one that may be left out is as good as none."""
    methods = {name: method for name, method in inspect.getmembers(store, inspect.isfunction) if not name.startswith("_")}
    scopes = {name: inspect.signature(method).parameters.get("scope") for name, method in methods.items()}
    return {
        name
        for name, scope in scopes.items()
        if scope is None or scope.kind is not scope.KEYWORD_ONLY or scope.default is not scope.empty
    }


@pytest.mark.parametrize("store", WRITES)
def test_only_what_is_named_here_is_read_without_a_scope(store: type) -> None:
    assert unscoped(store) == WRITES[store] | NOBODY_LOOKS.get(store, set()) | FOUND_BEFORE.get(store, set())


@pytest.mark.parametrize("store", NOBODY_LOOKS)
def test_what_nobody_looks_at_says_whose_it_is(store: type) -> None:
    for name in NOBODY_LOOKS[store]:
        said = inspect.getdoc(getattr(store, name)) or ""
        assert said.startswith(("For the clock:", "For the watch:", "For the intake:")), name
