"""Puts the judging of past periods into the service."""

from park_chassis.chassis import Chassis
from park_judging.assembly import Judging

from quality.rejudging import api, differences_api
from quality.rejudging.worker import Rejudging
from quality.settings import Settings


def add_rejudging(chassis: Chassis, judging: Judging, settings: Settings) -> None:
    """Wire routes and background work."""
    chassis.router(api.router(chassis.database, judging.points))
    chassis.router(differences_api.router(chassis.database, judging.points))
    chassis.background("rejudging", Rejudging(chassis.database, judging.points, judging.closing, settings).run)
