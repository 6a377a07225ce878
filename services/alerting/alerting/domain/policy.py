"""The grading policy: rules as data, versioned, checked before they go in force.

Entries are tried in order and the first that matches a finding grades it. The level of an episode is the highest that any
step of its entry gives; see grading.py. All multiples are value / limit (the standards' exceeding multiple is ratio - 1).
"""

from importlib import resources

import msgspec
from msgspec import Struct
from park_schemas.codes import AlarmLevel, Medium, Period
from park_schemas.supervision import FindingRecorded

from alerting.domain.circumstances import CircumstanceStep
from alerting.domain.plume import Grouping

LEVELS = tuple(AlarmLevel)


class RatioStep(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A value more than `above` times its limit (`inclusive`: or exactly so much) is at least `level`."""

    above: float
    level: AlarmLevel
    inclusive: bool = False

    def holds(self, ratio: float) -> bool:
        """Return whether a multiple of the limit reaches this step."""
        return ratio >= self.above if self.inclusive else ratio > self.above


class ValueStep(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An observed value of `factor` (of any, when none is named) below or above a bound is at least `level`.

    Bounds are decimal text in `unit`.
    """

    level: AlarmLevel
    factor: str = ""
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
    circumstance_steps: list[CircumstanceStep] = []

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


class ChainStep(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An alarm nobody has acknowledged `after_minutes` after it was raised, rose or came back is told to these as well.

    `notify` names roles, `enterprise`, `duty:<roster>` or `person:<user name>`. `working_time`: only working minutes of the
    park's calendar count.
    """

    after_minutes: float
    notify: list[str]
    working_time: bool = False


class GradingPolicy(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A whole policy. `notify` names who is told in-app from which level on: role names, and `enterprise`."""

    entries: list[PolicyEntry]
    notify: dict[AlarmLevel, list[str]]
    note: str = ""
    inhibitions: list[Inhibition] = []
    chains: dict[AlarmLevel, list[ChainStep]] = {}
    grouping: Grouping = "enterprise"
    """What alarms are told together with: their enterprise, their outlet, or the plume they lie in."""
    left_out: list[str] = []
    """Shipped entries the park does not want although it names nothing in their place: see policy_completion.py."""

    def entry_for(self, finding: FindingRecorded) -> PolicyEntry:
        """Return the first entry that matches. A checked policy ends with one that matches everything."""
        return next(entry for entry in self.entries if entry.matches(finding))


def shipped_policy() -> GradingPolicy:
    """Return the policy shipped with the service, version 1."""
    text = (resources.files("alerting") / "policies" / "grading.json").read_bytes()
    return msgspec.json.decode(text, type=GradingPolicy)
