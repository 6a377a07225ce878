"""`python -m park_schemas contracts [--check | --release] [--root contracts]`.

Without a flag the generated files are written. `--check` writes nothing and fails on drift and on breaking changes.
`--release` makes today's schemas the baseline of later checks; it is refused while they break the last one.
"""

import argparse
import sys
from pathlib import Path

from park_schemas import contracts


def main() -> int:
    """Run the command; return the exit code: 0 fine, 1 drift or breaking change (each said in one line)."""
    parser = argparse.ArgumentParser(prog="python -m park_schemas", description=__doc__)
    parser.add_argument("command", choices=["contracts"])
    parser.add_argument("--root", type=Path, default=Path("contracts"), help="folder of the contracts")
    flags = parser.add_mutually_exclusive_group()
    flags.add_argument("--check", action="store_true")
    flags.add_argument("--release", action="store_true")
    options = parser.parse_args()
    baseline = options.root / "baseline" / "topics.json"
    problems = contracts.broken(options.root) if baseline.is_file() else []
    if options.check and not baseline.is_file():
        problems.append("baseline/topics.json: missing; write it with --release")
    if options.check:
        problems += contracts.drift(options.root)
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems and (options.check or options.release):
        print("contracts: not in order; see above", file=sys.stderr)
        return 1
    if not options.check:
        files = contracts.contract_files() | (contracts.baseline_files() if options.release else {})
        print(f"contracts: {contracts.write(options.root, files)} of {len(files)} files written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
