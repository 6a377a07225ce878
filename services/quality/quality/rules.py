"""How quality computes days. Air: the largest 8-hour mean of ozone beside the mean, by which its day is judged (HJ 663). Noise:
day and night apart, in days that begin with the day. All others as every service."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from park_chassis.database import Connection
from park_chassis.frame_revisions import Frame
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.grading import Hours
from park_judging.period_rules import MIDNIGHT, Looked, Made, PlainRules
from park_judging.told_exceedances import ToldExceedances
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import Medium
from park_schemas.registry import PointRecord
from park_schemas.supervision import FindingRecorded

from quality import long_results
from quality.domain.air_index import OZONE, ozone_max_8h
from quality.domain.noise_day import NOISE_DAY_BEGINS, noise_day
from quality.station_watch import StationWatch

TOLD = ToldExceedances()


class StationRules(PlainRules):
    """The period rules of environment stations (park_judging.period_rules)."""

    def __init__(self, watch: StationWatch) -> None:
        self._watch = watch

    async def made(self, tx: Connection, made: Sequence[Made], confirmed: Sequence[Made]) -> None:
        """Hold computed hours against target, hour before and neighbours; note the months of new days.

        An hour that came out the same is looked at as well: its target may be another one by now.
        """
        await self._watch.look(tx, [*made, *confirmed])
        await long_results.touch(tx, made)

    async def findings(
        self, tx: Connection, looked: Sequence[Looked], bodies: list[FindingRecorded]
    ) -> list[FindingRecorded]:
        """Tell also that an exceedance stands no more, or stands again: late data, another limit or zone."""
        return await TOLD.follow(tx, looked, bodies)

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
