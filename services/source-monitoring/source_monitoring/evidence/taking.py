"""Taking a file in: looked at whole, then a row without bytes, then the bytes, then the row counts.

A crash at any point leaves a row that `cleaning` finds, never bytes that nobody knows of.
"""

import asyncio
import re

import asyncpg
from park_chassis.auth import Principal
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import Refused, Transient
from park_chassis.file_store.faults import BadFile
from park_chassis.file_store.files import CheckedFiles, Looked
from park_schemas.identifiers import uuid7
from starlette.datastructures import UploadFile

from source_monitoring.evidence import store

_LONGEST_NAME = 200
_WHAT_IS_TAKEN = (
    "bad-file-type",
    "只接受照片(JPEG、PNG、WebP)、视频(MP4、MOV、WebM)、PDF、Word(docx)、Excel(xlsx)，按文件内容识别",
    "photos (JPEG, PNG, WebP), videos (MP4, MOV, WebM), PDF, Word (docx) and Excel (xlsx) are taken, told by their content",
)
_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f]")


async def take(
    database: Database, files: CheckedFiles, person: Principal, upload: UploadFile
) -> tuple[asyncpg.Record, bool]:
    """Keep an uploaded file; return its row and whether the same bytes were there already. Raises Refused (422)."""
    looked = await _looked_at(files, upload)
    name = _name_of(upload.filename or "", looked.kept.sha256)
    async with database.transaction() as tx:
        await store.lock(tx, looked.kept.sha256)
        row = await store.begin(
            tx, uuid7(), looked.kept, name=name, enterprise_id=person.enterprise_id,
            who=(person.user_id, person.display_name), at=now(),
        )  # fmt: skip
    if row["stored_at"] is not None:
        return row, True
    await asyncio.to_thread(files.write, looked, upload.file)
    async with database.transaction() as tx:
        counted = await store.stored(tx, row["file_id"], now())
    if counted is None:  # the upload took longer than unattached files are kept
        raise Transient("the row of the file was removed while its bytes were written")
    return counted, False


async def _looked_at(files: CheckedFiles, upload: UploadFile) -> Looked:
    try:
        return await asyncio.to_thread(files.look, upload.file, kind="photo")
    except BadFile as error:
        code, zh, en = (
            _WHAT_IS_TAKEN if _is_unknown(error) else (f"bad-{error.media}-{error.reason}", error.zh, error.en)
        )
        errors = [{"where": "body.file", "what": en, "what_zh": zh, "value": (upload.filename or "")[:200]}]
        raise Refused(code, zh, en, status=422, errors=errors) from error


def _is_unknown(error: BadFile) -> bool:
    """What no bytes tell is looked at as a photo, and refused as one: say what else is taken."""
    return (error.media, error.reason) == ("photo", "type")


def _name_of(filename: str, sha256: str) -> str:
    """Return the name of a file without folders and control characters; the first digits of its hash when none is left."""
    last = re.split(r"[/\\]", filename)[-1]
    return _NOT_IN_NAMES.sub("", last).strip()[-_LONGEST_NAME:] or sha256[:12]
