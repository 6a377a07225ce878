"""Anomaly rules AN11, AN29 to AN35, AN41, AN42, AN44 to AN46."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from park_standards.anomaly.data_link import (
    Packet,
    capture_low,
    clock_drift,
    factor_missing,
    offline,
    replayed_packets,
    total_inconsistent,
)
from park_standards.anomaly.equipment import (
    Access,
    Change,
    ParameterChange,
    StandardCheck,
    access_before_change,
    analyser_differs,
    check_overdue,
    drift_not_corrected,
    manual_differs,
    parameter_changed,
    power_loss,
)
from park_standards.anomaly.result import Severity
from park_standards.anomaly.series import Sample, Series
from park_standards.quality_control import Check, check_intervals
from park_standards.transmission import HourCounts

START = datetime(2026, 11, 1, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def change(new: str, work_order: str = "") -> ParameterChange:
    return ParameterChange(START, "i13008", Decimal("1.00"), Decimal(new), work_order)


def test_a_parameter_changed_without_an_order_is_noticed() -> None:
    assert parameter_changed(change("1.05"))[0].severity is Severity.WARN
    assert parameter_changed(change("1.11"))[0].severity is Severity.ALARM
    assert parameter_changed(change("1.05", "WO-7")) == ()
    assert parameter_changed(change("1.00")) == ()
    (outside,) = parameter_changed(change("1.05", "WO-7"), filed_highest=Decimal("1.02"))
    assert (outside.severity, outside.evidence["work_order"]) == (Severity.ALARM, "WO-7")


@pytest.mark.parametrize(
    ("analyser", "uploaded", "noticed"),
    [("50", "50.9", False), ("50", "51.1", True), ("10", "10.4", False), ("10", "10.6", True), ("0.10", "0.15", False)],
)
def test_the_uploaded_value_must_be_that_of_the_analyser(analyser: str, uploaded: str, noticed: bool) -> None:
    pair = Series((Sample(START, (Decimal(analyser), Decimal(uploaded))),), HOUR)
    assert bool(analyser_differs(pair, upper_range=Decimal(100))) is noticed


def test_drift_wants_a_calibration_within_a_day() -> None:
    checks = [StandardCheck(START, Decimal("-5.1"))]
    later = START + DAY
    assert drift_not_corrected(checks, [], later)[0].severity is Severity.WARN
    assert drift_not_corrected([StandardCheck(START, Decimal("10.1"))], [], later)[0].severity is Severity.ALARM
    assert drift_not_corrected(checks, [START + HOUR], later) == ()
    assert drift_not_corrected(checks, [], later - MINUTE) == ()
    assert drift_not_corrected([StandardCheck(START, Decimal(5))], [], later) == ()


def test_a_check_is_overdue_after_its_interval() -> None:
    daily = check_intervals()[0]
    assert check_overdue([Check(START, passed=True)], daily, START + DAY) == ()
    (anomaly,) = check_overdue([Check(START, passed=True)], daily, START + DAY + MINUTE)
    assert (anomaly.start, anomaly.evidence["standard"]) == (START + DAY, "HJ 75-2017")
    assert (
        len(check_overdue([Check(START, passed=True), Check(START + DAY, passed=False)], daily, START + 2 * DAY)) == 1
    )
    assert check_overdue([], daily, START) == ()


def test_manual_and_automatic_results_may_differ_by_30_percent() -> None:
    assert manual_differs(START, Decimal(130), Decimal(100)) == ()
    assert manual_differs(START, Decimal(69), Decimal(100))[0].evidence["deviation_percent"] == "-31"
    assert manual_differs(START, Decimal(1), Decimal(0)) == ()


def test_a_door_opened_without_an_order_near_a_change_of_values() -> None:
    door = Access(START, "door open")
    assert len(access_before_change([door], [Change(START + HOUR, START + HOUR)])) == 1
    assert access_before_change([door], [Change(START + HOUR + MINUTE, START + 2 * HOUR)]) == ()
    (during_a_gap,) = access_before_change([door], [Change(START - 2 * HOUR, START + 2 * HOUR)])
    assert (during_a_gap.start, during_a_gap.end) == (START - 2 * HOUR, START + 2 * HOUR)
    assert access_before_change([Access(START, "door open", "WO-7")], [Change(START, START)]) == ()


def test_voltage_outside_its_band_for_a_minute() -> None:
    def voltage(*values: int) -> Series[Decimal]:
        samples = tuple(Sample(START + place * MINUTE, Decimal(value)) for place, value in enumerate(values))
        return Series(samples, MINUTE)

    assert power_loss(voltage(220, 180, 250)) == ()
    assert len(power_loss(voltage(220, 0, 220, 251))) == 2


@pytest.mark.parametrize(
    ("seconds", "severity"), [(60, None), (-61, Severity.WARN), (300, Severity.WARN), (301, Severity.ALARM)]
)
def test_clocks_may_be_a_minute_off(seconds: int, severity: Severity | None) -> None:
    anomalies = clock_drift(START + timedelta(seconds=seconds), START)
    assert [anomaly.severity for anomaly in anomalies] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("minutes", "stage"), [(1, None), (2, "suspect"), (60, "suspect"), (61, "offline"), (1441, "missing")]
)
def test_silence_goes_from_suspect_to_offline_to_missing(minutes: int, stage: str | None) -> None:
    anomalies = offline(START, START + minutes * MINUTE, timedelta(seconds=30))
    assert [anomaly.evidence["stage"] for anomaly in anomalies] == ([stage] if stage else [])


def test_missing_factors_warn_after_one_hour_and_alarm_after_four() -> None:
    anomalies = factor_missing(START, START + DAY, {"w21003": 4, "w01018": 1, "w01001": 0})
    assert [(a.evidence["factor"], a.severity) for a in anomalies] == [
        ("w01018", Severity.WARN),
        ("w21003", Severity.ALARM),
    ]


def test_totals_may_differ_by_five_percent() -> None:
    assert total_inconsistent(START, Decimal(105), Decimal(100)) == ()
    assert len(total_inconsistent(START, Decimal("105.1"), Decimal(100))) == 1
    assert len(total_inconsistent(START, Decimal(1), Decimal(0))) == 1


def test_replayed_packets_are_told_from_plain_resends() -> None:
    first = Packet(START, "Q1", "aa")
    assert replayed_packets([first, Packet(START + HOUR, "Q1", "aa")]) == ()
    assert "new QN" in replayed_packets([Packet(START + HOUR, "Q2", "aa"), first])[0].sentence_en
    assert "other content" in replayed_packets([first, Packet(START + HOUR, "Q1", "bb")])[0].sentence_en
    assert replayed_packets([first, Packet(START + HOUR, "Q2", "bb")]) == ()


def test_a_month_needs_90_percent_of_valid_running_hours() -> None:
    end = START + 30 * DAY
    assert capture_low(START, end, HourCounts(expected=100, received=100, valid=90)) == ()
    assert capture_low(START, end, HourCounts(expected=100, received=100, valid=89))[0].evidence["rate_percent"] == "89"
    assert capture_low(START, end, HourCounts(stopped=720)) == ()
