"""Puts manual monitoring into the service."""

from park_chassis.chassis import Chassis
from park_judging.registry import Points

from source_monitoring.manual import (
    comparisons_api,
    completion_api,
    decisions_api,
    dues_api,
    explanations_api,
    imports_api,
    plans_api,
    result_entry_api,
    results_api,
)
from source_monitoring.manual.comparing import LateData
from source_monitoring.manual.watch import OverdueWatch
from source_monitoring.settings import Settings


def add_manual_monitoring(chassis: Chassis, points: Points, settings: Settings) -> None:
    """Wire routes and background work."""
    database = chassis.database
    for router in (
        plans_api.router(database, points),
        dues_api.router(database, points),
        completion_api.router(database, points),
        explanations_api.router(database, points),
        results_api.router(database, points),
        result_entry_api.router(database, points),
        decisions_api.router(database, points),
        imports_api.router(database, points, settings),
        comparisons_api.router(database, points),
    ):
        chassis.router(router)
    chassis.background("manual-overdue", OverdueWatch(database, points, settings).run)
    chassis.background("manual-comparisons", LateData(database, points, settings).run)
