"""The built pages as a table in memory: path -> bytes, gzip bytes, type, cache rule. Pure but for the one reading."""

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

IMMUTABLE: Final = "public, max-age=31536000, immutable"
REVALIDATE: Final = "no-cache"
INDEX: Final = "/index.html"

# mimetypes reads the machine's own tables; these must not depend on them.
_TYPES: Final[Mapping[str, str]] = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_WORTH_COMPRESSING: Final = frozenset({".html", ".js", ".css", ".svg", ".json", ".webmanifest"})


class PagesMissing(Exception):
    """The folder of the built pages is not there or has no index.html."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file. `packed` is its gzip form when that is smaller; `etag` names the content, not the encoding."""

    path: str
    content_type: str
    cache_control: str
    etag: str
    body: bytes
    packed: bytes | None


def read_site(root: Path) -> Mapping[str, Asset]:
    """All files under `root` by URL path. Raises `PagesMissing` when there is no index.html."""
    if not (root / "index.html").is_file():
        raise PagesMissing(f"{root} holds no built pages: run `python services/console/build.py`")
    files = sorted(file for file in root.rglob("*") if file.is_file() and file.suffix != ".gz" and file.name[0] != ".")
    assets = (_asset(root, file) for file in files)
    return {asset.path: asset for asset in assets}


def _asset(root: Path, file: Path) -> Asset:
    path = "/" + file.relative_to(root).as_posix()
    body = file.read_bytes()
    return Asset(
        path=path,
        content_type=_TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream",
        # Vite puts a content hash in each name under /assets/; everything else keeps its name and must be asked again.
        cache_control=IMMUTABLE if path.startswith("/assets/") else REVALIDATE,
        etag='"' + hashlib.sha256(body).hexdigest()[:32] + '"',
        body=body,
        packed=_packed(file, body),
    )


def _packed(file: Path, body: bytes) -> bytes | None:
    if file.suffix not in _WORTH_COMPRESSING:
        return None
    beside = file.with_name(file.name + ".gz")
    packed = beside.read_bytes() if beside.is_file() else gzip.compress(body, 6, mtime=0)
    return packed if len(packed) < len(body) else None


def find(site: Mapping[str, Asset], path: str) -> Asset | None:
    """The asset for a URL path; a path of the app itself (no file name in it) gets index.html; None is a 404."""
    found = site.get(path)
    if found is not None:
        return found
    # A missing file must be a 404: HTML in place of a script breaks the page in a way nobody understands.
    looks_like_a_file = "." in path.rsplit("/", 1)[-1] or path.startswith("/assets/")
    return None if looks_like_a_file else site[INDEX]
