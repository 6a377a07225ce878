"""All SQL of dropping old evidence: whole blocks from the beginning of a chain, and the anchor that the rest follows."""

from datetime import datetime
from typing import Any, NamedTuple

from park_chassis.database import Connection


class Dropped(NamedTuple):
    """What was dropped of a chain in one go; `sha256` and `sm3` are those of the last block."""

    gateway: str
    block: int
    sha256: bytes
    sm3: bytes
    blocks: int
    frames: int
    to: datetime


async def only_one_drops(tx: Connection) -> bool:
    """Take the right to drop for this transaction; False when another process has it."""
    return bool(await tx.fetchval("select pg_try_advisory_xact_lock(hashtext('evidence-retention'))"))


async def old_chains(connection: Connection, before: datetime, most: int) -> list[tuple[str, int, int]]:
    """Return (gateway, first, last) of up to `most` blocks at the beginning of each chain, all of them older."""
    rows = await connection.fetch(
        """select c.gateway, c.first, least(c.first + $2 - 1, coalesce(
                      (select min(block) - 1 from evidence_blocks as b where b.gateway = c.gateway and b.last_at >= $1),
                      c.last)) as last
           from (select gateway, min(block) as first, max(block) as last from evidence_blocks group by gateway) as c
           order by c.gateway""",
        before,
        most,
    )
    return [(row["gateway"], row["first"], row["last"]) for row in rows if row["last"] >= row["first"]]


async def drop(tx: Connection, gateway: str, first: int, last: int) -> Dropped | None:
    """Delete these blocks; return what they were, None when there were none."""
    rows = await tx.fetch(
        """delete from evidence_blocks where gateway = $1 and block between $2 and $3
           returning block, sha256, sm3, frames, last_at""",
        gateway,
        first,
        last,
    )
    if not rows:
        return None
    newest = max(rows, key=lambda row: row["block"])
    frames, to = sum(row["frames"] for row in rows), max(row["last_at"] for row in rows)
    return Dropped(gateway, newest["block"], newest["sha256"], newest["sm3"], len(rows), frames, to)


async def anchor(tx: Connection, dropped: Dropped, at: datetime, package: str) -> None:
    """Note where the chain begins now. `package` is the file that holds what was dropped last, empty for none."""
    await tx.execute(
        """insert into evidence_anchors (gateway, block, sha256, sm3, dropped_blocks, dropped_frames, dropped_to, anchored_at,
                                         package)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
           on conflict (gateway) do update set block = $2, sha256 = $3, sm3 = $4,
               dropped_blocks = evidence_anchors.dropped_blocks + $5, dropped_frames = evidence_anchors.dropped_frames + $6,
               dropped_to = $7, anchored_at = $8, package = $9""",
        *dropped,
        at,
        package,
    )


async def chains(connection: Connection) -> list[Any]:
    """Return every chain with its extent and its anchor."""
    return await connection.fetch(
        """select coalesce(b.gateway, a.gateway) as gateway, b.first_block, b.last_block, b.frames, b.missing, b.first_at,
                  b.last_at, b.bytes, a.block as anchor_block, a.sha256 as anchor_sha256, a.sm3 as anchor_sm3,
                  a.dropped_blocks, a.dropped_frames, a.dropped_to, a.anchored_at, a.package
           from (select gateway, min(block) as first_block, max(block) as last_block, sum(frames)::bigint as frames,
                        sum(missing)::bigint as missing, min(first_at) as first_at, max(last_at) as last_at,
                        sum(length(payload))::bigint as bytes
                 from evidence_blocks group by gateway) as b
           full join evidence_anchors as a on a.gateway = b.gateway order by 1"""
    )


async def anchor_of(connection: Connection, gateway: str) -> Any:
    """Return where a chain begins after blocks were dropped, None when nothing was."""
    return await connection.fetchrow("select block, sha256, sm3 from evidence_anchors where gateway = $1", gateway)


async def drop_transcripts(tx: Connection, before: datetime, at: datetime, most: int) -> int:
    """Drop the transcripts of up to `most` commands that ended before, and note it; return of how many."""
    return int(
        await tx.fetchval(
            """with old as (select command_id from device_commands
                            where transcript_dropped_at is null and finished_at < $1
                            order by finished_at limit $3 for update skip locked),
                    gone as (delete from command_frames using old where command_frames.command_id = old.command_id),
                    noted as (update device_commands as c set transcript_dropped_at = $2 from old
                              where c.command_id = old.command_id returning 1)
               select count(*) from noted""",
            before,
            at,
            most,
        )
    )
