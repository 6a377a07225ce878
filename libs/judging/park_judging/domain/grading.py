"""What a service adds to its assessments: a grade of the period (AQI, water class), by medium and period."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from park_schemas.assessments import FactorAssessment, QualityGrade
from park_schemas.codes import Medium, Period
from park_schemas.registry import PointRecord

Hours: TypeAlias = Sequence[tuple[datetime, list[FactorAssessment]]]
"""(start, factors) of the hours of a day that are there, oldest first; empty for an hour."""
Grader: TypeAlias = Callable[[PointRecord, datetime, Sequence[FactorAssessment], Hours], QualityGrade | None]
"""Pure: point, start of the period, its factors, its hours -> grade, or None where the standard publishes nothing."""
Graders: TypeAlias = Mapping[tuple[Medium, Period], Grader]
