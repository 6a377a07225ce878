"""Random schedules of faults against the gateway: `make chaos N=200`, one of them again: `make chaos SEED=123`.

Prints a line a schedule and writes .local/chaos/report.md and report.json. Ends with status 1 when a promise was broken.
"""

import argparse
import secrets
import shutil
import sys
import tempfile
from pathlib import Path

import uvloop

sys.path.insert(0, str(Path(__file__).parent))

from gateway_chaos.campaign import Campaign, Outcome, mns_of
from gateway_chaos.platform import running_platform
from gateway_chaos.report import write
from gateway_chaos.schedule import schedule_of

_REPORT = Path(".local/chaos")


async def campaign(seeds: list[int], folder: Path, report: Path) -> list[Outcome]:
    """Run all seeds; the report is written anew after each schedule, so that a run that is broken off leaves one."""
    outcomes: list[Outcome] = []
    chain = "not checked yet"
    async with running_platform(folder, [mn for seed in seeds for mn in mns_of(seed)]) as platform:
        work = Campaign(platform)
        disk = platform.disk.kind
        for seed in seeds:
            outcomes.append(await work.run(schedule_of(seed)))
            say(_line(outcomes[-1], len(outcomes), len(seeds)))
            write(report, outcomes, title="Chaos", disk=disk, chain=chain)
            if outcomes[-1].violations:
                _keep_logs(folder, report / f"logs-{seed}")
        chain = await work.verify_whole_chain() or "whole from its first block to its last"
    path = write(report, outcomes, title="Chaos", disk=disk, chain=chain)
    say(f"evidence chain: {chain}\nreport: {path}")
    return outcomes


def _line(outcome: Outcome, number: int, of: int) -> str:
    faults = "; ".join(str(fault) for fault in outcome.schedule.faults)
    verdict = "ok" if not outcome.violations else "VIOLATIONS:\n    " + "\n    ".join(outcome.violations)
    return (
        f"[{number}/{of}] SEED={outcome.schedule.seed} {outcome.took_s:.1f} s | {faults} | frames {outcome.frames}, "
        f"answered {outcome.answered}, topic {outcome.published}, store {outcome.kept}, "
        f"spool {outcome.spool_bytes // 1024} KiB | {verdict}"
    )


def _keep_logs(folder: Path, to: Path) -> None:
    to.mkdir(parents=True, exist_ok=True)
    for log in folder.glob("*.log"):
        shutil.copy(log, to / log.name)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20, help="schedules to run")
    parser.add_argument("--seed", type=int, action="append", help="run exactly this schedule (may be repeated)")
    parser.add_argument("--first", type=int, help="run the seeds from this one on")
    parser.add_argument("--report", type=Path, default=_REPORT)
    parser.add_argument("--keep", action="store_true", help="keep the folder with all logs")
    arguments = parser.parse_args()
    first = arguments.first if arguments.first is not None else secrets.randbelow(10**9)
    seeds = arguments.seed or list(range(first, first + arguments.count))
    folder = Path(tempfile.mkdtemp(prefix="park-chaos-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        outcomes = uvloop.run(campaign(seeds, folder, arguments.report))
    finally:
        say(f"kept: {folder}") if arguments.keep else shutil.rmtree(folder, ignore_errors=True)
    broken = [outcome.schedule.seed for outcome in outcomes if outcome.violations]
    say(f"{len(outcomes)} schedules, promises broken in {len(broken)}" + (f": seeds {broken}" if broken else ""))
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
