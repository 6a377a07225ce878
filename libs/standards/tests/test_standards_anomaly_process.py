"""Anomaly rules AN16, AN24 to AN26, AN36 to AN40."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from park_standards.anomaly.process import (
    Desulfurisation,
    Operation,
    StackState,
    emission_during_stop,
    flow_against_load,
    furnace_too_cold,
    good_values_without_treatment,
    night_discharge,
    pump_against_flow,
    treatment_out_of_step,
    untreated_production,
    water_imbalance,
)
from park_standards.anomaly.series import Sample, Series
from park_standards.errors import BadValue

START = datetime(2026, 11, 1, tzinfo=UTC)
FIVE, HOUR = timedelta(minutes=5), timedelta(hours=1)


def minutes(count: int) -> datetime:
    return START + timedelta(minutes=count)


def pairs(*values: tuple[str, str], step: timedelta = FIVE) -> Series[tuple[Decimal, Decimal]]:
    return Series(
        tuple(Sample(START + place * step, (Decimal(a), Decimal(b))) for place, (a, b) in enumerate(values)), step
    )


def test_flow_must_follow_the_load_within_30_percent() -> None:
    assert flow_against_load(pairs(*[("130", "10")] * 24, step=HOUR), flow_per_load=Decimal(10)) == ()
    (anomaly,) = flow_against_load(pairs(*[("131", "10")] * 24, step=HOUR), flow_per_load=Decimal(10))
    assert anomaly.evidence["deviation_percent"] == "31"
    assert flow_against_load(pairs(*[("200", "10")] * 23, step=HOUR), flow_per_load=Decimal(10)) == ()
    assert flow_against_load(pairs(*[("0", "0")] * 24, step=HOUR), flow_per_load=Decimal(10)) == ()


def test_production_without_treatment_for_ten_minutes() -> None:
    assert len(untreated_production(pairs(*[("0.8", "0.1")] * 2))) == 1
    assert untreated_production(pairs(("0.8", "0.1"), ("0.8", "0.5"))) == ()
    assert untreated_production(pairs(*[("0.15", "0")] * 5)) == ()


def test_a_start_inside_the_window_has_half_an_hour_of_grace() -> None:
    idle, bare = ("0", "0"), ("0.8", "0.1")
    assert untreated_production(pairs(idle, *[bare] * 7)) == ()
    assert len(untreated_production(pairs(idle, *[bare] * 8))) == 1


def test_treatment_must_start_with_and_outlast_production() -> None:
    run = Operation(minutes(60), minutes(300))
    assert treatment_out_of_step(run, [Operation(minutes(70), minutes(300))]) == ()
    assert "11 min after" in treatment_out_of_step(run, [Operation(minutes(71), None)])[0].sentence_en
    assert "1 min too early" in treatment_out_of_step(run, [Operation(minutes(50), minutes(299))])[0].sentence_en
    purge = timedelta(minutes=10)
    assert len(treatment_out_of_step(run, [Operation(minutes(50), minutes(305))], purge=purge)) == 1
    assert treatment_out_of_step(run, []) == ()
    two = [Operation(minutes(50), minutes(100)), Operation(minutes(90), minutes(310))]
    assert treatment_out_of_step(run, two) == ()


@pytest.mark.parametrize(
    ("state", "noticed"),
    [
        (StackState(oxygen=Decimal("17.9")), True),
        (StackState(oxygen=Decimal(18)), False),
        (StackState(temperature=Decimal("80.1")), True),
        (StackState(flow=Decimal(1100)), True),
        (StackState(oxygen=Decimal(20), temperature=Decimal(30), flow=Decimal(1000)), False),
        (StackState(), False),
    ],
)
def test_a_stopped_source_must_look_stopped(state: StackState, noticed: bool) -> None:
    stop = Series((Sample(minutes(0), state), Sample(minutes(5), state)), FIVE)
    assert bool(emission_during_stop(stop, design_flow=Decimal(10000))) is noticed


def test_five_minutes_of_running_signs_are_not_enough() -> None:
    assert emission_during_stop(Series((Sample(START, StackState(oxygen=Decimal(8))),), FIVE)) == ()


def furnace(*degrees: int) -> Series[Decimal]:
    return Series(tuple(Sample(START + place * FIVE, Decimal(value)) for place, value in enumerate(degrees)), FIVE)


def test_furnace_means_below_850_and_the_sixth_is_a_violation() -> None:
    assert furnace_too_cold(furnace(850, 900), kind="msw") == ()
    (anomaly,) = furnace_too_cold(furnace(*[849] * 5, 900), kind="msw")
    assert (anomaly.evidence["means"], anomaly.evidence["violation"]) == ("5", "no")
    assert furnace_too_cold(furnace(*[849] * 6), kind="msw")[0].evidence["violation"] == "yes"
    assert len(furnace_too_cold(furnace(1099), kind="hazardous-waste")) == 1
    with pytest.raises(BadValue, match="kiln"):
        furnace_too_cold(furnace(1), kind="kiln")


def test_good_outlet_values_need_a_running_pump() -> None:
    def scrubber(*, pump: bool, count: int = 12) -> Series[Desulfurisation]:
        state = Desulfurisation(Decimal(900), Decimal(4), pump_runs=pump)
        return Series(tuple(Sample(START + place * FIVE, state) for place in range(count)), FIVE)

    assert len(good_values_without_treatment(scrubber(pump=False))) == 1
    assert good_values_without_treatment(scrubber(pump=True)) == ()
    assert good_values_without_treatment(scrubber(pump=False, count=11)) == ()


def test_discharge_must_fit_the_intake_of_the_last_thirty_days() -> None:
    month = [(Decimal(100), Decimal(80))] * 30
    assert water_imbalance(START, Decimal(100), Decimal(120), month) == ()
    assert water_imbalance(START, Decimal(100), Decimal(121), month)[0].evidence["usual"] == "0.8"
    assert len(water_imbalance(START, Decimal(100), Decimal(39), month)) == 1
    assert water_imbalance(START, Decimal(100), Decimal(0), month[:29]) == ()
    assert water_imbalance(START, Decimal(0), Decimal(9), month) == ()


def test_pump_and_flow_must_agree() -> None:
    def state(*, pump: bool, flow: int) -> Series[tuple[bool, Decimal]]:
        return Series((Sample(minutes(0), (pump, Decimal(flow))), Sample(minutes(5), (pump, Decimal(flow)))), FIVE)

    assert "nothing flows" in pump_against_flow(state(pump=True, flow=0))[0].sentence_en
    assert "stands" in pump_against_flow(state(pump=False, flow=3))[0].sentence_en
    assert pump_against_flow(state(pump=True, flow=3)) == ()
    assert pump_against_flow(state(pump=False, flow=0)) == ()


def test_nights_louder_than_days_on_three_of_seven() -> None:
    def week(loud_nights: int) -> Series[Decimal]:
        return Series(
            tuple(
                Sample(
                    START + place * HOUR,
                    Decimal(21 if (place % 24 < 6 or place % 24 >= 22) and place // 24 < loud_nights else 10),
                )
                for place in range(168)
            ),
            HOUR,
        )

    assert night_discharge(week(3))[0].evidence["days"] == "3"
    assert night_discharge(week(2)) == ()
