"""`python -m hj212_gateway verify PACKAGE ...`: check sealed evidence packages offline."""

import sys
from pathlib import Path

from hj212_gateway.evidence_package import verify


def verify_command(arguments: list[str]) -> int:
    """Check each package and say what was found; 0 when all are whole, 1 when one is not, 2 when one cannot be read."""
    if not arguments:
        sys.stderr.write("usage: python -m hj212_gateway verify PACKAGE ...\n")
        return 2
    return max(_verify_one(Path(name)) for name in arguments)


def _verify_one(path: Path) -> int:
    try:
        with path.open("rb") as file:
            verdict = verify(file)
    except OSError as error:
        sys.stderr.write(f"{path}: {error.strerror}\n")
        return 2
    if verdict.fault is not None:
        fault = verdict.fault
        sys.stdout.write(f"{path}: CHANGED in bytes {fault.start}-{fault.end - 1}: {fault.reason}\n")
        return 1
    gaps = f", {verdict.missing} frames were not recorded (database away)" if verdict.missing else ""
    sys.stdout.write(f"{path}: whole: {verdict.blocks} blocks, {verdict.frames} frames{gaps}\n")
    return 0
