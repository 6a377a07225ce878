"""`python -m anomaly_proof measure|services|table`: draw faults and frauds, count what was found, write the page.

measure --first-seed 1 --seeds 5 --clean-seed 1000 --save a.json    the anomaly rules (some minutes)
services --first-seed 1 --seeds 2 --save s.json                     the other rules, through both judging services
table a.json b.json --services s.json --out docs/anomaly-table.md
"""

import argparse
import asyncio
import sys
import time
from pathlib import Path

from anomaly_proof.clean import clean_runs
from anomaly_proof.drawing import Drawing, below, load, save
from anomaly_proof.measure import clean_false, counts, measure
from anomaly_proof.table import table

LEAST_RECALL = 0.9


def main() -> int:
    """Do one of the three; `table` returns 1 when a rule is below the least recall."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["measure", "services", "table"])
    parser.add_argument("drawings", type=Path, nargs="*", help="table: what `measure` saved")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=5, help="how often each scenario is drawn")
    parser.add_argument("--outlets", type=int, default=3, help="clean outlets of each of the three kinds")
    parser.add_argument("--clean-seed", type=int, default=1000)
    parser.add_argument("--judged-days", type=int, default=10, help="days of each clean outlet that are judged (of 42)")
    parser.add_argument("--save", type=Path, help="measure, services: file for the counts")
    parser.add_argument("--services", type=Path, help="table: what `services` saved")
    parser.add_argument("--out", type=Path, help="table: file to write; without it the table is printed")
    given = parser.parse_args()
    if given.what == "table":
        return _table(given)
    began = time.monotonic()
    drawing = _measure(given) if given.what == "measure" else _services(given)
    if given.save:
        save(drawing, given.save)
    low = ", ".join(below([drawing], LEAST_RECALL)) or "none"
    print(
        f"{len(drawing.counts)} rules in {time.monotonic() - began:.0f} s; below {LEAST_RECALL:g} recall: {low}",
        file=sys.stderr,
    )
    return 0


def _measure(given: argparse.Namespace) -> Drawing:
    seeds = tuple(range(given.first_seed, given.first_seed + given.seeds))
    scores = measure(seeds)
    clean = clean_false(clean_runs(given.outlets, 42, given.judged_days, first_seed=given.clean_seed))
    return Drawing(
        seeds=seeds, counts=counts(scores), clean_false=clean.found, clean_days=clean.days,
        clean_at_exceedance=clean.at_exceedance,
        clean_seeds=tuple(range(given.clean_seed, given.clean_seed + given.outlets)),
    )  # fmt: skip


def _services(given: argparse.Namespace) -> Drawing:
    from anomaly_proof.services_proof import drawn  # both services, only needed here

    return asyncio.run(drawn(tuple(range(given.first_seed, given.first_seed + given.seeds))))


def _table(given: argparse.Namespace) -> int:
    drawings = [load(path) for path in given.drawings]
    services = load(given.services) if given.services else None
    text = table(drawings, services)
    if given.out:
        given.out.write_text(text, encoding="utf-8")
    else:
        print(text)
    low = below([*drawings, *([services] if services else [])], LEAST_RECALL)
    print(f"below {LEAST_RECALL:g} recall: {', '.join(low) or 'none'}", file=sys.stderr)
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
