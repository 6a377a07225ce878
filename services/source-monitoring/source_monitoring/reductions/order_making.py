"""An order as it is asked for, and the measures it is made of: those of the list for its level, or those named beside it."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from park_chassis.auth import Principal
from park_chassis.clock import now
from park_chassis.database import Connection
from park_chassis.errors import NotFound, Refused
from park_judging.registry import Points
from park_schemas.identifiers import uuid7
from park_schemas.park_time import at_park
from pydantic import Field

from source_monitoring.anomaly import schedule
from source_monitoring.domain.anomaly.rule_table import Cadence
from source_monitoring.domain.reductions.levels import LevelName
from source_monitoring.http_edge import Body
from source_monitoring.reductions import order_store
from source_monitoring.reductions.edge import may_see
from source_monitoring.reductions.from_list import measures_by_list


class NewMeasure(Body):
    """A measure beside the list: at most `allowed_share` (0 to below 1) of the usual `factor` (power, load or flow)."""

    point_id: UUID
    factor: str = Field(min_length=3, max_length=20)
    allowed_share: Decimal = Field(ge=0, lt=1, allow_inf_nan=False)
    measure_zh: str = Field(min_length=2, max_length=500)
    line: str = Field("", max_length=120)


class NewOrder(Body):
    """An order; times without offset are park time. Without `measures` each line of the list (of the given enterprises, all
    without) does what it says for the level."""

    title_zh: str = Field(min_length=2, max_length=200)
    title_en: str = Field(min_length=2, max_length=200)
    level: LevelName
    authority: str = Field("", max_length=200)
    document: str = Field("", max_length=200)
    area: str = Field("", max_length=500)
    starts_at: datetime
    ends_at: datetime
    reason: str = Field(min_length=2, max_length=2000)
    enterprise_ids: list[UUID] | None = Field(None, max_length=1000)
    measures: list[NewMeasure] = Field(default_factory=list, max_length=500)


def order_of(new: NewOrder, writer: Principal) -> order_store.Order:
    """Return the order of a form. Raises Refused (422) when it ends before it starts."""
    start, end = at_park(new.starts_at), at_park(new.ends_at)
    if end <= start:
        what = {"where": "ends_at", "what": "must be after starts_at", "what_zh": "结束时间必须晚于开始时间"}
        raise Refused(
            "bad-range", "结束时间必须晚于开始时间", "ends_at must be after starts_at", status=422, errors=[what]
        )
    return order_store.Order(
        order_id=uuid7(), title_zh=new.title_zh, title_en=new.title_en, level=new.level, authority=new.authority,
        document=new.document, area=new.area, starts_at=start, ends_at=end, reason=new.reason, author=writer.username,
        made_at=now(),
    )  # fmt: skip


async def measures_of(tx: Connection, points: Points, writer: Principal, new: NewOrder) -> list[order_store.Measure]:
    """Return the measures of a form. Raises Refused (422) when nothing is listed, NotFound for a point that is not there."""
    if new.measures:
        return [_beside_list(points, writer, one) for one in new.measures]
    found = await measures_by_list(tx, new.level, new.enterprise_ids)
    if not found:
        raise Refused(
            "nothing-listed", "减排清单中没有该级别的措施,请先填写清单", "the reduction list holds no measure of this level",
            status=422, errors=[{"where": "enterprise_ids", "what": "no line of the list", "what_zh": "清单中没有条目"}],
        )  # fmt: skip
    return found


def _beside_list(points: Points, writer: Principal, new: NewMeasure) -> order_store.Measure:
    limits = points.get(new.point_id)
    if limits is None or not points.is_own(limits) or not may_see(writer, limits.point.enterprise_id):
        raise NotFound("监测点", "monitoring point", new.point_id)
    return order_store.Measure(
        measure_id=uuid7(), enterprise_id=limits.point.enterprise_id, line_id=None, line=new.line or limits.point.name_zh,
        grade="", point_id=new.point_id, factor=new.factor, allowed_share=new.allowed_share, usual_value=None,
        measure_zh=new.measure_zh, emissions={},
    )  # fmt: skip


async def judge_soon(tx: Connection, measures: list[order_store.Measure], start: datetime) -> None:
    """Have the rule ORDER look at the outlets from the start of the order on."""
    ids = sorted({one.point_id for one in measures if one.point_id is not None and one.allowed_share is not None})
    await schedule.hurry(tx, ids, Cadence.HOURLY, now())
    await schedule.judge_again(tx, [(point_id, start) for point_id in ids], now())
