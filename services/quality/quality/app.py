"""The wiring of quality."""

from park_chassis.chassis import Chassis
from park_judging.assembly import add_judging, add_offline_watch, add_set_aside, registered_points
from park_judging.domain.grading import Graders
from park_schemas.codes import ENVIRONMENT_MEDIA, Medium, Period

from quality import ranking_api, statistics_api, targets_api, wind_api
from quality.domain.air_index import day_grade, hour_grade
from quality.domain.noise_grade import noise_day_grade, noise_hour_grade
from quality.domain.noise_zones import completed
from quality.domain.water_grade import water_grade
from quality.long_results import LongResults
from quality.rejudging.wiring import add_rejudging
from quality.rules import TOLD, StationRules
from quality.settings import Settings
from quality.station_watch import StationWatch
from quality.surveys.wiring import add_surveys

GRADERS: Graders = {
    (Medium.AMBIENT_AIR, Period.HOUR): hour_grade,
    (Medium.AMBIENT_AIR, Period.DAY): day_grade,
    (Medium.SURFACE_WATER, Period.HOUR): water_grade,
    (Medium.SURFACE_WATER, Period.DAY): water_grade,
    (Medium.NOISE, Period.HOUR): noise_hour_grade,
    (Medium.NOISE, Period.DAY): noise_day_grade,
}


def build(settings: Settings) -> Chassis:
    """Return the service, not yet connected."""
    chassis = Chassis(settings, title_zh="环境质量", title_en="Environment quality")
    points = registered_points(chassis, settings, ENVIRONMENT_MEDIA, complete=completed)
    judging = add_judging(
        chassis,
        settings,
        points,
        assessment_event="quality.assessment.made",
        graders=GRADERS,
        rules=StationRules(StationWatch(points, settings)),
    )
    judging.judge.on_findings(TOLD.note_reported)
    add_offline_watch(chassis, points, settings)
    add_set_aside(chassis, judging, settings)
    chassis.background("long-results", LongResults(chassis.database, points, settings).run)
    for api in (statistics_api, ranking_api, wind_api, targets_api):
        chassis.router(api.router(chassis.database, points))
    add_rejudging(chassis, judging, settings)
    add_surveys(chassis, points, settings)
    return chassis
