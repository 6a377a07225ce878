"""What a campaign says of a site: its class, its risk, its day and night levels, from the verdicts of its results.

- water: the class of the worst item (GB/T 14848-2017 6.2; GB 3838-2002 with the method of 2011);
- soil: the worst risk; odour: the highest sample of each item decides, so the worst outcome;
- noise: equivalent levels of day and night over the samples (GB 3096-2008 3.3), and Ldn when both are there.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from msgspec import Struct
from park_schemas.codes import Medium
from park_schemas.park_time import at_park
from park_standards.limit import Averaging
from park_standards.noise import day_night_level, equivalent_level, period_of_day
from park_standards.rounding import round_gb8170

from quality.domain.surveys.records import Outcome, Result, Verdict
from quality.domain.surveys.wording import RISK_WORDS

WORST_FIRST = (Outcome.OVER, Outcome.UNDECIDED, Outcome.COMPLIANT, Outcome.NOT_JUDGED)
_CLASSED = frozenset({Medium.GROUNDWATER, Medium.SURFACE_WATER, Medium.SOIL})
COLOURS = MappingProxyType(
    {Outcome.OVER: "#D93026", Outcome.UNDECIDED: "#F2A600", Outcome.COMPLIANT: "#00A854", Outcome.NOT_JUDGED: "#8C8C8C"}
)


class SiteVerdict(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`outcome` is the worst of the results. `deciding`: names of the items that give class or risk, or are over."""

    site_id: UUID
    outcome: Outcome
    colour: str
    results: int
    counts: dict[str, int]
    sampled_at: datetime
    grade: str = ""
    grade_level: int | None = None
    grade_zh: str = ""
    grade_en: str = ""
    deciding: list[str] = []
    deciding_en: list[str] = []
    levels: dict[str, str] = {}
    """Noise: Leq of the day and of the night, and Ldn, dB(A), one digit."""


def site_verdict(site_id: UUID, judged: Sequence[tuple[Result, Verdict]]) -> SiteVerdict:
    """Return what the results of one site (at least one) say together."""
    outcomes = [verdict.outcome for _, verdict in judged]
    outcome = next(one for one in WORST_FIRST if one in outcomes)
    kind = judged[0][0].kind
    graded = [pair for pair in judged if kind in _CLASSED and pair[1].decides and pair[1].grade_level is not None]
    level = max((verdict.grade_level or 0 for _, verdict in graded), default=None)
    worst = [(result, verdict) for result, verdict in graded if verdict.grade_level == level]
    grade = worst[0][1].grade if worst else ""
    named = worst if worst else [pair for pair in judged if pair[1].outcome is Outcome.OVER]
    names = sorted({(result.item_name_zh, result.item_name_en) for result, _ in named})
    zh, en = RISK_WORDS.get(grade, (f"{grade}类" if grade else "", f"class {grade}" if grade else ""))
    return SiteVerdict(
        site_id=site_id,
        outcome=outcome,
        colour=COLOURS[outcome],
        results=len(judged),
        counts={one.value: outcomes.count(one) for one in WORST_FIRST if one in outcomes},
        sampled_at=max(result.sampled_at for result, _ in judged),
        grade=grade,
        grade_level=level if worst else None,
        grade_zh=zh,
        grade_en=en,
        deciding=[zh for zh, _ in names],
        deciding_en=[en for _, en in names],
        levels=dict(noise_levels(result for result, _ in judged)) if kind is Medium.NOISE else {},
    )


def noise_levels(results: Iterable[Result]) -> Mapping[str, str]:
    """Return Leq of day and night and Ldn of samples of Leq; what was not sampled is absent."""
    by_period: dict[Averaging, list[Result]] = {}
    for one in results:
        if one.item == "Leq" and one.value is not None:
            by_period.setdefault(period_of_day(at_park(one.sampled_at).time()), []).append(one)
    means = {
        period: equivalent_level([one.value for one in found if one.value is not None])
        for period, found in by_period.items()
    }
    day, night = means.get(Averaging.DAYTIME), means.get(Averaging.NIGHT)
    levels = {"day": day, "night": night, "ldn": day_night_level(day, night) if day and night else None}
    return {name: f"{round_gb8170(level, 1)}" for name, level in levels.items() if level is not None}
