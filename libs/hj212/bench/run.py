"""Frames per second of CPU time on one core, our paths beside the naive yardstick. Nothing is asserted about time.

    python libs/hj212/bench/run.py [--corpus FILE ...] [--frames N] [--repeat N] [--json FILE]

Without --corpus a corpus is generated (bench/corpus.py). A corpus is a byte stream of frames, each ending in CR LF.
Before anything is timed, every frame is decoded by all paths and by the yardstick, and they must agree.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import corpus
import hj212
import naive
from hj212 import layouts
from hj212.crc import crc16
from hj212.data_area import groups_of, parse_items, readings_of
from hj212.speed import SPEED
from hj212.testing import cut, drain


def split(stream: bytes) -> list[bytes]:
    return [line + b"\r\n" for line in stream.split(b"\r\n") if line]


def verify(frames: list[bytes]) -> int:
    """Check that both readers and the yardstick see the same values; returns how many readings there are."""
    total = 0
    for frame in frames:
        packet = hj212.decode(frame)
        plain = parse_items(packet.cp_text)
        readings = packet.readings()
        if packet.cp != groups_of(plain.groups) or readings != readings_of(plain.groups):
            raise SystemExit(f"paths disagree on {frame!r}")
        if not same(packet, readings, naive.decode(frame)):
            raise SystemExit(f"yardstick disagrees on {frame!r}")
        total += len(readings)
    return total


def same(packet: hj212.Packet, readings: list[hj212.Reading], plain: dict[str, Any]) -> bool:
    """Whether the yardstick found the same header, the same number of values, and the same values and marks."""
    factors = plain["factors"]
    values = sum(1 for attributes in factors.values() for name in attributes if name not in ("Flag", "SampleTime"))
    header = {name: plain[name] for name in packet.fields}
    return header == packet.fields and values == len(readings) and all(_same(one, factors) for one in readings)


def _same(reading: hj212.Reading, factors: dict[str, dict[str, Any]]) -> bool:
    attributes = factors[reading.factor_code]
    value = reading.text if reading.number is None else float(reading.number)
    return bool(attributes[reading.attribute] == value and attributes.get("Flag") == reading.mark)


def best(work: Callable[[], object], repeat: int) -> float:
    times = []
    for _ in range(repeat):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def each(function: Callable[[bytes], object], frames: list[bytes]) -> Callable[[], None]:
    def work() -> None:
        for frame in frames:
            function(frame)

    return work


def streamed(stream: bytes, size: int) -> Callable[[], None]:
    pieces = cut(stream, size)

    def work() -> None:
        decoder = hj212.Decoder()
        for piece in pieces:
            decoder.receive_data(piece)
            drain(decoder)

    return work


def clear_readings(frame: bytes) -> object:
    packet = hj212.decode(frame)
    return readings_of(parse_items(packet.cp_text).groups)


def numbers(frame: bytes) -> list[object]:
    return [reading.number for reading in hj212.decode(frame).readings()]


def measure(stream: bytes, repeat: int) -> dict[str, Any]:
    """Return frames per second of every path over one corpus."""
    frames = split(stream)
    readings = verify(frames)
    sample = frames[: max(1, len(frames) // 10)]
    packets = [hj212.decode(frame) for frame in sample]
    drip = b"".join(frames[: max(1, len(frames) // 20)])
    drip_count = len(split(drip))
    works: list[tuple[str, int, Callable[[], object]]] = [
        ("yardstick: naive decode", len(sample), each(naive.decode, sample)),
        ("CRC alone", len(frames), each(lambda frame: crc16(frame[6:-6]), frames)),
        ("lazy packet (frame, CRC, header)", len(frames), each(hj212.decode, frames)),
        ("decode to readings", len(frames), each(lambda frame: hj212.decode(frame).readings(), frames)),
        ("decode to readings, exact numbers", len(frames), each(numbers, frames)),
        ("decode to cp (list of dicts)", len(frames), each(lambda frame: hj212.decode(frame).cp, frames)),
        ("decode to readings, clear CP reader", len(sample), each(clear_readings, sample)),
        ("encode (strict), packet", len(packets), lambda: [hj212.encode(p, allow=_LONG) for p in packets]),
        ("stream, reads of 1 byte", drip_count, streamed(drip, 1)),
        ("stream, reads of 64 bytes", len(frames), streamed(stream, 64)),
        ("stream, reads of 1460 bytes", len(frames), streamed(stream, 1460)),
        ("stream, reads of 64 KiB", len(frames), streamed(stream, 1 << 16)),
    ]
    rates = {name: count / best(work, repeat) for name, count, work in works}
    return {"frames": len(frames), "mean_bytes": len(stream) / len(frames), "readings": readings, "rates": rates}


_LONG = frozenset({hj212.Deviation.SEGMENT_TOO_LONG, hj212.Deviation.CP_TOO_LONG})


def show(name: str, result: dict[str, Any]) -> str:
    rates = result["rates"]
    unit = rates["yardstick: naive decode"]
    lines = [f"{name}: {result['frames']} frames, mean {result['mean_bytes']:.0f} bytes, {result['readings']} readings"]
    for what, rate in rates.items():
        lines.append(f"  {what:38} {rate:10.0f} frames/s  {1e6 / rate:8.2f} us  {rate / unit:6.1f} x")
    return "\n".join(lines)


def machine() -> str:
    names = [line for line in _cpuinfo() if line.startswith("model name")]
    cpu = names[0].split(":", 1)[1].strip() if names else platform.processor()
    python = f"Python {platform.python_version()}, {platform.machine()}"
    return f"{python}, {cpu}, {len(names) or '?'} cores, quick path {layouts.FAST}, accelerator {SPEED is not None}"


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, action="append", default=[])
    parser.add_argument("--frames", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    streams = {path.name: path.read_bytes() for path in options.corpus}
    streams = streams or {"generated": b"".join(corpus.frames(options.frames))}
    print(machine())
    results = {name: measure(stream, options.repeat) for name, stream in streams.items()}
    for name, result in results.items():
        print(show(name, result))
    if options.json:
        options.json.write_text(json.dumps({"machine": machine(), "results": results}, indent=1) + "\n")


if __name__ == "__main__":
    main()
