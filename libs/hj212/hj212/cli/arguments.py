"""Arguments of the tool, and which verb serves them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from ..editions import Edition
from ..errors import Hj212Error
from ..profiles import PROFILES
from . import codec, lint, lookup, network

Verb = Callable[[argparse.Namespace], int]

_EDITIONS: Final = [edition.value for edition in Edition if edition is not Edition.UNKNOWN]


def endpoint(text: str) -> tuple[str, int]:
    """Read HOST:PORT (``[::1]:9000`` for IPv6)."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT")
    return host.strip("[]"), int(port)


def key(text: str) -> tuple[str, bytes]:
    """Read MN=HEX, a device's SM4 key."""
    mn, _, digits = text.partition("=")
    value = _key_of(digits)
    if value is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not MN=32 hex digits")
    return mn, value


def own_key(text: str) -> bytes:
    """Read the SM4 key of the device that is played: 32 hex digits."""
    value = _key_of(text)
    if value is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not 32 hex digits")
    return value


def _key_of(digits: str) -> bytes | None:
    try:
        value = bytes.fromhex(digits)
    except ValueError:
        return None
    return value if len(value) == 16 else None


def _source(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=Path, help="capture or stream (default: standard input)")
    parser.add_argument("--profile", choices=sorted(PROFILES), default="lenient")
    parser.add_argument("--key", action="append", type=key, default=[], metavar="MN=HEX", help="SM4 key of a device")


def _device(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("host", type=endpoint, metavar="HOST:PORT")
    parser.add_argument("--mn", default=None, help="device identity (default: one of the edition's form)")
    parser.add_argument("--pw", default="123456")
    parser.add_argument("--st", default="32")
    parser.add_argument(
        "--sm4-key", type=own_key, default=None, metavar="HEX", help="key of a 2025 device: it encrypts"
    )


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole tool."""
    top = argparse.ArgumentParser(prog="python -m hj212", description="HJ 212 frames, both ends.")
    verbs = top.add_subparsers(dest="verb", required=True)

    decode = verbs.add_parser("decode", help="frames to JSON lines")
    _source(decode)
    decode.set_defaults(run=codec.decode)

    encode = verbs.add_parser("encode", help="JSON lines to frames, strictly")
    encode.add_argument("file", nargs="?", type=Path, help="JSON lines (default: standard input)")
    encode.add_argument("--edition", choices=_EDITIONS, default=Edition.HJ_2017.value)
    encode.set_defaults(run=codec.encode)

    check = verbs.add_parser("lint", help="explain what is wrong with frames")
    _source(check)
    check.set_defaults(run=lint.run)

    find = verbs.add_parser("lookup", help="explain a factor, command, mark, ST or information code, or find a name")
    find.add_argument("text")
    find.set_defaults(run=lookup.run)

    simulate = verbs.add_parser("simulate", help="play a data logger against a host")
    _device(simulate)
    simulate.add_argument("--edition", choices=_EDITIONS, default=Edition.HJ_2017.value)
    simulate.add_argument("--interval", type=float, default=30.0, metavar="S", help="seconds between reports")
    simulate.add_argument("--count", type=int, default=0, help="reports to send (default: until interrupted)")
    simulate.set_defaults(run=network.simulate)

    replay = verbs.add_parser("replay", help="send the frames of a capture to a host")
    replay.add_argument("file", type=Path)
    replay.add_argument("host", type=endpoint, metavar="HOST:PORT")
    replay.add_argument("--rate", type=float, default=0.0, metavar="N", help="frames a second (default: no limit)")
    replay.add_argument("--wait", type=float, default=2.0, metavar="S", help="seconds to wait for the last answers")
    replay.set_defaults(run=network.replay)

    kit = verbs.add_parser("conformance", help="try a host (platform) through every dialogue")
    _device(kit)
    kit.add_argument("--wait", type=float, default=3.0, metavar="S", help="seconds to wait for an answer")
    kit.add_argument("--only", default="", metavar="TEXT", help="only cases whose name contains TEXT")
    kit.set_defaults(run=network.conformance)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tool; returns the exit status: 0 fine, 1 something was found, 2 it could not run."""
    options = parser().parse_args(arguments)
    run: Verb = options.run
    try:
        return run(options)
    except BrokenPipeError:
        return 0
    except (OSError, Hj212Error) as error:
        sys.stderr.write(f"hj212 {options.verb}: {error}\n")
        return 2
