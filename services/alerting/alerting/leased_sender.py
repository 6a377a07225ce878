"""Sends what is due and leased. The database is never locked while a peer thinks: claim (commit) -> send -> settle (commit).

What a crash does, step by step:
 1. before the claim commits: nothing happened;
 2. after the claim, before or during the sending: the lease ends and another attempt is made, counted, with the same id;
 3. after the peer answered, before the settling commits: it is sent again; whoever gets it may see it twice, never not at all;
 4. after the settling: done.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Generic, TypeVar
from uuid import UUID, uuid4

import httpx
from park_chassis.clock import now
from park_chassis.database import Connection, Database

from alerting import guarded_http

_LEASE_SPARE = timedelta(seconds=20)
Claim = TypeVar("Claim")


class LeasedSender(ABC, Generic[Claim]):
    """Claims what is due, sends it side by side, settles each. `patience` is the longest one attempt may take."""

    def __init__(
        self, database: Database, *, patience: timedelta, timeout_s: float, concurrency: int, poll_s: float
    ) -> None:
        self._database = database
        self._lease = patience + _LEASE_SPARE
        self._timeout_s = timeout_s
        self._concurrency = concurrency
        self._poll_s = poll_s

    async def run(self) -> None:
        """Send until cancelled."""
        async with self.client() as client:
            while True:
                if not await self.send_due(client):
                    await asyncio.sleep(self._poll_s)

    def client(self) -> httpx.AsyncClient:
        """Return an HTTP client for peers; see guarded_http."""
        return guarded_http.guarded_client(self._timeout_s, self._concurrency)

    async def send_due(self, client: httpx.AsyncClient) -> int:
        """Send what is due now; return how many were claimed."""
        async with self._database.transaction() as tx:
            claimed = await self.claim(tx, now(), most=self._concurrency, lease=self._lease, token=uuid4())
        await asyncio.gather(*(self.send_one(client, one) for one in claimed))
        return len(claimed)

    @abstractmethod
    async def claim(self, tx: Connection, at: datetime, *, most: int, lease: timedelta, token: UUID) -> Sequence[Claim]:
        """Lease what is due."""

    @abstractmethod
    async def send_one(self, client: httpx.AsyncClient, claimed: Claim) -> None:
        """Make one attempt and settle it."""
