"""Puts marks, reviews, results, replays and the hour calendar into the service."""

from park_chassis.chassis import Chassis
from park_judging.assembly import Judging, add_set_aside

from source_monitoring.cards import api as cards_api
from source_monitoring.cards import steps_api as card_steps_api
from source_monitoring.marking import api as mark_api
from source_monitoring.marking import checks_api, due_checks_api, monitors_api
from source_monitoring.marking.check_watch import CheckWatch
from source_monitoring.marking.told_exceedances import TOLD
from source_monitoring.replay import api as replay_api
from source_monitoring.replay import differences_api
from source_monitoring.replay.calendar import HourCalendar
from source_monitoring.replay.history import RegistryHistory
from source_monitoring.replay.worker import ReplayWorker
from source_monitoring.results import api as results_api
from source_monitoring.results import long_versions_api, losses_api, quantities_api, transmission_api
from source_monitoring.results.long_results import LongResults
from source_monitoring.review import api as review_api
from source_monitoring.review import corrections_api, steps_api
from source_monitoring.settings import Settings


def add_data_review(chassis: Chassis, judging: Judging, settings: Settings) -> None:
    """Wire routes and background work. Nothing of it stands in the way of the stream but one look at each frame's factors."""
    database, points = chassis.database, judging.points
    add_set_aside(chassis, judging, settings)
    judging.judge.on_findings(TOLD.note_reported)
    for router in (
        mark_api.router(database, points, settings),
        checks_api.router(database, points),
        monitors_api.router(database, points),
        due_checks_api.router(database, points),
        steps_api.router(database, points, settings),
        review_api.router(database, points),
        corrections_api.router(database, points),
        results_api.router(database, points),
        quantities_api.router(database, points, settings),
        long_versions_api.router(database, points),
        transmission_api.router(database, points),
        losses_api.router(database, points),
        cards_api.router(database, points, settings),
        card_steps_api.router(database, points, settings),
        replay_api.router(database, points),
        differences_api.router(database, points),
    ):
        chassis.router(router)
    chassis.background("calendar", HourCalendar(database, points, every_s=settings.calendar_interval_s).run)
    watch = CheckWatch(database, points, service=settings.service, every_s=settings.check_watch_interval_s)
    chassis.background("checks", watch.run)
    chassis.background("long-results", LongResults(database, points, settings).run)
    history = RegistryHistory(database, points, every_s=settings.registry_history_interval_s)
    chassis.background("registry-history", history.run)
    worker = ReplayWorker(database, points, judging.closing, poll_s=settings.replay_poll_s)
    chassis.background("replays", worker.run)
