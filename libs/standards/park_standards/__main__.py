"""Command line: `python -m park_standards check FILE...` and `explain CODE --at DATE [--standard REFERENCE]`.

Exit status: 0 all agree or explained, 1 a difference, 2 the request cannot be served (the reason is printed).
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from park_standards.errors import StandardsError
from park_standards.explanation import explain
from park_standards.vectors import VectorResult, run_vectors


def _table(results: Sequence[VectorResult]) -> str:
    wide = max(len(result.expected) for result in results)
    lines = [f"{'':4} {'line':>5}  {'expected':{wide}}  {'got':{wide}}  subject"]
    for result in results:
        word = "ok" if result.agrees else "DIFF"
        lines.append(f"{word:4} {result.line:>5}  {result.expected:{wide}}  {result.got:{wide}}  {result.subject}")
    return "\n".join(lines)


def _check(paths: Sequence[Path]) -> int:
    different = 0
    for path in paths:
        results = run_vectors(path.read_text(encoding="utf-8"))
        bad = sum(not result.agrees for result in results)
        different += bad
        print(f"{path}\n{_table(results)}\n{len(results)} vectors, {bad} different")
    return 1 if different else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="park_standards", description="Chinese environmental standards as data")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="run vector files and compare")
    check.add_argument("files", nargs="+", type=Path, metavar="FILE")
    why = commands.add_parser("explain", help="which limits apply, and why")
    why.add_argument("factor", help="factor code (w01018) or an item name without code")
    why.add_argument("--at", required=True, type=date.fromisoformat, metavar="YYYY-MM-DD")
    why.add_argument("--standard", help="name or short reference with level, as GB18918-1A")
    why.add_argument("--condition", action="append", default=[], help="wording of a condition that holds")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "check":
            return _check(options.files)
        for line in explain(options.factor, options.at, standard=options.standard, conditions=options.condition):
            print(line)
    except (StandardsError, OSError) as error:
        print(f"park_standards: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
