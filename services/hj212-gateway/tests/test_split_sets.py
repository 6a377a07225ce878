"""Which split messages are whole, and which are told incomplete: numbers only, the clock is an argument."""

from datetime import UTC, datetime

from hj212_gateway.domain.split_sets import SetKey, SplitSets, Standing
from park_schemas.identifiers import uuid7

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
POINT = uuid7()


def key(packets: int = 3, *, mn: str = "A" * 24) -> SetKey:
    return SetKey(mn, "2061", AT, packets)


def test_a_set_is_whole_with_its_last_packet_in_any_order_and_a_repeat_begins_nothing() -> None:
    sets = SplitSets(wait_s=40)
    assert [sets.receive(key(), number, POINT, 0.0) for number in (2, 3, 2)] == [Standing.WAITING] * 3
    assert sets.receive(key(), 1, POINT, 1.0) is Standing.WHOLE
    assert sets.receive(key(), 1, POINT, 2.0) is Standing.WHOLE
    assert sets.expire(1e9) == []


def test_a_set_that_is_not_whole_at_its_deadline_is_told_once_with_what_is_missing() -> None:
    sets = SplitSets(wait_s=40)
    sets.receive(key(), 1, POINT, 0.0)
    sets.receive(key(), 3, POINT, 30.0)
    assert sets.expire(69.9) == []
    (told,) = sets.expire(70.0)
    assert (told.key, told.received, told.missing, told.reason) == (key(), [1, 3], [2], "deadline")
    assert told.point_id == POINT
    assert sets.expire(1e9) == []


def test_packets_after_the_deadline_are_late_until_the_last_one_makes_the_set_whole() -> None:
    sets = SplitSets(wait_s=40)
    sets.receive(key(), 1, POINT, 0.0)
    sets.expire(40.0)
    assert sets.receive(key(), 2, POINT, 50.0) is Standing.LATE
    assert sets.receive(key(), 1, POINT, 51.0) is Standing.LATE
    assert sets.take_completed() == []
    assert sets.receive(key(), 3, POINT, 52.0) is Standing.WHOLE
    assert sets.take_completed() == [key()]
    assert sets.take_completed() == []


def test_sets_of_other_devices_times_and_sizes_are_others() -> None:
    sets = SplitSets(wait_s=40)
    assert sets.receive(key(2), 1, POINT, 0.0) is Standing.WAITING
    assert sets.receive(key(2, mn="B" * 24), 2, POINT, 0.0) is Standing.WAITING
    assert sets.receive(key(3), 2, POINT, 0.0) is Standing.WAITING
    assert len(sets.expire(40.0)) == 3


def test_memory_is_bounded_and_the_set_that_had_to_go_is_told() -> None:
    sets = SplitSets(wait_s=40, most_open=5)
    for number in range(50):
        sets.receive(key(mn=f"{number:024d}"), 1, POINT, float(number))
    told = sets.expire(0.0)
    assert [one.reason for one in told] == ["too-many-open"] * 45
    assert len(sets.expire(1e9)) == 5
