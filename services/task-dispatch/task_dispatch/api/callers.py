"""Who calls, and which tasks are theirs to see."""

from uuid import UUID

from park_chassis.auth import Principal
from park_chassis.database import Connection
from park_chassis.errors import NotFound, Refused
from park_schemas.codes import Role

from task_dispatch.domain.actions import Actor, Refusal, refusal
from task_dispatch.domain.work import Work
from task_dispatch.store import task_lists
from task_dispatch.store.task_lists import Scope

NOBODY = UUID(int=0)
"""An enterprise that does not exist: an enterprise account without its enterprise sees nothing."""


def scope_of(principal: Principal) -> Scope:
    """Return what the caller sees: enterprises their own, inspectors their own and what waits for inspectors."""
    if principal.role is Role.ENTERPRISE:
        return Scope(enterprise_id=principal.enterprise_id or NOBODY)
    if principal.role is Role.INSPECTOR:
        return Scope(username=principal.username, role=principal.role.value)
    return Scope(enterprise_id=principal.enterprise_id)


def actor_of(principal: Principal) -> Actor:
    """Return the caller as the domain knows people."""
    return Actor(
        username=principal.username,
        display_name=principal.display_name or principal.username,
        role=principal.role,
        permissions=principal.permissions,
        enterprise=str(principal.enterprise_id) if principal.enterprise_id else None,
    )


async def work_for(tx: Connection, task_id: UUID, principal: Principal, *, lock: bool = False) -> Work:
    """Return a task the caller may see. Raises NotFound."""
    work = await task_lists.visible_work(tx, task_id, scope_of(principal), lock=lock)
    if work is None:
        raise NotFound("任务", "task", task_id)
    return work


def refuse_unless_allowed(action: str, work: Work, actor: Actor) -> None:
    """Raise Refused with the domain's reason when the caller may not take the action now."""
    why = refusal(action, work, actor)
    if why is not None:
        raise as_refused(why, work, action)


def as_refused(why: Refusal, work: Work, action: str) -> Refused:
    """Return the domain's reason as an answer that names the state and the action."""
    return Refused(why.code, why.zh, why.en, status=why.status, state=work.task.state.value, action=action)


def refuse_other_version(work: Work, version: int | None) -> None:
    """Raise Refused when the caller has seen another version than the present one."""
    if version is not None and version != work.task.version:
        raise Refused(
            "changed-meanwhile",
            f"任务已被更新(当前版本 {work.task.version}), 请刷新后重试",
            f"the task has changed meanwhile (it is version {work.task.version}, you saw {version})",
            version=work.task.version,
            state=work.task.state.value,
        )
