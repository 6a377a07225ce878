"""Command line: `python -m park_standards check FILE...` and `explain ITEM --at DATE [--standard REFERENCE]`.

Exit status: 0 all agree or explained, 1 a difference, 2 the request cannot be served (the reason is on the error stream).
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from park_standards.errors import StandardsError
from park_standards.explanation import explain
from park_standards.vectors import VectorResult, read_vectors

_ABOUT = "中国环境标准：限值、评价与校验 / Chinese environmental standards: limits, verdicts, check files"
_STATUS = "退出码 exit status: 0 一致或已说明 agrees or explained; 1 有差异 a difference; 2 请求有误 the request cannot be served"
_CHECK = """\
运行校验文件（CSV，UTF-8），逐行比较期望值与计算值。
Run vector files (CSV in UTF-8, with or without a byte order mark) and compare expected with got, row by row.

列 columns, one of the two layouts:
  standard, pollutant, averaging, concentration, unit, expected_iaqi
  kind, inputs_json, expected
"""
_EXPLAIN = """\
说明某日适用哪条限值、依据哪一条款、为何其他限值不适用。
Say which limit applies on a day, by which clause, and why the others do not.

示例 examples:
  explain w01018 --at 2026-11-01 --standard GB18918-1A
  explain PM2.5 --at 2026-11-01 --standard GB3095-2
  explain Leq --at 2026-11-01 --standard GB12348-3
  explain 砷 --at 2026-11-01 --standard GB36600-2
  explain 氨氮 --at 2026-11-01 --standard GB18918-1A --condition "water temperature <=12 degC"
"""


def _table(results: Sequence[VectorResult]) -> str:
    wide = max(len("expected"), *(len(result.expected) for result in results))
    broad = max(len("got"), *(len(result.got) for result in results if result.agrees), 0)
    lines = [f"{'':4} {'line':>5}  {'expected':{wide}}  {'got':{broad}}  subject"]
    for result in results:
        word = "ok" if result.agrees else "DIFF"
        lines.append(f"{word:4} {result.line:>5}  {result.expected:{wide}}  {result.got:{broad}}  {result.subject}")
    return "\n".join(lines)


def _check(paths: Sequence[Path]) -> int:
    """Run every file; one that cannot be read does not hide the results of the others."""
    different = unread = 0
    for path in paths:
        try:
            results = read_vectors(path)
        except (StandardsError, OSError) as error:
            unread += 1
            print(f"park_standards: {error}", file=sys.stderr)
            continue
        bad = sum(not result.agrees for result in results)
        different += bad
        print(f"{path}\n{_table(results)}\n{len(results)} vectors, {bad} different")
    return 2 if unread else 1 if different else 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} 不是日期 is not a day of the calendar; write YYYY-MM-DD, as 2026-11-01"
        ) from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m park_standards", description=_ABOUT, epilog=_STATUS)
    raw = argparse.RawDescriptionHelpFormatter
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser(
        "check",
        help="运行校验文件并比较 / run vector files and compare",
        description=_CHECK,
        epilog=_STATUS,
        formatter_class=raw,
    )
    check.add_argument("files", nargs="+", type=Path, metavar="FILE", help="校验文件 / vector file")
    why = commands.add_parser(
        "explain",
        help="适用哪条限值及原因 / which limits apply, and why",
        description=_EXPLAIN,
        epilog=_STATUS,
        formatter_class=raw,
    )
    why.add_argument(
        "factor",
        metavar="ITEM",
        help="编码、名称或CAS号 / code (w01018, 011), name (化学需氧量, COD, benzene) or CAS number",
    )
    why.add_argument(
        "--at", required=True, type=_day, metavar="YYYY-MM-DD", help="判定日期 / day of the judgement, park time"
    )
    why.add_argument("--standard", help="标准，可带级别 / name or short reference, a level may follow: GB18918-1A")
    why.add_argument(
        "--condition", action="append", default=[], metavar="TEXT",
        help="成立的条件，照标准表的原文，可重复 / wording of a condition that holds, may be repeated",
    )  # fmt: skip
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    options = _parser().parse_args(arguments)
    if options.command == "check":
        return _check(options.files)
    try:
        for line in explain(options.factor, options.at, standard=options.standard, conditions=options.condition):
            print(line)
    except StandardsError as error:
        print(f"park_standards: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
