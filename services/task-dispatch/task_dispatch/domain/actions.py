"""What people can do to a task: which event it is, which permission it needs, whose hands it must be in.

`allowed` tells a person what is possible now; `refusal` says why something is not. Both read the same table.
"""

from collections.abc import Callable
from dataclasses import dataclass

from park_schemas.codes import Role

from task_dispatch.domain.kinds import Kind, StepName
from task_dispatch.domain.task_states import EVENT_ZH, STATE_ZH, may
from task_dispatch.domain.work import Work


@dataclass(frozen=True)
class Actor:
    """The person who acts. `stands_for`: user names of the absent whose deputy they are now (委托)."""

    username: str
    display_name: str
    role: Role
    permissions: frozenset[str]
    enterprise: str | None = None
    stands_for: frozenset[str] = frozenset()

    def is_or_stands_for(self, username: str | None) -> bool:
        """Return whether the actor is that person or their deputy."""
        return username is not None and (username == self.username or username in self.stands_for)


@dataclass(frozen=True)
class Around:
    """What lies around a task and bears on what may be done to it: its kind, how many of its sub-tasks are still open."""

    kind: Kind | None = None
    open_children: int = 0


@dataclass(frozen=True)
class Refusal:
    """Why an action is not possible; `code` is stable."""

    code: str
    zh: str
    en: str
    status: int = 409


Guard = Callable[[Work, Actor, Around], Refusal | None]


@dataclass(frozen=True)
class Action:
    """A person's action: its event, the permissions of which one is needed, and what else must hold."""

    event: str
    any_of: tuple[str, ...]
    guards: tuple[Guard, ...] = ()


def _owner(work: Work, actor: Actor, _: Around) -> Refusal | None:
    if actor.is_or_stands_for(work.task.assignee):
        return None
    return Refusal("not-the-owner", "只有该任务的承办人可以操作", "only the task's owner may do this", 403)


def _owner_or_of_the_role(work: Work, actor: Actor, around: Around) -> Refusal | None:
    if work.task.assignee is None and work.task.assignee_role == actor.role.value:
        return None
    return _owner(work, actor, around)


def _owner_or_co_worker(work: Work, actor: Actor, around: Around) -> Refusal | None:
    if any(actor.is_or_stands_for(one.username) for one in work.co_workers):
        return None
    return _owner(work, actor, around)


def _owner_or_dispatcher(work: Work, actor: Actor, around: Around) -> Refusal | None:
    return None if "task:dispatch" in actor.permissions else _owner(work, actor, around)


def _another_person(work: Work, actor: Actor, _: Around) -> Refusal | None:
    if actor.username in work.handlers:
        return Refusal(
            "verifier-is-handler",
            "核验人不能是该任务的办理人",
            "who worked on the task may not verify or close it",
            403,
        )
    return None


def _verifier_of_the_kind(work: Work, actor: Actor, around: Around) -> Refusal | None:
    if around.kind is None or around.kind.verified_by == "officer" or actor.is_or_stands_for(work.task.created_by):
        return None
    return Refusal(
        "verified-by-creator", "该类任务只能由创建人核验", "tasks of this kind are verified by who made them", 403
    )


def _steps_taken(work: Work, _: Actor, around: Around) -> Refusal | None:
    taken: dict[StepName, bool] = {"arrive": work.arrived, "handle": work.handled}
    for step, done in taken.items():
        if not done and around.kind is not None and around.kind.needs_step(step, work.task.priority):
            zh = {"arrive": "须先到场签到再反馈", "handle": "须先完成处置再反馈"}[step]
            return Refusal(f"step-missing-{step}", zh, f"the step {step!r} must be taken before the report")
    return None


def _no_open_children(_: Work, __: Actor, around: Around) -> Refusal | None:
    if around.open_children:
        return Refusal(
            "sub-tasks-open",
            f"还有 {around.open_children} 个子任务未办结",
            f"{around.open_children} sub-task(s) have not ended",
        )
    return None


def _asked(work: Work, _: Actor, __: Around) -> Refusal | None:
    if work.extension is None:
        return Refusal("no-extension-request", "没有待批的延期申请", "there is no request for a later deadline")
    return None


def _not_asked_yet(work: Work, _: Actor, __: Around) -> Refusal | None:
    if work.extension is not None:
        return Refusal("extension-pending", "已有待批的延期申请", "a request for a later deadline is waiting already")
    return None


def _not_the_one_who_asked(work: Work, actor: Actor, _: Around) -> Refusal | None:
    if work.extension is not None and work.extension.by == actor.username:
        return Refusal("own-request", "不能审批自己的延期申请", "who asked may not decide", 403)
    return None


_WORK = ("task:work",)
_GIVE = ("task:dispatch",)
_CHECK = ("task:verify",)

ACTIONS: dict[str, Action] = {
    "dispatch": Action("dispatched", _GIVE),
    "sign": Action("signed", _WORK, (_owner_or_of_the_role,)),
    "arrive": Action("arrived", _WORK, (_owner,)),
    "handle": Action("handled", _WORK, (_owner,)),
    "evidence": Action("attached", _WORK, (_owner_or_co_worker,)),
    "contribute": Action("contributed", _WORK, (_owner_or_co_worker,)),
    "report": Action("reported", _WORK, (_owner, _steps_taken)),
    "verify": Action("verified", _CHECK, (_another_person, _verifier_of_the_kind)),
    "return": Action("returned", _CHECK, (_another_person, _verifier_of_the_kind)),
    "refuse": Action("refused", _WORK, (_owner,)),
    "transfer": Action("transferred", _WORK + _GIVE, (_owner_or_dispatcher,)),
    "join": Action("joined", _GIVE),
    "request-extension": Action("extension-requested", _WORK, (_owner, _not_asked_yet)),
    "approve-extension": Action("extended", _GIVE, (_asked, _not_the_one_who_asked)),
    "reject-extension": Action("extension-rejected", _GIVE, (_asked, _not_the_one_who_asked)),
    "extend": Action("extended", _GIVE),
    "urge": Action("urged", _GIVE),
    "close": Action("closed", _CHECK, (_another_person, _verifier_of_the_kind, _no_open_children)),
    "cancel": Action("cancelled", ("task:cancel",), (_no_open_children,)),
}


def allowed(work: Work, actor: Actor, around: Around = Around()) -> list[str]:
    """Return the actions the actor could take now, in the order of the table."""
    return [name for name in ACTIONS if refusal(name, work, actor, around) is None]


def refusal(name: str, work: Work, actor: Actor, around: Around = Around()) -> Refusal | None:
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
    return next((why for guard in action.guards if (why := guard(work, actor, around)) is not None), None)
