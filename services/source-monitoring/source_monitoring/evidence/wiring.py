"""Puts evidence files into the service."""

from park_chassis.chassis import Chassis
from park_chassis.file_store.files import CheckedFiles
from park_chassis.file_store.stores import open_store

from source_monitoring.evidence import api
from source_monitoring.evidence.cleaning import OrphanCleaner
from source_monitoring.settings import Settings

_ROOM = "source-monitoring"
"""A folder of its own in the store: what is removed here may be kept by another service."""


def add_evidence(chassis: Chassis, settings: Settings) -> None:
    """Wire routes and background work."""
    files = CheckedFiles(settings, open_store(settings, _ROOM))
    chassis.router(api.router(chassis.database, files, settings))
    chassis.background("evidence-cleaning", OrphanCleaner(chassis.database, files, settings).run)
