"""How quality computes days. Air: the largest 8-hour mean of ozone beside the mean, by which its day is judged (HJ 663). Noise:
day and night apart, in days that begin with the day. All others as every service."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from park_chassis.database import Connection
from park_chassis.frame_revisions import Frame
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.grading import Hours
from park_judging.period_rules import MIDNIGHT, Made, PlainRules
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import Medium
from park_schemas.registry import PointRecord

from quality import long_results
from quality.domain.air_index import OZONE, ozone_max_8h
from quality.domain.noise_day import NOISE_DAY_BEGINS, noise_day
from quality.station_watch import StationWatch


class StationRules(PlainRules):
    """The period rules of environment stations (park_judging.period_rules)."""

    def __init__(self, watch: StationWatch) -> None:
        self._watch = watch

    async def made(self, tx: Connection, made: Sequence[Made], confirmed: Sequence[Made]) -> None:
        """Hold new hours against target, hour before and neighbours; note the months of new days."""
        await self._watch.look(tx, made)
        await long_results.touch(tx, made)

    def day_begins(self, point: PointRecord) -> timedelta:
        return NOISE_DAY_BEGINS if point.medium is Medium.NOISE else MIDNIGHT

    async def day(
        self, tx: Connection, limits: PointLimits, start: datetime, hours: Hours, reported: Sequence[Frame]
    ) -> list[FactorAssessment]:
        """Compute a day from its hours."""
        if limits.point.medium is Medium.NOISE:
            return noise_day(limits.point, hours, reported)
        factors = await super().day(tx, limits, start, hours, reported)
        if limits.point.medium is not Medium.AMBIENT_AIR:
            return factors
        best = ozone_max_8h(start, hours, limits.factors)
        return [msgspec.structs.replace(one, max_8h=best) if one.factor == OZONE else one for one in factors]
