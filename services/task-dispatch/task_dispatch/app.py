"""The wiring of task-dispatch, and nothing else."""

import msgspec
from park_chassis.chassis import Chassis
from park_chassis.file_store.files import CheckedFiles
from park_chassis.file_store.stores import open_store
from park_chassis.working_calendar import CalendarData, WorkingCalendar

from task_dispatch import api
from task_dispatch.api.parts import Parts
from task_dispatch.consumers import Consumers
from task_dispatch.domain.kinds import shipped_kinds
from task_dispatch.domain.policy import shipped_policy
from task_dispatch.domain.scores import shipped_rules
from task_dispatch.kind_book import KindBook
from task_dispatch.making import TaskMaker
from task_dispatch.recording import Recorder
from task_dispatch.settings import Settings
from task_dispatch.timers import Deadlines, PlanRounds


def build(settings: Settings) -> Chassis:
    """Return the service; no connection is made here."""
    chassis = Chassis(settings, title_zh="任务派遣", title_en="Task dispatch")
    policy, book = shipped_policy(), KindBook(shipped_kinds())
    recorder = Recorder(calendar_of(settings))
    maker = TaskMaker(policy, recorder)
    parts = Parts(
        database=chassis.database,
        book=book,
        maker=maker,
        recorder=recorder,
        files=CheckedFiles(settings, open_store(settings)),
        rules=shipped_rules(),
        issuer=settings.document_issuer,
        check_url=settings.document_check_url,
    )
    chassis.router(api.router(parts))
    for event_type, handler in Consumers(policy, book, maker, recorder).table().items():
        chassis.on_event(event_type, handler)
    poll_s = settings.timer_poll_s
    chassis.background("deadlines", Deadlines(chassis.database, recorder, poll_s=poll_s).run)
    chassis.background("plans", PlanRounds(chassis.database, book, maker, recorder, poll_s=poll_s).run)
    chassis.relay_outbox()
    return chassis


def calendar_of(settings: Settings) -> WorkingCalendar:
    """Return the park's calendar. Raises CalendarError or msgspec.ValidationError when its file makes no sense."""
    if settings.working_calendar is None:
        return WorkingCalendar()
    return WorkingCalendar(msgspec.json.decode(settings.working_calendar.read_bytes(), type=CalendarData))
