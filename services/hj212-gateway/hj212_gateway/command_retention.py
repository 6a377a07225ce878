"""Old transcripts of commands go, and keys whose frames the evidence no longer holds. The commands themselves stay."""

import asyncio
import logging
from datetime import timedelta

from park_chassis.clock import now
from park_chassis.database import Database
from prometheus_client import Counter

from hj212_gateway import key_store, retention_store

log = logging.getLogger(__name__)

DROPPED = Counter("park_gateway_transcripts_dropped", "Transcripts of commands dropped at the end of their retention")

_LOOK_EVERY_S = 3600.0
_FIRST_LOOK_S = 90.0
_AT_ONCE = 1000


class CommandRetention:
    """`transcripts` and `evidence`: how long each is kept; zero keeps it for ever."""

    def __init__(self, database: Database, *, transcripts: timedelta, evidence: timedelta) -> None:
        self._database = database
        self._transcripts = transcripts
        self._evidence = evidence

    async def run(self) -> None:
        """Look each hour, until cancelled."""
        await asyncio.sleep(_FIRST_LOOK_S)
        while True:
            while await self.drop_some() == _AT_ONCE:
                pass
            await self.forget_keys()
            await asyncio.sleep(_LOOK_EVERY_S)

    async def drop_some(self) -> int:
        """Drop the transcripts of up to a thousand commands; return of how many."""
        if not self._transcripts:
            return 0
        at = now()
        async with self._database.transaction() as tx:
            dropped = await retention_store.drop_transcripts(tx, at - self._transcripts, at, _AT_ONCE)
        if dropped:
            DROPPED.inc(dropped)
            log.info("old transcripts dropped", extra={"commands": dropped})
        return dropped

    async def forget_keys(self) -> None:
        """Drop keys that were retired before the oldest evidence there is."""
        if not self._evidence:
            return
        async with self._database.transaction() as tx:
            await key_store.forget_older(tx, now() - self._evidence)
