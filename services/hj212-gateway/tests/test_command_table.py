"""The command table against commands.csv: each command to a device can be asked for, and encodes, in each of its editions."""

import csv
from datetime import datetime
from importlib.resources import files

import pytest
from hj212 import STRICT, Edition, Fields, codes, decode, encode
from hj212.deviations import Deviation
from hj212.samples import sample_cp
from hj212_gateway.domain.command_catalogue import catalogue, names_of
from hj212_gateway.domain.command_request import asks_for_history, checked_parameters, masked, with_moment
from hj212_gateway.domain.command_states import NEEDS_APPROVAL
from hj212_gateway.domain.command_table import RULES, is_repeatable, rules_of
from park_chassis.errors import Refused
from park_schemas.identifiers import uuid7
from park_schemas.registry import DeviceRecord

AT = datetime(2026, 11, 22, 12, 0)  # noqa: DTZ001 - wall time, as on the wire
_YEARS = ("2005", "2017", "2025")
_NOT_IN_2005 = {("1011", "PolId")}
"""commands.csv, notes of 1011: the CP of 2005 is empty."""
_ONLY_IN_2025 = {("3011", "CalibrationType")}
"""commands.csv, notes of 3011."""


def rows() -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Return (CN, edition, kind, fields) of each row towards a device, once an edition that has it for sure."""
    text = (files("hj212") / "data" / "commands.csv").read_text(encoding="utf-8")
    return [
        (row["cn"], year, row["kind"], tuple(filter(None, row["cp_fields"].split(";"))))
        for row in csv.DictReader(text.splitlines())
        for year in _YEARS
        if row["direction"] == "platform->device" and row[f"version_{year}"] == "y"
    ]


def device_of(edition: str) -> DeviceRecord:
    mn = "88888880000001" if edition == "2005" else "010000A8900016F000169DC0"
    return DeviceRecord(mn=mn, password="123456", point_id=uuid7(), park_id=uuid7(), edition=edition)


@pytest.mark.parametrize(("command", "edition", "kind", "names"), rows())
def test_every_command_of_the_table_can_be_asked_for_and_encodes_strictly(
    command: str, edition: str, kind: str, names: tuple[str, ...]
) -> None:
    form = next(
        form
        for form in codes.command_forms(command, Edition(edition))
        if form.direction == "platform->device" and form.cp_fields == names
    )
    given: list[dict[str, str]] = [
        {name: str(text) for name, text in item.items() if not _is_left_out(command, edition, name)}
        for item in sample_cp(form, Edition(edition), AT)
    ]
    device = device_of(edition)
    items = with_moment(command, checked_parameters(device, command, [g for g in given if g], AT), AT)
    flag = {"2005": 1, "2017": 5, "2025": 9}[edition]
    fields = Fields(qn="20261122120000000", st="32", cn=command, pw="123456", mn=device.mn, flag=flag, cp=items)
    frame = encode(fields, edition=Edition(edition))
    packet = decode(frame, profile=STRICT)
    assert (packet.cn, packet.edition.value, kind) == (command, edition, form.kind)
    sent = {name for item in packet.cp for name in item}
    assert len(sent) == len([name for g in given for name in g]), (sent, given)


def _is_left_out(command: str, edition: str, name: str) -> bool:
    return (edition == "2005" and (command, name) in _NOT_IN_2005) or (
        edition != "2025" and (command, name) in _ONLY_IN_2025
    )


def test_the_table_has_no_command_that_the_csv_does_not_have() -> None:
    known = {(command, edition) for command, edition, _, _ in rows()}
    assert {(rule.command, edition) for rule in RULES for edition in rule.editions} == known


@pytest.mark.parametrize(("command", "edition"), sorted({(rule.command, year) for rule in RULES for year in _YEARS}))
def test_a_command_of_another_edition_is_refused(command: str, edition: str) -> None:
    if rules_of(command, edition):
        return
    with pytest.raises(Refused) as refused:
        checked_parameters(device_of(edition), command, {}, AT)
    assert refused.value.code == "no-such-command"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.name}-{'-'.join(rule.editions)}")
def test_what_is_required_is_asked_for_and_what_is_unknown_refused(rule: object) -> None:
    assert rule in RULES
    chosen = next(one for one in RULES if one is rule)
    device = device_of(chosen.editions[0])
    with pytest.raises(Refused) as refused:
        checked_parameters(device, chosen.command, {"Nonsense": "1"}, AT)
    assert {"where": "Nonsense", "what": "the command has no such parameter"}.items() <= refused.value.facts["errors"][
        0
    ].items()
    required = [parameter.name for parameter in chosen.parameters if parameter.required]
    if required and len(rules_of(chosen.command, chosen.editions[0])) == 1:
        with pytest.raises(Refused) as refused:
            checked_parameters(device, chosen.command, {}, AT)
        assert {error["where"] for error in refused.value.facts["errors"]} >= set(required)


def test_values_by_name_become_items_in_the_order_of_the_table() -> None:
    device = device_of("2017")
    assert checked_parameters(device, "1000", {"ReCount": 3, "OverTime": 5}, AT) == [
        {"OverTime": "5"},
        {"ReCount": "3"},
    ]
    assert checked_parameters(device_of("2005"), "1021", {"PolId": ["101", "102"]}, AT) == [
        {"PolId": "101"},
        {"PolId": "102"},
    ]
    limits: dict[str, str | int] = {"101-LowValue": "1.1", "102-LowValue": 2, "101-UpValue": "9.9", "102-UpValue": 8}
    assert checked_parameters(device_of("2005"), "1022", limits, AT) == [
        {"101-LowValue": "1.1", "101-UpValue": "9.9"},
        {"102-LowValue": "2", "102-UpValue": "8"},
    ]
    hours = checked_parameters(device_of("2005"), "3014", {"PolID": "101", "CTime": ["4", "10"]}, AT)
    assert hours == [{"PolID": "101", "CTime": ["4", "10"]}]


def test_a_new_password_has_the_name_of_the_edition_and_is_shown_to_nobody() -> None:
    old = checked_parameters(device_of("2005"), "1072", {"NewPW": "654321"}, AT)
    new = checked_parameters(device_of("2025"), "1072", {"NewPW": "654321"}, AT)
    assert (old, new) == ([{"PW": "654321"}], [{"NewPW": "654321"}])
    assert masked(old) == [{"PW": "******"}]
    assert masked(new) == [{"NewPW": "******"}]


def test_a_key_gets_the_moment_it_is_sent() -> None:
    items = checked_parameters(device_of("2025"), "1014", {"NewSK": "A1b2C3d4E5f6G7h8"}, AT)
    assert with_moment("1014", items, AT) == [{"SKCreateTime": "20261122120000000", "NewSK": "A1b2C3d4E5f6G7h8"}]


def test_the_two_forms_of_2011_are_told_apart_by_their_parameters() -> None:
    span = {"BeginTime": "20261122000000", "EndTime": "20261122010000"}
    assert asks_for_history(checked_parameters(device_of("2025"), "2011", span, AT))
    assert checked_parameters(device_of("2025"), "2011", {}, AT) == []
    with pytest.raises(Refused):
        checked_parameters(device_of("2017"), "2011", span, AT)


def test_only_what_does_no_harm_twice_is_repeatable() -> None:
    assert all(is_repeatable(command) for command in ("1012", "1062", "1061", "2051", "2012", "3020"))
    harmful = ("1002", "1014", "1072", "3011", "3012", "3013", "3014", "3015", "3022", "3024")
    assert not any(is_repeatable(command) for command in harmful)
    assert not is_repeatable("9999")


def test_the_catalogue_names_every_form_and_says_which_need_approval() -> None:
    shown = catalogue("2025", frozenset(NEEDS_APPROVAL))
    assert [one["form"] for one in shown if one["command"] == "2011"] == ["2011", "2011-electricity"]
    assert {one["command"] for one in shown if one["needs_approval"]} >= {"1072", "3011", "3022"}
    assert all(one["name_zh"] and one["name_en"] for one in shown)
    assert names_of("1072")["name_zh"] == "设置现场机访问密码"
    assert Deviation.MN_FORMAT
    assert len(catalogue(None, frozenset())) == len(RULES)
