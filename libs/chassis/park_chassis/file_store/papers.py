"""Documents: PDF, Word and Excel without macros. Checked by structure, never run and never rendered here.

A PDF that is encrypted or carries actions (scripts, launches, embedded files) is refused: an officer will open it.
ASSUMPTION: actions stand readable in the file. To disprove: a PDF that hides them in compressed object streams passes.
"""

import os
import re
import zipfile
from typing import BinaryIO

from park_chassis.file_store.faults import BadFile

PDF = "application/pdf"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OFFICE_PARTS = {
    "word/document.xml": _OFFICE + "wordprocessingml.document",
    "xl/workbook.xml": _OFFICE + "spreadsheetml.sheet",
}
_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|OpenAction\s*<<[^>]*/S\s*/(JavaScript|Launch))\b")
_MOST_UNPACKED = 300_000_000
_CHUNK = 1 << 20


def is_paper(head: bytes) -> bool:
    """Return whether the first bytes are those of a document we know."""
    return head.startswith((b"%PDF-", b"PK\x03\x04"))


def read_paper(file: BinaryIO) -> str:
    """Return the media type of a document. Raises BadFile."""
    file.seek(0)
    head = file.read(8)
    if head.startswith(b"%PDF-"):
        _check_pdf(file)
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return _office_type(file)
    raise BadFile("document", "type", "只接受 PDF、Word(docx) 或 Excel(xlsx) 文件", "only PDF, docx and xlsx are taken")


def _check_pdf(file: BinaryIO) -> None:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 2048))
    if b"%%EOF" not in file.read():
        raise BadFile("document", "cut-short", "PDF 不完整, 请重新上传", "the PDF is cut short: it has no %%EOF")
    file.seek(0)
    before = b""
    while chunk := file.read(_CHUNK):
        window = before + chunk
        if b"/Encrypt" in window:
            raise BadFile("document", "encrypted", "不接受加密的 PDF", "an encrypted PDF is not taken")
        if found := _ACTIVE.search(window):
            what = found.group(0)[:40].decode("latin-1")
            raise BadFile("document", "active-content", "PDF 含有脚本或附件, 不接受", f"the PDF carries {what}")
        before = window[-64:]


def _office_type(file: BinaryIO) -> str:
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            if sum(info.file_size for info in archive.infolist()) > _MOST_UNPACKED:
                raise BadFile("document", "too-large", "文件解压后过大", f"unpacked it is over {_MOST_UNPACKED} bytes")
            if any(name.endswith("vbaProject.bin") for name in names):
                raise BadFile("document", "active-content", "不接受含宏的文件", "a document with macros is not taken")
            kind = next((media for part, media in _OFFICE_PARTS.items() if part in names), None)
            if kind is None or "[Content_Types].xml" not in names:
                raise BadFile("document", "type", "不是 Word 或 Excel 文件", "the archive is no docx or xlsx")
            if broken := archive.testzip():
                raise BadFile("document", "cut-short", "文件已损坏", f"part {broken} is damaged")
            return kind
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise BadFile("document", "cut-short", "文件不完整或已损坏", f"the file cannot be read: {error}") from error
