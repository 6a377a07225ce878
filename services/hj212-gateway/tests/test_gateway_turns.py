"""Turns of reading: who pushes waits for who reports; nobody starves; at the bound everybody waits."""

from typing import Any, cast

from hj212_gateway.connection import Connection
from hj212_gateway.turns import FULL, OTHERS_FIRST, SLICE_BYTES, Turns


class Logger:
    def __init__(self, unanswered: int) -> None:
        self.unanswered = unanswered
        self.holds: set[str] = set()

    def hold(self, reason: str) -> None:
        self.holds.add(reason)

    def release(self, reason: str) -> None:
        self.holds.discard(reason)


class Nobody:
    """A host of a connection that is not asked for anything."""

    def keys_of(self, mn: str) -> list[bytes]:
        return []


def turns() -> Turns:
    return Turns(busy_bytes=1000, most_bytes=10_000, read_bytes=100)


def test_while_little_waits_everybody_is_read() -> None:
    pushing = Logger(500)
    turns().after_read(pushing, True, 900, [pushing])
    assert not pushing.holds


def test_when_busy_who_pushes_waits_and_who_reports_does_not() -> None:
    pushing, reporting, ours = Logger(500), Logger(1), turns()
    for logger in (pushing, reporting):
        ours.after_read(logger, False, 1500, [pushing, reporting])
    assert pushing.holds == {OTHERS_FIRST}
    assert not reporting.holds


def test_when_busy_reads_are_slices_and_who_fills_one_waits_before_it_has_much_unanswered() -> None:
    begins, reports, ours = Logger(1), Logger(1), Turns(busy_bytes=1000, most_bytes=10_000, read_bytes=16_384)
    assert (ours.read_size(1000), ours.read_size(1001)) == (16_384, SLICE_BYTES)
    for logger, filled in ((begins, True), (reports, False)):
        ours.after_read(logger, filled, 1500, [begins, reports])
    assert begins.holds == {OTHERS_FIRST}
    assert not reports.holds


def test_turns_come_in_the_order_of_waiting_and_only_as_many_as_there_is_room_for() -> None:
    loggers, ours = [Logger(50) for _ in range(6)], turns()
    for logger in loggers:
        ours.after_read(logger, False, 1500, loggers)
    ours.after_progress(1200, loggers)
    assert all(logger.holds for logger in loggers)
    ours.after_progress(600, loggers)
    assert [bool(logger.holds) for logger in loggers] == [False, False, True, True, True, True]
    ours.after_read(loggers[0], False, 1500, loggers)
    ours.after_progress(0, loggers)
    ours.after_progress(0, loggers)
    assert not any(logger.holds for logger in loggers)


def test_at_the_bound_everybody_waits_until_half_of_it_is_durable() -> None:
    loggers, ours = [Logger(1), Logger(50)], turns()
    ours.after_read(loggers[0], False, 10_001, loggers)
    assert ours.is_full
    assert all(logger.holds == {FULL} for logger in loggers)
    newcomer = Logger(0)
    ours.after_read(newcomer, False, 9000, [*loggers, newcomer])
    assert newcomer.holds == {FULL}
    ours.after_progress(5000, [*loggers, newcomer])
    assert all(logger.holds for logger in (*loggers, newcomer))
    ours.after_progress(4999, [*loggers, newcomer])
    assert not any(logger.holds for logger in (*loggers, newcomer))


def test_a_frame_whose_rest_we_ourselves_do_not_read_is_not_late() -> None:
    connection = Connection(cast(Any, Nobody()))
    connection._decoder.receive_data(b"##0100QN=2026")
    connection._decoder.next_packet()
    late = [connection.holds_partial_frame]
    connection.hold(FULL)
    late.append(connection.holds_partial_frame)
    before = connection.last_heard
    connection.release(FULL)
    late.append(connection.holds_partial_frame)
    assert late == [True, False, True]
    assert connection.last_heard >= before
