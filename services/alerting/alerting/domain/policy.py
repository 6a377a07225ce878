"""The grading policy: rules as data, versioned, checked before they go in force.

Entries are tried in order and the first that matches a finding grades it. The level of an episode is the highest that any
step of its entry gives; see grading.py. All multiples are value / limit (the standards' exceeding multiple is ratio - 1).
"""

import itertools
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from importlib import resources

import msgspec
from msgspec import Struct
from park_schemas.codes import AlarmLevel, Medium, Period
from park_schemas.supervision import FindingRecorded

LEVELS = tuple(AlarmLevel)


class RatioStep(Struct, frozen=True, forbid_unknown_fields=True):
    """A value more than `above` times its limit is at least `level`."""

    above: float
    level: AlarmLevel


class ValueStep(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An observed value of `factor` below or above a bound is at least `level`. Bounds are decimal text in `unit`."""

    factor: str
    level: AlarmLevel
    unit: str = ""
    below: str | None = None
    above: str | None = None


class DurationStep(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A violation that has been at least `base` for `hours` without a break is `level`. No base: any violation."""

    level: AlarmLevel
    hours: float
    base: AlarmLevel | None = None


class RepeatStep(Struct, frozen=True, forbid_unknown_fields=True):
    """`count` violated hours within `within_hours` are `level`, also over several episodes of one key."""

    level: AlarmLevel
    count: int
    within_hours: float


class EpisodeStep(Struct, frozen=True, forbid_unknown_fields=True):
    """An episode that reaches `base` again within `within_hours` after an earlier one did is `level`."""

    level: AlarmLevel
    base: AlarmLevel
    within_hours: float


class Clearing(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """When an episode is over.

    It is resolved after `consecutive[period]` values in a row that keep the rule and are below `ratio_below` times the
    limit, or after `delay_s[period]` seconds in which values came and none broke it. A resolved alarm without an open task
    is closed `close_after_s` seconds later.
    """

    consecutive: dict[Period, int]
    delay_s: dict[Period, int]
    close_after_s: int
    ratio_below: float = 0.9


class PolicyEntry(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How findings of some rules, media and factors are graded (an empty list matches all).

    `condition` true: the rule describes a state that lasts until it is complied with (a device is offline), so time alone
    raises the level; false: each finding speaks for its own period only.
    """

    name: str
    clearing: Clearing
    source: str
    rules: list[str] = []
    media: list[Medium] = []
    factors: list[str] = []
    condition: bool = False
    floor: AlarmLevel = AlarmLevel.BLUE
    ratio_steps: list[RatioStep] = []
    value_steps: list[ValueStep] = []
    severity_levels: dict[str, AlarmLevel] = {}
    """Level by the severity that the judging service gave (anomalies: info, warn, alarm)."""
    duration_steps: list[DurationStep] = []
    repeat_steps: list[RepeatStep] = []
    episode_steps: list[EpisodeStep] = []

    def matches(self, finding: FindingRecorded) -> bool:
        """Return whether this entry grades the finding."""
        return (
            (not self.rules or finding.rule in self.rules)
            and (not self.media or finding.medium in self.media)
            and (not self.factors or finding.factor in self.factors)
        )


class Inhibition(Struct, frozen=True, forbid_unknown_fields=True):
    """While an alarm of `source_rules` is open at a subject, alarms of `target_rules` there are not told up to a level."""

    source_rules: list[str]
    target_rules: list[str]
    up_to: AlarmLevel


class ChainStep(Struct, frozen=True, forbid_unknown_fields=True):
    """An alarm nobody has acknowledged `after_minutes` after it was raised, rose or came back is told to these as well."""

    after_minutes: float
    notify: list[str]


class GradingPolicy(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A whole policy. `notify` names who is told in-app from which level on: role names, and `enterprise`."""

    entries: list[PolicyEntry]
    notify: dict[AlarmLevel, list[str]]
    note: str = ""
    inhibitions: list[Inhibition] = []
    chains: dict[AlarmLevel, list[ChainStep]] = {}

    def entry_for(self, finding: FindingRecorded) -> PolicyEntry:
        """Return the first entry that matches. A checked policy ends with one that matches everything."""
        return next(entry for entry in self.entries if entry.matches(finding))


class Contradiction(Struct, frozen=True):
    """What is wrong with a policy and where (path in the JSON)."""

    where: str
    what: str


def shipped_policy() -> GradingPolicy:
    """Return the policy shipped with the service, version 1."""
    text = (resources.files("alerting") / "policies" / "grading.json").read_bytes()
    return msgspec.json.decode(text, type=GradingPolicy)


def contradictions(policy: GradingPolicy) -> list[Contradiction]:
    """Return everything that contradicts itself; an empty list means the policy may go in force."""
    return list(_all_contradictions(policy))


def _all_contradictions(policy: GradingPolicy) -> Iterator[Contradiction]:
    names: set[str] = set()
    for number, entry in enumerate(policy.entries):
        where = f"entries.{number}"
        if entry.name in names:
            yield Contradiction(f"{where}.name", f"the name {entry.name!r} is used twice")
        names.add(entry.name)
        yield from _ladder(where, entry)
        yield from _durations(where, entry)
        yield from _repeats(where, entry)
        yield from _bounds(where, entry)
        yield from _clearing(where, entry.clearing)
        for earlier in policy.entries[:number]:
            if _covers(earlier, entry):
                yield Contradiction(where, f"never reached: {earlier.name!r} before it matches all it matches")
    if not policy.entries or not _matches_all(policy.entries[-1]):
        yield Contradiction("entries", "the last entry must match every finding (no rules, media or factors)")
    for level in LEVELS:
        if not policy.notify.get(level):
            yield Contradiction(f"notify.{level.value}", "nobody is told of this level")
        yield from _chain(level, policy.chains.get(level, []))
    for number, inhibition in enumerate(policy.inhibitions):
        if set(inhibition.source_rules) & set(inhibition.target_rules):
            yield Contradiction(f"inhibitions.{number}", "a rule would mute itself")


def _chain(level: AlarmLevel, steps: list[ChainStep]) -> Iterator[Contradiction]:
    minutes = [step.after_minutes for step in steps]
    if any(one <= 0 for one in minutes) or minutes != sorted(set(minutes)):
        yield Contradiction(f"chains.{level.value}", "after_minutes must be more than 0 and rise from step to step")
    if any(not step.notify for step in steps):
        yield Contradiction(f"chains.{level.value}", "a step tells nobody")


def _ladder(where: str, entry: PolicyEntry) -> Iterator[Contradiction]:
    steps = sorted(entry.ratio_steps, key=lambda step: step.above)
    for lower, higher in itertools.pairwise(steps):
        if higher.level.rank <= lower.level.rank or higher.above == lower.above:
            yield Contradiction(
                f"{where}.ratio_steps",
                f"above {higher.above} gives {higher.level.value}, not more than {lower.level.value} above {lower.above}",
            )


def _durations(where: str, entry: PolicyEntry) -> Iterator[Contradiction]:
    for number, step in enumerate(entry.duration_steps):
        if step.hours <= 0:
            yield Contradiction(f"{where}.duration_steps.{number}.hours", "must be more than 0")
        if step.base is not None and step.base.rank >= step.level.rank:
            yield Contradiction(
                f"{where}.duration_steps.{number}", f"{step.base.value} cannot rise to {step.level.value}"
            )
    plain = sorted((step for step in entry.duration_steps if step.base is None), key=lambda step: step.hours)
    for sooner, later in itertools.pairwise(plain):
        if later.level.rank <= sooner.level.rank:
            yield Contradiction(
                f"{where}.duration_steps",
                f"{later.hours} h gives {later.level.value}, not more than {sooner.level.value} after {sooner.hours} h",
            )


def _repeats(where: str, entry: PolicyEntry) -> Iterator[Contradiction]:
    for number, repeat in enumerate(entry.repeat_steps):
        if repeat.count < 2 or repeat.within_hours < repeat.count:
            yield Contradiction(
                f"{where}.repeat_steps.{number}", "count must be at least 2 and fit in the hours (one value an hour)"
            )
        if repeat.within_hours > 24:
            yield Contradiction(f"{where}.repeat_steps.{number}.within_hours", "at most 24 hours are remembered")
    for number, again in enumerate(entry.episode_steps):
        if again.level.rank <= again.base.rank or again.within_hours <= 0:
            yield Contradiction(f"{where}.episode_steps.{number}", "must rise above its base within more than 0 hours")


def _bounds(where: str, entry: PolicyEntry) -> Iterator[Contradiction]:
    for number, step in enumerate(entry.value_steps):
        if step.below is None and step.above is None:
            yield Contradiction(f"{where}.value_steps.{number}", "needs below or above")
        for name, bound in (("below", step.below), ("above", step.above)):
            if bound is not None and not _is_decimal(bound):
                yield Contradiction(f"{where}.value_steps.{number}.{name}", f"{bound!r} is not a decimal number")


def _clearing(where: str, clearing: Clearing) -> Iterator[Contradiction]:
    if not 0 < clearing.ratio_below <= 1:
        yield Contradiction(f"{where}.clearing.ratio_below", "must be more than 0 and at most 1")
    if clearing.close_after_s < 0:
        yield Contradiction(f"{where}.clearing.close_after_s", "must not be negative")
    for period in Period:
        if clearing.consecutive.get(period, 0) < 1:
            yield Contradiction(f"{where}.clearing.consecutive.{period.value}", "must be at least 1")
        if clearing.delay_s.get(period, 0) < 1:
            yield Contradiction(f"{where}.clearing.delay_s.{period.value}", "must be at least 1 second")


def _covers(earlier: PolicyEntry, later: PolicyEntry) -> bool:
    return all(
        not wide or (bool(narrow) and set(narrow) <= set(wide))
        for wide, narrow in (
            (set(earlier.rules), set(later.rules)),
            (set(earlier.media), set(later.media)),
            (set(earlier.factors), set(later.factors)),
        )
    )


def _matches_all(entry: PolicyEntry) -> bool:
    return not (entry.rules or entry.media or entry.factors)


def _is_decimal(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False
