"""The wiring of records, gaps and clocks, and nothing else."""

from collections.abc import Callable
from datetime import timedelta

from park_chassis.chassis import Chassis
from park_schemas.registry import DeviceRecord

from hj212_gateway import gap_api, incomplete_set_api
from hj212_gateway.clock_setter import ClockSetter
from hj212_gateway.commander import Commander
from hj212_gateway.gap_fetcher import GapFetcher
from hj212_gateway.gap_finder import GapFinder
from hj212_gateway.gateway import Gateway
from hj212_gateway.record_settings import RecordSettings
from hj212_gateway.record_writer import RecordWriter

_WRITE_EVERY = timedelta(seconds=2)
_CLOCKS_EVERY = timedelta(seconds=10)


def keep_records(
    chassis: Chassis,
    settings: RecordSettings,
    gateway: Gateway,
    commander: Commander,
    device_of: Callable[[str], DeviceRecord | None],
) -> RecordWriter:
    """Write arrivals, find and fetch gaps, set clocks; return the writer, whose last write belongs to the stop."""
    database, name = chassis.database, settings.instance_id or settings.service
    writer = RecordWriter(
        database,
        gateway.records,
        every=min(_WRITE_EVERY, settings.gap_every),
        look_back=settings.gap_look_back,
        first_look=settings.gap_settle,
    )
    finder = GapFinder(database, device_of, settings.finding_rules(), every=settings.gap_every)
    fetcher = GapFetcher(
        database,
        name,
        gateway,
        commander.wake,
        settings.fetch_budget(),
        settings.patience(),
        settle=settings.gap_settle,
        every=settings.gap_every,
    )
    clocks = ClockSetter(database, gateway.presence, commander.wish_clock, settings.clock_rules(), every=_CLOCKS_EVERY)
    chassis.router(gap_api.router(database))
    chassis.router(incomplete_set_api.router(database))
    chassis.background("records", writer.run)
    chassis.background("gaps found", finder.run)
    chassis.background("gaps fetched", fetcher.run)
    chassis.background("clocks", clocks.run)
    return writer
