"""The wiring of source-monitoring."""

from park_chassis.chassis import Chassis
from park_judging.assembly import add_judging
from park_schemas.codes import SOURCE_MEDIA

from source_monitoring.anomaly.wiring import add_anomaly_detection
from source_monitoring.consumers import DeviceSessions
from source_monitoring.marking import api as mark_api
from source_monitoring.marking import checks_api
from source_monitoring.review import api as review_api
from source_monitoring.review import steps_api as review_steps_api
from source_monitoring.rules import SourceRules
from source_monitoring.settings import Settings


def build(settings: Settings) -> Chassis:
    """Return the service, not yet connected."""
    chassis = Chassis(settings, title_zh="污染源监测", title_en="Source monitoring")
    judging = add_judging(
        chassis,
        settings,
        media=SOURCE_MEDIA,
        assessment_event="source.assessment.made",
        rules=SourceRules(settings),
    )
    points = judging.points
    sessions = DeviceSessions(chassis.database, points, settings)
    chassis.on_event("telemetry.session.changed", sessions.on_session)
    chassis.background("offline", sessions.run)
    for router in (
        mark_api.router(chassis.database, points, settings),
        checks_api.router(chassis.database, points),
        review_steps_api.router(chassis.database, points, settings),
        review_api.router(chassis.database, points),
        review_api.correction_router(chassis.database, points),
    ):
        chassis.router(router)
    add_anomaly_detection(chassis, judging, settings)
    return chassis
