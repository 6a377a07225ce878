"""Examples of findings."""

from datetime import timedelta
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from park_schemas.codes import (
    Medium,
    Period,
)
from park_schemas.examples.people_and_times import AT, ENTERPRISE, FINDING, HOUR, MN, PARK, POINT
from park_schemas.examples.registry import LIMIT
from park_schemas.supervision import FindingRecorded

VIOLATED = FindingRecorded(
    finding_id=FINDING,
    rule="exceedance",
    verdict="violated",
    park_id=PARK,
    subject_id=POINT,
    subject_name_zh="一号废水总排口",
    subject_name_en="Waste water outlet 1",
    medium=Medium.WASTE_WATER,
    period=Period.HOUR,
    period_start=HOUR,
    period_end=HOUR + timedelta(hours=1),
    recorded_at=AT,
    explanation_zh="化学需氧量小时均值 180 mg/L,为限值 100 mg/L 的 1.80 倍",
    explanation_en="hourly mean of COD 180 mg/L is 1.80 times the limit of 100 mg/L",
    enterprise_id=ENTERPRISE,
    enterprise_name_zh="示例化工有限公司",
    enterprise_name_en="Example Chemicals",
    mn=MN,
    factor="w01018",
    factor_name_zh="化学需氧量",
    factor_name_en="COD",
    observed="180",
    limit="100",
    unit="mg/L",
    ratio=1.8,
    standard=LIMIT.standard,
    clause=LIMIT.clause,
    limit_id=LIMIT.limit_id,
    statutory=True,
    longitude=120.6012,
    latitude=31.3044,
)
WITHDRAWN = replace(
    VIOLATED,
    finding_id=UUID("4b0d2a9e-8f0c-5f57-9c9e-1c52b3a5d002"),
    verdict="complied",
    explanation_zh="该小时由工况标记“启炉”豁免,原超标结论撤销",
    explanation_en="the hour is exempt by the condition mark startup: the exceedance told before stands no more",
    observed=None,
    ratio=None,
    withdraws=FINDING,
)
TOLD_AGAIN = replace(VIOLATED, finding_id=UUID("4b0d2a9e-8f0c-5f57-9c9e-1c52b3a5d003"), reinstates=FINDING)

EXAMPLES: dict[str, tuple[Struct, ...]] = {
    "supervision.finding.recorded": (
        VIOLATED,
        replace(VIOLATED, verdict="complied", observed="62", ratio=0.62, explanation_zh="恢复达标"),
        WITHDRAWN,
        TOLD_AGAIN,
    ),
}
