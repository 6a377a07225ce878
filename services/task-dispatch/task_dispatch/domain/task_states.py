"""Life of a task as a literal table. What is absent is refused with an error naming both.

Transferred, extended and overdue are marks on a task, not places where it stays: a transferred task waits for its new owner's
signature, an extended or overdue one is worked on as before. `hastened` is what an alarm does that rises: more urgent, earlier
deadline. `attached` is evidence, `contributed` what a co-worker says. `late`: the clock of a step ran out (`overdue`: that of the
report). A task that is reported is not overdue: the work is done, verification is pending.
"""

from park_schemas.codes import TaskState

CREATED = TaskState.CREATED
DISPATCHED = TaskState.DISPATCHED
SIGNED = TaskState.SIGNED
ON_SITE = TaskState.ON_SITE
HANDLED = TaskState.HANDLED
REPORTED = TaskState.REPORTED
VERIFIED = TaskState.VERIFIED
RETURNED = TaskState.RETURNED
REFUSED = TaskState.REFUSED
CLOSED = TaskState.CLOSED
CANCELLED = TaskState.CANCELLED

TRANSITIONS: dict[TaskState, dict[str, TaskState]] = {
    CREATED: {
        "dispatched": DISPATCHED,
        "joined": CREATED,
        "extended": CREATED,
        "hastened": CREATED,
        "overdue": CREATED,
        "cancelled": CANCELLED,
    },
    DISPATCHED: {
        "signed": SIGNED,
        "refused": REFUSED,
        "transferred": DISPATCHED,
        "joined": DISPATCHED,
        "extended": DISPATCHED,
        "hastened": DISPATCHED,
        "urged": DISPATCHED,
        "overdue": DISPATCHED,
        "late": DISPATCHED,
        "cancelled": CANCELLED,
    },
    SIGNED: {
        "arrived": ON_SITE,
        "handled": HANDLED,
        "reported": REPORTED,
        "attached": SIGNED,
        "contributed": SIGNED,
        "joined": SIGNED,
        "extension-requested": SIGNED,
        "extension-rejected": SIGNED,
        "extended": SIGNED,
        "hastened": SIGNED,
        "urged": SIGNED,
        "overdue": SIGNED,
        "late": SIGNED,
        "transferred": DISPATCHED,
        "cancelled": CANCELLED,
    },
    ON_SITE: {
        "handled": HANDLED,
        "reported": REPORTED,
        "attached": ON_SITE,
        "contributed": ON_SITE,
        "joined": ON_SITE,
        "extension-requested": ON_SITE,
        "extension-rejected": ON_SITE,
        "extended": ON_SITE,
        "hastened": ON_SITE,
        "urged": ON_SITE,
        "overdue": ON_SITE,
        "late": ON_SITE,
        "transferred": DISPATCHED,
        "cancelled": CANCELLED,
    },
    HANDLED: {
        "reported": REPORTED,
        "attached": HANDLED,
        "contributed": HANDLED,
        "joined": HANDLED,
        "extension-requested": HANDLED,
        "extension-rejected": HANDLED,
        "extended": HANDLED,
        "hastened": HANDLED,
        "urged": HANDLED,
        "overdue": HANDLED,
        "late": HANDLED,
        "transferred": DISPATCHED,
        "cancelled": CANCELLED,
    },
    REPORTED: {
        "verified": VERIFIED,
        "returned": RETURNED,
        "hastened": REPORTED,
        "late": REPORTED,
        "cancelled": CANCELLED,
    },
    RETURNED: {
        "arrived": ON_SITE,
        "handled": HANDLED,
        "reported": REPORTED,
        "attached": RETURNED,
        "contributed": RETURNED,
        "joined": RETURNED,
        "extension-requested": RETURNED,
        "extension-rejected": RETURNED,
        "extended": RETURNED,
        "hastened": RETURNED,
        "urged": RETURNED,
        "overdue": RETURNED,
        "late": RETURNED,
        "transferred": DISPATCHED,
        "cancelled": CANCELLED,
    },
    REFUSED: {
        "dispatched": DISPATCHED,
        "extended": REFUSED,
        "hastened": REFUSED,
        "overdue": REFUSED,
        "late": REFUSED,
        "cancelled": CANCELLED,
    },
    VERIFIED: {
        "closed": CLOSED,
        "late": VERIFIED,
    },
    CLOSED: {},
    CANCELLED: {},
}

ENDED = frozenset({CLOSED, CANCELLED})

STATE_ZH = {
    CREATED: "待派发",
    DISPATCHED: "待签收",
    SIGNED: "已签收",
    ON_SITE: "现场处置中",
    HANDLED: "已处置",
    REPORTED: "待核验",
    VERIFIED: "已核验",
    RETURNED: "已退回",
    REFUSED: "已拒收",
    CLOSED: "已办结",
    CANCELLED: "已取消",
}
EVENT_ZH = {
    "created": "创建",
    "dispatched": "派发",
    "signed": "签收",
    "arrived": "到场",
    "attached": "上传证据",
    "contributed": "协办反馈",
    "handled": "完成处置",
    "joined": "设定协办人",
    "extension-requested": "申请延期",
    "extension-rejected": "驳回延期",
    "late": "环节超时",
    "reported": "提交反馈",
    "verified": "核验通过",
    "returned": "退回",
    "refused": "拒收",
    "transferred": "转办",
    "extended": "调整期限",
    "hastened": "加急",
    "urged": "催办",
    "overdue": "超期",
    "closed": "办结",
    "cancelled": "取消",
}


class NotAllowed(Exception):
    """The event has no place in the state. Carries both."""

    def __init__(self, state: TaskState, event: str) -> None:
        super().__init__(f"a task that is {state.value} cannot be {event}")
        self.state = state
        self.event = event


def next_state(state: TaskState, event: str) -> TaskState:
    """Return the state after the event. Raises NotAllowed naming state and event."""
    try:
        return TRANSITIONS[state][event]
    except KeyError:
        raise NotAllowed(state, event) from None


def may(state: TaskState, event: str) -> bool:
    """Return whether the event has a place in the state."""
    return event in TRANSITIONS[state]


def diagram() -> str:
    """Return the table as a Mermaid state diagram; the README holds exactly this text."""
    lines = ["stateDiagram-v2", '    state "on-site" as on_site', "    [*] --> created: created"]
    for state, events in TRANSITIONS.items():
        targets: dict[TaskState, list[str]] = {}
        for event, target in events.items():
            targets.setdefault(target, []).append(event)
        lines += [f"    {_name(state)} --> {_name(target)}: {', '.join(names)}" for target, names in targets.items()]
    return "\n".join([*lines, "    closed --> [*]", "    cancelled --> [*]"])


def _name(state: TaskState) -> str:
    return state.value.replace("-", "_")
