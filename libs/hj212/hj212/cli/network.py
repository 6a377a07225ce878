"""``simulate``, ``replay`` and ``conformance``: the verbs that open a connection."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import Final

from ..conformance.runner import Settings, run_all, table
from ..decoder import Decoder
from ..editions import Edition
from ..packet import Packet
from ..session_device import Identity
from .link import Link, monotonic
from .logger import Logger, say

DEFAULT_MN: Final = {
    Edition.HJT_2005: "88888880000001",
    Edition.SURFACE_WATER: "A110000_0001",
}
_DEFAULT_24: Final = "010000A8900016F000169DC0"


def identity_of(options: argparse.Namespace, edition: Edition) -> Identity:
    """Return the device the options describe."""
    mn = options.mn if options.mn is not None else DEFAULT_MN.get(edition, _DEFAULT_24)
    return Identity(mn, options.st, options.pw, edition, options.sm4_key if edition is Edition.HJ_2025 else None)


# --- simulate ---------------------------------------------------------------------------------------------------


def simulate(options: argparse.Namespace) -> int:
    """Play a data logger; 1 if a report was never acknowledged."""

    async def play() -> int:
        async with Link(*options.host) as link:
            logger = Logger(link, identity_of(options, Edition(options.edition)))
            await logger.run(options.interval, options.count)
            sys.stdout.write(f"acknowledged {logger.acknowledged}, unanswered {logger.unanswered}\n")
            return 1 if logger.unanswered else 0

    try:
        return asyncio.run(play())
    except KeyboardInterrupt:
        return 0


# --- replay -----------------------------------------------------------------------------------------------------


def replay(options: argparse.Namespace) -> int:
    """Send every frame of a capture, bytes as they are; prints the answers; 1 if the host closed early."""
    decoder = Decoder()
    decoder.receive_data(options.file.read_bytes())
    frames = [event.raw for event in decoder.flush() if isinstance(event, Packet)]
    # A text capture has lost its CR; on the wire every frame gets its terminator back.
    frames = [frame if frame.endswith(b"\r\n") else frame.rstrip(b"\r\n") + b"\r\n" for frame in frames]

    async def play() -> int:
        answers = 0
        async with Link(*options.host) as link:
            start = monotonic()
            for number, frame in enumerate(frames):
                await link.send(frame)
                pause = start + (number + 1) / options.rate - monotonic() if options.rate > 0 else 0.0
                answers += await _print_answers(link, pause)
            answers += await _print_answers(link, options.wait)
            sys.stdout.write(f"sent {len(frames)} frames, {answers} answers\n")
            return int(link.closed_by_peer)

    return asyncio.run(play())


async def _print_answers(link: Link, seconds: float) -> int:
    """Print what the host sends within `seconds`; returns how many packets."""
    end = monotonic() + seconds
    count = 0
    while (event := await link.event(end - monotonic())) is not None:
        if isinstance(event, Packet):
            count += 1
            say("<", event)
    return count


# --- conformance ------------------------------------------------------------------------------------------------


def conformance(options: argparse.Namespace) -> int:
    """Run the kit against a host and print its table; 1 if a case failed."""
    settings = Settings(options.host, {edition: identity_of(options, edition) for edition in Edition}, options.wait)
    results = asyncio.run(run_all(settings, options.only))
    sys.stdout.write(table(results))
    return 1 if any(result.verdict == "FAIL" for result in results) else 0
