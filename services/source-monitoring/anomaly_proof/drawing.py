"""What one drawing of the dice gave: counts a rule, kept as JSON, so that a page is made of several drawings."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct


class RuleCount(Struct, frozen=True, kw_only=True):
    """What was done that a rule should find, how much of it was found, and how many of its findings spoke of nothing."""

    events: int
    hit: int
    found: int
    false: int


class Drawing(Struct, frozen=True, kw_only=True):
    """One drawing: its seeds, counts by rule in the scenarios, false findings by rule on clean outlets over outlet-days."""

    seeds: tuple[int, ...]
    counts: Mapping[str, RuleCount]
    clean_false: Mapping[str, int]
    clean_days: float
    clean_at_exceedance: Mapping[str, int] = {}
    """Those of `clean_false` that stand at a true exceedance."""
    clean_seeds: tuple[int, ...] = ()


def save(drawing: Drawing, path: Path) -> None:
    """Write a drawing as JSON."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(drawing), indent=1))


def load(path: Path) -> Drawing:
    """Read what `save` wrote. Raises msgspec.ValidationError for anything else."""
    return msgspec.json.decode(path.read_bytes(), type=Drawing)


def recall(count: RuleCount) -> float | None:
    """Return hit / events, None when nothing was done."""
    return count.hit / count.events if count.events else None


def precision(count: RuleCount) -> float | None:
    """Return the share of findings that spoke of something, None without findings."""
    return (count.found - count.false) / count.found if count.found else None


def together(counts: Sequence[RuleCount]) -> RuleCount:
    """Return the counts of several drawings as one."""
    return RuleCount(
        events=sum(one.events for one in counts), hit=sum(one.hit for one in counts),
        found=sum(one.found for one in counts), false=sum(one.false for one in counts),
    )  # fmt: skip


def below(drawings: Sequence[Drawing], least: float) -> list[str]:
    """Return the rules whose recall over all drawings lies below `least`."""
    rules = sorted({rule_id for one in drawings for rule_id in one.counts})
    found = {
        rule_id: recall(together([one.counts[rule_id] for one in drawings if rule_id in one.counts]))
        for rule_id in rules
    }
    return [rule_id for rule_id, share in found.items() if share is not None and share < least]
