"""Life of an alarm as a literal table. What is absent is refused with an error naming both.

Being suppressed is not a state: it mutes the telling for a while, never the record. Only a person opens a closed alarm again,
with a reason, and only while no newer episode of its key is open.
A rise of the level asks people again, so an acknowledged alarm becomes active when it escalates or comes back.
"""

from park_schemas.codes import AlarmState

ACTIVE = AlarmState.ACTIVE
ACKNOWLEDGED = AlarmState.ACKNOWLEDGED
RESOLVED = AlarmState.RESOLVED
CLOSED = AlarmState.CLOSED

TRANSITIONS: dict[AlarmState, dict[str, AlarmState]] = {
    ACTIVE: {
        "updated": ACTIVE,
        "escalated": ACTIVE,
        "acknowledged": ACKNOWLEDGED,
        "assigned": ACTIVE,
        "suppressed": ACTIVE,
        "linked": ACTIVE,
        "resolved": RESOLVED,
        "closed": CLOSED,
    },
    ACKNOWLEDGED: {
        "updated": ACKNOWLEDGED,
        "escalated": ACTIVE,
        "assigned": ACKNOWLEDGED,
        "suppressed": ACKNOWLEDGED,
        "linked": ACKNOWLEDGED,
        "resolved": RESOLVED,
        "closed": CLOSED,
    },
    RESOLVED: {
        "updated": RESOLVED,
        "escalated": RESOLVED,
        "acknowledged": RESOLVED,
        "assigned": RESOLVED,
        "suppressed": RESOLVED,
        "linked": RESOLVED,
        "reopened": ACTIVE,
        "closed": CLOSED,
    },
    CLOSED: {"reopened": ACTIVE},
}

STATE_ZH = {ACTIVE: "未确认", ACKNOWLEDGED: "已确认", RESOLVED: "已恢复", CLOSED: "已关闭"}
EVENT_ZH = {
    "raised": "产生",
    "updated": "更新",
    "escalated": "升级",
    "acknowledged": "确认",
    "assigned": "指派",
    "suppressed": "抑制",
    "linked": "关联任务",
    "resolved": "恢复",
    "reopened": "重新触发",
    "closed": "关闭",
}


class NotAllowed(Exception):
    """The event has no place in the state. Carries both."""

    def __init__(self, state: AlarmState, event: str) -> None:
        super().__init__(f"an alarm that is {state.value} cannot be {event}")
        self.state = state
        self.event = event


def next_state(state: AlarmState, event: str) -> AlarmState:
    """Return the state after the event. Raises NotAllowed naming state and event."""
    try:
        return TRANSITIONS[state][event]
    except KeyError:
        raise NotAllowed(state, event) from None


def may(state: AlarmState, event: str) -> bool:
    """Return whether the event has a place in the state."""
    return event in TRANSITIONS[state]


def diagram() -> str:
    """Return the table as a Mermaid state diagram; the README holds exactly this text."""
    lines = ["stateDiagram-v2", "    [*] --> active: raised"]
    for state, events in TRANSITIONS.items():
        targets: dict[AlarmState, list[str]] = {}
        for event, target in events.items():
            targets.setdefault(target, []).append(event)
        lines += [f"    {state.value} --> {target.value}: {', '.join(names)}" for target, names in targets.items()]
    return "\n".join([*lines, "    closed --> [*]"])
