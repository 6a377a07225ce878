"""The spool's segment files: order, crash in the middle of a write, bound, full disk."""

import os
from contextlib import suppress
from pathlib import Path

import pytest
from hj212_gateway.spool_files import SpooledRecord, SpoolFiles, SpoolFull, SpoolInUse, packed


def record(number: int, size: int = 100) -> SpooledRecord:
    return SpooledRecord("telemetry.readings.v1", b"MN%d" % (number % 3), b"%d" % number * (size // 4), [("h", b"x")])


def opened(folder: Path, *, most_bytes: int = 10_000_000, segment_bytes: int = 2_000) -> SpoolFiles:
    return SpoolFiles(folder, most_bytes=most_bytes, segment_bytes=segment_bytes)


def read_all(files: SpoolFiles, chunk: int = 700) -> list[SpooledRecord]:
    found: list[SpooledRecord] = []
    while not files.is_drained:
        records, place = files.read(chunk)
        found += records
        files.forget_before(place)
    return found


@pytest.mark.parametrize("chunk", [1, 150, 700, 1_000_000])
def test_what_was_written_comes_back_in_order_over_many_segments_and_leaves_no_file(tmp_path: Path, chunk: int) -> None:
    files = opened(tmp_path)
    written = [record(number) for number in range(200)]
    for start in range(0, 200, 7):
        files.append([packed(one) for one in written[start : start + 7]])
    assert len(list(tmp_path.glob("*.spool"))) > 5
    assert read_all(files, chunk) == written
    assert list(tmp_path.glob("*.spool")) == []
    assert files.bytes_held == 0


def test_writing_goes_on_while_it_is_read(tmp_path: Path) -> None:
    files = opened(tmp_path)
    found: list[SpooledRecord] = []
    for number in range(300):
        files.append([packed(record(number))])
        if number % 3 == 0:
            records, place = files.read(250)
            files.forget_before(place)
            found += records
    found += read_all(files)
    assert found == [record(number) for number in range(300)]


def test_a_crash_in_the_middle_of_a_write_costs_only_what_nobody_was_told_is_stored(tmp_path: Path) -> None:
    files = opened(tmp_path, segment_bytes=1_000_000)
    files.append([packed(record(number)) for number in range(10)])
    files.close()
    (segment,) = tmp_path.glob("*.spool")
    whole = segment.read_bytes()
    torn = packed(record(99))
    for cut in range(1, len(torn)):
        segment.write_bytes(whole + torn[:cut])
        again = opened(tmp_path)
        records, _ = again.read(1_000_000)
        assert records == [record(number) for number in range(10)]
        again.close()
    again = opened(tmp_path)
    again.append([packed(record(10))])
    assert read_all(again) == [record(number) for number in range(11)]


def test_damage_in_the_middle_is_set_aside_and_the_other_segments_go_on(tmp_path: Path) -> None:
    files = opened(tmp_path, segment_bytes=500)
    for number in range(20):
        files.append([packed(record(number))])
    files.close()
    first = min(tmp_path.glob("*.spool"))
    content = bytearray(first.read_bytes())
    content[30] ^= 0xFF
    first.write_bytes(bytes(content))
    found = read_all(opened(tmp_path))
    assert found == [record(number) for number in range(20)][-len(found) :]
    assert 10 < len(found) < 20
    assert list(tmp_path.glob("*.damaged"))


def test_at_the_bound_nothing_is_taken_and_room_comes_back_with_reading(tmp_path: Path) -> None:
    files = opened(tmp_path, most_bytes=3_000)
    taken = 0
    with suppress(SpoolFull):
        for taken in range(100):
            files.append([packed(record(taken))])
    assert 0 < taken < 99
    assert read_all(files) == [record(number) for number in range(taken)]
    files.append([packed(record(taken))])


def test_a_full_disk_leaves_no_half_record_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = opened(tmp_path, segment_bytes=1_000_000)
    files.append([packed(record(0))])

    def no_space(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", no_space)
        with pytest.raises(SpoolFull):
            files.append([packed(record(1))])
    files.append([packed(record(2))])
    assert read_all(files) == [record(0), record(2)]


def test_two_processes_do_not_share_a_folder(tmp_path: Path) -> None:
    files = opened(tmp_path)
    with pytest.raises(SpoolInUse):
        opened(tmp_path)
    files.close()
    opened(tmp_path).close()
