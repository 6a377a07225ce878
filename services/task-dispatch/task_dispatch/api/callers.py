"""Who calls, for whom they stand, and which tasks are theirs to see."""

from collections.abc import Sequence
from uuid import UUID

from park_chassis.auth import Principal
from park_chassis.clock import now
from park_chassis.database import Connection
from park_chassis.errors import NotFound, Refused
from park_schemas.codes import Role

from task_dispatch.domain.actions import Actor, Around, Refusal, refusal
from task_dispatch.domain.forms import FormError
from task_dispatch.domain.work import Work
from task_dispatch.store import people, task_lists
from task_dispatch.store.task_lists import Scope

NOBODY = UUID(int=0)
"""An enterprise that does not exist: an enterprise account without its enterprise sees nothing."""


def scope_of(principal: Principal, stands_for: frozenset[str] = frozenset()) -> Scope:
    """Return what the caller sees: enterprises their own, inspectors their own and what waits for inspectors."""
    if principal.role is Role.ENTERPRISE:
        return Scope(
            enterprise_id=principal.enterprise_id or NOBODY, inspected=[principal.username, *sorted(stands_for)]
        )
    if principal.role is Role.INSPECTOR:
        return Scope(username=principal.username, role=principal.role.value, stands_for=sorted(stands_for))
    return Scope(enterprise_id=principal.enterprise_id)


async def scope_for(tx: Connection, principal: Principal) -> Scope:
    """Return what the caller sees, the tasks of those they stand for too."""
    return scope_of(principal, await people.stood_for(tx, principal.username, now()))


async def actor_for(tx: Connection, principal: Principal) -> Actor:
    """Return the caller as the domain knows people."""
    return Actor(
        username=principal.username,
        display_name=principal.display_name or principal.username,
        role=principal.role,
        permissions=principal.permissions,
        enterprise=str(principal.enterprise_id) if principal.enterprise_id else None,
        stands_for=await people.stood_for(tx, principal.username, now()),
    )


async def work_for(tx: Connection, task_id: UUID, principal: Principal, *, lock: bool = False) -> Work:
    """Return a task the caller may see. Raises NotFound."""
    work = await task_lists.visible_work(tx, task_id, await scope_for(tx, principal), lock=lock)
    if work is None:
        raise NotFound("任务", "task", task_id)
    return work


def refuse_unless_allowed(action: str, work: Work, actor: Actor, around: Around) -> None:
    """Raise Refused with the domain's reason when the caller may not take the action now."""
    why = refusal(action, work, actor, around)
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


def refuse_faults(code: str, zh: str, en: str, faults: Sequence[FormError]) -> None:
    """Raise Refused (422) with every fault's where, what and why, when there is one."""
    if faults:
        first = faults[0]
        said_zh, said_en = f"{zh}: {first.what_zh or first.what}", f"{en}: {first.where} {first.what}"
        raise Refused(code, said_zh, said_en, status=422, errors=as_errors(faults))


def as_errors(faults: Sequence[FormError]) -> list[dict[str, str]]:
    """Return faults as problem details hold them."""
    return [{"where": fault.where, "what": fault.what, "what_zh": fault.what_zh} for fault in faults]
