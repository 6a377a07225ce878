"""What contradicts itself in a policy, and where; a policy with contradictions never goes in force."""

import itertools
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from msgspec import Struct
from park_schemas.codes import AlarmLevel, Period

from alerting.domain.circumstances import BESIDE_WITHIN_HOURS, RECEPTORS_WITHIN_M
from alerting.domain.policy import LEVELS, ChainStep, Clearing, GradingPolicy, PolicyEntry
from alerting.domain.recipient_names import is_name


class Contradiction(Struct, frozen=True):
    """What is wrong with a policy and where (path in the JSON)."""

    where: str
    what: str


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
        yield from _circumstances(where, entry)
        yield from _clearing(where, entry.clearing)
        for earlier in policy.entries[:number]:
            if _covers(earlier, entry):
                yield Contradiction(where, f"never reached: {earlier.name!r} before it matches all it matches")
    if not policy.entries or not _matches_all(policy.entries[-1]):
        yield Contradiction("entries", "the last entry must match every finding (no rules, media or factors)")
    for level in LEVELS:
        if not policy.notify.get(level):
            yield Contradiction(f"notify.{level.value}", "nobody is told of this level")
        yield from _names(f"notify.{level.value}", policy.notify.get(level, []))
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
    for number, step in enumerate(steps):
        yield from _names(f"chains.{level.value}.{number}.notify", step.notify)


def _names(where: str, names: list[str]) -> Iterator[Contradiction]:
    for name in names:
        if name != "enterprise" and not is_name(name):
            yield Contradiction(where, f"{name!r} is no role, enterprise, duty:<roster> or person:<user name>")


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


def _circumstances(where: str, entry: PolicyEntry) -> Iterator[Contradiction]:
    names: set[str] = set()
    for number, step in enumerate(entry.circumstance_steps):
        place = f"{where}.circumstance_steps.{number}"
        if not step.name or step.name in names:
            yield Contradiction(f"{place}.name", f"the name {step.name!r} is empty or used twice")
        names.add(step.name)
        if step.level.rank <= step.base.rank:
            yield Contradiction(place, f"{step.base.value} cannot rise to {step.level.value}")
        if not step.asks_for:
            yield Contradiction(place, "asks for nothing: it would always hold")
        for name, least, most in _BOUNDS_OF_CIRCUMSTANCES:
            value = getattr(step, name)
            if value is not None and not least <= value <= most:
                yield Contradiction(f"{place}.{name}", f"must be {least:g} to {most:g}")
        if step.hours is not None and step.hours[0] == step.hours[1]:
            yield Contradiction(f"{place}.hours", "begin and end are the same")
        if entry.condition and set(step.asks_for) - {"beside_rules"}:
            yield Contradiction(
                place, "a lasting condition is graded by other alarms beside it only, by no circumstances"
            )


_BOUNDS_OF_CIRCUMSTANCES = (
    ("factors_at_least", 2, 50),
    ("points_at_least", 2, 500),
    ("receptor_within_m", 1, RECEPTORS_WITHIN_M),
    ("downwind_within_degrees", 1, 90),
    ("wind_below", 0.1, 50),
    ("beside_within_hours", 0.1, BESIDE_WITHIN_HOURS),
)


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
