"""Fugitive emission (无组织排放): what is measured at the fence belongs to no stack. Pure.

Its limits are those of the monitoring point at the boundary or in the plant area (GB 16297-1996 table 2, GB 37822-2019 A.1),
held against the measured hourly mean. ASSUMPTION: an hour at the fence is valid by the counts of HJ 75, as no rule was obtained
for continuous monitors at a fence; to disprove, a local rule on fence monitors.
"""

from collections.abc import Iterable

import msgspec
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import PointKind
from park_schemas.registry import PointRecord


def is_fugitive(point: PointRecord) -> bool:
    """Say whether a point watches fugitive emission; a point of no kind is an organised outlet."""
    return point.point_kind is PointKind.FUGITIVE


def without_conversion(factors: Iterable[FactorAssessment]) -> list[FactorAssessment]:
    """Return factors without values converted to reference oxygen: there is no flue gas, whatever the logger sends."""
    return [msgspec.structs.replace(one, converted_mean=None, reported_converted=None) for one in factors]
