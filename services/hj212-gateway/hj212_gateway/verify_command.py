"""`python -m hj212_gateway verify [--key PUBLIC.pem] PACKAGE ...`: check sealed evidence packages offline."""

import sys
from pathlib import Path

from hj212_gateway.domain.evidence_signature import public_key_of
from hj212_gateway.evidence_package import verify

_USAGE = "usage: python -m hj212_gateway verify [--key PUBLIC.pem] PACKAGE ...\n"


def verify_command(arguments: list[str]) -> int:
    """Check each package and say what was found; 0 when all are whole, 1 when one is not, 2 when one cannot be read."""
    key: str | None = None
    if arguments[:1] == ["--key"] and len(arguments) > 1:
        try:
            key = public_key_of(Path(arguments[1]).read_bytes())
        except (OSError, ValueError) as error:
            sys.stderr.write(f"{arguments[1]}: {error}\n")
            return 2
        arguments = arguments[2:]
    if not arguments or arguments[0].startswith("-"):
        sys.stderr.write(_USAGE)
        return 2
    return max(_verify_one(Path(name), key) for name in arguments)


def _verify_one(path: Path, key: str | None) -> int:
    try:
        with path.open("rb") as file:
            verdict = verify(file, public_key=key)
    except OSError as error:
        sys.stderr.write(f"{path}: {error.strerror}\n")
        return 2
    if verdict.fault is not None:
        fault = verdict.fault
        sys.stdout.write(f"{path}: CHANGED in bytes {fault.start}-{fault.end - 1}: {fault.reason}\n")
        return 1
    gaps = f", {verdict.missing} frames were not recorded (database away)" if verdict.missing else ""
    signed = f", signed by {verdict.signed_by}{'' if key else ' (not compared with a key: use --key)'}"
    said = signed if verdict.signed_by else ", not signed"
    sys.stdout.write(f"{path}: whole: {verdict.blocks} blocks, {verdict.frames} frames{gaps}{said}\n")
    return 0
