"""People: what an officer or inspector does next with a task, drawn from the seed out of what the domain allows."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from park_schemas.codes import TaskState
from task_dispatch.domain import life
from task_dispatch.domain.actions import ACTIONS, Actor, Around, allowed
from task_dispatch.domain.work import CoWorker, Step, Work

Choice = tuple[str, float]

INSPECTORS_CHOICE: dict[TaskState, tuple[Choice, ...]] = {
    TaskState.DISPATCHED: (("sign", 0.9), ("refuse", 0.1)),
    TaskState.SIGNED: (("arrive", 0.7), ("report", 0.15), ("transfer", 0.05), ("request-extension", 0.1)),
    TaskState.ON_SITE: (("handle", 0.3), ("evidence", 0.3), ("contribute", 0.05), ("report", 0.35)),
    TaskState.HANDLED: (("evidence", 0.3), ("report", 0.7)),
    TaskState.RETURNED: (("arrive", 0.3), ("handle", 0.2), ("report", 0.5)),
}
OFFICERS_CHOICE: dict[TaskState, tuple[Choice, ...]] = {
    TaskState.DISPATCHED: (("urge", 0.2), ("join", 0.1), ("extend", 0.05)),
    TaskState.SIGNED: (("urge", 0.1), ("approve-extension", 0.6), ("reject-extension", 0.3)),
    TaskState.ON_SITE: (("approve-extension", 0.5), ("split", 0.05)),
    TaskState.REPORTED: (("verify", 0.75), ("return", 0.25)),
    TaskState.REFUSED: (("dispatch", 1.0),),
    TaskState.VERIFIED: (("close", 1.0),),
}


def choose(chance: Random, work: Work, actor: Actor, around: Around, *, is_officer: bool) -> str | None:
    """Return an action that is allowed now, or `split`; None when the person leaves the task alone."""
    table = OFFICERS_CHOICE if is_officer else INSPECTORS_CHOICE
    wanted = table.get(work.task.state, ())
    can = set(allowed(work, actor, around))
    open_to_them = [(name, weight) for name, weight in wanted if name in can or _may_split(name, work, around)]
    if not open_to_them:
        return None
    names, weights = zip(*open_to_them, strict=True)
    return str(chance.choices(names, weights)[0])


def _may_split(name: str, work: Work, around: Around) -> bool:
    return name == "split" and work.task.parent_id is None and around.open_children == 0


def act(
    chance: Random, name: str, work: Work, actor: Actor, others: tuple[str, ...], outcome: str, now: datetime
) -> Step:
    """Take an action as the service's API does."""
    by, later = actor.username, max(now, work.task.due_at) + timedelta(hours=chance.randrange(4, 30))
    other = chance.choice([one for one in others if one != work.task.assignee])
    steps: dict[str, Callable[[], Step]] = {
        "dispatch": lambda: life.dispatched(
            work, assignee=other, name=other, role=None, due_at=later, note="", by=by, now=now
        ),
        "sign": lambda: life.signed(work, by=by, name=actor.display_name, now=now),
        "arrive": lambda: life.arrived(work, by=by, place=(118.8, 32.2), now=now),
        "handle": lambda: life.handled(work, by=by, measures="已处置", now=now),
        "evidence": lambda: life.attached(work, by=by, kind="photo", sha256="0" * 64, now=now),
        "contribute": lambda: life.contributed(work, by=by, name=by, text="协助采样", now=now),
        "report": lambda: life.reported(work, by=by, outcome=outcome, note="已核查", now=now),
        "verify": lambda: life.verified(work, by=by, note="", now=now),
        "close": lambda: life.closed(work, by=by, note="", now=now),
        "transfer": lambda: life.transferred(work, assignee=other, name=other, reason="不在辖区", by=by, now=now),
        "join": lambda: life.joined(work, co_workers=[CoWorker(other, other)], by=by, now=now),
        "request-extension": lambda: life.extension_requested(work, due_at=later, reason="等备件", by=by, now=now),
        "approve-extension": lambda: life.extension_approved(work, note="", by=by, now=now),
        "reject-extension": lambda: life.extension_rejected(work, reason="不同意", by=by, now=now),
        "extend": lambda: life.extended(work, due_at=later, reason="节假日", by=by, now=now),
        "urge": lambda: life.plain(work, "urged", by=by, reason="请尽快", now=now),
        "return": lambda: life.plain(work, "returned", by=by, reason="缺少复测数据", now=now),
        "refuse": lambda: life.plain(
            work, "refused", by=by, reason="不在辖区", now=now, assignee=None, assignee_name="", assignee_role=None
        ),
    }
    assert name in ACTIONS
    return steps[name]()
