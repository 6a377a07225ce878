"""A policy that contradicts itself is refused, saying where."""

from typing import Any

import msgspec
import pytest
from alerting.api.rules import read_policy
from alerting.domain.policy import GradingPolicy, shipped_policy
from alerting.domain.policy_checks import contradictions
from park_chassis.errors import Refused

SHIPPED: dict[str, Any] = msgspec.to_builtins(shipped_policy())


def policy(**entry: Any) -> GradingPolicy:
    """Return the shipped policy with its last entry (which matches all) changed."""
    last = {**SHIPPED["entries"][-1], **entry}
    return msgspec.convert({**SHIPPED, "entries": [*SHIPPED["entries"][:-1], last]}, GradingPolicy)


def test_the_shipped_policy_does_not_contradict_itself() -> None:
    assert contradictions(shipped_policy()) == []


@pytest.mark.parametrize(
    ("entry", "where"),
    [
        ({"ratio_steps": [{"above": 1, "level": "orange"}, {"above": 2, "level": "yellow"}]}, "ratio_steps"),
        ({"ratio_steps": [{"above": 1, "level": "blue"}, {"above": 1, "level": "red"}]}, "ratio_steps"),
        ({"duration_steps": [{"level": "yellow", "hours": 0}]}, "duration_steps.0.hours"),
        ({"duration_steps": [{"level": "yellow", "hours": 2, "base": "orange"}]}, "duration_steps.0"),
        ({"duration_steps": [{"level": "red", "hours": 2}, {"level": "orange", "hours": 3}]}, "duration_steps"),
        ({"repeat_steps": [{"level": "yellow", "count": 1, "within_hours": 24}]}, "repeat_steps.0"),
        ({"repeat_steps": [{"level": "yellow", "count": 3, "within_hours": 48}]}, "repeat_steps.0.within_hours"),
        ({"episode_steps": [{"level": "blue", "base": "orange", "within_hours": 24}]}, "episode_steps.0"),
        ({"value_steps": [{"factor": "w01001", "level": "red"}]}, "value_steps.0"),
        ({"value_steps": [{"factor": "w01001", "level": "red", "above": "eleven"}]}, "value_steps.0.above"),
        ({"clearing": {**SHIPPED["entries"][0]["clearing"], "ratio_below": 1.2}}, "clearing.ratio_below"),
        ({"clearing": {**SHIPPED["entries"][0]["clearing"], "consecutive": {"hour": 1}}}, "clearing.consecutive.day"),
        ({"rules": ["offline"]}, "entries"),
        ({"name": "offline"}, "name"),
    ],
)
def test_a_contradiction_is_named_with_its_place(entry: dict[str, Any], where: str) -> None:
    found = contradictions(policy(**entry))
    assert any(problem.where.endswith(where) for problem in found), found


def test_an_entry_that_can_never_match_is_named() -> None:
    double = {**SHIPPED["entries"][2], "name": "again"}
    doubled = msgspec.convert(
        {**SHIPPED, "entries": [*SHIPPED["entries"][:-1], double, SHIPPED["entries"][-1]]}, GradingPolicy
    )
    assert [problem.where for problem in contradictions(doubled)] == [f"entries.{len(SHIPPED['entries']) - 1}"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b"{", "body"),
        (b'{"policy": {"entries": [], "notify": {}, "colour": 1}}', "$.policy"),
        (b'{"policy": {"entries": [], "notify": {"purple": ["officer"]}}}', "$.policy.notify"),
    ],
    ids=["not JSON", "unknown field", "unknown level"],
)
def test_a_body_that_is_not_a_policy_is_refused_with_its_place(body: bytes, where: str) -> None:
    with pytest.raises(Refused) as refused:
        read_policy(body)
    assert refused.value.status == 422
    assert where in refused.value.facts["errors"][0]["where"] or refused.value.facts["errors"][0]["what"]
