"""The wiring of task-dispatch, and nothing else."""

from park_chassis.chassis import Chassis

from task_dispatch import api
from task_dispatch.consumers import Consumers
from task_dispatch.domain.kinds import shipped_kinds
from task_dispatch.domain.policy import shipped_policy
from task_dispatch.evidence_files import EvidenceFiles
from task_dispatch.settings import Settings
from task_dispatch.timers import Deadlines


def build(settings: Settings) -> Chassis:
    """Return the service; no connection is made here."""
    chassis = Chassis(settings, title_zh="任务派遣", title_en="Task dispatch")
    policy = shipped_policy()
    chassis.router(api.router(chassis.database, shipped_kinds(), policy, EvidenceFiles(settings)))
    for event_type, handler in Consumers(policy).table().items():
        chassis.on_event(event_type, handler)
    chassis.background("deadlines", Deadlines(chassis.database, poll_s=settings.timer_poll_s).run)
    chassis.relay_outbox()
    return chassis
