"""Removes files that were uploaded and never attached to anything, a stated time after their last upload.

Two steps, so that a crash in between loses nothing that counts: the row goes out of use (nobody can attach the file any
more), then its bytes and the row go, under the lock of the hash that an upload of the same bytes takes too.
"""

import asyncio
import logging
from datetime import datetime, timedelta

from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.file_store.files import CheckedFiles

from source_monitoring.evidence import store
from source_monitoring.settings import Settings

log = logging.getLogger(__name__)
_AT_ONCE = 200


class OrphanCleaner:
    """Background work of the service."""

    def __init__(self, database: Database, files: CheckedFiles, settings: Settings) -> None:
        self._database = database
        self._files = files
        self._after = timedelta(seconds=settings.evidence_orphan_after_s)
        self._every_s = settings.evidence_cleaning_interval_s

    async def run(self) -> None:
        """Look for files that nobody attached, for ever."""
        while True:
            await self.clean(now())
            await asyncio.sleep(self._every_s)

    async def clean(self, at: datetime) -> int:
        """Remove what was never attached by `at`; return how many files went."""
        before, removed = at - self._after, 0
        async with self._database.transaction() as tx:
            await store.retire(tx, before, _AT_ONCE)
        async with self._database.reading() as connection:
            rows = await store.retired(connection, before, _AT_ONCE)
        for row in rows:
            async with self._database.transaction() as tx:
                await store.lock(tx, row["sha256"])
                if not await store.forget(tx, row["file_id"], before):
                    continue
                if not await store.held_by_another(tx, row["sha256"], row["file_id"]):
                    await asyncio.to_thread(self._files.drop, row["sha256"])
                removed += 1
        if removed:
            log.info("evidence files that were never attached are removed", extra={"files": removed})
        return removed
