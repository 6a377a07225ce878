"""All SQL of the evidence: one row a block, one chain a gateway instance."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

from park_chassis.database import Connection

from hj212_gateway.domain.evidence_blocks import Block, BlockHeader, Hashes

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def head(tx: Connection, gateway: str) -> tuple[int, Hashes] | None:
    """Return number and hashes of the newest block of a gateway, or of the last that was dropped when none is left."""
    row = await tx.fetchrow(
        """select block, sha256, sm3 from evidence_blocks where gateway = $1
           union all select block, sha256, sm3 from evidence_anchors where gateway = $1
           order by block desc limit 1""",
        gateway,
    )
    return None if row is None else (row["block"], Hashes(row["sha256"], row["sm3"]))


async def insert_block(tx: Connection, block: Block, mns: list[str]) -> None:
    """Append a block; two writers of one chain hit the primary key."""
    header = block.header
    await tx.execute(
        """insert into evidence_blocks (gateway, block, first_at, last_at, first_at_us, last_at_us, frames, missing, mns,
                                        payload, previous_sha256, previous_sm3, sha256, sm3)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)""",
        header.gateway,
        header.block,
        _time(header.first_at),
        _time(header.last_at),
        header.first_at,
        header.last_at,
        header.frames,
        header.missing,
        mns,
        block.payload,
        block.previous.sha256,
        block.previous.sm3,
        block.hashes.sha256,
        block.hashes.sm3,
    )


async def blocks_with(
    connection: Connection,
    mn: str,
    begin: datetime,
    end: datetime,
    *,
    after: tuple[datetime, str, int] | None,
    limit: int,
) -> list[Any]:
    """Return blocks that hold frames of an MN and touch [begin, end), oldest first, after a place."""
    return await connection.fetch(
        """select gateway, block, first_at, payload from evidence_blocks
           where last_at >= $2 and first_at < $3 and mns @> array[$1::text]
             and ($4::timestamptz is null or (first_at, gateway, block) > ($4, $5, $6))
           order by first_at, gateway, block limit $7""",
        mn,
        begin,
        end,
        *(after or (None, None, None)),
        limit,
    )


async def chains(connection: Connection, mn: str, begin: datetime, end: datetime) -> list[tuple[str, int, int]]:
    """Return (gateway, first block, last block) of each chain that holds frames of an MN in [begin, end)."""
    rows = await connection.fetch(
        """select gateway, min(block) as first_block, max(block) as last_block from evidence_blocks
           where last_at >= $2 and first_at < $3 and mns @> array[$1::text] group by gateway order by gateway""",
        mn,
        begin,
        end,
    )
    return [(row["gateway"], row["first_block"], row["last_block"]) for row in rows]


async def blocks_of_chain(connection: Connection, gateway: str, first: int, last: int) -> AsyncIterator[Block]:
    """Give the blocks of a chain in order, one at a time."""
    async with connection.transaction():
        rows = connection.cursor(
            "select * from evidence_blocks where gateway = $1 and block between $2 and $3 order by block",
            gateway,
            first,
            last,
            prefetch=4,
        )
        async for row in rows:
            payload = row["payload"]
            header = BlockHeader(
                block=row["block"],
                first_at=row["first_at_us"],
                frames=row["frames"],
                gateway=row["gateway"],
                last_at=row["last_at_us"],
                missing=row["missing"],
                size=len(payload),
            )
            previous = Hashes(row["previous_sha256"], row["previous_sm3"])
            yield Block(header, payload, previous, Hashes(row["sha256"], row["sm3"]))


def _time(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
