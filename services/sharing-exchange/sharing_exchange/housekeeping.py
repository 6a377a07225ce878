"""Days of readings made ahead and let go, old deliveries forgotten; each pass is one transaction, safe to repeat."""

import asyncio
import logging
from datetime import datetime

from park_chassis.clock import now
from park_chassis.database import Database

from sharing_exchange import figures
from sharing_exchange.domain.retention import days_ahead, days_to_drop
from sharing_exchange.settings import Settings
from sharing_exchange.store import clients, records

log = logging.getLogger(__name__)

_EVERY_S = 1800.0


class Housekeeping:
    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database

    async def run(self) -> None:
        """Tidy at the start and each half hour, until cancelled."""
        while True:
            await self.tidy(now())
            await asyncio.sleep(_EVERY_S)

    async def tidy(self, at: datetime) -> None:
        """Make the days ahead of `at`, drop the days behind the retention."""
        async with self._database.transaction() as tx:
            await records.take_turn(tx)
            await records.make_days(tx, days_ahead(at))
            old = days_to_drop(await records.partition_days(tx), at, self._settings.readings_retention)
            for day in old:
                await records.drop_day(tx, day)
            await clients.forget_deliveries(tx, at - self._settings.deliveries_retention)
        if old:
            figures.PARTITIONS_DROPPED.inc(len(old))
            log.info("days of readings let go", extra={"days": [str(day) for day in old]})
