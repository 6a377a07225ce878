"""Evidence as records keep it: references, and files bound to their hash from the moment they are attached."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
from park_chassis.auth import Principal
from park_chassis.clock import now
from park_chassis.database import Connection
from park_chassis.errors import Refused
from park_schemas.registry import PointRecord

from source_monitoring.evidence import store
from source_monitoring.http_edge import Evidence

_KEPT = ("file_id", "sha256", "name", "media", "media_type", "bytes")
"""What a record keeps of a file: it says what was attached, whatever becomes of the list of files."""


@dataclass(frozen=True, slots=True)
class Record:
    """What evidence is attached to. `kind`: mark, check, correction, review-step, explanation, result, reduction-report."""

    kind: str
    record_id: object
    point: PointRecord


async def attached(
    tx: Connection, person: Principal, record: Record, evidence: Sequence[Evidence], *, where: str = "body.evidence"
) -> list[dict[str, Any]]:
    """Attach the files that evidence names and return the evidence as it is stored.

    Raises Refused (422) for a file that is not there or not the person's to see, naming its place under `where`.
    """
    wanted = [one.file_id for one in evidence if one.file_id is not None]
    files = await store.locked(tx, wanted, person.enterprise_id) if wanted else {}
    unknown = [number for number, one in enumerate(evidence) if one.file_id is not None and one.file_id not in files]
    if unknown:
        raise _unknown([f"{where}.{number}.file_id" for number in unknown])
    for file_id in dict.fromkeys(wanted):
        await _attach(tx, person, record, files[file_id])
    return [_row(one, files.get(one.file_id) if one.file_id else None) for one in evidence]


def _row(one: Evidence, file: asyncpg.Record | None) -> dict[str, Any]:
    row: dict[str, Any] = {"kind": one.kind, "reference": one.reference, "note": one.note}
    if file is None:
        return row
    kept = {name: file[name] for name in _KEPT}
    return row | {"reference": one.reference or file["name"], "file": {**kept, "file_id": str(file["file_id"])}}


async def _attach(tx: Connection, person: Principal, record: Record, file: asyncpg.Record) -> None:
    use = {
        "file_id": file["file_id"], "record": record.kind, "record_id": str(record.record_id),
        "point_id": record.point.point_id, "enterprise_id": record.point.enterprise_id, "sha256": file["sha256"],
        "attached_at": now(), "attached_by_id": person.user_id, "attached_by": person.display_name,
    }  # fmt: skip
    await store.attach(tx, use)


def _unknown(places: Sequence[str]) -> Refused:
    zh, en = "没有该文件, 或已被清理, 请重新上传", "there is no such file, or it was removed: upload it again"
    errors = [{"where": place, "what": en, "what_zh": zh} for place in places]
    return Refused("no-such-file", zh, en, status=422, errors=errors)


def file_ids(evidence: Sequence[dict[str, Any]]) -> list[UUID]:
    """Return the files that stored evidence holds."""
    return [UUID(one["file"]["file_id"]) for one in evidence if "file" in one]
