"""Old factor codes become those of 2017, with the value in the unit of the new one."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hj212 import Edition, Fields, codes, decode, encode_unchecked
from hj212_gateway.domain.factor_codes import SHIFTS, SUCCESSORS, shifted
from hj212_gateway.domain.translation import translate
from park_schemas.registry import DeviceRecord
from park_schemas.telemetry import ReadingsReported


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("011", "w01018"),
        ("060", "w21003"),
        ("B01", "w00000"),
        ("01", "a34013"),
        ("02", "a21026"),
        ("S08", "a01013"),
        ("B02", "a00000"),
    ],
)
def test_an_old_code_has_its_successor(old: str, new: str) -> None:
    assert SUCCESSORS[old] == new


def test_leading_zeros_tell_gas_from_water_and_no_current_code_is_changed() -> None:
    assert (SUCCESSORS["10"], SUCCESSORS["010"]) == ("a21001", "w01017")
    current = {row.code for row in codes.FACTORS if row.edition == "2017"}
    assert not current & set(SUCCESSORS)
    assert set(SUCCESSORS.values()) <= current


def test_the_successor_is_the_one_that_the_table_of_2005_names() -> None:
    for row in codes.FACTORS:
        if row.edition == "2005" and row.notes.startswith("2017 successor "):
            assert SUCCESSORS[row.code] == row.notes.split("2017 successor ")[1].split(";")[0]


def test_units_that_differ_between_the_editions_are_all_known() -> None:
    units = {(row.code, row.edition): row.unit for row in codes.FACTORS}
    differing = {
        old for old, new in SUCCESSORS.items() if {units.get((old, "2005")), units.get((new, "2017"))} == {"MPa", "kPa"}
    }
    assert differing == set(SHIFTS)


@pytest.mark.parametrize(("text", "wanted"), [("-0.02", "-20"), ("0.00123", "1.23"), ("--", "--"), ("", "")])
def test_values_change_with_the_unit_exactly(text: str, wanted: str) -> None:
    assert shifted("S08", text) == wanted
    assert shifted("011", text) == text


def test_a_frame_of_2005_becomes_an_event_in_codes_of_2017() -> None:
    cp = [
        {"DataTime": "20261122120000"},
        {"011-Rtd": "35.0", "011-Flag": "N"},
        {"S08-Rtd": "-0.02", "S08-Flag": "N"},
        {"w01001-Rtd": "7.1", "w01001-Flag": "N"},
        {"099-Rtd": "1", "099-Flag": "N"},
    ]
    fields = Fields(qn="20261122120000001", st="32", cn="2011", pw="123456", mn="A" * 14, flag=None, cp=cp)
    packet = decode(encode_unchecked(fields, Edition.HJT_2005))
    at = datetime(2026, 11, 22, 4, tzinfo=UTC)
    device = DeviceRecord(mn="A" * 14, password="123456", point_id=uuid4(), park_id=uuid4(), edition="2005")
    event = translate(packet, device, at, deviations=())
    assert isinstance(event, ReadingsReported)
    assert {one.factor: (one.values["Rtd"], one.mark) for one in event.measurements} == {
        "w01018": ("35.0", "N"), "a01013": ("-20", "N"), "w01001": ("7.1", "N"), "099": ("1", "N"),
    }  # fmt: skip
