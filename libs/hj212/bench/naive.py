"""The yardstick: a decoder as it is commonly written. Bit-by-bit CRC, str.split, a dict per factor, float numbers."""

from __future__ import annotations

from typing import Any


def crc(data: bytes) -> int:
    register = 0xFFFF
    for byte in data:
        register = (register >> 8) ^ byte
        for _ in range(8):
            if register & 1:
                register = (register >> 1) ^ 0xA001
            else:
                register >>= 1
    return register


def decode(frame: bytes) -> dict[str, Any]:
    text = frame.decode("utf-8")
    if not text.startswith("##"):
        raise ValueError("no head")
    length = int(text[2:6])
    segment = text[6 : 6 + length]
    if crc(segment.encode("utf-8")) != int(text[6 + length : 10 + length], 16):
        raise ValueError("wrong CRC")
    head, _, content = segment.partition("CP=&&")
    packet: dict[str, Any] = {}
    for part in head.split(";"):
        if "=" in part:
            name, value = part.split("=", 1)
            packet[name] = value
    factors: dict[str, dict[str, Any]] = {}
    for item in content[:-2].split(";"):
        for pair in item.split(","):
            if "=" not in pair:
                continue
            key, value = pair.split("=", 1)
            if "-" in key:
                code, attribute = key.split("-", 1)
                parsed: Any = value
                if attribute not in ("Flag", "SampleTime", "SN"):
                    try:
                        parsed = float(value)
                    except ValueError:
                        parsed = value
                factors.setdefault(code, {})[attribute] = parsed
            else:
                packet[key] = value
    packet["factors"] = factors
    return packet
