"""HTTP: the chains of evidence as they stand, and whether every block of one is as it was written."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from park_chassis.auth import Principal, require
from park_chassis.database import Database
from park_chassis.errors import NotFound
from park_chassis.http import json_response
from park_chassis.paging import page

from hj212_gateway import evidence_store, retention_store
from hj212_gateway.domain.chain_check import ChainCheck, ChainFault
from hj212_gateway.domain.evidence_blocks import Hashes

Reader = Annotated[Principal, Depends(require("device:read"))]
_ANCHOR = ("dropped_blocks", "dropped_frames", "dropped_to", "anchored_at", "package")


def router(database: Database) -> APIRouter:
    """Return the routes of the chains."""
    api = APIRouter(prefix="/evidence/chains", tags=["evidence"])

    @api.get("")
    async def chains(_: Reader) -> Response:
        async with database.reading() as connection:
            rows = await retention_store.chains(connection)
        return json_response(page([_shown(row) for row in rows]))

    @api.get("/{gateway}/check")
    async def check(_: Reader, gateway: str) -> Response:
        async with database.reading() as connection:
            row = await retention_store.anchor_of(connection, gateway)
            anchor = (row["block"], Hashes(row["sha256"], row["sm3"])) if row else None
            walk, fault = ChainCheck(anchor), None
            first = anchor[0] + 1 if anchor else 1
            async for block in evidence_store.blocks_of_chain(connection, gateway, first, 2**62):
                fault = walk.follow(block)
                if fault:
                    break
        if not walk.blocks and fault is None and anchor is None:
            raise NotFound("证据链", "chain of evidence", gateway)
        return json_response({"blocks": walk.blocks, "frames": walk.frames, "fault": _told(fault)})

    return api


def _told(fault: ChainFault | None) -> dict[str, Any] | None:
    return fault._asdict() if fault else None


def _shown(row: Any) -> dict[str, Any]:
    found = {name: value for name, value in row.items() if not name.startswith("anchor") and name not in _ANCHOR}
    anchor = {name: row[name] for name in _ANCHOR} | {
        "block": row["anchor_block"],
        "sha256": (row["anchor_sha256"] or b"").hex(),
        "sm3": (row["anchor_sm3"] or b"").hex(),
    }
    return found | {"anchor": anchor if row["anchor_block"] is not None else None}
