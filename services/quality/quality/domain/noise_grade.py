"""Whether a noise station keeps the limits of its zone: by the hour as an indication, by day and night as the verdict. Pure.

Levels are rounded to integers before they are held against their limits (park_standards.noise.judge_noise).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from park_judging.domain.grading import Hours
from park_schemas.assessments import FactorAssessment, QualityGrade
from park_schemas.registry import PointRecord
from park_standards.limit import Averaging
from park_standards.noise import judge_noise
from park_standards.rounding import exact

from quality.domain.noise_day import is_night
from quality.domain.noise_zones import (
    DAY_LEVEL,
    EQUIVALENT,
    NIGHT_LEVEL,
    PEAK,
    SOUND_LEVEL,
    limit_at,
    standard_of,
    zone_limit,
)

KEPT, BROKEN = 1, 2
_KEPT_WORDS = ("达标", "within the limits")
_BROKEN_WORDS: Mapping[frozenset[str], tuple[str, str]] = MappingProxyType(
    {
        frozenset({DAY_LEVEL}): ("昼间超标", "over by day"),
        frozenset({NIGHT_LEVEL}): ("夜间超标", "over by night"),
        frozenset({DAY_LEVEL, NIGHT_LEVEL}): ("昼夜均超标", "over by day and night"),
        frozenset(): ("夜间突发噪声超标", "sudden noise by night"),
    }
)
_COLOURS = {KEPT: "#00B050", BROKEN: "#FF0000"}


def noise_hour_grade(
    point: PointRecord, start: datetime, factors: Sequence[FactorAssessment], _hours: Hours
) -> QualityGrade | None:
    """Return Leq of an hour against the limit of its time of day; None without a valid level or a zone."""
    by_code = {one.factor: one for one in factors}
    level = by_code.get(EQUIVALENT) or by_code.get(SOUND_LEVEL)
    limit = limit_at(point, start)
    if level is None or not level.valid or level.mean is None or limit is None:
        return None
    over = judge_noise(exact(level.mean), limit).over
    words = _BROKEN_WORDS[frozenset({NIGHT_LEVEL if is_night(start) else DAY_LEVEL})] if over else _KEPT_WORDS
    return _grade(point, level.mean, words, primary=[level.factor] if over else [], indicative=True)


def noise_day_grade(
    point: PointRecord, _start: datetime, factors: Sequence[FactorAssessment], _hours: Hours
) -> QualityGrade | None:
    """Return the verdict on day and night; None when neither is valid or the zone is not known."""
    return levels_grade(point, {one.factor: one.mean for one in factors if one.valid and one.mean is not None})


def levels_grade(point: PointRecord, levels: Mapping[str, str]) -> QualityGrade | None:
    """Return the verdict on valid levels by factor code (Ld, Ln, and the night's LMx), decimal text in dB(A)."""
    day, night = zone_limit(point, Averaging.DAYTIME), zone_limit(point, Averaging.NIGHT)
    if day is None or night is None or not {DAY_LEVEL, NIGHT_LEVEL} & levels.keys():
        return None
    over = [
        code
        for code, limit in ((DAY_LEVEL, day), (NIGHT_LEVEL, night))
        if code in levels and judge_noise(exact(levels[code]), limit).over
    ]
    words = _BROKEN_WORDS[frozenset(over)] if over else _KEPT_WORDS
    if PEAK in levels:
        peak = judge_noise(Decimal(0), night, peak=exact(levels[PEAK])).peak
        if peak is not None and peak.over:
            words = words if over else _BROKEN_WORDS[frozenset()]
            over.append(PEAK)
    shown = "/".join(levels.get(code, "—") for code in (DAY_LEVEL, NIGHT_LEVEL))
    missing = [code for code in (DAY_LEVEL, NIGHT_LEVEL) if code not in levels]
    return _grade(point, shown, words, primary=over, missing=missing)


def _grade(
    point: PointRecord,
    value: str,
    words: tuple[str, str],
    *,
    primary: list[str],
    missing: Sequence[str] = (),
    indicative: bool = False,
) -> QualityGrade:
    level = BROKEN if primary else KEPT
    return QualityGrade(
        kind="noise",
        value=value,
        level=level,
        name_zh=words[0],
        name_en=words[1],
        colour=_COLOURS[level],
        standard=f"{standard_of(point)} {point.target_class}类",
        primary=primary,
        missing=list(missing),
        indicative=indicative,
    )
