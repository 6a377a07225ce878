"""Evidence files of the mock gateway: uploaded once by their bytes, handed out, resolved where records name them."""

import hashlib
from typing import Any

from console_mock_answers import refused
from console_mock_park import clock, identifier, iso
from fastapi import APIRouter, Response, UploadFile
from fastapi.responses import JSONResponse

Record = dict[str, Any]
MAGIC = (
    (b"%PDF-", "document", "application/pdf"),
    (b"\x89PNG", "photo", "image/png"),
    (b"\xff\xd8", "photo", "image/jpeg"),
)
KEPT = ("file_id", "sha256", "name", "media", "media_type", "bytes")
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cfc0f01f0005050201a5f645400000000049454e44ae426082"
)


class EvidenceFiles:
    """State of uploaded files and their routes."""

    def __init__(self) -> None:
        self.files: dict[str, Record] = {}
        self.contents: dict[str, bytes] = {}
        self.away = False

    def rows(self, evidence: list[Record]) -> list[Record]:
        """Evidence as it is stored: a file named by its id stands with its hash."""
        return [self._row(one) for one in evidence]

    def _row(self, one: Record) -> Record:
        known = self.files.get(one.get("file_id", ""))
        row = {"kind": one["kind"], "reference": one["reference"], "note": one.get("note", "")}
        if known is None:
            return row
        return row | {"reference": row["reference"] or known["name"], "file": {key: known[key] for key in KEPT}}

    def routes(self, router: APIRouter) -> None:
        @router.post("/evidence-files")
        async def upload(file: UploadFile) -> Response:
            content = await file.read()
            if self.away:
                return refused(503, "暂时无法保存文件", "the store is away")
            kind = next(((media, media_type) for magic, media, media_type in MAGIC if content.startswith(magic)), None)
            if kind is None:
                what = [{"where": "body.file", "what": "only JPEG, PNG and WebP photos are taken"}]
                return refused(422, "只接受 JPEG、PNG 或 WebP 照片", what[0]["what"], errors=what)
            sha256 = hashlib.sha256(content).hexdigest()
            known = next((one for one in self.files.values() if one["sha256"] == sha256), None)
            if known is not None:
                return JSONResponse(known | {"duplicate": True})
            made: Record = {
                "file_id": identifier(61, len(self.files)), "sha256": sha256, "name": file.filename, "media": kind[0],
                "media_type": kind[1], "bytes": len(content), "uploaded_at": iso(clock()), "uploaded_by": "王敏",
                "attached_at": None, "removed_after": iso(clock()),
            }  # fmt: skip
            self.files[made["file_id"]] = made
            self.contents[made["file_id"]] = content
            return JSONResponse(made | {"duplicate": False}, 201)

        @router.get("/evidence-files/{file_id}/content")
        async def content(file_id: str) -> Response:
            return Response(self.contents[file_id], media_type=self.files[file_id]["media_type"])

        @router.get("/evidence-files/{file_id}/thumbnail")
        async def thumbnail(file_id: str) -> Response:
            return Response(PIXEL, media_type="image/png")
