"""Levels by multiple, duration, repetition, factor and absolute value: the shipped policy, line by line."""

from datetime import timedelta
from typing import Any

import pytest
from alerting.domain.grading import EarlierEpisode, at_time, grade, next_rise, weigh
from alerting.domain.policy import shipped_policy
from alerting.testing import NOON, finding
from park_schemas.codes import AlarmLevel, Medium, Period
from park_schemas.supervision import FindingRecorded

POLICY = shipped_policy()
BLUE, YELLOW, ORANGE, RED = AlarmLevel


@pytest.mark.parametrize(
    ("ratio", "level"),
    [
        (1.01, BLUE),
        (1.5, BLUE),
        (1.51, YELLOW),
        (1.8, YELLOW),
        (2.0, YELLOW),
        (2.01, ORANGE),
        (3.0, ORANGE),
        (3.01, RED),
    ],
)
def test_one_hour_is_graded_by_its_multiple_of_the_limit(ratio: float, level: AlarmLevel) -> None:
    assert grade([finding(ratio)], POLICY) is level


@pytest.mark.parametrize(
    ("hours", "level"),
    [(1, BLUE), (2, YELLOW), (5, YELLOW), (6, ORANGE), (13, ORANGE), (14, RED)],
    ids=["1 h", "2 h: yellow", "5 h", "yellow for 4 h: orange", "13 h", "orange for 8 h: red"],
)
def test_blue_hours_without_a_break_rise_step_by_step(hours: int, level: AlarmLevel) -> None:
    assert grade([finding(1.2, at=hour) for hour in range(hours)], POLICY) is level


def test_a_break_of_one_good_hour_starts_the_clock_anew() -> None:
    hours = [finding(1.2, at=0), finding(0.5, at=1), finding(1.2, at=2)]
    assert grade(hours, POLICY) is BLUE


def test_a_missing_hour_is_a_break_but_lost_real_time_values_are_not() -> None:
    assert grade([finding(1.2, at=0), finding(1.2, at=2)], POLICY) is BLUE
    realtime = [finding(1.2, at=tenth / 10, period=Period.REALTIME) for tenth in range(0, 21, 2)]
    assert grade(realtime, POLICY) is YELLOW


def test_two_real_time_values_around_the_hour_are_not_two_hours() -> None:
    values = [finding(1.2, at=0.98, period=Period.REALTIME), finding(1.2, at=1.01, period=Period.REALTIME)]
    assert grade(values, POLICY) is BLUE


def test_three_violated_hours_within_a_day_are_yellow_although_apart() -> None:
    apart = [finding(1.2, at=0), finding(0.4, at=1), finding(1.2, at=6), finding(0.4, at=7), finding(1.2, at=23)]
    assert grade(apart, POLICY) is YELLOW
    assert grade([*apart[:4], finding(1.2, at=24)], POLICY) is BLUE


def test_the_early_sign_and_the_hourly_mean_have_clocks_of_their_own() -> None:
    mixed = [finding(1.2, at=0), finding(0.5, at=1.1, period=Period.REALTIME), finding(1.2, at=1)]
    assert grade(mixed, POLICY) is YELLOW


@pytest.mark.parametrize(
    ("facts", "ratio", "level"),
    [
        ({"medium": Medium.WASTE_WATER, "factor": "w20115"}, 1.1, ORANGE),
        ({"medium": Medium.WASTE_WATER, "factor": "w20115"}, 2.1, RED),
        ({"medium": Medium.WASTE_WATER, "factor": "w01018"}, 1.1, BLUE),
        ({"medium": Medium.WASTE_WATER, "factor": "w01001", "observed": "3.9", "unit": ""}, 1.1, RED),
        ({"medium": Medium.WASTE_WATER, "factor": "w01001", "observed": "11.2", "unit": "无量纲"}, 1.1, RED),
        ({"medium": Medium.WASTE_WATER, "factor": "w01001", "observed": "5.0", "unit": ""}, 1.1, BLUE),
        ({"medium": Medium.SURFACE_WATER, "factor": "w21003", "unit": "mg/L"}, 1.5, BLUE),
        ({"medium": Medium.SURFACE_WATER, "factor": "w21003", "unit": "mg/L"}, 2.1, ORANGE),
        ({"medium": Medium.SURFACE_WATER, "factor": "w01009", "observed": "1.9", "unit": "mg/L"}, 1.2, ORANGE),
        ({"medium": Medium.SURFACE_WATER, "factor": "w20142", "observed": "1.2", "unit": "ug/L"}, 1.2, RED),
        ({"medium": Medium.SURFACE_WATER, "factor": "w20142", "observed": "0.9", "unit": "ug/L"}, 1.2, BLUE),
        ({"rule": "total-control", "factor": "w01018"}, 0.95, YELLOW),
        ({"rule": "a rule nobody has heard of"}, None, BLUE),
    ],
    ids=[
        "first-class pollutant over: orange", "first-class above 2 x: red", "COD just over: blue", "pH below 4: red",
        "pH above 11: red", "pH 5: blue", "one class worse: blue", "multiple above 2: orange", "oxygen below 2: orange",
        "mercury beyond class V (ug/L): red", "mercury within class V", "95 % of the permit: yellow",
        "unknown rule: blue",
    ],
)  # fmt: skip
def test_what_kind_of_value_it_is_decides_too(facts: dict[str, Any], ratio: float | None, level: AlarmLevel) -> None:
    assert grade([finding(ratio, verdict="violated", **facts)], POLICY) is level


def test_a_value_in_a_unit_that_cannot_be_compared_is_graded_by_its_multiple() -> None:
    odd = finding(1.2, medium=Medium.WASTE_WATER, factor="w01001", observed="3.0", unit="mg/L")
    assert grade([odd], POLICY) is BLUE


def offline(hours: float) -> FindingRecorded:
    return finding(None, rule="offline", period=Period.REALTIME, period_end=NOON + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("hours", "level"), [(0.5, BLUE), (1, YELLOW), (3.9, YELLOW), (4, ORANGE), (23.9, ORANGE), (24, RED)]
)
def test_an_offline_device_rises_with_time_alone(hours: float, level: AlarmLevel) -> None:
    first = offline(0.1)
    entry = POLICY.entry_for(first)
    evidence = weigh([first], entry)
    assert at_time(evidence, entry, NOON + timedelta(hours=hours)).reached is level


def test_the_next_rise_of_an_offline_device_is_known_in_advance_until_it_is_red() -> None:
    first = offline(0.1)
    entry = POLICY.entry_for(first)
    evidence = weigh([first], entry)
    rises = []
    while (due := next_rise(evidence, entry)) is not None:
        rises.append((due - NOON) / timedelta(hours=1))
        evidence = at_time(evidence, entry, due)
    assert rises == [1, 4, 24]
    assert evidence.reached is RED


def test_orange_again_within_a_week_is_red_and_after_a_week_is_not() -> None:
    entry = POLICY.entry_for(offline(4))
    for days, level in ((6, RED), (8, ORANGE)):
        former = [EarlierEpisode(ORANGE, NOON - timedelta(days=days))]
        assert weigh([offline(4.5)], entry, earlier=former).reached is level


def test_findings_that_kept_the_rule_have_no_level() -> None:
    assert grade([finding(0.5), finding(0.7, at=1)], POLICY) is None
    assert grade([], POLICY) is None


def test_a_revision_replaces_the_value_it_corrects() -> None:
    wrong, right = finding(4.0), finding(1.2, revision=1)
    assert grade([wrong, right], POLICY) is BLUE
    assert grade([right, wrong], POLICY) is BLUE
