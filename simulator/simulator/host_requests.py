"""What a logger does when the host asks: one function a command, listed in REQUESTS. The session answers everything else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import hj212
from park_schemas.park_time import at_park

from simulator.park_plan import PointSite
from simulator.records import DAY, HOUR, MINUTE, Group, Record, groups_of, interval_start, length_of, wall
from simulator.signal_model import SignalModel

_MOST_RECORDS = 400
SUCCESS, FAILED, WRONG_CONDITIONS, NO_DATA = 1, 2, 3, 100
"""ExeRtn, HJ 212-2017 table 8."""


@dataclass
class LoggerSettings:
    """What the host can change in a logger, and what it keeps about itself. `over_time_s` and `re_count`: see CN 1000."""

    password: str
    realtime_interval_s: int = 30
    minute_interval_min: int = 10
    over_time_s: float = 10.0
    re_count: int = 3
    realtime_on: bool = True
    clock_offset: timedelta = timedelta(0)
    started_at: datetime | None = None
    key: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Answer:
    """Result of a request: ExeRtn, the data messages before it, and whether each of them has a QN of its own."""

    result: int = SUCCESS
    data: tuple[list[Group], ...] = ()
    own_numbers: bool = False


@dataclass
class Logger:
    """What a request may look at and change; `now` is the device's time."""

    site: PointSite
    settings: LoggerSettings
    model: SignalModel
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


Request = Callable[[Logger, hj212.Packet], Answer]


def answer_to(logger: Logger, packet: hj212.Packet) -> Answer:
    """Carry out a request that the session accepted."""
    request = REQUESTS.get(packet.cn)
    return request(logger, packet) if request else Answer(WRONG_CONDITIONS)


def _number(packet: hj212.Packet, key: str, lowest: int, highest: int) -> int | None:
    text = packet.value(key)
    if text is None or not text.isdigit() or not lowest <= int(text) <= highest:
        return None
    return int(text)


def _set_resending(logger: Logger, packet: hj212.Packet) -> Answer:
    over_time, re_count = _number(packet, "OverTime", 1, 99), _number(packet, "ReCount", 1, 99)
    if over_time is None or re_count is None:
        return Answer(WRONG_CONDITIONS)
    logger.settings.over_time_s, logger.settings.re_count = float(over_time), re_count
    return Answer()


def _tell_time(logger: Logger, _: hj212.Packet) -> Answer:
    return Answer(data=([{"SystemTime": wall(logger.now)}],))


def _set_time(logger: Logger, packet: hj212.Packet) -> Answer:
    text = packet.value("SystemTime") or ""
    try:
        wanted = at_park(datetime.strptime(text[:14], "%Y%m%d%H%M%S"))  # noqa: DTZ007 - read as park time
    except ValueError:
        return Answer(WRONG_CONDITIONS)
    logger.settings.clock_offset += wanted - logger.now
    return Answer()


def _tell_realtime_interval(logger: Logger, _: hj212.Packet) -> Answer:
    return Answer(data=([{"RtdInterval": str(logger.settings.realtime_interval_s)}],))


def _set_realtime_interval(logger: Logger, packet: hj212.Packet) -> Answer:
    wanted = _number(packet, "RtdInterval", 1, 3600)
    if wanted is None:
        return Answer(WRONG_CONDITIONS)
    logger.settings.realtime_interval_s = wanted
    return Answer()


def _tell_minute_interval(logger: Logger, _: hj212.Packet) -> Answer:
    return Answer(data=([{"MinInterval": str(logger.settings.minute_interval_min)}],))


def _set_minute_interval(logger: Logger, packet: hj212.Packet) -> Answer:
    wanted = _number(packet, "MinInterval", 1, 30)
    if wanted is None or 60 % wanted:
        return Answer(WRONG_CONDITIONS)
    logger.settings.minute_interval_min = wanted
    return Answer()


def _set_password(logger: Logger, packet: hj212.Packet) -> Answer:
    wanted = packet.value("NewPW") or ""
    if len(wanted) != 6 or not wanted.isalnum():
        return Answer(WRONG_CONDITIONS)
    logger.settings.password = wanted
    return Answer()


def _set_key(logger: Logger, packet: hj212.Packet) -> Answer:
    wanted = (packet.value("NewSK") or "").encode()
    if logger.site.edition != "2025" or len(wanted) != 16:
        return Answer(WRONG_CONDITIONS)
    logger.settings.key = wanted
    return Answer()


def _realtime(on: bool) -> Request:
    def switch(logger: Logger, _: hj212.Packet) -> Answer:
        logger.settings.realtime_on = on
        return Answer()

    return switch


def _history(logger: Logger, packet: hj212.Packet) -> Answer:
    """Give again every whole interval that begins in [BeginTime, EndTime]."""
    try:
        begin, end = (
            at_park(datetime.strptime((packet.value(key) or "")[:14].ljust(14, "0"), "%Y%m%d%H%M%S"))  # noqa: DTZ007
            for key in ("BeginTime", "EndTime")
        )
    except ValueError:
        return Answer(WRONG_CONDITIONS)
    minutes = logger.settings.minute_interval_min
    length = length_of(packet.cn, minutes)
    start = interval_start(packet.cn, begin, minutes)
    if start < begin:
        start += length
    data: list[list[Group]] = []
    while start <= end and start + length <= logger.now and len(data) < _MOST_RECORDS:
        data.append(groups_of(logger.model, logger.site, Record(packet.cn, start), minute_interval_min=minutes))
        start += length
    return Answer(data=tuple(data), own_numbers=True) if data else Answer(NO_DATA)


def _serial_number(logger: Logger, packet: hj212.Packet) -> Answer:
    code = packet.value("PolId") or logger.site.plan.factors[0].code
    return Answer(data=([{"PolId": code}, {f"{code}-SN": f"{logger.site.number + 1:024X}"}],))


def _take_note(_logger: Logger, _packet: hj212.Packet) -> Answer:
    return Answer()


REQUESTS: Mapping[str, Request] = MappingProxyType(
    {
        "1000": _set_resending,
        "1011": _tell_time,
        "1012": _set_time,
        "1014": _set_key,
        "1061": _tell_realtime_interval,
        "1062": _set_realtime_interval,
        "1063": _tell_minute_interval,
        "1064": _set_minute_interval,
        "1072": _set_password,
        "2011": _realtime(True),
        "2021": _take_note,
        DAY: _history,
        MINUTE: _history,
        HOUR: _history,
        "3011": _take_note,
        "3012": _take_note,
        "3019": _serial_number,
    }
)
NOTICES: Mapping[str, Request] = MappingProxyType({"2012": _realtime(False), "2022": _take_note})
"""Commands the session has answered with 9013 already."""
