"""Whether a reduction was kept, and what is wrong with a line of the list: pure."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from park_chassis.sheets.sheet import SheetRow
from park_standards.anomaly.series import Sample, Series
from source_monitoring.domain.reductions.import_plan import against_list, read_rows
from source_monitoring.domain.reductions.keeping import HOUR, REFERENCE, keeping_of, without_meter
from source_monitoring.domain.reductions.levels import LEVELS
from source_monitoring.domain.reductions.reduction_list import LevelMeasure, ListedLine, ReductionMeasure, problems_of
from source_monitoring.domain.reductions.sheet import REDUCTION_LIST, Places, line_of, texts_of
from source_monitoring.domain.reductions.summary import JudgedMeasure, summary_of

START = datetime(2026, 11, 20, tzinfo=UTC)
ENTERPRISE, POINT = UUID(int=1), UUID(int=2)
PLACES = Places({"甲化工": ENTERPRISE}, {(ENTERPRISE, "DA001"): (POINT, frozenset({"z00001"}))})


def measure(share: str = "0.5", usual: str | None = None) -> ReductionMeasure:
    return ReductionMeasure(
        measure_id=UUID(int=3), order_id=UUID(int=4), point_id=POINT, title_zh="橙色预警", title_en="Orange", level="orange",
        measure_zh="限产50%", starts_at=START, ends_at=START + timedelta(hours=24), factor="z00001", allowed_share=share,
        usual_value=usual,
    )  # fmt: skip


def hours(before: str, during: list[str | None], reference: int = 100) -> Series[Decimal]:
    """Hourly values: `reference` hours of `before`, then those of the order from its start on (None: no data)."""
    samples = [Sample(START - (reference - n) * HOUR, Decimal(before)) for n in range(reference)]
    samples += [Sample(START + n * HOUR, Decimal(text)) for n, text in enumerate(during) if text is not None]
    return Series(tuple(samples), HOUR)


def verdict(during: list[str | None], **more: str) -> str:
    return keeping_of(hours("100", during), measure(**more), START + timedelta(days=2)).verdict


def test_an_order_is_kept_when_no_stretch_lies_above_the_allowed_value() -> None:
    kept = keeping_of(hours("100", ["49"] * 24), measure(), START + timedelta(days=2))
    assert (kept.verdict, kept.usual, kept.allowed, kept.mean, kept.achieved) == ("kept", "100", "50", "49", "0.51")
    assert (kept.hours, kept.expected_hours, kept.hours_over) == (22, 22, 0)


def test_two_hours_of_grace_and_a_single_high_hour_break_nothing() -> None:
    assert verdict(["100", "100", *["40"] * 10, "90", *["40"] * 11]) == "kept"


def test_two_high_hours_in_a_row_break_the_order_even_when_most_data_is_missing() -> None:
    during: list[str | None] = [None] * 24
    during[10] = during[11] = "53"
    found = keeping_of(hours("100", during), measure(), START + timedelta(days=2))
    assert (found.verdict, found.hours_over) == ("not-kept", 2)


def test_the_tolerance_is_five_percent_of_the_allowed_value() -> None:
    assert verdict(["52.5"] * 24) == "kept"
    assert verdict(["52.6"] * 24) == "not-kept"


def test_what_the_meter_cannot_show_is_not_provable_and_says_why() -> None:
    few = keeping_of(hours("100", ["40"] * 24, reference=71), measure(), START + timedelta(days=2))
    assert few.verdict == "not-provable"
    assert "71" in few.reason_zh
    assert verdict(["40"] * 10) == "not-provable"
    stood_still = keeping_of(hours("0", ["0"] * 24), measure(), START + timedelta(days=2))
    assert (stood_still.verdict, stood_still.usual) == ("not-provable", "0")
    assert without_meter(False, has_share=False).verdict == "not-provable"
    assert without_meter(True, has_share=False).verdict == "voluntary"


def test_a_filed_usual_value_stands_for_the_month_before() -> None:
    found = keeping_of(hours("100", ["40"] * 24, reference=10), measure(usual="90"), START + timedelta(days=2))
    assert (found.verdict, found.usual, found.usual_hours) == ("kept", "90", 0)


def test_a_stop_is_kept_only_by_standing_still() -> None:
    assert verdict(["0"] * 24, share="0") == "kept"
    assert verdict([*["0"] * 20, "1", "1", "0", "0"], share="0") == "not-kept"


def test_before_the_grace_is_over_nothing_is_said() -> None:
    assert keeping_of(hours("100", ["100"]), measure(), START + timedelta(hours=2)).verdict == "pending"


def test_hours_of_the_reference_older_than_thirty_days_do_not_count() -> None:
    old = Series(tuple(Sample(START - REFERENCE - (200 - n) * HOUR, Decimal(900)) for n in range(200)), HOUR)
    both = Series((*old.samples, *hours("100", ["40"] * 24).samples), HOUR)
    assert keeping_of(both, measure(), START + timedelta(days=2)).usual == "100"


@given(st.lists(st.integers(0, 200), min_size=24, max_size=24), st.integers(0, 30))
def test_less_power_never_turns_kept_into_broken(values: list[int], less: int) -> None:
    more = verdict([str(value) for value in values])
    fewer = verdict([str(max(0, value - less)) for value in values])
    assert not (more == "kept" and fewer == "not-kept")


def line(**more: object) -> ListedLine:
    usual = {
        "enterprise_id": ENTERPRISE, "line": "1 号炉", "grade": "C", "point_id": POINT, "factor": "z00001",
        "measures": {"orange": LevelMeasure(measure_zh="限产50%", allowed_share="0.5")}, "emissions": {"SO2": "12.5"},
    }  # fmt: skip
    return ListedLine(**(usual | more))  # type: ignore[arg-type]


def test_every_mistake_of_a_line_is_told_with_its_field() -> None:
    wrong = line(
        line=" ", grade="E", factor="", usual_value="0", emissions={"CO2": "1", "SO2": "-1"},
        measures={
            "purple": LevelMeasure(measure_zh="x"), "yellow": LevelMeasure(measure_zh="a", allowed_share="0.3"),
            "orange": LevelMeasure(measure_zh="", allowed_share="1"), "red": LevelMeasure(measure_zh="b", allowed_share="0.5"),
        },
    )  # fmt: skip
    assert {one.column for one in problems_of(wrong)} == {
        "line", "grade", "factor", "usual_value", "emissions.CO2", "emission_SO2", "measures.purple", "orange_measure",
        "orange_share", "red_share",
    }  # fmt: skip
    assert problems_of(line()) == []


def test_a_line_written_as_a_row_is_read_as_the_same_line() -> None:
    shares = zip(LEVELS, ("0.8", "0.5", "0"), strict=True)
    measures = {level: LevelMeasure(measure_zh=level, allowed_share=share) for level, share in shares}
    full = line(industry="石化", usual_value="320", note="见附件", measures=measures)
    again, problems = line_of(texts_of(full, "甲化工", "DA001"), PLACES)
    assert problems == []
    assert again == full


def test_an_import_says_of_each_row_what_becomes_of_it() -> None:
    good = texts_of(line(), "甲化工", "DA001")
    rows = [
        SheetRow(2, good), SheetRow(3, good | {"line": "2 号炉"}), SheetRow(4, good),
        SheetRow(5, good | {"line": "3 号炉", "enterprise": "乙", "grade": "Z"}),
        SheetRow(6, good | {"line": "4 号炉", "factor": "w00000"}), SheetRow(7, good | {"line": "5 号炉", "orange_measure": ""}),
    ]  # fmt: skip
    standing = {(ENTERPRISE, "1 号炉"): line(), (ENTERPRISE, "2 号炉"): line(line="2 号炉", grade="B")}
    reports = [one.report for one in against_list(read_rows(rows, PLACES), standing)]
    assert [one.status for one in reports] == ["unchanged", "updated", "rejected", "rejected", "rejected", "rejected"]
    assert [{error.column for error in one.errors} for one in reports[2:]] == [
        {"line"}, {"enterprise", "grade"}, {"factor"}, {"orange_measure"},
    ]  # fmt: skip
    assert all(column.name for column in REDUCTION_LIST.columns)


def test_the_sum_counts_an_enterprise_by_its_worst_measure_and_mass_by_what_was_shown() -> None:
    rows = [
        JudgedMeasure(enterprise_id="a", verdict="kept", allowed_share="0.5", achieved="0.6", emissions={"SO2": "100"}),
        JudgedMeasure(enterprise_id="a", verdict="not-kept", allowed_share="0.5", achieved="0.1", emissions={"SO2": "50"}),
        JudgedMeasure(enterprise_id="b", verdict="not-provable", allowed_share=None, achieved=None, emissions={"SO2": "50"}),
    ]  # fmt: skip
    summary = summary_of(rows, "orange")
    assert summary["measures"] == {"all": 3, "kept": 1, "not-kept": 1, "not-provable": 1}
    assert summary["enterprises"] == {"all": 2, "not-kept": 1, "not-provable": 1}
    (sulphur,) = [one for one in summary["emissions"] if one["pollutant"] == "SO2"]
    assert (sulphur["listed_kg"], sulphur["ordered_kg"], sulphur["shown_kg"]) == ("200", "75", "65")
    assert (sulphur["shown_share"], sulphur["least_share"]) == ("0.325", "0.20")
