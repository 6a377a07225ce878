"""Puts the judging machine into a service's chassis; its `app.py` says for which media."""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

from park_chassis.chassis import Chassis
from park_schemas.codes import Medium
from park_schemas.registry import PointRecord

from park_judging import api, set_aside_api
from park_judging.closing import Closing, PartitionKeeper
from park_judging.domain.grading import Graders
from park_judging.period_rules import PeriodRules
from park_judging.readings import ReadingsJudge
from park_judging.registry import Points
from park_judging.sessions import DeviceSessions, SessionNote
from park_judging.set_aside import SetAside
from park_judging.settings import JudgingSettings
from park_judging.silence import SilenceWatch


@dataclass(frozen=True, slots=True)
class Judging:
    """The parts that a service builds on."""

    points: Points
    closing: Closing
    judge: ReadingsJudge


def registered_points(
    chassis: Chassis,
    settings: JudgingSettings,
    media: frozenset[Medium],
    *,
    complete: Callable[[PointRecord], PointRecord] = lambda record: record,
) -> Points:
    """Return the points of the registry, those of `media` being the service's own; `complete` as in Points."""
    view = chassis.view("registry.points.v1", PointRecord)
    return Points(view, media, wait_s=settings.registry_wait_s, complete=complete)


def add_judging(
    chassis: Chassis,
    settings: JudgingSettings,
    points: Points,
    *,
    assessment_event: str,
    graders: Graders = MappingProxyType({}),
    rules: PeriodRules | None = None,
) -> Judging:
    """Wire readings, closing, partitions and the API into the chassis; return the parts that a service builds on."""
    judge = ReadingsJudge(points, settings)
    closing = Closing(chassis.database, points, settings, event_type=assessment_event, graders=graders, rules=rules)
    chassis.on_batch("telemetry.readings.reported", judge.on_readings, wants=points.wants)
    chassis.on_event("telemetry.split-set.incomplete", judge.on_incomplete_set)
    chassis.background("closing", closing.run)
    chassis.background("partitions", PartitionKeeper(chassis.database).run)
    chassis.background("silence", SilenceWatch(chassis.database, points, settings).run)
    chassis.relay_outbox()
    chassis.router(api.router(chassis.database, points))
    return Judging(points, closing, judge)


def add_set_aside(chassis: Chassis, judging: Judging, settings: JudgingSettings) -> None:
    """Keep what comes in and cannot be used, with its API. The service has run `ddl.set_aside_v1()`."""
    judging.judge.observe(SetAside(judging.points, settings.clock_tolerance).observe)
    chassis.router(set_aside_api.router(chassis.database, judging.points))


def add_offline_watch(
    chassis: Chassis, points: Points, settings: JudgingSettings, *, also: SessionNote | None = None
) -> None:
    """Find devices that are away too long. The service has run `ddl.device_sessions_v1()`."""
    sessions = DeviceSessions(chassis.database, points, settings, also=also)
    chassis.on_event("telemetry.session.changed", sessions.on_session)
    chassis.background("offline", sessions.run)
