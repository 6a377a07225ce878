"""Sealed packages of evidence: written by the API, checked offline by `python -m hj212_gateway verify PACKAGE`.

    line      {"format": "park-hj212-evidence/1", "exported_at": ..., "mn": ..., "begin": ..., "end": ...}
    a block   line with the block's header, both hashes and both hashes of the block before; then its payload, then LF
    line      {"seal": {"sha256": ..., "sm3": ...}}: digests of every byte before this line
    line      {"signature": {"algorithm": "ed25519", "public_key": ..., "value": ...}}: of the seal's line; only with a key

Blocks of one gateway follow each other without a gap. Every byte is covered: of a block by its own chained hashes and by the
exact form of its line, of the first line by the seal, of the last lines by their exact form. Who can rewrite the whole package
can seal it anew; against that there is the signature, checked with the public key that was published (`verify --key`).
"""

import hashlib
import re
from collections.abc import AsyncIterator, Iterator
from typing import IO, NamedTuple, TypeVar

import msgspec
from cryptography.hazmat.primitives.hashes import SM3, Hash

from hj212_gateway.domain.evidence_blocks import Block, BlockHeader, DamagedBlock, Hashes, chained, open_payload
from hj212_gateway.domain.evidence_signature import Signature, Signer, is_signed

Line = TypeVar("Line", bound=msgspec.Struct)

FORMAT = "park-hj212-evidence/1"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_MOST_LINE = 16 * 1024
_MOST_PAYLOAD = 64 * 1024 * 1024


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first line. Times are ISO 8601 with offset, the range is half-open."""

    format: str
    exported_at: str
    mn: str
    begin: str
    end: str


class BlockLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The line before a payload; digests in hex."""

    header: BlockHeader
    previous_sha256: str
    previous_sm3: str
    sha256: str
    sm3: str


class SealLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last line."""

    seal: dict[str, str]


class SignatureLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The line after the seal."""

    signature: Signature


class _Digests:
    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self._sm3 = Hash(SM3())

    def update(self, content: bytes) -> bytes:
        self._sha256.update(content)
        self._sm3.update(content)
        return content

    def line(self) -> bytes:
        return (
            msgspec.json.encode(SealLine({"sha256": self._sha256.hexdigest(), "sm3": self._sm3.finalize().hex()}))
            + b"\n"
        )


async def package(
    manifest: Manifest, blocks: AsyncIterator[Block], signer: Signer | None = None
) -> AsyncIterator[bytes]:
    """Give the bytes of a package, signed when there is a signer."""
    digests = _Digests()
    yield digests.update(msgspec.json.encode(manifest) + b"\n")
    async for block in blocks:
        line = BlockLine(
            block.header,
            block.previous.sha256.hex(),
            block.previous.sm3.hex(),
            block.hashes.sha256.hex(),
            block.hashes.sm3.hex(),
        )
        yield digests.update(msgspec.json.encode(line) + b"\n" + block.payload + b"\n")
    seal_line = digests.line()
    yield seal_line
    if signer is not None:
        yield msgspec.json.encode(SignatureLine(signer.sign(seal_line))) + b"\n"


class Fault(NamedTuple):
    """What is wrong, and in which bytes [start, end) of the package."""

    start: int
    end: int
    reason: str


class Verdict(NamedTuple):
    """`fault` None: every byte is as it was sealed. `signed_by` is the public key in hex, empty without a signature."""

    blocks: int
    frames: int
    missing: int
    fault: Fault | None
    signed_by: str = ""


def verify(file: IO[bytes], *, public_key: str | None = None) -> Verdict:
    """Check a package from its first byte; stops at the first fault. Never raises on bad content.

    With `public_key` (hex) the package must be signed by it; without, a signature only has to fit its own key.
    """
    return _Verifier(file, public_key).run()


