"""The command-line tool, in process: every verb on real input; the kit against a good host and against bad ones."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import hj212
import pytest
from hj212 import Edition, HostSession, NeedData, Peer, Send
from hj212.cli.arguments import endpoint, main
from hj212.cli.link import Link, monotonic, wall_time
from hj212.cli.lint import reports
from hj212.cli.logger import Logger
from hj212.conformance.cases import BENDS, Maker, all_cases
from hj212.conformance.runner import Result, Settings, run_all, table
from hj212.session import Action, QnSequence
from hj212.session_device import Identity
from hj212.testing import frame_of, load_vectors

VECTORS = load_vectors(Path(__file__).parent / "data" / "vectors.jsonl")
PRINTED = next(frame_of(vector) for vector in VECTORS if vector.get("crc_computed") == "1C80" and vector["strict_ok"])
IDENTITIES = {
    Edition.HJT_2005: Identity("88888880000001", "32", edition=Edition.HJT_2005),
    Edition.HJ_2017: Identity("010000A8900016F000169DC0", "32"),
    Edition.HJ_2025: Identity("010000A8900016F000169DC0", "32", edition=Edition.HJ_2025),
}


# --- a platform to talk to --------------------------------------------------------------------------------------

Answering = Callable[[hj212.Packet, list[Action]], list[bytes]]


def as_it_should(_packet: hj212.Packet, actions: list[Action]) -> list[bytes]:
    return [action.frame for action in actions if isinstance(action, Send)]


@dataclass
class Host:
    """A platform that answers with `answering`, and asks each device `asks` after its first packet."""

    answering: Answering = as_it_should
    asks: tuple[str, ...] = ()
    key: bytes | None = None
    packets: list[hj212.Packet] = field(default_factory=list)
    finished: list[hj212.Finished] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        decoder, session, asked = hj212.Decoder(key_for=lambda _mn: self.key), HostSession(), False
        try:
            while chunk := await reader.read(65536):
                decoder.receive_data(chunk)
                while not isinstance(event := decoder.next_packet(), NeedData):
                    if not isinstance(event, hj212.Packet):
                        continue
                    self.packets.append(event)
                    actions = session.receive(event, monotonic())
                    self.finished += [action for action in actions if isinstance(action, hj212.Finished)]
                    out = self.answering(event, actions)
                    if self.asks and not asked:
                        asked = True
                        peer = Peer(event.mn, event.st, edition=event.edition)
                        for cn in self.asks:
                            out += as_it_should(event, session.request(peer, cn, at=wall_time(), now=monotonic()))
                    writer.writelines(out)
                    await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def listening(host: Host) -> AsyncIterator[tuple[str, int]]:
    server = await asyncio.start_server(host.serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[:2]
    finally:
        server.close()
        await server.wait_closed()


def settings(where: tuple[str, int], wait_s: float = 5.0, silence_s: float = 0.05) -> Settings:
    return Settings(where, IDENTITIES, wait_s, silence_s)


# --- conformance ------------------------------------------------------------------------------------------------


async def test_kit_passes_a_host_made_of_this_library() -> None:
    async with listening(Host(asks=("1011", "2061"))) as where:
        results = await run_all(settings(where))
    assert [result for result in results if result.verdict == "FAIL"] == []
    passed = {(result.name.split()[0], result.edition) for result in results if result.verdict == "PASS"}
    for edition in (Edition.HJT_2005, Edition.HJ_2017, Edition.HJ_2025):
        assert {(cn, edition) for cn in ("2011", "2051", "2061", "2031", "1011")} <= passed
    text = table(results)
    assert "HJ 212-2017 C.14" in text
    assert text.rstrip().splitlines()[-1].startswith("passed ")


KEY = bytes(range(16))
WITH_KEY = IDENTITIES | {Edition.HJ_2025: replace(IDENTITIES[Edition.HJ_2025], key=KEY)}


async def test_kit_tries_encryption_when_it_has_a_key_and_finds_a_host_that_knows_none() -> None:
    for host_key, verdicts in ((KEY, {"PASS"}), (None, {"PASS", "FAIL"})):
        async with listening(Host(key=host_key)) as where:
            results = await run_all(Settings(where, WITH_KEY, 3, silence_s=0.05), "encrypted")
            results += await run_all(Settings(where, WITH_KEY, 3, silence_s=0.05), "under another key")
        assert {result.verdict for result in results} == verdicts
        assert len(results) == 4
    assert not any(
        "key" in case.name for case in all_cases(IDENTITIES, QnSequence(), wall_time()) if "1014" not in case.name
    )


def silent(_packet: hj212.Packet, _actions: list[Action]) -> list[bytes]:
    return []


def fixed_flag(packet: hj212.Packet, actions: list[Action]) -> list[bytes]:
    """The public servers' mistake: Flag=5 in every answer, in whatever edition."""
    fields = hj212.Fields("9014", "91", packet.mn, qn=packet.qn, flag=5)
    return [hj212.encode_unchecked(fields, Edition.HJ_2017) for action in actions if isinstance(action, Send)]


