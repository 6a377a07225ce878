"""What a replay found different on a day becomes new versions: exactly what was looked at, or nothing.

An hour that has got a newer version since, or that would be judged otherwise by now, is not adopted; it is counted as
outdated, and a new replay shows it.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from park_chassis.database import Connection
from park_judging import store as judged
from park_judging.closing import Closing, Round
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.assessment_judging import judge_period
from park_judging.domain.frame_judging import WatchBook
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import Period
from park_schemas.park_time import at_park

from source_monitoring.replay import results


async def adopt_day(tx: Connection, closing: Closing, limits: PointLimits, replay_id: UUID, day: date) -> None:
    """Write what differs on a day as new revisions, with findings and announcements as closing does."""
    point_id = limits.point.point_id
    this = Round(WatchBook(await judged.open_watches(tx, {point_id})))
    made: list[tuple[Period, datetime, int]] = []
    found = await results.differing(tx, replay_id, point_id, day)
    for period, start, against, factors in found:
        newest = (await judged.revisions(tx, point_id, period, start))[-1:]
        plain = _unjudged(factors)
        as_seen = judge_period(limits, period, at_park(start), plain)[0] == factors
        if not as_seen or [one.revision for one in newest] != [against]:
            continue
        await closing.take(tx, this, limits, period, at_park(start), plain, ())
        made.append((period, start, newest[0].revision + 1))
    await closing.write(tx, this)
    await results.adopted(tx, replay_id, point_id, day, made, len(found) - len(made))


def _unjudged(factors: Sequence[FactorAssessment]) -> list[FactorAssessment]:
    """Return the factors as they were before they were held against limits: `take` does that itself."""
    return [
        msgspec.structs.replace(one, limit=None, ratio=None, compliant=None, standard="", clause="") for one in factors
    ]
