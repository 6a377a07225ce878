"""Examples of results and of their review."""

from msgspec import Struct
from msgspec.structs import replace

from park_schemas.assessments import (
    AssessmentMade,
    FactorAssessment,
    LongResultStated,
    QualityGrade,
    ReviewStated,
    TrophicGrade,
)
from park_schemas.codes import (
    LongPeriod,
    Period,
)
from park_schemas.examples.people_and_times import AT, ENTERPRISE, HOUR, PARK, POINT, STATION, later
from park_schemas.examples.registry import LIMIT

ASSESSMENT = AssessmentMade(
    point_id=POINT,
    period=Period.HOUR,
    period_start=HOUR,
    revision=1,
    made_at=later(60),
    factors=[
        FactorAssessment(
            factor="w01018",
            unit="mg/L",
            valid=True,
            valid_count=58,
            expected_count=60,
            mean="180",
            minimum="171",
            maximum="192",
            limit="100",
            ratio=1.8,
            compliant=False,
            standard=LIMIT.standard,
            clause=LIMIT.clause,
        ),
        FactorAssessment(factor="w01001", unit="", valid=False, valid_count=12, expected_count=60),
    ],
    park_id=PARK,
    enterprise_id=ENTERPRISE,
)
LAKE_GRADE = QualityGrade(
    kind="water-class",
    value="Ⅳ",
    level=4,
    name_zh="轻度污染",
    name_en="light pollution",
    colour="#FFC000",
    standard="GB 3838-2002",
    primary=["w21011"],
    missing=["w01009"],
    trophic=TrophicGrade(
        index="52.3",
        name_zh="轻度富营养",
        name_en="light eutrophic",
        items=["w21011", "w21001", "w01019"],
        complete=False,
    ),
)
LAYERED_FACTOR = FactorAssessment(
    factor="w01018",
    unit="mg/L",
    valid=False,
    valid_count=30,
    expected_count=60,
    reason="calibration",
    verdict="invalid",
    baseline="valid",
    raw="181",
    mark="N",
    marks={"C": 4},
    equipment_mark="dev_calibration",
    emission="1.250",
    substituted="2.5",
    substitution="maximum of the last 30 valid daily emissions",
)
MONTH = LongResultStated(
    point_id=POINT,
    park_id=PARK,
    enterprise_id=ENTERPRISE,
    period=LongPeriod.MONTH,
    first_day="2026-03-01",
    last_day="2026-03-31",
    version=1,
    revision=1,
    made_at=later(60),
    factors=[
        FactorAssessment(
            factor="w01018",
            unit="mg/L",
            valid=True,
            valid_count=30,
            expected_count=31,
            mean="42.1",
            verdict="valid",
            emission="812.4",
            substituted="24.5",
        )
    ],
    days=31,
    final_days=12,
    final=False,
)

EXAMPLES: dict[str, tuple[Struct, ...]] = {
    "quality.assessment.made": (
        replace(ASSESSMENT, point_id=STATION, enterprise_id=None),
        replace(ASSESSMENT, point_id=STATION, enterprise_id=None, grade=LAKE_GRADE),
    ),
    "quality.long-result.stated": (replace(MONTH, point_id=STATION, enterprise_id=None, grade=LAKE_GRADE),),
    "source.assessment.made": (
        ASSESSMENT,
        replace(ASSESSMENT, revision=2),
        replace(ASSESSMENT, revision=3, review_state="approved", factors=[LAYERED_FACTOR]),
    ),
    "source.long-result.stated": (MONTH, replace(MONTH, version=2, final_days=31, final=True)),
    "source.review.stated": (
        ReviewStated(
            point_id=POINT,
            park_id=PARK,
            enterprise_id=ENTERPRISE,
            day="2026-03-01",
            version=2,
            state="approved",
            action="approve",
            changed_at=AT,
            digest="0" * 64,
            actor="王审核",
        ),
    ),
}
