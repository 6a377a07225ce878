"""Exceedances that were told and may be withdrawn: by the data (park_judging.told_exceedances), and here by marks and checks."""

from park_chassis.database import Connection
from park_judging.domain.periods import LENGTH
from park_judging.domain.withdrawal import Words
from park_judging.period_rules import Looked
from park_judging.told_exceedances import ToldExceedances
from park_schemas.assessments import FactorAssessment

from source_monitoring.domain.ruled_out import ruled_out
from source_monitoring.marking import store as marking


async def ruled_out_by(tx: Connection, looked: Looked, factor: FactorAssessment | None) -> Words | None:
    """Say by what people or checks took a factor's period out of judgement, with the marks that count by name."""
    if ruled_out(factor) is None:
        return None
    end = looked.start + LENGTH[looked.period]
    marks = await marking.touching(tx, looked.limits.point.point_id, looked.start, end)
    return ruled_out(factor, [mark for mark in marks if mark.counts])


TOLD = ToldExceedances(ruled_out_by)