def without_qn(packet: hj212.Packet, actions: list[Action]) -> list[bytes]:
    fields = hj212.Fields("9014", "91", packet.mn, flag=4)
    return [hj212.encode_unchecked(fields, Edition.HJ_2017) for action in actions if isinstance(action, Send)]


def chatty(packet: hj212.Packet, _actions: list[Action]) -> list[bytes]:
    """Acknowledges everything, asked or not."""
    return [hj212.reply(packet, "9014")] if packet.qn else []


BAD_HOSTS = [
    (silent, "2011 Upload real-time", "no 9014 within"),
    (fixed_flag, "2011 Upload real-time", "Flag=5"),
    (without_qn, "2011 Upload real-time", "refers to QN None"),
    (chatty, "upload without ack bit", "where silence is due"),
    (chatty, "1013", "answered 9014 instead of 9013"),
]


@pytest.mark.parametrize(
    ("answering", "only", "complaint"), BAD_HOSTS, ids=lambda value: getattr(value, "__name__", None)
)
async def test_kit_fails_a_host_that_answers_wrongly(answering: Answering, only: str, complaint: str) -> None:
    async with listening(Host(answering)) as where:
        results: list[Result] = await run_all(settings(where, 2, silence_s=2), only)
    assert results
    failed = [result for result in results if result.edition is Edition.HJ_2017]
    assert [result.verdict for result in failed] == ["FAIL"] * len(failed)
    assert all(complaint in result.detail for result in failed)


MAD_ANSWERS = [
    b"",
    b"\x00\xff\r\n",
    b"####",
    b"##0999",
    b"##9999QN=1",
    b"##0012QN=1;CN=9014FFFF\r\n",
    PRINTED,
    PRINTED.replace(b"1C80", b"1C81"),
    b"#" * 100_000,
    b"##0016ST=91;CN=9014;;;;CAFE\r\n",
]


@pytest.mark.parametrize("mad", MAD_ANSWERS, ids=range(len(MAD_ANSWERS)))
async def test_kit_calls_a_mad_host_failed_and_never_breaks_itself(mad: bytes) -> None:
    async with listening(Host(lambda _packet, _actions: [mad])) as where:
        results = await run_all(settings(where, 0.1), "byte by byte")
    assert [result.verdict for result in results] == ["FAIL"] * 3
    assert all(result.detail for result in results)


