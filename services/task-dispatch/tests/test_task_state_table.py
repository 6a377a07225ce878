"""The life of a task is exactly the literal table."""

from pathlib import Path

import pytest
from park_schemas.catalogue import EVENT_TYPES, event_types_on
from park_schemas.codes import TaskState
from task_dispatch.domain.actions import ACTIONS
from task_dispatch.domain.task_states import (
    ENDED,
    EVENT_ZH,
    STATE_ZH,
    TRANSITIONS,
    NotAllowed,
    diagram,
    may,
    next_state,
)
from task_dispatch.recording import EVENT_NAMES

SILENT = {"attached", "contributed"}
"""Steps that change no version and have no event of their own."""


@pytest.mark.parametrize("state", TaskState)
@pytest.mark.parametrize("event", sorted(set(EVENT_ZH) - {"created"}))
def test_what_the_table_holds_is_done_and_all_else_is_refused_naming_both(state: TaskState, event: str) -> None:
    if event in TRANSITIONS[state]:
        assert may(state, event)
        assert next_state(state, event) is TRANSITIONS[state][event]
        return
    assert not may(state, event)
    with pytest.raises(NotAllowed) as refused:
        next_state(state, event)
    assert (refused.value.state, refused.value.event) == (state, event)
    assert state.value in str(refused.value)
    assert event in str(refused.value)


def test_every_state_is_in_the_table_and_can_be_reached_and_ends() -> None:
    assert set(TRANSITIONS) == set(TaskState) == set(STATE_ZH)
    reached, waiting = {TaskState.CREATED}, [TaskState.CREATED]
    while waiting:
        for target in TRANSITIONS[waiting.pop()].values():
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    assert reached == set(TaskState)
    assert {state for state, events in TRANSITIONS.items() if not events} == set(ENDED)


def test_every_step_has_an_event_in_the_contract_and_every_event_a_step() -> None:
    steps = {event for events in TRANSITIONS.values() for event in events} | {"created"}
    assert steps == set(EVENT_ZH)
    types = {EVENT_NAMES.get(step, f"tasks.task.{step}") for step in steps - SILENT}
    assert types == {event.name for event in event_types_on("tasks.tasks.v1")}
    assert types <= set(EVENT_TYPES)


def test_every_action_of_people_is_an_event_of_the_table() -> None:
    steps = {event for events in TRANSITIONS.values() for event in events}
    assert {action.event for action in ACTIONS.values()} <= steps


def test_the_readme_draws_the_table() -> None:
    assert diagram() in (Path(__file__).parents[1] / "README.md").read_text("utf-8")
