"""The life of an alarm is exactly the literal table."""

from pathlib import Path

import pytest
from alerting.domain.alarm_states import EVENT_ZH, STATE_ZH, TRANSITIONS, NotAllowed, diagram, may, next_state
from park_schemas.catalogue import event_types_on
from park_schemas.codes import AlarmState

EVENTS = [event.name.rpartition(".")[2] for event in event_types_on("alerting.alarms.v1")]


@pytest.mark.parametrize("state", AlarmState)
@pytest.mark.parametrize("event", EVENTS)
def test_what_the_table_holds_is_done_and_all_else_is_refused_naming_both(state: AlarmState, event: str) -> None:
    if event in TRANSITIONS[state]:
        assert next_state(state, event) is TRANSITIONS[state][event]
        assert may(state, event)
        return
    assert not may(state, event)
    with pytest.raises(NotAllowed) as refused:
        next_state(state, event)
    assert (refused.value.state, refused.value.event) == (state, event)
    assert state.value in str(refused.value)
    assert event in str(refused.value)


def test_every_state_is_in_the_table_and_every_event_of_it_is_in_the_contract() -> None:
    assert set(TRANSITIONS) == set(AlarmState) == set(STATE_ZH)
    assert {event for row in TRANSITIONS.values() for event in row} | {"raised"} == set(EVENTS) == set(EVENT_ZH)


def test_a_closed_alarm_can_only_be_opened_again_and_every_other_can_be_closed() -> None:
    assert TRANSITIONS[AlarmState.CLOSED] == {"reopened": AlarmState.ACTIVE}
    assert all(may(state, "closed") for state in AlarmState if state is not AlarmState.CLOSED)


def test_the_readme_draws_the_table() -> None:
    assert diagram() in (Path(__file__).parents[1] / "README.md").read_text("utf-8")
