"""Values: believable, repeatable, and moved by scenarios as they say."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulator.effects import Action, Effect, Effects
from simulator.operations import Background, Mark, condition, interval_mark, line_is_down
from simulator.park_plan import PointSite, point_by_code, points
from simulator.records import DAY, HOUR, MINUTE, REALTIME, Record, groups_of, interval_start
from simulator.registered_park import strictest
from simulator.signal_model import Bounds, SignalModel

from .plain_park import UPPER, plain_park

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
QUIET = Background(calibrations=False, faults=False, outages=False, startups=False)
PARK = plain_park()


def site_of(code: str) -> PointSite:
    site = point_by_code(code)
    assert site is not None
    return site


def model_with(*effects: Effect, background: Background = QUIET) -> SignalModel:
    return SignalModel(PARK.limits, background, Effects(effects))


def effect(
    action: Action, amount: float, *, factor: str = "w01018", over_s: float = 0.0, code: str = "YL05-DW001"
) -> Effect:
    return Effect(action, frozenset({code}), NOON, NOON + timedelta(minutes=10), factor, amount, over_s)


@pytest.mark.parametrize("site", points(), ids=lambda site: site.code)
def test_without_a_scenario_no_point_goes_over_its_limit_in_a_day(site: PointSite) -> None:
    model = model_with()
    for step in range(0, 24 * 60, 47):
        sample = model.sample(site, NOON + timedelta(minutes=step))
        assert sample.mark is Mark.NORMAL
        for plan in site.plan.factors:
            if not plan.share:
                continue
            bounds = model.bounds(site, plan.code)
            value = sample.converted.get(plan.code, sample.values[plan.code])
            assert bounds.upper is not None
            assert value < bounds.upper
            assert bounds.lower is None or value > bounds.lower


@given(st.integers(0, 10**7))
def test_the_same_instant_always_shows_the_same_values(seconds: int) -> None:
    site = site_of("YL05-DW001")
    at = NOON + timedelta(seconds=seconds)
    assert model_with().sample(site, at) == model_with().sample(site, at)


def test_values_have_a_daily_rhythm_and_noise() -> None:
    site = site_of("YL05-DW001")
    model = model_with()
    values = [model.sample(site, NOON + timedelta(minutes=5 * step)).values["w01018"] for step in range(288)]
    assert max(values) - min(values) > 0.1 * max(values)
    assert len({round(value, 3) for value in values}) > 250
    steps = [abs(after - before) for before, after in pairwise(values)]
    assert max(steps) < 0.12 * max(values)


def test_a_multiple_of_the_limit_is_that_multiple() -> None:
    site = site_of("YL05-DW001")
    value = model_with(effect(Action.LIMIT_TIMES, 1.8)).sample(site, NOON + timedelta(minutes=1)).values["w01018"]
    assert value == pytest.approx(1.8 * UPPER, rel=0.02)
    other = model_with(effect(Action.LIMIT_TIMES, 1.8)).sample(site, NOON + timedelta(minutes=11)).values["w01018"]
    assert other < UPPER


def test_for_flues_the_converted_value_is_that_multiple() -> None:
    site = site_of("YL06-DA002")
    model = model_with(effect(Action.LIMIT_TIMES, 1.3, factor="a21002", code=site.code))
    sample = model.sample(site, NOON + timedelta(minutes=1))
    assert sample.converted["a21002"] == pytest.approx(1.3 * UPPER, rel=0.02)
    oxygen, reference = sample.values["a19001"], site.plan.reference_oxygen
    assert reference is not None
    assert sample.converted["a21002"] == pytest.approx(sample.values["a21002"] * (21 - reference) / (21 - oxygen))


@pytest.mark.parametrize(
    ("action", "amount", "expected"),
    [
        (Action.MULTIPLY, 2.0, lambda v: 2 * v),
        (Action.OFFSET, 5.0, lambda v: v + 5),
        (Action.HOLD, 33.0, lambda v: 33.0),
    ],
)
def test_simple_effects_do_what_their_name_says(action: Action, amount: float, expected: object) -> None:
    assert callable(expected)
    site, at = site_of("YL05-DW001"), NOON + timedelta(seconds=90)
    plain = model_with().sample(site, at).values
    moved = model_with(effect(action, amount)).sample(site, at).values
    assert moved["w01018"] == pytest.approx(expected(plain["w01018"]))
    assert moved["w21003"] == plain["w21003"]


def test_a_ramp_grows_to_full_strength() -> None:
    site = site_of("YL05-DW001")
    model = model_with(effect(Action.HOLD, 1000.0, over_s=60))
    values = [model.sample(site, NOON + timedelta(seconds=second)).values["w01018"] for second in (0, 30, 60, 120)]
    assert values[0] < UPPER < values[1] < values[2] == values[3] == 1000.0


def test_flues_are_calibrated_daily_with_mark_c() -> None:
    site = site_of("YL06-DA002")
    marks = [condition(site, NOON + timedelta(minutes=step), Background()).mark for step in range(1440)]
    assert 10 <= marks.count(Mark.CALIBRATION) <= 14


def test_over_the_park_faults_outages_and_starts_happen_but_rarely() -> None:
    faults = outages = starts = 0
    for site in points():
        for step in range(0, 1440, 10):
            at = NOON + timedelta(minutes=step)
            state = condition(site, at, Background())
            faults += state.mark is Mark.FAULT
            starts += 0 < state.load < 1
            outages += line_is_down(site, at, Background())
    total = len(points()) * 144
    assert 0 < starts < total * 0.02
    assert 0 < outages < total * 0.01
    assert faults < total * 0.01


def test_interval_records_sum_up_their_samples() -> None:
    site = next(one for one in points() if one.kind.value == "sewer" and one.edition == "2017")
    model = model_with()
    start = interval_start(HOUR, NOON)
    groups = groups_of(model, site, Record(HOUR, start))
    assert groups[0] == {"DataTime": "20261122120000"}
    cod = next(group for group in groups if "w01018-Avg" in group)
    low, mean, high = (float(cod[f"w01018-{name}"]) for name in ("Min", "Avg", "Max"))
    assert low <= mean <= high
    flow = next(group for group in groups if "w00000-Avg" in group)
    volume = float(flow["w00000-Avg"]) * 3600 / 1000
    assert float(flow["w00000-Cou"]) == pytest.approx(volume, rel=0.01)
    assert float(cod["w01018-Cou"]) == pytest.approx(mean * volume / 1000, rel=0.01)
    assert cod["w01018-Flag"] == "N"


def test_intervals_start_on_the_wall_clock_of_the_park() -> None:
    at = datetime(2026, 11, 22, 16, 37, 12, tzinfo=UTC)
    assert interval_start(MINUTE, at).isoformat() == "2026-11-23T00:30:00+08:00"
    assert interval_start(HOUR, at).isoformat() == "2026-11-23T00:00:00+08:00"
    assert interval_start(DAY, at).isoformat() == "2026-11-23T00:00:00+08:00"


def test_loggers_of_2005_use_the_codes_of_2005() -> None:
    site = next(one for one in points() if one.edition == "2005" and one.plan.medium == "waste-water")
    keys = {key for group in groups_of(model_with(), site, Record(REALTIME, NOON)) for key in group}
    assert "011-Rtd" in keys
    assert not any(key.startswith("w01018") for key in keys)


@pytest.mark.parametrize(
    ("marks", "expected"),
    [("NNNC", "N"), ("NNCC", "C"), ("DDCN", "D"), ("NNNN", "N"), ("CCCC", "C")],
)
def test_an_interval_is_normal_from_three_quarters_on(marks: str, expected: str) -> None:
    assert interval_mark([Mark(mark) for mark in marks]).value == expected


def test_of_several_limits_the_strictest_counts() -> None:
    rows: list[dict[str, Any]] = [
        {"factor": "a", "upper": "10", "lower": None},
        {"factor": "a", "upper": "8", "lower": None},
        {"factor": "b", "upper": "9", "lower": "6"},
    ]
    assert strictest(rows) == {"a": Bounds(8.0, None), "b": Bounds(9.0, 6.0)}
