"""Class of an hour and of a day of a surface-water station, from its valid means (GB 3838-2002, method of 2011).

Total phosphorus has its own limits in lakes and reservoirs, whose trophic state stands beside the class. A station without a
kind counts as one on a river (ASSUMPTION; the register says better). A hydrological station has no class. A class from automatic
data is an indication, the official one follows from the prescribed sampling.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from park_judging.domain.grading import Hours
from park_schemas.assessments import FactorAssessment, QualityGrade
from park_schemas.codes import PointKind
from park_schemas.registry import PointRecord
from park_standards.errors import StandardsError
from park_standards.rounding import exact
from park_standards.water_class import EXCLUDED, Reading, WaterBody, class_bounds, site_class

from quality.domain.lake_trophic import trophic_grade

_COLOURS = {"blue": "#0000FF", "green": "#00B050", "yellow": "#FFC000", "orange": "#FF7E00", "red": "#FF0000"}


def body_of(point: PointRecord) -> WaterBody:
    """Return the kind of water a station stands on."""
    return WaterBody.LAKE if point.point_kind is PointKind.LAKE else WaterBody.RIVER


def water_grade(
    point: PointRecord, _start: datetime, factors: Sequence[FactorAssessment], _hours: Hours
) -> QualityGrade | None:
    """Return the class by the worst of the evaluated items, None when none of them is valid."""
    return class_grade(
        point, {one.factor: Reading(exact(one.mean), one.unit) for one in factors if one.valid and one.mean is not None}
    )


def class_grade(point: PointRecord, readings: Mapping[str, Reading]) -> QualityGrade | None:
    """Return the class of readings by factor code, None when none of them is evaluated or the station is hydrological."""
    if point.point_kind is PointKind.HYDROLOGY:
        return None
    body = body_of(point)
    try:
        report = site_class(readings, body)
    except StandardsError:
        return None
    quality = report.overall.quality
    return QualityGrade(
        kind="water-class",
        value=report.overall.label_zh,
        level=int(report.overall),
        name_zh=quality.name_zh,
        name_en=quality.name_en,
        colour=_COLOURS[quality.colour],
        standard="GB 3838-2002",
        primary=[one.factor_code for one in report.main_pollutants],
        missing=list(_missing(point, readings, body)),
        trophic=trophic_grade(readings) if body is WaterBody.LAKE else None,
    )


def _missing(point: PointRecord, readings: Mapping[str, Reading], body: WaterBody) -> Iterable[str]:
    """Give the evaluated items that the station measures and of which nothing valid came."""
    for one in point.factors:
        evaluated = one.factor not in EXCLUDED and class_bounds(one.factor, body) is not None
        if evaluated and one.factor not in readings:
            yield one.factor
