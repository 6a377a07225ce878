"""Anomaly rules AN12 to AN15 and AN17 to AN23."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from park_standards.anomaly.chemistry import (
    ammonia_over_nitrogen,
    cod_below_part,
    components_over_total,
    conversion_wrong,
    flame_out,
    oxygen_high,
    oxygen_low,
    ph_abnormal,
    removal_too_high,
    sample_line,
    velocity_abnormal,
)
from park_standards.anomaly.series import Sample, Series, joined

START = datetime(2026, 11, 1, tzinfo=UTC)
TEN = timedelta(minutes=10)
HOUR = timedelta(hours=1)


def series(*values: object, step: timedelta = TEN) -> Series[Decimal]:
    return Series(tuple(Sample(START + place * step, Decimal(str(value))) for place, value in enumerate(values)), step)


def test_oxygen_above_19_for_half_an_hour_or_above_21_at_once() -> None:
    assert len(oxygen_high(series(8, "19.1", 20, 20, 8))) == 1
    assert oxygen_high(series(8, "19.1", 20, 8)) == ()
    assert "21" in oxygen_high(series(8, "21.1", 8))[0].sentence_en
    assert oxygen_high(series(20, 20, 20), highest=Decimal("20.5")) == ()


def test_oxygen_too_low_for_combustion_or_for_its_baseline() -> None:
    assert len(oxygen_low(series("0.5", "0.4", "0.5"))) == 1
    assert oxygen_low(series(2, 2, 2)) == ()
    assert len(oxygen_low(series(2, 2, 2), baseline=Decimal(9))) == 1
    assert oxygen_low(series(4, 4, 4), baseline=Decimal(9)) == ()


def test_a_converted_value_that_does_not_follow_from_its_oxygen() -> None:
    def converted(reported: str, oxygen: str = "9") -> Series[tuple[Decimal, Decimal, Decimal]]:
        return Series((Sample(START, (Decimal(50), Decimal(oxygen), Decimal(reported))),), HOUR)

    (anomaly,) = conversion_wrong(converted("50"), baseline=Decimal(6))
    assert anomaly.evidence["recomputed"] == "62.5"
    assert conversion_wrong(converted("63"), baseline=Decimal(6)) == ()
    assert conversion_wrong(converted("50", oxygen="21"), baseline=Decimal(6)) == ()


def test_velocity_outside_its_band_for_an_hour() -> None:
    assert len(velocity_abnormal(series(*[4] * 6))) == 1
    assert velocity_abnormal(series(*[4] * 5, 12)) == ()
    assert len(velocity_abnormal(series(*[31] * 6))) == 1
    assert len(velocity_abnormal(series(*[7] * 6), upper_range=Decimal(40))) == 1


def test_sample_line_too_cold_or_condenser_too_warm() -> None:
    good, warm = series(130, 130, 130), series(3, 3, 3)
    assert sample_line(good, warm) == ()
    assert len(sample_line(series(119, 119, 119), warm)) == 1
    assert len(sample_line(good, series("4.1", "4.1", "4.1"))) == 1
    assert sample_line(series(119, 119, 130), warm) == ()


def test_a_part_cannot_exceed_its_whole() -> None:
    assert len(ammonia_over_nitrogen(joined(series(12), series(10)))) == 1
    assert ammonia_over_nitrogen(joined(series("10.9"), series(10))) == ()
    assert ammonia_over_nitrogen(joined(series("1.4"), series(1))) == ()
    assert len(cod_below_part(joined(series(8), series(9)), part="CODMn")) == 1
    assert cod_below_part(joined(series(9), series(10)), part="BOD5") == ()
    assert len(components_over_total(joined(series(12), series(10)))) == 1
    assert components_over_total(joined(series(11), series(10))) == ()


def test_ph_that_stands_still_jumps_or_cannot_be() -> None:
    lively = [7 + (hour % 5) / 10 for hour in range(24)]
    assert ph_abnormal(series(*lively, step=HOUR)) == ()
    assert "hardly" in ph_abnormal(series(*["7.00", "7.05"] * 12, step=HOUR))[0].sentence_en
    assert ph_abnormal(series(*["7.00", "7.05"] * 11, step=HOUR)) == ()
    calm = series(*["7.00", "7.05", "7.12", "7.21", "7.16", "7.09"] * 4, step=HOUR)
    assert ph_abnormal(calm) == ()
    assert len(ph_abnormal(calm, still_within=Decimal("0.25"))) == 1
    assert "went from 7 to 9.5" in ph_abnormal(series(7, "9.5", step=HOUR))[0].sentence_en
    assert "outside" in ph_abnormal(series("1.9"))[0].sentence_en


def test_a_removal_above_95_percent_is_a_sign() -> None:
    end = START + timedelta(days=1)
    assert removal_too_high(START, end, Decimal(1000), Decimal(49))[0].evidence["removal_percent"] == "95.1"
    assert removal_too_high(START, end, Decimal(1000), Decimal(50)) == ()
    assert removal_too_high(START, end, Decimal(0), Decimal(0)) == ()


def test_a_flame_that_is_out() -> None:
    assert len(flame_out(series(0, 0, 0))) == 1
    assert flame_out(series("3.1", "3.2", "3.1")) == ()
    assert flame_out(series("3.1", "3.1")) == ()
    off = Series((Sample(START, True), Sample(START + TEN, False)), TEN)
    assert "FID" in flame_out(series(3, 4), flame_on=off)[0].sentence_en
