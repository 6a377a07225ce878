"""The level a single finding gives by itself: its multiple of the limit, an absolute bound, or its severity."""

from decimal import Decimal, InvalidOperation

from park_schemas.codes import AlarmLevel
from park_schemas.supervision import FindingRecorded
from park_standards.errors import StandardsError
from park_standards.units import convert

from alerting.domain.policy import PolicyEntry, ValueStep


def level_of_value(finding: FindingRecorded, entry: PolicyEntry) -> AlarmLevel:
    """Return the highest level that one violated finding reaches by itself, at least the entry's floor."""
    levels = [entry.floor]
    if finding.ratio is not None:
        levels += [step.level for step in entry.ratio_steps if step.holds(finding.ratio)]
    levels += [step.level for step in entry.value_steps if _is_beyond(finding, step)]
    if finding.severity in entry.severity_levels:
        levels.append(entry.severity_levels[finding.severity])
    return max(levels, key=lambda level: level.rank)


def _is_beyond(finding: FindingRecorded, step: ValueStep) -> bool:
    if (step.factor and finding.factor != step.factor) or finding.observed is None:
        return False
    try:
        observed = convert(Decimal(finding.observed), finding.unit, step.unit)
    except (InvalidOperation, StandardsError):
        return False  # a value that cannot be compared is graded by its multiple alone
    below = step.below is not None and observed < Decimal(step.below)
    above = step.above is not None and observed > Decimal(step.above)
    return below or above
