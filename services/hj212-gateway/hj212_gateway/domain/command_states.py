"""A command to a device, from the request to its end: the literal state table, and which commands need a second person."""

from enum import StrEnum

from hj212 import Outcome
from park_chassis.errors import Refused


class CommandState(StrEnum):
    """Where a command stands."""

    AWAITING_APPROVAL = "awaiting-approval"
    QUEUED = "queued"
    SENT = "sent"
    SUCCEEDED = "succeeded"
    REFUSED = "refused"
    FAILED = "failed"
    TIMED_OUT = "timed-out"
    NO_ANSWER = "no-answer"
    EXPIRED = "expired"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    INVALID = "invalid"
    """Requested by event, and cannot be carried out; a request over HTTP is refused at once instead."""


OPEN: tuple[CommandState, ...] = (CommandState.AWAITING_APPROVAL, CommandState.QUEUED, CommandState.SENT)


class CommandStep(StrEnum):
    """What can happen to a command by people or time; how an exchange ends is in OUTCOMES."""

    APPROVE = "approve"
    REJECT = "reject"
    CANCEL = "cancel"
    EXPIRE = "expire"
    SEND = "send"
    GO_BACK = "go-back"


_S, _P = CommandState, CommandStep

TRANSITIONS: dict[CommandState, dict[CommandStep, CommandState]] = {
    _S.AWAITING_APPROVAL: {
        _P.APPROVE: _S.QUEUED,
        _P.REJECT: _S.REJECTED,
        _P.CANCEL: _S.CANCELLED,
        _P.EXPIRE: _S.EXPIRED,
    },
    _S.QUEUED: {_P.SEND: _S.SENT, _P.CANCEL: _S.CANCELLED, _P.EXPIRE: _S.EXPIRED},
    # Its connection ended, or its gateway crashed, and sending it again does no harm. Cancelled: the device may still do it.
    _S.SENT: {_P.GO_BACK: _S.QUEUED, _P.CANCEL: _S.CANCELLED},
}

OUTCOMES: dict[Outcome, CommandState] = {
    Outcome.SUCCESS: _S.SUCCEEDED,
    Outcome.REFUSED: _S.REFUSED,
    Outcome.FAILED: _S.FAILED,
    Outcome.TIMED_OUT: _S.TIMED_OUT,
    Outcome.NO_ANSWER: _S.NO_ANSWER,
}
"""How an exchange ended (hj212.Outcome) as the end of its command."""

NEEDS_APPROVAL: tuple[str, ...] = (
    "1002",
    "1014",
    "1072",
    "3011",
    "3012",
    "3013",
    "3014",
    "3016",
    "3021",
    "3022",
    "3024",
)
"""Default list: what changes identity, keys and passwords, or touches the measurement itself (calibration, sampling,
cleaning, parameters). Ours, not a standard's; PARK_APPROVAL_COMMANDS replaces it."""


def next_state(state: CommandState, step: CommandStep) -> CommandState:
    """Return the state after a step. Raises Refused naming both when the table does not have it."""
    found = TRANSITIONS.get(state, {}).get(step)
    if found is None:
        raise Refused("wrong-state", f"命令状态为 {state},不能 {step}", f"a command that is {state} cannot {step}")
    return found
