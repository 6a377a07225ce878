"""A gap from the moment it is found to its end: the literal state table, what a try that failed means, and back-off."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from park_chassis.errors import Refused

from hj212_gateway.domain.command_states import CommandState


class GapState(StrEnum):
    """Where a gap stands."""

    OPEN = "open"
    FETCHING = "fetching"
    HEALED = "healed"
    GIVEN_UP = "given-up"
    ABANDONED = "abandoned"


class GapStep(StrEnum):
    """What can happen to a gap. HEAL: every record has come, by whatever way."""

    FETCH = "fetch"
    FAIL = "fail"
    GIVE_UP = "give-up"
    HEAL = "heal"
    RETRY = "retry"
    ABANDON = "abandon"


_S, _P = GapState, GapStep

TRANSITIONS: Mapping[GapState, Mapping[GapStep, GapState]] = MappingProxyType(
    {
        _S.OPEN: {_P.FETCH: _S.FETCHING, _P.HEAL: _S.HEALED, _P.RETRY: _S.OPEN, _P.ABANDON: _S.ABANDONED},
        _S.FETCHING: {_P.FAIL: _S.OPEN, _P.GIVE_UP: _S.GIVEN_UP, _P.HEAL: _S.HEALED},
        _S.HEALED: {},
        _S.GIVEN_UP: {_P.RETRY: _S.OPEN, _P.HEAL: _S.HEALED, _P.ABANDON: _S.ABANDONED},
        _S.ABANDONED: {_P.RETRY: _S.OPEN, _P.HEAL: _S.HEALED},
    }
)


def next_gap_state(state: GapState, step: GapStep) -> GapState:
    """Return the state after a step. Raises Refused naming both when the table does not have it."""
    found = TRANSITIONS[state].get(step)
    if found is None:
        raise Refused("wrong-state", f"缺数状态为 {state},不能 {step}", f"a gap that is {state} cannot {step}")
    return found


class Reason(StrEnum):
    """Why the newest try did not heal the gap."""

    NO_DATA = "no-data"
    NOT_SENT = "not-sent"
    REFUSED = "refused"
    FAILED = "failed"
    TIMED_OUT = "timed-out"
    NO_ANSWER = "no-answer"
    NOT_REACHED = "not-reached"


_NO_DATA_CODE = 100
"""ExeRtn 100: no data (HJ 212-2017 table 8, HJ/T 212-2005 likewise)."""

REASONS: Mapping[CommandState, Reason] = MappingProxyType(
    {
        CommandState.SUCCEEDED: Reason.NOT_SENT,
        CommandState.REFUSED: Reason.REFUSED,
        CommandState.FAILED: Reason.FAILED,
        CommandState.TIMED_OUT: Reason.TIMED_OUT,
        CommandState.NO_ANSWER: Reason.NO_ANSWER,
        CommandState.EXPIRED: Reason.NOT_REACHED,
        CommandState.CANCELLED: Reason.NOT_REACHED,
        CommandState.REJECTED: Reason.NOT_REACHED,
    }
)
"""How the history command ended, as the reason why records are still missing."""

FEWER_TRIES: Mapping[Reason, int] = MappingProxyType({Reason.NO_DATA: 2, Reason.REFUSED: 3, Reason.NOT_SENT: 4})
"""After how many tries a clear answer of the device is believed. Ours, not a standard's."""


@dataclass(frozen=True)
class Patience:
    """How long and how often a gap is tried: waits double from `first_wait` up to `longest_wait`."""

    tries: int
    first_wait: timedelta
    longest_wait: timedelta


@dataclass(frozen=True)
class Verdict:
    """What becomes of a gap after a try that did not heal it."""

    step: GapStep
    reason: Reason
    attempts: int
    next_try_at: datetime


def reason_of(ended: CommandState | None, code: int | None) -> Reason:
    """Return the reason. `ended` None: the gateway that led the command is gone."""
    if ended is CommandState.FAILED and code == _NO_DATA_CODE:
        return Reason.NO_DATA
    return REASONS.get(ended, Reason.NOT_REACHED) if ended is not None else Reason.NOT_REACHED


def after_try(reason: Reason, *, attempts: int, progressed: bool, now: datetime, patience: Patience) -> Verdict:
    """Judge a try. `attempts` counts it already; one that brought some of the records starts the count anew.

    A command the device never got (it left, or the gateway stopped) does not count as a try.
    """
    if progressed:
        return Verdict(GapStep.FAIL, reason, 0, now + patience.first_wait)
    if reason is Reason.NOT_REACHED:
        return Verdict(GapStep.FAIL, reason, max(0, attempts - 1), now + patience.first_wait)
    most = min(patience.tries, FEWER_TRIES.get(reason, patience.tries))
    step = GapStep.GIVE_UP if attempts >= most else GapStep.FAIL
    return Verdict(step, reason, attempts, now + back_off(attempts, patience))


def back_off(attempts: int, patience: Patience) -> timedelta:
    """Return the wait after so many tries (1 for the first)."""
    doublings = min(max(attempts - 1, 0), 30)
    return min(patience.first_wait * (1 << doublings), patience.longest_wait)


@dataclass(frozen=True)
class FetchBudget:
    """What fetching may cost: commands at once a process, commands an hour a device, records a command."""

    at_once: int
    per_device_hour: int
    records_per_command: int

    def room(self, running: int) -> int:
        """Return how many further commands may begin."""
        return max(0, self.at_once - running)
