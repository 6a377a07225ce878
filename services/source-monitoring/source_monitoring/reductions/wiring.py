"""Puts reductions into the service's chassis."""

from park_chassis.chassis import Chassis
from park_judging.assembly import Judging

from source_monitoring.reductions import imports_api, list_api, list_changes_api, orders_api, reports_api, results_api
from source_monitoring.reductions.judging import MeasuresJudge
from source_monitoring.settings import Settings

ROOMS = (imports_api, list_api, list_changes_api, orders_api, reports_api, results_api)
"""In this order: the template and the tables stand before a line by its id."""


def add_reductions(chassis: Chassis, judging: Judging, settings: Settings) -> None:
    """Wire the routes and the judging of measures."""
    for room in ROOMS:
        chassis.router(room.router(chassis.database, judging.points))
    chassis.background("reductions", MeasuresJudge(chassis.database, every_s=settings.reductions_poll_s).run)
