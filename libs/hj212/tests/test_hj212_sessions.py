"""Dialogues of both ends: every command of the table, timeouts, resends, refusals, splits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import hj212
import pytest
from hj212 import (
    Deliver,
    DeviceSession,
    Edition,
    Execute,
    Finished,
    HostSession,
    Identity,
    Outcome,
    Peer,
    QnSequence,
    Send,
    SessionSettings,
)
from hj212.code_types import CommandForm
from hj212.codes import COMMANDS
from hj212.samples import sample_cp
from hj212.session import Action

AT = datetime(2026, 3, 1, 8, 58, 57, 223000)  # noqa: DTZ001 - naive wall time, as on the wire
LATER = AT.replace(minute=59)
MN = {Edition.HJT_2005: "88888880000001"}
EDITIONS = (Edition.HJT_2005, Edition.HJ_2017, Edition.HJ_2025)


def identity(edition: Edition) -> Identity:
    return Identity(MN.get(edition, "010000A8900016F000169DC0"), "32", edition=edition)


def peer(edition: Edition) -> Peer:
    return Peer(MN.get(edition, "010000A8900016F000169DC0"), "32", edition=edition)


def forms(direction: str, kinds: Iterable[str]) -> list[tuple[CommandForm, Edition]]:
    wanted = set(kinds)
    return [
        (form, edition)
        for form in COMMANDS
        for edition in EDITIONS
        if form.direction == direction and form.kind in wanted and edition.value in form.editions
    ]


def named(case: tuple[CommandForm, Edition]) -> str:
    form, edition = case
    return f"{form.cn}-{form.kind}-{edition.value}"


def sent(actions: list[Action]) -> list[hj212.Packet]:
    """Every frame that leaves must be strictly right."""
    return [hj212.decode(action.frame, profile=hj212.STRICT) for action in actions if isinstance(action, Send)]


def finished(actions: list[Action]) -> list[Finished]:
    return [action for action in actions if isinstance(action, Finished)]


@pytest.mark.parametrize("case", forms("platform->device", ["get", "set", "control"]), ids=named)
def test_request_runs_through_9011_data_and_9012(case: tuple[CommandForm, Edition]) -> None:
    form, edition = case
    host, device = HostSession(), DeviceSession(identity(edition))
    (request,) = sent(host.request(peer(edition), form.cn, sample_cp(form, edition, AT), at=AT, now=0.0))
    assert request.needs_ack
    answer, execute = device.receive(request, 0.1)
    assert isinstance(answer, Send)
    assert isinstance(execute, Execute)
    ready = hj212.decode(answer.frame, profile=hj212.STRICT)
    assert (ready.cn, ready.st, ready.value("QnRtn"), ready.edition) == ("9011", "91", "1", edition)
    assert host.receive(ready, 0.2) == []
    data = [
        sample_cp(upload, edition, AT)
        for upload, _ in forms("device->platform", ["upload"])
        if form.kind == "get" and upload.cn == form.cn and edition.value in upload.editions
    ][:1]
    messages = sent(device.finish(execute.request, 1, data, at=AT, now=0.3))
    assert [message.cn for message in messages] == [*[form.cn for _ in data], "9012"]
    actions = [action for message in messages for action in host.receive(message, 0.4)]
    assert [action.packet.cn for action in actions if isinstance(action, Deliver)] == [form.cn for _ in data]
    assert finished(actions) == [Finished(request.qn or "", form.cn, Outcome.SUCCESS, 1)]
    assert host.next_deadline is None
    assert device.next_deadline is None


@pytest.mark.parametrize("case", forms("device->platform", ["upload"]), ids=named)
def test_upload_with_ack_bit_is_answered_9014(case: tuple[CommandForm, Edition]) -> None:
    form, edition = case
    host, device = HostSession(), DeviceSession(identity(edition))
    (report,) = sent(device.upload(form.cn, sample_cp(form, edition, AT), at=AT, now=0.0))
    answer, deliver = host.receive(report, 0.1)
    assert deliver == Deliver(report, False)
    assert isinstance(answer, Send)
    ack = hj212.decode(answer.frame, profile=hj212.STRICT)
    assert (ack.cn, ack.st, ack.edition) == ("9014", "91", edition)
    assert not ack.needs_ack
    assert device.receive(ack, 0.2) == [Finished(report.qn or "", form.cn, Outcome.SUCCESS, None)]


@pytest.mark.parametrize("case", forms("device->platform", ["notice"]), ids=named)
def test_notice_of_a_device_is_answered_9013(case: tuple[CommandForm, Edition]) -> None:
    form, edition = case
    host, device = HostSession(), DeviceSession(identity(edition))
    (notice,) = sent(device.notify(form.cn, sample_cp(form, edition, AT), at=AT, now=0.0))
    answer, _ = host.receive(notice, 0.1)
    assert isinstance(answer, Send)
    assert answer.cn == "9013"
    ended = device.receive(hj212.decode(answer.frame), 0.2)
    assert [end.outcome for end in finished(ended)] == [Outcome.SUCCESS]


@pytest.mark.parametrize("case", forms("platform->device", ["notice"]), ids=named)
def test_notice_of_the_host_is_answered_9013(case: tuple[CommandForm, Edition]) -> None:
    form, edition = case
    host, device = HostSession(), DeviceSession(identity(edition))
    (notice,) = sent(host.request(peer(edition), form.cn, at=AT, now=0.0))
    answer, deliver = device.receive(notice, 0.1)
    assert isinstance(deliver, Deliver)
    assert isinstance(answer, Send)
    ended = host.receive(hj212.decode(answer.frame), 0.2)
    assert [end.outcome for end in finished(ended)] == [Outcome.SUCCESS]


def test_heartbeat_of_2025_is_answered_9013_with_flag_8() -> None:
    device = DeviceSession(identity(Edition.HJ_2025))
    (beat,) = sent(device.notify("9015", at=AT, now=0.0))
    answer, _ = HostSession().receive(beat, 0.1)
    assert isinstance(answer, Send)
    packet = hj212.decode(answer.frame)
    assert (packet.cn, packet.flag, packet.qn) == ("9013", 8, beat.qn)


def test_every_command_of_the_table_has_been_driven() -> None:
    driven = {
        form.cn
        for direction, kinds in (
            ("platform->device", ["get", "set", "control", "notice"]),
            ("device->platform", ["upload", "notice"]),
        )
        for form, _ in forms(direction, kinds)
    }
    interaction = {form.cn for form in COMMANDS if form.kind == "interaction"}
    assert driven | interaction == {form.cn for form in COMMANDS}
    assert interaction == {"9011", "9012", "9013", "9014", "9015"}


REFUSALS = [
    ("PW", replace(peer(Edition.HJ_2017), pw="000000"), 3),
    ("MN", replace(peer(Edition.HJ_2017), mn="FFFFFFFFFFFFFFFFFFFFFFFF"), 4),
    ("ST", replace(peer(Edition.HJ_2017), st="31"), 5),
    ("Flag", replace(peer(Edition.HJ_2017), edition=Edition.HJ_2025), 6),
]


@pytest.mark.parametrize(("what", "asked", "code"), REFUSALS, ids=[case[0] for case in REFUSALS])
def test_device_refuses_a_request_with_the_code_of_what_is_wrong(what: str, asked: Peer, code: int) -> None:
    host, device = HostSession(), DeviceSession(identity(Edition.HJ_2017))
    (request,) = sent(host.request(asked, "1011", at=AT, now=0.0))
    actions = device.receive(request, 0.1)
    assert [type(action) for action in actions] == [Send], what
    answer = hj212.decode(actions[0].frame) if isinstance(actions[0], Send) else None
    assert answer is not None
    assert answer.value("QnRtn") == str(code)
    assert finished(host.receive(answer, 0.2)) == [Finished(request.qn or "", "1011", Outcome.REFUSED, code)]


def test_unknown_command_is_refused_with_8_and_with_2_in_2005() -> None:
    for edition, code in ((Edition.HJ_2017, "8"), (Edition.HJT_2005, "2")):
        me = identity(edition)
        bits = 5 if edition is Edition.HJ_2017 else 1
        fields = hj212.Fields(cn="1999", st="32", mn=me.mn, qn="20260301085857223", flag=bits)
        request = hj212.decode(hj212.encode(fields, edition=edition))
        (answer,) = DeviceSession(me).receive(request, 0.0)
        assert isinstance(answer, Send)
        assert hj212.decode(answer.frame).value("QnRtn") == code


def test_request_without_answer_is_resent_with_the_same_qn_and_then_given_up() -> None:
    host = HostSession(SessionSettings(over_time_s=10, resends=3))
    (first,) = host.request(peer(Edition.HJ_2017), "1011", at=AT, now=0.0)
    assert host.tick(9.9) == []
    resent = [host.tick(moment) for moment in (10.0, 20.0, 30.0)]
    assert resent == [[first]] * 3
    (end,) = host.tick(40.0)
    assert isinstance(end, Finished)
    assert end.outcome is Outcome.NO_ANSWER
    assert host.next_deadline is None


def test_execution_times_out_over_time_after_the_last_message() -> None:
    host, device = HostSession(), DeviceSession(identity(Edition.HJ_2017))
    (request,) = sent(host.request(peer(Edition.HJ_2017), "1011", at=AT, now=0.0))
    answer = device.receive(request, 1.0)[0]
    assert isinstance(answer, Send)
    host.receive(hj212.decode(answer.frame), 8.0)
    assert host.next_deadline == 18.0
    assert [end.outcome for end in finished(host.tick(18.0))] == [Outcome.TIMED_OUT]


def test_repeated_request_is_answered_again_but_executed_once() -> None:
    host, device = HostSession(), DeviceSession(identity(Edition.HJ_2017))
    (request,) = sent(host.request(peer(Edition.HJ_2017), "3012", [{"PolId": "w01018"}], at=AT, now=0.0))
    first = device.receive(request, 0.1)
    again = device.receive(request, 10.1)
    assert [type(action) for action in first] == [Send, Execute]
    assert again == first[:1]


def test_repeated_upload_is_acknowledged_again_and_delivered_as_repeated() -> None:
    host, device = HostSession(), DeviceSession(identity(Edition.HJ_2017))
    (report,) = device.upload("2011", [{"DataTime": "20260301085800"}, {"w01018-Rtd": "1.0"}], at=AT, now=0.0)
    (resent,) = device.tick(10.0)
    assert resent == report
    assert isinstance(report, Send)
    packet = hj212.decode(report.frame)
    assert [type(action) for action in host.receive(packet, 0.1)] == [Send, Deliver]
    assert host.receive(packet, 10.1)[1] == Deliver(packet, True)


def test_history_data_with_own_numbers_are_told_by_command_and_finish_on_9012() -> None:
    host, device = HostSession(), DeviceSession(identity(Edition.HJ_2017))
    span = [{"BeginTime": "20260301000000"}, {"EndTime": "20260301020000"}]
    (request,) = sent(host.request(peer(Edition.HJ_2017), "2061", span, at=AT, now=0.0))
    answer, _ = device.receive(request, 0.1)
    assert isinstance(answer, Send)
    host.receive(hj212.decode(answer.frame), 0.2)
    hours = [[{"DataTime": f"202603010{hour}0000"}, {"w01018-Avg": "1.0"}] for hour in range(3)]
    out = sent(device.finish(request, 1, hours, at=LATER, now=0.3, own_numbers=True, ack=True))
    seen: list[str | None] = []
    for _ in hours:
        # Each is acknowledged by its own QN before the next one leaves (HJ 212-2017 C.50).
        (message,) = out
        seen.append(message.qn)
        ack, deliver = host.receive(message, 0.4)
        assert isinstance(deliver, Deliver)
        assert isinstance(ack, Send)
        assert ack.qn == message.qn
        out = sent(device.receive(hj212.decode(ack.frame), 0.5))
    (result,) = out
    assert len({*seen, request.qn}) == 4
    assert result.qn == request.qn
    assert [end.outcome for end in finished(host.receive(result, 0.6))] == [Outcome.SUCCESS]


def test_unacknowledged_upload_gives_way_to_the_next_one_after_its_resends() -> None:
    device = DeviceSession(identity(Edition.HJ_2017), SessionSettings(over_time_s=5, resends=1))
    cp = [{"DataTime": "20260301085800"}, {"w01018-Rtd": "1.0"}]
    (first,) = sent(device.upload("2011", cp, at=AT, now=0.0))
    assert device.upload("2051", cp, at=AT, now=1.0) == []
    assert [packet.qn for packet in sent(device.tick(5.0))] == [first.qn]
    actions = device.tick(10.0)
    assert [end.outcome for end in finished(actions)] == [Outcome.NO_ANSWER]
    assert [packet.cn for packet in sent(actions)] == ["2051"]


def test_second_request_with_the_same_command_is_refused_while_the_first_runs() -> None:
    host = HostSession()
    host.request(peer(Edition.HJ_2017), "1011", at=AT, now=0.0)
    with pytest.raises(hj212.LocalProtocolError, match="still running"):
        host.request(peer(Edition.HJ_2017), "1011", at=AT, now=0.0)


def test_command_of_another_edition_is_refused_locally() -> None:
    with pytest.raises(hj212.LocalProtocolError, match="no command 1021"):
        HostSession().request(peer(Edition.HJ_2017), "1021", at=AT, now=0.0)
    with pytest.raises(hj212.LocalProtocolError, match="2111"):
        DeviceSession(identity(Edition.HJ_2017)).upload("2111", at=AT, now=0.0)


def test_numbers_increase_within_a_millisecond_and_when_the_clock_goes_back() -> None:
    numbers = QnSequence()
    taken = [numbers.next(AT), numbers.next(AT), numbers.next(AT.replace(year=2025)), numbers.next(AT.replace(hour=9))]
    assert taken == ["20260301085857223", "20260301085857224", "20260301085857225", "20260301095857223"]


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.value)
def test_long_report_leaves_in_packets_that_reassemble(edition: Edition) -> None:
    cp = [{"DataTime": "20260301085800"}] + [
        {f"w{number:05d}-{attribute}": "123.45" for attribute in ("Cou", "Min", "Avg", "Max")} for number in range(60)
    ]
    device, host, reassembler = DeviceSession(identity(edition)), HostSession(), hj212.Reassembler()
    out = sent(device.upload("2051", cp, at=AT, now=0.0))
    messages: list[hj212.Message] = []
    while out:
        (packet,) = out
        assert len(packet.segment) <= 1024
        ack, _ = host.receive(packet, 0.0)
        message = reassembler.receive(packet, 0.0)
        messages += [message] if message else []
        assert isinstance(ack, Send)
        out = sent(device.receive(hj212.decode(ack.frame), 0.0))
    assert [message.cp for message in messages] == [cp]
    assert messages[0].complete


def test_item_that_fits_no_packet_and_too_many_packets_are_refused() -> None:
    base = hj212.Fields(cn="2051", st="32", mn="010000A8900016F000169DC0", qn="20260301085857223", flag=9)
    with pytest.raises(hj212.LocalProtocolError, match="alone takes"):
        hj212.split_fields(replace(base, cp=[{"i11001-Info": "//" + "x" * 1100 + "//"}]), Edition.HJ_2017)
    with pytest.raises(hj212.LocalProtocolError, match="can number 9"):
        hj212.split_fields(replace(base, cp=[{f"w{n:05d}-Avg": "1" * 200} for n in range(60)]), Edition.HJ_2025)


def test_resend_is_marked_rf_1_only_in_2025() -> None:
    for edition, rf in ((Edition.HJ_2025, 1), (Edition.HJ_2017, None)):
        cp = [{"DataTime": "20260301085800"}, {"w01018-Rtd": "1.0"}]
        (packet,) = sent(DeviceSession(identity(edition)).upload("2051", cp, at=AT, now=0.0, resend=True))
        assert packet.rf == rf