class _Verifier:
    def __init__(self, file: IO[bytes], public_key: str | None) -> None:
        self._file = file
        self._public_key = public_key
        self._signed_by = ""
        self._digests = _Digests()
        self._at = 0
        self._heads: dict[str, tuple[int, Hashes]] = {}
        self._blocks = self._frames = self._missing = 0

    def run(self) -> Verdict:
        fault = next(self._faults(), None)
        return Verdict(self._blocks, self._frames, self._missing, fault, self._signed_by)

    def _faults(self) -> Iterator[Fault]:
        manifest_end, fault = self._manifest()
        if fault:
            yield fault
            return
        while True:
            start, line = self._at, self._file.readline(_MOST_LINE)
            if line.startswith(b'{"seal"'):
                yield from self._seal(start, line, manifest_end)
                return
            fault = self._block(start, line)
            if fault:
                yield fault
                return

    def _manifest(self) -> tuple[int, Fault | None]:
        line = self._file.readline(_MOST_LINE)
        self._at = len(self._digests.update(line))
        found = _exact(line, Manifest)
        if found is None or found.format != FORMAT:
            return self._at, Fault(0, self._at, f"the first line is not that of a package of format {FORMAT}")
        return self._at, None

    def _block(self, start: int, line: bytes) -> Fault | None:
        found = _exact(line, BlockLine)
        if found is None:
            return Fault(start, start + max(1, len(line)), "neither the line of a block nor the seal")
        size = found.header.size
        payload = self._file.read(size + 1) if 0 <= size <= _MOST_PAYLOAD else b""
        self._at = start + len(line) + len(payload)
        where = f"block {found.header.block} of {found.header.gateway}"
        if len(payload) != size + 1 or payload[-1:] != b"\n":
            return Fault(start, max(self._at, start + 1), f"{where} is cut short or its end is changed")
        return self._content(start, where, found, line, payload)

    def _content(self, start: int, where: str, found: BlockLine, line: bytes, payload: bytes) -> Fault | None:
        texts = (found.previous_sha256, found.previous_sm3, found.sha256, found.sm3)
        if not all(_DIGEST.fullmatch(text) for text in texts):
            return Fault(start, self._at, f"{where}: a digest is not 64 lower-case hex digits")
        previous, stated = Hashes(*map(bytes.fromhex, texts[:2])), Hashes(*map(bytes.fromhex, texts[2:]))
        header, content = found.header, payload[:-1]
        if chained(previous, header, content) != stated:
            return Fault(start, self._at, f"{where}: content and digests differ")
        known = self._heads.get(header.gateway)
        if known is not None and known != (header.block - 1, previous):
            return Fault(start, self._at, f"{where} does not follow the block before it")
        try:
            entries = open_payload(content)
        except DamagedBlock as error:
            return Fault(start, self._at, f"{where}: payload cannot be read ({error})")
        self._heads[header.gateway] = header.block, stated
        self._digests.update(line + payload)
        self._blocks += 1
        self._frames += len(entries)
        self._missing += header.missing
        return None

    def _seal(self, start: int, line: bytes, manifest_end: int) -> Iterator[Fault]:
        expected = self._digests.line()
        end = start + len(line)
        if line != expected:
            # Every block has proved itself: what is left is the first line, or the seal.
            reason = "the seal does not fit: it was changed, or the first line was"
            well_formed = _exact(line, SealLine) is not None and len(line) == len(expected)
            both_differ = well_formed and all(
                ours != theirs for ours, theirs in zip(_digests_of(expected), _digests_of(line), strict=True)
            )
            yield Fault(0, manifest_end, reason) if both_differ else Fault(start, max(end, start + 1), reason)
        else:
            yield from self._signature(end, expected)

    def _signature(self, start: int, seal_line: bytes) -> Iterator[Fault]:
        line = self._file.readline(_MOST_LINE)
        end = start + max(1, len(line))
        if not line:
            if self._public_key is not None:
                yield Fault(start, end, "the package is not signed")
            return
        found = _exact(line, SignatureLine)
        if found is None:
            yield Fault(start, end, "bytes follow the seal that are no signature")
        elif not is_signed(seal_line, found.signature):
            yield Fault(start, end, "the signature does not fit the seal")
        elif self._public_key not in (None, found.signature.public_key):
            yield Fault(start, end, "the package is signed with another key")
        elif self._file.read(1):
            yield Fault(end, end + 1, "bytes follow the signature")
        else:
            self._signed_by = found.signature.public_key


def _digests_of(line: bytes) -> list[str]:
    return list(msgspec.json.decode(line, type=SealLine).seal.values())


def _exact(line: bytes, kind: type[Line]) -> Line | None:
    """Read a line that must be exactly as we write it: a changed space is a change."""
    try:
        found = msgspec.json.decode(line, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return found if msgspec.json.encode(found) + b"\n" == line else None
