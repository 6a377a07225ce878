"""Results of laboratories read and judged: each kind by its standard, limits as printed in the tables."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from park_chassis.sheets.problems import BadCell
from park_judging.domain.laboratory.cells import moment
from park_judging.domain.laboratory.import_rows import reason_of
from park_judging.domain.laboratory.measured import measured
from park_schemas.codes import Medium
from park_schemas.park_time import PARK_TIME_ZONE
from quality.domain.surveys.items import item_of, items
from quality.domain.surveys.kinds import KINDS
from quality.domain.surveys.records import Campaign, Outcome, Site
from quality.domain.surveys.rows import Judged, result_of, site_of
from quality.domain.surveys.site_verdicts import site_verdict

PARK = UUID(int=1)
NOW = datetime(2026, 11, 22, 12, tzinfo=PARK_TIME_ZONE)
DAY, NIGHT = "2026-11-01 10:00", "2026-11-01 23:00"


def site(kind: str, category: str = "", **fields: str) -> Site:
    texts = {"code": "S-1", "kind": kind, "name_zh": "一号点", "longitude": "118.9", "latitude": "32.2"}
    made, problems = site_of(texts | {"category": category} | fields, PARK)
    assert made is not None, problems
    return made


def judged(of: Site, item: str, value: str, unit: str, **fields: str) -> Judged:
    made, problems = attempt(of, item=item, value=value, unit=unit, **fields)
    assert made is not None, problems
    return made


def attempt(of: Site, **fields: str) -> tuple[Judged | None, list[Any]]:
    campaign = Campaign(
        campaign_id=UUID(int=2), kind=of.kind, name_zh="三季度", planned_on=NOW.date(), laboratory="某检测公司"
    )
    texts = {"site": of.code, "sampled_at": DAY} | fields
    return result_of(texts, campaign, {of.code: of}, NOW)


def columns(of: Site, **fields: str) -> list[tuple[str, str]]:
    made, problems = attempt(of, **fields)
    assert made is None
    return [(one.column, one.what_en) for one in problems]


@pytest.mark.parametrize(
    ("text", "limit", "value", "detected"),
    [
        ("0.12", None, "0.12", True),
        ("<0.004", None, None, False),
        ("0.004L", "0.004", None, False),
        ("ND", "0.004", None, False),
        ("未检出", "0.004", None, False),
        ("0.004", "0.004", "0.004", True),
    ],
)
def test_results_are_read_as_laboratories_write_them(
    text: str, limit: str | None, value: str | None, detected: bool
) -> None:
    found = measured(text, Decimal(limit) if limit else None, sensory=False)
    assert (found.value, found.detected) == (Decimal(value) if value else None, detected)
    assert found.detection_limit == (Decimal(limit) if limit else Decimal("0.004") if value is None else None)


@pytest.mark.parametrize(
    ("text", "limit", "said"),
    [
        ("ND", None, "detection limit has to be given"),
        ("<0.004", "0.01", "differs from the detection limit"),
        ("0.003", "0.004", "write <0.004"),
        ("<0", None, "above 0"),
        ("high", None, "not a number"),
        ("NaN", None, "not a finite number"),
        ("1e999999", None, "more digits"),
        ("0e-999999", None, "more digits"),
    ],
)
def test_a_result_that_cannot_be_or_contradicts_its_detection_limit_says_so(
    text: str, limit: str | None, said: str
) -> None:
    with pytest.raises(BadCell, match=said):
        measured(text, Decimal(limit) if limit else None, sensory=False)


def test_times_are_of_the_park_and_a_day_alone_is_its_midnight() -> None:
    assert moment("2026-03-01 14:30") == datetime(2026, 3, 1, 14, 30, tzinfo=PARK_TIME_ZONE)
    assert moment("2026/3/1 9:05") == datetime(2026, 3, 1, 9, 5, tzinfo=PARK_TIME_ZONE)
    assert moment("2026年3月1日") == datetime(2026, 3, 1, tzinfo=PARK_TIME_ZONE)
    with pytest.raises(BadCell):
        moment("yesterday")


def test_items_are_known_by_code_and_by_name_in_any_spelling() -> None:
    assert item_of(Medium.SOIL, "苯并［a］芘") == item_of(Medium.SOIL, "苯并[a]芘")
    ammonia = item_of(Medium.GROUNDWATER, "w21003")
    assert ammonia is not None
    assert ammonia == item_of(Medium.GROUNDWATER, "氨氮")
    assert item_of(Medium.SOIL, "氨氮") is None
    assert all(items(kind) for kind in KINDS)


def test_groundwater_is_classed_item_by_item_and_held_against_the_class_of_the_well() -> None:
    well = site("地下水", "Ⅲ")
    over = judged(well, "氨氮", "0.51", "mg/L")
    assert (over.verdict.outcome, over.verdict.grade, over.verdict.limit) == (Outcome.OVER, "Ⅳ", "0.50")
    assert over.verdict.standard == "GB/T 14848-2017"
    assert (over.verdict.clause, over.verdict.confidence) == ("表1", "cross-checked")
    assert "0.51 mg/L" in over.verdict.zh
    assert "超过" in over.verdict.zh
    same = judged(well, "w21003", "500", "μg/L")
    assert (same.verdict.outcome, same.verdict.grade) == (Outcome.COMPLIANT, "Ⅲ")
    assert judged(well, "嗅和味", "有", "").verdict.outcome is Outcome.OVER
    assert judged(well, "嗅和味", "无", "").verdict.outcome is Outcome.COMPLIANT


def test_a_method_that_is_not_sensitive_enough_decides_nothing() -> None:
    well = site("地下水", "Ⅲ")
    assert judged(well, "氨氮", "<0.6", "mg/L").verdict.outcome is Outcome.UNDECIDED
    assert judged(well, "氨氮", "0.025L", "mg/L").verdict.outcome is Outcome.COMPLIANT


def test_a_well_without_a_target_gets_its_class_only() -> None:
    free = judged(site("地下水"), "氨氮", "0.51", "mg/L").verdict
    assert (free.outcome, free.grade, free.grade_level) == (Outcome.NOT_JUDGED, "Ⅳ", 4)


def test_surface_water_counts_total_phosphorus_by_the_kind_of_water() -> None:
    river, lake = site("地表水", "Ⅲ"), site("地表水", "Ⅲ", water_body="湖库")
    assert judged(river, "w21011", "0.1", "mg/L").verdict.outcome is Outcome.COMPLIANT
    in_lake = judged(lake, "w21011", "0.1", "mg/L").verdict
    assert (in_lake.outcome, in_lake.grade, in_lake.limit) == (Outcome.OVER, "Ⅳ", "0.05")
    apart = judged(river, "粪大肠菌群", "20000", "个/L").verdict
    assert (apart.outcome, apart.grade, apart.decides) == (Outcome.NOT_JUDGED, "Ⅳ", False)


def test_soil_of_construction_land_is_a_question_of_screening_and_control_values() -> None:
    plot = site("土壤", "第二类用地")
    verdicts = [judged(plot, "砷", value, "mg/kg").verdict for value in ("60", "61", "141")]
    assert [one.grade for one in verdicts] == ["negligible", "survey", "unacceptable"]
    assert [one.outcome for one in verdicts] == [Outcome.COMPLIANT, Outcome.OVER, Outcome.OVER]
    natural = judged(plot, "砷", "61", "mg/kg", background="65").verdict
    assert (natural.grade, natural.outcome) == ("within-background", Outcome.COMPLIANT)
    assert judged(plot, "砷", "61000", "ug/kg").verdict.grade == "survey"
    assert judged(plot, "pH", "7.1", "").verdict.outcome is Outcome.NOT_JUDGED


def test_farmland_is_judged_by_the_ph_of_its_soil() -> None:
    field = site("土壤", "水田")
    assert judged(field, "镉", "0.8", "mg/kg", ph="7.6").verdict.outcome is Outcome.COMPLIANT
    assert judged(field, "镉", "0.81", "mg/kg", ph="7.6").verdict.outcome is Outcome.OVER
    assert ("ph", "farmland needs the pH of its soil") in columns(field, item="镉", value="0.3", unit="mg/kg")


def test_noise_is_judged_by_zone_and_by_day_and_night() -> None:
    place = site("噪声", "3类")
    assert judged(place, "Leq", "65.4", "dB(A)").verdict.outcome is Outcome.COMPLIANT
    at_night = judged(place, "Leq", "56", "dB(A)", sampled_at=NIGHT).verdict
    assert (at_night.outcome, at_night.limit, at_night.standard) == (Outcome.OVER, "55", "GB 3096-2008")
    assert judged(place, "LMx", "70", "dB(A)", sampled_at=NIGHT).verdict.outcome is Outcome.COMPLIANT
    assert judged(place, "LMx", "71", "dB(A)", sampled_at=NIGHT).verdict.outcome is Outcome.OVER
    assert judged(place, "LMx", "90", "dB(A)").verdict.outcome is Outcome.NOT_JUDGED


def test_the_background_is_taken_off_the_noise_at_a_boundary() -> None:
    boundary = site("噪声", "3", noise_standard="厂界")
    assert judged(boundary, "Leq", "66", "dB(A)").verdict.outcome is Outcome.OVER
    assert judged(boundary, "Leq", "66", "dB(A)", background="59").verdict.outcome is Outcome.COMPLIANT


def test_a_construction_site_needs_no_zone_and_has_no_limit_before_its_standard() -> None:
    works = site("噪声", noise_standard="施工场界")
    assert judged(works, "Leq", "71", "dB(A)").verdict.outcome is Outcome.OVER
    before = judged(works, "Leq", "71", "dB(A)", sampled_at="2025-06-01 10:00").verdict
    assert before.outcome is Outcome.NOT_JUDGED


def test_odour_at_the_boundary_and_ambient_air_by_the_edition_of_the_day() -> None:
    assert judged(site("恶臭", "二级"), "臭气浓度", "21", "").verdict.outcome is Outcome.OVER
    assert judged(site("恶臭", "二级"), "硫化氢", "60", "ug/m3").verdict.outcome is Outcome.COMPLIANT
    air = site("环境空气", "二类")
    assert judged(air, "a34004", "61", "ug/m3", averaging="日").verdict.outcome is Outcome.OVER
    old = judged(air, "a34004", "61", "ug/m3", averaging="日", sampled_at="2025-11-01").verdict
    assert (old.outcome, old.standard) == (Outcome.COMPLIANT, "GB 3095-2012")
    reference = judged(air, "硫化氢", "11", "ug/m3", averaging="小时").verdict
    assert (reference.outcome, reference.standard) == (Outcome.OVER, "HJ 2.2-2018 appendix D")


def test_every_fault_of_a_row_is_told_at_once() -> None:
    well = site("地下水", "Ⅲ")
    found = columns(well, site="X-9", item="幽灵素", value="-", unit="parsec", sampled_at="2027-01-01")
    assert {column for column, _ in found} == {"site", "item", "unit", "sampled_at"}
    assert columns(well, item="氨氮", value="0.1", unit="mg/kg") == [("unit", "does not convert to mg/L")]
    assert columns(well, item="氨氮", value="0.1") == [("unit", "a unit is needed (limits are in mg/L)")]
    for old in ("1899-01-01", "0001-01-01T00:00+14:00"):
        assert columns(well, item="氨氮", value="0.1", unit="mg/L", sampled_at=old)[0][0] == "sampled_at"
    assert columns(well, item="氨氮", value="-0.1", unit="mg/L") == [("value", "must not be negative")]
    assert (
        columns(site("噪声", "2"), item="Leq", value="50", unit="dB(A)", sampled_at="2026-11-01")[0][0] == "sampled_at"
    )
    assert columns(site("环境空气", "1"), item="a21026", value="9", unit="ug/m3")[0][0] == "averaging"


def test_set_aside_rows_have_the_reason_of_their_first_telling_problem() -> None:
    _, problems = attempt(site("地下水", "Ⅲ"), item="幽灵素", value="0.1", unit="mg/L")
    assert reason_of(problems) == "unknown-factor"
    _, problems = attempt(site("地下水", "Ⅲ"), item="氨氮", value="much", unit="mg/L")
    assert reason_of(problems) == "bad-value"


@pytest.mark.parametrize(
    ("fields", "column"),
    [
        ({"kind": "土壤"}, "category"),
        ({"kind": "地下水", "category": "二类区"}, "category"),
        ({"kind": "噪声", "category": "4a", "noise_standard": "厂界"}, "category"),
        ({"kind": "地下水", "water_body": "河流"}, "water_body"),
        ({"kind": "地下水", "longitude": "32.2", "latitude": "118.9"}, "longitude"),
    ],
)
def test_a_site_needs_what_its_standard_needs(fields: dict[str, str], column: str) -> None:
    texts = {"code": "S-1", "name_zh": "一号点", "longitude": "118.9", "latitude": "32.2"}
    made, problems = site_of(texts | fields, PARK)
    assert made is None
    assert column in {one.column for one in problems}


def test_a_site_has_the_class_of_its_worst_item_and_the_levels_of_day_and_night() -> None:
    well = site("地下水", "Ⅲ")
    both = [judged(well, "氨氮", "0.51", "mg/L"), judged(well, "铁", "0.1", "mg/L")]
    said = site_verdict(well.site_id, [(one.result, one.verdict) for one in both])
    assert (said.outcome, said.grade, said.deciding, said.counts) == (
        Outcome.OVER, "Ⅳ", ["氨氮"], {"over": 1, "compliant": 1},
    )  # fmt: skip
    place = site("噪声", "3")
    heard = [
        judged(place, "Leq", "60", "dB(A)"),
        judged(place, "Leq", "60", "dB(A)", sampled_at="2026-11-01 12:00"),
        judged(place, "Leq", "50", "dB(A)", sampled_at=NIGHT),
    ]
    levels = site_verdict(place.site_id, [(one.result, one.verdict) for one in heard]).levels
    # Ldn by hand: 10 lg((16 * 10^6.0 + 8 * 10^6.0) / 24) = 60.0
    assert levels == {"day": "60.0", "night": "50.0", "ldn": "60.0"}
