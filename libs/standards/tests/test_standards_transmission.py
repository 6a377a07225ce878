"""HJ 75-2017, HJ 356-2019 and the transmission-rate rule."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from park_standards.errors import BadValue, NotEnoughData
from park_standards.substitution import gas_substitute, substitution_rules, water_from_manual, water_substitute
from park_standards.transmission import FactorHour, HourCounts, capture_rate, count_hours
from park_standards.validity import PeriodFacts, judge_validity

DAY = date(2026, 11, 1)


def hours(count: int, facts: PeriodFacts, day: date = DAY) -> list[FactorHour]:
    return [FactorHour(day, judge_validity(facts))] * count


def test_effective_rate_is_transmission_times_validity() -> None:
    counts = count_hours(
        "a21026",
        [*hours(18, PeriodFacts(mark="N")), *hours(4, PeriodFacts(mark="D")), *hours(2, PeriodFacts(received=False))],
    )
    assert (counts.expected, counts.received, counts.valid) == (24, 22, 18)
    assert counts.transmission_rate == Decimal(22) / 24
    assert counts.validity_rate == Decimal(18) / 22
    assert counts.effective_rate == Decimal("0.75")


def test_stopped_hours_leave_numerator_and_denominator() -> None:
    counts = count_hours("a21026", [*hours(12, PeriodFacts(mark="N")), *hours(12, PeriodFacts(mark="F"))])
    assert (counts.expected, counts.stopped, counts.effective_rate) == (12, 12, Decimal(1))
    assert count_hours("a21026", hours(24, PeriodFacts(mark="F"))).effective_rate is None


def test_one_standard_check_a_day_is_excused_for_the_four_water_factors() -> None:
    check = PeriodFacts(equipment_mark="auto_standard_check")
    day = [*hours(23, PeriodFacts()), *hours(1, check)]
    assert count_hours("w01018", day).effective_rate == 1
    assert count_hours("w01001", day).effective_rate == Decimal(23) / 24
    twice = [*hours(22, PeriodFacts()), *hours(2, check)]
    assert count_hours("w01018", twice).valid == 23
    assert count_hours("w01018", [*hours(1, check), *hours(1, check, date(2026, 11, 2))]).valid == 2


def test_late_data_completes_but_is_not_instant() -> None:
    late = FactorHour(DAY, judge_validity(PeriodFacts()), in_time=False)
    counts = count_hours("a21026", [late, *hours(3, PeriodFacts())])
    assert (counts.transmission_rate, counts.instant_rate) == (Decimal(1), Decimal("0.75"))


@given(st.lists(st.sampled_from(["N", "D", "F", "T", None]), max_size=48), st.integers(min_value=0, max_value=48))
def test_counting_in_parts_gives_the_same_as_counting_at_once(marks: list[str | None], cut: int) -> None:
    series = [FactorHour(DAY, judge_validity(PeriodFacts(mark=mark))) for mark in marks]
    parts = count_hours("a21026", series[:cut]) + count_hours("a21026", series[cut:])
    assert parts == count_hours("a21026", series)


def test_counts_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(BadValue):
        HourCounts(expected=10, received=11)
    with pytest.raises(BadValue):
        capture_rate(24, 20, 5)


def test_capture_rate_leaves_out_the_stop() -> None:
    assert capture_rate(2208, 100, 208) == Decimal("0.95")
    assert capture_rate(2208, 0, 2208) is None


HISTORY = [Decimal(9)] * 2000 + [Decimal(8)] * 1000 + [Decimal(7)] * 500 + [Decimal(5)] * 180


@pytest.mark.parametrize(
    ("capture", "gap", "wanted", "mass"),
    [("0.95", 24, 180, "5"), ("0.90", 25, 720, "8"), ("0.89", 2, 2160, "9"), ("0.75", 100, 2160, "9")],
)
def test_gas_gaps_take_a_maximum_over_more_hours_the_worse_the_capture(
    capture: str, gap: int, wanted: int, mass: str
) -> None:
    found = gas_substitute(Decimal(capture), gap, HISTORY)
    assert (found.wanted, found.used, found.mass) == (wanted, wanted, Decimal(mass))


def test_below_75_percent_no_value_is_invented() -> None:
    found = gas_substitute(Decimal("0.7499"), 3, HISTORY)
    assert found.mass is None
    assert "manual data" in found.rule


def test_a_short_history_is_used_and_shown() -> None:
    found = gas_substitute(Decimal(1), 3, [Decimal(2), Decimal(3)])
    assert (found.mass, found.wanted, found.used) == (Decimal(3), 180, 2)
    with pytest.raises(NotEnoughData):
        gas_substitute(Decimal(1), 3, [])
    with pytest.raises(BadValue):
        gas_substitute(Decimal(95), 3, HISTORY)
    with pytest.raises(BadValue):
        gas_substitute(Decimal(1), 0, HISTORY)


def test_water_days_take_the_maximum_of_thirty_or_four_manual_samples() -> None:
    assert water_substitute([Decimal(99), *([Decimal(4)] * 29), Decimal(6)]).mass == 6
    assert water_from_manual([Decimal(40), Decimal(60), Decimal(50), Decimal(50)], Decimal(1000)).mass == 50
    with pytest.raises(NotEnoughData):
        water_from_manual([Decimal(40)] * 3, Decimal(1000))


def test_the_numbers_of_hours_are_those_of_the_table() -> None:
    wording = [rule.substitute for rule in substitution_rules() if rule.standard == "HJ 75-2017"]
    for hours in ("180", "720", "2160"):
        assert any(f"maximum of the {hours} valid hourly emissions" in text for text in wording)
    assert len(substitution_rules()) == 13
