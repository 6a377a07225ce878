"""Evidence: blocks chain, packages prove themselves, one changed byte anywhere is found and named."""

import io
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SM3, Hash
from hj212_gateway.domain.evidence_blocks import ORIGIN, Block, Direction, Entry, Hashes, open_payload, seal
from hj212_gateway.evidence_package import FORMAT, Manifest, Verdict, package, verify
from hj212_gateway.verify_command import verify_command

MANIFEST = Manifest(
    FORMAT, "2026-11-22T04:00:00+00:00", "MN1", "2026-11-22T00:00:00+08:00", "2026-11-23T00:00:00+08:00"
)


def entry(number: int, raw: bytes = b"##0006ABCDEF1C80\r\n") -> Entry:
    return Entry(Direction.RECEIVED, bytes(16), "10.0.0.1:4000", "MN1", 1_700_000_000_000_000 + number, "", raw)


def chain(gateway: str, blocks: int) -> list[Block]:
    sealed: list[Block] = []
    previous = Hashes(ORIGIN, ORIGIN)
    for number in range(1, blocks + 1):
        entries = [entry(number * 10 + k, random.Random(number * 10 + k).randbytes(60)) for k in range(5)]
        sealed.append(seal(entries, gateway=gateway, block=number, missing=0, previous=previous))
        previous = sealed[-1].hashes
    return sealed


async def packed(blocks: list[Block]) -> bytes:
    async def give() -> AsyncIterator[Block]:
        for block in blocks:
            yield block

    return b"".join([part async for part in package(MANIFEST, give())])


def judged(content: bytes) -> Verdict:
    return verify(io.BytesIO(content))


def test_sm3_is_that_of_the_standard() -> None:
    digest = Hash(SM3())
    digest.update(b"abc")  # GB/T 32905 appendix A.1
    assert digest.finalize().hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_a_block_gives_its_frames_back_byte_for_byte() -> None:
    entries = [entry(1), entry(2, b"\x00\xff##\r\n"), entry(3, b"")]
    block = seal(entries, gateway="g", block=1, missing=0, previous=Hashes(ORIGIN, ORIGIN))
    assert open_payload(block.payload) == entries


async def test_a_package_of_two_chains_is_whole() -> None:
    verdict = judged(await packed([*chain("g1", 3), *chain("g2", 2)]))
    assert verdict == Verdict(blocks=5, frames=25, missing=0, fault=None)


async def test_every_changed_byte_is_found_in_the_range_that_is_named() -> None:
    content = await packed(chain("g1", 3))
    for position in range(len(content)):
        changed = bytearray(content)
        changed[position] ^= 1 << (position % 8)
        fault = judged(bytes(changed)).fault
        assert fault is not None, position
        assert fault.start <= position < fault.end, (position, fault)


@pytest.mark.parametrize("cut", [0, 1, 150, -1, -40])
async def test_a_package_that_is_cut_is_found(cut: int) -> None:
    content = await packed(chain("g1", 2))
    assert judged(content[:cut]).fault is not None


async def test_bytes_after_the_seal_a_missing_block_and_a_swapped_block_are_found() -> None:
    blocks = chain("g1", 4)
    assert judged(await packed(blocks) + b"x").fault is not None
    for wrong in ([blocks[0], blocks[2]], [blocks[1], blocks[0]], [blocks[0], blocks[0]]):
        fault = judged(await packed(wrong)).fault
        assert fault is not None
        assert "does not follow" in fault.reason


async def test_the_command_says_what_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = await packed(chain("g1", 2))
    path = tmp_path / "package"
    path.write_bytes(content)
    assert verify_command([str(path)]) == 0
    middle = len(content) // 2
    path.write_bytes(content[:middle] + bytes([content[middle] ^ 4]) + content[middle + 1 :])
    assert verify_command([str(path)]) == 1
    assert "CHANGED in bytes" in capsys.readouterr().out
    assert verify_command([str(path) + ".none"]) == 2
