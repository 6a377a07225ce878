"""A realistic corpus of frames: many stations, three editions, the mix of a provincial platform.

    python libs/hj212/bench/corpus.py --frames 20000 --out /tmp/corpus.bin

Seven in ten frames are real-time reports of fifteen factors; the rest are ten-minute, hour and day statistics,
facility status, and heartbeats. Deterministic for a seed; frames are written as one stream with CR LF ends.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from hj212 import Edition, Fields, encode_unchecked

# (code, middle value, digits); 2005 stations use the code of the older table.
WATER = (
    ("w01018", 35.0, 1), ("w21003", 0.6, 2), ("w21011", 0.08, 3), ("w21001", 8.0, 2), ("w01001", 7.2, 2),
    ("w01010", 18.0, 1), ("w00000", 12.0, 2), ("w01003", 3.0, 1), ("w01009", 6.0, 1), ("w01014", 400.0, 1),
    ("w01019", 3.5, 1), ("w20122", 0.05, 3), ("w20123", 0.05, 3), ("w20121", 0.02, 3), ("w21016", 0.004, 3),
)  # fmt: skip
GAS = (
    ("a21026", 20.0, 2), ("a21002", 40.0, 2), ("a34013", 6.0, 2), ("a19001", 7.0, 2), ("a01011", 9.0, 2),
    ("a01012", 130.0, 1), ("a01013", -120.0, 2), ("a01014", 9.0, 2), ("a00000", 90.0, 1), ("a21005", 30.0, 2),
    ("a24088", 1.2, 3), ("a05001", 9.0, 2), ("a20057", 0.01, 4), ("a21003", 25.0, 2), ("a21004", 12.0, 2),
)  # fmt: skip
LEGACY = ("011", "060", "101", "065", "001", "002", "B01", "003", "020", "021", "022", "023", "026", "027", "028")
MIX = (("2011", 70), ("2051", 16), ("2061", 4), ("2031", 1), ("2021", 3), ("9015", 6))
CONVERTED = frozenset({"a21026", "a21002", "a34013"})


@dataclass(frozen=True)
class Station:
    """One outlet: identity and factors."""

    mn: str
    st: str
    edition: Edition
    factors: tuple[tuple[str, float, int], ...]


def stations(rng: random.Random, count: int) -> list[Station]:
    """Return outlets of all editions: half 2017, three in ten 2025, a fifth 2005."""
    found = []
    for number in range(count):
        edition = rng.choices([Edition.HJ_2017, Edition.HJ_2025, Edition.HJT_2005], [50, 30, 20])[0]
        factors: tuple[tuple[str, float, int], ...]
        st, factors = rng.choice([("32", WATER), ("31", GAS)])
        if edition is Edition.HJT_2005:
            st = "32"
            factors = tuple((code, row[1], row[2]) for code, row in zip(LEGACY, WATER, strict=True))
        mn = f"888888{number:08d}" if edition is Edition.HJT_2005 else f"{rng.getrandbits(96):024X}"
        found.append(Station(mn, st, edition, factors))
    return found


def report(rng: random.Random, station: Station, cn: str, at: datetime) -> list[dict[str, str]]:
    """Return the CP of one report."""
    if cn == "9015":
        return []
    items = [{"DataTime": at.strftime("%Y%m%d%H%M%S")}]
    if cn == "2021":
        return items + [{f"SB{number}-RS": str(rng.randrange(2))} for number in range(1, 9)]
    for code, middle, digits in station.factors:

        def value(scale: float = 1.0, middle: float = middle, digits: int = digits) -> str:
            return f"{middle * scale * rng.uniform(0.7, 1.3):.{digits}f}"

        if cn == "2011":
            item = {f"{code}-Rtd": value()}
            if code in CONVERTED:
                item[f"{code}-ZsRtd"] = value(1.1)
        else:
            item = {
                f"{code}-Cou": value(600),
                f"{code}-Min": value(0.8),
                f"{code}-Avg": value(),
                f"{code}-Max": value(1.3),
            }
        if station.edition is not Edition.HJT_2005 or cn == "2011":
            item[f"{code}-Flag"] = rng.choice("NNNNNNNNNNNNTDMC")
        items.append(item)
    return items


def frames(count: int, seed: int = 212, outlets: int = 1000) -> Iterator[bytes]:
    """Yield `count` frames."""
    rng = random.Random(seed)
    places = stations(rng, outlets)
    at = datetime(2026, 3, 1)  # noqa: DTZ001 - naive wall time, as on the wire
    names, weights = zip(*MIX, strict=True)
    for _ in range(count):
        at += timedelta(milliseconds=rng.randrange(1, 40))
        station = rng.choice(places)
        cn = rng.choices(names, weights)[0]
        if cn == "9015" and station.edition is not Edition.HJ_2025:
            cn = "2011"
        bits = {Edition.HJT_2005: 0, Edition.HJ_2017: 4, Edition.HJ_2025: 8}[station.edition]
        fields = Fields(
            cn=cn,
            st=station.st,
            mn=station.mn,
            cp=report(rng, station, cn, at),
            qn=at.strftime("%Y%m%d%H%M%S") + f"{at.microsecond // 1000:03d}",
            flag=bits | 1,
        )
        yield encode_unchecked(fields, station.edition)


def main() -> None:
    """Write a corpus."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=212)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.write_bytes(b"".join(frames(options.frames, options.seed)))


if __name__ == "__main__":
    main()
