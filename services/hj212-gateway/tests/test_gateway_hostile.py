"""Hostile and odd clients against a real gateway: others stay well, everything is counted; evidence, TLS, balancer."""

import asyncio
import io
import socket
import ssl
import struct
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hj212 import Edition, Fields, encode
from hj212_gateway.domain.proxy_protocol import SIGNATURE
from hj212_gateway.evidence_package import verify
from park_chassis.testing import eventually, free_port, token
from park_schemas.registry import DeviceRecord

if TYPE_CHECKING:
    from conftest import Field, GatewayOn

pytestmark = pytest.mark.integration


def realtime(device: DeviceRecord, number: int, *, mn: str | None = None) -> bytes:
    clock = f"2026112212{number // 60 % 60:02d}{number % 60:02d}"
    cp = [{"DataTime": clock}, {"w01018-Rtd": "1", "w01018-Flag": "N"}]
    qn = f"{clock}{number % 1000:03d}"
    fields = Fields(qn=qn, st="32", cn="2011", pw=device.password, mn=mn or device.mn, flag=5, cp=cp)
    return encode(fields, edition=Edition.HJ_2017)


async def metric(gateway: "Field", name: str) -> float:
    async with gateway.service.client(token("device:read")) as client:
        lines = (await client.get("/metrics")).text.splitlines()
    return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(name)), 0.0)


async def test_noise_endless_lengths_drip_and_a_flood_of_strangers_cost_others_nothing(
    gateway: "Field", device: DeviceRecord
) -> None:
    await gateway.register(device)
    good = await gateway.logger()
    drip = await gateway.logger()
    bad = [await gateway.logger() for _ in range(3)]
    bad[2].send(b"".join(realtime(device, n, mn=f"{n:024X}") for n in range(3000)))

    async def listed_up_to_the_limit() -> bool:
        async with gateway.service.client(token("device:read")) as client:
            items = (await client.get("/unknown-devices", params={"limit": 500})).json()["items"]
        assert len(items) < 200
        return bool(items)

    await eventually(listed_up_to_the_limit)
    bad[0].send(bytes(range(256)) * 4000)
    bad[1].send(b"##9999" + b"A" * 300_000)
    for number, byte in enumerate(realtime(device, 100)):
        drip.send(bytes([byte]))
        if number % 8 == 0:
            good.send(realtime(device, number))
            assert (await good.answer()).cn == "9014"
    assert (await drip.answer()).cn == "9014"

    async def all_counted() -> bool:
        rejected = 'park_gateway_frames_rejected_total{reason="%s"}'
        over_limit = await metric(gateway, rejected % "source-over-limit")
        return await metric(gateway, rejected % "unknown-mn") == 3000 and over_limit > 1000

    await eventually(all_counted)
    for logger in (*bad, drip, good):
        await logger.close()


async def test_a_client_that_does_not_read_its_answers_is_not_read_any_more(
    gateway: "Field", device: DeviceRecord
) -> None:
    await gateway.register(device)
    loop = asyncio.get_running_loop()
    frames = b"".join(realtime(device, n) for n in range(500))
    with socket.socket() as rude:
        rude.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        rude.setblocking(False)
        await loop.sock_connect(rude, ("127.0.0.1", gateway.hj212_port))
        sent = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(8):
                while sent < 60_000_000:
                    await loop.sock_sendall(rude, frames)
                    sent += len(frames)
        assert sent < 60_000_000
        good = await gateway.logger()
        good.send(realtime(device, 1))
        assert (await good.answer(within_s=120)).cn == "9014"
        await good.close()


async def test_frames_are_evidence_and_their_sealed_package_proves_itself(
    gateway: "Field", device: DeviceRecord
) -> None:
    await gateway.register(device)
    logger = await gateway.logger()
    frames = [realtime(device, n) for n in range(30)]
    logger.send(b"".join(frames))
    answers = [(await logger.answer()).raw for _ in frames]
    now = datetime.now(UTC)
    span = {
        "mn": device.mn,
        "from": (now - timedelta(hours=1)).isoformat(),
        "to": (now + timedelta(hours=1)).isoformat(),
    }
    found: list[dict[str, Any]] = []
    async with gateway.service.client(token("device:read")) as client:

        async def written() -> bool:
            found.clear()
            cursor: str | None = ""
            while cursor is not None:
                more = {"limit": "7"} | ({"cursor": cursor} if cursor else {})
                answer = (await client.get("/evidence/frames", params=span | more)).json()
                found.extend(answer["items"])
                cursor = answer["next_cursor"]
            return len(found) >= 60

        await eventually(written)
        sealed = await client.get("/evidence/package", params=span)
        nothing = await client.get("/evidence/package", params=span | {"mn": "nobody"})
        backwards = await client.get("/evidence/frames", params=span | {"to": span["from"]})
    assert [bytes.fromhex(item["raw_hex"]) for item in found if item["direction"] == "received"] == frames
    assert [bytes.fromhex(item["raw_hex"]) for item in found if item["direction"] == "sent"] == answers
    verdict = verify(io.BytesIO(sealed.content))
    assert verdict.fault is None
    assert verdict.frames >= 60
    middle = len(sealed.content) // 2
    changed = sealed.content[:middle] + bytes([sealed.content[middle] ^ 1]) + sealed.content[middle + 1 :]
    assert verify(io.BytesIO(changed)).fault is not None
    assert (nothing.status_code, backwards.status_code) == (404, 422)
    await logger.close()


async def test_tls_balancer_and_networks(
    gateway_on: "GatewayOn", kafka_bootstrap: str, device: DeviceRecord, tmp_path: Path
) -> None:
    port = free_port()
    certificate, key = _certificate(tmp_path)
    env = {
        "PARK_HJ212_TLS_PORT": str(port),
        "PARK_HJ212_TLS_CERTIFICATE": str(certificate),
        "PARK_HJ212_TLS_KEY": str(key),
        "PARK_PROXY_NETWORKS": '["127.0.0.1/32"]',
        "PARK_ALLOWED_NETWORKS": '["192.0.2.0/24"]',
    }
    async with gateway_on(kafka_bootstrap, **env) as gateway:
        await gateway.register(device)
        inside = await gateway.logger()
        inside.send(_proxy_header("192.0.2.7") + realtime(device, 1))
        assert (await inside.answer()).cn == "9014"
        for first in (_proxy_header("198.51.100.7"), b""):
            outside = await gateway.logger()
            outside.send(first + realtime(device, 2))
            with pytest.raises(ConnectionError):
                await outside.answer()
            outside.writer.close()
        await inside.close()
        (event, *_) = await gateway.events("telemetry.sessions.v1", device.mn, 1)
        assert event.body.peer.startswith("192.0.2.7:")
    env.pop("PARK_PROXY_NETWORKS")
    env["PARK_ALLOWED_NETWORKS"] = '["127.0.0.0/8"]'
    async with gateway_on(kafka_bootstrap, **env) as gateway:
        await gateway.register(device)
        trust = ssl.create_default_context(cafile=str(certificate))
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trust, server_hostname="gateway.test")
        writer.write(realtime(device, 3))
        assert b"CN=9014" in await asyncio.wait_for(reader.readuntil(b"\r\n"), 60)
        writer.close()
        with suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()


def _proxy_header(address: str) -> bytes:
    addresses = socket.inet_aton(address) + bytes(4) + struct.pack("!HH", 4321, 9212)
    return SIGNATURE + struct.pack("!BBH", 0x21, 0x11, len(addresses)) + addresses


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "gateway.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("gateway.test")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
    return folder / "certificate.pem", folder / "key.pem"
