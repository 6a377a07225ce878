"""Sets a document as PDF/A-2b by Typst, with the fonts embedded (Noto Sans SC and Noto Serif SC, SIL OFL 1.1).

What a document says goes in as data, never as markup: nothing a person wrote is run. No font and no package is fetched; both
fonts come with the Python package `pylopdf-fonts-zh-cn`. The same document printed twice is the same file.
"""

import io
import json
from collections.abc import Callable
from datetime import datetime
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import segno
from park_chassis.file_store.photos import for_print

from task_dispatch.domain.printed import Picture, Printed

_PHOTO_PX = 1000
_SIGNATURE_PX = 400


def print_pdf(
    document: Printed, *, number: str, check_at: str, made_at: datetime, read: Callable[[str], bytes]
) -> bytes:
    """Return the document as PDF; blocking. `read` returns a picture by its hash, `check_at` stands in the QR code."""
    return _set(document, number=number, check_at=check_at, made_at=made_at, read=read)[0]


def _set(
    document: Printed, *, number: str, check_at: str, made_at: datetime, read: Callable[[str], bytes], png: bool = False
) -> list[bytes]:
    import typst  # 80 MB of code that only printing needs

    files = {"main.typ": _template(document.kind), "park.typ": _template("park"), "qr.svg": _qr(check_at)}
    pictures: dict[str, list[dict[str, str]]] = {}
    for name, most_px, shown in (
        ("photos", _PHOTO_PX, document.photos),
        ("signatures", _SIGNATURE_PX, document.signatures),
    ):
        pictures[name] = _pictures(name, shown, most_px, files, read)
    values = {**document.values, **pictures, "number": number, "hash": document.content_hash(), "check_at": check_at}
    with TemporaryDirectory(prefix="park-document-") as folder:
        for name, content in files.items():
            Path(folder, name).write_bytes(content)
        return _compiled(typst, folder, values, made_at, png=png)


def _compiled(typst: Any, folder: str, values: dict[str, Any], made_at: datetime, *, png: bool) -> list[bytes]:
    made = typst.compile(
        Path(folder, "main.typ"),
        root=folder,
        format="png" if png else "pdf",
        ppi=80 if png else None,
        font_paths=[str(_fonts())],
        ignore_system_fonts=True,
        sys_inputs={"values": json.dumps(values, ensure_ascii=False)},
        pdf_standards=[] if png else ["a-2b"],
        timestamp=int(made_at.timestamp()),
    )
    return made if isinstance(made, list) else [made or b""]


def preview(document: Printed, *, number: str, made_at: datetime, read: Callable[[str], bytes]) -> list[bytes]:
    """Return each page as PNG, for eyes."""
    return _set(document, number=number, check_at=f"PARK {number}", made_at=made_at, read=read, png=True)


def _pictures(
    name: str, shown: list[Picture], most_px: int, files: dict[str, bytes], read: Callable[[str], bytes]
) -> list[dict[str, str]]:
    placed = []
    for number, picture in enumerate(shown, start=1):
        file = f"{name}-{number}.jpg"
        files[file] = for_print(io.BytesIO(read(picture.sha256)), most_px=most_px)
        placed.append({"file": file, "caption": picture.caption})
    return placed


def _template(name: str) -> bytes:
    return (resources.files("task_dispatch") / "documents" / "templates" / f"{name}.typ").read_bytes()


def _fonts() -> Path:
    import pylopdf_fonts_zh_cn

    return pylopdf_fonts_zh_cn.serif_path().parent


def _qr(text: str) -> bytes:
    buffer = io.BytesIO()
    segno.make(text, error="m", micro=False).save(buffer, kind="svg", border=1)
    return buffer.getvalue()
