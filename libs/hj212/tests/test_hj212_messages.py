"""Encoding, answers, CP grammar, readings and code tables, case by case."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import hj212
import pytest
from hj212 import Deviation, Edition, Fields, Reading, codes
from hj212.data_area import parse_data_time, parse_items, readings_of
from hj212.encoding import Cp, cp_text
from hj212.framing import build_frame
from hj212.layouts import COMPILE_AT
from hj212.testing import drain

PACKAGE = Path(__file__).parent.parent
MN = "010000A8900016F000169DC0"
QN = "20160801085857223"
BASE = Fields("2011", "32", MN, [{"DataTime": "20160801085857"}, {"w01018-Rtd": "1.0"}], QN, flag=5)


def decoded(segment: str) -> hj212.Packet:
    return hj212.decode(build_frame(segment.encode()))


# --- encode refuses ---------------------------------------------------------------------------------------------

WRONG: list[tuple[str, Fields, str]] = [
    ("MN of 14 characters", replace(BASE, mn="88888880000001"), "mn_format"),
    ("no QN", replace(BASE, qn=None), "qn_missing"),
    ("QN of 16 digits", replace(BASE, qn=QN[:-1]), "qn_format"),
    ("no PW", replace(BASE, pw=None), "pw_missing"),
    ("PW too long", replace(BASE, pw="1234567"), "pw_format"),
    ("no Flag", replace(BASE, flag=None), "flag_missing"),
    ("split bit without numbers", replace(BASE, flag=7), "split_bit_without_pnum"),
    ("numbers without split bit", replace(BASE, pnum=2, pno=1), "pnum_without_split_bit"),
    ("PNO above PNUM", replace(BASE, flag=7, pnum=2, pno=3), "packet_number"),
    ("RF in 2017", replace(BASE, rf=1), "resend_field"),
    ("CN of 3 digits", replace(BASE, cn="201"), "cn_format"),
    ("ST of 3 characters", replace(BASE, st="101"), "st_format"),
    ("CP above 950 bytes", replace(BASE, cp=[{"i11001-Info": "x" * 960}]), "cp_too_long"),
    ("segment above 1024 bytes", replace(BASE, cp=[{"i11001-Info": "x" * 1000}]), "segment_too_long"),
    ("empty value", replace(BASE, cp=[{"w01018-Rtd": ""}]), "cp_empty_value"),
    ("blank in a value", replace(BASE, cp=[{"w01018-Rtd": "1 "}]), "cp_blanks"),
    ("DataTime of 12 digits", replace(BASE, cp=[{"DataTime": "201608010858"}]), "data_time_format"),
    ("two factors in one item", replace(BASE, cp=[{"w01018-Rtd": "1", "w21003-Rtd": "2"}]), "cp_comma_between_items"),
    ("separator in a value", replace(BASE, cp=[{"w01018-Rtd": "1;CN=2012"}]), "holds a separator"),
    ("separator in a key", replace(BASE, cp=[{"a;b": "1"}]), "holds a separator"),
    ("end of CP in a value", replace(BASE, cp=[{"a": "1&&"}]), "holds a separator"),
    ("line feed in the header", replace(BASE, pw="12\r\n45"), "control character"),
    ("separator in the header", replace(BASE, mn="A;Flag=9"), "separator"),
    ("version bits of 2025 in 2017", replace(BASE, flag=9), "version bits"),
]


@pytest.mark.parametrize(("what", "fields", "complaint"), WRONG, ids=[case[0] for case in WRONG])
def test_encode_refuses_what_the_edition_does_not_allow(what: str, fields: Fields, complaint: str) -> None:
    with pytest.raises(hj212.LocalProtocolError, match=complaint):
        hj212.encode(fields, edition=Edition.HJ_2017)


def test_encode_allows_a_named_departure_of_the_device() -> None:
    frame = hj212.encode(replace(BASE, mn="88888880000001"), edition=Edition.HJ_2017, allow={Deviation.MN_FORMAT})
    assert hj212.decode(frame).deviations == {Deviation.MN_FORMAT}


def test_fields_need_an_edition() -> None:
    with pytest.raises(hj212.LocalProtocolError, match="edition"):
        hj212.encode(BASE)


def test_log_text_may_hold_separators_between_its_slashes() -> None:
    cp: Cp = [{"DataTime": "20160801085857"}, {"i11001-Info": "//清洗管路; 冲洗, 完成//"}, {"PolId": "w01018"}]
    packet = hj212.decode(hj212.encode(replace(BASE, cn="3020", cp=cp), edition=Edition.HJ_2017))
    assert packet.cp == cp
    assert packet.deviations == frozenset()


def test_repeated_key_of_a_group_is_a_list_both_ways() -> None:
    cp: Cp = [{"PolID": "101", "CTime": ["04", "10", "16"]}]
    fields = Fields("3014", "32", "88888880000001", cp, "20040516010101001", flag=3)
    frame = hj212.encode(fields, edition=Edition.HJT_2005)
    assert hj212.decode(frame).cp == cp
    assert cp_text(cp) == "PolID=101,CTime=04,CTime=10,CTime=16"


# --- answers ----------------------------------------------------------------------------------------------------

UPLOADS = {
    Edition.HJT_2005: f"QN={QN};ST=32;CN=2051;PW=123456;MN=88888880000001;Flag=3;PNUM=2;PNO=1;CP=&&A=1&&",
    Edition.HJ_2017: f"QN={QN};ST=32;CN=2051;PW=123456;MN={MN};Flag=5;CP=&&A=1&&",
    Edition.HJ_2025: f"QN={QN};ST=32;CN=2051;PW=123456;MN={MN};Flag=9;CP=&&A=1&&",
    Edition.SURFACE_WATER: f"QN={QN};ST=21;CN=2051;PW=123456;MN=A110000_0001;Flag=9;CP=&&A=1&&",
}
ANSWERS = [
    (Edition.HJT_2005, "9014", f"ST=91;CN=9014;CP=&&QN={QN};CN=2051;PNO=1;PNUM=2&&"),
    (Edition.HJT_2005, "9013", f"ST=91;CN=9013;PW=123456;MN=88888880000001;CP=&&QN={QN}&&"),
    (Edition.HJT_2005, "9011", f"ST=91;CN=9011;PW=123456;MN=88888880000001;Flag=0;CP=&&QN={QN};QnRtn=1&&"),
    (Edition.HJT_2005, "9012", f"ST=91;CN=9012;PW=123456;MN=88888880000001;CP=&&QN={QN};ExeRtn=1&&"),
    (Edition.HJ_2017, "9014", f"QN={QN};ST=91;CN=9014;PW=123456;MN={MN};Flag=4;CP=&&&&"),
    (Edition.HJ_2017, "9011", f"QN={QN};ST=91;CN=9011;PW=123456;MN={MN};Flag=4;CP=&&QnRtn=1&&"),
    (Edition.HJ_2017, "9012", f"QN={QN};ST=91;CN=9012;PW=123456;MN={MN};Flag=4;CP=&&ExeRtn=1&&"),
    (Edition.HJ_2025, "9014", f"QN={QN};ST=91;CN=9014;PW=123456;MN={MN};Flag=8;CP=&&&&"),
    (Edition.SURFACE_WATER, "9014", f"QN={QN};ST=91;CN=9014;PW=123456;MN=A110000_0001;Flag=8;CP=&&&&"),
]


@pytest.mark.parametrize(("edition", "command", "segment"), ANSWERS)
def test_reply_has_the_form_of_the_edition(edition: Edition, command: str, segment: str) -> None:
    packet = decoded(UPLOADS[edition])
    assert packet.edition is edition
    assert hj212.reply(packet, command) == build_frame(segment.encode())


def test_reply_echoes_odd_credentials_and_unknown_version_bits() -> None:
    packet = decoded(f"QN={QN};ST=32;CN=2011;PW=;MN=0507A010003197;Flag=13;CP=&&&&")
    answer = hj212.decode(hj212.reply(packet, "9014"))
    assert (answer.pw, answer.mn, answer.flag) == ("", "0507A010003197", 12)


@pytest.mark.parametrize(
    ("segment", "due"),
    [
        (f"QN={QN};ST=32;CN=2011;PW=123456;MN={MN};Flag=5;CP=&&&&", "9014"),
        (f"QN={QN};ST=32;CN=2011;PW=123456;MN={MN};Flag=4;CP=&&&&", None),
        (f"QN={QN};ST=32;CN=1013;PW=123456;MN={MN};Flag=5;CP=&&&&", "9013"),
        (f"QN={QN};ST=32;CN=9015;PW=123456;MN={MN};Flag=9;CP=&&&&", "9013"),
        (f"QN={QN};ST=91;CN=9014;PW=123456;MN={MN};Flag=5;CP=&&&&", None),
        ("ST=32;CN=2011;PW=123456;MN=88888880000001;CP=&&&&", None),
        ("ST=32;CN=2011;PW=123456;MN=88888880000001;Flag=1;CP=&&&&", None),
    ],
)
def test_due_answer(segment: str, due: str | None) -> None:
    assert hj212.due_answer(decoded(segment)) == due


def test_reply_without_qn_or_with_a_command_that_is_none_is_refused() -> None:
    with pytest.raises(hj212.LocalProtocolError, match="without QN"):
        hj212.reply(decoded("ST=32;CN=2011;PW=123456;MN=88888880000001;CP=&&&&"), "9014")
    with pytest.raises(hj212.LocalProtocolError, match="no answer"):
        hj212.reply(decoded(UPLOADS[Edition.HJ_2017]), "2011")


# --- CP and readings --------------------------------------------------------------------------------------------

READINGS = [
    ("w01018-Rtd=1.50,w01018-Flag=N", [Reading.of("w01018", "Rtd", "1.50", "N")]),
    ("w01018-Rtd=1.50;w01018-Flag=N", [Reading.of("w01018", "Rtd", "1.50", "N")]),
    ("w01018-Flag=T;w01018-Rtd=1.50", [Reading.of("w01018", "Rtd", "1.50", "T")]),
    ("w01018-Rtd=,w01018-Flag=D", []),
    ("w01018-Rtd=1,w01018-Flag=", [Reading.of("w01018", "Rtd", "1")]),
    ("LA-td=50.1,LA-Flag=N", [Reading.of("LA", "Rtd", "50.1", "N")]),
    ("LA-Rtd-Rtd=50.1", [Reading.of("LA", "Rtd", "50.1")]),
    ("w01018--Avg=2", [Reading.of("w01018", "Avg", "2")]),
    (
        "a1-Rtd=1,a1-Flag=N;a1-Rtd=2,a1-Flag=T",
        [Reading.of("a1", "Rtd", "1", "N"), Reading.of("a1", "Rtd", "2", "T")],
    ),
    (
        "a34004-Rtd=200.5,a34004-Flag=N,a21001-Rtd=0.08,a21001-Flag=D",
        [Reading.of("a34004", "Rtd", "200.5", "N"), Reading.of("a21001", "Rtd", "0.08", "D")],
    ),
    (
        "w01018-SampleTime=20160801070000,w01018-Rtd=2.2,w01018-Flag=N,w01018-EFlag=A01",
        [Reading.of("w01018", "Rtd", "2.2", "N", "A01", "20160801070000")],
    ),
    (
        "w01018-Rtd=1;w21003-Rtd=2,w21003-Flag=N",
        [Reading.of("w01018", "Rtd", "1"), Reading.of("w21003", "Rtd", "2", "N")],
    ),
    ("SB1-RS=1;SB2-RS=0", [Reading.of("SB1", "RS", "1"), Reading.of("SB2", "RS", "0")]),
    ("DataTime=20160801085857;QnRtn=1;s10001=3;Flag=N", []),
    ("i11001-Info=//a;b,c//", [Reading.of("i11001", "Info", "//a;b,c//")]),
]


@pytest.mark.parametrize(("text", "readings"), READINGS, ids=[text for text, _ in READINGS])
def test_readings(text: str, readings: list[Reading]) -> None:
    assert readings_of(parse_items(text).groups) == readings
    packet = decoded(f"QN={QN};ST=32;CN=2011;PW=123456;MN={MN};Flag=5;CP=&&{text}&&")
    for _ in range(COMPILE_AT + 2):
        assert packet.readings() == readings


@pytest.mark.parametrize(
    ("text", "number"),
    [("-0.041", "-0.041"), ("1.50", "1.50"), ("7", "7"), (".5", "0.5"), ("3.", "3"), ("+2", "2")],
)
def test_number_is_exact(text: str, number: str) -> None:
    assert str(Reading.of("a", "Rtd", text).number) == str(Decimal(number))


@pytest.mark.parametrize("text", ["", "1e5", "NaN", "Infinity", "1,5", "0x10", "١", "1_0", "St", "--1", "1.2.3", " 1"])
def test_what_is_no_plain_decimal_has_no_number(text: str) -> None:
    assert Reading.of("a", "Rtd", text).number is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("20160801085857", datetime(2016, 8, 1, 8, 58, 57)),  # noqa: DTZ001
        ("2024112320423050", datetime(2024, 11, 23, 20, 42, 30, 500000)),  # noqa: DTZ001
        ("20160824003817123", datetime(2016, 8, 24, 0, 38, 17, 123000)),  # noqa: DTZ001
        ("20160801", None),
        ("20161301085857", None),
        ("20160801245857", None),
        ("2016080108585a", None),
        ("201608010858570000", None),
    ],
)
def test_data_time(text: str, moment: datetime | None) -> None:
    assert parse_data_time(text) == moment
    assert decoded(f"QN={QN};ST=32;CN=2011;PW=123456;MN={MN};Flag=5;CP=&&DataTime={text};A=1&&").data_time == moment
    assert decoded(f"QN={QN};ST=32;CN=2011;PW=123456;MN={MN};Flag=5;CP=&&A=1;DataTime={text}&&").data_time == moment


def test_names_of_deviations_are_listed_with_clause_and_cause() -> None:
    assert set(hj212.FACTS) == set(Deviation)
    assert all(fact.clause and fact.meaning and fact.cause for fact in hj212.FACTS.values())


def test_packets_with_the_same_segment_are_equal_and_show_themselves() -> None:
    one, two = decoded(UPLOADS[Edition.HJ_2017]), decoded(UPLOADS[Edition.HJ_2017])
    assert one == two
    assert len({one, two}) == 1
    assert one != decoded(UPLOADS[Edition.HJ_2025])
    assert one != "packet"
    assert "CN=2051" in repr(one)


def test_surface_water_profile_fixes_the_edition() -> None:
    frame = build_frame(UPLOADS[Edition.HJ_2025].encode())
    assert hj212.decode(frame, profile=hj212.PROFILES["surface-water"]).edition is Edition.SURFACE_WATER


def test_device_profile_is_found_by_mn_in_a_stream() -> None:
    odd = hj212.framing.build_odd_frame(UPLOADS[Edition.HJ_2017].encode(), crc=hj212.CrcKind.MODBUS_HIGH_FIRST)
    decoder = hj212.Decoder(profile_for=lambda mn: hj212.PROFILES["modbus-hi"] if mn == MN else None)
    decoder.receive_data(odd)
    (packet,) = drain(decoder)
    assert isinstance(packet, hj212.Packet)
    assert Deviation.CRC_ALGORITHM in packet.deviations


# --- codes ------------------------------------------------------------------------------------------------------


def test_generated_tables_are_up_to_date() -> None:
    script = PACKAGE / "tools" / "generate_codes.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout


def test_tables_have_the_rows_of_their_sources() -> None:
    by_edition = {edition: sum(row.edition == edition for row in codes.FACTORS) for edition in ("2005", "2017", "2025")}
    assert by_edition == {"2005": 93, "2017": 341, "2025": 13}
    assert len(codes.COMMANDS) == 76
    assert len(codes.INFO_CODES) == 42


def test_factor_prefers_the_edition_and_falls_back() -> None:
    assert [codes.factor("a34013", edition).format for edition in (Edition.HJ_2017, Edition.HJ_2025)] == [  # type: ignore[union-attr]
        "N4",
        "N4.1",
    ]
    legacy = codes.factor("011", Edition.HJ_2017)
    assert legacy is not None
    assert legacy.edition == "2005"
    assert codes.factor("nothing") is None


def test_legacy_codes_map_both_ways_and_leading_zeros_matter() -> None:
    assert codes.current_code("011") == "w01018"
    assert codes.legacy_code("w01018") == "011"
    assert codes.current_code("01", "gas") != codes.current_code("001", "water")
    assert codes.current_code("zzz") is None
    assert codes.legacy_code("zzz") is None


def test_command_that_changed_its_meaning_is_told_by_edition() -> None:
    (old,) = codes.command_forms("1001", Edition.HJT_2005)
    (new,) = codes.command_forms("1001", Edition.HJ_2025)
    assert (old.kind, new.kind) == ("set", "notice")
    assert codes.command_forms("1001", Edition.HJ_2017) == ()


def test_marks_and_system_types_and_information_codes() -> None:
    mark = codes.mark("Td", Edition.HJ_2025)
    assert mark is not None
    assert codes.mark("Td", Edition.HJ_2017) is None
    assert codes.system_type("45") is not None
    assert codes.system_type("99") is None
    assert codes.info_code("I33400") == codes.info_code("i33400") is not None
    assert codes.info_code("i33317") == codes.info_code("i3331x") is not None
    assert codes.info_code("x") is None
    assert codes.lookup("") == []