async def test_kit_reports_a_host_that_hangs_up() -> None:
    async def slam(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(slam, "127.0.0.1", 0)
    async with server:
        results = await run_all(settings(server.sockets[0].getsockname()[:2], 0.2), "byte by byte")
    assert [result.verdict for result in results] == ["FAIL"] * 3


@pytest.mark.parametrize(("deviation", "bend"), BENDS, ids=[deviation.value for deviation, _ in BENDS])
def test_bent_frame_has_the_deviation_it_is_named_after(
    deviation: hj212.Deviation, bend: Callable[[bytes], bytes]
) -> None:
    maker = Maker(IDENTITIES[Edition.HJ_2017], QnSequence(), wall_time())
    packet = hj212.decode(bend(maker.frame(maker.fields())))
    assert deviation in packet.deviations
    with pytest.raises(hj212.RemoteProtocolError):
        hj212.decode(packet.raw, profile=hj212.STRICT)


def test_cases_have_unique_names_within_their_edition() -> None:
    cases = all_cases(IDENTITIES, QnSequence(), wall_time())
    assert len({(case.name, case.edition) for case in cases}) == len(cases)


# --- simulate and replay ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("edition", [Edition.HJT_2005, Edition.HJ_2017, Edition.HJ_2025], ids=lambda e: e.value)
async def test_simulated_logger_reports_and_answers_requests(edition: Edition) -> None:
    host = Host(asks=("1011",))
    async with listening(host) as where, Link(*where) as link:
        logger = Logger(link, IDENTITIES[edition])
        await asyncio.wait_for(logger.run(0.05, 6), 60)
    assert logger.acknowledged == 6
    reports_seen = [packet for packet in host.packets if packet.cn == "2011"]
    assert len(reports_seen) == 6
    assert all(packet.edition is edition and len(packet.readings()) == 5 for packet in reports_seen)
    assert [end.outcome.value for end in host.finished] == ["success"]


async def test_replay_sends_every_frame_of_a_log_file(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    text = b"\n".join(b"2026-03-01 08:58:57 [info] recv " + PRINTED.rstrip() for _ in range(5))
    log.write_bytes(text)
    host = Host()
    async with listening(host) as (name, port):
        status = await asyncio.to_thread(main, ["replay", str(log), f"{name}:{port}", "--wait", "2"])
    assert status == 0
    assert [packet.raw for packet in host.packets] == [PRINTED] * 5


async def test_simulate_verb_ends_after_its_count(capsys: pytest.CaptureFixture[str]) -> None:
    async with listening(Host()) as (name, port):
        arguments = ["simulate", f"{name}:{port}", "--count", "2", "--interval", "0.05"]
        assert await asyncio.to_thread(main, arguments) == 0
    assert "acknowledged 2, unanswered 0" in capsys.readouterr().out


async def test_conformance_verb_prints_the_table_and_fails_for_a_bad_host(capsys: pytest.CaptureFixture[str]) -> None:
    for answering, status in ((as_it_should, 0), (silent, 1)):
        async with listening(Host(answering)) as (name, port):
            arguments = ["conformance", f"{name}:{port}", "--only", "heartbeat", "--wait", "0.2"]
            arguments[3] = "Heartbeat"
            assert await asyncio.to_thread(main, arguments) == status
        assert "HJ 212-2025 C.54" in capsys.readouterr().out


def test_unreachable_host_is_said_and_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "127.0.0.1:1", "--count", "1"]) == 2
    assert "hj212 simulate:" in capsys.readouterr().err


# --- decode, encode, lookup -------------------------------------------------------------------------------------


def test_decode_prints_json_that_encode_turns_into_the_same_frames(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    strict = [frame_of(v) for v in VECTORS if v["strict_ok"] and not v["deviations"] and v["kind"] == "upload"]
    frames = [frame for frame in strict if not hj212.decode(frame).deviations and hj212.decode(frame).edition == "2017"]
    source = tmp_path / "frames.bin"
    source.write_bytes(b"".join(frames))
    assert main(["decode", str(source)]) == 0
    lines = capsysbinary.readouterr().out
    assert len(lines.splitlines()) == len(frames) > 5
    again = tmp_path / "frames.jsonl"
    again.write_bytes(lines)
    assert main(["encode", str(again)]) == 0
    assert capsysbinary.readouterr().out == b"".join(frames)


def test_decode_shows_refused_bytes_and_exits_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "bad.bin"
    source.write_bytes(PRINTED.replace(b"1C80", b"1C81") + PRINTED)
    assert main(["decode", str(source)]) == 1
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first["rejected"] == "crc_mismatch"
    assert second["CN"] == "1062"


@pytest.mark.parametrize(
    "line",
    ["[]", "{", '{"CN": 5}', '{"CN": "2011", "ST": "32", "cp": 7}', '{"edition": "1999"}', '{"CN": "2011", "cp": [3]}'],
)
def test_encode_says_which_line_is_wrong(line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "bad.jsonl"
    source.write_text("\n" + line)
    assert main(["encode", str(source)]) == 1
    assert "line 2:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("w01018", ["化学需氧量", "2005 code 011", "format N5.1"]),
        ("011", ["2017 code w01018"]),
        ("化学需氧量", ["w01018"]),
        ("9015", ["Heartbeat", "editions 2025"]),
        ("i12001", ["Working status", "0=run"]),
        ("Td", ["fault of a key condition parameter"]),
        ("e70104", ["e701xx"]),
    ],
)
def test_lookup_explains_a_code_or_finds_a_name(
    text: str, wanted: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lookup", text]) == 0
    out = capsys.readouterr().out
    assert all(piece in out for piece in wanted)


def test_lookup_of_nothing_known_exits_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lookup", "zz99999"]) == 1
    assert "in no table" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["nohost", ":9", "host:", "host:0", "host:70000", "host:x"])
