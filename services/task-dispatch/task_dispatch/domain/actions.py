"""What people can do to a task: which event it is, which permission it needs, whose hands it must be in.

`allowed` tells a person what is possible now; `refusal` says why something is not. Both read the same table.
"""

from collections.abc import Callable
from dataclasses import dataclass

from park_schemas.codes import Role

from task_dispatch.domain.task_states import EVENT_ZH, STATE_ZH, may
from task_dispatch.domain.work import Work


@dataclass(frozen=True)
class Actor:
    """The person who acts: stable user name, shown name, role, permissions, enterprise of an enterprise account."""

    username: str
    display_name: str
    role: Role
    permissions: frozenset[str]
    enterprise: str | None = None


@dataclass(frozen=True)
class Refusal:
    """Why an action is not possible; `code` is stable."""

    code: str
    zh: str
    en: str
    status: int = 409


Guard = Callable[[Work, Actor], Refusal | None]


@dataclass(frozen=True)
class Action:
    """A person's action: its event, the permissions of which one is needed, and whose hands it must be in."""

    event: str
    any_of: tuple[str, ...]
    guard: Guard


def _anybody(_work: Work, _actor: Actor) -> Refusal | None:
    return None


def _owner(work: Work, actor: Actor) -> Refusal | None:
    if work.task.assignee == actor.username:
        return None
    return Refusal("not-the-owner", "只有该任务的承办人可以操作", "only the task's owner may do this", 403)


def _owner_or_of_the_role(work: Work, actor: Actor) -> Refusal | None:
    if work.task.assignee is None and work.task.assignee_role == actor.role.value:
        return None
    return _owner(work, actor)


def _owner_or_dispatcher(work: Work, actor: Actor) -> Refusal | None:
    return None if "task:dispatch" in actor.permissions else _owner(work, actor)


def _another_person(work: Work, actor: Actor) -> Refusal | None:
    if actor.username in work.handlers:
        return Refusal(
            "verifier-is-handler",
            "核验人不能是该任务的办理人",
            "who worked on the task may not verify or close it",
            403,
        )
    return None


ACTIONS: dict[str, Action] = {
    "dispatch": Action("dispatched", ("task:dispatch",), _anybody),
    "sign": Action("signed", ("task:work",), _owner_or_of_the_role),
    "arrive": Action("arrived", ("task:work",), _owner),
    "evidence": Action("attached", ("task:work",), _owner),
    "report": Action("reported", ("task:work",), _owner),
    "verify": Action("verified", ("task:verify",), _another_person),
    "return": Action("returned", ("task:verify",), _another_person),
    "refuse": Action("refused", ("task:work",), _owner),
    "transfer": Action("transferred", ("task:work", "task:dispatch"), _owner_or_dispatcher),
    "extend": Action("extended", ("task:dispatch",), _anybody),
    "urge": Action("urged", ("task:dispatch",), _anybody),
    "close": Action("closed", ("task:verify",), _another_person),
    "cancel": Action("cancelled", ("task:cancel",), _anybody),
}


def allowed(work: Work, actor: Actor) -> list[str]:
    """Return the actions the actor could take now, in the order of the table."""
    return [name for name in ACTIONS if refusal(name, work, actor) is None]


def refusal(name: str, work: Work, actor: Actor) -> Refusal | None:
    """Return why the actor may not take the action now, None when they may. The name must be in the table."""
    action = ACTIONS[name]
    if not any(permission in actor.permissions for permission in action.any_of):
        wanted = " / ".join(action.any_of)
        return Refusal("not-permitted", f"没有权限: {wanted}", f"permission missing: {wanted}", 403)
    if not may(work.task.state, action.event):
        state = work.task.state
        return Refusal(
            "not-allowed-in-state",
            f"{STATE_ZH[state]}的任务不能{EVENT_ZH[action.event]}",
            f"a task that is {state.value} cannot be {action.event}",
        )
    return action.guard(work, actor)
