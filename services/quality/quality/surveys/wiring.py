"""Puts manual campaigns into the service."""

from park_chassis.chassis import Chassis
from park_judging.registry import Points

from quality.settings import Settings
from quality.surveys import (
    campaigns_api,
    choices_api,
    imports_api,
    plots_api,
    results_api,
    set_aside_api,
    sites_api,
    trends_api,
)


def add_surveys(chassis: Chassis, points: Points, settings: Settings) -> None:
    """Add the routes of sites, plots, campaigns, results, imports and set-aside rows."""
    database = chassis.database
    chassis.router(sites_api.router(database, points))
    chassis.router(plots_api.router(database, points))
    chassis.router(trends_api.router(database))
    chassis.router(choices_api.router())
    chassis.router(campaigns_api.router(database))
    chassis.router(results_api.router(database))
    chassis.router(imports_api.router(database, points, settings))
    chassis.router(set_aside_api.router(database, points))
