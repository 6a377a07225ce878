"""Hours and days: counts, validity, means, and what the device itself said."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from park_chassis.frame_revisions import Frame, entry_of
from park_judging.domain.period_means import Intervals, assess_day, assess_hour
from park_judging.domain.samples import HourFrames
from park_judging.testing import factor
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import Medium, Period
from park_schemas.registry import MonitoredFactor

START = datetime(2026, 11, 20, 2, tzinfo=UTC)
INTERVALS = Intervals(minute_s=600, realtime_s=30)


def frame(at: datetime, period: Period, marks: str | None = "N", **values: str) -> Frame:
    """A frame of one factor; keys of `values` are attributes of w01018, or factor_Attribute."""
    entries = {
        tuple(name.split("_", 1)) if "_" in name else ("w01018", name): entry_of(text, marks)
        for name, text in values.items()
    }
    return Frame(
        mn="M", command="2051", data_time=at, point_id=UUID(int=1), period=period, received_at=at, event_id=uuid4(),
        entries=entries,  # type: ignore[arg-type]
    )  # fmt: skip


def minutes(*values: str, every: int = 10, marks: str | None = "N") -> list[Frame]:
    return [
        frame(START + timedelta(minutes=every * step), Period.MINUTE, marks, Avg=value)
        for step, value in enumerate(values)
    ]


def hour(
    minute: list[Frame] | None = None, realtime: list[Frame] | None = None, reported: list[Frame] | None = None,
    of: MonitoredFactor | None = None,
) -> FactorAssessment:  # fmt: skip
    (one,) = assess_hour([of or factor()], HourFrames(minute or [], realtime or [], reported or []), INTERVALS)
    return one


@pytest.mark.parametrize(
    ("every", "sent", "expected", "valid"),
    [(10, 5, 6, True), (10, 4, 6, False), (5, 9, 12, True), (1, 44, 60, False), (1, 45, 60, True)],
)
def test_an_hour_needs_three_quarters_of_the_minute_records_it_should_have(
    every: int, sent: int, expected: int, valid: bool
) -> None:
    one = hour(minutes(*["10"] * sent, every=every))
    assert (one.expected_count, one.valid_count, one.valid) == (expected, sent, valid)
    assert one.reason == ("" if valid else "too-few-values")


def test_values_marked_as_not_valid_count_as_received_but_not_as_valid() -> None:
    good, bad = minutes(*["10"] * 5), minutes(*["900"] * 6, marks="C")[5:]
    one = hour(good + bad)
    assert (one.valid_count, one.expected_count, one.mean, one.valid) == (5, 6, "10.00", True)


def test_an_hour_of_a_stopped_source_says_so() -> None:
    one = hour(minutes(*["0"] * 6, marks="F"))
    assert (one.valid, one.mean, one.reason) == (False, None, "stopped")


def test_minute_records_are_preferred_to_realtime_values_and_realtime_fills_in() -> None:
    realtime = [frame(START + timedelta(seconds=30 * step), Period.REALTIME, Rtd="20") for step in range(120)]
    assert hour(minutes(*["10"] * 6), realtime).mean == "10.00"
    one = hour([], realtime)
    assert (one.mean, one.expected_count, one.valid_count) == ("20.00", 120, 120)


def test_the_device_s_own_hour_stands_beside_the_computed_one_unless_it_is_marked() -> None:
    assert hour(minutes(*["10"] * 6), [], [frame(START, Period.HOUR, Avg="11.5")]).reported == "11.5"
    assert hour(minutes(*["10"] * 6), [], [frame(START, Period.HOUR, "D", Avg="11.5")]).reported is None
    alone = hour([], [], [frame(START, Period.HOUR, Avg="11.5")])
    assert (alone.valid, alone.mean, alone.reported, alone.reason) == (False, None, "11.5", "no-data")


def test_converted_values_have_a_mean_of_their_own_and_totals_add_up() -> None:
    frames = [
        frame(START + timedelta(minutes=10 * step), Period.MINUTE, Avg="10", ZsAvg=f"{20 + step}", Cou="1.50")
        for step in range(6)
    ]
    one = hour(frames)
    assert (one.mean, one.converted_mean, one.total) == ("10.00", "22.50", "9.00")


def test_the_mean_of_directions_is_a_vector_mean() -> None:
    wind = factor("a01008", "degree(angle)", 0)
    frames = [
        frame(START + timedelta(minutes=10 * step), Period.MINUTE, a01008_Avg=value)
        for step, value in enumerate(["350", "10", "350", "10", "0", "0"])
    ]
    mean = hour(frames, of=wind).mean
    assert mean is not None
    assert min(float(mean), 360 - float(mean)) < 0.11


@given(st.lists(st.decimals(min_value=0, max_value=500, places=1), min_size=1, max_size=12))
def test_the_mean_lies_between_minimum_and_maximum_up_to_rounding(values: list[object]) -> None:
    one = hour(minutes(*(f"{value:f}" for value in values), every=5))
    assert one.mean is not None
    assert one.minimum is not None
    assert one.maximum is not None
    assert float(one.minimum) - 0.01 <= float(one.mean) <= float(one.maximum) + 0.01


ABSURD = ["9" * 300, "-" + "9" * 300, "1" * 70 + ".5", "0." + "0" * 200 + "1", "99999999999.9", "-0", "0.000"]


@pytest.mark.parametrize("code", ["w01018", "Leq", "a01008", "LMx"])
@given(st.lists(st.sampled_from(ABSURD), min_size=5, max_size=6))
def test_no_number_a_device_may_send_stops_the_hour(code: str, values: list[str]) -> None:
    frames = [
        frame(START + timedelta(minutes=10 * step), Period.MINUTE, **{f"{code}_Avg": value})
        for step, value in enumerate(values)
    ]
    one = hour(frames, of=factor(code))
    assert one.valid
    assert one.mean is not None
    assert Decimal(one.mean).is_finite()


def assessed(
    mean: str, *, valid: bool = True, total: str | None = None, code: str = "w01018", unit: str = "mg/L"
) -> FactorAssessment:
    return FactorAssessment(
        factor=code,
        unit=unit,
        valid=valid,
        valid_count=6,
        expected_count=6,
        mean=mean,
        minimum=mean,
        maximum=mean,
        total=total,
    )


@pytest.mark.parametrize(
    ("medium", "hours", "valid"),
    [
        (Medium.WASTE_GAS, 20, True),
        (Medium.WASTE_GAS, 19, False),
        (Medium.WASTE_WATER, 18, True),
        (Medium.WASTE_WATER, 17, False),
        (Medium.AMBIENT_AIR, 20, True),
        (Medium.SURFACE_WATER, 16, True),
        (Medium.SURFACE_WATER, 15, False),
    ],
)
def test_a_day_needs_the_hours_that_its_medium_asks_for(medium: Medium, hours: int, valid: bool) -> None:
    (day,) = assess_day([factor()], medium, [[assessed("10")]] * hours, [])
    assert (day.valid, day.valid_count, day.expected_count) == (valid, hours, 24)


def test_hours_that_are_not_valid_do_not_enter_the_day() -> None:
    hours = [[assessed("10")]] * 20 + [[assessed("900", valid=False)]] * 4
    (day,) = assess_day([factor()], Medium.WASTE_GAS, hours, [])
    assert (day.mean, day.valid_count) == ("10.00", 20)


def test_the_day_of_waste_water_is_weighted_by_volume_but_ph_is_not() -> None:
    factors = [factor("w00000", "L/s"), factor(), factor("w01001", "1", 2)]

    def of(cod: str, volume: str, ph: str) -> list[FactorAssessment]:
        return [
            assessed("1", total=volume, code="w00000", unit="L/s"), assessed(cod), assessed(ph, code="w01001", unit="1"),
        ]  # fmt: skip

    _, cod, ph = assess_day(
        factors, Medium.WASTE_WATER, [of("40", "100", "6"), of("60", "50", "7"), of("20", "0", "8")] * 8, []
    )
    assert (cod.mean, ph.mean) == ("46.67", "7.000")


def test_a_day_without_any_flow_has_no_concentration() -> None:
    factors = [factor("w00000", "L/s"), factor()]
    hours = [[assessed("0", total="0", code="w00000", unit="L/s"), assessed("40")]] * 24
    _, cod = assess_day(factors, Medium.WASTE_WATER, hours, [])
    assert (cod.valid, cod.mean, cod.reason) == (False, None, "no-flow")
