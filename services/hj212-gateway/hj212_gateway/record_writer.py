"""Writes arrivals to the database in groups, beside the hot path; what they complete is closed in the same transaction."""

import asyncio
import logging
from datetime import timedelta

from park_chassis.clock import now
from park_chassis.database import TROUBLE, Database
from park_chassis.errors import Transient
from prometheus_client import Counter

from hj212_gateway import record_store
from hj212_gateway.records import Records

log = logging.getLogger(__name__)

HEALED = Counter("park_gateway_gaps_healed", "Gaps whose records have all come")


class RecordWriter:
    """Background work of every gateway."""

    def __init__(
        self, database: Database, records: Records, *, every: timedelta, look_back: timedelta, first_look: timedelta
    ) -> None:
        self._database = database
        self._records = records
        self._every_s = every.total_seconds()
        self._look_back = look_back
        self._first_look = first_look
        self._writing = asyncio.Lock()

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            await asyncio.sleep(self._every_s)
            await self.write()

    async def write(self) -> None:
        """Write what came since the last time. While the database is away it goes on waiting in memory, bounded."""
        async with self._writing:
            arrived = self._records.take()
            if not arrived:
                return
            try:
                async with self._database.transaction() as tx:
                    healed = await record_store.write(
                        tx, arrived, now(), look_back=self._look_back, first_look=self._first_look
                    )
            except BaseException as error:
                self._records.put_back(arrived)
                if not isinstance(error, (*TROUBLE, Transient, OSError)):
                    raise
                log.warning("arrivals wait for the database", extra={"error": repr(error)})
                return
        HEALED.inc(healed)
