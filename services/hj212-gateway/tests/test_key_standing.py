"""Where a device stands with its keys: the key that says most, a hand-over under way or failed, a key that is too old."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hj212_gateway.domain.command_states import CommandState
from hj212_gateway.domain.device_keys import KeyState
from hj212_gateway.domain.key_standing import ROTATION, Handover, standings
from park_schemas.identifiers import uuid7

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
_S, _C = KeyState, CommandState


def key(state: KeyState, *, days_ago: float = 1, mn: str = "A", **more: Any) -> dict[str, Any]:
    made = NOON - timedelta(days=days_ago)
    return {"mn": mn, "key_id": uuid7(), "state": state.value, "command_id": None, "made_at": made} | more


def command(state: CommandState, *, days_ago: float = 0) -> dict[str, Any]:
    return {"command_id": uuid7(), "state": state.value, "created_at": NOON - timedelta(days=days_ago)}


def test_devices_stand_by_mn_and_one_without_a_key_says_so() -> None:
    found = standings(["B", "A"], [key(_S.IN_FORCE)], {})
    assert [(one.mn, one.state) for one in found] == [("A", "in-force"), ("B", "none")]
    assert (found[1].key, found[1].handover, found[1].replace_before) == (None, None, None)


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ([_S.OFFERED, _S.IN_FORCE, _S.RETIRED], "in-force"),
        ([_S.OFFERED, _S.CONFIRMED], "confirmed"),
        ([_S.OFFERED, _S.DROPPED, _S.RETIRED], "offered"),
        ([_S.RETIRED, _S.DROPPED], "dropped"),
        ([_S.RETIRED], "retired"),
    ],
)
def test_the_key_that_says_most_is_shown(states: list[KeyState], said: str) -> None:
    (found,) = standings(["A"], [key(state) for state in states], {})
    assert found.state == said


@pytest.mark.parametrize("state", [_C.AWAITING_APPROVAL, _C.QUEUED, _C.SENT])
def test_a_command_that_runs_is_a_hand_over_under_way(state: CommandState) -> None:
    (found,) = standings(["A"], [key(_S.IN_FORCE)], {"A": command(state)})
    assert (found.state, found.handover) == ("in-force", Handover.UNDER_WAY)
    assert found.command is not None


@pytest.mark.parametrize("state", [_C.REFUSED, _C.FAILED, _C.TIMED_OUT, _C.NO_ANSWER, _C.EXPIRED])
def test_a_command_that_ended_badly_after_the_key_was_made_is_a_failed_hand_over(state: CommandState) -> None:
    (found,) = standings(["A"], [key(_S.IN_FORCE)], {"A": command(state)})
    assert found.handover is Handover.FAILED
    (none,) = standings(["A"], [], {"A": command(state)})
    assert (none.state, none.handover) == ("none", Handover.FAILED)


@pytest.mark.parametrize("state", [_C.SUCCEEDED, _C.REJECTED, _C.CANCELLED])
def test_a_command_that_ended_well_or_was_not_wanted_leaves_nothing(state: CommandState) -> None:
    (found,) = standings(["A"], [key(_S.IN_FORCE)], {"A": command(state)})
    assert (found.handover, found.command) == (None, None)


def test_an_old_failure_is_over_once_a_newer_key_or_its_own_is_in_use() -> None:
    failed = command(_C.NO_ANSWER, days_ago=2)
    (newer,) = standings(["A"], [key(_S.CONFIRMED, days_ago=1)], {"A": failed})
    assert newer.handover is None
    taken = key(_S.IN_FORCE, days_ago=3, command_id=failed["command_id"])
    (silent,) = standings(["A"], [taken], {"A": failed})
    assert silent.handover is None, "the device has taken the key and said nothing"


def test_a_key_in_use_is_due_after_its_rotation_and_an_ended_one_never() -> None:
    (old,) = standings(["A"], [key(_S.IN_FORCE, days_ago=91)], {})
    (young,) = standings(["A"], [key(_S.IN_FORCE, days_ago=89)], {})
    (ended,) = standings(["A"], [key(_S.RETIRED, days_ago=400)], {})
    assert [one.is_due(NOON) for one in (old, young, ended)] == [True, False, False]
    assert old.replace_before == NOON - timedelta(days=91) + ROTATION
