"""Puts marks, reviews, results, replays and the hour calendar into the service."""

from park_chassis.chassis import Chassis
from park_judging.assembly import Judging

from source_monitoring.marking import api as mark_api
from source_monitoring.marking import checks_api
from source_monitoring.replay import api as replay_api
from source_monitoring.replay.calendar import HourCalendar
from source_monitoring.replay.history import RegistryHistory
from source_monitoring.replay.set_aside import SetAside
from source_monitoring.results import api as results_api
from source_monitoring.results import transmission_api
from source_monitoring.results.long_results import LongResults
from source_monitoring.review import api as review_api
from source_monitoring.review import steps_api
from source_monitoring.settings import Settings


def add_data_review(chassis: Chassis, judging: Judging, settings: Settings) -> None:
    """Wire routes and background work. Nothing of it stands in the way of the stream but one look at each frame's factors."""
    database, points = chassis.database, judging.points
    judging.judge.observe(SetAside(points, settings.clock_tolerance).observe)
    for router in (
        mark_api.router(database, points, settings),
        checks_api.router(database, points),
        steps_api.router(database, points, settings),
        review_api.router(database, points),
        review_api.correction_router(database, points),
        results_api.router(database, points, settings),
        transmission_api.router(database, points),
        replay_api.router(database, points, judging.closing),
        replay_api.set_aside_router(database, points),
    ):
        chassis.router(router)
    chassis.background("calendar", HourCalendar(database, points, every_s=settings.calendar_interval_s).run)
    chassis.background("long-results", LongResults(database, points, settings).run)
    history = RegistryHistory(database, points, every_s=settings.registry_history_interval_s)
    chassis.background("registry-history", history.run)
