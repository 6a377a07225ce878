"""Files handed out: whole or in ranges, never changed, never run by the browser."""

import asyncio
from collections.abc import Iterator
from urllib.parse import quote

from fastapi import Response
from fastapi.responses import StreamingResponse

from park_chassis.errors import Refused
from park_chassis.file_store.byte_range import Unsatisfiable, byte_range
from park_chassis.file_store.files import CheckedFiles

_FOREVER = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'; media-src 'self'",
    "Accept-Ranges": "bytes",
}


async def file_response(
    files: CheckedFiles, key: str, media_type: str, *, tag: str, wanted: str | None, name: str = ""
) -> Response:
    """Return a file of the store, or the range of it that is `wanted` (a Range header). Raises Refused (416).

    `name` is what a browser saves it as; documents are saved, the rest may be shown.
    """
    size = await asyncio.to_thread(files.store.size, key)
    headers = {**_FOREVER, "ETag": f'"{tag}"'}
    if name:
        how = "attachment" if media_type.startswith("application/") else "inline"
        headers["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(name)}"
    try:
        part = byte_range(wanted, size)
    except Unsatisfiable:
        raise Refused(
            "range-not-there",
            f"请求的范围超出文件长度 {size}",
            f"the range lies behind the end ({size} bytes)",
            status=416,
        ) from None
    start, length = part or (0, size)
    headers["Content-Length"] = str(length)
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{size}"
    pieces: Iterator[bytes] = files.content(key, start, length) if length else iter(())
    return StreamingResponse(pieces, 206 if part else 200, headers, media_type)
