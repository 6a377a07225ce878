"""`python -m anomaly_proof [--seeds N] [--outlets N] [--out FILE]`: measure the rules and write the table (some minutes)."""

import argparse
import sys
import time
from pathlib import Path

from anomaly_proof.clean import clean_runs
from anomaly_proof.measure import false_a_day, measure
from anomaly_proof.table import table

LEAST_RECALL = 0.9


def main() -> int:
    """Write the table; 1 when a rule is below the least recall."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5, help="how often each scenario is drawn")
    parser.add_argument("--outlets", type=int, default=3, help="clean outlets of each of the three kinds")
    parser.add_argument("--judged-days", type=int, default=10, help="days of each clean outlet that are judged (of 42)")
    parser.add_argument("--out", type=Path, help="file to write; without it the table is printed")
    given = parser.parse_args()
    began = time.monotonic()
    scores = measure(range(1, given.seeds + 1))
    false, days = false_a_day(clean_runs(given.outlets, 42, given.judged_days))
    text = table(scores, false, days, seeds=given.seeds)
    if given.out:
        given.out.write_text(text, encoding="utf-8")
    else:
        print(text)
    low = sorted(score.rule_id for score in scores.values() if score.recall < LEAST_RECALL)
    print(
        f"{len(scores)} rules in {time.monotonic() - began:.0f} s; below {LEAST_RECALL:g} recall: {', '.join(low) or 'none'}",
        file=sys.stderr,
    )
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
