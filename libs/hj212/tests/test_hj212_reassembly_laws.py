"""Laws of putting split messages together again, whatever the order and however often packets come."""

from __future__ import annotations

import os

import hj212
from hj212 import (
    Edition,
    Fields,
    Packet,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("HJ212_FUZZ_EXAMPLES", "60"))
fuzzed = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def part(number: int, total: int, same_qn: bool, hour: int = 8) -> Packet:
    cp = [{"DataTime": f"202603010{hour}0000"}, {f"w0100{number}-Avg": f"{number}.5"}]
    qn = "20260301085857534" if same_qn else f"2026030108585753{number}"
    fields = Fields("2061", "32", "010000A8900016F000169DC0", cp, qn, flag=7, pnum=total, pno=number)
    return hj212.decode(hj212.encode(fields, edition=Edition.HJ_2017))


@fuzzed
@given(st.integers(2, 6), st.booleans(), st.data())
def test_reassembly_under_any_order_and_repetition_gives_one_message(
    total: int, same_qn: bool, data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(1, total + 1)))
    repeats = data.draw(st.lists(st.sampled_from(order), max_size=6))
    arrivals = list(order)
    for number in repeats:
        arrivals.insert(data.draw(st.integers(0, len(arrivals))), number)
    reassembler = hj212.Reassembler()
    found = [m for number in arrivals if (m := reassembler.receive(part(number, total, same_qn), 1.0)) is not None]
    assert [message.complete for message in found] == [True]
    assert [reading.text for reading in found[0].readings()] == [f"{number}.5" for number in range(1, total + 1)]
    assert reassembler.expire(1e9) == []


@fuzzed
@given(st.permutations([(hour, number) for hour in (7, 8, 9) for number in (1, 2, 3)]))
def test_interleaved_messages_do_not_mix(arrivals: list[tuple[int, int]]) -> None:
    reassembler = hj212.Reassembler()
    found = [m for hour, n in arrivals if (m := reassembler.receive(part(n, 3, True, hour), 0.0)) is not None]
    assert len(found) == 3
    for message in found:
        assert len({packet.value("DataTime") for packet in message.packets}) == 1


def test_message_that_never_completes_comes_out_marked_incomplete() -> None:
    reassembler = hj212.Reassembler(wait_s=40)
    assert reassembler.receive(part(2, 3, False), 100.0) is None
    assert reassembler.next_deadline == 140.0
    assert reassembler.expire(139.9) == []
    (message,) = reassembler.expire(140.0)
    assert message.missing == (1, 3)
    assert not message.complete


def test_reassembler_is_bounded_and_gives_the_oldest_out_incomplete() -> None:
    reassembler = hj212.Reassembler(max_open=2)
    for hour in range(3):
        reassembler.receive(part(1, 2, True, hour), float(hour))
    assert reassembler.open_count == 2
    (message,) = reassembler.expire(3.0)
    assert message.packets[0].value("DataTime") == "20260301000000"
