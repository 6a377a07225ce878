"""Old evidence goes in whole blocks, into signed packages; what is left still proves itself from the anchor on."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hj212_gateway import evidence_store, retention_store
from hj212_gateway.app import build
from hj212_gateway.domain.chain_check import ChainCheck
from hj212_gateway.domain.evidence_blocks import ORIGIN, Block, Direction, Entry, Hashes, seal
from hj212_gateway.domain.evidence_signature import Signer, is_signed
from hj212_gateway.evidence_package import FORMAT, Manifest, package, verify
from hj212_gateway.evidence_retention import EvidenceRetention
from hj212_gateway.settings import Settings
from hj212_gateway.verify_command import verify_command
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.testing import TEST_SECRET, asgi_client, service_database, token
from pydantic import SecretStr

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)


def pem(key: Any) -> bytes:
    return bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


KEY = Ed25519PrivateKey.generate()
SIGNER = Signer(pem(KEY))


def chain(gateway: str, ages: list[timedelta]) -> list[Block]:
    """Return a chain whose blocks are so old."""
    sealed: list[Block] = []
    previous = Hashes(ORIGIN, ORIGIN)
    for number, age in enumerate(ages, start=1):
        at = (now() - age - _EPOCH) // timedelta(microseconds=1)
        entries = [
            Entry(Direction.RECEIVED, bytes(16), "10.0.0.1:1", "MN1", at + k, "", b"##x%d" % k) for k in range(3)
        ]
        sealed.append(seal(entries, gateway=gateway, block=number, missing=0, previous=previous))
        previous = sealed[-1].hashes
    return sealed


async def packed(blocks: list[Block], signer: Signer | None) -> bytes:
    async def give() -> AsyncIterator[Block]:
        for block in blocks:
            yield block

    manifest = Manifest(FORMAT, "2026-11-22T04:00:00+00:00", "MN1", "a", "b")
    return b"".join([part async for part in package(manifest, give(), signer)])


async def test_a_signed_package_names_its_key_and_every_changed_byte_is_found() -> None:
    content = await packed(chain("g", [_DAY]), SIGNER)
    assert verify(BytesIO(content)).signed_by == SIGNER.public_key
    assert verify(BytesIO(content), public_key=SIGNER.public_key).fault is None
    for position in range(len(content)):
        changed = bytearray(content)
        changed[position] ^= 1 << (position % 8)
        fault = verify(BytesIO(bytes(changed))).fault
        assert fault is not None, position
        assert fault.start <= position < fault.end, (position, fault)


async def test_a_package_without_the_right_signature_is_refused_when_a_key_is_asked_for() -> None:
    other = Signer(pem(Ed25519PrivateKey.generate()))
    blocks = chain("g", [_DAY])
    for signer, reason in ((None, "not signed"), (other, "another key")):
        fault = verify(BytesIO(await packed(blocks, signer)), public_key=SIGNER.public_key).fault
        assert fault is not None
        assert reason in fault.reason
    fault = verify(BytesIO(await packed(blocks, SIGNER) + b"x")).fault
    assert fault is not None
    assert "follow the signature" in fault.reason


def test_only_an_ed25519_key_signs() -> None:
    with pytest.raises(ValueError, match="Ed25519"):
        Signer(pem(generate_private_key(SECP256R1())))
    signature = SIGNER.sign(b"content")
    assert is_signed(b"content", signature)
    assert not is_signed(b"Content", signature)
    assert not is_signed(b"content", type(signature)("sm2", signature.public_key, signature.value))
    assert not is_signed(b"content", type(signature)("ed25519", signature.public_key.upper(), signature.value))


async def test_the_command_compares_the_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "package").write_bytes(await packed(chain("g", [_DAY]), SIGNER))
    public = tmp_path / "public.pem"
    public.write_bytes(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    assert verify_command(["--key", str(public), str(tmp_path / "package")]) == 0
    assert SIGNER.public_key in capsys.readouterr().out
    (tmp_path / "unsigned").write_bytes(await packed(chain("g", [_DAY]), None))
    assert verify_command([str(tmp_path / "unsigned")]) == 0
    assert "not signed" in capsys.readouterr().out
    assert verify_command(["--key", str(public), str(tmp_path / "unsigned")]) == 1
    assert verify_command(["--key", str(tmp_path / "package"), str(tmp_path / "package")]) == 2


def test_a_chain_that_lacks_a_block_or_holds_a_changed_one_is_found() -> None:
    blocks = chain("g", [_DAY] * 4)
    whole = ChainCheck(None)
    assert [whole.follow(block) for block in blocks] == [None] * 4
    assert (whole.blocks, whole.frames) == (4, 12)
    assert ChainCheck((2, blocks[1].hashes)).follow(blocks[2]) is None
    missing = ChainCheck((1, blocks[0].hashes)).follow(blocks[2])
    assert missing is not None
    assert (missing.block, "missing" in missing.reason) == (2, True)
    elsewhere = ChainCheck((2, blocks[0].hashes)).follow(blocks[2])
    assert elsewhere is not None
    assert "does not follow" in elsewhere.reason
    changed = ChainCheck(None).follow(blocks[0]._replace(payload=blocks[0].payload + b"x"))
    assert changed is not None
    assert "differ" in changed.reason


# --- on a real database --------------------------------------------------------------------------------------------


async def _written(database: Database, blocks: list[Block]) -> None:
    async with database.transaction() as tx:
        for block in blocks:
            await evidence_store.insert_block(tx, block, ["MN1"])


@pytest.mark.integration
async def test_old_blocks_go_into_a_signed_package_and_the_rest_is_checked_from_the_anchor(
    postgres_url: str, tmp_path: Path
) -> None:
    async with service_database(postgres_url, "hj212_gateway") as database:
        await _written(database, chain("g1", [9 * _DAY, 8 * _DAY, 2 * _DAY, _DAY]))
        await _written(database, chain("retired", [9 * _DAY, 8 * _DAY]))
        await _written(database, chain("young", [_DAY]))
        retention = EvidenceRetention(database, kept_for=5 * _DAY, folder=tmp_path, signer=SIGNER)
        assert await retention.drop_some() == 4
        assert await retention.drop_some() == 0
        async with database.reading() as connection:
            chains = {row["gateway"]: row for row in await retention_store.chains(connection)}
            assert (chains["g1"]["first_block"], chains["g1"]["anchor_block"], chains["g1"]["dropped_frames"]) == (
                3,
                2,
                6,
            )
            assert (chains["retired"]["first_block"], chains["retired"]["anchor_block"]) == (None, 2)
            assert chains["young"]["anchor_block"] is None
            head = await evidence_store.head(connection, "retired")
            assert head is not None
            assert head[0] == 2, "a gateway that comes back goes on with its chain"
        for name in ("evidence-g1-1-2.park-evidence", "evidence-retired-1-2.park-evidence"):
            verdict = verify(BytesIO((tmp_path / name).read_bytes()), public_key=SIGNER.public_key)
            assert (verdict.fault, verdict.blocks, verdict.frames) == (None, 2, 6)
        assert sorted(path.suffix for path in tmp_path.iterdir()) == [".park-evidence"] * 2
        await _check_over_http(database)


async def _check_over_http(database: Database) -> None:
    settings = Settings(
        database_url=SecretStr(database.url), kafka_bootstrap_servers="localhost:1", auth_secret=SecretStr(TEST_SECRET)
    )
    chassis = build(settings)
    chassis.database._pool = database.pool
    async with asgi_client(chassis, token("device:read")) as client:
        assert (await client.get("/evidence/chains/g1/check")).json() == {"blocks": 2, "frames": 6, "fault": None}
        listed = (await client.get("/evidence/chains")).json()["items"]
        assert {item["gateway"]: (item["anchor"] or {}).get("block") for item in listed} == {
            "g1": 2,
            "retired": 2,
            "young": None,
        }
        async with database.transaction() as tx:
            await tx.execute(
                "update evidence_blocks set payload = payload || '\\x00'::bytea where gateway = 'g1' and block = 4"
            )
        assert (await client.get("/evidence/chains/g1/check")).json()["fault"]["block"] == 4
        async with database.transaction() as tx:
            await tx.execute("delete from evidence_blocks where gateway = 'g1' and block = 3")
        assert (await client.get("/evidence/chains/g1/check")).json()["fault"]["block"] == 3
        assert (await client.get("/evidence/chains/none/check")).status_code == 404


@pytest.mark.integration
async def test_without_a_retention_nothing_goes(postgres_url: str) -> None:
    async with service_database(postgres_url, "hj212_gateway") as database:
        await _written(database, chain("g1", [900 * _DAY]))
        retention = EvidenceRetention(database, kept_for=timedelta(0), folder=None, signer=None)
        assert await retention.drop_some() == 0
