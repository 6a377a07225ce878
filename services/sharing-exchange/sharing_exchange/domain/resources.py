"""What can be pulled: one literal table. Adding a row here and nothing else adds a resource (but for readings' own store)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from msgspec import Struct
from park_schemas.alarms import Alarm
from park_schemas.registry import EnterpriseRecord, PointRecord
from park_schemas.tasks import Task
from park_schemas.telemetry import ReadingsReported

READINGS = "readings"


@dataclass(frozen=True)
class Resource:
    """One dataset. `key_of` gives the text that names a record; `version_of` rises with each change, 0 where none is kept
    (then a record counts as changed when its content differs). `units` are of fields, where they have one.
    """

    name: str
    topic: str
    body: type[Struct]
    key_of: Callable[[Any], str]
    version_of: Callable[[Any], int]
    title_zh: str
    title_en: str
    rhythm_zh: str
    rhythm_en: str
    units: dict[str, str]


_PLACE = {"longitude": "°, CGCS2000", "latitude": "°, CGCS2000"}


def _unversioned(_: Any) -> int:
    return 0


def _version(body: Any) -> int:
    return int(body.version)


RESOURCES: dict[str, Resource] = {
    resource.name: resource
    for resource in (
        Resource(
            "enterprises",
            "registry.enterprises.v1",
            EnterpriseRecord,
            lambda body: str(body.enterprise_id),
            _unversioned,
            "企业基本信息",
            "Enterprises",
            "变更时",
            "on change",
            _PLACE,
        ),
        Resource(
            "points",
            "registry.points.v1",
            PointRecord,
            lambda body: str(body.point_id),
            _unversioned,
            "监测点位与执行限值",
            "Monitoring points with the limits in force",
            "变更时",
            "on change",
            _PLACE,
        ),
        Resource(
            READINGS,
            "telemetry.readings.v1",
            ReadingsReported,
            lambda body: f"{body.mn} {body.command} {body.data_time.isoformat()}",
            _unversioned,
            "监测数据",
            "Reported readings, a frame a record",
            "实时 30 秒至 5 分钟,分钟、小时、日数据按周期",
            "realtime each 30 s to 5 min; minute, hour and day data by period",
            {"measurements": "values are decimal text in the factor's unit, see points.factors"},
        ),
        Resource(
            "alarms",
            "alerting.alarms.v1",
            Alarm,
            lambda body: str(body.alarm_id),
            _version,
            "告警",
            "Alarms, whole after each change",
            "状态变化后数秒内",
            "within seconds of a change",
            {**_PLACE, "observed": "unit", "limit": "unit", "ratio": "1", "peak_ratio": "1"},
        ),
        Resource(
            "tasks",
            "tasks.tasks.v1",
            Task,
            lambda body: str(body.task_id),
            _version,
            "处置任务",
            "Tasks, whole after each change",
            "状态变化后数秒内",
            "within seconds of a change",
            _PLACE,
        ),
    )
}
