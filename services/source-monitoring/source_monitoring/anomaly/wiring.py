"""Puts anomaly detection into the service's chassis."""

from park_chassis.chassis import Chassis
from park_judging.assembly import Judging

from source_monitoring.anomaly import api, records_api, settings_api, try_api
from source_monitoring.anomaly.runner import AnomalyRunner
from source_monitoring.anomaly.stream import DeviceReports, PacketWatch
from source_monitoring.settings import Settings


def add_anomaly_detection(chassis: Chassis, judging: Judging, settings: Settings) -> None:
    """Wire the stream, the device reports, the schedule and the API."""
    judging.judge.observe(PacketWatch(judging.points).on_batch)
    chassis.on_event("telemetry.device-info.reported", DeviceReports(judging.points).on_device_info)
    chassis.background("anomalies", AnomalyRunner(chassis.database, judging.points, settings).run)
    for room in (api, settings_api, try_api, records_api):
        chassis.router(room.router(chassis.database, judging.points))
