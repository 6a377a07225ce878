"""Class of an hour and of a day of a surface-water station, from its valid means (GB 3838-2002, method of 2011).

ASSUMPTION: the stations of a park stand on rivers; total phosphorus has other limits in lakes. To disprove: a station on a
lake or reservoir. A class from automatic data is an indication, the official one follows from the prescribed sampling.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from park_judging.domain.grading import Hours
from park_schemas.assessments import FactorAssessment, QualityGrade
from park_schemas.registry import PointRecord
from park_standards.errors import StandardsError
from park_standards.rounding import exact
from park_standards.water_class import Reading, WaterBody, site_class

_COLOURS = {"blue": "#0000FF", "green": "#00B050", "yellow": "#FFC000", "orange": "#FF7E00", "red": "#FF0000"}


def water_grade(
    _point: PointRecord, _start: datetime, factors: Sequence[FactorAssessment], _hours: Hours
) -> QualityGrade | None:
    """Return the class by the worst of the evaluated items, None when none of them is valid."""
    return class_grade(
        {one.factor: Reading(exact(one.mean), one.unit) for one in factors if one.valid and one.mean is not None}
    )


def class_grade(readings: Mapping[str, Reading]) -> QualityGrade | None:
    """Return the class of readings by factor code, None when none of them is evaluated."""
    try:
        report = site_class(readings, WaterBody.RIVER)
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
    )
