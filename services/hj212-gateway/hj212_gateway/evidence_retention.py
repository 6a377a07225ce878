"""Old evidence goes, whole blocks from the beginning of each chain; the chain stays verifiable from an anchor.

With a folder, what goes is first written there as a sealed package (signed when there is a key), forced to the disk, then
dropped. A crash between the two leaves the package and the blocks: the next round writes the package again under its name.
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

from park_chassis.clock import now
from park_chassis.database import Database
from prometheus_client import Counter

from hj212_gateway import evidence_store, retention_store
from hj212_gateway.domain.evidence_blocks import Block
from hj212_gateway.domain.evidence_signature import Signer
from hj212_gateway.evidence_package import FORMAT, Manifest, package

log = logging.getLogger(__name__)

DROPPED = Counter("park_gateway_evidence_blocks_dropped", "Evidence blocks dropped at the end of their retention")

_LOOK_EVERY_S = 3600.0
_FIRST_LOOK_S = 60.0
_BLOCKS_AT_ONCE = 200


class EvidenceRetention:
    """`kept_for` zero keeps everything; `folder` None drops without a package."""

    def __init__(self, database: Database, *, kept_for: timedelta, folder: Path | None, signer: Signer | None) -> None:
        self._database = database
        self._kept_for = kept_for
        self._folder = folder
        self._signer = signer

    async def run(self) -> None:
        """Look each hour, until cancelled."""
        if not self._kept_for:
            await asyncio.Event().wait()
        await asyncio.sleep(_FIRST_LOOK_S)
        while True:
            while await self.drop_some():
                pass
            await asyncio.sleep(_LOOK_EVERY_S)

    async def drop_some(self) -> int:
        """Drop up to some hundred blocks of each chain; return how many went."""
        if not self._kept_for:
            return 0
        before = now() - self._kept_for
        async with self._database.reading() as connection:
            chains = await retention_store.old_chains(connection, before, _BLOCKS_AT_ONCE)
        return sum([await self._drop(gateway, first, last) for gateway, first, last in chains])

    async def _drop(self, gateway: str, first: int, last: int) -> int:
        async with self._database.transaction() as tx:
            if not await retention_store.only_one_drops(tx):
                return 0
            name = await self._write_package(gateway, first, last) if self._folder is not None else ""
            dropped = await retention_store.drop(tx, gateway, first, last)
            if dropped is None:
                return 0
            await retention_store.anchor(tx, dropped, now(), name)
        DROPPED.inc(dropped.blocks)
        log.info("old evidence dropped", extra={"gateway": gateway, "blocks": dropped.blocks, "package": name})
        return dropped.blocks

    async def _write_package(self, gateway: str, first: int, last: int) -> str:
        assert self._folder is not None  # noqa: S101 - the caller has asked
        safe = "".join(c if c.isalnum() or c in "-_" else "_" for c in gateway)
        path = self._folder / f"evidence-{safe}-{first}-{last}.park-evidence"
        partial = path.with_suffix(".partial")
        self._folder.mkdir(parents=True, exist_ok=True)
        manifest = Manifest(FORMAT, now().isoformat(), "", f"block {first}", f"block {last}")
        with partial.open("wb") as file:
            async for content in package(manifest, self._blocks(gateway, first, last), self._signer):
                await asyncio.to_thread(file.write, content)
            file.flush()
            await asyncio.to_thread(os.fsync, file.fileno())
        partial.replace(path)
        return path.name

    async def _blocks(self, gateway: str, first: int, last: int) -> AsyncIterator[Block]:
        async with self._database.reading() as connection:
            async for block in evidence_store.blocks_of_chain(connection, gateway, first, last):
                yield block
