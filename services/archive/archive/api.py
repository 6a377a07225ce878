"""HTTP of the master data: park, enterprises, points, devices, limits, history. Parse, call, shape."""

from fastapi import APIRouter
from park_chassis.database import Database

from archive.devices_api import add_devices
from archive.enterprises_api import add_enterprises
from archive.limits_api import add_limits
from archive.park_api import add_park
from archive.points_api import add_points
from archive.revisions_api import add_history
from archive.settings import Settings


def router(database: Database, settings: Settings) -> APIRouter:
    """Return every route of the master data."""
    routes = APIRouter()
    add_park(routes, database, settings.park_id)
    for add in (add_enterprises, add_points, add_devices, add_limits, add_history):
        add(routes, database)
    return routes
