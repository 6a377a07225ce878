"""How quality computes days: as every service, and the largest 8-hour mean of ozone, by which its day is judged (HJ 663)."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from park_chassis.database import Connection
from park_chassis.frame_revisions import Frame
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.grading import Hours
from park_judging.period_rules import Made, PlainRules
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import Medium

from quality.domain.air_index import OZONE, ozone_max_8h
from quality.station_watch import StationWatch


class StationRules(PlainRules):
    """The period rules of environment stations (park_judging.period_rules)."""

    def __init__(self, watch: StationWatch) -> None:
        self._watch = watch

    async def made(self, tx: Connection, made: Sequence[Made], confirmed: Sequence[Made]) -> None:
        """Hold new hours against target, hour before and neighbours."""
        await self._watch.look(tx, made)

    async def day(
        self, tx: Connection, limits: PointLimits, start: datetime, hours: Hours, reported: Sequence[Frame]
    ) -> list[FactorAssessment]:
        """Compute a day from its hours."""
        factors = await super().day(tx, limits, start, hours, reported)
        if limits.point.medium is not Medium.AMBIENT_AIR:
            return factors
        best = ozone_max_8h(start, hours, limits.factors)
        return [msgspec.structs.replace(one, max_8h=best) if one.factor == OZONE else one for one in factors]
