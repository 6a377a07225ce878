"""A request for a command, checked before anything is stored: the edition knows it, and its frame can be built."""

from collections.abc import Sequence
from datetime import datetime

from hj212 import Edition, Fields, LocalProtocolError, codes, encode
from hj212.deviations import Deviation
from park_chassis.errors import Refused
from park_schemas.registry import DeviceRecord

Parameters = list[dict[str, str]]


def with_system_time(command: str, parameters: Sequence[dict[str, str]], at: datetime) -> Parameters:
    """Return the CP items to send at wall time `at`: 1012 without SystemTime sets the time of the moment it is sent."""
    items = [dict(item) for item in parameters]
    if command == "1012" and not any("SystemTime" in item for item in items):
        items.append({"SystemTime": f"{at:%Y%m%d%H%M%S}"})
    return items


def check_request(device: DeviceRecord, command: str, parameters: Sequence[dict[str, str]], at: datetime) -> None:
    """Raise Refused (422) when the device's edition has no such command towards a device, or the frame breaks its rules."""
    edition = Edition(device.edition)
    forms = codes.command_forms(command, edition)
    if not any(form.direction == "platform->device" for form in forms):
        raise Refused(
            "no-such-command",
            f"HJ 212-{device.edition} 没有下行命令 {command}",
            f"edition {device.edition} has no command {command} towards a device",
            status=422,
        )
    fields = Fields(
        qn=f"{at:%Y%m%d%H%M%S}000",
        st="32",
        cn=command,
        pw=device.password,
        mn=device.mn,
        flag={Edition.HJT_2005: 1, Edition.HJ_2017: 5}.get(edition, 9),
        cp=with_system_time(command, parameters, at),
    )
    try:
        encode(fields, edition=edition, allow={Deviation.MN_FORMAT, Deviation.MN_EMPTY})
    except LocalProtocolError as error:
        raise Refused("bad-parameters", f"参数不合规: {error}", f"parameters: {error}", status=422) from error


def asks_for_history(parameters: Sequence[dict[str, str]]) -> bool:
    """Whether the data that answer are of the past (BeginTime, EndTime): they are supplementary then."""
    return any("BeginTime" in item for item in parameters)