def test_endpoint_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Exception, match="is not HOST:PORT"):
        endpoint(text)
    assert endpoint("[::1]:9000") == ("::1", 9000)


# --- lint -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", [v for v in VECTORS if v["raw"]], ids=lambda vector: vector["id"])
def test_lint_says_something_about_every_vector_and_only_clean_ones_are_clean(vector: dict[str, str]) -> None:
    data = str(vector["raw"]).encode(vector.get("encoding") or "utf-8")
    found = list(reports(data, hj212.LENIENT))
    for offset, report in found:
        assert data[offset : offset + len(report.raw)] == report.raw
        for finding in report.findings:
            assert -1 <= finding.start <= finding.end <= len(report.raw) or finding.start == -1
    loud = any(finding.level != "note" for _, report in found for finding in report.findings)
    try:
        hj212.decode(data, profile=hj212.STRICT)
    except hj212.RemoteProtocolError:
        if b"##" in data and vector["kind"] not in ("stream", "reassembly"):
            # A file with bare line feeds is taken for a text capture.
            assert loud or (b"\r" not in data and data.endswith(b"\n"))
    else:
        assert not loud


def test_lint_points_at_the_place_names_the_clause_and_the_profile_that_takes_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vector = next(v for v in VECTORS if v.get("crc_matches", "").startswith("CRC-16/MODBUS, high"))
    source = tmp_path / "capture.log"
    source.write_bytes(b"08:58:57 <- " + PRINTED + b"08:58:58 <- " + frame_of(vector))
    assert main(["lint", str(source)]) == 1
    out = capsys.readouterr().out.splitlines()
    assert out[0].endswith("clean")
    assert any("crc_mismatch" in line and "modbus-hi value" in line for line in out)
    assert any("taken by profile modbus-hi" in line for line in out)
    pointer = next(at for at, line in enumerate(out) if line.strip() and set(line.strip()) == {"^"})
    column = out[pointer].index("^")
    declared = frame_of(vector).rstrip()[-4:].decode()
    assert out[pointer - 1][column : column + 4] == declared


def test_lint_reads_standard_input_and_exits_0_for_clean_frames() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hj212", "lint"], input=PRINTED, capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 0
    assert b"1 frames, 0 errors, 0 warnings" in done.stdout


def test_lint_of_a_text_capture_does_not_judge_its_line_ends() -> None:
    text = PRINTED.replace(b"\r\n", b"\n")
    ((_, report),) = reports(text, hj212.LENIENT)
    assert report.findings == []


def test_lint_of_input_without_frames_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "empty.log"
    source.write_text("nothing here\n")
    assert main(["lint", str(source)]) == 1
    assert "no frame found" in capsys.readouterr().err


def test_decode_reads_standard_input_in_pieces(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Input:
        buffer = io.BufferedReader(io.BytesIO(PRINTED * 3))

    monkeypatch.setattr(sys, "stdin", Input())
    assert main(["decode"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3
