"""One uploaded file, read from a multipart request as it streams in: to memory, then to disk, and never past its limit."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.types import Message

from park_chassis.errors import Refused

FILE_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}
"""What a route that takes such a file says of its body (`openapi_extra`): FastAPI does not see it in the signature."""

_AROUND_A_FILE = 16 * 1024
"""Bytes that boundaries and headers of the parts may take beside the file."""


@asynccontextmanager
async def uploaded_file(request: Request, *, most_bytes: int, field: str = "file") -> AsyncIterator[UploadFile]:
    """Give the file of a multipart request while it lasts.

    Raises Refused (413) as soon as more than `most_bytes` have come in, whatever was announced; (422) without a file.
    """
    limited = Request(request.scope, _Limited(request, most_bytes).receive)
    async with limited.form(max_files=1, max_fields=4) as form:
        file = form.get(field)
        if not isinstance(file, UploadFile):
            what = {"where": f"body.{field}", "what": "a file is wanted", "what_zh": "请选择文件"}
            raise Refused("file-missing", "请选择文件", "a file is wanted", status=422, errors=[what])
        yield file


class _Limited:
    def __init__(self, request: Request, most_bytes: int) -> None:
        self._request = request
        self._most = most_bytes
        self._left = most_bytes + _AROUND_A_FILE

    async def receive(self) -> Message:
        message = await self._request.receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise Refused(
                "file-too-large",
                f"文件超过 {self._most / 1_000_000:g} MB 上限",
                f"the file is larger than {self._most} bytes",
                status=413,
                limit=self._most,
            )
        return message
