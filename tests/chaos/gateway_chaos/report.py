"""The report of a campaign: Markdown for people, JSON for machines."""

import json
import platform as machine
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from gateway_chaos.campaign import Outcome


def summary(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Return the sums over all schedules."""
    return {
        "schedules": len(outcomes),
        "schedules with violations": sum(bool(outcome.violations) for outcome in outcomes),
        "faults": sum(len(outcome.schedule.faults) for outcome in outcomes),
        "connections": sum(outcome.connections for outcome in outcomes),
        "frames": sum(outcome.frames for outcome in outcomes),
        "sendings of them, torn ones too": sum(outcome.sends for outcome in outcomes),
        "frames answered 9014": sum(outcome.answered for outcome in outcomes),
        "records on the topic": sum(outcome.published for outcome in outcomes),
        "of these repeating a frame that was sent again": sum(
            outcome.frame_repeats - outcome.event_repeats for outcome in outcomes
        ),
        "of these repeating an event": sum(outcome.event_repeats for outcome in outcomes),
        "rows in the readings store": sum(outcome.kept for outcome in outcomes),
        "evidence blocks": sum(outcome.evidence_blocks for outcome in outcomes),
        "schedules in which the spool was written": sum(outcome.spool_bytes > 0 for outcome in outcomes),
        "schedules in which the spool was full": sum("the spool takes no more" in outcome.log for outcome in outcomes),
        "gateway ended by itself": sum(len(outcome.fell) for outcome in outcomes),
    }


def markdown(outcomes: Sequence[Outcome], *, title: str, disk: str, chain: str) -> str:
    """Return the whole report."""
    faults = Counter(f"{fault.victim} {fault.deed}" for outcome in outcomes for fault in outcome.schedule.faults)
    logged = Counter[str]()
    for outcome in outcomes:
        logged.update(outcome.log)
    lines = [
        f"# {title}",
        "",
        f"{machine.machine()}, Python {machine.python_version()}; full disk by {disk}; evidence chain: {chain}",
        "",
        "| | |",
        "|---|---:|",
        *(f"| {name} | {value:,} |" for name, value in summary(outcomes).items()),
        "",
        "Faults: " + ", ".join(f"{name} {times}" for name, times in faults.most_common()) + ".",
        "",
        "Gateway's log: " + ", ".join(f"{phrase!r} {times}" for phrase, times in logged.most_common()) + ".",
        "",
        "| seed | faults | frames | answered | topic | repeats | store | spool KiB | s | violations |",
        "|---:|---|---:|---:|---:|---:|---:|---:|---:|---|",
        *(_row(outcome) for outcome in outcomes),
    ]
    return "\n".join(lines) + "\n"


def _row(outcome: Outcome) -> str:
    faults = "; ".join(str(fault) for fault in outcome.schedule.faults)
    return (
        f"| {outcome.schedule.seed} | {faults} | {outcome.frames} | {outcome.answered} | {outcome.published} | "
        f"{outcome.frame_repeats} | {outcome.kept} | {outcome.spool_bytes // 1024} | {outcome.took_s:.0f} | "
        f"{'<br>'.join(outcome.violations).replace('|', '/') or 'none'} |"
    )


def write(folder: Path, outcomes: Sequence[Outcome], *, title: str, disk: str, chain: str) -> Path:
    """Write report.md and report.json; return the first."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {"summary": summary(outcomes), "disk": disk, "chain": chain, "schedules": [asdict(one) for one in outcomes]}
    (folder / "report.json").write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")
    path = folder / "report.md"
    path.write_text(markdown(outcomes, title=title, disk=disk, chain=chain), encoding="utf-8")
    return path
